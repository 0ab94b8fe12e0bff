"""WARC 1.1 (ISO 28500): records to bytes and back.

Belongs here: the form of our records, reading a file past damaged places. Does not: file names, indexes (archive.py).
Concept: one gzip member a record, so that a file cut off by a crash is readable up to the cut and damage stays local.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import orjson
from fastwarc.warc import ArchiveIterator, HeaderMap, WarcRecord
from isal import isal_zlib

from pipeline.fetch.model import Known

if TYPE_CHECKING:  # whoever reads an archive needs no HTTP client: it takes as long to load as 200 pages to parse
    from pipeline.fetch.client import Answer

_LEVEL, _GZIP = 2, 31
"""Measured on pages of 34 kB: 0.06 ms and 9.5 kB; level 3: 0.10 ms and 9.3 kB; zlib's level 1: 0.25 ms and 9.9 kB."""
_USUAL = 1 << 16  # bytes of a record unpacked; more costs a copy
_BREAK = re.compile(r"\r\n?|\n")
_END = b"\r\n\r\n"
ROLE, REQUESTED, BODY, FROM, TAKEN = "Biwaq-Role", "Biwaq-Requested", "Biwaq-Body", "Biwaq-From", "Biwaq-Taken"
RESERVED = "Biwaq-Reserved"
"""Our own named fields (ISO 28500, 4: others are ignored by readers that do not know them)."""
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_MAGIC = b"\x1f\x8b\x08"


class Taken(NamedTuple):
    """Where a body is from that others captured, and when we took it over (UTC)."""

    source: str
    at: str


class Record(NamedTuple):
    """One record as read: `block` is what follows the WARC header."""

    offset: int
    kind: str
    headers: HeaderMap
    block: bytes


class Answered(NamedTuple):
    """An answer as read: the fields of its WARC header, then what `split_http` gives."""

    fields: dict[str, str]
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes


class Damage(NamedTuple):
    """A place that could not be read."""

    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A record ready to be appended, and the digest of its payload."""

    data: bytes
    digest: str


def utc(moment: datetime) -> str:
    """A moment in UTC as `2026-11-22T01:15:03Z`."""
    return f"{moment.isoformat()[:19]}Z"


def plain_record(kind: str, headers: Iterable[tuple[str, str]], block: bytes) -> bytes:
    """A record as it stands in a file, not compressed."""
    return b"".join((_head(kind, headers, len(block)), block, _END))


def _head(kind: str, headers: Iterable[tuple[str, str]], size: int) -> bytes:
    """The header of a record of `size` bytes. By hand: the library's object costs three times the rest of a 304."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid4()}>",
        "Content-Length": str(size),
        **dict(headers),
    }
    lines = (f"{name}: {_BREAK.sub(' ', value)}" for name, value in fields.items())  # no value begins a line
    return "\r\n".join(("WARC/1.1", *lines, "", "")).encode()


def _member(kind: str, headers: Iterable[tuple[str, str]], *block: bytes) -> bytes:
    """A record as one gzip member; `block` comes in pieces, so that a page is not copied to be packed."""
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)
    pieces = map(packer.compress, (_head(kind, headers, sum(map(len, block))), *block, _END))
    return b"".join((*pieces, packer.flush()))


def payload_digest(payload: bytes) -> str:
    """The digest of index lines and records; the payload is the body as on the wire."""
    return "sha256:" + hashlib.sha256(payload).hexdigest()


