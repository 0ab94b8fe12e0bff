"""What is kept for how long: logs, Dagster's history of runs, files put aside, and old copies in the archive.

Belongs here: the periods, and removing what is older. Does not: the last seven builds (warehouse/publish.py).
Concept: what the published warehouse leans on is never removed; a day's WARC files of a source go together, when the
day is older than the source's `keep_days`, no snapshot of the warehouse lies in them and their records are there. These
stay, so that history does: made anew from what is left of a day, they would lack what went.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

import dagster as dg

from pipeline.fetch.archive import as_day
from pipeline.fetch.index import index_path
from pipeline.half_swapped import settle
from pipeline.heal import DAMAGED
from pipeline.logs import SUFFIX, say, warn
from pipeline.resources import Workspace
from pipeline.settings import Layout
from pipeline.storage import explained, storage_faults
from warehouse.publish import published, read_only

LOGS = timedelta(days=90)
RUNS = timedelta(days=60)
ASIDE = timedelta(days=30)
"""Damaged stores and records that were put aside."""
MOST_RUNS = 50
"""Of Dagster's runs removed a night, so that no night takes long."""


def tidy(workspace: Workspace, instance: dg.DagsterInstance) -> None:
    """Remove what is too old. A fault is said and stops no run: nothing depends on it tonight."""
    layout, today = workspace.settings.layout, workspace.settings.today()
    settle(layout)  # a night of the schedule begins without the command line
    try:
        gone = [*_logs(layout, today), *_aside(layout, today), *_archive(workspace, today)]
        runs = _runs(instance, workspace.settings.now())
    except storage_faults() as fault:
        warn("tidying_failed", f"old files could not be removed: {explained(fault)}")
        return
    if gone or runs:
        say(
            "tidied",
            f"{len(gone)} old files and {runs} old runs removed",
            files=[path.name for path in gone],
            runs=runs,
        )


def _logs(layout: Layout, today: date) -> Iterator[Path]:
    for path in sorted(layout.logs.glob(f"*{SUFFIX}")):
        day = as_day(path.name.removesuffix(SUFFIX))
        if day is not None and day < today - LOGS:
            path.unlink()
            yield path


def _aside(layout: Layout, today: date) -> Iterator[Path]:
    for path in [*layout.dagster.glob("damaged-*"), *layout.records.glob(f"*/*{DAMAGED}")]:
        if date.fromtimestamp(path.stat().st_mtime) < today - ASIDE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            yield path


def _archive(workspace: Workspace, today: date) -> Iterator[Path]:
    """WARC files of sources with `keep_days` that are older and hold no snapshot of the published warehouse.

    Not those that were not read yet: a warehouse that is being put back from a backup does not know what it will need.
    """
    layout = workspace.settings.layout
    periods = {source.id: source.keep_days for source in workspace.sources() if source.keep_days is not None}
    link = published(layout.warehouse)
    if not periods or link is None:
        return
    with read_only(link) as connection:
        needed = {file for (file,) in connection.execute("SELECT DISTINCT archive_file FROM snapshots").fetchall()}
    archive = workspace.archive()
    for source_id, days in periods.items():
        files = [about.file for about in archive.files(source_id=source_id)]
        needed.update(files[-1:])  # the newest file tells what is known
        for day, of_day in groupby(files, key=lambda file: file.partition("/")[0]):
            going, is_read = list(of_day), (layout.records / day / f"{source_id}.ndjson.gz").exists()
            if date.fromisoformat(day) < today - timedelta(days=days) and needed.isdisjoint(going) and is_read:
                yield from _retire(layout, [archive.root / file for file in going])


def _retire(layout: Layout, paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        with layout.retired.open("a", encoding="utf-8") as ledger:
            # begins a line of its own even after half a line
            ledger.write(f"\narchive/{path.parent.name}/{path.name}\n")
        index_path(path).unlink(missing_ok=True)
        path.unlink()
        yield path


def _runs(instance: dg.DagsterInstance, now: datetime) -> int:
    """Remove Dagster's runs, with their events, that ended long ago. Returns how many."""
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    old = dg.RunsFilter(statuses=ended, created_before=now - RUNS)
    found = instance.get_runs(old, limit=MOST_RUNS)
    for run in found:
        instance.delete_run(run.run_id)
    return len(found)
