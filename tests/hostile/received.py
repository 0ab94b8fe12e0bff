"""What a page can suffer on its way: cut off, in another charset than it says, or no page at all.

Belongs here: cases whose harm is in the bytes. Does not: cases whose harm is in markup or words.
Concept: the same harm is done to a sound page of each type, so that no parser is left out.
"""

from __future__ import annotations

import codecs
import random
import zlib
from collections.abc import Iterator
from typing import Any

from tests.hostile import ARTICLE, ARTICLE_PAGE, PROJECT, PROJECT_PAGE, SOUND, TOWN, TOWN_PAGE, Case, changed, refused

_PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 8
_PDF = b"%PDF-1.7\n1 0 obj << /Title (Projektpartner) >> endobj\n%%EOF"
_ZIP = b"PK\x03\x04\x14\x00" + b"word/document.xml" + bytes(range(256)) * 4
_GZIP = zlib.compress(TOWN_PAGE.encode(), wbits=31)
_RANDOM = random.Random(1312).randbytes(40_000)
_JSON = b'{"title": "BIWAQ", "Kommune": "Gera", "html": "<p>Projektpartner</p>"}'
_SITEMAP = (
    b'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    + b"".join(b"<url><loc>https://www.biwaq.de/BIWAQ/DE/Projekte/%d_Ort.html</loc></url>" % n for n in range(60))
    + b"</urlset>"
)
_TEXT = "Dienst nicht verfügbar, bitte später noch einmal versuchen".encode()
_APP = b"<!doctype html><html><head><title>BIWAQ</title></head><body><div id=app></div>%s</body></html>"
_SCRIPT_ONLY = _APP % b"<script>run()</script>"
_NOSCRIPT = _APP % b"<noscript>Bitte schalten Sie JavaScript ein.</noscript><script>run()</script>"
_FRAMES = (
    b'<html><head><title>BIWAQ</title></head><frameset cols="20%,80%"><frame src="menu.html">'
    b'<frame src="projekt.html"></frameset></html>'
)
_REFRESH = b'<html><head><meta http-equiv="refresh" content="0; url=/neu.html"></head><body></body></html>'
_CONSENT = b"""<!doctype html><html lang="de"><head><title>Einwilligung</title></head><body><h1>Ihre Einwilligung</h1>
<p>Wir und unsere Partner verwenden Cookies, um Inhalte zu messen und Werbung anzuzeigen. Bitte geben Sie Ihre
Einwilligung, oder lesen Sie mit einem Abo ohne Tracking weiter.</p><p>Alle Cookies akzeptieren oder ablehnen</p>
</body></html>"""


def _page(title: str, text: str) -> bytes:
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    ).encode()


_BOT_WALLS = {
    "bot wall, in English": _page(
        "Just a moment...",
        "Checking your browser before accessing the site. Enable JavaScript and cookies to continue.",
    ),
    "bot wall, in German": _page(
        "Sicherheitsüberprüfung",
        "Bitte bestätigen Sie, dass Sie kein Roboter sind. Lösen Sie dazu die Aufgabe; danach geht es zur Seite.",
    ),
    "firewall of a federal site": _page(
        "Zugriff nicht möglich",
        "Ihre Anfrage wurde von unserer Sicherheitskomponente abgewiesen. Bitte wenden Sie sich an den Betreiber.",
    ),
}
_ERRORS = {
    "error 404 with status 200": _page(
        "Seite nicht gefunden",
        "Die Seite, die Sie suchen, gibt es nicht mehr. Vielleicht hilft Ihnen die Suche weiter.",
    ),
    "error 500 with status 200": _page(
        "Fehler 500", "Bei der Verarbeitung ist etwas schiefgegangen. Bitte versuchen Sie es in einigen Minuten erneut."
    ),
    "maintenance with status 200": _page(
        "Wartungsarbeiten",
        "Unsere Seiten werden gerade überarbeitet und sind am Abend wieder da. Danke für Ihre Geduld.",
    ),
}


def cases() -> Iterator[Case]:
    """All cases of this module."""
    for page_type in SOUND:
        yield from _no_page(page_type)
        yield from _charsets(page_type)
    yield from _cut()


def _no_page(page_type: str) -> Iterator[Case]:
    for name, body in {"empty": b"", "blanks only": b" \n\t \r\n" * 50, "BOM only": codecs.BOM_UTF8}.items():
        yield refused(name, page_type, body, "empty_page")
    binary = {"PNG": _PNG, "JPEG": _JPEG, "PDF": _PDF, "ZIP": _ZIP, "gzip": _GZIP, "random bytes": _RANDOM}
    for name, body in {**binary, "plain text": _TEXT}.items():
        yield refused(name, page_type, body, "not_html", "text/html")
    yield refused("JSON that holds HTML", page_type, _JSON, "not_html", "application/json")
    yield refused("sitemap", page_type, _SITEMAP, "not_html", "application/xml")
    for name, body in {
        "script only": _SCRIPT_ONLY,
        "noscript only": _NOSCRIPT,
        "frames": _FRAMES,
        "refresh": _REFRESH,
    }.items():
        yield refused(name, page_type, body, "empty_page")
    yield refused("consent wall", page_type, _CONSENT, "consent_wall")
    for name, body in {**_BOT_WALLS, **_ERRORS}.items():
        yield refused(name, page_type, body, "not_this_page")


