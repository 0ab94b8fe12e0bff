"""Origins: which documents are one release told again.

Belongs here: joining documents of a town that share figures. Does not: outcomes.
Concept: rewrites share no sentence but share their figures; three equal ones for the same town are no accident
(two rewrites of one release of Duisburg had a 5-word overlap of 0.002 and seven equal figures).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from warehouse.harmonise.claims import Claim
from warehouse.harmonise.union import Union
from warehouse.model import stable_id

Figure = tuple[str, str, float]
_SHARED = 3
_MANY = 24
"""Up to so many shared figures of a page, all its triples are looked up (2,024 of them)."""


def set_origins(claims: Iterable[Claim]) -> None:
    """Give each claim its `origin_id`: one for documents that share three figures (metric, subgroup, value) of a town.

    The id is that of the document published first, so that a later copy does not change it.
    """
    by_town: dict[str, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        by_town[claim.town_key][claim.page.document.document_id].append(claim)
    for town_key, documents in by_town.items():
        _town(town_key, documents)


def _town(town_key: str, documents: dict[str, list[Claim]]) -> None:
    order = sorted(documents, key=lambda document_id: documents[document_id][0].published)
    holders: dict[Figure, list[str]] = defaultdict(list)
    for document_id in order:
        for figure in sorted(_figures(documents[document_id])):
            holders[figure].append(document_id)
    shared: dict[str, list[Figure]] = defaultdict(list)
    for figure in sorted(holders):
        for document_id in holders[figure] if len(holders[figure]) > 1 else ():
            shared[document_id].append(figure)
    origins: Union[str] = Union(rank={document_id: place for place, document_id in enumerate(order)}.__getitem__)
    first: dict[tuple[Figure, ...], str] = {}
    for document_id in order:
        if len(shared[document_id]) > _MANY:
            _join_counted(document_id, shared[document_id], holders, origins)
        else:  # two documents share three figures exactly if they share a triple
            for triple in combinations(shared[document_id], _SHARED):
                origins.join(first.setdefault(triple, document_id), document_id)
    for document_id, own in documents.items():
        origin_id = stable_id("g", town_key, origins.find(document_id))
        for claim in own:
            claim.origin_id = origin_id


def _join_counted(
    document_id: str, shared: Sequence[Figure], holders: dict[Figure, list[str]], origins: Union[str]
) -> None:
    """For a page with so many figures that its triples are too many: count figures shared with each other page."""
    counts = Counter(other for figure in shared for other in holders[figure])
    for other, count in counts.items():
        if count >= _SHARED:
            origins.join(document_id, other)


def _figures(claims: Sequence[Claim]) -> set[Figure]:
    return {(claim.raw["metric"], claim.raw["subgroup"], claim.raw["value"]) for claim in claims}
