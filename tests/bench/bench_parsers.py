"""Benches of the parsers: against the libraries they stand on, and their memory over many pages.

Belongs here: parse_vs_lxml, parse_vs_beautifulsoup, news_vs_main_text, growth of memory. Does not: clocks, printing.
Concept: a page to its full record with evidence and issues, against no more than reading the markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree
from lxml import html as lxml_html
from trafilatura import bare_extraction

from parsers import registry
from tests.bench.harness import Outcome, in_child, in_turns, memory_mb, ratio, raw
from tests.bench.news_pages import CONTENT_TYPE as NEWS_TYPE
from tests.bench.news_pages import NewsPage, news_pages
from tests.bench.project_pages import CONTENT_TYPE as PROJECT_TYPE
from tests.bench.project_pages import ProjectPage, project_pages

MAIN_TEXT: dict[str, Any] = {"fast": True, "include_comments": False, "include_tables": False}
"""What parsers.news_article asks of the main-text library; a test holds the two together."""


class WrongRecord(AssertionError):
    """A parser did not give back the facts of a generated page: its speed means nothing."""


def parse(quick: bool) -> Outcome:
    """A project page to its full record, against lxml's and BeautifulSoup's parse of the same bytes."""
    pages, rounds = (60, 5) if quick else (200, 9)
    samples = in_turns(
        {
            "ours": parse_projects,
            "lxml": _on_bodies(etree.HTML),
            "lxml.html": _on_bodies(lxml_html.fromstring),
            "beautifulsoup": _on_bodies(lambda body: BeautifulSoup(body, "lxml")),
        },
        lambda number: _checked_projects(pages, number * pages),
        rounds,
    )
    ratios = {
        "parse_vs_lxml": ratio(samples, "ours", "lxml"),
        "parse_vs_beautifulsoup": ratio(samples, "beautifulsoup", "ours"),
    }
    return Outcome(ratios, raw={"pages_a_run": pages, "a_page": raw(samples, pages)})


def news(quick: bool) -> Outcome:
    """An article to its full record, against the main-text library alone with the same settings."""
    pages, rounds = (15, 5) if quick else (60, 9)
    samples = in_turns(
        {
            "ours": parse_news,
            "main text": _on_bodies(main_text),
            "lxml": _on_bodies(etree.HTML),
        },
        lambda number: _checked_news(pages, number * pages),
        rounds,
    )
    ratios = {"news_vs_main_text": ratio(samples, "ours", "main text")}
    return Outcome(ratios, raw={"pages_a_run": pages, "a_page": raw(samples, pages)})


def memory(quick: bool) -> Outcome:
    """Growth of a process that parses page after page, no two alike and each with bytes of its own visit."""
    projects, articles = (1_500, 150) if quick else (20_000, 3_000)
    outcome = Outcome()
    for name, work, count in (
        ("parse_memory_growth_mb", grow_on_projects, projects),
        ("news_memory_growth_mb", grow_on_news, articles),
    ):
        measured = in_child(work, count)
        first, *later = measured.result
        outcome.figures[name] = round(max(later) - first, 1)
        outcome.raw[name] = {"pages": count, "memory_mb": measured.result, "peak_mb": round(measured.peak_mb, 1)}
    return outcome


def _on_bodies(read: Callable[[bytes], object]) -> Callable[[Sequence[Any]], None]:
    """`read` on the bytes of every page."""

    def run(given: Sequence[Any]) -> None:
        for page in given:
            read(page.body)

    return run


def main_text(body: bytes) -> object:
    """The main-text library alone, with the settings of the parser of articles, its charset told."""
    return bare_extraction(body.decode(), **MAIN_TEXT)


def parse_projects(given: Sequence[ProjectPage]) -> None:
    """Every page to its record, which is dropped at once."""
    for page in given:
        registry.parse("gsb_project", page.body, page.url, content_type=PROJECT_TYPE)


def parse_news(given: Sequence[NewsPage]) -> None:
    """Every article to its record, which is dropped at once."""
    for page in given:
        registry.parse("news_article", page.body, page.url, content_type=NEWS_TYPE)


def grow_on_projects(count: int) -> list[float]:
    """Memory (MB) at twenty moments while `count` project pages are parsed; the first after a twentieth of them."""
    return _grow(project_pages(count, visit=1), parse_projects, count)


def grow_on_news(count: int) -> list[float]:
    """The same with articles."""
    return _grow(news_pages(count), parse_news, count)


def _grow(pages: Iterator[Any], work: Callable[[Sequence[Any]], None], count: int) -> list[float]:
    step, taken = max(1, count // 20), []
    for number, page in enumerate(pages, start=1):
        work([page])
        if number % step == 0:
            taken.append(round(memory_mb(), 1))
    return taken


# --- the pages must be read right, or nothing is timed ---------------------------------------------------------------


def _checked_projects(count: int, first: int) -> list[ProjectPage]:
    pages = list(project_pages(count, first=first))
    for page in pages[:: max(1, count // 5)]:
        wrong = project_differences(page)
        if wrong:
            raise WrongRecord(f"{page.url}: {', '.join(sorted(wrong))} read wrong")
    return pages


def project_differences(page: ProjectPage) -> dict[str, tuple[object, object]]:
    """Fields of the record that are not what the page says: name -> (fact, read). White space counts as one space."""
    record = registry.parse("gsb_project", page.body, page.url, content_type=PROJECT_TYPE).record or {}
    both = {name: (_spaced(fact), _spaced(record.get(name))) for name, fact in page.facts.items()}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def _checked_news(count: int, first: int) -> list[NewsPage]:
    pages = list(news_pages(count, first=first))
    for page in pages[:: max(1, count // 5)]:
        wrong = news_differences(page)
        if wrong:
            raise WrongRecord(f"{page.url}: {', '.join(sorted(wrong))} read wrong")
    return pages


def news_differences(page: NewsPage) -> dict[str, tuple[object, object]]:
    """What an article's record says otherwise than the article: name -> (fact, read)."""
    record = registry.parse("news_article", page.body, page.url, content_type=NEWS_TYPE).record or {}
    read = {(claim["metric"], claim["subgroup"], claim["value"]) for claim in record.get("claims", [])}
    both: dict[str, tuple[object, object]] = {
        "title": (page.facts.title, record.get("title")),
        "published_on": (page.facts.published_on, record.get("published_on")),
        "language": ("de", record.get("language")),
        "places": (True, page.facts.town in record.get("places", [])),
        "claims": (page.facts.claims, read),
    }
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def _spaced(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value
