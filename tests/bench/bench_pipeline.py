"""Benches of the whole night against what a user would build instead, and of growth with the number of pages.

Belongs here: contestants, sites, what must come out of each. Does not: processes, clocks (whole.py), peers' programs.
Concept: the same site over the same loopback, politeness off on all sides, contestants in turns; ours does all that a
night does (archive, evidence, warehouse, checks, publish), the peers only fields and a table. Report and exports, which
no peer makes, a night does not make of sites of this size (pipeline/outputs.py): what they take is not in the ratios.
"""

from __future__ import annotations

import shutil
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from compileall import compile_dir
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import orjson

from tests.bench.harness import Outcome
from tests.bench.site import LISTING, served
from tests.bench.whole import PEERS, ROOT, Whole, peers_python, run_whole

OURS, DLT, JSONL = "ours", "scrapy + dlt", "scrapy + jsonl"
TUNED_DLT, TUNED_JSONL = "scrapy + dlt, tuned", "scrapy + jsonl, tuned"
FIRST, SECOND = "2026-11-21T02:15:00Z", "2026-11-22T02:15:00Z"
ENTRY = "import sys; from pipeline.cli import main; main()"
Turn = Callable[[str, Path, int, str], Whole]
"""One run of a contestant: site, folder, number of pages, moment."""


def source_file(base: str, folder: Path, count: int) -> Path:
    """The source file of the generated site, politeness off."""
    text = f"""\
id = "bench"
title = "Generated project pages"
publisher = "nobody"
page_type = "gsb_project"
hosts = ["127.0.0.1"]
listings = ["{base}{LISTING}"]
follow = '/Projekte/Projekte_BIWAQ\\d/[^/]+\\.html$'
min_delay_s = 0
max_pages = {count + 1000}
allow_private = true
[expect]
min_pages = {count}
max_pages = {count}
"""
    file = folder.with_name(f"{folder.name}.toml")
    file.write_text(text)
    return file


def ours(base: str, folder: Path, count: int, moment: str, *, outputs: bool = False) -> Whole:
    """`biwaq run`: the whole night up to the published file, as the peers; with `outputs` report and exports, too."""
    import sys

    source = source_file(base, folder, count)
    command = [sys.executable, "-c", ENTRY, "run", "--data", str(folder), "--sources", str(source)]
    return run_whole(command, folder, {"BIWAQ_NOW": moment, "BIWAQ_OUTPUTS_UP_TO": str(count if outputs else 0)})


def _peer(program: str, *options: str) -> Turn:
    def run(base: str, folder: Path, count: int, moment: str) -> Whole:
        command = [peers_python(), str(PEERS / program), f"{base}{LISTING}", str(folder), *options]
        return run_whole(command, folder, {"RUNTIME__DLTHUB_TELEMETRY": "false"})

    return run


CONTESTANTS: dict[str, Turn] = {
    OURS: ours,
    DLT: _peer("scrapy_dlt.py"),
    JSONL: _peer("scrapy_jsonl.py"),
    TUNED_DLT: _peer("scrapy_dlt.py", "--tuned"),
    TUNED_JSONL: _peer("scrapy_jsonl.py", "--tuned"),
}
ROWS = {
    OURS: ("warehouse/biwaq.duckdb", "SELECT count(*) FROM projects"),
    DLT: ("peer.duckdb", "SELECT count(*) FROM site.projects WHERE _dlt_valid_to IS NULL"),
    TUNED_DLT: ("peer.duckdb", "SELECT count(*) FROM site.projects WHERE _dlt_valid_to IS NULL"),
    JSONL: ("peer.duckdb", "SELECT count(*) FROM projects"),
    TUNED_JSONL: ("peer.duckdb", "SELECT count(*) FROM projects"),
}


class Incomplete(AssertionError):
    """A contestant did not bring all pages: its time means nothing."""


@dataclass(slots=True)
class Runs:
    """All runs at one size: contestant -> first and second runs, and our stages (CPU seconds)."""

    count: int
    first: dict[str, list[Whole]] = field(default_factory=lambda: defaultdict(list))
    second: dict[str, list[Whole]] = field(default_factory=lambda: defaultdict(list))
    stages: dict[str, list[dict[str, float]]] = field(default_factory=lambda: defaultdict(list))

    def cpu(self, name: str, *, again: bool = False) -> float:
        """Median CPU seconds a page."""
        runs = (self.second if again else self.first)[name]
        return statistics.median(run.cpu for run in runs) / self.count

    def memory(self, name: str) -> float:
        """Median of the most memory, MB, first or second run."""
        return statistics.median(
            max(a.peak_mb, b.peak_mb) for a, b in zip(self.first[name], self.second[name], strict=True)
        )

    def raw(self) -> dict[str, Any]:
        """All of it for the file."""
        return {
            "pages": self.count,
            "runs": {name: len(runs) for name, runs in self.first.items()},
            "a_page": {
                f"{name}, {which} run": _raw(runs, self.count)
                for which, by_name in (("first", self.first), ("second", self.second))
                for name, runs in by_name.items()
            },
            "peak_mb": {name: round(self.memory(name), 1) for name in self.first},
            "stages_ms_a_page": self.raw_stages(),
        }

    def raw_stages(self) -> dict[str, dict[str, float]]:
        """Our CPU milliseconds a page by stage, for the first and second run."""
        return {which: _stages(found, self.count) for which, found in self.stages.items()}


