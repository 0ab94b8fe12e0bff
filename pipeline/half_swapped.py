"""What a kill leaves: a whole old folder beside the place it belongs to, a new one half made, work nobody will end.

Belongs here: report and exports, both replaced as a whole (warehouse/report, warehouse/export); folders of re-parses
and workers, copies cut off. Does not: making them.
Concept: the next run puts things right before it begins: the old folder returns where there is none, else it goes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.logs import warn
from pipeline.settings import Layout
from pipeline.storage import explained, storage_faults

OLD = ".{}.old"
MADE = (".{}.new", ".{}.next")
"""Names that the two writers give to a folder that is not finished."""
WORK = (".reparse-*", ".worker-*", "*/*/.*.part", "*/.*.part", ".*.part")
"""What `biwaq reparse`, `biwaq worker` and a copy from the bucket leave when they are killed."""


def settle(layout: Layout) -> list[Path]:
    """Bring back or remove what a killed run left beside report and exports. Returns what is no more.

    Only for the one process that writes. A fault is said and stops no run.
    """
    try:
        left = list(layout.root.glob(WORK[0]))  # the lock is ours: nobody re-parses
        for path in left:
            shutil.rmtree(path)
        return [*left, *(path for folder in (layout.report, layout.exports) for path in _settled(folder))]
    except storage_faults() as fault:
        warn("tidying_failed", f"what a killed run left could not be removed: {explained(fault)}")
        return []


def forget(layout: Layout) -> None:
    """Remove report and exports and whatever killed programs left: they may hold what was purged."""
    made = [path for folder in (layout.report, layout.exports) for path in (folder, *_leftovers(folder))]
    for path in [*made, *(path for pattern in WORK for path in layout.root.glob(pattern))]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


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
