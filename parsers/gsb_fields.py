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
from parsers.text import split_list

_BULLETS = "•·▪◦●∙*-–"
_BULLET = re.compile(r"(?:[•·▪◦●∙*]|[-–](?=\s))\s*")
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


def read_goals(section: Section, page: Page, record: ProjectRecord, found: Findings) -> None:
    """The paragraphs of the goals, one a line."""
    texts = [text for _, text in section.rows if not labels.is_none(text)]
    found.use_rows(section.rows)
    if texts:
        before = record["goals"]
        record["goals"] = "\n".join(texts if before is None else [before, *texts])
        found.prove("goals", section.path, " ".join(texts), "prose")


def read_list(section: Section, page: Page, record: ProjectRecord, found: Findings) -> None:
    """The entries of a list, one a line; in a list of several items a break inside an item ends no entry."""
    entries, name, path = list_of(section.name, record), section.name, section.path
    in_items = False
    rows = _rows(section, page)
    for numbers, text in rows:
        line = page.lines[numbers[0]]
        in_items = in_items or line.depth > 0
        if line.level or (in_items and not line.depth and name == "activities" and not _is_prose(text)):
            found.unclaimed.append(f"{path} › {text if line.level else '…'}")
            continue
        found.use(*numbers)
        if text[0] in _BULLETS and (bullet := _BULLET.match(text)):
            text = text[bullet.end() :] or "-"
        if not labels.is_none(text):
            found.prove(f"{name}/{len(entries)}", path, text, "list_entry")
            entries.append(text)
    if section.name == "target_groups" and len(rows) == 1:
        split_one(section.name, section.path, entries, found)


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
    """A list in one line: cut at its commas, with an issue. Not for partners: commas belong to their names."""
    parts = split_list(entries[0]) if len(entries) == 1 and len(entries[0]) <= 1000 else []
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
        quote = source["name"] if source["name"] in note else note
        found.prove(f"area_sources/{position}", section.path, quote, "source_note")
