"""Whether what a server sent is a page at all, and a whole one.

Belongs here: other formats, binary data, pages that were cut off, by their bytes alone. Does not: charsets, trees.
Concept: half a page is none, because nobody can tell what is missing; the last good version stays instead.
"""

from __future__ import annotations

import re

_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"\x7fELF", b"RIFF", b"OggS")
_OTHER_FORMAT = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"|\[\s*["{\[]|(?:<\?xml[^>]*>\s*)?<(?:urlset|sitemapindex|rss|feed|svg)\b)'
)
_CONTROL = bytes(code for code in range(1, 32) if code not in b"\t\n\r\f")
_MOST_CONTROL = 8
# What HTML lets nobody leave open; end tags of html, body, p, li, td may be left out.
_CLOSED = (b"title", b"script", b"main", b"article", b"section", b"div", b"table", b"ul", b"footer")
CUT_OFF = "truncated_page", "the page ends before its end tags: it was cut off, so what is missing can not be told"


def is_no_page(body: bytes) -> bool:
    """True for images, documents and archives, JSON, sitemaps and feeds, and for bytes that are no text."""
    start = body[:4096]
    if start.startswith(_BINARY) or _OTHER_FORMAT.match(start):
        return True
    control = len(start) - len(start.translate(None, _CONTROL))
    return control > _MOST_CONTROL and control * 50 > len(start)


def is_cut_off(body: bytes) -> bool:
    """True for a page that begins with `<html>`, does not end with its end tags, and has left other elements open."""
    end = body[-4096:].replace(b"\0", b"").lower()
    if b"</html" in end or b"</body>" in end:
        return False
    text = body.replace(b"\0", b"").lower()
    if b"<html" not in text[:4096] or b"</html" in text:
        return False
    left_open = any(text.count(b"<" + tag) > text.count(b"</" + tag) for tag in _CLOSED)
    return left_open or text.rfind(b"<") > text.rfind(b">")
