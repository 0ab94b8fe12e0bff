"""Outcome claims: each figure of an article with its town, round and project.

Belongs here: where a claim belongs, its id, its row. Does not: reading sentences, joining claims.
Concept: place, then time, then name decide; a claim that fits no project says so and keeps its words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.codelists import load
from warehouse.harmonise import rounds
from warehouse.harmonise.cells import AS_WRITTEN, Fact, Note, Page, row
from warehouse.harmonise.places import Found, Municipality, gazetteer
from warehouse.harmonise.projects import Project, name_words
from warehouse.harmonise.publishers import publisher_of
from warehouse.model import Row, stable_id
from warehouse.terms import TERMS


@dataclass(slots=True)
class Claim:
    """One claim of a current version. `raw` is the record's entry; the rest is what the rules add."""

    claim_id: str
    page: Page
    path: str
    raw: Mapping[str, Any]
    town: Municipality | None
    town_key: str
    round_code: str | None = None
    round_rule: str = ""
    project: Project | None = None
    project_rule: str = ""
    line_id: str | None = None
    line_rule: str = ""
    origin_id: str = ""
    outcome_id: str | None = None

    @property
    def publisher(self) -> str:
        """Who publishes the page."""
        return publisher_of(self.page.document)

    @property
    def published(self) -> tuple[str, str, str]:
        """Order of publication: the day the page states, else the day it was seen first; ties by address."""
        document = self.page.document
        stated: str | None = self.page.record["published_on"]
        return stated or document.first_seen[:10], document.first_seen, document.url


class Towns:
    """The projects by town, and which name means which town in an article."""

    def __init__(self, projects: Iterable[Project]) -> None:
        self.projects: dict[str, list[Project]] = defaultdict(list)
        for project in projects:
            if project.main.ags is not None:
                self.projects[project.main.ags].append(project)
        self._known: Collection[str] = frozenset(self.projects)
        self._found: dict[str, Found] = {}
        self._quarters: dict[str, frozenset[str]] = {
            ags: frozenset().union(*(project.parts for project in town)) for ags, town in self.projects.items()
        }

    def find(self, name: str) -> Found:
        """The town of a name without a state."""
        if name not in self._found:
            self._found[name] = gazetteer().find(name, None, self._known)
        return self._found[name]

    def is_quarter(self, name: str, towns: Collection[str]) -> bool:
        """Whether `name` is a programme area of one of the towns (AGS): Mülheim is one of Köln, and a town."""
        part = "".join(filter(str.isalnum, name.lower()))
        return any(part in self._quarters.get(ags, ()) for ags in towns)

    def line(self, ags: str | None) -> str | None:
        """The line of a town that has one only."""
        lines = {project.line_id for project in self.projects.get(ags or "", ()) if project.line_id is not None}
        return lines.pop() if len(lines) == 1 else None


def claim_ids(document_id: str, claims: Sequence[Mapping[str, Any]]) -> list[str]:
    """An id for each claim of one version: from the document and what is counted, not from the value.

    A figure that changes keeps its id, so that the change has one row; equal ones of a page are told apart by order.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    ids = []
    for claim in claims:
        names = ("metric", "subgroup", "status", "unit", "place", "since")
        what = tuple(str(claim[name] if claim[name] is not None else "") for name in names)
        ids.append(stable_id("c", document_id, *what, seen[what]))
        seen[what] += 1
    return ids


def read_claims(pages: Iterable[Page], towns: Towns) -> tuple[list[Claim], list[Note]]:
    """All claims of current versions with place, round, project and line; and notes on those that fit nothing."""
    claims: list[Claim] = []
    notes: list[Note] = []
    for page in sorted(pages, key=lambda page: page.document.document_id):
        found = _of_page(page, towns, notes)
        _place_in_time(found, towns)
        notes += _notes(page, found)
        claims += found
    return claims, notes


def _of_page(page: Page, towns: Towns, notes: list[Note]) -> list[Claim]:
    entries = page.record["claims"]
    claims = []
    ids = claim_ids(page.document.document_id, entries)
    for place, (claim_id, entry) in enumerate(zip(ids, entries, strict=True)):
        fault = _fault(entry)
        if fault is not None:
            document_id = page.document.document_id
            notes.append(Note("error", "claim_rejected", document_id, f"claims/{place}", entry["quote"], fault))
            continue
        town = towns.find(entry["place"]).municipality if entry["place"] else None
        key = town.ags if town else f"? {entry['place'] or ''}".strip()
        claims.append(Claim(claim_id, page, f"claims/{place}", entry, town, key))
    return claims


def _fault(entry: Mapping[str, Any]) -> str | None:
    """What the tables would refuse in a claim: a row that is wrong is left out and told, it does not stop the night."""
    for name, known in (("metric", load("metrics").entries), ("subgroup", load("subgroups").entries)):
        if entry[name] not in known:
            return f"{entry[name]!r} is no code of {name}s"
    for name in ("unit", "qualifier", "status", "basis"):
        if entry[name] not in TERMS[name].labels:
            return f"{entry[name]!r} is no word of {name}"
    if entry["unit"] == "percent" and not 0 <= entry["value"] <= 100:
        return f"{entry['value']:g} is no percentage"
    if not 0 <= entry["char_start"] < entry["char_end"]:
        return f"characters {entry['char_start']} to {entry['char_end']} are no passage"
    return None


def _place_in_time(claims: list[Claim], towns: Towns) -> None:
    """Round, project and line of the claims of one page: first those with a period of their own, then the others."""
    for claim in claims:
        claim.round_code, claim.round_rule = _stated_round(claim, towns)
    stated: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        if claim.round_code is not None:
            stated[claim.town_key].add(claim.round_code)
    for claim in claims:
        if claim.round_code is None and claim.town is not None:
            claim.round_code, claim.round_rule = _carried_round(claim, stated[claim.town_key], towns)
        _find_project(claim, towns)


def _running(town: Sequence[Project], day: str) -> set[str]:
    """The rounds of the town's projects that ran on a day."""
    running = (project for project in town if (project.start or "9999") <= day <= (project.end or ""))
    return {project.main.round_code for project in running if project.main.round_code is not None}


