"""The boxes of a project page: labels, each with the values that follow it.

Belongs here: which line is a label and which a value, in any markup. Does not: what the values mean.
Concept: a known label is known by its words; an unknown one is only called so where the markup leaves no doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers import labels
from parsers.findings import Findings
from parsers.gsb_sections import Section
from parsers.lines import Line

# "Stadt: 9,8 %" is a figure wherever it stands, never a municipality of that name.
_SCOPED_FIGURE = re.compile(
    r"(?:Stadt|Kommune|Gemeinde|Gebiet\w*|Programmgebiete?|Quartiere?|Stadtteile?):\s*[~<>]?(?:\w+\.?\s)?\d[\d.,\s]*(?:%|Prozent|ha\b|$)"
)


@dataclass(slots=True)
class Group:
    """A label and what follows it. `name` is the field or indicator, None for an unknown label."""

    name: str | None
    label: str
    path: str
    number: int
    rows: list[tuple[int, str]]


def read_groups(section: Section, lines: list[Line], found: Findings) -> list[Group]:
    """The labels of a box in page order. An unknown one is an issue, its values stay unused."""
    groups: list[Group] = []
    current: Group | None = None
    rows = section.rows
    for at, (number, text) in enumerate(rows):
        line = lines[number]
        if current is not None and _is_plain_value(line, text, current, lines[current.number]):
            current.rows.append((number, text))
            continue
        name = labels.FIELD_WORDS.get(text)
        label: tuple[str | None, str, str] | None
        if name is not None and text not in labels.SCOPE_WORDS:
            label = (name, text, "")
        else:
            label = _known(line, text, current, rows[at + 1] if at + 1 < len(rows) else None)
            if label is None and _is_unknown(line, text, current, lines, rows, at):
                label = _unknown(line, text)
        if label is not None:
            current = _begin(number, label, section.path, found)
            groups.append(current)
        elif current is not None:
            current.rows.append((number, text))
    return groups


def _begin(number: int, label: tuple[str | None, str, str], path: str, found: Findings) -> Group:
    """A new label. A known one accounts for its line; an unknown one is an issue with its words."""
    name, words, rest = label
    words = words.rstrip(" :") or words
    path = f"{path} › {words}" if path else words
    if name is not None:
        found.used[number] = 1
    else:
        found.unclaimed.append(path)
        message = f"label {words!r} is in no label table; add it there or to the ignored ones"
        found.complain("warning", "unknown_label", message, field="label", value=words)
    return Group(name, words, path, number, [(number, rest)] if rest else [])


def _is_plain_value(line: Line, text: str, current: Group, label: Line) -> bool:
    """True for what nearly all values are: no markup of its own, in the list item of its label, words of no label."""
    if line.label or line.heads or line.level or line.item != label.item or text in labels.FIELD_WORDS:
        return False
    if current.name in labels.INDICATORS:
        return text.startswith(("Stadt: ", "Gebiet: "))
    return ":" not in text and "nnen" not in text


def _known(
    line: Line, text: str, current: Group | None, following: tuple[int, str] | None
) -> tuple[str, str, str] | None:
    """The field, the label as written and the rest of the line, if the line is or begins with a known label."""
    in_figures = current is not None and (current.name in labels.INDICATORS or current.name is None)
    if (in_figures and _is_scope(line, text, following)) or _SCOPED_FIGURE.match(text):
        return None  # "Stadt" is whose figure it is here, and a municipality's label in the other box
    hinted = text == line.text and bool(line.level or line.label or line.heads)
    name = labels.field(text, folded=hinted or "nnen" in text)
    if name is not None:
        return name, text, ""
    if hinted:
        for head in reversed(line.heads):
            if head != text and (name := labels.field(head, folded=True)) is not None:
                return name, head, text[len(head) :].lstrip(" :")
    front, colon, rest = text.partition(":")
    name = labels.field(front, folded=True) if colon and rest else None
    return None if name is None else (name, front, rest.strip())


def _is_scope(line: Line, text: str, following: tuple[int, str] | None) -> bool:
    """True for "Stadt: 18,6 %", "Stadt 18,6 %", and for "Stadt:" if its figure is in the next line."""
    front, _, rest = text.partition(":")
    if labels.scope(front) is None and labels.scope(text.partition(" ")[0]) is None:
        return False
    if rest or any(map(str.isdigit, text)):
        return True
    return not (line.label or line.level) or (following is not None and following[1][0] in "0123456789<>-–")


def _is_unknown(
    line: Line, text: str, current: Group | None, lines: list[Line], rows: list[tuple[int, str]], at: int
) -> bool:
    """True if the markup says "label" of a line whose words no table knows."""
    if text != line.text or len(text) > 120:
        return False
    if line.level:
        return True
    if current is not None and not current.rows and line.item and line.item == lines[current.number].item:
        return False  # behind a label in the same list item stands its value, bold or not
    if line.label:
        return True
    if not line.item or (at and lines[rows[at - 1][0]].item == line.item):
        return False
    if current is not None and lines[current.number].depth < line.depth:
        return False  # a list of values below its label
    goes_on = at + 1 < len(rows) and lines[rows[at + 1][0]].item == line.item
    front, colon, rest = text.partition(": ")
    return goes_on or bool(colon and rest and len(front) <= 60)


def _unknown(line: Line, text: str) -> tuple[None, str, str]:
    if line.label:
        return None, line.label, text[len(line.label) :].lstrip(" :")
    front, colon, rest = text.partition(": ")
    return (None, front, rest) if colon and not line.level else (None, text, "")
