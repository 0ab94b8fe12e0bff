"""The proof pages: one for each archived page that proves something, shared by all its figures.

Belongs here: which cell leads to which mark on which page. Does not: where passages stand (passages.py), markup.
Concept: a cell without a passage gets no link; a page that can not be read shows its passages and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import duckdb

from warehouse.report.model import PageUnreadable, ReadPage, Row, Snapshot
from warehouse.report.passages import Passage, Piece, ShownLine, placed

_PROVED = """
SELECT s.snapshot_id, d.document_id, d.url, d.title, d.publisher, d.page_type, d.language,
  s.fetched_at, s.archive_file, s.archive_offset, s.byte_hash,
  p.table_name, p.row_key, p.column_name, p.quote, p.locator, p.rule
FROM provenance p
JOIN snapshots s ON s.snapshot_id = p.snapshot_id
JOIN documents d ON d.document_id = p.document_id
ORDER BY s.archive_file, s.archive_offset, s.snapshot_id, p.table_name, p.row_key, p.column_name
"""
_OF_SNAPSHOT = 11


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof page: the page in lines and the cells that it proves, each with its mark."""

    snapshot: Snapshot
    lines: list[ShownLine]
    cells: list[Row]
    missing: tuple[int, ...] = ()
    fault: str | None = None

    @property
    def name(self) -> str:
        """The page's file name: the id without its letter, so that ten thousand links to it stay short."""
        return self.snapshot.snapshot_id.removeprefix("s-")


@dataclass(slots=True)
class Proofs:
    """All proof pages, and the way from a cell to its mark."""

    pages: list[Proof] = field(default_factory=list)
    _links: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def link(self, table: str, key: str, *columns: str) -> str | None:
        """The address of the first of these cells that has a proof, relative to the report's folder."""
        found = (self._links.get((table, key, column)) for column in columns)
        return next((link for link in found if link is not None), None)

    def add(self, proof: Proof) -> None:
        """Take in a page and note where each of its cells leads."""
        self.pages.append(proof)
        for cell in proof.cells:
            address = f"proof/{proof.name}.html#m{cell['mark']}"
            self._links[cell["table_name"], cell["row_key"], cell["column_name"]] = address


def read_proofs(connection: duckdb.DuckDBPyConnection, read_page: ReadPage) -> Proofs:
    """The proof pages of all that the warehouse can prove; each archived page is read once."""
    proofs = Proofs()
    rows = connection.execute(_PROVED).fetchall()
    for head, of_page in groupby(rows, key=lambda row: row[:_OF_SNAPSHOT]):
        proofs.add(_proof(Snapshot(*head), [row[_OF_SNAPSHOT:] for row in of_page], read_page))
    return proofs


def _proof(snapshot: Snapshot, rows: list[tuple[str, ...]], read_page: ReadPage) -> Proof:
    passages: dict[Passage, int] = {}
    cells = []
    for table, key, column, quote, locator, rule in rows:
        mark = passages.setdefault(Passage(quote, locator), len(passages))
        cell = {"table_name": table, "row_key": key, "column_name": column, "mark": mark}
        cells.append({**cell, "locator": locator, "rule": rule})
    try:
        page = read_page(snapshot)
    except PageUnreadable as fault:
        return Proof(snapshot, list(_quotes(list(passages))), cells, (), str(fault))
    lines, missing = placed(page, list(passages))
    lost = _quotes([passage for passage, mark in passages.items() if mark in missing], missing)
    return Proof(snapshot, [*lines, *lost], cells, tuple(missing))


def _quotes(passages: list[Passage], marks: list[int] | None = None) -> Iterator[ShownLine]:
    """Passages by themselves, for want of the page."""
    for mark, passage in zip(marks or range(len(passages)), passages, strict=True):
        yield ShownLine("text", (Piece(passage.quote, (mark,), (mark,)),))
