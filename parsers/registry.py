"""Which parser reads which page type, and where a quote of it must be found.

Belongs here: the table of page types, the choice of parser version by date. Does not: any reading of pages.
Concept: parsers are pure functions from bytes and address to a result; a relaunch adds a version, it replaces none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import import_module

from parsers.records import ParseResult


class UnknownPageType(ValueError):
    """A page type that no parser reads."""


@dataclass(frozen=True, slots=True)
class ParserVersion:
    """One parser of a page type. `last_day` is the last fetch day it is right for; None means still in force."""

    parse: Callable[[bytes, str, str | None], ParseResult]
    evidence_text: Callable[[bytes, str, str | None], str]
    last_day: date | None = None


def _module(name: str) -> ParserVersion:
    """The parser in a module, loaded when the first page comes: to load all three takes as long as 300 pages."""

    def parse(body: bytes, url: str, content_type: str | None) -> ParseResult:
        result: ParseResult = import_module(name).parse(body, url, content_type)
        return result

    def evidence_text(body: bytes, url: str, content_type: str | None) -> str:
        text: str = import_module(name).evidence_text(body, url, content_type)
        return text

    return ParserVersion(parse, evidence_text)


PARSERS: dict[str, tuple[ParserVersion, ...]] = {
    "gsb_project": (_module("parsers.gsb_project"),),
    "city_page": (_module("parsers.city_page"),),
    "news_article": (_module("parsers.news_article"),),
}


def parser_for(page_type: str, fetched_on: date | None = None) -> ParserVersion:
    """The parser of `page_type` that was in force on `fetched_on` (None: today's). Raises UnknownPageType.

    Versions stand oldest first; the last one has no last day.
    """
    versions = PARSERS.get(page_type)
    if versions is None:
        raise UnknownPageType(f"page type {page_type!r} is not known; known: {', '.join(sorted(PARSERS))}")
    for version in versions:
        if fetched_on is not None and version.last_day is not None and fetched_on <= version.last_day:
            return version
    return versions[-1]


def parse(
    page_type: str, body: bytes, url: str, *, content_type: str | None = None, fetched_on: date | None = None
) -> ParseResult:
    """Read one page: its bytes (decompressed), its address, its Content-Type header. Raises UnknownPageType."""
    return parser_for(page_type, fetched_on).parse(body, url, content_type)


def evidence_text(
    page_type: str, body: bytes, url: str, *, content_type: str | None = None, fetched_on: date | None = None
) -> str:
    """The text in which every quote of this page's evidence stands, character for character."""
    return parser_for(page_type, fetched_on).evidence_text(body, url, content_type)
