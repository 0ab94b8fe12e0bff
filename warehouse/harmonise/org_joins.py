"""Joining the names that rules and decisions say are one body, and the ids of bodies.

Belongs here: which names are one. Does not: reading a single name (org_names.py), rows (organisations.py).
Concept: exact keys only, looked up and never compared pair by pair; an id comes from the name seen first in the whole
archive, so a new spelling keeps it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from warehouse.codelists import load, vocabulary
from warehouse.folding import fold, tidy
from warehouse.harmonise.decisions import Decision
from warehouse.harmonise.org_names import NO_ALIASES, NO_KEYS, Home, OrgName, Traits, read_name, stem
from warehouse.harmonise.org_nodes import Node, Seen, Use
from warehouse.harmonise.union import Union
from warehouse.model import stable_id

_Key = tuple[str, tuple[str, ...], str]
"""Place, words, mark: names that have the same are one node."""

_MIN_COMPACT = 6


class OrgMention(NamedTuple):
    """A name on a page. `seen` is when it was fetched first; `order` tells mentions of one day apart."""

    written: str
    home: Home
    seen: str
    order: tuple[str, ...]


class Joining:
    """Made and used once: `take` every name of the archive, then `join`; what only these two need goes with it."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._decisions = decisions
        self._splits = {
            (place, fold(d.names[0])): d for d in decisions if d.kind == "split" for place in d.places or ("",)
        }
        self._apart = _apart(decisions)
        self._anywhere: dict[object, list[Node]] = {
            key: [] for d in decisions if not d.places for name in d.names for key in (self._words(name), fold(name))
        }
        """Names of decisions without a town, by their words and as they are written -> where they stand."""
        self._used_splits: set[Decision] = set()
        self._traits: dict[Traits, Traits] = {}
        self._nodes: dict[_Key, Node] = {}
        self._union: Union[Node] = Union(rank=attrgetter("first"))
        self._marks: dict[Node, str] = {}
        self.seen: dict[str, Seen] = {}
        self.shown: dict[str, str] = {}
        """Bodies whose name is decided."""
        self.ambiguous: list[tuple[Node, int]] = []
        self.unused: list[Decision] = []
        """Decisions whose town is in the data, yet none of their names."""

    def take(self, mention: OrgMention) -> tuple[Use, ...]:
        """The bodies that an entry names: one as a rule, none in "-", several where a decision or a plural says so."""
        return tuple([self._take(body, mention) for body in self._bodies(mention.written, mention.home)])

    def join(self) -> list[Node]:
        """All names in the order they were seen, each with the id of its body."""
        self._join_by_rules()
        self._join_by_decisions()
        nodes = sorted(self._nodes.values(), key=attrgetter("first"))
        ids: dict[Node, str] = {}
        for node in nodes:  # the first name of a body gives the id
            root = self._union.find(node)
            if root not in ids:
                ids[root] = stable_id("o", node.place, node.written)
            node.aliases = _aliases(node)
            for use in node.uses:
                use.organisation_id, use.keys = ids[root], NO_KEYS
        for decision in self._decisions:
            for node in self._meant(decision, decision.names[0]) if decision.kind == "name" else ():
                self.shown[node.organisation_id] = decision.show
        return nodes

    def _bodies(self, written: str, home: Home) -> tuple[str, ...]:
        for place in (home.ags or "", ""):
            decision = self._splits.get((place, fold(written)))
            if decision is not None:
                self._used_splits.add(decision)
                return decision.bodies
        return _plural(tidy(written)) or ((written,) if any(map(str.isalnum, written)) else ())

    def _take(self, body: str, mention: OrgMention) -> Use:
        name = read_name(body, mention.home)
        seen = (sys.intern(mention.seen[:10]), *mention.order, name.written)
        use = Use(mention.written, name.written, self._traits.setdefault(name.traits, name.traits), name.keys)
        key = self._key(name)
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Node(*key, seen, mention.home.ags, [use])
        else:
            node.uses.append(use)
            if seen < node.first:
                node.first, node.ags = seen, mention.home.ags
        self.seen[name.written] = min(self.seen.get(name.written, seen), seen)
        for wanted in self._anywhere.keys() & {key[1:], fold(name.written)}:
            self._anywhere[wanted].append(node)
        return use

    def _key(self, name: OrgName) -> _Key:
        written = fold(name.written)
        apart = self._apart.get((name.traits.ags or "", written)) or self._apart.get(("", written))
        return name.place, name.words, apart or name.mark

    def _words(self, written: str) -> tuple[tuple[str, ...], str]:
        return self._key(read_name(written, Home()))[1:]

    def _join(self, one: Node, other: Node) -> None:
        """Join two groups by a rule: never a registered association with a company, whatever stands between."""
        first, second = self._union.find(one), self._union.find(other)
        marks = {self._mark(first), self._mark(second)} - {""}
        if len(marks) <= 1:
            self._union.join(first, second)
            self._marks[self._union.find(first)] = next(iter(marks), "")

    def _mark(self, root: Node) -> str:
        return self._marks.get(root, root.mark)

    def _join_by_rules(self) -> None:
        """Place by place: no rule joins names of two places."""
        by_letters: list[tuple[Node, int]] = []
        for _, keys in groupby(sorted(self._nodes), key=itemgetter(0)):
            nodes = [self._nodes[key] for key in keys]
            same_letters = _same_letters(nodes)
            for first, *others in same_letters:  # "Freiwilligen Agentur" and "Freiwilligenagentur"
                for node in others:
                    if node.mark == first.mark:
                        self._join(first, node)
            for _, same_words in groupby(nodes, key=attrgetter("words")):
                self.ambiguous += self._join_unmarked(list(same_words))
            for group in same_letters:
                by_letters += self._join_unmarked(group)
            self._join_aliases(nodes)
        self.ambiguous += by_letters

    def _join_unmarked(self, nodes: list[Node]) -> list[tuple[Node, int]]:
        """A name without legal form is the one body of these words, if there is one only; else how many there are."""
        unmarked = [node for node in nodes if node.mark == ""]
        roots = list({self._union.find(node) for node in nodes if node.mark}) if unmarked else []
        if len(roots) > 1:
            return [(node, len(roots)) for node in unmarked]
        for node in unmarked if roots else ():
            self._join(roots[0], node)
        return []

    def _join_aliases(self, nodes: Sequence[Node]) -> None:
        """Short names: KIK alone is "Kontakt in Krisen (KIK)" of the same town, if no other body there is called so."""
        claims: dict[str, list[Node]] = defaultdict(list)
        for node in nodes:
            for alias in _aliases(node):
                claims[alias].append(node)
        callers: dict[str, list[Node]] = defaultdict(list)
        for node in nodes if claims else ():
            for called in {short for use in node.uses for short in use.keys[:2]}.intersection(claims):
                callers[called].append(node)
        for alias in sorted(claims):
            self._join_nested(claims[alias])
            roots = list({self._union.find(node) for node in claims[alias]})
            for node in callers[alias] if len(roots) == 1 else ():
                if not _is_other_branch(node, claims[alias]):
                    self._join(roots[0], node)

    def _join_nested(self, nodes: list[Node]) -> None:
        """Two names with one abbreviation are one body where the words of one contain those of the other."""
        longest = max(nodes, key=lambda node: (len(node.words), node.words, node.mark))
        for node in nodes:
            if set(node.words) <= set(longest.words) and not _regions().intersection(longest.words) - set(node.words):
                self._join(longest, node)

    def _join_by_decisions(self) -> None:
        """Join what `same` says."""
        towns = {use.traits.ags for node in self._nodes.values() for use in node.uses}
        for decision in self._decisions:
            found = [node for name in decision.names for node in self._meant(decision, name)]
            if decision.kind == "same":
                for node in found[1:]:
                    self._union.join(found[0], node)
            used = bool(found) or decision in self._used_splits
            if not used and (not decision.places or not towns.isdisjoint(decision.places)):
                self.unused.append(decision)

    def _meant(self, decision: Decision, written: str) -> list[Node]:
        """The names in the data that a name of a decision means, in the towns it is for.

        Without a town, the words alone or the name as it is written: only its page says which town's name is in it.
        """
        if not decision.places:
            return list(dict.fromkeys([*self._anywhere[self._words(written)], *self._anywhere[fold(written)]]))
        keys = (self._key(read_name(written, Home(place))) for place in decision.places)
        return [self._nodes[key] for key in keys if key in self._nodes]


def _same_letters(nodes: Sequence[Node]) -> list[list[Node]]:
    """Names of a place that have the same letters, however they are cut into words."""
    by_letters: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        for compact in {use.keys.compact for use in node.uses if len(use.keys.compact) >= _MIN_COMPACT}:
            by_letters[compact].append(node)
    return [by_letters[compact] for compact in sorted(by_letters) if len(by_letters[compact]) > 1]


def _aliases(node: Node) -> frozenset[str]:
    given = [use.keys.aliases for use in node.uses if use.keys.aliases]
    return NO_ALIASES.union(*given) if given else NO_ALIASES


def _is_other_branch(node: Node, claims: Sequence[Node]) -> bool:
    """Whether a short name with a town ("DAA Leipzig") meets one with a state ("DAA … Sachsen"): for a person."""
    of_town = any(use.traits.names_place for use in node.uses)
    return of_town and any(_regions().intersection(claim.words) - set(node.words) for claim in claims)


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
