"""The charts of the overview: their rows, their text for those who do not see them, their tables.

Belongs here: choosing and counting rows for each chart. Does not: how a chart looks (charts.py), markup.
Concept: a chart, its sentence and its table are made of the same rows, so none can tell another story.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.report import charts
from warehouse.report.data import ReportData, grouped
from warehouse.report.links import Links
from warehouse.report.model import Row
from warehouse.report.proofs import Proofs
from warehouse.report.tongue import Tongue

FIRST_INDICATOR = "sgb2_rate"
MOST_GAPS, MOST_LINES = 120, 120
"""Rows of a chart: of more nobody sees anything, and the page would take too long to open."""
_HEADS = {"groups": "target_groups", "fields": "action_fields"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a chart's table: its words and where they lead."""

    text: str
    link: str | None = None
    number: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with all that stands around it. `data` are the rows of `spec`, packed; `choices` are (value, label) of
    `parameter`, the first one chosen.
    """

    name: str
    title: str
    sentences: list[str]
    spec: Mapping[str, Any] | None
    data: Mapping[str, Any]
    heads: list[str]
    rows: list[list[Cell]]
    parameter: str = ""
    parameter_label: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    note: str = ""
    legend: tuple[tuple[str, str, str], ...] = ()
    """What a chart's colours mean: (label, colour, shape)."""


def figures(data: ReportData, proofs: Proofs, tongue: Tongue, links: Links) -> list[Figure]:
    """The figures of the overview."""
    return [
        _map(data, tongue, links),
        _gap(data, proofs, tongue, links),
        _timeline(data, proofs, tongue, links),
        _over_rounds("groups", "target_groups", "target_group_code", data.target_groups, data, tongue),
        _over_rounds("fields", "action_fields", "action_field_code", data.action_fields, data, tongue),
    ]


def _map(data: ReportData, tongue: Tongue, links: Links) -> Figure:
    at = {place["ags"]: place for place in data.places}
    rings: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for project in data.projects:
        if project["ags"] in at and project["round_code"]:
            rings[project["ags"], project["round_code"]].append(project)
    rows, table = [], []
    for (ags, code), found in sorted(rings.items(), key=lambda item: (at[item[0][0]]["name"], item[0][1])):
        place = at[ags]
        titles = " · ".join(project["title"] or project["project_id"] for project in found)
        where = {"name": place["name"], "lat": place["lat"], "lon": place["lon"]}
        if place["lat"] is not None:
            rows.append(
                {**where, "round": code, "ring": charts.RINGS.get(code, 25), "titles": titles, "href": links.place(ags)}
            )
        table.append([Cell(place["name"], links.place(ags)), Cell(code), Cell(str(len(found)), number=True)])
    states = Counter(tongue.label("states", project["state_code"]) for project in data.projects)
    state, n = max(states.items(), key=lambda item: item[1], default=("", 0))
    n_places = len({ags for ags, _ in rings})
    sentence = tongue.say("map_text", projects=len(data.projects), places=n_places, state=state, n=n)
    held = {code for _, code in rings}
    choices = [("", tongue.words["all_rounds"])]
    choices += [(code, tongue.label("rounds", code)) for code in charts.ROUNDS if code in held]
    return Figure(
        name="map",
        title=tongue.words["map"],
        sentences=[sentence if rows else tongue.words["map_empty"]],
        spec=charts.project_map(tongue.words) if rows else None,
        data=charts.packed(rows),
        heads=[tongue.words["place"], tongue.words["round"], tongue.words["projects"]],
        rows=table,
        parameter="round",
        parameter_label=tongue.words["round"],
        choices=tuple(choices),
        legend=_rounds(held, tongue),
    )


