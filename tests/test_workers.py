"""Archived days parsed by other processes through Celery and Redis, pages and records through a bucket.

Real servers, real `biwaq worker` processes with data folders of their own; one of them is killed at work.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

import dagster as dg
import fsspec
import pytest

from pipeline.commands import reparse
from pipeline.errors import BiwaqFault, UsageFault
from pipeline.fetch.archive import Archive
from pipeline.instance import open_instance
from pipeline.parse_day import parse_day
from pipeline.remote import Remote, pull_folder
from pipeline.resources import Workspace
from pipeline.settings import SAMPLE_SOURCES, Settings, from_environment
from pipeline.sources import load_sources
from pipeline.sync import Sync
from tests.bench.archives import SOURCE, source_file, write_days
from tests.bench.project_pages import project_pages
from tests.cli import biwaq
from tests.doc_pages import DOCS, Reader, blocks
from tests.servers import end, has_postgres, postgres, redis, s3, server, wait_for, worker
from warehouse.build import build
from warehouse.diff import diff
from warehouse.model import RunInfo, SourceInfo

if find_spec("dagster_celery") is None:
    pytest.skip("the package dagster-celery is not installed: make readers", allow_module_level=True)

DAYS, PAGES_A_DAY = 4, 3
TIMEOUT_S = 3
STUCK = """
import sys, time
from pathlib import Path
import pipeline.workers as workers
from pipeline.cli import main
real, marker = workers.parse_day, Path(sys.argv.pop())
def stuck(*args, **more):
    real(*args, **more)
    marker.touch()
    time.sleep(1000)
