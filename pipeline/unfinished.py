"""Which runs of a day were killed on the way.

Belongs here: the note that a run leaves while it works. Does not: what was fetched, which the archive tells.
Concept: a run that ends, well or not, takes its note away; a killed one can not, so the next run goes on where it was.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from pipeline.storage import write_whole

_RUN = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}")


def note(path: Path, day: date, run_id: str) -> list[str]:
    """Note that `run_id` works on `day`; returns the runs of that day that were killed before it."""
    killed = [run for noted, run in _noted(path) if noted == day.isoformat()]
    write_whole(path, "".join(f"{day.isoformat()} {run}\n" for run in [*killed, run_id]))
    return killed


def clear(path: Path) -> None:
    """The run ended by itself: nothing is left to go on with."""
    path.unlink(missing_ok=True)


def _noted(path: Path) -> list[tuple[str, str]]:
    """Day and run of each line; what is no such line, as a damaged disk can leave it, is none."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return [(day, run) for day, _, run in (line.partition(" ") for line in lines) if _RUN.fullmatch(run)]
