"""German numbers and quantities, by strict patterns of our own.

Belongs here: digits, number words, shares, units, the words that qualify a figure. Does not: what a figure counts.
Concept: grouping must be exact or it is no number, so 1.5 and "Januar 2023 827" are never merged or rescaled.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from parsers.text import clean

Unit = Literal["percent", "EUR", "ha"]
Qualifier = Literal["exact", "about", "over", "under", "up_to", "at_least"]
Form = Literal["digits", "words", "share"]

_SPACE = "[ \u00a0\u2009\u202f]"
# 1.780 | 10 300 | 750000, each with decimals behind a comma. A group has three digits, the first one to three.
# No more than 15 digits: what is longer is no figure, and would be slow to convert.
_DIGITS = (
    rf"(?:[1-9]\d{{0,2}}(?:\.\d{{3}}){{1,4}}|[1-9]\d{{0,2}}(?:{_SPACE}\d{{3}}){{1,4}}|0|[1-9]\d{{0,14}})"
    r"(?:,\d{1,8})?(?![.,/]?\d)"
)
_SCALES = {"tausend": 3, "tsd": 3, "million": 6, "millionen": 6, "mio": 6, "milliarde": 9, "milliarden": 9, "mrd": 9}
_SCALE = r"(?:Tausend|Tsd\b\.?|Mio\b\.?|Mrd\b\.?|Million(?:en)?\b|Milliarden?\b)"
_UNITS: dict[str, Unit] = {
    **{"%": "percent", "prozent": "percent", "v.h.": "percent"},
    **{"€": "EUR", "euro": "EUR", "eur": "EUR", "ha": "ha", "hektar": "ha"},
}
_UNIT = r"(?:%|Prozent(?!\w)|v\.\s?H\.|€|Euro\b|EUR\b|ha\b|Hektar\b)"
_QUALIFIERS: dict[str, Qualifier] = {
    **dict.fromkeys(
        ("rund", "etwa", "circa", "zirka", "ca.", "ca", "ungefähr", "gegen", "um die", "rd.", "~"), "about"
    ),
    **dict.fromkeys(("über", "mehr als", "gut", "weit über", ">"), "over"),
    **dict.fromkeys(
        ("knapp", "fast", "nahezu", "beinahe", "annähernd", "unter", "weniger als", "an die", "<"), "under"
    ),
    **dict.fromkeys(("bis zu", "maximal", "höchstens", "nicht mehr als", "≤"), "up_to"),
    **dict.fromkeys(("mindestens", "wenigstens", "nicht weniger als", "≥"), "at_least"),
}
_QUALIFIER = "|".join(
    re.escape(word).replace(r"\ ", r"\s") + (r"\b\s" if word[-1].isalpha() else r"\s?")
    for word in sorted(_QUALIFIERS, key=len, reverse=True)
)
_ONES = {
    **{"ein": 1, "eins": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7},
    **{"acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13, "vierzehn": 14, "fünfzehn": 15},
    **{"sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19},
}
_TENS = {
    **{"zwanzig": 20, "dreißig": 30, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60},
    **{"siebzig": 70, "achtzig": 80, "neunzig": 90},
}
_HALVES = {"anderthalb": 1, "eineinhalb": 1, "zweieinhalb": 2, "dreieinhalb": 3, "viereinhalb": 4, "fünfeinhalb": 5}
_MORPHEMES = sorted([*_ONES, *_TENS, "hundert", "tausend", "und"], key=len, reverse=True)
_WORD = rf"(?:{'|'.join(_HALVES)}|(?:{'|'.join(_MORPHEMES)}){{1,12}})"
_ARTICLE = r"eine?[mnrs]?"
_SCALED_WORD = (
    rf"(?:{_ARTICLE}\s(?P<extra>(?:weitere[nr]?|halbe[nr]?)\s)?|{_WORD}\s)(?:Million(?:en)?|Milliarden?|Dutzend)"
)
_PARTS = {"hälfte": 2, "drittel": 3, "viertel": 4, "fünftel": 5, "sechstel": 6, "achtel": 8, "zehntel": 10}
_NTH = {"zweite": 2, "dritte": 3, "vierte": 4, "fünfte": 5, "sechste": 6, "siebte": 7, "achte": 8, "zehnte": 10}
# "ein Viertel" is a quarter of a town as well: it is a share only before what it is a share of.
_SHARE = (
    rf"(?:(?P<parts>{_ARTICLE}|zwei|drei|vier)\s(?P<part>Drittel|Fünftel|Sechstel|Achtel|Zehntel"
    rf"|Viertel(?=\s(?:der|aller|davon|von|dieser)\b))|(?:der|die)\s(?P<half>Hälfte)"
    rf"|jede[rmns]?\s(?P<nth>{'|'.join(_NTH)})[rnms]?)\b"
)
_NUMBER = re.compile(
    rf"""(?<![^\W_])(?<!\d[.,/])(?P<qualifier>{_QUALIFIER})?(?:
      (?P<before>€\s?|EUR\s|Euro\s)?(?<!\d)(?P<digits>{_DIGITS})(?:\s?(?P<scale>{_SCALE}))?
        (?:\s?(?P<unit>{_UNIT})|(?![^\W\d_]))
    | (?P<share>{_SHARE})
    | (?P<words>{_SCALED_WORD}|{_WORD})(?!\w)(?:\s(?P<unit_of_words>{_UNIT}))?
    )(?P<more>\s(?:und|oder)\smehr\b)?""",
    re.VERBOSE | re.IGNORECASE,
)


# What nearly all figures of a project page look like; a shorter way to the same value.
_PLAIN = re.compile(r"([1-9]\d{0,2}(?:\.\d{3}){1,4}|0|[1-9]\d{0,14})(?:,(\d{1,8}))?(?:\s?(%|ha))?")


class Quantity(NamedTuple):
    """A figure: value (an int where nothing stands behind the comma), unit as a code or None, qualifier."""

    value: int | float
    unit: Unit | None
    qualifier: Qualifier


class NumberMatch(NamedTuple):
    """A figure found in a text: text[start:end] with its unit, from `qualifier_start` with the qualifier too.

    `form` says how it is written: "digits", "words" (zwölf, eine Million) or "share" (ein Drittel, jeder fünfte),
    a share has unit percent.
    """

    start: int
    end: int
    qualifier_start: int
    text: str
    value: int | float
    unit: Unit | None
    qualifier: Qualifier
    form: Form


def parse_number(text: str) -> int | float | None:
    """The value of a text that is one number, with or without a unit, or None: "1.780", "10 300", "1,2 Million".

    "1.5", "12.34" and "1.2345" are no German numbers and give None.
    """
    quantity = parse_quantity(text)
    return None if quantity is None else quantity.value


def parse_quantity(text: str) -> Quantity | None:
    """The value, unit and qualifier of a text that is one figure: "68 ha", "36,2 %", "rund 494.545"."""
    if (plain := _PLAIN.fullmatch(text)) is not None:
        whole, decimals, sign = plain.groups()
        whole = whole.replace(".", "")
        value = float(f"{whole}.{decimals}") if decimals else int(whole)
        return Quantity(value, _UNITS[sign] if sign else None, "exact")
    text = clean(text).replace("\u2212", "-")
    negative = text.startswith("-")
    found = _NUMBER.fullmatch(text, 1 if negative else 0)
    figure = None if found is None else _read(found)
    if figure is None or (negative and figure.form != "digits"):
        return None
    return Quantity(-figure.value if negative else figure.value, figure.unit, figure.qualifier)


def find_numbers(text: str) -> list[NumberMatch]:
    """All figures in `text`, left to right. Dates, ages and the like are figures too: blank them before."""
    return [figure for hit in _NUMBER.finditer(text) if (figure := _read(hit)) is not None]


def _read(found: re.Match[str]) -> NumberMatch | None:
    """The figure of a match of `_NUMBER`; None for an article ("ein") and for words that only look like a number."""
    unit_text = found["unit"] or found["before"] or found["unit_of_words"]
    unit = _UNITS[re.sub(r"\s", "", unit_text).lower()] if unit_text else None
    form: Form = "digits"
    value: int | float | None
    if found["digits"]:
        value = _digits(found["digits"], found["scale"])
    elif found["share"]:
        form, unit, value = "share", "percent", _share(found)
    else:
        form, value = "words", _words(found["words"].lower())
    if value is None:
        return None
    start = found.end("qualifier") if found["qualifier"] else found.start()
    return NumberMatch(
        start, found.end(), found.start(), found.string[start : found.end()], value, unit, _qualifier(found), form
    )


def _qualifier(found: re.Match[str]) -> Qualifier:
    if found["more"]:
        return "at_least"
    return _QUALIFIERS[clean(found["qualifier"]).lower()] if found["qualifier"] else "exact"


def _digits(digits: str, scale: str | None) -> int | float:
    """The value of digits in German writing; decimal arithmetic, so that 1,2 Millionen is 1200000."""
    value = Decimal(re.sub(r"[.\s]", "", digits).replace(",", "."))
    if scale:
        value = value.scaleb(_SCALES[scale.lower().rstrip(".")])
    return int(value) if value == value.to_integral_value() and ("," not in digits or scale) else float(value)


def _share(found: re.Match[str]) -> float:
    """The per cent of "ein Drittel" (33.33), "zwei Drittel", "die Hälfte", "jeder fünfte" (20)."""
    if found["nth"]:
        return round(100 / _NTH[found["nth"].lower()], 2)
    parts = _ONES.get((found["parts"] or "").lower(), 1)
    return round(100 * parts / _PARTS[(found["part"] or found["half"]).lower()], 2)


def _words(words: str) -> int | float | None:
    """The value of number words in small letters: "zwölf", "eine halbe million", "zwei dutzend"."""
    *front, last = words.split()
    if not front:
        return None if last == "ein" else _word(last)
    factor = 12 if last == "dutzend" else 10 ** _SCALES[last]
    count = _word(front[0])
    if len(front) > 1 and front[1].startswith("halb"):
        return factor // 2
    return factor if count is None else int(count * factor)


@lru_cache(maxsize=4096)
def _word(word: str) -> int | float | None:
    """The value of one German number word up to 999,999, or None."""
    if word in _HALVES:
        return _HALVES[word] + 0.5
    thousands, found, rest = word.rpartition("tausend")
    if not found:
        return _below_thousand(word)
    front = _below_thousand(thousands) if thousands else 1
    tail = _below_thousand(rest.removeprefix("und")) if rest else 0
    return None if front is None or tail is None else 1000 * front + tail


def _below_thousand(word: str) -> int | None:
    hundreds, found, rest = word.rpartition("hundert")
    if found:
        front = _ONES.get(hundreds) if hundreds else 1
        tail = _below_hundred(rest.removeprefix("und")) if rest else 0
        return None if front is None or front > 9 or tail is None else 100 * front + tail
    return _below_hundred(word)


def _below_hundred(word: str) -> int | None:
    if word in _ONES:
        return _ONES[word]
    if word in _TENS:
        return _TENS[word]
    one, _, ten = word.partition("und")
    ones = _ONES.get(one)
    return None if ones is None or ones > 9 or ten not in _TENS else _TENS[ten] + ones