workers.parse_day = stuck
sys.argv[1:] = ["worker", "--processes", "1"]
main()
"""
"""A worker that reads a day and then neither leaves its records nor ends."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """S3, Redis and, where it is installed, PostgreSQL; gives the environment of run and workers."""
    folder = tmp_path_factory.mktemp("cluster")
    with redis(folder) as broker, s3(folder) as environment, ExitStack() as more:
        found = {**environment, "BIWAQ_BROKER": broker, "BIWAQ_BROKER_TIMEOUT": str(TIMEOUT_S)}
        if has_postgres() and find_spec("dagster_postgres") is not None:
            found["BIWAQ_POSTGRES"] = more.enter_context(postgres(folder))
        yield found


@dataclass(frozen=True, slots=True)
class Days:
    """Archived days, in the bucket too, and where they were parsed by one process."""

    settings: Settings
    days: list[date]
    environment: dict[str, str]
    by_one: Path


@pytest.fixture
def archived(cluster: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    more = {
        "BIWAQ_REMOTE": f"{cluster['BIWAQ_REMOTE']}/{tmp_path.name}",
        "BIWAQ_BROKER": cluster["BIWAQ_BROKER"],
        "BIWAQ_SOURCES": str(source_file(tmp_path / "bench.toml")),
        "BIWAQ_DATA": str(tmp_path / "data"),
    }
    environment = {**cluster, **more}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = from_environment()
    pages = [(page.url, page.body) for page in project_pages(DAYS * PAGES_A_DAY)]
    nights = [pages[at : at + PAGES_A_DAY] for at in range(0, len(pages), PAGES_A_DAY)]
    days = write_days(settings.layout.archive, nights)
    Sync(settings.layout, Remote(more["BIWAQ_REMOTE"])).push_pages()
    for day in days:
        parse_day(Archive(settings.layout.archive), tmp_path / "one", load_sources(settings.sources), day, at_most=1)
    return Days(settings, days, environment, tmp_path / "one")


def by_workers(found: Days, into: str = "reparse/x") -> Path:
    """Have the workers read all days; their records as they lie in the bucket."""
    from pipeline.workers import parse_elsewhere

    with open_instance(found.settings.layout.dagster) as instance:
        parse_elsewhere(instance, found.settings, found.days, into)
    folder = found.settings.layout.root / "taken"
    for day in found.days:
        pull_folder(Remote(found.environment["BIWAQ_REMOTE"]), f"{into}/{day}", folder / str(day))
    return folder


def records(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("*/*.ndjson*")}


def tables(folder: Path) -> Path:
    sources = [SourceInfo(SOURCE, "Generated", "nobody", "gsb_project", 1, 100, "live")]
    build(folder, folder / "built.duckdb", sources=sources, run=RunInfo("run", "2026-11-24T01:15:00Z"))
    return folder / "built.duckdb"


def test_a_worker_killed_at_work_loses_nothing(archived: Days, tmp_path: Path) -> None:
    """Its day is not acknowledged: the other worker gets it, and the tables are those of one process."""
    marker, victim_folder = tmp_path / "at-work", tmp_path / "victim"
    victim_folder.mkdir()
    command = [sys.executable, "-W", "ignore", "-c", STUCK, str(marker)]
    environment = {**archived.environment, "BIWAQ_DATA": str(victim_folder / "data")}
    with (
        server(command, None, victim_folder / "worker.log", environment=environment) as victim,
        worker(tmp_path / "other", archived.environment),
    ):

        def kill() -> None:
            wait_for(marker.exists, "the victim has a day in hand")
            end(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        both_answer(2)
        taken = by_workers(archived)
        killer.join()
    assert victim.returncode == -signal.SIGKILL
    assert len(records(archived.by_one)) == 2 * DAYS  # records and crawl log
    assert records(taken) == records(archived.by_one)
    assert diff(tables(archived.by_one), tables(taken)) == []
    with open_instance(archived.settings.layout.dagster) as instance:
        (run,) = instance.get_runs(limit=1)
        assert run.status == dg.DagsterRunStatus.SUCCESS
        took = [e for e in instance.all_logs(run.run_id) if "in celery worker" in (e.message or "")]
    assert len(took) >= DAYS + 1  # each day, and that of the victim once more
    assert not list((victim_folder / "data").glob("archive"))
    assert list((victim_folder / "data").glob(".worker-*/archive"))
    with worker(victim_folder, archived.environment):
        wait_for(lambda: not list((victim_folder / "data").glob(".worker-*")), "what the kill left is gone")


def both_answer(number: int) -> None:
    """Wait until so many workers listen."""
    from pipeline.workers import celery_app

    app = celery_app()
    wait_for(lambda: len(app.control.inspect(timeout=1).ping() or {}) == number, f"{number} workers answer")


def test_a_worker_with_other_sources_refuses(archived: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or with other parsers: two kinds of records would lie side by side."""
    from pipeline.workers import parse_for, version_of

    version = version_of(archived.settings)
    with pytest.raises(UsageFault, match="another program or other sources than the run"):
        parse_for(replace(archived.settings, sources=SAMPLE_SOURCES), archived.days[0], "reparse/z", version)
    monkeypatch.setattr("pipeline.parsed_before._of_code", lambda: "another program")
    with pytest.raises(UsageFault, match="another program or other sources than the run"):
        parse_for(archived.settings, archived.days[0], "reparse/z", version)


