"""A good night, a faulty one, a good one again: what was known stays known, and nothing is gone that did not say so.

Belongs here: faults that meet pages of earlier nights. Does not: what is published of them (whole_cases.py).
Concept: the archive's memory of a page is its last good body; a fault may hide a page for a night and no longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.faults import pages
from tests.faults.case import NEIGHBOURS, Case, Must, Night, Place, X, case
from tests.faults.pages import listing_page, page, project, sitemap, tagged, xml
from tests.faults.play import Answerer, Close, Hang, Play, Request, Reset, Routes, answer, head, raw, redirect

ALL = (X, *NEIGHBOURS)
GOOD: Mapping[str, Answerer] = {path: tagged(number, f'"{number}"') for number, path in enumerate(ALL)}
FIRST = Night(lambda at: {"": GOOD}, Must(dict.fromkeys(ALL, "fetched"), ALL))
AGAIN = Night(lambda at: {"": GOOD}, Must(dict.fromkeys(ALL, "unchanged"), kept=ALL))
PAGE = project(0)
CUT = raw(head(f"HTTP/1.1 200 OK\nContent-Length: {len(PAGE)}"), PAGE[:4000], Close())


def second(
    name: str, does: str, routes: Routes | Answerer, word: str, *, back: Night = AGAIN, quick: bool = False, **more: Any
) -> Case:
    """The second night's fault at `/x.html`; its neighbours answer 304, and the third night is good again."""
    changed = routes if isinstance(routes, Mapping) else {X: routes}
    must = Must({X: word, **dict.fromkeys(NEIGHBOURS, "unchanged")}, **{"kept": ALL, **more})
    return case(name, does, FIRST, Night(lambda at: {"": {**GOOD, **changed}}, must), back, quick=quick)


FETCHED_AGAIN = Night(lambda at: {"": GOOD}, Must({X: "fetched", **dict.fromkeys(NEIGHBOURS, "unchanged")}, (X,)))
HIDDEN: tuple[Case, ...] = (
    second("known-then-silent", "a known page is never answered", raw(Hang()), "timeout_read", quick=True),
    second("known-then-reset", "a known page resets the connection", raw(Reset()), "connect|truncated"),
    second("known-then-cut", "a known page ends too early", CUT, "truncated"),
    second("known-then-500", "a known page answers 500", answer(500), "status"),
    second("known-then-403", "a known page answers 403", answer(403), "status", quick=True),
    second("known-then-401", "a known page answers 401", answer(401), "status"),
    second("known-then-451", "a known page answers 451", answer(451), "status"),
    second("known-then-empty", "a known page answers 200 without a body", answer(200), "empty_body"),
    second("known-then-204", "a known page answers 204", answer(204), "status"),
    second("known-then-too-big", "a known page has 2 MB", answer(200, bytes(2_000_000)), "too_big"),
    second(
        "known-then-brotli",
        "a known page comes in brotli",
        answer(200, b"x", ("Content-Encoding", "br")),
        "bad_encoding",
    ),
    second("known-then-no-http", "a known page answers without a head", raw(b"<h1>x</h1>", Close()), "protocol"),
    second("known-then-loop", "a known page leads to itself", redirect(302, X), "redirect"),
    second(
        "known-then-stranger",
        "a known page leads to another host",
        redirect(302, "http://stranger.example/"),
        "refused_host",
    ),
    second("known-then-no-location", "a known page answers 302 without a Location", redirect(302, None), "redirect"),
    second(
        "known-then-forbidden",
        "robots.txt forbids a known page",
        {"/robots.txt": answer(200, b"User-agent: *\nDisallow: /x.html")},
        "forbidden",
    ),
    second(
        "known-then-304-other-tag",
        "304 with another tag than the known one",
        answer(304, b"", ("ETag", '"zzz"')),
        "unchanged",
    ),
    second(
        "known-then-login",
        "a known page leads to a login page",
        {X: redirect(302, "/login"), "/login": answer(200, pages.LOGIN)},
        "fetched|moved",
    ),
    second(
        "known-then-error-page",
        "a known page is an error page with status 200; the next night it is back",
        answer(200, pages.ERROR_PAGE),
        "fetched",
        back=FETCHED_AGAIN,
        kept=NEIGHBOURS,
    ),
    second(
        "known-then-consent-wall",
        "a known page is a consent wall; the next night it is back",
        answer(200, pages.CONSENT_WALL),
        "fetched",
        back=FETCHED_AGAIN,
        kept=NEIGHBOURS,
    ),
    second(
        "known-then-404-and-back",
        "a known page answers 404 for a night",
        answer(404),
        "gone",
        back=FETCHED_AGAIN,
        kept=NEIGHBOURS,
        gone=(X,),
        quick=True,
    ),
    second(
        "known-then-410",
        "a known page answers 410",
        answer(410),
        "gone",
        back=FETCHED_AGAIN,
        kept=NEIGHBOURS,
        gone=(X,),
    ),
)


