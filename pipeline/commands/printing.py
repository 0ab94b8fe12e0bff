"""Rows on standard output.

Belongs here: table, CSV and JSON forms of a query's result. Does not: queries.
Concept: a table is for the eye: it fits the window of a terminal, is whole in a pipe, and shows 827 for a DOUBLE of
827.0; CSV and JSON are for programs: they hold every row, every digit and the kind of number.
"""

from __future__ import annotations

import csv
import io
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.logs import plain
from pipeline.terminal import console_of, number
from warehouse.csvsafe import cell_of

NARROWEST = 12
"""Columns narrower than this are hard to read: a wide result is printed cell by cell instead."""
LONGEST_CELL = 200
"""A cell of a table on a terminal is cut here; the line below the table says so."""
CUT = "…"

_IN_JSON = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))}


def as_table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Lines of a table: as wide as the window on a terminal (there, if columns do not fit, a line a cell), else whole.

    A cell is one line of text; nothing in it can reach the terminal as a command. The last line counts the rows.
    """
    if not names:
        return
    cells = [[_shown(cell) for cell in row] for row in rows]
    count = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}"
    if any(isinstance(cell, datetime) and cell.tzinfo is None for row in rows for cell in row):
        count += "; times of the warehouse are UTC"
    yield from _as_table(names, rows, cells, count)


def as_plain_table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """As `as_table`, without the line that counts."""
    yield from _as_table(names, rows, [[_shown(cell) for cell in row] for row in rows], None)


def _as_table(
    names: Sequence[str], rows: Sequence[Sequence[object]], cells: Sequence[Sequence[str]], count: str | None
) -> Iterator[str]:
    console, whole = console_of(), _whole(names, cells)
    if not console.is_terminal:
        yield from _drawn(whole, names, rows, cells)
    elif len(names) * NARROWEST > console.width < whole.width:
        yield from _cell_by_cell(names, cells, console.width)
    else:
        yield from _drawn(console, names, rows, [[_short(cell) for cell in row] for row in cells])
        if count is not None and any(len(cell) > LONGEST_CELL for row in cells for cell in row):
            count += f"; {CUT} was cut, --format csv is whole"
    if count is not None:
        yield count


def _drawn(
    console: Console, names: Sequence[str], rows: Sequence[Sequence[object]], cells: Sequence[Sequence[str]]
) -> Iterator[str]:
    table = Table(header_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, name in enumerate(names):
        table.add_column(Text(name), justify="right" if _is_numeric(rows, place) else "left", overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    with console.capture() as captured:
        console.print(table)
    yield from (line.rstrip() for line in captured.get().splitlines())


def _whole(names: Sequence[str], cells: Sequence[Sequence[str]]) -> Console:
    """A console so wide that no cell of the table is folded."""
    widest = [max(Text(text).cell_len for text in column) for column in zip(names, *cells, strict=True)]
    return Console(width=sum(widest) + 3 * len(names) + 1, color_system=None)


def _is_numeric(rows: Sequence[Sequence[object]], place: int) -> bool:
    values = [row[place] for row in rows if row[place] is not None]
    return bool(values) and all(isinstance(v, (int, float, Decimal)) and not isinstance(v, bool) for v in values)


def _shown(cell: object) -> str:
    return "" if cell is None else plain(" ".join(str(number(cell)).split()))


def _short(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - 1].rstrip() + CUT


def _cell_by_cell(names: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    begin = max(map(len, names)) + 2
    for place, row in enumerate(cells, start=1):
        yield f"── row {place} "
        for name, cell in zip(names, row, strict=True):
            folded = textwrap.wrap(cell, max(width - begin, NARROWEST), break_on_hyphens=False) or [""]
            yield f"{name:<{begin}}{folded[0]}"
            yield from (" " * begin + line for line in folded[1:])


def as_csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """CSV lines with a header, safe in a spreadsheet by the rule of warehouse/csvsafe.py; null is an empty cell."""
    on_screen = sys.stdout.isatty()
    for row in chain([names], rows):
        line = io.StringIO()
        csv.writer(line).writerow([cell_of(cell) for cell in row])  # its own line end: what holds one is quoted then
        text = line.getvalue().removesuffix("\r\n")
        yield plain(text) if on_screen else text


def as_json(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """One JSON list of objects; control characters are escaped, those above ASCII too."""
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    yield orjson.dumps(objects, default=_plain, option=orjson.OPT_INDENT_2).decode().translate(_IN_JSON)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
