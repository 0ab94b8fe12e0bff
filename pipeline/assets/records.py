"""Parse layer: the archived pages of one day as records.

Belongs here: the asset `parsed/records`. Does not: how a page is read (parsers/).
Concept: bytes -> record is pure, so a day can be parsed again at any time; a parser fix is a backfill of this asset.
"""

from datetime import date

import dagster as dg

from pipeline.assets.common import DAYS, FRESH, OWNERS
from pipeline.assets.pages import pages
from pipeline.parse_day import parse_day
from pipeline.resources import Workspace


@dg.asset(
    key=["parsed", "records"],
    group_name="parse",
    kinds={"python", "json"},
    owners=OWNERS,
    tags={"layer": "parsed"},
    deps=[pages],
    partitions_def=DAYS,
    freshness_policy=FRESH,
    description="One record a page version of one day, read from the archive by pure functions: fields, evidence "
    "(where each value stands on the page) and issues. Rebuildable at any time.",
)
def records(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[None]:
    """Parse the archived pages of the partition's day."""
    layout = workspace.settings.layout
    report = parse_day(
        workspace.archive(), layout.records, workspace.sources(), date.fromisoformat(context.partition_key)
    )
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": report.parsed,
            "rejected": report.rejected,
            "issues": report.issues,
            "path": dg.MetadataValue.path(str(layout.records / context.partition_key)),
        }
    )
