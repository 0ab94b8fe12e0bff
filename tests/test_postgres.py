"""Dagster's storage in a real PostgreSQL: nights, their history, several at once, and no password in a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import dagster as dg
import pytest

from pipeline.errors import UsageFault
from pipeline.instance import open_instance
from pipeline.settings import postgres as postgres_address
from tests.cli import biwaq
from tests.servers import ENTRY, postgres

if find_spec("dagster_postgres") is None:
    pytest.skip("the package dagster-postgres is not installed: make readers", allow_module_level=True)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("postgres")) as found:
        yield found


def test_first_starts_at_once_and_a_night(
    address: str,
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Three machines open an empty data base together; then a night runs, and another folder sees it."""
    monkeypatch.setenv("BIWAQ_POSTGRES", address)
    opened = (
        "import sys; from pathlib import Path; from pipeline.instance import open_instance as o; o(Path(sys.argv[1]))"
    )
    machines = [tmp_path / f"machine-{number}" for number in range(3)]
    started = [subprocess.Popen([sys.executable, "-W", "ignore", "-c", opened, str(home)]) for home in machines]
    assert [process.wait() for process in started] == [0, 0, 0]
    data = Path(shutil.copytree(published, tmp_path / "data", symlinks=True))
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-20T12:00:00Z")
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ENTRY, "run", "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert ran.returncode == 0, ran.stderr
    with open_instance(machines[0]) as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.status) == ("nightly", dg.DagsterRunStatus.SUCCESS)
        assert run.run_id in ran.stdout
        last = instance.get_latest_materialization_event(dg.AssetKey(["published", "biwaq"]))
        assert last is not None
    settings = (data / "dagster" / "dagster.yaml").read_text()
    assert "postgres_url: {env: BIWAQ_POSTGRES}" in settings
    assert address not in settings
    assert biwaq(monkeypatch, capsys, "status", "--data", data).code == 0
    monkeypatch.delenv("BIWAQ_POSTGRES")
    with open_instance(data / "dagster") as instance:  # back to the folder's own store: the night of the fixture
        assert run.run_id not in {one.run_id for one in instance.get_runs()}
        assert len(instance.get_runs()) == 1


def test_an_address_for_another_driver_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLAlchemy would look for psycopg 3, which nobody installed."""
    monkeypatch.setenv("BIWAQ_POSTGRES", "postgresql://biwaq:secret@db/biwaq")
    with pytest.raises(UsageFault) as fault:
        postgres_address()
    assert "must begin with postgresql+psycopg2://" in str(fault.value)
    assert "secret" not in str(fault.value)


def test_a_server_that_does_not_answer_is_one_line(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("BIWAQ_POSTGRES", "postgresql+psycopg2://biwaq:secret@127.0.0.1:1/biwaq")
    data = Path(shutil.copytree(published, tmp_path / "data", symlinks=True))
    ran = biwaq(monkeypatch, capsys, "run", "--data", data)
    assert ran.code == 1
    last = ran.err.splitlines()[-1]
    assert "Dagster's store BIWAQ_POSTGRES can not be used" in last
    assert "secret" not in ran.err
