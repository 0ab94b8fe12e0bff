"""The sensor that calls a person: each thing once, and nothing that a run tells itself."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipeline.definitions import defs
from pipeline.sensors import health_sensor
from pipeline.settings import from_environment


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Where the alert command leaves what it was given."""
    return tmp_path / "calls"


def told_at(data: Path, calls: Path, day: int, cursor: str | None) -> tuple[str, str | None]:
    """One tick at noon of a day of November 2025: what the UI shows of it, and the cursor after it."""
    settings = replace(
        from_environment(data),
        fixed_now=datetime(2025, 11, day, 12, tzinfo=UTC),
        alert_command=f"{shutil.which('tee')} -a {calls}",
    )
    with dg.instance_for_test() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        said = health_sensor(lambda: settings)(context)
        assert isinstance(said, dg.SkipReason)
        return str(said.skip_message), context.cursor


def test_a_source_that_grew_old_is_told_once(published: Path, calls: Path) -> None:
    said, cursor = told_at(published, calls, 23, None)
    assert "source sample-press: its pages were seen last 2025-11-20 01:15 UTC" in said
    first = calls.read_text(encoding="utf-8")
    assert first.count('"kind":"source_stale"') == 3
    told_at(published, calls, 24, cursor)
    assert calls.read_text(encoding="utf-8") == first


def test_what_was_well_in_between_is_told_again(published: Path, calls: Path) -> None:
    _, cursor = told_at(published, calls, 23, None)
    _, cursor = told_at(published, calls, 20, cursor)
    told_at(published, calls, 23, cursor)
    assert calls.read_text(encoding="utf-8").count('"kind":"source_stale"') == 6


def test_the_sensor_is_on_without_a_click() -> None:
    sensor = defs.resolve_sensor_def("health")
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == 3600
