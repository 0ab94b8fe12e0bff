"""Rows that know where their values come from.

Belongs here: the shapes between reading a record and the tables: facts, passages, issues. Does not: any rule.
Concept: a row is built together with the evidence of each of its cells; nothing is looked up by guess afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

from warehouse.model import Document, Row, Version
from warehouse.tables import TABLES

Severity = Literal["error", "warning", "info"]
AS_WRITTEN = "as written"


class Note(NamedTuple):
    """An issue found while harmonising; `kind` stands in codes/issue_kinds.toml."""

    severity: Severity
    kind: str
    document_id: str | None
    field: str | None
    value: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """One version of a document: where facts are read from."""

    document: Document
    version: Version

    @property
    def record(self) -> dict[str, Any]:
        """The record of the version; only versions with one become a page."""
        if self.version.record is None:
            raise ValueError(f"{self.document.url}: version {self.version.snapshot_id} has no record")
        return self.version.record


@dataclass(slots=True)
class Fact:
    """A row and its evidence: `path` points into the page's evidence, `paths` for columns that stand elsewhere.

    `rules` says what was done to the words of the page, by column; a column that is not there is as written.
    """

    table: str
    row: Row
    page: Page
    path: str
    paths: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)


@cache
def _empty(table: str) -> Row:
    return dict.fromkeys(TABLES[table].names)


def row(table: str, **values: Any) -> Row:  # noqa: ANN401 - a cell is of any type
    """A row with all columns of the registry, in their order; what is not given is None. Raises KeyError for others."""
    empty = _empty(table)
    cells = empty | values
    if len(cells) != len(empty):
        strangers = ", ".join(sorted(values.keys() - empty.keys()))
        raise KeyError(f"table {table} has no column {strangers}; it has {', '.join(empty)}")
    return cells
