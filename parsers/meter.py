"""The silent-loss meter: how much of a page's text a field claims, and what lxml did not see of it.

Belongs here: coverage of articles, the comparison of lxml with two other readers. Does not: floors (warehouse/codes).
Concept: a parser that drops text says nothing, only a second one tells. A cheap one (tagless) looks at every page;
where it sees more than lxml, BeautifulSoup (thirty times slower than lxml) is asked, and its figure counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from parsers import html, tagless
from parsers.lines import Line
from parsers.news_text import rest_of_page
from parsers.persons import person_spans
from parsers.plain import Plain
from parsers.records import ParseResult

SUSPICIOUS = 0.005
"""Share of text that the cheap reader may see more than lxml, before BeautifulSoup is asked: odd signs, no words."""
LONGEST_JUDGED = 1_000_000  # bytes; BeautifulSoup reads some 4 MB a second
MOST_JUDGED_TAGS = 20_000  # and some 30,000 tags a second; real pages have 1,500 to 5,000
_PROSE = 60  # characters; shorter lines of an article page are buttons, bylines, captions


@dataclass(frozen=True, slots=True)
class TextLoss:
    """How many characters (spaces aside) the second parser sees on a page, and how many of them the first does not."""

    characters: int
    lost: int

    @property
    def share(self) -> float:
        """Lost characters per character, 0 to 1; 0 for a page without text."""
        return round(self.lost / self.characters, 4) if self.characters else 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter says of a page. Shares are 0 to 1; None where there is nothing to measure (no HTML, no article).

    `coverage`: of the visible text of the content, what fields claim; of an article, what its extraction kept of the
    prose. `text_loss`: of the text that another parser sees, what lxml does not. `unclaimed`: headings and labels that
    no field claims.
    """

    coverage: float | None
    text_loss: float | None
    unclaimed: tuple[str, ...]


NOTHING = Reading(None, None, ())
"""Of a page that could not be read at all."""


def measure(result: ParseResult, body: bytes, url: str, content_type: str | None = None) -> Reading:
    """What a parser's result leaves of its page. The result's tree is used up."""
    doc = result.document or html.parse(body, url, content_type)
    coverage, unclaimed = result.coverage, result.unclaimed
    if isinstance(doc, html.Document) and result.text:
        coverage, unclaimed = article_coverage(doc, result.text)
    loss = None if doc is None else _loss(doc, body, url, content_type)
    return Reading(coverage, loss, tuple(unclaimed))


def article_coverage(doc: html.Document, kept: str) -> tuple[float | None, list[str]]:
    """The share of an article's prose that stands in `kept`, None where it has none; and the headings that do not.

    Prose is every line of at least 60 characters in `<article>` (if there is one only, else in `<main>`, else on the
    page without menus and footer) that is not mostly links. Comments, and teasers below a heading that says so, are
    left out by rule; what no heading announces counts as lost: the floor of the page type leaves room for it. A heading
    that names a person is not repeated.
    """
    lines = _of_article(html.lines(_region(doc)))
    text = _squeezed(kept)
    prose = [line.text for line in lines if not line.level and _is_prose(line)]
    total = sum(map(len, prose))
    found = sum(len(line) for line in prose if _squeezed(line) in text)
    headings = [line.text for line in lines if line.level and _squeezed(line.text) not in text]
    names = ["…" if person_spans(heading) else heading for heading in headings]
    return (round(found / total, 4) if total else None), list(dict.fromkeys(names))


def text_loss(body: bytes, url: str, content_type: str | None = None) -> TextLoss:
    """Compare lxml's visible text of a page with BeautifulSoup's (on Python's own parser).

    Characters and not words are counted: the two put spaces around inline elements (SGB-II) in different places.
    """
    doc = html.parse(body, url, content_type)
    return _compared(_squeezed(html.second_text(body, content_type)), "" if doc is None else html.visible_text(doc))


def quick_loss(doc: html.Document | Plain) -> TextLoss:
    """Compare the text of what was parsed with what is left of the same bytes when the tags are cut out."""
    text = doc.text.encode() if isinstance(doc, Plain) else html.tree_text(doc, *tagless.UNSEEN)
    first, second = tagless.squeezed(text), tagless.text_of(doc.markup)
    if first == second:
        return TextLoss(len(second), 0)
    return _compared(second.decode("utf-8", "replace"), first.decode("utf-8", "replace"))


def _loss(doc: html.Document | Plain, body: bytes, url: str, content_type: str | None) -> float:
    quick = quick_loss(doc)
    if quick.share <= SUSPICIOUS or len(body) > LONGEST_JUDGED or doc.markup.count(b"<") > MOST_JUDGED_TAGS:
        return quick.share
    judged = text_loss(body, url, content_type)
    return judged.share if judged.characters else quick.share  # the judge could not read it: then the quick look counts


def _compared(second: str, first: str) -> TextLoss:
    counted = Counter(second)
    return TextLoss(characters=counted.total(), lost=(counted - Counter(_squeezed(first))).total())


def _region(doc: html.Document) -> html.Element:
    for tag in ("article", "main"):
        found = html.elements(doc.root, tag)
        if len(found) == 1:
            return found[0]
    return doc.root


def _of_article(lines: list[Line]) -> list[Line]:
    """Without comments, and without "Lesen Sie auch" and what stands below up to the next heading."""
    kept: list[Line] = []
    in_teasers = False
    for line in lines:
        rest = rest_of_page(line.text) if line.level else None
        if rest == "comments":
            break
        in_teasers = rest == "teasers" if line.level else in_teasers
        if not in_teasers:
            kept.append(line)
    return kept


def _is_prose(line: Line) -> bool:
    return len(line.text) >= _PROSE and 2 * sum(len(text) for _, text in line.links) < len(line.text)


def _squeezed(text: str) -> str:
    return "".join(text.split())
