"""Listings, sitemaps and feeds: everything is found, and the proof of it holds or is told not to."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.server import SampleSite
from pipeline.fetch.archive import Archive
from pipeline.fetch.crawl import Outside, crawl
from pipeline.fetch.report import CrawlReport
from pipeline.settings import SAMPLE_SOURCES
from pipeline.sources import load_sources
from tests.fetch_site import DAY, QUICK, Answerer, Notes, Reply, Site, night, serve, settings, source

PAGE = Reply(200, b"<h1>Projekt</h1>")
FOLLOW = r"/Projekte_BIWAQ\d/[^/]+\.html$"


def listing(names: list[str], *, total: int | None, pages: dict[int, str] | None = None) -> Reply:
    """A page of a GSB listing, its links relative to <base href>, with session ids and menu context."""
    rows = "".join(
        f'<li><h3><a href="DE/Projekte_BIWAQ3/{name}.html;jsessionid=AB.live1?nn=7">{name}</a></h3></li>'
        for name in names
    )
    links = "".join(f'<li><a href="{href}">{number}</a></li>' for number, href in (pages or {}).items())
    head = "" if total is None else f"<h2>{total} Ergebnisse</h2>"
    html = (
        f'<!doctype html><html lang="de"><head><base href="/"/><title>Projekte</title></head><body><div id="content">'
        f'<h1>Projekte</h1><p class="sort"><a href="DE/list_node.html?gts=1_list%253Dtitle">Titel</a></p>{head}'
        f'<ul class="result-list">{rows}</ul><div class="pagination"><ul>{links}</ul></div>'
        f'<p><a href="DE/Impressum/impressum_node.html">Impressum</a></p></div></body></html>'
    )
    return Reply(200, html.encode())


def page_url(number: int) -> str:
    return f"DE/list_node.html;jsessionid=AB.live1?gtp=375174_list%253D{number}&amp;nn=7"


FIRST = "/DE/list_node.html"


def wire(number: int) -> str:
    return f"/DE/list_node.html?gtp=375174_list%253D{number}"


def found(
    root: Path, routes: dict[str, Answerer], outside: Outside | None = None, **more: Any
) -> tuple[CrawlReport, Site]:
    with serve(routes) as site:
        for name in "abcdef":
            site.routes[f"/DE/Projekte_BIWAQ3/{name}.html"] = PAGE
        given: dict[str, Any] = {"listings": [FIRST], "follow": FOLLOW} | more
        report = night(root, source(site, **given), outside=outside or Outside(limits=QUICK))
    return report, site


def names(report: CrawlReport) -> list[str]:
    return [url.rpartition("/")[2] for url in report.seen]


def reasons(report: CrawlReport) -> list[str]:
    return [failure["reason"] for failure in report.failures]


def test_the_pager_is_walked_to_its_end_and_counted(tmp_path: Path) -> None:
    routes: dict[str, Answerer] = {
        FIRST: listing(["a", "b"], total=5, pages={2: page_url(2), 3: page_url(3)}),
        wire(2): listing(["c", "d"], total=5, pages={1: page_url(1), 3: page_url(3)}),
        wire(3): listing(["e"], total=5, pages={1: page_url(1), 2: page_url(2)}),
        wire(1): listing(["a", "b"], total=5, pages={2: page_url(2), 3: page_url(3)}),
    }
    report, site = found(tmp_path, routes)
    assert names(report) == ["a.html", "b.html", "c.html", "d.html", "e.html"]
    assert (report.listed, report.listing_total, report.discovered, report.complete) == (5, 5, True, True)
    assert [path for path in site.paths if "list_node" in path] == [FIRST, wire(2), wire(3), wire(1)]


def test_a_repeated_last_page_ends_the_walk(tmp_path: Path) -> None:
    """The listing of a federal institute gave the last page again and again, each time with a link to one more."""
    routes: dict[str, Answerer] = {
        FIRST: listing(["a", "b"], total=None, pages={2: page_url(2)}),
        wire(2): listing(["c"], total=None, pages={3: page_url(3)}),
        wire(3): listing(["c"], total=None, pages={4: page_url(4)}),
        wire(4): listing(["c"], total=None, pages={5: page_url(5)}),
    }
    report, site = found(tmp_path, routes)
    assert names(report) == ["a.html", "b.html", "c.html"]
    assert wire(3) in site.paths
    assert wire(4) not in site.paths
    assert (report.listing_total, report.complete) == (None, True)


def test_a_listing_that_prints_more_than_it_shows_is_not_complete(tmp_path: Path) -> None:
    """The imprint, linked in the text, would make it three."""
    report, _ = found(tmp_path, {FIRST: listing(["a", "b"], total=3)})
    assert (report.listed, report.listing_total, report.complete) == (2, 3, False)
    assert reasons(report) == ["unreadable: the listing prints 3 entries and shows 2 addresses that match `follow`"]


def test_a_pager_that_counts_more_pages_than_it_links_is_not_complete(tmp_path: Path) -> None:
    page = listing(["a"], total=None)
    report, _ = found(tmp_path, {FIRST: Reply(200, page.body.replace(b"<h1>", b"<p>Seite 1 von 2</p><h1>"))})
    assert reasons(report) == ["unreadable: the listing says it has 2 pages and links 1"]


def test_a_page_of_the_pager_that_fails_is_a_gap(tmp_path: Path) -> None:
    routes: dict[str, Answerer] = {FIRST: listing(["a"], total=2, pages={2: page_url(2)}), wire(2): Reply(403)}
    report, _ = found(tmp_path, routes)
    assert names(report) == ["a.html"]
    assert reasons(report) == ["status: 403 Forbidden"]
    assert not report.complete


@pytest.mark.parametrize(
    "page", [Reply(200, b"<h1>Wartung</h1>"), Reply(200, b""), Reply(200, b"\xff\xfe\0"), Reply(404)]
)
def test_a_listing_that_is_none_is_a_gap(tmp_path: Path, page: Reply) -> None:
    report, _ = found(tmp_path, {FIRST: page})
    assert (report.listed, len(report.failures), report.complete) == (0, 1, False)


def test_an_endless_pager_is_capped(tmp_path: Path) -> None:
    limits = replace(QUICK, listing_pages=3)
    routes: dict[str, Answerer] = {FIRST: listing(["n1"], total=None, pages={2: page_url(2)})}
    routes |= {wire(n): listing([f"n{n}"], total=None, pages={n + 1: page_url(n + 1)}) for n in range(2, 9)}
    report, site = found(tmp_path, routes, Outside(limits=limits))
    assert wire(4) not in site.paths
    assert "capped: the pager has more than 3 pages" in reasons(report)
    assert report.listed == 3
    assert not report.complete


def test_listings_are_never_asked_for_with_a_condition(tmp_path: Path) -> None:
    page = listing(["a"], total=1)
    with serve({FIRST: Reply(200, page.body, {"ETag": '"x"'}), "/DE/Projekte_BIWAQ3/a.html": PAGE}) as site:
        target = source(site, listings=[FIRST], follow=FOLLOW)
        reports = [night(tmp_path, target, run=run) for run in ("r1", "r2")]
    assert all(report.complete for report in reports)
    asked = [asked.headers for asked in site.asked if asked.path == FIRST]
    assert len(asked) == 2
    assert not any("if-none-match" in headers for headers in asked)


def xml(kind: str, *urls: str) -> bytes:
    entry = "sitemap" if kind == "sitemapindex" else "url"
    body = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    return f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</{kind}>'.encode()


def test_a_sitemap_index_with_a_gz_and_a_loop(tmp_path: Path) -> None:
    with serve({}) as site:
        site.routes |= {
            "/index.xml": Reply(
                200, xml("sitemapindex", site.url("/s1.xml.gz"), site.url("/s2.xml"), site.url("/index.xml"))
            ),
            "/s1.xml.gz": Reply(200, gzip.compress(xml("urlset", site.url("/DE/Projekte_BIWAQ3/a.html?nn=5")))),
            "/s2.xml": Reply(
                200, xml("urlset", site.url("/DE/Projekte_BIWAQ3/b.html"), "mailto:x@example.org", "https://x.de/DE")
            ),
            "/DE/Projekte_BIWAQ3/a.html": PAGE,
            "/DE/Projekte_BIWAQ3/b.html": PAGE,
        }
        report = night(tmp_path, source(site, sitemaps=["/index.xml"], follow=FOLLOW))
        assert site.paths.count("/index.xml") == 1
    assert names(report) == ["a.html", "b.html"]
    assert report.origins[site.url("/DE/Projekte_BIWAQ3/a.html")] == f"sitemap {site.url('/s1.xml.gz')}"
    assert (report.listed, report.complete) == (2, True)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Wartung</html>",
        b"<urlset/>",
        gzip.compress(b"x" * 10_000_000),
        b'<!DOCTYPE x [<!ENTITY a "b">]><urlset>&a;</urlset>',
    ],
)
def test_a_sitemap_that_is_none_is_a_gap(tmp_path: Path, body: bytes) -> None:
    limits = replace(QUICK, map_bytes=1_000_000)
    with serve({"/sitemap.xml": Reply(200, body)}) as site:
        report = night(tmp_path, source(site, sitemaps=["/sitemap.xml"]), outside=Outside(limits=limits))
    assert (report.listed, len(report.failures), report.complete) == (0, 1, False)


def test_a_feed_s_items_must_hold_a_word(tmp_path: Path) -> None:
    items = [
        ("a", "BIWAQ in Köln"),
        ("b", "Brücke gesperrt"),
        ("c", "Bildung, Wirtschaft, Arbeit im Quartier geht weiter"),
    ]
    with serve({f"/DE/Projekte_BIWAQ3/{name}.html": PAGE for name, _ in items}) as site:
        rows = "".join(
            f"<item><title>{title}</title><link>{site.url(f'/DE/Projekte_BIWAQ3/{name}.html')}</link></item>"
            for name, title in items
        )
        site.routes["/rss.xml"] = Reply(200, f'<rss version="2.0"><channel>{rows}</channel></rss>'.encode())
        words = ["biwaq", "Bildung, Wirtschaft, Arbeit im Quartier"]
        report = night(tmp_path, source(site, feeds=["/rss.xml"], follow=FOLLOW, match=words))
    assert names(report) == ["a.html", "c.html"]
    assert report.complete


def test_a_feed_that_is_an_html_page_is_a_gap(tmp_path: Path) -> None:
    """At bundesrat.de a feed's address without ?view=renderXml gives an HTML page."""
    with serve({"/rss.xml": Reply(200, b"<!doctype html><title>RSS</title>")}) as site:
        report = night(tmp_path, source(site, feeds=["/rss.xml"]))
    assert reasons(report) == ["unreadable: a feed without items"]


def test_the_sample_site_is_found_whole(tmp_path: Path) -> None:
    with SampleSite() as site:
        reports = crawl(
            load_sources(SAMPLE_SOURCES),
            settings=settings(tmp_path, connect_to=("127.0.0.1", site.port)),
            archive=Archive(tmp_path / "archive"),
            run_id="r1",
            day=DAY,
            progress=Notes(),
        )
    by_id = {report.source_id: report for report in reports}
    assert all(report.complete for report in reports)
    projects = by_id["sample-projects"]
    assert (projects.listed, projects.listing_total, projects.fetched) == (17, 17, 16)
    assert [entry["status"] for entry in projects.gone] == [404]
    assert [by_id[name].fetched for name in ("sample-cities", "sample-press")] == [3, 10]
    assert [failure["url"] for failure in by_id["sample-press"].failures] == [
        "http://www.tagblatt.example/abo/lokales/probelesen-4711.html"
    ]
