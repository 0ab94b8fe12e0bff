"""Figures that lean on another one: parts ("davon 417"), ellipses ("in Schwerin 51"), a plan beside its result.

Belongs here: which figure a figure leans on, and what it takes from there. Does not: its own predicate (claim_rules).
Concept: parts are never added up; a part takes metric and status of the nearest figure that is large enough to hold it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.claim_predicates import metric_of, status_in
from parsers.claim_words import has, pattern
from parsers.clauses import COUNTS, Clauses
from parsers.figures import Figure, base_ahead, group_in, noun_kind
from parsers.readings import Before, Reading

UNKNOWN_GROUP = "a group that no code covers"
NOT_UNDERSTOOD = "no rule understood what happened to them"
COPULA = re.compile(r"\b(?:sind|waren|ist|war|haben|hatten|hat|besitzen|bringen)\b")
_PLAN_IN_BRACKETS = re.compile(
    r"(?:als|wie) (?:\w+ ){0,2}(?:angenommen|erwartet|geplant|erhofft|vorgesehen|kalkuliert|gedacht"
    r"|veranschlagt)\w*\s?\($"
)
_BASE_BEFORE = re.compile(r"\b(?:von|unter|aus|bei|mit|für)\s(?:den\s|allen\s|insgesamt\s|rund\s)*$")
_AGAINST_PLAN = re.compile(r"\bmit\s$")
_COMPARED_TO_PLAN = re.compile(r"übertroffen|verfehlt|unterschritten|überschritten|erreicht|erfüllt")
_OPENS_WITH_BASE = re.compile(r"von (?:den )?(?:\w+en )?$")
_OF_NOUN = re.compile(
    r"\s(?:der|unserer|aller|von den)\s(?:[a-zäöüß]+en\s)?([A-ZÄÖÜ][\w*:/-]+)(?!\w|\s(?:und|sowie|bzw))"
)
_VERB = re.compile(r"\b\w+(?:en|te|t)\b")


class LeaningFigures(Clauses):
    """A sentence whose figures are read from left to right; `earlier` are the claims of the sentence before it."""

    def __init__(self, raw: str, earlier: Before) -> None:
        super().__init__(raw)
        self.earlier = earlier
        self.readings: list[Reading] = []

    # --- parts ---

    def part(self, at: int) -> Reading | None:
        """A figure that is a part of one before and says only which group it is: "davon 417 langzeitarbeitslos"."""
        figure, after = self.figures[at], self.after(at)
        anaphor, parent = self.has_anaphor(figure), self.parent(at)
        label = self.text[slice(*self.label(at) or (0, 0))]
        metric = metric_of(self.own(at) + label)
        base = self.base_of(at)
        if base is not None and base.kind in ("participant", "person", "placed") and metric is None:
            return self._part_of_base(at, base)
        if (parent is None and not self.earlier.claims) or metric not in (None, "participants"):
            return None
        if metric and not anaphor and figure.group == "all":
            return None
        if metric is None and group_in(after) == "all" and not COPULA.search(self.segment(figure)):
            after = self.until_next(at)  # "nämlich 735 Personen, hat einen Migrationshintergrund"
        group = figure.group
        if figure.kind == "bare" or anaphor or (figure.kind == "person" and group == "all"):
            behind = group_in(after)
            ahead = group_in(self.before(at) + label) if (anaphor and behind == "all") or label else "all"
            group = _narrower(group, behind, ahead)
        if group == "all" or (figure.kind == "participant" and not anaphor):
            return None
        is_part = anaphor or self._shares_anaphor(at) or (parent is not None and self._is_named_base(parent))
        return (
            self._as_part(at, parent, group)
            if is_part or label or self._is_copula_part(self.before(at) + after, parent)
            else None
        )

    def _as_part(self, at: int, parent: int | None, group: str) -> Reading:
        figure = self.figures[at]
        if group == "other_group":
            return Reading(figure, unread=UNKNOWN_GROUP)
        if parent is not None:
            above = self.readings[parent]
            return Reading(figure, above.metric, group, above.status, "part_of_figure", parent=parent)
        for metric, _, value in reversed(self.earlier.claims):
            if value >= figure.value:
                return Reading(figure, metric, group, self.status(at), "part_of_figure_before", follows=True)
        return Reading(figure, unread="a part of a figure that was not found")

    def _part_of_base(self, at: int, base: Figure) -> Reading | None:
        """The 735 of "735 der 827 Teilnehmenden haben einen Migrationshintergrund": the base is read after it."""
        figure, after = self.figures[at], self.after(at)
        group = _narrower(figure.group, group_in(after))
        if group == "all" or COPULA.search(after) is None:
            return None
        if group == "other_group":
            return Reading(figure, unread=UNKNOWN_GROUP)
        is_placed = base.kind == "placed" or has("employed", "placed_alone", base.modifiers)
        return Reading(figure, "employed" if is_placed else "participants", group, self.status(at), "part_of_base")

    def has_anaphor(self, figure: Figure) -> bool:
        """True for "davon 417", "417 von ihnen"."""
        start, end = self.parts[figure.segment]
        if has("phrase", "part_before", self.text[start : figure.first]):
            return True
        return pattern("phrase", "part_behind", before=r"\s").match(self.text, figure.end, end) is not None

    def _shares_anaphor(self, at: int) -> bool:
        """True for the 735 of "darunter 670 Arbeitslose und 735 mit Migrationshintergrund"."""
        if not at or not self.readings[at - 1].rule.startswith("part_of"):
            return False
        if self.figures[at - 1].segment != self.figures[at].segment and not self._is_next_in_list(at):
            return False
        between = self.between(at)
        joined = COPULA.search(between) is None or between.rstrip().endswith((" und", " sowie"))
        return joined

    def _is_next_in_list(self, at: int) -> bool:
        """True for the 64 of "unter ihnen 201 Langzeitarbeitslose, 64 Geflüchtete": nothing but a comma between."""
        return self.between(at).strip() in (",", ";", "") and not _VERB.search(self.before(at))

    def _is_named_base(self, parent: int) -> bool:
        return _BASE_BEFORE.search(self.ahead(self.figures[parent])) is not None

    def _is_copula_part(self, own: str, parent: int | None) -> bool:
        """True for "670 Personen waren arbeitslos" right behind a number of participants."""
        if parent is None and has("not_counted", "context", self.text):
            return False
        return COPULA.search(own) is not None and group_in(own) != "all"

    def parent(self, at: int) -> int | None:
        """The nearest claim of this sentence before that is at least as large."""
        value = self.figures[at].value
        for index in range(at - 1, -1, -1):
            reading = self.readings[index]
            if reading.metric and reading.metric != "placement_rate" and self.figures[index].value >= value:
                return index
        return None

    def group_of_context(self, at: int) -> str:
        """The group of "20 der 64 Frauen", and of "6.000 Langzeitarbeitslose …, 410 von ihnen" (those no claim)."""
        base = self.base_of(at)
        if base is not None:
            return "all" if base.group == "other_group" else base.group
        figure = self.figures[at]
        if at and self.figures[at - 1].kind == "percent" and self.is_inserted(figure):
            group = self.figures[at - 1].group  # "ein Drittel der Teilnehmerinnen, nämlich 41, …"
            return "all" if group == "other_group" else group
        if figure.kind == "bare" and (of := _OF_NOUN.match(self.raw, figure.end)) and noun_kind(of[1])[1] == "women":
            return "women"  # "zwölf der Teilnehmerinnen"
        if figure.kind == "bare":
            noun = base_ahead(self.raw[self.parts[figure.segment][0] : figure.first])[1]
            if noun and (group := noun_kind(noun)[1]) not in ("all", "other_group"):
                return group
            if at and self.is_base(at - 1) and _OPENS_WITH_BASE.match(self.text[: self.figures[at - 1].first]):
                group = self.figures[at - 1].group  # "Von den 95 Frauen, die teilnahmen, arbeiten heute 37"
                return "all" if group == "other_group" else group
        if not at or not self.has_anaphor(self.figures[at]) or self.readings[at - 1].metric:
            return "all"
        group = self.figures[at - 1].group
        return "all" if group == "other_group" else group

    # --- ellipses, plans ---

    def ellipsis(self, at: int, previous: Reading) -> Reading:
        """A bare figure that takes the metric of the one before: "in Schwerin 51", "tatsächlich wurden es 136"."""
        figure, segment = self.figures[at], self.segment(self.figures[at])
        against_plan = self._is_against_plan(figure)
        is_same = against_plan or has("status", "same_thing", segment) or not _VERB.search(self.after(at))
        if not is_same or self.has_anaphor(figure):
            return Reading(figure, unread=NOT_UNDERSTOOD) if previous.metric else Reading(figure)
        metric = previous.metric or ("participants" if self.is_capacity(previous.figure) else None)
        if against_plan and (previous.rule == "plan_beside_result" or previous.status == "planned"):
            return Reading(figure, metric or "participants", previous.group, "achieved", "result_against_plan")
        if metric is None:
            return Reading(figure)
        if metric == "participants" and has("employed", "object", self.after(at)):
            return Reading(figure, unread=NOT_UNDERSTOOD)  # "356 Beratene, 88 Jobs"
        if has("training", "object", self.own(at)):
            metric = "training"
        return Reading(figure, metric, previous.group, self.status(at), "same_as_before")

    def as_partner(self, at: int, reading: Reading) -> Reading:
        """A plan that names no metric has that of its result: "150 wollten wir, teilgenommen haben 136"."""
        others = [
            r for r in self.readings[at + 1 :] + self.readings[:at][::-1] if r.metric and r.metric != "placement_rate"
        ]
        if reading.figure.kind == "participant":
            return replace(reading, metric="participants", rule="planned_participants")
        if not others and any(self.is_capacity(r.figure) for r in self.readings):
            return replace(reading, metric="participants", rule="total_beside_capacity")
        if not others:
            return replace(reading, rule="", unread="a plan, but not of what")
        group = others[0].group if reading.figure.kind == "bare" else reading.figure.group
        return replace(reading, metric=others[0].metric, group=group)

    def is_capacity(self, figure: Figure) -> bool:
        """True for "50 Menschen können gleichzeitig mitmachen"."""
        return figure.kind in ("participant", "person") and has("not_counted", "capacity", self.segment(figure))

    def kind_before(self, at: int) -> str | None:
        """The kind of the last figure before that has a noun."""
        return next((figure.kind for figure in reversed(self.figures[:at]) if figure.kind != "bare"), None)

    def previous(self) -> Reading | None:
        """The last count read so far."""
        return next((reading for reading in reversed(self.readings) if reading.figure.kind in COUNTS), None)

    # --- achieved or planned ---

    def status(self, at: int) -> str:
        """Achieved or planned, by the words nearest to the figure that tell."""
        figure = self.figures[at]
        ahead = self.ahead(figure)
        if (
            _PLAN_IN_BRACKETS.search(ahead)
            or pattern("status", "planned_label", before=r"[(–-]\s?", behind=r"(?: waren)?:?\s$").search(ahead)
            or pattern("status", "planned_before", behind=r"\s$").search(ahead)
            or has("status", "planned_before", figure.modifiers)
        ):
            return "planned"
        if self._is_against_plan(figure):
            return "achieved"
        is_rate = figure.kind == "percent"
        return (
            status_in(self.segment(figure), is_rate=is_rate)
            or status_in(self.text[slice(*self.relative(figure) or (0, 0))], is_rate=is_rate)
            or status_in(self.until_next(at), is_rate=is_rate)
            or status_in(self.text[: figure.first], is_rate=is_rate)
            or "achieved"
        )

    def _is_against_plan(self, figure: Figure) -> bool:
        """True for the 183 of "Das Ziel von 150 wurde mit 183 übertroffen"."""
        return (
            _AGAINST_PLAN.search(self.ahead(figure)) is not None
            and _COMPARED_TO_PLAN.search(self.segment(figure)) is not None
        )


def _narrower(*groups: str) -> str:
    named = {group for group in groups if group != "all"}
    return "other_group" if len(named) > 1 else next(iter(named), "all")
