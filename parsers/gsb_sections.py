"""A project page cut at its headings: title, prose before the first heading, named sections.

Belongs here: which lines are content, which heading a line belongs to. Does not: what the fields of a section are.
Concept: headings are known by their words, whatever tag they are in; what stands under an unknown one is kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers import html, labels
from parsers.lines import Line

# Labels that stand on no other kind of page: where they begin, a box begins, also without its own heading.
_BOX_FIELDS = frozenset(
    [
        *("Zielgebiet", "Bundesland", "Kommune", "Programmgebiet", "Handlungsfeld", "Projektlaufzeit", "Förderrunde"),
        *("Einwohner/innenzahl", "SGB-II-Quote", "Arbeitslosenquote"),
        "Anteil Einwohner/innen mit Migrationshintergrund",
    ]
)
_BOXES = ("info", "area")
_GROUPED = ("target_groups", "project_partners", "cooperation_partners")
_OF_CONTENT = (labels.DISTINCTIVE | {"goals", "activities"}) - set(_BOXES)
# Name of the section that a line begins, its heading, what follows the heading in the same line.
_Mark = tuple[str, str, str]


@dataclass(slots=True)
class Section:
    """What stands under one heading. `rows` are (number of the line, its text or what is left of it)."""

    name: str
    heading: str
    path: str
    level: int
    group: str = ""
    rows: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """The content of a page: all its lines (menus and footer cut off) and its sections in page order.

    `texts` are those of the lines; `headings` are the numbers of the lines that are known headings; `is_titled`:
    `<title>` ends with the title.
    """

    lines: list[Line]
    texts: list[str]
    is_titled: bool
    sections: list[Section] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The names of the sections that the page has."""
        return {section.name for section in self.sections}

    @property
    def text(self) -> str:
        """The evidence text: visible content text in document order, single spaces."""
        return " ".join(self.texts)


def read_page(doc: html.Document) -> Page | None:
    """The sections of a project page, or None if it has none of the headings that make it one.

    If nothing is found, the menus are read too: a site may have put its content into something that looks like one.
    """
    title = html.page_title(doc) or ""
    page = page_of(html.lines(doc.root), title)
    return page or page_of(html.lines(doc.root, keep_chrome=True), title)


def page_of(lines: list[Line], page_title: str) -> Page | None:
    """The sections of these lines, below the page's `<title>`; None if no heading is one of a project page."""
    marks: dict[int, _Mark] = {}
    hints: list[int] = []
    for number, (text, level, heads, label, _, _, _, _) in enumerate(lines):
        if level or heads or label or text in labels.HEADING_WORDS or text[0] == "Q":
            hints.append(number)
            if text not in labels.FIELD_WORDS and (mark := _mark(lines[number])) is not None:
                marks[number] = mark
    names = {name for name, _, _ in marks.values()}
    if not labels.DISTINCTIVE.isdisjoint(names) or names >= {"goals", "activities"}:
        return _cut(lines, marks, hints, page_title)
    return None


def _mark(line: Line) -> _Mark | None:
    """What begins with this line, or None. A bold or other own part of the line may be the heading."""
    text = line.text
    if text[0] == "Q":
        front, colon, rest = text.partition(":")
        if colon and labels.heading(front) == "source_note":
            return "source_note", front, rest.strip()
    if not (line.level or line.heads or line.label):
        name = labels.HEADING_WORDS.get(text)
        return None if name is None or line.depth else (name, text, "")
    if line.links and not line.level:  # a link named "Kontakt" is a way to somewhere else
        return None
    if (name := labels.heading(text)) is not None:
        return name, text, ""
    for head in line.heads:
        if head != text and (name := labels.heading(head)) is not None:
            return name, head, text[len(head) :].lstrip(" :")
    return None


def _cut(lines: list[Line], marks: dict[int, _Mark], hints: list[int], page_title: str) -> Page:
    """The page from its title or first heading on; `hints` are the numbers of the lines that can begin a section."""
    first, *_, last = [*marks, *marks]
    title = _title(lines, marks, page_title)
    start = first if title is None else min(first, title)
    # A footer that no id or tag gives away ends the content all the same.
    behind = range(max(last, title or 0) + 1, len(lines))
    end = next((number for number in behind if _is_menu(lines[number])), len(lines))
    is_titled = title is not None and _ends(page_title, lines[title].text)
    page = Page(lines[start:end], [line.text for line in lines[start:end]], is_titled)
    if start:
        marks = {number - start: mark for number, mark in marks.items()}
    _fill(page, marks, [n - start for n in hints if start <= n < end], None if title is None else title - start)
    return page


