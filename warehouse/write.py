"""Rows into a new DuckDB file: tables, comments, rows, views, macros.

Belongs here: the new file and the bulk load. Does not: where rows come from (parts.py) or when a file is published.
Concept: rows go through files of JSON into read_json with given column types, parents first and insert only, so that
foreign keys cost no trouble.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import duckdb

from warehouse import ddl
from warehouse.ddl import quoted, text
from warehouse.duck import connect_to_write, execute
from warehouse.model import Rows
from warehouse.parts import Parts, by_column, check_tables
from warehouse.publish import only_whole
from warehouse.refusals import first_refused, read_part, seems_broken
from warehouse.sqlfiles import SqlFile, read_folder
from warehouse.tables import BUILT_HERE, TABLES, Table, term_rows

VIEWS = Path(__file__).with_name("views")
MACROS = Path(__file__).with_name("macros")
KEYED_UP_TO = 50_000
"""Rows up to which a table declares its keys and links in the file. DuckDB keeps an index for each in memory: for a
larger table that takes more time and memory than its rows, so that one is looked through once after it is loaded."""
_MEMORY = "100MB"
"""Of DuckDB while it loads; what it sorts beyond goes to the disk."""
_NOT_TRIED = "fsst"
"""A way to store texts. To try it on each column takes half of writing the file, which is an eighth larger without."""


class LoadFailed(RuntimeError):
    """DuckDB refused rows: a key twice, a parent missing, a condition not met."""


def write(rows: Rows, out: Path, *, parts: Parts | None = None) -> dict[str, int]:
    """Build a new warehouse file at `out` from the rows of every table (`terms` excepted: it is made here).

    Returns the number of rows per table. `parts` hold the rows of tables that `rows` lack. On any failure nothing of
    the file is left. Raises RowsRejected, LoadFailed, FileExistsError.
    """
    if out.exists():
        raise FileExistsError(f"{out} is there already: a build never writes into a file")
    complete = {**rows, BUILT_HERE: term_rows()}
    check_tables(complete)
    with parts or Parts(out) as files:
        for name, made in complete.items():
            if made:
                files.take(name, by_column(TABLES[name], made))
        large = {name for name in TABLES if files.counts[name] > KEYED_UP_TO}
        with _new_file(out, files) as connection:
            _create(connection, large | {name for name, table in TABLES.items() if not table.indexed})
            for table in TABLES.values():
                _fill(connection, table, files.close(table.name), large)
            connection.execute("CHECKPOINT")
        return {name: files.counts[name] for name in TABLES}


def _create(connection: duckdb.DuckDBPyConnection, loose: Collection[str]) -> None:
    """Everything but rows, as one text: six hundred statements of their own cost more than what they say."""
    named = [*chain.from_iterable(map(_view, views())), *chain.from_iterable(map(_macro, macros()))]
    connection.execute("\n;\n".join(["BEGIN", *ddl.statements(loose), *named, "COMMIT"]))


def views() -> list[SqlFile]:
    """The views: name, head (title, row, and `.column` each column) and SELECT; those that read another come last."""
    return sorted(read_folder(VIEWS), key=lambda view: (" v_" in view.select, view.name))


def macros() -> list[SqlFile]:
    """The table macros: name, head (title, row, call, example, `given_` each argument, `.column`) and SELECT."""
    return read_folder(MACROS)


@contextmanager
def _new_file(out: Path, parts: Parts) -> Iterator[duckdb.DuckDBPyConnection]:
    with only_whole(out), connect_to_write(out, temp_directory=str(parts.folder), memory_limit=_MEMORY) as connection:
        connection.execute(f"SET disabled_compression_methods = {text(_NOT_TRIED)}")
        yield connection


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, part: Path | None, large: AbstractSet[str]) -> None:
    if part is None:
        return
    names = ", ".join(map(quoted, table.names))
    # Many rows stay in the order they were made, most one page behind the other: to sort them takes as long as to load.
    order = "" if table.name in large else f" ORDER BY {', '.join(map(quoted, table.key))}"
    source = read_part(table, str(part))
    try:
        execute(connection, f"INSERT INTO {quoted(table.name)} SELECT {names} FROM {source}{order}")
    except duckdb.Error as error:
        refused = first_refused(connection, table, str(part)) or str(error).partition(chr(10))[0]
        raise LoadFailed(f"table {table.name}, {refused}") from error
    if table.indexed and not large.isdisjoint({table.name, *table.parents}) and seems_broken(connection, table):
        broken = first_refused(connection, table, str(part))
        if broken is not None:
            raise LoadFailed(f"table {table.name}, {broken}")
    part.unlink()


def _view(view: SqlFile) -> Iterator[str]:
    yield f"CREATE VIEW {quoted(view.name)} AS\n{view.select}"
    yield f"COMMENT ON VIEW {quoted(view.name)} IS {text(view.head['row'])}"
    for key, description in view.head.items():
        if key.startswith("."):
            column = f"{quoted(view.name)}.{quoted(key[1:])}"
            yield f"COMMENT ON COLUMN {column} IS {text(description)}"


def _macro(macro: SqlFile) -> Iterator[str]:
    yield f"CREATE MACRO {macro.head['call']} AS TABLE\n{macro.select}"
    what = f"{macro.head['title']}. {macro.head['row']}. Call: {macro.head['call']}. Example: {macro.head['example']}"
    yield f"COMMENT ON MACRO TABLE {quoted(macro.name)} IS {text(what)}"