def test_the_page_can_be_followed(
    archived: Days,
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """docs/beyond-one-machine.md from top to bottom; `biwaq worker` runs beside, as on the page."""
    for name in ("BIWAQ_SOURCES", "BIWAQ_DATA"):
        monkeypatch.delenv(name)
    environment = {name: value for name, value in archived.environment.items() if name != "BIWAQ_SOURCES"}
    copytree(published, tmp_path / "follow" / "data", symlinks=True)
    capsys.readouterr()
    reader = Reader(tmp_path / "follow", monkeypatch, capsys)
    with worker(tmp_path / "worker", environment):
        both_answer(1)
        reader.follow(DOCS / "beyond-one-machine.md")
        assert "no difference" in reader.said
    assert {"biwaq sync", "biwaq query", "biwaq worker", "biwaq reparse"} <= set(reader.done)
    page = (DOCS / "beyond-one-machine.md").read_text(encoding="utf-8")
    (example,) = (block.body for block in blocks(page) if block.kind == "python")
    fsspec.filesystem("s3", skip_instance_cache=True).clear_instance_cache()  # of another test's server
    exec(example, {})
    assert "29" in capsys.readouterr().out


def test_a_day_that_the_bucket_does_not_have_is_a_fault_and_no_empty_day(archived: Days) -> None:
    from pipeline.workers import parse_for, version_of

    version = version_of(archived.settings)
    with pytest.raises(BiwaqFault, match="has no archived pages of 2020-01-01"):
        parse_for(archived.settings, date(2020, 1, 1), "reparse/x", version)


def test_a_source_whose_copies_went_gives_no_empty_records(archived: Days) -> None:
    """Its old records are all there is of it; files without pages would take their place."""
    from pipeline.workers import parse_for, version_of

    sources = archived.settings.sources.with_name("two")
    sources.mkdir()
    source_file(sources / "bench.toml")
    text = (sources / "bench.toml").read_text().replace(f'"{SOURCE}"', '"gone"')
    (sources / "gone.toml").write_text(text)
    settings = Settings(archived.settings.layout, sources, remote=archived.environment["BIWAQ_REMOTE"])
    parse_for(settings, archived.days[0], "reparse/y", version_of(settings))
    left = Remote(archived.environment["BIWAQ_REMOTE"]).manifest(f"reparse/y/{archived.days[0]}")
    assert sorted(left) == [f"{SOURCE}.crawl.ndjson", f"{SOURCE}.ndjson.gz"]


def test_a_day_of_none_of_the_sources_is_no_fault(archived: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source has another name since: what was read of it under the old one stays."""
    from pipeline import workers

    def at_once(_: object, settings: Settings, days: list[date], into: str) -> None:
        for day in days:
            workers.parse_for(settings, day, into, workers.version_of(settings))

    monkeypatch.setattr(workers, "parse_elsewhere", at_once)
    file = archived.settings.sources
    file.write_text(file.read_text().replace(f'"{SOURCE}"', '"renamed"'))
    reparse._by_workers(Workspace(lambda: archived.settings), archived.by_one, archived.days)
    assert len(records(archived.by_one)) == 2 * DAYS
    assert not Remote(archived.environment["BIWAQ_REMOTE"]).folders("reparse")


def test_a_day_that_no_worker_read_is_a_fault(archived: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import workers

    monkeypatch.setattr(workers, "parse_elsewhere", lambda *_: None)
    with pytest.raises(BiwaqFault, match="no worker left records there"):
        reparse._by_workers(Workspace(lambda: archived.settings), archived.by_one, archived.days)


def test_who_is_done_clears_up_after_the_killed(archived: Days) -> None:
    from pipeline.workers import parse_for, version_of

    (archived.settings.layout.root / ".worker-dead" / "archive").mkdir(parents=True)
    parse_for(archived.settings, archived.days[0], "reparse/w", version_of(archived.settings))
    assert not list(archived.settings.layout.root.glob(".worker-*"))


def test_a_broker_that_is_not_there_is_one_line_without_its_password(
    archived: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIWAQ_BROKER", "redis://:secret@127.0.0.1:1/0")
    with pytest.raises(BiwaqFault, match=r"redis://:\*\*@127\.0\.0\.1:1/0 can not be used: .*start the broker"):
        by_workers(archived)
    for wrong in ("redis://:secret/@host:6379/0", "secret://host"):
        monkeypatch.setenv("BIWAQ_BROKER", wrong)
        with pytest.raises(UsageFault, match="BIWAQ_BROKER: is no broker's address, for example redis") as fault:
            by_workers(archived)
        assert "secret" not in str(fault.value)


def test_what_is_missing_is_said_in_one_line(
    archived: Days, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.workers._ANSWER_S", 0.2)
    with pytest.raises(BiwaqFault, match=r"no worker answers at redis://127\.0\.0\.1:\d+/0: start one with"):
        by_workers(archived)
    monkeypatch.delenv("BIWAQ_BROKER")
    ran = biwaq(monkeypatch, capsys, "worker")
    assert ran.code == 2
    assert ran.err.startswith("biwaq: BIWAQ_BROKER is not set")
    monkeypatch.setenv("BIWAQ_BROKER_TIMEOUT", "soon")
    monkeypatch.setenv("BIWAQ_BROKER", "redis://127.0.0.1:1/0")
    with pytest.raises(UsageFault, match="BIWAQ_BROKER_TIMEOUT: 'soon' is not a whole number above 0"):
        by_workers(archived)
    assert os.environ["BIWAQ_REMOTE"]
