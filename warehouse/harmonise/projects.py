"""Projects: which pages are one project, and the id it keeps.

Belongs here: one project an operation and round, town's pages that join it or define one. Does not: lines over rounds.
Concept: an id comes from round, town and the page's number; pages join by town, time, areas and name, or to nothing
with a reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from warehouse.folding import fold, slug
from warehouse.harmonise.areas import read_area
from warehouse.harmonise.cells import Note
from warehouse.harmonise.readings import Gist, page_number
from warehouse.remembered import remembered

Relation = Literal["main", "city_page"]
_WORD = re.compile(r"[^\W_]+")
_NO_NAME = frozenset({"biwaq", "projekt", "stadt", "quartier", "im", "in", "und", "der", "die", "das", "für", "am"})


@dataclass(frozen=True, slots=True)
class Attached:
    """A page that speaks of a project, and the rule that joined them."""

    gist: Gist
    relation: Relation
    rule: str


@dataclass(slots=True)
class Project:
    """One project: `main` is the page its facts are from, `others` are pages that add to it."""

    project_id: str
    main: Gist
    relation: Relation
    rule: str
    others: tuple[Attached, ...] = ()
    line_id: str | None = None

    @property
    def parts(self) -> frozenset[str]:
        """The quarters it works in."""
        return area_parts(self.main)

    @property
    def start(self) -> str | None:
        """First day of the runtime."""
        return self.main.start

    @property
    def end(self) -> str | None:
        """Last day of the runtime."""
        return self.main.end


def area_parts(gist: Gist) -> frozenset[str]:
    """The quarters that a page names as its areas."""
    parts = (read_area(written, gist.town_name).parts for written in gist.areas)
    return frozenset().union(*parts)


def town_key(gist: Gist) -> str:
    """What tells towns apart: the AGS, or the words of a town that is not known."""
    return gist.ags or f"? {gist.slug}"


@remembered(65_536)  # asked for every figure of a town with several projects
def name_words(title: str | None, town: str | None) -> frozenset[str]:
    """The telling words of a title: without BIWAQ, the town and small words."""
    skip = _NO_NAME | set(_WORD.findall(fold(town or "")))
    return frozenset(word for word in _WORD.findall(fold(title or "")) if word not in skip and len(word) > 2)


def make_projects(project_pages: Sequence[Gist], city_pages: Sequence[Gist]) -> tuple[list[Project], list[Note]]:
    """All projects by id, and notes on pages that belong to none."""
    projects = _from_project_pages(project_pages)
    by_town: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        by_town[town_key(project.main)].append(project)
    notes: list[Note] = []
    taken = {project.project_id for project in projects}
    for gist in sorted(city_pages, key=_order):
        town = by_town[town_key(gist)]
        found, rule = _join(gist, town)
        if found is not None:
            found.others += (Attached(gist, "city_page", rule),)
        elif gist.round_code is not None and gist.municipality is not None and rule == "":
            project = Project(_city_id(gist, taken), gist, "city_page", "page of the town, no project page")
            taken.add(project.project_id)
            projects.append(project)
            town.append(project)
        else:
            reason = rule or "it names no round, no runtime and no known town"
            message = f"the page joins no project: {reason}"
            document_id = gist.document.document_id
            notes.append(Note("warning", "page_without_project", document_id, "municipality", None, message))
    return sorted(projects, key=lambda project: project.project_id), notes


def _order(gist: Gist) -> tuple[str, int, str]:
    """Pages in the order that ids depend on: day seen first, page number, address."""
    document = gist.document
    return document.first_seen[:10], int(page_number(document.url) or 10**9), document.url


def _prefix(gist: Gist) -> str:
    return f"{(gist.round_code or 'no-round').lower()}-{gist.slug}"


def _from_project_pages(pages: Sequence[Gist]) -> list[Project]:
    groups: dict[str, list[list[Gist]]] = defaultdict(list)
    same: dict[tuple[str, str], list[Gist]] = {}
    for gist in sorted(pages, key=_order):
        key = (_prefix(gist), page_number(gist.document.url) or gist.version.content_hash)
        if key in same:
            same[key].append(gist)
        else:
            same[key] = [gist]
            groups[key[0]].append(same[key])
    return [
        _project(f"{prefix}-{_suffix(group[0])}" if place else prefix, group)
        for prefix, operations in groups.items()
        for place, group in enumerate(operations)
    ]


def _suffix(gist: Gist) -> str:
    document = gist.document
    return page_number(document.url) or document.document_id.removeprefix("d-")


def _project(project_id: str, pages: list[Gist]) -> Project:
    """The page seen last gives the facts; another address of the same page only points to it."""
    main = max(pages, key=lambda gist: (gist.document.last_seen, gist.document.url))
    others = [Attached(gist, "main", "same town, round and page number") for gist in pages if gist is not main]
    return Project(project_id, main, "main", "the project's own page", tuple(others))


def _city_id(gist: Gist, taken: set[str]) -> str:
    base = _prefix(gist)
    candidates = [base, *(f"{base}-{slug(written)}" for written in gist.areas[:1])]
    free = next((name for name in candidates if name not in taken), None)
    return free or f"{base}-{gist.document.document_id.removeprefix('d-')}"


def _join(gist: Gist, town: list[Project]) -> tuple[Project | None, str]:
    """The project that a town's page speaks of, and the rule; or None and the reason ("" if it may define its own)."""
    if gist.municipality is None:
        return None, "its town is not known"
    if gist.round_code is None and gist.start is None and gist.end is None:
        only = town[0] if len(town) == 1 else None
        return only, "the town's only project" if only else "it names no period and the town has several or no projects"
    same_time = [project for project in town if _same_time(gist, project)]
    parts = area_parts(gist)
    near = [project for project in same_time if not parts or not project.parts or parts & project.parts]
    if len(near) == 1:
        return near[0], "same town, time and areas" if parts and near[0].parts else "same town and time"
    words = name_words(gist.title, gist.town_name)
    named = [p for p in near or same_time if words & name_words(p.main.title, gist.town_name)]
    if len(named) == 1:
        return named[0], "same town and time, and its name"
    return None, "several projects of its town and time fit" if near else ""


def _same_time(gist: Gist, project: Project) -> bool:
    if gist.round_code is not None and project.main.round_code is not None:
        return gist.round_code == project.main.round_code
    start, end = gist.start, gist.end
    return (start or end or "") <= (project.end or "9999") and (end or start or "9999") >= (project.start or "")
