"""The words that generated pages and records are made of.

Belongs here: reading vocabulary.toml, towns, seeded picks. Does not: facts, markup.
Concept: names are real, prose is ours; everything is drawn by a generator seeded with the number of the page.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MUNICIPALITIES = HERE.parents[1] / "warehouse" / "reference" / "municipalities.csv"
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(frozen=True, slots=True)
class Town:
    """A town with what a project page says of it; `postcode` is its first two digits."""

    name: str
    state: str
    esf_region: str
    postcode: str
    areas: tuple[str, ...]

    @property
    def slug(self) -> str:
        """The name as the site writes it in addresses: "Koeln"."""
        return "".join(char if char.isalnum() else "_" for char in self.name.translate(_PLAIN)).strip("_")


@cache
def words() -> dict[str, Any]:
    """The whole of vocabulary.toml."""
    return tomllib.loads((HERE / "vocabulary.toml").read_text(encoding="utf-8"))


@cache
def page_towns() -> tuple[Town, ...]:
    """The towns of generated pages, with their quarters."""
    regions = words()["esf_regions"]
    return tuple(
        Town(town["name"], town["state"], regions[town["region"]], town["postcode"], tuple(town["areas"]))
        for town in words()["towns"]
    )


@cache
def many_towns(count: int) -> tuple[Town, ...]:
    """The `count` most populous municipalities, for record sets larger than the programme ever was."""
    areas = [area for town in page_towns() for area in town.areas]
    with MUNICIPALITIES.open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: (-int(row["population"] or 0), row["ags"]))
    return tuple(
        Town(row["name"], row["bundesland"], row["esf_region_category_2014_2020"], row["plz_seat"][:2], tuple(four))
        for at, row in enumerate(rows[:count])
        for four in [[areas[(at + step) % len(areas)] for step in (0, 7, 19, 31)]]
    )


def generator(*parts: object) -> random.Random:
    """Random numbers that depend on `parts` only: page 7 is the same page in every process and every run."""
    return random.Random("/".join(map(str, parts)))


def some(rng: random.Random, among: Sequence[str], least: int, most: int) -> list[str]:
    """`least` to `most` different entries of a list, in random order."""
    return rng.sample(among, rng.randint(least, min(most, len(among))))


def filled(texts: Iterable[str], town: Town, area: str) -> list[str]:
    """The texts with town and quarter put in."""
    return [text.replace("{town}", town.name).replace("{area}", area) for text in texts]


def german(value: float, digits: int = 0) -> str:
    """A number as pages print it: 494.545 and 18,6."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))
