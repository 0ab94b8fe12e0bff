"""What is exported: tables and views as one kind of thing, with names, types, keys and meanings.

Belongs here: the shape of a relation, made from the registry, from the heads of views, from the file's own types.
Does not: writing files. Concept: every format describes its columns from here, so that no two can differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from warehouse.columns import Column, Table
from warehouse.ddl import quoted, table_comment
from warehouse.sqlfiles import SqlFile
from warehouse.tables import TABLES
from warehouse.write import views


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a relation; `column` is its entry in the registry, None for a column of a view."""

    name: str
    type: str
    description: str
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """One table or view; `folder` is where its files lie below csv/ and parquet/ ("" for tables)."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    folder: str
    table: Table | None = None

    @property
    def select(self) -> str:
        """All its rows, in the order of the key; a view has its own order."""
        if self.table is None:
            return f"SELECT * FROM {quoted(self.name)}"
        names = ", ".join(quoted(field.name) for field in self.fields)
        return f"SELECT {names} FROM {quoted(self.name)} ORDER BY {', '.join(map(quoted, self.table.key))}"

    @property
    def path(self) -> str:
        """Its place below csv/ and parquet/, without ending."""
        return f"{self.folder}{self.name}"


def relations(connection: duckdb.DuckDBPyConnection) -> list[Relation]:
    """All tables and views of the file that this version knows, tables first in the registry's order.

    A column that the file lacks (it is older than the registry) is left out; so is a missing table or view.
    """
    there = _columns(connection)
    tables = [_of_table(table, there[table.name]) for table in TABLES.values() if table.name in there]
    return [*tables, *(_of_view(view, there[view.name]) for view in views() if view.name in there)]


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    query = """
        SELECT table_name, column_name, data_type FROM duckdb_columns()
        WHERE database_name = current_database() AND NOT internal ORDER BY table_name, column_index
    """
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(query).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _of_table(table: Table, there: dict[str, str]) -> Relation:
    fields = tuple(Field(c.name, there[c.name], c.description, c) for c in table.columns if c.name in there)
    return Relation(table.name, table.title, table_comment(table), fields, "", table)


def _of_view(view: SqlFile, there: dict[str, str]) -> Relation:
    fields = tuple(Field(name, kind, view.head.get(f".{name}", "")) for name, kind in there.items())
    return Relation(view.name, view.head["title"], f"{view.head['row']}.", fields, "views/")


def rows_of(connection: duckdb.DuckDBPyConnection, select: str) -> tuple[list[str], duckdb.DuckDBPyConnection]:
    """The column names of a query and a cursor to fetch its rows from."""
    cursor = connection.cursor()
    cursor.execute(select)
    return [str(column[0]) for column in cursor.description or []], cursor


def fetched(cursor: duckdb.DuckDBPyConnection, at_once: int = 10_000) -> Sequence[tuple[object, ...]]:
    """The next rows of a cursor, [] at the end."""
    return cursor.fetchmany(at_once)
