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
    r"\d{1,2} min(?:ute)?s? read|(?:Vorlesed|Hörd|D)auer:?.{0,20}|Min\.? Lesezeit.{0,6}"
    r"|(?:ca\.?\s)?(?:Lese(?:zeit|dauer):?\s?)?(?:ca\.?\s)?\d{1,2}\s?(?:Min\.?|Minuten?|min)"
    r"(?:\s(?:Lesezeit|Lesedauer|zu lesen))?\.?|Lese(?:zeit|dauer):?.{0,20}",
    re.I,
)
_BYLINE = re.compile(
    r"(?:(?:Text|Foto|Fotos|Bild|Bilder|Video)(?:\s(?:und|&|\+)\s(?:Text|Fotos?|Bilder|Video))?:\s.{2,80}"
    r"|[Vv]on unsere[rmn]\s\w+(?:\s\w+)?(?:\s[A-ZÄÖÜ][\w.-]+){1,3}|\(?(?:dpa|epd|kna|ots|afp)(?:/\w{2,4})?\)?"
    r"|[A-ZÄÖÜ][\w.-]+(?:\s[A-ZÄÖÜ][\w.-]+)?\s\((?:ots|dpa|epd)\)"
    r"|(?:Von|Autor(?:in)?|Redaktion|Text|Verfasst von|Geschrieben von):?"
    r"(?:\s[A-ZÄÖÜ][\w.-]+){1,4}"
    r"|Admin User|Redaktion|Lokalredaktion|Pressemitteilung|Anzeige|Werbung)"
)
_CAPTION = re.compile(
    r"(?:\(?(?:Fotos?|Bild(?:er|unterschrift|rechte)?|Grafik|Symbol(?:bild|foto)|Archiv(?:bild|foto)|Quelle|Copyright)"
    r"\s?[:/©].*|©.*|(?:Bild|Foto) \d+ (?:von|/) \d+)",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"(?:(?:[A-ZÄÖÜ][\w.-]+\s){1,3}[A-ZÄÖÜ]?[\w.-]*,\s(?=\d{1,2}\.\d{1,2}\.))?"
    r"(?:(?:Stand|Veröffentlicht|(?:zuletzt )?Aktualisiert|Erstellt|Datum"
    r"|(?:Presse(?:mitteilung|meldung|information)|PM) vom)"
    r"(?:\sam)?:?\s)?(?:(?:Mon|Diens|Donners|Frei|Sams"
    r"|Sonn)tag,?\s|Mittwoch,?\s)?\d{1,2}\.\s?(?:\d{1,2}\.|\w+)\s?\d{4}"
    r"(?:(?:[,\s–|-]|\sum\s)+\d{1,2}[:.]\d\d(?:\sUhr)?)?"
    r"(?:\s?\|.{0,80})?|\d{1,2}[:.]\d\d Uhr",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"(?:(?:auf|per|via|bei) (?:facebook|twitter|x|whatsapp|linkedin|xing|e-?mail) teilen|link kopieren|e-?mail"
    r"|abo|nach oben"
    r"|zum archiv|jetzt anmelden|artikel anhören.{0,20}|weitere informationen:? (?:https?://|www\.)\S+)"
    r"|(?:Artikel )?(?:teilen|drucken|vorlesen|anhören|merken|kommentieren|speichern|per e-mail senden)"
    r"|zur startseite|zurück(?: zur übersicht)?|newsletter.{0,60}|weiterlesen|mehr lesen|facebook|twitter"
    r"|whatsapp",
    re.IGNORECASE,
)
# From such a heading on the page speaks of something else. Only headings count: they end without a full stop.
_COMMENTS = re.compile(
    r"(?:schreibe|schreiben sie|verfasse) (?:einen|ihren) kommentar|kommentare?(?:\s?\(\d+\))?"
    r"|\d+ kommentare?|kommentar schreiben|impressum|datenschutz",
    re.IGNORECASE,
)
# Behind such a heading stand links to other articles; the article itself may go on after them.
_TEASERS = re.compile(
    r"(?:lesen sie|lies|das könnte (?:sie|dich)) auch.*|das könnte (?:sie|dich) (?:auch )?interessieren"
    r"|mehr (?:dazu|zum thema|aus .*|nachrichten)|weitere (?:nachrichten|artikel|meldungen|beiträge|themen)"
    r"|ähnliche (?:artikel|beiträge)|auch interessant|meistgelesen|top-?themen|schlagw[oö]rter.*|schlagworte:?.*"
    r"|tags?:.*|themen:.*"
    r"|verwandte (?:artikel|themen)|über den autor|über die autorin|rückfragen.*|pressekontakt.*"
    r"|(?:jetzt )?weiterlesen mit .*|(?:sie möchten )?weiterlesen\?.*|jetzt (?:testen|abonnieren|registrieren).*"
    r"|kontakt für (?:die )?(?:presse|medien).*",
    re.IGNORECASE,
)
LONG_PARAGRAPH = 200  # characters: no teaser, the article goes on
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
_ERROR_CODE = re.compile(r"\b(?:404|403|500|503)\b")
_ERROR = re.compile(
    r"nicht gefunden|not found|existiert nicht|nicht (?:mehr )?(?:vorhanden|verfügbar"
    r"|erreichbar)|fehler(?:seite)?$|error|wartungsarbeiten|zugriff (?:verweigert|nicht möglich)|access denied"
    r"|kein roboter|captcha|checking your browser|verify (?:that )?you are (?:a )?human",
    re.IGNORECASE,
)
# Characters of text that are read: the longest articles have some 20,000.
LONGEST_TEXT = 100_000
_LONGEST_HEADING = 160
_MARKDOWN = re.compile(r"\*\*(?=\S)|(?<=\S)\*\*")


