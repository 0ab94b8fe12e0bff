"""A town's page as lines with their heading, their label and their sentences.

Belongs here: which lines are the content, what labels them. Does not: what a label or sentence means for a field.
Concept: towns have no common markup; a label is what markup or a colon marks as one and what our table knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers import html
from parsers.lines import Line
from parsers.text import label_key

# Labels and headings of towns' pages by the field they name; the key is folded (text.label_key).
_FIELDS = {
    "runtime": "Laufzeit Projektlaufzeit Projektzeitraum Förderzeitraum Zeitraum Förderdauer Durchführungszeitraum"
    " Projektdauer",
    "programme_areas": "Gebiet Gebiete Programmgebiet Programmgebiete Stadtteil Stadtteile Projektgebiet Projektgebiete"
    " Fördergebiet Fördergebiete Quartier Quartiere Projektstandorte",
    "partners": "Partner Projektpartner Projektpartnerinnen Kooperationspartner Teilprojektpartner Umsetzungspartner"
    " Projektbeteiligte Träger Projektträger Maßnahmeträger Teilprojektträger",
    "coordination": "Koordination Gesamtkoordination Projektkoordination Koordinierung Gesamtkoordinierung",
    "target_group_phrases": "Zielgruppe Zielgruppen",
    "project_title": "Projekt Projektname Projekttitel Projektbezeichnung",
    "programme": "Programm Förderprogramm",
}
_KEYS = {label_key(label): name for name, labels in _FIELDS.items() for label in labels.split()}
_KEYS[label_key("Projektpartnerinnen und Projektpartner")] = "partners"
for _words in ("Partner im Projekt", "In Zusammenarbeit mit", "In Kooperation mit", "Weitere Kooperationspartner"):
    _KEYS[label_key(_words)] = "partners"
# Names, phones and mails of persons stand here: nothing is read from such a section.
_CONTACT = re.compile(r"(?:ihr(?:e)? )?(?:kontakt|ansprechpartner|ansprechperson)\w*(?: und .*)?", re.IGNORECASE)
NO_HEADING = "text"  # stands for the heading of what is under none
LONGEST_TEXT = 100_000  # characters; the longest page of a town has some 15,000
MOST_LINES = 2_000
_SENTENCE = re.compile(r".{60,}[^\s.]{4}\.", re.DOTALL)
_LABEL = re.compile(r"([A-ZÄÖÜ][^:.!?]{2,40}):\s*(.*)")


@dataclass(slots=True)
class Passage:
    """One line of the content: its nearest heading (NO_HEADING where there is none), and the field its label names."""

    number: int
    text: str
    heading: str
    label: str | None = None
    value: str = ""
    is_item: bool = False


@dataclass(slots=True)
class Content:
    """The content of a page: its lines, the passages that may be read, first heading, title tag."""

    texts: list[str]
    passages: list[Passage] = field(default_factory=list)
    heading: tuple[int, str] | None = None
    headings: list[Passage] = field(default_factory=list)
    page_title: str = ""

    @property
    def text(self) -> str:
        """All lines joined by single spaces: what quotes stand in."""
        return " ".join(self.texts)


def read_content(doc: html.Document) -> Content:
    """The content of a page: `<main>` if there is exactly one, else the body without menus and footer."""
    mains = html.elements(doc.root, "main")
    lines = _as_far_as_read(html.lines(mains[0] if len(mains) == 1 else doc.root))
    content = Content([line.text for line in lines], page_title=html.page_title(doc) or "")
    heading, label, skipped = NO_HEADING, None, False
    for number, line in enumerate(lines):
        if line.level == 1 and content.heading is None:
            content.heading = (number, line.text)
        if line.level:
            if content.heading is None or content.heading[0] != number:
                content.headings.append(Passage(number, line.text, line.text))
            heading, skipped = line.text, _CONTACT.fullmatch(line.text.rstrip(": ")) is not None
            label = _KEYS.get(label_key(line.text))
            continue
        if skipped:
            continue
        own, value = _own_label(line)
        if own is not None:
            label = own
            if not value:
                continue
        elif _SENTENCE.fullmatch(line.text):  # prose below a label, or behind one whose value is missing
            label = None
        is_item = line.depth > 0 and own is None
        content.passages.append(Passage(number, line.text, heading, label, value if own else line.text, is_item))
        if own is not None or not line.depth:  # a label without a list is of one value; a heading's list goes on
            label = None
    return content


def _as_far_as_read(lines: list[Line]) -> list[Line]:
    """The lines up to LONGEST_TEXT characters in all, and MOST_LINES of them; longer ones are cut."""
    kept, room = [], LONGEST_TEXT
    for line in lines[:MOST_LINES]:
        if room <= 0:
            break
        kept.append(line if len(line.text) <= room else line._replace(text=line.text[:room]))
        room -= len(line.text)
    return kept


def _own_label(line: Line) -> tuple[str | None, str]:
    """The field that a line's own label names, and the rest of the line."""
    if line.label and (name := _KEYS.get(label_key(line.label))) is not None:
        return name, line.text[len(line.label) :].lstrip(" :") if line.text.startswith(line.label) else ""
    found = _LABEL.fullmatch(line.text)
    name = _KEYS.get(label_key(found[1])) if found else None
    return (name, found[2]) if found and name else (None, "")
