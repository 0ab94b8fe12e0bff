"""The registry as SQL: CREATE TABLE with keys and checks, and a comment for every table and column.

Belongs here: text of statements. Does not: any connection.
Concept: the file explains itself: whoever opens it sees what a cell means, in which unit, where from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from warehouse.columns import Link
from warehouse.tables import TABLES, Column, Table

ORIGINS = {
    "page": "read on the page",
    "derived": "worked out by our rules",
    "code list": "from a code list",
    "run": "from the run",
}


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def table_comment(table: Table) -> str:
    """What the comment of a table says: what a row is and what its key is."""
    return f"{table.description}. Key: {', '.join(table.key)}."


def column_comment(column: Column) -> str:
    """What the comment of a column says: meaning, unit, words it may hold, where its values are from."""
    parts = [column.description]
    if column.unit is not None:
        parts.append(f"Unit: {column.unit}")
    if column.terms is not None:
        parts.append(f"Words: table terms, set {column.terms}")
    if column.references is not None:
        parts.append(f"Points to {column.references}")
    parts.append(f"Source: {ORIGINS[column.source]}")
    return ". ".join(parts) + "."


def create_table(table: Table, loose: Collection[str] = ()) -> str:
    """The CREATE TABLE statement: types, NOT NULL, CHECK, PRIMARY KEY, FOREIGN KEY; no keys for tables in `loose`."""
    lines = [_column(column) for column in table.columns]
    lines += [f"CHECK ({condition})" for condition in table.conditions]
    if table.name not in loose:
        lines.append(f"PRIMARY KEY ({', '.join(map(quoted, table.key))})")
        lines += [_foreign_key(link) for link in table.links if link.parent not in loose]
    body = ",\n  ".join(lines)
    return f"CREATE TABLE {quoted(table.name)} (\n  {body}\n)"


def comments(table: Table) -> Iterator[str]:
    """The COMMENT statements of a table and its columns."""
    yield f"COMMENT ON TABLE {quoted(table.name)} IS {text(table_comment(table))}"
    for column in table.columns:
        name = f"{quoted(table.name)}.{quoted(column.name)}"
        yield f"COMMENT ON COLUMN {name} IS {text(column_comment(column))}"


def statements(loose: Collection[str]) -> Iterator[str]:
    """Everything that an empty file needs to hold our tables, parents first; those in `loose` get no keys."""
    for table in TABLES.values():
        yield create_table(table, loose)
        yield from comments(table)


def row_key_sql(table: Table, alias: str | None = None) -> str:
    """An SQL expression for the key of a row as `provenance.row_key` writes it (see `warehouse.tables.row_key`)."""
    prefix = "" if alias is None else f"{quoted(alias)}."
    return " || '|' || ".join(f"{prefix}{quoted(name)}::VARCHAR" for name in table.key)


def _column(column: Column) -> str:
    null = "" if column.nullable else " NOT NULL"
    checks = "".join(f" CHECK ({condition})" for condition in column.conditions)
    return f"{quoted(column.name)} {column.type}{null}{checks}"


def _foreign_key(link: Link) -> str:
    return f"FOREIGN KEY ({quoted(link.column)}) REFERENCES {quoted(link.parent)} ({quoted(link.key)})"
