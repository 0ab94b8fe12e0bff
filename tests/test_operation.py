"""Logs, alarms, health and the runbook: the night says clearly when it needs a person."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import orjson
import pytest

from fixtures.server import SampleSite
from pipeline import passages
from pipeline.alerts import KINDS, alert
from pipeline.definitions import build_defs
from pipeline.health import problems
from pipeline.instance import DAGSTER_YAML, open_instance
from pipeline.resources import Workspace
from pipeline.settings import ROOT, SAMPLE_SOURCES, Layout, Settings, from_environment
from tests.cli import biwaq
from warehouse.checks import CHECKS

RUNBOOK = ROOT / "docs" / "runbook.md"
NIGHT = "2025-11-20T01:15:00Z"


class Received:
    """A webhook on loopback that keeps what it gets."""

    def __init__(self, status: int = 200) -> None:
        self.bodies: list[bytes] = []
        received = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def __enter__(self) -> Received:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def data(tmp_path: Path, published: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleSite]:
    with SampleSite() as served:
        monkeypatch.setenv("BIWAQ_CONNECT_TO", f"127.0.0.1:{served.port}")
        yield served


def by_command(tmp_path: Path) -> tuple[str, Path]:
    """An alert command that appends what it gets to a file."""
    script, out = tmp_path / "alert.py", tmp_path / "alarms.jsonl"
    script.write_text(f"import sys; open({str(out)!r}, 'a').write(sys.stdin.read() + chr(10))\n")
    return f"{sys.executable} {script}", out


def test_a_run_s_log_is_json_with_one_run_id(data: Path) -> None:
    (file,) = (data / "logs").glob("*.jsonl")
    entries = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    assert len({entry["run_id"] for entry in entries}) == 1
    assert re.fullmatch(r"2025-11-20-[0-9a-f]{8}", entries[0]["run_id"])
    events = [entry["event"] for entry in entries]
    assert events.count("crawled") == 3
    assert [event for event in events if event in ("parsed", "built", "published")] == ["parsed", "built", "published"]
    assert all({"at", "level", "run_id", "event", "message"} <= set(entry) for entry in entries)


def test_a_refused_publish_calls(
    data: Path,
    tmp_path: Path,
    site: SampleSite,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sources = tmp_path / "few"
    sources.mkdir()
    shutil.copy(SAMPLE_SOURCES / "sample-cities.toml", sources)
    command, alarms = by_command(tmp_path)
    monkeypatch.setenv("BIWAQ_ALERT_COMMAND", command)
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-21T01:15:00Z")
    with Received() as hook:
        monkeypatch.setenv("BIWAQ_ALERT_WEBHOOK", hook.address)
        ran = biwaq(monkeypatch, capsys, "run", "--sources", sources, "--data", data)
    assert ran.code == 3
    (told,) = [orjson.loads(line) for line in alarms.read_bytes().splitlines() if line]
    assert told["kind"] == "publish_refused"
    assert "tables_did_not_shrink" in told["message"]
    assert told["what_to_do"] == "docs/runbook.md#publish_refused"
    assert [orjson.loads(body) for body in hook.bodies] == [told]
    unwell = biwaq(monkeypatch, capsys, "status", "--data", data)
    assert unwell.code == 1
    assert "publish_refused: checks refused the warehouse" in unwell.out


def test_a_failed_run_calls_and_so_does_one_of_the_schedule(
    data: Path, tmp_path: Path, site: SampleSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, alarms = by_command(tmp_path)
    monkeypatch.setenv("BIWAQ_ALERT_COMMAND", command)
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-21T01:15:00Z")
    shutil.rmtree(data / "archive")
    (data / "archive").touch()  # nothing can be stored
    assert biwaq(monkeypatch, capsys, "run", "--data", data).code == 1
    job = build_defs(Workspace(lambda: from_environment(data, SAMPLE_SOURCES))).resolve_job_def("nightly")
    with open_instance(data / "dagster") as instance:
        done = job.execute_in_process(instance=instance, partition_key="2025-11-21", raise_on_error=False)
    assert not done.success
    told = [orjson.loads(line) for line in alarms.read_bytes().splitlines() if line]
    assert [entry["kind"] for entry in told] == ["run_failed", "run_failed"]
    assert all("raw__pages" in entry["message"] for entry in told)


def settings(data: Path, **more: str) -> Settings:
    return Settings(Layout(data), SAMPLE_SOURCES, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["false", "/nowhere/at-all", "unclosed 'quote"])
def test_an_alarm_that_can_not_be_sent_raises_nothing(command: str, tmp_path: Path) -> None:
    assert alert(settings(tmp_path, alert_command=command), "run_failed", "x") is False
    assert alert(settings(tmp_path, alert_webhook="http://127.0.0.1:1/"), "run_failed", "x") is False
    assert alert(settings(tmp_path, alert_webhook="not an address"), "run_failed", "x") is False
    assert alert(settings(tmp_path), "run_failed", "x") is True
    with Received(status=500) as hook:
        assert alert(settings(tmp_path, alert_webhook=hook.address), "run_failed", "x") is False


def test_an_alarm_is_one_line_and_no_shell(tmp_path: Path) -> None:
    command, alarms = by_command(tmp_path)
    assert alert(settings(tmp_path, alert_command=command), "run_failed", "a\nb $(touch x) \x1b[2J") is True
    told = orjson.loads(alarms.read_bytes())
    assert told["message"] == "a\\x0ab $(touch x) \\x1b[2J"


def unwell(data: Path, now: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("BIWAQ_NOW", now)
    return [problem.kind for problem in problems(from_environment(data))]


def test_health(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the data's own times; Dagster's times are real, and after those of the test's clock."""
    assert unwell(data, "2025-11-20T20:00:00Z", monkeypatch) == []
    assert unwell(data, "2025-11-22T01:15:00Z", monkeypatch) == []
    assert unwell(data, "2025-11-22T02:15:00Z", monkeypatch) == ["source_stale"] * 3
    assert "night_missed" in unwell(data, "2099-01-01T00:00:00Z", monkeypatch)


