"""A warehouse worse than yesterday's is refused, says how to accept it, and keeps the reason when a person does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from fixtures.server import SampleSite
from pipeline.acceptances import accept_tags, accepted_of
from pipeline.errors import UsageFault
from pipeline.instance import open_instance
from pipeline.settings import SAMPLE_SOURCES
from tests.cli import biwaq
from tests.warehouse_file import rows
from warehouse.acceptances import LEDGER, accepted_before, note_accepted
from warehouse.model import Acceptance

REASON = "The towns took their pages down, confirmed by mail"
GATES = ("tables_did_not_shrink", "pages_did_not_vanish")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleSite]:
    with SampleSite() as served:
        monkeypatch.setenv("BIWAQ_CONNECT_TO", f"127.0.0.1:{served.port}")
        yield served


@pytest.fixture
def fewer(tmp_path: Path) -> Path:
    """The sample's sources without the articles: every figure in outcomes is lost."""
    folder = tmp_path / "fewer"
    folder.mkdir()
    for name in ("sample-projects.toml", "sample-cities.toml"):
        shutil.copy(SAMPLE_SOURCES / name, folder)
    return folder


@pytest.fixture
def data(tmp_path: Path, published: Path) -> Path:
    """A copy of the published night, to write to."""
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


def real(data: Path) -> str:
    return os.path.realpath(data / "warehouse" / "biwaq.duckdb")


def test_a_refused_publish_says_what_and_how_to_accept_and_the_reason_stays(
    data: Path,
    fewer: Path,
    site: SampleSite,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = real(data)
    ((claims,),) = rows(data, "SELECT count(*) FROM outcome_claims")
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-21T01:15:00Z")
    args = ("run", "--sources", fewer, "--data", data)
    refused = biwaq(monkeypatch, capsys, *args)
    assert refused.code == 3
    assert real(data) == old
    assert "check tables_did_not_shrink refused" in refused.err
    assert f"| outcome_claims | {claims} | 0 | 100.0 |" in refused.err
    last, how = refused.err.splitlines()[-1], refused.err.splitlines()[-2]
    assert "not published: check" in last
    assert "the old one still stands" in last
    assert "biwaq run" in how
    assert "--accept tables_did_not_shrink" in how
    assert "--reason" in how

    names = [word for word in how.split() if word in GATES or word.endswith("_drop")]
    accepts = [part for name in names for part in ("--accept", name)]
    taken = biwaq(monkeypatch, capsys, *args, *accepts, "--reason", REASON)
    assert taken.code == 0, taken.err
    assert real(data) != old
    assert f"check tables_did_not_shrink was accepted for this run ({REASON})" in taken.err
    kept = rows(data, "SELECT DISTINCT check_name, reason FROM acceptances ORDER BY ALL")
    assert kept == sorted((name, REASON) for name in names)
    assert _accepted_in_dagster(data)["tables_did_not_shrink"] == REASON

    monkeypatch.setenv("BIWAQ_NOW", "2025-11-22T01:15:00Z")
    assert biwaq(monkeypatch, capsys, *args).code == 0  # it holds for one run; what is small now is the measure
    assert rows(data, "SELECT DISTINCT check_name, reason FROM acceptances ORDER BY ALL") == kept


def _accepted_in_dagster(data: Path) -> dict[str, str]:
    with open_instance(data / "dagster") as instance:
        last = instance.get_run_records(limit=1)[0].dagster_run
        made = instance.get_latest_materialization_event(dg.AssetKey(["published", "biwaq"]))
    assert accepted_of(last.tags)["tables_did_not_shrink"] == REASON
    assert made is not None
    assert made.asset_materialization is not None
    found: dict[str, str] = made.asset_materialization.metadata["accepted"].value
    return found


@pytest.mark.parametrize(
    ("names", "reason", "said"),
    [
        (("tables_did_not_shrink",), None, "--reason is missing"),
        (("tables_did_not_shrink",), "  ", "--reason is missing"),
        ((), "because", "--accept is missing"),
        (("tables_shrank",), "because", "tables_shrank: is no check.*tables_did_not_shrink"),
        (("sources_are_fresh",), "because", "is no check that can refuse"),
    ],
)
def test_half_an_acceptance_is_a_mistake(names: tuple[str, ...], reason: str | None, said: str) -> None:
    with pytest.raises(UsageFault, match=said):
        accept_tags(names, reason)


def test_a_tag_without_a_reason_accepts_nothing() -> None:
    assert accepted_of({"biwaq/accept/enough_pages": " ", "dagster/partition": "2025-11-20"}) == {}
    assert accepted_of(accept_tags(["enough_pages"], "two\nlines")) == {"enough_pages": "two lines"}


def test_the_ledger_survives_half_a_line(tmp_path: Path) -> None:
    one = Acceptance("2025-11-20-0a1b2c3d", "enough_pages", "because", "2025-11-20T01:15:00Z")
    two = Acceptance("2025-11-21-0a1b2c3d", "enough_pages", "again", "2025-11-21T01:15:00Z")
    assert accepted_before(tmp_path) == ()
    note_accepted(tmp_path, (one,))
    with (tmp_path / LEDGER).open("ab") as ledger:
        ledger.write(b'{"run_id": "2025-11-2')
    note_accepted(tmp_path, (one, two))
    assert accepted_before(tmp_path) == (one, two)
