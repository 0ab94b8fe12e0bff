"""Whole answers with status 200 that are no project page, pages too big or too small, and charsets that lie.

Belongs here: sizes, types, error and consent pages, charsets. Does not: compression (cases_codings.py).
Concept: what is not a page of its type gives an issue and no record; what is one gives the same record in any charset.
"""

from __future__ import annotations

from tests.faults import pages
from tests.faults.case import LIMITS, Case, X, one
from tests.faults.pages import project, whole
from tests.faults.play import Close, Flood, Play, answer, head, raw

PAGE = project(0)
TYPE = "Content-Type"
TEXT = PAGE.decode()
CAP = LIMITS.wire_bytes


def like(body: bytes, content_type: str | None = None) -> Play:
    """A body under a type."""
    return answer(200, body) if content_type is None else answer(200, body, (TYPE, content_type))


def in_charset(charset: str, declared: str | None, meta: str | None = None, errors: str = "xmlcharrefreplace") -> Play:
    """The good page in `charset`, declared as it pleases the server."""
    text = TEXT.replace('charset="UTF-8"', f'charset="{meta}"') if meta else TEXT
    body = text.encode(charset, errors)
    header = "text/html" if declared is None else f"text/html; charset={declared}"
    return whole(answer(200, body, (TYPE, header)), body, PAGE)


def filled(size: int) -> bytes:
    """The good page, made `size` bytes long by a comment at its end."""
    room = size - len(PAGE) - len("<!---->")
    return PAGE + b"<!--" + b"x" * room + b"-->"


