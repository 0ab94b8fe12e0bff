"""What a kill leaves: a whole old folder beside the place it belongs to, a new one half made, work nobody will end.

Belongs here: report and exports, both replaced as a whole (warehouse/report, warehouse/export); folders of re-parses
and workers, copies cut off. Does not: making them.
Concept: the next run puts things right before it begins: the old folder returns where there is none, else it goes.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.logs import warn
from pipeline.settings import Layout
from pipeline.storage import explained, storage_faults

OLD = ".{}.old"
MADE = (".{}.new", ".{}.next")
"""Names that the two writers give to a folder that is not finished."""
OF_REPARSE, OF_WORKER = ".reparse-", ".worker-"
"""How the folders begin that `biwaq reparse` and `biwaq worker` work in."""
WORK = (f"{OF_REPARSE}*", f"{OF_WORKER}*", "*/*/.*.part", "*/.*.part", ".*.part")
"""What these two and a copy from the bucket leave when they are killed."""


def settle(layout: Layout) -> list[Path]:
    """Bring back or remove what killed runs, re-parses and workers left. Returns what is no more.

    Only for the one process that writes. A fault is said, stops no run and keeps nothing else from being settled.
    """
    found: list[Path] = []
    with _faults_said():
        found += _removed(layout, OF_REPARSE)  # the lock is ours: nobody re-parses
    with _faults_said():
        found += _dead_workers(layout)
    with _faults_said():
        found += [path for folder in (layout.report, layout.exports) for path in _settled(folder)]
    return found


def settle_workers(layout: Layout) -> None:
    """Remove what killed workers left, unless one is at work here. A fault is said and stops no worker."""
    with _faults_said():
        _dead_workers(layout)


def forget(layout: Layout) -> None:
    """Remove report and exports and whatever killed programs left: they may hold what was purged."""
    made = [path for folder in (layout.report, layout.exports) for path in (folder, *_leftovers(folder))]
    for path in [*made, *(path for pattern in WORK for path in layout.root.glob(pattern))]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _faults_said() -> Iterator[None]:
    try:
        yield
    except storage_faults() as fault:
        warn("tidying_failed", f"what a killed run left could not be removed: {explained(fault)}")


def _dead_workers(layout: Layout) -> list[Path]:
    """Remove the folders of workers if all are dead: those at work hold the lock together, which ends with them.

    A process's number would not tell: in two containers it is the same.
    """
    if not any(layout.root.glob(f"{OF_WORKER}*")):
        return []
    with layout.workers.open("a+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return []
        return _removed(layout, OF_WORKER)


def _removed(layout: Layout, begin: str) -> list[Path]:
    found = list(layout.root.glob(f"{begin}*"))
    for path in found:
        shutil.rmtree(path)
    return found


def _settled(folder: Path) -> list[Path]:
    old = folder.with_name(OLD.format(folder.name))
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    gone = [path for path in _leftovers(folder) if path.is_dir()]
    for path in gone:
        shutil.rmtree(path)
    return gone


def _leftovers(folder: Path) -> list[Path]:
    return [folder.with_name(pattern.format(folder.name)) for pattern in (OLD, *MADE)]
