"""Where a cell comes from: its passage, page and snapshot.

Belongs here: looking a cell up in `provenance`, finding the passage in the page's text. Does not: reading the archive
or parsing pages (both are the caller's). Concept: a value whose passage is not in the archived page is a fault, loudly.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb

from warehouse.ddl import quoted, row_key_sql, text
from warehouse.duck import execute
from warehouse.tables import TABLES, Table

CONTEXT = 160
_CHARS = re.compile(r"chars (\d+)[-–](\d+)")
_SPACES = re.compile(r"\s+")
_READS = re.compile(r"\b(?:from|join)\s+\(*\"?(\w+)", re.IGNORECASE)

_SNAPSHOT = "s.snapshot_id, s.fetched_at, s.archive_file, s.archive_offset, s.byte_hash, p.locator, p.quote, p.rule"

# A row of these tables is made from rows of others: their evidence is its evidence.
_MADE_FROM = {"outcomes": ("outcome_claims", "outcome_id")}


class NoEvidence(ValueError):
    """There is nothing to show: no such table, column or row, an empty cell, or a value no page states."""


class NotStated(NoEvidence):
    """The cell is there, but no page states it: what there is to say of it instead."""

    def __init__(self, cell: str, value: object, origin: str | None, meaning: str) -> None:
        told = "is null" if value is None else f"is {value!r}"
        made = "" if origin is None else f", it was made by {origin}"
        super().__init__(f"{cell} {told}: no page states it{made}")
        self.cell = cell
        """Table, key and column."""
        self.value = value
        self.origin = origin
        """By what it was made; None for an empty cell, which nothing made."""
        self.meaning = meaning
        """The description of its column."""
        self.url: str | None = None
        """The page its row was read from."""
        self.parts: str | None = None
        """The cells it was made of, as far as that is known: those whose passages can be asked for."""


class EvidenceMissing(RuntimeError):
    """The passage of a value is not in the archived page: parser, archive or rule is wrong."""


class EvidenceRow(NamedTuple):
    """One cell with its passage and where it was read. A tuple, as a night's check reads 16,000 of them."""

    table_name: str
    row_key: str
    column_name: str
    value: Any
    document_id: str
    url: str
    publisher: str | None
    page_type: str
    snapshot_id: str
    fetched_at: Any
    archive_file: str
    archive_offset: int
    byte_hash: str
    locator: str
    quote: str
    rule: str


def why(connection: duckdb.DuckDBPyConnection, table: str, key: str, column: str) -> list[EvidenceRow]:
    """The evidence of one cell. `key` is the row's key columns in their order, joined by | (iii-duisburg|area_ha|area).

    For an outcome it is the evidence of all its claims. Raises NotStated for a cell that no page states, NoEvidence
    with one line that names what is near for one that is not there.
    """
    known = _table(connection, table, column)
    value = _value(connection, known, key, column)
    if table in _MADE_FROM:
        rows = _from_parts(connection, known, key, column)
    else:
        rows = _rows(connection, known, [key], column)
    if not rows:
        raise _not_stated(connection, known, key, column, value)
    return rows


_ORIGINS = {
    "page": "a rule of warehouse/harmonise",
    "derived": "a rule of warehouse/harmonise",
    "code list": "a file of warehouse/codes",
    "run": "the run that fetched the page or built this file",
}
"""Source of a column -> how a value of it came about that has no passage."""


def _not_stated(connection: duckdb.DuckDBPyConnection, table: Table, key: str, column: str, value: object) -> NotStated:
    about = table.column(column)
    origin = None if value is None else _ORIGINS[about.source]
    answer = NotStated(f"{table.name} {key} {column}", value, origin, about.description)
    if table.group != "codes" and "document_id" in table.names:
        answer.url = _page_of(connection, table, key)
    if value is not None and about.source in ("page", "derived"):
        answer.parts = _parts_of(connection, table, key)
    return answer


def _page_of(connection: duckdb.DuckDBPyConnection, table: Table, key: str) -> str | None:
    query = f"""
        SELECT d.url FROM {quoted(table.name)} c JOIN documents d USING (document_id)
        WHERE {row_key_sql(table, "c")} = ?
    """
    found = connection.execute(query, [key]).fetchone()
    return found[0] if found else None


