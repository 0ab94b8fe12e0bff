"""Records on disk into documents with their versions, and crawls.

Belongs here: reading `records/<day>/`, joining versions of a page, first and last sighting, proof of being gone.
Does not: any meaning of a record's fields. Concept: history comes from the archive's records alone, in order of time,
so that reading again, or files in another order, gives the same documents.
"""

from __future__ import annotations

import gzip
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any

import orjson

from warehouse.model import Crawl, Document, SourceInfo, Version, stable_id

_PAGES, _CRAWLS = ".ndjson.gz", ".crawl.ndjson"
_Page = tuple[dict[str, Any], SourceInfo]
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


def load(records: Path, sources: Sequence[SourceInfo]) -> Loaded:
    """Read all days of `records` for the given sources. Raises RecordsDamaged."""
    reader = _Reader({source.id: source for source in sources})
    for day in sorted(records.glob("????-??-??")):
        reader.read_day(day)
    documents = sorted(reader.documents.values(), key=lambda document: document.url)
    crawls = sorted(reader.crawls, key=lambda crawl: (crawl.started_at, crawl.run_id, crawl.source_id))
    return Loaded(documents, crawls, dict(sorted(reader.left_out.items())))


@dataclass(slots=True)
class _Reader:
    sources: Mapping[str, SourceInfo]
    documents: dict[str, Document] = field(default_factory=dict)
    crawls: list[Crawl] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    by_alias: dict[str, Document] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)
    """Addresses whose newest body gave a record: only for these is "not modified" a sighting."""

    def read_day(self, day: Path) -> None:
        """Take in one day: its pages and the ends of its crawls, in order of time."""
        pages: list[_Page] = []
        for path in sorted(day.glob(f"*{_PAGES}")):
            source = self._wanted(path, _PAGES)
            if source is not None:
                pages += [(line, source) for line in _checked(_lines(path), _PAGE)]
        crawls: list[Crawl] = []
        for path in sorted(day.glob(f"*{_CRAWLS}")):
            if self._wanted(path, _CRAWLS) is not None:
                crawls += map(_crawl, _checked(_lines(path), _CRAWL))
        self._in_order(sorted(pages, key=_fetched), sorted(crawls, key=_end))

    def _wanted(self, path: Path, ending: str) -> SourceInfo | None:
        name = path.name.removesuffix(ending)
        source = self.sources.get(name)
        if source is None:
            self.left_out[name] = self.left_out.get(name, 0) + sum(1 for _ in _lines(path))
        return source

    def _in_order(self, pages: list[_Page], crawls: list[Crawl]) -> None:
        """Pages, and between them each crawl when it had ended."""
        waiting = deque(crawls)
        for line, source in pages:
            while waiting and _end(waiting[0]) < line["fetched_at"]:
                self._take_crawl(waiting.popleft())
            self._take_page(line, source)
        for crawl in waiting:
            self._take_crawl(crawl)

    def _take_page(self, line: dict[str, Any], source: SourceInfo) -> None:
        version = _version(line)
        document = self._document(line, source)
        if document.source != source:
            # Two sources found one page; it stays with the source that had it first.
            self.left_out[source.id] = self.left_out.get(source.id, 0) + 1
            return
        self._add_aliases(document, line["aliases"])
        if not document.versions or document.versions[-1].content_hash != version.content_hash:
            document.versions.append(version)
        if version.record is None:
            self.good.discard(document.url)
        else:
            self.good.add(document.url)
            _sighted(document, version.fetched_at)

    def _document(self, line: dict[str, Any], source: SourceInfo) -> Document:
        url = line["url"]
        if url not in self.documents:
            self.documents[url] = Document(stable_id("d", url), url, line["page_type"], source)
        return self.documents[url]

    def _add_aliases(self, document: Document, aliases: list[str]) -> None:
        for alias in aliases:
            if alias != document.url and alias not in document.aliases:
                document.aliases.append(alias)
                self.by_alias.setdefault(alias, document)

    def _take_crawl(self, crawl: Crawl) -> None:
        self.crawls.append(crawl)
        for url in crawl.seen:
            document = self._known(url)
            if document is not None and document.url in self.good:
                _sighted(document, crawl.started_at)
        for entry in crawl.gone:
            document = self._known(entry["url"]) if entry["proved"] else None
            if document is not None and document.gone_since is None and crawl.started_at > document.last_seen:
                document.gone_since = crawl.started_at

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
    line, _ = page
    return line["fetched_at"], line["archive_file"], line["archive_offset"]


def _end(crawl: Crawl) -> str:
    """When a crawl ended; one that was cut off sorts behind all pages of its day."""
    return crawl.finished_at or "~"


def _version(line: dict[str, Any]) -> Version:
    own = {name: line[name] for name in _PAGE if name in Version.__dataclass_fields__}
    return Version(snapshot_id=stable_id("s", line["url"], line["fetched_at"], line["byte_hash"]), **own)


def _crawl(line: dict[str, Any]) -> Crawl:
    lists = {name: tuple(line[name]) for name in ("seen", "gone", "failures")}
    return Crawl(**{name: line[name] for name in _CRAWL} | lists)


def _checked(lines: Iterable[tuple[str, Any]], shape: _Shape) -> Iterator[dict[str, Any]]:
    """The lines of a file, each with every field of the shape in its type."""
    for where, line in lines:
        if not isinstance(line, dict):
            raise _damaged(where, "no object")
        for name, kind in shape.items():
            if name not in line:
                raise _damaged(where, f"no {name!r}")
            if not isinstance(line[name], kind):
                raise _damaged(where, f"{name!r} is {line[name]!r:.60}")
        yield line


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    """(where, value) for each line of a file, gzipped or not."""
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                yield f"{path.parent.name}/{path.name}, line {number}", orjson.loads(line)
    except (EOFError, OSError, zlib.error, orjson.JSONDecodeError) as error:
        where = f"{path.parent.name}/{path.name}, line {max(number, 1)}"
        raise _damaged(where, str(error) or type(error).__name__) from error


def _damaged(where: str, what: str) -> RecordsDamaged:
    return RecordsDamaged(f"records {where}: {what}. Records are rebuilt from the archive: `biwaq reparse`")
