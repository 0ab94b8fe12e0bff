"""Project lines: the projects of one town and its areas over the rounds.

Belongs here: which projects are one line, its id, its row. Does not: projects themselves.
Concept: a shared quarter makes a line; an id is the town's name, so that it can be read and survives a new round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from warehouse.folding import slug
from warehouse.harmonise import rounds
from warehouse.harmonise.cells import row
from warehouse.harmonise.projects import Project
from warehouse.harmonise.union import Union
from warehouse.model import Row, stable_id


def set_lines(projects: Iterable[Project]) -> dict[str, list[Project]]:
    """Line id -> its projects in the order of rounds; each project gets its `line_id` (none without a known town).

    Projects of one town that share a quarter are one line, over all rounds; one that names no quarter joins if its
    town has a single line. "line-duisburg" is the town's first line in the order of first sight, a further line adds
    its first area.
    """
    by_town: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        if project.main.ags is not None:
            by_town[project.main.ags].append(project)
    lines: dict[str, list[Project]] = {}
    for ags in sorted(by_town):
        for group in _lines_of(sorted(by_town[ags], key=_line_order)):
            line_id = _line_id(group[0], lines)
            lines[line_id] = sorted(group, key=lambda p: (rounds.position(p.main.round_code), p.project_id))
            for project in group:
                project.line_id = line_id
    return lines


def _line_order(project: Project) -> tuple[str, int, str]:
    seen = project.main.document.first_seen[:10]
    return seen, rounds.position(project.main.round_code), project.project_id


def _lines_of(town: list[Project]) -> list[list[Project]]:
    members: Union[int] = Union(rank=int)
    first: dict[str, int] = {}
    for place, project in enumerate(town):
        for part in project.parts:
            members.join(first.setdefault(part, place), place)
    vague = [place for place, project in enumerate(town) if not project.parts]
    known = {members.find(place) for place in range(len(town)) if place not in set(vague)}
    if len(known) <= 1:
        for place in vague:
            members.join(next(iter(known), vague[0]), place)
    return [[town[place] for place in group] for group in members.groups(range(len(town))).values()]


def _line_id(first: Project, lines: dict[str, list[Project]]) -> str:
    base = f"line-{first.main.slug}"
    candidates = [base, *(f"{base}-{slug(written)}" for written in first.main.areas)]
    free = next((name for name in candidates if name not in lines), None)
    return free or stable_id(base, first.project_id)


def line_rows(lines: dict[str, list[Project]]) -> list[Row]:
    """The rows of `project_lines`."""
    return [_row(line_id, projects) for line_id, projects in sorted(lines.items())]


def _row(line_id: str, projects: list[Project]) -> Row:
    codes = [project.main.round_code for project in projects if project.main.round_code is not None]
    areas = dict.fromkeys(written for project in projects for written in project.main.areas)
    town = projects[0].main.municipality
    name = town.name if town else line_id
    return row(
        "project_lines",
        project_line_id=line_id,
        municipality_name=name,
        ags=projects[0].main.ags,
        label=f"{name}: {', '.join(areas)}" if areas else name,
        first_round_code=codes[0] if codes else None,
        last_round_code=codes[-1] if codes else None,
        n_projects=len(projects),
    )
