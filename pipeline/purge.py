"""Taking a page, or a passage about a person, out of the archive and of everything made from it.

Belongs here: finding the bodies, replacing them, dropping their records and builds that held them. Does not: asking.
Concept: the one thing that changes an archived record. Whoever is named on a page has a right to be forgotten (Art. 17
GDPR); that something was removed, when and why, stays.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import codepoint2name
from pathlib import Path

import orjson

from pipeline.fetch.archive import Archive
from pipeline.fetch.bodies import decode
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.limits import Limits
from pipeline.fetch.tombstone import PURGED, redacted, replace_records, tombstone
from pipeline.fetch.urls import BadAddress, canonical
from pipeline.fetch.warc import REQUESTED, ROLE, Record, read_records, split_http
from pipeline.heal import DAMAGED
from pipeline.heal_archive import whole_gzip
from pipeline.purged import Purged, What, note_purged
from pipeline.settings import Layout
from pipeline.storage import append

MARK = b"[...]"
"""Stands where a passage stood."""
CHARSETS = ("utf-8", "cp1252")
_BETWEEN = rb"(?:\s|&nbsp;|&#160;|&shy;|<[^<>]{0,200}>)+"


@dataclass(frozen=True, slots=True)
class Hit:
    """One archived body that is to go, in whole or in part."""

    file: str
    record: Record
    url: str

    @property
    def fetched_at(self) -> str:
        """When it was fetched."""
        return self.record.headers.get("WARC-Date") or ""

    @property
    def is_document(self) -> bool:
        """Whether it was asked for as a document; a listing is fetched again, or nothing would be found any more."""
        return self.record.headers.get(ROLE) in ("document", "other")

    @property
    def sha256(self) -> str:
        """Hash of the body as it was received."""
        return hashlib.sha256(split_http(self.record.block)[2]).hexdigest()


def find(archive: Archive, url: str | None, passage: str | None) -> list[Hit]:
    """The archived bodies of an address, those that hold a passage, or both. `url` is canonical.

    A passage is found over line breaks and tags, in UTF-8 and Windows-1252, with characters written as they are or as
    entities.
    """
    wanted = patterns(passage) if passage is not None else []
    found = []
    for about in archive.files():
        for item in read_records(archive.root / about.file):
            if not isinstance(item, Record) or item.kind != "response" or item.headers.get(ROLE) == PURGED:
                continue
            names = _addresses(item)
            if url is not None and url not in names:
                continue
            if not wanted or any(pattern.search(body_of(item)) for pattern in wanted):
                found.append(Hit(about.file, item, names[0] if names else ""))
    return found


def purge(layout: Layout, hits: Iterable[Hit], passage: str | None, *, reason: str, at: str) -> list[Purged]:
    """Drop the records read from the bodies, and replace these. Returns what the ledger holds now. Raises OSError.

    The ledger is written first and the archive last, so that a purge that was killed can be done again as it was.
    Call while holding the lock.
    """
    what: What = "page" if passage is None else "passage"
    hits = list(hits)
    entries = [
        Purged(
            at,
            what,
            hit.url,
            reason,
            hit.file,
            hit.record.offset,
            hit.fetched_at,
            hit.sha256,
            is_blocked=hit.is_document,
        )
        for hit in hits
    ]
    note_purged(layout.purged, entries)
    drop_records(layout.records, {(hit.file, hit.record.offset) for hit in hits})
    by_file: dict[str, dict[int, bytes]] = defaultdict(dict)
    for hit, entry in zip(hits, entries, strict=True):
        by_file[hit.file][hit.record.offset] = _plain_of(hit, entry, passage)
    for file, plain in by_file.items():
        replace_records(layout.archive / file, plain)
    return entries


def begin(layout: Layout, at: str) -> frozenset[str]:
    """Note that a purge is at work; returns its time and those of purges that were killed before they ended.

    The note goes when a rebuild has published and the builds before it, which hold what was purged, are removed.
    """
    append(layout.purging, f"{at}\n".encode())
    return frozenset(layout.purging.read_text(encoding="ascii").split())


def drop_records(records: Path, places: set[tuple[str, int]]) -> None:
    """Drop the lines that were read from these places, on all days; damaged files that lie beside go as well."""
    for aside in records.glob(f"*/*{DAMAGED}"):
        aside.unlink()
    for path in sorted(records.glob("????-??-??/*.ndjson.gz")):
        with gzip.open(path, "rb") as lines:
            all_lines = [(line, orjson.loads(line)) for line in lines]
        kept = [raw for raw, line in all_lines if (line["archive_file"], line["archive_offset"]) not in places]
        if len(kept) < len(all_lines):
            with whole_gzip(path) as packed:
                packed.writelines(kept)


def drop_old_builds(warehouse: Path, current: Path) -> list[Path]:
    """Remove the kept builds that are not in force: they hold what was purged. Open readers keep theirs."""
    old = [path for path in sorted((warehouse / "builds").glob("*.duckdb")) if path.resolve() != current.resolve()]
    for path in old:
        path.unlink()
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    return old


def patterns(passage: str) -> list[re.Pattern[bytes]]:
    """What to look for in bytes."""
    words = passage.split()
    forms = [words, [html.escape(word, quote=False) for word in words], [_as_entities(word) for word in words]]
    found = {
        _BETWEEN.join(re.escape(word.encode(charset, "xmlcharrefreplace")) for word in form)
        for form in forms
        for charset in CHARSETS
    }
    return [re.compile(pattern) for pattern in sorted(found)]


def body_of(record: Record) -> bytes:
    """The body as a reader sees it; as received where it can not be decoded."""
    _, headers, payload = split_http(record.block)
    coding = next((value for name, value in headers if name.lower() == "content-encoding"), None)
    try:
        return decode(payload, coding, Limits().map_bytes) if coding else payload
    except FetchFault:
        return payload


def _plain_of(hit: Hit, entry: Purged, passage: str | None) -> bytes:
    why = {"purged_at": entry.at, "what": entry.what, "reason": entry.reason, "sha256": entry.sha256}
    if passage is None:
        return tombstone(hit.record, why)
    body = body_of(hit.record)
    for pattern in patterns(passage):
        body = pattern.sub(MARK, body)
    head = hit.record.block.partition(b"\r\n\r\n")[0]
    kept = [line for line in head.split(b"\r\n") if line.partition(b":")[0].lower() not in _CHANGED]
    return redacted(hit.record, b"\r\n".join(kept) + b"\r\n\r\n" + body, body)


_CHANGED = frozenset({b"content-encoding", b"content-length", b"content-md5", b"digest", b"etag"})
"""Headers that are not true of a body without the passage."""


def _addresses(record: Record) -> list[str]:
    """Canonical addresses of a record: its own, and the one that was asked for."""
    named = [record.headers.get("WARC-Target-URI"), record.headers.get(REQUESTED)]
    return list(dict.fromkeys(_canonical(name for name in named if name)))


def _canonical(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        try:
            yield canonical(name)
        except BadAddress:
            yield name


def _as_entities(word: str) -> str:
    """`Müller` -> `M&uuml;ller`."""
    return "".join(f"&{codepoint2name[ord(sign)]};" if ord(sign) in codepoint2name else sign for sign in word)
