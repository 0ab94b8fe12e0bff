"""A relaunch adds a parser version and replaces none: an old page stays readable by the parser of its day."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import orjson
import pytest

from parsers import registry
from parsers.records import ParseResult, content_hash, issue
from parsers.registry import PARSERS, ParserVersion, UnknownPageType, parser_for
from pipeline.fetch.archive import Archive
from pipeline.parse_day import parse_day
from tests.cli import biwaq, is_blank
from tests.fetch_site import Reply, Site, night, serve, source

URL = "https://www.biwaq.de/BIWAQ/DE/Projekte/x.html"
RELAUNCH = date(2026, 11, 22)
BEFORE, AFTER = datetime(2026, 11, 22, 1, 15, tzinfo=UTC), datetime(2026, 11, 23, 1, 15, tzinfo=UTC)
OLD, NEW = b"<html><h1>Alt</h1></html>", b"<html><h2>Neu</h2></html>"


def version(name: str, tag: bytes, last_day: date | None = None) -> ParserVersion:
    """A parser that knows one tag only."""

    def parse(body: bytes, url: str, content_type: str | None) -> ParseResult:
        _, found, rest = body.partition(b"<" + tag + b">")
        record = {"title": rest.partition(b"<")[0].decode()} if found else None
        problems = [] if record else [issue("error", "not_this_page", "no title")]
        return ParseResult("gsb_project", name, record, [], problems, content_hash(record, ""))

    return ParserVersion(parse, lambda body, url, content_type: f"text as {name} reads it", last_day)


@pytest.fixture
def relaunched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARSERS, "gsb_project", (version("old-1", b"h1", RELAUNCH), version("new-1", b"h2")))


@pytest.mark.usefixtures("relaunched")
@pytest.mark.parametrize(
    ("fetched_on", "expected"),
    [
        (date(2015, 1, 1), "old-1"),
        (RELAUNCH, "old-1"),
        (date(2026, 11, 23), "new-1"),
        (None, "new-1"),
    ],
)
def test_the_day_of_the_fetch_chooses_the_parser(fetched_on: date | None, expected: str) -> None:
    assert registry.parse("gsb_project", OLD, URL, fetched_on=fetched_on).parser_version == expected
    assert registry.evidence_text("gsb_project", OLD, URL, fetched_on=fetched_on) == f"text as {expected} reads it"


@pytest.mark.parametrize("page_type", PARSERS)
def test_versions_stand_oldest_first_and_the_last_is_in_force(page_type: str) -> None:
    *ended, current = [version.last_day for version in PARSERS[page_type]]
    assert current is None
    assert ended == sorted(day for day in ended if day is not None)


def test_an_unknown_page_type_names_the_known_ones() -> None:
    with pytest.raises(UnknownPageType, match="city_page, gsb_project, news_article"):
        parser_for("blog")


def two_days(root: Path, site: Site) -> Archive:
    """A page fetched on the last day of the old layout and on the first of the new."""
    target = source(site, urls=["/a.html"])
    site.routes["/a.html"] = Reply(200, OLD)
    night(root, target, now=BEFORE)
    site.routes["/a.html"] = Reply(200, NEW)
    night(root, target, now=AFTER)
    archive = Archive(root / "archive")
    for day in archive.days():
        parse_day(archive, root / "records", [target], day)
    return archive


def lines(root: Path, day: date) -> list[dict[str, object]]:
    packed = (root / "records" / day.isoformat() / "test.ndjson.gz").read_bytes()
    return [orjson.loads(line) for line in gzip.decompress(packed).splitlines()]


@pytest.mark.usefixtures("relaunched")
def test_an_archived_page_is_read_by_the_parser_of_its_day(tmp_path: Path) -> None:
    with serve({}) as site:
        archive = two_days(tmp_path, site)
    found = [(line["parser_version"], line["record"]) for day in archive.days() for line in lines(tmp_path, day)]
    assert found == [("old-1", {"title": "Alt"}), ("new-1", {"title": "Neu"})]


@pytest.mark.usefixtures("relaunched")
def test_a_saved_page_is_read_by_the_parser_of_the_day_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "alt.html"
    file.write_bytes(OLD)
    args = ("parse", file, "--type", "gsb_project")
    today = orjson.loads(biwaq(monkeypatch, capsys, *args).out)
    then = orjson.loads(biwaq(monkeypatch, capsys, *args, "--fetched-on", "2020-05-01").out)
    assert (today["parser_version"], is_blank(today["record"])) == ("new-1", True)
    assert (then["parser_version"], then["record"]) == ("old-1", {"title": "Alt"})


def test_a_relaunch_changes_nothing_that_was_fetched_before(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`reparse` with a new parser that reads no old page: the old version still reads what was fetched in its time."""
    old = PARSERS["gsb_project"][-1]
    ended = ParserVersion(old.parse, old.evidence_text, date(2025, 11, 20))  # the night of `published`
    monkeypatch.setitem(PARSERS, "gsb_project", (ended, version("new-1", b"h7")))
    assert biwaq(monkeypatch, capsys, "reparse", "--data", published).out.endswith("no difference\n")
    monkeypatch.setitem(PARSERS, "gsb_project", (version("new-1", b"h7"),))
    ran = biwaq(monkeypatch, capsys, "reparse", "--data", published)
    assert ran.code == 0
    assert "documents: -15 rows" in ran.out  # all project pages of the sample site
    assert "nothing published" in ran.out


def test_the_warehouse_says_which_parser_read_a_page(published: Path) -> None:
    with duckdb.connect(os.path.realpath(published / "warehouse" / "biwaq.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT DISTINCT parser_version FROM snapshots ORDER BY ALL").fetchall()
    assert found == [("city_page-1",), ("gsb_project-1",), ("news_article-2",)]
