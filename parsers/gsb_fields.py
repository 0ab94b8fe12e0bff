"""Title, prose and lists of a project page: from a section to fields of the record.

Belongs here: everything above the boxes. Does not: boxes (gsb_box), figures (gsb_area), address (gsb_contact).
Concept: words stay as written, order stays, and every value leaves a quote.
"""

from __future__ import annotations

import re
from itertools import takewhile

from parsers import labels
from parsers.findings import Findings
from parsers.gsb_area import read_sources
from parsers.gsb_sections import Page, Section
from parsers.records import ProjectRecord
from parsers.text import split_enumeration, split_list

_BULLETS = "•·▪◦●∙*-–"
_BULLET = re.compile(r"(?:[•·▪◦●∙*]|[-–](?=\s))\s*")
_NUMBERING = re.compile(r"(?:\d{1,2}[.)]|[a-z]\))\s+")
_CREDIT = re.compile(r"(?:^|\s)(?:Quelle|Fotos?|Bild|Grafik|Copyright)\s?:|©")  # the caption of a picture in between
_PERSON = re.compile(r"(?:Herrn?|Frau|Dr\.|Prof\.)\s[A-ZÄÖÜ](?!.*\b(?:gGmbH|GmbH|mbH|e\.\s?V\.|Stiftung|AG)(?!\w))")
# "Telefon 0203 1234567" and "Ansprechpartnerin: Frau ..." stood below a list of partners: addresses of persons.
_REACH_LABEL = re.compile(
    r"(?:tel(?:efon|\.)?|fon|(?:tele)?fax|mobil(?:telefon)?|handy|(?:e-?)?mail)\b[\s.:]*[+(\d@]|"
    r"(?:ansprech(?:partner|person)\w*|kontaktperson)\b[^:]{0,30}:",
    re.IGNORECASE,
)
_REACH_STARTS = frozenset("TtFfMmHhEeAaKk")  # a look at one letter spares most lines the pattern
_PHONE = re.compile(r"(?:\+\d\d|\b0\d{2,4})[\s)/.–-]{1,3}\d{3,}")
_ONLY_BRACKET = re.compile(r"\([^()]{2,40}\)")
_SENTENCE_END = re.compile(r"[.:…][“”\"»«)\s]*$")


def read_title(section: Section, page: Page, record: ProjectRecord, found: Findings) -> None:
    """The title, its lines joined."""
    title = " ".join([text for _, text in section.rows])
    record["title"] = title
    found.prove("title", "Titel", title, "title")
    found.use_rows(section.rows)


def read_head(section: Section, page: Page, record: ProjectRecord, found: Findings) -> None:
    """What stands between title and first heading: short lines are subtitles, the prose behind them is the summary.

    Leipzig's page of round III has two subtitles. A short line behind the prose is neither (a video's caption).
    """
    rows = section.rows
    prose = [at for at, (number, text) in enumerate(rows) if _is_prose(text) or page.lines[number].depth]
    first, last = (prose[0], prose[-1]) if prose else (len(rows), len(rows))
    for number, text in rows[:first]:
        found.prove(f"subtitles/{len(record['subtitles'])}", "Untertitel", text, "line_after_title")
        found.use(number)
        record["subtitles"].append(text)
    if prose:
        texts = [text for _, text in rows[first : last + 1]]
        record["summary"] = "\n".join(texts)
        found.prove("summary", "Kurzbeschreibung", " ".join(texts), "prose")
        found.use_rows(rows[first : last + 1])
    if last + 1 < len(rows):
        found.unclaimed.append("Kurzbeschreibung › …")


def _is_prose(text: str) -> bool:
    return len(text) > 160 or (len(text) > 40 and _SENTENCE_END.search(text, max(0, len(text) - 12)) is not None)


def run_of(rows: list[tuple[int, str]]) -> str:
    """The rows as they stand on the page, from the first to the last that says something; a quote of their values."""
    said = [at for at, (_, text) in enumerate(rows) if not labels.is_none(text)]
    return " ".join([text for _, text in rows[said[0] : said[-1] + 1]]) if said else ""


def read_goals(section: Section, page: Page, record: ProjectRecord, found: Findings) -> None:
    """The paragraphs of the goals, one a line."""
    texts = [text for _, text in section.rows if not labels.is_none(text)]
    found.use_rows(section.rows)
    if texts:
        before = record["goals"]
        if before == "\n".join(texts):  # the same section twice
            return
        record["goals"] = "\n".join(texts if before is None else [before, *texts])
        found.prove("goals", section.path, run_of(section.rows), "prose")


