"""How large the report of a hundred projects is: a whole night on a generated site of a hundred project pages.

`pytest tests/test_report_size.py -s` prints what takes the bytes; `--report-of=N` measures another number of projects.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from pipeline.fetch.archive import Archive
from pipeline.report_pages import page_reader, page_stamp
from tests.bench.bench_pipeline import keep_archive
from warehouse.report.build import build_report

MOST_BYTES = 4_300_000
"""Asked are 5 MB for a hundred projects; press articles beside the projects need some of that."""
MOST_MS = 120
"""CPU of a project's pages, ten times what they take on a quiet machine: a search through all rows would exceed it."""


@pytest.fixture(scope="module")
def count(request: pytest.FixtureRequest) -> int:
    given: int = request.config.getoption("--report-of")
    return given


@pytest.fixture(scope="module")
def data(count: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep_archive(count, tmp_path_factory.mktemp("generated"), outputs=True)


def test_the_report_of_a_hundred_projects_is_small(data: Path, count: int) -> None:
    folder = data / "report"
    sizes: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(folder).parent.as_posix()] += path.stat().st_size
    total = sizes.total()
    print(f"\n{count} projects: {total / 1e6:.2f} MB")  # noqa: T201
    for part, size in sizes.most_common():
        print(f"  {part:8} {size / 1e6:.2f} MB")  # noqa: T201
    assert len(list((folder / "project").iterdir())) == count
    assert total < MOST_BYTES + max(0, count - 100) * 30_000


def test_its_time_grows_with_the_projects_only(data: Path, count: int, tmp_path: Path) -> None:
    archive, times = Archive(data / "archive"), []
    for _ in range(2):
        start = time.process_time()
        facts = build_report(
            data / "warehouse" / "biwaq.duckdb",
            tmp_path / "report",
            read_page=page_reader(archive),
            stamp=page_stamp(archive),
        )
        times.append((time.process_time() - start) / count * 1e3)
    print(f"\n{count} projects: {times[0]:.1f} ms CPU a project, {times[1]:.1f} ms the second time")  # noqa: T201
    assert facts.kept == facts.proofs == count
    assert max(times) < MOST_MS
