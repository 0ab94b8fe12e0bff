"""What goes to the bucket and comes back: archive, records, ledgers, the published warehouse.

Belongs here: which files, in which order, who wins where both sides differ. Does not: objects (remote.py).
Concept: what changed here alone since both sides were equal goes up, what changed there alone comes down, what changed
on both sides is refused; ledgers only grow, so they are joined. What is merely missing here is not removed there, or a
lost disk would take its own backup with it. `current.json` names the published build and is written after the build
was read back. For one writer: call while holding the lock of the data folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.errors import BiwaqFault
from pipeline.fetch.index import SUFFIX as INDEX
from pipeline.fetch.index import index_path
from pipeline.fetch.writer import sync_folder
from pipeline.half_swapped import forget
from pipeline.heal import DAMAGED
from pipeline.purge import drop_old_builds
from pipeline.remote import MANIFEST, Damaged, Entry, Remote, RemoteFault, Torn, is_name, name_in
from pipeline.remote_names import CURRENT, Current, current_of, current_or_none, is_archived, is_day
from pipeline.settings import Layout
from pipeline.synced import joined, keep_note, read_note, write_ledger
from warehouse.publish import LEDGER, next_build, publish, published

BUILDS = "warehouse/builds"
ARCHIVE = ("*.warc.gz", f"*{INDEX}")
RECORDS = ("*.ndjson.gz", "*.crawl.ndjson")
LEDGERS = {"": ("purged.ndjson", "retired.txt"), "warehouse": ("published.txt", "accepted.ndjson")}
"""Folders with files that nothing can make anew, beside the archive; they only grow."""
RESULTS = "reparse"
"""The folder of the bucket where workers leave what they read."""
_GONE = ""
"""Stands for the SHA-256 of a file that was removed on both sides."""


@dataclass(slots=True)
class Copied:
    """What a copy did."""

    files: int = 0
    bytes: int = 0
    build: str | None = None
    """The warehouse that is current now where it was another before."""
    left: int = 0
    """Files that differ and were left as they are: going up those that changed there alone, coming down those that
    changed on both sides."""


class Sync:
    """One data folder and one bucket."""

    def __init__(self, layout: Layout, remote: Remote) -> None:
        self._layout = layout
        self._remote = remote
        self._note = read_note(layout.synced, remote.address)
        self.copied = Copied()
        self._both: list[str] = []
        self._wrong: dict[str, Entry | None] = {}

    def push_pages(self) -> None:
        """Copy ledgers, archive and records up: what changed here alone. Raises RemoteFault, OSError.

        Workers' results that lie there were left by a run that was killed, as only who holds the lock gives out work.
        """
        self._remote.remove(RESULTS)
        self._push_ledgers()
        for top in ("archive", "records"):
            for day in _days(self._local(top)):
                self._push(f"{top}/{day}")
        self._drop_retired()
        self._keep()
        if self._both:
            more = f" and {len(self._both) - 1} more" if len(self._both) > 1 else ""
            raise RemoteFault(self._refused(f"{self._both[0]}{more}"))

    def push_warehouse(self) -> None:
        """Copy the published build up, then let `current.json` name it. Raises RemoteFault, OSError."""
        link = published(self._layout.warehouse)
        if link is None:
            return
        self._push_ledgers()
        build = link.resolve()
        mine = Current(build.name, self._note.entry(self._layout.root, f"{BUILDS}/{build.name}"))
        there = current_or_none(self._remote)
        if there is not None and there.entry != mine.entry and not self._follows(there, mine):
            self._keep()
            return
        if there != mine:
            self._publish_there(mine)
        self._note.equal(CURRENT, mine.entry.sha256)
        here = {path.name for path in build.parent.glob("*.duckdb")}
        for name in self._remote.folders(BUILDS):
            if name not in here:  # the last seven stay, as here; after a purge none but the current
                self._remote.remove(f"{BUILDS}/{name}")
        self._keep()

    def pull_pages(self, days: Iterable[date] | None = None, *, only_archive: bool = False) -> None:
        """Copy archive and records down, all days or these: what is not here, or changed there alone."""
        for folder in () if only_archive else LEDGERS:
            self._join(folder, self._whole(folder))
        chosen = None if days is None else {day.isoformat() for day in days}
        for top in ("archive",) if only_archive else ("archive", "records"):
            for day in self._remote.folders(top):
                if is_day(day) and (chosen is None or day in chosen):
                    self._pull(f"{top}/{day}")
        self._keep()

    def pull_warehouse(self) -> None:
        """Publish the bucket's current build here, if it is another one. Raises RemoteFault, OSError."""
        current = None if CURRENT in self._wrong else current_of(self._remote)
        if current is None or f"{BUILDS}/{current.build}" in self._wrong:
            return
        name, entry = current
        link = published(self._layout.warehouse)
        is_known = link is not None and (link.resolve().name == name or self._note.same.get(CURRENT) == entry.sha256)
        if not is_known:
            new = next_build(self._layout.warehouse, name.removesuffix(".duckdb"))
            new.unlink(missing_ok=True)
            self._remote.get(f"{BUILDS}/{name}", new, entry)
            self._publish_here(new)
            self.copied.build = name
            self._count(entry)
        self._note.equal(CURRENT, entry.sha256)
        self._forget_purged(is_last=not is_known)
        self._keep()

    def days(self) -> list[date]:
        """The days of which the bucket has archived pages."""
        return [date.fromisoformat(name) for name in self._remote.folders("archive") if is_day(name)]

    def wrong(self) -> list[str]:
        """Read everything there back: the objects that are missing or not what their manifest says, and manifests
        that can not be read. Changes nothing there; a pull of this object passes over them.
        """
        found, whole = [], dict[str, Entry]()
        days = [f"{top}/{day}" for top in ("archive", "records") for day in self._remote.folders(top) if is_day(day)]
        for folder in [*LEDGERS, *days]:
            try:
                whole |= {name_in(folder, name): entry for name, entry in self._remote.manifest(folder).items()}
            except Damaged:
                found.append(name_in(folder, MANIFEST))
        try:
            if (current := current_of(self._remote)) is not None:
                whole[f"{BUILDS}/{current.build}"] = current.entry
        except Damaged:
            found.append(CURRENT)
        found += [name for name, entry in whole.items() if not self._remote.is_whole(name, entry)]
        self._wrong = {name: whole.get(name) for name in found}
        return found

    def mend(self) -> None:
        """Copy what `wrong` found again where just that lies here, forget it where nothing does.

        What differs here is left to the push, which knows which side is newer.
        """
        for name, entry in self._wrong.items():
            folder, _, file = name.rpartition("/")
            if entry is None:
                if name != CURRENT:  # which the push writes anew
                    self._manifest(folder)
            elif not self._local(name).exists():
                if folder != BUILDS:
                    left = {other: known for other, known in self._manifest(folder).items() if other != file}
                    self._remote.write_manifest(folder, left)
            elif self._note.entry(self._layout.root, name) == entry:
                self._remote.put(self._local(name), name, entry)
                self._count(entry)

    def is_right(self, name: str) -> bool:
        """Whether something that `wrong` found is well now."""
        folder, _, file = name.rpartition("/")
        if file == MANIFEST:
            return True
        if name == CURRENT or folder == BUILDS:
            current = current_or_none(self._remote)
            return current is not None and self._remote.is_whole(f"{BUILDS}/{current.build}", current.entry)
        entry = self._manifest(folder).get(file)
        return entry is not None and self._remote.is_whole(name, entry)

    def _push_ledgers(self) -> None:
        for folder in LEDGERS:
            self._join(folder, self._manifest(folder), is_push=True)
            self._push(folder)

    def _push(self, folder: str) -> None:
        retired = self._retired_files()
        names = {path.name for pattern in _patterns(folder) for path in self._local(folder).glob(pattern)}
        entries = {
            n: self._note.entry(self._layout.root, name_in(folder, n))
            for n in sorted(names)
            if name_in(folder, n) not in retired
        }
        if not entries:
            return
        there = self._manifest(folder)
        going = self._going(folder, entries, there)
        self._drop_indexes(folder, {index_path(Path(name)).name for name in going} - set(entries), there)
        if going:
            self._note.sent |= {name_in(folder, name): entries[name].sha256 for name in going}
            self._keep()
        for name in going:
            self._remote.put(self._local(name_in(folder, name)), name_in(folder, name), entries[name])
            self._count(entries[name])
            there[name] = entries[name]
            self._remote.write_manifest(folder, there)  # after each: a copy that is cut off goes on from here
            self._note.equal(name_in(folder, name), entries[name].sha256)

    def _going(self, folder: str, entries: dict[str, Entry], there: dict[str, Entry]) -> list[str]:
        """The names that go up, an index after its file and only if that is what lies there then."""
        going, left = [], set[str]()
        for name in sorted(entries, key=lambda name: (name.endswith(INDEX), name)):
            full = name_in(folder, name)
            way = self._note.way_up(full, entries[name], there.get(name))
            if way == "both" and (folder in LEDGERS or name.endswith(INDEX)):
                way = "mine"  # the ledger was joined; an index is made anew from its file, the same on both sides
            if way == "mine" and name not in left:
                going.append(name)
            elif way in ("theirs", "both") and name not in left:
                left.add(index_path(Path(name)).name)
                self.copied.left += 1
                self._both += [full] if way == "both" else []
        return going

    def _drop_indexes(self, folder: str, names: set[str], there: dict[str, Entry]) -> None:
        """Indexes of files that are about to be replaced there, and that have none here."""
        for name in sorted(names & set(there)):
            del there[name]
            self._remote.write_manifest(folder, there)
            self._remote.remove(name_in(folder, name))

    def _join(self, folder: str, there: dict[str, Entry], *, is_push: bool = False) -> None:
        """Take over the lines of the bucket's ledgers that are not here."""
        for name, entry in there.items():
            full = name_in(folder, name)
            path = self._local(full)
            if name not in LEDGERS[folder] or (path.exists() and self._note.entry(self._layout.root, full) == entry):
                continue
            try:
                theirs = self._remote.content(full, entry)
            except Torn:
                if is_push:
                    continue  # goes up as it is here
                raise
            own = path.read_bytes() if path.exists() else b""
            if (both := joined(own, theirs)) != own:
                self._note.forget |= path == self._layout.purged
                self._keep()
                write_ledger(path, both)
                self._count(entry)

    def _pull(self, folder: str) -> None:
        retired, coming = self._retired_files(), dict[str, Entry]()
        for name, entry in self._whole(folder).items():
            full = name_in(folder, name)
            if not any(fnmatchcase(name, pattern) for pattern in _patterns(folder)):
                continue
            if not self._local(full).exists():
                coming |= {} if full in retired else {full: entry}
                continue
            way = self._note.way_down(full, self._note.entry(self._layout.root, full), entry)
            coming |= {full: entry} if way == "theirs" else {}
            self.copied.left += way == "both"
        if coming:
            self._note.coming |= {full: entry.sha256 for full, entry in coming.items()}
            self._keep()
        for full, entry in coming.items():
            self._remote.get(full, self._local(full), entry)
            sync_folder(self._local(full).parent)
            self._note.equal(full, entry.sha256)
            self._count(entry)

    def _follows(self, there: Current, mine: Current) -> bool:
        """Whether the build here comes after the bucket's. Raises RemoteFault where both sides have a new one."""
        older = f"{BUILDS}/{there.build}"
        was = self._note.files.get(older, (0, 0, ""))[2]  # it was pushed from here
        if there.entry.sha256 in (self._note.same.get(CURRENT), was):
            return True
        if self._local(older).exists() and self._note.entry(self._layout.root, older) == there.entry:
            return True  # one of the last seven: the note was lost
        if self._note.same.get(CURRENT) == mine.entry.sha256:
            self.copied.left += 1
            return False
        raise RemoteFault(self._refused(f"{BUILDS}/{mine.build}"))

    def _publish_there(self, mine: Current) -> None:
        name = f"{BUILDS}/{mine.build}"
        self._remote.put(self._local(name), name, mine.entry)
        self._count(mine.entry)
        if not self._remote.is_whole(name, mine.entry):
            raise BiwaqFault(f"{self._remote.address}: {mine.build} is another one when it is read back")
        self._keep()  # a kill after the next line: the build is known as one that was pushed from here
        self._remote.write(CURRENT, {"build": mine.build, **mine.entry._asdict()})
        self.copied.build = mine.build

    def _publish_here(self, new: Path) -> None:
        """Publish; the ledger stays the bucket's where it names the build already, or each copy would change it."""
        ledger = self._layout.warehouse / LEDGER
        before = ledger.read_bytes() if ledger.exists() else b""
        final = publish(new, self._layout.warehouse)
        if final.stem.encode() in before.split():
            write_ledger(ledger, before)

    def _forget_purged(self, *, is_last: bool) -> None:
        """After a purge elsewhere: drop what was made here of the pages as they were.

        Again with each pull until a newer build came, as the ledger is pushed before the build that fits it.
        """
        link = published(self._layout.warehouse)
        if self._note.forget and link is not None:
            forget(self._layout)
            drop_old_builds(self._layout.warehouse, link)
            for aside in self._layout.records.glob(f"*/*{DAMAGED}"):
                aside.unlink()
            self._note.forget = not is_last

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
        """Names of archive files; what else stands in the ledger is passed over."""
        path = self._layout.retired
        names = path.read_text(encoding="utf-8", errors="replace").split() if path.exists() else []
        return [name for name in names if is_archived(name)]

    def _retired_files(self) -> set[str]:
        return {one for name in self._retired() for one in (name, index_path(Path(name)).as_posix())}

    def _refused(self, name: str) -> str:
        return (
            f"{self._remote.address}: {name} changed here and in the bucket since both were equal; neither is "
            "overwritten: `biwaq sync --pull --data NEW` copies the bucket into a new folder, go on with one of them"
        )

    def _count(self, entry: Entry) -> None:
        self.copied.files += 1
        self.copied.bytes += entry.size

    def _manifest(self, folder: str) -> dict[str, Entry]:
        """For a push: a manifest that can not be read is made anew from what lies there."""
        try:
            return self._remote.manifest(folder)
        except Damaged:
            names = [name for name in self._remote.folders(folder) if is_name(name)]
            fitting = [name for name in names if any(fnmatchcase(name, one) for one in _patterns(folder))]
            found = {name: self._remote.entry(name_in(folder, name)) for name in fitting}
            self._remote.write_manifest(folder, found)
            return found

    def _whole(self, folder: str) -> dict[str, Entry]:
        """For a pull: what is whole in a folder, without what `wrong` found."""
        if name_in(folder, MANIFEST) in self._wrong:
            return {}
        there = self._remote.manifest(folder)
        return {name: entry for name, entry in there.items() if name_in(folder, name) not in self._wrong}

    def _local(self, name: str) -> Path:
        return self._layout.root / name

    def _keep(self) -> None:
        keep_note(self._layout.synced, self._note)


def _patterns(folder: str) -> Sequence[str]:
    """The names of what is copied of a folder."""
    return LEDGERS.get(folder, ARCHIVE if folder.startswith("archive/") else RECORDS)


def _days(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if is_day(path.name)) if folder.is_dir() else []
