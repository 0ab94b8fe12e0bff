"""The bundled sample site over real HTTP: it does what such sites do, and its days differ as its own list says.

Belongs here: behaviour of fixtures/server.py, agreement of fixtures/site with the facts. Does not: fetching or parsing.
Concept: requests go through http.client on loopback, so that nothing of the pipeline can hide a fault of the site.
"""

from __future__ import annotations

import gzip
import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from fixtures.content import Change, ContentError, Page, changes, key_of, last_state, printed, settings, site_in
from fixtures.render import STILL, View, render_page
from fixtures.server import SampleSite, SampleSiteError, start
from pipeline.sources import load_sources

ROOT = Path(__file__).resolve().parent.parent
LISTING = "http://www.biwaq.example/BIWAQ/DE/Projekte/projekte_node.html"
PROJECTS = "http://www.biwaq.example/BIWAQ/DE/Projekte"
DUISBURG = f"{PROJECTS}/Projekte_BIWAQ3/2390_Duisburg.html"
ERFURT = f"{PROJECTS}/Projekte_BIWAQ3/2369_Erfurt.html"
KOELN = f"{PROJECTS}/Projekte_BIWAQ3/2472_K%C3%B6ln.html"
FOLLOW = re.compile(r"/Projekte/Projekte_BIWAQ\d/[^/]+\.html$")
STATES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig")


def ask(site: SampleSite, url: str, **headers: str) -> Got:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", target, headers={"Host": parts.netloc, **named})
        answer = connection.getresponse()
        return Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def settled(site: SampleSite, url: str) -> Got:
    """Past the one failure that some pages begin with."""
    got = ask(site, url)
    return ask(site, url) if got.status == 503 else got


def listed(html: str) -> list[str]:
    """Addresses of project pages on a listing page, each once, in order, without session id and query."""
    links = (re.sub(r";jsessionid=[^?]*|\?.*", "", link) for link in re.findall(r'<a href="([^"#]+)"', html))
    return list(dict.fromkeys(f"http://www.biwaq.example/{link}" for link in links if FOLLOW.search(link)))


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


def test_no_two_answers_are_equal_byte_by_byte(site: SampleSite) -> None:
    documents = [page.url for page in site_in(1).pages.values()]
    for url in [*map(printed, documents), LISTING]:
        first, second = settled(site, url), ask(site, url)
        assert (first.status, second.status) == (200, 200), url
        assert first.body != second.body, url


def test_links_carry_a_session_id_before_the_query(site: SampleSite) -> None:
    link = re.search(r'href="(BIWAQ/[^"]*2390_Duisburg\.html[^"]*)"', ask(site, LISTING).text)
    assert link is not None
    assert re.fullmatch(r"[^;]+;jsessionid=[0-9A-F]{32}\.live21304\?nn=\d{7}", link[1])
    assert ask(site, f"http://www.biwaq.example/{link[1]}").status == 200


def test_pages_have_the_marks_of_gsb(site: SampleSite) -> None:
    html = ask(site, DUISBURG).text
    assert html.startswith('<!doctype html>\n<html lang="de">\n<head>\n  <base href="http://www.biwaq.example/"/>')
    assert '<h1 class="aural">Navigation und Service</h1>' in html
    assert '<div id="content" class="large-8 columns">' in html
    assert "Pro\u00adgramm" in html
    assert re.search(r"<!-- Seite generiert am: \w{3} \w{3} \d\d \d\d:\d\d:\d\d CES?T \d{4} -->", html)
    assert "<p>&#169; GSB 7.0 - 2015</p>" in html


def test_an_old_address_redirects(site: SampleSite) -> None:
    got = ask(site, f"{PROJECTS}/Projekte_BIWAQ4/75_Gie%C3%9Fen.html;jsessionid={'A' * 32}.live21304?nn=1")
    assert (got.status, got.headers["location"]) == (301, f"{PROJECTS}/Projekte_BIWAQ4/75_Giessen.html")
    assert ask(site, got.headers["location"]).status == 200


