"""The German words for what the registry, the views and the macros say in English.

Belongs here: the catalogue and looking a text up in it. Does not: any text.
Concept: one English text, one German; an English text that changes loses its German, so that a test asks for a new one
and no description of yesterday stands beside one of today.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from warehouse.checks import CHECKS
from warehouse.codelists import load
from warehouse.ddl import ORIGINS
from warehouse.tables import TABLES
from warehouse.terms import TERMS
from warehouse.write import macros, views

CATALOGUE = Path(__file__).with_name("descriptions_de.toml")


class NoGerman(KeyError):
    """A text has no German: descriptions_de.toml lacks it."""


@cache
def catalogue() -> Mapping[str, str]:
    """English text -> German text."""
    texts: dict[str, str] = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["texts"]
    return texts


def german(text: str) -> str:
    """The German of an English text. Raises NoGerman."""
    try:
        return catalogue()[text]
    except KeyError:
        raise NoGerman(f"warehouse/{CATALOGUE.name} has no German for {text!r}") from None


def described() -> Iterator[str]:
    """Every English text that needs a German one.

    Titles, meanings, units of tables, columns, views, macros and sets; what checks promise, and what to do about a
    failed check or an issue of a kind.
    """
    for table in TABLES.values():
        yield from (table.title, table.description)
        for column in table.columns:
            yield from (column.description, *([column.unit] if column.unit else []))
    for view in views():
        yield from view.head.values()
    for macro in macros():
        yield from (text for key, text in macro.head.items() if key not in ("call", "example"))
    yield from (terms.title for terms in TERMS.values())
    yield from ORIGINS.values()
    for check in CHECKS:
        yield from (check.description, check.advice)
    yield from (str(kind.extra["advice"]) for kind in load("issue_kinds").entries.values())
