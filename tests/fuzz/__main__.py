"""`python -m tests.fuzz`: shapes first, then mutated pages until a million or 20 minutes; one last line.

Belongs here: the command line, printing, files of findings. Does not: mutations, promises.
Concept: the last line is the result; a finding is two numbers (seed and page) and a file in build/fuzz.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import click
from rich.console import Console

from tests.fuzz import work

OUT = Path("build") / "fuzz"


@click.command()
@click.option("--mutations", type=click.IntRange(0), default=1_000_000, show_default=True, help="Pages at most.")
@click.option("--minutes", type=click.FloatRange(0), default=20.0, show_default=True, help="Time at most.")
@click.option("--seed", type=int, default=None, help="Of an earlier run, to repeat it; else a new one.")
@click.option("--page", type=int, default=None, help="Only this page of the seed.")
@click.option("--shared", type=click.Path(path_type=Path, file_okay=False, exists=True), help="With the pages in it.")
@click.option("--workers", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True)
@click.option("--shapes/--no-shapes", default=True, help="First pages that grow in one direction.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=OUT, show_default=True)
def main(
    mutations: int, minutes: float, seed: int | None, page: int | None, shared: Path | None, workers: int,
    shapes: bool, out: Path,
) -> None:  # fmt: skip
    """Look for bytes on which a parser breaks a promise: no exception, in time, every value with its proof."""
    told = Console(stderr=True, highlight=False)
    seed = int.from_bytes(os.urandom(4)) if seed is None else seed
    told.print(f"seed {seed}; a finding: --seed {seed} --page NUMBER")
    plan = work.Plan(seed, mutations, minutes * 60, shared, shapes)
    started = time.monotonic()
    report = work.Report()
    if page is not None:
        found = work.one_page(plan, page)
        report = work.Report(1, 0.0, [found] if found.broken else [])
        _keep(found, out, seed)
    else:
        told_of = 0
        for report in work.run(plan, workers):
            for found in report.findings[told_of:]:
                told.print(f"page {found.number}: {found.broken[0][:100]}", markup=False)
            told_of = len(report.findings)
            told.print(f"{report.mutations} pages, {told_of} findings", end="\r")
        told.print()
    for found in report.findings:
        _keep(found, out, seed)
        sys.stdout.write(f"page {found.number} ({found.sample.name}): {'; '.join(found.broken)}\n")
    minutes_taken = (time.monotonic() - started) / 60
    sys.stdout.write(
        f"fuzz: {report.mutations} mutations, {len(report.findings)} exceptions, slowest {report.slowest_s:.2f} s, "
        f"{minutes_taken:.1f} min\n"
    )
    sys.exit(1 if report.findings else 0)


def _keep(found: work.Finding, out: Path, seed: int) -> None:
    """The page's bytes, so that it can be looked at by `biwaq parse`."""
    out.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.-]", "-", found.sample.name)
    number = "shape" if found.number < 0 else f"{seed}-{found.number}"
    (out / f"{number}-{name}.html").write_bytes(found.sample.body)


if __name__ == "__main__":
    main()
