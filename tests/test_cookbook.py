"""Every query of the cookbook gives the result that stands below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import ROOT
from warehouse.duck import read_only
from warehouse.write import macros, views

COOKBOOK = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
RECIPES = re.findall(
    r"^## \d+\. ([^\n]+)\n\n[^\n]+\n\n```sql\n(.+?)\n```\n\n((?:\|[^\n]*\n)+)", COOKBOOK, re.DOTALL | re.MULTILINE
)


@pytest.fixture(scope="module")
def connection(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with read_only(published / "warehouse" / "biwaq.duckdb") as opened:
        yield opened


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value).replace("|", "\\|")


@pytest.mark.parametrize(("sql", "printed"), [recipe[1:] for recipe in RECIPES], ids=[recipe[0] for recipe in RECIPES])
def test_a_query_gives_what_is_printed(connection: duckdb.DuckDBPyConnection, sql: str, printed: str) -> None:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    lines = [names, ["---"] * len(names), *([_cell(value) for value in row] for row in cursor.fetchall())]
    assert [f"| {' | '.join(line)} |" for line in lines] == printed.splitlines()


def test_there_are_fifteen_recipes_and_none_is_overlooked() -> None:
    assert len(RECIPES) == COOKBOOK.count("```sql") >= 15


def test_the_cookbook_uses_most_views_and_macros() -> None:
    queries = " ".join(sql for _, sql, _ in RECIPES)
    unused = {file.name for file in [*views(), *macros()] if not re.search(rf"\b{file.name}\b", queries)}
    assert unused <= {"v_issues", "evidence_of", "changes_since"}
