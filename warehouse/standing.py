"""A night that brought no new content: the standing build with tonight's sightings, instead of a whole new one.

Belongs here: whether that is right tonight, the few cells that a sighting changes. Does not: building from records.
Concept: where every page that was seen is as it was, only times move: of pages, projects, sources, and the rows of the
run itself. Everything that could make more of it (a new body, a page gone, a rule or source changed) asks for a full
build; a test holds both ways to the same rows.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb
import orjson

from warehouse.ddl import text
from warehouse.duck import WarehouseMissing, WarehouseUnreadable, connect, connect_to_write, read_only
from warehouse.harmonise import runs
from warehouse.load import read_crawls
from warehouse.model import Columns, Crawl, Document, Row, RunInfo, SourceInfo
from warehouse.publish import NEXT, discard, published_builds
from warehouse.tables import TABLES

HERE = Path(__file__).parent
_CODE = ("*.py", "*.toml", "harmonise/*.py", "codes/*", "decisions/*", "reference/*", "views/*.sql", "macros/*.sql")
_CRAWLS = ".crawl.ndjson"
FOLDER = "made"
"""Beside the folder of builds: what each was made from."""


class Seen(NamedTuple):
    """A records file as a build read it."""

    size: int
    changed_ns: int
    digest: str


@dataclass(slots=True)
class Note:
    """What a build was made from."""

    by: str
    """Fingerprint of code, code files and sources."""
    is_steady: bool
    """Whether no id or row would be another one if all pages were seen once more."""
    files: dict[str, Seen] = field(default_factory=dict)
    is_carried_on: bool = False
    """Whether it is the build before with other times: its cells and passages are those that passed their checks."""
    digest: str = ""
    """Of the build's file as it was written."""


def fingerprint(sources: Sequence[SourceInfo]) -> str:
    """Changes with every rule and source that a build depends on."""
    told = orjson.dumps([asdict(source) for source in sorted(sources, key=lambda source: source.id)])
    return hashlib.sha256(_of_code().encode() + told).hexdigest()


@cache
def _of_code() -> str:
    found = hashlib.sha256(duckdb.__version__.encode())
    for pattern in _CODE:
        for path in sorted(HERE.glob(pattern)):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def state_of(records: Path, known: Mapping[str, Seen]) -> dict[str, Seen]:
    """All records files as they are now; what has the size and time of `known` is not read again."""
    found: dict[str, Seen] = {}
    for path in sorted(records.glob("????-??-??/*.ndjson*")):
        if path.name.endswith((".ndjson.gz", _CRAWLS)):
            name, status = f"{path.parent.name}/{path.name}", path.stat()
            old = known.get(name)
            same = old is not None and (old.size, old.changed_ns) == (status.st_size, status.st_mtime_ns)
            digest = old.digest if old is not None and same else _digest(path)
            found[name] = Seen(status.st_size, status.st_mtime_ns, digest)
    return found


def _digest(path: Path, size: int | None = None) -> str:
    with path.open("rb") as file:
        if size is None:
            return hashlib.file_digest(file, "sha256").hexdigest()
        return hashlib.sha256(file.read(size)).hexdigest()


def is_steady(documents: Sequence[Document], mains: Counter[str]) -> bool:
    """Whether another sighting of the pages could change nothing but times; `mains` counts the `main_pages`.

    Not where two addresses may be one page (same content, a common alias), where several pages of a project take turns
    by the time they were seen, where only others captured a page, or captured it later than we saw it.
    """
    hashes: Counter[tuple[str, str]] = Counter()
    names: Counter[str] = Counter()
    for document in documents:
        good = [version for version in document.versions if version.has_record]
        if good:
            hashes.update({(document.source.id, version.content_hash) for version in (good[0], good[-1])})
            if good[-1].fetched_at > document.last_seen:
                return False  # a capture: the next sighting may say that the page stood as we have it
        names.update({document.url, *document.aliases})
        if document.versions and not document.source.is_live:
            return False
    return all(most <= 1 for counted in (hashes, names, mains) for most in counted.values())


def main_pages(columns: Columns) -> Iterator[str]:
    """The project of each own page of a project in rows of `project_documents`."""
    pairs = zip(columns["project_id"], columns["relation"], strict=True)
    return (project_id for project_id, relation in pairs if relation == "main")


