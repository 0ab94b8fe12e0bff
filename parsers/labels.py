"""The headings and labels of project pages, as tables.

Belongs here: which words name which field, which words are menu or mean "none". Does not: how a page is read.
Concept: a page is read by its words alone; a word that no table knows is an issue, never a guess.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.text import label_key

# Sections of a page. "Zielgruppen und Partner" and "Zusatzinformationen" only group others.
_HEADINGS = {
    "group": ["Zielgruppen und Partner", "Zielgruppe und Partner", "Zielgruppen & Partner", "Zielgruppen, Partner"],
    "extra": ["Zusatzinformationen", "Zusätzliche Informationen", "Zusatzinformation"],
    "target_groups": ["Zielgruppe", "Zielgruppen", "Zielgruppe(n)"],
    "project_partners": [
        *("Projektpartner", "Projektpartner/innen", "Projektpartnerinnen und Projektpartner", "Partner im Projekt"),
        *(
            "Projektpartnerinnen und -partner",
            "Teilprojektpartner",
            "Teilprojektpartner/innen",
            "Projektpartner(innen)",
        ),
    ],
    "cooperation_partners": [
        *("Weitere Kooperationspartner", "Kooperationspartner", "Kooperationspartner/innen", "Weitere Partner"),
        *("Weitere Kooperationspartner/innen", "Weitere Kooperationspartnerinnen und -partner"),
        *("Weitere Kooperationspartnerinnen und Kooperationspartner", "Kooperationspartnerinnen und -partner"),
    ],
    "goals": ["Ziele", "Ziel", "Projektziele", "Projektziel", "Ziele des Projekts", "Ziele des Projektes"],
    "activities": ["Aktivitäten", "Projektaktivitäten", "Aktivitäten im Projekt", "Aktivitäten des Projekts"],
    "info": ["Projektinformationen", "Projektinformation", "Informationen zum Projekt", "Projektdaten"],
    "area": ["Gebietsbeschreibung", "Gebietsbeschreibungen", "Beschreibung des Gebiets", "Gebietsdaten"],
    "contact": [
        *("Kontakt", "Kontakte", "Kontaktdaten", "Ansprechpartner", "Ansprechpartner/in", "Ansprechpartnerin"),
        *("Ansprechperson", "Anschrift", "Kontaktadresse", "Ansprechpartner/innen", "Kontakt und Information"),
    ],
    "source_note": ["Quellen der Gebietsbeschreibung", "Quelle der Gebietsbeschreibung", "Quellen", "Quelle"],
}
# Labels of the box "Projektinformationen".
_LABELS = {
    "esf_region": [
        "Zielgebiet",
        "ESF-Zielgebiet",
        "Zielgebiete",
        "Zielregion",
        "ESF-Regionenkategorie",
        "Regionenkategorie",
        "Regionkategorie",
    ],
    "state": ["Bundesland", "Bundesländer"],
    "municipality": ["Kommune", "Kommunen", "Kommune(n)", "Stadt/Gemeinde", "Gemeinde", "Stadt", "Städte", "Ort"],
    "programme_areas": [
        *("Programmgebiet", "Programmgebiete", "Programmgebiet(e)", "Fördergebiet", "Fördergebiete"),
        *("Quartier", "Quartiere", "Stadtteil", "Stadtteile", "Projektgebiet", "Projektgebiete"),
        *("Programmgebiet Soziale Stadt", "Programmgebiete Soziale Stadt", "Programmgebiet Sozialer Zusammenhalt"),
        *("Programmgebiet(e) Sozialer Zusammenhalt", "Programmgebiet(e) Soziale Stadt", "Soziale-Stadt-Gebiet"),
        *("Programmgebiete Sozialer Zusammenhalt", "Soziale-Stadt-Gebiete", "Gebiet der Sozialen Stadt"),
    ],
    "action_fields": ["Handlungsfeld", "Handlungsfelder", "Handlungsfeld(er)", "BIWAQ-Handlungsfeld"],
    "runtime": [
        "Projektlaufzeit",
        "Laufzeit",
        "Projektzeitraum",
        "Laufzeit des Projekts",
        "Laufzeit des Projektes",
        "Förderzeitraum",
        "Förderdauer",
    ],
    "round_label": ["Förderrunde", "BIWAQ-Förderrunde", "Förderphase", "Förderperiode", "Runde", "Programmrunde"],
}
# Labels of the box "Gebietsbeschreibung"; the codes are those of the table `indicators`.
_INDICATORS = {
    "area_ha": ["Größe", "Gebietsgröße", "Größe des Gebiets", "Größe des Programmgebiets", "Fläche", "Gebietsfläche"],
    "inhabitants": [
        *("Einwohner/innenzahl", "Einwohnerzahl", "Einwohner", "Einwohner/innen", "Anzahl Einwohner/innen"),
        *("Anzahl der Einwohner/innen", "Einwohnerinnen und Einwohner", "Zahl der Einwohner/innen", "Bevölkerung"),
    ],
    "sgb2_rate": ["SGB-II-Quote", "SGB II", "Quote SGB II", "SGBII-Quote", "Anteil SGB II", "SGB-II-Quote in Prozent"],
    "unemployment_rate": ["Arbeitslosenquote", "Arbeitslosenquote in Prozent"],
    "migration_share": [
        *("Anteil Einwohner/innen mit Migrationshintergrund", "Anteil Einwohner mit Migrationshintergrund"),
        *("Anteil der Einwohner/innen mit Migrationshintergrund", "Anteil Menschen mit Migrationshintergrund"),
        *("Anteil Bewohner/innen mit Migrationshintergrund", "Anteil Personen mit Migrationshintergrund"),
        *("Anteil der Bevölkerung mit Migrationshintergrund", "Migrationshintergrund"),
        *("Anteil Einwohnerinnen und Einwohner mit Migrationshintergrund",),
    ],
}
UNITS = {
    **{"area_ha": "ha", "inhabitants": "persons"},
    **dict.fromkeys(("sgb2_rate", "unemployment_rate", "migration_share"), "percent"),
}
# Whose figure it is. "Stadt" is also a label of a municipality: the box decides.
_SCOPES = {
    "city": ["Stadt", "Gesamtstadt", "Stadt gesamt", "Stadt insgesamt", "gesamte Stadt", "Kommune", "Gemeinde"],
    "area": [
        "Gebiet",
        "Gebiete",
        "Programmgebiet",
        "Programmgebiete",
        "Fördergebiet",
        "Projektgebiet",
        "Quartier",
        "Quartiere",
        "Stadtteil",
    ],
}
# Headings of menus, which some GSB sites set as h1 (RKI gave every document the title "Navigation und Service").
_CHROME = [
    *("Navigation und Service", "Navigation", "Servicemenü", "Servicenavigation", "Hauptmenü", "Hauptnavigation"),
    *("Suche", "Sie sind hier", "Springe direkt zu", "Inhalt", "Bereichsmenü", "Unternavigationspunkte", "Menü"),
    *("Diese Seite", "Seite empfehlen", "Empfehlen", "Drucken", "Zum Seitenanfang", "Seitenanfang", "Nach oben"),
    *("Impressum", "Datenschutz", "Servicefunktionen", "Fußbereich", "Footer", "GSB 7.1 Standardlösung"),
]
_NONE = [
    "-",
    "--",
    "---",
    "–",
    "—",
    "‐",
    "−",
    "./.",
    "keine",
    "keiner",
    "keine Angabe",
    "keine Angaben",
    *("k. A.", "entfällt", "keine weiteren", "N.N.", "N. N.", "n/a"),
    "k.A.",
]


def _ascii(text: str) -> str:
    """As a leaked key of the site's own dictionary spells it: "Foerderrunde", "Groesse"."""
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
        text = text.replace(umlaut, letters)
    return text.replace("ß", "ss")


