"""A news article or press release: from bytes to title, date, language, places and outcome claims.

Belongs here: extraction by trafilatura, metadata, the record. Does not: lines of the article (news_text), claims.
Concept: what the page declares (JSON-LD, meta tags) goes before what is guessed; a consent wall leaves nothing behind.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from htmldate import find_date
from trafilatura import bare_extraction
from trafilatura.utils import load_html

from parsers import html
from parsers.arrival import CUT_OFF, is_cut_off
from parsers.claims import Found, read_claims
from parsers.dates import find_dates, parse_date
from parsers.findings import BROKEN
from parsers.markup import bounded
from parsers.news_text import LONGEST_TEXT, article_lines, is_consent_wall, is_error_page, without_markdown
from parsers.news_tree import cut_what_is_no_article
from parsers.places import Place, find_places
from parsers.records import Evidence, Issue, NewsRecord, ParseResult, content_hash, issue
from parsers.text import clean

Tree = Any  # an lxml.html tree or None; only parsers.html imports lxml
PAGE_TYPE = "news_article"
PARSER_VERSION = "news_article-2"

# A parser does not log; what matters is an issue.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_HERE = ZoneInfo("Europe/Berlin")
# What the libraries raise on markup that is none any more; none of it is a fault of ours, and the page goes on.
_LIBRARY_FAULTS = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, AssertionError)
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
_COUNTS = re.compile(r"[Tt]eilnehm|[Vv]ermittelt|[Vv]ermittlung|[Bb]eratene|[Gg]eförderte")
# Headlines and dates that a page marks as such, maybe inside each other; the last day, because a parser has no clock.
_MOST_MARKED, _LAST_DAY = 50, "2099-12-31"
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
    losses: list[Issue]


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
        evidence=_evidence(article, text, named, found),
        issues=[*_gaps(article), *found.issues],
        content_hash=content_hash(record, text),
        text=text,
    )


def evidence_text(body: bytes, url: str, content_type: str | None = None) -> str:
    """Headline and paragraphs of the article, one a line; empty for a consent wall and for what is no article."""
    article, problem = _read(body, url, content_type)
    return "" if article is None or problem is not None else "\n".join(article.lines)


def _read(body: bytes, url: str, content_type: str | None) -> tuple[_Article | None, tuple[str, str] | None]:
    """The article on a page, and issue kind and message if there is none."""
    markup = html.decode(body, content_type) if _IS_PLAIN_HTML.search(body, 0, 4096) and b"\0" not in body else ""
    is_plain = 0 < len(markup) <= _LONGEST and markup.count("<") <= _MOST_TAGS and bounded(body) is body
    root = load_html(markup) if is_plain else None
    if root is not None and "<sup" in markup:
        html.raise_digits(root)
    if root is not None:  # trafilatura's own tree serves for the metadata too: a page is parsed once
        article = _article(html.Document(root, url, url, "utf-8"), root, url)
        if article is not None and sum(map(len, article.lines)) - len(article.title or "") > _PLENTY:
            return article, _problem(body, html.Document(root, url, url, "utf-8"), article)
    doc = html.parse(body, url, content_type)
    article = None if doc is None else _article(doc, None, url)
    return article, _problem(body, doc, article)


def _problem(body: bytes, doc: html.Document | None, article: _Article | None) -> tuple[str, str] | None:
    """Issue kind and message for a page that is no article, None for one that is."""
    if doc is not None and is_cut_off(body):
        return CUT_OFF
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
    data = [item for item in json_ld(doc) if _ARTICLE_TYPES.search(str(item.get("@type", "")))]
    losses = _tables(doc)
    extracted = _main_text(tree) if tree is not None else _own_text(doc)
    if not extracted.strip():
        return None
    title = _title(doc, data)
    date, dated_by = _published(doc, data, tree, url)
    alts = [image.get("alt") or "" for image in html.elements(doc.root, "img")]
    lines = article_lines(title, extracted, alts, _authors(doc, data))
    language, language_by = _language(doc, data, lines)
    losses += html.losses(doc)
    if len(extracted) - extracted.count("\n") > LONGEST_TEXT:
        message = f"longer than any article: {LONGEST_TEXT} characters were read"
        losses.append(issue("warning", "text_lost", message, field="text"))
    return _Article(title, lines, date, dated_by, language, language_by, losses)


def _tables(doc: html.Document) -> list[Issue]:
    """An issue where a table seems to hold results: tables are no part of the main text."""
    outer = [table for table in html.elements(doc.root, "table") if next(table.iterancestors("table"), None) is None]
    if not any(_COUNTS.search(text) and any(map(str.isdigit, text)) for text in map(html.text_of, outer)):
        return []
    message = "a table that seems to count people is no part of the text: its figures were not read"
    return [issue("warning", "unparsed_figure", message, field="claims")]


def _main_text(tree: Tree) -> str:
    """The main text by trafilatura, empty where it finds none."""
    cut_what_is_no_article(tree)
    try:
        found = bare_extraction(tree, fast=True, include_comments=False, include_tables=False)
    except _LIBRARY_FAULTS:
        return ""
    text = getattr(found, "text", None)
    return text if isinstance(text, str) else ""


def _own_text(doc: html.Document) -> str:
    """The long lines and headings of the article by our own walk, where trafilatura can not read the page."""
    within = next(
        (found[0] for tag in ("article", "main", "body") if (found := html.elements(doc.root, tag))), doc.root
    )
    return "\n".join(line.text for line in html.lines(within) if line.level or len(line.text) > _SHORTEST)


def json_ld(doc: html.Document) -> list[dict[str, object]]:
    """The objects of all JSON-LD scripts, those of lists and `@graph` one by one; unreadable scripts are left out."""
    found: list[dict[str, object]] = []
    for element in html.elements(doc.root, "script"):
        if "ld+json" in (element.get("type") or ""):
            try:
                found.extend(_objects(orjson.loads(element.text or "")))
            except orjson.JSONDecodeError:
                continue
    return found


def _objects(data: object) -> Iterator[dict[str, object]]:
    """The dicts at the top of a JSON-LD document."""
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            graph = item.get("@graph")
            yield from (entry for entry in graph if isinstance(entry, dict)) if isinstance(graph, list) else (item,)


def _title(doc: html.Document, data: list[dict[str, object]]) -> str | None:
    """The headline: of the JSON-LD article, of the only h1, of og:title, of the title tag without the site's name."""
    for item in data:
        headline = item.get("headline")
        if isinstance(headline, str) and headline.strip():
            return _headline(headline)
    site = _SITE_NAME.search(html.page_title(doc) or "")
    top = [text for element in html.elements(doc.root, "h1")[:_MOST_MARKED] if (text := html.text_of(element))]
    if site is not None:  # on some sites the h1 of every page is the site's name
        top = [text for text in top if text.casefold() != site.group().strip(" -–—|·:").casefold()]
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
    for element in html.elements(doc.root, "time")[:_MOST_MARKED]:
        if (day := _day(html.attribute(element, "datetime") or html.text_of(element))) is not None:
            return day, "time"
    if tree is None or html.meta(doc, *_DATE_TAGS) is not None:  # declared, but no day: nothing is guessed instead
        return None, ""
    try:
        day = _day(find_date(tree, original_date=True, extensive_search=False, max_date=_LAST_DAY, url=url or None))
    except _LIBRARY_FAULTS:
        day = None
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


