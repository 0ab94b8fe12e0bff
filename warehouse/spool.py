"""Versions whose record, evidence and issues wait on the disk until they are asked for.

Belongs here: putting lines of records aside, reading back the one that is at hand. Does not: what is in them.
Concept: a page's record and passages take 75 kB as Python objects; a build goes through the pages one by one, so that
few are in memory at a time, however many there are.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Any

import orjson

from warehouse.model import Version

_WAITING: dict[str, object] = {
    **dict.fromkeys(("http_status", "archive_file", "archive_offset", "byte_hash", "parser_version")),
    **dict.fromkeys(("record", "coverage", "text_loss", "reserved_by")),
    **{name: [] for name in ("evidence", "issues", "unclaimed")},
}
"""The fields of a version that wait, and what stands for one that an older record lacks."""
_AT_HAND = 4
"""Versions of one page or project that are looked at together. More only keep memory from being used again."""


class Spool:
    """A file without a name that goes when nobody needs it any more, however the process ends."""

    def __init__(self, folder: Path | None = None) -> None:
        # Unbuffered, as a buffer would be written at its end, when nobody can be told that the disk is full.
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - open as long as it is needed
        self._end = 0
        self._at_hand: OrderedDict[int, dict[str, Any]] = OrderedDict()
        weakref.finalize(self, self._file.close)

    def add(self, line: bytes) -> int:
        """Put a line of JSON aside; returns its place. Raises OSError."""
        at, left = self._end, memoryview(line)
        while left:
            left = left[self._file.write(left) :]
        self._end += len(line)
        return at

    def read(self, at: int, size: int) -> dict[str, Any]:
        """The line of `size` bytes at a place; the last ones that were asked for are kept."""
        found = self._at_hand.get(at)
        if found is None:
            found = self._at_hand[at] = orjson.loads(os.pread(self._file.fileno(), size, at))
            if len(self._at_hand) > _AT_HAND:
                self._at_hand.popitem(last=False)
        else:
            self._at_hand.move_to_end(at)
        return found


class SpooledVersion(Version):
    """As a Version; what its waiting fields give must not be changed."""

    __slots__ = ("_at", "_size", "_spool", "content_hash", "fetched_at", "has_record", "snapshot_id")

    def __init__(
        self, spool: Spool, line: bytes, *, snapshot_id: str, fetched_at: str, content_hash: str, has_record: bool
    ) -> None:
        """`line` is the JSON of an object with all other fields of a Version."""
        self._spool, self._at, self._size = spool, spool.add(line), len(line)
        self.snapshot_id, self.fetched_at, self.content_hash = snapshot_id, fetched_at, content_hash
        self.has_record = has_record


def _waiting(name: str, default: object) -> property:
    """A field that is read back when it is asked for."""
    return property(lambda version: version._spool.read(version._at, version._size).get(name, default))


for _name, _default in _WAITING.items():
    setattr(SpooledVersion, _name, _waiting(_name, _default))
