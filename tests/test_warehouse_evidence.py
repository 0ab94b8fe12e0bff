"""Where a cell comes from, and that a passage which is not there is a fault."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.warehouse_rows import DUISBURG, rows
from warehouse.duck import read_only
from warehouse.evidence import EvidenceMissing, EvidenceRow, NoEvidence, read_back, why
from warehouse.write import write


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("evidence") / "a.duckdb"
    write(rows(), path)
    with read_only(path) as opened:
        yield opened


def figure(connection: duckdb.DuckDBPyConnection) -> EvidenceRow:
    """The evidence of a real figure: 36,2 % of the people in Marxloh and Hochfeld."""
    (row,) = why(connection, "area_stats", "iii-duisburg|sgb2_rate|area", "value")
    return row


def test_a_figure_leads_to_page_snapshot_and_passage(connection: duckdb.DuckDBPyConnection) -> None:
    row = figure(connection)
    assert (row.table_name, row.row_key, row.column_name, row.value) == (
        "area_stats",
        "iii-duisburg|sgb2_rate|area",
        "value",
        36.2,
    )
    assert (row.url, row.page_type, row.publisher) == (DUISBURG, "gsb_project", "BMWSB")
    assert row.fetched_at.isoformat() == "2026-11-20T01:15:00"
    assert (row.archive_file, row.archive_offset) == ("2026-11-20/biwaq-projects--2026-11-22-0a1b2c3d.warc.gz", 0)
    assert (row.locator, row.quote, row.rule) == ("Projektinformationen › Kommune", "passage with 36.2", "by hand")


def test_an_outcome_has_the_evidence_of_its_claims(connection: duckdb.DuckDBPyConnection) -> None:
    found = why(connection, "outcomes", "t-827", "value")
    assert [(row.table_name, row.row_key, row.url) for row in found] == [
        ("outcome_claims", "c-1", "https://news.example/duisburg-827"),
        ("outcome_claims", "c-2", "https://news.example/cottbus-duisburg"),
    ]


@pytest.mark.parametrize(
    ("table", "key", "column", "message"),
    [
        ("area_stat", "x", "value", r"no table 'area_stat'; did you mean area_stats or "),
        ("zzz", "x", "value", r"no table 'zzz'; there is: rounds, states"),
        ("area_stats", "x", "valeu", r"table area_stats has no column 'valeu'; did you mean value"),
        (
            "area_stats",
            "iii-duisburg|sgb2_rate",
            "value",
            r"no row 'iii-duisburg\|sgb2_rate' \(key: project_id\|indicator_code\|scope\); "
            r"near: iii-duisburg\|sgb2_rate\|area, iii-duisburg\|sgb2_rate\|city",
        ),
        (
            "projects",
            "duisburg",
            "title",
            r"no row 'duisburg' \(key: project_id\); near: (iii|iv)-duisburg, (iii|iv)-duisburg",
        ),
        ("projects", "iii-erfrut", "title", r"near: iii-erfurt"),
        ("document_aliases", "x", "url", r"near: the table is empty"),
        ("projects", "iii-erfurt", "subtitle", r"projects iii-erfurt subtitle is null: no page states it"),
        ("projects", "iii-erfurt", "first_seen", r"no page states it, it was made by the run"),
        ("outcomes", "t-827", "agreement", r"is 'single': no page states it, it was made by a rule"),
    ],
)
def test_what_can_not_be_shown_is_said_in_a_line(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, column: str, message: str
) -> None:
    with pytest.raises(NoEvidence, match=message) as caught:
        why(connection, table, key, column)
    assert "\n" not in str(caught.value)


def test_a_key_is_data_and_not_sql(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NoEvidence, match="no row"):
        why(connection, "projects", "x' OR 1=1 --", "title")


def test_the_passage_is_read_back_with_its_surroundings(connection: duckdb.DuckDBPyConnection) -> None:
    row = figure(connection)._replace(quote="Gebiet: 36,2 %")
    assert read_back(row, "SGB-II-Quote  Stadt: 18,6 %\n Gebiet: 36,2 % Arbeitslosenquote") == (
        "SGB-II-Quote Stadt: 18,6 % «Gebiet: 36,2 %» Arbeitslosenquote"
    )


def test_the_surroundings_are_cut(connection: duckdb.DuckDBPyConnection) -> None:
    row = figure(connection)._replace(quote="36,2 %")
    shown = read_back(row, "a" * 500 + "36,2 %" + "b" * 500)
    assert shown == f"…{'a' * 160}«36,2 %»{'b' * 160}…"


def test_the_locator_tells_equal_passages_apart(connection: duckdb.DuckDBPyConnection) -> None:
    page = "171 Menschen. Später wieder 171 Menschen fanden Arbeit."
    row = figure(connection)._replace(quote="171 Menschen", locator="chars 28-40")
    assert read_back(row, page) == "171 Menschen. Später wieder «171 Menschen» fanden Arbeit."
    assert read_back(row._replace(locator="chars 29-41"), page).startswith("«171 Menschen»")  # moved: still found


@pytest.mark.parametrize("quote", ["36,3 %", ""])
def test_a_passage_that_is_not_there_is_a_fault(connection: duckdb.DuckDBPyConnection, quote: str) -> None:
    with pytest.raises(EvidenceMissing, match=r"area_stats .* is not in https://www\.biwaq\.de/.* at 0"):
        read_back(figure(connection)._replace(quote=quote), "Gebiet: 36,2 %")
