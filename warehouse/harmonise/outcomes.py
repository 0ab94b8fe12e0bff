"""The figure ledger: claims joined by fingerprint into outcomes, and what independent sources say of them.

Belongs here: outcomes, agreement, checks of figures against each other. Does not: the place of a claim (claims.py).
Concept: one figure is one row however often it is told; copies of one release and one publisher's articles count
once; a plan never contradicts a result.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from warehouse.harmonise.cells import row
from warehouse.harmonise.claims import Claim
from warehouse.harmonise.publishers import Voice, independent, n_independent
from warehouse.model import Row, stable_id

Subject = tuple[str, str, str, str, str]
"""Town, metric, subgroup, status, unit: what a figure is about, without its value and period."""

_GROWS = frozenset({"persons", "companies"})
_QUARTER_DAYS = 92
"""Counts grow: told a quarter of a year or more apart, a higher later figure contradicts no earlier one."""


@dataclass(slots=True)
class Outcome:
    """One figure: its subject, value, period, and the claims that give it."""

    subject: Subject
    value: float
    since: str | None
    round_code: str | None
    claims: list[Claim] = field(default_factory=list)
    is_contradicted: bool = False

    @property
    def outcome_id(self) -> str:
        """Made from what the figure says, not from who says it."""
        return stable_id("f", *self.subject, repr(self.value), self.since or "", self.round_code or "")

    @property
    def origins(self) -> set[str]:
        """The releases that give it."""
        return {claim.origin_id for claim in self.claims}

    @property
    def voices(self) -> set[Voice]:
        """Who gives it: publishers with the releases they took it from."""
        return {(claim.publisher, claim.origin_id) for claim in self.claims}

    @property
    def as_of(self) -> str | None:
        """The latest day up to which a claim says it counts."""
        return max((claim.raw["as_of"] for claim in self.claims if claim.raw["as_of"]), default=None)

    @property
    def told(self) -> tuple[str, str]:
        """First and last day on which it was told."""
        days = [claim.raw["as_of"] or claim.published[0] for claim in self.claims]
        return min(days), max(days)

    @property
    def limits(self) -> tuple[float, float]:
        """The values that would be the same figure: the narrowest reading of its claims."""
        spans = [limits(self.value, claim.raw["qualifier"]) for claim in self.claims]
        return min(spans, key=lambda span: (span[1] - span[0], span))


def limits(value: float, qualifier: str) -> tuple[float, float]:
    """The values that a figure with its qualifier agrees with: "rund 40" is 35 to 45, "über 800" anything from 800."""
    if qualifier == "about":
        digits = f"{value:f}".rstrip("0").rstrip(".")
        decimals = len(digits.partition(".")[2])
        zeros = len(digits) - len(digits.rstrip("0")) if decimals == 0 else 0
        half = max(0.5 * 10.0 ** (zeros - decimals), 0.05 * value)
        return value - half, value + half
    if qualifier in ("over", "at_least"):
        return value, math.inf
    if qualifier in ("under", "up_to"):
        return -math.inf, value
    return value, value


def make_outcomes(claims: Sequence[Claim]) -> list[Outcome]:
    """Join claims by fingerprint and set their `outcome_id`; agreement is judged among figures of one subject."""
    by_subject: dict[Subject, list[Claim]] = defaultdict(list)
    for claim in claims:
        raw = claim.raw
        by_subject[claim.town_key, raw["metric"], raw["subgroup"], raw["status"], raw["unit"]].append(claim)
    outcomes: list[Outcome] = []
    for subject in sorted(by_subject):
        own = _join_rounded(_of_subject(subject, by_subject[subject]))
        _contradictions(own)
        outcomes += own
    for outcome in outcomes:
        for claim in outcome.claims:
            claim.outcome_id = outcome.outcome_id
    return outcomes


def _of_subject(subject: Subject, claims: Sequence[Claim]) -> list[Outcome]:
    by_value: dict[float, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_value[claim.raw["value"]].append(claim)
    return [outcome for value in sorted(by_value) for outcome in _of_value(subject, value, by_value[value])]


def _of_value(subject: Subject, value: float, claims: Sequence[Claim]) -> list[Outcome]:
    """Claims of one value by period; one without a period joins the only period there is, else that of its round."""
    outcomes: dict[tuple[str | None, str | None], Outcome] = {}
    for claim in sorted(claims, key=lambda claim: (claim.raw["since"] is None, claim.round_code is None)):
        since, code = claim.raw["since"], claim.round_code
        fitting = [
            outcome
            for outcome in outcomes.values()
            if (since is None or since == outcome.since)
            and (code is None or outcome.round_code is None or code == outcome.round_code)
        ]
        if len(fitting) != 1:
            outcome = outcomes.setdefault((since, code), Outcome(subject, value, since, code))
        else:
            outcome = fitting[0]
        outcome.claims.append(claim)
    return list(outcomes.values())


def _join_rounded(outcomes: list[Outcome]) -> list[Outcome]:
    """A rounded figure ("über 800") of the same release as the one exact figure it rounds (827) is that figure."""
    exact: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if _is_exact(outcome):
            for origin in outcome.origins:
                exact[origin].append(outcome)
    kept: list[Outcome] = []
    for outcome in outcomes:
        target = None if _is_exact(outcome) or len(outcome.origins) > 1 else _rounded(outcome, exact)
        if target is None:
            kept.append(outcome)
        else:
            target.claims += outcome.claims
    return kept


def _is_exact(outcome: Outcome) -> bool:
    return any(claim.raw["qualifier"] == "exact" for claim in outcome.claims)


def _rounded(outcome: Outcome, exact: dict[str, list[Outcome]]) -> Outcome | None:
    low, high = outcome.limits
    (origin,) = outcome.origins
    near = 0.1 * outcome.value
    fitting = [
        other
        for other in exact.get(origin, ())
        if low <= other.value <= high and abs(other.value - outcome.value) <= near and _same_period(outcome, other)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _same_period(one: Outcome, other: Outcome) -> bool:
    """Same start, or one of them not told; same round likewise."""
    starts = {one.since, other.since} - {None}
    codes = {one.round_code, other.round_code} - {None}
    return len(starts) <= 1 and len(codes) <= 1


def _contradictions(outcomes: Sequence[Outcome]) -> None:
    """Mark figures to which an independent source gives another one. The first found is enough for each."""
    by_start: dict[str | None, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_start[outcome.since].append(outcome)
    for outcome in outcomes if len({claim.origin_id for o in outcomes for claim in o.claims}) > 1 else ():
        near = outcomes if outcome.since is None else (*by_start[outcome.since], *by_start[None])
        other = None if outcome.is_contradicted else next((o for o in near if _contradict(outcome, o)), None)
        if other is not None:
            outcome.is_contradicted = other.is_contradicted = True


def _contradict(one: Outcome, other: Outcome) -> bool:
    if one.value == other.value or not _same_period(one, other):
        return False
    if one.as_of is not None and other.as_of is not None and one.as_of != other.as_of:
        return False
    (low, high), (other_low, other_high) = one.limits, other.limits
    if (low <= other_high and other_low <= high) or not independent(one.voices, other.voices):
        return False
    return not _grown(*sorted((one, other), key=lambda o: o.value))


def _grown(lower: Outcome, higher: Outcome) -> bool:
    """Whether the higher figure is simply the later one."""
    if lower.subject[4] not in _GROWS or lower.subject[3] != "achieved":
        return False
    days = date.fromisoformat(higher.told[0]) - date.fromisoformat(lower.told[1])
    return days.days >= _QUARTER_DAYS


def outcome_rows(outcomes: Iterable[Outcome]) -> list[Row]:
    """The rows of `outcomes`, by id."""
    return sorted((_row(outcome) for outcome in outcomes), key=lambda cells: str(cells["outcome_id"]))


def _row(outcome: Outcome) -> Row:
    claims = sorted(outcome.claims, key=lambda claim: claim.published)
    n_sources = n_independent(outcome.voices)
    agreement = "corroborated" if n_sources > 1 else "single"
    lines = {claim.line_id for claim in claims} - {None}
    town = claims[0].town
    _, metric, subgroup, status, unit = outcome.subject
    return row(
        "outcomes",
        outcome_id=outcome.outcome_id,
        municipality_name=town.name if town else claims[0].raw["place"],
        ags=town.ags if town else None,
        project_line_id=lines.pop() if len(lines) == 1 else None,
        round_code=outcome.round_code,
        metric_code=metric,
        subgroup_code=subgroup,
        status=status,
        value=outcome.value,
        unit=unit,
        since=outcome.since,
        as_of=outcome.as_of,
        n_documents=len({claim.page.document.document_id for claim in claims}),
        n_independent_sources=n_sources,
        agreement="contradicted" if outcome.is_contradicted else agreement,
        first_document_id=claims[0].page.document.document_id,
    )