def _gap(data: ReportData, proofs: Proofs, tongue: Tongue, links: Links) -> Figure:
    pairs = [gap for gap in data.gaps if gap["unit"] == "percent" and gap["difference"] is not None]
    order = {code: row["position"] for code, row in data.labels["indicators"].items()}
    pairs.sort(key=lambda gap: (order.get(gap["indicator_code"], 99), -gap["difference"], gap["project_id"]))
    names = _names(pairs)
    by_code = grouped(pairs, "indicator_code")
    rows, table = [], []
    for gap in [gap for gaps in by_code.values() for gap in gaps[:MOST_GAPS]]:
        cells = []
        row = {"label": names[gap["project_id"]], "indicator": gap["indicator_code"], "difference": gap["difference"]}
        if gap["plausibility"] == "implausible":
            row["doubtful"] = True
        for scope in ("city", "area"):
            key = f"{gap['project_id']}|{gap['indicator_code']}|{scope}"
            proof, value = proofs.link("area_stats", key, "value"), gap[f"{scope}_value"]
            way = links.proof(proof) if proof else None
            shown = tongue.measure(value, "percent")
            cells.append(Cell(shown, way, number=True))
            row[tongue.words[scope]] = value
            row[f"href {tongue.words[scope]}"] = way or links.project(gap["project_id"])
        rows.append(row)
        label = tongue.label("indicators", gap["indicator_code"])
        first = Cell(names[gap["project_id"]], links.project(gap["project_id"]))
        table.append([Cell(label), first, *cells, Cell(tongue.signed(gap["difference"]), number=True)])
    codes = sorted(by_code, key=lambda code: (code != FIRST_INDICATOR, order.get(code, 99)))
    words = tongue.words
    return Figure(
        name="gap",
        title=words["gap"],
        sentences=[_gap_sentence(code, by_code[code], names, tongue) for code in codes] or [words["gap_empty"]],
        spec=charts.area_gap(words, codes[0]) if rows else None,
        data=charts.packed(rows),
        heads=[words["indicator"], words["project"], words["city"], words["area"], words["difference"]],
        rows=table,
        parameter="indicator",
        parameter_label=words["indicator"],
        choices=tuple((code, tongue.label("indicators", code)) for code in codes),
        note=_gap_note(by_code, words),
        legend=tuple((words[scope], colour, shape) for scope, colour, shape in charts.SCOPES) if rows else (),
    )


def _gap_note(by_code: Mapping[str, list[Row]], words: Mapping[str, str]) -> str:
    doubtful = any(gap["plausibility"] == "implausible" for gaps in by_code.values() for gap in gaps)
    notes = (words["gap_note"] if doubtful else "", words["sgb2_note"] if FIRST_INDICATOR in by_code else "")
    return " ".join(filter(None, notes))


def _names(gaps: list[Row]) -> dict[str, str]:
    """Town and round of each project; two of one town and round are told apart by their id."""
    short = {gap["project_id"]: f"{gap['municipality_name'] or '?'} ({gap['round_code'] or '?'})" for gap in gaps}
    numbers = {key: key.rpartition("-")[2] for key in short}
    return {key: f"{name} {numbers[key]}" if numbers[key].isdigit() else name for key, name in short.items()}


def _gap_sentence(code: str, gaps: list[Row], names: dict[str, str], tongue: Tongue) -> str:
    widest = max(gaps, key=lambda gap: gap["difference"])
    sentence = tongue.say(
        "gap_text",
        indicator=tongue.label("indicators", code),
        above=sum(gap["difference"] > 0 for gap in gaps),
        n=len(gaps),
        label=names[widest["project_id"]],
        difference=widest["difference"],
    )
    cut = len(gaps) > MOST_GAPS
    return f"{sentence} {tongue.say('gap_cut', n=MOST_GAPS, total=len(gaps))}" if cut else sentence


