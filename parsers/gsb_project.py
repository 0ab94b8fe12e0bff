"""A project page of the programme's site (Government Site Builder): from bytes to the record with its evidence.

Belongs here: which section fills which field. Does not: headings, labels, lists, figures, addresses (labels, gsb_*).
Concept: anchored on the words of headings and labels; what is missing is None, what is not understood is an issue.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from parsers import html, labels
from parsers.arrival import CUT_OFF, is_cut_off, is_no_page
from parsers.dates import find_dates, no_runtime, read_runtime
from parsers.findings import Findings
from parsers.gsb_area import read_stats
from parsers.gsb_box import Group, read_groups
from parsers.gsb_contact import no_contact, read_contact
from parsers.gsb_fields import (
    list_of,
    read_goals,
    read_head,
    read_list,
    read_source_note,
    read_title,
    run_of,
    split_one,
)
from parsers.gsb_sections import Page, Section, page_of, read_page
from parsers.markup import middle
from parsers.plain import Plain, read
from parsers.records import ParseResult, ProjectRecord, content_hash, issue
from parsers.text import split_enumeration

PAGE_TYPE = "gsb_project"
PARSER_VERSION = "gsb_project-1"

# Sections that no page seen is without; a page that lacks one says so.
_EXPECTED = {"target_groups", "project_partners", "goals", "activities", "info", "area", "contact"}
_BEHIND_TITLE = b">Zielgruppen und Partner<"
_ONLY_COMMENTS = re.compile(rb"\s*>(?:\s|<!--(?:(?!-->).)*-->)*", re.DOTALL)
_NOTE = re.compile(r"\([^()]*\)")
_STATUS = re.compile(
    r"(?:kreisfreie )?(?:hanse|universitäts|landeshaupt|wissenschafts|kreis)?stadt|\w*[Kk]reis|St\.?", re.IGNORECASE
)
_READERS: dict[str, Callable[[Section, Page, ProjectRecord, Findings], None]] = {
    "title": read_title,
    "head": read_head,
    "goals": read_goals,
    "source_note": read_source_note,
    **dict.fromkeys(("target_groups", "project_partners", "cooperation_partners", "activities"), read_list),
}


def parse(body: bytes, url: str, content_type: str | None = None) -> ParseResult:
    """The record of a project page. Never raises; a page of another kind has record None and an issue that says why."""
    doc, page = _read(body, url, content_type)
    if doc is None or page is None:
        return _no_record(body, doc if isinstance(doc, html.Document) else None)
    if not _is_whole(body):
        return _refused(*CUT_OFF)
    found = Findings(len(page.lines))
    found.issues += [] if isinstance(doc, Plain) else html.losses(doc)
    record = _record(page, doc, found)
    _missing(page, record, found)
    _leftovers(page, found)
    return ParseResult(
        page_type=PAGE_TYPE,
        parser_version=PARSER_VERSION,
        record=dict(record),
        evidence=found.evidence,
        issues=found.issues,
        content_hash=content_hash(record, page.text),
        coverage=found.coverage(page.texts),
        unclaimed=found.unclaimed,
        document=doc,
    )


def evidence_text(body: bytes, url: str, content_type: str | None = None) -> str:
    """The visible text of content and boxes in document order, single spaces; quotes stand in it verbatim."""
    doc, page = _read(body, url, content_type)
    if page is not None:
        return page.text
    return html.visible_text(doc) if isinstance(doc, html.Document) else ""


def _read(body: bytes, url: str, content_type: str | None) -> tuple[html.Document | Plain | None, Page | None]:
    """What was read of the page, and its sections: no menus and no tree, if nothing is missing without them."""
    part = None if is_no_page(body) else middle(body, _BEHIND_TITLE)
    plain = None if part is None else read(part, url)
    page = None if plain is None else page_of(plain.lines, plain.title)
    if page is not None and _is_complete(page):
        return plain, page
    doc = html.parse(body, url, content_type, skip_to=_BEHIND_TITLE if plain is None else b"")
    page = None if doc is None else read_page(doc)
    if doc is None or not doc.skipped or (page is not None and _is_complete(page)):
        return doc, page
    doc = html.parse(body, url, content_type)
    return doc, None if doc is None else read_page(doc)


def _is_complete(page: Page) -> bool:
    return page.is_titled and page.names >= _EXPECTED


def _is_whole(body: bytes) -> bool:
    """Whether the page's end is there: the CMS closes every page, some with a comment behind, however long."""
    end = body[-4096:]
    if b"</html" in end or b"</html" in end.replace(b"\0", b"").lower():
        return True
    return _ONLY_COMMENTS.fullmatch(body.lower().rpartition(b"</html")[2]) is not None


def _no_record(body: bytes, doc: html.Document | None) -> ParseResult:
    """The result for what is no project page: nothing, no HTML, a consent wall, another page, an error page."""
    kind, message = CUT_OFF if doc is not None and is_cut_off(body) else html.why_useless(body, doc)
    return _refused(kind, message, "" if doc is None else html.visible_text(doc))


def _refused(kind: str, message: str, text: str = "") -> ParseResult:
    return ParseResult(
        page_type=PAGE_TYPE,
        parser_version=PARSER_VERSION,
        record=None,
        evidence=[],
        issues=[issue("error", kind, message)],
        content_hash=content_hash(None, text),
        coverage=0.0 if text else None,
    )


def empty_record() -> ProjectRecord:
    """A record of which nothing is known."""
    return ProjectRecord(
        title=None,
        subtitles=[],
        summary=None,
        target_groups=[],
        project_partners=[],
        cooperation_partners=[],
        goals=None,
        activities=[],
        area_source_note=None,
        area_sources=[],
        esf_region=None,
        state=None,
        municipality=None,
        programme_areas=[],
        action_fields=[],
        runtime=no_runtime(),
        round_label=None,
        area_stats=[],
        contact=no_contact(),
    )


