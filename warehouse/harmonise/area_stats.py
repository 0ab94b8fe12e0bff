"""Area statistics: the figures of the box "Gebietsbeschreibung" with unit, date, source and plausibility.

Belongs here: which source of the note a figure is from, and whether it can be right. Does not: reading the box.
Concept: a figure is kept as the page gives it; what can not be is marked, never corrected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from warehouse.codelists import load
from warehouse.harmonise.cells import Fact, Note, Page, row
from warehouse.harmonise.places import Municipality
from warehouse.model import Row
from warehouse.terms import TERMS

# The Federal Employment Agency counts benefits and unemployment, the town's own office people, ground and migration.
# Page 2390 names both with different dates.
_AGENCY = re.compile(r"agentur für arbeit|arbeitsagentur|jobcenter|\bBA\b", re.IGNORECASE)
_BY_AGENCY = frozenset({"sgb2_rate", "unemployment_rate"})

_MAX_DENSITY = 300.0
"""Inhabitants a hectare that no German quarter reaches: the densest block of flats areas have about 250. Two areas'
people on one area's ground gave 553 (page 2390) and 436 (page 2369)."""
_TOLERANCE = 0.15
_GROWTH_A_YEAR = 0.01
_REFERENCE_YEAR = 2022
"""A town's figure may differ by 15 % from the official count of the end of 2022, and 1 % more for each year between
them (Leipzig grew by 18 % from 2012 to 2022)."""


class Dated(NamedTuple):
    """What the source note says of one figure."""

    name: str | None
    as_of: str | None
    precision: str | None
    path: str
    rule: str


@cache
def _rules(source: str) -> dict[str, str]:
    """What was done to the words of the page, by column."""
    return {
        "value": "number as written",
        "unit": "unit of the indicator",
        "as_of": f"date in the source note: {source}",
        "as_of_precision": f"date in the source note: {source}",
        "source_note": source,
        "plausibility": "rules of plausibility: see plausibility_reason",
    }


@cache
def _paths(source: str) -> dict[str, str]:
    """Where the columns stand that are not in the figure's own line."""
    return {"as_of": "area_source_note", "as_of_precision": "area_source_note", "source_note": source}


def source_of(indicator: str, sources: Sequence[dict[str, Any]]) -> Dated | None:
    """The source of a figure, by the page's own note; None where the note leaves it open.

    One source is the source of all. Of several, one that names the indicator; else the Federal Employment Agency for
    SGB-II-Quote and Arbeitslosenquote and the other one for the rest; two that fit decide nothing unless their dates
    are the same.
    """
    numbered = list(enumerate(sources))
    named = [pair for pair in numbered if indicator in pair[1]["indicators"]]
    general = [pair for pair in numbered if not pair[1]["indicators"]]
    by_agency = [pair for pair in general if bool(_AGENCY.search(pair[1]["name"])) == (indicator in _BY_AGENCY)]
    for found, rule in ((named, "source that names it"), (general, "the note's one source"), (by_agency, "its office")):
        if len(found) == 1:
            place, source = found[0]
            return Dated(source["name"], source["as_of"], source["as_of_precision"], f"area_sources/{place}", rule)
    same = {(source["as_of"], source["as_of_precision"]) for _, source in by_agency or general}
    if len(same) == 1 and general:
        ((as_of, precision),) = same
        return Dated(None, as_of, precision, "area_source_note", "all sources of the note have this date")
    return None


def area_stats(page: Page, project_id: str, town: Municipality | None) -> tuple[list[Fact], list[Note]]:
    """The rows of `area_stats` of a project page, and issues: figures without a clear date, figures that can not be."""
    record = page.record
    stats: list[dict[str, Any]] = record["area_stats"]
    facts: dict[tuple[str, str], Fact] = {}
    notes: list[Note] = []
    indicators, scopes = load("indicators").entries, TERMS["scope"].labels
    sources = {name: source_of(name, record["area_sources"]) for name in {stat["indicator"] for stat in stats}}
    for place, stat in enumerate(stats):
        if stat["indicator"] not in indicators or stat["scope"] not in scopes:
            notes.append(_note(page, "stat_rejected", stat, "no known indicator of a town or an area: left out"))
            continue
        key = (stat["indicator"], stat["scope"])
        dated = sources[stat["indicator"]]
        if key not in facts:  # of two figures the parser has told (duplicate_figure): the first counts
            facts[key] = _fact(page, project_id, stat, f"area_stats/{place}", dated)
        if dated is None and record["area_sources"]:
            message = f"the source note names several sources, none of them clearly for {stat['indicator']}: no date"
            notes.append(_note(page, "ambiguous_source", stat, message))
    values = {key: fact.row["value"] for key, fact in facts.items()}
    for key, fact in facts.items():
        _judge(fact.row, key, values, town)
        if fact.row["plausibility"] == "implausible":
            reason = fact.row["plausibility_reason"]
            notes.append(_note(page, "implausible_figure", {**fact.row, "indicator": key[0]}, reason))
    return list(facts.values()), notes


