"""What an operator sees in Dagster: rows and their difference, previews, lineage, failed checks that say what to do."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest

from pipeline.checks import SPECS, _told
from pipeline.definitions import defs
from pipeline.instance import open_instance
from pipeline.table_facts import RECORD_COLUMNS, lineage, lineage_text, purpose, rows_in
from tests.nights import History
from tests.warehouse_file import rows
from warehouse.checks import CHECKS, CheckResult, markdown_table
from warehouse.tables import TABLES

RECORDS = dg.AssetKey(["parsed", "records"])


def shown_of(data: Path, tmp_path: Path, table: str) -> Mapping[str, dg.MetadataValue]:
    """The metadata of a table's newest materialisation, from a copy of Dagster's store."""
    home = tmp_path / "dagster"
    shutil.copytree(data / "dagster", home)
    with open_instance(home) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(["warehouse", table]))
    assert event is not None
    assert event.asset_materialization is not None
    return event.asset_materialization.metadata


def test_rows_and_their_difference_are_numbers_that_can_be_plotted(history: History, tmp_path: Path) -> None:
    shown = shown_of(history.data, tmp_path, "changes")
    assert shown["dagster/row_count"].value == rows(history.data, "SELECT count(*) FROM changes")[0][0] == 5
    assert shown["rows_more_than_before"].value == 2  # day 2 changed three values, day 3 two more


def test_a_table_shows_its_first_rows_and_the_passages_it_was_read_from(history: History, tmp_path: Path) -> None:
    shown = shown_of(history.data, tmp_path, "area_stats")
    assert "| iii-duisburg | area_ha | area | 68.0 | ha |" in str(shown["preview"].value)
    assert "| value | " in str(shown["read_from_pages"].value)
    assert str(shown["report"].value).endswith("report/index.html")
    assert Path(str(shown["dictionary"].value)).parts[-3:] == ("exports", "dictionary", "dictionary.en.html")


@pytest.mark.parametrize("link", ["report", "dictionary"])
def test_the_links_of_a_table_lead_to_files(link: str, published: Path, tmp_path: Path) -> None:
    shown = shown_of(published, tmp_path, "projects")
    assert Path(str(shown[link].value)).is_file()


def test_the_fields_of_a_record_are_the_schema_of_the_asset(published: Path) -> None:
    file = next((published / "records").glob("*/sample-press.ndjson.gz"))
    line = json.loads(gzip.decompress(file.read_bytes()).splitlines()[0])
    assert list(RECORD_COLUMNS) == list(line)


def test_lineage_of_columns_by_the_registry() -> None:
    found = lineage(TABLES["area_stats"]).deps_by_column
    assert found["project_id"] == [dg.TableColumnDep(dg.AssetKey(["warehouse", "projects"]), "project_id")]
    assert found["value"] == [dg.TableColumnDep(RECORDS, "record")]
    assert "plausibility" not in found  # a rule of ours: no one column says it
    assert lineage(TABLES["snapshots"]).deps_by_column["byte_hash"] == [dg.TableColumnDep(RECORDS, "byte_hash")]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_lineage_leads_to_columns_that_are_there(table: object) -> None:
    for deps in lineage(table).deps_by_column.values():
        for dep in deps:
            layer, name = dep.asset_key.path
            columns = RECORD_COLUMNS if layer == "parsed" else TABLES[name].names
            assert dep.column_name in columns
    assert lineage_text(table).count("\n") == len(table.columns) + 1


def test_a_table_says_which_views_read_it() -> None:
    assert "`v_area_gap`" in purpose(TABLES["area_stats"])
    assert purpose(TABLES["area_stats"]).startswith("**Area statistics.** One figure of a project page's area box")


def test_a_build_that_is_not_there_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "damaged.duckdb").write_bytes(b"no data base")
    assert rows_in(None) == {}
    assert rows_in(tmp_path / "damaged.duckdb") == {}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_check_says_what_a_failure_does_and_what_to_do_then(spec: dg.AssetCheckSpec) -> None:
    effect = "keeps the published warehouse" if spec.blocking else "only warns"
    assert spec.description is not None
    assert f"A failure {effect}. If it fails: " in spec.description
    assert ".." not in spec.description


def test_a_failed_check_shows_its_rows_and_the_next_step() -> None:
    check = next(check for check in CHECKS if check.name == "enough_pages")
    row = {"source_id": "town\n| <b>", "min_pages": 25, "good_pages": None}
    shown = _told(CheckResult(check, 1, [row]), None)
    assert not shown.passed
    assert shown.metadata["failing_rows"].value == 1
    assert shown.metadata["first_failing_row"].value == "source_id = town\\x0a| <b>, min_pages = 25, good_pages = None"
    assert "<b>" not in str(shown.metadata["rows"].value)
    assert str(shown.metadata["what_to_do"].value).startswith("Open the source's listing by hand.")
    assert Path(str(shown.metadata["runbook"].value)).is_file()


def test_a_check_that_passed_has_nothing_to_do() -> None:
    assert "what_to_do" not in _told(CheckResult(CHECKS[0], 0, []), None).metadata


def test_a_table_in_markdown() -> None:
    assert markdown_table([]) == ""
    assert markdown_table([{"a": 1, "b": None}]).splitlines() == ["| a | b |", "| --- | --- |", "| 1 |  |"]


def test_a_day_of_a_backfill_runs_in_one_process() -> None:
    assert defs.executor is dg.in_process_executor


def test_a_past_day_is_read_again_from_the_archive(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data, symlinks=True)
    (file,) = (data / "records" / "2025-11-20").glob("sample-cities.ndjson.gz")
    file.unlink()
    with pytest.MonkeyPatch.context() as patch, dg.instance_for_test() as instance:
        patch.setenv("BIWAQ_DATA", str(data))
        job = defs.resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(instance=instance, partition_key="2025-11-20", asset_selection=[RECORDS])
    assert result.success
    assert file.exists()
