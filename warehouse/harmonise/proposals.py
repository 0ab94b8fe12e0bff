"""Proposals: names that may be one body, for a person to decide.

Belongs here: near names of one town and why they are near. Does not: joining anything; only decisions do that.
Concept: what is near but not certain is shown once; `biwaq review` writes it in the form of warehouse/decisions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations
from operator import itemgetter
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from warehouse.codelists import load
from warehouse.folding import fold
from warehouse.harmonise.cells import row
from warehouse.harmonise.org_names import stem
from warehouse.harmonise.org_nodes import Node
from warehouse.harmonise.org_words import kind_of
from warehouse.model import Row

_COMMON = 12
"""A word that more names of a town have than this ("verein") brings no names together."""
_NEIGHBOURS = 3
"""So many names on either side in the order of letters, forwards and backwards, are compared: a typing error leaves
the beginning or the end of a name as it was."""
_SLIPS = 2
"""So many letters of a long word may be wrong; "Qualifizierungsnetz" is not "Qualifizierungsbund"."""
_SAME_LETTERS = 92.0
_MIN_LETTERS = 6
_MIN_SLIP = 4
"""Shorter words are not taken for misspelled: "Ost", "Süd"."""
_WORD = re.compile(r"[^\W_]+")
_SHORT = re.compile(r"(?<![^\W_])[A-ZÄÖÜ]{2,5}(?![^\W_])")


class Proposal(NamedTuple):
    """Two names that may be one body, why, and how alike they are (0 to 1)."""

    one: Node
    other: Node
    reason: str
    similarity: float


def propose(names: Sequence[Node]) -> list[Proposal]:
    """Pairs of names of different bodies of a town that may be one, in the order of `names`; no two bodies twice."""
    regions: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        regions[name.region].append(number)
    found: list[tuple[int, int, Proposal]] = []
    for numbers in regions.values():
        nearest = _of_region([names[number] for number in numbers])
        found += ((numbers[one], numbers[other], proposal) for one, other, proposal in nearest)
    told: dict[frozenset[str], Proposal] = {}
    for _, _, proposal in sorted(found, key=itemgetter(0, 1)):
        told.setdefault(_bodies(proposal.one, proposal.other), proposal)
    return list(told.values())


def _of_region(names: Sequence[Node]) -> Iterator[tuple[int, int, Proposal]]:
    """The proposals of one region: there are ten pairs of near names to a name, too many for a whole country's."""
    told: set[frozenset[str]] = set()
    for at, behind in _near(names):
        one, other = names[at], names[behind]
        bodies = _bodies(one, other)
        if len(bodies) < 2 or bodies in told or (one.mark and other.mark and one.mark != other.mark):
            continue
        reason = next((text for text, fits in _REASONS if fits(one, other)), None)
        if reason is not None:
            told.add(bodies)
            yield at, behind, Proposal(one, other, reason, similarity(one, other))


def _bodies(one: Node, other: Node) -> frozenset[str]:
    return frozenset((one.organisation_id, other.organisation_id))


def proposal_rows(proposals: Iterable[Proposal]) -> Iterator[Row]:
    """The rows of `organisation_proposals`."""
    for found in proposals:
        yield row(
            "organisation_proposals",
            organisation_id=found.one.organisation_id,
            other_organisation_id=found.other.organisation_id,
            name=found.one.written,
            other_name=found.other.written,
            ags=found.one.ags,
            other_ags=found.other.ags,
            reason=found.reason,
            similarity=found.similarity,
        )


def similarity(one: Node, other: Node) -> float:
    """How alike the words of two names are, from 0 to 1, whatever their order."""
    return round(fuzz.token_sort_ratio(" ".join(one.words), " ".join(other.words)) / 100, 2)


