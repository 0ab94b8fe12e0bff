"""robots.txt in all its forms (RFC 9309).

Belongs here: what an answer for /robots.txt means for the pages behind it. Does not: Google's cases (test_suites.py).
Concept: absent means free, unreachable means stop; nobody's silence is taken for permission.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from tests.faults import pages
from tests.faults.case import NEIGHBOURS, Answered, Case, Must, Night, Place, X, case, neighbours, routes_of
from tests.faults.pages import page
from tests.faults.play import Answerer, Close, Flood, Hang, Play, Reset, Routes, answer, head, raw, redirect

ALL = (X, *NEIGHBOURS)
TEXT = ("Content-Type", "text/plain; charset=utf-8")
DENY_X = b"User-agent: *\nDisallow: /x.html\n"
DENY_ALL = b"User-agent: *\nDisallow: /\n"


def text(body: bytes, *headers: tuple[str, str]) -> Play:
    """A robots.txt over the wire."""
    return answer(200, body, TEXT, *headers)


def robots(name: str, does: str, play: Answered, outcome: str, **more: Any) -> Case:
    """A robots.txt and what becomes of the pages: `free`, `stop` or `none` (nothing is fetched), `x` (all but one)."""
    words = {"free": "fetched", "stop": "robots", "x": "forbidden", "none": "forbidden"}[outcome]
    others = words if outcome != "x" else "fetched"
    docs = {"free": ALL, "x": NEIGHBOURS}.get(outcome, ())
    never = {"free": (), "x": (X,)}.get(outcome, ALL)
    quick = more.pop("quick", False)
    limits = more.pop("limits", None)
    must = Must({X: words, **dict.fromkeys(NEIGHBOURS, others)}, tuple(docs), never=tuple(never), **more)

    def sites(at: Place) -> Mapping[str, Routes]:
        return {"": {**neighbours(), X: page(0), **routes_of(play, "/robots.txt")(at)}}

    return case(name, does, Night(sites, must), limits=limits, quick=quick)


def leading(status: int, location: str, there: Answerer) -> Callable[[Place], Routes]:
    """A robots.txt that is somewhere else."""
    return lambda at: {
        "/robots.txt": redirect(status, location.format(site=at.url(), host=at.host, port=at.port)),
        "/r.txt": there,
    }


def hops(count: int) -> Callable[[Place], Routes]:
    """Rules behind so many redirects (RFC 9309, 2.3.1.2: five at least are followed)."""
    steps = ["/robots.txt", *(f"/r-{number}.txt" for number in range(1, count + 1))]
    turns: dict[str, Answerer] = {here: redirect(302, there) for here, there in pairwise(steps)}
    return lambda at: {**turns, steps[-1]: text(DENY_X)}


LONG = DENY_X + b"# " + b"x" * 100_000 + b"\nDisallow: /good-1.html\n"
CASES: tuple[Case, ...] = (
    *(
        robots(f"robots-{status}", f"robots.txt answers {status}", answer(status, pages.ERROR_PAGE), "free")
        for status in (400, 401, 403, 404, 410, 451)
    ),
    *(
        robots(f"robots-{status}", f"robots.txt answers {status}", answer(status, DENY_X), "stop", quick=status == 500)
        for status in (500, 501, 503, 599)
    ),
    robots("robots-429", "robots.txt answers 429: too many requests is no permission", answer(429), "stop"),
    robots("robots-silent", "robots.txt is never answered", raw(Hang()), "stop", quick=True),
    robots("robots-resets", "robots.txt resets the connection", raw(Reset()), "stop"),
    robots("robots-closes", "robots.txt closes without an answer", raw(Close()), "stop"),
    robots(
        "robots-cut",
        "robots.txt ends before its length",
        raw(head("HTTP/1.1 200 OK\nContent-Length: 99"), b"User-agent: *", Close()),
        "stop",
    ),
    robots("robots-no-http", "robots.txt without a head", raw(DENY_X, Close()), "stop"),
    robots("robots-500-once", "robots.txt answers 500, then rules", [answer(500), text(DENY_X)], "x"),
    robots("robots-empty", "an empty robots.txt", text(b""), "free"),
    robots("robots-html", "an HTML page with status 200 as robots.txt", answer(200, pages.HOME), "free"),
    robots("robots-binary", "bytes without sense as robots.txt", text(bytes(range(256)) * 40), "free"),
    robots("robots-disallow", "Disallow: /x.html", text(DENY_X), "x", quick=True),
    robots("robots-disallow-all", "Disallow: /", text(DENY_ALL), "none", quick=True),
    robots("robots-disallow-pattern", "Disallow: /*.html$", text(b"User-agent: *\nDisallow: /*.html$\n"), "none"),
    robots("robots-allow-wins", "the longer Allow wins", text(DENY_ALL + b"Allow: /good-\nAllow: /x"), "free"),
    robots(
        "robots-our-name",
        "a group for us beside one for all",
        text(b"User-agent: biwaq-data\nDisallow: /x\n\n" + DENY_ALL),
        "x",
    ),
    robots("robots-other-name", "a group for somebody else", text(b"User-agent: OtherBot\nDisallow: /\n"), "free"),
    robots(
        "robots-byte-order-mark",
        "a byte order mark before the first line",
        text(b"\xef\xbb\xbf" + DENY_X),
        "x",
        quick=True,
    ),
    robots("robots-carriage-returns", "carriage returns as line ends", text(DENY_X.replace(b"\n", b"\r")), "x"),
    robots(
        "robots-upper-case",
        "USER-AGENT: and DISALLOW:",
        text(DENY_X.replace(b"User-agent", b"USER-AGENT").replace(b"Dis", b"DIS")),
        "x",
    ),
    robots(
        "robots-comment-and-spaces",
        "comments and spaces everywhere",
        text(b"#hi\n  User-agent : *  # all\n\tDisallow : /x.html # no\n"),
        "x",
    ),
    robots("robots-latin-1", "a comment in Latin-1", text("# für Köln\n".encode("latin-1") + DENY_X), "x"),
    robots("robots-nul-bytes", "NUL bytes between the lines", text(b"# \0\0\n" + DENY_X), "x"),
    robots("robots-gzip", "robots.txt in gzip", text(gzip.compress(DENY_X), ("Content-Encoding", "gzip")), "x"),
    robots(
        "robots-gzip-broken", "robots.txt says gzip and is none", text(DENY_X, ("Content-Encoding", "gzip")), "stop"
    ),
    robots("robots-brotli", "robots.txt in brotli", text(b"\x0b\x02\x80abc\x03", ("Content-Encoding", "br")), "stop"),
    robots(
        "robots-gzip-bomb",
        "rules, then a bomb: what fits counts",
        text(gzip.compress(DENY_X + b"#\n" * 20_000_000), ("Content-Encoding", "gzip")),
        "x",
    ),
    robots("robots-too-long", "rules before the cap count, those behind it do not", text(LONG), "x"),
    robots(
        "robots-endless",
        "robots.txt without end: what fits counts",
        raw(head("HTTP/1.1 200 OK\nContent-Type: text/plain"), DENY_X, Flood(b"# more\n" * 1000, 60_000_000)),
        "x",
        sent=12_000_000,
    ),
    robots(
        "robots-one-long-line", "a rule of a megabyte", text(b"User-agent: *\nDisallow: /" + b"*a" * 500_000), "free"
    ),
    robots(
        "robots-slow-pattern",
        "a pattern that makes a naive matcher slow",
        text(b"User-agent: *\nDisallow: /" + b"*a" * 2000 + b"$\n"),
        "free",
    ),
    robots("robots-many-groups", "ten thousand groups", text(b"User-agent: a\nDisallow: /\n\n" * 2000 + DENY_X), "x"),
    robots("robots-redirect", "301 to another path with rules", leading(301, "/r.txt", text(DENY_X)), "x"),
    robots("robots-redirect-to-404", "301 to a path that answers 404", leading(301, "/r.txt", answer(404)), "free"),
    robots("robots-five-redirects", "rules behind five redirects", hops(5), "x", quick=True),
    robots("robots-six-redirects", "rules behind six redirects", hops(6), "stop"),
    robots("robots-redirect-loop", "302 to itself", leading(302, "/robots.txt", answer(404)), "stop"),
    robots("robots-redirect-to-file", "302 to file:", leading(302, "file:///etc/passwd", answer(404)), "stop"),
    robots(
        "robots-redirect-to-private", "302 to 127.0.0.2", leading(302, "http://127.0.0.2:{port}/", answer(404)), "stop"
    ),
    robots(
        "robots-redirect-to-stranger",
        "302 to a host that is not the source's",
        leading(302, "http://stranger.{host}:{port}/robots.txt", answer(404)),
        "stop",
    ),
    robots(
        "robots-redirect-no-location", "302 without a Location", lambda at: {"/robots.txt": redirect(302, None)}, "stop"
    ),
    robots(
        "robots-crawl-delay",
        "Crawl-delay: 0.3",
        text(b"User-agent: *\nCrawl-delay: 0.3\n"),
        "free",
        spaced=0.3,
        quick=True,
    ),
    robots("robots-request-rate", "Request-rate: 1/1", text(b"User-agent: *\nRequest-rate: 1/1\n"), "free", spaced=1.0),
    robots("robots-crawl-delay-of-a-day", "Crawl-delay: 86400", text(b"User-agent: *\nCrawl-delay: 86400\n"), "stop"),
    robots(
        "robots-crawl-delay-garbage",
        "Crawl-delay: viel",
        text(b"User-agent: *\nCrawl-delay: viel\nDisallow: /x.html\n"),
        "x",
    ),
    robots(
        "robots-crawl-delay-negative",
        "Crawl-delay: -5",
        text(b"User-agent: *\nCrawl-delay: -5\nDisallow: /x.html\n"),
        "x",
    ),
    robots(
        "robots-crawl-delay-infinite",
        "Crawl-delay: inf",
        text(b"User-agent: *\nCrawl-delay: inf\nDisallow: /x.html\n"),
        "x",
    ),
    robots(
        "robots-crawl-delay-nan", "Crawl-delay: nan", text(b"User-agent: *\nCrawl-delay: nan\nDisallow: /x.html\n"), "x"
    ),
    robots("robots-304-unasked", "robots.txt answers 304 though nobody asked with a condition", answer(304), "stop"),
    robots("robots-204", "robots.txt answers 204", answer(204), "free"),
)


def changed_to(name: str, does: str, play: Play) -> Case:
    """A host that was free in the first night: the second asks for nothing and forgets nothing."""
    good = {"": {**neighbours(), X: page(0)}}
    first = Must(dict.fromkeys(ALL, "fetched"), ALL)
    second = Must(dict.fromkeys(ALL, "robots|forbidden"), (), never=ALL, kept=ALL)
    return case(
        name, does, Night(lambda at: good, first), Night(lambda at: {"": {**good[""], "/robots.txt": play}}, second)
    )


CASES = (
    *CASES,
    changed_to("robots-500-second-night", "robots.txt answers 500 in the second night", answer(500)),
    changed_to("robots-disallow-second-night", "robots.txt forbids all in the second night", text(DENY_ALL)),
)
