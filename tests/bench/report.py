"""Results: what each number means, what is asked of it, the file and the tables.

Belongs here: targets, build/bench.json, printing. Does not: measuring.
Concept: each bench keeps its own entry with its day and machine, so that a run of one bench leaves the others standing.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from tests.bench.harness import Outcome

_LIBRARIES = ("lxml", "beautifulsoup4", "trafilatura", "duckdb", "orjson", "dagster", "httpx")


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of a number: `at_most` or `at_least`; `meaning` says over what it is a ratio, and its unit."""

    meaning: str
    at_most: float | None = None
    at_least: float | None = None

    def met(self, value: float) -> bool | None:
        """None where nothing is asked."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def __str__(self) -> str:
        if self.at_most is not None:
            return f"at most {self.at_most:g}"
        return "" if self.at_least is None else f"at least {self.at_least:g}"


TARGETS = {
    "first_1k_vs_scrapy_dlt": Target("first night of 1,000 pages, CPU ÷ Scrapy + dlt", at_most=0.70),
    "first_1k_vs_scrapy_jsonl": Target("the same ÷ Scrapy + JSON lines + DuckDB"),
    "second_1k_vs_scrapy_dlt": Target("second night, nothing changed, ÷ Scrapy + dlt's second"),
    "memory_1k_vs_scrapy_dlt": Target("most memory of the process tree ÷ Scrapy + dlt's"),
    "cpu_ms_a_page_1k": Target("whole first night of 1,000 pages, CPU ms a page"),
    "first_10k_vs_scrapy_dlt": Target("first night of 10,000 pages, CPU ÷ Scrapy + dlt", at_most=0.25),
    "first_10k_vs_scrapy_jsonl": Target("the same ÷ Scrapy + JSON lines + DuckDB", at_most=0.40),
    "second_10k_vs_scrapy_dlt": Target("second night, nothing changed, ÷ Scrapy + dlt's second", at_most=0.08),
    "second_10k_vs_first": Target("our second night ÷ our first", at_most=0.25),
    "memory_10k_vs_scrapy_dlt": Target("most memory of the process tree ÷ Scrapy + dlt's", at_most=0.4),
    "cpu_ms_a_page_10k": Target("whole first night of 10,000 pages, CPU ms a page"),
    "peak_mb_10k": Target("most memory of the process tree, MB"),
    "memory_100k_vs_10k": Target("most memory at 100,000 pages ÷ at 10,000", at_most=1.3),
    "peak_mb_100k": Target("most memory of the process tree, MB", at_most=1_000),
    "time_a_page_100k_vs_1k": Target("CPU a page at 100,000 pages ÷ at 1,000", at_most=1.15),
    "time_a_page_100k_vs_10k": Target("CPU a page at 100,000 pages ÷ at 10,000"),
    "parse_two_cores_speedup": Target("parse stage: time on one core ÷ on two", at_least=1.7),
    "parse_ms_a_page": Target("parse stage on one core, ms a page"),
    "reparse_10k_vs_lxml": Target("archived pages to records, one core ÷ lxml's parse only"),
    "reparse_10k_vs_lxml_two_cores": Target("the same on two cores, wall time ÷ lxml's parse only"),
    "reparse_100k_vs_lxml": Target("archived pages to records, one core ÷ lxml's parse only", at_most=2.0),
    "reparse_100k_vs_lxml_two_cores": Target("the same on two cores, wall time ÷ lxml's parse only", at_most=1.2),
    "two_workers_vs_one": Target("re-parse of archived days, two `biwaq worker` ÷ one, wall time", at_most=0.6),
    "worker_ms_a_page": Target("re-parse by one worker, bucket and queue included, ms a page"),
    "parse_vs_lxml": Target("project page to full record ÷ lxml's parse only", at_most=1.6),
    "parse_vs_beautifulsoup": Target("BeautifulSoup's parse only ÷ project page to full record", at_least=10),
    "news_vs_main_text": Target("article to full record ÷ main-text library alone", at_most=1.3),
    "parse_memory_growth_mb": Target("MB that 20,000 project pages leave behind", at_most=20),
    "news_memory_growth_mb": Target("MB that 3,000 articles leave behind", at_most=20),
    "build_seconds": Target("5,000 projects, 60,000 mentions, 50,000 claims: records to warehouse file", at_most=120),
    "build_peak_mb": Target("highest memory of that build, MB", at_most=1_500),
    "harmonise_growth_vs_n_log_n": Target("time over n log n at 50,000 mentions ÷ at 1,000", at_most=1.0),
}


def machine() -> dict[str, Any]:
    """What the numbers were measured on; no names, no paths."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()


