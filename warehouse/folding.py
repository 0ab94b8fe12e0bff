"""How text is made comparable: one spelling for what a reader takes for the same word.

Belongs here: cleaning and folding of labels and names, slugs for ids. Does not: any list of codes or names.
Concept: case, spaces, hyphens and gender forms fold together, umlauts stay apart; folded text is never stored.
"""

from __future__ import annotations

import re
import unicodedata

from warehouse.remembered import remembered

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_QUOTES = re.compile("[\"'„“”‚‘’»«›‹]")
# Bürger*innen, Bürger:innen, Bürger_innen, Bürger/-innen, Bürger/innen, Bürger(innen); SeniorInnen by the capital.
_GENDER_MARK = re.compile(r"(?<=[^\W\d_])(?:[*:_·]|/-?|/ ?-|\(-?)(innen|Innen(?![^\W\d_]))\)?")
_GENDER_CAPITAL = re.compile(r"(?<=[a-zäöüß])Innen(?![^\W\d_])")
# "Berufsrückkehrerinnen und Berufsrückkehrer", "Vertreterinnen und -vertreter", "Teilnehmer und Teilnehmerinnen"
_GENDER_PAIR = re.compile(r"\b(\w{3,}?)innen und (?:\1(?:e|en|n)?|-(\w{3,}?)(?:e|en|n)?)(?!\w)")
_GENDER_PAIR_BACK = re.compile(r"\b(\w{3,}?)(?:e|en|n)? und \1innen\b")
_TRANSLITERATE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def tidy(text: str) -> str:
    """`text` in NFC on one line: invisible characters dropped, every space one plain space; nothing else changes."""
    return unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))


@remembered(4_096)
def fold(text: str) -> str:
    """`text` for comparing: tidy, lower case, one kind of hyphen, no quotes, one gender form.

    "Bürger*innen", "BürgerInnen" and "Bürgerinnen und Bürger" fold to the same; "ß" and umlauts stay as they are,
    because different German names would fall together.
    """
    text = _QUOTES.sub("", _HYPHENS.sub("-", tidy(text)))
    lower = text.lower()
    return tidy(_one_gender(text) if "innen" in lower else lower)


def _one_gender(text: str) -> str:
    """In lower case, with one form for men and women."""
    text = _GENDER_CAPITAL.sub("innen", _GENDER_MARK.sub(lambda hit: hit[1].lower(), text)).lower()
    return _GENDER_PAIR_BACK.sub(r"\1innen", _GENDER_PAIR.sub(_feminine, text))


def _feminine(pair: re.Match[str]) -> str:
    """The one form for both: "vertreterinnen und -vertreter" only where the second word ends the first."""
    short = pair[2]
    return f"{pair[1]}innen" if short is None or pair[1].endswith(short) else pair[0]


@remembered(4_096)
def label_key(text: str) -> str:
    """The look-up key of a label: folded, without spaces and hyphens, without a closing colon or full stop.

    "(Langzeit-)Arbeitslose", "(Langzeit-) Arbeitslose" and "(Langzeit)Arbeitslose" are one label, and so is a word
    that was hyphenated at a line end ("Berufsrück-kehrer:innen").
    """
    return fold(text).rstrip(" :.").replace(" ", "").replace("-", "")


def transliterate(text: str) -> str:
    """Folded text with ä as ae, ß as ss: the spelling of addresses ("Nuernberg"). For second choices only."""
    return fold(text).translate(_TRANSLITERATE)


def slug(text: str) -> str:
    """A readable id part: "Halle (Saale)" gives "halle-saale"."""
    plain = unicodedata.normalize("NFKD", transliterate(text)).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", plain).strip("-")
