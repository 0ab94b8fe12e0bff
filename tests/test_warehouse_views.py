"""The views answer the questions they are named after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse_rows import DUISBURG, claim, outcome, provenance, row, rows
from warehouse.duck import read_only
from warehouse.model import Rows
from warehouse.sqlfiles import BadSqlFile, read_file
from warehouse.write import write


def _more() -> Rows:
    given = rows()
    given["outcomes"].append(outcome("t-plan", status="planned", value=900))
    given["outcome_claims"].append(claim("c-3", "d-news1", "t-plan", status="planned", value=900, quote="900 geplant"))
    given["project_target_groups"].append(
        row("project_target_groups", project_id="iii-duisburg", position=2, label_as_written="Nichterwerbstätige")
    )
    given["provenance"] = provenance(given)
    return given


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("views") / "a.duckdb"
    write(_more(), path)
    with read_only(path) as opened:
        yield opened


def ask(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(sql).fetchall()


def test_projects_are_one_readable_row_each(connection: duckdb.DuckDBPyConnection) -> None:
    assert ask(connection, "SELECT project_id, lead, n_partners FROM v_projects") == [
        ("iii-duisburg", "Stadt Duisburg", 1),
        ("iii-erfurt", "Stadt Erfurt", 0),
        ("iv-duisburg", "Stadt Duisburg", 1),
    ]
    assert ask(connection, "SELECT * EXCLUDE (first_seen, last_seen) FROM v_projects LIMIT 1") == [
        (
            "iii-duisburg",
            "BIWAQ Duisburg",
            "Duisburg",
            "Nordrhein-Westfalen",
            "III",
            "Förderrunde III",
            date(2015, 4, 1),
            date(2018, 12, 31),
            "month",
            "Marxloh, Hochfeld",
            None,
            "Langzeitarbeitslose, Nichterwerbstätige",  # a label without code stays as written
            "Stadt Duisburg",
            1,
            1,
            "duisburg",
            DUISBURG,
            False,
            None,
        )
    ]


def test_the_gap_puts_area_beside_town(connection: duckdb.DuckDBPyConnection) -> None:
    columns = "project_id, indicator_code, city_value, area_value, difference, ratio, plausibility, area_as_of"
    assert ask(connection, f"SELECT {columns} FROM v_area_gap") == [
        ("iii-duisburg", "area_ha", None, 68.0, None, None, "implausible", None),
        ("iii-duisburg", "inhabitants", 494545.0, 37583.0, -456962.0, 0.075995, "implausible", None),
        ("iii-duisburg", "sgb2_rate", 18.6, 36.2, 17.6, 1.946237, "ok", date(2015, 7, 1)),
        ("iii-erfurt", "sgb2_rate", 14.6, 20.2, 5.6, 1.383562, None, None),  # nobody could judge one of the two
    ]


def test_partners_over_rounds(connection: duckdb.DuckDBPyConnection) -> None:
    columns = "partner_name, n_projects, n_rounds, rounds, projects"
    found = ask(connection, f"SELECT {columns} FROM v_partners WHERE organisation_name = 'Stadt Duisburg'")
    assert found == [
        ("Duisburger Werkkiste gGmbH", 2, 2, "III, IV", "iii-duisburg, iv-duisburg"),
        ("Jobcenter Duisburg", 1, 1, "III", "iii-duisburg"),
    ]
    assert ask(connection, "SELECT count(*) FROM v_partners WHERE organisation_id = partner_id") == [(0,)]


def test_the_timeline_follows_a_line(connection: duckdb.DuckDBPyConnection) -> None:
    columns = "project_line_id, step, project_id, round_code, start_date, days_since_previous"
    assert ask(connection, f"SELECT {columns} FROM v_timeline") == [
        ("duisburg", 1, "iii-duisburg", "III", date(2015, 4, 1), None),
        ("duisburg", 2, "iv-duisburg", "IV", date(2019, 1, 1), 1),
        ("erfurt", 1, "iii-erfurt", "III", date(2015, 10, 1), None),
    ]


def test_a_project_whose_page_is_gone_says_so(tmp_path: Path) -> None:
    given = rows()
    given["documents"][0]["gone_since"] = "2026-11-22T01:15:00Z"
    write(given, tmp_path / "a.duckdb")
    with read_only(tmp_path / "a.duckdb") as opened:
        assert ask(opened, "SELECT project_id, is_gone, gone_since::DATE FROM v_projects WHERE is_gone") == [
            (given["projects"][0]["project_id"], True, date(2026, 11, 22))
        ]


def test_a_plan_stands_beside_its_result(connection: duckdb.DuckDBPyConnection) -> None:
    columns = "municipality_name, metric_code, planned_value, achieved_value, share_percent"
    assert ask(connection, f"SELECT {columns} FROM v_plans_and_results") == [
        ("Duisburg", "participants", 900.0, 827.0, 91.9)
    ]


def test_an_issue_says_what_to_do(connection: duckdb.DuckDBPyConnection) -> None:
    ((severity, kind, url, advice),) = ask(connection, "SELECT severity, kind, url, advice FROM v_issues")
    assert (kind, advice) == ("unknown_label", "Add it to the code file")
    assert (severity, url) == ("warning", "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2369_Erfurt.html")


def test_outcomes_name_their_sources(connection: duckdb.DuckDBPyConnection) -> None:
    columns = "status, value, qualifiers, n_documents, n_independent_sources, urls, quotes"
    assert ask(connection, f"SELECT {columns} FROM v_outcomes") == [
        (
            "achieved",
            827.0,
            "about, exact",
            2,
            1,
            ["https://news.example/cottbus-duisburg", "https://news.example/duisburg-827"],
            ["827 Menschen", "827 Menschen begleitet"],
        ),
        ("planned", 900.0, "exact", 1, 1, ["https://news.example/duisburg-827"], ["900 geplant"]),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- title: A\n", "no SELECT"),
        ("-- no entry here\nSELECT 1", r"v\.sql:1"),
        ("--   more of nothing\nSELECT 1", r"v\.sql:1"),
    ],
)
def test_a_file_that_does_not_describe_itself_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "v.sql").write_text(text, encoding="utf-8")
    with pytest.raises(BadSqlFile, match=message):
        read_file(tmp_path / "v.sql")


def test_a_head_line_may_go_on(tmp_path: Path) -> None:
    (tmp_path / "v.sql").write_text("-- row: One\n--   row\n-- .a: A\nSELECT 1 AS a;\n", encoding="utf-8")
    file = read_file(tmp_path / "v.sql")
    assert (file.name, dict(file.head), file.select) == ("v", {"row": "One row", ".a": "A"}, "SELECT 1 AS a")