def _timeline(data: ReportData, proofs: Proofs, tongue: Tongue, links: Links) -> Figure:
    steps = [step for step in data.timeline if step["start_date"] and step["end_date"]]
    steps.sort(key=lambda step: (step["line_label"] or "", step["start_date"], step["project_id"]))
    lines = Counter(step["project_line_id"] for step in steps)
    kept = {line for line, _ in lines.most_common(MOST_LINES)}
    rows, table = [], []
    for step in (step for step in steps if step["project_line_id"] in kept):
        start, end = (tongue.day(step[key], step["runtime_precision"]) for key in ("start_date", "end_date"))
        page = links.project(step["project_id"])
        found = (proofs.link("projects", step["project_id"], column) for column in ("start_date", "end_date"))
        ways = [links.proof(proof) if proof else None for proof in found]
        rows.append(
            {
                "line": step["line_label"],
                "title": step["title"],
                "round": step["round_code"],
                "start": step["start_date"].isoformat(),
                "end": step["end_date"].isoformat(),
                "shown": f"{start} – {end}",
                "href": page,
            }
        )
        cells = [Cell(step["line_label"]), Cell(step["title"] or step["project_id"], page)]
        table.append([*cells, Cell(step["round_code"] or "–"), Cell(start, ways[0]), Cell(end, ways[1])])
    sentence = tongue.say(
        "timeline_text",
        lines=len(lines),
        long=sum(n > 1 for n in lines.values()),
        first=tongue.day(min((step["start_date"] for step in steps), default=None), "month"),
        last=tongue.day(max((step["end_date"] for step in steps), default=None), "month"),
    )
    if len(lines) > MOST_LINES:
        sentence += f" {tongue.say('timeline_cut', n=MOST_LINES, total=len(lines))}"
    words = tongue.words
    return Figure(
        name="timeline",
        title=words["timeline"],
        sentences=[sentence],
        spec=charts.timeline(words) if rows else None,
        data=charts.packed(rows),
        heads=[words["line"], words["project"], words["round"], words["begin"], words["end"]],
        rows=table,
        legend=_rounds({step["round_code"] for step in steps}, tongue),
    )


def _rounds(held: set[str], tongue: Tongue) -> tuple[tuple[str, str, str], ...]:
    colours = zip(charts.ROUNDS, charts.COLOURS, strict=True)
    return tuple((tongue.label("rounds", code), colour, "circle") for code, colour in colours if code in held)


def _over_rounds(
    name: str, table: str, column: str, labels: Mapping[str, list[Row]], data: ReportData, tongue: Tongue
) -> Figure:
    """How many of a round's projects name each code; labels without a code are counted as written."""
    totals = Counter(project["round_code"] for project in data.projects if project["round_code"])
    counts: Counter[tuple[str, str]] = Counter()
    for project in data.projects:
        named = {
            tongue.label(table, row[column], row["label_as_written"]) for row in labels.get(project["project_id"], [])
        }
        counts.update((label, project["round_code"]) for label in named if project["round_code"])
    order = Counter({label: 0 for label, _ in counts})
    for (label, _), n in counts.items():
        order[label] += n
    held = [code for code in charts.ROUNDS if totals[code]]
    ranked = [label for label, _ in sorted(order.items(), key=lambda item: (-item[1], item[0]))]
    rows = [
        {
            "label": label,
            "round": code,
            "share": round(counts[label, code] / totals[code], 3),
            "shown": f"{counts[label, code]}/{totals[code]}",
        }
        for label in ranked
        for code in held
    ]
    cells = [
        [Cell(label), *(Cell(f"{counts[label, code]}/{totals[code]}", number=True) for code in held)]
        for label in ranked
    ]
    most = ranked[0] if ranked else ""
    sentence = tongue.say(f"{name}_text", label=most, n=order[most], total=sum(totals.values()))
    return Figure(
        name=name,
        title=tongue.words[name],
        sentences=[sentence],
        spec=charts.by_round(tongue.words) if rows else None,
        data=charts.packed(rows),
        heads=[tongue.words[_HEADS[name]], *(f"{tongue.words['round']} {code}" for code in held)],
        rows=cells,
    )
