"""Organisations: one entity for one body over pages, rounds and spellings.

Belongs here: joining the names that rules and decisions say are one body, ids, the rows of organisations.
Does not: reading a single name (org_names.py). Concept: exact keys only, looked up and never compared pair by pair;
an id comes from the name seen first in the whole archive, so a new spelling keeps it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from warehouse.codelists import load, vocabulary
from warehouse.folding import fold, tidy
from warehouse.harmonise.cells import Note
from warehouse.harmonise.decisions import Decision
from warehouse.harmonise.org_names import Home, OrgName, read_name, stem
from warehouse.harmonise.org_words import kind_of, take_legal_forms
from warehouse.harmonise.places import gazetteer
from warehouse.harmonise.proposals import Candidate, Proposal, propose
from warehouse.harmonise.union import Union
from warehouse.model import Row, stable_id

Seen = tuple[str, tuple[str, ...], str]
"""When and where a name was seen first: day, place among the mentions of that day, the name."""

_MIN_COMPACT = 6
_BARE_KINDS = frozenset({"jobcenter", "employment_agency", "chamber", "municipality"})
_ONE_WORD_KINDS = frozenset({"neighbourhood_management", "school", "university", "network"})


class OrgMention(NamedTuple):
    """A name on a page. `seen` is when it was fetched first; `order` tells mentions of one day apart."""

    written: str
    home: Home
    seen: str
    order: tuple[str, ...]


class Node(NamedTuple):
    """Names that the rules take for one without further ado. `mark` is a legal form's family or who runs it."""

    place: str
    words: tuple[str, ...]
    mark: str


@dataclass(slots=True)
class _Entity:
    """One body. `counts` are the whole entries of current pages, `bodies` this body's own name in them."""

    organisation_id: str
    names: list[OrgName] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, int] = field(default_factory=dict)
    show: str | None = None