def _parts_of(connection: duckdb.DuckDBPyConnection, table: Table, key: str) -> str | None:
    """The cells with passages that a rule had: those of the row, of an outcome those of its claims."""
    if table.name in _MADE_FROM:
        parts, link = _MADE_FROM[table.name]
        query = f"SELECT {row_key_sql(TABLES[parts])} AS k FROM {quoted(parts)} WHERE {quoted(link)} = ? ORDER BY k"
        keys = [k for (k,) in connection.execute(query, [key]).fetchall()]
        return f"{parts} {', '.join(keys)}" if keys else None
    query = "SELECT DISTINCT column_name FROM provenance WHERE table_name = ? AND row_key = ? ORDER BY ALL"
    columns = [name for (name,) in connection.execute(query, [table.name, key]).fetchall()]
    return f"this row, of which pages state {', '.join(columns)}" if columns else None


def read_back(row: EvidenceRow, page_text: str) -> str:
    """The passage with some text around it, marked «…», found in the text of the archived page.

    Spaces count as one. Of several places the one the locator gives wins. Raises EvidenceMissing.
    """
    quote = squeezed(row.quote)
    start = _place(row, page_text)
    if start is not None:
        before, after = page_text[:start], page_text[start + len(row.quote) :]
    else:
        before, found, after = squeezed(page_text).partition(quote) if quote else ("", "", "")
        if not found:
            raise EvidenceMissing(
                f"{row.table_name} {row.row_key} {row.column_name}: the passage {row.quote!r:.80} is not in {row.url} "
                f"as archived in {row.archive_file} at {row.archive_offset}"
            )
    before, after = squeezed(before[-2 * CONTEXT :]), squeezed(after[: 2 * CONTEXT])
    head = f"…{before[-CONTEXT:]}" if len(before) > CONTEXT else before
    tail = f"{after[:CONTEXT]}…" if len(after) > CONTEXT else after
    return f"{head}«{quote}»{tail}"


def is_there(quote: str, squeezed_text: str) -> bool:
    """Whether a passage stands in the text of its page, given with single spaces (`squeezed`)."""
    return bool(quote.strip()) and (quote in squeezed_text or squeezed(quote) in squeezed_text)


def sample(
    connection: duckdb.DuckDBPyConnection, day: date, pages: int, *, with_newest: bool = True
) -> list[EvidenceRow]:
    """All evidence of some pages: the `pages` fetched last, if asked for, and as many more, the next ones every day.

    The snapshots that prove anything stand in the order of their ids; each day takes the next `pages` of them and
    starts anew at the end, so that in (snapshots / pages) days every passage is read once. The cells' values are not
    looked up: `value` is None.
    """
    # The snapshots of the passages are grouped first: joined as they are, millions of them took 300 MB.
    first = day.toordinal() * pages  # numbers as they are: for parameters DuckDB loads pandas, where it is installed
    query = f"""
        WITH proving AS (
          SELECT s.*,
            row_number() OVER (ORDER BY s.snapshot_id) - 1 AS place,
            row_number() OVER (ORDER BY s.fetched_at DESC, s.snapshot_id) AS age,
            count(*) OVER () AS n
          FROM snapshots s
          JOIN (SELECT snapshot_id FROM provenance GROUP BY snapshot_id) USING (snapshot_id)
        ), chosen AS (
          SELECT * FROM proving WHERE age <= {pages if with_newest else 0} OR (place - {first} % n + n) % n < {pages}
        )
        SELECT p.table_name, p.row_key, p.column_name, NULL, d.document_id, d.url, d.publisher, d.page_type, {_SNAPSHOT}
        FROM provenance p
        JOIN chosen s ON s.snapshot_id = p.snapshot_id
        JOIN documents d ON d.document_id = p.document_id
        ORDER BY s.archive_file, s.archive_offset, s.snapshot_id, p.table_name, p.row_key, p.column_name
    """
    return list(map(EvidenceRow._make, execute(connection, query).fetchall()))


def _place(row: EvidenceRow, page_text: str) -> int | None:
    """Where the locator says the passage stands, if it stands there."""
    chars = _CHARS.search(row.locator)
    if chars is None:
        return None
    start, end = int(chars[1]), int(chars[2])
    return start if row.quote and page_text[start:end] == row.quote else None


def squeezed(value: str) -> str:
    """The text with single spaces, as passages are compared."""
    return _SPACES.sub(" ", value)


