"""What flows through the warehouse: documents with their versions in, rows of tables out.

Belongs here: plain data shapes shared by loading, harmonising and building. Does not: any rule or SQL.
Concept: records + code files -> rows is a pure function; the same input gives the same rows in the same order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""Table name -> its rows; every row has exactly the columns of `warehouse.tables`."""
Columns = dict[str, list[Any]]
"""Rows of a table by column: name -> cells; all columns are equally long."""
Sink = Callable[[str, Columns], None]
"""Takes rows of a table as they are made, so that no table is ever in memory as a whole."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What the warehouse needs to know of a source file."""

    id: str
    title: str
    publisher: str
    page_type: str
    min_pages: int
    max_pages: int
    kind: str = "site"
    """`site` for pages as they stand today; `wayback` and `warc` for captures that others made at other times."""

    @property
    def is_live(self) -> bool:
        """Whether what it says of a page holds for the moment of the fetch."""
        return self.kind == "site"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A check that a person accepted for one run, with the reason; `accepted_at` is UTC, ISO 8601 with Z."""

    run_id: str
    check_name: str
    reason: str
    accepted_at: str


@dataclass(frozen=True, slots=True)
class RunInfo:
    """The run that builds: its id and when it started (UTC, ISO 8601 with Z)."""

    run_id: str
    started_at: str
    published_before: frozenset[str] = frozenset()
    """Earlier runs whose build was published, as the ledger beside the builds tells."""
    acceptances: tuple[Acceptance, ...] = ()
    """What people accepted in earlier runs and for this one."""


class Version:
    """One archived body of a document and what its parser read; `record` is None where the page was of no use.

    What a version must have; `warehouse.spool` says where it is kept.
    """

    __slots__ = ()

    snapshot_id: str
    fetched_at: str
    http_status: int
    archive_file: str
    archive_offset: int
    byte_hash: str
    content_hash: str
    parser_version: str
    coverage: float | None
    record: dict[str, Any] | None
    evidence: list[dict[str, Any]]
    issues: list[dict[str, Any]]
    text_loss: float | None
    unclaimed: list[str]
    reserved_by: str | None
    has_record: bool


@dataclass(slots=True)
class Document:
    """One page over time. `versions` holds a body a change of content, oldest first; the last good one is current."""

    document_id: str
    url: str
    page_type: str
    source: SourceInfo
    aliases: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    first_seen: str = ""
    last_seen: str = ""
    gone_since: str | None = None

    @property
    def current(self) -> Version | None:
        """The newest version that has a record."""
        return next((v for v in reversed(self.versions) if v.has_record), None)


@dataclass(frozen=True, slots=True)
class Crawl:
    """One run of one source, as its crawl log in the archive tells it."""

    run_id: str
    source_id: str
    started_at: str
    finished_at: str | None
    listed: int
    listing_total: int | None
    complete: bool
    fetched: int
    unchanged: int
    failed: int
    seen: tuple[str, ...]
    gone: tuple[dict[str, Any], ...]
    failures: tuple[dict[str, Any], ...]
    parsed: int = 0
    """Bodies that it fetched and that gave a record."""


def stable_id(prefix: str, *parts: object) -> str:
    """A short id from raw, stable fields: `prefix-` and 12 hex digits of sha256 over the parts, NUL between them."""
    return f"{prefix}-{hashlib.sha256(chr(0).join(map(str, parts)).encode()).hexdigest()[:12]}"
