"""biwaq.xlsx: the tables and views as sheets for people who want a spreadsheet.

Belongs here: sheets, formats, column widths, limits of the format. Does not: what is in them.
Concept: a string stays a string: no cell becomes a formula, a link or a number, whatever a page wrote into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import orjson
import xlsxwriter

from warehouse.dictionary import meaning
from warehouse.export.catalogue import CATALOGUE, Facts
from warehouse.export.shapes import Relation, fetched, rows_of
from warehouse.german import german

Sheet = Any
Format = Any
"""Of xlsxwriter, which has no types."""

MOST_ROWS = 10_000
"""Rows of a sheet below its header: more nobody reads (Parquet and CSV have all), and each costs time every night."""
MOST_TEXT = 32_767
"""Characters of a cell (Excel's limit); a longer text is cut and ends in …"""
_WIDEST, _NARROWEST, _LOOKED_AT = 60, 8, 200
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_FIRST_DAY = date(1900, 3, 1)
"""Excel takes 1900 for a leap year: earlier days are written as text."""


def write_workbook(
    connection: duckdb.DuckDBPyConnection, shapes: Iterable[Relation], facts: Facts, path: Path
) -> list[str]:
    """Write the workbook: an opening sheet, the dictionary, views, tables. Returns what did not fit, one line each."""
    shapes = sorted(shapes, key=lambda shape: shape.table is not None)  # views first: they are for reading
    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    book.set_properties({"title": CATALOGUE["title_en"], "created": datetime.fromisoformat(facts.created[:-1])})
    bold = book.add_format({"bold": True, "bg_color": "#E8E8E8"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    try:
        _opening(book.add_worksheet("README"), bold, facts, shapes)
        _dictionary(book.add_worksheet("dictionary"), bold, shapes)
        cuts: list[str] = []
        for shape in shapes:
            cuts += _sheet(connection, book.add_worksheet(shape.name), shape, bold, moment)
    finally:
        book.close()
    return cuts


def _opening(sheet: Sheet, bold: Format, facts: Facts, shapes: Sequence[Relation]) -> None:
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 110)
    lines = [
        (CATALOGUE["title_de"], CATALOGUE["title_en"]),
        ("Stand / data as of", facts.version),
        ("Lizenz / licence", f"{CATALOGUE['licence']['title']} ({CATALOGUE['licence']['path']}); LICENSE.md"),
        ("Namensnennung / attribution", CATALOGUE["attribution"]),
        ("Zeiten / times", "UTC"),
        ("Exakte Werte / exact values", "parquet/, csv/"),
        *((shape.name, f"{german(shape.title)} / {shape.title}") for shape in shapes),
    ]
    for number, (left, right) in enumerate(lines):
        sheet.write_string(number, 0, left, bold)
        sheet.write_string(number, 1, right)


def _dictionary(sheet: Sheet, bold: Format, shapes: Sequence[Relation]) -> None:
    _header(sheet, ["table", "column", "type", "Bedeutung", "meaning"], [24, 26, 12, 80, 80], bold)
    row = 0
    for shape in shapes:
        for field in shape.fields:
            row += 1
            in_german = meaning(field.column, "de") if field.column else german(field.description)
            in_english = meaning(field.column, "en") if field.column else field.description
            for place, cell in enumerate((shape.name, field.name, field.type, in_german, in_english)):
                sheet.write_string(row, place, cell)


def _header(sheet: Sheet, names: Sequence[str], widths: Sequence[int], bold: Format) -> None:
    sheet.freeze_panes(1, 0)
    for place, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, bold)


def _sheet(
    connection: duckdb.DuckDBPyConnection, sheet: Sheet, shape: Relation, bold: Format, moment: Format
) -> list[str]:
    names, cursor = rows_of(connection, shape.select)
    first = fetched(cursor, _LOOKED_AT)
    _header(sheet, names, [_width(name, [row[place] for row in first]) for place, name in enumerate(names)], bold)
    number, n_cut, is_cut = 0, 0, False
    rows = first
    while rows and not is_cut:
        kept = rows[: MOST_ROWS - number]
        for row in kept:
            number += 1
            n_cut += sum(_write(sheet, number, place, value, moment) for place, value in enumerate(row))
        is_cut = len(kept) < len(rows)
        rows = fetched(cursor)
    if number:
        sheet.autofilter(0, 0, number, len(names) - 1)
    cuts = [f"{shape.name}: {n_cut} texts longer than {MOST_TEXT} characters are cut"] if n_cut else []
    return [*cuts, *([f"{shape.name}: rows beyond {MOST_ROWS} are left out"] if is_cut else [])]


def _width(name: str, values: Sequence[object]) -> int:
    longest = max((len(str(value)) for value in values if value is not None), default=0)
    return max(_NARROWEST, min(_WIDEST, max(longest, len(name)) + 2))


def _write(sheet: Sheet, row: int, place: int, value: object, moment: Format) -> bool:
    """Write one value by its type; whether a text had to be cut."""
    if value is None:
        return False
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, place, value)
    elif isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) >= _FIRST_DAY:
        if isinstance(value, datetime):
            sheet.write_datetime(row, place, value, moment)
        else:
            sheet.write_datetime(row, place, datetime.combine(value, time()))
    else:
        text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
        sheet.write_string(row, place, text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…")
        return len(text) > MOST_TEXT
    return False
