"""What the data set is called, who publishes it, under which licence: for all formats.

Belongs here: reading catalogue.toml and the facts of one file (day, publishers, period). Does not: any format.
Concept: an operator who publishes the exports elsewhere changes one data file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

CATALOGUE: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What one warehouse file says of itself; times are UTC, days ISO 8601.

    `version` is the day the data are of, `created` the moment; `first_day` and `last_day` span the projects' runtimes.
    """

    version: str
    created: str
    run_id: str
    publishers: tuple[str, ...]
    first_day: str | None
    last_day: str | None


def facts_of(connection: duckdb.DuckDBPyConnection) -> Facts:
    """The facts of the open file; nothing depends on the clock, so that the same file gives the same exports."""
    newest = connection.execute(
        "SELECT run_id, coalesce(data_as_of, started_at) FROM runs ORDER BY started_at DESC, run_id DESC LIMIT 1"
    ).fetchone()
    run_id, moment = newest or ("none", None)
    publishers = connection.execute("SELECT DISTINCT publisher FROM documents WHERE publisher IS NOT NULL ORDER BY ALL")
    names = tuple(name for (name,) in publishers.fetchall())
    ((first, last),) = connection.execute("SELECT min(start_date), max(end_date) FROM projects").fetchall()
    return Facts(
        version="0" if moment is None else moment.date().isoformat(),
        created="1970-01-01T00:00:00Z" if moment is None else f"{moment.isoformat(timespec='seconds')}Z",
        run_id=run_id,
        publishers=names,
        first_day=None if first is None else first.isoformat(),
        last_day=None if last is None else last.isoformat(),
    )