def _title(lines: list[Line], marks: dict[int, _Mark], page_title: str) -> int | None:
    """The number of the title's line: the heading that ends `<title>`, else the last h1 before the sections.

    The first h1 is "Navigation und Service" on many GSB sites, and an agency's name on others.
    """
    first = next((number for number, mark in marks.items() if mark[0] in _OF_CONTENT), len(lines))
    before = [n for n in range(first) if lines[n].level and n not in marks and not _is_menu(lines[n])]
    named = [number for number in before or range(first) if _ends(page_title, lines[number].text)]
    tops = [number for number in before if lines[number].level == 1]
    if named:
        found = max(named, key=lambda number: len(lines[number].text))
    elif tops or before:
        found = (tops or before)[-1]
    else:  # the boxes stand before the content
        later = [
            n for n in range(first, len(lines)) if lines[n].level == 1 and n not in marks and not _is_menu(lines[n])
        ]
        if not later:
            return None
        found = later[0]
    while found and _continues(lines[found]):
        found -= 1
    return found


def _ends(page_title: str, text: str) -> bool:
    """True if the page's `<title>` ("BIWAQ - Projekte - BIWAQ Erfurt") ends with this text."""
    return len(text) > 4 and page_title.endswith(text)


def _is_menu(line: Line) -> bool:
    return labels.is_chrome(line.text)


def _continues(line: Line) -> bool:
    """True if a line goes on with the heading before it: an h1 with `<br>`."""
    return line.level > 0 and line.goes_on


def _fill(page: Page, marks: dict[int, _Mark], begins: list[int], title: int | None) -> None:
    """Deal the lines out to sections, one of which may begin at each of `begins`."""
    lines, rows = page.lines, list(enumerate(page.texts))
    if title is not None:
        after = next((n for n in range(title + 1, len(lines)) if not _continues(lines[n])), len(lines))
        marks = {**marks, title: ("title", "", lines[title].text)}
        if after < len(lines) and after not in marks:
            marks[after] = ("head", "", lines[after].text)
        begins = sorted({*begins, title, after} - {len(lines)})
    current = Section("head", "", "", 0)
    for number, following in zip(begins, [*begins[1:], len(lines)], strict=True):
        mark = marks.get(number)
        if mark is not None and (mark[0] != "source_note" or _is_source_note(mark[1], current.name)):
            if mark[0] not in ("title", "head"):
                page.headings.append(number)
        else:
            mark = _unnamed(lines[number], current)
        if mark is None:
            current.rows.append(rows[number])
        else:
            current = _begin(number, lines[number], mark, current)
            page.sections.append(current)
        current.rows += rows[number + 1 : following]


def _begin(number: int, line: Line, mark: _Mark, before: Section) -> Section:
    """A new section; "Zielgruppen und Partner" is the group of the three lists that follow it."""
    name, heading, rest = mark
    heading = heading.rstrip(" :") or heading
    group = heading if name == "group" else before.group if name in _GROUPED else ""
    path = f"{group} › {heading}" if group and name != "group" else heading
    return Section(name, heading, path, line.level, group, [(number, rest)] if rest else [])


def _is_source_note(heading: str, current: str) -> bool:
    """A bare "Quelle" is the credit of a picture, except behind the activities and in the box of the area."""
    return len(heading) > len("Quellen:") or current in ("activities", "area")


def _unnamed(line: Line, current: Section) -> _Mark | None:
    """What a bold line or heading without known words begins: a box without heading, an unknown section, or nothing."""
    if current.name not in _BOXES and (line.label or line.text).rstrip(" :") in _BOX_FIELDS:
        return "info", "", line.text
    if not line.level or current.name in ("head", "title"):
        return None
    if current.name in _BOXES and labels.field(line.text, folded=True):
        return None
    return None if current.level and line.level > current.level else ("other", line.text, "")