def _by_key(table: dict[str, list[str]]) -> dict[str, str]:
    """Look-up from folded words to the name they stand for."""
    return {label_key(form): name for name, words in table.items() for word in words for form in (word, _ascii(word))}


def _by_word(table: dict[str, list[str]]) -> dict[str, str]:
    """The same from the words as mostly written: spares folding on nearly every line of a page."""
    return {form: name for name, words in table.items() for word in words for form in (word, word + ":")}


# What labels carry behind their words: "Arbeitslosenquote (SGB II und III)", "SGB-II-Quote in %*", a footnote's mark.
_REMARK = re.compile(r"(?:\s*\([^()]*\)|\s+in\s(?:%|Prozent|ha|Hektar)|\s*[*†‡⁰¹²³⁴-⁹]|\s*\d\))+(?=\s*:?\s*$)")


HEADING_WORDS, _HEADING_KEYS = _by_word(_HEADINGS), _by_key(_HEADINGS)
FIELD_WORDS, _FIELD_KEYS = _by_word({**_LABELS, **_INDICATORS}), _by_key({**_LABELS, **_INDICATORS})
SCOPE_WORDS, _SCOPE_KEYS = _by_word(_SCOPES), _by_key(_SCOPES)
_CHROME_WORDS = frozenset(map(str.casefold, _CHROME))
_NONE_KEYS = frozenset(map(str.casefold, _NONE))
INDICATORS = frozenset(_INDICATORS)
SECTIONS = tuple(name for name in _HEADINGS if name not in ("group", "extra"))
# Headings that only a project page has; "Ziele" and "Kontakt" stand on any site.
DISTINCTIVE = frozenset(["group", "target_groups", "project_partners", "cooperation_partners", "info", "area"])


def heading(text: str) -> str | None:
    """The section that a heading names, also in another spelling ("Aktivitaeten:", "ZIELE"); see HEADING_WORDS."""
    found = HEADING_WORDS.get(text)
    return _lookup("heading", text) if found is None and len(text) <= 80 else found


def field(text: str, *, folded: bool) -> str | None:
    """The field or indicator that a label names; with `folded` also in another spelling ("SGB II-Quote")."""
    found = FIELD_WORDS.get(text)
    return _lookup("field", text) if found is None and folded and len(text) <= 80 else found


def scope(text: str) -> str | None:
    """`city` or `area` for the words before a figure ("Stadt", "Gebiet:"), else None."""
    found = SCOPE_WORDS.get(text)
    return _lookup("scope", text) if found is None and len(text) <= 40 else found


def is_chrome(text: str) -> bool:
    """True for headings and links of menus and footer."""
    return (len(text) <= 40 and text.rstrip(" :").casefold() in _CHROME_WORDS) or text.startswith("©")


def is_none(text: str) -> bool:
    """True for what stands in place of a value: a lone hyphen (Projektpartner on a page of round III), "keine"."""
    return len(text) <= 14 and text.casefold() in _NONE_KEYS


@lru_cache(maxsize=4096)
def _lookup(table: str, text: str) -> str | None:
    keys = {"heading": _HEADING_KEYS, "field": _FIELD_KEYS, "scope": _SCOPE_KEYS}[table]
    found = keys.get(label_key(text))
    if found is None and (remark := _REMARK.search(text)) is not None:
        return keys.get(label_key(text[: remark.start()]))
    return found
