"""From archived answers to records: one day, all sources.

Belongs here: which archived bodies are parsed, the records files and their notes. Does not: parsing (parse_span.py).
Concept: pure in effect: the same archive and parsers give the same bytes, so a day can be parsed again at any time; a
records file is made of gzip members, one a span of the archive, so that what is there already stays as it is.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from pipeline.collecting import collecting_rarely
from pipeline.fetch.archive import Archive
from pipeline.fetch.model import ArchiveIssue, Extent, Known
from pipeline.fetch.report import public_part
from pipeline.parse_pool import ParsePool, cores
from pipeline.parse_span import Context, Parse, Span, packed
from pipeline.parsed_before import Made, Part, fingerprint, kept_parts, part_of, read_note, write_note
from pipeline.sources import Source

PAGES_A_SPAN = 32


@dataclass(slots=True)
class ParseReport:
    """What parsing a day gave: records, pages that are none, issues of pages, damaged places of the archive."""

    parsed: int = 0
    rejected: int = 0
    issues: int = 0
    by_source: dict[str, int] = field(default_factory=dict)
    """Records by source id."""
    archive_issues: list[ArchiveIssue] = field(default_factory=list)


def parse_day(
    archive: Archive,
    records_root: Path,
    sources: Sequence[Source],
    day: date,
    *,
    parse: Parse | None = None,
    again: bool = False,
    at_most: int | None = None,
) -> ParseReport:
    """Parse a day's archived documents into `<records>/<day>/<source>.ndjson.gz` and copy the crawl logs beside them.

    What the same parsers read already stays, unless `again`. `at_most` is the number of processes (None: one a core).
    `parse` stands in for parsers.registry.parse. Files are replaced whole. Raises OSError if they can not be written.
    """
    report = ParseReport()
    folder = records_root / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    with collecting_rarely(), ParsePool(archive, at_most or cores()) as pool:
        for source in sources:
            _Day(archive, folder, source, day, pool, report).run(parse, again=again)
    report.archive_issues = list(archive.issues)
    return report


class _Day:
    """One source's records of a day."""

    def __init__(
        self, archive: Archive, folder: Path, source: Source, day: date, pool: ParsePool, report: ParseReport
    ) -> None:
        self._archive, self._source, self._pool, self._report = archive, source, pool, report
        self._path = folder / f"{source.id}.ndjson.gz"
        self._logs_path = folder / f"{source.id}.crawl.ndjson"
        self._files = archive.files(day, source.id)
        self._day = day

    def run(self, parse: Parse | None, *, again: bool) -> None:
        """Bring the source's files up to what the archive holds."""
        if not self._files and (self._path.exists() or self._logs_path.exists()):
            return  # the archived copies went after the source's `keep_days`; what was read from them stays
        logs = list(self._archive.crawls(self._day, self._source.id))
        context = Context(self._source, self._day, _aliases(logs))
        made = self._made(context, parse, again=again)
        good = sum(part.good for part in made.parts)
        self._report.parsed += good
        self._report.by_source[self._source.id] = good
        self._report.rejected += sum(len(part.rejected) for part in made.parts)
        self._report.issues += sum(part.issues for part in made.parts)
        with _replaced(self._logs_path) as file:
            file.writelines(orjson.dumps(public_part(log)) + b"\n" for log in logs)

    def _made(self, context: Context, parse: Parse | None, *, again: bool) -> Made:
        """The records file, made anew where it is not what the archive and the parsers give."""
        parts = [part_of(self._archive, about) for about in self._files]
        by = fingerprint(context) if parse is None else ""
        before = read_note(self._path) if by and not again else None
        kept = kept_parts(before, by, parts)
        if before is not None and len(kept) == len(parts) == len(before.parts):
            return before
        made = Made(by, kept)
        with _replaced(self._path) as file:
            _copied(self._path, file, made.end)
            for about, part in zip(self._files[len(kept) :], parts[len(kept) :], strict=True):
                self._parse(context, _spans(about.file, self._archive.bodies_of(about)), part, file, parse)
                made.parts.append(part)
            if file.tell() == 0:
                file.write(packed(b""))  # no page came: a file of gzip all the same
        write_note(self._path, made)
        return made

    def _parse(self, context: Context, spans: Sequence[Span], part: Part, file: BinaryIO, parse: Parse | None) -> None:
        for found in self._pool.run(context, spans, parse):
            file.write(found.data)
            part.good += found.good
            part.issues += found.issues
            part.rejected += found.rejected
        part.end = file.tell()


def _spans(file: str, extents: Sequence[Extent]) -> list[Span]:
    return [Span(file, tuple(extents[at : at + PAGES_A_SPAN])) for at in range(0, len(extents), PAGES_A_SPAN)]


def _copied(path: Path, file: BinaryIO, size: int) -> None:
    """The first `size` bytes of a file."""
    if size:
        with path.open("rb") as old:
            shutil.copyfileobj(old, file)
        file.truncate(size)
        file.seek(size)


def _aliases(logs: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Document -> aliases, over all crawls of the day."""
    found: dict[str, list[str]] = defaultdict(list)
    for log in logs:
        for url, aliases in log.get("documents", {}).items():
            found[url] += aliases
    return found


@contextmanager
def _replaced(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when it is whole."""
    unfinished = path.with_name(path.name + ".open")
    with unfinished.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def rejected(records_root: Path, source_id: str, state: Mapping[str, Known]) -> set[str]:
    """Documents of a source whose newest body was no page (a soft 404, a consent wall), of all in `state`.

    They are to be asked for without a condition: a page like that may carry an ETag, and would answer 304 for ever.
    Nights that did not reach it brought no other body, so that what counts is the day its body is of.
    """
    days = {known.file.partition("/")[0] for known in state.values()}
    none = {place for day in days for place in _rejected_of(records_root / day / f"{source_id}.ndjson.gz")}
    return {url for url, known in state.items() if (known.file, url) in none}


def _rejected_of(records: Path) -> Iterator[tuple[str, str]]:
    """Archive file and address of a day's pages that were none."""
    made = read_note(records)
    if made is not None:
        yield from ((part.file, url) for part in made.parts for url in part.rejected)
    elif records.exists():
        with gzip.open(records, "rb") as lines:
            for line in map(orjson.loads, lines):
                if line["record"] is None:
                    yield line["archive_file"], line["url"]
