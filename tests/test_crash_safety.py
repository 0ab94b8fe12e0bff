"""Damage that a crash or a bad disk leaves: the next run mends it, or says in one line what to do; no page is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from dagster import DagsterRun, DagsterRunStatus

from fixtures.server import SampleSite
from pipeline.instance import open_instance
from pipeline.logs import LOG
from tests.cli import Ran, biwaq
from tests.warehouse_file import rows

NEXT = "2025-11-21T01:15:00Z"
Damage = Callable[[Path], None]
Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as served:
        yield served


@pytest.fixture
def data(tmp_path: Path, published: Path) -> Path:
    """A copy of the published night, to be damaged."""
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


@pytest.fixture
def run(site: SampleSite, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The next night on the damaged folder."""
    monkeypatch.setenv("BIWAQ_CONNECT_TO", f"127.0.0.1:{site.port}")

    def night(*args: object, now: str = NEXT) -> Ran:
        monkeypatch.setenv("BIWAQ_NOW", now)
        return biwaq(monkeypatch, capsys, "run", "--data", data, *args)

    return night


def real(data: Path) -> Path:
    return Path(os.path.realpath(data / "warehouse" / "biwaq.duckdb"))


def warc(data: Path) -> Path:
    (found,) = (data / "archive" / "2025-11-20").glob("sample-projects--*.warc.gz")
    return found


def records(data: Path) -> Path:
    return data / "records" / "2025-11-20" / "sample-projects.ndjson.gz"


