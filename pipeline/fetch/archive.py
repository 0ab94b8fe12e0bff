"""The archive of raw pages: which files there are and what they hold.

Belongs here: finding, recovering and reading WARC files. Does not: fetching; the form of a record (warc.py).
Concept: append-only and the only source of truth; everything later is rebuilt from it, and damage costs what it hit.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from fastwarc.warc import HeaderMap

from pipeline.fetch.bodies import decode
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.index import OPEN, index_path, open_path, read_about, read_lines, rebuild
from pipeline.fetch.limits import Limits
from pipeline.fetch.model import (
    GONE,
    ArchiveFault,
    ArchiveFile,
    ArchiveIssue,
    Capture,
    Extent,
    Known,
    Recovered,
    Stored,
)
from pipeline.fetch.warc import (
    BODY,
    FROM,
    REQUESTED,
    RESERVED,
    ROLE,
    Damage,
    Record,
    member_end,
    read_answer,
    read_record,
    read_records,
    split_http,
)
from pipeline.fetch.writer import ArchiveWriter, sync_folder

_DOCUMENT = "response", "document"
MOST_BYTES = Limits().map_bytes
"""Of one decoded body; what was fetched by us is smaller."""


class Archive:
    """A folder of WARC files, `<day>/<source>--<run>.warc.gz`. `issues` collects the damaged places that were met."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.issues: list[ArchiveIssue] = []
        self._present: dict[str, bool] = {}

    def writer(self, source_id: str, day: date, run_id: str, clock: Callable[[], datetime]) -> ArchiveWriter:
        """The file of one run and source, to be used as a context manager. `clock` gives UTC."""
        before = [about.sequence for about in self.files(day, source_id)]
        return ArchiveWriter(self.root, source_id, day, run_id, clock, max(before, default=0) + 1)

    def days(self) -> list[date]:
        """The days that hold pages, oldest first."""
        return sorted(
            day for folder in self._folders() if (day := as_day(folder.name)) and any(folder.glob("*.warc.gz"))
        )

    def files(self, day: date | None = None, source_id: str | None = None) -> list[ArchiveFile]:
        """Closed files by day and, within a source, in the order they were written."""
        folders = self._folders() if day is None else [self.root / day.isoformat()]
        found = [self._about(path) for folder in folders for path in _warcs(folder, source_id)]
        wanted = (about for about in found if about is not None and source_id in (None, about.source_id))
        return sorted(wanted, key=lambda about: (about.day, about.source_id, about.sequence, about.file))

    def recover(self) -> list[Recovered]:
        """Close what killed runs left open: torn tails are dropped, whole records kept. Files in use are left alone."""
        left = [path for folder in self._folders() for path in sorted(folder.glob(f"*.warc.gz{OPEN}"))]
        return [done for path in left if (done := self._recover(path)) is not None]

    def captures(self, day: date, source_id: str, roles: Collection[str] | None = None) -> Iterator[Capture]:
        """The answers of a day and source in the order they came; one body in memory at a time."""
        for about in self.files(day, source_id):
            for record in self._records(about.file):
                if record.kind in ("response", "revisit") and (roles is None or record.headers.get(ROLE) in roles):
                    yield _capture(about.file, record)

    def bodies_of(self, about: ArchiveFile) -> list[Extent]:
        """Where a file's documents lie that came with a body, in the file's order."""
        lines = self._document_lines(about, only=b'"type":"response"')
        return [Extent(line["offset"], line["length"]) for line in lines if line["status"] == 200]

    def documents(self, file: str, extents: Iterable[Extent]) -> Iterator[Capture]:
        """The documents there, in the file's order; one body in memory at a time.

        What is not as we write it, and what lies between them, is read by the library: there may be damage.
        """
        offset = unread = -1
        try:
            with (self.root / file).open("rb") as warc:
                for offset, length in extents:
                    if 0 <= unread < offset:
                        yield from self._library(file, unread, offset - 1)
                    warc.seek(offset)
                    found = read_answer(warc.read(length))
                    if found is None or (found.fields.get("WARC-Type"), found.fields.get(ROLE)) != _DOCUMENT:
                        unread = offset
                    else:
                        yield _captured(file, offset, *found)
                        unread = offset + length
            if unread == offset >= 0:
                yield from self._library(file, unread, offset)
        except OSError as fault:
            self._report(ArchiveIssue(file, 0, f"not readable: {fault}"))

    def _library(self, file: str, first: int, last: int) -> Iterator[Capture]:
        """The documents in the records from `first` to `last`, offsets in bytes."""
        for record in self._records(file, first, last):
            if record.kind in ("response", "revisit") and record.headers.get(ROLE) == "document":
                yield _capture(file, record)

    def crawls(self, day: date, source_id: str) -> Iterator[dict[str, Any]]:
        """The crawl logs of a day and source, as `CrawlReport.to_log` wrote them."""
        for about in self.files(day, source_id):
            if about.log_offset is None:
                continue
            try:
                yield orjson.loads(read_record(self.root / about.file, about.log_offset).block)
            except (OSError, ValueError) as fault:
                self._report(ArchiveIssue(about.file, about.log_offset, f"crawl log: {fault}"))

    def read(self, file: str, offset: int) -> Capture:
        """One answer. Raises ArchiveFault where there is none that can be read."""
        path = (self.root / file).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ArchiveFault(f"{file}: lies outside the archive")
        try:
            return _capture(file, read_record(path, offset))
        except (OSError, ValueError) as fault:
            raise ArchiveFault(f"{file} at byte {offset}: not readable ({fault})") from None

    def is_whole(self, file: str) -> bool:
        """Whether a file is byte for byte as its run wrote it; False too where that can not be told."""
        path = self.root / file
        about = read_about(path)
        if about is None or about.digest is None:
            return False
        found = path.stat()
        return _digest(path, found.st_size, found.st_mtime_ns) == about.digest

    def has(self, known: Known) -> bool:
        """Whether the file that holds a body is still there."""
        if known.file not in self._present:
            self._present[known.file] = (self.root / known.file).is_file()
        return self._present[known.file]

    def state(self, source_id: str) -> dict[str, Known]:
        """The newest good body of each document that is not known to be gone, by canonical address.

        Reads indexes newest first and stops at the first finished run, which carries on what it did not see itself.
        """
        state: dict[str, Known] = {}
        gone: set[str] = set()
        for about in self._newest_first(source_id):
            for url, known in self._documents(about).items():
                if url in state or url in gone:
                    continue
                if isinstance(known, Known):
                    state[url] = known
                else:
                    gone.add(url)
            if about.finished:
                break
        return state

    def stored(self, source_id: str, day: date, resumed: Collection[str] = ()) -> Stored:
        """What killed runs of `day` stored since the last run that finished; also all of the runs `resumed`."""
        stored = Stored({}, {})
        for about in reversed(self.files(day, source_id)):
            if about.finished and about.run_id not in resumed:
                break
            for line in self._document_lines(about):
                url = line.get("document") or line["url"]
                if _is_good(line):
                    stored.documents[url] = url
                    stored.documents[line.get("requested") or url] = url
                elif line["status"] in GONE:
                    stored.gone[line.get("requested") or url] = line["status"]
        return stored

    def bodies(self) -> Iterator[tuple[str, str, str]]:
        """Every good body of a document of any source: canonical address, time, digest of its payload."""
        for about in self.files():
            for line in self._document_lines(about):
                if line["type"] == "response" and _is_good(line):
                    yield line.get("document") or line["url"], line["fetched_at"], line.get("digest") or ""

    def _documents(self, about: ArchiveFile) -> dict[str, Known | int]:
        """Per document of one file: its last good body, or the status of its absence."""
        found: dict[str, Known | int] = {}
        for line in self._document_lines(about):
            url = line.get("document") or line["url"]
            if "body" in line:
                found[url] = Known(**line["body"])
            elif _is_good(line):
                stamp = line["fetched_at"]
                found[url] = Known(about.file, line["offset"], stamp, line.get("etag"), line.get("last_modified"))
            elif line["status"] in GONE:
                found[url] = line["status"]
        return found

    def _document_lines(self, about: ArchiveFile, only: bytes = b"") -> Iterator[dict[str, Any]]:
        path = self.root / about.file
        try:
            yield from (line for line in read_lines(path, only) if line["role"] == "document")
        except (OSError, ValueError, KeyError):
            index_path(path).unlink(missing_ok=True)
            self._about(path)
            yield from (line for line in read_lines(path, only) if line["role"] == "document")

    def _newest_first(self, source_id: str) -> Iterator[ArchiveFile]:
        for day in reversed(self.days()):
            yield from reversed(self.files(day, source_id))

    def _records(self, file: str, first: int = 0, last: int | None = None) -> Iterator[Record]:
        try:
            for item in read_records(self.root / file, first):
                if last is not None and item.offset > last:
                    return
                if isinstance(item, Damage):
                    self._report(ArchiveIssue(file, item.offset, item.message))
                else:
                    yield item
        except OSError as fault:
            self._report(ArchiveIssue(file, 0, f"not readable: {fault}"))

    def _about(self, path: Path) -> ArchiveFile | None:
        """What a file's index says of it; the index is made anew where it can not be trusted."""
        about = read_about(path)
        if about is not None:
            return about
        name = f"{path.parent.name}/{path.name}"
        try:
            about, issues = rebuild(self.root, name)
        except OSError as fault:
            self._report(ArchiveIssue(name, 0, f"not readable: {fault}"))
            return None
        for issue in issues:
            self._report(issue)
        return about

    def _recover(self, path: Path) -> Recovered | None:
        with path.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # its run is alive
                return None
            records, end = _whole(path)
            dropped = path.stat().st_size - end
            if records == 0:
                path.unlink()
                return None
            os.ftruncate(file.fileno(), end)
            os.fsync(file.fileno())
            closed = path.with_name(path.name.removesuffix(OPEN))
            path.rename(closed)
        sync_folder(path.parent)
        open_path(index_path(closed)).unlink(missing_ok=True)
        self._about(closed)
        return Recovered(f"{closed.parent.name}/{closed.name}", records, dropped)

    def _folders(self) -> list[Path]:
        if not self.root.is_dir():
            return []
        return sorted(folder for folder in self.root.iterdir() if folder.is_dir() and as_day(folder.name))

    def _report(self, issue: ArchiveIssue) -> None:
        if issue not in self.issues:
            self.issues.append(issue)


