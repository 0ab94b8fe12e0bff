"""Lines of markup that can be read in one way only, without a tree: tags that nest, known by name, attributes quoted.

Belongs here: what is that plain, its visible lines, title, base and text. Does not: any other markup (html, lxml).
Concept: nothing is repaired here. Where a parser would have to guess, this one gives up and lxml reads the page; both
always say the same (tests/test_parsers_plain.py holds the two together on every page there is).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5, name2codepoint
from typing import NamedTuple

from parsers.lines import BLOCK, INLINE, KINDS, LINK, UNSEEN, Line, LineCollector, role
from parsers.markup import bounded
from parsers.text import clean

_VOID = frozenset(["br", "img"])
_INLINE = _VOID | {"a", "abbr", "b", "em", "i", "small", "span", "strong"}
_FLOW = _INLINE | {"div", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "section", "ul"}
INSIDE: dict[str, frozenset[str]] = {
    **dict.fromkeys(["", "dd", "div", "li", "section"], _FLOW),
    **dict.fromkeys(["dt", "h1", "h2", "h3", "h4", "h5", "h6", "p"], _INLINE),
    **{tag: _INLINE - {tag} for tag in _INLINE - _VOID},
    **dict.fromkeys(["ol", "ul"], frozenset(["li"])),
    "dl": frozenset(["dd", "dt"]),
}
"""What may begin inside an element (`""`: the page) without ending it; less than HTML allows."""
_CUT_FROM = frozenset(["div", "section"])  # begun before the part that is read: their ends mean nothing
_DEEPEST = 100
_MOST_TAGS, _LONGEST_KEPT = 4096, 400  # what is remembered has an end, whatever pages hold
_CONTROL = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
_COMMENT = re.compile(r"<!--[^<>]*?-->")
_START = re.compile(r'([a-z][a-z0-9]*)((?:[ \t\r\n]+[a-z][a-z-]*="[^"]*")*)[ \t\r\n]*(/?)')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_NUMBER = re.compile("#[0-9]{2,5}")
_WEB_BASE = re.compile(r"https?://[\w.:-]+/[^\s\[\]]*")


class NotPlainError(Exception):
    """Markup that needs a parser."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A part of a page, in the terms of `html.Document`. `text` is all of it, hidden or not, without the title."""

    url: str
    base: str
    title: str
    lines: list[Line]
    text: str
    markup: bytes


class _Tag(NamedTuple):
    """A tag; of an end tag only its name counts. `role` is its kind after a look at the attributes."""

    name: str
    ends: bool
    kind: int = INLINE
    role: int = INLINE
    href: str | None = None
    closing: str = ""


def read(markup: bytes, url: str) -> Plain | None:
    """What UTF-8 markup says that begins with a tag (base and title first, if any); None if it is not plain."""
    try:
        parts = _parts(markup)
        first, title, base = _head(parts)
        lines, text = _content(parts, first)
    except (NotPlainError, UnicodeDecodeError):  # the latter: cut inside a character
        return None
    return Plain(url, base or url, title, lines, text, markup)


def _parts(markup: bytes) -> list[str]:
    """The markup cut before each tag: `div>text`. The first part and the last one are empty."""
    if len(markup.translate(None, _CONTROL)) != len(markup) or bounded(markup) is not markup:
        raise NotPlainError
    text = markup.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    parts = _COMMENT.sub("", text).split("<")
    if parts[0]:
        raise NotPlainError
    return [*parts, ""]


def _head(parts: list[str]) -> tuple[int, str, str]:
    """Where the content begins, and the title and base before it, each at most once."""
    title = base = ""
    for at in range(1, len(parts)):
        content, _, text = parts[at].partition(">")
        if content == "/title" and not text and title:
            continue
        tag = _TAGS[content]
        if tag.name == "base" and not base and _WEB_BASE.fullmatch(tag.href or "") and not text:
            base = tag.href or ""
        elif tag.name == "title" and not title and parts[at + 1] == "/title>":
            title = clean(_resolved(text))
        else:
            return at, title, base
    raise NotPlainError


