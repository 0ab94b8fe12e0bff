"""Programme areas: the quarters that projects work in, as entities of their own with their spellings.

Belongs here: when two spellings are one area of a town, and which areas overlap. Does not: municipalities.
Concept: an area is its town and its words; hyphens, spaces, the town before it and remarks behind it are spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from warehouse.folding import fold
from warehouse.harmonise.places import first_name
from warehouse.model import stable_id
from warehouse.remembered import remembered

# "Leipziger Osten (Kerngebiet)", "Nordstadt (NSt)": a remark, not a name. "Rheindorf(-Nord)" is a part of the name.
_PART = re.compile(r"\((-[^()]+)\)")
_REMARK = re.compile(r"\s*\(([^()]*)\)")
_YEAR = re.compile(r"\s*\b20\d\d\b")
_SEVERAL = re.compile(r"\s*(?:/|,|;|&|\bund\b|\bsowie\b|\beinschließlich\b|\beinschl\.)\s*")
_LETTERS = re.compile(r"[\W_]+")
_KIND = re.compile(r"^(?:stadtteil|ortsteil|quartier|programmgebiet|gebiet|stadtbezirk|bezirk)e? +")


@dataclass(frozen=True, slots=True)
class AreaName:
    """What a spelling means: `key` tells the area, `parts` are the quarters it names (one as a rule)."""

    key: str
    parts: frozenset[str]


@remembered(65_536)
def read_area(name: str, town: str | None) -> AreaName:
    """Read one entry of "Programmgebiet" of a project in `town`.

    "Süd-Ost" is "Südost"; "Nürnberg-Südstadt" in Nürnberg is "Südstadt"; "Stern/Drewitz" names two quarters and is
    one area; "Aachen-Nord und -Ost" names Nord and Ost; "MÜLHEIM 2020 (Köln-Mülheim)" is Mülheim.
    """
    text = _YEAR.sub("", _PART.sub(r"\1", fold(name)))
    remarks = [remark for remark in _REMARK.findall(text) if remark]
    text = _REMARK.sub("", text)
    parts = [_without_town(part, town) for part in _complete(_SEVERAL.split(text)) if _LETTERS.sub("", part)]
    keys = [_LETTERS.sub("", part) for part in parts]
    if not keys:  # nothing but a bracket: its content is the name
        keys = [_LETTERS.sub("", _without_town(remark, town)) for remark in remarks]
    return AreaName("/".join(sorted(keys)), frozenset(keys))


def _complete(parts: list[str]) -> list[str]:
    """ "Aachen-Nord", "-Ost" give "aachen-nord", "aachen-ost"."""
    complete: list[str] = []
    for part in parts:
        if part.startswith("-") and complete and "-" in complete[-1]:
            part = complete[-1].rpartition("-")[0] + part
        complete.append(part)
    return complete


def _without_town(part: str, town: str | None) -> str:
    part = _KIND.sub("", part.strip())
    if town is not None:
        for name in (fold(town), " ".join(first_name(town))):
            if part.startswith((f"{name}-", f"{name} ")) and len(part) > len(name) + 1:
                return part[len(name) + 1 :]
    return part


@dataclass(frozen=True, slots=True)
class AreaMention:
    """One entry of a page: the town it is in (AGS or, unknown, the town's words), when it was seen first."""

    town_key: str
    town: str | None
    name: str
    seen: str
    order: tuple[str, int]


@dataclass(slots=True)
class Area:
    """One area with its spellings and how often they stand in the current pages."""

    area_id: str
    town_key: str
    names: dict[str, int] = field(default_factory=dict)
    projects: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The spelling to show: the most frequent, the shortest of them, the first by alphabet."""
        return min(self.names, key=lambda name: (-self.names[name], len(name), name))


class Areas:
    """All areas by town and key. An id comes from the town and the spelling seen first, so new spellings keep it."""

    def __init__(self, mentions: Iterable[AreaMention]) -> None:
        self._ids: dict[tuple[str, str], str] = {}
        self._areas: dict[str, Area] = {}
        for mention in sorted(mentions, key=lambda m: (m.seen[:10], m.order, m.name)):
            key = (mention.town_key, read_area(mention.name, mention.town).key)
            self._ids.setdefault(key, stable_id("a", mention.town_key, mention.name))

    def add(self, town_key: str, town: str | None, name: str, project_id: str) -> str:
        """Count one entry of a current page; returns the id of its area."""
        key = (town_key, read_area(name, town).key)
        area_id = self._ids.setdefault(key, stable_id("a", town_key, name))
        area = self._areas.setdefault(area_id, Area(area_id, town_key))
        area.names[name] = area.names.get(name, 0) + 1
        area.projects.add(project_id)
        return area_id

    @property
    def areas(self) -> list[Area]:
        """All areas of current pages, by id."""
        return [self._areas[area_id] for area_id in sorted(self._areas)]
