"""Sitemaps and feeds: bombs of entities and gzip, broken XML, lists that are none.

Belongs here: discovery by XML. Does not: listings for people (cases_listings.py).
Concept: a list that can not be read to its end is told and proves nothing; entities of a stranger are never used.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.faults import pages
from tests.faults.case import Case, Must, Night, Place, case
from tests.faults.pages import feed, page, sitemap, sitemap_index, xml
from tests.faults.play import Answerer, Flood, Hang, answer, chunked, head, raw

MAP = "/sitemap.xml"
FEED = "/feed.xml"
P = tuple(f"/p/{number}.html" for number in range(4))
PAGES: dict[str, Answerer] = {path: page(number) for number, path in enumerate(P)}
Of = Callable[[Place], Mapping[str, Answerer]]


def named(
    key: str,
    address: str,
    name: str,
    does: str,
    routes: Of,
    docs: tuple[str, ...],
    said: str,
    *,
    quick: bool = False,
    within: float = 8.0,
    source: Mapping[str, Any] | None = None,
    **more: Any,
) -> Case:
    """A case about a sitemap or feed; `said` is the kind of its failure, `fine` for none."""
    must = Must({address: said, **dict.fromkeys(docs, "fetched")}, docs, **more)

    def of(at: Place) -> dict[str, Any]:
        return {key: [at.url(address)], "follow": r"/p/[^/]+\.html$", **(source or {})}

    return case(
        name, does, Night(lambda at: {"": {**PAGES, **routes(at)}}, must), source=of, quick=quick, within=within
    )


def mapped(name: str, does: str, routes: Of, docs: tuple[str, ...] = P, said: str = "fine", **more: Any) -> Case:
    """A sitemap."""
    return named("sitemaps", MAP, name, does, routes, docs, said, **more)


def fed(name: str, does: str, routes: Of, docs: tuple[str, ...] = P, said: str = "fine", **more: Any) -> Case:
    """A feed."""
    return named("feeds", FEED, name, does, routes, docs, said, **more)


def of_all(at: Place) -> bytes:
    """The sitemap of all pages."""
    return sitemap(at.urls(*P))


def with_entity(at: Place, doctype: str, entity: str, rest: tuple[str, ...] = P) -> bytes:
    """A sitemap with a document type and an entry that uses an entity of it."""
    return sitemap(at.urls(*rest), doctype).replace(
        b"</urlset>", f"<url><loc>{at.url('/p/')}&{entity};.html</loc></url></urlset>".encode()
    )


def packed(data: bytes) -> Answerer:
    """A gzip file, without a Content-Encoding (sitemap.xml.gz)."""
    return answer(200, gzip.compress(data), ("Content-Type", "application/gzip"))


SECRET = (Path(__file__).parent / "secret.txt").as_uri()
"""A file of ours; its content becomes part of an address that nobody may ask for."""
LEAKED = "/p/leaked.html"
EXTERNAL = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{SECRET}">]>'
INCLUDE = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{SECRET}" parse="text"/>'
MAPS: tuple[Case, ...] = (
    mapped("sitemap-good", "four pages", lambda at: {MAP: xml(of_all(at))}, listed=4, quick=True),
    mapped("sitemap-gzip-file", "a gzip file", lambda at: {MAP: packed(of_all(at))}),
    mapped(
        "sitemap-utf-16",
        "in UTF-16",
        lambda at: {MAP: xml(of_all(at).decode().replace("UTF-8", "UTF-16").encode("utf-16"))},
    ),
    mapped("sitemap-byte-order-mark", "with a byte order mark", lambda at: {MAP: xml(b"\xef\xbb\xbf" + of_all(at))}),
    mapped(
        "sitemap-without-namespace",
        "without its name space",
        lambda at: {MAP: xml(of_all(at).replace(f' xmlns="{pages.SITEMAP_SPACE}"'.encode(), b""))},
    ),
    mapped(
        "sitemap-billion-laughs",
        "ten levels of entities",
        lambda at: {MAP: xml(with_entity(at, pages.LAUGHS, "k"))},
        (),
        "fine|unreadable",
        within=6,
        quick=True,
        complete=None,
    ),
    mapped(
        "sitemap-quadratic-blow-up",
        "one entity of 100 kB, used 2,000 times",
        lambda at: {
            MAP: xml(
                with_entity(
                    at,
                    f'<!DOCTYPE urlset [<!ENTITY a "{"x" * 100_000}">]>',
                    "a;&".join("a" * 1 for _ in range(2000)).removesuffix(";&"),
                )
            )
        },
        (),
        "fine|unreadable",
        within=6,
    ),
    mapped(
        "sitemap-external-entity",
        "an entity that is a file of ours",
        lambda at: {MAP: xml(with_entity(at, EXTERNAL, "x"))},
        (),
        "fine|unreadable",
        quick=True,
        never=(LEAKED,),
    ),
    mapped(
        "sitemap-external-dtd",
        "a document type on another host",
        lambda at: {
            MAP: xml(sitemap(at.urls(*P), f'<!DOCTYPE urlset SYSTEM "{at.url("/evil.dtd", host="stranger")}">'))
        },
        (),
        "fine|unreadable",
        never=("stranger!/evil.dtd", "stranger"),
    ),
    mapped(
        "sitemap-xinclude",
        "an XInclude of a file",
        lambda at: {
            MAP: xml(
                of_all(at).replace(
                    b"</urlset>",
                    f"<url><loc>{at.url('/p/')}{INCLUDE}.html</loc></url></urlset>".encode(),
                )
            )
        },
        never=(LEAKED,),
    ),
    mapped(
        "sitemap-gzip-bomb",
        "60 kB of gzip that become 60 MB",
        lambda at: {MAP: packed(bytes(60_000_000))},
        (),
        "too_big",
        quick=True,
    ),
    mapped(
        "sitemap-gzip-broken",
        "a gzip file that is damaged",
        lambda at: {MAP: answer(200, gzip.compress(of_all(at))[:-30])},
        (),
        "bad_encoding",
    ),
    mapped(
        "sitemap-gzip-in-gzip",
        "a gzip file in Content-Encoding: gzip",
        lambda at: {MAP: answer(200, gzip.compress(gzip.compress(of_all(at))), ("Content-Encoding", "gzip"))},
    ),
    mapped(
        "sitemap-endless",
        "a sitemap without end",
        lambda at: {MAP: raw(head("HTTP/1.1 200 OK"), of_all(at)[:-9], Flood(b"<url/>" * 9000, 60_000_000))},
        (),
        "too_big",
        sent=12_000_000,
    ),
    mapped(
        "sitemap-cut",
        "ends in the middle, whole by its length: no absence is proved",
        lambda at: {MAP: xml(of_all(at).partition(b"/p/2.html")[0])},
        (),
        "unreadable|fine",
        complete=False,
    ),
    mapped("sitemap-html", "an HTML page", lambda at: {MAP: answer(200, pages.HOME)}, (), "unreadable", quick=True),
    mapped("sitemap-empty-set", "no address in it", lambda at: {MAP: xml(sitemap([]))}, (), "unreadable"),
    mapped("sitemap-empty-200", "200 without a body", lambda at: {MAP: answer(200)}, (), "empty_body"),
    mapped("sitemap-404", "answers 404", lambda at: {MAP: answer(404)}, (), "status"),
    mapped("sitemap-silent", "is never answered", lambda at: {MAP: raw(Hang())}, (), "timeout_read"),
    mapped(
        "sitemap-plain-text",
        "one address a line",
        lambda at: {MAP: answer(200, "\n".join(at.urls(*P)).encode(), ("Content-Type", "text/plain"))},
    ),
    mapped(
        "sitemap-elsewhere",
        "addresses on hosts that are not the source's",
        lambda at: {
            MAP: xml(sitemap([*at.urls(*P), at.url("/p/9.html", host="stranger"), "http://127.0.0.2/p/9.html"]))
        },
        complete=False,
        never=("stranger!/p/9.html", "stranger"),
    ),
    mapped(
        "sitemap-no-addresses",
        "file:, javascript: and broken addresses",
        lambda at: {
            MAP: xml(
                sitemap([*at.urls(*P), "file:///p/1.html", "javascript:/p/1.html", "http://[/p/1.html", "", "x" * 5000])
            )
        },
    ),
    mapped(
        "sitemap-hundred-thousand",
        "twenty thousand addresses: the source's cap holds",
        lambda at: {MAP: xml(sitemap([*at.urls(*P), *(at.url(f"/p/no-{n}.html") for n in range(20_000))]))},
        complete=False,
        requests=20,
        source={"max_pages": 8},
    ),
    mapped(
        "sitemap-index-good",
        "an index of two sitemaps",
        lambda at: {
            MAP: xml(sitemap_index(at.urls("/a.xml", "/b.xml"))),
            "/a.xml": xml(sitemap(at.urls(*P[:2]))),
            "/b.xml": packed(sitemap(at.urls(*P[2:]))),
        },
    ),
    mapped(
        "sitemap-index-of-itself",
        "an index that names itself",
        lambda at: {MAP: xml(sitemap_index(at.urls(MAP, "/a.xml"))), "/a.xml": xml(of_all(at))},
        asks={MAP: (1, 1)},
        quick=True,
    ),
    mapped(
        "sitemap-index-pair",
        "two indexes that name each other",
        lambda at: {
            MAP: xml(sitemap_index(at.urls("/i.xml", "/a.xml"))),
            "/i.xml": xml(sitemap_index(at.urls(MAP))),
            "/a.xml": xml(of_all(at)),
        },
        asks={MAP: (1, 1), "/i.xml": (1, 1)},
    ),
    mapped(
        "sitemap-index-deep",
        "each index names a new one, for ever",
        lambda at: {
            MAP: xml(sitemap_index(at.urls("/a.xml", "/i1.xml"))),
            "/a.xml": xml(of_all(at)),
            "*": lambda asked: (
                xml(sitemap_index(at.urls(f"{asked.path[:-4]}1.xml"))) if asked.path.startswith("/i") else None
            ),
        },
        complete=False,
        requests=20,
    ),
    mapped(
        "sitemap-index-wide",
        "an index of a thousand sitemaps",
        lambda at: {
            MAP: xml(sitemap_index(at.urls("/a.xml", *(f"/i{n}.xml" for n in range(1000))))),
            "/a.xml": xml(of_all(at)),
            "*": lambda asked: xml(of_all(at)) if asked.path.startswith("/i") else None,
        },
        complete=False,
        requests=20,
    ),
    mapped(
        "sitemap-index-child-500",
        "a sitemap of the index answers 500",
        lambda at: {
            MAP: xml(sitemap_index(at.urls("/a.xml", "/b.xml"))),
            "/a.xml": xml(of_all(at)),
            "/b.xml": answer(500),
        },
        complete=False,
    ),
    mapped(
        "sitemap-index-elsewhere",
        "the index names a sitemap on another host",
        lambda at: {
            MAP: xml(sitemap_index([at.url("/a.xml"), at.url("/b.xml", host="stranger")])),
            "/a.xml": xml(of_all(at)),
        },
        complete=False,
        never=("stranger!/b.xml", "stranger"),
    ),
    mapped(
        "sitemap-chunks-broken",
        "ends without its last chunk",
        lambda at: {MAP: raw(head("HTTP/1.1 200 OK\nTransfer-Encoding: chunked"), chunked(of_all(at), end=b""))},
        (),
        "truncated|timeout_read",
    ),
)


def of_items(at: Place, before: str = "") -> bytes:
    """The feed of all pages."""
    return feed(at.urls(*P), before)


FEEDS: tuple[Case, ...] = (
    fed("feed-good", "four items", lambda at: {FEED: xml(of_items(at))}, quick=True),
    fed("feed-relative", "items with relative addresses", lambda at: {FEED: xml(feed(P))}),
    fed(
        "feed-broken",
        "XML that ends in the middle",
        lambda at: {FEED: xml(of_items(at).partition(b"/p/2.html")[0])},
        (),
        "unreadable|fine",
        complete=False,
        quick=True,
    ),
    fed("feed-html", "an HTML page with status 200", lambda at: {FEED: answer(200, pages.HOME)}, (), "unreadable"),
    fed(
        "feed-consent-wall",
        "a consent wall with status 200",
        lambda at: {FEED: answer(200, pages.CONSENT_WALL)},
        (),
        "unreadable",
    ),
    fed("feed-random", "bytes without sense", lambda at: {FEED: xml(bytes(range(256)) * 9)}, (), "unreadable"),
    fed("feed-empty-200", "200 without a body", lambda at: {FEED: answer(200)}, (), "empty_body"),
    fed("feed-500", "answers 500", lambda at: {FEED: answer(500)}, (), "status"),
    fed(
        "feed-billion-laughs",
        "ten levels of entities",
        lambda at: {
            FEED: xml(of_items(at, pages.LAUGHS.replace("urlset", "rss")).replace(b"<title>BIWAQ 1", b"<title>&k;"))
        },
        (),
        "fine|unreadable",
        within=6,
    ),
    fed(
        "feed-external-entity",
        "an entity that is a file of ours",
        lambda at: {FEED: xml(of_items(at, EXTERNAL.replace("urlset", "rss")).replace(b"/p/1.html", b"/p/&x;.html"))},
        (),
        "fine|unreadable",
        never=(LEAKED,),
    ),
    fed(
        "feed-no-addresses",
        "items that lead to javascript: and file:",
        lambda at: {FEED: xml(feed([*at.urls(*P), "javascript:alert(1)", "file:///p/1.html", "http://["]))},
    ),
    fed(
        "feed-elsewhere",
        "items on a host that is not the source's",
        lambda at: {FEED: xml(feed([*at.urls(*P), at.url("/p/9.html", host="stranger")]))},
        complete=False,
        never=("stranger!/p/9.html", "stranger"),
    ),
)

CASES = (*MAPS, *FEEDS)
