"""Provenance: one row for every cell that promises evidence.

Belongs here: from facts and the page's evidence to rows of `provenance`. Does not: finding evidence (parsers do).
Concept: the registry says which columns need it; a value without a passage is an issue, never a made-up quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from warehouse.harmonise.cells import AS_WRITTEN, Fact, Note
from warehouse.model import Columns, Version
from warehouse.tables import TABLES, row_key


class Cell(NamedTuple):
    """One row of `provenance`: a tuple, as a page has more than a hundred."""

    table_name: str
    row_key: str
    column_name: str
    document_id: str
    snapshot_id: str
    locator: str
    quote: str
    rule: str


Passages = dict[str, tuple[str, str, str]]
"""Path of the record -> locator, quote, rule of the parser."""


@cache
def evidence_columns(table: str) -> tuple[str, ...]:
    """The columns of a table whose values need a row in `provenance`."""
    return tuple(column.name for column in TABLES[table].columns if column.evidence)


Missing = dict[tuple[str, str], Note]
"""An issue for each page and path that has no passage."""


def provenance(facts: Iterable[Fact], missing: Missing) -> Columns:
    """The rows of `provenance` by column; what has no passage is noted in `missing`."""
    passages: dict[str, Passages] = {}
    cells: list[Cell] = []
    for fact in facts:
        version = fact.page.version
        if version.snapshot_id not in passages:
            passages[version.snapshot_id] = _passages(version)
        cells += _cells(fact, passages[version.snapshot_id], missing)
    by_column = zip(*cells, strict=True) if cells else ((),) * len(Cell._fields)
    return {name: list(column) for name, column in zip(Cell._fields, by_column, strict=True)}


def notes_of(missing: Missing) -> list[Note]:
    """The issues in the order of pages and paths."""
    return [missing[key] for key in sorted(missing)]


def _passages(version: Version) -> Passages:
    return {
        entry["path"]: (entry["locator"], entry["quote"], entry["rule"])
        for entry in reversed(version.evidence)  # the first entry of a path counts
        if entry["quote"].strip()
    }


def _cells(fact: Fact, known: Passages, missing: Missing) -> Iterator[Cell]:
    """Each cell of a fact that needs evidence and has it."""
    table, row = fact.table, fact.row
    key = row_key(table, row)
    document_id, snapshot_id = fact.page.document.document_id, fact.page.version.snapshot_id
    for column in evidence_columns(table):
        if row[column] is None:
            continue
        path = fact.paths.get(column, fact.path)
        passage = known.get(f"{path}/{column}") or _find(path, known)
        if passage is None:
            message = f"{table}.{column} has a value, the page's record no passage for {path!r}"
            missing[document_id, path] = Note("error", "evidence_missing", document_id, path, None, message)
            continue
        locator, quote, rule = passage
        if column in fact.rules:
            rule = _both(rule, fact.rules[column])
        yield Cell(table, key, column, document_id, snapshot_id, locator, quote, rule)


@cache
def _both(parsers: str, ours: str) -> str:
    """The parser's rule and ours as one text, made once: a million rows share a few hundred."""
    return parsers if ours == AS_WRITTEN else f"{parsers}; {ours}"


def _find(path: str, known: Passages) -> tuple[str, str, str] | None:
    """The passage of a path, else of what holds it: "area_stats/3" serves "area_stats/3/unit"."""
    while path:
        if path in known:
            return known[path]
        path = path.rpartition("/")[0]
    return None
