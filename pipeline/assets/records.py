"""Parse layer: the archived pages of one day as records.

Belongs here: the asset `parsed/records`. Does not: how a page is read (parsers/).
Concept: bytes -> record is pure, so a day can be parsed again at any time; a parser fix is a backfill of this asset.
"""

from datetime import date

import dagster as dg

from pipeline.assets.common import DAYS, FRESH, OWNERS
from pipeline.assets.pages import pages
from pipeline.heal_archive import lead_to_new, lost_bodies
from pipeline.logs import say, warn
from pipeline.parse_day import parse_day
from pipeline.resources import Workspace
from pipeline.stages import stage
from pipeline.table_facts import records_schema


@dg.asset(
    key=["parsed", "records"],
    group_name="parse",
    kinds={"python", "json"},
    owners=OWNERS,
    tags={"layer": "parsed"},
    deps=[pages],
    partitions_def=DAYS,
    freshness_policy=FRESH,
    metadata={"dagster/column_schema": records_schema()},
    description="One record a page version of one day, read from the archive by pure functions: fields, evidence "
    "(where each value stands on the page) and issues. Rebuildable at any time.",
)
def records(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[None]:
    """Parse the archived pages of the partition's day."""
    layout = workspace.settings.layout
    day = date.fromisoformat(context.partition_key)
    with stage("parse"):
        report = parse_day(workspace.archive(), layout.records, workspace.sources(), day)
    if report.parsed:  # else there is no new copy to lead to
        with stage("heal"):
            lead_to_new(workspace, lost_bodies(workspace), day)
    say(
        "parsed",
        f"all runs of {day}: {report.parsed} fetched pages parsed, {report.rejected} rejected",
        parsed=report.parsed,
        rejected=report.rejected,
        issues=report.issues,
        by_source=report.by_source,
    )
    for damage in report.archive_issues:
        warn("archive_damaged", f"archive {damage.file} at byte {damage.offset}: {damage.message}", file=damage.file)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": report.parsed,
            "rejected": report.rejected,
            "issues": report.issues,
            "path": dg.MetadataValue.path(str(layout.records / context.partition_key)),
        }
    )
