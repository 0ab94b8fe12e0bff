"""What differs between two warehouse files, by table, row and column.

Belongs here: the comparison by key, and its lines for a person. Does not: printing or deciding.
Concept: values that depend on the run alone (runs, crawls, sightings) are no difference of the data; ids and hashes
follow from other values and are counted, not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from warehouse.ddl import quoted, row_key_sql
from warehouse.duck import side_by_side
from warehouse.tables import TABLES, Column, Table

EXAMPLES = 5
_MOST_WORDS = 6  # columns of a row that is shown for its key
RUN_TABLES = frozenset({"runs", "crawls", "acceptances"})


@dataclass(frozen=True, slots=True)
class CellChange:
    """One value that differs: the key of its row, the value in the old and in the new file."""

    row_key: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ColumnDiff:
    """One column of rows that both files have: how many values differ, and the first of them by key."""

    column: str
    n_changed: int
    examples: tuple[CellChange, ...]

    @property
    def follows(self) -> bool:
        """Whether it is an id or a hash: it changes because something else did, and says nothing to a person."""
        return self.column.endswith(("_id", "_hash"))


@dataclass(frozen=True, slots=True)
class TableDiff:
    """One table that differs. `only_in` is "old" or "new" if the other file does not have the table at all."""

    table: str
    n_added: int
    n_removed: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    columns: tuple[ColumnDiff, ...]
    new_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()
    only_in: str | None = None


def diff(old: Path, new: Path) -> list[TableDiff]:
    """The tables that differ, parents first; [] if the data are the same.

    Rows are joined by key; run-dependent tables and columns are left out, and tables that today's registry does not
    have are only named. Raises WarehouseMissing, WarehouseUnreadable.
    """
    with side_by_side(old=old, new=new) as connection:
        found = [_table_diff(connection, table) for table in TABLES.values() if table.name not in RUN_TABLES]
        found += [_nothing(name, only_in="old") for name in _unknown_tables(connection, "old")]
        return [difference for difference in found if difference is not None]


def diff_lines(differences: list[TableDiff]) -> list[str]:
    """The differences for a person: a line a table, below it lines for rows and columns with a few examples.

    A row whose key is a bare id (an issue, a claim) is shown with its first words.
    """
    lines: list[str] = []
    for table in differences:
        lines.append(_head(table))
        lines += [f"  + {key}" for key in table.added] + _more(table.n_added - len(table.added), "added")
        lines += [f"  - {key}" for key in table.removed] + _more(table.n_removed - len(table.removed), "removed")
        follows = [f"{column.column} {column.n_changed}" for column in table.columns if column.follows]
        if follows:
            lines.append(f"  ids and hashes changed: {', '.join(follows)}")
        for column in table.columns:
            if column.follows:
                continue
            lines.append(f"  {column.column}: {column.n_changed} changed")
            lines += [f"    {cell.row_key}: {_shown(cell.old)} -> {_shown(cell.new)}" for cell in column.examples]
            lines += [f"  {line}" for line in _more(column.n_changed - len(column.examples), "changed")]
    return lines


def _head(table: TableDiff) -> str:
    if table.only_in is not None:
        return f"{table.table}: only in the {table.only_in} warehouse"
    parts = [f"+{table.n_added} rows" if table.n_added else "", f"-{table.n_removed} rows" if table.n_removed else ""]
    parts.append(f"{sum(column.n_changed for column in table.columns)} values changed" if table.columns else "")
    parts.append(f"new columns {' '.join(table.new_columns)}" if table.new_columns else "")
    parts.append(f"lost columns {' '.join(table.lost_columns)}" if table.lost_columns else "")
    return f"{table.table}: {', '.join(part for part in parts if part)}"


def _more(number: int, what: str) -> list[str]:
    return [f"  … and {number} more {what}"] if number > 0 else []


def _shown(value: object, longest: int = 60) -> str:
    shown = "null" if value is None else " ".join(str(value).split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _table_diff(connection: duckdb.DuckDBPyConnection, table: Table) -> TableDiff | None:
    before, after = _columns(connection, "old", table), _columns(connection, "new", table)
    if not before or not after:
        return _nothing(table.name, only_in="old" if before else "new") if before or after else None
    difference = _nothing(table.name, new_columns=after - before, lost_columns=before - after)
    if set(table.key) <= before & after:
        both = [column for column in table.columns if column.name in before & after and _is_data(table, column)]
        n_added, added = _only(connection, table, both, "new", "old")
        n_removed, removed = _only(connection, table, both, "old", "new")
        columns = tuple(_column_diff(connection, table, column) for column in both)
        changed = tuple(column for column in columns if column.n_changed)
        difference = replace(
            difference, n_added=n_added, n_removed=n_removed, added=added, removed=removed, columns=changed
        )
    return None if difference == _nothing(table.name) else difference


def _nothing(
    table: str,
    *,
    only_in: str | None = None,
    new_columns: Iterable[str] = (),
    lost_columns: Iterable[str] = (),
) -> TableDiff:
    """A difference without any row; with nothing given it is none."""
    return TableDiff(table, 0, 0, (), (), (), tuple(sorted(new_columns)), tuple(sorted(lost_columns)), only_in)


def _unknown_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY table_name"
    return [name for (name,) in connection.execute(query, [database]).fetchall() if name not in TABLES]


def _is_data(table: Table, column: Column) -> bool:
    return column.source != "run" and column.name not in table.key


def _columns(connection: duckdb.DuckDBPyConnection, database: str, table: Table) -> set[str]:
    query = "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND table_name = ?"
    return {name for (name,) in connection.execute(query, [database, table.name]).fetchall()}


def _only(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[Column], here: str, there: str
) -> tuple[int, tuple[str, ...]]:
    """The rows that one file has and the other has not: how many, and the first of them."""
    keys = ", ".join(map(quoted, table.key))
    name = quoted(table.name)
    missing = f"FROM {here}.{name} AS h ANTI JOIN {there}.{name} AS t USING ({keys})"
    n_rows = connection.execute(f"SELECT count(*) {missing}").fetchall()[0][0]
    query = (
        f"SELECT {row_key_sql(table)} AS row_key{_words(table, columns)} {missing} ORDER BY row_key LIMIT {EXAMPLES}"
    )
    rows = connection.execute(query).fetchall() if n_rows else []
    return n_rows, tuple(": ".join([key, *(_shown(words, 100) for words in more)]) for key, *more in rows)


def _words(table: Table, columns: Sequence[Column]) -> str:
    """SQL for the first words of a row whose key alone says nothing: an id that is no name."""
    cells = [quoted(column.name) for column in columns if not column.name.endswith(("_id", "_hash"))]
    is_bare = len(table.key) == 1 and table.key[0].endswith("_id") and table.column(table.key[0]).source == "derived"
    return f", concat_ws(' · ', {', '.join(cells[:_MOST_WORDS])})" if is_bare and cells else ""


def _column_diff(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> ColumnDiff:
    keys = ", ".join(map(quoted, table.key))
    name, cell = quoted(table.name), quoted(column.name)
    changed = f"FROM old.{name} AS o JOIN new.{name} AS n USING ({keys}) WHERE o.{cell} IS DISTINCT FROM n.{cell}"
    n_rows = connection.execute(f"SELECT count(*) {changed}").fetchall()[0][0]
    query = (
        f"SELECT {row_key_sql(table, 'n')} AS row_key, o.{cell}, n.{cell} {changed} ORDER BY row_key LIMIT {EXAMPLES}"
    )
    rows = connection.execute(query).fetchall() if n_rows else []
    return ColumnDiff(column.name, n_rows, tuple(CellChange(*row) for row in rows))
