"""Report and exports: made every night of a warehouse that people look through, left out of one that is beyond it.

Belongs here: the size up to which a night makes them, what is said instead. Does not: report, exports.
Concept: a night of 10,000 pages must not take four times as long for 20,000 pages of HTML that nobody asked for.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import dagster as dg
import duckdb
import pytest

from pipeline.errors import UsageFault
from pipeline.outputs import are_wanted, beyond
from pipeline.resources import Workspace
from pipeline.settings import SAMPLE_SOURCES, Layout, Settings, from_environment


@pytest.fixture
def three_pages(tmp_path: Path) -> Path:
    """A data folder whose warehouse holds three pages."""
    (tmp_path / "warehouse").mkdir()
    with duckdb.connect(str(tmp_path / "warehouse" / "biwaq.duckdb")) as connection:
        connection.execute("CREATE TABLE documents AS SELECT range AS document_id FROM range(3)")
    return tmp_path


def run_of(job: str) -> dg.AssetExecutionContext:
    """What an asset sees of a run of `job`."""
    seen = SimpleNamespace(run=SimpleNamespace(job_name=job), asset_key=dg.AssetKey(["outputs", "report"]))
    return cast(dg.AssetExecutionContext, seen)


@pytest.mark.parametrize(
    ("job", "up_to", "made"),
    [
        ("nightly", 3, True),
        ("nightly", 2, False),
        ("rebuild", 2, False),
        ("__ASSET_JOB", 2, True),  # a person materialises them in the UI
    ],
)
def test_a_night_makes_outputs_up_to_a_size_and_a_person_at_any(
    three_pages: Path, job: str, up_to: int, made: bool
) -> None:
    workspace = Workspace(lambda: Settings(Layout(three_pages), SAMPLE_SOURCES, outputs_up_to=up_to))
    assert are_wanted(run_of(job), workspace) is made


def test_what_is_left_out_is_said_with_the_setting_that_changes_it(three_pages: Path) -> None:
    settings = Settings(Layout(three_pages), SAMPLE_SOURCES, outputs_up_to=2)
    assert beyond(settings) == "3 pages are more than BIWAQ_OUTPUTS_UP_TO (2)"


def test_the_size_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIWAQ_OUTPUTS_UP_TO", raising=False)
    assert from_environment().outputs_up_to == 1_000
    monkeypatch.setenv("BIWAQ_OUTPUTS_UP_TO", "20000")
    assert from_environment().outputs_up_to == 20_000
    monkeypatch.setenv("BIWAQ_OUTPUTS_UP_TO", "many")
    with pytest.raises(UsageFault, match="BIWAQ_OUTPUTS_UP_TO: 'many' is no number of pages"):
        from_environment()
