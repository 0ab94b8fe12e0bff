"""The main text of a news page, line by line, without what stands around it.

Belongs here: which lines of an extracted text are the article. Does not: extraction itself, claims, places.
Concept: the headline is the first line; a line is dropped by what it is (reading time, byline, teaser), never by place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from parsers.text import clean

# "2 Min.", "Lesezeit: 3 Minuten", "3 Minuten Lesezeit".
_READING_TIME = re.compile(
    r"(?:ca\.?\s)?(?:Lesezeit:?\s?)?(?:ca\.?\s)?\d{1,2}\s?(?:Min\.?|Minuten?|min)(?:\s(?:Lesezeit|Lesedauer"
    r"|zu lesen))?\.?|Lesezeit:?.{0,20}",
    re.I,
)
_BYLINE = re.compile(
    r"(?:(?:Von|Autor(?:in)?|Redaktion|Text|Verfasst von|Geschrieben von):?(?:\s[A-ZÄÖÜ][\w.-]+){1,4}"
    r"|Admin User|Redaktion|Lokalredaktion|Pressemitteilung|Anzeige|Werbung)"
)
_CAPTION = re.compile(
    r"(?:\(?(?:Foto|Fotos|Bild|Bilder|Grafik|Symbolbild|Archivbild|Archivfoto|Quelle|Copyright)\s?[:/©].*|©.*)",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"(?:(?:Stand|Veröffentlicht|Aktualisiert|Erstellt|Datum)(?:\sam)?:?\s)?(?:(?:Mon|Diens|Donners|Frei|Sams"
    r"|Sonn)tag,?\s|Mittwoch,?\s)?\d{1,2}\.\s?(?:\d{1,2}\.|\w+)\s?\d{4}(?:[,\s–|-]+\d{1,2}[:.]\d\d(?:\sUhr)?)?"
    r"(?:\s?\|.{0,80})?",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"(?:Artikel )?(?:teilen|drucken|vorlesen|anhören|merken|kommentieren|speichern|per e-mail senden)"
    r"|zur startseite|zurück(?: zur übersicht)?|newsletter.{0,60}|weiterlesen|mehr lesen|facebook|twitter"
    r"|whatsapp",
    re.IGNORECASE,
)
# From such a heading on the page speaks of something else. Only headings count: they end without a full stop.
_REST = re.compile(
    r"(?:kommentare?(?:\s?\(\d+\))?|\d+ kommentare?|kommentar schreiben|(?:lesen sie|lies|das könnte (?:sie"
    r"|dich)) auch.*|das könnte (?:sie|dich) (?:auch )?interessieren|mehr (?:dazu|zum thema|aus .*|nachrichten)"
    r"|weitere (?:nachrichten|artikel|meldungen|beiträge|themen)|ähnliche (?:artikel|beiträge)|auch interessant"
    r"|meistgelesen|top-?themen|schlagw[oö]rter.*|tags?:.*|themen:.*|verwandte (?:artikel|themen)"
    r"|über den autor|über die autorin|rückfragen.*|pressekontakt.*|kontakt für (?:die )?(?:presse|medien).*"
    r"|impressum|datenschutz)",
    re.IGNORECASE,
)
_CONSENT = (
    "cookie",
    "einwilligung",
    "zustimm",
    "akzeptieren",
    "consent",
    "datenschutz",
    "tracking",
    "werbefrei",
    "personalisierte",
    "pur-abo",
)
_ERROR = re.compile(
    r"\b(?:404|403|500|503)\b|nicht gefunden|not found|existiert nicht|nicht (?:mehr )?(?:vorhanden|verfügbar"
    r"|erreichbar)|fehler(?:seite)?$|error|wartungsarbeiten|zugriff verweigert|access denied",
    re.IGNORECASE,
)
# Characters of text that are read: the longest articles have some 20,000.
LONGEST_TEXT = 100_000
_MARKDOWN = re.compile(r"\*\*(?=\S)|(?<=\S)\*\*")


def article_lines(title: str | None, extracted: str, alts: Iterable[str], authors: Iterable[str]) -> list[str]:
    """Headline and paragraphs of an article, cleaned; each line once.

    Lines that only repeat `alts` (texts of images) or `authors` (names in the page's metadata) are dropped.
    """
    seen = {*alts, *authors}
    kept: list[str] = []
    if title:
        kept.append(title)
        seen.add(title)
    room = LONGEST_TEXT
    for line in extracted.split("\n"):
        if room <= 0:
            break
        line = line[:room]
        room -= len(line)
        text = without_markdown(clean(line)).removeprefix("- ")
        if kept and _REST.fullmatch(text):
            break
        if text and text not in seen and not _is_boilerplate(text):
            seen.add(text)
            kept.append(text)
    return kept


def without_markdown(text: str) -> str:
    """`text` without the ** that a press network leaves in its headlines (muenster-24stun.de)."""
    return _MARKDOWN.sub("", text)


def is_consent_wall(lines: list[str]) -> bool:
    """True where what could be extracted asks for consent and says nothing else."""
    size, asking, found = 0, 0, 0
    for line in lines:
        size += len(line)
        low = line.lower()
        words = sum(low.count(word) for word in _CONSENT)
        found += words
        asking += len(line) if words else 0
    return found >= 2 and asking * 2 > size


def is_error_page(title: str | None, lines: list[str]) -> bool:
    """True for a short page whose headline or first words say that there is no such page."""
    text = " ".join(lines)
    return len(text) < 600 and _ERROR.search(f"{title or ''} {text[:160]}") is not None


def _is_boilerplate(text: str) -> bool:
    patterns = (_READING_TIME, _BYLINE, _CAPTION, _DATELINE, _BUTTON)
    return len(text) < 200 and any(pattern.fullmatch(text) for pattern in patterns)
