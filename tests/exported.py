"""An export of a small warehouse that pages tried to poison."""

from __future__ import annotations

from pathlib import Path

from tests.warehouse_rows import row, rows
from warehouse.export import export
from warehouse.model import Rows
from warehouse.write import write

POISON = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","Klick")',
    "+1",
    "-1",
    "@SUM(1)",
    "a;=1+1",
    "Ziele:\r\n- Arbeit\n=1",
    "'",
    "",
    " =1",
    "\t=1",
    '"quoted", with comma',
    "Ümläute ß € 🏘️",
    "null",
    "NA",
    "TRUE",
    "007",
    "1e5",
    "http://example.org",
    "ftp://example.org",
]
"""Texts of activities, in their order; the empty one is no null."""


def poisoned(more: list[str] | None = None) -> Rows:
    """The rows of the small warehouse, activities of Duisburg III replaced, its rounds in their programming period."""
    given = rows()
    for code in given["rounds"]:
        code["programming_period"] = "2014-2020"
    given["project_activities"] = [
        row("project_activities", project_id="iii-duisburg", position=number, text=text)
        for number, text in enumerate([*POISON, *(more or [])], start=1)
    ]
    return given


def export_of(folder: Path, given: Rows, name: str = "a") -> Path:
    """Build the rows and export them; the folder of the export."""
    write(given, folder / f"{name}.duckdb")
    export(folder / f"{name}.duckdb", folder / name)
    return folder / name
