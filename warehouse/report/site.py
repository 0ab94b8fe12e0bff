"""The report as files: every page in both languages, the proofs, style and scripts.

Belongs here: which pages there are and what each template is given. Does not: queries, words, charts.
Concept: templates escape everything; data for scripts is JSON that can not end its element.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from warehouse.report.data import ReportData
from warehouse.report.links import Links, outside, place_page, project_page
from warehouse.report.model import Row
from warehouse.report.overview import figures
from warehouse.report.proofs import Proof, Proofs
from warehouse.report.sections import Health, Night, People, figure_rows, gap_rows, neighbours
from warehouse.report.tongue import BothTongues, Tongue

Page = tuple[str, str]
"""Path inside the report, and text."""
_HERE = Path(__file__).parent
VEGA = "vega.js"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"outside": outside}
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
    return environment


class Site:
    """All pages of one report."""

    def __init__(self, data: ReportData, proofs: Proofs, health: Health) -> None:
        self._data, self._proofs, self._health = data, proofs, health
        self._night = Night(data)
        self._people = People(data)
        self._german, self._english = (Tongue(code, data.labels) for code in ("de", "en"))
        self._both = BothTongues(self._german, self._english, data.labels)

    def pages(self) -> Iterator[Page]:
        """The overviews in German and English; projects, places and proofs once, in both languages."""
        for tongue in (self._german, self._english):
            yield from self._overviews(tongue)
        yield from map(self._project, self._data.projects)
        yield from map(self._place, self._data.places)
        yield from map(self._proof, self._proofs.pages)

    def _overviews(self, tongue: Tongue) -> Iterator[Page]:
        made = figures(self._data, self._proofs, tongue, Links.of(tongue))
        yield self._overview(tongue, "index", figures=made, n_bodies=len(self._people.rows))
        yield self._overview(tongue, "projects")
        yield self._overview(tongue, "figures", rows=figure_rows(self._data, self._data.outcomes))
        yield self._overview(tongue, "partners", people=self._people)
        yield self._overview(tongue, "changes")
        yield self._overview(tongue, "quality")

    def _project(self, project: Row) -> Page:
        key = project["project_id"]
        outcomes = [
            outcome
            for outcome in self._data.outcomes
            if any(claim["project_id"] == key for claim in self._data.claims.get(outcome["outcome_id"], []))
        ]
        own = [change for change in self._data.changes if change["row_key"].split("|")[0] == key]
        return self._detail(
            project_page(key),
            "project",
            project=project,
            gaps=gap_rows(self._data, key),
            rows=figure_rows(self._data, outcomes),
            changes=own,
            neighbours=neighbours(self._data, project),
        )

    def _place(self, place: Row) -> Page:
        ags = place["ags"]
        projects = [project for project in self._data.projects if project["ags"] == ags]
        lines = {project["project_line_id"] for project in projects}
        return self._detail(
            place_page(ags),
            "place",
            place=place,
            projects=projects,
            steps=[change for change in self._data.line_changes if change["project_line_id"] in lines],
            rows=figure_rows(self._data, [outcome for outcome in self._data.outcomes if outcome["ags"] == ags]),
        )

    def _overview(self, tongue: Tongue, name: str, **more: object) -> Page:
        links, path = Links.of(tongue), f"{name}.html"
        other = f"en/{path}" if tongue is self._german else f"../{path}"
        text = self._page(name, tongue, links, other=other, home="", **more)
        return (path if tongue is self._german else f"en/{path}"), text

    def _detail(self, path: str, template: str, **more: object) -> Page:
        return path, self._page(template, self._both, Links("../"), other="?en", home="../", **more)

    def _page(self, template: str, tongue: Tongue, links: Links, **more: object) -> str:
        return (
            _templates()
            .get_template(f"{template}.html.j2")
            .render(
                data=self._data,
                proofs=self._proofs,
                night=self._night,
                health=self._health,
                say=tongue,
                t=tongue.words,
                plain=(self._english if tongue is self._english else self._german).words,
                lang=tongue.code,
                links=links,
                active=template,
                vega=VEGA,
                pick_from=self._choices,
                **more,
            )
        )

    def _choices(self, tongue: Tongue, table: str, column: str, rows: list[Row]) -> list[tuple[str, str]]:
        """The codes that a column holds with their labels, in the order of their table."""
        held = {row[column] for row in rows}
        order = self._data.labels.get(table, {})
        known = [(order[code].get("position", 0), tongue.label(table, code), code) for code in held if code in order]
        return [(code, label) for _, label, code in sorted(known)]

    def _proof(self, proof: Proof) -> Page:
        return self._detail(f"proof/{proof.name}.html", "proof", proof=proof)
