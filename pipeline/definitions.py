"""The one place where the Dagster code location is put together.

Belongs here: which assets, checks, jobs, schedules and resources there are. Does not: what any of them does.
Concept: `build_defs()` with overrides for tests and the command line; `defs` for Dagster.
"""

import os
from collections.abc import Iterator

import dagster as dg
from dagster._core.errors import DagsterAssetCheckFailedError

from pipeline.alerts import Kind, alert
from pipeline.assets.common import BY, NIGHTLY_JOB, REBUILD_JOB
from pipeline.assets.exports import exports
from pipeline.assets.pages import pages
from pipeline.assets.publish import biwaq
from pipeline.assets.records import records
from pipeline.assets.remote import remote_pages, remote_warehouse
from pipeline.assets.report import report
from pipeline.assets.warehouse import build_warehouse
from pipeline.checks import warehouse_checks
from pipeline.logs import logging_to
from pipeline.resources import SoleWriter, Workspace, run_id_of, sole_writer
from pipeline.rundays import day_of
from pipeline.schedules import nightly
from pipeline.sensors import health_sensor
from pipeline.storage import explained
from pipeline.unfinished import clear


def build_defs(workspace: Workspace | None = None) -> dg.Definitions:
    """The code location; `workspace` replaces the one that the environment names.

    Copies to a bucket are there where BIWAQ_REMOTE is set; what stands in it is looked at when they run.
    """
    chosen = workspace or Workspace()
    is_copied = workspace.settings.remote if workspace else os.environ.get("BIWAQ_REMOTE")
    copies = [remote_pages, remote_warehouse] if is_copied else []

    @dg.resource(description="Held for the whole run: one process writes the data folder.")
    def writer(context: dg.InitResourceContext) -> Iterator[SoleWriter]:
        settings = chosen.settings
        layout, run = settings.layout, context.run
        run_id = run_id_of(day_of(run.tags, settings), run.run_id) if run is not None else "none"
        with sole_writer(layout.lock) as held, logging_to(layout.logs, run_id):
            try:
                yield held
            finally:
                clear(layout.unfinished)

    @dg.failure_hook(name="call_a_person")
    def call(context: dg.HookContext) -> None:
        """An alarm for a run of the schedule or the UI; what the command line runs, it tells itself."""
        run = context.instance.get_run_by_id(context.run_id)
        if run is None or BY not in run.tags:
            fault = context.op_exception
            kind: Kind = "publish_refused" if isinstance(fault, DagsterAssetCheckFailedError) else "run_failed"
            alert(chosen.settings, kind, f"{context.op.name}: {explained(fault)}" if fault else context.op.name)

    night = dg.define_asset_job(
        NIGHTLY_JOB,
        hooks={call},
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="One night: fetch the pages, parse them, build the new warehouse, check it, publish it.",
    )
    rebuild = dg.define_asset_job(
        REBUILD_JOB,
        hooks={call},
        selection=dg.AssetSelection.assets(build_warehouse, biwaq, exports, report, *copies),
        executor_def=dg.in_process_executor,
        description="Build, check and publish from the records that are there, without fetching or parsing.",
    )
    return dg.Definitions(
        assets=[pages, records, build_warehouse, biwaq, exports, report, *copies],
        asset_checks=[warehouse_checks],
        jobs=[night, rebuild],
        schedules=[nightly],
        sensors=[health_sensor(lambda: chosen.settings)],
        executor=dg.in_process_executor,  # a day of a backfill takes a second; a process of its own takes nine more
        resources={"workspace": chosen, "writer": writer, "io_manager": dg.mem_io_manager},  # no asset hands on a value
    )


defs = build_defs()