def test_one_listed_page_is_missing_and_one_only_pretends_to_be_there(site: SampleSite) -> None:
    missing, pretending = (f"{PROJECTS}/{x}" for x in (
        "Projekte_BIWAQ3/2999_in_Bearbeitung.html", "Projekte_BIWAQ4/99_Musterstadt.html"))  # fmt: skip
    assert ask(site, missing).status == 404
    got = ask(site, pretending)
    assert got.status == 200
    assert '<h1 class="isFirstInSlot">Seite nicht gefunden</h1>' in got.text


def test_a_page_fails_once_and_recovers(site: SampleSite) -> None:
    first, second, third = (ask(site, KOELN) for _ in range(3))
    assert (first.status, first.headers["retry-after"]) == (503, "0")
    assert (second.status, third.status) == (200, 200)


@pytest.mark.parametrize(
    ("url", "proof", "condition"),
    [(DUISBURG, "etag", "If_None_Match"), (ERFURT, "last-modified", "If_Modified_Since")],
)
def test_an_unchanged_page_answers_304(site: SampleSite, url: str, proof: str, condition: str) -> None:
    known = ask(site, url).headers[proof]
    for state in STATES:  # neither page changes on any day
        site.state = state
        got = ask(site, url, **{condition: known})
        assert (got.status, got.body) == (304, b"")


def test_a_changed_page_answers_200_to_the_old_validator(site: SampleSite) -> None:
    url = f"{PROJECTS}/Projekte_BIWAQ3/2268_Oberhausen.html"
    known = ask(site, url).headers["etag"]
    site.state = 2
    assert ask(site, url, If_None_Match=known).status == 200


def test_etag_last_modified_both_and_neither_occur(site: SampleSite) -> None:
    answers = [settled(site, printed(page.url)).headers for page in site_in(1).of_group("projects")]
    seen = {("etag" in headers, "last-modified" in headers) for headers in answers}
    assert seen == {(True, False), (False, True), (True, True), (False, False)}


def test_compressed_answers_have_their_own_tag(site: SampleSite) -> None:
    plain, packed = ask(site, DUISBURG), ask(site, DUISBURG, Accept_Encoding="gzip, deflate")
    assert packed.headers["content-encoding"] == "gzip"
    assert "Marxloh" in gzip.decompress(packed.body).decode()
    assert packed.headers["etag"] != plain.headers["etag"]
    assert ask(site, DUISBURG, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]).status == 304


def test_a_compressed_answer_without_validators_is_packed_too(site: SampleSite) -> None:
    packed = ask(site, LISTING, Accept_Encoding="gzip")
    assert "17 Ergebnisse" in gzip.decompress(packed.body).decode()


@pytest.mark.parametrize("state", STATES)
def test_the_pager_leads_to_as_many_projects_as_it_prints(site: SampleSite, state: int) -> None:
    site.state = state
    first = ask(site, LISTING).text
    forward = re.search(r'<a class="forward button" href="([^"]+)"', first)
    assert forward is not None
    assert "gtp=375174_list%253D2" in forward[1]
    second = ask(site, "http://www.biwaq.example/" + forward[1].replace("&amp;", "&")).text
    assert "forward button" not in second
    found = [*listed(first), *listed(second)]
    assert (len(listed(first)), len(set(found))) == (10, 17)
    assert "<h2>17 Ergebnisse</h2>" in first


def test_beyond_the_last_page_the_last_one_comes_again(site: SampleSite) -> None:
    last, beyond = (listed(ask(site, f"{LISTING}?gtp=375174_list%253D{n}").text) for n in (2, 9))
    assert len(last) == 7
    assert beyond == last


def test_a_facet_narrows_the_listing(site: SampleSite) -> None:
    html = ask(site, f"{LISTING}?cl2Categories_Foerderrunde=IV").text
    assert "<h2>7 Ergebnisse</h2>" in html  # six projects, one of them by its old address, and the error page
    assert all("Projekte_BIWAQ4" in url for url in listed(html))


