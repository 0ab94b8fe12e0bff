"""Kill -9 while fetching and while building: the old file stands, the next run finishes and fetches nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.server import SampleSite
from tests.warehouse_file import rows


def start_run(data: Path, port: int, day: int = 1) -> subprocess.Popen[bytes]:
    """Start a run on a day of its own: a killed run of the same day would be gone on with instead."""
    now = f"2025-11-{day:02}T01:15:00Z"
    environment = {**os.environ, "BIWAQ_CONNECT_TO": f"127.0.0.1:{port}", "BIWAQ_NOW": now}
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "run", "--data", str(data)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def finish(data: Path, port: int, day: int = 1) -> None:
    run = start_run(data, port, day)
    assert run.wait(timeout=120) == 0


def kill_when(run: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        assert run.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    run.send_signal(signal.SIGKILL)
    run.wait()


def published_build(data: Path) -> str:
    return os.path.realpath(data / "warehouse" / "biwaq.duckdb")


@pytest.fixture(scope="module")
def kills(request: pytest.FixtureRequest) -> int:
    count: int = request.config.getoption("--kills")
    return count


def test_killed_while_fetching(tmp_path: Path, kills: int) -> None:
    with SampleSite() as site:
        data = tmp_path / "data"
        finish(data, site.port)
        old, projects = published_build(data), rows(data, "SELECT * FROM projects ORDER BY project_id")
        for number in range(kills):
            site.requests.clear()
            wanted = 5 + 37 * number % 35  # another moment of the fetch each time
            kill_when(start_run(data, site.port, 2 + number), lambda: len(site.requests) >= wanted)  # noqa: B023
            assert published_build(data) == old
            assert rows(data, "SELECT * FROM projects ORDER BY project_id") == projects
        finish(data, site.port, 2 + kills)
        assert published_build(data) != old
        assert rows(data, "SELECT count(*) FROM changes") == [(0,)]


def test_what_a_killed_run_stored_is_not_fetched_again(tmp_path: Path) -> None:
    with SampleSite() as site:
        data = tmp_path / "data"
        kill_when(start_run(data, site.port), lambda: len(site.requests) >= 25)
        killed = (data / ".unfinished").read_text(encoding="utf-8").split()[1]
        site.requests.clear()
        finish(data, site.port)
        stored = _stored_by(data, killed)
        asked = Counter(f"http://{host}{path}".partition("?")[0] for host, path, *_ in site.requests)
        assert stored
        assert [url for url in stored if asked[url]] == []


def _stored_by(data: Path, run: str) -> list[str]:
    sql = f"SELECT url FROM snapshots JOIN documents USING (document_id) WHERE archive_file LIKE '%--{run}.warc.gz'"
    return [str(url) for (url,) in rows(data, sql)]


def test_killed_while_building(tmp_path: Path, kills: int) -> None:
    with SampleSite() as site:
        data = tmp_path / "data"
        finish(data, site.port)
        builds = data / "warehouse" / "builds"
        for _ in range(kills):
            old, seen = published_build(data), set(builds.iterdir())
            kill_when(start_run(data, site.port), lambda: bool(set(builds.iterdir()) - seen))  # noqa: B023
            assert published_build(data) == old
            assert rows(data, "SELECT count(*) > 0 FROM projects") == [(True,)]
        finish(data, site.port)
        assert published_build(data) != old
        assert len(list(builds.glob("*.duckdb"))) <= 7