def _record(page: Page, doc: html.Document | Plain, found: Findings) -> ProjectRecord:
    """All fields, section by section in page order."""
    record = empty_record()
    found.use(*page.headings)
    groups: list[Group] = []
    for section in _joined(page.sections):
        if section.name in ("info", "area"):
            groups += read_groups(section, page.lines, found)
        elif section.name == "contact":
            if not any(record["contact"].values()):
                record["contact"] = read_contact(section, page, doc, found)
        elif section.name in _READERS:
            _READERS[section.name](section, page, record, found)
    for group in groups:
        if group.name is not None and group.name not in labels.INDICATORS:
            _label(group.name, group, record, found)
    record["area_stats"] = read_stats(groups, _scopes(record), found)
    return record


def _joined(sections: list[Section]) -> list[Section]:
    """The sections, those about the contact that follow each other in one: "Kontakt", "Ansprechpartnerin"."""
    joined: list[Section] = []
    is_copy = False
    for section in sections:
        if joined and section.name == "contact" == joined[-1].name:
            if not is_copy:
                joined[-1], is_copy = replace(joined[-1], rows=[*joined[-1].rows]), True
            joined[-1].rows += section.rows
        else:
            joined.append(section)
            is_copy = False
    return joined


def _scopes(record: ProjectRecord) -> dict[str, str]:
    """The page's own names of its areas and its town, in small letters, with the scope of figures behind them."""
    town = record["municipality"]
    return {
        **dict.fromkeys(map(str.casefold, record["programme_areas"]), "area"),
        **({town.casefold(): "city"} if town else {}),
    }


def _label(name: str, group: Group, record: ProjectRecord, found: Findings) -> None:
    """The field of a label of the box "Projektinformationen"; a lone hyphen is no value."""
    texts = [text for _, text in group.rows if not labels.is_none(text)]
    found.use_rows(group.rows)
    if not texts:
        return
    if name == "runtime":
        _runtime(group, " ".join(texts), record, found)
    elif name in ("programme_areas", "action_fields"):
        entries = list_of(name, record)
        if entries:
            _second(name, entries, texts, found)
            return
        for text in texts:
            found.prove(f"{name}/{len(entries)}", group.path, text, "label")
            entries.append(text)
        if len(texts) == 1:
            split_one(name, group.path, entries, found)
    else:
        _single(name, group, texts, record, found)


def _second(name: str, entries: list[str], texts: list[str], found: Findings) -> None:
    """A list a second time, as in two boxes: the first is kept, and what is other is an issue."""
    if texts != entries:
        message = "a second list; the first is kept"
        found.complain("warning", "several_values", message, field=name, value=", ".join(texts))


def _runtime(group: Group, text: str, record: ProjectRecord, found: Findings) -> None:
    runtime, reason = read_runtime(text)
    if record["runtime"]["as_written"] is not None:
        if record["runtime"] != runtime:
            message = "a second runtime; the first is kept"
            found.complain("warning", "several_values", message, field="runtime", value=text)
        return
    record["runtime"] = runtime
    found.prove("runtime", group.path, run_of(group.rows), "label")
    if reason is not None:
        found.complain("warning", "unreadable_date", reason, field="runtime", value=text)
    elif runtime["end"] and any(find_dates(note) for note in _NOTE.findall(text)):
        message = "a further date in brackets (a longer runtime?) was not read"
        found.complain("warning", "several_values", message, field="runtime", value=text)


def _single(name: str, group: Group, texts: list[str], record: ProjectRecord, found: Findings) -> None:
    """A field of one value; several (two municipalities in one project) are joined by a comma, with an issue."""
    value = ", ".join(texts)
    if name == "esf_region":
        before, record["esf_region"] = record["esf_region"], record["esf_region"] or value
    elif name == "state":
        before, record["state"] = record["state"], record["state"] or value
    elif name == "municipality":
        before, record["municipality"] = record["municipality"], record["municipality"] or value
    else:
        before, record["round_label"] = record["round_label"], record["round_label"] or value
    if before is None:
        found.prove(name, group.path, run_of(group.rows), "label")
    if name == "municipality" and len(texts) == 1 and ("," in value or " und " in value):
        texts = _towns(value)
    if len(texts) > 1 or (before is not None and before != value):
        message = "more than one value" if before is None else "a second value; the first is kept"
        found.complain("warning", "several_values", message, field=name, value=value)


def _towns(text: str) -> list[str]:
    """The towns of one line, "Essen, Bottrop und Gladbeck"; "Rostock, Hansestadt" is one."""
    parts = split_enumeration(text)
    return [text] if any(_STATUS.fullmatch(part) for part in parts) else parts


def _missing(page: Page, record: ProjectRecord, found: Findings) -> None:
    """Issues for sections that every page has, and for the fields without which a record is of little use."""
    for name in sorted(_EXPECTED - page.names):
        found.complain("warning", "missing_section", f"no heading of section {name!r} on the page", field=name)
    gaps = {
        "title": record["title"],
        "municipality": record["municipality"],
        "runtime": record["runtime"]["as_written"],
    }
    for name, value in gaps.items():
        if value is None:
            found.complain("warning", "missing_field", f"{name} not found on the page", field=name)


def _leftovers(page: Page, found: Findings) -> None:
    """Headings that no table knows."""
    for section in page.sections:
        if section.name == "other":
            found.unclaimed.append(section.path)
            message = f"heading {section.heading!r} is in no table; what stands under it was not read"
            found.complain("warning", "unknown_heading", message, field="heading", value=section.heading)
