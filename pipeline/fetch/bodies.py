"""Bodies: content coding undone within limits.

Belongs here: which codings are taken, size caps before and after decompression. Does not: reading from the network.
Concept: no byte beyond the cap is ever held, so a bomb costs as much as an honest page (522 kB of gzip became 537 MB).
"""

from __future__ import annotations

import zlib

from pipeline.fetch import faults
from pipeline.fetch.faults import FetchFault

_PIECE = 1 << 16
_GZIP, _ZLIB, _RAW = 31, 15, -15  # the wbits of zlib
_CODINGS = {"": "", "identity": "", "gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}


def coding_of(header: str | None) -> str:
    """`""`, `gzip` or `deflate` for a Content-Encoding header. Raises FetchFault for any other and for nested ones."""
    value = (header or "").strip().lower()
    if value not in _CODINGS:
        raise FetchFault(faults.BAD_ENCODING, f"Content-Encoding {value[:60]!r} was not asked for (gzip, deflate are)")
    return _CODINGS[value]


class Inflater:
    """Undoes gzip or deflate piece by piece; counts, and keeps if asked. Never holds more than `cap` bytes."""

    def __init__(self, coding: str, cap: int, *, keep: bool) -> None:
        self._coding = coding
        self._cap = cap
        self._keep = keep
        self._engine = zlib.decompressobj(_GZIP if coding == "gzip" else _ZLIB)
        self._started = False
        self.size = 0
        self.parts: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take compressed bytes. Raises FetchFault for broken data and beyond the cap."""
        while data:
            if self._engine.eof:
                data = self._next_member(data)
                continue
            piece = self._inflate(data)
            self._take(piece)
            data = self._engine.unconsumed_tail or self._engine.unused_data

    def finish(self) -> None:
        """Raise FetchFault if the data ended too early."""
        if self._started and not self._engine.eof:
            raise FetchFault(faults.BAD_ENCODING, f"the {self._coding} data ends before its end mark")

    def _inflate(self, data: bytes) -> bytes:
        try:
            piece = self._engine.decompress(data, _PIECE)
        except zlib.error as fault:
            if self._coding != "deflate" or self._started:
                raise FetchFault(faults.BAD_ENCODING, f"not {self._coding}: {fault}") from None
            self._engine = zlib.decompressobj(_RAW)  # half the world's `deflate` comes without the zlib header
            self._started = True
            return self._inflate(data)
        self._started = True
        return piece

    def _take(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self._cap:
            raise FetchFault(faults.TOO_BIG, f"more than {self._cap} bytes after decompression")
        if self._keep:
            self.parts.append(piece)

    def _next_member(self, data: bytes) -> bytes:
        if self._coding == "gzip" and data.startswith(b"\x1f\x8b"):
            self._engine = zlib.decompressobj(_GZIP)
            return data
        return b""  # bytes after the end mark are no part of the body


class Body:
    """A body while it arrives: `raw` as on the wire; `decoded` after its coding, if kept.

    `cut` stops quietly at the cap (robots.txt) instead of failing.
    """

    def __init__(self, coding: str, *, wire_cap: int, body_cap: int, keep: bool, cut: bool = False) -> None:
        self._cap = wire_cap if coding else min(wire_cap, body_cap)
        self._keep = keep
        self._cut = cut
        self._parts: list[bytes] = []
        self._size = 0
        self._inflater = Inflater(coding, body_cap, keep=keep) if coding else None
        self.truncated = False

    def feed(self, chunk: bytes) -> bool:
        """Take bytes from the wire; False when no more are wanted. Raises FetchFault: beyond a cap, broken data."""
        self._size += len(chunk)
        if self._size > self._cap:
            if not self._cut:
                raise FetchFault(faults.TOO_BIG, f"more than {self._cap} bytes on the wire")
            chunk = chunk[: len(chunk) - (self._size - self._cap)]
            self.truncated = True
        self._parts.append(chunk)
        if self._inflater is not None:
            self._inflate(self._inflater, chunk)
        return not self.truncated

    def _inflate(self, inflater: Inflater, chunk: bytes) -> None:
        try:
            inflater.feed(chunk)
        except FetchFault as fault:
            if not self._cut or fault.kind != faults.TOO_BIG:
                raise
            self.truncated = True

    def finish(self) -> tuple[bytes, bytes]:
        """The body as received and decoded (empty if not kept). Raises FetchFault for compression that ends early."""
        raw = b"".join(self._parts)
        if self._inflater is None:
            return raw, raw if self._keep else b""
        if not self.truncated:
            self._inflater.finish()
        return raw, b"".join(self._inflater.parts)


def decode(raw: bytes, header: str | None, cap: int) -> bytes:
    """A whole body after its Content-Encoding. Raises FetchFault."""
    body = Body(coding_of(header), wire_cap=max(len(raw), 1), body_cap=cap, keep=True)
    body.feed(raw)
    return body.finish()[1]


def gunzip(data: bytes, cap: int) -> bytes:
    """`data`, unpacked if it is a gzip file (sitemap.xml.gz). Raises FetchFault."""
    return decode(data, "gzip", cap) if data.startswith(b"\x1f\x8b") else data
