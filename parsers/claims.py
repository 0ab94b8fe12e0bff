"""Outcome claims of a text: every figure of the project's results, with its passage.

Belongs here: the walk over the text and what is carried from sentence to sentence. Does not: what a word means (rules,
word lists). Concept: a claim is signed by its sentence; place or start taken from earlier text is said to be carried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from parsers.claim_predicates import status_in
from parsers.claim_rules import SentenceReader
from parsers.claim_text import TextMarks, passage
from parsers.claim_times import Span, find_spans, span_for
from parsers.claim_words import has
from parsers.figures import blank
from parsers.money_rules import read_money
from parsers.numbers import find_numbers
from parsers.places import Place, find_places
from parsers.readings import Before, Reading
from parsers.records import Claim, Issue, issue
from parsers.sentences import Sentence, sentences_of_line

UNITS = {"companies_supported": "companies", "grant_eur": "EUR", "total_cost_eur": "EUR", "placement_rate": "percent"}
_WORDS = [
    "zwei",
    "zwo",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sechz",
    "sieb",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "zwanz",
    "dreiß",
    "hundert",
    "tausend",
    "einund",
    "einhundert",
    "eintausend",
    "hälfte",
    "million",
    "drittel",
    "viertel",
    "fünftel",
    "jede",
    "dutzend",
]
_DIGITS = re.compile("[0-9]+")
_WORD = re.compile(r"[^\W\d_]+")
_FUNDER = re.compile(r"\baus (?:\w+ (?:und|sowie) )?Berlin$")
_NOTHING_BEFORE = Before()


# Beyond these it is a table or rubbish and no sentence; the longest real one seen had 500 characters and six figures.
_LONGEST_SENTENCE, _MOST_FIGURES = 1_500, 30
_MOST_ISSUES = 50


class Found(NamedTuple):
    """The claims of a text in its order, and the figures that no rule understood."""

    claims: list[Claim]
    issues: list[Issue]


def read_claims(text: str, *, headline_end: int = 0, places: list[Place] | None = None) -> Found:
    """The outcome claims of `text`, each with char_start and char_end into it; `places` are its towns if already known.

    Figures before `headline_end` are no claims: headlines round and shorten ("hilft 800 Menschen in den Arbeitsmarkt").
    A figure that looks like a claim and was not understood becomes an issue `unparsed_figure`.
    """
    walk = _Walk(text, find_places(text) if places is None else places)
    for sentence in _with_numbers(text, headline_end):
        if len(sentence.text) <= _LONGEST_SENTENCE:
            walk.read(sentence)
        else:
            walk.issues.append(_no_prose(sentence))
    return Found(_without_repeats(walk.claims), walk.issues[:_MOST_ISSUES])


def _with_numbers(text: str, start: int) -> Iterator[Sentence]:
    """The sentences of `text` from `start` on that hold a number; nearly all others are not even cut."""
    hits = _numbers(text, start)
    at = 0
    while at < len(hits):
        line_start = text.rfind("\n", 0, hits[at]) + 1
        line_end = text.find("\n", hits[at])
        line_end = len(text) if line_end < 0 else line_end
        for sentence in sentences_of_line(text[line_start:line_end], line_start):
            while at < len(hits) and hits[at] < sentence.start:
                at += 1
            if (
                at < len(hits)
                and hits[at] < sentence.end
                and sentence.start >= start
                and not sentence.text.endswith("?")
            ):
                yield sentence
        while at < len(hits) and hits[at] < line_end:
            at += 1


def _numbers(text: str, start: int) -> list[int]:
    """Where digits and number words begin; plain searches word by word are faster here than any pattern."""
    hits = [hit.start() for hit in _DIGITS.finditer(text, start)]
    low = text.lower()
    for word in _WORDS:
        at = low.find(word, start)
        while at >= 0:
            if not low[at - 1 : at].isalpha() and (whole := _WORD.match(low, at)) and _is_number_word(whole.group()):
                hits.append(at)
            at = low.find(word, at + 1)
    return sorted(hits)


@lru_cache(maxsize=4096)
def _is_number_word(word: str) -> bool:
    is_share = word == "viertel" or word.startswith(("hälfte", "million", "drittel", "fünftel", "jede", "dutzend"))
    return is_share or bool(find_numbers(word))


class _Walk:
    """Goes through the sentences of one text that hold a number."""

    def __init__(self, text: str, places: list[Place]) -> None:
        self.text = text
        self.marks = TextMarks(text, places)
        self.claims: list[Claim] = []
        self.issues: list[Issue] = []
        self.before = Before()
        self.end = 0  # of the sentence that `before` is of
        self.since: Span | None = None
        self.since_place: str | None = None

    def read(self, sentence: Sentence) -> None:
        """The claims and issues of one sentence."""
        earlier = self.before if not self.text[self.end : sentence.start].strip() else _NOTHING_BEFORE
        reader = SentenceReader(blank(sentence.text), earlier)
        made: list[Claim] = []
        if len(reader.figures) > _MOST_FIGURES:
            self.issues.append(_no_prose(sentence))
        elif any(figure.kind not in ("other", "staff") for figure in reader.figures):
            self._read(sentence, reader, made)
        self.claims += made
        people = [(claim["metric"], claim["subgroup"], claim["value"]) for claim in made if claim["unit"] == "persons"]
        self.before = Before([*earlier.claims, *people]) if people else _NOTHING_BEFORE
        self.end = sentence.end

    def _read(self, sentence: Sentence, reader: SentenceReader, made: list[Claim]) -> None:
        readings = reader.read()
        money = {reading.figure.start: reading for reading in read_money(reader.text, reader.parts, reader.figures)}
        spans: list[Span] | None = None
        for at, reading in enumerate(readings):
            reading = money.get(reading.figure.start, reading)
            if not (reading.metric or reading.unread) or self._is_other_programme(sentence, reader, reading):
                continue
            if reading.metric:
                spans = find_spans(sentence.text) if spans is None else spans
                made.append(self._claim(sentence, reader, reading, spans, made, is_first=at == 0))
            else:
                self.issues.append(self._unread(sentence, reading))
        dated = [claim for claim in made if claim["since"] and claim["status"] == "achieved"]
        if dated:
            self.since = Span(
                sentence.start, sentence.end, dated[-1]["since"], dated[-1]["since_precision"], None, None
            )
            self.since_place = dated[-1]["place"]

    def _claim(
        self,
        sentence: Sentence,
        reader: SentenceReader,
        reading: Reading,
        spans: list[Span],
        made: list[Claim],
        *,
        is_first: bool,
    ) -> Claim:
        figure, metric = reading.figure, reading.metric or ""
        start, end = passage(sentence, figure.first, figure.last)
        place, place_carried = self._place(sentence, reader, reading)
        span, since_carried = self._span(reader, reading, spans, place, is_first=is_first)
        if (
            span is None
            and reading.parent is not None
            and made
            and made[-1]["basis"] == "carried"
            and made[-1]["since"]
        ):
            span, since_carried = self.since, True
        return Claim(
            metric=metric,
            subgroup=reading.group,
            value=figure.value if reading.value is None else reading.value,
            unit=UNITS.get(metric, "persons"),
            qualifier=figure.qualifier,
            status=reading.status,
            basis="carried" if place_carried or since_carried else "stated",
            since=span.since if span else None,
            since_precision=span.since_precision if span else None,
            as_of=span.as_of if span else None,
            as_of_precision=span.as_of_precision if span else None,
            place=place,
            quote=self.text[start:end],
            char_start=start,
            char_end=end,
            rule=reading.rule,
        )

    def _place(self, sentence: Sentence, reader: SentenceReader, reading: Reading) -> tuple[str | None, bool]:
        """The town of a claim and whether it comes from earlier text; a figure of the whole country has none."""
        if has("not_counted", "whole_country", reader.text):
            return None, False
        here = self.marks.places_in(sentence.start, sentence.end)
        if reading.figure.kind == "money":  # "aus Brüssel und Berlin" comes the money, it does not go there
            here = [place for place in here if not _FUNDER.search(self.text[sentence.start : place.end])]
        if not here:
            earlier = self.marks.place_before(sentence.start)
            return earlier, earlier is not None
        start, end = (sentence.start + edge for edge in reader.parts[reading.figure.segment])
        own = [place for place in here if start <= place.start < end]
        before = [place for place in here if place.start < sentence.start + reading.figure.first]
        return (own or before[-1:] or here)[0].name, False

    def _span(
        self, reader: SentenceReader, reading: Reading, spans: list[Span], place: str | None, *, is_first: bool
    ) -> tuple[Span | None, bool]:
        """When a claim counts and whether its start comes from earlier text."""
        figure = reading.figure
        span = span_for(spans, reader.text, reader.reach(figure), figure.first, is_first=is_first)
        if (
            span is not None
            and reading.status == "achieved"
            and figure.kind != "money"
            and _is_of_plan(reader, reading, span)
        ):
            span = None
        if span is not None or reading.status == "planned" or self.since is None or self.since_place != place:
            return span, False
        points_back = reading.follows or has("time", "since_then", reader.text[: figure.last])
        return (self.since, True) if points_back else (None, False)

    def _is_other_programme(self, sentence: Sentence, reader: SentenceReader, reading: Reading) -> bool:
        start, end = reader.parts[reading.figure.segment]
        return self.marks.is_other_programme(sentence.start, sentence.end, sentence.start + reading.figure.first,
                                             (sentence.start + start, sentence.start + end))  # fmt: skip

    def _unread(self, sentence: Sentence, reading: Reading) -> Issue:
        figure = reading.figure
        start, end = passage(sentence, figure.first, figure.last)
        number = sentence.text[figure.start : figure.end]
        return issue(
            "warning", "unparsed_figure", f"{reading.unread}: “{self.text[start:end]}”", field="claims", value=number
        )


def _is_of_plan(reader: SentenceReader, reading: Reading, span: Span) -> bool:
    """True for the "bis Ende 2018" of a plan in another clause than a figure already reached."""
    start, end = next((part for part in reader.parts if part[0] <= span.start < part[1]), (0, 0))
    own = reader.parts[reading.figure.segment]
    return own != (start, end) and span.since is None and status_in(reader.text[start:end], is_rate=False) == "planned"


def _no_prose(sentence: Sentence) -> Issue:
    message = f"{len(sentence.text)} characters without an end of a sentence, or too many figures: a table, not read"
    return issue("warning", "unparsed_figure", message, field="claims", value=sentence.text[:40])


def _without_repeats(claims: list[Claim]) -> list[Claim]:
    """Each figure once: of repeats the one with a start, then one that is stated, then the first; order of the text."""
    kept: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        key = tuple(claim[name] for name in ("metric", "subgroup", "value", "unit", "status", "qualifier"))
        same = kept.setdefault(key, [])
        at = next((at for at, other in enumerate(same) if _agree(other, claim)), None)
        if at is None:
            same.append(claim)
        elif _rank(claim) > _rank(same[at]):
            same[at] = claim
    return sorted((claim for same in kept.values() for claim in same), key=lambda claim: claim["char_start"])


def _agree(one: Claim, other: Claim) -> bool:
    """True unless both name a town or a start, and not the same."""
    return all(one[key] == other[key] or None in (one[key], other[key]) for key in ("place", "since"))


def _rank(claim: Claim) -> tuple[bool, bool, bool]:
    return claim["since"] is not None, claim["basis"] == "stated", claim["place"] is not None
