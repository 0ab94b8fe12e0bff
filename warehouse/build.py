"""From records to a new warehouse file: load, harmonise, write.

Belongs here: the order of the three steps and their report. Does not: the steps themselves, checks, publishing.
Concept: the warehouse is rebuilt, not updated; a build is a new file beside the published one.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    loaded = load(records, sources)
    rows = harmonise(loaded.documents, loaded.crawls, sources, run)
    row_counts = write(rows, out)
    severities = [issue["severity"] for issue in rows["issues"]]
    issues = {severity: severities.count(severity) for severity in sorted(set(severities))}
    return BuildReport(row_counts, issues, loaded.left_out)


def schema(table: str) -> list[ColumnSchema]:
    """The columns of a table with their meaning, for Dagster's column schema. Raises KeyError for an unknown table."""
    return [
        ColumnSchema(column.name, column.type, column.nullable, column_comment(column))
        for column in TABLES[table].columns
    ]