def _raw(runs: Iterable[Whole], count: int) -> dict[str, Any]:
    taken = list(runs)
    return {
        "cpu_ms": [round(run.cpu / count * 1e3, 4) for run in taken],
        "wall_ms": [round(run.wall / count * 1e3, 4) for run in taken],
        "median_cpu_ms": round(statistics.median(run.cpu for run in taken) / count * 1e3, 4),
    }


def _stages(found: list[dict[str, float]], count: int) -> dict[str, float]:
    names = dict.fromkeys(name for stages in found for name in stages)
    return {name: round(statistics.median(s.get(name, 0.0) for s in found) / count * 1e3, 4) for name in names}


def race(count: int, rounds: int, names: Iterable[str] = tuple(CONTESTANTS)) -> Runs:
    """Every contestant `rounds` times on a site of `count` pages, first and second run; the order turns around."""
    runs, order = Runs(count), list(names)
    for package in ("parsers", "pipeline", "warehouse"):
        compile_dir(ROOT / package, quiet=1)  # as pip did with the peers' when it installed them
    with served(count) as base:
        for number in range(rounds):
            for name in order if number % 2 == 0 else reversed(order):
                with TemporaryDirectory(prefix="biwaq-bench-") as folder:
                    _both(runs, name, base, Path(folder) / "data")
    return runs


def _both(runs: Runs, name: str, base: str, folder: Path) -> None:
    folder.mkdir()
    for taken, which, moment in ((runs.first, "first", FIRST), (runs.second, "second", SECOND)):
        taken[name].append(CONTESTANTS[name](base, folder, runs.count, moment))
        _complete(name, folder, runs.count)
        if name == OURS:
            runs.stages[which].append(stages_of(folder))


def _complete(name: str, folder: Path, count: int) -> None:
    file, query = ROWS[name]
    with duckdb.connect(str(folder / file), read_only=True) as connection:
        found = connection.execute(query).fetchall()[0][0]
    if found != count:
        raise Incomplete(f"{name}: {found} of {count} pages")


def stages_of(folder: Path) -> dict[str, float]:
    """CPU seconds by stage of the newest run, from its log."""
    lines = [line for file in sorted((folder / "logs").glob("*.jsonl")) for line in file.read_bytes().splitlines()]
    found = [event for event in map(orjson.loads, lines) if event["event"] == "stages"]
    seconds: dict[str, float] = found[-1]["seconds"]
    return seconds


def small(quick: bool) -> Outcome:
    """1,000 pages."""
    runs = race(1_000, 1 if quick else 5, (OURS, DLT, JSONL) if quick else tuple(CONTESTANTS))
    ratios = {
        "first_1k_vs_scrapy_dlt": runs.cpu(OURS) / runs.cpu(DLT),
        "first_1k_vs_scrapy_jsonl": runs.cpu(OURS) / runs.cpu(JSONL),
        "second_1k_vs_scrapy_dlt": runs.cpu(OURS, again=True) / runs.cpu(DLT, again=True),
        "memory_1k_vs_scrapy_dlt": runs.memory(OURS) / runs.memory(DLT),
    }
    return Outcome(ratios, figures={"cpu_ms_a_page_1k": runs.cpu(OURS) * 1e3}, raw=runs.raw())


def medium(quick: bool) -> Outcome:
    """10,000 pages; not part of a quick run."""
    if quick:
        return Outcome()
    runs = race(10_000, 5, (OURS, DLT, JSONL))
    ratios = {
        "first_10k_vs_scrapy_dlt": runs.cpu(OURS) / runs.cpu(DLT),
        "first_10k_vs_scrapy_jsonl": runs.cpu(OURS) / runs.cpu(JSONL),
        "second_10k_vs_scrapy_dlt": runs.cpu(OURS, again=True) / runs.cpu(DLT, again=True),
        "second_10k_vs_first": runs.cpu(OURS, again=True) / runs.cpu(OURS),
        "memory_10k_vs_scrapy_dlt": runs.memory(OURS) / runs.memory(DLT),
    }
    figures = {"cpu_ms_a_page_10k": runs.cpu(OURS) * 1e3, "peak_mb_10k": runs.memory(OURS)}
    return Outcome(ratios, figures=figures, raw=runs.raw())


def keep_archive(count: int, folder: Path, *, outputs: bool = False) -> Path:
    """A first night of ours on a site of `count` pages, kept in `folder` for other benches; returns its data folder."""
    data = folder / f"data-{count}"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    with served(count) as base:
        ours(base, data, count, FIRST, outputs=outputs)
    return data
