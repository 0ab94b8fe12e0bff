"""Whether the night is well: what a probe or a person should know in the morning.

Belongs here: the judgements, from the published file, the runs and the disk. Does not: printing or sending.
Concept: health is judged by the data's own times; a run that did not happen leaves no error anywhere but here.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb

from pipeline.alerts import Kind
from pipeline.assets.common import NIGHTLY_JOB
from pipeline.errors import BiwaqFault
from pipeline.instance import open_instance
from pipeline.night import remembered_sources
from pipeline.settings import SAMPLE_SOURCES, Settings
from pipeline.sources import load_sources
from warehouse.duck import WarehouseMissing, WarehouseUnreadable
from warehouse.publish import published, published_runs, read_only

LATE = timedelta(hours=26)
"""A night starts every 24 hours; two more for a slow one."""
STALE = timedelta(days=2)
LOW_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not well: its kind stands in the runbook."""

    kind: Kind
    message: str


def problems(settings: Settings) -> list[Problem]:
    """What is not well, gravest first; nothing where no run was ever made."""
    found = [*_last_run(settings), *_warehouse(settings)]
    if settings.layout.purging.exists():
        found.append(Problem("purge_unfinished", "a purge did not come to its end: give the same `biwaq purge` again"))
    free = shutil.disk_usage(settings.layout.root).free
    if free < LOW_BYTES:
        found.append(Problem("disk_low", f"{free // 1_000_000} MB are free for {settings.layout.root}"))
    return found


def _last_run(settings: Settings) -> list[Problem]:
    """How the newest night ended by Dagster's store, and whether it is too long ago."""
    try:
        with open_instance(settings.layout.dagster) as instance:
            records = instance.get_run_records(dg.RunsFilter(job_name=NIGHTLY_JOB), limit=1)
            refused = bool(records) and _was_refused(instance, records[0].dagster_run.run_id)
    except BiwaqFault as fault:
        return [Problem("store_unusable", str(fault))]
    if not records:
        return _missed(settings, None) if published_runs(settings.layout.warehouse) else []
    run, found = records[0].dagster_run, _missed(settings, records[0].create_timestamp)
    if run.status == dg.DagsterRunStatus.FAILURE and refused:
        found.insert(
            0, Problem("publish_refused", f"checks refused the warehouse of run {run.run_id}; the old one stands")
        )
    elif run.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED):
        found.insert(0, Problem("run_failed", f"run {run.run_id} failed; see it in `biwaq ui`"))
    return found


def _was_refused(instance: dg.DagsterInstance, run_id: str) -> bool:
    logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    found = [entry.dagster_event.asset_check_evaluation_data for entry in logs if entry.dagster_event]
    return any(e.blocking and not e.passed and e.severity == dg.AssetCheckSeverity.ERROR for e in found)


def _missed(settings: Settings, last: datetime | None) -> list[Problem]:
    """Whether the last night is longer ago than a night and two hours."""
    begun = _newest_run(settings) if last is None else last
    if begun is None or settings.now() - begun.astimezone(UTC) <= LATE:
        return []
    return [Problem("night_missed", f"the last night began {begun:%Y-%m-%d %H:%M} UTC: the schedule does not run")]


def _newest_run(settings: Settings) -> datetime | None:
    """When the newest run of the published file began; for a store that was made anew."""
    link = published(settings.layout.warehouse)
    if link is None:
        return None
    try:
        with read_only(link) as connection:
            ((begun,),) = connection.execute("SELECT max(started_at) FROM runs").fetchall()
    except (WarehouseMissing, WarehouseUnreadable, duckdb.Error):
        return None
    return begun.replace(tzinfo=UTC) if begun is not None else None


def _warehouse(settings: Settings) -> list[Problem]:
    """Whether the published file can be read, and how old each living source's pages are by their own times."""
    link = published(settings.layout.warehouse)
    if link is None:
        was_run = any(settings.layout.archive.glob("*/*.warc.gz"))
        return (
            [Problem("nothing_published", "pages were fetched, but no warehouse was published yet")] if was_run else []
        )
    try:
        with read_only(link) as connection:
            rows = connection.execute("SELECT source_id, data_as_of FROM sources ORDER BY source_id").fetchall()
    except (WarehouseMissing, WarehouseUnreadable, duckdb.Error) as fault:
        return [Problem("warehouse_unreadable", str(fault).partition("\n")[0])]
    now, live = settings.now().replace(tzinfo=None), _live(settings.layout.root)
    return [
        Problem("source_stale", f"source {source_id}: its pages were seen last {_utc(seen)}")
        for source_id, seen in rows
        if source_id in live and (seen is None or now - seen > STALE)
    ]


def _utc(seen: datetime | None) -> str:
    return f"{seen:%Y-%m-%d %H:%M} UTC" if seen is not None else "never"


def _live(root: Path) -> set[str]:
    """The living sites among the sources of the last run."""
    try:
        sources = load_sources(remembered_sources(root) or SAMPLE_SOURCES)
    except BiwaqFault:
        return set()
    return {source.id for source in sources if source.is_live}
