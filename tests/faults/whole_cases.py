"""Faults of the sample site in the second night of a whole run.

Belongs here: which pages break how. Does not: running and comparing (whole.py).
Concept: exit 0 with the same rows, or exit 3 with the old file; never a warehouse that is worse than yesterday's.
"""

from __future__ import annotations

import gzip
from email.utils import parsedate_to_datetime
from functools import cache

from tests.faults import pages
from tests.faults.play import Answerer, Close, Hang, Play, Request, Reset, answer, head, raw, redirect
from tests.faults.whole import Whole, sample_page

GSB = "www.biwaq.example"
PROJECT = f"{GSB}/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2390_Duisburg.html"
LISTING = f"{GSB}/BIWAQ/DE/Projekte/projekte_node.html"
PROJECTS = tuple(
    f"{GSB}/BIWAQ/DE/Projekte/{path}"
    for path in (
        "Projekte_BIWAQ3/2390_Duisburg.html",
        "Projekte_BIWAQ3/2369_Erfurt.html",
        "Projekte_BIWAQ3/2120_Leipzig.html",
        "Projekte_BIWAQ3/2210_Leverkusen.html",
        "Projekte_BIWAQ3/2071_Marburg.html",
        "Projekte_BIWAQ3/2268_Oberhausen.html",
        "Projekte_BIWAQ3/2347_Schwerin.html",
        "Projekte_BIWAQ4/30_Duisburg.html",
        "Projekte_BIWAQ4/23_Herne.html",
        "Projekte_BIWAQ4/37_Jena.html",
        "Projekte_BIWAQ4/64_Leipzig.html",
        "Projekte_BIWAQ4/58_Marburg.html",
    )
)
CITY = "www.duisburg.example/microsites/wirtschaft/projekte-themen/BIWAQ.php"
PRESS = "www.tagblatt.example/lokales/biwaq-duisburg-ueber-800-menschen.html"
ERFURT = PROJECTS[1]
CONSENT_WALL = answer(200, pages.CONSENT_WALL)
ROBOTS = f"{GSB}/robots.txt"
ALL = f"{GSB}/*"
FEED = "presse.example/rss/meldungen.xml"
MAP = "www.tagblatt.example/sitemap.xml"
EITHER = (0, 3)


