"""Where a page's passages stand in its text, and what of the page around them is shown.

Belongs here: finding passages, cutting lines into marked and plain pieces, leaving private words out. Does not: markup,
reading pages. Concept: proved words are always shown, what stands around them only as far as it helps and harms nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from warehouse.report.model import PageLine, PageText

_CHARS = re.compile(r"chars (\d+)[-–](\d+)")
_PROSE = re.compile(r".{60,}[.!?:“”\"]")
_CUT = "[…]"


class Passage(NamedTuple):
    """Words of a page that prove something, and where its parser saw them."""

    quote: str
    locator: str


class Piece(NamedTuple):
    """A run of a line. `marks` are the numbers of the passages it is part of, `starts` of those that begin here."""

    text: str
    marks: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()


class ShownLine(NamedTuple):
    """A line as the report shows it; `kind` as of PageLine, or "gap" where lines are left out."""

    kind: str
    pieces: tuple[Piece, ...]


class _Span(NamedTuple):
    start: int
    end: int
    mark: int


def placed(page: PageText, passages: Sequence[Passage]) -> tuple[list[ShownLine], list[int]]:
    """The page with its passages marked, and the numbers of the passages that are not in it.

    A passage's number is its place in `passages`.
    """
    spans, missing = [], []
    for number, passage in enumerate(passages):
        found = find(page, passage)
        if found is None:
            missing.append(number)
        else:
            spans.append(_Span(*found, number))
    return _lines(page, sorted(spans, key=lambda span: (span.start, -span.end))), missing


def find(page: PageText, passage: Passage) -> tuple[int, int] | None:
    """Where a passage stands: at the characters or below the headings its locator names, else where it is first."""
    chars = _CHARS.search(passage.locator)
    if chars is not None:
        start, end = int(chars[1]), int(chars[2])
        if page.text[start:end] == passage.quote:
            return start, end
    quote = " ".join(passage.quote.split())
    if not quote:
        return None
    text = page.text.replace("\n", " ")
    below = 0 if chars is not None else _below(page, passage.locator)
    hit = _whole_word(quote, text, below)
    return _whole_word(quote, text, 0) if hit is None else hit


def _whole_word(quote: str, text: str, start: int) -> tuple[int, int] | None:
    """The first place that cuts no word in two; if every one does, the first."""
    first = at = text.find(quote, start)
    while at >= 0:
        if not (_letter(text, at - 1) or _letter(text, at + len(quote))):
            return at, at + len(quote)
        at = text.find(quote, at + 1)
    return None if first < 0 else (first, first + len(quote))


def _letter(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum()


def _below(page: PageText, locator: str) -> int:
    """Where the last of the headings begins that the locator names ("Zielgruppen und Partner › Zielgruppe")."""
    at = 0
    for name in locator.split(" › "):
        named = (line.start for line in page.lines if line.start >= at and page.text.startswith(name, line.start))
        at = next(named, at)
    return at


def _lines(page: PageText, spans: list[_Span]) -> list[ShownLine]:
    proved = [_overlapping(spans, line) for line in page.lines]
    shown = [bool(own) for own in proved]
    wanted = [own or _helps(page, number, shown) for number, own in enumerate(shown)]
    lines: list[ShownLine] = []
    for number, line in enumerate(page.lines):
        if wanted[number]:
            lines.append(ShownLine(line.kind, tuple(_pieces(page.text, line, proved[number]))))
        elif not lines or lines[-1].kind != "gap":
            lines.append(ShownLine("gap", ()))
    return lines


def _overlapping(spans: Iterable[_Span], line: PageLine) -> list[_Span]:
    return [span for span in spans if span.start < line.end and line.start < span.end]


def _helps(page: PageText, number: int, shown: Sequence[bool]) -> bool:
    """Whether a line without proof is shown: what stands over a proved line as its heading, or prose beside one."""
    line = page.lines[number]
    if line.is_contact:
        return False
    if line.kind in ("heading", "label"):
        return not line.private and _leads_to_proof(page, number, shown)
    beside = any(shown[at] for at in (number - 1, number + 1) if 0 <= at < len(shown))
    return beside and _PROSE.fullmatch(page.text[line.start : line.end]) is not None


def _leads_to_proof(page: PageText, number: int, shown: Sequence[bool]) -> bool:
    """The next line that is no heading or label is proved, and no heading of another part stands between."""
    for at in range(number + 1, len(shown)):
        if shown[at]:
            return True
        if page.lines[at].kind not in ("heading", "label"):
            return False
    return False


def _pieces(text: str, line: PageLine, spans: Sequence[_Span]) -> Iterator[Piece]:
    """The line cut at every border of a passage; outside of passages private words are cut out, of contacts all."""
    borders = {line.start, line.end}
    for span in spans:
        borders |= {max(span.start, line.start), min(span.end, line.end)}
    cuts = sorted(borders)
    for start, end in pairwise(cuts):
        marks = tuple(span.mark for span in spans if span.start < end and start < span.end)
        starts = tuple(span.mark for span in spans if max(span.start, line.start) == start and span.mark in marks)
        if marks:
            first_here = tuple(mark for mark in starts if _begins(spans, mark, line))
            yield Piece(text[start:end], marks, first_here)
        elif text[start:end].strip():
            yield Piece(_without(text, start, end, line))
        else:
            yield Piece(" ")


def _begins(spans: Sequence[_Span], mark: int, line: PageLine) -> bool:
    """Whether a passage begins in this line, so that it is no second half of one that began above."""
    return any(span.mark == mark and span.start >= line.start for span in spans)


def _without(text: str, start: int, end: int, line: PageLine) -> str:
    if line.is_contact:
        return f" {_CUT} "
    parts, at = [], start
    for first, last in line.private:
        if at < last and first < end:
            parts += [text[at : max(at, first)], _CUT]
            at = min(last, end)
    return "".join([*parts, text[at:end]])