def _near(names: Sequence[Node]) -> list[tuple[int, int]]:
    """The places of every two names of a town that share a rare word or stand near in the order of their letters."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        for word in {*name.words, *name.aliases}:
            by_word[word].append(number)
    pairs = {pair for sharing in by_word.values() if len(sharing) <= _COMMON for pair in combinations(sharing, 2)}
    letters = [name.letters for name in names]
    for step in (1, -1):
        order = sorted(range(len(names)), key=lambda number: letters[number][::step])
        for ahead in range(1, _NEIGHBOURS + 1):
            pairs |= {(min(p), max(p)) for p in zip(order, order[ahead:], strict=False)}
    return sorted(pair for pair in pairs if _one_town(names[pair[0]], names[pair[1]]))


def _one_town(one: Node, other: Node) -> bool:
    """Of two names of a region: the same place, or a job centre of the Kreis beside a name of one of its towns."""
    return one.place == other.place or one.region in (one.place, other.place)


def _contains(one: Node, other: Node) -> bool:
    few, many = sorted((set(one.words), set(other.words)), key=len)
    return len(few) >= 2 and few < many


def _begins(one: Node, other: Node) -> bool:
    """ "qualiNETZ" and "qualiNETZ Beratung": one word that is no kind of body, first in the longer name."""
    few, many = sorted((one, other), key=lambda name: len(name.words))
    if len(few.words) != 1 or len(many.words) < 2 or len(few.letters) < _MIN_LETTERS:
        return False
    first = stem(next(iter(_WORD.findall(fold(many.written))), ""))
    return first == few.words[0] and kind_of(first, None) is None


def _spelled_alike(one: Node, other: Node) -> bool:
    """Every word that only one of them has, has a counterpart in the other that is spelled alike."""
    left, right = set(one.words) - set(other.words), set(other.words) - set(one.words)
    if len(left) != len(right) or not left:
        return False
    shared = len(one.words) > len(left)
    found = {match for word in left for match in right if _is_slip(word, match, shared=shared)}
    return found == right and all(any(_is_slip(word, match, shared=shared) for match in right) for word in left)


def _is_slip(word: str, match: str, *, shared: bool) -> bool:
    """Long words of nearly the same letters; beside words that are the same, one wrong letter in a short one too."""
    short, wrong = min(len(word), len(match)), OSA.distance(word, match, score_cutoff=_SLIPS)
    if short >= _MIN_LETTERS:
        return wrong <= (_SLIPS if short > _MIN_LETTERS else 1)
    return shared and short >= _MIN_SLIP and wrong <= 1


def _same_letters(one: Node, other: Node) -> bool:
    """The words are cut elsewhere or one short word is misspelled; numbers must be the same."""
    a, b = one.letters, other.letters
    if min(len(a), len(b)) < 2 * _MIN_LETTERS or re.findall(r"\d+", a) != re.findall(r"\d+", b):
        return False
    return fuzz.ratio(a, b, score_cutoff=_SAME_LETTERS) > 0 and len(one.words) != len(other.words)


def _short_name(one: Node, other: Node) -> bool:
    """Both have the same abbreviation in capitals: "AWO SPI GmbH", "SPI Soziale Stadt und Land"."""
    shared = {*one.words, *one.aliases} & {*other.words, *other.aliases} - _states()
    return bool(shared and shared & _capitals(one.written) & _capitals(other.written))


def _capitals(written: str) -> set[str]:
    return set(map(str.lower, _SHORT.findall(written)))


@cache
def _states() -> frozenset[str]:
    """Short names of states ("NRW") are no names of bodies."""
    return frozenset(fold(name) for entry in load("states").entries.values() for name in (entry.code, *entry.variants))


_REASONS: tuple[tuple[str, Callable[[Node, Node], bool]], ...] = (
    ("one name has all words of the other", _contains),
    ("one word or more is spelled a little differently", _spelled_alike),
    ("one name begins with the other", _begins),
    ("nearly the same letters", _same_letters),
    ("both have the same abbreviation", _short_name),
)
