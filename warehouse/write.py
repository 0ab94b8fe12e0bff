"""Rows into a new DuckDB file: tables, comments, rows, views.

Belongs here: the contract freeze of rows and the bulk load. Does not: where rows come from or when a file is published.
Concept: rows go through NDJSON files into read_json with given column types (the fastest way measured, 340,000 rows/s),
parents first and insert only, so that foreign keys cost no trouble.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson

from warehouse import ddl
from warehouse.columns import ColumnType
from warehouse.ddl import quoted, text
from warehouse.duck import connect
from warehouse.model import Row, Rows
from warehouse.sqlfiles import SqlFile, read_folder
from warehouse.tables import BUILT_HERE, TABLES, Table, term_rows

VIEWS = Path(__file__).with_name("views")


class RowsRejected(ValueError):
    """Rows that are not what the registry says: a table, column or type too many, too few or other."""


class LoadFailed(RuntimeError):
    """DuckDB refused rows: a key twice, a parent missing, a condition not met."""


def write(rows: Rows, out: Path, *, consume: bool = False) -> dict[str, int]:
    """Build a new warehouse file at `out` from the rows of every table (`terms` excepted: it is made here).

    Returns the number of rows per table; with `consume` a table's rows are let go once they are on the disk, which
    saves a quarter of a large build's memory. On any failure nothing of the file is left. Raises RowsRejected,
    LoadFailed, FileExistsError.
    """
    complete = {**rows, BUILT_HERE: term_rows()}
    check_rows(complete)
    counts = {name: len(complete[name]) for name in TABLES}
    with _new_file(out) as (connection, parts):
        connection.execute("BEGIN")  # one write to the disk instead of one a comment
        for statement in ddl.statements():
            connection.execute(statement)
        for view in views():
            _create_view(connection, view)
        connection.execute("COMMIT")
        for table in TABLES.values():
            _fill(connection, table, complete[table.name], parts / f"{table.name}.ndjson", consume=consume)
        connection.execute("CHECKPOINT")
    return counts


def views() -> list[SqlFile]:
    """The views: name, head (title, row, and `.column` for each column) and SELECT."""
    return read_folder(VIEWS)


def check_rows(rows: Rows) -> None:
    """Stop at the first row that is not what the registry says. Raises RowsRejected with table and columns."""
    if rows.keys() != TABLES.keys():
        raise RowsRejected(f"tables {_difference(rows, TABLES)}: warehouse/tables.py lists what there is")
    for name, table in TABLES.items():
        _check_table(table, rows[name])


def _check_table(table: Table, rows: list[Row]) -> None:
    fits = [(column.name, column.nullable, _FITS[column.type]) for column in table.columns]
    names = set(table.names)
    for number, row in enumerate(rows, start=1):
        if row.keys() != names:
            raise RowsRejected(f"table {table.name}, row {number}: columns {_difference(row, names)}")
        for name, nullable, fit in fits:
            value = row[name]
            if not (nullable if value is None else fit(value)):
                kind = table.column(name).type
                raise RowsRejected(f"table {table.name}, row {number}: column {name} is {kind}, not {value!r:.80}")


def _difference(given: Mapping[str, Any], wanted: Mapping[str, Any] | set[str]) -> str:
    parts = {"missing": sorted(set(wanted) - set(given)), "unknown": sorted(set(given) - set(wanted))}
    return ", ".join(f"{word}: {' '.join(names)}" for word, names in parts.items() if names)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_FITS: dict[ColumnType, Callable[[Any], bool]] = {
    "VARCHAR": lambda value: isinstance(value, str),
    "DOUBLE": _is_number,
    "BIGINT": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "DATE": lambda value: isinstance(value, str) or type(value) is date,
    "TIMESTAMP": lambda value: isinstance(value, str | datetime),
    "BOOLEAN": lambda value: isinstance(value, bool),
}


@contextmanager
def _new_file(out: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A new file and a folder for its load files; the folder always goes, the file stays only if all went well."""
    if out.exists():
        raise FileExistsError(f"{out} is there already: a build never writes into a file")
    parts = out.with_name(f"{out.name}.parts")
    parts.mkdir(parents=True, exist_ok=True)
    done = False
    try:
        connection = connect(str(out), temp_directory=str(parts))
        try:
            yield connection, parts
        finally:
            connection.close()
        done = True
    finally:
        shutil.rmtree(parts, ignore_errors=True)
        if not done:
            out.unlink(missing_ok=True)
            out.with_name(f"{out.name}.wal").unlink(missing_ok=True)


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, rows: list[Row], part: Path, *, consume: bool) -> None:
    if not rows:
        return
    _write_part(table, rows, part)
    if consume:
        rows.clear()
    names = ", ".join(map(quoted, table.names))
    types = ", ".join(f"{text(column.name)}: {text(column.type)}" for column in table.columns)
    order = ", ".join(map(quoted, table.key))
    source = f"read_json({text(str(part))}, format = 'newline_delimited', columns = {{{types}}})"
    try:
        connection.execute(f"INSERT INTO {quoted(table.name)} SELECT {names} FROM {source} ORDER BY {order}")
    except duckdb.Error as error:
        raise LoadFailed(f"table {table.name}: {str(error).partition(chr(10))[0]}") from error
    part.unlink()


def _write_part(table: Table, rows: list[Row], part: Path) -> None:
    with part.open("wb") as lines:
        for number, row in enumerate(rows, start=1):
            try:
                lines.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            except orjson.JSONEncodeError as error:  # half a surrogate pair is no text
                raise RowsRejected(f"table {table.name}, row {number}: {error}") from error


def _create_view(connection: duckdb.DuckDBPyConnection, view: SqlFile) -> None:
    connection.execute(f"CREATE VIEW {quoted(view.name)} AS\n{view.select}")
    connection.execute(f"COMMENT ON VIEW {quoted(view.name)} IS {text(view.head['row'])}")
    for key, description in view.head.items():
        if key.startswith("."):
            column = f"{quoted(view.name)}.{quoted(key[1:])}"
            connection.execute(f"COMMENT ON COLUMN {column} IS {text(description)}")
