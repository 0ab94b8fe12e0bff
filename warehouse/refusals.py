"""Why DuckDB refused rows: which row, which value, what would be right.

Belongs here: finding the first row that breaks a promise of the registry. Does not: loading rows.
Concept: "constraint failed" helps nobody at night; the message names table, row, columns and the condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from warehouse.ddl import quoted, row_key_sql, text
from warehouse.duck import execute
from warehouse.tables import Table

_NAMED = 40


_ADDRESS = {
    "document_id": "SELECT url FROM documents d WHERE d.document_id = r.document_id",
    "project_id": "SELECT url FROM projects p JOIN documents d USING (document_id) WHERE p.project_id = r.project_id",
}
"""Column of a row -> how to find the address of its page."""


def first_refused(connection: duckdb.DuckDBPyConnection, table: Table, part: str) -> str | None:
    """One line on the first row of the load file `part` that the table refuses: row, values, what is right, page.

    None where no rule of the registry is broken: then DuckDB's own message is all there is.
    """
    for broken, shown, right in _rules(table, part):
        as_text = ", ".join(f"{quoted(name)}::VARCHAR" for name in shown)
        source = _as_written(table, part) if "try_cast" in broken else read_part(table, part)
        query = f"SELECT {row_key_sql(table)}, {_address(table)}, {as_text} FROM {source} r WHERE {broken} ORDER BY ALL"
        found = execute(connection, f"SELECT *, count(*) OVER () FROM ({query}) LIMIT 1").fetchone()
        if found is not None:
            key, address, *values, n_rows = found
            told = ", ".join(f"{name} is {value!r:.{_NAMED}}" for name, value in zip(shown, values, strict=True))
            more = f" (and {n_rows - 1} more)" if n_rows > 1 else ""
            where = f"; page {address}" if address else ""
            return f"row {key!r}{more}: {told}; right is {right}{where}"
    return None


def read_part(table: Table, part: str) -> str:
    """SQL that reads a table's load file in the types of its columns."""
    return _read(part, {column.name: column.type for column in table.columns})


def _as_written(table: Table, part: str) -> str:
    return _read(part, dict.fromkeys(table.names, "VARCHAR"))


def _read(part: str, types: Mapping[str, str]) -> str:
    """The lines hold some rows each, column by column (see parts.py): one row comes of each place in the lists."""
    columns = ", ".join(f"{text(name)}: {text(kind + '[]')}" for name, kind in types.items())
    cells = ", ".join(f"unnest({quoted(name)}) AS {quoted(name)}" for name in types)
    return f"(SELECT {cells} FROM read_json({text(part)}, format = 'newline_delimited', columns = {{{columns}}}))"


def _address(table: Table) -> str:
    known = [query for name, query in _ADDRESS.items() if name in table.names and table.name not in query.split()]
    return f"({known[0]})" if known else "NULL"


def _rules(table: Table, part: str) -> Iterator[tuple[str, list[str], str]]:
    """(condition that a refused row meets, columns to show, what would be right) for each promise of the registry."""
    for column in table.columns:
        if column.type in ("DATE", "TIMESTAMP"):
            name = quoted(column.name)
            yield f"{name} IS NOT NULL AND try_cast({name} AS {column.type}) IS NULL", [column.name], f"a {column.type}"
    for column in table.columns:
        for condition in column.conditions:
            yield f"NOT ({condition})", [column.name], condition
    for condition in table.conditions:
        yield f"NOT ({condition})", [name for name in table.names if name in condition], condition
    if table.indexed:
        yield from _links(table, part)


def _links(table: Table, part: str) -> Iterator[tuple[str, list[str], str]]:
    same = ", ".join(map(quoted, table.key))
    twice = f"({same}) IN (SELECT ({same}) FROM {read_part(table, part)} GROUP BY {same} HAVING count(*) > 1)"
    yield twice, list(table.key), "one row a key"
    for link in table.links:
        name = quoted(link.column)
        orphan = f"{name} IS NOT NULL AND {name} NOT IN (SELECT {quoted(link.key)} FROM {quoted(link.parent)})"
        yield orphan, [link.column], f"a {link.key} of table {link.parent}"


def seems_broken(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether rows of a filled table may have a key twice or lead nowhere, where no index of DuckDB looks after that.

    False is certain; after True `first_refused` tells.
    """
    name, key = quoted(table.name), ", ".join(map(quoted, table.key))
    # By 64-bit hashes, as the keys of a million rows take 200 MB: two keys may have one hash.
    broken = [f"SELECT 1 FROM {name} GROUP BY hash({key}) HAVING count(*) > 1"]
    for link in table.links:
        mine, theirs = f"mine.{quoted(link.column)}", f"theirs.{quoted(link.key)}"
        pairs = f"{name} mine ANTI JOIN {quoted(link.parent)} theirs ON {mine} = {theirs}"
        broken.append(f"SELECT 1 FROM {pairs} WHERE {mine} IS NOT NULL")
    return any(execute(connection, f"{query} LIMIT 1").fetchone() for query in broken)
