"""What a crawl of one source did, and its log in the archive.

Belongs here: the report and its JSON. Does not: deciding what to fetch.
Concept: the log is the last record of the run's WARC file; a file without one is of a run that was killed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict

from pipeline.fetch import faults


class Gone(TypedDict):
    """A document that was not there. `proved`: it said so itself (404, 410) in a run that saw all of the source."""

    url: str
    status: int
    proved: bool


class Reserved(TypedDict):
    """A document whose site reserves text and data mining; `by` is one of reservations.By."""

    url: str
    by: str


class Failure(TypedDict):
    """An address that could not be read; `reason` begins with a kind of faults.py."""

    url: str
    reason: str


PUBLIC = (
    "run_id",
    "source_id",
    "started_at",
    "finished_at",
    "listed",
    "listing_total",
    "complete",
    "fetched",
    "unchanged",
    "failed",
    "seen",
    "gone",
    "failures",
    "reserved",
)
"""The fields of a line of `<records>/<day>/<source>.crawl.ndjson`."""


@dataclass(slots=True)
class CrawlReport:
    """What a crawl of one source did. Times are UTC, addresses canonical."""

    run_id: str
    source_id: str
    day: str
    started_at: str
    finished_at: str = ""
    listed: int = 0
    """Documents that listings, sitemaps, feeds and the source file named."""
    listing_total: int | None = None
    discovered: bool = False
    """Discovery saw all: pagers walked to the end, counts as printed, no cap."""
    complete: bool = False
    """Discovery saw all, and every document gave a clear answer (200, 304, 404, 410, forbidden by robots.txt)."""
    fetched: int = 0
    unchanged: int = 0
    stored: int = 0
    """Documents that a killed run of the day had stored; they were not asked for again."""
    seen: list[str] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    reserved: list[Reserved] = field(default_factory=list)
    documents: dict[str, list[str]] = field(default_factory=dict)
    """Document -> aliases, for those that have any."""
    origins: dict[str, str] = field(default_factory=dict)
    """Document -> what named it."""
    skipped: dict[str, int] = field(default_factory=dict)
    """Records of an import that were not taken, by reason."""

    @property
    def failed(self) -> int:
        """How many addresses could not be read."""
        return len(self.failures)

    def fail(self, url: str, reason: str) -> None:
        """Note a failure."""
        self.failures.append(Failure(url=url, reason=reason))

    def skip(self, reason: str) -> None:
        """Count a record that is not taken."""
        self.skipped[reason] = self.skipped.get(reason, 0) + 1

    def alias(self, document: str, url: str) -> None:
        """Note that `url` leads to `document`."""
        if url != document and url not in self.documents.setdefault(document, []):
            self.documents[document].append(url)

    def conclude(self, seen: Iterable[str], finished_at: str) -> None:
        """The crawl is over: sort what came in any order, and say whether it saw everything."""
        self.finished_at = finished_at
        self.seen = sorted(seen)
        self.gone.sort(key=lambda entry: entry["url"])
        self.reserved.sort(key=lambda entry: entry["url"])
        self.failures.sort(key=lambda entry: entry["url"])
        open_questions = [entry for entry in self.failures if not entry["reason"].startswith(f"{faults.FORBIDDEN}:")]
        self.complete = self.discovered and not open_questions

    def to_log(self) -> dict[str, Any]:
        """The crawl log: everything that can not be seen in the file's other records."""
        by_origin: dict[str, list[str]] = defaultdict(list)
        for url, origin in self.origins.items():
            by_origin[origin].append(url)
        log = {name: getattr(self, name) for name in PUBLIC}
        more: dict[str, Any] = {"day": self.day, "stored": self.stored, "discovered": self.discovered}
        if self.skipped:
            more["skipped"] = dict(sorted(self.skipped.items()))
        return {**log, **more, "documents": self.documents, "origins": by_origin}


def public_part(log: dict[str, Any]) -> dict[str, Any]:
    """The fields of a crawl log that records hold."""
    return {name: log.get(name) for name in PUBLIC}