def article_lines(title: str | None, extracted: str, alts: Iterable[str], authors: Iterable[str]) -> list[str]:
    """Headline and paragraphs of an article, cleaned; each line once.

    Lines that only repeat `alts` (texts of images) or `authors` (names in the page's metadata) are dropped.
    """
    seen = {text.strip() for text in (*alts, *authors)}
    kept: list[str] = []
    if title:
        kept.append(title)
        seen.add(title)
    room, in_teasers = LONGEST_TEXT, False
    for line in extracted.split("\n"):
        if room <= 0:
            break
        line = line[:room]
        room -= len(line)
        text = without_markdown(clean(line)).removeprefix("- ")
        rest = rest_of_page(text) if kept else None
        if rest == "comments":
            break
        in_teasers = rest == "teasers" or (in_teasers and len(text) < LONG_PARAGRAPH)
        if not in_teasers and text and text not in seen and not _is_boilerplate(text):
            seen.add(text)
            kept.append(text)
    return kept


def rest_of_page(heading: str) -> str | None:
    """What a heading begins: "comments" (nothing more of the article comes), "teasers" ("Lesen Sie auch"), or None."""
    heading = heading.strip(" :")
    if len(heading) > _LONGEST_HEADING:
        return None
    return "comments" if _COMMENTS.fullmatch(heading) else "teasers" if _TEASERS.fullmatch(heading) else None


def without_markdown(text: str) -> str:
    """`text` without the ** that a press network leaves in its headlines (muenster-24stun.de)."""
    return _MARKDOWN.sub("", text)


def is_consent_wall(lines: list[str]) -> bool:
    """True where what could be extracted asks for consent and says nothing else."""
    text = " ".join(lines).lower()
    if sum(text.count(word) for word in _CONSENT) < 2:
        return False
    asking = sum(len(line) for line in lines if any(word in line.lower() for word in _CONSENT))
    return asking * 2 > len(text)


def is_error_page(title: str | None, lines: list[str]) -> bool:
    """True for a short page whose headline or first words say that there is no such page."""
    text = " ".join(lines)
    if len(text) >= 600:
        return False
    return _ERROR_CODE.search(title or "") is not None or _ERROR.search(f"{title or ''} {text[:160]}") is not None


def _is_boilerplate(text: str) -> bool:
    patterns = (_READING_TIME, _BYLINE, _CAPTION, _DATELINE, _BUTTON)
    return len(text) < _LONGEST_HEADING and any(pattern.fullmatch(text) for pattern in patterns)
