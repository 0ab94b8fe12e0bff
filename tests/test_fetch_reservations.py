"""Reservations of text and data mining (§ 44b UrhG): read where a site may state them, and obeyed for articles."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from parsers.records import ParseResult, content_hash
from pipeline.fetch.archive import Archive
from pipeline.fetch.reservations import FILE_PATH, by_file, reserved_by, rules_of
from pipeline.fetch.warc import Record, read_records
from pipeline.parse_day import parse_day
from pipeline.sources import Source
from tests.fetch_site import DAY, Answerer, Reply, Site, night, serve, source

ARTICLE = b"<!doctype html><html><head><title>T</title></head><body><h1>Artikel</h1></body></html>"


def article(meta: bytes) -> bytes:
    return ARTICLE.replace(b"<title>", meta + b"<title>")


def file_of(*rules: tuple[str, object]) -> bytes:
    return json.dumps([{"location": place, "tdm-reservation": value} for place, value in rules]).encode()


# --- the file at the origin ---


@pytest.mark.parametrize(
    ("location", "path", "fits"),
    [
        ("/", "/a/b.html", True),
        ("/a", "/a/b.html", True),
        ("/a/", "/ab.html", False),
        ("/A", "/a", False),
        ("/*.html$", "/a/b.html", True),
        ("/*.html$", "/a/b.html?x=1", False),
        ("/*.html", "/a/b.html?x=1", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("*/b", "/a/b", True),
        ("/k%C3%B6ln", "/k%C3%B6ln/x", True),
        ("/k%c3%b6ln", "/köln/x", True),
        ("/%41", "/A", True),
        ("/preis-%24", "/preis-$", True),
        ("/a%2Fb", "/a/b", False),
        ("/a%2Ab", "/axb", False),
        ("/a.b", "/axb", False),
        ("", "/a", True),
    ],
)
def test_a_location_is_a_path_pattern(location: str, path: str, fits: bool) -> None:
    assert by_file(rules_of(file_of((location, 1))), path) is (True if fits else None)


def test_the_first_rule_that_fits_counts() -> None:
    rules = rules_of(file_of(("/presse/frei/", 0), ("/presse/", 1), ("/presse/frei/", 1)))
    assert by_file(rules, "/presse/frei/x.html") is False
    assert by_file(rules, "/presse/x.html") is True
    assert by_file(rules, "/x.html") is None


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{}", b"[1, null, []]", b'[{"location": 5, "tdm-reservation": 1}]', b"\xff", b"[" * 99_999]
    + [file_of(("/", value)) for value in (2, "ja", None, 1.5, [1], {})],
)
def test_a_file_that_says_nothing_reserves_nothing(body: bytes) -> None:
    assert by_file(rules_of(body), "/a") is None


# --- headers and the page itself ---


@pytest.mark.parametrize(
    ("in_file", "headers", "meta", "by"),
    [
        (None, {}, b"", None),
        (True, {}, b"", "tdmrep.json"),
        (True, {"tdm-reservation": "0"}, b"", None),
        (False, {"TDM-Reservation": " 1 "}, b"", "header"),
        (True, {"tdm-reservation": "vielleicht"}, b"", "tdmrep.json"),
        (None, {"tdm-reservation": "1"}, b'<meta name="tdm-reservation" content="0">', None),
        (None, {}, b"<META content='1' NAME='TDM-Reservation'/>", "meta"),
        (None, {}, b"<meta name=tdm-reservation content=1>", "meta"),
        (None, {}, b'<meta content="a > b" name="description"><meta name="tdm-reservation" content="1">', "meta"),
        (None, {}, b'<!-- --><meta name="tdm-policy" content="https://tagblatt.example/tdm">', None),
        (None, {"X-Robots-Tag": "noindex, noai"}, b"", "noai header"),
        (None, {"X-Robots-Tag": "somebot: noai"}, b"", "noai header"),
        (None, {}, b'<meta name="robots" content="index,NoAI">', "noai meta"),
        (None, {}, b'<meta name="robots" content="noimageai">', "noimageai"),
        (None, {}, b'<meta name="&#%s;"><meta name="robots" content="noai">' % (b"1" * 5000), "noai meta"),
        (None, {"X-Robots-Tag": "noimageai, noai"}, b"", "noai header"),
        (None, {"X-Robots-Tag": "noindex"}, b'<meta name="robots" content="noarchive">', None),
    ],
)
def test_a_later_place_overrules(in_file: bool | None, headers: dict[str, str], meta: bytes, by: str | None) -> None:
    assert reserved_by(in_file, headers.items(), article(meta)) == by


def test_text_of_a_page_is_no_reservation() -> None:
    assert (
        reserved_by(None, [], ARTICLE.replace(b"<h1>", b'<p>&lt;meta name="tdm-reservation" content="1"&gt; noai</p>'))
        is None
    )


# --- a night ---


def parse(page_type: str, body: bytes, url: str, **more: object) -> ParseResult:
    """Stands for the parser."""
    record = {"title": "Artikel"}
    return ParseResult(page_type, "test-1", record, [], [], content_hash(record, ""), 1.0)


def lines_of(root: Path, target: Source) -> dict[str, Any]:
    parse_day(Archive(root / "archive"), root / "records", [target], DAY, parse=parse)
    packed = (root / "records" / DAY.isoformat() / "test.ndjson.gz").read_bytes()
    return {line["url"].rpartition("/")[2]: line for line in map(json.loads, gzip.decompress(packed).splitlines())}


def stored(root: Path) -> bytes:
    (about,) = Archive(root / "archive").files()
    items = list(read_records(root / "archive" / about.file))
    return b"".join(item.block for item in items if isinstance(item, Record) and item.kind == "response")


def routes(**more: Answerer) -> dict[str, Answerer]:
    found: Mapping[str, Answerer] = {f"/{name}.html": answer for name, answer in more.items()}
    return {"/frei.html": Reply(200, ARTICLE), **found}


RESERVED: dict[str, dict[str, Answerer]] = {
    "header": routes(x=Reply(200, ARTICLE, {"tdm-reservation": "1"})),
    "meta": routes(x=Reply(200, article(b'<meta name="tdm-reservation" content="1">'))),
    "noai header": routes(x=Reply(200, ARTICLE, {"X-Robots-Tag": "noai"})),
    "noai meta": routes(x=Reply(200, article(b'<meta name="robots" content="noai">'))),
    "tdmrep.json": {**routes(x=Reply(200, ARTICLE)), FILE_PATH: Reply(200, file_of(("/x", 1)))},
}


@pytest.mark.parametrize("by", RESERVED)
def test_of_a_reserved_article_only_the_address_is_kept(tmp_path: Path, by: str) -> None:
    with serve(RESERVED[by]) as site:
        target = source(site, page_type="news_article", urls=["/x.html", "/frei.html"])
        report = night(tmp_path, target)
    assert report.complete
    assert report.reserved == [{"url": site.url("/x.html"), "by": by}]
    assert report.seen == [site.url("/frei.html")]
    assert stored(tmp_path).count(b"Artikel") == 1
    lines = lines_of(tmp_path, target)
    assert (lines["frei.html"]["record"], lines["frei.html"]["reserved_by"]) == ({"title": "Artikel"}, None)
    assert (lines["x.html"]["record"], lines["x.html"]["reserved_by"]) == (None, by)
    assert (lines["x.html"]["evidence"], lines["x.html"]["unclaimed"]) == ([], [])
    assert [issue["kind"] for issue in lines["x.html"]["issues"]] == ["rights_reserved"]
    assert list(Archive(tmp_path / "archive").state("test")) == [site.url("/frei.html")]


@pytest.mark.parametrize("by", RESERVED)
def test_of_a_project_page_it_is_noted(tmp_path: Path, by: str) -> None:
    with serve(RESERVED[by]) as site:
        target = source(site, urls=["/x.html", "/frei.html"])
        report = night(tmp_path, target)
    assert len(report.seen) == 2
    line = lines_of(tmp_path, target)["x.html"]
    assert (line["record"], line["reserved_by"]) == ({"title": "Artikel"}, by)


def test_an_article_reserved_later_is_not_confirmed(tmp_path: Path) -> None:
    with serve(routes(x=Reply(200, ARTICLE, {"ETag": '"1"'}))) as site:
        target = source(site, page_type="news_article", urls=["/x.html"])
        assert night(tmp_path, target).seen == [site.url("/x.html")]
        site.routes["/x.html"] = Reply(304, b"", {"ETag": '"1"', "tdm-reservation": "1"})
        report = night(tmp_path, target, run="r2")
    assert (report.seen, [entry["by"] for entry in report.reserved]) == ([], ["header"])


def test_an_article_archived_before_the_rule_gives_nothing_either(tmp_path: Path) -> None:
    page = article(b'<meta name="tdm-reservation" content="1">')
    with serve({"/x.html": Reply(200, page)}) as site:
        night(tmp_path, source(site, urls=["/x.html"]))
        line = lines_of(tmp_path, source(site, page_type="news_article", urls=["/x.html"]))["x.html"]
    assert (line["record"], line["reserved_by"]) == (None, "meta")


def asked_for_file(site: Site) -> int:
    return sum(asked.path == FILE_PATH for asked in site.asked)


def test_the_file_is_asked_for_once_a_host_and_run(tmp_path: Path) -> None:
    with serve({f"/{n}.html": Reply(200, ARTICLE) for n in range(6)}) as site:
        half = [f"/{n}.html" for n in range(3)], [f"/{n}.html" for n in range(3, 6)]
        night(tmp_path, [source(site, id="a", urls=half[0]), source(site, id="b", urls=half[1])])
        assert asked_for_file(site) == 1
        night(tmp_path, [source(site, id="a", urls=half[0])], run="r2")
        assert asked_for_file(site) == 2


@pytest.mark.parametrize("reply", [Reply(500), Reply(403), Reply(302), Reply(raw=b""), Reply(200, b"<html>")])
def test_a_file_that_can_not_be_had_costs_one_request(tmp_path: Path, reply: Reply) -> None:
    with serve({**routes(), FILE_PATH: reply}) as site:
        report = night(tmp_path, source(site, page_type="news_article", urls=["/frei.html"]))
        # aiohttp asks once more where a kept connection ends without an answer
        assert asked_for_file(site) == (2 if reply.raw == b"" else 1)
    assert (report.complete, report.reserved) == (True, [])


def test_the_archive_says_what_reserved(tmp_path: Path) -> None:
    with serve(RESERVED["header"]) as site:
        night(tmp_path, source(site, page_type="news_article", urls=["/x.html"]))
    (capture,) = Archive(tmp_path / "archive").captures(DAY, "test", {"document"})
    assert (capture.reserved_by, capture.body, capture.http_status) == ("header", b"", 200)
    assert re.search(rb"(?i)tdm-reservation: 1", stored(tmp_path))
