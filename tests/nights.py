"""Nights on the sample site, each recorded as it was published."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.warehouse_file import rows

NIGHTS = (
    ("first", "2025-11-20T01:15:00Z", 1),
    ("again", "2025-11-21T01:15:00Z", 1),
    ("second", "2025-11-22T01:15:00Z", 2),
    ("third", "2025-11-23T01:15:00Z", 3),
)
RUN = "SELECT listed, fetched, unchanged, parsed, failed FROM runs ORDER BY started_at DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Night:
    """What was published after one night."""

    listed: int
    fetched: int
    unchanged: int
    parsed: int
    failed: int
    changes: list[tuple[object, ...]]
    gone: list[str]
    projects: dict[str, str]


@dataclass(frozen=True, slots=True)
class History:
    """The nights by name, and the data folder after the last."""

    data: Path
    nights: dict[str, Night]


def record_history(data: Path) -> History:
    """Run all nights into `data` and record each."""
    nights = {}
    for name, now, state in NIGHTS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BIWAQ_NOW", now)
            patch.setattr(sys, "argv", ["biwaq", "run", "--data", str(data), "--state", str(state)])
            with pytest.raises(SystemExit) as ended:
                main()
        assert not ended.value.code, name
        nights[name] = _record(data)
    return History(data, nights)


def _record(data: Path) -> Night:
    ((listed, fetched, unchanged, parsed, failed),) = rows(data, RUN)
    changes = rows(
        data,
        "SELECT d.url, c.table_name, c.row_key, c.column_name, c.old_value, c.new_value FROM changes c "
        "JOIN documents d USING (document_id) ORDER BY ALL",
    )
    gone = [url for (url,) in rows(data, "SELECT url FROM documents WHERE gone_since IS NOT NULL ORDER BY url")]
    projects = dict(rows(data, "SELECT project_id, title FROM projects"))
    return Night(listed, fetched, unchanged, parsed, failed, changes, gone, projects)
