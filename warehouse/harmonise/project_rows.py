"""Projects into rows: the table of projects, its lists, its organisations and areas, each cell with its evidence.

Belongs here: which page gives which row, positions in lists. Does not: what a page means (readings.py).
Concept: a project's facts are those of its main page; a town's page adds only what the main page lacks.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from warehouse.harmonise.area_stats import area_stats
from warehouse.harmonise.areas import AreaMention, Areas
from warehouse.harmonise.cells import Fact, Note, Page, row
from warehouse.harmonise.org_joins import OrgMention
from warehouse.harmonise.org_names import Home
from warehouse.harmonise.org_nodes import Use
from warehouse.harmonise.organisations import Organisations
from warehouse.harmonise.projects import Project, town_key
from warehouse.harmonise.readings import Gist, Listed, Partner, Reading
from warehouse.model import Row

Key = TypeVar("Key")
Mention = TypeVar("Mention", OrgMention, AreaMention)
FirstAreas = dict[tuple[str, str | None, str], AreaMention]
"""Town and words of a programme area -> where they were seen first."""
FirstMentions = dict[tuple[str, Home], OrgMention]
"""Words and town -> where and when they were seen first. Of many mentions there are few names."""
_ROLES = ("lead", "coordination", "partner", "cooperation")
_BY_NAME = {"organisation_id": "name and town; spellings in organisation_names"}
_BY_WORDS = {"programme_area_id": "area of the town by its words"}


def take_mentions(reading: Reading, home: Home, first: FirstMentions) -> None:
    """Take over the organisations that one version of a page names: ids depend on where a name was seen first."""
    document = reading.page.document
    seen = reading.page.version.fetched_at
    for place, partner in enumerate(reading.partners):
        key = partner.written, home
        order = document.url, sys.intern(str(_ROLES.index(partner.role))), sys.intern(f"{place:04}")
        _keep_first(first, key, OrgMention(*key, seen, order))


def first_mentions(first: FirstMentions) -> Iterator[OrgMention]:
    """The mentions that were taken over, each let go as soon as it is given away."""
    for key in list(first):
        yield first.pop(key)
    first.clear()  # an emptied dict is as large as a full one


def take_areas(gist: Gist, first: FirstAreas) -> None:
    """Take over the spellings of programme areas in one version of a page."""
    town, seen, url = town_key(gist), gist.version.fetched_at, gist.document.url
    for place, written in enumerate(gist.areas):
        key = town, gist.town_name, written
        _keep_first(first, key, AreaMention(*key, seen, (url, place)))


def _keep_first(first: dict[Key, Mention], key: Key, mention: Mention) -> None:
    """Of what is the same, the one of the earliest day; on one day the order of pages decides."""
    known = first.get(key)
    if known is None or (mention.seen[:10], mention.order) < (known.seen[:10], known.order):
        first[key] = mention


@dataclass(slots=True)
class Places:
    """Which row a body has in a project, while page after page names its own."""

    project_id: str
    last: Counter[str] = field(default_factory=Counter)
    """Role -> position of its last row."""
    keys: dict[str, str] = field(default_factory=dict)
    """Body -> key of its first row."""

    def copy(self) -> Places:
        """To go on from here without it."""
        return Places(self.project_id, self.last.copy(), self.keys.copy())

    def add(self, role: str, body: str | None) -> int:
        """The position of a new row."""
        self.last[role] += 1
        if body is not None:
            self.keys.setdefault(body, f"{self.project_id}|{role}|{self.last[role]}")
        return self.last[role]

    def lacks(self, role: str, body: str) -> bool:
        """Whether a page that joins the project adds a row for a body; who coordinates has one of its own."""
        return role == "coordination" or body not in self.keys


class Joined(NamedTuple):
    """What a page met that joins a project: the rows that were there, and the bodies that its town's entries name."""

    places: Places
    bodies: Mapping[str, Sequence[Use]]


def project_facts(
    project: Project,
    read: Callable[[Gist], Reading],
    organisations: Organisations,
    areas: Areas,
    joined: dict[str, Joined],
) -> tuple[list[Fact], list[Note]]:
    """All rows of one project in the fact tables, and what is wrong with them; `read` gives all that a page says.

    `joined` gets the pages that join the project, by document.
    """
    main = read(project.main)
    facts = [_project(project, main)]
    facts += _areas(project, main, areas)
    facts += _labels(project, main, "project_action_fields", "action_field_code", main.action_fields, "action_fields")
    facts += _labels(project, main, "project_target_groups", "target_group_code", main.target_groups, "target_groups")
    facts += [
        Fact(
            "project_activities", _numbered(project, "project_activities", i, text=entry.written), main.page, entry.path
        )
        for i, entry in enumerate(main.activities, start=1)
    ]
    town_pages = [(other.gist, read(other.gist)) for other in project.others if other.relation == "city_page"]
    facts += _organisations(project, main, town_pages, organisations, joined)
    if project.relation != "main":
        return facts, []
    stats, notes = area_stats(main.page, project.project_id, main.municipality)
    return facts + stats, notes


