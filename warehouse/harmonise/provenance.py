"""Provenance: one row for every cell that promises evidence.

Belongs here: from facts and the page's evidence to rows of `provenance`. Does not: finding evidence (parsers do).
Concept: the registry says which columns need it; a value without a passage is an issue, never a made-up quote.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from warehouse.harmonise.cells import AS_WRITTEN, Fact, Note
from warehouse.model import Version
from warehouse.remembered import remembered
from warehouse.tables import TABLES, row_key

Cell = tuple[str, str, str, str, str, str, str, str]
"""One row of `provenance`, its columns in their order: no dictionary, as a page has more than a hundred."""
Passages = dict[str, tuple[str, str, str]]
"""Path of the record -> locator, quote, rule of the parser."""


@cache
def evidence_columns(table: str) -> tuple[str, ...]:
    """The columns of a table whose values need a row in `provenance`."""
    return tuple(column.name for column in TABLES[table].columns if column.evidence)


Missing = dict[tuple[str, str], Note]
"""An issue for each page and path that has no passage."""


def add_cells(cells: list[Cell], facts: Iterable[Fact], missing: Missing) -> None:
    """Add the rows of `provenance` for facts; what has no passage is noted in `missing`."""
    passages: dict[str, Passages] = {}
    for fact in facts:
        version = fact.page.version
        known = passages.get(version.snapshot_id)
        if known is None:
            known = passages[version.snapshot_id] = _passages(version)
        _add(cells, fact, known, missing)


def notes_of(missing: Missing) -> list[Note]:
    """The issues in the order of pages and paths."""
    return [missing[key] for key in sorted(missing)]


def _passages(version: Version) -> Passages:
    return {
        entry["path"]: (entry["locator"], entry["quote"], entry["rule"])
        for entry in reversed(version.evidence)  # the first entry of a path counts
        if entry["quote"].strip()
    }


def _add(cells: list[Cell], fact: Fact, known: Passages, missing: Missing) -> None:
    """Each cell of a fact that needs evidence and has it."""
    table, row, paths, rules = fact.table, fact.row, fact.paths, fact.rules
    key = row_key(table, row)
    document_id, snapshot_id = fact.page.document.document_id, fact.page.version.snapshot_id
    for column in evidence_columns(table):
        if row[column] is None:
            continue
        path = paths.get(column, fact.path)
        passage = known.get(f"{path}/{column}") or known.get(path) or _find(path, known)
        if passage is None:
            message = f"{table}.{column} has a value, the page's record no passage for {path!r}"
            missing[document_id, path] = Note("error", "evidence_missing", document_id, path, None, message)
            continue
        locator, quote, rule = passage
        if column in rules:
            rule = _both(rule, rules[column])
        cells.append((table, key, column, document_id, snapshot_id, locator, quote, rule))


@remembered(4_096)
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
