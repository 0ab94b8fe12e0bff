"""Rows that more than one page shows: figures with their sources, gaps, who works with whom, the night, the health.

Belongs here: joining and counting rows for the templates. Does not: queries, words, markup.
Concept: small objects with plain attributes; a template only walks through them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.report.charts import ROUNDS
from warehouse.report.data import ReportData, grouped
from warehouse.report.model import Row
from warehouse.report.proofs import Proofs

_FACTS = (
    *("title", "subtitle", "summary", "goals", "start_date", "end_date", "round_code", "municipality_name"),
    *("state_code", "esf_region_code", "contact_organisation", "contact_street", "contact_homepage"),
)


MOST_NEIGHBOURS = 12
"""Projects of the same line that a project's page lists."""
MOST_BODIES = 2_000
"""Organisations that the page of partners lists: those with the most rounds and projects."""


def figure_rows(data: ReportData, outcomes: Iterable[Row]) -> list[Row]:
    """Outcomes with the claims that make them."""
    return [{**outcome, "claims": data.claims.get(outcome["outcome_id"], [])} for outcome in outcomes]


def outcomes_of_projects(data: ReportData) -> dict[str, list[Row]]:
    """Project -> the outcomes that a claim about it makes, in their order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for outcome in data.outcomes:
        claims = data.claims.get(outcome["outcome_id"], [])
        for key in dict.fromkeys(claim["project_id"] for claim in claims if claim["project_id"]):
            found[key].append(outcome)
    return dict(found)


def nearest(project: Row, steps: Sequence[Row]) -> tuple[list[Row], int]:
    """The other projects of a project's line in order, of a long line those next to it, and how many are left out."""
    if project["project_line_id"] is None:
        return [], 0
    at = next((at for at, step in enumerate(steps) if step["project_id"] == project["project_id"]), 0)
    first = max(0, min(at - MOST_NEIGHBOURS // 2, len(steps) - MOST_NEIGHBOURS - 1))
    near = steps[first : first + MOST_NEIGHBOURS + 1]
    others = [step for step in near if step["project_id"] != project["project_id"]]
    return others, len(steps) - len(near)


class Night:
    """What the last run that fetched changed."""

    def __init__(self, data: ReportData) -> None:
        run = data.last_run
        since = run["started_at"] if run else None
        self.run = run
        self.is_first = len(data.runs) <= 1
        self.changes = [change for change in data.changes if since and change["seen_at"] >= since]
        self.earlier = [change for change in data.changes if not (since and change["seen_at"] >= since)]
        self.new = [page for page in data.pages if since and page["first_seen"] >= since]
        self.gone = [page for page in data.pages if since and page["gone_since"] and page["gone_since"] >= since]


class People:
    """Organisations with their projects by round, and as JSON who works with whom."""

    def __init__(self, data: ReportData) -> None:
        members = [row for rows in data.members.values() for row in rows]
        bodies = [row for row in members if row["organisation_id"] and row["kind"] != "category"]
        n_partners = data.n_partners.get
        found = sorted(grouped(bodies, "organisation_id").items())
        self.rows = [_body(key, own, n_partners(key, 0)) for key, own in found]
        self.rows.sort(key=lambda row: (-row["n_rounds"], -row["n_projects"], row["name"].casefold()))
        self.n = len(self.rows)
        del self.rows[MOST_BODIES:]
        self.rounds = [code for code in ROUNDS if any(code in row["by_round"] for row in self.rows)]
        self.lasting = sum(row["n_rounds"] > 1 for row in self.rows)
        self._data = data

    @property
    def net(self) -> list[list[Any]]:
        """Each project as [id, title, round, [place in `rows`, role, place, role …]]: who shares one works together."""
        members: dict[str, list[int | str]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            for key, role in row["projects"]:
                members[key] += [number, role]
        return [
            [project["project_id"], project["title"], project["round_code"], members[project["project_id"]]]
            for project in self._data.projects
            if project["project_id"] in members
        ]


def _body(key: str, rows: Sequence[Row], n_partners: int) -> Row:
    projects = dict.fromkeys((row["project_id"], row["round_code"]) for row in rows)
    by_round = Counter(code for _, code in projects if code)
    return {
        "organisation_id": key,
        "name": rows[0]["name"],
        "kind": rows[0]["kind"],
        "by_round": by_round,
        "n_rounds": len(by_round),
        "n_projects": len(projects),
        "n_partners": n_partners,
        "projects": list(dict.fromkeys((row["project_id"], row["role"]) for row in rows)),
    }


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of the published file as the report tells it."""

    name: str
    description: str
    advice: str
    blocking: bool
    n_rows: int


class Health:
    """How good the data are, openly: checks, proofs, issues, how often a fact is given."""

    def __init__(self, data: ReportData, proofs: Proofs, checks: Sequence[CheckLine]) -> None:
        self.checks = [check for check in checks if check.n_rows]
        self.n_checks = len(checks)
        self.proofs = proofs
        self.severities = Counter(issue["severity"] for issue in data.issues)
        self.kinds = _kinds(data.issues)
        n = len(data.projects)
        given = {fact: sum(project[fact] is not None for project in data.projects) for fact in _FACTS}
        given["area_stats"] = sum(project["project_id"] in data.with_stats for project in data.projects)
        self.fill = [(fact, count, n) for fact, count in sorted(given.items(), key=lambda item: item[1]) if n]
        moments = [source["data_as_of"] for source in data.sources if source["data_as_of"]]
        self.oldest = min(moments, default=None)
        self.newest = max(moments, default=None)


def _kinds(issues: Iterable[Row]) -> list[Row]:
    """The issues by kind, the gravest first."""
    by_kind: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for issue in issues:
        by_kind[issue["severity"], issue["kind"]].append(issue)
    return [
        {"severity": severity, "kind": kind, "advice": rows[0]["advice"], "issues": rows}
        for (severity, kind), rows in by_kind.items()
    ]
