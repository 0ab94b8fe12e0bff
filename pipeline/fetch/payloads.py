"""HTTP bodies as capture tools keep them, brought into the archive's own form.

Belongs here: transfer and content codings that are there, were undone, or are only claimed. Does not: records.
Concept: Heritrix keeps what came over the wire, Common Crawl and Browsertrix undo codings and rename their headers, and
some tools undo them and leave the headers: a header is believed where the bytes agree with it.
"""

from __future__ import annotations

import io

from fastwarc.warc import ArchiveIterator

from pipeline.fetch import faults
from pipeline.fetch.bodies import decode
from pipeline.fetch.faults import FetchFault

Headers = tuple[tuple[str, str], ...]
UNDONE = "X-Archive-"
"""Put before the name of a header whose coding is undone (warc.py does the same)."""


def settled(headers: Headers, payload: bytes, cap: int) -> tuple[Headers, bytes]:
    """Headers and body without transfer coding and with no content coding but gzip and deflate.

    Raises FetchFault for a body that can not be decoded or has more than `cap` bytes decoded.
    """
    named = {name.lower(): value.strip().lower() for name, value in headers}
    if "chunked" in named.get("transfer-encoding", ""):
        payload = dechunked(payload) or payload
    coding = named.get("content-encoding", "")
    try:
        decode(payload, coding, cap)
        return headers, payload
    except FetchFault as fault:
        if fault.kind == faults.TOO_BIG:
            raise
        plain = payload if payload.lstrip()[:1] == b"<" else _by_fastwarc(payload, coding, cap)
        if plain is None:
            raise
    return tuple((UNDONE + n if n.lower() == "content-encoding" else n, value) for n, value in headers), plain


def dechunked(payload: bytes) -> bytes | None:
    """A body without its chunks (RFC 9112, 7.1); None where it has none. What follows a chunk that is cut is lost."""
    parts: list[bytes] = []
    at = 0
    while at < len(payload):
        end = payload.find(b"\r\n", at)
        size = _size(payload[at:end]) if end >= 0 else None
        if size is None:
            return None
        if size == 0:
            return b"".join(parts)
        parts.append(payload[end + 2 : end + 2 + size])
        at = end + 2 + size + 2
    return b"".join(parts) if parts else None


def _size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    try:
        return int(digits, 16) if len(digits) <= 8 and digits.isalnum() else None
    except ValueError:
        return None


def _by_fastwarc(payload: bytes, coding: str, cap: int) -> bytes | None:
    """Undo a coding that we never ask for but browsers do (br); None where it can not be undone.

    Not for gzip: fastwarc takes what is cut off for whole there, and not here.
    """
    if coding != "br":
        return None
    block = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + payload
    head = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"
    record = head + b"Content-Length: %d\r\n\r\n" % len(block) + block + b"\r\n\r\n"
    try:
        for found in ArchiveIterator(io.BytesIO(record), auto_decode="content"):
            plain = found.reader.read(cap + 1)
            if len(plain) > cap:
                raise FetchFault(faults.TOO_BIG, f"more than {cap} bytes after decompression")
            return plain or None
    except (OSError, ValueError):
        pass
    return None
