"""Visible lines of a page, collected while someone walks its tree.

Belongs here: which tags break a line, which are inline, what is menu or hidden. Does not: the tree, what text means.
Concept: a line is what stands between two block borders or `<br>`; what its label could be is kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from parsers.text import clean

# What a tag does to the line it stands in. Tags that are not listed are inline, as for a browser.
INLINE, INLINE_LABEL, LINK, BREAK, BLOCK, HEADING, ITEM, LABEL, UNSEEN = range(9)
_CHROME, _HIDDEN = 9, 10
WITH_CHROME: dict[str, int] = {
    **dict.fromkeys(["address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"], BLOCK),
    **dict.fromkeys(["dialog", "div", "dl", "fieldset", "figcaption", "figure", "footer", "form", "header"], BLOCK),
    **dict.fromkeys(["hgroup", "hr", "html", "legend", "main", "menu", "nav", "ol", "p", "pre", "search"], BLOCK),
    **dict.fromkeys(["section", "summary", "table", "tbody", "td", "tfoot", "thead", "tr", "ul"], BLOCK),
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6"], HEADING),
    **{"a": LINK, "br": BREAK, "li": ITEM, "dt": LABEL, "th": LABEL},
    **dict.fromkeys(["strong", "b", "label"], INLINE_LABEL),
    **dict.fromkeys(["head", "title", "script", "style", "noscript", "template", "svg", "math", "canvas"], UNSEEN),
    **dict.fromkeys(["select", "datalist", "option", "button", "textarea", "input", "img", "iframe", "object"], UNSEEN),
    **dict.fromkeys(["embed", "video", "audio", "map"], UNSEEN),
}
KINDS: dict[str, int] = {**WITH_CHROME, "nav": UNSEEN, "footer": UNSEEN}
# Menus, bread crumbs, search and footer of GSB pages, by ids and classes seen on many federal sites; consent banners.
_CHROME_ID = re.compile(
    r"(?:nav(?:igation)?(?=$|[A-Z_-])|(?:page|site)?[-_]?(?:header|footer)$|siteinfo$|search$|breadcrumbs?$"
    r"|wrapper(?:footer|header)$|cookie|consent)",
    re.IGNORECASE,
)
_CHROME_CLASS = re.compile(
    r"(?:^|\s)(?:nav(?:Skip|ToTop|Functions|Primary|Meta)|[\w-]{0,20}breadcrumbs?|(?:cookie|consent)[\w-]*)(?:\s|$)",
    re.IGNORECASE,
)
_NOT_SHOWN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LABEL_CLASS = re.compile(r"(?:^|\s)label(?:\s|$)")
_LONGEST_HEAD = 200
_NEVER_CHROME = frozenset(["html", "body", "main", "article"])


class Line(NamedTuple):
    """One visible line: what stands between two block borders or `<br>`.

    `level` is 1 to 6 in a heading, else 0. `heads` are the starts of the line that are an inline element of their own,
    inner ones first: "Kommune" of `<span>Kommune</span> Jena`. `label` is what the markup itself marks as a label: the
    whole line in dt, th and class "label", the start that is bold, or nothing. `depth` is how many list items are
    nested around the line, `item` numbers the innermost one. `goes_on` is true if only a `<br>` parts the line from the
    one before. `links` are (href, text).
    """

    text: str
    level: int
    heads: tuple[str, ...]
    label: str
    depth: int
    item: int
    goes_on: bool
    links: tuple[tuple[str, str], ...]


def role(tag: str, kind: int, attributes: Iterable[tuple[str, str]], keep_chrome: bool) -> int:
    """The kind of a block or span after a look at its attributes.

    UNSEEN for what no reader sees and, without `keep_chrome`, for menus, search, footer and consent banners; a label
    for what its class calls so (`span.label`, seen on several federal sites); else `kind`.
    """
    if tag in _NEVER_CHROME:
        return kind
    for name, value in attributes:
        what = _meaning(name, value)
        if what == _HIDDEN or (what == _CHROME and not keep_chrome):
            return UNSEEN
        if what == LABEL:
            kind = INLINE_LABEL if kind == INLINE else LABEL
    return kind


@lru_cache(maxsize=4096)
def _meaning(name: str, value: str) -> int:
    """What an attribute says of its element; the same few ids and classes stand on every page of a site."""
    if name == "class":
        return _CHROME if _CHROME_CLASS.search(value) else LABEL if _LABEL_CLASS.search(value) else BLOCK
    if name == "id":
        return _CHROME if _CHROME_ID.match(value) else BLOCK
    return _HIDDEN if name == "hidden" or (name == "style" and _NOT_SHOWN.search(value)) else BLOCK


class LineCollector:
    """Makes lines of starts, ends and texts in document order; its state is what is open at the current place.

    Whoever walks calls `start` (not needed for plain blocks) and `end`, hands over texts by `add` or, where it must be
    fast, by appending to `pieces` what `add` would, and calls `end_line` where a block begins or a `<br>` stands.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pieces: list[str] = []
        self.after_break = False  # set by whoever walks: true behind <br>, false behind any other border
        self._openers: list[tuple[object, bool]] = []  # inline elements that began before the line did; is it bold
        self._n_bold = 0
        self._heads: list[str] = []
        self._bold = ""
        self._links: list[tuple[str, str]] = []
        self._anchor: tuple[str, int] | None = None  # href of the open link, first piece of its text
        self._items: list[int] = []
        self._level = self._n_items = self._labels = 0

    def start(self, element: object, kind: int, tag: str, href: str | None) -> None:
        """An element begins."""
        if kind <= LINK:
            if not self.pieces:
                self._openers.append((element, kind == INLINE_LABEL))
                self._n_bold += kind == INLINE_LABEL
            if kind == LINK:
                self._anchor = (href or "", len(self.pieces))
        elif kind == HEADING:
            self._level = int(tag[1])
        elif kind == ITEM:
            self._n_items += 1
            self._items.append(self._n_items)
        elif kind == LABEL:
            self._labels += 1

    def end(self, element: object, kind: int) -> None:
        """An element ends, and with a block its last line."""
        if kind > LINK:
            if self.pieces:
                self.end_line()
            self.after_break = False
            if kind == ITEM:
                self._items.pop()
            elif kind == HEADING:
                self._level = 0
            elif kind == LABEL:
                self._labels -= 1
            return
        if kind == LINK:
            self._note_link()
            self._anchor = None
        if self._openers and self._openers[-1][0] is element:
            self._end_opener()

    def leaf(self, kind: int, tag: str, text: str | None, href: str | None) -> None:
        """An element with nothing but text in it, as most are: what start, text and end do, in one step.

        Before a block the line has been ended, as before `start`.
        """
        if kind <= LINK:
            self._inline_leaf(kind, text if text and (self.pieces or not text.isspace()) else "", href)
        elif self._openers or self._heads or self._links or self._anchor is not None:
            self.start(None, kind, tag, href)
            self.add(text)
            self.end(None, kind)
        else:
            depth, level, item = len(self._items), self._level, self._items[-1] if self._items else 0
            if kind == ITEM:
                self._n_items = item = self._n_items + 1
                depth += 1
            elif kind == HEADING:
                level, self._level = int(tag[1]), 0
            if text and (text := clean(text)):
                label = text if self._labels or kind == LABEL else ""
                self.lines.append(tuple.__new__(Line, (text, level, (), label, depth, item, False, ())))

    def _inline_leaf(self, kind: int, text: str, href: str | None) -> None:
        is_first = not self.pieces
        if text:
            self.pieces.append(text)
        if kind == LINK:
            self._links.append((href or "", clean(text)))
            self._anchor = None
        if is_first and text and len(text) <= _LONGEST_HEAD:
            head = clean(text)
            self._heads.append(head)
            if kind == INLINE_LABEL:
                self._bold = head

    def add(self, text: str | None) -> None:
        """Text at the current place; white space before the first character of a line is none."""
        if text and (self.pieces or not text.isspace()):
            self.pieces.append(text)

    def close(self) -> list[Line]:
        """The walk ends; all lines."""
        if self.pieces:
            self.end_line()
        return self.lines

    def end_line(self) -> None:
        """The line ends here."""
        pieces = self.pieces
        text = clean(pieces[0] if len(pieces) == 1 else "".join(pieces))
        if self._anchor is not None:  # a block inside a link ends the line before the link ends
            self._note_link()
            self._anchor = (self._anchor[0], 0)
        if text:
            if self._openers:  # the line ends inside an inline element: all of it is that element's
                self._heads.append(text)
            level, heads, links, items = self._level, self._heads, self._links, self._items
            label = text if self._labels or self._n_bold else self._bold
            item = items[-1] if items else 0
            values = (text, level, tuple(heads), label, len(items), item, self.after_break, tuple(links))
            self.lines.append(tuple.__new__(Line, values))  # half the time of Line(...), ninety times a page
        pieces.clear()
        if self._heads or self._links:
            self._heads, self._links, self._bold = [], [], ""

    def _end_opener(self) -> None:
        """An inline element ends that began before the line did: what stands between could be a label."""
        _, bold = self._openers.pop()
        self._n_bold -= bold
        # A label is short; without the bounds deep nesting around a long text would cost the product of both.
        if 0 < len(self.pieces) <= 16 and sum(map(len, self.pieces)) <= _LONGEST_HEAD:
            head = clean("".join(self.pieces))
            self._heads.append(head)
            if bold:
                self._bold = head

    def _note_link(self) -> None:
        if self._anchor is not None:
            href, first = self._anchor
            self._links.append((href, clean("".join(self.pieces[first:]))))
