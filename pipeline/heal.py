"""What a run mends by itself before it goes on: records files that can not be read.

Belongs here: finding damaged records and making them anew from the archive. Does not: Dagster's store (instance.py).
Concept: records are rebuildable, so damage to them costs time, not data; what was damaged is kept beside, and said.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import orjson

from pipeline.logs import warn
from pipeline.parse_day import parse_day
from pipeline.resources import Workspace
from warehouse.load import RecordsDamaged

UNREADABLE = (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError, orjson.JSONDecodeError, RecordsDamaged)
DAMAGED = ".damaged"
Value = TypeVar("Value")


def with_sound_records(workspace: Workspace, work: Callable[[], Value]) -> Value:
    """What `work` gives; where it meets damaged records these are made anew and it is tried once more."""
    try:
        return work()
    except UNREADABLE:
        if not heal_records(workspace):
            raise
        return work()


def heal_records(workspace: Workspace) -> list[date]:
    """Put damaged records files aside and parse their days again from what the archive holds. Returns the days."""
    root, archive = workspace.settings.layout.records, workspace.archive()
    days: set[date] = set()
    for path in sorted(root.glob("????-??-??/*.ndjson*")):
        if path.suffix != DAMAGED and not _is_readable(path):
            path.replace(path.with_name(path.name + DAMAGED))
            day = date.fromisoformat(path.parent.name)
            days.add(day)
            _say(path, is_archived=bool(archive.files(day, path.name.partition(".")[0])))
    for day in sorted(days):
        parse_day(archive, root, workspace.sources(), day)
    return sorted(days)


def _say(path: Path, *, is_archived: bool) -> None:
    name = f"records {path.parent.name}/{path.name} could not be read"
    if is_archived:
        warn("records_rebuilt", f"{name}: they are made anew from the archive", file=str(path))
    else:
        what = f"its pages went after their source's keep_days: what they said is left in {path.name}{DAMAGED} alone"
        warn("records_lost", f"{name}, and {what}", file=str(path))


def _is_readable(path: Path) -> bool:
    """Whether every line of a records file is an object."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            return all(isinstance(orjson.loads(line), dict) for line in lines)
    except UNREADABLE:
        return False
