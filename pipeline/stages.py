"""Where a night's CPU time goes: seconds by stage, for the run's log and the bench.

Belongs here: adding up. Does not: the stages themselves, judging their time.
Concept: CPU of this process and not wall time: politeness makes a night long and costs nothing. A stage inside another
counts for itself alone; what no stage takes is Dagster's own share and the start of the program.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_SECONDS: defaultdict[str, float] = defaultdict(float)
_HELPED: defaultdict[str, float] = defaultdict(float)
"""Seconds of helper processes."""


def begin() -> None:
    """Forget what was counted: a run begins."""
    _SECONDS.clear()
    _HELPED.clear()


def add(name: str, seconds: float, *, within: str | None = None) -> None:
    """Count CPU seconds for a stage; `within` names the stage that they were counted for too, and are taken from."""
    _SECONDS[name] += seconds
    if within is not None:
        _SECONDS[within] -= seconds


def add_helped(name: str, seconds: float) -> None:
    """Count CPU seconds that another process spent for a stage."""
    _HELPED[name] += seconds


@contextmanager
def stage(name: str, *, within: str | None = None) -> Iterator[None]:
    """Count the CPU seconds of this process, all threads, while the block runs."""
    start = time.process_time()
    try:
        yield
    finally:
        add(name, time.process_time() - start, within=within)


def counted() -> Mapping[str, float]:
    """The seconds of each stage, helpers' with them, and as `dagster` what this process took beside them so far."""
    rest = time.process_time() - sum(_SECONDS.values())
    return {name: round(seconds + _HELPED[name], 3) for name, seconds in _SECONDS.items()} | {"dagster": round(rest, 3)}
