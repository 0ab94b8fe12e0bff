"""The index beside each WARC file: one line a record.

Belongs here: lines, their meta line, writing and rebuilding an index. Does not: choosing files (archive.py).
Concept: a cache in the form of CDXJ (key, time, JSON), in the file's order; whatever it says is also in the WARC file,
from which it is made again when it is missing, damaged or of another size.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from pipeline.fetch.model import ArchiveFile, ArchiveIssue, Known
from pipeline.fetch.urls import BadAddress, canonical, surt
from pipeline.fetch.warc import BODY, REQUESTED, ROLE, Damage, Record, info_fields, read_records, split_http, utc

if TYPE_CHECKING:  # whoever reads an archive needs no HTTP client: it takes as long to load as 200 pages to parse
    from pipeline.fetch.client import Answer

SUFFIX = ".cdxj"
OPEN = ".open"
_META = b"!biwaq "
_TAIL = 1 << 12
_PUNCTUATION = str.maketrans("", "", "-:TZ")


@dataclass(frozen=True, slots=True)
class Line:
    """One index line. `document` is the canonical address where it differs from `url`; `body` is set for a revisit."""

    url: str
    fetched_at: str
    kind: str
    role: str
    status: int
    offset: int
    length: int
    mime: str | None = None
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    requested: str | None = None
    document: str | None = None
    payload: int = 0
    """Bytes of the body on the wire."""
    body: Known | None = None

    def encode(self, filename: str) -> bytes:
        """The line with its end. `filename` is relative to the archive's root."""
        fields = {
            "url": self.url,
            "mime": self.mime,
            "status": self.status,
            "digest": self.digest,
            "length": self.length,
            "offset": self.offset,
            "filename": filename,
            "type": self.kind,
            "role": self.role,
            "payload": self.payload,
            "etag": self.etag,
            "last_modified": self.last_modified,
            "requested": self.requested,
            "document": self.document,
            "body": self.body.to_json() if self.body else None,
        }
        stamp = self.fetched_at.translate(_PUNCTUATION)
        text = orjson.dumps({name: value for name, value in fields.items() if value is not None})
        return b"%s %s %s\n" % (surt(self.document or self.url).encode(), stamp.encode(), text)


def line_of_answer(
    answer: Answer, role: str, identity: str, requested: str | None, *, digest: str, offset: int, length: int
) -> Line:
    """The line of a `response` record that was just written; `identity` is its canonical address."""
    mime = answer.header(b"content-type")
    return Line(
        url=answer.url,
        fetched_at=utc(answer.fetched_at),
        kind="response",
        role=role,
        status=answer.status,
        offset=offset,
        length=length,
        mime=_mime(mime),
        digest=digest,
        etag=_validator(answer.header(b"etag")),
        last_modified=_validator(answer.header(b"last-modified")),
        requested=requested,
        document=identity if identity != answer.url else None,
        payload=len(answer.raw),
    )


def line_of_record(record: Record, length: int) -> Line:
    """The same line, made from the record."""
    headers = record.headers
    is_http = record.kind in ("response", "revisit")
    status, pairs, payload = split_http(record.block) if is_http else (0, (), record.block)
    known = headers.get(BODY)
    named = {name.lower(): value for name, value in reversed(pairs)}
    url = headers.get("WARC-Target-URI") or f"urn:x-biwaq:{record.kind}"
    body = Known(**orjson.loads(known)) if known else None
    return Line(
        url=url,
        fetched_at=headers.get("WARC-Date") or "",
        kind=record.kind,
        role=headers.get(ROLE) or record.kind,
        status=status,
        offset=record.offset,
        length=length,
        mime=_mime(named.get("content-type")) if record.kind == "response" else None,
        digest=headers.get("WARC-Payload-Digest"),
        etag=_validator(named.get("etag")) if body is None else None,
        last_modified=_validator(named.get("last-modified")) if body is None else None,
        requested=headers.get(REQUESTED),
        document=_document(url) if is_http else None,
        payload=len(payload) if is_http else 0,
        body=body,
    )


def carried_line(url: str, known: Known) -> Line:
    """The line of a document that this run did not see: where its newest good body lies."""
    return Line(url, known.fetched_at, "carried", "document", 0, known.offset, 0, body=known)


def _document(url: str) -> str | None:
    try:
        document = canonical(url)
    except BadAddress:
        return None
    return document if document != url else None


def _mime(content_type: str | None) -> str | None:
    return content_type.partition(";")[0].strip().lower() or None if content_type else None


def _validator(value: str | None) -> str | None:
    """An ETag or Last-Modified that can be sent back. A star would match whatever there is (RFC 9110, 13.1.2)."""
    return value if value and value != "*" and value.isascii() and value.isprintable() and len(value) <= 512 else None


