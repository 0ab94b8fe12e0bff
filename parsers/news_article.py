"""A news article or press release: from bytes to title, date, language, places and outcome claims.

Belongs here: extraction by trafilatura, metadata, the record. Does not: lines of the article (news_text), claims.
Concept: what the page declares (JSON-LD, meta tags) goes before what is guessed; a consent wall leaves nothing behind.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from trafilatura import bare_extraction
from trafilatura.metadata import extract_metadata
from trafilatura.utils import load_html

from parsers import html
from parsers.claims import Found, read_claims
from parsers.dates import find_dates, parse_date
from parsers.news_text import (
    LONG_PARAGRAPH,
    LONGEST_TEXT,
    article_lines,
    is_consent_wall,
    is_error_page,
    rest_of_page,
    without_markdown,
)
from parsers.places import Place, find_places
from parsers.records import Evidence, Issue, NewsRecord, ParseResult, content_hash, issue
from parsers.text import clean

Tree = Any  # an lxml.html tree or None; only parsers.html imports lxml
PAGE_TYPE = "news_article"
PARSER_VERSION = "news_article-1"

# A parser does not log; what matters is an issue.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_HERE = ZoneInfo("Europe/Berlin")
_PLENTY = 250  # characters of text; with less the page is read again by our own walk, in case trafilatura lost it
_SHORTEST = 60  # characters below the headline; the shortest real article seen had some 400
# Characters of markup and number of tags beyond which extraction takes seconds; real pages stay far below.
_LONGEST, _MOST_TAGS = 3_000_000, 30_000
_IS_PLAIN_HTML = re.compile(rb"<html|<!doctype html", re.IGNORECASE)  # anything else is for the slower, safer way
_ARTICLE_TYPES = re.compile(r"article|posting|report|webpage", re.IGNORECASE)
_DATE_TAGS = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
    "dcterms.issued", "dcterms.date", "pubdate", "publishdate", "publish-date", "sailthru.date", "parsely-pub-date",
)  # fmt: skip
# Marks of the programme's site; a press text holds none of them.
_GSB_MARKS = (b"Government Site Builder", b"Projektinformationen", b"Gebietsbeschreibung")
_SITE_NAME = re.compile(r"\s+(?:[|–—»·]|-{1,2})\s+[^|–—»·]{2,40}$")
_GERMAN_WORDS = "der die das und zu den von mit für auf ist im dem nicht ein eine als auch es werden aus wurden"
_ENGLISH_WORDS = "the of and to is that for with on are as by this from at it have has"
_GERMAN, _ENGLISH = frozenset(_GERMAN_WORDS.split()), frozenset(_ENGLISH_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Article:
    """What was found on a page before claims are read. `lines[0]` is the headline if there is one."""

    title: str | None
    lines: list[str]
    published_on: str | None
    dated_by: str
    language: str | None
    language_by: str


def parse(body: bytes, url: str, content_type: str | None = None) -> ParseResult:
    """The record of an article. Never raises; a page of another kind has record None and an issue that says why."""
    article, problem = _read(body, url, content_type)
    if article is None or problem is not None:
        kind, message = problem or ("empty_page", "no main text was found")
        return _no_record(kind, message)
    text = "\n".join(article.lines)
    named = find_places(text)
    found = read_claims(text, headline_end=len(article.title or ""), places=named)
    places = _towns(named)
    record = NewsRecord(
        title=article.title,
        published_on=article.published_on,
        language=article.language,
        places=list(places),
        claims=found.claims,
    )
    return ParseResult(
        page_type=PAGE_TYPE,
        parser_version=PARSER_VERSION,
        record=dict(record),
        evidence=_evidence(article, text, places, found),
        issues=[*_gaps(article), *found.issues],
        content_hash=content_hash(record, text),
    )


def evidence_text(body: bytes, url: str, content_type: str | None = None) -> str:
    """Headline and paragraphs of the article, one a line; empty for a consent wall and for what is no article."""
    article, problem = _read(body, url, content_type)
    return "" if article is None or problem is not None else "\n".join(article.lines)


def _read(body: bytes, url: str, content_type: str | None) -> tuple[_Article | None, tuple[str, str] | None]:
    """The article on a page, and issue kind and message if there is none."""
    markup = html.decode(body, content_type) if _IS_PLAIN_HTML.search(body, 0, 4096) and b"\0" not in body else ""
    root = load_html(markup) if 0 < len(markup) <= _LONGEST and markup.count("<") <= _MOST_TAGS else None
    if root is not None:  # trafilatura's own tree serves for the metadata too: a page is parsed once
        article = _article(html.Document(root, url, url, "utf-8"), root, url)
        if article is not None and sum(map(len, article.lines)) - len(article.title or "") > _PLENTY:
            return article, _problem(body, html.Document(root, url, url, "utf-8"), article)
    doc = html.parse(body, url, content_type)
    article = None if doc is None else _article(doc, None, url)
    return article, _problem(body, doc, article)


def _problem(body: bytes, doc: html.Document | None, article: _Article | None) -> tuple[str, str] | None:
    """Issue kind and message for a page that is no article, None for one that is."""
    if doc is None or article is None:
        return html.why_useless(body, doc)
    if any(mark in body for mark in _GSB_MARKS):
        return "not_this_page", "a page of the programme's site, no news article"
    if is_consent_wall(article.lines):
        return "consent_wall", "the page asks for consent to cookies and shows nothing else"
    if is_error_page(article.title, article.lines):
        return "not_this_page", "an error page that says 200"
    if sum(map(len, article.lines)) - len(article.title or "") < _SHORTEST:
        kind, message = html.why_useless(body, doc)
        return (kind, message) if kind != "not_this_page" else (kind, "a headline at most, no main text")
    return None


def _no_record(kind: str, message: str) -> ParseResult:
    return ParseResult(
        page_type=PAGE_TYPE,
        parser_version=PARSER_VERSION,
        record=None,
        evidence=[],
        issues=[issue("error", kind, message)],
        content_hash=content_hash(None, kind),
    )


# --- extraction ---


def _article(doc: html.Document, tree: Tree, url: str) -> _Article | None:
    """Title, text, date and language of a page; None if it has no main text. `tree` is what trafilatura may read."""
    data = [item for item in html.json_ld(doc) if _ARTICLE_TYPES.search(str(item.get("@type", "")))]
    extracted = _main_text(tree) if tree is not None else _own_text(doc)
    if not extracted.strip():
        return None
    title = _title(doc, data)
    date, dated_by = _published(doc, data, tree, url)
    alts = [image.get("alt") or "" for image in html.elements(doc.root, "img")]
    lines = article_lines(title, extracted, alts, _authors(doc, data))
    language, language_by = _language(doc, data, lines)
    return _Article(title, lines, date, dated_by, language, language_by)


def _main_text(tree: Tree) -> str:
    """The main text by trafilatura, empty where it finds none."""
    _cut_rest(tree)
    try:
        found = bare_extraction(tree, fast=True, include_comments=False, include_tables=False)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, AssertionError):
        return ""
    text = getattr(found, "text", None)
    return text if isinstance(text, str) else ""


def _cut_rest(tree: Tree) -> None:
    """Take out headings like "Lesen Sie auch" with the teasers behind them, and comments.

    Trafilatura may drop the heading alone. A long paragraph ends the teasers: there the article goes on.
    """
    for heading in list(tree.iter("h2", "h3", "h4")):
        rest = rest_of_page(heading.text or "")
        parent = heading.getparent()
        if rest is None or parent is None:
            continue
        for element in (heading, *heading.itersiblings()):
            is_prose = rest == "teasers" and element.tag == "p" and len(html.text_of(element)) >= LONG_PARAGRAPH
            if is_prose or (element is not heading and element.tag == heading.tag):
                break
            parent.remove(element)


def _own_text(doc: html.Document) -> str:
    """The long lines and headings of the article by our own walk, where trafilatura can not read the page."""
    within = next(
        (found[0] for tag in ("article", "main", "body") if (found := html.elements(doc.root, tag))), doc.root
    )
    return "\n".join(line.text for line in html.lines(within) if line.level or len(line.text) > _SHORTEST)


def _title(doc: html.Document, data: list[dict[str, object]]) -> str | None:
    """The headline: of the JSON-LD article, of the only h1, of og:title, of the title tag without the site's name."""
    for item in data:
        headline = item.get("headline")
        if isinstance(headline, str) and headline.strip():
            return _headline(headline)
    top = [text for element in html.elements(doc.root, "h1") if (text := html.text_of(element))]
    if len(set(top)) == 1:
        return _headline(top[0])
    named = html.meta(doc, "og:title", "twitter:title") or html.page_title(doc)
    return _headline(_SITE_NAME.sub("", named)) if named else None


