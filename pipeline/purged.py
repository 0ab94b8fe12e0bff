"""What was purged: evidence that it was done, and the block list of the crawl.

Belongs here: the ledger `purged.ndjson` of the data folder. Does not: removing anything (purge.py).
Concept: the ledger holds when, why, which address and which hash, never the content. What it names stays away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson

from pipeline.storage import append

What = Literal["page", "passage"]


@dataclass(frozen=True, slots=True)
class Purged:
    """One archived body that was replaced; `sha256` is that of the body as it was, `at` is UTC."""

    at: str
    what: What
    url: str
    reason: str
    file: str
    offset: int
    fetched_at: str
    sha256: str
    is_blocked: bool
    """Whether the address is never to be fetched again: so it is for documents, not for listings and feeds."""


def ledger(path: Path) -> list[Purged]:
    """All purges, oldest first. Raises OSError if the ledger is there and can not be read: nothing is fetched then."""
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [entry for line in lines if (entry := _entry(line)) is not None]


def blocked(path: Path) -> frozenset[str]:
    """The canonical addresses that are never to be fetched or taken over again."""
    return frozenset(entry.url for entry in ledger(path) if entry.is_blocked)


def note_purged(path: Path, entries: Iterable[Purged]) -> None:
    """Append to the ledger, before anything is removed. Raises OSError."""
    lines = [orjson.dumps(asdict(entry), option=orjson.OPT_APPEND_NEWLINE) for entry in entries]
    append(path, b"\n" + b"".join(lines))  # begins a line of its own even after half a line


def _entry(line: bytes) -> Purged | None:
    try:
        return Purged(**orjson.loads(line))
    except (orjson.JSONDecodeError, TypeError):
        return None
