"""The word lists of claim_words.toml, made fast to ask.

Belongs here: loading, and asking whether a run of words holds an entry of a list. Does not: a word, a rule.
Concept: rules live in a data file that a reader of German can check. Texts are asked in small letters (`lowered`); what
is one word is looked up by word and remembered, only entries of several words are searched for.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

BLANK = "·"  # stands for every blanked character, so that all places in a sentence stay where they are
_TABLES: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("claim_words.toml").read_text(encoding="utf-8")
)
_TOKEN = re.compile(r"\w+")
_MANY_WORDS = re.compile(r"[ .$-]|\(\?[=!<]")
_QUOTES = dict.fromkeys(map(ord, "„“”\"»«‚‘’'()[]/"), " ")
# "Stellen" (jobs) and "stellen" (to put) differ by their capital only: the noun keeps a long s as its mark.
_STELLEN = re.compile(r"S(?=tellen?(?!\w))")


def lowered(text: str) -> str:
    """`text` in small letters and of the same length, as all lists are written."""
    low = _STELLEN.sub("ſ", text).lower()
    return low if len(low) == len(text) else "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


@cache
def pattern(table: str, key: str, *, before: str = "", behind: str = "") -> re.Pattern[str]:
    """One list as a pattern of whole words, with what must stand before and behind it. Raises KeyError for no list."""
    return re.compile(rf"{before}(?<!\w)(?:{'|'.join(_TABLES[table][key])})(?!\w){behind}")


@cache
def keys(table: str) -> tuple[str, ...]:
    """The names of the lists of a table, in the order of the file."""
    return tuple(_TABLES[table])


def entries(table: str, key: str) -> list[str]:
    """The entries of one list, as the file has them."""
    return _TABLES[table][key]


def has(table: str, key: str, text: str) -> bool:
    """Whether `text` (lowered) holds an entry of the list as whole words."""
    bit, several = _ASKED[table, key]
    bits, padded = _seen(text)
    return bits & bit != 0 or (several is not None and several.search(padded) is not None)


def which(table: str, text: str) -> set[str]:
    """The lists of a table of which `text` (lowered) holds an entry."""
    bits, padded = _seen(text)
    mask, several = _ANY[table]
    if not bits & mask and (several is None or several.search(padded) is None):
        return set()
    return {key for key in _TABLES[table] if has(table, key, text)}


def without(table: str, key: str, text: str) -> str:
    """`text` (lowered) with every entry of the list replaced by a space."""
    return pattern(table, key).sub(" ", text)


def _asked(table: str, key: str, at: int) -> tuple[int, re.Pattern[str] | None]:
    """The bit of a list's single words, and the pattern of its entries of several words: it begins with a space, which
    lets the search skip from word to word."""
    several = [entry for entry in _TABLES[table][key] if _MANY_WORDS.search(entry)]
    return 1 << at, re.compile(rf" (?:{'|'.join(several)})(?!\w)") if several else None


def _any(table: str) -> tuple[int, re.Pattern[str] | None]:
    """The bits and the entries of several words of all lists of a table."""
    asked = [_ASKED[table, key] for key in _TABLES[table]]
    several = [found.pattern for _, found in asked if found is not None]
    return sum(bit for bit, _ in asked), re.compile("|".join(several)) if several else None


_LISTS = [(table, key) for table, lists in _TABLES.items() if table != "nouns" for key in lists]
_ASKED = {(table, key): _asked(table, key, at) for at, (table, key) in enumerate(_LISTS)}
_ANY = {table: _any(table) for table in ("subgroups",)}
_SINGLE = [
    (1 << at, re.compile("|".join(single)))
    for at, (table, key) in enumerate(_LISTS)
    if (single := [entry for entry in _TABLES[table][key] if not _MANY_WORDS.search(entry)])
]


@lru_cache(maxsize=2048)
def _seen(text: str) -> tuple[int, str]:
    """The bits of all lists that hold a word of `text`, and `text` with a space before every word."""
    bits = 0
    for token in _TOKEN.findall(text):
        bits |= _tag(token)
    return bits, " " + text.translate(_QUOTES)


@lru_cache(maxsize=65536)
def _tag(token: str) -> int:
    bits = 0
    for bit, single in _SINGLE:
        if single.fullmatch(token):
            bits |= bit
    return bits