# --- the note beside a build -----------------------------------------------------------------------------------------


def _path(build: Path) -> Path:
    return build.parent.parent / FOLDER / f"{build.name.partition('.duckdb')[0]}.json"


def write_note(build: Path, note: Note) -> None:
    """Note what a build in a folder of builds was made from, and its digest; notes of builds that are gone go."""
    path = _path(build)
    if not build.name.endswith(NEXT):
        return
    path.parent.mkdir(exist_ok=True)
    for other in path.parent.glob("*.json"):
        if not list(build.parent.glob(f"{other.stem}.duckdb*")):
            other.unlink()
    files = {name: list(seen) for name, seen in note.files.items()}
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(orjson.dumps(asdict(note) | {"files": files, "digest": _digest(build)}))
    new.replace(path)


def read_note(build: Path) -> Note | None:
    """The note of a build; None where there is none that can be read."""
    try:
        found = orjson.loads(_path(build).read_bytes())
        files = {name: Seen(*seen) for name, seen in found["files"].items()}
        return Note(found["by"], found["is_steady"], files, found["is_carried_on"], found["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


# --- tonight ---------------------------------------------------------------------------------------------------------


def new_crawls(records: Path, note: Note, now: Mapping[str, Seen], run: RunInfo) -> list[Crawl]:
    """The crawls that came since the build of `note`; none where anything else came too, or something went.

    Nor where one of them did more than see pages: a page gone, a failure, a crawl of another run.
    """
    crawls: list[Crawl] = []
    if note.files.keys() - now.keys():
        return []
    for name, seen in now.items():
        old = note.files.get(name)
        if old is not None and old.digest == seen.digest:
            continue
        path = records / name
        if not name.endswith(_CRAWLS):
            if old is not None or not _is_empty(path, seen):
                return []
            continue
        size = 0 if old is None else old.size
        if old is not None and (size > seen.size or _digest(path, size) != old.digest):
            return []
        before = 0 if old is None else path.read_bytes()[:size].count(b"\n")
        crawls += read_crawls(path)[before:]
    return crawls if all(_is_quiet(crawl, run) for crawl in crawls) else []


def _is_quiet(crawl: Crawl, run: RunInfo) -> bool:
    return crawl.run_id == run.run_id and crawl.complete and not (crawl.gone or crawl.failures or crawl.fetched)


def _is_empty(path: Path, seen: Seen) -> bool:
    return seen.size < 100 and gzip.decompress(path.read_bytes()) == b""


def is_as_written(build: Path, note: Note) -> bool:
    """Whether every byte of a build is as its note says; one that a bad disk can not read is not.

    DuckDB would tell of damage only where it reads, and what stays as it lies is copied unread.
    """
    try:
        return _digest(build) == note.digest
    except OSError:
        return False


def build_before(warehouse_dir: Path) -> Path | None:
    """The newest of the builds published before the one in force that is as it was written, if there is one."""
    for build in published_builds(warehouse_dir)[1:]:
        note = read_note(build)
        if is_as_written(build, note) if note is not None else _opens(build):
            return build
    return None


def _opens(build: Path) -> bool:
    """Whether DuckDB can open a build; of one without a note no more can be told."""
    try:
        with read_only(build):
            return True
    except (WarehouseMissing, WarehouseUnreadable):
        return False


def carry_on(
    standing: Path, out: Path, crawls: Sequence[Crawl], sources: Sequence[SourceInfo], run: RunInfo
) -> dict[str, int] | None:
    """Copy the build `standing` to `out` and note the sightings of `crawls`. Returns the rows a table.

    None, and no file, where the crawls saw other pages than those that stand: one is back, unknown or missing.
    """
    shutil.copyfile(standing, out)
    with connect_to_write(out) as connection:
        if _fits(connection, crawls, sources, out):
            _note_sightings(connection, crawls, sources, run)
            counts = {name: _count(connection, f'SELECT count(*) FROM "{name}"') for name in TABLES}
            connection.execute("CHECKPOINT")
            return counts
    discard(out)
    return None


def _fits(
    connection: duckdb.DuckDBPyConnection, crawls: Sequence[Crawl], sources: Sequence[SourceInfo], out: Path
) -> bool:
    """Whether each crawl saw just the pages of its source that stand, and the crawl before saw them too."""
    live = {source.id for source in sources if source.is_live}
    connection.execute("CREATE TEMP TABLE tonight (source_id VARCHAR, url VARCHAR, seen_at TIMESTAMP)")
    for crawl in crawls:
        if crawl.source_id not in live:
            return False
        part = out.with_name(f"{out.name}.seen")
        part.write_bytes(b"".join(orjson.dumps({"url": url}) + b"\n" for url in crawl.seen))
        seen = f"read_json({text(str(part))}, format = 'newline_delimited', columns = {{url: 'VARCHAR'}})"
        connection.execute(
            f"INSERT INTO tonight SELECT {text(crawl.source_id)}, url, {text(crawl.started_at)} FROM {seen}"
        )
        part.unlink()
    last = "SELECT source_id, max(started_at) AS began FROM crawls GROUP BY source_id"
    newest = "SELECT document_id, arg_max(has_record, fetched_at) AS good FROM snapshots GROUP BY document_id"
    odd = (
        f"SELECT count(*) FROM (SELECT * FROM documents WHERE source_id IN (SELECT source_id FROM tonight)"
        f" AND gone_since IS NULL) d FULL JOIN tonight t ON t.url = d.url AND t.source_id = d.source_id"
        f" LEFT JOIN ({last}) l ON l.source_id = d.source_id LEFT JOIN ({newest}) n USING (document_id)"
        f" WHERE t.url IS NULL OR d.url IS NULL OR d.last_seen < l.began OR t.seen_at <= d.last_seen OR NOT n.good"
        f" OR l.began IS NULL"
    )
    notes = "SELECT count(*) FROM issues WHERE kind IN ('fetch_failed', 'page_leads_away', 'crawl_incomplete')"
    # What a person accepted once is looked at again tonight.
    forgiven = "SELECT count(*) FROM acceptances WHERE run_id = (SELECT arg_max(run_id, started_at) FROM runs)"
    return all(_count(connection, query) == 0 for query in (odd, notes, forgiven))


def _note_sightings(
    connection: duckdb.DuckDBPyConnection, crawls: Sequence[Crawl], sources: Sequence[SourceInfo], run: RunInfo
) -> None:
    connection.execute("BEGIN")
    connection.execute("UPDATE documents SET last_seen = t.seen_at FROM tonight t WHERE t.url = documents.url")
    connection.execute(
        "UPDATE projects SET last_seen = d.last_seen FROM documents d"
        " WHERE d.document_id = projects.document_id AND d.last_seen <> projects.last_seen"
    )
    connection.execute(
        "UPDATE sources SET data_as_of = t.newest FROM (SELECT source_id, max(seen_at) AS newest FROM tonight"
        " GROUP BY source_id) t WHERE t.source_id = sources.source_id"
    )
    newest = connection.execute("SELECT max(data_as_of) FROM runs").fetchall()[0][0]
    (about,) = [one for one in runs.run_rows(crawls, [], run) if one["run_id"] == run.run_id]
    seen = max((crawl.started_at for crawl in crawls if crawl.seen), default="")
    about["data_as_of"] = max(seen, "" if newest is None else f"{newest.isoformat()}Z") or None
    _insert(connection, "runs", [about])
    _insert(connection, "crawls", runs.crawl_rows(crawls))
    connection.execute("DELETE FROM acceptances")
    _insert(connection, "acceptances", runs.acceptance_rows(run))
    connection.execute(f"UPDATE issues SET run_id = {text(run.run_id)}")
    connection.execute("COMMIT")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    for row in rows:
        values = ", ".join("NULL" if value is None else text(str(value)) for value in row.values())
        connection.execute(f'INSERT INTO "{table}" VALUES ({values})')


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def severities(build: Path) -> Iterator[tuple[str, int]]:
    """Severity and number of the issues of a build."""
    with connect(str(build), read_only=True) as connection:
        yield from connection.execute("SELECT severity, count(*) FROM issues GROUP BY ALL ORDER BY ALL").fetchall()
