"""The checks between build and publish, as Dagster asset checks.

Belongs here: running the warehouse's checks and the proof of passages on the new build, telling Dagster. Does not:
what is checked.
Concept: checks are SQL files that return the failing rows; a blocking one that fails keeps the old warehouse.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import duckdb

from pipeline import passages
from pipeline.acceptances import accepted_of
from pipeline.alerts import alert
from pipeline.logs import plain, warn
from pipeline.resources import Workspace, run_id_of
from pipeline.rundays import day_of_run
from pipeline.settings import ROOT
from pipeline.stages import stage
from warehouse.checks import CHECKS, Check, CheckResult, run_checks
from warehouse.duck import WarehouseUnreadable
from warehouse.model import SourceInfo
from warehouse.publish import published_builds, published_runs
from warehouse.standing import read_note

RUNBOOK = ROOT / "docs" / "runbook.md"


def _spec(check: Check) -> dg.AssetCheckSpec:
    """The check as the UI lists it: what it promises, what a failure does and what to do then, its SQL."""
    effect = "A failure keeps the published warehouse." if check.blocking else "A failure only warns."
    return dg.AssetCheckSpec(
        check.name,
        asset=["warehouse", check.table],
        blocking=check.blocking,
        description=f"{check.description}. {effect} If it fails: {check.advice.rstrip('.')}.",
        metadata={"sql": dg.MetadataValue.md(f"```sql\n{check.select}\n```")} if check.select else None,
    )


STALE = "sources_are_fresh"
SPECS = [_spec(check) for check in (*CHECKS, passages.CHECK)]


@dg.multi_asset_check(name="warehouse_checks", specs=SPECS)
def warehouse_checks(
    context: dg.AssetCheckExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> Iterator[dg.AssetCheckResult]:
    """Run every check on this run's build."""
    settings = workspace.settings
    accepted = accepted_of(context.run.tags)
    day = day_of_run(context, settings)
    build_file = workspace.build_file(run_id_of(day, context.run.run_id))
    with stage("check"):
        results = _compared(build_file, settings.layout.warehouse, workspace.source_infos())
        has_news = not _settled(build_file)
        results.append(passages.check_passages(build_file, workspace.archive(), day, has_news=has_news))
    for result in results:
        if result.name == STALE and not result.passed:
            names = ", ".join(str(row["source_id"]) for row in result.rows)
            alert(settings, "source_stale", f"not seen for two days: {names}", run_id=context.run.run_id)
        yield _told(result, accepted.get(result.name))


def _compared(build_file: Path, warehouse: Path, sources: Sequence[SourceInfo]) -> list[CheckResult]:
    """The results beside the published file; where that is damaged, beside the last one that is not."""
    builds = published_builds(warehouse)
    for previous in builds:
        try:
            return run_checks(build_file, previous=previous, sources=sources, settled=_settled(build_file))
        except (WarehouseUnreadable, duckdb.IOException, duckdb.InternalException) as fault:
            if "could not set lock" in str(fault).lower():
                raise  # it is sound, and open for writing elsewhere
            warn("warehouse_damaged", f"the published {previous.name} can not be read: {fault}", file=str(previous))
    if published_runs(warehouse):
        warn("warehouse_lost", "no published build is left to compare with: this one is checked by itself")
    return run_checks(build_file, previous=None, sources=sources)


def _settled(build_file: Path) -> tuple[str, ...]:
    """The tables that are, row by row, those of the published build: nothing came tonight but sightings."""
    note = read_note(build_file)
    return ("provenance",) if note is not None and note.is_carried_on else ()


def _told(result: CheckResult, accepted: str | None) -> dg.AssetCheckResult:
    """A check's result for Dagster; a failed one that was accepted for this run is a warning with the reason."""
    stops = result.check.blocking and accepted is None
    metadata: dict[str, dg.MetadataValue] = {
        "failing_rows": dg.MetadataValue.int(result.n_rows),
        "rows": dg.MetadataValue.md(result.markdown()),
    }
    if not result.passed:
        metadata["first_failing_row"] = dg.MetadataValue.text(_first(result))
        metadata["what_to_do"] = dg.MetadataValue.text(f"{result.check.advice.rstrip('.')}.")
        metadata["runbook"] = dg.MetadataValue.path(str(RUNBOOK))
    if accepted is not None:
        metadata["accepted"] = dg.MetadataValue.text(accepted)
    return dg.AssetCheckResult(
        asset_key=["warehouse", result.check.table],
        check_name=result.check.name,
        passed=result.passed,
        severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
        description=result.check.advice if not result.passed else result.check.description,
        metadata=metadata,
    )


def _first(result: CheckResult) -> str:
    """The first failing row in one line; the UI hides tables behind a click."""
    return ", ".join(f"{name} = {plain(value)}" for name, value in next(iter(result.rows), {}).items())
