"""Rows into a new DuckDB file: tables, comments, rows, views, macros.

Belongs here: the contract freeze of rows and the bulk load. Does not: where rows come from or when a file is published.
Concept: rows go through NDJSON files into read_json with given column types (the fastest way measured, 340,000 rows/s),
parents first and insert only, so that foreign keys cost no trouble.
"""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import duckdb
import orjson

from warehouse import ddl
from warehouse.columns import ColumnType
from warehouse.ddl import quoted, text
from warehouse.duck import CONFIG, connect
from warehouse.model import Row, Rows
from warehouse.refusals import first_refused, read_part
from warehouse.sqlfiles import SqlFile, read_folder
from warehouse.tables import BUILT_HERE, TABLES, Table, term_rows

VIEWS = Path(__file__).with_name("views")
MACROS = Path(__file__).with_name("macros")
_MEMORY_MB, _INDEXED_ROW = 120, 150
"""Of DuckDB while it loads, MB and bytes a row with keys: what it sorts beyond goes to the disk, but keys do not."""


class RowsRejected(ValueError):
    """Rows that are not what the registry says: a table, column or type too many, too few or other."""


class LoadFailed(RuntimeError):
    """DuckDB refused rows: a key twice, a parent missing, a condition not met."""


class Parts:
    """Load files that take rows as they are made. A context manager; a fault leaves nothing."""

    def __init__(self, out: Path) -> None:
        self.folder = _parts_of(out)
        self.counts: Counter[str] = Counter()
        self._files: dict[str, BinaryIO] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def take(self, table: str, rows: list[Row]) -> None:
        """Append rows to a table's file. Raises RowsRejected."""
        if not rows:
            return
        _check_table(TABLES[table], rows)
        if table not in self._files:
            self._files[table] = _part(self.folder, table).open("wb")
        _write_lines(TABLES[table], rows, self._files[table])
        self.counts[table] += len(rows)

    def close(self) -> None:
        """No more rows come."""
        for file in self._files.values():
            file.close()


def _parts_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.parts")


def _part(folder: Path, table: str) -> Path:
    return folder / f"{table}.ndjson"


def write(rows: Rows, out: Path, *, consume: bool = False, parts: Parts | None = None) -> dict[str, int]:
    """Build a new warehouse file at `out` from the rows of every table (`terms` excepted: it is made here).

    Returns the number of rows per table; with `consume` a table's rows are let go once they are on the disk, which
    saves a quarter of a large build's memory. `parts` hold the rows of tables that `rows` lack. On any
    failure nothing of the file is left. Raises RowsRejected,
    LoadFailed, FileExistsError.
    """
    complete = {**rows, BUILT_HERE: term_rows()}
    check_rows(complete)
    more = parts.counts if parts is not None else Counter()
    counts = {name: len(complete[name]) + more[name] for name in TABLES}
    if parts is not None:
        parts.close()
    with _new_file(out, _memory(counts)) as (connection, folder):
        connection.execute("BEGIN")  # one write to the disk instead of one a comment
        for statement in ddl.statements():
            connection.execute(statement)
        for view in views():
            _create_view(connection, view)
        for macro in macros():
            _create_macro(connection, macro)
        connection.execute("COMMIT")
        for table in TABLES.values():
            _fill(connection, table, complete[table.name], _part(folder, table.name), consume=consume)
        connection.execute("CHECKPOINT")
    return counts


def views() -> list[SqlFile]:
    """The views: name, head (title, row, and `.column` each column) and SELECT; those that read another come last."""
    return sorted(read_folder(VIEWS), key=lambda view: (" v_" in view.select, view.name))


def macros() -> list[SqlFile]:
    """The table macros: name, head (title, row, call, example, `given_` each argument, `.column`) and SELECT."""
    return read_folder(MACROS)


def check_rows(rows: Rows) -> None:
    """Stop at the first row that is not what the registry says. Raises RowsRejected with table and columns."""
    if rows.keys() != TABLES.keys():
        raise RowsRejected(f"tables {_difference(rows, TABLES)}: warehouse/tables.py lists what there is")
    for name, table in TABLES.items():
        _check_table(table, rows[name])


def _check_table(table: Table, rows: list[Row]) -> None:
    names, fits = _shape(table.name)
    known = _shapes_known(table.name)
    for number, row in enumerate(rows, start=1):
        shape = (*row, *map(type, row.values()))
        if shape in known:
            continue  # columns and types of a row that fitted; a million rows have a few dozen shapes
        if row.keys() != names:
            raise RowsRejected(f"table {table.name}, row {number}: columns {_difference(row, names)}")
        for name, nullable, fit in fits:
            value = row[name]
            if not (nullable if value is None else fit(value)):
                kind = table.column(name).type
                raise RowsRejected(f"table {table.name}, row {number}: column {name} is {kind}, not {value!r:.80}")
        if float not in shape:  # of a float the type alone does not say that it is finite
            known.add(shape)


@cache
def _shapes_known(table: str) -> set[tuple[object, ...]]:
    """Names and types of rows that fitted the table."""
    return set()


@cache
def _shape(table: str) -> tuple[set[str], list[tuple[str, bool, Callable[[Any], bool]]]]:
    columns = TABLES[table].columns
    return {column.name for column in columns}, [(c.name, c.nullable, _FITS[c.type]) for c in columns]


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


def _memory(counts: Mapping[str, int]) -> str:
    """What DuckDB may take for so many rows a table."""
    indexed = sum(rows for name, rows in counts.items() if TABLES[name].indexed)
    return f"{_MEMORY_MB + indexed * _INDEXED_ROW // 10**6}MB"


@contextmanager
def _new_file(out: Path, memory: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A new file and a folder for its load files; the folder always goes, the file stays only if all went well."""
    if out.exists():
        raise FileExistsError(f"{out} is there already: a build never writes into a file")
    parts = _parts_of(out)
    parts.mkdir(parents=True, exist_ok=True)
    done = False
    try:
        connection = connect(str(out), temp_directory=str(parts), memory_limit=memory)
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
    if not rows and not part.exists():
        return
    came_in_order = not rows
    if rows:
        with part.open("ab") as lines:
            _write_lines(table, rows, lines)
    if consume:
        rows.clear()
    names = ", ".join(map(quoted, table.names))
    # A million rows that came one page behind the other: to sort them takes as long as to load them.
    order = f" ORDER BY {', '.join(map(quoted, table.key))}" if table.indexed or not came_in_order else ""
    source = read_part(table, str(part))
    try:
        _execute(connection, f"INSERT INTO {quoted(table.name)} SELECT {names} FROM {source}{order}")
    except duckdb.Error as error:
        why = first_refused(connection, table, str(part)) or str(error).partition(chr(10))[0]
        raise LoadFailed(f"table {table.name}, {why}") from error
    part.unlink()


def _execute(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Run a statement; where the little memory that is right for most loads is not enough, once more with plenty."""
    try:
        connection.execute(statement)
    except duckdb.OutOfMemoryException:
        connection.execute(f"SET memory_limit = '{CONFIG['memory_limit']}'")
        connection.execute(statement)


def _write_lines(table: Table, rows: list[Row], lines: BinaryIO) -> None:
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


def _create_macro(connection: duckdb.DuckDBPyConnection, macro: SqlFile) -> None:
    connection.execute(f"CREATE MACRO {macro.head['call']} AS TABLE\n{macro.select}")
    what = f"{macro.head['title']}. {macro.head['row']}. Call: {macro.head['call']}. Example: {macro.head['example']}"
    connection.execute(f"COMMENT ON MACRO TABLE {quoted(macro.name)} IS {text(what)}")
