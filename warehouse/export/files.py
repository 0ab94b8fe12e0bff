"""CSV and Parquet of every table and view.

Belongs here: writing the two. Does not: what the columns mean.
Concept: Parquet is exact as it is, with types; CSV is safe in a spreadsheet and exact by the rule of csvsafe.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import orjson

from warehouse.csvsafe import lines
from warehouse.ddl import text
from warehouse.export.shapes import Relation, fetched, rows_of


def write_csv(connection: duckdb.DuckDBPyConnection, select: str, path: Path) -> int:
    """The rows of a query as a CSV file; the number of rows."""
    names, cursor = rows_of(connection, select)
    path.parent.mkdir(parents=True, exist_ok=True)
    counted = _Counted(cursor)
    with path.open("w", encoding="utf-8", newline="") as file:
        for chunk in lines(names, counted):
            file.write(chunk)
    return counted.rows


def write_rows(names: list[str], rows: Iterable[tuple[object, ...]], path: Path) -> None:
    """Rows that are there already as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines(names, rows))


def write_parquet(connection: duckdb.DuckDBPyConnection, relation: Relation, path: Path, licence: str) -> None:
    """A relation as a Parquet file (zstd) that carries title, meaning of its columns and licence as metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {
        "title": relation.title,
        "description": relation.description,
        "licence": licence,
        "columns": orjson.dumps({field.name: field.description for field in relation.fields}).decode(),
    }
    pairs = ", ".join(f"{name}: {text(value)}" for name, value in about.items())
    connection.execute(
        f"COPY ({relation.select}) TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{pairs}}})"
    )


class _Counted:
    """The rows of a cursor, counted on their way."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.cursor = cursor
        self.rows = 0

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        while found := fetched(self.cursor):
            self.rows += len(found)
            yield from found
