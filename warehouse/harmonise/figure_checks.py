"""Figures against each other: parts above the whole, sums, rates, more people than a town has, scope drift.

Belongs here: arithmetic over the claims of one release and town. Does not: what independent pages say (outcomes.py).
Concept: a doubtful figure stays as it was told; the doubt is an issue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from warehouse.codelists import load
from warehouse.harmonise.cells import Note, Severity
from warehouse.harmonise.claims import Claim
from warehouse.harmonise.outcomes import limits

What = tuple[str, str]
"""Metric and subgroup."""
Found = Mapping[What, Sequence[Claim]]

_WHOLE = ("participants", "all")
_COMES_OF_IT = ("employed", "training", "improved_prospects")
_RATE_POINTS = 10.0
_TELLING = 20.0
"""A figure below this is too common to be recognised elsewhere."""


def _parts() -> Iterator[tuple[What, What]]:
    """(part, whole): the part can not be the larger one."""
    for group in load("subgroups").entries:
        for metric in _COMES_OF_IT:
            yield (metric, group), ("participants", group)
        if group != "all":
            for metric in ("participants", *_COMES_OF_IT):
                yield (metric, group), (metric, "all")
    for metric in ("participants", *_COMES_OF_IT):
        yield (metric, "long_term_unemployed"), (metric, "unemployed")
    yield ("grant_eur", "all"), ("total_cost_eur", "all")


_PARTS = tuple(_parts())


def check_figures(claims: Sequence[Claim]) -> list[Note]:
    """Issues about figures that contradict each other in one release, and about figures that lost their town.

    The claims have their `origin_id`: what copies of a release tell is looked at as one text.
    """
    releases: dict[tuple[str, str, str], dict[What, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        key = (claim.origin_id, claim.town_key, claim.raw["status"])
        releases[key][claim.raw["metric"], claim.raw["subgroup"]].append(claim)
    notes = [note for _, found in sorted(releases.items()) for note in _release(found)]
    return notes + _drift(claims) + [note for claim in claims for note in _crowd(claim)]


def _release(found: Found) -> Iterator[Note]:
    for part, whole in _PARTS:
        yield from _above(found, part, whole)
    for employed in found.get(("employed", "all"), ()):
        yield from _sum(found, employed)
    for rate in found.get(("placement_rate", "all"), ()):
        yield from _rate(found, rate)


def _above(found: Found, part: What, whole: What) -> Iterator[Note]:
    """A part whose least reading is above the most that any whole of its period can be: 120 women of 100 people."""
    for claim in found.get(part, ()):
        wholes = _of_period(claim, found.get(whole, ()))
        if wholes and _low(claim) > max(map(_high, wholes)):
            most = max(other.raw["value"] for other in wholes)
            message = f"{_name(part)} {claim.raw['value']:g} is more than {_name(whole)} {most:g} in the same release"
            yield _note("warning", "part_above_whole", claim, message)


def _sum(found: Found, employed: Claim) -> Iterator[Note]:
    """People in work and in training are two groups of the participants: together they can not be more than all."""
    trained, wholes = (_of_period(employed, found.get(what, ())) for what in (("training", "all"), _WHOLE))
    if not trained or not wholes:
        return
    training = min(trained, key=_low)
    total = _low(employed) + _low(training)
    if total > max(map(_high, wholes)) and not _low(employed) > max(map(_high, wholes)):
        most = max(other.raw["value"] for other in wholes)
        message = (
            f"{employed.raw['value']:g} in work and {training.raw['value']:g} in training are more than "
            f"{most:g} participants in the same release"
        )
        yield _note("warning", "sum_above_whole", employed, message)


def _rate(found: Found, rate: Claim) -> Iterator[Note]:
    """The placement rate against the release's own counts: (171 + 32) of 827 is 24.5 %, told as 25 %."""
    value = {what: _only(_of_period(rate, claims)) for what, claims in found.items()}
    whole, employed = value.get(_WHOLE), value.get(("employed", "all"))
    if not whole or employed is None:
        return
    placed = [employed, employed + (value.get(("training", "all")) or 0.0)]
    told: float = rate.raw["value"]
    if all(abs(100 * count / whole - told) > _RATE_POINTS for count in placed):
        message = f"a placement rate of {told:g} % does not fit {placed[-1]:g} of {whole:g} in the same release"
        yield _note("warning", "rate_does_not_fit", rate, message)


def _only(claims: Sequence[Claim]) -> float | None:
    values = {float(claim.raw["value"]) for claim in claims}
    return values.pop() if len(values) == 1 else None


def _of_period(claim: Claim, others: Iterable[Claim]) -> list[Claim]:
    """Those that speak of the same time as `claim`, as far as both say: "2016" and "seit 2023" are not compared."""
    names = ("since", "as_of")
    return [
        other
        for other in others
        if all(None in (claim.raw[n], other.raw[n]) or claim.raw[n] == other.raw[n] for n in names)
        and (None in (claim.round_code, other.round_code) or claim.round_code == other.round_code)
    ]


def _low(claim: Claim) -> float:
    return limits(claim.raw["value"], claim.raw["qualifier"])[0]


def _high(claim: Claim) -> float:
    return limits(claim.raw["value"], claim.raw["qualifier"])[1]


def _name(what: What) -> str:
    return what[0] if what[1] == "all" else f"{what[0]} ({what[1]})"


def _note(severity: Severity, kind: str, claim: Claim, message: str) -> Note:
    return Note(severity, kind, claim.page.document.document_id, "claims", f"{claim.raw['value']:g}", message)


def _crowd(claim: Claim) -> Iterator[Note]:
    """More people than the town has: a count of another place, or a number read wrong."""
    town = claim.town
    if town is not None and claim.raw["unit"] == "persons" and _low(claim) > town.population:
        message = f"{claim.raw['value']:g} people are more than the {town.population} inhabitants of {town.name}"
        yield _note("warning", "above_population", claim, message)


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
            notes.append(_note("info", "scope_drift", claim, message))
    return notes
