"""Whether a run makes what people read: report and exports.

Belongs here: that decision, and saying so. Does not: the outputs (warehouse/report, warehouse/export).
Concept: they are for people and grow with the pages: at 1,000 of them they took three times what the rest of the night
did. A warehouse beyond what a person looks through is published every night all the same; outputs are made on demand.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import dagster as dg

from pipeline.assets.common import NIGHTLY_JOB, REBUILD_JOB
from pipeline.logs import say
from pipeline.resources import Workspace
from pipeline.settings import Settings
from warehouse.duck import WarehouseMissing
from warehouse.publish import LINK, read_only


def are_wanted(context: dg.AssetExecutionContext, workspace: Workspace) -> bool:
    """Whether this run makes the outputs: always where a person asked for just them in the UI, else up to a size."""
    if context.run.job_name not in (NIGHTLY_JOB, REBUILD_JOB):
        return True
    too_many = beyond(workspace.settings)
    if too_many is None:
        return True
    say("output_left_out", f"{context.asset_key.path[-1]} not made: {too_many}")
    return False


def beyond(settings: Settings) -> str | None:
    """Why a night makes no outputs of the published warehouse; None where it makes them."""
    link = settings.layout.warehouse / LINK
    try:
        pages = _pages(link.resolve())
    except WarehouseMissing:  # another run flipped the link and let the old build go
        pages = _pages(link.resolve())
    if pages <= settings.outputs_up_to:
        return None
    return f"{pages} pages are more than BIWAQ_OUTPUTS_UP_TO ({settings.outputs_up_to})"


@cache
def _pages(build: Path) -> int:
    """The pages of a build, which never change; both outputs and the summary ask."""
    with read_only(build) as connection:
        return int(connection.execute("SELECT count(*) FROM documents").fetchall()[0][0])