def odd(name: str, does: str, header: str, value: str, word: str = "fetched|unchanged") -> Case:
    """A validator of odd form: stored in one night, sent back (or not) in the next, and nobody trips over it."""
    asked_with = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}[header]

    def reply(asked: Request) -> Play:
        if asked.headers.get(asked_with, "\0") == value.strip():
            return answer(304, b"", (header, value))
        return page(0, (header, value))

    night = Night(lambda at: {"": {**GOOD, X: reply}}, Must({X: word}, maybe={X: PAGE}, longest_header=9000))
    first = Night(lambda at: {"": {**GOOD, X: reply}}, Must(dict.fromkeys(ALL, "fetched"), ALL))
    return case(name, does, first, night, night)


ODD: tuple[Case, ...] = (
    odd("etag-latin-1", "an ETag with an umlaut in Latin-1", "ETag", '"m\xfcnchen"'),
    odd("etag-utf-8", "an ETag with an umlaut in UTF-8", "ETag", '"m\u00fcnchen"'.encode().decode("latin-1")),
    odd("etag-high-bytes", "an ETag of bytes that are no UTF-8", "ETag", '"\xff\xfe\x80"'),
    odd("etag-with-escape", "an ETag with a terminal escape", "ETag", '"\x1b[2J"'),
    odd("etag-with-tab", "an ETag with a tab", "ETag", '"a\tb"'),
    odd("etag-empty", "an empty ETag", "ETag", ""),
    odd("etag-quotes", "an ETag of quotes", "ETag", '""""'),
    odd("etag-without-quotes", "an ETag without quotes", "ETag", "abc123"),
    odd("etag-weak", "a weak ETag", "ETag", 'W/"1"'),
    odd("etag-star", "an ETag that is a star: sent back, it would hide every change", "ETag", "*", "fetched"),
    odd("etag-of-7-kb", "an ETag of 7 kB", "ETag", f'"{"x" * 7000}"'),
    odd("etag-json", "an ETag that looks like JSON", "ETag", '{"a": "\\u0000"}'),
    odd("last-modified-garbage", "Last-Modified: gestern", "Last-Modified", "gestern"),
    odd("last-modified-umlaut", "Last-Modified with an umlaut in Latin-1", "Last-Modified", "M\xe4r 2026"),
    odd("last-modified-year-1", "Last-Modified in the year 1", "Last-Modified", "Mon, 01 Jan 0001 00:00:00 GMT"),
    odd("last-modified-future", "Last-Modified in a hundred years", "Last-Modified", "Sat, 22 Nov 2126 00:00:00 GMT"),
)
MAP = "/sitemap.xml"
LIST = "/projekte_node.html"
P = tuple(f"/p/{number}.html" for number in range(4))
HEIR = "/p/9.html"
P_GOOD: Mapping[str, Answerer] = {path: tagged(number, f'"{number}"') for number, path in enumerate((*P, HEIR))}
FOLLOW = r"/p/[^/]+\.html$"


def named(at: Place, *paths: str) -> dict[str, Answerer]:
    """A sitemap and a listing that name these pages."""
    return {MAP: xml(sitemap(at.urls(*paths))), LIST: listing_page(paths, len(paths))}


def found(
    name: str,
    does: str,
    key: str,
    routes: Any,
    words: Mapping[str, str],
    *,
    kept: tuple[str, ...] = P,
    third: Mapping[str, str] | None = None,
    limits: Mapping[str, Any] | None = None,
    source: Mapping[str, Any] | None = None,
    **more: Any,
) -> Case:
    """A source that is discovered; in the second night something is wrong with its list."""
    address = {"sitemaps": MAP, "listings": LIST}[key]

    def of(at: Place) -> dict[str, Any]:
        return {key: [at.url(address)], "follow": FOLLOW}

    def good(at: Place) -> Any:
        return {"": {**P_GOOD, **named(at, *P)}}

    outcome = {**dict.fromkeys(P, "unchanged"), **words}
    keys = (lambda at: dict(source)) if source else None
    return case(
        name,
        does,
        Night(good, Must(dict.fromkeys(P, "fetched"), P)),
        Night(lambda at: {"": {**P_GOOD, **named(at, *P), **routes(at)}}, Must(outcome, kept=kept, **more), keys),
        Night(good, Must({**dict.fromkeys(P, "unchanged"), **(third or {})}, kept=kept)),
        source=of,
        limits=limits,
    )


