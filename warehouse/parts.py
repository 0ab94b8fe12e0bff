"""Load files: rows of a table as they are made, on the disk until DuckDB takes them all.

Belongs here: the contract freeze of rows, their way to the disk by column. Does not: what DuckDB makes of them.
Concept: a line of JSON holds some rows column by column. Names are written once a line, types are looked at a column
at a time, and DuckDB unnests the lists: half the bytes and a third of the work of a line a row.
"""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from types import NoneType, TracebackType
from typing import Any, BinaryIO, Self

import orjson

from warehouse.columns import ColumnType
from warehouse.duck import aside
from warehouse.model import Columns, Row, Rows
from warehouse.tables import TABLES, Table

ROWS_A_LINE = 32
_LONG = 2**20
"""Bytes of a line from which it is halved. DuckDB takes lines up to 16 MB."""


class RowsRejected(ValueError):
    """Rows that are not what the registry says: a table, column or type too many, too few or other."""


class Parts:
    """The load files of a build. A context manager: at its end they go."""

    def __init__(self, out: Path) -> None:
        self.folder = aside(out)
        self.counts: Counter[str] = Counter()
        self._files: dict[str, BinaryIO] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._files:  # all at once: what is opened between millions of rows keeps their memory from going back
            self._files = {name: self._path(name).open("wb") for name in TABLES}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def take(self, name: str, columns: Columns) -> None:
        """Append rows to a table's file, given by column. Raises RowsRejected."""
        self._check(name, columns)
        rows = _length(columns)
        for start in range(0, rows, ROWS_A_LINE):
            line = {column: columns[column][start : start + ROWS_A_LINE] for column in _NAMES[name]}
            try:
                self._files[name].writelines(_encoded(line))
            except orjson.JSONEncodeError as error:  # half a surrogate pair is no text
                number = self.counts[name] + start + _first_refused(line)
                raise RowsRejected(f"table {name}, row {number}: {error}") from error
        self.counts[name] += rows

    def close(self, name: str) -> Path | None:
        """A table's file, which gets no more rows; None where it has none."""
        self._files.pop(name).close()
        return self._path(name) if self.counts[name] else None

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.ndjson"

    def _check(self, name: str, columns: Columns) -> None:
        """Stop at the first cell that is not what the registry says."""
        for column, sure, fits in _PROMISED[name]:
            values = columns[column.name]
            if sure.issuperset(map(type, values)):
                continue
            for number, value in enumerate(values, start=self.counts[name] + 1):
                if not (column.nullable if value is None else fits(value)):
                    where = f"table {name}, row {number}: column {column.name}"
                    raise RowsRejected(f"{where} is {column.type}, not {value!r:.80}")


def _encoded(line: Columns) -> Iterator[bytes]:
    """Rows as a line of JSON; as two where it would be longer than what DuckDB reads at once."""
    data, rows = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE), _length(line)
    if len(data) <= _LONG or rows == 1:
        yield data
    else:
        for part in (slice(rows // 2), slice(rows // 2, None)):
            yield from _encoded({name: values[part] for name, values in line.items()})


def by_column(table: Table, rows: Sequence[Row]) -> Columns:
    """Rows turned by a quarter. Raises RowsRejected where one has other columns than the table."""
    names = _NAMES[table.name]
    try:
        if all(len(row) == len(names) for row in rows):
            return {name: [row[name] for row in rows] for name in names}
    except KeyError:
        pass  # as many columns as there should be, but others
    found = enumerate(rows, start=1)
    number, row = next((number, row) for number, row in found if row.keys() != set(names))
    raise RowsRejected(f"table {table.name}, row {number}: columns {_difference(row, names)}")


def by_row(columns: Columns) -> list[Row]:
    """Columns turned back into rows."""
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def check_tables(rows: Rows) -> None:
    """Stop where a table is missing or one too many. Raises RowsRejected."""
    if rows.keys() != TABLES.keys():
        raise RowsRejected(f"tables {_difference(rows, TABLES)}: warehouse/tables.py lists what there is")


def _difference(given: Iterable[str], wanted: Iterable[str]) -> str:
    there, known = set(given), set(wanted)
    parts = {"missing": sorted(known - there), "unknown": sorted(there - known)}
    return ", ".join(f"{word}: {' '.join(names)}" for word, names in parts.items() if names)


def _first_refused(line: Columns) -> int:
    """The place of the first row, counted from 1, that is no JSON."""
    for place, cells in enumerate(zip(*line.values(), strict=True), start=1):
        try:
            orjson.dumps(cells)
        except orjson.JSONEncodeError:
            return place
    return 0


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values())))


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
_SURE: dict[ColumnType, frozenset[type]] = {
    "VARCHAR": frozenset({str}),
    "DOUBLE": frozenset({int}),  # of a float the type alone does not say that it is finite
    "BIGINT": frozenset({int}),
    "DATE": frozenset({str}),
    "TIMESTAMP": frozenset({str}),
    "BOOLEAN": frozenset({bool}),
}
_NAMES = {name: table.names for name, table in TABLES.items()}
_PROMISED = {
    name: [(c, _SURE[c.type] | ({NoneType} if c.nullable else set()), _FITS[c.type]) for c in table.columns]
    for name, table in TABLES.items()
}
"""Table -> for each column the types that need no second look, and what else fits."""
