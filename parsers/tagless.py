"""The text of a page by cutting its tags out: a second reader that shares no code with the first.

Belongs here: markup in UTF-8 to the bytes of its text. Does not: trees, lines, what a heading means, comparing (meter).
Concept: it knows nothing of nesting, so it loses nothing to it; a tenth of lxml's time buys a look at every page.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

UNSEEN = (
    *("audio", "button", "canvas", "datalist", "iframe", "math", "noscript", "object", "script", "select", "style"),
    *("svg", "template", "textarea", "title", "video"),
)
"""Elements whose text no reader sees as text of the page; `parsers.lines` leaves out the same."""

_RAW = (b"!--", b"script", b"style")  # what never closes reaches to the end of the page, as in a browser
_OPENS = re.compile(rb"<(?=[!abcdimnostv])(?:(!--)|(%s)(?=[\s/>]))" % "|".join(UNSEEN).encode())
# No tag runs over another "<": a bracket that never closes costs nothing, and its text stays in sight.
_TAG = rb"<[a-zA-Z/!?][^<>]*+>"
# With the space between tags goes what kept an "&" and a name apart: a character or two of a page, at most.
_TAGS = re.compile(rb"%s(?:\s*+%s)*+" % (_TAG, _TAG))
_REFERENCE = re.compile(rb"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]{0,31};?)")
_LONGEST_REFERENCE = 40  # longer only with zeros before it, or no character; Python converts no thousands of digits
_MOST_ENTITIES = 200_000  # half a second; no page that somebody wrote has so many
_SPACES = b" \t\n\r\f\v"


def text_of(markup: bytes) -> bytes:
    """The text of UTF-8 markup without any white space, UTF-8 again: what two readers must agree on.

    White space is left out because readers put it in different places. What stands in scripts, menus to choose from,
    buttons and the like is left out, menus of links and footers are not.
    """
    text = _TAGS.sub(b"", _seen(markup))
    if 0 < text.count(b"&") <= _MOST_ENTITIES:
        text = _REFERENCE.sub(_character, text)
    return squeezed(text)


def _character(reference: re.Match[bytes]) -> bytes:
    return _unescaped(reference[0])


@lru_cache(maxsize=4096)  # mail addresses are written in them, letter by letter
def _unescaped(reference: bytes) -> bytes:
    if len(reference) > _LONGEST_REFERENCE:
        return b"\xef\xbf\xbd"
    return html.unescape(reference.decode()).encode()


def squeezed(text: bytes) -> bytes:
    """`text` (UTF-8) without white space and no-break spaces."""
    return text.translate(None, _SPACES).replace(b"\xc2\xa0", b"")


def _seen(markup: bytes) -> bytes:
    """`markup` without comments and without the elements that nobody sees."""
    kept: list[bytes] = []
    never: set[bytes] = set()  # names that are not closed any more: each is looked for once
    lower, at = markup.lower(), 0
    while (found := _OPENS.search(lower, at)) is not None:
        name = found[1] or found[2]
        close = b"-->" if found[1] else b"</" + name
        end = -1 if name in never else lower.find(close, found.end())
        kept.append(markup[at : found.start()])
        if end < 0 and name in _RAW:
            return b"".join(kept)
        if end < 0:  # only its tag goes
            never.add(name)
            end = found.end()
        at = lower.find(b">", end) + 1 or len(markup)
    kept.append(markup[at:])
    return b"".join(kept)
