"""robots.txt as RFC 9309 has it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from protego import Protego

from pipeline.fetch.archive import Archive
from pipeline.fetch.crawl import Outside
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.robots import Rules, known_lines, rules_of
from tests.fetch_site import DAY, QUICK, Reply, night, serve, source

PAGE = "http://www.biwaq.de/BIWAQ/DE/Projekte/x.html"
FORM = "http://www.biwaq.de/SiteGlobals/Forms/Suche_Formular.html"
FEDERAL = "\ufeffUser-agent: *\nDisallow: /SiteGlobals/\nAllow: /SiteGlobals/Frontend/\nCrawl-delay: 10\n"


def rules(text: str, status: int = 200, longest: float = 600) -> Rules:
    return rules_of(status, text.encode(), longest_delay=longest)


def allows(text: str, url: str) -> bool:
    try:
        rules(text).check(url)
    except FetchFault as fault:
        return fault.kind != "forbidden"
    return True


def test_a_federal_robots_txt_with_its_byte_order_mark() -> None:
    assert allows(FEDERAL, PAGE)
    assert not allows(FEDERAL, FORM)
    assert allows(FEDERAL, "http://www.biwaq.de/SiteGlobals/Frontend/x.css")
    assert rules(FEDERAL).delay == 10


def test_our_own_name_counts_before_the_star() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: biwaq-data\nAllow: /\n"
    assert allows(text, PAGE)
    assert not allows("User-agent: BIWAQ-Data/1.0 (bot)\nDisallow: /\n", PAGE)


@pytest.mark.parametrize("text", ["", "<!doctype html><title>Startseite</title><p>User", "\0\xff\n", "Disallow: /"])
def test_what_holds_no_rules_allows(text: str) -> None:
    assert allows(text, PAGE)


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (410, True), (204, True), (500, False), (503, False)]
)
def test_status(status: int, allowed: bool) -> None:
    assert (rules("User-agent: *\nDisallow: /", status).refusal is None) == allowed


def test_a_request_rate_is_a_delay() -> None:
    assert rules("User-agent: *\nRequest-rate: 1/20\n").delay == 20


def test_a_delay_beyond_reason_is_a_no() -> None:
    with pytest.raises(FetchFault, match="more than the 600 s"):
        rules("User-agent: *\nCrawl-delay: 86400\n").check(PAGE)


def test_google_s_cases(shared: Path) -> None:
    """Misses: an agent with a space, which is not ours; three of encoding, where Protego follows RFC 9309, 2.2.2."""
    cases = json.loads((shared / "suites" / "robots_google_cases.json").read_text(encoding="utf-8"))
    missed = [
        (group, text, agent, url)
        for group, allowed, text, agent, url in cases
        if Protego.parse(known_lines(text)).can_fetch(url, agent.split(" ")[0]) != allowed
    ]
    assert {group for group, *_ in missed} <= {"GoogleOnly_AcceptUserAgentUpToFirstSpace", "ID_Encoding"}
    assert len(missed) <= 4


def test_a_forbidden_page_is_not_asked_for_and_is_no_gap(tmp_path: Path) -> None:
    with serve({"/robots.txt": Reply(200, b"User-agent: *\nDisallow: /abo/"), "/a.html": Reply()}) as site:
        report = night(tmp_path, source(site, urls=["/a.html", "/abo/b.html"]))
        assert site.paths == ["/a.html"]
    assert [failure["reason"] for failure in report.failures] == ["forbidden: by robots.txt"]
    assert report.complete


@pytest.mark.parametrize("robots", [Reply(500), Reply(503), Reply(429), Reply(raw=b"")])
def test_unreachable_means_stop(tmp_path: Path, robots: Reply) -> None:
    with serve({"/robots.txt": robots, "/a.html": Reply()}) as site:
        report = night(tmp_path, source(site, urls=["/a.html"]))
        assert site.paths == []
    assert report.failures[0]["reason"].startswith("robots: robots.txt could not be read")
    assert not report.complete


def test_robots_is_asked_for_once_a_run_and_archived(tmp_path: Path) -> None:
    with serve({"/robots.txt": Reply(200, b"User-agent: *\nAllow: /"), "/a.html": Reply(), "/b.html": Reply()}) as site:
        night(tmp_path, [source(site, id="one", urls=["/a.html"]), source(site, id="two", urls=["/b.html"])])
        assert [asked.path for asked in site.asked].count("/robots.txt") == 1
    archive = Archive(tmp_path / "archive")
    found = [*archive.captures(DAY, "one", {"robots"}), *archive.captures(DAY, "two", {"robots"})]
    assert [capture.body for capture in found] == [b"User-agent: *\nAllow: /"]


def test_robots_may_be_redirected_within_the_source_s_hosts(tmp_path: Path) -> None:
    routes = {
        "/robots.txt": Reply(301, b"", {"Location": "/r.txt"}),
        "/r.txt": Reply(200, b"User-agent: *\nDisallow: /"),
        "/a.html": Reply(),
    }
    with serve(routes) as site:  # type: ignore[arg-type]
        report = night(tmp_path, source(site, urls=["/a.html"]))
        assert site.paths == ["/r.txt"]
    assert report.failures[0]["reason"] == "forbidden: by robots.txt"


def test_an_endless_robots_txt_is_cut(tmp_path: Path) -> None:
    body = b"User-agent: *\nDisallow: /a\n" + b"# \n" * 10_000 + b"Disallow: /b\n"
    limits = replace(QUICK, robots_bytes=10_000)
    with serve({"/robots.txt": Reply(200, body), "/b.html": Reply()}) as site:
        report = night(tmp_path, source(site, urls=["/a.html", "/b.html"]), outside=Outside(limits=limits))
    assert [failure["url"] for failure in report.failures] == [site.url("/a.html")]
    (capture,) = Archive(tmp_path / "archive").captures(DAY, "test", {"robots"})
    assert len(capture.body) == 10_000