def _stated_round(claim: Claim, towns: Towns) -> tuple[str | None, str]:
    since, as_of = claim.raw["since"], claim.raw["as_of"]
    if claim.town is None or (since is None and as_of is None):
        return None, ""
    code = rounds.of_period(since, as_of if as_of is None or since is None or as_of >= since else None)
    if code is not None:
        return code, "round of the figure's period"
    running = _running(towns.projects.get(claim.town.ags, ()), since or as_of)
    return (running.pop(), "round of the town's project in that period") if len(running) == 1 else (None, "")


def _carried_round(claim: Claim, stated: set[str], towns: Towns) -> tuple[str | None, str]:
    """For a figure without a period: that of the page's other figures of the town, else of the day of publication."""
    if len(stated) == 1:
        return next(iter(stated)), "round of the page's other figures of this town"
    day = claim.page.record["published_on"]
    if stated or day is None or claim.town is None:
        return None, ""
    running = _running(towns.projects.get(claim.town.ags, ()), day)
    return (running.pop(), "published while the town's project of this round ran") if len(running) == 1 else (None, "")


def _find_project(claim: Claim, towns: Towns) -> None:
    town = towns.projects.get(claim.town.ags, []) if claim.town else []
    fitting = [p for p in town if claim.round_code is not None and p.main.round_code == claim.round_code]
    rule = "town and round"
    if len(fitting) > 1:
        words = name_words(claim.page.record["title"], claim.town.name if claim.town else None)
        fitting = [p for p in fitting if words & name_words(p.main.title, p.main.town_name)]
        rule = "town, round and name in the title"
    if len(fitting) == 1:
        claim.project, claim.project_rule = fitting[0], rule
        claim.line_id, claim.line_rule = fitting[0].line_id, "line of the project"
    else:
        claim.line_id, claim.line_rule = towns.line(claim.town_key), "the town's only line"
        claim.project_rule = _why_none(claim, town)


def _why_none(claim: Claim, town: Sequence[Project]) -> str:
    if claim.town is None:
        return "no town is told" if claim.raw["place"] is None else f"the town {claim.raw['place']!r} is not known"
    if not town:
        return f"no page of a project in {claim.town.name}"
    if claim.round_code is None:
        return f"its period fits no round of {claim.town.name} clearly"
    if any(project.main.round_code == claim.round_code for project in town):
        return f"several projects of round {claim.round_code} in {claim.town.name}"
    return f"no page of a project of round {claim.round_code} in {claim.town.name}"


def _notes(page: Page, claims: Sequence[Claim]) -> list[Note]:
    """One note a page and reason for claims without a project."""
    reasons = Counter(claim.project_rule for claim in claims if claim.project is None)
    return [
        Note("info", "claim_without_project", page.document.document_id, "claims", None, f"{count} figure(s): {reason}")
        for reason, count in sorted(reasons.items())
    ]


def claim_fact(claim: Claim) -> Fact:
    """The row of a claim with the evidence of its cells."""
    raw = claim.raw
    names = ("value", "unit", "qualifier", "status", "basis", "since", "since_precision", "as_of", "as_of_precision")
    more = ("quote", "char_start", "char_end", "rule")
    town = claim.town
    cells: Row = row(
        "outcome_claims",
        claim_id=claim.claim_id,
        document_id=claim.page.document.document_id,
        project_id=claim.project.project_id if claim.project else None,
        project_line_id=claim.line_id,
        municipality_name=town.name if town else raw["place"],
        ags=town.ags if town else None,
        round_code=claim.round_code,
        metric_code=raw["metric"],
        subgroup_code=raw["subgroup"],
        origin_id=claim.origin_id,
        outcome_id=claim.outcome_id,
        **{name: raw[name] for name in (*names, *more)},
    )
    rules = {
        "project_id": claim.project_rule,
        "project_line_id": claim.line_rule,
        "round_code": claim.round_rule,
        "municipality_name": "town of the figure",
        "ags": "municipality of the town's name",
    }
    return Fact("outcome_claims", cells, claim.page, claim.path, rules={k: v or AS_WRITTEN for k, v in rules.items()})


def article_rows(claims: Iterable[Claim]) -> list[Row]:
    """The rows of `project_documents` for articles: once a project, with the rule of its first figure."""
    rules: dict[tuple[str, str], str] = {}
    for claim in claims:
        if claim.project is not None:
            rules.setdefault((claim.project.project_id, claim.page.document.document_id), claim.project_rule)
    return [
        row("project_documents", project_id=project_id, document_id=document_id, relation="article", rule=rule)
        for (project_id, document_id), rule in rules.items()
    ]
