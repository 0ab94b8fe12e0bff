"""A stretch of the archive to records: the unit of work of parsing, here or in another process.

Belongs here: one capture to its line, the lines of a stretch as one gzip member. Does not: which stretches there are.
Concept: pure in effect and small in memory: what goes to another process is a place in a file, what comes back bytes.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from isal import isal_zlib

from parsers.records import ParseResult, content_hash, issue
from pipeline.fetch.archive import Archive
from pipeline.fetch.model import ArchiveIssue, Capture, Extent
from pipeline.fetch.reservations import TEXT, reserved_by
from pipeline.fetch.urls import BadAddress, canonical
from pipeline.sources import Source

if TYPE_CHECKING:
    from parsers.meter import Reading

_LEVEL, _GZIP = 2, 31
"""Measured on records of 13 kB: 0.01 ms and 1.75 kB; level 3: 0.03 ms and 1.6 kB, and so zlib's level 3 in 0.05 ms."""
Parse = Callable[..., ParseResult]
Aliases = Mapping[str, Iterable[str]]


class Span(NamedTuple):
    """Documents of a WARC file that came with a body, in the file's order."""

    file: str
    extents: tuple[Extent, ...]


@dataclass(slots=True)
class Parsed:
    """What parsing a span gave: its lines as one gzip member, and what they say together."""

    data: bytes = b""
    good: int = 0
    issues: int = 0
    rejected: list[str] = field(default_factory=list)
    """Addresses whose page was none."""
    damage: list[ArchiveIssue] = field(default_factory=list)
    seconds: float = 0.0
    """CPU seconds."""


@dataclass(frozen=True, slots=True)
class Context:
    """What all spans of a source and day share."""

    source: Source
    day: date
    aliases: Aliases


def registered() -> Parse:
    """The parsers of this program."""
    from parsers.registry import parse  # here, as it loads every parser: the fetch alone needs none

    return parse


def parse_span(archive: Archive, context: Context, span: Span, parse: Parse) -> Parsed:
    """Parse the documents of a span that came with a body."""
    start, known = time.process_time(), len(archive.issues)
    found, lines = Parsed(), []
    for capture in archive.documents(span.file, span.extents):
        if capture.http_status != 200 or capture.revisit_of is not None:
            continue  # 304: the body is an older record; 404 and the like: in the crawl log
        line = record_line(context, capture, parse)
        lines.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        found.good += line["record"] is not None
        found.issues += len(line["issues"])
        if line["record"] is None:
            found.rejected.append(line["url"])
    found.data = packed(b"".join(lines))
    found.damage = archive.issues[known:]
    found.seconds = time.process_time() - start
    return found


def packed(data: bytes) -> bytes:
    """One gzip member without name and time, so that equal content gives equal bytes."""
    return isal_zlib.compress(data, _LEVEL, _GZIP)


def record_line(context: Context, capture: Capture, parse: Parse) -> dict[str, Any]:
    """One line of the records file: a capture, what its page type's parser says of it, and what the parser left."""
    source = context.source
    url = document_address(capture)
    others = set(context.aliases.get(url, ())) | ({capture.requested} if capture.requested else set())
    by = _reserved_by(capture)
    if source.is_withheld and by in TEXT:
        result, reading = _withheld(source, str(by)), _nothing()
    else:
        result = _result(source, capture, url, context.day, parse)
        reading = _reading(result, capture, url)
    return {
        "source_id": source.id,
        "page_type": source.page_type,
        "url": url,
        "aliases": sorted(others - {url}),
        "fetched_at": capture.fetched_at,
        "http_status": capture.http_status,
        "archive_file": capture.file,
        "archive_offset": capture.offset,
        "byte_hash": hashlib.sha256(capture.body).hexdigest(),
        "content_hash": result.content_hash,
        "parser_version": result.parser_version,
        "reserved_by": by,
        "coverage": reading.coverage,
        "text_loss": reading.text_loss,
        "unclaimed": reading.unclaimed,
        "record": result.record,
        "evidence": result.evidence,
        "issues": result.issues,
    }


def document_address(capture: Capture) -> str:
    """The document's canonical address: where the redirects ended. (A page's own `rel=canonical` is not asked yet.)"""
    try:
        return canonical(capture.url)
    except BadAddress:
        return capture.url


def _result(source: Source, capture: Capture, url: str, day: date, parse: Parse) -> ParseResult:
    """What the parser says that was in force when the page was fetched, be it read again years later."""
    if capture.fault is not None:
        why = issue("error", "unreadable_body", f"the body can not be decoded: {capture.fault}")
        return ParseResult(source.page_type, "0", None, [], [why], content_hash(None, ""))
    fetched_on = day if source.is_live else date.fromisoformat(capture.fetched_at[:10])
    return parse(source.page_type, capture.body, url, content_type=capture.content_type, fetched_on=fetched_on)


def _reserved_by(capture: Capture) -> str | None:
    """What reserves text and data mining of a capture: what was known when it was fetched, and what its page says."""
    if not capture.body:
        return capture.reserved_by
    return reserved_by(capture.reserved_by == "tdmrep.json" or None, capture.headers, capture.body)


def _withheld(source: Source, by: str) -> ParseResult:
    """Nothing but the address: the site reserves text and data mining (§ 44b UrhG)."""
    why = issue(
        "warning", "rights_reserved", f"the site reserves text and data mining ({by}): only the address is kept"
    )
    return ParseResult(source.page_type, "0", None, [], [why], content_hash(None, "rights_reserved"))


def _nothing() -> Reading:
    from parsers.meter import NOTHING  # here, as it loads lxml

    return NOTHING


def _reading(result: ParseResult, capture: Capture, url: str) -> Reading:
    from parsers.meter import measure  # here, as it loads lxml: the fetch alone needs none

    if capture.fault is not None:
        return _nothing()
    return measure(result, capture.body, url, capture.content_type)
