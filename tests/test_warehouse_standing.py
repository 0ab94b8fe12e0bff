"""A night without news: the standing build with tonight's times is what a whole build would be; else a whole build."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import duckdb
import pytest

from pipeline.fetch.archive import Archive
from pipeline.parse_day import parse_day
from pipeline.sources import Source
from tests.bench.project_pages import project_pages
from tests.fetch_site import Reply, Site, night, serve, source
from tests.test_rebuild import _tables
from tests.test_warehouse_imports import CAPTURES, TODAY, loaded, taken
from tests.test_warehouse_load import crawl, page, store
from warehouse.build import BuildReport, build
from warehouse.duck import connect_to_write, read_only
from warehouse.model import Acceptance, Crawl, RunInfo, SourceInfo
from warehouse.publish import LEDGER, LINK, next_build, publish, published_builds, published_runs
from warehouse.standing import build_before, carry_on, is_steady

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
        self.has_purged_source = False
        """A source of which no page is left is crawled, too, a minute later."""
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
        if self.has_purged_source:
            later = f"{self.now + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
            nothing = crawl(later, run_id=name, source_id="purged", listed=0, listing_total=0, fetched=0, unchanged=0)
            store(self.root / "records", nothing, source="purged")
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


def _cut(build: Path) -> None:
    os.truncate(build, 100_000)


def _spoil_head(build: Path) -> None:
    _spoil(build, 4_096)


def _spoil_a_passage(build: Path) -> None:
    """Where a night without news neither reads nor writes."""
    with read_only(build) as connection:
        query = (
            "SELECT min(block_id) FROM pragma_storage_info('provenance') WHERE column_name = 'quote' AND block_id > 0"
        )
        ((block,),) = connection.execute(query).fetchall()
    _spoil(build, 3 * 4_096 + block * 65_536 + 30_000)


def _spoil(build: Path, at: int) -> None:
    with build.open("r+b") as file:
        file.seek(at)
        file.write(bytes(range(256)))


@pytest.mark.parametrize("damage", [_cut, _spoil_head, _spoil_a_passage])
def test_a_damaged_build_is_not_carried_on(nights: Nights, damage: Callable[[Path], None]) -> None:
    build = published_builds(nights.warehouse)[0]
    build.chmod(0o644)
    damage(build)
    report = nights.run()
    assert (report.carried_on, report.found_damage) == (False, True)
    nights.assert_as_whole()
    assert nights.run().carried_on


def test_a_build_that_a_bad_disk_can_not_read_is_not_carried_on(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad(file: BinaryIO, _: str) -> object:
        if file.name.endswith(".duckdb"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return digest(file, "sha256")

    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", bad)
    assert nights.run().found_damage


@pytest.mark.parametrize("ending", [".duckdb.next", ".seen", ".json.new"])
def test_a_disk_that_fills_up_leaves_nothing_of_the_build(
    ending: str, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the build before is copied, the sightings are written, the note."""

    def full(path: Path | str, data: bytes = b"half") -> None:
        if not str(path).endswith(ending):
            write(Path(path), data)
            return
        write(Path(path), data[:4])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write, copy = Path.write_bytes, shutil.copyfile
    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(shutil, "copyfile", lambda old, new: full(new) if ending in str(new) else copy(old, new))
    before = sorted((nights.warehouse / "builds").iterdir())
    with pytest.raises(OSError, match="No space left"):
        nights.run()
    assert sorted((nights.warehouse / "builds").iterdir()) == before


def test_a_crawl_that_saw_no_page_tells_no_newer_time(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [*nights.infos, replace(nights.infos[0], id="purged")]
    monkeypatch.setattr(Nights, "infos", property(lambda _: both))
    nights.has_purged_source = True
    nights.run()
    assert nights.run().carried_on
    nights.assert_as_whole()


@pytest.mark.parametrize(("capture", "is_so"), [("2017-03-12T09:45:07Z", True), ("2026-11-20T09:00:00Z", False)])
def test_a_capture_newer_than_our_own_sighting_may_be_a_variant(tmp_path: Path, capture: str, *, is_so: bool) -> None:
    """The next "not modified" tells: the page stood all the time."""
    store(tmp_path, page(TODAY, "c2"))
    taken(tmp_path, capture, "c1")
    assert is_steady(loaded(tmp_path).documents, Counter()) is is_so


def test_a_page_that_only_others_captured_is_not_steady(tmp_path: Path) -> None:
    taken(tmp_path, "2017-03-12T09:45:07Z", "c1")
    assert not is_steady(loaded(tmp_path, CAPTURES).documents, Counter())


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
        before = row_groups(connection, "large")
    with connect_to_write(file) as connection:
        connection.execute("UPDATE small SET n = 2; CHECKPOINT")
        assert row_groups(connection, "large") == before
    assert len(before) > 1


def test_carrying_on_leaves_large_tables_as_they_lie(nights: Nights, tmp_path: Path) -> None:
    large, out = tmp_path / "large.duckdb", tmp_path / "out.duckdb"
    shutil.copyfile(published_builds(nights.warehouse)[0], large)
    large.chmod(0o644)
    with connect_to_write(large) as connection:
        connection.execute(
            "INSERT INTO provenance SELECT p.* REPLACE (row_key || n AS row_key) FROM provenance p, range(300) t(n)"
        )
        connection.execute("CHECKPOINT")
        before = row_groups(connection, "provenance")
        seen = [url for (url,) in connection.execute("SELECT url FROM documents").fetchall()]
    tonight = Crawl(**crawl("2026-11-24T01:00:00Z", seen, run_id="tonight", source_id="test", fetched=0))
    assert carry_on(large, out, [tonight], nights.infos, RunInfo("tonight", tonight.started_at))
    with read_only(out) as connection:
        assert row_groups(connection, "provenance") == before
    assert len(before) > 1


def row_groups(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[int, int]]:
    query = f"SELECT row_group_id, max(block_id) FROM pragma_storage_info('{table}') GROUP BY ALL ORDER BY ALL"
    return connection.execute(query).fetchall()


def test_what_can_not_be_opened_is_nothing_to_compare_with(tmp_path: Path) -> None:
    """Builds of before the notes have none: of them a look is all there is."""
    (tmp_path / "builds").mkdir()
    for run in ("first", "second", "third"):
        duckdb.connect(str(tmp_path / "builds" / f"{run}.duckdb")).close()
    (tmp_path / LEDGER).write_text("\nfirst\n\nsecond\n\nthird\n")
    (tmp_path / LINK).symlink_to("builds/third.duckdb")
    first, second = ((tmp_path / "builds" / f"{run}.duckdb").resolve() for run in ("first", "second"))
    assert build_before(tmp_path) == second
    second.write_bytes(second.read_bytes()[:5000])
    assert build_before(tmp_path) == first
