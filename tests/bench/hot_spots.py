"""Where the time goes: a profile of our side of a bench.

Belongs here: what is profiled for each bench, the table of functions. Does not: measuring for ratios.
Concept: change what the profile says; a profiled run is slower, so its numbers are shares, not times.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from tests.bench.bench_parsers import parse_news, parse_projects
from tests.bench.bench_warehouse import QUICK, build_once, harmonise_once
from tests.bench.news_pages import news_pages
from tests.bench.project_pages import project_pages
from tests.bench.records_on_disk import write_records

ROOT = Path(__file__).parents[2]


@contextmanager
def _prepared(name: str) -> Iterator[Callable[[], object]]:
    """The work of bench `name`, warmed up once where that is cheap."""
    if name == "parse":
        projects = list(project_pages(300))
        parse_projects(projects[:20])
        yield lambda: parse_projects(projects)
    elif name == "news":
        articles = list(news_pages(60))
        parse_news(articles[:10])
        yield lambda: parse_news(articles)
    else:
        with TemporaryDirectory() as folder:
            write_records(Path(folder) / "records", QUICK)
            yield lambda: build_once(folder) if name == "build" else harmonise_once(Path(folder) / "records")


def profile(name: str, top: int = 20) -> Table | None:
    """The functions with most time of their own in bench `name`; None for a bench without a profile."""
    if name not in ("parse", "news", "build", "growth"):
        return None
    profiler = cProfile.Profile()
    with _prepared(name) as work:
        profiler.runcall(work)
    statistics = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in statistics.values())
    table = Table(title=f"Profile of {name}: share of {total:.2f} s")
    for heading in ("own %", "with callees %", "calls", "function"):
        table.add_column(heading)
    rows = sorted(statistics.items(), key=lambda entry: -entry[1][2])
    for (file, line, function), (_, calls, own, cumulative, _) in rows[:top]:
        where = function if file.startswith("~") else f"{_short(file)}:{line} {function}"
        table.add_row(f"{own / total:.1%}", f"{cumulative / total:.1%}", f"{calls:,}", where)
    return table


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])
