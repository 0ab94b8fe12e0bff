"""Passages read back from the archive: the text of the very bytes that a value was read from.

Belongs here: from a row of evidence to the page's text, proving many rows at once. Does not: choosing what to prove.
Concept: evidence is only worth what a second look finds; a page that is not there any more, or is another one, is a
fault that names file and byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from pathlib import Path

from parsers.registry import evidence_text
from pipeline.fetch.archive import Archive
from pipeline.fetch.model import ArchiveFault, Capture
from warehouse.checks import SHOWN_ROWS, Check, CheckResult
from warehouse.duck import sparing
from warehouse.evidence import EvidenceRow, is_there, sample, squeezed
from warehouse.publish import read_only

PAGES_A_RUN = 60
"""Of the pages fetched last, where any came tonight, and of all others in turn. A page is read in 5 to 50 ms."""

CHECK = Check(
    "passages_are_in_the_archive",
    "provenance",
    "error",
    "The passages of the newest pages, and of others in turn, stand in the archived page",
    "Archive damaged: bring the WARC file back from a copy. Parser changed: `biwaq reparse`. See it with `biwaq why`",
    select="",
)
"""The one check that is no SQL: it reads the archive."""


def page_text(archive: Archive, row: EvidenceRow) -> str:
    """The text in which the passage must stand. Raises ArchiveFault for bytes that are not those that were read."""
    capture = archive.read(row.archive_file, row.archive_offset)
    found = hashlib.sha256(capture.body).hexdigest()
    if found != row.byte_hash:
        raise ArchiveFault(
            f"{row.archive_file} at byte {row.archive_offset}: not the page {row.url} as it was read "
            f"(its bytes have the hash {found:.12}, not {row.byte_hash:.12})"
        )
    read_on = _read_on(capture, row)
    return evidence_text(row.page_type, capture.body, row.url, content_type=capture.content_type, fetched_on=read_on)


def _read_on(capture: Capture, row: EvidenceRow) -> date:
    """The day whose parser read the page: of the run that fetched it; for an import the day of the capture."""
    return date.fromisoformat((row.archive_file if capture.taken_from is None else capture.fetched_at)[:10])


def prove(archive: Archive, rows: Iterable[EvidenceRow]) -> list[dict[str, object]]:
    """The rows whose passage is not in the archive, with the reason; `rows` lie page by page, each is read once."""
    faults: list[dict[str, object]] = []
    for _, of_page in groupby(rows, key=lambda row: row.snapshot_id):
        cells = list(of_page)
        try:
            text = squeezed(page_text(archive, cells[0]))
        except ArchiveFault as fault:
            faults += [_fault(row, str(fault)) for row in cells]
            continue
        lost = {quote for quote in {row.quote for row in cells} if not is_there(quote, text)}  # one proves many cells
        faults += [_fault(row, "the passage is not in the page") for row in cells if row.quote in lost]
    return faults


def _fault(row: EvidenceRow, problem: str) -> dict[str, object]:
    cell = {"table_name": row.table_name, "row_key": row.row_key, "column_name": row.column_name}
    return {**cell, "url": row.url, "passage": row.quote[:80], "problem": problem}


def check_passages(build_file: Path, archive: Archive, day: date, *, has_news: bool = True) -> CheckResult:
    """Prove the day's sample of a finished build; the newest pages only of one that has news.

    Raises WarehouseMissing, WarehouseUnreadable.
    """
    with read_only(build_file) as connection, sparing(connection, build_file):
        rows = sample(connection, day, PAGES_A_RUN, with_newest=has_news)
    faults = prove(archive, rows)
    return CheckResult(CHECK, len(faults), faults[:SHOWN_ROWS])
