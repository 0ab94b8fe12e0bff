"""What is known of a data folder and its bucket since the last copy, and ledgers of both as one.

Belongs here: the note `.synced.json`, joining and replacing ledgers. Does not: copying (sync.py).
Concept: two sides that differ do not say which of them changed; the SHA-256 from when they were equal does. What is
about to be copied is noted before, as a kill leaves it unknown whether it was.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import orjson

from pipeline.fetch.writer import sync_folder
from pipeline.remote import Entry, entry_of
from pipeline.storage import write_whole

Way = Literal["none", "mine", "theirs", "both"]
"""Which side changed since both were equal."""


@dataclass(slots=True)
class Note:
    """What is known without asking or reading; a cache of one address."""

    remote: str
    files: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """By name: size, time of change, SHA-256."""
    same: dict[str, str] = field(default_factory=dict)
    """By name: the SHA-256 when both sides were equal last."""
    sent: dict[str, str] = field(default_factory=dict)
    """By name: the SHA-256 that was about to go up."""
    coming: dict[str, str] = field(default_factory=dict)
    """By name: the SHA-256 that was about to come down."""
    forget: bool = False
    """Pages were purged elsewhere, and what was made of them here is not dropped yet."""

    def entry(self, root: Path, name: str) -> Entry:
        """What a file below `root` holds, read only if it changed since it was read last. Raises OSError."""
        status = (root / name).stat()
        known = self.files.get(name)
        if known is None or known[:2] != (status.st_size, status.st_mtime_ns):
            found = entry_of(root / name)
            known = self.files[name] = (status.st_size, status.st_mtime_ns, found.sha256)
        return Entry(known[0], known[2])

    def equal(self, name: str, sha256: str) -> None:
        """Both sides hold the same now."""
        self.same[name] = sha256
        self.sent.pop(name, None)
        self.coming.pop(name, None)

    def way_up(self, name: str, own: Entry, their: Entry | None) -> Way:
        """Which side changed, where this one is to go up."""
        if own == their:
            self.equal(name, own.sha256)
            return "none"
        if their is None or their.sha256 in (self.same.get(name), self.sent.get(name)):
            return "mine"
        return "theirs" if own.sha256 in (self.same.get(name), self.coming.get(name)) else "both"

    def way_down(self, name: str, own: Entry, their: Entry) -> Way:
        """Which side changed, where the other one is to come down."""
        if own == their:
            self.equal(name, own.sha256)
            return "none"
        if own.sha256 in (self.same.get(name), self.coming.get(name)):
            return "theirs"
        return "mine" if their.sha256 in (self.same.get(name), self.sent.get(name)) else "both"


def read_note(path: Path, address: str) -> Note:
    """The note of this address; an empty one where there is none, or where it speaks of another bucket."""
    try:
        noted = orjson.loads(path.read_bytes())
        files = {name: (size, changed, sha) for name, (size, changed, sha) in noted["files"].items()}
        note = Note(address, files, forget=bool(noted.get("forget")))
        if noted["remote"] == address:
            note.same = dict(noted["same"])
            note.sent, note.coming = dict(noted.get("sent", {})), dict(noted.get("coming", {}))
        return note
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Note(address)


def keep_note(path: Path, note: Note) -> None:
    """Write the note. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, orjson.dumps(asdict(note)))


def joined(own: bytes, theirs: bytes) -> bytes:
    """Both ledgers' lines: the longer one where it begins with the other, else theirs and what is here alone."""
    if own.startswith(theirs) or theirs.startswith(own):
        return max(own, theirs, key=len)
    known = set(theirs.splitlines())
    lines = [line + b"\n" for line in dict.fromkeys(own.splitlines()) if line not in known]
    end = b"" if not lines or theirs.endswith(b"\n") else b"\n"
    return theirs + end + b"".join(lines)


def write_ledger(path: Path, content: bytes) -> None:
    """Put a ledger in the old one's place in one step. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    sync_folder(path.parent)
