"""Towns named in a German text.

Belongs here: which words are towns, and which only look like one. Does not: official keys, nearness, addresses.
Concept: a town counts where the text names it; a quarter, a street or a person of that name does not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from parsers.persons import person_spans

_HERE = Path(__file__).parent
_WORDS = tomllib.loads((_HERE / "place_words.toml").read_text(encoding="utf-8"))
_ORDINARY = frozenset(_WORDS["ordinary"])
_NEVER_ALONE = frozenset(_WORDS["never_alone"])
_NAMED_BY = frozenset(_WORDS["named_by"])
_BEHIND = frozenset(_WORDS["behind"])
_QUARTER = frozenset(_WORDS["quarter_words"])
_STREET = frozenset(_WORDS["street_words"])
_ARTICLES = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "ein",
        "eine",
        "einer",
        "einen",
        "einem",
        "im",
        "zum",
        "beim",
        "vom",
        "am",
        "ins",
    ]
)
_BASE = re.compile(r" \(| (?:am|an|im|in|bei|ob|unter|auf|vor|unterm) | [abiv]\. ?| [abiv]\.[a-z]\.| o\.|/")
_TOKEN = re.compile(r"[A-ZÄÖÜ][^\W_]*(?:[-/][^\W_]+)*")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\s„“\"»]*$")
_FIRST_PART = re.compile(r"[^-/]+")
_NAME_BEFORE = re.compile(r"(?:^|[\s(„])[A-ZÄÖÜ][\w.-]*\s$")
_NEXT_WORD = re.compile(r"[\s-]+([A-ZÄÖÜ]\w*)")


class Place(NamedTuple):
    """A town as the text names it: text[start:end]; `name` is its official name where the list knows only one."""

    name: str
    start: int
    end: int


def _names() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Single words that name a town, with its official name; and names of several words by their first word."""
    official = (_HERE / "municipality_names.txt").read_text(encoding="utf-8").split("\n")
    single: dict[str, set[str]] = {}
    several: dict[str, list[str]] = {}
    for name in filter(None, official):
        base = _BASE.split(name)[0]
        single.setdefault(base, set()).add(name)
        if " " in name:
            several.setdefault(re.split(r"[ -]", name)[0], []).append(name)
    for group in several.values():
        group.sort(key=len, reverse=True)
    names = {base: base if base in full or len(full) > 1 else next(iter(full)) for base, full in single.items()}
    return names, several


def _adjectives(names: dict[str, str]) -> dict[str, str]:
    """Duisburger -> Duisburg; a table corrects what the rule does not know or gets wrong."""
    made: dict[str, str] = {}
    for base, name in names.items():
        if " " not in base and base not in _ORDINARY and base not in _NEVER_ALONE and len(base) > 3:
            made[base + ("r" if base.endswith("e") else "er")] = name
            if base.endswith("ingen"):
                made[base[:-2] + "er"] = name
    made = {word: name for word, name in made.items() if word not in names}
    made.update(_WORDS["adjectives"])
    return {word: name for word, name in made.items() if name}


_NAMES, _SEVERAL = _names()
_ADJECTIVES = _adjectives(_NAMES)
_KNOWN = frozenset([*_NAMES, *_ADJECTIVES, *_SEVERAL])


def find_places(text: str) -> list[Place]:
    """All towns that `text` names, left to right; "Duisburger Hochfeld" and "Köln-Mülheim" name Duisburg and Köln."""
    found: list[Place] = []
    for place in _candidates(text):
        if found and place.start < found[-1].end:
            continue
        if (
            found
            and text[found[-1].end : place.start] == " "
            and not text[found[-1].start : found[-1].end].endswith("er")
        ):
            continue  # "Köln Mülheim": the quarter of a town, written without hyphen
        if not _is_person(text, place):
            found.append(place)
    return found


def _is_person(text: str, place: Place) -> bool:
    """True for the "Hagen" of "Frau Hagen" and of "Petra Hagen"."""
    start = max(0, place.start - 40)
    if not _NAME_BEFORE.search(text, start, place.start):
        return False
    near = text[start : place.end + 20]
    return any(first < place.end - start and place.start - start < last for first, last in person_spans(near))


def is_demonym(word: str) -> bool:
    """True for "Schweriner", "Schwerinerinnen": people of a town, or the adjective of its name."""
    return word in _ADJECTIVES or (word.endswith("innen") and word[:-5] in _ADJECTIVES) or word[:-1] in _ADJECTIVES


def _candidates(text: str) -> Iterator[Place]:
    for token in _TOKEN.finditer(text):
        word = token.group()
        first = word if "-" not in word and "/" not in word else _FIRST_PART.match(word)[0]  # type: ignore[index]
        if first not in _KNOWN and not word.endswith("innen") and first is word:
            continue
        start = token.start()
        if first in _SEVERAL and (full := _full_name(text, start, _SEVERAL[first])) is not None:
            yield Place(full, start, start + len(full))
        elif (name := _town_of(text, word, start)) is not None:
            yield Place(name, start, token.end())


def _full_name(text: str, start: int, names: list[str]) -> str | None:
    """The longest of `names` that stands at `start`."""
    return next(
        (name for name in names if text.startswith(name, start) and not text[start + len(name) :][:1].isalnum()), None
    )


def _town_of(text: str, word: str, start: int) -> str | None:
    """The town that one capitalised word names at its place in the text, or None."""
    if word in _NAMES:
        return _NAMES[word] if _is_meant(text, word, start) else None
    if word in _ADJECTIVES:
        return _of_adjective(text, word, start)
    if word.endswith("innen") and word[:-5] in _ADJECTIVES:
        return _ADJECTIVES[word[:-5]]
    first, _, rest = word.partition("-")
    if not rest:
        return None
    if first in _NAMES and first not in _NEVER_ALONE and (first not in _ORDINARY or rest[0].isupper()):
        return _NAMES[first] if rest[0].isupper() and not _STREET & {rest} else None
    last = rest.rpartition("-")[2]
    return _NAMES[last] if first.isupper() and last in _NAMES and last not in _NEVER_ALONE else None


def _of_adjective(text: str, word: str, start: int) -> str | None:
    following = _NEXT_WORD.match(text, start + len(word))
    return None if following and following[1] in _STREET else _ADJECTIVES[word]


def _is_meant(text: str, word: str, start: int) -> bool:
    """False for a quarter of that name, behind an article ("die Halle"), and for an ordinary word without a preposition
    of place before it."""
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    previous = before[1] if before else ""
    if previous in _QUARTER:
        return False
    if word in _NEVER_ALONE:
        return previous in _NAMED_BY
    if word in _ORDINARY:
        return (
            previous in _BEHIND
            or previous in ("In", "Aus", "Nach")
            or (previous in ("und", "sowie") and _town_before(text, before))
        )
    return previous not in _ARTICLES


def _town_before(text: str, before: re.Match[str] | None) -> bool:
    """True where the word before "und" is a town: "in Dortmund und Essen"."""
    earlier = _WORD_BEFORE.search(text, 0, before.start()) if before else None
    return earlier is not None and earlier[1] in _NAMES
