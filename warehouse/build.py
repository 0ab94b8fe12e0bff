"""From records to a new warehouse file: load, harmonise, write.

Belongs here: the order of the three steps and their report. Does not: the steps themselves, checks, publishing.
Concept: the warehouse is rebuilt, not updated; a build is a new file beside the published one.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from warehouse.harmonise import harmonise
from warehouse.load import load
from warehouse.model import Columns, RunInfo, SourceInfo
from warehouse.parts import Parts
from warehouse.publish import only_whole, sweep
from warehouse.standing import (
    Note,
    carry_on,
    fingerprint,
    is_as_written,
    is_steady,
    main_pages,
    new_crawls,
    read_note,
    severities,
    state_of,
    write_note,
)
from warehouse.write import write


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build holds: rows per table, issues per severity, and record lines left out per source not asked for."""

    row_counts: dict[str, int]
    issues: dict[str, int]
    left_out: dict[str, int] = field(default_factory=dict)
    harmonising: float = 0.0
    """CPU seconds of harmonising alone."""
    carried_on: bool = False
    """Nothing came but sightings: the standing build with tonight's times."""
    found_damage: bool = False
    """The standing build would have been carried on, but is not as it was written."""


def build(
    records: Path, out: Path, *, sources: Sequence[SourceInfo], run: RunInfo, standing: Path | None = None
) -> BuildReport:
    """Build a complete new warehouse at `out` (see `publish.next_build`) from all records of the sources.

    Where nothing came since `standing` was built but sightings of the same pages, it is copied and they are noted,
    unless a byte of it is another one than it was.
    Leftovers of killed builds beside `out` are swept first; on failure nothing of `out` is left. Raises
    RecordsDamaged, RowsRejected, LoadFailed, FileExistsError.
    """
    sweep(out.parent)
    if out.exists():
        raise FileExistsError(f"{out} is there already: a build never writes into a file")
    by = fingerprint(sources)
    before = read_note(standing) if standing is not None else None
    files = state_of(records, before.files if before is not None else {})
    is_sound = True
    with only_whole(out):
        if standing is not None and before is not None and before.is_steady and before.by == by:
            crawls = new_crawls(records, before, files, run)
            is_sound = not crawls or is_as_written(standing, before)
            counts = carry_on(standing, out, crawls, sources, run) if crawls and is_sound else None
            if counts is not None:
                write_note(out, Note(by, True, files, is_carried_on=True))
                return BuildReport(counts, dict(severities(out)), carried_on=True)
        report, is_like_that = _whole(records, out, sources, run)
        write_note(out, Note(by, is_like_that, files))
    return replace(report, found_damage=not is_sound)


def _whole(records: Path, out: Path, sources: Sequence[SourceInfo], run: RunInfo) -> tuple[BuildReport, bool]:
    """Everything from the records; and whether another sighting of the pages would change nothing but times."""
    issues: Counter[str] = Counter()
    mains: Counter[str] = Counter()
    with _no_collection(), Parts(out) as parts:

        def take(table: str, columns: Columns) -> None:
            parts.take(table, columns)
            if table == "issues":
                issues.update(columns["severity"])
            if table == "project_documents":
                mains.update(main_pages(columns))

        harmonising = _read_rules(sources, run)
        loaded = load(records, sources, parts.folder)
        start = time.process_time()
        rows = harmonise(loaded.documents, loaded.crawls, sources, run, take)
        harmonising += time.process_time() - start
        steady = is_steady(loaded.documents, mains)
        left_out = loaded.left_out
        mains.clear()
        del loaded  # most of the memory, and writing needs none of it
        gc.collect()  # empties Python's lists of free objects, too: some thousand of them, between what went
        row_counts = write(rows, out, parts=parts)
    return BuildReport(row_counts, dict(sorted(issues.items())), left_out, harmonising), steady


def _read_rules(sources: Sequence[SourceInfo], run: RunInfo) -> float:
    """Harmonise nothing, so that all rules are read before the pages; returns CPU seconds.

    What stays must not lie between what goes, or the memory of a hundred thousand pages can not go back.
    """
    start = time.process_time()
    harmonise((), (), sources, run, lambda _table, _columns: None)
    return time.process_time() - start


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of small rows that live to the end: looking for garbage among them took a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
