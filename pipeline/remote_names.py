"""What the bucket is believed: names of days and archive files, and the build that it says is current.

Belongs here: reading and judging them. Does not: objects (remote.py), copying (sync.py).
Concept: whoever can write the bucket could name any file; only what this program itself would write is taken.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline.fetch.archive import as_day
from pipeline.remote import Damaged, Entry, Remote, is_name

CURRENT = "warehouse/current.json"


class Current(NamedTuple):
    """The build that `current.json` names."""

    build: str
    entry: Entry


def current_of(remote: Remote) -> Current | None:
    """The bucket's build, None before the first. Raises Damaged for what names none, RemoteFault."""
    found = remote.read(CURRENT)
    if found is None:
        return None
    try:
        current = Current(str(found["build"]), Entry(int(found["size"]), str(found["sha256"])))
    except (KeyError, TypeError, ValueError):
        raise Damaged(f"{remote.address}/{CURRENT} is damaged; `biwaq sync` mends it") from None
    if not is_name(current.build) or not current.build.endswith(".duckdb"):
        raise Damaged(f"{remote.address}/{CURRENT} names {current.build!r}, which is no build; `biwaq sync` mends it")
    return current


def current_or_none(remote: Remote) -> Current | None:
    """The same for a push, which writes anew what is damaged."""
    try:
        return current_of(remote)
    except Damaged:
        return None


def is_archived(name: str) -> bool:
    """`archive/<day>/<file>`."""
    parts = name.split("/")
    return len(parts) == 3 and parts[0] == "archive" and is_day(parts[1]) and is_name(parts[2])


def is_day(name: str) -> bool:
    """A day in the form 2026-11-22."""
    return as_day(name) is not None