def keep(file: Path, found: dict[str, Outcome], *, quick: bool) -> dict[str, Any]:
    """Put the outcomes of this run into `file`, in place of older ones of the same benches; returns all of it."""
    content: dict[str, Any] = orjson.loads(file.read_bytes()) if file.exists() else {}
    benches: dict[str, Any] = content.get("benches", {})
    stamp = {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "quick": quick, "machine": machine()}
    benches |= {name: {**stamp, **asdict(outcome)} for name, outcome in found.items()}
    merged = {
        "ratios": {name: value for bench in benches.values() for name, value in bench["ratios"].items()},
        "figures": {name: value for bench in benches.values() for name, value in bench["figures"].items()},
        "meaning": {name: target.meaning for name, target in TARGETS.items()},
        "targets": {name: str(target) for name, target in TARGETS.items()},
        "benches": benches,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps(merged, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
    return merged


def tables(found: dict[str, Outcome], *, quick: bool) -> list[Table]:
    """What a person reads: the judged numbers, and the contestants in milliseconds a page."""
    judged = Table(title=f"Benches{', quick (small inputs: not the numbers to judge by)' if quick else ''}")
    for heading in ("number", "value", "asked", "met", "meaning"):
        judged.add_column(heading)
    raced = Table(title="CPU milliseconds a page")
    for heading in ("bench", "contestant", "median", "lowest", "highest", "wall, median"):
        raced.add_column(heading)
    for name, outcome in found.items():
        for number, value in {**outcome.ratios, **outcome.figures}.items():
            target = TARGETS[number]
            met = {True: "yes", False: "no", None: ""}[target.met(value)]
            judged.add_row(number, f"{value:.2f}", str(target), met, target.meaning)
        for contestant, times in outcome.raw.get("a_page", {}).items():
            raced.add_row(name, contestant, *_times(times))
    stages = _stages(found)
    return [table for table in (judged, raced, stages) if table.row_count]


def _stages(found: dict[str, Outcome]) -> Table:
    """Where our nights spend their time."""
    table = Table(title="Our night by stage, CPU milliseconds a page (parse: with its helpers)")
    rows = [
        (f"{name}, {which} run", stages)
        for name, outcome in found.items()
        for which, stages in outcome.raw.get("stages_ms_a_page", {}).items()
        if all(isinstance(value, float) for value in stages.values())
    ]
    names = list(dict.fromkeys(name for _, stages in rows for name in stages))
    for heading in ("night", *names):
        table.add_column(heading)
    for night, stages in rows:
        table.add_row(night, *[f"{stages[name]:.3f}" if name in stages else "" for name in names])
    return table


def _times(times: dict[str, Any]) -> list[str]:
    wall = sorted(times["wall_ms"])
    middle = wall[len(wall) // 2]
    numbers = (times["median_cpu_ms"], min(times["cpu_ms"]), max(times["cpu_ms"]), middle)
    return [f"{number:.3f}" for number in numbers]


def show(found: dict[str, Outcome], *, quick: bool) -> None:
    """Print the tables."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140)
    for table in tables(found, quick=quick):
        console.print(table)
