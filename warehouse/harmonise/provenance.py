"""Provenance: one row for every cell that promises evidence.

Belongs here: from facts and the page's evidence to rows of `provenance`. Does not: finding evidence (parsers do).
Concept: the registry says which columns need it; a value without a passage is an issue, never a made-up quote.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from warehouse.harmonise.cells import AS_WRITTEN, Fact, Note
from warehouse.model import Row, Version
from warehouse.tables import TABLES, row_key

Passages = dict[str, tuple[str, str, str]]
"""Path of the record -> locator, quote, rule of the parser."""


@cache
def evidence_columns(table: str) -> tuple[str, ...]:
    """The columns of a table whose values need a row in `provenance`."""
    return tuple(column.name for column in TABLES[table].columns if column.evidence)


Missing = dict[tuple[str, str], Note]
"""An issue for each page and path that has no passage."""


def provenance_rows(facts: Iterable[Fact], missing: Missing) -> list[Row]:
    """The rows of `provenance`; what has no passage is noted in `missing`."""
    passages: dict[str, Passages] = {}
    rows: list[Row] = []
    for fact in facts:
        version = fact.page.version
        if version.snapshot_id not in passages:
            passages[version.snapshot_id] = _passages(version)
        known = passages[version.snapshot_id]
        for column, path, cells in _cells(fact, known):
            if cells is None:
                document_id = fact.page.document.document_id
                message = f"{fact.table}.{column} has a value, the page's record no passage for {path!r}"
                missing[document_id, path] = Note("error", "evidence_missing", document_id, path, None, message)
            else:
                rows.append(cells)
    return rows


def notes_of(missing: Missing) -> list[Note]:
    """The issues in the order of pages and paths."""
    return [missing[key] for key in sorted(missing)]


def _passages(version: Version) -> Passages:
    return {
        entry["path"]: (entry["locator"], entry["quote"], entry["rule"])
        for entry in reversed(version.evidence)  # the first entry of a path counts
        if entry["quote"].strip()
    }


def _cells(fact: Fact, known: Passages) -> Iterable[tuple[str, str, Row | None]]:
    """(column, path, row) for each cell of a fact that needs evidence; no row where the page has no passage."""
    key = row_key(fact.table, fact.row)
    document_id, snapshot_id = fact.page.document.document_id, fact.page.version.snapshot_id
    for column in evidence_columns(fact.table):
        if fact.row[column] is None:
            continue
        path = fact.paths.get(column, fact.path)
        passage = _find(f"{path}/{column}", known)
        if passage is None:
            yield column, path, None
            continue
        locator, quote, rule = passage
        ours = fact.rules.get(column, AS_WRITTEN)
        cell: Row = {
            "table_name": fact.table,
            "row_key": key,
            "column_name": column,
            "document_id": document_id,
            "snapshot_id": snapshot_id,
            "locator": locator,
            "quote": quote,
            "rule": _both(rule, ours),
        }
        yield column, path, cell


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
