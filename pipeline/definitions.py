"""The one place where the Dagster code location is put together.

Belongs here: which assets, checks, jobs, schedules and resources there are. Does not: what any of them does.
Concept: `build_defs()` with overrides for tests and the command line; `defs` for Dagster.
"""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.common import NIGHTLY_JOB, REBUILD_JOB
from pipeline.assets.pages import pages
from pipeline.assets.publish import biwaq
from pipeline.assets.records import records
from pipeline.assets.warehouse import build_warehouse
from pipeline.checks import warehouse_checks
from pipeline.resources import SoleWriter, Workspace, sole_writer
from pipeline.schedules import nightly
from pipeline.unfinished import clear


def build_defs(workspace: Workspace | None = None) -> dg.Definitions:
    """The code location; `workspace` replaces the one that the environment names."""
    chosen = workspace or Workspace()

    @dg.resource(description="Held for the whole run: one process writes the data folder.")
    def writer(_: dg.InitResourceContext) -> Iterator[SoleWriter]:
        layout = chosen.settings.layout
        with sole_writer(layout.lock) as held:
            try:
                yield held
            finally:
                clear(layout.unfinished)

    night = dg.define_asset_job(
        NIGHTLY_JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="One night: fetch the pages, parse them, build the new warehouse, check it, publish it.",
    )
    rebuild = dg.define_asset_job(
        REBUILD_JOB,
        selection=dg.AssetSelection.assets(build_warehouse, biwaq),
        executor_def=dg.in_process_executor,
        description="Build, check and publish from the records that are there, without fetching or parsing.",
    )
    return dg.Definitions(
        assets=[pages, records, build_warehouse, biwaq],
        asset_checks=[warehouse_checks],
        jobs=[night, rebuild],
        schedules=[nightly],
        resources={"workspace": chosen, "writer": writer},
    )


defs = build_defs()
