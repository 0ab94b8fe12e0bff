"""Kill -9 at random moments: the old file or the new one stands, whole; what was stored is not fetched again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import click
import pytest

from fixtures.server import SampleSite
from pipeline.fetch.archive import Archive
from pipeline.fetch.index import OPEN
from pipeline.fetch.urls import canonical
from pipeline.fetch.warc import ROLE, Record, read_records
from tests.warehouse_file import rows

FIRST = date(2025, 11, 20)
IN_A_ROW = 5
"""So many runs of a day are killed before one is let to its end."""


def start_run(data: Path, port: int, day: int = 1) -> subprocess.Popen[bytes]:
    """Start a run on a day of its own: a killed run of the same day would be gone on with instead."""
    now = f"{FIRST + timedelta(days=day - 1)}T01:15:00Z"
    environment = {**os.environ, "BIWAQ_CONNECT_TO": f"127.0.0.1:{port}", "BIWAQ_NOW": now}
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "run", "--data", str(data)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def finish(data: Path, port: int, day: int = 1) -> float:
    """A run to its end; the seconds it took."""
    began = time.monotonic()
    run = start_run(data, port, day)
    assert run.wait(timeout=300) == 0
    return time.monotonic() - began


def kill_when(run: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
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


def stored_documents(data: Path, day: date) -> set[str]:
    """The documents that whole records of a day hold, files that a kill left open included."""
    folder = data / "archive" / day.isoformat()
    found = set()
    for path in [*folder.glob("*.warc.gz"), *folder.glob(f"*.warc.gz{OPEN}")]:
        for item in read_records(path):
            if isinstance(item, Record) and item.kind in ("response", "revisit"):
                status = item.block.split(b" ", 2)[1]
                if item.headers.get(ROLE) == "document" and status in (b"200", b"304"):
                    found.add(canonical(str(item.headers.get("WARC-Target-URI"))))
    return found


@dataclass
class Figures:
    """What the kills came to."""

    length: float = 0.0
    """Seconds that a run takes, as fast as the machine is just now; kills fall into it."""
    killed: int = 0
    ended_before: int = 0
    new_in_force: int = 0
    asked_twice: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"kills: {self.killed} runs killed at random moments ({self.ended_before} had done their work before), "
            f"published file whole each time ({self.new_in_force} times already the new one), "
            f"{len(self.asked_twice)} stored pages fetched twice"
        )


def test_killed_at_random_moments(
    tmp_path: Path, published: Path, kills: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five killed runs of a day, each going on where the one before was cut, then one to its end; and the next day."""
    dice, figures = random.Random(20251120 + kills), Figures()
    data = Path(shutil.copytree(published, tmp_path / "data", symlinks=True))
    projects = rows(data, "SELECT project_id, title FROM projects ORDER BY ALL")
    with SampleSite() as site:
        figures.length, day = finish(data, site.port, 2), 2
        while figures.killed < kills:
            day += 1
            for _ in range(min(IN_A_ROW, kills - figures.killed)):
                ended = _kill_once(data, site, day, dice.uniform(0.15, 1.0) * figures.length, figures)
                assert rows(data, "SELECT project_id, title FROM projects ORDER BY ALL") == projects
                if ended:
                    break  # a run that came to its end is no killed one: the next of that day may ask again
            else:
                before = stored_documents(data, FIRST + timedelta(days=day - 1))
                site.requests.clear()
                figures.length = finish(data, site.port, day)
                figures.asked_twice += _asked(site, before)
            assert rows(data, "SELECT count(*) FROM changes") == [(0,)]
            assert rows(data, "SELECT project_id, title FROM projects ORDER BY ALL") == projects
            assert rows(data, "SELECT count(*) FROM documents WHERE gone_since IS NOT NULL") == [(0,)]
    archive = Archive(data / "archive")
    assert sum(1 for day_ in archive.days() for _ in archive.captures(day_, "sample-projects")) > 0
    assert archive.issues == []
    assert not list((data / "archive").rglob(f"*{OPEN}"))
    assert len(list((data / "warehouse" / "builds").glob("*.duckdb"))) <= 7
    with capsys.disabled():
        click.echo(f"\n{figures.line()}")
    assert figures.asked_twice == []


def _kill_once(data: Path, site: SampleSite, day: int, after: float, figures: Figures) -> bool:
    """Kill a run after so many seconds, and look at what it left. True if it had done all its work before."""
    old = published_build(data)
    before = stored_documents(data, FIRST + timedelta(days=day - 1))
    site.requests.clear()
    begun, run = time.monotonic(), start_run(data, site.port, day)
    try:
        run.wait(timeout=after)
        figures.length = time.monotonic() - begun
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGKILL)
        run.wait()
        figures.killed += 1
    figures.asked_twice += _asked(site, before)
    is_new = published_build(data) != old
    ended = is_new and not (data / ".unfinished").exists()
    figures.ended_before += ended
    figures.new_in_force += is_new
    return ended


def _asked(site: SampleSite, stored: set[str]) -> list[str]:
    """The stored documents that were asked for again."""
    asked = Counter(canonical(f"http://{host}{path}") for host, path, *_ in site.requests)
    return [url for url in stored if asked[url]]


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


def test_killed_while_building(tmp_path: Path, published: Path) -> None:
    with SampleSite() as site:
        data = Path(shutil.copytree(published, tmp_path / "data", symlinks=True))
        builds = data / "warehouse" / "builds"
        old, seen = published_build(data), set(builds.iterdir())
        kill_when(start_run(data, site.port, 2), lambda: bool(set(builds.iterdir()) - seen))
        assert published_build(data) == old
        assert rows(data, "SELECT count(*) > 0 FROM projects") == [(True,)]
        finish(data, site.port, 2)
        assert published_build(data) != old
        assert sorted(path.name for path in builds.iterdir() if path.suffix != ".duckdb") == []
