"""The macros answer the questions they are named after, and explain themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from tests.nights import History
from tests.warehouse_rows import DUISBURG, area, provenance, row, rows
from warehouse.duck import read_only
from warehouse.write import macros, write

Connection = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    given = rows()
    given["changes"].append(
        row(
            "changes", change_id="x-1", document_id=given["documents"][0]["document_id"], table_name="projects",
            row_key="iii-duisburg", column_name="title", old_value="BIWAQ", new_value="BIWAQ Duisburg",
            seen_at="2026-11-22T01:15:03Z", old_snapshot_id=given["snapshots"][0]["snapshot_id"],
            new_snapshot_id=given["snapshots"][0]["snapshot_id"],
        )
    )  # fmt: skip
    given["area_stats"] += [
        area("iv-duisburg", "sgb2_rate", "city", 17.9, "percent"),
        area("iv-duisburg", "sgb2_rate", "area", 17.0, "percent"),
    ]
    given["provenance"] = provenance(given)
    path = tmp_path_factory.mktemp("macros") / "a.duckdb"
    write(given, path)
    with read_only(path) as opened:
        yield opened


def ask(connection: Connection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(sql).fetchall()


def test_why_gives_page_and_passage(connection: Connection) -> None:
    found = ask(connection, "SELECT url, quote, locator FROM why('area_stats', 'iii-duisburg|sgb2_rate|area', 'value')")
    assert found == [(DUISBURG, "passage with 36.2", "Projektinformationen › Kommune")]


def test_why_of_an_outcome_gives_the_passages_of_its_claims(connection: Connection) -> None:
    claims = ask(connection, "SELECT outcome_id, count(*) FROM outcome_claims GROUP BY ALL")
    assert claims
    for outcome_id, n in claims:
        assert len(ask(connection, f"FROM why('outcomes', '{outcome_id}', 'value')")) == n


def test_why_of_a_value_that_no_page_states_is_empty(connection: Connection) -> None:
    assert ask(connection, "FROM why('projects', 'iii-duisburg', 'project_line_id')") == []
    assert ask(connection, "FROM why('projects', 'no such key', 'title')") == []


def test_evidence_of_gives_each_cell_of_a_row_once(connection: Connection) -> None:
    found = ask(connection, "SELECT column_name FROM evidence_of('projects', 'iii-duisburg')")
    assert ("title",) in found
    assert len(found) == len(set(found))


def test_gap_is_sorted_and_leaves_doubtful_figures_out(connection: Connection) -> None:
    columns = "municipality_name, round_code, difference"
    assert ask(connection, f"SELECT {columns} FROM gap('sgb2_rate')") == [
        ("Duisburg", "III", 17.6),
        ("Erfurt", "III", 5.6),
        ("Duisburg", "IV", -0.9),
    ]
    assert ask(connection, "FROM gap('inhabitants')") == []  # that of Duisburg III is implausible


def test_partners_are_found_by_any_spelling(connection: Connection) -> None:
    expected = [("Stadt Duisburg", "Duisburger Werkkiste gGmbH"), ("Stadt Duisburg", "Jobcenter Duisburg")]
    assert ask(connection, "SELECT organisation_name, partner_name FROM partners_of('STADT duis')") == expected


@pytest.mark.parametrize(("day", "n"), [("2026-11-22", 1), ("2026-11-23", 0)])
def test_changes_since_a_day(connection: Connection, day: str, n: int) -> None:
    assert len(ask(connection, f"FROM changes_since('{day}')")) == n


def test_projects_for_a_group_and_outcomes_of_a_town(connection: Connection) -> None:
    found = ask(connection, "SELECT project_id FROM projects_for('long_term_unemployed')")
    assert ("iii-duisburg",) in found
    assert ask(connection, "SELECT value FROM outcomes_of('duisburg')") == [(827.0,)]


def test_the_lag_counts_each_area_once(connection: Connection) -> None:
    columns = "round_code, indicator_code, n_areas, n_above_town, median_difference, largest_in"
    assert ask(connection, f"SELECT {columns} FROM v_lag_by_round") == [
        ("III", "sgb2_rate", 2, 2, 11.6, "Duisburg"),  # the median of 17.6 and 5.6
        ("IV", "sgb2_rate", 1, 0, -0.9, "Duisburg"),
    ]


@pytest.mark.parametrize("macro", macros(), ids=lambda macro: macro.name)
def test_a_macro_explains_itself(connection: Connection, macro: object) -> None:
    head, name = macro.head, macro.name  # type: ignore[attr-defined]
    cursor = connection.execute(head["example"])
    assert [column[0] for column in cursor.description or []] == [key[1:] for key in head if key.startswith(".")]
    given = re.findall(r"\w+", head["call"].partition("(")[2])
    assert [f"given_{argument}" for argument in given] == [key for key in head if key.startswith("given_")]
    ((comment,),) = ask(connection, f"SELECT comment FROM duckdb_functions() WHERE function_name = '{name}'")
    assert head["title"] in comment
    assert head["example"] in comment


def test_last_night_on_the_sample_site(history: History) -> None:
    """The third day: one page is proved gone, nothing else is listed anew."""
    with read_only(history.data / "warehouse" / "biwaq.duckdb") as opened:
        night = ask(opened, "SELECT DISTINCT seen_at::DATE::VARCHAR FROM v_last_night")
        gone = [url for (url,) in ask(opened, "SELECT url FROM v_last_night WHERE what = 'page_gone'")]
        newest = set(history.nights["third"].gone) - set(history.nights["second"].gone)
    assert {day for (day,) in night} <= {"2025-11-23"}
    assert set(gone) == newest