def _headline(text: str) -> str | None:
    return without_markdown(clean(text)) or None


def _authors(doc: html.Document, data: list[dict[str, object]]) -> list[str]:
    """Names that the metadata give as author: lines that hold nothing else are dropped from the text."""
    names = [html.meta(doc, "author", "article:author") or ""]
    for item in data:
        authors = item.get("author")
        for author in authors if isinstance(authors, list) else [authors]:
            name = author.get("name") if isinstance(author, dict) else author
            if isinstance(name, str):
                names.append(name)
    return [name for name in names if name.strip()]


# --- date and language ---


def _published(doc: html.Document, data: list[dict[str, object]], tree: Tree, url: str) -> tuple[str | None, str]:
    """Day of publication and where it stands: JSON-LD, meta tags, a time element, else what trafilatura finds."""
    for item in data:
        if (day := _day(item.get("datePublished"))) is not None:
            return day, "JSON-LD datePublished"
    for name in _DATE_TAGS:
        if (day := _day(html.meta(doc, name))) is not None:
            return day, f"meta {name}"
    for element in html.elements(doc.root, "time"):
        if (day := _day(html.attribute(element, "datetime") or html.text_of(element))) is not None:
            return day, "time"
    if tree is None or html.meta(doc, *_DATE_TAGS) is not None:  # declared, but no day: nothing is guessed instead
        return None, ""
    day = _day(extract_metadata(tree, default_url=url, extensive=False).date)
    seen = {
        date.value.value for date in find_dates(html.visible_text(doc)) if date.value and date.value.precision == "day"
    }
    return (day, "trafilatura") if day in seen or (day and day.replace("-", "/") in url) else (None, "")


