"""The proof pages: one for each archived page that proves something, shared by all its figures.

Belongs here: which cell leads to which mark on which page, which pages of the last report still hold. Does not: where
passages stand (passages.py), markup. Concept: one page at a time, so that ten thousand cost no more memory than one; a
cell without a passage gets no link; a page that can not be read shows its passages and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

import duckdb

from warehouse.report.model import PageUnreadable, ReadPage, Snapshot
from warehouse.report.passages import Passage, Piece, ShownLine, placed

_SNAPSHOTS = """
SELECT s.snapshot_id, d.document_id, d.url, d.title, d.publisher, d.page_type, d.language,
  s.fetched_at, s.archive_file, s.archive_offset, s.byte_hash
FROM documents d JOIN snapshots s USING (document_id)
WHERE s.snapshot_id IN (SELECT snapshot_id FROM provenance)
ORDER BY s.archive_file, s.archive_offset, s.snapshot_id
"""
_PROVED = """
SELECT p.snapshot_id, p.table_name, p.row_key, p.column_name, p.quote, p.locator
FROM provenance p
JOIN snapshots s USING (snapshot_id)
ORDER BY s.archive_file, s.archive_offset, p.snapshot_id, p.table_name, p.row_key, p.column_name
"""
_AT_ONCE = 10_000
_MOST_MARKS = 1 << 16
"""Passages a page; a link is kept as one number, page times this plus mark, as there are a hundred a page."""

Stamp = Callable[[Snapshot], str]
"""Gives what an archived page's proof depends on beside its passages, as a text: the archive's state, the code."""
Cell = tuple[str, str, str]
"""Table, key, column."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof page: the page in lines, None where the last report's page still holds, and the cells by their mark."""

    snapshot: Snapshot
    lines: list[ShownLine] | None
    cells: list[tuple[Cell, int]]
    key: str
    missing: tuple[int, ...] = ()
    fault: str | None = None

    @property
    def name(self) -> str:
        """The page's file name: the id without its letter, so that ten thousand links to it stay short."""
        return name_of(self.snapshot)


def name_of(snapshot: Snapshot) -> str:
    """The file name of a snapshot's proof."""
    return snapshot.snapshot_id.removeprefix("s-")


@dataclass(slots=True)
class Proofs:
    """The way from a cell to its mark, and counts of what was proved; `keys` says by name what each page was made of.

    Pages with a fault or a missing passage have no key: the next report looks again.
    """

    passages: int = 0
    cells: int = 0
    missing: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _marks: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._names)

    def link(self, table: str, key: str, *columns: str) -> str | None:
        """The address of the first of these cells that has a proof, relative to the report's folder."""
        for column in columns:
            found = self._marks.get((table, column), {}).get(key)
            if found is not None:
                return f"proof/{self._names[found // _MOST_MARKS]}.html#m{found % _MOST_MARKS}"
        return None

    def add(self, proof: Proof) -> None:
        """Note where each of a page's cells leads."""
        first = len(self._names) * _MOST_MARKS
        self._names.append(proof.name)
        for (table, key, column), mark in proof.cells:
            self._marks.setdefault((table, column), {})[key] = first + mark
        self.passages += len({mark for _, mark in proof.cells})
        self.cells += len(proof.cells)
        self.missing += len(proof.missing)
        if proof.fault is not None:
            self.faults.append(proof.fault)
        elif not proof.missing and proof.key:
            self.keys[proof.name] = proof.key


def read_proofs(
    connection: duckdb.DuckDBPyConnection,
    read_page: ReadPage,
    *,
    stamp: Stamp | None = None,
    last: Mapping[str, str] | None = None,
) -> Iterator[Proof]:
    """The proof pages of all that the warehouse can prove, one at a time; each archived page is read once.

    With `stamp` a page whose key is that of `last` (name -> key) is not read again: its `lines` are None.
    """
    snapshots = {row[0]: Snapshot(*row) for row in connection.execute(_SNAPSHOTS).fetchall()}
    for snapshot_id, rows in groupby(_rows(connection), key=lambda row: row[0]):
        yield _proof(snapshots[snapshot_id], [row[1:] for row in rows], read_page, stamp, last or {})


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, ...]]:
    cursor = connection.cursor().execute(_PROVED)
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from rows


def _proof(
    snapshot: Snapshot, rows: list[tuple[str, ...]], read_page: ReadPage, stamp: Stamp | None, last: Mapping[str, str]
) -> Proof:
    passages: dict[Passage, int] = {}
    cells: list[tuple[Cell, int]] = []
    seen = ""
    for table, key, column, quote, locator in rows:
        seen = seen if seen == key else key  # one text for all columns of a row
        cells.append(((table, seen, column), passages.setdefault(Passage(quote, locator), len(passages))))
    made_of = "" if stamp is None else _key(snapshot, passages, stamp)
    if made_of and last.get(name_of(snapshot)) == made_of:
        return Proof(snapshot, None, cells, made_of)
    try:
        page = read_page(snapshot)
    except PageUnreadable as fault:
        return Proof(snapshot, list(_quotes(list(passages))), cells, "", (), str(fault))
    lines, missing = placed(page, list(passages))
    lost = _quotes([passage for passage, mark in passages.items() if mark in missing], missing)
    return Proof(snapshot, [*lines, *lost], cells, made_of, tuple(missing))


def _key(snapshot: Snapshot, passages: Mapping[Passage, int], stamp: Stamp) -> str:
    made_of = repr((stamp(snapshot), snapshot, list(passages)))
    return hashlib.blake2b(made_of.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def _quotes(passages: list[Passage], marks: list[int] | None = None) -> Iterator[ShownLine]:
    """Passages by themselves, for want of the page."""
    for mark, passage in zip(marks or range(len(passages)), passages, strict=True):
        yield ShownLine("text", (Piece(passage.quote, (mark,), (mark,)),))
