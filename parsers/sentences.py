"""Sentences of a German text, as places in it.

Belongs here: where a sentence begins and ends. Does not: what it says, numbers, names.
Concept: offsets only, so that a quote is always text[start:end]; a line of the text is never joined with the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from parsers.dates import MONTHS

# A full stop after these ends no sentence. "Mio." stands before a capital ("Mio. Euro") more often than at an end.
_ABBREVIATED = """
    abs. art. bspw. bzw. ca. cb. d.h. dr. dipl. e.v. etc. evtl. ggf. hr. hrsg. ing. inkl. insb. jr. max.
    min. mind. mio. mrd. nr. o.ä. o.g. prof. rd. s.o. sog. st. std. str. tel. tsd. u.a. usw. u.u. v.a. vgl.
    z.b. z.t. zzgl. jan. feb. mrz. apr. jun. jul. aug. sept. sep. okt. nov. dez.
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
# What an ordinal is put before; behind any other number of one or two digits a full stop ends the sentence.
_COUNTED = re.compile(
    "Mai|Arbeitsmarkt|Förder|Runde|Halbjahr|Quartal|Jahrhundert|Ober|Stock|Etage|Auflage|Sitzung|Platz|Durchgang|Mal"
    f"|Internationale|{'|'.join(month for month in MONTHS if len(month) > 3)}",
    re.IGNORECASE,
)
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,2}$")
_INITIALS = re.compile(r"[a-zäöü]\.|(?:[a-zäöü]\.){2,}")
# From the first of several stops on, and nothing is tried twice: a line of 500,000 dots is read in a moment.
_STOP = re.compile(r"(?<![.!?…])[.!?…]++[\"“”„«»’'\)\]]*+\s++(?=[\"“”„«»‚'\(\[]*[A-ZÄÖÜ\d])")
_LAST_WORD = re.compile(r"\S+$")


class Sentence(NamedTuple):
    """text[start:end] is one sentence, heading or line without a full stop."""

    start: int
    end: int
    text: str


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of `text`, in order; each line is read by itself, empty ones are passed over."""
    at = 0
    for line in text.split("\n"):
        yield from sentences_of_line(line, at)
        at += len(line) + 1


def sentences_of_line(line: str, offset: int = 0) -> Iterator[Sentence]:
    """The sentences of one line of a text that begins there at `offset`."""
    start = 0
    for stop in _STOP.finditer(line):
        if _ends_sentence(line, stop):
            yield from _sentence(line, start, stop.end(), offset)
            start = stop.end()
    yield from _sentence(line, start, len(line), offset)


def _sentence(line: str, start: int, end: int, offset: int) -> Iterator[Sentence]:
    kept = line[start:end]
    stripped = kept.strip()
    if stripped:
        first = offset + start + len(kept) - len(kept.lstrip())
        yield Sentence(first, first + len(stripped), stripped)


def _ends_sentence(line: str, stop: re.Match[str]) -> bool:
    if line[stop.start()] != ".":
        return True
    found = _LAST_WORD.search(line, max(0, stop.start() - 24), stop.start() + 1)
    word = found.group().lstrip("(„“\"»«'").lower() if found else ""
    if word in _ABBREVIATIONS or _INITIALS.fullmatch(word):
        return False
    return not _is_ordinal(line, stop)


def _is_ordinal(line: str, stop: re.Match[str]) -> bool:
    """True in "am 1. April", "3. Förderrunde": one or two digits before the stop and a counted thing behind."""
    digits = _SHORT_NUMBER.search(line, max(0, stop.start() - 3), stop.start())
    return digits is not None and _COUNTED.match(line, stop.end()) is not None
