"""From records to a new warehouse file: load, harmonise, write.

Belongs here: the order of the three steps and their report. Does not: the steps themselves, checks, publishing.
Concept: the warehouse is rebuilt, not updated; a build is a new file beside the published one.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.ddl import column_comment
from warehouse.harmonise import harmonise
from warehouse.load import load
from warehouse.model import RunInfo, SourceInfo
from warehouse.publish import sweep
from warehouse.tables import TABLES
from warehouse.write import write


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build holds: rows per table, issues per severity, and record lines left out per source not asked for."""

    row_counts: dict[str, int]
    issues: dict[str, int]
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def n_issues(self) -> int:
        """All issues together."""
        return self.row_counts["issues"]


@dataclass(frozen=True, slots=True)
class ColumnSchema:
    """One column as Dagster shows it."""

    name: str
    type: str
    nullable: bool
    description: str


def build(records: Path, out: Path, *, sources: Sequence[SourceInfo], run: RunInfo) -> BuildReport:
    """Build a complete new warehouse at `out` (see `publish.next_build`) from all records of the sources.

    Leftovers of killed builds beside `out` are swept first; on failure nothing of `out` is left. Raises
    RecordsDamaged, RowsRejected, LoadFailed, FileExistsError.
    """
    sweep(out.parent)
    with _no_collection():
        loaded = load(records, sources)
        rows = harmonise(loaded.documents, loaded.crawls, sources, run)
        left_out = loaded.left_out
        del loaded  # half of the memory, and writing needs none of it
        severities = [issue["severity"] for issue in rows["issues"]]
        row_counts = write(rows, out, consume=True)
    issues = {severity: severities.count(severity) for severity in sorted(set(severities))}
    return BuildReport(row_counts, issues, left_out)


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


def schema(table: str) -> list[ColumnSchema]:
    """The columns of a table with their meaning, for Dagster's column schema. Raises KeyError for an unknown table."""
    return [
        ColumnSchema(column.name, column.type, column.nullable, column_comment(column))
        for column in TABLES[table].columns
    ]