def _day(value: object) -> str | None:
    """The ISO day in Germany of a date or time as pages declare it, None for anything else."""
    if not isinstance(value, str):
        return None
    value = clean(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        date = parse_date(value)
        return date.value if date is not None and date.precision == "day" else None
    if moment.tzinfo is UTC:
        moment = moment.astimezone(_HERE)
    return moment.date().isoformat()


def _language(doc: html.Document, data: list[dict[str, object]], lines: Iterable[str]) -> tuple[str | None, str]:
    """Two-letter code of the language and where it stands; by common words only if the page declares none."""
    if (declared := html.language(doc)) is not None:
        return declared, "html lang"
    for item in data:
        given = item.get("inLanguage")
        if isinstance(given, str) and re.match(r"[a-z]{2}\b", given):
            return given[:2], "JSON-LD inLanguage"
    if (locale := html.meta(doc, "og:locale", "content-language", "language")) and re.match(
        r"[a-zA-Z]{2}\b|[a-z]{2}_", locale
    ):
        return locale[:2].lower(), "meta"
    words = re.findall(r"[a-zäöüß]+", " ".join(lines).lower())
    german, english = (sum(word in common for word in words) for common in (_GERMAN, _ENGLISH))
    if max(german, english) * 20 < len(words) or not words:
        return None, ""
    return ("de" if german > english else "en"), "common words"


# --- places and evidence ---


def _towns(places: list[Place]) -> dict[str, Place]:
    """Each town once, with its first mention, in the order in which the text names them."""
    first: dict[str, Place] = {}
    for place in places:
        first.setdefault(place.name, place)
    return first


def _evidence(article: _Article, text: str, places: dict[str, Place], found: Found) -> list[Evidence]:
    """Where each value stands. Date and language are declared outside the text: their quote is empty."""
    evidence: list[Evidence] = []
    if article.title:
        evidence.append({"path": "title", "locator": "headline", "quote": article.title, "rule": "headline"})
    if article.published_on:
        evidence.append({"path": "published_on", "locator": article.dated_by, "quote": "", "rule": "declared_date"})
    if article.language:
        evidence.append({"path": "language", "locator": article.language_by, "quote": "", "rule": "declared_language"})
    for at, place in enumerate(places.values()):
        locator = f"chars {place.start}-{place.end}"
        evidence.append(
            {"path": f"places/{at}", "locator": locator, "quote": text[place.start : place.end], "rule": "town_name"}
        )
    for at, claim in enumerate(found.claims):
        locator = f"chars {claim['char_start']}-{claim['char_end']}"
        evidence.append({"path": f"claims/{at}", "locator": locator, "quote": claim["quote"], "rule": claim["rule"]})
    return evidence


def _gaps(article: _Article) -> list[Issue]:
    """What an article should have and this one lacks."""
    gaps = []
    if article.title is None:
        gaps.append(issue("warning", "missing_field", "no headline was found", field="title"))
    if article.published_on is None:
        gaps.append(issue("warning", "missing_field", "the page declares no day of publication", field="published_on"))
    if sum(map(len, article.lines)) >= LONGEST_TEXT:
        message = f"longer than any article: {LONGEST_TEXT} characters were read"
        gaps.append(issue("warning", "text_lost", message, field="text"))
    if article.language is not None and article.language != "de":
        gaps.append(
            issue("info", "other_language", "claims are read in German only", field="language", value=article.language)
        )
    return gaps
