"""The data dictionary: every table, view and column in Markdown.

Belongs here: the text made from the registry and the heads of the views. Does not: descriptions of its own.
Concept: one description, in one place; this page can not drift from the file.
"""

from __future__ import annotations

from warehouse.columns import Column, Table
from warehouse.ddl import column_comment
from warehouse.sqlfiles import SqlFile
from warehouse.tables import TABLES
from warehouse.terms import TERMS
from warehouse.write import views

GROUPS = {
    "entities": "Projects, organisations, documents",
    "facts": "Figures",
    "evidence": "Evidence and history",
    "operations": "Sources, runs, issues",
    "codes": "Code lists",
}


def markdown() -> str:
    """The whole dictionary as one Markdown page."""
    parts = ["# Data dictionary", "## Views", *map(_view, views())]
    for group, title in GROUPS.items():
        parts += [f"## {title}", *(_table(table) for table in TABLES.values() if table.group == group)]
    parts += ["## Words of closed sets", *(_terms(name) for name in sorted(TERMS))]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    rows = [
        f"| {column.name} | {column.type} | {_null(table, column)} | {_cell(column_comment(column))} |"
        for column in table.columns
    ]
    head = f"### {table.name}: {table.title}\n\n{table.description}.\n"
    return "\n".join([head, "| column | type | null | meaning |", "| --- | --- | --- | --- |", *rows])


def _cell(meaning: str) -> str:
    return meaning.replace("|", "\\|")


def _null(table: Table, column: Column) -> str:
    if column.name in table.key:
        return "key"
    return "null" if column.nullable else ""


def _view(view: SqlFile) -> str:
    rows = [f"| {key[1:]} | {_cell(meaning)} |" for key, meaning in view.head.items() if key.startswith(".")]
    head = f"### {view.name}: {view.head['title']}\n\n{view.head['row']}.\n"
    return "\n".join([head, "| column | meaning |", "| --- | --- |", *rows])


def _terms(name: str) -> str:
    rows = [f"| {word} | {german} | {english} |" for word, (german, english) in TERMS[name].labels.items()]
    return "\n".join(
        [f"### {name}: {TERMS[name].title}\n", "| word | German | English |", "| --- | --- | --- |", *rows]
    )
