"""Captures of a web archive: its listing, its raw replay, their place in a page's history."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fixtures.cdx import ARCHIVE, FIELDS, SampleArchive, WebArchive, captures
from pipeline.fetch.archive import Archive
from pipeline.fetch.crawl import Outside
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.model import Capture
from pipeline.fetch.report import CrawlReport
from pipeline.fetch.wayback import CdxPage, Unreadable, cdx_query, read_cdx
from pipeline.parse_day import parse_day
from pipeline.sources import Expect, Source
from tests.fetch_site import DAY, NOW, QUICK, Asked, Notes, Reply, Site, night, serve

TOMORROW = datetime(2026, 11, 23, 1, 15, 3, tzinfo=UTC)
PROJECTS = "http://www.biwaq.example/BIWAQ/DE/Projekte"
SCHWERIN = f"{PROJECTS}/Projekte_BIWAQ3/2347_Schwerin.html"
GERA = f"{PROJECTS}/Projekte_BIWAQ2/1187_Gera.html"
FIRST, SECOND, THIRD, AGAIN = (
    "2017-03-12T09:45:07Z",
    "2018-06-11T04:02:31Z",
    "2019-02-03T11:58:16Z",
    "2019-05-20T06:30:42Z",
)


def source(base: str = f"http://{ARCHIVE}", **more: Any) -> Source:
    given: dict[str, Any] = {
        "id": "captures",
        "title": "Captures",
        "publisher": "Test",
        "page_type": "gsb_project",
        "kind": "wayback",
        "hosts": [urlsplit(base).hostname],
        "prefixes": [f"{PROJECTS}/"],
        "cdx": f"{base}/cdx/search/cdx",
        "replay": f"{base}/web/",
        "follow": r"/Projekte/Projekte_BIWAQ\d/[^/]+\.html$",
        "min_delay_s": 0.0,
        "allow_private": True,
        "expect": Expect(min_pages=1, max_pages=9),
    }
    return Source(**{**given, **more})


def crawled(
    root: Path, server: SampleArchive, sources: Source | list[Source] | None = None, **more: Any
) -> CrawlReport:
    return night(root, sources or source(), connect_to=("127.0.0.1", server.port), **more)


def documents(root: Path, day: datetime = NOW) -> list[Capture]:
    found = Archive(root / "archive").captures(day.date(), "captures", {"document"})
    return sorted(found, key=lambda capture: capture.fetched_at)


def test_the_query_is_the_public_one() -> None:
    url = cdx_query("https://web.archive.org/cdx/search/cdx", "https://www.biwaq.de/BIWAQ/DE/Projekte/", None)
    assert urlsplit(url)[:3] == ("https", "web.archive.org", "/cdx/search/cdx")
    assert parse_qs(urlsplit(url).query) == {
        "url": ["https://www.biwaq.de/BIWAQ/DE/Projekte/"],
        "matchType": ["prefix"],
        "output": ["json"],
        "fl": ["urlkey,timestamp,original,mimetype,statuscode,digest,length"],
        "filter": ["statuscode:200", "mimetype:text/html"],
        "collapse": ["digest"],
        "limit": ["2000"],
        "showResumeKey": ["true"],
    }


@pytest.mark.parametrize("key", ["org%2Carchive%29%2F+19980109140106%21", "de,biwaq)/k%C3%B6ln 20170312094507!"])
def test_a_resume_key_arrives_as_it_was_printed(key: str) -> None:
    url = cdx_query("https://web.archive.org/cdx/search/cdx", "https://www.biwaq.de/?a=1&b=ü", key)
    query = parse_qs(urlsplit(url).query)
    assert query["resumeKey"] == [key]
    assert query["url"] == ["https://www.biwaq.de/?a=1&b=ü"]


ROW = ["de,biwaq)/a", "20170312094507", "http://www.biwaq.de:80/a", "text/html", "200", "AAAA", "512"]


def test_a_listing_and_its_resume_key_are_read() -> None:
    body = json.dumps([list(FIELDS), ROW, [], ["de%2Cbiwaq%29%2Fa+20170312094507%21"]]).encode()
    rows, key = read_cdx(body)
    assert rows == [dict(zip(FIELDS, ROW, strict=True))]
    assert key == "de%2Cbiwaq%29%2Fa+20170312094507%21"
    assert read_cdx(json.dumps([list(FIELDS), ROW]).encode()).resume_key is None
    assert read_cdx(b"[]") == CdxPage([], None)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>503</html>",
        b'{"error": "x"}',
        b'[["urlkey", "timestamp"], ["a", "b"]]',
        b'[["urlkey", 5]]',
        json.dumps([list(FIELDS), ROW[:-1]]).encode(),
        b"",
    ],
)
def test_what_is_no_listing_is_said(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_cdx(body)


@pytest.mark.parametrize("page_size", [1, 2, 4, 100])  # with one line a page the service can not collapse
def test_each_content_is_fetched_once_under_its_own_address_and_time(tmp_path: Path, page_size: int) -> None:
    with SampleArchive(archive=WebArchive(page_size=page_size)) as server:
        report = crawled(tmp_path, server)
        asked = [request.path for request in server.requests]
    assert [(c.url, c.fetched_at) for c in documents(tmp_path)] == [
        (GERA, "2014-11-20T08:00:09Z"),
        (SCHWERIN, FIRST),
        (SCHWERIN, SECOND),
        (SCHWERIN, THIRD),
        (SCHWERIN.replace("http:", "https:"), AGAIN),
    ]
    assert (report.listed, report.fetched, report.unchanged, report.failed) == (5, 5, 0, 0)
    assert report.complete
    assert asked[0] == "/robots.txt"
    bodies = {capture.stamp: capture.body for capture in captures()}
    first = documents(tmp_path)[1]
    assert first.body == bodies["20170312094507"]
    assert first.content_type == "text/html;charset=utf-8"
    assert first.taken_from == f"http://{ARCHIVE}/web/20170312094507id_/" + SCHWERIN.replace(".example", ".example:80")


def test_a_second_night_fetches_nothing_again(tmp_path: Path) -> None:
    with SampleArchive() as server:
        crawled(tmp_path, server)
        server.requests.clear()
        report = crawled(tmp_path, server, now=TOMORROW)
        assert server.replayed == []
    assert (report.listed, report.fetched, report.unchanged, report.complete) == (5, 0, 5, True)
    assert report.seen == [GERA, SCHWERIN, SCHWERIN.replace("http:", "https:")]
    assert documents(tmp_path, TOMORROW) == []


def test_another_source_s_capture_is_not_fetched_again(tmp_path: Path) -> None:
    with SampleArchive() as server:
        crawled(tmp_path, server)
        server.requests.clear()
        report = crawled(tmp_path, server, source(id="other"), now=TOMORROW)
        assert server.replayed == []
    assert (report.fetched, report.unchanged) == (0, 5)


class Killer(Notes):
    """Ends the run after some captures, as an interrupt does."""

    def page(self, source_id: str, url: str, outcome: str) -> None:
        super().page(source_id, url, outcome)
        if len(self.pages) == 2:
            raise KeyboardInterrupt


def test_what_a_killed_run_stored_is_not_fetched_again(tmp_path: Path) -> None:
    one = Outside(limits=replace(QUICK, per_host=1))
    with SampleArchive() as server:
        with pytest.raises(KeyboardInterrupt):
            crawled(tmp_path, server, run="killed", progress=Killer(), outside=one)
        report = crawled(tmp_path, server, run="next")
        assert len(server.replayed) == len(set(server.replayed)) == 5
    assert (report.fetched, report.unchanged, report.complete) == (3, 2, True)


def test_max_pages_leaves_the_rest_for_the_next_night(tmp_path: Path) -> None:
    with SampleArchive() as server:
        first = crawled(tmp_path, server, source(max_pages=3))
        second = crawled(tmp_path, server, source(max_pages=3), now=TOMORROW)
    assert (first.fetched, first.complete) == (3, False)
    assert first.failures[0]["reason"] == "capped: max_pages 3 reached, 2 captures are left for the next runs"
    assert (second.fetched, second.unchanged, second.complete) == (2, 3, True)


# One capture, and what a web archive may answer for it.
HOST = "127.0.0.1"
MOMENT = "Sun, 12 Mar 2017 09:45:07 GMT"
PAGE = Reply(200, b"<h1>Projekt</h1>", {"Memento-Datetime": MOMENT})
REPLAY = "/web/20170312094507id_/http://www.biwaq.de:80/a.html"


def listing(*rows: list[str]) -> Reply:
    return Reply(200, json.dumps([list(FIELDS), *rows] if rows else []).encode(), {"Content-Type": "application/json"})


def row(url: str = "http://www.biwaq.de:80/a.html", **more: str) -> list[str]:
    values = dict(zip(FIELDS, ["key", "20170312094507", url, "text/html", "200", "AAAA", "512"], strict=True))
    return list({**values, **more}.values())


def asked(root: Path, routes: dict[str, Any], outside: Outside | None = None) -> tuple[CrawlReport, Site]:
    """A crawl of captures of www.biwaq.de from a service that answers with these routes; `cdx` is its listing."""
    lists = routes.pop("cdx", listing(row()))
    with serve(routes) as site:
        target = source(f"http://{HOST}:{site.port}", prefixes=["https://www.biwaq.de/"], follow="")
        for prefix in target.prefixes:
            path = cdx_query(target.cdx, prefix, None).partition(f":{site.port}")[2]
            site.routes[path] = lists
        return night(root, target, outside=outside), site


def test_one_capture_is_fetched(tmp_path: Path) -> None:
    report, _ = asked(tmp_path, {REPLAY: PAGE})
    assert (report.fetched, report.complete) == (1, True)
    assert report.seen == ["http://www.biwaq.de/a.html"]
    assert report.origins == {"http://www.biwaq.de/a.html": "captures below https://www.biwaq.de/"}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(404), "status: 404"),
        (Reply(200, b"<h1>Wayback</h1>"), "not_the_capture: Memento-Datetime None, asked for 20170312094507"),
        (
            Reply(200, b"<h1>x</h1>", {"Memento-Datetime": "Mon, 13 Mar 2017 09:45:07 GMT"}),
            "not_the_capture: Memento-Datetime 'Mon, 13 Mar 2017 09:45:07 GMT'",
        ),
        (Reply(200, b"<h1>x</h1>", {"Memento-Datetime": "yesterday"}), "not_the_capture: Memento-Datetime 'yesterday'"),
        (Reply(200, b"", {"Memento-Datetime": MOMENT}), "empty_body: 200 without a body"),
        (
            Reply(302, b"", {"Location": "/web/20170313094507id_/http://www.biwaq.de/a.html"}),
            "not_the_capture: 302 leads to",
        ),
        (
            Reply(302, b"", {"Location": "/web/20170312094507id_/http://www.biwaq.de/home.html"}),
            "not_the_capture: 302 leads to",
        ),
        (Reply(302, b"", {"Location": "http://elsewhere.example/"}), "not_the_capture: 302 leads to"),
        (Reply(302, b"", {"Location": REPLAY}), "redirect: more than 5 redirects"),
    ],
)
def test_what_is_not_the_capture_is_a_failure_and_no_document(tmp_path: Path, reply: Reply, reason: str) -> None:
    report, site = asked(tmp_path, {REPLAY: reply})
    assert (report.fetched, report.failed, report.complete, report.seen) == (0, 1, False, [])
    assert report.failures[0]["url"] == site.url(REPLAY)
    assert report.failures[0]["reason"].startswith(reason)
    assert documents(tmp_path) == []


def test_a_redirect_to_another_spelling_of_the_capture_is_followed(tmp_path: Path) -> None:
    there = "/web/20170312094507id_/http://www.biwaq.de/a.html"
    report, _ = asked(tmp_path, {REPLAY: Reply(302, b"", {"Location": there}), there: PAGE})
    assert (report.fetched, report.complete) == (1, True)
    assert [(c.url, c.fetched_at) for c in documents(tmp_path)] == [("http://www.biwaq.de/a.html", FIRST)]


def test_too_many_requests_are_answered_by_a_minute_s_rest(tmp_path: Path) -> None:
    waits = []

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds))

    rest = Outside(hosts=Hosts(QUICK, sleep=sleep, clock=lambda: 0.0))
    report, _ = asked(tmp_path, {REPLAY: [Reply(429), PAGE]}, outside=rest)
    assert waits == [60]
    assert (report.fetched, report.complete) == (1, True)


def test_a_failed_capture_is_asked_for_again_the_next_night(tmp_path: Path) -> None:
    asked(tmp_path, {REPLAY: Reply(404)})
    report, _ = asked(tmp_path, {REPLAY: PAGE})
    assert (report.fetched, report.unchanged, report.complete) == (1, 0, True)


def test_robots_of_the_web_archive_are_obeyed(tmp_path: Path) -> None:
    rules = Reply(200, b"User-agent: *\nDisallow: /web/", {"Content-Type": "text/plain"})
    report, site = asked(tmp_path, {"/robots.txt": rules, REPLAY: PAGE})
    assert [failure["reason"] for failure in report.failures] == ["forbidden: by robots.txt"]
    assert REPLAY not in site.paths


@pytest.mark.parametrize(
    "line",
    [
        row("http://other.example/a.html"),
        row("http://www.biwaq.de:80/a.html", statuscode="302"),
        row("http://www.biwaq.de:80/a.html", mimetype="application/pdf"),
        row("http://www.biwaq.de:80/a.html", timestamp="20171312094507"),
        row("http://www.biwaq.de:80/a.html", timestamp="2017"),
        row("mailto:a@biwaq.de"),
    ],
)
def test_a_line_that_is_no_capture_of_the_site_is_passed_over(tmp_path: Path, line: list[str]) -> None:
    report, site = asked(tmp_path, {"cdx": listing(line)})
    assert (report.listed, report.complete) == (0, True)
    assert len(site.paths) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Reply(403, b"Blocked Site Error"), "status: 403"),
        (Reply(200, b"<html>busy</html>"), "unreadable: no JSON"),
        (listing(), "unreadable: a listing without captures"),
    ],
)
def test_a_listing_that_can_not_be_read_is_no_proof_of_anything(tmp_path: Path, answer: Reply, reason: str) -> None:
    report, _ = asked(tmp_path, {"cdx": answer})
    assert report.failures[0]["reason"].startswith(reason)
    assert (report.discovered, report.complete, report.fetched) == (False, False, 0)


def test_a_listing_that_breaks_off_still_gives_what_it_listed(tmp_path: Path) -> None:
    first = Reply(200, json.dumps([list(FIELDS), row(), [], ["key!"]]).encode())
    report, _ = asked(tmp_path, {"cdx": first, REPLAY: PAGE})
    assert (report.fetched, report.complete) == (1, False)
    assert report.failures[0]["reason"].startswith("status: 404")


def test_a_listing_that_leads_back_ends(tmp_path: Path) -> None:
    target = source("http://127.0.0.1", prefixes=["https://www.biwaq.de/"])
    again = Reply(200, json.dumps([list(FIELDS), row(), [], ["key!"]]).encode())

    def answer(asked: Asked) -> Reply:
        return again

    second = cdx_query(target.cdx, "https://www.biwaq.de/", "key!").removeprefix("http://127.0.0.1")
    report, site = asked(tmp_path, {"cdx": again, second: answer, REPLAY: PAGE})
    assert [path for path in site.paths if path.startswith("/cdx/")] == [site.paths[0], second]
    assert report.fetched == 1
    assert report.failures[0]["reason"] == "unreadable: the listing leads back to a page that was read"


def test_parsers_are_chosen_by_the_capture_s_day(tmp_path: Path) -> None:
    days = []

    def parse(page_type: str, body: bytes, url: str, *, content_type: str | None, fetched_on: Any) -> Any:
        from parsers.registry import parse as real

        days.append(fetched_on.isoformat())
        return real(page_type, body, url, content_type=content_type)

    with SampleArchive() as server:
        crawled(tmp_path, server)
    parse_day(Archive(tmp_path / "archive"), tmp_path / "records", [source()], DAY, parse=parse)
    assert sorted(days) == ["2014-11-20", "2017-03-12", "2018-06-11", "2019-02-03", "2019-05-20"]
