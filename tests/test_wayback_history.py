"""Captures in the warehouse: one document with the live page, a history with the captures' own dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from fixtures.cdx import SampleArchive
from pipeline.fetch.archive import Archive
from pipeline.parse_day import parse_day
from pipeline.settings import SAMPLE_SOURCES
from pipeline.sources import load_sources
from tests.fetch_site import NOW
from tests.test_wayback import SCHWERIN, TOMORROW, crawled, source
from warehouse.build import build
from warehouse.model import RunInfo, SourceInfo

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Query:
    """The warehouse after two nights on the sample site and its captures."""
    root = tmp_path_factory.mktemp("captures")
    live = next(one for one in load_sources(SAMPLE_SOURCES) if one.id == "sample-projects")
    both = [live, source()]
    with SampleArchive() as server:
        for moment in (NOW, TOMORROW):
            crawled(root, server, both, now=moment, run=f"r{moment.day}")
    for day in (NOW.date(), TOMORROW.date()):
        parse_day(Archive(root / "archive"), root / "records", both, day)
    infos = [SourceInfo(s.id, s.title, s.publisher, s.page_type, 1, 99, s.kind) for s in both]
    out = root / "warehouse" / "new.duckdb"
    out.parent.mkdir()
    build(root / "records", out, sources=infos, run=RunInfo("r23", "2026-11-23T01:20:00Z"))

    def query(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(out), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return query


def test_captures_and_live_page_are_one_document(history: Query) -> None:
    (found,) = history(
        "SELECT url, source_id, first_seen::VARCHAR, last_seen::VARCHAR, gone_since FROM documents "
        "WHERE url LIKE '%Schwerin%'"
    )
    assert found == (SCHWERIN, "sample-projects", "2017-03-12 09:45:07", "2026-11-23 01:15:03", None)


def test_the_history_has_the_captures_own_dates(history: Query) -> None:
    snapshots = history(
        "SELECT fetched_at::VARCHAR FROM snapshots s JOIN documents d USING (document_id) "
        "WHERE d.url LIKE '%Schwerin%' ORDER BY 1"
    )
    # the capture of May 2019 and today's page say the same as that of February
    assert snapshots == [("2017-03-12 09:45:07",), ("2018-06-11 04:02:31",), ("2019-02-03 11:58:16",)]
    assert history(
        "SELECT table_name, row_key, column_name, old_value, new_value, seen_at::VARCHAR FROM changes ORDER BY seen_at"
    ) == [
        ("area_stats", "iii-schwerin|sgb2_rate|area", "value", "43", "41.3", "2018-06-11 04:02:31"),
        ("area_stats", "iii-schwerin|inhabitants|area", "value", "14950", "15206", "2019-02-03 11:58:16"),
    ]


def test_a_page_that_only_the_web_archive_has_is_a_document_and_a_project(history: Query) -> None:
    assert history("SELECT source_id, last_seen::VARCHAR, gone_since FROM documents WHERE url LIKE '%Gera%'") == [
        ("captures", "2014-11-20 08:00:09", None)
    ]
    assert history(
        "SELECT project_id, round_code, start_date::VARCHAR, end_date::VARCHAR FROM projects WHERE round_code = 'II'"
    ) == [("ii-gera", "II", "2012-01-01", "2014-12-31")]