@pytest.mark.parametrize("state", STATES)
def test_every_good_project_is_listed(site: SampleSite, state: int) -> None:
    site.state = state
    pages = [url for n in (1, 2) for url in listed(ask(site, f"{LISTING}?gtp=375174_list%253D{n}").text)]
    statuses = [settled(site, url).status for url in pages]
    assert (statuses.count(200), statuses.count(301), statuses.count(404)) == (15, 1, 1)  # one 200 is the soft 404


@pytest.mark.parametrize("change", changes(), ids=lambda change: f"day{change.state}-{change.kind}-{change.page}")
def test_each_day_changes_what_its_list_says(site: SampleSite, change: Change) -> None:
    site.state = change.state - 1
    before = settled(site, printed(change.url))
    site.state = change.state
    after = settled(site, printed(change.url))
    if change.kind == "value":
        assert change.old in before.text
        assert change.new in after.text
        assert len(before.text.split(change.new)) < len(after.text.split(change.new))
    elif change.kind == "moved":
        assert (before.status, after.status) == (200, 301)
        assert ask(site, after.headers["location"]).status == 200
    else:
        assert (before.status, after.status) == {"new": (404, 200), "gone": (200, 404)}[change.kind]


@pytest.mark.parametrize("state", [2, 3])
def test_nothing_else_changes(state: int) -> None:
    listed_changes = {c.page for c in changes() if c.state == state}
    before, after = (
        {p.name: content(number, p) for p in site_in(number).pages.values()} for number in (state - 1, state)
    )
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert differing == listed_changes


def content(state: int, page: Page) -> str:
    view = View(page.key[0], f"http://{page.key[0]}/", "/", STILL)
    return render_page(site_in(state), page, view)


def test_what_is_gone_stays_gone(site: SampleSite) -> None:
    site.state = 3
    assert ask(site, f"{PROJECTS}/Projekte_BIWAQ3/2377_Nuernberg.html").status == 404


def test_the_days_of_the_sample(site: SampleSite) -> None:
    assert last_state() == 3
    sample = [(c.state, c.kind, c.page) for c in changes() if c.kind != "value"]
    assert sample == [
        (2, "gone", "projects/iii-nuernberg"),
        (2, "new", "projects/iv-halle"),
        (3, "moved", "projects/iii-leipzig"),
    ]
    with pytest.raises(ContentError, match="state 4 is not there"):
        SampleSite(state=4)


def test_every_address_of_the_sample_sources_answers(site: SampleSite) -> None:
    for source in load_sources(ROOT / "fixtures" / "sources"):
        given = [*source.listings, *source.sitemaps, *source.feeds, *source.urls]
        assert [url for url in given if ask(site, url).status != 200] == []
        assert source.allow_private
        assert source.min_delay_s == 0


def test_feed_and_sitemaps_lead_to_pages(site: SampleSite) -> None:
    feed = ask(site, "http://presse.example/rss/meldungen.xml")
    items = re.findall(r"<link>(http://presse\.example/meldungen/[^<]+)</link>", feed.text)
    town = re.findall(r"<loc>(http://www\.marburg\.example/biwaq/[^<]+)</loc>", sitemap(site, "www.marburg.example"))
    paper = re.findall(
        r"<loc>(http://www\.tagblatt\.example/lokales/[^<]+)</loc>", sitemap(site, "www.tagblatt.example")
    )
    assert (len(items), len(town), len(paper)) == (5, 1, 3)
    assert [url for url in [*items, *town, *paper] if ask(site, url).status != 200] == []
    assert feed.text.count("BIWAQ") >= 3


def sitemap(site: SampleSite, host: str) -> str:
    return ask(site, f"http://{host}/sitemap.xml").text


def test_robots_of_each_host(site: SampleSite) -> None:
    robots = {host["name"]: ask(site, f"http://{host['name']}/robots.txt") for host in settings()["host"]}
    assert robots.pop("www.leverkusen.example").status == 404
    assert {got.status for got in robots.values()} == {200}
    assert robots["www.biwaq.example"].body.startswith(b"\xef\xbb\xbfUser-agent: *\nDisallow: /SiteGlobals/\n")
    assert "Disallow: /abo/" in robots["www.tagblatt.example"].text
    assert "/abo/lokales/" in sitemap(site, "www.tagblatt.example")