def test_a_store_made_anew_does_not_hide_a_missed_night(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(data / "dagster")
    assert "night_missed" not in unwell(data, "2025-11-21T01:15:00Z", monkeypatch)
    assert "night_missed" in unwell(data, "2025-11-21T04:15:00Z", monkeypatch)


def test_health_of_a_damaged_warehouse_and_of_a_store_that_is_a_file(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = (data / "warehouse" / "biwaq.duckdb").resolve()
    real.chmod(0o644)
    real.write_bytes(b"no warehouse" * 1000)
    shutil.rmtree(data / "dagster")
    (data / "dagster").touch()
    assert unwell(data, "2025-11-20T20:00:00Z", monkeypatch) == ["store_unusable", "warehouse_unreadable"]
    ran = biwaq(monkeypatch, capsys, "status", "--data", data)
    assert ran.code == 1
    assert "warehouse_unreadable" in ran.out
    assert "Traceback" not in ran.err


def test_status_calls_when_asked(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, alarms = by_command(tmp_path)
    monkeypatch.setenv("BIWAQ_ALERT_COMMAND", command)
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-20T20:00:00Z")
    assert biwaq(monkeypatch, capsys, "status", "--alert", "--data", data).code == 0
    assert not alarms.exists()
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-23T02:15:00Z")
    assert biwaq(monkeypatch, capsys, "status", "--data", data).code == 1
    assert not alarms.exists()
    assert biwaq(monkeypatch, capsys, "status", "--alert", "--data", data).code == 1
    assert [orjson.loads(line)["kind"] for line in alarms.read_bytes().splitlines() if line] == ["source_stale"] * 3


def test_pages_without_a_warehouse_are_not_well(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(data / "warehouse")
    assert "nothing_published" in unwell(data, "2025-11-20T20:00:00Z", monkeypatch)


def test_dagster_watches_and_tries_again(tmp_path: Path) -> None:
    with open_instance(tmp_path) as instance:
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 2
        assert instance.run_monitoring_max_runtime_seconds == 4 * 3600
        assert instance.get_settings("run_retries")["retry_on_asset_or_op_failure"] is False
    assert "telemetry: {enabled: false}" in DAGSTER_YAML


def test_the_docs_say_when_a_night_ends() -> None:
    unit = (ROOT / "deploy" / "biwaq.service").read_text(encoding="utf-8")
    (of_timer,) = re.findall(r"^TimeoutStartSec=\S+$", unit, flags=re.MULTILINE)
    (of_ui,) = re.findall(r"max_runtime_seconds: \d+", DAGSTER_YAML)
    page = RUNBOOK.with_name("operators.md").read_text(encoding="utf-8")
    assert f"`{of_timer}` in `biwaq.service`" in page
    assert f"`{of_ui}` in `dagster/dagster.yaml`" in page


def entries() -> set[str]:
    """The headings of the runbook that are a name."""
    return set(re.findall(r"^### `([a-z_]+)`$", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE))


@pytest.mark.parametrize("name", sorted({check.name for check in (*CHECKS, passages.CHECK)} | set(KINDS)))
def test_the_runbook_has_an_entry(name: str) -> None:
    assert name in entries()


def test_the_runbook_has_no_entry_for_what_is_no_more() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    told = set(re.findall(r'\bwarn\(\s*"([a-z_]+)"', code))
    assert told <= entries()
    assert entries() <= told | {check.name for check in (*CHECKS, passages.CHECK)} | set(KINDS)


@pytest.mark.parametrize("unit", ["biwaq.service", "biwaq.timer", "biwaq-status.service", "biwaq-status.timer"])
def test_the_units_are_understood_by_systemd(unit: str, tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed")
    for path in (ROOT / "deploy").glob("biwaq*"):
        text = path.read_text(encoding="utf-8").replace("/opt/biwaq/.venv/bin/biwaq", sys.executable)
        (tmp_path / path.name).write_text(text)
    done = subprocess.run([tool, "verify", str(tmp_path / unit)], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "biwaq" in line]
    assert complaints == []
    assert isinstance(dg.__version__, str)