class IndexWriter:
    """Writes an index beside its WARC file while that grows. The meta line comes last, as sizes are known then."""

    def __init__(self, warc: Path, filename: str) -> None:
        self._path = index_path(warc)
        self._filename = filename
        self._kept = True
        self._file = self._open()
        self.records = 0

    def _open(self) -> BinaryIO:
        try:
            return open_path(self._path).open("wb")
        except OSError:  # an archive that can only be read is read without indexes
            self._kept = False
            return Path(os.devnull).open("wb")

    def add(self, line: Line) -> None:
        """Append a line."""
        self._file.write(line.encode(self._filename))
        self.records += line.kind != "carried"

    def close(self, about: ArchiveFile) -> None:
        """Write the meta line and give the index its name."""
        meta = {name: getattr(about, name) for name in ArchiveFile.__slots__}
        self._file.write(_META + orjson.dumps(meta) + b"\n")
        self._file.close()
        if self._kept:
            open_path(self._path).replace(self._path)

    def abandon(self) -> None:
        """Leave without an index; it is made anew when needed."""
        self._file.close()
        open_path(self._path).unlink(missing_ok=True)


def open_path(path: Path) -> Path:
    """The name of a file that is still being written."""
    return path.with_name(path.name + OPEN)


def index_path(warc: Path) -> Path:
    """`x.warc.gz` -> `x.cdxj`."""
    return warc.with_name(warc.name.removesuffix(".warc.gz") + SUFFIX)


def read_about(warc: Path) -> ArchiveFile | None:
    """The meta line of a file's index; None where the index is missing, damaged or of another size."""
    path = index_path(warc)
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            tail = file.read().rstrip(b"\n").rpartition(b"\n")[2]
        about = ArchiveFile(**orjson.loads(tail.removeprefix(_META))) if tail.startswith(_META) else None
        return about if about is not None and about.size == warc.stat().st_size else None
    except (OSError, TypeError, orjson.JSONDecodeError):
        return None


def read_lines(warc: Path, only: bytes = b"") -> Iterator[dict[str, Any]]:
    """The JSON of each line with its time as `fetched_at`, in the file's order. Raises ValueError for a bad line.

    Lines without the bytes `only` are passed over unread.
    """
    with index_path(warc).open("rb") as file:
        for line in file:
            if not line.startswith(b"!") and only in line:
                _key, stamp, text = line.split(b" ", 2)
                yield {**orjson.loads(text), "fetched_at": _moment(stamp.decode())}


def _moment(stamp: str) -> str:
    """`20261122011503` -> `2026-11-22T01:15:03Z`."""
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}Z"


def rebuild(root: Path, filename: str) -> tuple[ArchiveFile, list[ArchiveIssue]]:
    """Make the index of `root/filename` from the WARC file itself; says what was damaged. Raises OSError."""
    warc = root / filename
    issues: list[ArchiveIssue] = []
    writer = IndexWriter(warc, filename)
    info: dict[str, str] = {}
    log_offset: int | None = None
    is_sound = True
    for item, length in _with_lengths(read_records(warc), warc.stat().st_size):
        if isinstance(item, Damage):
            issues.append(ArchiveIssue(filename, item.offset, item.message))
            continue
        writer.add(line_of_record(item, length))
        is_sound = is_sound and _is_as_written(item)
        if item.kind == "warcinfo":
            info = info or info_fields(item.block)
        if item.kind == "metadata":
            try:
                _carry(writer, item.block)
                log_offset = item.offset
            except ValueError as fault:  # cut off or wiped
                issues.append(ArchiveIssue(filename, item.offset, f"crawl log not readable: {fault}"))
    about = _about(filename, info, warc.stat().st_size, writer.records, log_offset)
    if is_sound and not issues:
        with warc.open("rb") as content:
            about = replace(about, digest=hashlib.file_digest(content, "sha256").hexdigest())
    writer.close(about)
    return about, issues


def _is_as_written(record: Record) -> bool:
    """Whether a response's body has the digest that was noted when it came."""
    if record.kind != "response":
        return True
    digest = "sha256:" + hashlib.sha256(split_http(record.block)[2]).hexdigest()
    return record.headers.get("WARC-Payload-Digest") == digest


def _carry(writer: IndexWriter, log: bytes) -> None:
    for url, known in orjson.loads(log).get("carried", {}).items():
        writer.add(carried_line(url, Known(**known)))


def _about(filename: str, info: dict[str, str], size: int, records: int, log_offset: int | None) -> ArchiveFile:
    day, _, name = filename.partition("/")
    source_id, _, run_id = name.removesuffix(".warc.gz").partition("--")
    return ArchiveFile(
        file=filename,
        day=info.get("biwaq-day", day),
        source_id=info.get("biwaq-source", source_id),
        run_id=info.get("biwaq-run", run_id),
        sequence=int(info.get("biwaq-sequence", "1")),
        started_at=info.get("biwaq-started", ""),
        size=size,
        records=records,
        log_offset=log_offset,
    )


def _with_lengths(items: Iterable[Record | Damage], size: int) -> Iterator[tuple[Record | Damage, int]]:
    """Each item with the bytes up to the next."""
    held: Record | Damage | None = None
    for item in items:
        if held is not None:
            yield held, item.offset - held.offset
        held = item
    if held is not None:
        yield held, size - held.offset
