"""Archived pages for the report: read, proved to be the ones that were read, cut into lines that may be shown.

Belongs here: from a snapshot to its text by archive and parser. Does not: what is shown of it (warehouse/report).
Concept: the report never sees markup; what a parser takes for a person, a phone or a mail it is told to leave out.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path

import parsers
from parsers.shown import shown_page
from pipeline.fetch.archive import Archive
from pipeline.fetch.model import ArchiveFault
from warehouse.report.model import PageLine, PageText, PageUnreadable, ReadPage, Snapshot
from warehouse.report.proofs import Stamp


def page_reader(archive: Archive) -> ReadPage:
    """The reader of an archive's pages for `build_report`."""

    def read_page(snapshot: Snapshot) -> PageText:
        try:
            capture = archive.read(snapshot.archive_file, snapshot.archive_offset)
        except ArchiveFault as fault:
            raise PageUnreadable(str(fault)) from fault
        if hashlib.sha256(capture.body).hexdigest() != snapshot.byte_hash:
            raise PageUnreadable(f"{snapshot.archive_file}: not the bytes that were read at {snapshot.archive_offset}")
        read_on = snapshot.archive_file if capture.taken_from is None else capture.fetched_at
        page = shown_page(
            snapshot.page_type,
            capture.body,
            snapshot.url,
            content_type=capture.content_type,
            fetched_on=date.fromisoformat(read_on[:10]),
        )
        return PageText(page.text, tuple(PageLine(*line) for line in page.lines))

    return read_page


def page_stamp(archive: Archive) -> Stamp:
    """What the text of an archived page depends on: the parsers' code and its archive file as it lies there.

    A purge writes the file anew, so that no proof from before it is kept.
    """
    code = _parsers()

    @cache
    def state(archive_file: str) -> str:
        try:
            found = (archive.root / archive_file).stat()
        except OSError:
            return "gone"
        return f"{found.st_size} {found.st_mtime_ns}"

    def stamp(snapshot: Snapshot) -> str:
        return f"{code} {state(snapshot.archive_file)}"

    return stamp


@cache
def _parsers() -> str:
    """Changes with the code of the parsers, as what is private on a page is theirs to say."""
    files = sorted(path for path in Path(parsers.__file__).parent.rglob("*") if path.suffix in (".py", ".toml", ".txt"))
    return hashlib.blake2b(b"".join(path.read_bytes() for path in files), digest_size=8).hexdigest()