def _table(connection: duckdb.DuckDBPyConnection, name: str, column: str) -> Table:
    table = TABLES.get(name)
    if table is None:
        views = dict(connection.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall())
        if name in views:
            raise NoEvidence(_of_view(name, column, views))
        raise NoEvidence(f"no table {name!r}; {_near(name, [*TABLES, *views])}")
    if column not in table.names:
        raise NoEvidence(f"table {name} has no column {column!r}; {_near(column, list(table.names))}")
    return table


def _of_view(name: str, column: str, views: Mapping[str, str]) -> str:
    """Which table to ask instead of a view: the first it reads that pages state something of, best with this column."""
    bases = [TABLES[base] for base in _bases(name, views)]
    bases = [base for base in bases if base.name in _MADE_FROM or any(c.evidence for c in base.columns)] or bases
    bases.sort(key=lambda base: column not in base.names)  # the order of reading decides between equals
    first = bases[0]
    asked = column if column in first.names else "COLUMN"
    names = ", ".join(base.name for base in bases)
    key = "|".join(first.key)
    return f"{name} is a view of {names}; did you mean `biwaq why {first.name} '{key}' {asked}`, with the row's key?"


def _bases(view: str, views: Mapping[str, str]) -> list[str]:
    """The tables that a view reads, itself or by another view, in order."""
    found: dict[str, None] = {}
    for name in _READS.findall(views[view]):
        found.update(dict.fromkeys(_bases(name, views) if name in views and name != view else [name]))
    return [name for name in found if name in TABLES]


def _value(connection: duckdb.DuckDBPyConnection, table: Table, key: str, column: str) -> object:
    cell = f"SELECT {quoted(column)} FROM {quoted(table.name)} WHERE {row_key_sql(table)} = ?"
    found = connection.execute(cell, [key]).fetchone()
    if found is None:
        near = ", ".join(_near_keys(connection, table, key)) or "the table is empty"
        raise NoEvidence(f"table {table.name} has no row {key!r} (key: {'|'.join(table.key)}); near: {near}")
    if found[0] is None:
        raise _not_stated(connection, table, key, column, None)
    return found[0]


def _near_keys(connection: duckdb.DuckDBPyConnection, table: Table, key: str) -> list[str]:
    """The five keys that the caller may have meant: those that contain the word first, then those that look like it."""
    query = f"""
        SELECT {row_key_sql(table)} AS k FROM {quoted(table.name)}
        ORDER BY contains(lower(k), lower(?)) DESC, jaro_winkler_similarity(k, ?) DESC, k LIMIT 5
    """
    return [k for (k,) in connection.execute(query, [key, key]).fetchall()]


def _near(word: str, known: list[str]) -> str:
    """The names that the caller may have meant, else all there are."""
    close = difflib.get_close_matches(word, known, n=3)
    return f"did you mean {' or '.join(close)}?" if close else f"there is: {', '.join(known)}"


def _from_parts(connection: duckdb.DuckDBPyConnection, table: Table, key: str, column: str) -> list[EvidenceRow]:
    parts, link = _MADE_FROM[table.name]
    source = TABLES[parts]
    query = f"SELECT {row_key_sql(source)} AS k FROM {quoted(parts)} WHERE {quoted(link)} = ? ORDER BY k"
    keys = [k for (k,) in connection.execute(query, [key]).fetchall()]
    return _rows(connection, source, keys, column) if column in source.names else []


def _rows(connection: duckdb.DuckDBPyConnection, table: Table, keys: list[str], column: str) -> list[EvidenceRow]:
    query = f"""
        SELECT p.table_name, p.row_key, p.column_name, c.{quoted(column)},
          d.document_id, d.url, d.publisher, d.page_type, {_SNAPSHOT}
        FROM provenance p
        JOIN {quoted(table.name)} c ON {row_key_sql(table, "c")} = p.row_key
        JOIN documents d ON d.document_id = p.document_id
        JOIN snapshots s ON s.snapshot_id = p.snapshot_id
        WHERE p.table_name = {text(table.name)} AND p.column_name = ? AND list_contains(?, p.row_key)
        ORDER BY p.row_key
    """
    return list(map(EvidenceRow._make, connection.execute(query, [column, keys]).fetchall()))
