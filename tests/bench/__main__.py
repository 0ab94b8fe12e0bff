"""`python -m tests.bench`: run the benches, print tables, keep the numbers in build/bench.json.

Belongs here: the command line, the list of benches. Does not: any bench.
Concept: `make bench` runs all at full size, `make bench-quick` small ones for every day; a ratio is of one run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from tests.bench import bench_parsers, bench_pipeline, bench_reparse, bench_warehouse, bench_workers, hot_spots, report
from tests.bench.harness import Outcome

OUT = Path("build") / "bench.json"
BENCHES: dict[str, Callable[[bool], Outcome]] = {
    "parse": bench_parsers.parse,
    "news": bench_parsers.news,
    "memory": bench_parsers.memory,
    "build": bench_warehouse.build_at_scale,
    "growth": bench_warehouse.growth,
    "night-1k": bench_pipeline.small,
    "cores": bench_reparse.cores,
    "night-10k": bench_pipeline.medium,
    "workers": bench_workers.two_workers,
    "night-100k": bench_reparse.large,
}


@click.command()
@click.option("--quick", is_flag=True, help="Small inputs, about two minutes in all.")
@click.option("--only", multiple=True, type=click.Choice(list(BENCHES)), help="Only this bench; may be repeated.")
@click.option("--profile", is_flag=True, help="Afterwards, where our side spends its time.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=OUT, show_default=True)
def main(quick: bool, only: tuple[str, ...], profile: bool, out: Path) -> None:
    """Measure the product side by side with the libraries that a user would take instead."""
    told = Console(stderr=True)
    found: dict[str, Outcome] = {}
    for name in only or tuple(BENCHES):
        start = time.perf_counter()
        found[name] = BENCHES[name](quick)
        told.print(f"{name}: {time.perf_counter() - start:.0f} s")
        report.keep(out, {name: found[name]}, quick=quick)
    report.show(found, quick=quick)
    for name in found if profile else ():
        table = hot_spots.profile(name)
        if table is not None:
            Console(file=sys.stdout, width=140).print(table)


if __name__ == "__main__":
    main()
