"""What changed since the build published before: rows added, changed and gone, as files.

Belongs here: the comparison of two files by key, row by row. Does not: a summary for a person (warehouse/diff.py).
Concept: whoever keeps a copy can follow night by night; values that the run alone makes are no change.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.ddl import quoted, row_key_sql, text
from warehouse.diff import RUN_TABLES
from warehouse.duck import side_by_side
from warehouse.export.files import write_csv, write_rows
from warehouse.tables import TABLES, Column, Table

SUMMARY = ["table_name", "added", "changed_rows", "changed_values", "gone", "new_columns", "lost_columns"]


def write_delta(old: Path, new: Path, folder: Path) -> dict[str, tuple[int, int, int]]:
    """`summary.csv` and, where there are any, `added/`, `changed/`, `gone/<table>.csv`; (added, changed, gone).

    Added and gone rows are whole; changed values are (row_key, column_name, old_value, new_value) as text. Tables of
    runs are left out, and so are columns that one of the files does not have (the summary names them).
    Raises WarehouseMissing, WarehouseUnreadable.
    """
    found = {}
    summary: list[tuple[object, ...]] = []
    with side_by_side(new=new, old=old) as connection:
        for table in TABLES.values():
            before, after = _names(connection, "old", table), _names(connection, "new", table)
            if table.name in RUN_TABLES or not after:
                continue
            both = [name for name in table.names if name in before and name in after]
            if not set(table.key) <= set(both):
                both = []
            counts, changed_rows = _table(connection, table, both, after, folder) if both else ((0, 0, 0), 0)
            found[table.name] = counts
            new_columns, lost = " ".join(sorted(after - before)), " ".join(sorted(before - after))
            summary.append(
                (table.name, counts[0], changed_rows, counts[1], counts[2], new_columns or None, lost or None)
            )
    write_rows(SUMMARY, summary, folder / "summary.csv")
    return found


def _table(
    connection: duckdb.DuckDBPyConnection, table: Table, both: Sequence[str], after: set[str], folder: Path
) -> tuple[tuple[int, int, int], int]:
    name, keys = quoted(table.name), ", ".join(map(quoted, table.key))
    shown = ", ".join(quoted(column) for column in table.names if column in after)
    added = f"SELECT {shown} FROM new.{name} ANTI JOIN old.{name} USING ({keys}) ORDER BY {keys}"
    gone = f"SELECT {', '.join(map(quoted, both))} FROM old.{name} ANTI JOIN new.{name} USING ({keys}) ORDER BY {keys}"
    cells = [_changed(table, table.column(column)) for column in both if _is_data(table, table.column(column))]
    n_added, n_gone = _count(connection, added), _count(connection, gone)
    changed = " UNION ALL ".join(cells)
    n_changed, n_rows = 0, 0
    if changed:
        query = f"SELECT count(*), count(DISTINCT row_key) FROM ({changed})"
        ((n_changed, n_rows),) = connection.execute(query).fetchall()
    for kind, number, select in (
        ("added", n_added, added),
        ("changed", n_changed, f"SELECT * FROM ({changed}) ORDER BY row_key, column_name"),
        ("gone", n_gone, gone),
    ):
        if number:
            write_csv(connection, select, folder / kind / f"{table.name}.csv")
    return (n_added, n_changed, n_gone), n_rows


def _changed(table: Table, column: Column) -> str:
    cell, name = quoted(column.name), quoted(table.name)
    keys = ", ".join(map(quoted, table.key))
    return (
        f"SELECT {row_key_sql(table, 'n')} AS row_key, {text(column.name)} AS column_name, "
        f"o.{cell}::VARCHAR AS old_value, n.{cell}::VARCHAR AS new_value "
        f"FROM old.{name} AS o JOIN new.{name} AS n USING ({keys}) WHERE o.{cell} IS DISTINCT FROM n.{cell}"
    )


def _is_data(table: Table, column: Column) -> bool:
    return column.source != "run" and column.name not in table.key


def _count(connection: duckdb.DuckDBPyConnection, select: str) -> int:
    number: int = connection.execute(f"SELECT count(*) FROM ({select})").fetchall()[0][0]
    return number


def _names(connection: duckdb.DuckDBPyConnection, database: str, table: Table) -> set[str]:
    query = "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND table_name = ?"
    return {name for (name,) in connection.execute(query, [database, table.name]).fetchall()}
