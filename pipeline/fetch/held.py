"""What the archive holds already, so that nothing is taken over twice.

Belongs here: times and digests of the bodies of each document. Does not: reading the archive (archive.py).
Concept: a capture is its document's address and its moment; over all sources, as one page has one history.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Container, Iterable


class Held:
    """The bodies of documents by canonical address, each in order of time (`2017-03-12T09:45:07Z`)."""

    def __init__(self, bodies: Iterable[tuple[str, str, str]] = (), blocked: Container[str] = ()) -> None:
        self._blocked = blocked
        self._bodies: dict[str, list[tuple[str, str]]] = {}
        for url, at, digest in bodies:
            self._bodies.setdefault(url, []).append((at, digest))
        for known in self._bodies.values():
            known.sort()

    def has(self, url: str, at: str) -> bool:
        """Whether the body of that moment is there, or the address was purged and must not come back."""
        if url in self._blocked:
            return True
        known = self._bodies.get(url, [])
        place = bisect_left(known, (at, ""))
        return place < len(known) and known[place][0] == at

    def before(self, url: str, at: str) -> str | None:
        """The digest of the newest body up to that moment; None if there is none."""
        known = self._bodies.get(url, [])
        place = bisect_right(known, (at, "~"))
        return known[place - 1][1] if place else None

    def add(self, url: str, at: str, digest: str) -> None:
        """Note a body that was stored."""
        insort(self._bodies.setdefault(url, []), (at, digest))