def test_an_old_page_comes_in_its_own_charset(site: SampleSite) -> None:
    got = ask(site, "http://www.leverkusen.example/leben-in-lev/gesellschaft-soziales/rheindorf-erleben.php")
    assert got.headers["content-type"] == "text/html;charset=iso-8859-1"
    assert "Beschäftigungsförderung Leverkusen gGmbh (JSL)" in got.body.decode("iso-8859-1")


def test_one_connection_serves_many_requests(site: SampleSite) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    for _ in range(3):
        connection.request("GET", urlsplit(DUISBURG).path, headers={"Host": "www.biwaq.example"})
        answer = connection.getresponse()
        answer.read()
        assert (answer.version, answer.will_close) == (11, False)
    connection.close()


def test_requests_are_logged(site: SampleSite) -> None:
    ask(site, DUISBURG + "?nn=7", User_Agent="tester")
    (logged,) = site.requests
    assert logged[:3] == ("www.biwaq.example", urlsplit(DUISBURG).path + "?nn=7", 200)
    assert logged.headers["user-agent"] == "tester"


def test_a_person_sees_an_index_whose_links_work(site: SampleSite) -> None:
    home = f"http://127.0.0.1:{site.port}"
    links = re.findall(r'<a href="(/~[^"]+)"', ask(site, f"{home}/").text)
    assert len(links) >= len(site_in(1).pages)
    assert {settled(site, home + link).status for link in links if "leverkusen.example/robots" not in link} == {200}
    page = ask(site, f"{home}/~www.biwaq.example{urlsplit(DUISBURG).path}").text
    assert f'<base href="{home}/~www.biwaq.example/"/>' in page
    moved = ask(site, f"{home}/~www.biwaq.example/BIWAQ/DE/Projekte/Projekte_BIWAQ4/75_Gie%C3%9Fen.html")
    assert moved.headers["location"] == "/~www.biwaq.example/BIWAQ/DE/Projekte/Projekte_BIWAQ4/75_Giessen.html"
    assert ask(site, f"{home}/~nowhere.example/").status == 404


def test_in_a_process_of_its_own() -> None:
    process, port = start(state=2)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(
            "GET", "/BIWAQ/DE/Projekte/Projekte_BIWAQ4/88_Halle.html", headers={"Host": "www.biwaq.example"}
        )
        assert connection.getresponse().status == 200
        connection.close()
        with pytest.raises(SampleSiteError, match=f"did not start on port {port}"):
            start(port=port)
    finally:
        process.kill()
        process.wait()


def test_the_process_ends_with_the_one_that_started_it() -> None:
    killed = "import os, signal; from fixtures.server import start; start(); os.kill(os.getpid(), signal.SIGKILL)"
    # The child holds this pipe open: run() comes back only when the child is gone.
    ended = subprocess.run([sys.executable, "-c", killed], cwd=ROOT, stderr=subprocess.PIPE, timeout=20, check=False)
    assert ended.returncode == -9


def test_projects_agree_with_the_facts(shared: Path) -> None:
    lines = (shared / "facts" / "projects.jsonl").read_text(encoding="utf-8").splitlines()
    facts = {address(fact["url"]): fact for fact in map(json.loads, lines)}
    pages = {p.key[1]: p.data for state in (2, 1) for p in site_in(state).of_group("projects")}
    assert facts.keys() <= pages.keys()
    keys = ("title", "municipality", "state", "programme_areas", "target_groups", "project_partners")
    for path, fact in facts.items():
        assert {key: pages[path][key] for key in keys} == {key: fact[key] for key in keys}, path
        whole = [name for name in fact["cooperation_partners"] if name != "(cut)"]
        assert [name.replace("\u00a0", " ") for name in pages[path]["cooperation_partners"]] == whole, path
        assert fact["round"].startswith(pages[path]["round"] + " "), path


def address(url: str) -> str:
    return key_of(unquote(re.sub(r";jsessionid=.*", "", url)))[1]