def _charsets(page_type: str) -> Iterator[Case]:
    """Bytes in one charset, header and meta tag in another: the bytes are right."""
    page, record = SOUND[page_type]
    declared = page.replace('charset="utf-8"', "CHARSET").replace('charset="UTF-8"', "CHARSET")

    def case(name: str, body: bytes, content_type: str | None = None, found: dict[str, Any] = record) -> Case:
        return Case(name, page_type, body, found, (), content_type)

    def said(charset: str) -> str:
        return declared.replace("CHARSET", f'charset="{charset}"')

    yield case("UTF-8, header says ISO-8859-1", page.encode(), "text/html; charset=ISO-8859-1")
    yield case("UTF-8, meta says ISO-8859-1", said("iso-8859-1").encode())
    yield case("UTF-8, header and meta say Windows-1252", said("windows-1252").encode(), "text/html;charset=cp1252")
    yield case("UTF-8 with BOM, meta says ISO-8859-1", codecs.BOM_UTF8 + said("iso-8859-1").encode())
    yield case("UTF-8, unknown charset", said("x-klingon").encode(), "text/html; charset=utf-9000")
    yield case("UTF-8, header says UTF-7", page.encode(), "text/html; charset=utf-7")
    yield case("UTF-8, header says UTF-16", page.encode(), "text/html; charset=utf-16")
    yield case("Windows-1252, header says UTF-8", said("utf-8").encode("cp1252"), "text/html; charset=utf-8")
    yield case("Windows-1252, declared ISO-8859-1", said("iso-8859-1").encode("cp1252"))
    yield case("Windows-1252, nothing declared", page.replace('<meta charset="utf-8">', "").encode("cp1252"))
    yield case("Windows-1252, header says it, meta says UTF-8", page.encode("cp1252"), "text/html;charset=windows-1252")
    yield case("UTF-16 little endian with BOM", codecs.BOM_UTF16_LE + page.encode("utf-16-le"))
    yield case("UTF-16 big endian with BOM", codecs.BOM_UTF16_BE + page.encode("utf-16-be"))
    yield case("UTF-16 little endian without BOM", page.encode("utf-16-le"), "text/html; charset=utf-16")
    yield case("UTF-16 big endian without BOM", page.encode("utf-16-be"))
    yield case("NUL bytes between the letters of a word", page.encode().replace(b"Bieblach", b"Bieb\0lach"))
    yield refused("UTF-32", page_type, codecs.BOM_UTF32_LE + page.encode("utf-32-le"), "not_html")


# Each page ends behind these words.
_CUT_BEHIND = {
    "in the title": "<title>BIW",
    "in the menus": "Hauptmen",
    "in a tag": "<h3>Projektpartner</h",
    "in the middle of a list": "Jobcenter Dui",
    "in an attribute": '<div id="addCont',
    "behind a label": "<strong>Kommune</strong>",
    "in the contact": "47198 Duis",
    "in an entity": "<p>&#1",
    "in a comment": "<!-- Seite gen",
    "before its end tags": "CEST 2017 -->",
    "in its last tag": "</body></htm",
}


def _cut() -> Iterator[Case]:
    """What is missing can not be told, so nothing is taken; the last good version stays."""
    for name, words in _CUT_BEHIND.items():
        body = PROJECT_PAGE[: PROJECT_PAGE.index(words) + len(words)].encode()
        yield refused(f"project cut {name}", PROJECT, body, "truncated_page")
    inside = PROJECT_PAGE.encode()
    yield refused(
        "project cut inside a character", PROJECT, inside[: inside.index("öße".encode()) + 1], "truncated_page"
    )
    script = changed(PROJECT_PAGE, ("<h2>Ziele", "<script>var a = 1;</script><h2>Ziele"))
    yield refused("project cut in a script", PROJECT, script[: script.index(b"var a") + 3], "truncated_page")
    for words in ("bis zum 31.12", "die Lernwerk", "<main><h1>BIWAQ", "Stadt Gera.</p>"):
        body = TOWN_PAGE[: TOWN_PAGE.index(words) + len(words)].encode()
        yield refused(f"town cut behind {words!r}", TOWN, body, "truncated_page")
    for words in ("in Gera 21", "214 Menschen beraten.", "<article><h1>Werk", "kostet nichts.</p>"):
        body = ARTICLE_PAGE[: ARTICLE_PAGE.index(words) + len(words)].encode()
        yield refused(f"article cut behind {words!r}", ARTICLE, body, "truncated_page")
    # Leaving out the last end tags is allowed: all else is closed, so nothing is missing.
    for page_type, end in ((TOWN, "</body></html>"), (ARTICLE, "</body></html>")):
        page, record = SOUND[page_type]
        yield Case("end tags left out as HTML allows", page_type, changed(page, (end, "")), record)
