"""The figures of an area and the note that says where they come from.

Belongs here: the box "Gebietsbeschreibung", "Quellen der Gebietsbeschreibung". Does not: whether a figure can be true.
Concept: no figure without scope and unit; what can not be read stays as it is written, with an issue.
"""

from __future__ import annotations

import re
from typing import Literal

from parsers import labels
from parsers.dates import DateMatch, find_dates, parse_date
from parsers.findings import Findings
from parsers.gsb_box import Group
from parsers.numbers import parse_quantity
from parsers.records import AreaSource, AreaStat
from parsers.text import split_list

_BETWEEN = re.compile(
    r"\s*[;|]\s*|\s+/\s+(?=[A-ZÄÖÜ])|,\s+(?=[A-ZÄÖÜ])|\s+(?=(?:Gesamtstadt|Stadt|Gebiet|Programmgebiet|Fördergebiet)\b)"
)
_SCOPED = re.compile(r"(?P<scope>[^\W\d_][^:\d<>~]{0,80}?)\s*(?::\s*|\s(?=[\d<>~]|ca\b|rund\b|etwa\b|über\b|knapp\b))")
_NOTE = re.compile(r"(?:\s*\([^()]*\)|\s*[*†‡⁰¹²³⁴-⁹]|\s+\d\))+$")
_PERSONS = re.compile(r"\s(?:Einwohner\S*|Menschen|Personen|EW)$")
_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_STAND = re.compile(r"[\s,]*\bStand\s*:?\s*[^\s,;()]+(?:\s(?:[^\W\d_]+\s)?(?:19|20)\d\d)?")
_JOINED = re.compile(r"^(?:[\s,;/]|(?:und|sowie)\s)+")
_LONGEST_NOTE = 4000  # what is longer is no source note any more
_LONGEST_FIGURE = 200  # nor a figure with its footnote
_NAMED = re.compile(
    r"(?P<area_ha>Größe|Fläche)|(?P<inhabitants>Einwohner|Bevölkerung)|(?P<sgb2_rate>SGB[ -]?(?:II|2)\b)"
    r"|(?P<unemployment_rate>Arbeitslos)|(?P<migration_share>Migration)"
)


def read_stats(groups: list[Group], names: dict[str, str], found: Findings) -> list[AreaStat]:
    """The figures below the indicators of a box, in page order.

    `names` are the page's own names of town and areas with their scope: "Marxloh: 19,4 %" is the area's.
    """
    stats: list[AreaStat] = []
    for group in groups:
        if group.name not in labels.INDICATORS:
            continue
        found.use_rows(group.rows)
        for scope, figure, quote in _figures(group, names):
            stat = _stat(group, scope, figure, len(stats), found)
            if stat is not None:
                found.prove(_path(len(stats)), group.path, quote, "label_scope_figure")
                stats.append(stat)
    _note_doubles(stats, found)
    return stats


def _note_doubles(stats: list[AreaStat], found: Findings) -> None:
    """Two figures of one indicator for one scope: pages with several areas may print one for each; both are kept."""
    seen: set[tuple[str, str]] = set()
    for position, stat in enumerate(stats):
        key = (stat["indicator"], stat["scope"])
        if key in seen:
            message = f"a second figure of {stat['indicator']} for the {stat['scope']}; both are kept"
            found.complain("warning", "duplicate_figure", message, field=_path(position), value=stat["as_written"])
        seen.add(key)


def _path(position: int) -> str:
    return f"area_stats/{position}"


def _figures(group: Group, names: dict[str, str]) -> list[tuple[str | None, str, str]]:
    """Scope, figure and quote of each figure: "Stadt: 18,6 %", in one line or in two."""
    figures: list[tuple[str | None, str, str]] = []
    waiting: tuple[str | None, int] = (None, 0)
    for at, (_, text) in enumerate(group.rows):
        front, _, rest = text.partition(": ")
        if front in labels.SCOPE_WORDS and rest and ":" not in rest:  # nearly all lines
            figures.append((labels.SCOPE_WORDS[front], rest, text))
            waiting = (None, 0)
            continue
        for part in _BETWEEN.split(text):
            scope, figure = _scope(part, names)
            if scope is not None and not figure:
                waiting = (scope, at)
                continue
            if scope is None and waiting[0] is not None:  # "Stadt, 5 %" in one row or in two: the quote is whole rows
                figures.append((waiting[0], figure, " ".join([row for _, row in group.rows[waiting[1] : at + 1]])))
            elif part:
                figures.append((scope, figure, part))
            waiting = (None, 0)
    return figures


def _scope(part: str, names: dict[str, str]) -> tuple[str | None, str]:
    """Whose figure it is, and the figure: "Stadt: 18,6 %", "Gebiet Marxloh: 5", "Marxloh: 5", "Stadt 5 %", "68 ha"."""
    front, colon, rest = part.partition(": ")
    if colon and (scope := labels.scope(front)) is not None:
        return scope, rest
    found = _SCOPED.match(part + " ")
    words = found["scope"] if found else part
    scope = labels.scope(words) or labels.scope(words.partition(" ")[0]) or names.get(words.casefold())
    if scope is None:
        return None, part
    return scope, part[found.end() :].strip() if found else ""


