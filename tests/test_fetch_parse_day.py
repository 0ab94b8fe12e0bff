"""From the archive to records files."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from parsers.records import ParseResult, content_hash, issue
from pipeline.fetch.archive import Archive
from pipeline.fetch.report import PUBLIC
from pipeline.parse_day import parse_day, rejected
from pipeline.sources import Source
from tests.fetch_site import DAY, Reply, Site, night, serve, source

KEYS = {
    *("source_id", "page_type", "url", "aliases", "fetched_at", "http_status", "archive_file", "archive_offset"),
    *("byte_hash", "content_hash", "parser_version", "coverage", "text_loss", "unclaimed"),
    "reserved_by",
    *("record", "evidence", "issues"),
}


def title(
    page_type: str, body: bytes, url: str, *, content_type: str | None = None, fetched_on: object = None
) -> ParseResult:
    """Stands for a parser: the record is the heading; a page without one is none."""
    text = body.decode()
    record = {"title": text[4:-5]} if text.startswith("<h1>") else None
    problems = [] if record else [issue("error", "not_this_page", "no heading")]
    return ParseResult(page_type, "test-1", record, [], problems, content_hash(record, ""), 1.0)


def parsed(
    root: Path, target: Source, day: datetime | None = None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    on = day.date() if day else DAY
    parse_day(Archive(root / "archive"), root / "records", [target], on, parse=title)
    folder = root / "records" / on.isoformat()
    rows = gzip.decompress((folder / "test.ndjson.gz").read_bytes()).splitlines()
    crawls = (folder / "test.crawl.ndjson").read_bytes().splitlines()
    return [json.loads(row) for row in rows], [json.loads(row) for row in crawls]


def pages(site: Site) -> Source:
    site.routes |= {
        "/a.html": Reply(200, b"<h1>A</h1>", {"ETag": '"1"'}),
        "/b.html": Reply(301, b"", {"Location": "/c.html?nn=1"}),
        "/c.html?nn=1": Reply(200, b"<h1>C</h1>"),
        "/soft.html": Reply(200, b"Seite nicht gefunden"),
    }
    return source(site, urls=["/a.html", "/b.html", "/soft.html", "/gone.html"])


def test_one_line_a_document(tmp_path: Path) -> None:
    with serve({}) as site:
        target = pages(site)
        night(tmp_path, target)
    rows, crawls = parsed(tmp_path, target)
    by_url = {row["url"]: row for row in rows}
    assert sorted(by_url) == [site.url(path) for path in ("/a.html", "/c.html", "/soft.html")]
    assert all(set(row) == KEYS for row in rows)
    first = by_url[site.url("/a.html")]
    assert (first["record"], first["fetched_at"], first["http_status"]) == ({"title": "A"}, "2026-11-22T01:15:03Z", 200)
    assert first["byte_hash"] == hashlib.sha256(b"<h1>A</h1>").hexdigest()
    assert Archive(tmp_path / "archive").read(first["archive_file"], first["archive_offset"]).body == b"<h1>A</h1>"
    assert by_url[site.url("/c.html")]["aliases"] == [site.url("/b.html")]
    assert by_url[site.url("/soft.html")]["record"] is None
    (crawl,) = crawls
    assert tuple(crawl) == PUBLIC
    assert (crawl["fetched"], crawl["failed"], crawl["complete"]) == (3, 0, True)
    assert crawl["gone"] == [{"url": site.url("/gone.html"), "status": 404, "proved": True}]


def test_the_report_counts(tmp_path: Path) -> None:
    with serve({}) as site:
        target = pages(site)
        night(tmp_path, target)
    report = parse_day(Archive(tmp_path / "archive"), tmp_path / "records", [target], DAY, parse=title)
    assert (report.parsed, report.rejected, report.issues, report.by_source) == (2, 1, 1, {"test": 2})


def test_the_same_archive_gives_the_same_bytes(tmp_path: Path) -> None:
    with serve({}) as site:
        target = pages(site)
        night(tmp_path, target)
    path = tmp_path / "records" / "2026-11-22" / "test.ndjson.gz"
    parsed(tmp_path, target)
    first = path.read_bytes()
    parsed(tmp_path, target)
    assert path.read_bytes() == first
    assert not list(path.parent.glob("*.open"))


def test_a_304_makes_no_line_but_is_seen(tmp_path: Path) -> None:
    later = datetime(2026, 11, 23, 1, 15, 3, tzinfo=UTC)
    with serve({}) as site:
        target = source(site, urls=["/a.html"])
        site.routes["/a.html"] = Reply(200, b"<h1>A</h1>", {"ETag": '"1"'})
        night(tmp_path, target)
        site.routes["/a.html"] = Reply(304)
        night(tmp_path, target, now=later)
    rows, (crawl,) = parsed(tmp_path, target, later)
    assert (rows, crawl["seen"], crawl["unchanged"]) == ([], [site.url("/a.html")], 1)


def test_a_page_that_was_none_is_distrusted_until_a_good_body_comes(tmp_path: Path) -> None:
    """A wall with an ETag, then a night without an answer: asked with that ETag, it would answer 304 for ever."""
    archive, records = Archive(tmp_path / "archive"), tmp_path / "records"

    def distrusted_after(number: int, reply: Reply) -> set[str]:
        at = datetime(2026, 11, 22 + number, 1, 15, 3, tzinfo=UTC)
        site.routes["/a.html"] = reply
        night(tmp_path, target, run=f"r{number}", now=at)
        parsed(tmp_path, target, at)
        return rejected(records, "test", archive.state("test"))

    with serve({}) as site:
        target = source(site, urls=["/a.html"])
        found = [
            distrusted_after(0, Reply(200, b"Bitte zustimmen", {"ETag": '"1"'})),
            distrusted_after(1, Reply(500)),
            distrusted_after(2, Reply(200, b"<h1>A</h1>", {"ETag": '"1"'})),
            distrusted_after(3, Reply(500)),
        ]
    assert found == [{site.url("/a.html")}, {site.url("/a.html")}, set(), set()]


def test_a_day_without_pages_gives_empty_files(tmp_path: Path) -> None:
    assert parsed(tmp_path, source(urls=["http://127.0.0.1/"])) == ([], [])


def test_damage_is_reported_and_the_rest_parsed(tmp_path: Path) -> None:
    with serve({}) as site:
        target = pages(site)
        night(tmp_path, target)
    archive = Archive(tmp_path / "archive")
    victim = next(c for c in archive.captures(DAY, "test", {"document"}) if c.url == site.url("/a.html"))
    path = archive.root / victim.file
    data = bytearray(path.read_bytes())
    data[victim.offset + 60] ^= 255
    path.write_bytes(data)
    report = parse_day(Archive(archive.root), tmp_path / "records", [target], DAY, parse=title)
    assert (report.parsed, [issue.offset for issue in report.archive_issues]) == (1, [victim.offset])
