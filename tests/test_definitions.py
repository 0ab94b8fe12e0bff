"""The Dagster code location: loads, says what every asset is for, runs at night."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest

from pipeline import passages
from pipeline.definitions import build_defs, defs
from warehouse.checks import CHECKS
from warehouse.tables import TABLES

SPECS = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
GRAPH = defs.resolve_asset_graph()


def test_the_code_location_loads() -> None:
    dg.Definitions.validate_loadable(build_defs())


def test_layers_feed_each_other_in_one_direction() -> None:
    def parents(key: str) -> set[str]:
        return {parent.to_user_string() for parent in GRAPH.get(dg.AssetKey.from_user_string(key)).parent_keys}

    assert parents("raw/pages") == set()
    assert parents("parsed/records") == {"raw/pages"}
    assert "parsed/records" in parents("warehouse/projects")
    assert parents("published/biwaq") == {f"warehouse/{name}" for name in TABLES}


@pytest.mark.parametrize("key", sorted(SPECS))
def test_every_asset_says_what_it_is(key: str) -> None:
    spec = SPECS[key]
    assert spec.description
    assert len(spec.description) > 20
    assert spec.owners
    assert spec.kinds
    assert spec.group_name


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_shows_its_columns_with_their_meaning(table: object) -> None:
    spec = SPECS[f"warehouse/{table.name}"]
    columns = spec.metadata["dagster/column_schema"].columns
    assert [column.name for column in columns] == [column.name for column in table.columns]
    assert all(column.description for column in columns)


def test_the_meaning_of_a_column_has_its_unit_and_source() -> None:
    columns = {column.name: column for column in SPECS["warehouse/projects"].metadata["dagster/column_schema"].columns}
    assert (columns["start_date"].type, columns["start_date"].constraints.nullable) == ("DATE", True)
    assert columns["first_seen"].description == "When that page was seen first. Unit: UTC. Source: from the run."


def test_blocking_checks_stand_between_build_and_publish() -> None:
    checks = {key.name: GRAPH.get(key) for key in GRAPH.asset_check_keys}
    blocking = {check.name for check in (*CHECKS, passages.CHECK) if check.blocking}
    assert {name for name, node in checks.items() if node.blocking} == blocking
    assert "passages_are_in_the_archive" in blocking
    assert checks["enough_pages"].blocking
    assert all(node.description for node in checks.values())


def test_days_are_partitions_of_pages_and_records_only() -> None:
    partitioned = {key for key, spec in SPECS.items() if spec.partitions_def is not None}
    assert partitioned == {"raw/pages", "parsed/records"}


def test_the_night_starts_at_a_quarter_past_two_in_berlin_without_a_click() -> None:
    schedule = defs.resolve_schedule_def("nightly")
    assert schedule.cron_schedule == "15 2 * * *"
    assert schedule.execution_timezone == "Europe/Berlin"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    tick = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 11, 22, 1, 15, tzinfo=UTC))
    assert schedule(tick).partition_key == "2026-11-22"