class Organisations:
    """All bodies. Built from every name of the archive; `count` then adds those of current pages."""

    def __init__(self, mentions: Iterable[OrgMention], decisions: Sequence[Decision]) -> None:
        self._splits = {
            (place, fold(d.names[0])): d for d in decisions if d.kind == "split" for place in d.places or ("",)
        }
        self._apart = _apart(decisions)
        self._first: dict[Node, Seen] = {}
        self._town: dict[Node, str | None] = {}
        self._names: dict[Node, dict[str, OrgName]] = defaultdict(dict)
        self._seen: dict[str, Seen] = {}
        self._used_splits: set[Decision] = set()
        self._bodies: dict[tuple[str, Home], tuple[str, ...]] = {}
        nodes: dict[tuple[str, Home], tuple[Node, str]] = {}
        for mention in mentions:
            for body in self.bodies(mention.written, mention.home):
                nodes[body, mention.home] = self._take(read_name(body, mention.home), mention)
        self._union: Union[Node] = Union(sorted(self._first, key=lambda node: self._first[node]))
        self._marks: dict[Node, str] = {node: node.mark for node in self._first}
        self.ambiguous: list[tuple[Node, int]] = []
        self._join_by_rules()
        self.unused = self._join_by_decisions(decisions)
        self._entities = self._make_entities(decisions)
        roots = ((at, self._union.find(node), name) for at, (node, name) in nodes.items())
        self._found = {at: (self._entities[root], name) for at, root, name in roots}
        """A body's name and its town -> the body, and the name on one line."""
        self._proposals: list[Proposal] | None = None

    def bodies(self, written: str, home: Home) -> tuple[str, ...]:
        """The bodies that an entry names: one as a rule, none in "-", several where a decision or a plural says so."""
        found = self._bodies.get((written, home))
        if found is None:
            found = self._bodies[written, home] = self._read_bodies(written, home)
        return found

    def _read_bodies(self, written: str, home: Home) -> tuple[str, ...]:
        for place in (home.ags or "", ""):
            decision = self._splits.get((place, fold(written)))
            if decision is not None:
                self._used_splits.add(decision)
                return decision.bodies
        return _plural(tidy(written)) or ((written,) if any(map(str.isalnum, written)) else ())

    def find(self, body: str, home: Home) -> str:
        """The id of a body by one of its names (from `bodies`)."""
        return self._found[body, home][0].organisation_id

    def count(self, body: str, home: Home, written: str) -> str:
        """Count a mention on a current page and return the body's id; `written` is the page's whole entry."""
        entity, name = self._found[body, home]
        entity.counts[written] = entity.counts.get(written, 0) + 1
        entity.bodies[name] = entity.bodies.get(name, 0) + 1
        return entity.organisation_id

    def rows(self) -> tuple[list[Row], list[Row]]:
        """The rows of `organisations` and `organisation_names`: bodies of current pages, by id."""
        entities = sorted((e for e in self._entities.values() if e.counts), key=lambda e: e.organisation_id)
        names = [
            {"organisation_id": e.organisation_id, "name_as_written": name, "n_mentions": e.counts[name]}
            for e in entities
            for name in sorted(e.counts)
        ]
        return [self._row(entity) for entity in entities], names

    def notes(self) -> list[Note]:
        """Issues: names that could be several bodies or one with another, decisions that fit no page any more."""
        notes = [
            Note(
                "info",
                "ambiguous_organisation",
                None,
                "organisations",
                self._first[node][2],
                f"{self._first[node][2]!r} ({node.place}) has no legal form, {count} bodies of that name have one",
            )
            for node, count in self.ambiguous
        ]
        for proposal in self.proposals():
            one, other = proposal.one, proposal.other
            message = f"{one.written!r} and {other.written!r} ({one.ags}) may be one body: {proposal.reason}"
            notes.append(Note("info", "organisation_proposal", None, "organisations", other.written, message))
        return notes + [
            Note("info", "decision_unused", None, "decisions", d.names[0], f"no page needs this decision: {d.label}")
            for d in self.unused
        ]

    def proposals(self) -> list[Proposal]:
        """Names of bodies of current pages that may be one body; made once, after all mentions were counted."""
        if self._proposals is None:
            nodes = sorted((node for node in self._first if node.place), key=lambda node: self._first[node])
            self._proposals = propose([self._candidate(node) for node in nodes if self._is_current(node)])
        return self._proposals

    def _is_current(self, node: Node) -> bool:
        return bool(self._entities[self._union.find(node)].counts)

    def _candidate(self, node: Node) -> Candidate:
        body = self._entities[self._union.find(node)].organisation_id
        aliases = frozenset().union(*(name.aliases for name in self._names[node].values()))
        return Candidate(body, node.place, node.words, node.mark, self._first[node][2], self._town[node], aliases)

    def _node(self, name: OrgName) -> Node:
        written = fold(name.written)
        apart = self._apart.get((name.ags or "", written)) or self._apart.get(("", written))
        mark = apart or name.family or (f"by {name.run_by}" if name.run_by else "")
        return Node(name.place, name.words, mark)

    def _take(self, name: OrgName, mention: OrgMention) -> tuple[Node, str]:
        """Take a name over; returns its node, and the name on one line."""
        node = self._node(name)
        key = (sys.intern(mention.seen[:10]), mention.order, name.written)
        if node not in self._first or key < self._first[node]:
            self._first[node], self._town[node] = key, mention.home.ags
        self._seen[name.written] = min(key, self._seen.get(name.written, key))
        self._names[node].setdefault(name.written, name)
        return node, name.written

    def _join(self, one: Node, other: Node) -> None:
        """Join two groups by a rule: never a registered association with a company, whatever stands between."""
        first, second = self._union.find(one), self._union.find(other)
        marks = {self._marks[first], self._marks[second]} - {""}
        if len(marks) <= 1:
            self._union.join(first, second)
            self._marks[self._union.find(first)] = next(iter(marks), "")

    def _join_by_rules(self) -> None:
        nodes = sorted(self._names)
        by_letters: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for node in nodes:
            for compact in {name.compact for name in self._names[node].values() if len(name.compact) >= _MIN_COMPACT}:
                by_letters[node.place, compact].append(node)
        for key in sorted(by_letters):
            for node in by_letters[key][1:]:  # "Freiwilligen Agentur" and "Freiwilligenagentur"
                if node.mark == by_letters[key][0].mark:
                    self._join(by_letters[key][0], node)
        for _, same_words in groupby(nodes, key=itemgetter(0, 1)):
            self._join_unmarked(list(same_words))
        for key in sorted(by_letters):
            self._join_unmarked(by_letters[key])
        self._join_aliases(nodes)

    def _join_unmarked(self, nodes: list[Node]) -> None:
        """A name without legal form is the one body of these words, if there is one only."""
        roots = sorted({self._union.find(node) for node in nodes if node.mark})
        for node in nodes:
            if node.mark == "" and len(roots) == 1:
                self._join(roots[0], node)
            elif node.mark == "" and len(roots) > 1:
                self.ambiguous.append((node, len(roots)))

    def _join_aliases(self, nodes: Sequence[Node]) -> None:
        """Short names: KIK alone is "Kontakt in Krisen (KIK)" of the same town, if no other body there is called so."""
        claims: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for node in nodes:
            for alias in (alias for name in self._names[node].values() for alias in sorted(name.aliases)):
                claims[node.place, alias].append(node)
        callers: dict[tuple[str, str], list[Node]] = {key: [] for key in claims}
        for node in nodes:
            for called in {short for name in self._names[node].values() for short in (name.compact, name.bare)}:
                if (node.place, called) in callers:
                    callers[node.place, called].append(node)
        for key in sorted(claims):
            self._join_nested(claims[key])
            roots = sorted({self._union.find(node) for node in claims[key]})
            for node in callers[key]:
                if len(roots) == 1 and not self._is_other_branch(node, claims[key]):
                    self._join(roots[0], node)

    def _is_other_branch(self, node: Node, claims: Sequence[Node]) -> bool:
        """Whether a short name with a town ("DAA Leipzig") meets one with a state ("DAA … Sachsen"): for a person."""
        of_town = any(name.names_place for name in self._names[node].values())
        return of_town and any(_regions().intersection(claim.words) - set(node.words) for claim in claims)

    def _join_nested(self, nodes: list[Node]) -> None:
        """Two names with one abbreviation are one body where the words of one contain those of the other."""
        longest = max(nodes, key=lambda node: (len(node.words), node))
        for node in nodes:
            if set(node.words) <= set(longest.words) and not _regions().intersection(longest.words) - set(node.words):
                self._join(longest, node)

    def _join_by_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Join what `same` says; returns the decisions whose town is in the data, yet none of their names."""
        self._find_anywhere([name for decision in decisions if not decision.places for name in decision.names])
        towns = {name.ags for names in self._names.values() for name in names.values()}
        unused = []
        for decision in decisions:
            found = [node for name in decision.names for node in self._meant(decision, name)]
            if decision.kind == "same":
                for node in found[1:]:
                    self._union.join(found[0], node)
            used = bool(found) or decision in self._used_splits
            if not used and (not decision.places or not towns.isdisjoint(decision.places)):
                unused.append(decision)
        return unused

    def _find_anywhere(self, wanted: Sequence[str]) -> None:
        """Note where the names of decisions without a town stand: by their words, and as they are written."""
        self._by_words: dict[tuple[tuple[str, ...], str], list[Node]] = {self._words(name): [] for name in wanted}
        self._as_written: dict[str, list[Node]] = {fold(name): [] for name in wanted}
        for node in sorted(self._first) if wanted else ():
            if (node.words, node.mark) in self._by_words:
                self._by_words[node.words, node.mark].append(node)
            for text in map(fold, self._names[node]):
                if text in self._as_written:
                    self._as_written[text].append(node)

    def _words(self, written: str) -> tuple[tuple[str, ...], str]:
        node = self._node(read_name(written, Home(None)))
        return node.words, node.mark

    def _meant(self, decision: Decision, written: str) -> list[Node]:
        """The names in the data that a name of a decision means, in the towns it is for.

        Without a town, the words alone or the name as it is written: only its page says which town's name is in it.
        """
        if not decision.places:
            return list(dict.fromkeys([*self._by_words[self._words(written)], *self._as_written[fold(written)]]))
        nodes = (self._node(read_name(written, Home(place))) for place in decision.places)
        return [node for node in nodes if node in self._first]

    def _make_entities(self, decisions: Sequence[Decision]) -> dict[Node, _Entity]:
        entities: dict[Node, _Entity] = {}
        for node, (_, _, written) in sorted(self._first.items(), key=lambda item: item[1]):
            root = self._union.find(node)
            if root not in entities:  # nodes come in the order they were seen: the first name gives the id
                entities[root] = _Entity(stable_id("o", node.place, written))
            entities[root].names += self._names[node].values()
        for decision in decisions:
            for node in self._meant(decision, decision.names[0]) if decision.kind == "name" else ():
                entities[self._union.find(node)].show = decision.show
        return entities

    def _row(self, entity: _Entity) -> Row:
        kind = _kind(entity)
        name = entity.show or self._name_to_show(entity, kind)
        first = entity.names[0]
        is_local = first.place not in ("", "DE")
        return {
            "organisation_id": entity.organisation_id,
            "name": name,
            "legal_form": _legal_form(entity, name),
            "kind": kind,
            "ags": first.ags if is_local else None,
            "district_code": first.district_code if is_local else None,
        }

    def _name_to_show(self, entity: _Entity, kind: str | None) -> str:
        """The most frequent spelling, with a legal form if one has it, seen first; a bare "Jobcenter" gets its town."""
        has_form = {name.written for name in entity.names if name.form is not None}
        has_town = {name.written for name in entity.names if name.names_place}
        first = entity.names[0]
        bare = kind in _BARE_KINDS or (kind in _ONE_WORD_KINDS and len(first.words) == 1)
        names = [name for name in entity.bodies if not bare or name in has_town] or list(entity.bodies)
        name = min(names, key=lambda name: (-entity.bodies[name], name not in has_form, self._seen[name]))
        town = gazetteer().by_ags.get(first.ags or "")
        if not bare or town is None or name in has_town:
            return name
        label = gazetteer().district_label(first.district_code) or town.name
        # A chamber is of a region: the one on Marburg's page is not called "of Marburg".
        return f"{name} ({label})" if kind == "chamber" else f"{name} {label}"


def _kind(entity: _Entity) -> str | None:
    """The kind that the surest of its names shows; what no company can be is not asked of a company's other names."""
    company = next((name.form for name in entity.names if name.form is not None and name.family == "gmbh"), None)
    kinds = set()
    for name in entity.names:
        if company is None or name.form is not None or name.kind is None:
            kinds.add((name.kind_rank, name.kind))
        else:
            kinds.add(kind_of(name.written, company) or (name.kind_rank, None))
    known = sorted((rank, kind) for rank, kind in kinds if kind is not None)
    return known[0][1] if known else None