GONE_LAST = {P[3]: answer(404)}
LISTS: tuple[Case, ...] = (
    found(
        "list-forgets-page",
        "the sitemap forgets a page that is still there",
        "sitemaps",
        lambda at: named(at, *P[:3]),
        {},
    ),
    found(
        "list-forgets-gone-page",
        "the sitemap forgets a page, and the page says 404",
        "sitemaps",
        lambda at: {**named(at, *P[:3]), **GONE_LAST},
        {P[3]: "gone"},
        kept=P[:3],
        gone=(P[3],),
        third={P[3]: "fetched"},
    ),
    found(
        "sitemap-broken-and-404",
        "the sitemap answers 500, a page 404: nothing is proved",
        "sitemaps",
        lambda at: {MAP: answer(500), **GONE_LAST},
        {MAP: "status", P[3]: "gone"},
    ),
    found(
        "sitemap-empty-and-404",
        "the sitemap is empty, a page 404: nothing is proved",
        "sitemaps",
        lambda at: {MAP: xml(sitemap([])), **GONE_LAST},
        {MAP: "unreadable", P[3]: "gone"},
    ),
    found(
        "sitemap-cut-and-404",
        "the sitemap ends in the middle, a page 404: nothing is proved",
        "sitemaps",
        lambda at: {MAP: xml(sitemap(at.urls(*P)).partition(b"/p/3.html")[0]), **GONE_LAST},
        {P[3]: "gone"},
        complete=False,
    ),
    found(
        "sitemap-home-page-and-404",
        "the sitemap is the home page, a page 404",
        "sitemaps",
        lambda at: {MAP: answer(200, pages.HOME), **GONE_LAST},
        {MAP: "unreadable", P[3]: "gone"},
    ),
    found(
        "listing-broken-keeps-pages",
        "the listing is an error page: known pages are asked for all the same",
        "listings",
        lambda at: {LIST: answer(200, pages.ERROR_PAGE)},
        {LIST: "unreadable"},
    ),
    found(
        "listing-lies-and-404",
        "the listing's total does not fit, a page 404: nothing is proved",
        "listings",
        lambda at: {LIST: listing_page(P[:3], 9), **GONE_LAST},
        {LIST: "unreadable", P[3]: "gone"},
    ),
    found(
        "listing-proves-404",
        "the listing is whole and names three, the page says 404",
        "listings",
        lambda at: {LIST: listing_page(P[:3], 3), **GONE_LAST},
        {P[3]: "gone"},
        kept=P[:3],
        gone=(P[3],),
        third={P[3]: "fetched"},
    ),
    found(
        "all-pages-404",
        "every page answers 404 though the listing names them",
        "listings",
        lambda at: dict.fromkeys(P, answer(404)),
        dict.fromkeys(P, "gone"),
        kept=(),
        gone=P,
        third=dict.fromkeys(P, "fetched"),
    ),
    found(
        "all-pages-error-page",
        "every page is an error page with 200",
        "listings",
        lambda at: dict.fromkeys(P, answer(200, pages.ERROR_PAGE)),
        dict.fromkeys(P, "fetched"),
        kept=(),
        third=dict.fromkeys(P, "fetched"),
    ),
    found(
        "cap-keeps-pages",
        "max_pages is lowered to 2",
        "sitemaps",
        lambda at: {},
        {P[2]: "capped|fine", P[3]: "fine"},
        complete=False,
        source={"max_pages": 2},
    ),
    found(
        "host-in-trouble-keeps-pages",
        "every page answers 503: the host is left alone",
        "sitemaps",
        lambda at: dict.fromkeys(P, answer(503)),
        dict.fromkeys(P, "status|host_left_alone"),
        limits={"host_failures": 2, "per_host": 1},
        requests=2 + 6,
    ),
    found(
        "pages-moved-for-good",
        "a page answers 301 to its heir",
        "sitemaps",
        lambda at: {**named(at, *P[:3]), P[3]: redirect(301, HEIR)},
        {P[3]: "fetched"},
        docs=(HEIR,),
        kept=P[:3],
        gone=(P[3],),
        third={P[3]: "fetched"},
    ),
    found(
        "pages-lead-home",
        "a page answers 302 to the home page: nothing is proved",
        "sitemaps",
        lambda at: {P[3]: redirect(302, "/"), "/": answer(200, pages.HOME)},
        {P[3]: "moved"},
    ),
)

CASES = (*HIDDEN, *ODD, *LISTS)
