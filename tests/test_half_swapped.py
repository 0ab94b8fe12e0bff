"""What a kill between two renames leaves beside report and exports is put right by the next run."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import pytest

from fixtures.server import SampleSite
from pipeline.half_swapped import forget, settle, settle_workers
from pipeline.settings import SAMPLE_SOURCES, Layout
from tests.cli import biwaq

NAMES = ("report", "exports")
LEFT = {".report.old", ".report.new", ".exports.old", ".exports.next"}


def folder(path: Path, says: str) -> None:
    path.mkdir()
    (path / "README.md").write_text(says)


def hidden(data: Path) -> set[str]:
    return {path.name for path in data.iterdir()} & LEFT


@pytest.mark.parametrize("name", NAMES)
def test_the_old_folder_returns_where_the_kill_left_none(name: str, tmp_path: Path) -> None:
    folder(tmp_path / f".{name}.old", "of last night")
    folder(tmp_path / f".{name}.{'new' if name == 'report' else 'next'}", "half made")
    settle(Layout(tmp_path))
    assert (tmp_path / name / "README.md").read_text() == "of last night"
    assert hidden(tmp_path) == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_old_folder_goes_where_the_new_one_is_in_place(name: str, tmp_path: Path) -> None:
    folder(tmp_path / name, "of this night")
    folder(tmp_path / f".{name}.old", "of last night")
    assert settle(Layout(tmp_path)) == [tmp_path / f".{name}.old"]
    assert (tmp_path / name / "README.md").read_text() == "of this night"


def test_nothing_to_settle(tmp_path: Path) -> None:
    folder(tmp_path / "report", "whole")
    assert settle(Layout(tmp_path)) == settle(Layout(tmp_path / "nowhere")) == []
    assert (tmp_path / "report" / "README.md").is_file()


def test_what_was_purged_is_in_no_leftover_either(tmp_path: Path) -> None:
    for name in (*NAMES, *LEFT, ".reparse-x1", ".worker-x2"):
        folder(tmp_path / name, "holds a name")
    day = tmp_path / "archive" / "2025-11-20"
    day.mkdir(parents=True)
    (day / ".sample-press--1.warc.gz.part").write_text("half a copy from the bucket")
    (day / "sample-press--1.warc.gz").write_text("stays")
    forget(Layout(tmp_path))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [day / "sample-press--1.warc.gz"]


def test_a_killed_reparse_leaves_nothing_for_long(tmp_path: Path) -> None:
    folder(tmp_path / ".reparse-x1", "records of all days")
    assert settle(Layout(tmp_path)) == [tmp_path / ".reparse-x1"]
    assert list(tmp_path.iterdir()) == []


def test_a_killed_worker_leaves_nothing_for_long(tmp_path: Path) -> None:
    """A night asks after it, and so does a worker."""
    for clear in (settle, settle_workers):
        folder(tmp_path / ".worker-x1", "pages of a day")
        clear(Layout(tmp_path))
        assert not (tmp_path / ".worker-x1").exists()


def test_the_folder_of_a_worker_at_work_stays(tmp_path: Path) -> None:
    """Two workers, one data folder."""
    folder(tmp_path / ".worker-x1", "of a dead one")
    folder(tmp_path / ".worker-x2", "of one at work")
    with (tmp_path / ".workers.lock").open("a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        settle_workers(Layout(tmp_path))
        assert settle(Layout(tmp_path)) == []
    assert len(list(tmp_path.glob(".worker-*"))) == 2
    assert len(settle(Layout(tmp_path))) == 2


def test_the_next_run_clears_them_even_if_its_publish_is_refused(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path(shutil.copytree(published, tmp_path / "data", symlinks=True))
    (data / "report").rename(data / ".report.old")
    shutil.copytree(data / "exports", data / ".exports.old")
    sources = tmp_path / "sources"
    sources.mkdir()
    shutil.copy(SAMPLE_SOURCES / "sample-cities.toml", sources)
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-21T01:15:00Z")
    with SampleSite() as site:
        monkeypatch.setenv("BIWAQ_CONNECT_TO", f"127.0.0.1:{site.port}")
        assert biwaq(monkeypatch, capsys, "run", "--sources", sources, "--data", data).code == 3
    assert hidden(data) == set()
    assert (data / "report" / "index.html").is_file()