def _note(page: Page, kind: str, stat: dict[str, Any], message: str) -> Note:
    written = stat.get("as_written", stat.get("value_as_written"))
    field = f"area_stats.{stat['indicator']}.{stat['scope']}"
    return Note("warning", kind, page.document.document_id, field, written, message)


def _fact(page: Page, project_id: str, stat: dict[str, Any], path: str, dated: Dated | None) -> Fact:
    cells = row(
        "area_stats",
        project_id=project_id,
        indicator_code=stat["indicator"],
        scope=stat["scope"],
        value=stat["value"],
        unit=stat["unit"],
        value_as_written=stat["as_written"],
        as_of=dated.as_of if dated else None,
        as_of_precision=dated.precision if dated and dated.as_of else None,
        source_note=(dated.name if dated else None) or page.record["area_source_note"],
    )
    source = dated.path if dated else "area_source_note"
    rule = dated.rule if dated else "note with several sources"
    return Fact(
        "area_stats",
        cells,
        page,
        path,
        paths=_paths(source),
        rules=_rules(rule),
    )


def _judge(
    cells: Row, key: tuple[str, str], values: dict[tuple[str, str], float | None], town: Municipality | None
) -> None:
    """Fill plausibility and its reason in."""
    if cells["value"] is None:
        return
    reasons = [reason for reason in _reasons(cells, key, values, town) if reason is not None]
    wrong = [reason for reason in reasons if reason]
    cells["plausibility"] = "implausible" if wrong else "ok" if reasons else None
    cells["plausibility_reason"] = "; ".join(wrong) or None


def _reasons(
    cells: Row, key: tuple[str, str], values: dict[tuple[str, str], float | None], town: Municipality | None
) -> list[str | None]:
    """For each rule: None where it can not tell, "" where the figure passes, else what is wrong with it."""
    indicator, scope = key
    value: float = cells["value"]
    if cells["unit"] == "percent":
        return ["" if 0 <= value <= 100 else f"{value:g} is no percentage"]
    rules: list[str | None] = ["" if value > 0 else f"{value:g} is not above 0"] if value <= 0 else []
    if scope == "city" and indicator == "inhabitants":
        return [*rules, _against_official(value, cells["as_of"], town)]
    if scope == "city" and indicator == "area_ha" and town is not None:
        off = value / town.area_ha - 1
        rules.append("" if abs(off) <= _TOLERANCE else f"{off:+.0%} against the official {town.area_ha:.0f} ha")
    if scope == "area":
        rules += [_density(values), _above(value, values.get((indicator, "city")), "the town's figure on the page")]
        if town is not None and indicator == "inhabitants":
            rules.append(_above(value, town.population, "the town's official population"))
        if town is not None and indicator == "area_ha":
            rules.append(_above(value, town.area_ha, "the town's official area"))
    return rules


def _above(value: float, limit: float | None, what: str) -> str | None:
    if limit is None:
        return None
    return "" if value <= limit else f"{value:g} is above {what} ({limit:g})"


def _density(values: dict[tuple[str, str], float | None]) -> str | None:
    people, ground = values.get(("inhabitants", "area")), values.get(("area_ha", "area"))
    if people is None or ground is None or ground <= 0:
        return None
    density = people / ground
    return "" if density <= _MAX_DENSITY else f"{density:.0f} inhabitants a hectare, more than {_MAX_DENSITY:.0f}"


def _against_official(value: float, as_of: str | None, town: Municipality | None) -> str | None:
    if town is None:
        return None
    years = abs(_REFERENCE_YEAR - int(as_of[:4])) if as_of else 10
    tolerance = _TOLERANCE + _GROWTH_A_YEAR * years
    off = value / town.population - 1
    if abs(off) <= tolerance:
        return ""
    return f"{off:+.0%} against the official {town.population} of {_REFERENCE_YEAR}, more than {tolerance:.0%}"
