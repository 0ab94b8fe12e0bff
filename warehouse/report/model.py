"""What the report is made from and what it says of itself.

Belongs here: the shapes that pass between the report's modules and its caller. Does not: reading or writing anything.
Concept: the report knows pages only as text in lines; who reads the archive is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

Row = dict[str, Any]


class PageLine(NamedTuple):
    """One line of a page's text, from `start` to `end`; `kind` is heading, label, item or text.

    `private` are runs of the whole text that no report may show; of a line that `is_contact` only proved words are.
    """

    start: int
    end: int
    kind: str
    private: tuple[tuple[int, int], ...]
    is_contact: bool


class PageText(NamedTuple):
    """The text in which the passages of a page stand, and its lines from left to right."""

    text: str
    lines: tuple[PageLine, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One archived page that proves something."""

    snapshot_id: str
    document_id: str
    url: str
    title: str | None
    publisher: str | None
    page_type: str
    language: str | None
    fetched_at: Any
    archive_file: str
    archive_offset: int
    byte_hash: str


class PageUnreadable(RuntimeError):
    """An archived page can not be read; the message says why."""


ReadPage = Callable[[Snapshot], PageText]
"""Gives the text of an archived page. Raises PageUnreadable."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a finished report holds.

    `unreadable` are pages whose proof shows the passages only; `kept` counts proofs taken over from the last report.
    """

    pages: int
    proofs: int
    passages: int
    missing: int
    unreadable: tuple[str, ...]
    bytes: int
    kept: int = 0
