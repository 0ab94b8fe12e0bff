"""Where a text names a person, so that no name leaves it.

Belongs here: places of names, by form of address, office or first name. Does not: who that is; no name is kept.
Concept: better to cut one word too many out of a quote than to keep a name in it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FIRST_NAMES = frozenset(Path(__file__).with_name("first_names.txt").read_text(encoding="utf-8").split())
_NAME = r"(?:(?:von|van|de|zu|der)\s)*[A-ZÄÖÜ][^\W\d_]*(?:[-'’][A-ZÄÖÜ]?[^\W\d_]+)*\.?"
_TITLES = frozenset(["Herr", "Herrn", "Frau", "Dr", "Prof", "Professor", "Professorin"])
_OFFICE = re.compile(
    r"\w*(?:leiter|meister|sprecher|führer|dezernent|koordinator|manager|minister|berater|präsident|senator"
    r"|chef|sekretär)(?:in)?"
    r"|\w*(?:beigeordnete|abgeordnete|vorsitzende|verantwortliche)[rn]?|coach|md[blep]"
)
_WORD = re.compile(r"[A-ZÄÖÜ][^\W\d_]+(?:-[A-ZÄÖÜ][^\W\d_]+)?")
_BEHIND_TITLE = re.compile(rf"\.?(?:\s(?:Dr\.|Prof\.|med\.|phil\.|h\.\s?c\.))*\s{_NAME}(?:\s{_NAME}){{0,2}}")
_BEHIND_OFFICE = re.compile(rf"\s(?:(?:Dr\.|Prof\.)\s)*({_NAME})(?:\s{_NAME})?")
_SURNAME = re.compile(rf"(?:\s{_NAME}){{1,2}}")
_SAYS = re.compile(
    r"\b(?:sagte?|erklärte?|berichtete?|betonte?|ergänzte?|meinte?|lobte?|resümierte?|bilanzierte?|freut sich|so)\s"
    r"((?:[A-ZÄÖÜ][\w-]+\s){1,2}[A-ZÄÖÜ][\w-]+)"
)
_NO_NAMES = frozenset(["Der", "Die", "Das", "In", "Im", "Und", "Am"])
_SPEECH = re.compile(
    r"\b(?:sag|erklär|berichte|beton|ergänz|so\b|freu|mein|lob|resümier|bilanzier|unterstr|hob\b|hebt\b|zitier"
    r"|heißt es\b)"
)


@lru_cache(maxsize=64)
def person_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The runs of `text` that name a person, with form of address or office, as (start, end), left to right."""
    spans: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        end = _end_of_person(text, word.group(), word.end())
        if end and spans and word.start() <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        elif end:
            spans.append((word.start(), end))
    said = [hit.span(1) for hit in _SAYS.finditer(text)]  # a first name that no list knows
    spans += [span for span in said if not any(start < span[1] and span[0] < end for start, end in spans)]
    return tuple(sorted(spans))


def is_attribution(text: str) -> bool:
    """True for a clause like "sagt …", "so …", "wie … erklärte": it names who speaks and holds no fact of its own."""
    return _SPEECH.search(text) is not None


def _end_of_person(text: str, word: str, end: int) -> int | None:
    """Where the name ends that a title, an office or a first name begins; None if `word` is none of them."""
    if word in _TITLES:
        behind = _BEHIND_TITLE.match(text, end)
        return behind.end() if behind else None
    if _is_office(word):
        behind = _BEHIND_OFFICE.match(text, end)
        return behind.end() if behind and behind[1] not in _NO_NAMES else None
    if word in _FIRST_NAMES:
        behind = _SURNAME.match(text, end)
        return (
            behind.end() if behind else end if len(word) > 4 else None
        )  # "Jan", "Mark", "Max" alone are words as well
    return None


@lru_cache(maxsize=16384)
def _is_office(word: str) -> bool:
    return _OFFICE.fullmatch(word.lower()) is not None
