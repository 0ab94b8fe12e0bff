"""What goes to the bucket and comes back: archive, records, ledgers, the published warehouse.

Belongs here: which files, in which order, who wins where both sides differ. Does not: objects (remote.py).
Concept: what changed here since both sides were equal goes up, what changed there comes down; nothing that is merely
missing here is removed there, or a lost disk would take its own backup with it. `current.json` names the published
build and is written after the build was read back. For one writer: call while holding the lock of the data folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import orjson

from pipeline.errors import BiwaqFault
from pipeline.fetch.index import SUFFIX as INDEX
from pipeline.fetch.index import index_path
from pipeline.fetch.writer import sync_folder
from pipeline.remote import Damaged, Entry, Remote, entry_of
from pipeline.settings import Layout
from pipeline.storage import write_whole
from warehouse.publish import next_build, publish, published

BUILDS = "warehouse/builds"
CURRENT = "warehouse/current.json"
ARCHIVE = ("*.warc.gz", f"*{INDEX}")
RECORDS = ("*.ndjson.gz", "*.crawl.ndjson")
LEDGERS = (("", ("purged.ndjson", "retired.txt")), ("warehouse", ("published.txt", "accepted.ndjson")))
"""Folders with files that nothing can make anew, beside the archive."""
_GONE = ""
"""Stands for the SHA-256 of a file that was removed on both sides."""


@dataclass(slots=True)
class Copied:
    """What a copy did."""

    files: int = 0
    bytes: int = 0
    build: str | None = None
    """The warehouse that is current now where it was another before."""


@dataclass(slots=True)
class _Note:
    """What is known without asking or reading; a cache of one address."""

    remote: str
    files: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """By name: size, time of change, SHA-256."""
    same: dict[str, str] = field(default_factory=dict)
    """By name: the SHA-256 when both sides were equal last."""
    folders: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """By folder: what lay here when it was pushed last."""


class Sync:
    """One data folder and one bucket."""

    def __init__(self, layout: Layout, remote: Remote) -> None:
        self._layout = layout
        self._remote = remote
        self._note = _read_note(layout.synced, remote.address)
        self.copied = Copied()

    def push_pages(self) -> None:
        """Copy ledgers, archive and records up: what changed since the last time. Raises RemoteFault, OSError."""
        for folder, names in LEDGERS:
            self._push(folder, names)
        for top, patterns in (("archive", ARCHIVE), ("records", RECORDS)):
            for day in _days(self._local(top)):
                self._push(f"{top}/{day}", patterns)
        self._drop_retired()
        self._keep()

    def push_warehouse(self) -> None:
        """Copy the published build up, then let `current.json` name it. Raises RemoteFault, OSError."""
        link = published(self._layout.warehouse)
        if link is None:
            return
        for folder, names in LEDGERS:
            self._push(folder, names)
        build = link.resolve()
        entry = self._entry(f"{BUILDS}/{build.name}")
        wanted = {"build": build.name, **entry._asdict()}
        if self._current() != wanted:
            self._put(f"{BUILDS}/{build.name}", entry)
            if not self._remote.is_whole(f"{BUILDS}/{build.name}", entry):
                raise BiwaqFault(f"{self._remote.address}: {build.name} is another one when it is read back")
            self._remote.write(CURRENT, wanted)
            self.copied.build = build.name
        here = {path.name for path in build.parent.glob("*.duckdb")}
        for name in self._remote.folders(BUILDS):
            if name not in here:  # the last seven stay, as here; after a purge none but the current
                self._remote.remove(f"{BUILDS}/{name}")
        self._keep()

    def pull_pages(self, days: Iterable[date] | None = None, *, only_archive: bool = False) -> None:
        """Copy archive and records down, all days or these: what is not here, or changed there alone."""
        for folder, _ in () if only_archive else LEDGERS:
            self._pull(folder)
        chosen = None if days is None else {day.isoformat() for day in days}
        for top in ("archive",) if only_archive else ("archive", "records"):
            for day in self._remote.folders(top):
                if _is_day(day) and (chosen is None or day in chosen):
                    self._pull(f"{top}/{day}")
        self._keep()

    def pull_warehouse(self) -> None:
        """Publish the bucket's current build here, if it is another one. Raises RemoteFault, OSError."""
        current = self._current()
        if current is None:
            return
        name, entry = str(current["build"]), Entry(int(str(current["size"])), str(current["sha256"]))
        link = published(self._layout.warehouse)
        if link is not None and link.resolve().name == name:
            return
        if Path(name).name != name or not name.endswith(".duckdb"):
            raise Damaged(f"{self._remote.address}/{CURRENT} names {name!r}, which is no build")
        new = next_build(self._layout.warehouse, name.removesuffix(".duckdb"))
        new.unlink(missing_ok=True)
        self._remote.get(f"{BUILDS}/{name}", new, entry)
        publish(new, self._layout.warehouse)
        self.copied.build = name
        self.copied.files += 1
        self.copied.bytes += entry.size
        self._keep()

    def days(self) -> list[date]:
        """The days of which the bucket has archived pages."""
        return [date.fromisoformat(name) for name in self._remote.folders("archive") if _is_day(name)]

    def wrong(self) -> list[str]:
        """Read everything there back: the objects that are missing or not what their manifest says."""
        folders = [folder for folder, _ in LEDGERS]
        folders += [f"{top}/{day}" for top in ("archive", "records") for day in self._remote.folders(top)]
        whole = {_name(folder, name): e for folder in folders for name, e in self._manifest(folder).items()}
        current = self._current()
        if current is not None:
            whole[f"{BUILDS}/{current['build']}"] = Entry(int(str(current["size"])), str(current["sha256"]))
        found = [name for name, entry in whole.items() if not self._remote.is_whole(name, entry)]
        self._note.folders.clear()  # asked again by the next push, which puts right what is wrong
        for name in found:
            folder, _, file = name.rpartition("/")
            if folder != BUILDS:
                kept = {other: e for other, e in self._manifest(folder).items() if other != file}
                self._remote.write_manifest(folder, kept)
            else:
                self._remote.remove(CURRENT)
        self._keep()
        return found

    def _push(self, folder: str, patterns: Sequence[str]) -> None:
        names = {path.name for pattern in patterns for path in self._local(folder).glob(pattern)}
        entries = {name: self._entry(_name(folder, name)) for name in sorted(names)}
        if not entries or self._note.folders.get(folder) == entries:
            return
        there = self._manifest(folder)
        for name in [name for name in there if name.endswith(INDEX) and name not in entries]:
            del there[name]  # an index is made anew from its file, which was replaced
            self._remote.remove(_name(folder, name))
        for name, entry in entries.items():
            if there.get(name) != entry:
                self._put(_name(folder, name), entry)
                there[name] = entry
                self._remote.write_manifest(folder, there)  # after each: a copy that is cut off goes on from here
            self._note.same[_name(folder, name)] = entry.sha256
        self._remote.write_manifest(folder, there)
        self._note.folders[folder] = entries

    def _pull(self, folder: str) -> None:
        retired = set(self._retired())
        for name, entry in self._remote.manifest(folder).items():
            path, full = self._local(folder) / name, _name(folder, name)
            if path.exists():
                own = self._entry(full)
                if own == entry or self._note.same.get(full) != own.sha256:
                    continue  # equal, or changed here: that goes up
            elif full in retired:
                continue
            self._remote.get(full, path, entry)
            sync_folder(path.parent)
            self._note.same[full] = entry.sha256
            self.copied.files += 1
            self.copied.bytes += entry.size

    def _drop_retired(self) -> None:
        """What was removed here after its source's `keep_days` goes there, too."""
        for name in self._retired():
            if self._note.same.get(name) == _GONE:
                continue
            folder, _, file = name.rpartition("/")
            there = self._manifest(folder)
            gone = {file, index_path(Path(file)).name}
            if gone & set(there):
                self._remote.write_manifest(folder, {one: e for one, e in there.items() if one not in gone})
            for one in gone:
                self._remote.remove(f"{folder}/{one}")
            self._note.same[name] = _GONE

    def _retired(self) -> list[str]:
        path = self._layout.retired
        return path.read_text(encoding="utf-8").split() if path.exists() else []

    def _put(self, name: str, entry: Entry) -> None:
        self._remote.put(self._local(name), name, entry)
        self.copied.files += 1
        self.copied.bytes += entry.size

    def _entry(self, name: str) -> Entry:
        """What a file here holds, read only if it changed since it was read last."""
        path = self._local(name)
        status = path.stat()
        known = self._note.files.get(name)
        if known is None or known[:2] != (status.st_size, status.st_mtime_ns):
            found = entry_of(path)
            known = self._note.files[name] = (status.st_size, status.st_mtime_ns, found.sha256)
        return Entry(known[0], known[2])

    def _manifest(self, folder: str) -> dict[str, Entry]:
        try:
            return self._remote.manifest(folder)
        except Damaged:
            return {}

    def _current(self) -> dict[str, object] | None:
        try:
            return self._remote.read(CURRENT)
        except Damaged:
            return None

    def _local(self, name: str) -> Path:
        return self._layout.root / name

    def _keep(self) -> None:
        note = {"remote": self._note.remote, "files": self._note.files, "same": self._note.same}
        folders = {name: list(map(list, _flat(entries))) for name, entries in self._note.folders.items()}
        self._layout.root.mkdir(parents=True, exist_ok=True)
        write_whole(self._layout.synced, orjson.dumps({**note, "folders": folders}).decode())


def _flat(entries: dict[str, Entry]) -> list[tuple[str, int, str]]:
    return [(name, entry.size, entry.sha256) for name, entry in entries.items()]


def _read_note(path: Path, address: str) -> _Note:
    """The note of this address; an empty one where there is none, or where it speaks of another bucket."""
    try:
        noted = orjson.loads(path.read_bytes())
        folders = {f: {n: Entry(size, sha) for n, size, sha in rows} for f, rows in noted["folders"].items()}
        files = {name: (size, changed, sha) for name, (size, changed, sha) in noted["files"].items()}
        is_this = noted["remote"] == address
        return _Note(address, files, noted["same"] if is_this else {}, folders if is_this else {})
    except (OSError, ValueError, KeyError, TypeError):
        return _Note(address)


def _days(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if _is_day(path.name)) if folder.is_dir() else []


def _is_day(name: str) -> bool:
    try:
        return len(name) == 10 and bool(date.fromisoformat(name))
    except ValueError:
        return False


def _name(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
