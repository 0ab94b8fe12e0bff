"""What a records file was made from, noted beside it: what did not change is not parsed again.

Belongs here: the note, whether it still holds, the fingerprint of the parsers. Does not: parsing.
Concept: a cache. Records are a function of archived bytes and parsers, so a note that names both may spare the
work; where anything differs, a file's size or a byte of a parser, all is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from pipeline.fetch.archive import Archive
from pipeline.fetch.model import ArchiveFile
from pipeline.parse_span import Context
from pipeline.settings import ROOT
from pipeline.storage import write_whole

SUFFIX = ".made.json"
_CODE = ("parsers/*.py", "parsers/*.toml", "parsers/*.txt", "pipeline/parse_span.py", "pipeline/fetch/reservations.py")
_LIBRARIES = ("lxml", "beautifulsoup4", "trafilatura", "orjson")


@dataclass(slots=True)
class Part:
    """One WARC file's share of a records file."""

    file: str
    size: int
    changed_ns: int
    end: int
    """Where its share of the records file ends."""
    good: int = 0
    issues: int = 0
    rejected: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Made:
    """What a records file was made from."""

    by: str
    """The fingerprint of parsers, source and aliases."""
    parts: list[Part] = field(default_factory=list)
    changed_ns: int = 0
    """When the records file was last written."""

    @property
    def end(self) -> int:
        """The size of the records file."""
        return self.parts[-1].end if self.parts else 0


def part_of(archive: Archive, about: ArchiveFile) -> Part:
    """The part of a WARC file before it is parsed."""
    status = (archive.root / about.file).stat()
    return Part(about.file, status.st_size, status.st_mtime_ns, 0)


def fingerprint(context: Context) -> str:
    """Changes with whatever a record depends on beside its archived bytes."""
    source = context.source
    more = [source.id, source.page_type, source.kind, context.day.isoformat(), *sorted(_flat(context))]
    return hashlib.sha256("\0".join([_of_code(), *more]).encode()).hexdigest()


def _flat(context: Context) -> Sequence[str]:
    return [f"{url} {' '.join(sorted(others))}" for url, others in context.aliases.items()]


@cache
def _of_code() -> str:
    found = hashlib.sha256()
    for pattern in _CODE:
        for path in sorted(ROOT.glob(pattern)):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    found.update(" ".join(version(name) for name in _LIBRARIES).encode())
    return found.hexdigest()


def read_note(records: Path) -> Made | None:
    """The note of a records file; None where there is none, or where the file is not the one it speaks of."""
    try:
        noted: dict[str, Any] = orjson.loads(_path(records).read_bytes())
        made = Made(noted["by"], [Part(**part) for part in noted["parts"]], noted["changed_ns"])
        status = records.stat()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return made if (made.end or status.st_size, made.changed_ns) == (status.st_size, status.st_mtime_ns) else None


def write_note(records: Path, made: Made) -> None:
    """Note what a records file, just written, was made from."""
    made.changed_ns = records.stat().st_mtime_ns
    write_whole(_path(records), orjson.dumps(asdict(made)))


def kept_parts(made: Made | None, by: str, now: Sequence[Part]) -> list[Part]:
    """The first parts of a records file that need not be made again."""
    kept: list[Part] = []
    for old, new in zip(made.parts if made is not None and made.by == by else [], now, strict=False):
        if (old.file, old.size, old.changed_ns) != (new.file, new.size, new.changed_ns):
            break
        kept.append(old)
    return kept


def _path(records: Path) -> Path:
    return records.with_name(records.name.removesuffix(".ndjson.gz") + SUFFIX)