def _warcs(folder: Path, source_id: str | None) -> list[Path]:
    return sorted(folder.glob(f"{source_id or '*'}--*.warc.gz"))


@lru_cache(maxsize=1024)
def _digest(path: Path, size: int, changed: int) -> str:
    """sha256 of a file; read once a process where neither its size nor its time changed: a night is a process."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def as_day(name: str) -> date | None:
    """The day that a name such as 2026-11-22 gives, None for any other name."""
    try:
        return date.fromisoformat(name) if len(name) == 10 else None
    except ValueError:
        return None


def _is_good(line: dict[str, Any]) -> bool:
    kind, status = str(line["type"]), int(line["status"])
    return kind == "revisit" or (kind == "response" and status == 200 and int(line["payload"]) > 0)


def _whole(path: Path) -> tuple[int, int]:
    """How many records of a file are whole, and where the last of them ends."""
    count, last = 0, None
    for item in read_records(path):
        if isinstance(item, Record):
            count, last = count + 1, item.offset
    if last is None:
        return 0, 0
    end = member_end(path, last)
    return (count, end) if end is not None else (count - 1, last)


def _capture(file: str, record: Record) -> Capture:
    return _captured(file, record.offset, record.headers, *split_http(record.block))


def _captured(
    file: str,
    offset: int,
    fields: HeaderMap | dict[str, str],
    status: int,
    headers: tuple[tuple[str, str], ...],
    payload: bytes,
) -> Capture:
    known = fields.get(BODY)
    body, fault = _body(headers, payload)
    return Capture(
        url=fields.get("WARC-Target-URI") or "",
        fetched_at=fields.get("WARC-Date") or "",
        http_status=status,
        headers=headers,
        body=body,
        file=file,
        offset=offset,
        role=fields.get(ROLE) or "other",
        requested=fields.get(REQUESTED),
        revisit_of=Known(**orjson.loads(known)) if known else None,
        fault=fault,
        taken_from=fields.get(FROM),
        reserved_by=fields.get(RESERVED),
    )


def _body(headers: Iterable[tuple[str, str]], payload: bytes) -> tuple[bytes, str | None]:
    """The body after its coding, or none and why."""
    coding = next((value for name, value in headers if name.lower() == "content-encoding"), None)
    if not coding and len(payload) <= MOST_BYTES:
        return payload, None
    try:
        return decode(payload, coding, MOST_BYTES), None
    except FetchFault as found:
        return b"", str(found)
