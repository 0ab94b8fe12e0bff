"""Pages that others captured, taken over from their files: Heritrix, Browsertrix, Common Crawl, our own archive.

Belongs here: which records are taken, and when one is already there. Does not: reading the files (warc_files.py).
Concept: a page is copied once, under its own address and at its own time; what is not taken is counted by its reason.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import httpx
from fastwarc.warc import WarcRecord

from pipeline.fetch import faults
from pipeline.fetch.client import Answer
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.held import Held
from pipeline.fetch.limits import Limits
from pipeline.fetch.payloads import settled
from pipeline.fetch.report import CrawlReport
from pipeline.fetch.urls import BadAddress, canonical, host_name, host_of
from pipeline.fetch.warc import REQUESTED, ROLE, Damage, Record, kind_of, payload_digest, read_record, split_http, utc
from pipeline.fetch.warc_files import Item, capture_files, name_of, read_capture_file
from pipeline.fetch.writer import ArchiveWriter
from pipeline.sources import Source

HTML = frozenset({"text/html", "application/xhtml+xml"})
_HEAD = 1 << 16


class NotTaken(Exception):
    """A record that is not taken over; the message is the reason as it is counted."""


class Place(NamedTuple):
    """Where a body lies that a later revisit may refer to."""

    path: Path
    offset: int


class WarcImport:
    """The import of one source's files into one archive file. `page` is told of each page and its outcome."""

    def __init__(
        self, source: Source, limits: Limits, report: CrawlReport, held: Held, page: Callable[[str, str], None]
    ) -> None:
        self._source = source
        self._limits = limits
        self._report = report
        self._held = held
        self._page = page
        self._hosts = frozenset(host_name(host) for host in source.hosts)
        self._follow = re.compile(source.follow)
        self._places: dict[str, Place] = {}
        """Payload digest, as the capturing tool declared it -> a body in the file that is being read."""
        self._seen: set[str] = set()
        self._left = 0

    async def run(self, writer: ArchiveWriter, now: Callable[[], datetime]) -> CrawlReport:
        """Copy every page that is not held and write the log as the file's last record."""
        report = self._report
        report.discovered = True
        for entry in self._source.files:
            files = capture_files(self._source.folder, entry)
            if not files:
                self._miss(entry, "no such file, and no .warc, .warc.gz or .wacz below it")
            for path in files:
                await self._read(path, writer, now())
        if self._left:
            text = f"max_pages {self._source.max_pages} reached, {self._left} pages are left for the next runs"
            report.fail(self._source.files[0], f"{faults.CAPPED}: {text}")
        report.conclude(self._seen, utc(now()))
        writer.finish(report.to_log(), {})
        return report

    def _miss(self, file: str, what: str) -> None:
        self._report.fail(file, f"{faults.UNREADABLE}: {what}")
        self._report.discovered = False

    async def _read(self, path: Path, writer: ArchiveWriter, now: datetime) -> None:
        name = name_of(path, self._source.folder)
        self._records = 0
        try:
            path.open("rb").close()
        except OSError as fault:
            self._miss(name, str(fault.strerror))
            return
        items = read_capture_file(path, name, self._wanted)
        while (item := await asyncio.to_thread(next, items, None)) is not None:  # other sources wait for answers
            self._take(item, writer, now)
        self._places.clear()
        if self._records == 0:
            self._miss(name, "holds no record")

    def _wanted(self, found: WarcRecord) -> bool:
        """Whether a record can be a page of the source; blocks of others (pictures, films) are never held."""
        self._records += 1
        if kind_of(found.headers) not in ("response", "revisit"):
            return False
        url = _address(found.headers.get("WARC-Target-URI"))
        if url is None or host_of(url) not in self._hosts or self._follow.search(url) is None:
            return False
        if found.content_length > self._limits.wire_bytes + _HEAD:
            self._report.skip("too_big")
            return False
        return True

    def _take(self, item: Item, writer: ArchiveWriter, now: datetime) -> None:
        record = item.found
        if isinstance(record, Damage):
            self._miss(item.file, f"at byte {record.offset}: {record.message}")
            return
        try:
            answer = self._answer(item.path, record)
            if answer.fetched_at > now:
                raise NotTaken("date_in_the_future")
        except NotTaken as reason:
            self._report.skip(str(reason))
            return
        except FetchFault as fault:
            self._miss(item.file, f"at byte {record.offset}: {fault}")
            return
        self._report.listed += 1
        source = quote(f"{item.file} at byte {record.offset}", safe="/ ")
        self._page(answer.url, self._keep(answer, record.headers.get(REQUESTED), source, writer))

    def _keep(self, answer: Answer, requested: str | None, source: str, writer: ArchiveWriter) -> str:
        """Copy a page unless it, or the same body right before it, is in the archive; returns the outcome's word."""
        at, digest = utc(answer.fetched_at), payload_digest(answer.raw)
        if self._held.has(answer.url, at) or self._held.before(answer.url, at) == digest:
            self._seen.add(answer.url)
            self._report.unchanged += 1
            return "held"
        if self._report.fetched >= self._source.max_pages:
            self._left += 1
            return "left"
        writer.store(answer, "document", answer.url, requested=requested, taken_from=source)
        self._held.add(answer.url, at, digest)
        self._seen.add(answer.url)
        self._report.fetched += 1
        return "copied"

    def _answer(self, path: Path, record: Record) -> Answer:
        """The page of a record. Raises NotTaken; FetchFault where it is a page that can not be decoded."""
        if record.kind == "revisit":
            return self._revisited(record)
        if record.headers.get(ROLE) not in (None, "document"):
            raise NotTaken("no_document")
        answer = _answer_of(record, self._limits.body_bytes)
        declared = record.headers.get("WARC-Payload-Digest")
        if declared is not None:
            self._places[declared] = Place(path, record.offset)
        return answer

    def _revisited(self, record: Record) -> Answer:
        """The page of a record that only says "as before": with the body it refers to, if that lies in this file."""
        place = self._places.get(record.headers.get("WARC-Payload-Digest") or "")
        if place is None or "identical-payload-digest" not in (record.headers.get("WARC-Profile") or ""):
            raise NotTaken("revisit")  # 304: the body stands in an older record
        try:
            before = read_record(place.path, place.offset)
        except (OSError, ValueError):  # no random access: the whole file is one gzip member
            raise NotTaken("revisit") from None
        body = _answer_of(before, self._limits.body_bytes)
        return replace(body, url=_url(record), fetched_at=_moment(record))


def _answer_of(record: Record, cap: int) -> Answer:
    status, headers, payload = split_http(record.block)
    if status != 200:
        raise NotTaken("no_200")
    if record.headers.get("WARC-Truncated") is not None:
        raise NotTaken("truncated")
    named = {name.lower(): value for name, value in headers}
    kind = named.get("content-type") or record.headers.get("WARC-Identified-Payload-Type") or ""
    if kind.partition(";")[0].strip().lower() not in HTML:
        raise NotTaken("no_html")
    headers, payload = settled(headers, payload, cap)
    if not payload:
        raise NotTaken("empty")
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Answer(_url(record), 200, "OK", httpx.Headers(raw), payload, b"", _moment(record))


def _url(record: Record) -> str:
    url = _address(record.headers.get("WARC-Target-URI"))
    if url is None:
        raise NotTaken("no_address")
    return url


def _address(written: str | None) -> str | None:
    """The canonical address; wget puts the address between angle brackets."""
    try:
        return canonical((written or "").strip("<> "))
    except BadAddress:
        return None


def _moment(record: Record) -> datetime:
    """When the record says it was captured, to the second."""
    try:
        moment = datetime.fromisoformat(record.headers.get("WARC-Date") or "")
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise NotTaken("no_date") from None
