"""Rows on standard output.

Belongs here: table, CSV and JSON forms of a query's result. Does not: queries.
Concept: a table fits the window, CSV and JSON hold every row and every digit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_OF_A_LOG = 160
NARROWEST = 12
"""Columns narrower than this are hard to read: a wide result is printed cell by cell instead."""


def as_table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Lines of a table as wide as the window, or, where its columns do not fit, one line a cell."""
    if not names:
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH_OF_A_LOG)
    if len(names) * NARROWEST > console.width:
        yield from _cell_by_cell(names, rows)
    else:
        table = Table(header_style="bold")
        for name in names:
            table.add_column(Text(name))
        for row in rows:
            table.add_row(*[Text("" if cell is None else str(cell)) for cell in row])
        with console.capture() as captured:
            console.print(table)
        yield captured.get().rstrip("\n")
    yield f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}"


def _cell_by_cell(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    widest = max(map(len, names))
    for number, row in enumerate(rows, start=1):
        yield f"── row {number} "
        for name, cell in zip(names, row, strict=True):
            yield f"{name:<{widest}}  {'' if cell is None else ' '.join(str(cell).split())}"


def as_csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """CSV lines with a header (RFC 4180 quoting); null is an empty cell."""
    for row in [names, *rows]:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(row)
        yield line.getvalue()


def as_json(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """One JSON list of objects."""
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    yield orjson.dumps(objects, default=_plain, option=orjson.OPT_INDENT_2).decode()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
