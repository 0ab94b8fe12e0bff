"""Bodies that the archive can not give back any more: asked for again, and evidence led to the new copy.

Belongs here: finding such bodies of the published warehouse, pointing records to what was fetched anew. Does not:
fetching. Concept: a damaged archive costs one more request a page; what a page once said is kept with its times.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import orjson

from pipeline.fetch.model import ArchiveFault
from pipeline.logs import warn
from pipeline.resources import Workspace
from warehouse.duck import WarehouseMissing, WarehouseUnreadable
from warehouse.publish import published, read_only

_CURRENT = "FROM documents d JOIN snapshots s USING (snapshot_id) WHERE d.gone_since IS NULL"
FILES = f"SELECT DISTINCT s.archive_file {_CURRENT}"
PAGES_IN = f"""
SELECT d.source_id, d.url, s.archive_file, s.archive_offset, s.byte_hash
{_CURRENT} AND list_contains($1, s.archive_file)
ORDER BY d.url"""
MOVED = ("archive_file", "archive_offset", "byte_hash", "evidence")
"""The fields of a record's line that lead to the archive."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The body of a current page that is not where the published warehouse says."""

    source_id: str
    url: str
    file: str
    offset: int


def lost_bodies(workspace: Workspace) -> list[Lost]:
    """The current pages of living sites whose archived body can not be read, or is another one.

    A file that is as it was written holds what was read from it: only the pages of others are read one by one.
    """
    link = published(workspace.settings.layout.warehouse)
    if link is None:
        return []
    archive = workspace.archive()
    try:
        with read_only(link) as connection:
            damaged = [file for (file,) in connection.execute(FILES).fetchall() if not archive.is_whole(file)]
            rows = connection.execute(PAGES_IN, [damaged]).fetchall() if damaged else []
    except (WarehouseMissing, WarehouseUnreadable, duckdb.Error):
        return []  # the check of the build says so
    live = {source.id for source in workspace.sources() if source.is_live}
    found = []
    for source_id, url, file, offset, byte_hash in rows:
        if source_id not in live:
            continue
        try:
            sound = hashlib.sha256(archive.read(file, offset).body).hexdigest() == byte_hash
        except ArchiveFault:
            sound = False
        if not sound:
            found.append(Lost(source_id, url, file, offset))
    return found


def distrusted(lost: Iterable[Lost]) -> defaultdict[str, set[str]]:
    """By source, the documents whose body is lost: to be asked for without condition."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in lost:
        found[one.source_id].add(one.url)
        warn("body_lost", f"archive {one.file} at byte {one.offset} is damaged: {one.url} is asked for again")
    return found


def lead_to_new(workspace: Workspace, lost: Iterable[Lost], day: date) -> int:
    """Let records of lost bodies lead to the copies that `day` brought, where these say the same. Returns how many."""
    records = workspace.settings.layout.records
    by_file: dict[Path, dict[tuple[str, int], Lost]] = defaultdict(dict)
    for one in lost:
        path = records / one.file.partition("/")[0] / f"{one.source_id}.ndjson.gz"
        by_file[path][one.file, one.offset] = one
    count = 0
    for path, places in by_file.items():
        new = {line["url"]: line for line in _lines(records / day.isoformat() / path.name)}
        if path.exists():
            count += _rewrite(path, places, new)
    return count


def _rewrite(path: Path, places: Mapping[tuple[str, int], Lost], new: Mapping[str, dict[str, Any]]) -> int:
    count, lines = 0, list(_lines(path))
    for line in lines:
        place = (line["archive_file"], line["archive_offset"])
        copy = new.get(line["url"]) if place in places else None
        same = copy is not None and copy["content_hash"] == line["content_hash"]
        if copy is not None and same and (copy["archive_file"], copy["archive_offset"]) != place:
            line.update({name: copy[name] for name in MOVED})
            count += 1
    if count:
        with whole_gzip(path) as packed:
            packed.writelines(orjson.dumps(line) + b"\n" for line in lines)
    return count


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with gzip.open(path, "rb") as lines:
            yield from map(orjson.loads, lines)


@contextmanager
def whole_gzip(path: Path) -> Iterator[gzip.GzipFile]:
    """A gzip file that takes its name only when it is whole; equal content gives equal bytes."""
    unfinished = path.with_name(path.name + ".open")
    with unfinished.open("wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        yield packed
    unfinished.replace(path)
