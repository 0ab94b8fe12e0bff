"""A disk that is full from the n-th write on, at every stage, or read-only: one line, nothing lost, the next goes on.

The writes are those of Python, SQLite and DuckDB alike: a library loaded before libc says no to them (disk/full.c).
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from fixtures.server import SampleSite
from pipeline.fetch.archive import Archive
from tests.warehouse_file import rows

STAGES = ("", "dagster", "archive", "records", "warehouse", "logs")
"""Below which folder of the data folder the disk is full; the empty one is all of it."""
SOME = (1, 2, 9)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("a C compiler and Linux are needed to load a full disk before libc")
    built = tmp_path_factory.mktemp("disk") / "full.so"
    source = Path(__file__).with_name("disk") / "full.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, source, "-ldl"], check=True)
    return built


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as served:
        yield served


@pytest.fixture
def data(tmp_path: Path, published: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


class Disk:
    """Runs on a data folder whose disk fails, and without."""

    def __init__(self, library: Path, data: Path, site: SampleSite) -> None:
        self._library, self._data, self._site = library, data, site

    def run(self, stage: str, at: int, number: int = errno.ENOSPC) -> subprocess.CompletedProcess[str]:
        """A run whose disk fails below `stage` from its `at`-th change on."""
        root = f"{self._data / stage}/" if stage else str(self._data)
        return self._run(LD_PRELOAD=str(self._library), DISK_ROOT=root, DISK_AT=str(at), DISK_ERRNO=str(number))

    def sound(self) -> subprocess.CompletedProcess[str]:
        """A run without faults."""
        return self._run()

    def _run(self, **more: str) -> subprocess.CompletedProcess[str]:
        now = {"BIWAQ_CONNECT_TO": f"127.0.0.1:{self._site.port}", "BIWAQ_NOW": "2025-11-21T01:15:00Z"}
        command = [sys.executable, "-c", "from pipeline.cli import main; main()", "run", "--data", str(self._data)]
        return subprocess.run(
            command, env={**os.environ, **now, **more}, capture_output=True, text=True, timeout=300, check=False
        )


@pytest.fixture
def disk(library: Path, data: Path, site: SampleSite) -> Disk:
    return Disk(library, data, site)


def real(data: Path) -> str:
    return os.path.realpath(data / "warehouse" / "biwaq.duckdb")


def assert_standing(data: Path, old: str, projects: list[tuple[object, ...]]) -> None:
    """The old warehouse is in force and whole, the archive readable."""
    assert real(data) == old
    assert rows(data, "SELECT * FROM projects ORDER BY project_id") == projects
    archive = Archive(data / "archive")
    assert (
        sum(1 for day in archive.days() for source in ("sample-projects",) for _ in archive.captures(day, source)) > 0
    )
    assert archive.issues == []


def assert_one_line(ran: subprocess.CompletedProcess[str]) -> None:
    """What a person reads at the end."""
    assert ran.returncode == 1, ran.stderr
    assert "Traceback" not in ran.stderr, ran.stderr
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("biwaq: ")
    assert "disk" in last or "space" in last, last


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage or "everything")
def test_a_full_disk(
    stage: str, disk: Disk, data: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    most: int = request.config.getoption("--full-disk")
    old, projects = real(data), rows(data, "SELECT * FROM projects ORDER BY project_id")
    refused = 0
    for at in range(1, most + 1) if most else SOME:
        ran = disk.run(stage, at)
        if ran.returncode == 0:
            break  # the run has fewer changes than that, or does without them
        assert_one_line(ran)
        assert_standing(data, old, projects)
        refused += 1
    ran = disk.sound()
    assert ran.returncode == 0, ran.stderr
    assert real(data) != old
    assert rows(data, "SELECT count(*) FROM changes") == [(0,)]
    assert rows(data, "SELECT project_id FROM projects ORDER BY 1") == [(project[0],) for project in projects]
    assert refused > 0 or stage == "logs"  # a log that can not be written stops no run
    with capsys.disabled():
        click.echo(
            f"\nfull disk below {stage or 'everything'}: {refused} refused writes, old warehouse whole each time"
        )


def test_a_folder_that_can_only_be_read(disk: Disk, data: Path) -> None:
    old, projects = real(data), rows(data, "SELECT * FROM projects ORDER BY project_id")
    ran = disk.run("", 1, errno.EROFS)
    assert_one_line_read_only(ran)
    assert_standing(data, old, projects)


def assert_one_line_read_only(ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 1, ran.stderr
    assert ran.stderr.count("\n") == 1, ran.stderr
    assert "can not be written" in ran.stderr
