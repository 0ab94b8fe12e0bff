"""One run of a job, headless: the very job that the schedule runs, in this process.

Belongs here: preparing the folder, executing through Dagster, saying how it ended. Does not: printing (commands/).
Concept: the outcome is data (published, refused, failed), so that the command line only has to say it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import uuid4

import dagster as dg
import stamina
import stamina.instrumentation

from pipeline import stages
from pipeline.alerts import alert
from pipeline.assets.common import BY, NIGHTLY_JOB, REBUILD_JOB, REPARSE_JOB
from pipeline.definitions import build_defs
from pipeline.errors import BiwaqFault, UsageFault
from pipeline.half_swapped import settle
from pipeline.instance import close_dead_runs, open_instance, require_name
from pipeline.logs import logging_to, say
from pipeline.resources import Workspace, run_id_of, sole_writer
from pipeline.settings import Settings
from pipeline.storage import explained, explained_text, storage_faults, write_whole

stamina.instrumentation.set_on_retry_hooks([])  # what came of an address stands in the crawl log
NO_TAGS: Mapping[str, str] = {}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that did not pass, with what it found and what to do."""

    name: str
    blocking: bool
    description: str
    rows: str
    accepted: str | None = None
    """Why a person accepted its failure for this run."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `fault` is set where a step failed for another reason than a check."""

    run_id: str
    published: bool
    failed_checks: list[FailedCheck] = field(default_factory=list)
    fault: str | None = None

    @property
    def refused(self) -> bool:
        """Blocking checks kept the new warehouse from being published."""
        return not self.published and any(check.blocking for check in self.failed_checks)


def prepare(settings: Settings) -> None:
    """Make the data folder. Raises UsageFault where it can not be one."""
    root = settings.layout.root
    require_name(settings.layout.dagster)
    try:
        root.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UsageFault(f"--data {root}: is a file; a folder is needed") from None
    except OSError as fault:
        raise UsageFault(f"--data {root}: can not be made a folder: {fault.strerror}") from None


def check_day(settings: Settings, day: date, archived: bool) -> None:
    """Raise UsageFault for a day that can be neither fetched nor read again from the archive."""
    today = settings.today()
    if day > today:
        raise UsageFault(f"--day {day}: lies in the future; today is {today}")
    if day < today and not archived:
        raise UsageFault(f"--day {day}: a past day can not be fetched again and nothing was archived on it")


def run_nightly(workspace: Workspace, day: date, tags: Mapping[str, str] = NO_TAGS) -> Outcome:
    """Fetch, parse, build, check and publish `day` (see `check_day`). `tags` as `accept_tags` gives. Raises Busy."""
    return _execute(workspace, NIGHTLY_JOB, day, tags)


def run_rebuild(workspace: Workspace, tags: Mapping[str, str] = NO_TAGS) -> Outcome:
    """Build, check and publish from the records that are there. Raises Busy."""
    return _execute(workspace, REBUILD_JOB, None, tags)


@contextmanager
def opened(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance, with the books closed on runs that a kill left open. Raises Busy."""
    with ExitStack() as held:
        with sole_writer(settings.layout.lock):
            instance = held.enter_context(open_instance(settings.layout.dagster))
            close_dead_runs(instance, [NIGHTLY_JOB, REBUILD_JOB, REPARSE_JOB])
            settle(settings.layout)
        yield instance


def _execute(workspace: Workspace, job: str, day: date | None, tags: Mapping[str, str]) -> Outcome:
    settings = workspace.settings
    dagster_id = str(uuid4())
    with logging_to(settings.layout.logs, run_id_of(day or settings.today(), dagster_id)):
        stages.begin()
        try:
            with opened(settings) as instance:
                result = (
                    build_defs(workspace)
                    .resolve_job_def(job)
                    .execute_in_process(
                        instance=instance,
                        partition_key=day.isoformat() if day else None,
                        run_config=QUIET,
                        tags={**tags, BY: "command line"},
                        raise_on_error=False,
                        run_id=dagster_id,
                    )
                )
                outcome = _outcome(result)
        except storage_faults() as fault:
            _log(settings, outcome := Outcome(dagster_id, False, fault=explained(fault)))
            raise BiwaqFault(f"not published: {outcome.fault}") from fault
        _log(settings, outcome)
        say("stages", "CPU seconds by stage", seconds=stages.counted())
        return outcome


def _log(settings: Settings, outcome: Outcome) -> None:
    """One event for the end of a run, one for each check that did not pass; an alarm where nothing was published."""
    for check in outcome.failed_checks:
        say("check_failed", check.description, check=check.name, blocking=check.blocking, accepted=check.accepted)
    if outcome.published:
        say("published", "the new warehouse is published", dagster_run=outcome.run_id)
    elif outcome.refused:
        say("refused", "checks refused the new warehouse", dagster_run=outcome.run_id, level=logging.ERROR)
        names = ", ".join(check.name for check in outcome.failed_checks if check.blocking)
        alert(settings, "publish_refused", f"refused by {names}; the old warehouse stands", run_id=outcome.run_id)
    else:
        say("failed", outcome.fault or "the run failed", dagster_run=outcome.run_id, level=logging.ERROR)
        alert(settings, "run_failed", outcome.fault or "the run failed", run_id=outcome.run_id)


def _outcome(result: dg.ExecuteInProcessResult) -> Outcome:
    failed = [_failed_check(e) for e in result.get_asset_check_evaluations() if not e.passed]
    published = any(
        m.asset_key == dg.AssetKey(["published", "biwaq"])
        for event in result.get_asset_materialization_events()
        for m in [event.step_materialization_data.materialization]
    )
    stopped_by_check = any(check.blocking for check in failed)
    fault = None if result.success or stopped_by_check else _first_fault(result)
    return Outcome(result.run_id, published, failed, fault)


def _failed_check(evaluation: dg.AssetCheckEvaluation) -> FailedCheck:
    rows, accepted = evaluation.metadata.get("rows"), evaluation.metadata.get("accepted")
    return FailedCheck(
        name=evaluation.check_name,
        blocking=bool(evaluation.blocking) and evaluation.severity == dg.AssetCheckSeverity.ERROR,
        description=evaluation.description or "",
        rows=str(rows.value) if rows is not None else "",
        accepted=str(accepted.value) if accepted is not None else None,
    )


def _first_fault(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None and str(error.cls_name).startswith("Dagster"):
                error = error.cause  # Dagster's own wrapping; below it lies ours, which says most
            return f"{event.step_key}: {explained_text(error.message) if error else 'failed'}"
        if event.is_failure:
            return event.message or "the run failed"
    raise BiwaqFault("the run failed without saying why; look into the Dagster UI (biwaq ui)")


def remembered_sources(root: Path) -> Path | None:
    """The sources that the last run of this data folder used, if any."""
    note = root / "sources.txt"
    noted = note.read_text(encoding="utf-8", errors="replace").strip() if note.exists() else ""
    return Path(noted) if noted else None


def remember_sources(root: Path, sources: Path) -> None:
    """Note the sources for commands that come later without naming them."""
    write_whole(root / "sources.txt", f"{sources.absolute()}\n")
