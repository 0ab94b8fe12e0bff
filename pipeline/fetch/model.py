"""What the archive gives and takes.

Belongs here: the small shapes shared by archive, crawl and parse. Does not: how they are stored (warc.py, index.py).
Concept: everything that points into the archive is a file relative to its root and an offset in bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pipeline.errors import BiwaqFault

Role = Literal["document", "listing", "robots", "rights", "sitemap", "feed", "redirect", "other"]
"""What an answer was asked for; `rights` for a file of mining reservations, `redirect` for a 3xx on the way, `other`
for a page that a redirect led to by mistake."""

GONE = (404, 410)
"""A document that says itself that it is not there."""


class ArchiveFault(BiwaqFault):
    """A record of the archive that can not be read, or an archive that can not be written."""


class Extent(NamedTuple):
    """Where a record lies in its file: its first byte and how many there are."""

    offset: int
    length: int


class Known(NamedTuple):
    """The newest good body of a document: where it lies and what a conditional request needs."""

    file: str
    offset: int
    fetched_at: str
    etag: str | None
    last_modified: str | None

    def to_json(self) -> dict[str, Any]:
        """The object of index lines, revisit records and crawl logs."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class Capture:
    """One archived answer. `body` is decoded; `fault` says why it could not be (then `body` is empty)."""

    url: str
    """The address as requested."""
    fetched_at: str
    http_status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    file: str
    offset: int
    role: str
    requested: str | None = None
    """The address that a redirect led away from, where there was one."""
    revisit_of: Known | None = None
    """For a 304: the body that it confirmed."""
    fault: str | None = None
    taken_from: str | None = None
    """For what others captured: where we took it from."""
    reserved_by: str | None = None
    """What reserves its text and data mining (reservations.By), as far as it was known when it was fetched."""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def content_type(self) -> str | None:
        """The Content-Type header."""
        return self.header("content-type")


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One closed WARC file. `finished` means that the run wrote its crawl log; a killed run has none."""

    file: str
    day: str
    source_id: str
    run_id: str
    sequence: int
    """Counts the files of a source on a day: an order that a clock set back can not change."""
    started_at: str
    size: int
    records: int
    log_offset: int | None
    digest: str | None = None
    """sha256 of the whole file as it was written; None where that is not known."""

    @property
    def finished(self) -> bool:
        """Whether the run came to its end."""
        return self.log_offset is not None


class ArchiveIssue(NamedTuple):
    """A damaged place of the archive."""

    file: str
    offset: int
    message: str


class Recovered(NamedTuple):
    """A file that a killed run left open, closed now."""

    file: str
    records: int
    dropped_bytes: int


class Stored(NamedTuple):
    """What killed runs of a day stored and need not be asked for again; keys are canonical addresses."""

    documents: dict[str, str]
    """Address asked for -> document's address."""
    gone: dict[str, int]
    """Address -> 404 or 410."""
