"""Writing one WARC file: append only, safe against a kill at any moment.

Belongs here: the open file, its records, its closing. Does not: the form of records (warc.py), other files.
Concept: records are appended as whole gzip members; the file is called `.open` until all of it is on disk.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import orjson

from pipeline.fetch.index import OPEN, IndexWriter, Line, carried_line, line_of_answer
from pipeline.fetch.model import ArchiveFault, ArchiveFile, Known
from pipeline.fetch.warc import Taken, encode_info, encode_log, encode_response, encode_revisit, utc
from pipeline.stages import stage

if TYPE_CHECKING:  # whoever reads an archive needs no HTTP client: it takes as long to load as 200 pages to parse
    from pipeline.fetch.client import Answer

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
TOGETHER = 32
"""Confirmations that are packed and written in one go: one by one, each time with cold caches, it takes three times as
long. A kill or a fault costs at most so many conditional requests; what came with a body is written at once."""


class _Confirmed(NamedTuple):
    """A 304 that waits to be written."""

    answer: Answer
    role: str
    url: str
    known: Known
    requested: str | None

    def line(self, offset: int, length: int) -> Line:
        """Its line in the index."""
        return Line(
            url=self.answer.url,
            fetched_at=utc(self.answer.fetched_at),
            kind="revisit",
            role=self.role,
            status=self.answer.status,
            offset=offset,
            length=length,
            requested=self.requested,
            document=self.url if self.url != self.answer.url else None,
            body=self.known,
        )


class ArchiveWriter:
    """The WARC file of one run and source, a context manager: an exception leaves the file open, to be recovered."""

    def __init__(
        self, root: Path, source_id: str, day: date, run_id: str, now: Callable[[], datetime], sequence: int
    ) -> None:
        if not _NAME.fullmatch(source_id) or not _NAME.fullmatch(run_id):
            raise ArchiveFault(
                f"source {source_id!r} and run {run_id!r} must be letters, digits, dot, dash, underscore"
            )
        self._root = root
        self._now = now
        self._about = ArchiveFile("", day.isoformat(), source_id, run_id, sequence, utc(now()), 0, 0, None)

    def __enter__(self) -> Self:
        about = self._about
        folder = self._root / about.day
        folder.mkdir(parents=True, exist_ok=True)
        self.file = _free_name(folder, f"{about.source_id}--{about.run_id}", about.day)
        self._path = self._root / self.file
        self._size = 0
        self._digest = hashlib.sha256()
        self._log_offset: int | None = None
        self._confirmed: list[_Confirmed] = []
        self._fd = os.open(_opened(self._path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        fcntl.flock(self._fd, fcntl.LOCK_EX)  # held while this process lives: recovery leaves the file alone
        self._index = IndexWriter(self._path, self.file)
        self._open_with_info()
        return self

    def _open_with_info(self) -> None:
        about = self._about
        fields = {
            "software": "biwaq-data",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": about.source_id,
            "biwaq-source": about.source_id,
            "biwaq-run": about.run_id,
            "biwaq-day": about.day,
            "biwaq-sequence": str(about.sequence),
            "biwaq-started": about.started_at,
        }
        data = encode_info(fields, self._now(), self._path.name)
        self._append_plain(data, "warcinfo", "urn:x-biwaq:warcinfo", "warcinfo")

    def store(
        self,
        answer: Answer,
        role: str,
        identity: str,
        *,
        requested: str | None = None,
        taken_from: str | None = None,
        reserved_by: str | None = None,
    ) -> int:
        """Append an answer with its body. Returns its offset.

        `identity` is its canonical address, `requested` the one that redirects led away from, `taken_from` says where
        a body is from that others captured, `reserved_by` what reserves its text and data mining.
        """
        self._write_confirmed()
        taken = Taken(taken_from, utc(self._now())) if taken_from is not None else None
        with stage("archive", within="fetch"):
            encoded = encode_response(answer, role, requested, taken, reserved_by)
            offset = self._append(encoded.data)
            size, digest = len(encoded.data), encoded.digest
            line = line_of_answer(answer, role, identity, requested, digest=digest, offset=offset, length=size)
            self._index.add(line)
        return offset

    def confirm(self, answer: Answer, role: str, url: str, known: Known, *, requested: str | None = None) -> None:
        """Append a 304 as a revisit of `known`, the newest good body of the document `url`, with others to come."""
        self._confirmed.append(_Confirmed(answer, role, url, known, requested))
        if len(self._confirmed) == TOGETHER:
            self._write_confirmed()

    def _write_confirmed(self) -> None:
        """Append the revisits that wait, one behind the other."""
        waiting, self._confirmed = self._confirmed, []
        if not waiting:
            return
        members = [encode_revisit(one.answer, one.role, one.requested, one.url, one.known) for one in waiting]
        offset = self._append(b"".join(members))
        for one, member in zip(waiting, members, strict=True):
            self._index.add(one.line(offset, len(member)))
            offset += len(member)

    def finish(self, log: dict[str, Any], carried: dict[str, Known]) -> None:
        """Write the crawl log as the last record. `carried` are documents that this run did not see but still knows."""
        self._write_confirmed()
        block = orjson.dumps({**log, "carried": {url: known.to_json() for url, known in carried.items()}})
        uri = f"urn:x-biwaq:crawl:{self._about.source_id}:{self._about.run_id}"
        self._log_offset = self._append_plain(encode_log(block, self._now(), uri), "metadata", uri, "metadata")
        for url, known in carried.items():
            self._index.add(carried_line(url, known))

    def _append_plain(self, data: bytes, kind: str, uri: str, role: str) -> int:
        offset = self._append(data)
        self._index.add(Line(uri, utc(self._now()), kind, role, 0, offset, len(data)))
        return offset

    def _append(self, data: bytes) -> int:
        """Records at the end of the file, whole or not at all. Raises OSError (disk full)."""
        offset, view = self._size, memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError:
            os.ftruncate(self._fd, offset)
            raise
        self._size += len(data)
        self._digest.update(data)
        return offset

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            os.close(self._fd)
            self._index.abandon()
            return
        self._write_confirmed()
        os.fsync(self._fd)
        _opened(self._path).rename(self._path)
        os.close(self._fd)
        sync_folder(self._path.parent)
        about = self._about
        self._index.close(
            ArchiveFile(
                self.file,
                about.day,
                about.source_id,
                about.run_id,
                about.sequence,
                about.started_at,
                self._size,
                self._index.records,
                self._log_offset,
                self._digest.hexdigest(),
            )
        )


def _opened(path: Path) -> Path:
    return path.with_name(path.name + OPEN)


def _free_name(folder: Path, stem: str, day: str) -> str:
    """The file's name below the root; a run that is tried again gets a number, as nothing is ever overwritten."""
    number = 1
    while True:
        name = f"{stem}.warc.gz" if number == 1 else f"{stem}.{number}.warc.gz"
        if not (folder / name).exists() and not (folder / (name + OPEN)).exists():
            return f"{day}/{name}"
        number += 1


def sync_folder(folder: Path) -> None:
    """Make a rename durable."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
