"""How this project opens DuckDB files: one configuration, read-only by the real path.

Belongs here: connections and what can go wrong with them. Does not: what is in a file.
Concept: a published file is only ever read; nothing is downloaded, and a file that is not readable is named.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.ddl import quoted, text

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,  # some LOADs try a download; everything we use is in the wheel
    "autoload_known_extensions": False,
    "threads": 1,  # a night is not waited for; a second one takes a sixth more work, for small files a third
    "memory_limit": "2GB",
}
_BLOCK = 65_536
"""Bytes of a block of the file. Columns take blocks of their own: with DuckDB's 262,144 a hundred pages took 26 MB."""
_ROW_GROUP = 30_720
"""Rows that are written together, and wait in memory until then: with DuckDB's 122,880 it was 180 MB of texts."""


class WarehouseMissing(FileNotFoundError):
    """There is no warehouse file at the path."""


class WarehouseUnreadable(RuntimeError):
    """The file is there but DuckDB can not read it: damaged, locked by a writer, or no warehouse at all."""


def connect(database: str, *, read_only: bool = False, **config: str) -> duckdb.DuckDBPyConnection:
    """A connection with our settings; without DuckDB's own progress bar, which it would draw into any output."""
    connection = duckdb.connect(database, read_only=read_only, config={**CONFIG, **config})
    connection.execute("SET enable_progress_bar = false")
    return connection


def connect_to_write(file: Path, **config: str) -> duckdb.DuckDBPyConnection:
    """A connection that writes a warehouse file, new or not.

    Opened in another way, a file's row groups would be put together anew with the next checkpoint: the whole file.
    """
    connection = connect(":memory:", read_only=False, **config)
    connection.execute(
        f"ATTACH {text(str(file))} AS warehouse (BLOCK_SIZE {_BLOCK}, ROW_GROUP_SIZE {_ROW_GROUP}); USE warehouse"
    )
    return connection


@contextmanager
def read_only(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the file that `path` (or the link there) leads to; closed at the end.

    The real path is opened: DuckDB keeps one instance a path, so that after a flip of the link a second connection in
    this process would still see the old file. Raises WarehouseMissing, WarehouseUnreadable.
    """
    connection = _opened(path)
    try:
        yield connection
    finally:
        connection.close()


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to what the path leads to; asked twice, as the link may flip and its old build go in between."""
    for last in (False, True):
        real = _existing(path)
        try:
            return connect(str(real), read_only=True)
        except duckdb.Error as error:
            if last or real.is_file():
                raise WarehouseUnreadable(f"{real} can not be read: {_first_line(error)}") from error
    raise WarehouseMissing(f"no warehouse at {path}")


def execute(connection: duckdb.DuckDBPyConnection, statement: str) -> duckdb.DuckDBPyConnection:
    """Run a statement; where the little memory that is right for most is not enough, once more with plenty."""
    try:
        return connection.execute(statement)
    except duckdb.OutOfMemoryException:
        connection.execute(f"SET memory_limit = '{CONFIG['memory_limit']}'")
        return connection.execute(statement)


def aside(file: Path) -> Path:
    """The folder beside a warehouse file for what is not held in memory; that of a killed build goes with the next."""
    return file.with_name(f"{file.name}.parts")


@contextmanager
def sparing(connection: duckdb.DuckDBPyConnection, file: Path) -> Iterator[None]:
    """What a connection to a large file needs beyond a little memory goes to the disk beside it, and goes at the end.

    With as much as it liked DuckDB took 1.4 GB for the checks of 50,000 pages; with this it is no slower.
    """
    connection.execute(f"SET temp_directory = {text(str(aside(file)))}")
    connection.execute("SET memory_limit = '64MB'")
    try:
        yield
    finally:
        shutil.rmtree(aside(file), ignore_errors=True)


@contextmanager
def side_by_side(**files: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory with the files attached read-only, each under its keyword; the first one is in use.

    Raises WarehouseMissing, WarehouseUnreadable.
    """
    connection = connect(":memory:")
    try:
        for name, path in files.items():
            _attach(connection, name, _existing(path))
        connection.execute(f"USE {quoted(next(iter(files)))}")
        yield connection
    finally:
        connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, name: str, real: Path) -> None:
    try:
        connection.execute(f"ATTACH {text(str(real))} AS {quoted(name)} (READ_ONLY)")
    except duckdb.Error as error:
        raise WarehouseUnreadable(f"{real} can not be read: {_first_line(error)}") from error


def _existing(path: Path) -> Path:
    real = path.resolve()
    if not real.is_file():
        raise WarehouseMissing(f"no warehouse at {path}: run `biwaq run` first")
    return real


def _first_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0]