def _legal_form(entity: _Entity, shown: str) -> str | None:
    """The legal form of the name that is shown; where it has none, the most special one of its names."""
    forms = {name.form.code: name.form.short for name in entity.names if name.form is not None}
    if len(forms) > 1:
        form = take_legal_forms(shown)[1]
        forms = {form.code: form.short} if form is not None else forms
    return next((forms[code] for code in load("legal_forms").entries if code in forms), None)


@cache
def _regions() -> frozenset[str]:
    """The names of the states as words: a state's branch ("DAA Sachsen") is not the one of a town in it."""
    return frozenset(stem(word) for entry in load("states").entries.values() for word in fold(entry.label_de).split())


def _apart(decisions: Sequence[Decision]) -> dict[tuple[str, str], str]:
    """(place, folded name) -> a mark of its own for names that a person keeps apart."""
    return {
        (place, fold(name)): f"only {fold(name)}"
        for decision in decisions
        if decision.kind == "different"
        for place in decision.places or ("",)
        for name in decision.names
    }


def _plural(written: str) -> tuple[str, ...]:
    """ "Sozialbürgerhäuser A, B, C" as three bodies; () for any other entry."""
    head, _, rest = written.partition(" ")
    singular = vocabulary("organisation_words")["plurals"].get(head)
    if singular is None or ("," not in rest and " und " not in rest):
        return ()
    items = [item.strip() for part in rest.split(",") for item in part.split(" und ")]
    return tuple(f"{singular} {item}" for item in items) if all(item[:1].isupper() for item in items) else ()
