"""Proposals: names that may be one body, for a person to decide.

Belongs here: near names of one town, found by shared words. Does not: joining anything; only decisions do that.
Concept: what is near but not certain is shown once, with the two lines to copy into warehouse/decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import Protocol, TypeVar

_COMMON = 12
"""A word that more names of a town have than this ("verein") brings no names together."""
_ALIKE = 0.85
_MIN_LETTERS = 6


class Named(Protocol):
    """What is compared: the place, the sorted words, and what keeps names apart (see organisations.Node)."""

    @property
    def place(self) -> str:
        """The town."""

    @property
    def words(self) -> tuple[str, ...]:
        """The sorted stems of the name."""

    @property
    def mark(self) -> str:
        """The family of its legal form, or who runs it."""


N = TypeVar("N", bound=Named)


def propose(nodes: Sequence[N], body_of: Callable[[N], N]) -> list[tuple[N, N, str]]:
    """Pairs of names of different bodies that may be one, with the reason, in the order of `nodes`; no bodies twice.

    Names of one town with a rare word in common, of which one has all words of the other (two or more), or which
    differ in one word that is spelled alike ("Projekt", "Projekte"; "Stabstelle", "Stabsstelle").
    """
    told: set[frozenset[N]] = set()
    found: list[tuple[N, N, str]] = []
    for one, other in _near(nodes):
        bodies = frozenset((body_of(one), body_of(other)))
        if len(bodies) < 2 or bodies in told or (one.mark and other.mark and one.mark != other.mark):
            continue
        reason = _reason(one.words, other.words)
        if reason is not None:
            told.add(bodies)
            found.append((one, other, reason))
    return found


def _near(nodes: Sequence[N]) -> Iterator[tuple[N, N]]:
    """Every two names of a town that share a rare word, once."""
    by_word: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, node in enumerate(nodes):
        for word in dict.fromkeys(node.words):
            by_word[node.place, word].append(number)
    pairs = {pair for sharing in by_word.values() if len(sharing) <= _COMMON for pair in combinations(sharing, 2)}
    return ((nodes[one], nodes[other]) for one, other in sorted(pairs))


def _reason(one: Iterable[str], other: Iterable[str]) -> str | None:
    few, many = sorted((set(one), set(other)), key=len)
    if len(few) >= 2 and few < many:
        return "one name has all words of the other"
    left, right = few - many, many - few
    if len(left) == len(right) == 1:
        (a,), (b,) = left, right
        if min(len(a), len(b)) >= _MIN_LETTERS and SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE:
            return "one word is spelled a little differently"
    return None
