"""Listings and their pagers: loops, repeats, pagers without end, totals that lie.

Belongs here: discovery by listings. Does not: sitemaps and feeds (cases_maps.py).
Concept: what a listing names is fetched even if the walk can not be finished; only a whole walk proves anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.faults import pages
from tests.faults.case import Case, Must, Night, Place, case
from tests.faults.pages import listing_page, page
from tests.faults.play import Answerer, Flood, Hang, Play, Request, answer, head, raw, redirect

LIST = "/projekte_node.html"
P = tuple(f"/p/{number}.html" for number in range(6))
SPELLINGS = (
    "",
    ";jsessionid=0A1B2C.live21304",
    "?nn=375174",
    ";jsessionid=0A1B2C.2_cid387?nn=5#content",
    "?cms_nn=7&nn=8",
)
PAGES: dict[str, Answerer] = {path: page(number) for number, path in enumerate(P)}


def turn(number: int) -> str:
    """The pager's address of a page, doubly encoded as GSB has it."""
    return f"{LIST}?gtp=375174_list%253D{number}"


def turns(*numbers: int) -> list[tuple[str, str]]:
    """The pager's links."""
    return [(turn(number), str(number)) for number in numbers]


Listing = Callable[[Place], Mapping[str, Answerer]]


def listed(
    name: str,
    does: str,
    routes: Listing,
    docs: tuple[str, ...],
    said: str = "fine",
    *,
    limits: Any = None,
    quick: bool = False,
    within: float = 8.0,
    outcome: Mapping[str, str] | None = None,
    source: Mapping[str, Any] | None = None,
    **more: Any,
) -> Case:
    """A listing; `said` is the kind of failure that its address must have in the log, `fine` for none."""
    must = Must({LIST: said, **dict.fromkeys(docs, "fetched"), **(outcome or {})}, docs, **more)

    def of(at: Place) -> dict[str, Any]:
        return {"listings": [at.url(LIST)], "follow": r"/p/[^/]+\.html$", **(source or {})}

    return case(
        name,
        does,
        Night(lambda at: {"": {**PAGES, **routes(at)}}, must),
        source=of,
        limits=limits,
        quick=quick,
        within=within,
    )


def numbered(of: Callable[[int], Play | None]) -> Callable[[Place], Mapping[str, Answerer]]:
    """A listing whose pages are made from their number."""

    def reply(asked: Request) -> Play | None:
        found = re.search(r"_list%253D(\d+)$", asked.path)
        if asked.path != LIST and not found:
            return None
        return of(int(found[1]) if found else 1)

    return lambda at: {LIST: reply, "*": reply}


def two_pages(second: Answerer) -> Listing:
    """Page 1 names three projects and the second page."""
    first = listing_page(P[:3], 6, turns(2))
    return lambda at: {LIST: first, turn(1): first, turn(2): second}


SECOND = listing_page(P[3:], 6, turns(1))
PAGERS: tuple[Case, ...] = (
    listed("listing-good", "two pages of three, as printed", two_pages(SECOND), P, quick=True, listed=6),
    listed(
        "pager-loops",
        "page 2 leads to page 1 and to itself",
        two_pages(listing_page(P[3:], 6, turns(1, 2))),
        P,
        requests=10,
    ),
    listed(
        "pager-repeats-last",
        "asked beyond the end, the last page comes again",
        numbered(lambda n: listing_page(P[:3] if n == 1 else P[3:], 6, turns(n + 1))),
        P,
        requests=12,
        quick=True,
    ),
    listed(
        "pager-same-page-for-ever",
        "each page names the same entries and a new next page",
        numbered(lambda n: listing_page(P[:3], 3, turns(n + 1))),
        P[:3],
        requests=8,
    ),
    listed(
        "pager-never-ends",
        "each page names a new entry and a new next page",
        numbered(lambda n: listing_page([P[n - 1] if n <= 6 else f"/p/no-{n}.html"], 99, turns(n + 1))),
        P,
        "capped",
        requests=40,
        quick=True,
        complete=False,
    ),
    listed(
        "pager-links-thousands",
        "a page that links a thousand pages of its pager",
        lambda at: {LIST: listing_page(P, 6, turns(*range(2, 1000))), "*": listing_page([], 6)},
        P,
        "capped|fine",
        requests=40,
        complete=None,
    ),
    listed(
        "pager-leads-elsewhere",
        "the pager leads to a host that is not the source's",
        lambda at: {LIST: listing_page(P[:3], 3, [(at.url("/x.html?gtp=1", host="stranger"), "2")])},
        P[:3],
        complete=False,
        never=("stranger!/x.html", "stranger"),
    ),
    listed(
        "pager-leads-to-file",
        "the pager leads to file:",
        lambda at: {LIST: listing_page(P[:3], 3, [("file:///etc/passwd?gtp=2", "2")])},
        P[:3],
    ),
)

