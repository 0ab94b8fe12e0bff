"""Records on disk into documents with their versions, and crawls.

Belongs here: reading `records/<day>/`, joining versions of a page, first and last sighting, proof of being gone.
Does not: any meaning of a record's fields, which address an import belongs to (imports.py). Concept: history comes from
the archive's records alone, in order of time: reading again, or files in another order, gives the same documents.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple

import orjson

from warehouse.imports import Addresses
from warehouse.model import Crawl, Document, SourceInfo, Version, stable_id
from warehouse.spool import Spool, SpooledVersion

_PAGES, _CRAWLS = ".ndjson.gz", ".crawl.ndjson"


class _Page(NamedTuple):
    """One line of a records file: its version, beside it what puts it in its place."""

    url: str
    page_type: str
    aliases: list[str]
    version: Version
    source: SourceInfo
    archive_file: str
    archive_offset: int


_Shape = Mapping[str, type | UnionType]
_PAGE: _Shape = {
    "page_type": str,
    "url": str,
    "aliases": list,
    "fetched_at": str,
    "http_status": int,
    "archive_file": str,
    "archive_offset": int,
    "byte_hash": str,
    "content_hash": str,
    "parser_version": str,
    "coverage": float | int | None,
    "record": dict | None,
    "evidence": list,
    "issues": list,
}
_LATER: _Shape = {
    "text_loss": float | int | None,
    "unclaimed": list,
    "reserved_by": str | None,
}
"""Fields of a page that records of earlier days may lack: a version has its default then."""
_CRAWL: _Shape = {
    "run_id": str,
    "source_id": str,
    "started_at": str,
    "finished_at": str | None,
    "listed": int,
    "listing_total": int | None,
    "complete": bool,
    "fetched": int,
    "unchanged": int,
    "failed": int,
    "seen": list,
    "gone": list,
    "failures": list,
}


class RecordsDamaged(ValueError):
    """A records file that can not be read; the message names file and line and says how to make it anew."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the records hold: documents by address, crawls by time, and lines left out per source not asked for."""

    documents: list[Document]
    crawls: list[Crawl]
    left_out: dict[str, int]


def load(records: Path, sources: Sequence[SourceInfo], aside: Path | None = None) -> Loaded:
    """Read all days of `records` for the given sources; what pages say waits in a file in the folder `aside`.

    Raises RecordsDamaged, OSError where there is no room.
    """
    reader = _Reader({source.id: source for source in sources}, Spool(aside))
    days = sorted(records.glob("????-??-??"))
    reader.read_imports(days)
    for day in days:
        reader.read_day(day)
    reader.take_imports()
    documents = sorted(reader.documents.values(), key=lambda document: document.url)
    crawls = sorted(reader.crawls, key=lambda crawl: (crawl.started_at, crawl.run_id, crawl.source_id))
    return Loaded(documents, crawls, dict(sorted(reader.left_out.items())))


