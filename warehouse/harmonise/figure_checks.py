"""Figures against each other: parts above the whole, rates that do not fit, a town's figure told as the programme's.

Belongs here: arithmetic over the claims of one page and town. Does not: what independent pages say (outcomes.py).
Concept: a doubtful figure stays as it was told; the doubt is an issue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from warehouse.harmonise.cells import Note
from warehouse.harmonise.claims import Claim

What = tuple[str, str]
_PARTS: tuple[tuple[What, What], ...] = (
    *((("participants", group), ("participants", "all")) for group in ("unemployed", "migration_background", "women")),
    *((("participants", group), ("participants", "all")) for group in ("single_parents", "refugees")),
    (("participants", "long_term_unemployed"), ("participants", "unemployed")),
    *(((metric, "all"), ("participants", "all")) for metric in ("employed", "training", "improved_prospects")),
    (("grant_eur", "all"), ("total_cost_eur", "all")),
)
"""(part, whole): the part can not be the larger one."""
_RATE_POINTS = 10.0
_TELLING = 20.0
"""A figure below this is too common to be recognised elsewhere."""


def check_figures(claims: Sequence[Claim]) -> list[Note]:
    """Issues about figures that contradict each other on one page, and about figures that lost their town."""
    pages: dict[tuple[str, str, str], dict[What, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        raw = claim.raw
        key = (claim.page.document.document_id, claim.town_key, raw["status"])
        pages[key][raw["metric"], raw["subgroup"]].append(claim)
    notes = [note for (document_id, _, _), found in sorted(pages.items()) for note in _page(document_id, found)]
    return notes + _drift(claims)


def _page(document_id: str, found: Mapping[What, list[Claim]]) -> Iterable[Note]:
    largest = {what: max(claim.raw["value"] for claim in claims) for what, claims in found.items()}
    for part, whole in _PARTS:
        if whole in largest and largest.get(part, 0.0) > largest[whole]:
            message = f"{_name(part)} {largest[part]:g} is more than {_name(whole)} {largest[whole]:g} on the same page"
            yield Note("warning", "part_above_whole", document_id, "claims", f"{largest[part]:g}", message)
    yield from _rate(document_id, {what: claims[0].raw["value"] for what, claims in found.items() if len(claims) == 1})


def _rate(document_id: str, single: Mapping[What, float]) -> Iterable[Note]:
    """The placement rate against the page's own counts: (171 + 32) of 827 is 24.5 %, told as 25 %."""
    rate, whole = single.get(("placement_rate", "all")), single.get(("participants", "all"))
    employed = single.get(("employed", "all"))
    if rate is None or not whole or employed is None:
        return
    placed = [employed, employed + single.get(("training", "all"), 0.0)]
    if all(abs(100 * count / whole - rate) > _RATE_POINTS for count in placed):
        message = f"a placement rate of {rate:g} % does not fit {placed[-1]:g} of {whole:g} on the same page"
        yield Note("warning", "rate_does_not_fit", document_id, "claims", f"{rate:g}", message)


def _name(what: What) -> str:
    return what[0] if what[1] == "all" else f"{what[0]} ({what[1]})"


def _drift(claims: Sequence[Claim]) -> list[Note]:
    """A figure without a town that elsewhere is a town's: told as if it were the programme's."""
    towns: dict[tuple[str, str, float], set[str]] = defaultdict(set)
    for claim in claims:
        if claim.town is not None and claim.raw["value"] >= _TELLING:
            towns[claim.raw["metric"], claim.raw["subgroup"], claim.raw["value"]].add(claim.town.name)
    notes = []
    for claim in claims:
        names = towns.get((claim.raw["metric"], claim.raw["subgroup"], claim.raw["value"]), ())
        if claim.raw["place"] is None and len(names) == 1:
            message = f"told without a town, elsewhere this figure is that of {next(iter(names))}"
            document_id = claim.page.document.document_id
            notes.append(Note("info", "scope_drift", document_id, "claims", f"{claim.raw['value']:g}", message))
    return notes
