"""Characters, white space and words: how any text of a page is cleaned, compared and split.

Belongs here: cleaning for keeping, folding for comparing, lists in one line. Does not: markup, numbers, dates.
Concept: cleaning changes nothing that a reader sees; folding is for look-ups only and is never stored.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate, groupby

# Soft hyphens stand in the menus and even in titles of GSB sites. The rest is as invisible: zero-width spaces, byte
# order marks, controls, and the marks that turn the reading order (a title could use them to fool a terminal).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
_NO_KEY = dict.fromkeys(map(ord, " -\u200c\u200d"))  # joiners mean something in emoji, in a label nothing
_HYPHENS = re.compile("[\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d]")
# Bewohner*innen, Bewohner:innen, Bewohner_innen, Bewohner/-innen, Bewohner/innen, Bewohner(innen), Lehrer/-in;
# not "Köln/Innenstadt": a capital only where the word ends there.
_GENDER = re.compile(r"(?<=[^\W\d_])(?:[*:_·]|/-?)(innen|Innen(?![^\W\d_])|in(?![^\W\d_]))")
_GENDER_BRACKET = re.compile(r"(?<=[^\W\d_])\(-?([iI]nnen|in)\)")
# Opening character to what may close it; real pages mix German, English and typewriter quotes in one pair.
_PAIRS = {"(": ")", "[": "]", "„": '“”"', "“": '”"', "»": "«", "«": "»", "‚": "‘’", '"': '"'}
_PAIR = re.compile(f"[{re.escape(''.join(_PAIRS))}]")
_MOST_MARKS, _MANY_MARKS = 30, 100
_AND = re.compile(r"(?<!-) (?:und|sowie) (?!-)")


def clean(text: str) -> str:
    """`text` in NFC on one line: invisible characters dropped, every kind of space (NBSP too) made one plain space.

    Meant for anything that is kept: typos, quotes, dashes and capitals stay as written.
    """
    text = text.strip()
    if "  " in text or not text.isprintable():  # most lines need none of this, and asking is far cheaper
        text = " ".join(_INVISIBLE.sub("", text).split())
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text if len(text) < _MANY_MARKS else fewer_marks(text))


def fewer_marks(text: str) -> str:
    """`text` with 30 combining marks in place of a hundred and more on one character; real ones have three.

    Bringing a run of them into order takes the square of its length: 600,000 took minutes (UAX 15 allows 30 a stream).
    """
    if not any(map(unicodedata.combining, text[::_MANY_MARKS])):  # no run of so many can pass between
        return text
    kept = []
    for are_marks, chars in groupby(text, lambda char: unicodedata.combining(char) > 0):
        run = "".join(chars)
        kept.append(run[:_MOST_MARKS] if are_marks and len(run) >= _MANY_MARKS else run)
    return "".join(kept)


def fold(text: str) -> str:
    """`text` for comparing: cleaned, case folded, one kind of hyphen, one gender form; umlauts stay apart.

    "Einwohner/innenzahl", "Einwohner*innenzahl" and "EinwohnerInnenzahl" fold to the same; "ä" never becomes "ae",
    because different German names would fall together.
    """
    text = _HYPHENS.sub("-", clean(text))
    return _GENDER_BRACKET.sub(r"\1", _GENDER.sub(r"\1", text)).casefold()


def label_key(text: str) -> str:
    """The look-up key of a heading or label: folded, without spaces, joiners, hyphens and a closing colon.

    "SGB-II-Quote:", "SGB II-Quote" and a hyphenated "Pro-jekt-partner" find their entry in a label table.
    """
    return fold(text).rstrip(" :").translate(_NO_KEY)


def split_list(text: str, separators: str = ",;") -> list[str]:
    """The items of a list in one line, cleaned, in order, empty ones dropped.

    Nothing is cut inside brackets or quotes („Integration, Bildung“ e. V.), inside a number (7,5) or after a
    completing hyphen ("Jugend-, Sozial- und Bildungsarbeit"). A bracket that never closes holds nothing together.
    """
    found = [at for separator in separators for at in _positions(text, separator) if _separates(text, at)]
    if not found:
        return [item] if (item := clean(text)) else []
    held = _held_together(text) if _PAIR.search(text) else bytes(len(text))
    return _pieces(text, [(at, at + 1) for at in sorted(found) if not held[at]])


def split_enumeration(text: str) -> list[str]:
    """As `split_list`, and the last item is also cut at its last " und " or " sowie ": "A, B und C", "A sowie B"."""
    items = split_list(text)
    if not items:
        return []
    last = items.pop()
    held = _held_together(last)
    found = [hit.span() for hit in _AND.finditer(last) if not held[hit.start()]]
    return items + _pieces(last, found[-1:])


def _positions(text: str, char: str) -> list[int]:
    """Where `char` stands."""
    return [hit.start() for hit in re.finditer(re.escape(char), text)] if char in text else []


def _pieces(text: str, cuts: list[tuple[int, int]]) -> list[str]:
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    return [piece for start, end in zip(starts, ends, strict=True) if (piece := clean(text[start:end]))]


def _separates(text: str, at: int) -> bool:
    """False for the comma of 7,5 and of "Jugend-, Sozial-"."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return before != "-" and not (before.isdigit() and after.isdigit())


def _held_together(text: str) -> bytes:
    """One byte a character: 1 inside a closed pair of brackets or quotes."""
    opened: list[tuple[int, str]] = []
    steps = [0] * (len(text) + 1)
    for at, char in enumerate(text):
        depth = next((back for back in range(1, min(len(opened), 8) + 1) if char in opened[-back][1]), 0)
        if depth:
            steps[opened[-depth][0]] += 1
            steps[at] -= 1
            del opened[-depth:]
        elif char in _PAIRS:
            opened.append((at, _PAIRS[char]))
    return bytes(level > 0 for level in accumulate(steps))