SECOND_PAGE: tuple[Case, ...] = (
    listed("pager-page-500", "the second page answers 500", two_pages(answer(500)), P[:3], complete=False, quick=True),
    listed("pager-page-404", "the second page answers 404", two_pages(answer(404)), P[:3], complete=False),
    listed("pager-page-silent", "the second page is never answered", two_pages(raw(Hang())), P[:3], complete=False),
    listed("pager-page-empty", "the second page is empty", two_pages(answer(200, b"")), P[:3], complete=False),
    listed(
        "pager-page-error-page",
        "the second page is an error page with 200",
        two_pages(answer(200, pages.ERROR_PAGE)),
        P[:3],
        "unreadable",
    ),
    listed(
        "pager-page-consent",
        "the second page is a consent wall",
        two_pages(answer(200, pages.CONSENT_WALL)),
        P[:3],
        "unreadable",
    ),
    listed("pager-page-once-500", "the second page answers 500 once", two_pages([answer(500), SECOND]), P),
)

TOTALS: tuple[Case, ...] = (
    listed("total-too-high", "prints 50, shows 6", lambda at: {LIST: listing_page(P, 50)}, P, "unreadable", quick=True),
    listed("total-too-low", "prints 2, shows 6", lambda at: {LIST: listing_page(P, 2)}, P, "unreadable"),
    listed("total-zero", "prints 0, shows 6", lambda at: {LIST: listing_page(P, 0)}, P, "unreadable"),
    listed(
        "total-astronomic",
        "prints a number of 300 digits",
        lambda at: {LIST: listing_page(P, "9" * 300)},
        P,
        "unreadable|fine",
    ),
    listed(
        "total-changes",
        "page 1 prints 6, page 2 prints 60",
        two_pages(listing_page(P[3:], 60, turns(1))),
        P,
        "unreadable",
    ),
    listed("total-missing", "prints no total", lambda at: {LIST: listing_page(P, None)}, P),
    listed(
        "total-in-a-title",
        "prints no total, and the entries are called `Projekt 3`",
        lambda at: {LIST: listing_page(P, None, title="Projekt")},
        P,
    ),
    listed(
        "total-missing-and-empty",
        "no total, no entries",
        lambda at: {LIST: listing_page([], None)},
        (),
        "unreadable",
        quick=True,
    ),
    listed("total-six-but-empty", "prints 6, shows none", lambda at: {LIST: listing_page([], 6)}, (), "unreadable"),
)

