"""What the server of the suite sends: good pages of the sample site, listings, sitemaps, feeds, and bad pages.

Belongs here: bodies. Does not: how they go over the wire (play.py), what must come of them (cases_*.py).
Concept: good pages are whole project pages in the CMS's markup, each made once, so that bytes can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from html import escape

from fixtures.answers import Request as SampleRequest
from fixtures.answers import Site
from tests.faults.play import HTML, Good, Play, answer
from tests.faults.play import Request as Asked

PROJECTS = (
    "Projekte_BIWAQ3/2390_Duisburg.html",
    "Projekte_BIWAQ3/2369_Erfurt.html",
    "Projekte_BIWAQ3/2071_Marburg.html",
    "Projekte_BIWAQ3/2268_Oberhausen.html",
    "Projekte_BIWAQ3/2347_Schwerin.html",
    "Projekte_BIWAQ4/30_Duisburg.html",
    "Projekte_BIWAQ4/23_Herne.html",
)


@cache
def project(number: int) -> bytes:
    """A project page as UTF-8; the same bytes at each call."""
    path = f"/BIWAQ/DE/Projekte/{PROJECTS[number % len(PROJECTS)]}"
    return Site().answer(SampleRequest("www.biwaq.example", path, {}), 1).body


def good(body: bytes, means: bytes | None = None) -> Good:
    """A good page: bytes as the archive must decode them, and its clean UTF-8 form where that differs."""
    return Good(body, body if means is None else means)


def whole(play: Play, body: bytes, means: bytes | None = None) -> Play:
    """`play` with the note that `body` goes over the wire in it, whole and good."""
    return Play(play.steps, good(body, means))


def page(number: int = 0, *headers: tuple[str, str]) -> Play:
    """A good project page, sent as it should be."""
    return whole(answer(200, project(number), *headers), project(number))


def tagged(number: int = 0, tag: str = '"1"') -> Callable[[Asked], Play]:
    """A good page that answers 304 to its tag."""

    def reply(asked: Asked) -> Play:
        if asked.headers.get("if-none-match") == tag:
            return answer(304, b"", ("ETag", tag))
        return page(number, ("ETag", tag))

    return reply


def html(title: str, text: str) -> bytes:
    """A small page of any kind."""
    return f"<!doctype html><html lang='de'><head><title>{title}</title></head><body>{text}</body></html>".encode()


ERROR_PAGE = html("Fehler", "<h1>Ein Fehler ist aufgetreten</h1><p>Die Seite ist zurzeit nicht erreichbar.</p>" * 3)
MAINTENANCE = html("Wartung", "<h1>Wartungsarbeiten</h1><p>Wir sind bald wieder da.</p>" * 3)
LOGIN = html("Anmeldung", "<h1>Anmelden</h1><form method='post'><input name='user'><input type='password'></form>")
BOT_WALL = html(
    "Einen Moment bitte",
    "<noscript><h1>JavaScript einschalten</h1></noscript><p>Ihr Browser wird geprüft.</p><script>check()</script>",
)
CONSENT_WALL = html(
    "Ihre Zustimmung",
    "<div id='consent-wall'><h1>Wir und unsere Partner verarbeiten Ihre Daten</h1>"
    "<button>Alle akzeptieren</button><button>Einstellungen</button></div>",
)
HOME = html("Startseite", "<h1>Willkommen</h1><p>Aktuelles aus dem Programm</p>")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00" + bytes(400)
ZIP = b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + bytes(range(256)) * 20
JSON = b'{"title": "BIWAQ Duisburg", "municipality": "Duisburg", "round": "III"}'


def listing(
    entries: Iterable[str],
    total: int | str | None,
    turns: Iterable[tuple[str, str]] = (),
    *,
    base: str = "",
    title: str = "Quartier",
) -> bytes:
    """A listing as GSB 7 prints it: total, entries (`title` and a number are their text), pager (address, text)."""
    items = "".join(
        f'<li class="odd"><p class="meta">Duisburg · Förderrunde 2015 - 2018</p>'
        f'<h3><a href="{escape(url)}">{title} {number}</a></h3></li>'
        for number, url in enumerate(entries)
    )
    count = "" if total is None else f"<h2>{total} Ergebnisse</h2>"
    pager = "".join(f'<li><a href="{escape(url)}" title="SucheSeite {text}">{text}</a></li>' for url, text in turns)
    pagination = f'<div class="pagination"><h2 class="aural">Seiten</h2><ul>{pager}</ul></div>' if pager else ""
    body = (
        f'<div id="content" class="large-8 columns"><h1 class="isFirstInSlot">Projekte</h1><div class="searchresult">'
        f'{count}<ul class="result-list">{items}</ul></div>{pagination}</div>'
    )
    head = f'<head><meta charset="UTF-8"/>{base}<title>BIWAQ  -  Projekte</title></head>'
    main = f'<body class="gsb"><div id="main" class="row">{body}</div></body>'
    return f'<!doctype html><html lang="de">{head}{main}</html>'.encode()


def listing_page(
    entries: Iterable[str],
    total: int | str | None,
    turns: Iterable[tuple[str, str]] = (),
    *,
    base: str = "",
    title: str = "Quartier",
) -> Play:
    """A listing over the wire."""
    return answer(200, listing(entries, total, turns, base=base, title=title), HTML)


XML = ("Content-Type", "application/xml; charset=utf-8")
SITEMAP_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(urls: Iterable[str], before: str = "") -> bytes:
    """A sitemap; `before` stands between the XML declaration and the root (a document type)."""
    items = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<urlset xmlns="{SITEMAP_SPACE}">{items}</urlset>'.encode()


def sitemap_index(urls: Iterable[str]) -> bytes:
    """A sitemap of sitemaps."""
    items = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="{SITEMAP_SPACE}">{items}</sitemapindex>'.encode()
    )


def feed(urls: Iterable[str], before: str = "") -> bytes:
    """An RSS feed; each item's title holds the programme's name."""
    items = "".join(f"<item><title>BIWAQ {n}</title><link>{escape(u)}</link></item>" for n, u in enumerate(urls))
    channel = f"<channel><title>Meldungen</title>{items}</channel>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<rss version="2.0">{channel}</rss>'.encode()


def xml(body: bytes) -> Play:
    """XML over the wire."""
    return answer(200, body, XML)


LAUGHS = (
    '<!DOCTYPE urlset [<!ENTITY a "http://">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
    + "]>"
)
"""Ten levels of ten: ten thousand million copies, if anybody expands them (the entity `k` is the last)."""
