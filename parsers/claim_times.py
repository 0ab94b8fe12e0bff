"""Since when and up to when a figure counts, as its sentence says it.

Belongs here: periods and dates of a sentence, as what they mean for a figure. Does not: reading dates, text before.
Concept: "seit" and "von … bis" start a count, "Stand", "Ende" and "bis" close it; any other date says nothing of it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from parsers.claim_words import has, pattern
from parsers.dates import DateMatch, PeriodMatch, find_dates, find_periods
from parsers.records import Precision

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_BETWEEN = re.compile(r"\bzwischen(?: dem)? $", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:seit|ab)\b(?: [^\d,.;:]{1,40})? $", re.IGNORECASE)
_WITHIN = re.compile(
    r"(?:^|^auch |, |\b(?:im|in|jahre?|wurden|waren|hatten|haben|fanden|nahmen|konnten|allein|nur|erst|noch|schon) )$",
    re.IGNORECASE,
)
_TODAY = re.compile(
    r"\b(?:heute|jetzt|aktuell|derzeit|momentan|gegenwärtig|inzwischen|mittlerweile|(?:jahre?|monate?) (?:später|danach"
    r"|zuvor)|(?:im|ein|das) jahr d(?:arauf|avor)|im folgejahr)\b",
    re.IGNORECASE,
)
# "lag 2017 bei", "fanden 2019 wieder": a bare year behind a verb; behind these words it says something else.
_NO_VERB = (
    r"(?<!seit )(?<!ab )(?<!bis )(?<!von )(?<!vor )(?<!nach )(?<!für )(?<!aus )(?<!zu )(?<!um )(?<!und )(?<!oder )"
)
_BARE_YEAR = re.compile(rf"(?<![.,])\b[a-zäöüß]*(?:t|te|ten|en|ab|ahm|am|ag|ing|and) {_NO_VERB}$")
_END = re.compile(
    r"\b(?:(?:Jahres|Monats|Quartals|Projekt)?ende|Ablauf)\b(?: (?:des|im|von))?(?: (?:Jahre?s?|Monats))?\W*$", re.I
)
_AFTER_END = re.compile(
    r"\bnach (?:(?:dem|der|ihrem|seinem) )?(?:\w*ende|abschluss|auslaufen|ablauf) (?:\w+ ){0,3}$", re.I
)
_SINCE_THEN = re.compile(r"\b(?:seither|seitdem)\b", re.IGNORECASE)
_UNTIL = re.compile(r"\bbis(?: zum| zu)?(?: \w+)? $", re.IGNORECASE)


class Span(NamedTuple):
    """What text[start:end] says: the first day of a count, the day it is as of, each with its precision."""

    start: int
    end: int
    since: str | None
    since_precision: Precision | None
    as_of: str | None
    as_of_precision: Precision | None


def find_spans(text: str) -> list[Span]:
    """The periods and dates of a sentence that say when its figures count, left to right."""
    if _YEAR.search(text) is None:
        return []
    spans = [_of_period(hit) for hit in find_periods(text) if hit.runtime["start"] or hit.runtime["end"]]
    dates = [date for date in find_dates(text) if not any(span.start <= date.start < span.end for span in spans)]
    spans += _pairs(text, dates)
    spans += [
        span
        for date in dates
        if (span := _single(text, date)) and not any(date.start in range(s.start, s.end) for s in spans)
    ]
    return sorted(spans)


def span_for(spans: list[Span], text: str, part: tuple[int, int], place: int, *, is_first: bool) -> Span | None:
    """The span of a figure at `place` in the clause `part`: that clause's own, else the nearest before it, else (for
    the first figure of a sentence) the one behind. "Heute sind es 136" is not of the year that stands before."""
    start, end = part
    own = [span for span in spans if start <= span.start < end]
    if not own and _SINCE_THEN.search(text[start:end]):
        return next((span._replace(as_of=None, as_of_precision=None) for span in spans if span.since), None)
    if own or _TODAY.search(text[start:end]):
        return _merged(own) if own else None
    before = [span for span in spans if span.start < place]
    if before:
        return before[-1]
    return spans[0] if spans and is_first else None


def _of_period(hit: PeriodMatch) -> Span:
    """Each end with its own precision: "April 2015 bis Ende 2018" starts with a month and ends with a year."""
    start, end, precision = hit.runtime["start"], hit.runtime["end"], hit.runtime["precision"]
    given = [date.value.precision for date in find_dates(hit.text) if date.value is not None]
    exact = len(given) == (start is not None) + (end is not None)
    first, last = (given[0], given[-1]) if exact and given else (precision, precision)
    return Span(hit.start, hit.end, start, first if start else None, end, last if end else None)


def _merged(spans: list[Span]) -> Span:
    """One span of all: in "Seit 2015 … (Stand: 30.06.2017)" one starts the count and the other closes it."""
    since = next((span for span in spans if span.since), spans[0])
    closing = next((span for span in spans if span.as_of), spans[0])
    return Span(since.start, closing.end, since.since, since.since_precision, closing.as_of, closing.as_of_precision)


def _pairs(text: str, dates: list[DateMatch]) -> list[Span]:
    """Spans of two dates: "zwischen April 2015 und Dezember 2018"."""
    pairs = []
    for one, other in pairwise(dates):
        both = _years_together(text, one, other)
        if both is not None:
            pairs.append(both)
        if (
            text[one.end : other.start].strip() in ("und", "und dem")
            and _BETWEEN.search(text[: one.start])
            and one.value
            and other.value
        ):
            pairs.append(
                Span(
                    one.start, other.end, one.value.value, one.value.precision, other.value.last, other.value.precision
                )
            )
    return pairs


def _years_together(text: str, one: DateMatch, other: DateMatch) -> Span | None:
    """The span of "konnte 2018 und 2019 zusammen 57 Frauen vermitteln"."""
    first = _single(text, one) if text[one.end : other.start] == " und " else None
    if first is None or other.value is None or not (first.as_of_precision == other.value.precision == "year"):
        return None
    return Span(one.start, other.end, first.since, "year", other.value.last, "year") if first.since else None


def _single(text: str, date: DateMatch) -> Span | None:
    """What a date by itself says, by the words before it; None where it says nothing of a count."""
    if date.value is None:
        return None
    before, precision = text[: date.start], date.value.precision
    if _SINCE.search(before):
        return Span(date.start, date.end, date.value.value, precision, None, None)
    if date.text.lower().startswith("ende") or _END.search(before) or _UNTIL.search(before):
        return Span(date.start, date.end, None, None, date.value.last, precision)
    if pattern("time", "as_of_words", behind=r"[\s:]*$").search(before.lower()):
        return Span(date.start, date.end, None, None, date.value.value, precision)
    is_within = _WITHIN.search(before) or re.match(r"(?:im )?Jahre? ", date.text)
    if (
        precision != "day"
        and not _AFTER_END.search(before)
        and (is_within or (precision == "year" and date.text.isdigit() and _BARE_YEAR.search(before)))
    ):
        clause = text[max(before.rfind(","), before.rfind(":")) + 1 :].split(",")[0]
        if has("time", "start_words", clause.lower()):
            return None
        return Span(date.start, date.end, date.value.value, precision, date.value.last, precision)
    return None
