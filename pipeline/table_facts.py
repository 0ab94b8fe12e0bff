"""What Dagster shows of each table of a build: rows, what they were before, a look at them, where they come from.

Belongs here: metadata read from the build and the registry. Does not: assets.
Concept: numbers become plots over time; lineage is told only where the registry or the evidence proves it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import dagster as dg
import duckdb

from warehouse.checks import markdown_table
from warehouse.ddl import quoted
from warehouse.duck import WarehouseMissing, WarehouseUnreadable, execute, read_only, sparing
from warehouse.tables import TABLES, Column, Table
from warehouse.write import views

RECORDS = dg.AssetKey(["parsed", "records"])
RECORD_COLUMNS: Mapping[str, tuple[str, str]] = {
    "source_id": ("string", "The source file that led to the page"),
    "page_type": ("string", "What kind of page its source promises"),
    "url": ("string", "Address of the document, canonical"),
    "aliases": ("list", "Other addresses that lead to it"),
    "fetched_at": ("timestamp", "When it was fetched, UTC"),
    "http_status": ("integer", "HTTP status of the answer"),
    "archive_file": ("string", "WARC file below archive/"),
    "archive_offset": ("integer", "Where its record begins in that file, bytes"),
    "byte_hash": ("string", "SHA-256 over the body as received"),
    "content_hash": ("string", "SHA-256 over what was read; changes when the content does"),
    "parser_version": ("string", "Parser that read it"),
    "reserved_by": ("string", "What reserves text and data mining of the page, if anything"),
    "coverage": ("number", "Share of the content's text that fields claim, 0 to 1"),
    "text_loss": ("number", "Share of the text that only a second parser sees, 0 to 1"),
    "unclaimed": ("list", "Headings and labels that no field reads"),
    "record": ("object", "The fields of the page; null where it is not of its kind"),
    "evidence": ("list", "For every value the passage it was read from, and where that stands"),
    "issues": ("list", "What could not be read or is not known"),
}
"""The fields of a line of records/<day>/<source>.ndjson.gz."""
PREVIEW_ROWS = 5
PREVIEW_COLUMNS = 6
LONGEST_CELL = 60
EVIDENCE = """
SELECT table_name, column_name, count(*) AS passages, count(DISTINCT document_id) AS pages,
       array_to_string(list_slice(list_sort(list(DISTINCT rule)), 1, 3), ', ') AS rules
FROM provenance GROUP BY ALL ORDER BY table_name, passages DESC, column_name"""


def records_schema() -> dg.TableSchema:
    """The fields of a line of the records."""
    return dg.TableSchema([dg.TableColumn(name, type_, text) for name, (type_, text) in RECORD_COLUMNS.items()])


def purpose(table: Table) -> str:
    """What a row is, and which views answer questions from it: the table's description in the UI."""
    readers = [name for name, words in _words_of_views() if table.name in words]
    asked = f" Read by {', '.join(f'`{name}`' for name in readers)}." if readers else ""
    return f"**{table.title}.** {table.description}.{asked}"


@cache
def _words_of_views() -> list[tuple[str, frozenset[str]]]:
    return [(view.name, frozenset(re.findall(r"\w+", view.select))) for view in views()]


def lineage(table: Table) -> dg.TableColumnLineage:
    """Where the table's columns come from, as far as the registry says: another table's key, or a field of records."""
    found = {column.name: deps for column in table.columns if (deps := _origins(table, column))}
    return dg.TableColumnLineage(deps_by_column=found)


def _origins(table: Table, column: Column) -> list[dg.TableColumnDep]:
    if column.references is not None:
        parent, _, name = column.references.partition(".")
        return [dg.TableColumnDep(dg.AssetKey(["warehouse", parent]), name)]
    if column.source == "page":
        return [dg.TableColumnDep(RECORDS, "record")]
    if column.source in ("run", "derived") and table.group == "evidence" and column.name in RECORD_COLUMNS:
        return [dg.TableColumnDep(RECORDS, column.name)]
    return []


def lineage_text(table: Table) -> str:
    """The same for a person: the open edition of Dagster's UI draws no lineage of columns."""
    rows = [{"column": column.name, "comes from": _said(table, column)} for column in table.columns]
    return markdown_table(rows)


def _said(table: Table, column: Column) -> str:
    if deps := _origins(table, column):
        (dep,) = deps
        return f"{dep.asset_key.to_user_string()}.{dep.column_name}"
    return {"page": "a page", "derived": "a rule of warehouse/harmonise", "code list": "a file of warehouse/codes"}.get(
        column.source, "the run"
    )


def rows_in(build: Path | None) -> Mapping[str, int]:
    """Rows of each table of a build; of none where there is no build or it can not be read."""
    if build is None:
        return {}
    try:
        return _rows_of(build.resolve())
    except (duckdb.Error, WarehouseMissing, WarehouseUnreadable):
        return {}


@cache
def _rows_of(build: Path) -> Mapping[str, int]:
    """Counted once: a build never changes, and the summary compares with it as well."""
    with read_only(build) as connection:
        return count_rows(connection)


def count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of each table of an open file, in one statement."""
    there = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    counts = ", ".join(f"(SELECT count(*) FROM {quoted(name)})" for name in there)
    (rows,) = connection.execute(f"SELECT {counts}").fetchall()
    return dict(zip(there, rows, strict=True))


def looks(build: Path) -> dict[str, dict[str, dg.MetadataValue]]:
    """For each table of a build its first rows, and what passages its columns were read from."""
    with read_only(build) as connection, sparing(connection, build):
        passages: dict[str, list[dict[str, object]]] = {}
        for row in _dicts(connection, EVIDENCE):
            passages.setdefault(str(row.pop("table_name")), []).append(row)
        return {table.name: _look(connection, table, passages.get(table.name, [])) for table in TABLES.values()}


def _look(
    connection: duckdb.DuckDBPyConnection, table: Table, passages: list[dict[str, object]]
) -> dict[str, dg.MetadataValue]:
    columns = ", ".join(map(quoted, table.names[:PREVIEW_COLUMNS]))
    preview = _dicts(connection, f"SELECT {columns} FROM {quoted(table.name)} LIMIT {PREVIEW_ROWS}")
    look: dict[str, dg.MetadataValue] = {"preview": dg.MetadataValue.md(markdown_table(preview) or "no rows")}
    if passages:
        look["read_from_pages"] = dg.MetadataValue.md(markdown_table(passages))
    return look


def _dicts(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, object]]:
    cursor = execute(connection, sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, map(_cut, row), strict=True)) for row in cursor.fetchall()]


def _cut(cell: object) -> object:
    return f"{cell[: LONGEST_CELL - 1]}…" if isinstance(cell, str) and len(cell) > LONGEST_CELL else cell
