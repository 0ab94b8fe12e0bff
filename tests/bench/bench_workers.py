"""Bench of the re-parse backfill on other processes: one `biwaq worker` against two, through real Redis and S3.

Belongs here: two_workers_vs_one. Does not: what a worker does (pipeline/workers.py), one process on two cores.
Concept: wall time of the whole Dagster run, in turns, on the same archive; each group of workers has a queue of its own
and idles while the other works. A ratio counts only if both gave the same records, byte for byte, and the same tables.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.bench.archives import SOURCE, source_file, write_days
from tests.bench.harness import Outcome
from tests.bench.project_pages import BASE
from tests.bench.site import bodies, ensure, entries
from tests.servers import redis, s3, wait_for, worker

GROUPS = (1, 2)
"""Workers, each of one process."""


def two_workers(quick: bool) -> Outcome:
    """A re-parse of many days by one worker and by two, in turns; nothing where their servers are not installed."""
    if shutil.which("redis-server") is None or find_spec("dagster_celery") is None or find_spec("moto") is None:
        return Outcome()
    # Dagster's executor looks every second: two seconds of a run are waiting, whatever the work
    days, pages, rounds = (8, 1_500, 1) if quick else (20, 2_000, 5)
    with TemporaryDirectory(prefix="biwaq-bench-") as folder, _cluster(Path(folder)) as environment:
        root = Path(folder)
        with patch.dict(os.environ, environment):
            _archive(root, days, pages)
            with _groups(root, environment) as brokers:
                taken: dict[int, list[float]] = {number: [] for number in GROUPS}
                for turn in range(rounds + 1):
                    for number in GROUPS if turn % 2 else reversed(GROUPS):
                        seconds = _reparse(root, brokers[number], f"reparse/{turn}-{number}")
                        if turn:  # the first warms up: every worker has loaded the parsers then
                            taken[number].append(seconds)
                _same(root, [f"reparse/{rounds}-{number}" for number in GROUPS])
    one, two = (statistics.median(taken[number]) for number in GROUPS)
    raw = {"pages": days * pages, "days": days, "wall_s": {str(number): taken[number] for number in GROUPS}}
    return Outcome({"two_workers_vs_one": two / one}, figures={"worker_ms_a_page": one / days / pages * 1e3}, raw=raw)


@contextmanager
def _cluster(root: Path) -> Iterator[dict[str, str]]:
    with s3(root) as environment:
        more = {"BIWAQ_SOURCES": str(source_file(root / "bench.toml")), "BIWAQ_DATA": str(root / "data")}
        yield {**environment, **more}


@contextmanager
def _groups(root: Path, environment: dict[str, str]) -> Iterator[dict[int, str]]:
    """One worker on a Redis of its own, two on another; gives their brokers."""
    with ExitStack() as running:
        brokers = {}
        for number in GROUPS:
            folder = root / f"group-{number}"
            folder.mkdir()
            brokers[number] = running.enter_context(redis(folder))
            for name in range(number):
                more = {**environment, "BIWAQ_BROKER": brokers[number]}
                running.enter_context(worker(folder / str(name), more))
        for number, broker in brokers.items():
            with patch.dict(os.environ, {"BIWAQ_BROKER": broker}):
                _listening(number)
        yield brokers


def _listening(number: int) -> None:
    from pipeline.workers import celery_app

    app = celery_app()
    wait_for(lambda: len(app.control.inspect(timeout=1).ping() or {}) == number, f"{number} workers answer")


def _archive(root: Path, days: int, pages: int) -> None:
    from pipeline.remote import Remote
    from pipeline.settings import from_environment
    from pipeline.sync import Sync

    count = days * min(pages, 500)
    store = ensure(count)
    found = [(f"{BASE}{entry.path}", body) for entry, body in zip(entries(store), bodies(store, count), strict=False)]
    nights = ([found[(day * pages + at) % count] for at in range(pages)] for day in range(days))
    settings = from_environment()
    write_days(settings.layout.archive, nights)
    Sync(settings.layout, Remote(str(settings.remote))).push_pages()


def _reparse(root: Path, broker: str, into: str) -> float:
    """Wall seconds of the run."""
    from pipeline.fetch.archive import Archive
    from pipeline.instance import open_instance
    from pipeline.settings import from_environment
    from pipeline.workers import parse_elsewhere

    with patch.dict(os.environ, {"BIWAQ_BROKER": broker}):
        settings = from_environment()
        days = Archive(settings.layout.archive).days()
        with open_instance(settings.layout.dagster) as instance:
            start = time.perf_counter()
            parse_elsewhere(instance, settings, days, into)
            return time.perf_counter() - start


def _same(root: Path, folders: list[str]) -> None:
    """Both gave the same. Raises AssertionError."""
    from pipeline.remote import Remote, pull_folder
    from pipeline.settings import from_environment
    from warehouse.build import build
    from warehouse.diff import diff
    from warehouse.model import RunInfo, SourceInfo

    remote, builds, found = Remote(str(from_environment().remote)), [], []
    for number, folder in enumerate(folders):
        records = root / f"records-{number}"
        for day in remote.folders(folder):
            pull_folder(remote, f"{folder}/{day}", records / day)
        found.append({path.relative_to(records): path.read_bytes() for path in records.glob("*/*")})
        builds.append(root / f"built-{number}.duckdb")
        sources = [SourceInfo(SOURCE, "Generated", "nobody", "gsb_project", 1, 1_000_000, "live")]
        build(records, builds[-1], sources=sources, run=RunInfo("run", "2026-12-24T01:15:00Z"))
    if found[0] != found[1] or not found[0] or diff(*builds) != []:
        raise AssertionError("one worker and two gave different records or tables")
