"""A night without news: the standing build with tonight's times is what a whole build would be; else a whole build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.fetch.archive import Archive
from pipeline.parse_day import parse_day
from pipeline.sources import Source
from tests.bench.project_pages import project_pages
from tests.fetch_site import Reply, Site, night, serve, source
from tests.test_rebuild import _tables
from warehouse.build import BuildReport, build
from warehouse.duck import connect_to_write
from warehouse.model import Acceptance, RunInfo, SourceInfo
from warehouse.publish import next_build, publish, published_builds, published_runs

NOW = datetime(2026, 11, 22, 1, 15, 3, tzinfo=UTC)
PAGES = [(f"/{number}_Ort.html", page.body) for number, page in enumerate(project_pages(4))]
SHORT = timedelta(seconds=90)


class Nights:
    """Nights on a small site, each parsed, built and published."""

    def __init__(self, root: Path, site: Site) -> None:
        self.root, self.site, self.warehouse = root, site, root / "warehouse"
        self.now = NOW
        self.answer(304)
        self.source: Source = source(site, urls=[path for path, _ in PAGES])
        self.accepted: tuple[Acceptance, ...] = ()

    def answer(self, status: int) -> None:
        """Pages with a body, or "not modified" where they are known."""
        for path, body in PAGES:
            self.site.routes[path] = Reply(status, body if status == 200 else b"", {"ETag": '"1"'})

    @property
    def infos(self) -> list[SourceInfo]:
        """The source as the warehouse knows it."""
        return [SourceInfo("test", "Test", "Test", "gsb_project", 0, 99)]

    def run(self, after: timedelta = timedelta(days=1)) -> BuildReport:
        """One night; the first finds everything new."""
        self.now += after
        name = f"r{self.now:%d%H%M%S}"
        night(self.root, self.source, run=name, now=self.now)
        parse_day(Archive(self.root / "archive"), self.root / "records", [self.source], self.now.date())
        standing = next(iter(published_builds(self.warehouse)), None)
        out, whole = next_build(self.warehouse, name), self.root / "whole" / f"{name}.duckdb"
        run = RunInfo(name, f"{self.now:%Y-%m-%dT%H:%M:%SZ}", published_runs(self.warehouse), self.accepted)
        for path in (out, whole):
            path.parent.mkdir(parents=True, exist_ok=True)
        report = build(self.root / "records", out, sources=self.infos, run=run, standing=standing)
        build(self.root / "records", whole, sources=self.infos, run=run)
        self.pair = publish(out, self.warehouse), whole
        return report

    def assert_as_whole(self) -> None:
        """Every cell of every table is that of a build from the records."""
        one, other = (_sorted(path) for path in self.pair)
        assert {name: rows for name, rows in one.items() if rows != other[name]} == {}


def _sorted(path: Path) -> dict[str, list[str]]:
    return {name: sorted(map(repr, rows)) for name, rows in _tables(path).items()}


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    with serve({}) as site:
        made = Nights(tmp_path, site)
        made.answer(200)
        assert not made.run().carried_on
        made.answer(304)
        yield made


@pytest.mark.parametrize("after", [timedelta(days=1), SHORT])
def test_a_night_without_news_is_carried_on(nights: Nights, after: timedelta) -> None:
    """The next night, and a second run of the same day."""
    assert nights.run(after).carried_on
    nights.assert_as_whole()
    assert nights.run().carried_on
    nights.assert_as_whole()


def _changed(nights: Nights) -> None:
    path, body = PAGES[0]
    nights.site.routes[path] = Reply(200, body.replace(b"<h1 ", b"<h1 data-x "), {"ETag": '"2"'})


def _gone(nights: Nights) -> None:
    nights.site.routes[PAGES[1][0]] = Reply(404)


def _failed(nights: Nights) -> None:
    nights.site.routes[PAGES[1][0]] = Reply(500)


@pytest.mark.parametrize("news", [_changed, _gone, _failed])
def test_news_ask_for_a_whole_build(nights: Nights, news: object) -> None:
    news(nights)  # type: ignore[operator]
    assert not nights.run().carried_on
    nights.assert_as_whole()


def test_what_was_accepted_once_is_looked_at_again(nights: Nights) -> None:
    """Its checks are not taken for passed: the night after is a whole build."""
    _changed(nights)
    nights.accepted = (Acceptance("r24011503", "provenance_is_sound", "so be it", f"{NOW:%Y-%m-%dT%H:%M:%SZ}"),)
    nights.run()
    nights.answer(304)
    assert not nights.run().carried_on
    assert nights.run().carried_on
    nights.assert_as_whole()


def test_a_page_that_is_back_asks_for_a_whole_build(nights: Nights) -> None:
    _gone(nights)
    nights.run()
    nights.answer(304)
    assert not nights.run().carried_on
    nights.assert_as_whole()


def test_other_sources_ask_for_a_whole_build(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(nights.infos[0], title="Another title")
    monkeypatch.setattr(Nights, "infos", property(lambda _: [other]))
    assert not nights.run().carried_on


def test_records_that_were_made_anew_ask_for_a_whole_build(nights: Nights) -> None:
    """As `biwaq reparse` does: the same file name, another content."""
    (path,) = nights.root.glob("records/*/test.ndjson.gz")
    parse_day(
        Archive(nights.root / "archive"), nights.root / "records", [nights.source], nights.now.date(), parse=_none
    )
    assert path.stat().st_size > 0
    assert not nights.run().carried_on


def _none(page_type: str, body: bytes, url: str, **_: object) -> object:
    from parsers.registry import parse

    return replace(parse(page_type, b"<html>", url), content_hash="another")


def test_the_note_goes_with_its_build(nights: Nights) -> None:
    nights.run()
    noted = {path.stem for path in (nights.warehouse / "made").iterdir()}
    assert noted == {path.stem for path in (nights.warehouse / "builds").glob("*.duckdb")}


def test_a_night_that_only_saw_pages_leaves_large_tables_as_they_lie(tmp_path: Path) -> None:
    """Opened as DuckDB opens a file, the next checkpoint put the row groups of 13 million passages together anew."""
    file = tmp_path / "large.duckdb"
    with connect_to_write(file) as connection:
        connection.execute("CREATE TABLE large AS SELECT range AS n FROM range(200_000)")
        connection.execute("CREATE TABLE small AS SELECT 1 AS n; CHECKPOINT")
        before = row_groups(connection)
    with connect_to_write(file) as connection:
        connection.execute("UPDATE small SET n = 2; CHECKPOINT")
        assert row_groups(connection) == before
    assert len(before) > 1


def row_groups(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    query = "SELECT row_group_id, min(block_id) FROM pragma_storage_info('large') GROUP BY ALL ORDER BY ALL"
    return connection.execute(query).fetchall()
