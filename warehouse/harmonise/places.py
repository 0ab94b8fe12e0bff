"""Places: from a name on a page to the municipality with its official key.

Belongs here: municipalities, Bezirke of Berlin and Hamburg, towns that share a name. Does not: programme areas.
Concept: a name joins on itself and its state; what stays ambiguous gets no key, and the candidates are told.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from warehouse.codelists import load, vocabulary
from warehouse.folding import fold, slug, transliterate

REFERENCE = Path(__file__).parent.parent / "reference"
Key = tuple[str, ...]
Outcome = Literal["found", "ambiguous", "unknown", "state", "conflict"]

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_BRACKET = re.compile(r"\s*\([^()]*\)\s*$")
_SEVERAL = re.compile(r"\s*[,;]\s+|\s+(?:/|&|und)\s+")


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality of the reference file. `n_same_name` counts all German municipalities of this name."""

    ags: str
    name: str
    state_code: str
    kreis_name: str
    population: int
    n_same_name: int
    official_name: str
    area_ha: float
    esf_region_code: str | None

    @property
    def is_told_apart(self) -> bool:
        """Whether its full name is unique in Germany: borne by one town only, or with a river or region to it."""
        return self.n_same_name == 1 or len(name_key(self.name)) > len(first_name(self.name))


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up gave. `municipality` is None unless outcome is "found"; `rule` says how it was found."""

    outcome: Outcome
    municipality: Municipality | None = None
    district_code: str | None = None
    rule: str = ""
    candidates: tuple[Municipality, ...] = ()


def name_key(name: str, *, ascii_only: bool = False) -> Key:
    """The words of a name that tell it apart: "Halle (Saale)", "Halle/Saale" and "Halle an der Saale" are one key."""
    words = _WORD.findall(transliterate(name) if ascii_only else fold(name))
    kept = tuple(word for word in words if word not in _joints())
    return kept or tuple(words)


@cache
def _joints() -> frozenset[str]:
    return frozenset(vocabulary("places")["joints"])


@cache
def _titles() -> tuple[str, ...]:
    return tuple(sorted((fold(title) for title in vocabulary("places")["titles"]), key=len, reverse=True))


def without_title(name: str) -> str:
    """A folded name without "Stadt", "Landeshauptstadt", "Universitätsstadt" before it or after a comma."""
    text = fold(name).partition(", ")[0]
    for title in _titles():
        if text.startswith(title + " "):
            return text[len(title) + 1 :]
    return text


class Gazetteer:
    """All municipalities by full name, by first name ("Halle" of "Halle (Saale)") and by address spelling."""

    def __init__(self, municipalities: Collection[Municipality], districts: dict[Key, tuple[str, str]]) -> None:
        self.by_ags = {m.ags: m for m in municipalities}
        self._districts = districts
        self._district_labels = {
            row_code: f"{row['city']}-{row['district_name'].removeprefix(row['city'] + '-')}"
            for row in reference_rows("city_districts")
            for row_code in [f"{row['ags']}-{row['district_no']}"]
        }
        self._full: dict[Key, list[Municipality]] = {}
        self._short: dict[Key, list[Municipality]] = {}
        self._ascii: dict[Key, list[Municipality]] = {}
        spellings = vocabulary("places")["spellings"]
        for m in sorted(self.by_ags.values(), key=lambda m: m.ags):
            for name in (m.name, m.official_name.partition(", ")[0], *spellings.get(m.ags, ())):
                self._add(self._full, name_key(name), m)
                self._add(self._ascii, name_key(name, ascii_only=True), m)
            self._add(self._short, first_name(m.name), m)
        self._kreise = {name_key(m.kreis_name.partition(", ")[0]) for m in municipalities}
        self.max_words = max(len(key) for key in self._full)

    @staticmethod
    def _add(index: dict[Key, list[Municipality]], key: Key, m: Municipality) -> None:
        if m not in index.setdefault(key, []):
            index[key].append(m)

    def find(self, name: str, state_code: str | None = None, known: Collection[str] = ()) -> Found:
        """The municipality that `name` means.

        With a state the name must be unique in it; without one it must be unique in Germany (small towns counted),
        or be one of the towns in `known` (AGS), which are those of the projects. A short name ("Halle") needs a state
        or `known`. Bezirke of Berlin and Hamburg give their city and the district.
        """
        district = self._district(name, state_code)
        if district is not None:
            return district
        several = [self._full.get(name_key(part), []) for part in _SEVERAL.split(name)]
        if len(several) > 1 and all(several):  # "Köln, München": two towns, so no key for either
            return Found("ambiguous", candidates=tuple(dict.fromkeys(town for towns in several for town in towns)))
        plain = without_title(name)
        key = name_key(plain)
        for index, rule in ((self._full, "name"), (self._short, "short name")):
            candidates = index.get(key, [])
            if candidates:
                found = self._choose(candidates, rule, state_code, known)
                if found.outcome != "conflict" or rule == "short name":
                    return found
        if state_code is None and load("states").lookup(name) is not None:
            return Found("state")
        spelled = self._ascii.get(name_key(plain, ascii_only=True), [])
        if spelled:
            return self._choose(spelled, "address spelling", state_code, known)
        full = self._full.get(key, [])
        return Found("conflict", candidates=tuple(full)) if full else self._quarter(plain, state_code, known)

    def _choose(
        self, candidates: list[Municipality], rule: str, state_code: str | None, known: Collection[str]
    ) -> Found:
        if state_code is not None:
            here = [m for m in candidates if m.state_code == state_code]
            if len(here) == 1:
                return Found("found", here[0], rule=f"{rule} and state")
            return Found("ambiguous" if here else "conflict", candidates=tuple(here or candidates))
        if len(candidates) == 1 and rule != "short name" and candidates[0].is_told_apart:
            return Found("found", candidates[0], rule=f"{rule}, unique in Germany")
        near = [m for m in candidates if m.ags in known]
        if len(near) == 1:
            return Found("found", near[0], rule=f"{rule}, the only such town with a project")
        return Found("ambiguous", candidates=tuple(near or candidates))

    def _quarter(self, plain: str, state_code: str | None, known: Collection[str]) -> Found:
        """The town of "Leipzig-Grünau"; not of "Marburg-Biedenkopf" (a Kreis) nor of "Köln-Bonn" (two towns)."""
        town, _, rest = plain.partition("-")
        if not rest or name_key(rest) in self._full or name_key(plain) in self._kreise:
            return Found("unknown")
        candidates = self._full.get(name_key(town), [])
        found = self._choose(candidates, "quarter of the town", state_code, known) if candidates else Found("unknown")
        return found if found.municipality is not None else Found("unknown")

    def _district(self, name: str, state_code: str | None) -> Found | None:
        """A Bezirk: "Berlin-Neukölln", "Hamburg (Altona)", or "Neukölln" where the state is Berlin."""
        key = name_key(name.replace("Bezirk", " "))
        words = tuple(part for word in key for part in word.split("-"))
        for city in ("berlin", "hamburg"):
            if words[:1] == (city,) and len(words) > 1:
                rest = words[1:] if (city, *words[1:]) in self._districts else words
                hit = self._districts.get((city, *rest)) or self._districts.get((city, *words))
            elif state_code == {"berlin": "BE", "hamburg": "HH"}[city]:
                hit = self._districts.get((city, *words))
            else:
                continue
            if hit is not None:
                return Found("found", self.by_ags[hit[0]], hit[1], "name of the Bezirk")
        return None

    def district_in(self, ags: str | None, name: str) -> str | None:
        """The code of the Bezirk of city `ags` that `name` is; None where it is none."""
        city = {"11000000": "berlin", "02000000": "hamburg"}.get(ags or "")
        if city is None:
            return None
        words = tuple(part for word in name_key(name) for part in word.split("-"))
        hit = self._districts.get((city, *words)) or (
            self._districts.get((city, *words[1:])) if words[:1] == (city,) else None
        )
        return hit[1] if hit else None

    def district_label(self, code: str | None) -> str | None:
        """ "Berlin-Neukölln" for the code of a Bezirk; None for anything else."""
        return self._district_labels.get(code or "")

    def town_words(self, key: Key) -> list[Municipality]:
        """The municipalities whose full name is exactly these words."""
        return self._full.get(key, [])


def first_name(name: str) -> Key:
    """The words before the river or region: "Halle" of "Halle (Saale)", "Frankfurt" of "Frankfurt am Main"."""
    text = _BRACKET.sub("", fold(name)).partition("/")[0]
    words = _WORD.findall(text)
    cut = next((at for at, word in enumerate(words) if at and word in _joints()), len(words))
    return tuple(words[:cut])


@cache
def reference_rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a file in warehouse/reference, all values as text."""
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def gazetteer() -> Gazetteer:
    """The one gazetteer, from the reference files."""
    states = load("states")
    municipalities = [
        Municipality(
            ags=row["ags"],
            name=row["name"],
            state_code=states.lookup(row["bundesland"]) or "",
            kreis_name=row["kreis_name"],
            population=int(row["population"]),
            n_same_name=int(row["same_name_count"]),
            official_name=row["official_name"],
            area_ha=float(row["area_ha"]),
            esf_region_code=load("esf_regions").lookup(row["esf_region_category_2014_2020"]),
        )
        for row in reference_rows("municipalities")
    ]
    districts: dict[Key, tuple[str, str]] = {}
    for row in reference_rows("city_districts"):
        words = tuple(part for word in name_key(row["district_name"]) for part in word.split("-"))
        districts[(fold(row["city"]), *words)] = (row["ags"], f"{row['ags']}-{row['district_no']}")
    return Gazetteer(municipalities, districts)


def town_slug(municipality: Municipality | None, as_written: str | None) -> str:
    """The town's part of readable ids: "halle-saale"; the words as written where the town is not known."""
    return slug(municipality.name if municipality else as_written or "") or "unknown"