def garbage(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(bytes(range(255, 0, -1)) * 200)


def cut(path: Path, size: int) -> None:
    path.chmod(0o644)
    os.truncate(path, size)


def garbage_inside(path: Path, at: int = 20_000, size: int = 10_000) -> None:
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(at)
        file.write((bytes(range(255, 0, -1)) * (size // 255 + 1))[:size])


def everything(data: Path) -> tuple[object, ...]:
    """What must come out of any night on an unchanged site."""
    wanted = (
        "SELECT * EXCLUDE (last_seen) FROM projects ORDER BY project_id",
        "SELECT * EXCLUDE (as_of) FROM area_stats ORDER BY ALL",
        "SELECT url, source_id, title, gone_since, first_seen FROM documents ORDER BY url",
        "SELECT count(*) FROM changes",
    )
    return tuple(tuple(rows(data, sql)) for sql in wanted)


STORE: dict[str, tuple[str, Damage, bool]] = {
    "dagster.yaml is empty": ("dagster.yaml", lambda path: cut(path, 0), False),
    "dagster.yaml is half": ("dagster.yaml", lambda path: cut(path, 190), False),
    "history is gone": ("history", shutil.rmtree, False),
    "runs.db is empty": ("history/runs.db", lambda path: cut(path, 0), False),
    "runs.db is garbage": ("history/runs.db", garbage, True),
    "runs.db is cut": ("history/runs.db", lambda path: cut(path, 20_000), True),
    "index.db is garbage": ("history/runs/index.db", garbage, True),
    "index.db is cut": ("history/runs/index.db", lambda path: cut(path, 20_000), True),
    "schedules.db is cut": ("schedules/schedules.db", lambda path: cut(path, 9_000), True),
}


@pytest.mark.parametrize("name", STORE)
def test_dagsters_store_is_mended(name: str, data: Path, caplog: pytest.LogCaptureFixture) -> None:
    file, damage, is_told = STORE[name]
    damage(data / "dagster" / file)
    LOG.addHandler(caplog.handler)
    with open_instance(data / "dagster") as instance:
        assert instance.get_runs_count() in ((0,) if is_told else (0, 1))
        run_id = instance.add_run(DagsterRun(job_name="nightly", status=DagsterRunStatus.SUCCESS)).run_id
    LOG.removeHandler(caplog.handler)
    assert ("Dagster's store could not be read" in caplog.text) is is_told
    assert bool(list((data / "dagster").glob("damaged-*"))) is is_told
    with open_instance(data / "dagster") as instance:
        assert instance.get_run_by_id(run_id) is not None


@pytest.mark.parametrize("name", ["a#b", "50 % done", "100%", "a & b = 'c'"])
def test_a_store_in_a_folder_of_any_name_is_found_again(name: str, tmp_path: Path) -> None:
    for count in range(2):
        with open_instance(tmp_path / name / "dagster") as instance:
            assert instance.get_runs_count() == count
            instance.add_run(DagsterRun(job_name="nightly", status=DagsterRunStatus.SUCCESS))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def many_at_once(data: Path) -> None:
    """What a bad disk may do in one night short of the WARC files and the warehouse."""
    cut(data / "dagster" / "dagster.yaml", 190)
    garbage(data / "dagster" / "history" / "runs" / "index.db")
    cut(records(data), 1000)
    garbage(records(data).with_name("sample-projects.crawl.ndjson"))
    for name in (records(data).with_name("elsewhere.ndjson.gz"), data / ".unfinished"):
        name.touch()
        garbage(name)
    garbage(next(warc(data).parent.glob("sample-projects--*.cdxj")))
    cut(data / "sources.txt", 0)
    cut(data / "warehouse" / "published.txt", 9)


HEALED: dict[str, tuple[Damage, list[str]]] = {
    "much at once": (
        many_at_once,
        [
            "Dagster's store could not be read",
            "sample-projects.ndjson.gz could not be read",
            "sample-projects.crawl.ndjson could not be read",
            "elsewhere.ndjson.gz could not be read",
        ],
    ),
    "the warehouse is cut": (lambda data: cut(real(data), 100_000), ["can not be read"]),
    "the warehouse has garbage inside": (
        lambda data: garbage_inside(real(data), 300_000, real(data).stat().st_size - 600_000),
        ["can not be read"],
    ),
    "the warehouse is gone": (lambda data: real(data).unlink(), ["no published build is left to compare with"]),
    "a WARC file is cut": (lambda data: cut(warc(data), 30_000), ["is damaged", "is asked for again"]),
    "a WARC file has garbage inside": (lambda data: garbage_inside(warc(data)), ["is damaged", "is asked for again"]),
}


@pytest.mark.parametrize("name", HEALED)
def test_the_next_night_mends_it(name: str, data: Path, run: Run) -> None:
    expected = everything(data)
    damage, said = HEALED[name]
    damage(data)
    ran = run()
    assert ran.code == 0, ran.err
    assert [words for words in said if words not in ran.err] == []
    assert "Traceback" not in ran.err
    assert everything(data) == expected
    if "WARC" in name:
        again = run(now="2025-11-22T01:15:00Z")
        assert again.code == 0, again.err
        assert "is damaged" not in again.err


QUIET = """id = "quiet"
title = "A page that stays as it is"
publisher = "Bundesministerium für Wohnen, Stadtentwicklung und Bauwesen"
page_type = "gsb_project"
hosts = ["www.biwaq.example"]
urls = ["http://www.biwaq.example/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2347_Schwerin.html"]
min_delay_s = 0.0
allow_private = true
[expect]
min_pages = 1
max_pages = 1
"""


def test_a_night_without_news_mends_the_warehouse_too(data: Path, run: Run, tmp_path: Path) -> None:
    """On such a night the published build is carried on, if it is as it was written."""
    shutil.rmtree(data)
    (tmp_path / "quiet.toml").write_text(QUIET)
    assert run("--sources", tmp_path / "quiet.toml", now="2025-11-20T01:15:00Z").code == 0
    expected = everything(data)
    cut(real(data), 100_000)
    ran = run("--sources", tmp_path / "quiet.toml")
    assert ran.code == 0, ran.err
    assert "the published build is not as it was written" in ran.err
    assert "published, but" not in ran.err  # the exports tell what changed since a build that can be read, or nothing
    assert everything(data) == expected


def test_a_file_in_the_place_of_dagsters_folder_is_named(data: Path, run: Run) -> None:
    shutil.rmtree(data / "dagster")
    (data / "dagster").touch()
    ran = run()
    assert ran.code == 1
    assert ran.err == f"biwaq: {data}/dagster: is a file; move it away, Dagster keeps its history in a folder there\n"


def test_settings_of_a_person_stay(data: Path, run: Run) -> None:
    own = "telemetry: {enabled: false}\n"
    (data / "dagster" / "dagster.yaml").write_text(own)
    assert run().code == 0
    assert (data / "dagster" / "dagster.yaml").read_text() == own


def test_a_warehouse_open_for_writing_elsewhere_is_named(data: Path, run: Run) -> None:
    old = real(data)
    old.chmod(0o644)
    code = f"import duckdb, sys; c = duckdb.connect({str(old)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        ran = run()
        other.kill()
    assert ran.code == 1
    last = ran.err.splitlines()[-1]
    assert "is open for writing elsewhere" in last
    assert "close it there and run again" in last
    assert f"PID {other.pid}" in last
    assert real(data) == old
    assert run().code == 0


def test_a_damaged_warehouse_is_one_line_for_a_query(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    garbage(real(data))
    ran = biwaq(monkeypatch, capsys, "query", "SELECT 1", "--data", data)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "a file is damaged" in ran.err
    assert "biwaq run" in ran.err


def test_the_second_of_two_runs_leaves(data: Path, run: Run) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.resources import sole_writer\n"
        f"with sole_writer(Path({str(data / '.lock')!r})): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        ran = run()
        other.kill()
    assert ran.code == 1
    assert ran.err == f"biwaq: another run is writing to {data}; wait for it, or choose another --data folder\n"
    assert run().code == 0  # the lock of a dead process is free


def test_a_clock_set_back_loses_nothing(data: Path, run: Run) -> None:
    expected = everything(data)
    assert run(now="2025-11-25T01:15:00Z").code == 0
    for now in ("2025-11-18T01:15:00Z", "2025-11-24T01:15:00Z"):
        ran = run(now=now)
        assert ran.code == 0, ran.err
        assert rows(data, "SELECT url FROM documents WHERE gone_since IS NOT NULL") == []
        assert everything(data)[1] == expected[1]
        assert everything(data)[3] == expected[3]
        assert rows(data, "SELECT max(last_seen) >= '2025-11-25' FROM documents") == [(True,)]


def test_a_build_that_is_cut_can_not_be_opened(tmp_path: Path, published: Path) -> None:
    """What the gates lean on: DuckDB sees damage instead of reading on."""
    copy = Path(shutil.copy(real(published), tmp_path / "copy.duckdb"))
    cut(copy, 100_000)
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(copy), read_only=True)
