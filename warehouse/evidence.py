"""Where a cell comes from: its passage, page and snapshot.

Belongs here: looking a cell up in `provenance`, finding the passage in the page's text. Does not: reading the archive
or parsing pages (both are the caller's). Concept: a value whose passage is not in the archived page is a fault, loudly.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from warehouse.ddl import quoted, row_key_sql, text
from warehouse.tables import TABLES, Table

CONTEXT = 160
_CHARS = re.compile(r"chars (\d+)[-–](\d+)")
_SPACES = re.compile(r"\s+")

_SNAPSHOT = "s.snapshot_id, s.fetched_at, s.archive_file, s.archive_offset, s.byte_hash, p.locator, p.quote, p.rule"

# A row of these tables is made from rows of others: their evidence is its evidence.
_MADE_FROM = {"outcomes": ("outcome_claims", "outcome_id")}


class NoEvidence(ValueError):
    """There is nothing to show: no such table, column or row, an empty cell, or a value no page states."""


class EvidenceMissing(RuntimeError):
    """The passage of a value is not in the archived page: parser, archive or rule is wrong."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One cell with its passage and where it was read."""

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

    For an outcome it is the evidence of all its claims. Raises NoEvidence with one line that names the near keys.
    """
    known = _table(table, column)
    value = _value(connection, known, key, column)
    if table in _MADE_FROM:
        rows = _from_parts(connection, known, key, column)
    else:
        rows = _rows(connection, known, [key], column)
    if not rows:
        origin = known.column(column).source
        raise NoEvidence(f"{table} {key} {column} is {value!r}: no page states it (source of this column: {origin})")
    return rows


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
    return bool(quote.strip()) and squeezed(quote) in squeezed_text


def sample(connection: duckdb.DuckDBPyConnection, day: date, pages: int) -> list[EvidenceRow]:
    """All evidence of some pages: the `pages` fetched last, and as many more, the next ones every day.

    The snapshots that prove anything stand in the order of their ids; each day takes the next `pages` of them and
    starts anew at the end, so that in (snapshots / pages) days every passage is read once. The cells' values are not
    looked up: `value` is None.
    """
    query = f"""
        WITH proving AS (
          SELECT s.*,
            row_number() OVER (ORDER BY s.snapshot_id) - 1 AS place,
            row_number() OVER (ORDER BY s.fetched_at DESC, s.snapshot_id) AS age,
            count(*) OVER () AS n
          FROM snapshots s
          WHERE s.snapshot_id IN (SELECT snapshot_id FROM provenance)
        ), chosen AS (
          SELECT * FROM proving WHERE age <= $pages OR (place - $first % n + n) % n < $pages
        )
        SELECT p.table_name, p.row_key, p.column_name, NULL, d.document_id, d.url, d.publisher, d.page_type, {_SNAPSHOT}
        FROM provenance p
        JOIN chosen s ON s.snapshot_id = p.snapshot_id
        JOIN documents d ON d.document_id = p.document_id
        ORDER BY s.archive_file, s.archive_offset, s.snapshot_id, p.table_name, p.row_key, p.column_name
    """
    first = day.toordinal() * pages
    return [EvidenceRow(*row) for row in connection.execute(query, {"pages": pages, "first": first}).fetchall()]


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


def _table(name: str, column: str) -> Table:
    table = TABLES.get(name)
    if table is None:
        raise NoEvidence(f"no table {name!r}; {_near(name, list(TABLES))}")
    if column not in table.names:
        raise NoEvidence(f"table {name} has no column {column!r}; {_near(column, list(table.names))}")
    return table


def _value(connection: duckdb.DuckDBPyConnection, table: Table, key: str, column: str) -> object:
    cell = f"SELECT {quoted(column)} FROM {quoted(table.name)} WHERE {row_key_sql(table)} = ?"
    found = connection.execute(cell, [key]).fetchone()
    if found is None:
        near = ", ".join(_near_keys(connection, table, key)) or "the table is empty"
        raise NoEvidence(f"table {table.name} has no row {key!r} (key: {'|'.join(table.key)}); near: {near}")
    if found[0] is None:
        raise NoEvidence(f"{table.name} {key} {column} is null: no page states it")
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
    return f"there is: {', '.join(difflib.get_close_matches(word, known, n=5) or known)}"


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
    return [EvidenceRow(*row) for row in connection.execute(query, [column, keys]).fetchall()]