@cache
def half(url: str) -> bytes:
    """The first half of a page."""
    body = sample_page(url)
    return body[: len(body) // 2]


def cut(url: str) -> Play:
    """A page that ends before its length."""
    body = sample_page(url)
    return raw(head(f"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: {len(body)}"), body[:3000], Close())


LATER = "Thu, 20 Nov 2025 20:00:00 GMT"


def stale_error(asked: Request) -> Play:
    """An error page with status 200 that calls itself new, and is confirmed as such."""
    return answer(200, pages.ERROR_PAGE, ("Last-Modified", LATER))


def back_but_older(asked: Request) -> Play | None:
    """The good page again; it is older than the error page was, so who asks for news since then gets 304."""
    since = asked.headers.get("if-modified-since")
    if since and parsedate_to_datetime(since) >= parsedate_to_datetime(LATER):
        return answer(304)
    return None


def cut_in_half(asked: Request) -> Play:
    """The first half of the page that is asked for."""
    return answer(200, half(f"{asked.host}{asked.path.partition(';')[0].partition('?')[0]}"))


def all_of(play: Answerer) -> dict[str, Answerer]:
    """Every project page plays this."""
    return dict.fromkeys(PROJECTS, play)


def broken_in_ten_ways() -> dict[str, Answerer]:
    """Ten project pages, each broken in its own way."""
    packed = ("Content-Encoding", "gzip")
    plays: list[Answerer] = [
        raw(Reset()),
        raw(Close()),
        answer(200, pages.PDF),
        answer(200, b"<h1>", packed),
        answer(200, gzip.compress(bytes(30_000_000)), packed),
        redirect(302, "http://stranger.example/"),
        redirect(302, None),
        answer(403),
        answer(200, pages.LOGIN),
        answer(200, pages.MAINTENANCE),
    ]
    return dict(zip(PROJECTS, plays, strict=False))


HOME = f"http://{GSB}/BIWAQ/DE/Home/home_node.html"
DENY = answer(200, b"User-agent: *\nDisallow: /\n")
ERROR_PAGE = answer(200, pages.ERROR_PAGE)
ONE: tuple[Whole, ...] = (
    Whole("run-nothing-wrong", "nothing is wrong", ({},), told=False),
    Whole("run-page-500", "a project page answers 500 for two nights", ({PROJECT: answer(500)},) * 2, aged=(PROJECT,)),
    Whole("run-page-silent", "a project page is never answered", ({PROJECT: raw(Hang())},), aged=(PROJECT,)),
    Whole("run-page-cut", "a project page ends before its length", ({PROJECT: cut(PROJECT)},), aged=(PROJECT,)),
    Whole(
        "run-page-half", "half a page, whole by its length", ({PROJECT: answer(200, half(PROJECT))},), aged=(PROJECT,)
    ),
    Whole("run-page-error-page", "a project page is an error page with 200", ({PROJECT: ERROR_PAGE},), aged=(PROJECT,)),
    Whole("run-page-empty", "a project page is an empty 200", ({PROJECT: answer(200)},), aged=(PROJECT,)),
    Whole("run-page-leads-home", "a project page leads home", ({PROJECT: redirect(302, HOME)},), aged=(PROJECT,)),
    Whole(
        "run-ten-pages", "ten project pages, each broken in its own way", (broken_in_ten_ways(),), aged=PROJECTS[:10]
    ),
    Whole(
        "run-page-404-listing-broken",
        "a page 404 in a night whose listing is broken",
        ({PROJECT: answer(404), LISTING: answer(500)},),
        aged=(PROJECT,),
    ),
    Whole(
        "run-error-page-stays-not",
        "an error page that calls itself newer than the page, which is back the next night",
        ({ERFURT: stale_error}, {ERFURT: back_but_older}, {}),
        distrusted=(ERFURT, LATER),
    ),
    Whole("run-city-error-page", "a town's page is an error page with 200", ({CITY: ERROR_PAGE},), aged=(CITY,)),
    Whole("run-city-500", "a town's page answers 500", ({CITY: answer(500)},), aged=(CITY,)),
    Whole("run-press-consent-wall", "an article is a consent wall", ({PRESS: CONSENT_WALL},), aged=(PRESS,)),
    Whole("run-press-half", "an article is half a page", ({PRESS: answer(200, half(PRESS))},), aged=(PRESS,)),
)
MANY: tuple[Whole, ...] = (
    Whole("run-listing-500", "the listing answers 500", ({LISTING: answer(500)},)),
    Whole("run-listing-error-page", "the listing is an error page with 200", ({LISTING: ERROR_PAGE},)),
    Whole("run-feed-broken", "the feed is no XML", ({FEED: answer(200, pages.HOME)},)),
    Whole("run-sitemap-laughs", "a billion laughs", ({MAP: pages.xml(pages.sitemap([], pages.LAUGHS))},)),
    Whole("run-robots-500", "the programme's robots.txt answers 500", ({ROBOTS: answer(500)},), EITHER, PROJECTS),
    Whole("run-robots-disallow", "the programme's robots.txt forbids all", ({ROBOTS: DENY},), EITHER, PROJECTS),
    Whole("run-host-down", "the programme's site closes every connection", ({ALL: raw(Close())},), EITHER, PROJECTS),
    Whole("run-host-error-pages", "the programme's site is one error page", ({ALL: ERROR_PAGE},), EITHER, PROJECTS),
    Whole("run-all-pages-error", "twelve of fifteen pages are error pages", (all_of(ERROR_PAGE),), EITHER, PROJECTS),
    Whole("run-all-pages-404", "twelve of fifteen pages say 404", (all_of(answer(404)),), (3,)),
    Whole("run-all-pages-half", "twelve of fifteen pages are halves", (dict.fromkeys(PROJECTS, cut_in_half),), EITHER),
)
CASES = (*ONE, *MANY)