def read_list(section: Section, page: Page, record: ProjectRecord, found: Findings) -> None:
    """The entries of a list, one a line; in a list of several items a break inside an item ends no entry."""
    entries, name, path = list_of(section.name, record), section.name, section.path
    in_items, is_names = False, name != "activities"
    rows = _rows(section, page)
    if entries and all(text in entries for _, text in rows):  # the same section twice, once for small screens
        found.use_rows(section.rows)
        return
    numbered = len(rows) > 1 and all(_NUMBERING.match(text) for _, text in rows)
    for numbers, text in rows:
        line = page.lines[numbers[0]]
        in_items = in_items or line.depth > 0
        if (
            line.level
            or _is_credit(text)
            or (in_items and not line.depth and name == "activities" and not _is_prose(text))
        ):
            found.unclaimed.append(f"{path} › {text if line.level else '…'}")
            continue
        found.use(*numbers)
        if text[0] in _BULLETS and (bullet := _BULLET.match(text)):
            text = text[bullet.end() :] or "-"
        if numbered:
            text = _NUMBERING.sub("", text, count=1)
        if (is_names and text[0] in "HFDP" and _PERSON.match(text)) or _is_reach(text):
            continue  # left out by rule, like the persons of the contact box
        if is_names and text[-1] in " ,;":
            text = text.rstrip(" ,;") or "-"
        if entries and is_names and text[0] == "(" and _ONLY_BRACKET.fullmatch(text):
            entries[-1] = f"{entries[-1]} {text}"  # "Bildungswerk …", and in the next line "(BWTW)"
            found.evidence[-1]["quote"] = entries[-1]
        elif not labels.is_none(text):
            found.prove(f"{name}/{len(entries)}", path, text, "list_entry")
            entries.append(text)
    if is_names and len(rows) == 1:
        split_one(name, path, entries, found)


def _is_reach(text: str) -> bool:
    """True for a line that says how to reach a person: phone, mail, "Ansprechpartnerin: ..."."""
    if text[0] in _REACH_STARTS and _REACH_LABEL.match(text):
        return True
    return "@" in text or ("0" in text and _PHONE.search(text) is not None)


def _is_credit(text: str) -> bool:
    """True for the caption of a picture that stands between the entries."""
    return (":" in text or "©" in text) and _CREDIT.search(text) is not None


def _rows(section: Section, page: Page) -> list[tuple[tuple[int, ...], str]]:
    """The rows of a list, those of one list item in one if there are several items."""
    items = [page.lines[number].item for number, _ in section.rows]
    rows: list[tuple[tuple[int, ...], str]] = [((number,), text) for number, text in section.rows]
    if len(set(items) - {0}) < 2 or len(set(items)) == len(items):
        return rows
    merged: list[tuple[list[int], list[str]]] = []
    for at, (number, text) in enumerate(section.rows):
        if at and items[at] and items[at] == items[at - 1]:
            merged[-1][0].append(number)
            merged[-1][1].append(text)
        else:
            merged.append(([number], [text]))
    return [(tuple(numbers), " ".join(texts)) for numbers, texts in merged]


def list_of(name: str, record: ProjectRecord) -> list[str]:
    """The list of the record that a section or label of this name fills."""
    lists = {
        "target_groups": record["target_groups"],
        "project_partners": record["project_partners"],
        "cooperation_partners": record["cooperation_partners"],
        "activities": record["activities"],
        "programme_areas": record["programme_areas"],
        "action_fields": record["action_fields"],
    }
    return lists[name]


def split_one(name: str, path: str, entries: list[str], found: Findings) -> None:
    """A list in one line, cut at its commas and, of areas, at its last "und", with an issue.

    Of partners only semicolons part them: commas belong to names. Of groups also "sowie": "Frauen und Männer" are one.
    """
    whole = entries[0] if len(entries) == 1 and len(entries[0]) <= 1000 else ""
    if name == "programme_areas":
        parts = split_enumeration(whole)
    elif name.endswith("_partners"):
        parts = split_list(whole, ";")
    else:
        parts = split_list(whole.replace(" sowie ", ", "))
    if len(parts) < 2:
        return
    found.complain("info", "list_split", "one line cut at its commas", field=name, value=entries[0])
    found.evidence.pop()
    entries[:] = parts
    for position, part in enumerate(parts):
        found.prove(f"{name}/{position}", path, part, "list_cut_at_commas")


def read_source_note(section: Section, page: Page, record: ProjectRecord, found: Findings) -> None:
    """The note of sources: the line itself and the lines of the same paragraph; with a heading of its own, all."""
    rows = section.rows
    if rows and rows[0][0] in page.headings:  # "Quellen …: A (2015)" in one line
        rows = [rows[0], *takewhile(lambda row: page.lines[row[0]].goes_on, rows[1:])]
    if not rows or record["area_source_note"] is not None:
        return
    texts = [text for _, text in rows]
    note = " ".join(texts)
    sources = read_sources(texts, found)
    record["area_source_note"], record["area_sources"] = note, sources
    found.prove("area_source_note", section.path, note, "source_note")
    found.use_rows(rows)
    for position, source in enumerate(sources):
        quote = source["name"] if source["name"] and source["name"] in note else note
        found.prove(f"area_sources/{position}", section.path, quote, "source_note")
