"""Documents: pages over time, their addresses, places and archived bodies.

Belongs here: rows of documents, aliases, snapshots, places. Does not: which addresses are one page (identity.py).
Concept: what a page says of itself goes before what its words show.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from warehouse.harmonise.cells import Note, Page, row
from warehouse.harmonise.claims import Towns
from warehouse.harmonise.places import Municipality
from warehouse.harmonise.publishers import publisher_of
from warehouse.model import Document, Row

_ENOUGH = 1_000
"""Characters that tell the language of a page."""
_WORD = re.compile(r"[a-zäöüß]+")
_COMMON = {
    "de": ("der", "die", "das", "und", "zu", "den", "von", "mit", "für", "auf", "ist", "im", "ein", "eine", "werden"),
    "en": ("the", "of", "and", "to", "is", "that", "for", "with", "on", "are", "as", "by", "this", "from", "it"),
}
"""Language -> words that every text of some lines has."""


def document_row(document: Document) -> Row:
    """The row of `documents`."""
    current = document.current
    record = current.record or {} if current is not None else {}
    return row(
        "documents",
        document_id=document.document_id,
        url=document.url,
        page_type=document.page_type,
        source_id=document.source.id,
        title=record.get("title"),
        publisher=publisher_of(document),
        published_on=record.get("published_on"),
        language=record.get("language") or language_of(record),
        first_seen=document.first_seen or None,
        last_seen=document.last_seen or None,
        gone_since=document.gone_since,
        snapshot_id=current.snapshot_id if current else None,
    )


def _texts(value: object) -> list[str]:
    """All strings of a record, in their order."""
    found: list[str] = []
    _collect(value, found)
    return found


def _collect(value: object, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, dict | list):
        for entry in value.values() if isinstance(value, dict) else value:
            if isinstance(entry, str):
                found.append(entry)
            else:
                _collect(entry, found)


def language_of(record: Mapping[str, object]) -> str | None:
    """The language of a record's texts by their common words, for pages whose record has none; None if unclear."""
    texts: list[str] = []
    for value in record.values():
        _collect(value, texts)
        if sum(map(len, texts)) >= _ENOUGH:
            break
    words = Counter(_WORD.findall(" ".join(texts)[:_ENOUGH].lower()))
    known = {code: sum(words[word] for word in common) for code, common in _COMMON.items()}
    best = max(known, key=lambda code: known[code])
    return best if known[best] > 0 and list(known.values()).count(known[best]) == 1 else None


def mentions(record: Mapping[str, object], name: str) -> int:
    """How often the texts of a record name a town ("Duisburg", "Duisburger", "Duisburgs"); at least 1."""
    word = re.escape(name)
    # What stands before the name is looked at behind it: a pattern that begins with its letters is found faster.
    return max(1, len(re.findall(rf"{word}(?<!\w{word})(?:er|s)?\b", "\n".join(_texts(record)))))


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
            has_record=version.has_record,
            coverage=version.coverage,
            text_loss=version.text_loss,
            unclaimed="\n".join(version.unclaimed) or None,
            reserved_by=version.reserved_by,
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
    """The towns that an article names, with how often (a passage a mention); and an issue for each that stays open.

    A name that is a programme area of another town of the article is that quarter and no town.
    """
    names: Sequence[str] = page.record["places"]
    mentions = Counter(entry["path"] for entry in page.version.evidence)
    counts = {name: max(1, mentions[f"places/{place}"]) for place, name in enumerate(names)}
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
