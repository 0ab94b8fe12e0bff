"""The one registry of tables: every table and column with its type, null rule, meaning, unit and origin.

Belongs here: the assembly of the parts and look-ups in it. Does not: SQL, rules, loading.
Concept: whatever needs to know a table (DDL, comments, dictionary, Dagster columns, checks) asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warehouse import tables_codes, tables_entities, tables_facts
from warehouse.columns import Column, Table
from warehouse.terms import TERMS

__all__ = ["BUILT_HERE", "TABLES", "Column", "Table", "row_key", "term_rows"]

TABLES: dict[str, Table] = {
    table.name: table for table in (*tables_codes.TABLES, *tables_entities.TABLES, *tables_facts.TABLES)
}
"""Every table by name, parents before children: the order to create and to fill them in."""

BUILT_HERE = "terms"
"""The table that the build fills from this registry itself; harmonising gives the rows of all others."""


def row_key(table: str, row: Mapping[str, Any]) -> str:
    """The key of a row as `provenance.row_key` writes it: the key columns in their order, joined by |."""
    return "|".join(str(row[name]) for name in TABLES[table].key)


def term_rows() -> list[dict[str, Any]]:
    """The rows of the table `terms`: every word of every closed set."""
    return [
        {"set_name": name, "code": word, "label_de": german, "label_en": english, "position": place}
        for name, terms in sorted(TERMS.items())
        for place, (word, (german, english)) in enumerate(terms.labels.items(), start=1)
    ]
