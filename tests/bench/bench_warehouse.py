"""Benches of the warehouse: a build far beyond the programme's size, and how harmonising grows.

Belongs here: seconds and memory of a build, growth over the number of mentions. Does not: clocks, printing.
Concept: the work is n log n at worst; the fixed cost of code files is measured apart, or it would hide a square.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.harness import Outcome, in_child, timed
from tests.bench.records_on_disk import SOURCES, Size, write_records
from warehouse.build import build
from warehouse.harmonise import harmonise
from warehouse.load import load
from warehouse.model import RunInfo

RUN = RunInfo("2025-11-20-bench", "2025-11-20T01:15:00Z")
FULL = Size(projects=5_000, mentions=60_000, claims=50_000)
QUICK = Size.of_mentions(6_000)


def build_at_scale(quick: bool) -> Outcome:
    """Records on disk to a finished warehouse file in a process of its own: seconds, highest memory."""
    size = QUICK if quick else FULL
    with TemporaryDirectory() as folder:
        write_records(Path(folder) / "records", size)
        measured = in_child(build_once, folder)
        bytes_built = (Path(folder) / "bench.duckdb").stat().st_size
    figures = {"build_seconds": round(measured.wall, 2), "build_peak_mb": round(measured.peak_mb, 1)}
    raw = {
        **{"projects": size.projects, "mentions": size.mentions, "claims": size.claims},
        **{"cpu_s": round(measured.cpu, 2), "file_mb": round(bytes_built / 2**20, 1), "rows": measured.result},
    }
    return Outcome(figures=figures, raw=raw)


def build_once(folder: str) -> dict[str, int]:
    """Build `folder`/bench.duckdb from `folder`/records; rows a table."""
    report = build(Path(folder) / "records", Path(folder) / "bench.duckdb", sources=SOURCES, run=RUN)
    return report.row_counts


def growth(quick: bool) -> Outcome:
    """Time of harmonising from 1,000 to 50,000 mentions, the time without any record taken off, over n log n."""
    sizes, rounds = ((1_000, 4_000), 2) if quick else ((1_000, 5_000, 20_000, 50_000), 5)
    with TemporaryDirectory() as folder:
        for mentions in (0, *sizes):
            write_records(Path(folder) / str(mentions), Size.of_mentions(mentions) if mentions else Size(0, 0, 0))
        # In a process of its own: what other benches left in memory would be gone through by every garbage collection.
        seconds = in_child(seconds_of, folder, (0, *sizes), rounds).result
    a_unit = {n: (seconds[n] - seconds[0]) / (n * math.log2(n)) for n in sizes}
    first, last = sizes[0], sizes[-1]
    raw = {
        "cpu_s": {str(n): round(taken, 4) for n, taken in seconds.items()},
        "microseconds_over_n_log_n": {str(n): round(taken * 1e6, 3) for n, taken in a_unit.items()},
        "exponent_of_last_step": round(exponent(seconds, sizes[-2], last), 3),
    }
    return Outcome({"harmonise_growth_vs_n_log_n": a_unit[last] / a_unit[first]}, raw=raw)


def harmonise_once(records: Path) -> None:
    """Load and harmonise a records folder; for a profile."""
    loaded = load(records, SOURCES)
    harmonise(loaded.documents, loaded.crawls, SOURCES, RUN)


def seconds_of(folder: str, sizes: Sequence[int], rounds: int) -> dict[int, float]:
    """Median CPU seconds of harmonising alone for each size of `folder`/<mentions>; small ones are run more often."""
    return {n: _median(Path(folder) / str(n), rounds * max(1, min(5, 10_000 // max(n, 1)))) for n in sizes}


def _median(records: Path, rounds: int) -> float:
    """Loaded anew each time, because rows may share parts of documents; the first run warms up and is not kept."""
    taken = []
    for _ in range(rounds + 1):
        loaded = load(records, SOURCES)
        taken.append(timed(partial(harmonise, loaded.documents, loaded.crawls, SOURCES, RUN)).cpu)
    return statistics.median(taken[1:])


def exponent(seconds: dict[int, float], low: int, high: int) -> float:
    """1 where time grows as the records, 2 where it grows as their square."""
    return math.log((seconds[high] - seconds[0]) / (seconds[low] - seconds[0])) / math.log(high / low)
