"""Documents: pages over time, their addresses, places and archived bodies.

Belongs here: a page that moved and keeps its identity, rows of documents, aliases, snapshots, places. Does not: facts.
Concept: identity is content and redirect, not the address alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from warehouse.harmonise.cells import Note, Page, row
from warehouse.harmonise.claims import Towns
from warehouse.harmonise.places import Municipality
from warehouse.model import Document, Row


def merge_moved(documents: Iterable[Document]) -> list[Document]:
    """Documents in the order of ids, where a page that moved is one: its id stays, its address is the new one.

    It moved if the new address names the old one as its alias (a redirect), or if the old one was not seen any more
    from the day on which the same content appeared at a new address of the same source, and no third page has it.
    """
    kept: dict[str, Document] = {}
    by_url: dict[str, str] = {}
    by_content: dict[tuple[str, str], list[str]] = defaultdict(list)
    for document in sorted(documents, key=lambda d: (d.first_seen or "~", d.url)):
        old = _before(document, kept, by_url, by_content)
        if old is None:
            merged = replace(document, aliases=list(document.aliases), versions=list(document.versions))
        else:
            merged = _merged(kept[old], document)
        kept[merged.document_id] = merged
        for url in (document.url, *document.aliases):
            by_url.setdefault(url, merged.document_id)
        if merged.current is not None:
            by_content[merged.source.id, merged.current.content_hash].append(merged.document_id)
    return sorted(kept.values(), key=lambda document: document.document_id)


def _before(
    document: Document,
    kept: Mapping[str, Document],
    by_url: Mapping[str, str],
    by_content: Mapping[tuple[str, str], list[str]],
) -> str | None:
    """The id of the document that `document` was before it moved."""
    redirected = {by_url[url] for url in document.aliases if url in by_url}
    good = next((version for version in document.versions if version.record is not None), None)
    same = set(by_content.get((document.source.id, good.content_hash), ())) if good is not None else set()
    for candidates in (redirected, same):
        moved = [i for i in candidates if _left(kept[i], document)]
        if len(moved) == 1 and len(candidates) == 1:
            return moved[0]
    return None


def _left(old: Document, new: Document) -> bool:
    """Whether the old address was seen last before the new one was seen first."""
    same_kind = old.page_type == new.page_type and old.source.id == new.source.id
    return same_kind and bool(new.first_seen) and old.last_seen < new.first_seen


def _merged(old: Document, new: Document) -> Document:
    versions = list(old.versions)
    for version in new.versions:
        if not versions or versions[-1].content_hash != version.content_hash:
            versions.append(version)
    aliases = [url for url in dict.fromkeys((*old.aliases, old.url, *new.aliases)) if url != new.url]
    return replace(new, document_id=old.document_id, aliases=aliases, versions=versions, first_seen=old.first_seen)


def document_row(document: Document) -> Row:
    """The row of `documents`."""
    current = document.current
    record = current.record if current is not None and current.record is not None else {}
    return row(
        "documents",
        document_id=document.document_id,
        url=document.url,
        page_type=document.page_type,
        source_id=document.source.id,
        title=record.get("title"),
        publisher=document.source.publisher,
        published_on=record.get("published_on"),
        language=record.get("language"),
        first_seen=document.first_seen or None,
        last_seen=document.last_seen or None,
        gone_since=document.gone_since,
        snapshot_id=current.snapshot_id if current else None,
    )


def alias_rows(document: Document) -> list[Row]:
    """The rows of `document_aliases`."""
    return [row("document_aliases", document_id=document.document_id, url=url) for url in sorted(set(document.aliases))]


def snapshot_rows(document: Document) -> list[Row]:
    """The rows of `snapshots`: one a body."""
    return [
        row(
            "snapshots",
            snapshot_id=version.snapshot_id,
            document_id=document.document_id,
            fetched_at=version.fetched_at,
            http_status=version.http_status,
            content_hash=version.content_hash,
            byte_hash=version.byte_hash,
            archive_file=version.archive_file,
            archive_offset=version.archive_offset,
            parser_version=version.parser_version,
            has_record=version.record is not None,
            coverage=version.coverage,
        )
        for version in document.versions
    ]


def place_rows(document_id: str, towns: Mapping[str, tuple[Municipality, int]]) -> list[Row]:
    """The rows of `document_places`; `towns` is AGS -> municipality and number of mentions."""
    return [
        row("document_places", document_id=document_id, ags=ags, municipality_name=town.name, n_mentions=count)
        for ags, (town, count) in sorted(towns.items())
    ]


def article_places(page: Page, towns: Towns) -> tuple[dict[str, tuple[Municipality, int]], list[Note]]:
    """The towns that an article names, with how often its list has them; and an issue for each that stays open.

    A name that is a programme area of another town of the article is that quarter and no town.
    """
    names: Sequence[str] = page.record["places"]
    counts = Counter(names)
    found = {name: towns.find(name) for name in sorted(counts)}
    sure = {result.municipality.ags for result in found.values() if result.municipality is not None}
    places: dict[str, tuple[Municipality, int]] = {}
    notes = []
    for name, result in found.items():
        town = result.municipality
        if town is not None and not towns.is_quarter(name, sure - {town.ags}):
            places[town.ags] = (town, places.get(town.ags, (town, 0))[1] + counts[name])
        elif town is None and result.outcome == "ambiguous" and not towns.is_quarter(name, sure):
            candidates = ", ".join(f"{m.name} ({m.state_code}, {m.ags})" for m in result.candidates)
            message = f"{name!r} without a state could be {candidates} or a smaller place of that name: no key"
            notes.append(Note("info", "ambiguous_place", page.document.document_id, "places", name, message))
        elif town is None and result.outcome == "unknown" and not towns.is_quarter(name, sure):
            message = f"{name!r} is no municipality of the reference file (10,000 inhabitants and more)"
            notes.append(Note("info", "unknown_place", page.document.document_id, "places", name, message))
    return places, notes
