"""A version whose record, evidence and issues are kept as compressed JSON until they are asked for.

Belongs here: packing, and unpacking the one that is at hand. Does not: what is in them.
Concept: a page's record and passages take 75 kB as Python objects and 2 kB packed; a build goes through the pages one
by one, so that few are unpacked at a time.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from typing import Any

import orjson

from warehouse.model import Version

_AT_HAND = 64
_LEVEL = 1
_UNPACKED: OrderedDict[int, tuple[PackedVersion, dict[str, Any]]] = OrderedDict()
_PACKED = ("record", "evidence", "issues")


class PackedVersion(Version):
    """As a Version; what its heavy fields give must not be changed."""

    __slots__ = ("_bytes", "_has_record")
    _bytes: bytes
    _has_record: bool

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401 - the fields of Version
        heavy = {name: fields.pop(name) for name in _PACKED}
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        for name, value in (("text_loss", None), ("reserved_by", None), ("unclaimed", [])):
            if name not in fields:
                object.__setattr__(self, name, value)
        object.__setattr__(self, "_has_record", heavy["record"] is not None)
        object.__setattr__(self, "_bytes", zlib.compress(orjson.dumps(heavy), _LEVEL))

    @property
    def has_record(self) -> bool:
        """Whether the page gave a record."""
        return self._has_record

    @property
    def record(self) -> dict[str, Any] | None:
        """The record."""
        found: dict[str, Any] | None = self._unpacked()["record"]
        return found

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """Its passages."""
        found: list[dict[str, Any]] = self._unpacked()["evidence"]
        return found

    @property
    def issues(self) -> list[dict[str, Any]]:
        """What the parser could not read."""
        found: list[dict[str, Any]] = self._unpacked()["issues"]
        return found

    def _unpacked(self) -> dict[str, Any]:
        at_hand = _UNPACKED.get(id(self))
        if at_hand is not None and at_hand[0] is self:
            _UNPACKED.move_to_end(id(self))
            return at_hand[1]
        found: dict[str, Any] = orjson.loads(zlib.decompress(self._bytes))
        _UNPACKED[id(self)] = (self, found)
        while len(_UNPACKED) > _AT_HAND:
            _UNPACKED.popitem(last=False)
        return found
