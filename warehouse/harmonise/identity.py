"""Identity: which addresses were one page at different times.

Belongs here: pages that moved, with or without a redirect or a change, and pages that swapped addresses. Does not:
rows. Concept: identity is content and redirect, not the address alone; what is not sure stays two documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from warehouse.harmonise.publishers import publisher_of
from warehouse.model import Document, Version

_ALIKE = 0.7
"""Share of equal values from which a page at a new address is the one that is gone elsewhere. Duisburg's page of round
IV shares a third of its values with that of round III; a page whose figures and a partner changed, nine tenths."""


def merge_moved(documents: Iterable[Document]) -> list[Document]:
    """Documents in the order of ids, where a page that moved is one: its id stays, its address is the newer one.

    It moved if the new address names the old one as its alias (a redirect), if the old one was not seen any more from
    the day on which the same content appeared at a new address of the same source, or if the old one is proved gone
    and the new one says nearly the same; never if a third page could be meant too. Pages that swapped their addresses
    are told apart by content first.
    """
    kept: dict[str, Document] = {}
    index = _Index()
    for document in sorted(_unswapped(documents), key=lambda d: (d.first_seen or "~", d.url)):
        old = _before(document, kept, index)
        merged = document if old is None else _merged(kept[old], document)
        kept[merged.document_id] = merged
        index.add(merged, document)
    return sorted(kept.values(), key=lambda document: document.document_id)


class _Index:
    """Where documents are found again: by address, by content, and those that are gone by what a changed page says."""

    def __init__(self) -> None:
        self.by_url: dict[str, str] = {}
        self.by_content: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.by_mark: dict[tuple[str, str], set[str]] = defaultdict(set)

    def add(self, merged: Document, document: Document) -> None:
        for url in (document.url, *document.aliases):
            self.by_url.setdefault(url, merged.document_id)
        if merged.current is not None:
            self.by_content[merged.source.id, merged.current.content_hash].add(merged.document_id)
            for mark in _marks(merged.current) if merged.gone_since is not None else ():
                self.by_mark[merged.source.id, mark].add(merged.document_id)


def _before(document: Document, kept: Mapping[str, Document], index: _Index) -> str | None:
    """The id of the document that `document` was before it moved."""
    good = next((version for version in document.versions if version.has_record), None)
    redirected = {index.by_url[url] for url in document.aliases if url in index.by_url}
    if (found := _only([i for i in redirected if _left(kept[i], document)], redirected)) is not None:
        return found
    if good is None:
        return None
    same = index.by_content.get((document.source.id, good.content_hash), set())
    if (found := _only([i for i in same if _left(kept[i], document)], same)) is not None:
        return found
    if not index.by_mark:
        return None  # nothing is gone: no page's record is read for nothing
    marked = {i for mark in _marks(good) for i in index.by_mark.get((document.source.id, mark), ())}
    alike = {i for i in marked if _left(kept[i], document) and _alike(kept[i], document, good)}
    return _only(sorted(alike), alike)


def _only(moved: list[str], candidates: set[str]) -> str | None:
    return moved[0] if len(moved) == 1 and len(candidates) == 1 else None


def _left(old: Document, new: Document) -> bool:
    """Whether the old address was seen last before the new one was seen first, or the new one stood only for a time
    and is proved gone while the old one is back."""
    if old.page_type != new.page_type or old.source.id != new.source.id or not new.first_seen:
        return False
    if old.page_type == "news_article" and publisher_of(old) != publisher_of(new):
        return False  # two papers print one text: a copy is no page that moved
    went = old.last_seen < new.first_seen
    came_back = new.gone_since is not None and old.gone_since is None and new.last_seen < old.last_seen
    return went or came_back


def _alike(old: Document, new: Document, good: Version) -> bool:
    if old.current is None or publisher_of(old) != publisher_of(new):
        return False
    one, other = set(_values(old.current.record)), set(_values(good.record))
    return len(one & other) >= _ALIKE * len(one | other)


def _marks(version: Version) -> list[str]:
    """What a page that changed a little still has: its title, or its town and time."""
    record = version.record or {}
    runtime = (record.get("runtime") or {}).get("as_written")
    place = f"{record.get('municipality')}|{runtime}" if record.get("municipality") and runtime else None
    return [mark for mark in (record.get("title"), place) if mark]


def _values(value: object, path: str = "") -> Iterator[str]:
    """The values of a record with the names of their fields; places in lists do not count."""
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from _values(entry, f"{path}/{name}")
    elif isinstance(value, list):
        for entry in value:
            yield from _values(entry, path)
    elif value is not None:
        yield f"{path}={value}"


def _merged(old: Document, new: Document) -> Document:
    """One document of both: the id of the old one, the address of the one that was seen last."""
    versions: list[Version] = []
    for version in sorted((*old.versions, *new.versions), key=lambda version: version.fetched_at):
        if not versions or versions[-1].content_hash != version.content_hash:
            versions.append(version)
    last = new if new.last_seen >= old.last_seen else old
    aliases = [url for url in dict.fromkeys((*old.aliases, old.url, *new.aliases, new.url)) if url != last.url]
    return replace(
        last,
        document_id=old.document_id,
        aliases=tuple(aliases),
        versions=tuple(versions),
        first_seen=old.first_seen,
    )


class _Step(NamedTuple):
    """A change of content at an address: `at` is the place of the new version."""

    time: str
    document_id: str
    at: int


def _unswapped(documents: Iterable[Document]) -> list[Document]:
    """Documents where two pages that swapped their addresses keep their ids and take the addresses along."""
    known = {document.document_id: document for document in documents}
    pair = _first_swap(known.values())
    while pair is not None:
        one, other = (known[step.document_id] for step in pair)
        known[one.document_id] = _exchanged(one, pair[0].at, other, pair[1].at)
        known[other.document_id] = _exchanged(other, pair[1].at, one, pair[0].at)
        pair = _first_swap(known.values())
    return list(known.values())


def _first_swap(documents: Iterable[Document]) -> tuple[_Step, _Step] | None:
    """The earliest two changes of which each took what the other had until then; None if there are none."""
    steps: dict[tuple[str, str, str], list[_Step]] = defaultdict(list)
    for document in documents:
        good = [(at, version) for at, version in enumerate(document.versions) if version.has_record]
        for (_, old), (at, new) in pairwise(good):
            key = (document.source.id, old.content_hash, new.content_hash)
            steps[key].append(_Step(new.fetched_at, document.document_id, at))
    pairs = [
        (here, there)
        for (source, old, new), found in steps.items()
        for here in found
        for there in steps.get((source, new, old), ())
        if here.document_id != there.document_id and here.time[:10] == there.time[:10] and here <= there
    ]
    return min(pairs, default=None)


def _exchanged(one: Document, at: int, other: Document, other_at: int) -> Document:
    """The first document up to its change, going on as the other one did from its change on."""
    versions = list(one.versions[:at])
    for version in other.versions[other_at:]:
        if versions[-1].content_hash != version.content_hash:
            versions.append(version)
    return replace(
        one,
        url=other.url,
        aliases=other.aliases,
        versions=tuple(versions),
        last_seen=other.last_seen,
        gone_since=other.gone_since,
    )
