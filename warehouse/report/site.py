"""The report as files: every page in both languages, the proofs, style and scripts.

Belongs here: which pages there are and what each template is given. Does not: queries, words, charts.
Concept: templates escape everything; data for scripts is JSON that can not end its element; nothing is searched twice:
what a page needs is looked up by its key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from warehouse.report.addresses import hosts_of_trial
from warehouse.report.data import ReportData, grouped
from warehouse.report.links import Links, outside, place_page, project_page, safe
from warehouse.report.model import Row
from warehouse.report.overview import figures
from warehouse.report.proofs import Proof, Proofs
from warehouse.report.sections import Health, Night, People, figure_rows, nearest, outcomes_of_projects
from warehouse.report.tongue import DAY_WORDS, BothTongues, Tongue

Page = tuple[str, str]
"""Path inside the report, and text."""
_HERE = Path(__file__).parent
VEGA, ENGLISH, STATES = "vega.js", "english.js", "states.js"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"outside": outside}
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
    return environment


def proof_page(proof: Proof) -> str:
    """A proof's page, from the report's folder."""
    return f"proof/{safe(proof.name)}.html"


class Site:
    """All pages of one report. First the proofs (each is added to `proofs`), then the pages that link to them."""

    def __init__(self, data: ReportData) -> None:
        self.data, self.proofs = data, Proofs()
        self._night, self._people = Night(data), People(data)
        self._german, self._english = (Tongue(code, data.labels) for code in ("de", "en"))
        self._both = BothTongues(self._german, self._english, data.labels)
        self._health = Health(data, self.proofs, ())
        self._trial = hosts_of_trial(page["url"] for page in data.pages)
        self._gaps = grouped(data.gaps, "project_id")
        self._steps = grouped(data.timeline, "project_line_id")
        self._moves = grouped(data.line_changes, "project_line_id")
        self._in_place = grouped(data.projects, "ags")
        self._outcomes = outcomes_of_projects(data)
        self._outcomes_in_place = grouped(data.outcomes, "ags")
        self._changes = grouped(
            ({**change, "owner": change["row_key"].split("|")[0]} for change in data.changes), "owner"
        )

    def pages(self, health: Health) -> Iterator[Page]:
        """The overviews in German and English; projects and places once, in both languages."""
        self._health = health
        for tongue in (self._german, self._english):
            yield from self._overviews(tongue)
        yield from map(self._project, self.data.projects)
        yield from map(self._place, self.data.places)

    def proof(self, proof: Proof) -> Page:
        """A proof's page; it tells of its archived page alone, so that it holds as long as that one does."""
        trial = hosts_of_trial([proof.snapshot.url])
        return self._detail(proof_page(proof), "proof", proof=proof, trial=(*trial, 1), is_lasting=True)

    def english_script(self) -> str:
        """The English of the words and labels of pages that exist once, as a script (a folder opened has no fetch)."""
        tables = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in (self._both.shared, DAY_WORDS))
        return "const ENGLISH={},DAY_WORDS={};\n".format(*tables)

    def _overviews(self, tongue: Tongue) -> Iterator[Page]:
        made = figures(self.data, self.proofs, tongue, Links.of(tongue))
        yield self._overview(tongue, "index", figures=made, n_bodies=self._people.n)
        yield self._overview(tongue, "projects")
        yield self._overview(tongue, "figures", rows=figure_rows(self.data, self.data.outcomes))
        yield self._overview(tongue, "partners", people=self._people)
        yield self._overview(tongue, "changes")
        yield self._overview(tongue, "quality")

    def _project(self, project: Row) -> Page:
        key = project["project_id"]
        near, n_more = nearest(project, self._steps.get(project["project_line_id"], []))
        return self._detail(
            project_page(key),
            "project",
            project=project,
            gaps=self._gaps.get(key, []),
            rows=figure_rows(self.data, self._outcomes.get(key, [])),
            changes=self._changes.get(key, []),
            neighbours=near,
            n_more=n_more,
        )

    def _place(self, place: Row) -> Page:
        ags = place["ags"]
        projects = self._in_place.get(ags, [])
        lines = dict.fromkeys(project["project_line_id"] for project in projects)
        return self._detail(
            place_page(ags),
            "place",
            place=place,
            projects=projects,
            gaps=[gap for one in projects for gap in self._gaps.get(one["project_id"], []) if gap["unit"] == "percent"],
            steps=[move for line in lines for move in self._moves.get(line, [])],
            rows=figure_rows(self.data, self._outcomes_in_place.get(ags, [])),
        )

    def _overview(self, tongue: Tongue, name: str, **more: object) -> Page:
        links, path = Links.of(tongue), f"{name}.html"
        other = f"en/{path}" if tongue is self._german else f"../{path}"
        text = self._page(name, tongue, links, other=other, home="", **more)
        return (path if tongue is self._german else f"en/{path}"), text

    def _detail(self, path: str, template: str, **more: object) -> Page:
        return path, self._page(template, self._both, Links("../"), other="?en", home="../", **more)

    def _page(self, template: str, tongue: Tongue, links: Links, **more: object) -> str:
        given = {
            "data": self.data,
            "proofs": self.proofs,
            "night": self._night,
            "health": self._health,
            "say": tongue,
            "t": tongue.words,
            "plain": (self._english if tongue is self._english else self._german).words,
            "lang": tongue.code,
            "links": links,
            "active": template,
            "vega": VEGA,
            "states": STATES,
            "english": ENGLISH if tongue is self._both else None,
            "pick_from": self._choices,
            "trial": (*self._trial, len(self.data.pages)),
            "is_lasting": False,
            **more,
        }
        return _templates().get_template(f"{template}.html.j2").render(given)

    def _choices(self, tongue: Tongue, table: str, column: str, rows: list[Row]) -> list[tuple[str, str]]:
        """The codes that a column holds with their labels, in the order of their table."""
        held = {row[column] for row in rows}
        order = self.data.labels.get(table, {})
        known = [(order[code].get("position", 0), tongue.label(table, code), code) for code in held if code in order]
        return [(code, label) for _, label, code in sorted(known)]