def http_head(answer: Answer) -> bytes:
    """Status line and headers as received. The chunked coding is undone before us, so its header is renamed."""
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}".encode("latin-1", "replace")]
    for name, value in answer.headers.raw:
        lines.append((b"X-Archive-" + name if name.lower() == b"transfer-encoding" else name) + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def encode_response(
    answer: Answer, role: str, requested: str | None, taken: Taken | None = None, reserved_by: str | None = None
) -> Encoded:
    """A `response` record: the answer with its body as on the wire, and what reserves its text and data mining."""
    digest = payload_digest(answer.raw)
    headers = _common(answer, role, requested)
    headers.append(("WARC-Payload-Digest", digest))
    if answer.truncated:
        headers.append(("WARC-Truncated", "length"))
    if taken is not None:
        headers += [(FROM, taken.source), (TAKEN, taken.at)]
    if reserved_by is not None:
        headers.append((RESERVED, reserved_by))
    return Encoded(_member("response", headers, http_head(answer), answer.raw), digest)


def encode_revisit(answer: Answer, role: str, requested: str | None, url: str, known: Known) -> bytes:
    """A `revisit` record: a 304, with where the body lies that it confirmed (`url` is the document's address)."""
    headers = _common(answer, role, requested)
    headers += [
        ("WARC-Profile", _NOT_MODIFIED),
        ("WARC-Refers-To-Target-URI", url),
        ("WARC-Refers-To-Date", known.fetched_at),
        (BODY, orjson.dumps(known.to_json()).decode()),
    ]
    return _member("revisit", headers, http_head(answer))


def _common(answer: Answer, role: str, requested: str | None) -> list[tuple[str, str]]:
    headers = [
        ("WARC-Date", utc(answer.fetched_at)),
        ("WARC-Target-URI", answer.url),
        ("Content-Type", "application/http; msgtype=response"),
        (ROLE, role),
    ]
    if requested is not None:
        headers.append((REQUESTED, requested))
    return headers


def encode_info(fields: dict[str, str], moment: datetime, filename: str) -> bytes:
    """The `warcinfo` record that opens a file."""
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    headers = [
        ("WARC-Date", utc(moment)),
        ("WARC-Filename", filename),
        ("Content-Type", "application/warc-fields"),
    ]
    return _member("warcinfo", headers, block)


def encode_log(log: bytes, moment: datetime, uri: str) -> bytes:
    """The `metadata` record that closes a file: the crawl log as JSON."""
    headers = [("WARC-Date", utc(moment)), ("WARC-Target-URI", uri), ("Content-Type", "application/json")]
    return _member("metadata", headers, log)


def info_fields(block: bytes) -> dict[str, str]:
    """The fields of a `warcinfo` block."""
    pairs = (line.partition(": ") for line in block.decode("utf-8", "replace").splitlines())
    return {name: value for name, colon, value in pairs if colon}


def split_http(block: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Status (0 where there is none), headers and payload of a block of HTTP."""
    head, _, payload = block.partition(b"\r\n\r\n")
    return *_http_fields(head), payload


def _http_fields(head: bytes) -> tuple[int, tuple[tuple[str, str], ...]]:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
    pairs = (line.partition(":") for line in lines[1:])
    return status, tuple((name, value.strip()) for name, colon, value in pairs if colon)


def read_answer(member: bytes) -> Answered | None:
    """The answer in a gzip member that is a record as we write it; None for what the library should look at.

    A page is copied once here and twice by the library, which unpacks in twice the time.
    """
    try:
        data = isal_zlib.decompress(member, _GZIP, _USUAL)
        end = data.index(_END)
        start = data.index(_END, end + 4) + 4
        version, *lines = data[:end].decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        size = int(fields["Content-Length"])
    except (isal_zlib.error, ValueError, KeyError):  # type: ignore[misc]  # the stub calls the class an object
        return None
    if version != "WARC/1.1" or end + 4 + size + 4 != len(data) or not data.endswith(_END) or len(fields) < len(lines):
        return None
    return Answered(fields, *_http_fields(data[end + 4 : start - 4]), data[start:-4])


def read_records(
    path: Path, start: int = 0, *, wanted: Callable[[WarcRecord], bool] | None = None
) -> Iterator[Record | Damage]:
    """All records of a file from `start` on; each damaged place is one Damage, and reading goes on behind it.

    What `wanted` says no to is passed over without holding its block.
    """
    at: int | None = start
    while at is not None:
        begin, whole_up_to, message = at, at, ""
        last: int | None = None
        with path.open("rb") as file:
            file.seek(begin)
            try:
                for found in ArchiveIterator(file, parse_http=False):
                    if wanted is not None and not wanted(found):
                        last = found.stream_pos
                        continue
                    block = found.reader.read()
                    if len(block) != found.content_length:
                        message = f"record cut short: {len(block)} of {found.content_length} bytes"
                        break
                    last = found.stream_pos
                    yield Record(last, kind_of(found.headers), found.headers, block)
            except (OSError, ValueError) as fault:
                message = str(fault)
        if last is not None:
            whole_up_to = member_end(path, last) or last + 1
        if whole_up_to >= path.stat().st_size:
            return
        yield Damage(whole_up_to, message or "unreadable bytes")
        at = _next_member(path, whole_up_to + 1)


def kind_of(headers: HeaderMap) -> str:
    """`response`, `request`, …; `unknown` for a record that does not say."""
    return (headers.get("WARC-Type") or "unknown").lower()


def read_record(path: Path, offset: int) -> Record:
    """The record at `offset`. Raises OSError or ValueError where there is none that can be read."""
    with path.open("rb") as file:
        file.seek(offset)
        for found in ArchiveIterator(file, parse_http=False):
            block = found.reader.read()
            if len(block) == found.content_length:
                return Record(offset, kind_of(found.headers), found.headers, block)
            break
    raise ValueError("no whole record there")


def member_end(path: Path, offset: int) -> int | None:
    """Where the gzip member that begins at `offset` ends; None if it is not whole (cut off, wrong checksum)."""
    unpacker = zlib.decompressobj(31)
    with path.open("rb") as file:
        file.seek(offset)
        while piece := file.read(1 << 16):
            try:
                unpacker.decompress(piece)
            except zlib.error:
                return None
            if unpacker.eof:
                return file.tell() - len(unpacker.unused_data)
    return None


def _next_member(path: Path, after: int) -> int | None:
    """The next place from `after` on where a WARC record begins."""
    with path.open("rb") as file:
        file.seek(after)
        base, tail = after, b""
        while piece := file.read(1 << 20):
            window = tail + piece
            at = window.find(_MAGIC)
            while at >= 0:
                if _begins_record(path, base + at):
                    return base + at
                at = window.find(_MAGIC, at + 1)
            keep = len(_MAGIC) - 1
            base, tail = base + len(window) - keep, window[-keep:]
    return None


def _begins_record(path: Path, offset: int) -> bool:
    with path.open("rb") as file:
        file.seek(offset)
        try:
            return zlib.decompressobj(31).decompress(file.read(1 << 10), 5) == b"WARC/"
        except zlib.error:
            return False
