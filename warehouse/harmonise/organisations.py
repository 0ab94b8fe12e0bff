"""Organisations: one entity for one body over pages, rounds and spellings.

Belongs here: which body an entry of a page names, how often, the rows of organisations. Does not: which names are one
body (org_joins.py). Concept: bodies are made from every name of the archive; rows only of those on current pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from warehouse.codelists import load
from warehouse.harmonise.cells import Note
from warehouse.harmonise.decisions import Decision
from warehouse.harmonise.org_joins import Joining, OrgMention
from warehouse.harmonise.org_names import Home, Traits
from warehouse.harmonise.org_nodes import Node, Use
from warehouse.harmonise.org_words import kind_of, take_legal_forms
from warehouse.harmonise.places import gazetteer
from warehouse.harmonise.proposals import Proposal, propose
from warehouse.model import Row

_BARE_KINDS = frozenset({"jobcenter", "employment_agency", "chamber", "municipality"})
_ONE_WORD_KINDS = frozenset({"neighbourhood_management", "school", "university", "network"})


class Organisations:
    """All bodies. Built from every name of the archive; `Use.times` then counts those of current pages."""

    def __init__(self, mentions: Iterable[OrgMention], decisions: Sequence[Decision]) -> None:
        joining = Joining(decisions)
        self._uses: dict[Home, dict[str, tuple[Use, ...]]] = defaultdict(dict)
        for mention in mentions:
            self._uses[mention.home][mention.written] = joining.take(mention)
        self._nodes = joining.join()
        self._seen, self._shown = joining.seen, joining.shown
        self.ambiguous, self.unused = joining.ambiguous, joining.unused
        self._proposals: list[Proposal] | None = None

    def uses(self, home: Home) -> Mapping[str, tuple[Use, ...]]:
        """Entry of a page of `home` -> the bodies it names, for all entries of the archive."""
        return self._uses.get(home, {})

    def several(self) -> dict[tuple[Home, str], int]:
        """Home and entry -> how many bodies it names, for the few entries that name more than one."""
        return {
            (home, entry): len(bodies)
            for home, entries in self._uses.items()
            for entry, bodies in entries.items()
            if len(bodies) > 1
        }

    def rows(self) -> Iterator[Row]:
        """The rows of `organisations`: bodies of current pages, by id."""
        for first, uses in self._bodies():
            yield self._row(first, uses)

    def name_rows(self) -> Iterator[Row]:
        """The rows of `organisation_names`: whole entries of current pages, by body."""
        for first, uses in self._bodies():
            times = _times(uses, attrgetter("entry"))
            for entry in sorted(times):
                yield {
                    "organisation_id": first.organisation_id,
                    "name_as_written": entry,
                    "n_mentions": times[entry],
                }

    def notes(self) -> Iterator[Note]:
        """Issues: names that could be several bodies or one with another, decisions that fit no page any more."""
        for node, count in self.ambiguous:
            message = f"{node.written!r} ({node.place}) has no legal form, {count} bodies of that name have one"
            yield Note("info", "ambiguous_organisation", None, "organisations", node.written, message)
        for proposal in self.proposals():
            one, other = proposal.one, proposal.other
            message = f"{one.written!r} and {other.written!r} ({one.ags}) may be one body: {proposal.reason}"
            yield Note("info", "organisation_proposal", None, "organisations", other.written, message)
        for decision in self.unused:
            message = f"no page needs this decision: {decision.label}"
            yield Note("info", "decision_unused", None, "decisions", decision.names[0], message)

    def proposals(self) -> list[Proposal]:
        """Names of bodies of current pages that may be one body; made once, after all mentions were counted."""
        if self._proposals is None:
            current = {use.organisation_id for node in self._nodes for use in node.uses if use.times}
            self._proposals = propose([n for n in self._nodes if n.place and n.organisation_id in current])
        return self._proposals

    def _bodies(self) -> Iterator[tuple[Node, list[Use]]]:
        """The bodies of current pages by id: the node that was seen first, and the uses of all."""
        by_id = attrgetter("organisation_id")
        for _, names in groupby(sorted(self._nodes, key=by_id), by_id):
            nodes = list(names)
            uses = [use for node in nodes for use in node.uses]
            if any(use.times for use in uses):
                yield nodes[0], uses

    def _row(self, first: Node, uses: Sequence[Use]) -> Row:
        kind = _kind(uses)
        name = self._shown.get(first.organisation_id) or self._name_to_show(first, uses, kind)
        traits = _placing(uses)
        is_local = first.place not in ("", "DE")
        return {
            "organisation_id": first.organisation_id,
            "name": name,
            "legal_form": _legal_form(uses, name),
            "kind": kind,
            "ags": traits.ags if is_local else None,
            "district_code": traits.district_code if is_local else None,
        }

    def _name_to_show(self, first: Node, uses: Sequence[Use], kind: str | None) -> str:
        """The most frequent spelling, with a legal form if one has it, seen first; a bare "Jobcenter" gets its town."""
        has_form = {use.written for use in uses if use.traits.form is not None}
        has_town = {use.written for use in uses if use.traits.names_place}
        bare = kind in _BARE_KINDS or (kind in _ONE_WORD_KINDS and len(first.words) == 1)
        times = _times(uses, attrgetter("written"))
        names = [name for name in times if not bare or name in has_town] or list(times)
        name = min(names, key=lambda name: (-times[name], name not in has_form, self._seen[name]))
        traits = _placing(uses)
        town = gazetteer().by_ags.get(traits.ags or "")
        if not bare or town is None or name in has_town:
            return name
        label = gazetteer().district_label(traits.district_code) or town.name
        # A chamber is of a region: the one on Marburg's page is not called "of Marburg".
        return f"{name} ({label})" if kind == "chamber" else f"{name} {label}"


def _placing(uses: Sequence[Use]) -> Traits:
    """What the first name shows of its place: of two towns in a name, only a page of one of them shows that."""
    same = (use.traits for use in uses if use.written == uses[0].written)
    return next((traits for traits in same if traits.names_place), uses[0].traits)


def _times(uses: Iterable[Use], name: Callable[[Use], str]) -> dict[str, int]:
    """Names that current pages have -> how often."""
    times: dict[str, int] = defaultdict(int)
    for use in uses:
        if use.times:
            times[name(use)] += use.times
    return times


def _kind(uses: Sequence[Use]) -> str | None:
    """The kind that the surest of its names shows; what no company can be is not asked of a company's other names."""
    forms = [use.traits.form for use in uses if use.traits.form is not None]
    company = next((form for form in forms if form.family == "gmbh"), None)
    kinds = set()
    for use in uses:
        traits = use.traits
        if company is None or traits.form is not None or traits.kind is None:
            kinds.add((traits.kind_rank, traits.kind))
        else:
            kinds.add(kind_of(use.written, company) or (traits.kind_rank, None))
    known = sorted((rank, kind) for rank, kind in kinds if kind is not None)
    return known[0][1] if known else None


def _legal_form(uses: Sequence[Use], shown: str) -> str | None:
    """The legal form of the name that is shown; where it has none, the most special one of its names."""
    known = [use.traits.form for use in uses if use.traits.form is not None]
    forms = {form.code: form.short for form in known}
    if len(forms) > 1:
        form = take_legal_forms(shown)[1]
        forms = {form.code: form.short} if form is not None else forms
    return next((forms[code] for code in load("legal_forms").entries if code in forms), None)