def document_rows(project: Project) -> list[Row]:
    """The rows of `project_documents` for pages of the programme and of the town."""
    pages = {project.main.document.document_id: (project.relation, project.rule)}
    for other in project.others:
        pages.setdefault(other.gist.document.document_id, (other.relation, other.rule))
    return [
        row("project_documents", project_id=project.project_id, document_id=document_id, relation=relation, rule=rule)
        for document_id, (relation, rule) in pages.items()
    ]


def area_rows(areas: Areas, towns: dict[str, Gist]) -> tuple[list[Row], list[Row]]:
    """The rows of `programme_areas` and `programme_area_names`; `towns` has a page for every town key."""
    entities, names = [], []
    for area in areas.areas:
        town = towns[area.town_key]
        entities.append(
            row(
                "programme_areas",
                programme_area_id=area.area_id,
                name=area.name,
                municipality_name=town.town_name,
                ags=town.ags,
                n_projects=len(area.projects),
            )
        )
        names += [
            row(
                "programme_area_names",
                programme_area_id=area.area_id,
                name_as_written=name,
                n_mentions=area.names[name],
            )
            for name in sorted(area.names)
        ]
    return entities, names


def _project(project: Project, main: Reading) -> Fact:
    document = main.page.document
    cells = row(
        "projects",
        **main.columns,
        project_id=project.project_id,
        project_line_id=project.line_id,
        document_id=document.document_id,
        first_seen=document.first_seen,
        last_seen=document.last_seen,
    )
    return Fact("projects", cells, main.page, "title", paths=main.paths, rules=main.rules)


def _numbered(project: Project, table: str, position: int, **values: object) -> Row:
    return row(table, project_id=project.project_id, position=position, **values)


def _areas(project: Project, main: Reading, areas: Areas) -> list[Fact]:
    key, town = town_key(project.main), project.main.town_name
    facts = []
    for place, entry in enumerate(main.areas, start=1):
        area_id = areas.add(key, town, entry.written, project.project_id)
        cells = _numbered(project, "project_programme_areas", place, name=entry.written, programme_area_id=area_id)
        facts.append(Fact("project_programme_areas", cells, main.page, entry.path, rules=_BY_WORDS))
    return facts


def _labels(
    project: Project, main: Reading, table: str, column: str, entries: Sequence[Listed], codes: str
) -> list[Fact]:
    rules = {column: f"code list {codes}"}
    return [
        Fact(
            table,
            _numbered(project, table, place, label_as_written=entry.written, **{column: entry.code}),
            main.page,
            entry.path,
            rules=rules,
        )
        for place, entry in enumerate(entries, start=1)
    ]


@dataclass(slots=True)
class _Roles:
    """The organisations of one project as they are added: their rows, and which places they have."""

    project: Project
    places: Places
    facts: list[Fact] = field(default_factory=list)

    def add(self, page: Page, partner: Partner, bodies: Sequence[Use]) -> None:
        """One entry of the project's own page: every one has a row, one that names several bodies has several."""
        for body in bodies:
            self._row(page, partner, body)
        if not bodies:
            self._fact(page, partner, None)

    def add_new(self, page: Page, partner: Partner, bodies: Sequence[Use]) -> None:
        """One entry of another page: only bodies that the project does not have yet, coordination excepted."""
        for body in bodies:
            if self.places.lacks(partner.role, body.organisation_id):
                self._row(page, partner, body)

    def _row(self, page: Page, partner: Partner, body: Use) -> None:
        body.times += 1
        self._fact(page, partner, body.organisation_id)

    def _fact(self, page: Page, partner: Partner, organisation_id: str | None) -> None:
        cells = _numbered(
            self.project,
            "project_organisations",
            self.places.add(partner.role, organisation_id),
            role=partner.role,
            organisation_id=organisation_id,
            name_as_written=partner.written,
        )
        self.facts.append(Fact("project_organisations", cells, page, partner.path, rules=_BY_NAME))


def _organisations(
    project: Project,
    main: Reading,
    town_pages: Iterable[tuple[Gist, Reading]],
    organisations: Organisations,
    joined: dict[str, Joined],
) -> list[Fact]:
    """The main page's entries, in its order; from the town's pages what it lacks."""
    roles = _Roles(project, Places(project.project_id))
    bodies = organisations.uses(project.main.home)
    for partner in main.partners:
        roles.add(main.page, partner, bodies[partner.written])
    for gist, reading in town_pages:
        bodies = organisations.uses(gist.home)
        joined[gist.document.document_id] = Joined(roles.places.copy(), bodies)
        for partner in reading.partners:
            roles.add_new(reading.page, partner, bodies[partner.written])
    return roles.facts