@dataclass(slots=True)
class _Reader:
    sources: Mapping[str, SourceInfo]
    spool: Spool
    documents: dict[str, Document] = field(default_factory=dict)
    crawls: list[Crawl] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    by_alias: dict[str, Document] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)
    """Addresses whose newest live body gave a record: only for these is "not modified" a sighting."""
    shown: set[str] = field(default_factory=set)
    """Addresses of which any live body gave a record: the others belong to their captures, if those are good."""
    imports: deque[_Page] = field(default_factory=deque)
    """Captures that others made, by their own time; they wait for their place between the live pages."""
    addresses: Addresses = field(default_factory=Addresses)
    imported: dict[str, SourceInfo] = field(default_factory=dict)
    """Snapshot that is an import -> its source."""
    newest: dict[str, str] = field(default_factory=dict)
    """Address -> time of its newest live body."""
    parsed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Source and run -> bodies that the run fetched and that gave a record."""

    def read_imports(self, days: Sequence[Path]) -> None:
        """Read the pages of all import sources, whatever the day on which they were taken over."""
        pages = [
            page
            for day in days
            for source in self.sources.values()
            if not source.is_live
            for page in self._pages(day / f"{source.id}{_PAGES}", source)
        ]
        self._count_parsed(pages)
        if pages:
            self.imports = deque(sorted(pages, key=_fetched))
            self.addresses = Addresses(self._live_pages(days), (page.url for page in pages))

    def _pages(self, path: Path, source: SourceInfo) -> Iterator[_Page]:
        """The pages of a file, if there is one."""
        for raw, line in _pages_in(path):
            yield _Page(
                sys.intern(line["url"]),
                sys.intern(line["page_type"]),
                line["aliases"],
                _version(line, self.spool, raw),
                source,
                sys.intern(line["archive_file"]),
                line["archive_offset"],
            )

    def _live_pages(self, days: Sequence[Path]) -> Iterator[tuple[str, str]]:
        """Address and page type of every page of a live source."""
        for day in days:
            for source in self.sources.values():
                if source.is_live:
                    for _, line in _pages_in(day / f"{source.id}{_PAGES}"):
                        yield line["url"], line["page_type"]

    def take_imports(self, until: str = "~") -> None:
        """Put the captures up to a moment where they belong in time."""
        while self.imports and self.imports[0].version.fetched_at <= until:
            self._take_import(self.imports.popleft())

    def _take_import(self, page: _Page) -> None:
        version, source = page.version, page.source
        url = self.addresses.document(page.url)
        if self.addresses.page_types.get(url, page.page_type) != page.page_type:
            self._leave_out(source)
            return
        document = self._document(url, page)
        if document.page_type != page.page_type:
            self._leave_out(source)
            return
        self._add_aliases(document, [*page.aliases, page.url])
        if not document.versions or document.versions[-1].content_hash != version.content_hash:
            document.versions += (version,)
            self.imported[version.snapshot_id] = source
        if not version.has_record:
            return
        document.first_seen = min(document.first_seen or version.fetched_at, version.fetched_at)
        if document.url not in self.shown:
            document.source = source if document.source.is_live else document.source
            document.last_seen = max(document.last_seen, version.fetched_at)

    def _leave_out(self, source: SourceInfo) -> None:
        self.left_out[source.id] = self.left_out.get(source.id, 0) + 1

    def read_day(self, day: Path) -> None:
        """Take in one day: its pages and the ends of its crawls, in order of time."""
        pages: list[_Page] = []
        for path in sorted(day.glob(f"*{_PAGES}")):
            source = self._wanted(path, _PAGES)
            if source is not None and source.is_live:
                pages += self._pages(path, source)
        self._count_parsed(pages)
        crawls: list[Crawl] = []
        for path in sorted(day.glob(f"*{_CRAWLS}")):
            if self._wanted(path, _CRAWLS) is not None:
                crawls += read_crawls(path)
        self._in_order(sorted(pages, key=_fetched), sorted(crawls, key=_end))

    def _count_parsed(self, pages: Iterable[_Page]) -> None:
        """The run that fetched a body stands in the name of the archive's file."""
        for page in pages:
            run_id = page.archive_file.rpartition("--")[2].removesuffix(".warc.gz")
            self.parsed[page.source.id, run_id] += page.version.has_record

    def _wanted(self, path: Path, ending: str) -> SourceInfo | None:
        name = path.name.removesuffix(ending)
        source = self.sources.get(name)
        if source is None:
            self.left_out[name] = self.left_out.get(name, 0) + sum(1 for _ in _lines(path))
        return source

    def _in_order(self, pages: list[_Page], crawls: list[Crawl]) -> None:
        """Pages, and between them each crawl when it had ended."""
        waiting = deque(crawls)
        for page in pages:
            at = page.version.fetched_at
            while waiting and _end(waiting[0]) < at:
                self._take_crawl(waiting.popleft())
            self.take_imports(at)
            self._take_page(page)
        for crawl in waiting:
            self._take_crawl(crawl)

    def _take_page(self, page: _Page) -> None:
        version, source = page.version, page.source
        document = self._document(page.url, page)
        if document.source.is_live and document.source != source:
            # Two live sources found one page; it stays with the source that had it first.
            self._leave_out(source)
            return
        self._add_aliases(document, page.aliases)
        self.newest[document.url] = version.fetched_at
        if not document.versions or document.versions[-1].content_hash != version.content_hash:
            document.versions += (version,)
        if not version.has_record:
            self.good.discard(document.url)
        else:
            self.good.add(document.url)
            if document.url not in self.shown:
                self.shown.add(document.url)
                document.source = source
            _sighted(document, version.fetched_at)

    def _document(self, url: str, page: _Page) -> Document:
        if url not in self.documents:
            self.documents[url] = Document(stable_id("d", url), url, page.page_type, page.source)
        return self.documents[url]

    def _add_aliases(self, document: Document, aliases: list[str]) -> None:
        for alias in aliases:
            if alias != document.url and alias not in document.aliases:
                document.aliases += (alias,)
                self.by_alias.setdefault(alias, document)

    def _take_crawl(self, crawl: Crawl) -> None:
        self.crawls.append(replace(crawl, parsed=self.parsed[crawl.source_id, crawl.run_id]))
        source = self.sources.get(crawl.source_id)
        if source is not None and not source.is_live:
            return  # captures of other days say nothing of what is there today
        self.take_imports(crawl.started_at)
        for url in crawl.seen:
            document = self._known(url)
            if document is not None and document.url in self.good:
                self._confirm(document, crawl)
                _sighted(document, crawl.started_at)
        for entry in crawl.gone:
            document = self._known(entry["url"]) if entry["proved"] else None
            if document is not None and document.gone_since is None and crawl.started_at > document.last_seen:
                document.gone_since = crawl.started_at

    def _confirm(self, document: Document, crawl: Crawl) -> None:
        """A page that was not modified stood all the time: an import with other content in between was a variant."""
        fetched_at = self.newest[document.url]
        if fetched_at >= crawl.started_at:
            return
        while document.versions and document.versions[-1].fetched_at > fetched_at:
            *older, variant = document.versions  # newer than the newest live body, so an import
            document.versions = tuple(older)
            self._leave_out(self.imported[variant.snapshot_id])

    def _known(self, url: str) -> Document | None:
        return self.documents.get(url) or self.by_alias.get(url)