WRONG: tuple[Case, ...] = (
    listed("listing-500", "answers 500", lambda at: {LIST: answer(500)}, (), "status"),
    listed("listing-404", "answers 404", lambda at: {LIST: answer(404)}, (), "status"),
    listed("listing-403", "answers 403", lambda at: {LIST: answer(403)}, (), "status"),
    listed("listing-silent", "is never answered", lambda at: {LIST: raw(Hang())}, (), "timeout_read"),
    listed("listing-empty-200", "200 without a body", lambda at: {LIST: answer(200)}, (), "empty_body"),
    listed(
        "listing-error-page",
        "an error page with 200",
        lambda at: {LIST: answer(200, pages.ERROR_PAGE)},
        (),
        "unreadable",
        quick=True,
    ),
    listed(
        "listing-consent-wall",
        "a consent wall with 200",
        lambda at: {LIST: answer(200, pages.CONSENT_WALL)},
        (),
        "unreadable",
    ),
    listed("listing-pdf", "a PDF", lambda at: {LIST: answer(200, pages.PDF)}, (), "unreadable"),
    listed(
        "listing-endless",
        "a listing without end",
        lambda at: {LIST: raw(head("HTTP/1.1 200 OK"), Flood(b"<li>" * 9000, 60_000_000))},
        (),
        "too_big",
        sent=12_000_000,
    ),
    listed(
        "listing-bad-gzip",
        "says gzip and is none",
        lambda at: {LIST: answer(200, b"<ul></ul>", ("Content-Encoding", "gzip"))},
        (),
        "bad_encoding",
    ),
    listed("listing-redirect-loop", "leads to itself", lambda at: {LIST: redirect(302, LIST)}, (), "redirect"),
    listed(
        "listing-redirect-home",
        "leads to the home page",
        lambda at: {LIST: redirect(302, "/"), "/": answer(200, pages.HOME)},
        (),
        "unreadable",
    ),
    listed(
        "listing-cut",
        "ends in the middle, whole by its length",
        lambda at: {LIST: answer(200, pages.listing(P, 6).partition(b"/p/3.html")[0])},
        P[:3],
        "unreadable",
    ),
    listed(
        "listing-forbidden",
        "robots.txt forbids the listing",
        lambda at: {"/robots.txt": answer(200, b"User-agent: *\nDisallow: /projekte"), LIST: listing_page(P, 6)},
        (),
        "forbidden",
        complete=False,
        never=(LIST,),
    ),
)

ENTRIES: tuple[Case, ...] = (
    listed(
        "entries-elsewhere",
        "entries on a host that is not the source's",
        lambda at: {LIST: listing_page([*P, at.url("/p/9.html", host="stranger")], 7)},
        P,
        complete=False,
        never=("stranger!/p/9.html", "stranger"),
    ),
    listed(
        "entries-on-private-host",
        "an entry on 127.0.0.2",
        lambda at: {LIST: listing_page([*P, f"http://127.0.0.2:{at.port}/p/9.html"], 7)},
        P,
        complete=False,
    ),
    listed(
        "entries-no-addresses",
        "entries with mailto:, javascript:, data:, file: and broken addresses",
        lambda at: {
            LIST: listing_page(
                [*P, "mailto:a@b.de", "javascript:alert(1)", "data:,p/1.html", "file:///p/1.html", "http://["], 6
            )
        },
        P,
    ),
    listed(
        "entries-session-ids",
        "each entry five times, with session and menu context",
        lambda at: {LIST: listing_page([f"{path}{more}" for path in P for more in SPELLINGS], 6)},
        P,
        listed=6,
        requests=8,
        quick=True,
    ),
    listed(
        "entries-by-the-thousand",
        "four thousand entries: the source's cap holds",
        lambda at: {LIST: listing_page([*P, *(f"/p/no-{n}.html" for n in range(4000))], 4006)},
        P,
        complete=False,
        requests=12,
        source={"max_pages": 8},
    ),
    listed(
        "entries-hostile-text",
        "entries whose texts and addresses hold markup, escapes and quotes",
        lambda at: {
            LIST: listing_page(
                [*P, '/p/"><script>alert(1)</script>.html', "/p/%1b[2J%0a.html", "/p/..%2f..%2fetc.html"], None
            )
        },
        P,
    ),
    listed(
        "base-elsewhere",
        "<base href> names a host that is not the source's",
        lambda at: {
            LIST: listing_page(
                [path.lstrip("/") for path in P], 6, base=f'<base href="{at.url("/", host="stranger")}"/>'
            )
        },
        (),
        complete=False,
        never=("stranger",),
    ),
    listed(
        "base-broken",
        "<base href> is no address",
        lambda at: {LIST: listing_page(P, 6, base='<base href="http://["/>')},
        P,
        "fine|unreadable",
    ),
)
CASES = (*PAGERS, *SECOND_PAGE, *TOTALS, *WRONG, *ENTRIES)
