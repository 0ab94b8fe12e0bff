"""The checks between build and publish, as Dagster asset checks.

Belongs here: running the warehouse's checks on the new build and telling Dagster. Does not: what is checked.
Concept: checks are SQL files that return the failing rows; a blocking one that fails keeps the old warehouse.
"""

from collections.abc import Iterator

import dagster as dg

from pipeline.resources import Workspace, run_id_of
from pipeline.rundays import day_of_run
from warehouse.checks import CHECKS, CheckResult, run_checks
from warehouse.publish import published

SPECS = [
    dg.AssetCheckSpec(
        check.name, asset=["warehouse", check.table], blocking=check.blocking, description=check.description
    )
    for check in CHECKS
]


@dg.multi_asset_check(name="warehouse_checks", specs=SPECS)
def warehouse_checks(
    context: dg.AssetCheckExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> Iterator[dg.AssetCheckResult]:
    """Run every check on this run's build."""
    settings = workspace.settings
    build_file = workspace.build_file(run_id_of(day_of_run(context, settings), context.run.run_id))
    previous = published(settings.layout.warehouse)
    for result in run_checks(build_file, previous=previous, sources=workspace.source_infos()):
        yield dg.AssetCheckResult(
            asset_key=["warehouse", result.check.table],
            check_name=result.check.name,
            passed=result.passed,
            severity=dg.AssetCheckSeverity.ERROR if result.check.blocking else dg.AssetCheckSeverity.WARN,
            description=result.check.advice if not result.passed else result.check.description,
            metadata=_metadata(result),
        )


def _metadata(result: CheckResult) -> dict[str, dg.MetadataValue]:
    return {"failing_rows": dg.MetadataValue.int(result.n_rows), "rows": dg.MetadataValue.md(result.markdown())}
