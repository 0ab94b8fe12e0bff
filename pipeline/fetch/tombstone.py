"""Archived records replaced in place: what was there is gone, every other offset stays.

Belongs here: a gzip member of exactly the old one's length, the file made anew around it. Does not: choosing records.
Concept: revisits, crawl logs and records of other days point to files and offsets; a tombstone of the same length keeps
all of them true. Room that is left is filled with empty blocks of deflate, which unpack to nothing.
"""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import orjson

from pipeline.fetch.index import index_path
from pipeline.fetch.warc import ROLE, Record, member_end, payload_digest, plain_record, utc
from pipeline.fetch.writer import sync_folder

PURGED = "purged"
"""The role of a tombstone: no reader of documents takes it for one."""
_HEAD = b"\x1f\x8b\x08\x04" + bytes(4) + b"\x02\xff"
_EMPTY, _LAST = b"\x00\x00\x00\xff\xff", b"\x01\x00\x00\xff\xff"


class NoRoom(ValueError):
    """The new record is longer than the old one."""


def tombstone(record: Record, why: Mapping[str, str]) -> bytes:
    """The plain bytes of a record that stands where a page stood: its address, when and why it was purged."""
    headers = [
        ("WARC-Date", record.headers.get("WARC-Date") or ""),
        ("WARC-Target-URI", record.headers.get("WARC-Target-URI") or ""),
        ("Content-Type", "application/json"),
        (ROLE, PURGED),
    ]
    return plain_record("resource", headers, orjson.dumps(dict(why)))


def without_text() -> bytes:
    """The shortest tombstone, for a place where no words fit."""
    return plain_record("resource", [("WARC-Date", utc(datetime.now(UTC))), (ROLE, PURGED)], b"")


def redacted(record: Record, block: bytes, payload: bytes) -> bytes:
    """The plain bytes of the record with another block, whose payload digest is made anew."""
    headers = [(name, value) for name, value in record.headers.items() if name.lower() not in _MADE]
    return plain_record("response", [*headers, ("WARC-Payload-Digest", payload_digest(payload))], block)


_MADE = frozenset({"warc-type", "warc-record-id", "content-length", "warc-payload-digest", "warc-block-digest"})


def replace_records(path: Path, plain: Mapping[int, bytes]) -> None:
    """Replace the records at these offsets, all others stay byte for byte; the index goes, as it is made anew.

    A kill leaves the old file or the new one. Raises NoRoom, OSError.
    """
    members = {offset: _member(path, offset, record) for offset, record in plain.items()}
    new = path.with_name(f".{path.name}.purging")
    shutil.copyfile(path, new)
    with new.open("r+b") as file:
        for offset, member in members.items():
            file.seek(offset)
            file.write(member)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    index_path(path).unlink(missing_ok=True)
    sync_folder(path.parent)


def _member(path: Path, offset: int, plain: bytes) -> bytes:
    """The new member; where it has no room (a body that packs worse than it came) the whole record goes."""
    end = member_end(path, offset)
    if end is None:
        raise NoRoom(f"{path.name} at byte {offset}: no whole record there")
    try:
        return fitting_member(plain, end - offset)
    except NoRoom:
        return fitting_member(without_text(), end - offset)


def fitting_member(plain: bytes, size: int) -> bytes:
    """A gzip member of exactly `size` bytes that unpacks to `plain`. Raises NoRoom."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(plain) + packer.flush(zlib.Z_SYNC_FLUSH)
    room = size - len(_HEAD) - 2 - len(data) - len(_LAST) - 8
    if room < 0:
        raise NoRoom(f"{-room} bytes too long")
    blocks, extra = divmod(room, len(_EMPTY))
    head = _HEAD + struct.pack("<H", extra) + bytes(extra)
    tail = struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
    return head + data + _EMPTY * blocks + _LAST + tail