def _content(parts: list[str], first: int) -> tuple[list[Line], str]:
    """The lines as `html.lines` makes them of a tree, and all text."""
    collector = LineCollector()
    pieces, end_line, leaf = collector.pieces, collector.end_line, collector.leaf
    stack: list[tuple[tuple[str, int], frozenset[str]]] = []
    texts: list[str] = []
    inside = INSIDE[""]
    at, end = first, len(parts) - 1
    while at < end:
        content, closed, text = parts[at].partition(">")
        at += 1
        name, ends, kind, seen_as, href, closing = _TAGS[content]
        if "&" in text:
            text = _resolved(text)
        if not closed:
            raise NotPlainError
        if ends:
            if stack:
                begun, inside = stack.pop()
                if begun[0] != name:
                    raise NotPlainError
                collector.end(begun, begun[1])
            elif name not in _CUT_FROM:
                raise NotPlainError
        elif name not in inside:
            raise NotPlainError
        elif name == "br":
            if pieces:
                end_line()
            collector.after_break = True
        elif name != "img":
            if kind > LINK:
                if pieces:
                    end_line()
                collector.after_break = False
            if parts[at].startswith(closing):
                leaf(seen_as, name, text, href)
                texts.append(text)
                text = parts[at][len(closing) :]
                at += 1
                if "&" in text:
                    text = _resolved(text)
            else:
                begun = (name, seen_as)  # no other element is this very object
                if seen_as != BLOCK and (seen_as != INLINE or not pieces):
                    collector.start(begun, seen_as, name, href)
                stack.append((begun, inside))
                inside = INSIDE[name]
                if len(stack) > _DEEPEST:
                    raise NotPlainError
        if text:
            texts.append(text)
            if pieces or not text.isspace():
                pieces.append(text)
    for begun, _ in reversed(stack):
        collector.end(begun, begun[1])
    return collector.close(), "".join(texts)


class _Tags(dict[str, _Tag]):
    """Tags by what stands between `<` and `>`; the same few make up every page of a site."""

    def __missing__(self, content: str) -> _Tag:
        tag = _Tag(content[1:], True) if content.startswith("/") else _start_tag(content)
        if len(self) >= _MOST_TAGS:
            self.clear()
        if len(content) <= _LONGEST_KEPT:
            self[content] = tag
        return tag


_TAGS = _Tags()


def _start_tag(content: str) -> _Tag:
    found = _START.fullmatch(content)
    if found is None:
        raise NotPlainError
    name, attributes, closed = found.groups()
    pairs = _ATTRIBUTE.findall(attributes)
    given = dict(pairs)
    if len(given) != len(pairs) or (closed and name not in _VOID and name != "base"):
        raise NotPlainError
    kind = KINDS.get(name, INLINE)
    seen_as = role(name, kind, pairs, False) if kind == BLOCK or name == "span" else kind
    if seen_as == UNSEEN and name not in ("img", "title"):
        raise NotPlainError
    if any("&" in given.get(key, "") for key in ("class", "id", "style")):
        raise NotPlainError
    href = given.get("href")
    return _Tag(name, False, kind, seen_as, None if href is None else _resolved(href), f"/{name}>")


def _resolved(text: str) -> str:
    """`text` with characters in place of references, if all of them are of the usual kind."""
    if "&" not in text:
        return text
    first, *rest = text.split("&")
    found = [first]
    for part in rest:
        name, closed, more = part.partition(";")
        if not closed:
            raise NotPlainError
        found += _character(name), more
    return "".join(found)


@lru_cache(maxsize=4096)
def _character(name: str) -> str:
    if name in name2codepoint:
        return html5[f"{name};"]
    code = int(name[1:]) if _NUMBER.fullmatch(name) else 0
    if not (32 <= code < 127 or 160 <= code < 0xD800):
        raise NotPlainError
    return chr(code)
