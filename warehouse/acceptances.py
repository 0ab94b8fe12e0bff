"""Checks that a person accepted for one run, each with the reason.

Belongs here: the ledger beside the builds, one JSON line an acceptance. Does not: asking, or letting a check pass.
Concept: the warehouse is rebuilt every night, so what people decided must lie outside of it, and is copied into each.
"""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from warehouse.model import Acceptance

LEDGER = "accepted.ndjson"


def accepted_before(warehouse_dir: Path) -> tuple[Acceptance, ...]:
    """The acceptances of earlier runs, oldest first; half a line, as a kill can leave it, is none."""
    path = warehouse_dir / LEDGER
    lines = path.read_bytes().splitlines() if path.exists() else []
    return tuple(found for line in lines if (found := _read(line)) is not None)


def note_accepted(warehouse_dir: Path, acceptances: tuple[Acceptance, ...]) -> None:
    """Keep acceptances of a run that was published; one that is there already is not noted twice. Raises OSError."""
    known = set(accepted_before(warehouse_dir))
    new = [orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in acceptances if one not in known]
    if new:
        with (warehouse_dir / LEDGER).open("ab") as ledger:
            ledger.write(b"\n" + b"".join(new))  # begins a line of its own even after half a line
            ledger.flush()
            os.fsync(ledger.fileno())


def _read(line: bytes) -> Acceptance | None:
    try:
        return Acceptance(**orjson.loads(line))
    except (orjson.JSONDecodeError, TypeError):
        return None
