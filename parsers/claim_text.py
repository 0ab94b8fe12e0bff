"""What the whole text gives to a claim: towns, programmes, and the passage to quote.

Belongs here: look-ups by place in the text. Does not: figures and what they mean.
Concept: a passage names no person; a figure belongs to the programme that the text named last.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

from parsers.claim_words import entries, lowered, pattern
from parsers.persons import is_attribution, person_spans
from parsers.places import Place
from parsers.sentences import Sentence

_LONGEST_QUOTE = 400
_CUT = re.compile(r"[,;:(]|\s[–—-]\s")
_PLAIN_START = re.compile(r"[\wäöüß -]+")


class TextMarks:
    """The towns and programmes that a text names, by their place in it."""

    def __init__(self, text: str, places: list[Place]) -> None:
        self._text = text
        self._places = places
        self._starts = [place.start for place in places]
        self._main = _main_towns(text, places)
        self._programmes: list[tuple[int, bool]] | None = None

    def places_in(self, start: int, end: int) -> list[Place]:
        """The towns named in text[start:end]."""
        return self._places[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def place_before(self, start: int) -> str | None:
        """The town named last before `start`: one of those the text is about, if there are such."""
        earlier = self._places[: bisect_left(self._starts, start)]
        main = [place for place in earlier if place.name in self._main]
        return (main or earlier)[-1].name if earlier else None

    def is_other_programme(self, start: int, end: int, figure: int, clause: tuple[int, int]) -> bool:
        """Whether the figure in the sentence text[start:end] belongs to another programme than BIWAQ.

        The clause's own mark counts, else the sentence's nearest before the figure, else the text's last before.
        """
        marks = self._all_programmes()
        if not marks:
            return False
        named = [mark for mark in marks if start <= mark[0] < end]
        if not named:
            earlier = [mark for mark in marks if mark[0] < start]
            return bool(earlier) and earlier[-1][1]
        own = [mark for mark in named if clause[0] <= mark[0] < clause[1]] or named
        before = [mark for mark in own if mark[0] < figure]
        return (before[-1] if before else own[0])[1]

    def _all_programmes(self) -> list[tuple[int, bool]]:
        """Place of every programme named, and whether it is another one; nothing where no other one is named at all."""
        if self._programmes is None:
            low = lowered(self._text)
            self._programmes = []
            if any(sign in low for sign in _signs()):
                for key, other in (("other_programme", True), ("biwaq", False)):
                    self._programmes += [(hit.start(), other) for hit in pattern("not_counted", key).finditer(low)]
                self._programmes.sort()
        return self._programmes


@cache
def _signs() -> list[str]:
    """The plain beginnings of the names of other programmes."""
    found = []
    for entry in entries("not_counted", "other_programme"):
        start = _PLAIN_START.match(entry)
        plain = start.group() if start else ""
        found.append(plain[:-1] if entry[len(plain) : len(plain) + 1] in ("?", "*") else plain)
    return found


def _main_towns(text: str, places: list[Place]) -> set[str]:
    """The towns that a text is about: in its first line, or named more than once."""
    first_line = text.find("\n") if "\n" in text else 0
    names = [place.name for place in places]
    return {place.name for place in places if place.start < first_line or names.count(place.name) > 1}


def passage(sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    """The passage of a figure in the text: its sentence, cut at names of persons and, where very long, to its clauses.

    `first` and `last` are the figure's place in the sentence; the answer is a place in the text.
    """
    start, end = 0, len(sentence.text)
    for name_start, name_end in person_spans(sentence.text):
        if name_end <= first:
            start = max(start, name_end)
        elif name_start >= last:
            end = min(end, _attribution_start(sentence.text, last, name_start))
    if end - start > _LONGEST_QUOTE:
        start = max(start, sentence.text.rfind(",", start, max(start, first - 120)) + 1)
        stop = sentence.text.find(",", min(end, last + 160), end)
        end = stop if stop >= 0 else end
    kept = sentence.text[start:end]
    start += len(kept) - len(kept.lstrip(" ,;:–—-"))
    end -= len(kept) - len(kept.rstrip(" ,;:–—-("))
    return sentence.start + start, sentence.start + end


def _attribution_start(text: str, last: int, name_start: int) -> int:
    """Where the clause that names a speaker begins: at its comma or dash if it holds nothing but the attribution."""
    cuts = [hit.start() for hit in _CUT.finditer(text[last:name_start])]
    if cuts and is_attribution(text[last + cuts[-1] : name_start]):
        return last + cuts[-1]
    return name_start
