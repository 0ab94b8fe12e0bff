"""Markup as bytes, before a parser sees it: what is left out so that it can be read in time and to its end.

Belongs here: the way past menus, layout tags, tags with too many attributes. Does not: trees (html), charsets.
Concept: what a parser can not read is taken out of its way; nothing that a reader sees goes with it.
"""

from __future__ import annotations

import re

from parsers.charset import is_utf8

MOST_ATTRIBUTES = 500
"""Of one tag; real ones have a dozen. libxml2 compares each attribute with all before it: 20,000 took 2 to 5 s."""
_HARMLESS = 100_000  # bytes; what fits in so few takes no second, whatever it is
_GAP = 4096  # bytes without "<": no tag with thousands of attributes is shorter
_ATTRIBUTE = rb"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+|[\"'])?+)?+"
_ENDLESS_TAG = re.compile(
    rb"(<[a-zA-Z][^\s/><]*+(?=[\s/])(?:%s){%d})(?:%s)++" % (_ATTRIBUTE, MOST_ATTRIBUTES, _ATTRIBUTE)
)
_ROOT_TAG = re.compile(rb"<(?:html|body)\b[^<>]*>", re.IGNORECASE)
_MOST_ROOT_TAGS = 10  # the attributes of all of them are put into one element
_LAYOUT_TAG = re.compile(
    rb"</?(?:(div|section|article|blockquote|table|tbody|tr|td|ul|ol|dl)|span|b|i|u|em|font|small|big|center)\b[^<>]*>",
    re.IGNORECASE,
)
# Not by IGNORECASE: with it the search does not skip to the next "<", and takes as long as half of all the rest here.
_TITLE_AND_BASE = re.compile(rb"<(?:[bB][aA][sS][eE]\b[^>]*>|[tT][iI][tT][lL][eE]\b[^<]*</[tT][iI][tT][lL][eE]>)")
_FOOTER = b'<div id="siteInfo"'


def middle(body: bytes, words: bytes) -> bytes | None:
    """The page from the last h1 before `words` to the footer, with its title and base; None if that is not safe.

    It is not if the h1 stands inside a comment or script, or if the part is not sound UTF-8.
    """
    at = body.find(words)
    head, start = body.find(b"<body"), body.rfind(b"<h1", 0, at if at >= 0 else len(body))
    if not 0 <= head < start:
        return None
    for begin, end in ((b"<!--", b"-->"), (b"<script", b"</script")):
        closed = body.find(end, start)
        # Looked for from its end, as most scripts are one line; none since the h1 means that it was opened before.
        if closed >= 0 and body.rfind(begin, start, closed) < 0:
            return None
    footer = body.find(_FOOTER, start)
    part = b"".join(_TITLE_AND_BASE.findall(body, 0, head)) + body[start : footer if footer >= 0 else len(body)]
    return part if is_utf8(part) else None


def flat(markup: bytes) -> bytes:
    """`markup` without the tags that only lay out: those that end a line are a line break, the others a space."""
    return _LAYOUT_TAG.sub(lambda tag: b"<br>" if tag[1] else b" ", markup)


def bounded(markup: bytes) -> bytes:
    """`markup` with at most MOST_ATTRIBUTES attributes a tag; the same object if there are no more."""
    if len(markup) <= _HARMLESS and not _has_gap(markup):
        return markup
    shorter = _ENDLESS_TAG.sub(rb"\1", markup)
    if len(roots := _ROOT_TAG.findall(shorter)) > _MOST_ROOT_TAGS:
        shorter = _ROOT_TAG.sub(b"", shorter)
        shorter = b"".join(roots[:_MOST_ROOT_TAGS]) + shorter
    return markup if len(shorter) == len(markup) else shorter


def _has_gap(markup: bytes) -> bool:
    """True if there is a run of 2 * _GAP bytes without "<"; shorter ones may be found too."""
    return any(markup.find(b"<", at, at + _GAP) < 0 for at in range(0, len(markup) - _GAP, _GAP))
