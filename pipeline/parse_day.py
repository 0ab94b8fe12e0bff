"""From archived answers to records: one day, all sources.

Belongs here: reading captures, calling the parser, writing records files. Does not: fetching; how a page is read.
Concept: pure in effect: the same archive and parsers give the same bytes, so a day can be parsed again at any time.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from parsers.records import ParseResult, content_hash, issue
from pipeline.fetch.archive import Archive
from pipeline.fetch.model import ArchiveIssue, Capture
from pipeline.fetch.report import public_part
from pipeline.fetch.urls import BadAddress, canonical
from pipeline.sources import Source

LEVEL = 6
DOCUMENT = frozenset({"document"})
Parse = Callable[..., ParseResult]


@dataclass(slots=True)
class ParseReport:
    """What parsing a day gave: records, pages that are none, issues of pages, damaged places of the archive."""

    parsed: int = 0
    rejected: int = 0
    issues: int = 0
    by_source: dict[str, int] = field(default_factory=dict)
    """Records by source id."""
    archive_issues: list[ArchiveIssue] = field(default_factory=list)


def parse_day(
    archive: Archive, records_root: Path, sources: Sequence[Source], day: date, *, parse: Parse | None = None
) -> ParseReport:
    """Parse a day's archived documents into `<records>/<day>/<source>.ndjson.gz` and copy the crawl logs beside them.

    `parse` stands in for parsers.registry.parse. Files are replaced whole. Raises OSError if they can not be written.
    """
    parse = parse or _registered()
    report = ParseReport()
    folder = records_root / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        _parse_source(archive, folder, source, day, parse, report)
    report.archive_issues = list(archive.issues)
    return report


def _registered() -> Parse:
    from parsers.registry import parse  # here, as it loads every parser: the fetch alone needs none

    return parse


def _parse_source(archive: Archive, folder: Path, source: Source, day: date, parse: Parse, report: ParseReport) -> None:
    logs = list(archive.crawls(day, source.id))
    aliases = _aliases(logs)
    good = 0
    with _replaced(folder / f"{source.id}.ndjson.gz") as file, _packed(file) as packed:
        for capture in archive.captures(day, source.id, DOCUMENT):
            if capture.http_status != 200:
                continue  # 304: the body is an older record; 404 and the like: in the crawl log
            line = record_line(source, capture, aliases, day, parse)
            packed.write(orjson.dumps(line) + b"\n")
            good += line["record"] is not None
            report.rejected += line["record"] is None
            report.issues += len(line["issues"])
    report.parsed += good
    report.by_source[source.id] = good
    with _replaced(folder / f"{source.id}.crawl.ndjson") as file:
        file.writelines(orjson.dumps(public_part(log)) + b"\n" for log in logs)


def record_line(
    source: Source, capture: Capture, aliases: Mapping[str, Iterable[str]], day: date, parse: Parse
) -> dict[str, Any]:
    """One line of the records file: a capture and what its page type's parser says of it."""
    url = document_address(capture)
    others = set(aliases.get(url, ())) | ({capture.requested} if capture.requested else set())
    result = _result(source, capture, url, day, parse)
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
        "coverage": result.coverage,
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
    if capture.fault is not None:
        why = issue("error", "unreadable_body", f"the body can not be decoded: {capture.fault}")
        return ParseResult(source.page_type, "0", None, [], [why], content_hash(None, ""))
    captured_on = day if source.is_live else date.fromisoformat(capture.fetched_at[:10])
    return parse(source.page_type, capture.body, url, content_type=capture.content_type, fetched_on=captured_on)


def _aliases(logs: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Document -> aliases, over all crawls of the day."""
    found: dict[str, list[str]] = defaultdict(list)
    for log in logs:
        for url, aliases in log.get("documents", {}).items():
            found[url] += aliases
    return found


@contextmanager
def _replaced(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when it is whole."""
    unfinished = path.with_name(path.name + ".open")
    with unfinished.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


@contextmanager
def _packed(file: BinaryIO) -> Iterator[BinaryIO]:
    """gzip without name and time, so that equal content gives equal bytes."""
    with gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=file, mtime=0) as packed:
        yield cast(BinaryIO, packed)


def rejected(records_root: Path) -> dict[str, set[str]]:
    """Documents whose newest page was none (a soft 404, a consent wall), by source: to be asked without a condition.

    A page like that may carry an ETag, and would answer 304 for ever. Asked unconditionally it stands in every day's
    records, so the newest day tells all.
    """
    days = sorted(records_root.glob("????-??-??"))
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(days[-1].glob("*.ndjson.gz")) if days else []:
        with gzip.open(file, "rb") as lines:
            for line in map(orjson.loads, lines):
                (found[line["source_id"]].add if line["record"] is None else found[line["source_id"]].discard)(
                    line["url"]
                )
    return found
