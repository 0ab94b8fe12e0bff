"""Python's hunt for cycles of objects, less often than usual.

Belongs here: how often, and for how long. Does not: when (cli.py for commands; parse_day.py and parse_pool.py, as
Dagster and helpers start them without a command). Concept: pages and rows make no cycles; to hunt for them as often as
usual took 8 % of a night and 4 % of parsing alone.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (50_000, 20, 100)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """While the block runs, new objects are looked through every 50,000 and not every 700."""
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
