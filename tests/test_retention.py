"""What is too old goes; what the published warehouse leans on, and the history read from the rest, stays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from dagster import DagsterRun, DagsterRunStatus

from fixtures.server import SampleSite
from pipeline.fetch.archive import Archive
from pipeline.heal import heal_records
from pipeline.instance import open_instance
from pipeline.resources import Workspace
from pipeline.retention import tidy
from pipeline.settings import SAMPLE_SOURCES, Settings, from_environment
from tests.cli import biwaq
from tests.nights import History
from tests.warehouse_file import rows


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleSite]:
    with SampleSite(state=3) as served:
        monkeypatch.setenv("BIWAQ_CONNECT_TO", f"127.0.0.1:{served.port}")
        yield served


@pytest.fixture
def data(tmp_path: Path, history: History) -> Path:
    """A copy of the four nights of the sample site."""
    return Path(shutil.copytree(history.data, tmp_path / "data", symlinks=True))


def settings(data: Path, sources: Path, now: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BIWAQ_NOW", now)
    return from_environment(data, sources)


def kept_for(days: int, folder: Path) -> Path:
    """The sample's sources with `keep_days`."""
    folder.mkdir()
    for file in SAMPLE_SOURCES.glob("*.toml"):
        text = file.read_text(encoding="utf-8").replace("[expect]", f"keep_days = {days}\n[expect]", 1)
        (folder / file.name).write_text(text, encoding="utf-8")
    return folder


def test_copies_that_nothing_leans_on_go_after_their_time(
    data: Path,
    tmp_path: Path,
    site: SampleSite,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sources = kept_for(30, tmp_path / "sources")
    needed = {file for (file,) in rows(data, "SELECT DISTINCT archive_file FROM snapshots")}
    before = {about.file for about in Archive(data / "archive").files()}
    dates = rows(data, "SELECT url, first_seen FROM documents ORDER BY url")
    changes = rows(data, "SELECT * FROM changes ORDER BY ALL")
    for now in ("2025-12-22T01:15:00Z", "2025-12-23T01:15:00Z"):
        monkeypatch.setenv("BIWAQ_NOW", now)
        ran = biwaq(monkeypatch, capsys, "run", "--sources", sources, "--data", data)
        assert ran.code == 0, ran.err
    after = {about.file for about in Archive(data / "archive").files()}
    gone = before - after
    assert gone
    assert not gone & needed
    assert {file[:10] for file in gone} <= {"2025-11-21", "2025-11-22"}  # older than 30 days on the last night
    assert rows(data, "SELECT url, first_seen FROM documents ORDER BY url") == dates
    assert rows(data, "SELECT * FROM changes ORDER BY ALL") == changes
    again = biwaq(monkeypatch, capsys, "reparse", "--sources", sources, "--data", data)
    assert again.code == 0, again.err
    assert "no difference" in again.out


def test_the_files_of_a_day_go_together_or_stay(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of a day are made anew from all of its files: of one alone they would lack what the other run saw."""
    given = settings(data, kept_for(30, tmp_path / "sources"), "2030-06-01T01:15:00Z", monkeypatch)
    needed = rows(data, "SELECT min(archive_file) FROM snapshots WHERE archive_file LIKE '%/sample-projects--%'")[0][0]
    file = data / "archive" / needed
    second = file.with_name(file.name.replace(".warc.gz", "-again.warc.gz"))
    shutil.copyfile(file, second)
    with open_instance(data / "dagster") as instance:
        tidy(Workspace(lambda: given), instance)
    assert file.exists()
    assert second.exists()


def test_what_was_not_read_yet_stays(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back from a backup, the first warehouse leans on one day alone: the others are still to be read."""
    given = settings(data, kept_for(30, tmp_path / "sources"), "2030-06-01T01:15:00Z", monkeypatch)
    before = {about.file for about in Archive(data / "archive").files()}
    aside = shutil.move(data / "records", tmp_path / "records")
    with open_instance(data / "dagster") as instance:
        tidy(Workspace(lambda: given), instance)
        assert {about.file for about in Archive(data / "archive").files()} == before
        shutil.move(aside, data / "records")
        tidy(Workspace(lambda: given), instance)
    assert {about.file for about in Archive(data / "archive").files()} < before


def test_records_whose_pages_went_are_not_made_anew_from_nothing(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged file of such a day is put aside, the crawl log beside it stays, and the loss is said."""
    given = settings(data, kept_for(30, tmp_path / "sources"), "2030-06-01T01:15:00Z", monkeypatch)
    day = data / "records" / "2025-11-21"
    for file in (data / "archive" / day.name).glob("sample-projects--*"):
        file.unlink()
    records, crawls = day / "sample-projects.ndjson.gz", day / "sample-projects.crawl.ndjson"
    log = crawls.read_bytes()
    assert log
    records.write_bytes(records.read_bytes()[:100])
    assert heal_records(Workspace(lambda: given)) == [date(2025, 11, 21)]
    assert crawls.read_bytes() == log
    assert (records.exists(), records.with_name(f"{records.name}.damaged").exists()) == (False, True)
    assert "sample-projects.ndjson.gz could not be read, and its pages went" in caplog.text


def test_old_logs_runs_and_files_put_aside_go(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = settings(data, SAMPLE_SOURCES, "2030-06-01T01:15:00Z", monkeypatch)
    logs = data / "logs"
    logs.mkdir(exist_ok=True)
    for name in ("2030-02-01.jsonl", "2030-04-01.jsonl", "notes.jsonl"):
        (logs / name).write_text("{}\n")
    old, new = data / "dagster" / "damaged-20300401T011500", data / "dagster" / "damaged-20300530T011500"
    for folder, day in ((old, datetime(2030, 4, 1, tzinfo=UTC)), (new, datetime(2030, 5, 30, tzinfo=UTC))):
        folder.mkdir()
        os.utime(folder, (day.timestamp(), day.timestamp()))
    with open_instance(data / "dagster") as instance:
        tidy(Workspace(lambda: given), instance)
        assert instance.get_runs_count() == 0  # all ended years before
        instance.add_run(DagsterRun(job_name="nightly", status=DagsterRunStatus.SUCCESS))
        monkeypatch.delenv("BIWAQ_NOW")
        tidy(Workspace(lambda: from_environment(data, SAMPLE_SOURCES)), instance)
        assert instance.get_runs_count() == 1
    left = {path.name for path in logs.iterdir()}
    assert left >= {"2030-04-01.jsonl", "notes.jsonl"}
    assert "2030-02-01.jsonl" not in left
    assert (old.exists(), new.exists()) == (False, True)
    assert rows(data, "SELECT count(*) > 0 FROM projects") == [(True,)]


def test_without_a_period_nothing_of_the_archive_goes(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = settings(data, SAMPLE_SOURCES, "2035-01-01T01:15:00Z", monkeypatch)
    before = Archive(data / "archive").files()
    with open_instance(data / "dagster") as instance:
        tidy(Workspace(lambda: given), instance)
    assert Archive(data / "archive").files() == before
    assert timedelta(days=3000) < given.now() - datetime(2025, 11, 20, tzinfo=UTC)
