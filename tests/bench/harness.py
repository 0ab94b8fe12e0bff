"""Measuring: contestants in turns in one process, or one piece of work in a child of its own.

Belongs here: clocks, medians, memory of a process. Does not: what is measured, printing.
Concept: absolute times belong to the machine and the minute; the same minute in turns gives ratios that hold.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

Input = TypeVar("Input")
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: CPU and wall seconds. CPU counts all threads of the process, children that ended included."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A piece of work in a child process: what it returned, its seconds, the most memory it ever had (MB)."""

    result: Any
    cpu: float
    wall: float
    peak_mb: float


@dataclass(slots=True)
class Outcome:
    """What a bench found. `ratios` are judged, `figures` are absolute, `raw` has everything measured."""

    ratios: dict[str, float] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)


def timed(work: Callable[[], object]) -> Sample:
    """One run of `work`, garbage of earlier ones collected before the clocks start."""
    gc.collect()
    cpu, wall = _cpu(), time.perf_counter()
    work()
    return Sample(_cpu() - cpu, time.perf_counter() - wall)


def in_turns(
    contestants: dict[str, Callable[[Input], object]], make: Callable[[int], Input], rounds: int
) -> dict[str, list[Sample]]:
    """Every contestant on the same input, `rounds` times; the order turns around in every round.

    `make` gives the input of round n, so that no contestant meets a page twice; round 0 warms up and is not kept.
    """
    taken: dict[str, list[Sample]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        given = make(number)
        names = list(contestants) if number % 2 else list(reversed(contestants))
        for name in names:
            sample = timed(partial(contestants[name], given))
            if number:
                taken[name].append(sample)
    return taken


def median_cpu(samples: Sequence[Sample]) -> float:
    """The median of the CPU seconds."""
    return statistics.median(sample.cpu for sample in samples)


def ratio(samples: dict[str, list[Sample]], over: str, under: str) -> float:
    """Median CPU of `over` divided by median CPU of `under`."""
    return median_cpu(samples[over]) / median_cpu(samples[under])


def raw(samples: dict[str, list[Sample]], units: int) -> dict[str, Any]:
    """All samples as milliseconds a unit (a page), with their median, for the file."""
    return {
        name: {
            "cpu_ms": [round(sample.cpu / units * 1e3, 4) for sample in taken],
            "wall_ms": [round(sample.wall / units * 1e3, 4) for sample in taken],
            "median_cpu_ms": round(median_cpu(taken) / units * 1e3, 4),
        }
        for name, taken in samples.items()
    }


def in_child(work: Callable[..., Any], *arguments: Any) -> Measured:
    """`work(*arguments)` in a fresh process; all of it and its result must be picklable. Raises what it raises."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_measured, work, arguments).result()


def _measured(work: Callable[..., Any], arguments: tuple[Any, ...]) -> Measured:
    cpu, wall = _cpu(), time.perf_counter()
    result = work(*arguments)
    return Measured(result, _cpu() - cpu, time.perf_counter() - wall, peak_mb())


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def memory_mb() -> float:
    """Memory this process has now (resident set); where the system does not say, the most it ever had."""
    return _status("VmRSS") or _highest()


def peak_mb() -> float:
    """The most memory this process ever had. Linux counts a parent's into a child's ru_maxrss: status goes first."""
    return _status("VmHWM") or _highest()


def _status(key: str) -> float | None:
    if not _STATUS.exists():
        return None
    found = next((line for line in _STATUS.read_text().splitlines() if line.startswith(f"{key}:")), None)
    return None if found is None else int(found.split()[1]) / 1024


def _highest() -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