def _stat(group: Group, scope: str | None, figure: str, position: int, found: Findings) -> AreaStat | None:
    """One figure as a record; None for a hyphen, and where nobody says whether it is the city's or the area's."""
    name = group.name or ""
    if labels.is_none(figure):
        return None
    if scope is None and name == "area_ha":
        scope = "area"  # the size stands for the area alone on every page seen, often without "Gebiet:"
        figure = figure.rpartition(": ")[2]
    if scope is None:
        message = "figure without 'Stadt:' or 'Gebiet:'; it is not taken over"
        found.complain("warning", "missing_scope", message, field=name, value=figure)
        return None
    unit = labels.UNITS[name]
    value = _value(group, figure, unit, position, found)
    side: Literal["city", "area"] = "city" if scope == "city" else "area"
    return {"indicator": name, "scope": side, "value": value, "unit": unit, "as_written": figure}


def _value(group: Group, figure: str, unit: str, position: int, found: Findings) -> float | None:
    """The value in `unit`, or None with an issue. A rate without "%" is taken as per cent, with an issue."""
    quantity = parse_quantity(figure)
    if quantity is None:  # "37.583 (2015)", "37.583 Einwohner"
        text = _NOTE.sub("", figure) if len(figure) <= _LONGEST_FIGURE else figure
        quantity = parse_quantity(_PERSONS.sub("", text) if unit == "persons" else text)
    if quantity is None:
        message = f"no number in German writing; expected {unit}"
        found.complain("warning", "unreadable_number", message, field=_path(position), value=figure)
        return None
    if (quantity.unit or "persons") == unit:
        return quantity.value
    if quantity.unit is not None:
        message = f"unit is {quantity.unit}, expected {unit}"
        found.complain("warning", "unit_mismatch", message, field=_path(position), value=figure)
        return None
    known = unit == "percent" or re.search(r"\b(?:ha|Hektar)\b", group.label) is not None
    message = f"no unit; {'read as' if known else 'not read, expected'} {unit}"
    found.complain("info" if known else "warning", "missing_unit", message, field=_path(position), value=figure)
    return quantity.value if known else None


def read_sources(notes: list[str], found: Findings) -> list[AreaSource]:
    """The sources that a note names, one or several, each with its date and, where the note says so, its indicators.

    A source ends with its date: "Stadt Erfurt, Abteilung Statistik und Wahlen (Stand: 2013)" is one, because commas
    belong to names.
    """
    length = sum(map(len, notes))
    if length > _LONGEST_NOTE:
        message = f"{length} characters: no note of sources any more, they are not read one by one"
        found.complain("warning", "text_lost", message, field="area_sources")
        return []
    return [source for note in notes for part in split_list(note, ";") for source in _sources(part, found)]


def _sources(text: str, found: Findings) -> list[AreaSource]:
    sources: list[AreaSource] = []
    start = 0
    for date, first, end in _dated(text):
        sources.append(_source(text[start:first], text[first:end], date, found))
        start = end
    if rest := _JOINED.sub("", text[start:]).strip(" .,;"):
        sources.append(_source(rest, "", None, found))
    return sources


def _dated(text: str) -> list[tuple[DateMatch, int, int]]:
    """The dates that say how old a source is, with the run of text that they stand in: a bracket, or "Stand: 2013".

    A year inside a name ("Zensus 2011") is none.
    """
    places = [hit.span() for hit in _BRACKET.finditer(text)]
    if "Stand" in text:
        places += [hit.span() for hit in _STAND.finditer(text) if not any(a <= hit.start() < b for a, b in places)]
    dated: list[tuple[DateMatch, int, int]] = []
    for first, end in sorted(places):
        dates = _dates(text[first:end])
        if len(dates) > 1:  # nobody says which
            dates[0] = dates[0]._replace(value=None, reason=f"{text[first:end]!r} holds several dates")
        if dates:
            dated.append((dates[0], first, end))
    return dated


def _dates(text: str) -> list[DateMatch]:
    """The dates in a bracket or behind "Stand:"; most brackets hold a date and nothing else."""
    inner = text.strip(" ()")
    whole = parse_date(inner)
    return find_dates(text) if whole is None else [DateMatch(0, len(inner), inner, whole, None)]


def _indicators(text: str) -> list[str]:
    """The indicators that a text names."""
    found = {hit.lastgroup for hit in _NAMED.finditer(text)}
    return [code for code in labels.UNITS if code in found]


def _source(name: str, note: str, date: DateMatch | None, found: Findings) -> AreaSource:
    if date is not None and date.reason is not None:
        found.complain("warning", "unreadable_date", date.reason, field="area_sources", value=note.strip(" ()"))
    front, colon, rest = name.rpartition(":")
    indicators = _indicators(" ".join([front, *_BRACKET.findall(name), note]))
    if colon and _indicators(front):
        name = rest
    value = None if date is None else date.value
    return AreaSource(
        name=_JOINED.sub("", name).strip(" .,;"),
        as_of=None if value is None else value.value,
        as_of_precision=None if value is None else value.precision,
        indicators=indicators,
    )