SIZES: tuple[Case, ...] = (
    one(
        "page-of-100-mb",
        "100 MB with their length",
        raw(
            head("HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 104857600"),
            Flood(bytes(65536), 104_857_600),
        ),
        "too_big",
        sent=12_000_000,
        quick=True,
    ),
    one(
        "page-endless-chunks",
        "chunks without end",
        raw(
            head("HTTP/1.1 200 OK\nContent-Type: text/html\nTransfer-Encoding: chunked"),
            Flood(b"4000\r\n" + b"x" * 16384 + b"\r\n", 104_857_600),
        ),
        "too_big",
        sent=12_000_000,
    ),
    one(
        "page-endless-no-length",
        "bytes without end, no length",
        raw(
            head("HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close"), Flood(b"<p>x</p>" * 4096, 104_857_600)
        ),
        "too_big",
        sent=12_000_000,
    ),
    one("page-at-the-cap", "as many bytes as are allowed", whole(answer(200, filled(CAP)), filled(CAP)), "fetched"),
    one("page-over-the-cap", "one byte more than is allowed", answer(200, filled(CAP + 1)), "too_big"),
    one(
        "error-page-of-100-mb",
        "404 with 100 MB",
        raw(
            head("HTTP/1.1 404 Not Found\nContent-Type: text/html\nContent-Length: 104857600"),
            Flood(bytes(65536), 104_857_600),
        ),
        "gone|too_big",
        sent=12_000_000,
    ),
    one("empty-200", "200 without a body", answer(200, b""), "empty_body", quick=True),
    one("empty-200-no-length", "200, and the connection ends", raw(head("HTTP/1.1 200 OK"), Close()), "empty_body"),
    one(
        "empty-200-chunked",
        "200, chunked, no chunk",
        raw(head("HTTP/1.1 200 OK\nTransfer-Encoding: chunked"), b"0\r\n\r\n"),
        "empty_body",
    ),
    one(
        "one-byte",
        "a page of one byte",
        like(b"x"),
        "fetched",
        doc=False,
        issues={X: "empty_page|not_this_page|not_html"},
    ),
    one(
        "spaces-only",
        "a page of spaces",
        like(b" \r\n" * 900),
        "fetched",
        doc=False,
        issues={X: "empty_page|not_this_page|not_html"},
    ),
    one(
        "byte-order-mark-only",
        "a page of a byte order mark",
        like(b"\xef\xbb\xbf"),
        "fetched",
        doc=False,
        issues={X: "empty_page|not_this_page|not_html"},
    ),
    one(
        "nul-bytes",
        "a page of NUL bytes",
        like(bytes(5000)),
        "fetched",
        doc=False,
        issues={X: "empty_page|not_this_page|not_html"},
    ),
    one(
        "half-a-page", "the page's first half, whole by its length", like(PAGE[: len(PAGE) // 2]), "fetched", doc=False
    ),
    one(
        "page-of-tags",
        "150,000 line breaks",
        like(b"<!doctype html><p>" + b"<br/>" * 150_000),
        "fetched",
        doc=False,
        alone=True,
    ),
    one(
        "deep-page",
        "200,000 elements inside each other",
        like(b"<!doctype html><body>" + b"<div>" * 200_000),
        "fetched",
        doc=False,
        within=15,
        alone=True,
    ),
    one(
        "page-of-attributes",
        "one element with 20,000 attributes",
        like(b"<!doctype html><p " + b" ".join(b"a%d=1" % n for n in range(20_000)) + b">x</p>"),
        "fetched",
        doc=False,
        within=4,
        alone=True,
    ),
)


def swollen(old: str, new: str) -> Play:
    """The good page with one value blown up, to find patterns that take for ever."""
    if old not in TEXT:
        raise ValueError(f"{old!r} is not on the page")
    return answer(200, TEXT.replace(old, new).encode())


def swollen_case(name: str, does: str, old: str, new: str) -> Case:
    """A page that is read in time, whatever is read."""
    return one(name, does, swollen(old, new), "fetched", doc=False, free=(X,), within=4, alone=True)


SWOLLEN: tuple[Case, ...] = (
    swollen_case("digits-200k", "a figure of 200,000 digits", "37.583", "3" * 200_000),
    swollen_case("groups-200k", "a figure of 50,000 groups of digits", "37.583", "37." + "583." * 50_000),
    swollen_case("spaces-300k", "300,000 spaces inside a figure", "37.583", "37" + " " * 300_000 + "583"),
    swollen_case("dates-200k", "a runtime of 20,000 dates", "04/2015 bis", "04/2015 - " * 20_000),
    swollen_case("dashes-200k", "a runtime of 200,000 dashes", "04/2015 bis", "04/2015 " + "-" * 200_000),
    swollen_case("brackets-200k", "a partner of 200,000 brackets", "Jobcenter Duisburg", "(" * 200_000),
    swollen_case("partners-20k", "20,000 partners", "Jobcenter Duisburg", "Jobcenter Duisburg<br/>\n" * 20_000),
    swollen_case("legal-forms-50k", "a partner with 50,000 legal forms", "Jobcenter Duisburg", "e. V. " * 50_000),
    swollen_case(
        "abbreviations-20k",
        "20,000 abbreviations in a label",
        "SGB</abbr>-II",
        "<abbr>S</abbr>" * 20_000 + "</abbr>-II",
    ),
    swollen_case("street-200k", "a street of 200,000 letters", "Bismarckplatz", "Bismarck" * 25_000),
    swollen_case(
        "source-note-200k",
        "a source note of 10,000 sources",
        "Stabstelle",
        "Stadt Duisburg (2015), " * 10_000 + "Stabstelle",
    ),
    swollen_case(
        "soft-hyphens-200k",
        "200,000 soft hyphens in a heading",
        "Projektpartner",
        "Pro" + "\u00ad" * 200_000 + "jektpartner",
    ),
    swollen_case(
        "combining-marks-100k", "a letter under 100,000 accents", "Jobcenter Duisburg", "J" + "\u0301" * 100_000
    ),
)
NO_PAGE = "not_this_page|not_html"
TYPES: tuple[Case, ...] = (
    one(
        "pdf-named-html",
        "a PDF under .html, typed as HTML",
        like(pages.PDF),
        "fetched",
        doc=False,
        issues={X: NO_PAGE},
        quick=True,
    ),
    one(
        "pdf-typed-pdf",
        "a PDF, typed as PDF",
        like(pages.PDF, "application/pdf"),
        "fetched",
        doc=False,
        issues={X: NO_PAGE},
    ),
    one("png-named-html", "a PNG, typed as HTML", like(pages.PNG), "fetched", doc=False, issues={X: NO_PAGE}),
    one("zip-named-html", "a Word file, typed as HTML", like(pages.ZIP), "fetched", doc=False, issues={X: NO_PAGE}),
    one("json-named-html", "JSON, typed as HTML", like(pages.JSON), "fetched", doc=False, issues={X: NO_PAGE}),
    one(
        "json-typed-json",
        "JSON, typed as JSON",
        like(pages.JSON, "application/json"),
        "fetched",
        doc=False,
        issues={X: NO_PAGE},
    ),
    one(
        "plain-text",
        "text without markup",
        like(b"Projekt Duisburg\nFoerderrunde III\n" * 9, "text/plain"),
        "fetched",
        doc=False,
        issues={X: NO_PAGE},
    ),
    one(
        "random-as-html",
        "bytes without sense, typed as HTML",
        like(bytes(range(256)) * 64),
        "fetched",
        doc=False,
        issues={X: f"{NO_PAGE}|empty_page"},
    ),
    one(
        "sitemap-as-page",
        "an XML sitemap under the page's address",
        pages.xml(pages.sitemap(["http://a.example/"])),
        "fetched",
        doc=False,
        issues={X: f"{NO_PAGE}|empty_page"},
    ),
    one(
        "page-untyped",
        "a good page without a Content-Type",
        whole(raw(head(f"HTTP/1.1 200 OK\nContent-Length: {len(PAGE)}"), PAGE), PAGE),
        "fetched",
    ),
    one(
        "page-typed-wrong-case",
        "Content-Type: TEXT/HTML;Charset=UTF-8",
        whole(like(PAGE, "TEXT/HTML;Charset=UTF-8"), PAGE),
        "fetched",
    ),
    one(
        "error-page-with-200",
        "an error page with status 200",
        like(pages.ERROR_PAGE),
        "fetched",
        doc=False,
        issues={X: "not_this_page"},
        quick=True,
    ),
    one(
        "maintenance-with-200",
        "a maintenance page with status 200",
        like(pages.MAINTENANCE),
        "fetched",
        doc=False,
        issues={X: "not_this_page"},
    ),
    one(
        "login-with-200",
        "a login form with status 200",
        like(pages.LOGIN),
        "fetched",
        doc=False,
        issues={X: "not_this_page|consent_wall"},
    ),
    one(
        "bot-wall-with-200",
        "a page that wants JavaScript",
        like(pages.BOT_WALL),
        "fetched",
        doc=False,
        issues={X: "not_this_page|consent_wall"},
    ),
    one(
        "consent-wall-with-200",
        "a consent wall with status 200",
        like(pages.CONSENT_WALL),
        "fetched",
        doc=False,
        issues={X: "consent_wall|not_this_page"},
        quick=True,
    ),
    one(
        "home-page-with-200",
        "the home page instead of the page",
        like(pages.HOME),
        "fetched",
        doc=False,
        issues={X: "not_this_page"},
    ),
)

CHARSETS: tuple[Case, ...] = (
    one(
        "charset-latin-1",
        "ISO-8859-1, said in header and page",
        in_charset("latin-1", "iso-8859-1", "iso-8859-1"),
        "fetched",
    ),
    one("charset-windows-1252", "windows-1252, said", in_charset("cp1252", "windows-1252", "windows-1252"), "fetched"),
    one(
        "charset-header-lies",
        "UTF-8, the header says ISO-8859-1",
        in_charset("utf-8", "iso-8859-1"),
        "fetched",
        quick=True,
    ),
    one(
        "charset-meta-lies",
        "UTF-8, the page says windows-1252",
        in_charset("utf-8", "utf-8", "windows-1252"),
        "fetched",
    ),
    one("charset-both-lie", "windows-1252, header and page say UTF-8", in_charset("cp1252", "utf-8"), "fetched"),
    one("charset-unsaid", "ISO-8859-1, nobody says so", in_charset("latin-1", None, "x"), "fetched"),
    one("charset-unknown", "UTF-8, said to be utf8mb4", in_charset("utf-8", "utf8mb4", "utf8mb4"), "fetched"),
    one(
        "charset-hostile",
        "UTF-8, said to be `unicode_escape`",
        in_charset("utf-8", "unicode_escape", "idna"),
        "fetched",
    ),
    one("charset-utf-7", "UTF-8, said to be UTF-7", in_charset("utf-8", "utf-7"), "fetched"),
    one("charset-byte-order-mark", "UTF-8 with a byte order mark", in_charset("utf-8-sig", "iso-8859-1"), "fetched"),
    one("charset-utf-16", "UTF-16 with a byte order mark", in_charset("utf-16", "utf-16", "utf-16"), "fetched"),
    one("charset-utf-16-unsaid", "UTF-16 without mark or word", in_charset("utf-16-le", None, "x"), "fetched"),
)

CASES = (*SIZES, *SWOLLEN, *TYPES, *CHARSETS)
