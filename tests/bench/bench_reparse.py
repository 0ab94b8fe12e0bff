"""Benches of the parse stage alone: archived pages to records without network, on one core and on two.

Belongs here: parse_two_cores_speedup, reparse_*_vs_lxml, growth to 100,000 pages. Does not: the whole night's races.
Concept: wall time, as cores are bought for it; beside it stands what lxml needs to parse the same bytes once.
"""

from __future__ import annotations

import statistics
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

from tests.bench.bench_pipeline import FIRST, OURS, Runs, keep_archive, ours, stages_of
from tests.bench.harness import Outcome, in_child
from tests.bench.site import bodies, ensure, served

DAY = date.fromisoformat(FIRST[:10])


def parse_archive(data: str, processes: int) -> tuple[float, float, int]:
    """Parse the archive of a data folder again: CPU and wall seconds, records."""
    from pipeline.fetch.archive import Archive
    from pipeline.parse_day import parse_day
    from pipeline.parse_span import registered
    from pipeline.sources import load_sources

    registered()
    sources = load_sources(Path(f"{data}.toml"))
    with TemporaryDirectory(prefix="biwaq-bench-") as folder:
        start, cpu = time.perf_counter(), time.process_time()
        report = parse_day(Archive(Path(data) / "archive"), Path(folder), sources, DAY, again=True, at_most=processes)
        return time.process_time() - cpu, time.perf_counter() - start, report.parsed


def lxml_once(count: int) -> float:
    """CPU seconds of lxml for parsing the same pages once; reading them from the disk is not counted."""
    folder, taken = ensure(count), 0.0
    for body in bodies(folder, count):
        start = time.process_time()
        etree.HTML(body)
        taken += time.process_time() - start
    return taken


def cores(quick: bool) -> Outcome:
    """The parse stage on one core and on two, in turns, and beside lxml."""
    count, rounds = (3_000, 2) if quick else (10_000, 5)
    with TemporaryDirectory(prefix="biwaq-bench-") as folder:
        data = str(keep_archive(count, Path(folder)))
        one, two, bare = [], [], []
        for _ in range(rounds):
            one.append(in_child(parse_archive, data, 1).result)
            two.append(in_child(parse_archive, data, 2).result)
            bare.append(in_child(lxml_once, count).result)
    wall = {n: statistics.median(run[1] for run in runs) for n, runs in ((1, one), (2, two))}
    lxml = statistics.median(bare)
    ratios = {
        "parse_two_cores_speedup": wall[1] / wall[2],
        "reparse_10k_vs_lxml": statistics.median(run[0] for run in one) / lxml,
        "reparse_10k_vs_lxml_two_cores": wall[2] / lxml,
    }
    raw = {"pages": count, "one_core_cpu_wall": one, "two_cores_cpu_wall": two, "lxml_cpu": bare}
    return Outcome(ratios, figures={"parse_ms_a_page": wall[1] / count * 1e3}, raw=raw)


def large(quick: bool) -> Outcome:
    """100,000 pages: the first night's memory and time beside those of 10,000 and 1,000, and its re-parse. One run."""
    if quick:
        return Outcome()
    sizes = (1_000, 10_000, 100_000)
    runs = {count: Runs(count) for count in sizes}
    with TemporaryDirectory(prefix="biwaq-bench-") as folder:
        for count in sizes:
            data = Path(folder) / f"data-{count}"
            data.mkdir()
            with served(count) as base:
                runs[count].first[OURS].append(ours(base, data, count, FIRST))
            runs[count].stages["first"].append(stages_of(data))
        again = {n: in_child(parse_archive, str(data), n).result for n in (1, 2)}
        lxml = in_child(lxml_once, sizes[-1]).result
    peak = {count: run.first[OURS][0].peak_mb for count, run in runs.items()}
    ratios = {
        "memory_100k_vs_10k": peak[100_000] / peak[10_000],
        "time_a_page_100k_vs_1k": runs[100_000].cpu(OURS) / runs[1_000].cpu(OURS),
        "time_a_page_100k_vs_10k": runs[100_000].cpu(OURS) / runs[10_000].cpu(OURS),
        "reparse_100k_vs_lxml": again[1][0] / lxml,
        "reparse_100k_vs_lxml_two_cores": again[2][1] / lxml,
    }
    raw = {
        "peak_mb": peak,
        "cpu_ms_a_page": {count: round(run.cpu(OURS) * 1e3, 3) for count, run in runs.items()},
        "stages_ms_a_page": {count: run.raw_stages() for count, run in runs.items()},
        "reparse_cpu_wall": again,
        "lxml_cpu": lxml,
    }
    return Outcome(ratios, figures={"peak_mb_100k": peak[100_000]}, raw=raw)
