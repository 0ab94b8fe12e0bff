"""The whole path on the sample site: real HTTP, the real Dagster job, a real DuckDB file, over three days."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from pipeline.settings import ROOT
from tests.nights import History, Night
from tests.warehouse_file import rows
from warehouse.tables import TABLES

SITE = tomllib.loads((ROOT / "fixtures" / "site" / "changes.toml").read_text(encoding="utf-8"))


def test_every_table_of_the_registry_is_there_and_filled(published: Path) -> None:
    empty = [
        table.name for table in TABLES.values() if rows(published, f'SELECT count(*) FROM "{table.name}"') == [(0,)]
    ]
    assert empty == ["changes", "acceptances"]  # nothing to compare with on the first night, and nothing to accept


def test_every_table_and_column_has_a_comment(published: Path) -> None:
    assert rows(published, "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL") == []
    assert (
        rows(
            published,
            "SELECT c.table_name, column_name FROM duckdb_columns() c JOIN duckdb_tables() t "
            "USING (table_oid) WHERE c.comment IS NULL",
        )
        == []
    )


def test_the_sample_site_s_projects_are_all_there(published: Path) -> None:
    by_round = dict(rows(published, "SELECT round_code, count(*) FROM projects GROUP BY ALL"))
    assert by_round["III"] >= 8
    assert by_round["IV"] >= 4
    assert sum(by_round.values()) >= 14


def test_a_second_night_fetches_nothing_that_answered_304_and_changes_nothing(history: History) -> None:
    first, again = history.nights["first"], history.nights["again"]
    assert again.unchanged > 0
    assert again.fetched + again.unchanged == first.fetched
    assert again.projects == first.projects
    assert again.changes == first.changes == []


def told(state: int) -> set[tuple[str, str, str, str, str]]:
    """The changes of value that the site's own list tells for a state."""
    return {
        (change["url"], change["table"], change["column"], change["old_value"], change["new_value"])
        for change in SITE["change"]
        if change["state"] == state and change["kind"] == "value"
    }


def noticed(night: Night) -> set[tuple[str, str, str, str, str]]:
    """The changes of value that the warehouse shows."""
    return {(url, table, column, old, new) for url, table, _, column, old, new in night.changes}


def test_day_two_shows_exactly_what_changed(history: History) -> None:
    night = history.nights["second"]
    assert noticed(night) == told(2)
    assert len(night.changes) == len(told(2))


def test_day_three_adds_exactly_what_changed_and_keeps_day_two(history: History) -> None:
    night = history.nights["third"]
    assert noticed(night) == told(2) | told(3)
    assert len(night.changes) == len(told(2) | told(3))


def test_a_page_is_gone_only_after_its_404(history: History) -> None:
    gone = [change["url"] for change in SITE["change"] if change["kind"] == "gone"]
    assert history.nights["again"].gone == []
    assert history.nights["second"].gone == history.nights["third"].gone == gone


def test_a_new_page_is_a_new_project_and_a_gone_one_stays_known(history: History) -> None:
    again, second = history.nights["again"].projects, history.nights["second"].projects
    assert set(second) - set(again) == {"iv-halle-saale"}
    assert set(again) <= set(second)


def test_a_moved_page_keeps_its_project(history: History) -> None:
    second, third = history.nights["second"].projects, history.nights["third"].projects
    assert set(second) == set(third)
    (moved,) = [change for change in SITE["change"] if change["kind"] == "moved"]
    found = rows(history.data, f"SELECT count(*) FROM documents WHERE url IN ('{moved['url']}', '{moved['new_url']}')")
    assert found == [(1,)]


def test_every_run_that_was_published_says_so(history: History) -> None:
    assert rows(history.data, "SELECT count(*), bool_and(published) FROM runs") == [(4, True)]


def test_the_published_file_can_not_be_written(published: Path) -> None:
    real = Path(os.path.realpath(published / "warehouse" / "biwaq.duckdb"))
    assert (published / "warehouse" / "biwaq.duckdb").is_symlink()
    assert real.stat().st_mode & 0o222 == 0