def _sighted(document: Document, at: str) -> None:
    """The page was there at `at`. A crawl counts from its start: the time at which it certainly was not over yet."""
    document.first_seen = min(document.first_seen or at, at)
    if at > document.last_seen:
        document.last_seen = at
        document.gone_since = None


def _fetched(page: _Page) -> tuple[str, str, int]:
    """The order of pages: time of the fetch, ties by place in the archive."""
    return page.version.fetched_at, page.archive_file, page.archive_offset


def _end(crawl: Crawl) -> str:
    """When a crawl ended; one that was cut off sorts behind all pages of its day."""
    return crawl.finished_at or "~"


def _version(line: dict[str, Any], spool: Spool, raw: bytes) -> Version:
    return SpooledVersion(
        spool,
        raw,
        snapshot_id=stable_id("s", line["url"], line["fetched_at"], line["byte_hash"]),
        fetched_at=sys.intern(line["fetched_at"]),
        content_hash=line["content_hash"],
        has_record=line["record"] is not None,
    )


def read_crawls(path: Path) -> list[Crawl]:
    """The crawls of a `.crawl.ndjson` file, in its order. Raises RecordsDamaged."""
    return [_crawl(line) for _, line in _checked(path, _CRAWL)]


def _crawl(line: dict[str, Any]) -> Crawl:
    lists = {name: tuple(line[name]) for name in ("gone", "failures")}
    lists["seen"] = tuple(map(sys.intern, line["seen"]))
    return Crawl(**{name: line[name] for name in _CRAWL} | lists)


def _pages_in(path: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The pages of a file as written and as read; none where there is no such file."""
    return _checked(path, _PAGE) if path.exists() else iter(())


def _checked(path: Path, shape: _Shape) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The lines of a file as written and as read, each with every field of the shape in its type."""
    for where, raw, line in _lines(path):
        if not isinstance(line, dict):
            raise _damaged(where, "no object")
        for name, kind in shape.items():
            if name not in line:
                raise _damaged(where, f"no {name!r}")
            if not isinstance(line[name], kind):
                raise _damaged(where, f"{name!r} is {line[name]!r:.60}")
        for name in _LATER.keys() & line.keys():
            if not isinstance(line[name], _LATER[name]):
                raise _damaged(where, f"{name!r} is {line[name]!r:.60}")
        yield raw, line


def _lines(path: Path) -> Iterator[tuple[str, bytes, Any]]:
    """(where, line, value) for each line of a file, gzipped or not."""
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                yield f"{path.parent.name}/{path.name}, line {number}", line, orjson.loads(line)
    except (EOFError, OSError, zlib.error, orjson.JSONDecodeError) as error:
        where = f"{path.parent.name}/{path.name}, line {max(number, 1)}"
        raise _damaged(where, str(error) or type(error).__name__) from error


def _damaged(where: str, what: str) -> RecordsDamaged:
    return RecordsDamaged(f"records {where}: {what}. Records are rebuilt from the archive: `biwaq reparse`")