def _evidence(article: _Article, text: str, named: list[Place], found: Found) -> list[Evidence]:
    """Where each value stands; a town as often as it is named. Date and language are declared outside the text: their
    quote is empty."""
    evidence: list[Evidence] = []
    if article.title:
        evidence.append({"path": "title", "locator": "headline", "quote": article.title, "rule": "headline"})
    if article.published_on:
        evidence.append({"path": "published_on", "locator": article.dated_by, "quote": "", "rule": "declared_date"})
    if article.language:
        evidence.append({"path": "language", "locator": article.language_by, "quote": "", "rule": "declared_language"})
    numbers = {name: at for at, name in enumerate(_towns(named))}
    for at, place in sorted((numbers[place.name], place) for place in named):
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
    gaps = [*article.losses]
    if article.title is None:
        gaps.append(issue("warning", "missing_field", "no headline was found", field="title"))
    if article.published_on is None:
        gaps.append(issue("warning", "missing_field", "the page declares no day of publication", field="published_on"))
    if any("\ufffd" in line for line in article.lines):
        gaps.append(issue("warning", "broken_characters", BROKEN, field="text"))
    if article.language is not None and article.language != "de":
        gaps.append(
            issue("info", "other_language", "claims are read in German only", field="language", value=article.language)
        )
    return gaps
