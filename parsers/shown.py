"""A page as it may be shown to others: the lines of its evidence text, and what in them is nobody's business.

Belongs here: where lines begin, what kind each is, where persons, phones and mails stand. Does not: choosing what is
shown, markup. Concept: only text leaves a page, never its markup, so nothing of it can run, load or send.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from parsers import html
from parsers.lines import Line
from parsers.persons import person_spans
from parsers.registry import evidence_text

HEADING, LABEL, ITEM, TEXT = "heading", "label", "item", "text"
_LONGEST_LABEL = 60
_MAIL = r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|\(\s?ät\s?\))\s?[\w-]+(?:\.[\w-]+)+"
_LABELLED = r"\b(?:Tel(?:efon|efax|\.)?|Fon|Phone|Fax|Mobil(?:telefon)?|Handy)\b[.:\s]*[+(]?[\d][\d\s()/.–-]{4,}\d"
_NUMBER = r"(?:\+\d{2}|\b0\d{2,5}|\(0\d{2,5}\))[\s/–.()-]{1,3}\d[\d\s/–-]{3,}\d"
_REACH = re.compile(f"{_MAIL}|{_LABELLED}|{_NUMBER}", re.IGNORECASE)
_CONTACT = re.compile(
    r"\b(?:ansprech(?:partner|person)|kontaktperson|(?:projekt)?leit(?:er|ung)\b|koordinator|tel(?:efon|efax|\.)|fax\b"
    r"|mobil\b|e-?mail)",
    re.IGNORECASE,
)


class ShownLine(NamedTuple):
    """One line of the evidence text, from `start` to `end`.

    `private` are the runs (in the whole text) that name a person or say how to reach one; `is_contact` is true for a
    line that looks like one of a contact box, of which nothing but proved words may be shown.
    """

    start: int
    end: int
    kind: str
    private: tuple[tuple[int, int], ...]
    is_contact: bool


class ShownPage(NamedTuple):
    """The evidence text of a page and its lines, left to right, without gaps but for spaces."""

    text: str
    lines: tuple[ShownLine, ...]


def shown_page(
    page_type: str, body: bytes, url: str, *, content_type: str | None = None, fetched_on: date | None = None
) -> ShownPage:
    """The evidence text of a page in lines. Raises UnknownPageType; never for any bytes."""
    text = evidence_text(page_type, body, url, content_type=content_type, fetched_on=fetched_on)
    doc = html.parse(body, url, content_type)
    visible = [] if doc is None else html.lines(doc.root, keep_chrome=True)
    return ShownPage(text, tuple(_lines(text, visible)))


def private_spans(text: str) -> list[tuple[int, int]]:
    """Where a text names a person, a phone or a mail address, left to right; runs may overlap."""
    return sorted([*person_spans(text), *(hit.span() for hit in _REACH.finditer(text))])


def _lines(text: str, visible: list[Line]) -> Iterator[ShownLine]:
    """The text cut where the page's lines end; what no line of the page explains is cut at line feeds."""
    at = 0
    for line in visible:
        if text.startswith(line.text, at) and text[at + len(line.text) : at + len(line.text) + 1] in ("", " ", "\n"):
            yield _shown(text, at, at + len(line.text), _kind(line))
            at += len(line.text) + 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if end > at:
            yield _shown(text, at, end, TEXT)
        at = end + 1


def _shown(text: str, start: int, end: int, kind: str) -> ShownLine:
    words = text[start:end]
    private = tuple((start + first, start + last) for first, last in private_spans(words))
    is_contact = _REACH.search(words) is not None or _CONTACT.search(words) is not None
    return ShownLine(start, end, kind, private, is_contact)


def _kind(line: Line) -> str:
    if line.level:
        return HEADING
    if line.label == line.text and len(line.text) <= _LONGEST_LABEL:
        return LABEL
    return ITEM if line.depth else TEXT
