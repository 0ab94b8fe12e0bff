"""How well names of organisations are joined: precision and recall on labelled pairs of real names.

Belongs here: the score of tests/data/organisation_pairs.jsonl, for a person or a test. Does not: any rule.
Concept: a third of the pairs is held out and was not looked at while rules were written.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.harmonise.decisions import decisions
from warehouse.harmonise.org_joins import OrgMention
from warehouse.harmonise.org_names import Home
from warehouse.harmonise.organisations import Organisations

PAIRS = Path(__file__).parent / "data" / "organisation_pairs.jsonl"
TOWNS = {
    **{"Duisburg": "05112000", "Erfurt": "16051000", "Marburg": "06534014", "Jena": "16053000", "Herne": "05916000"},
    **{"Leipzig": "14713000", "Leverkusen": "05316000", "Oberhausen": "05119000", "Nürnberg": "09564000"},
    **{"Schwerin": "13004000", "Köln": "05315000", "Gießen": "06531005", "Halle": "15002000"},
}


class Score(NamedTuple):
    """Pairs rightly joined, wrongly joined, wrongly left apart, and the pairs that are wrong."""

    n: int
    hits: int
    false: int
    missed: int
    wrong: list[dict[str, Any]]

    @property
    def precision(self) -> float:
        """Share of the joined pairs that are one body."""
        return self.hits / (self.hits + self.false)

    @property
    def recall(self) -> float:
        """Share of the pairs of one body that are joined."""
        return self.hits / (self.hits + self.missed)


def pairs(*, heldout: bool) -> list[dict[str, Any]]:
    """The labelled pairs: those kept apart, or those to work with."""
    lines = PAIRS.read_text(encoding="utf-8").splitlines()
    return [pair for pair in map(json.loads, lines) if pair["heldout"] is heldout]


def home(town: str) -> Home:
    """The page's town."""
    return Home(TOWNS[town])


def score(labelled: list[dict[str, Any]]) -> Score:
    """Join all names of all pairs at once, as one night does, and compare pair by pair."""
    everything = pairs(heldout=True) + pairs(heldout=False)
    names = {(pair[side], pair[f"{side}_town"]) for pair in everything for side in ("a", "b")}
    mentions = [OrgMention(written, home(town), "2025-01-01", (town,)) for written, town in sorted(names)]
    found = Organisations(mentions, decisions())
    hits, wrong = 0, []
    for pair in labelled:
        a, b = (found.uses(home(pair[f"{side}_town"]))[pair[side]][0].organisation_id for side in ("a", "b"))
        hits += a == b and pair["same"]
        if (a == b) != pair["same"]:
            wrong.append(pair)
    false = sum(not pair["same"] for pair in wrong)
    return Score(len(labelled), hits, false, len(wrong) - false, wrong)


def main() -> None:
    """Write both scores and the wrong pairs of the open part to standard output."""
    for name, heldout in (("open", False), ("held out", True)):
        result = score(pairs(heldout=heldout))
        sys.stdout.write(f"{name}: {result.n} pairs, precision {result.precision:.3f}, recall {result.recall:.3f}\n")
        for pair in [] if heldout else result.wrong:
            sys.stdout.write(f"  {'missed' if pair['same'] else 'false'}: {pair['a']} | {pair['b']} ({pair['why']})\n")


if __name__ == "__main__":
    main()
