"""Rows into a file: contract freeze, keys, comments, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.warehouse_rows import DUISBURG, rows
from warehouse import ddl
from warehouse import write as writing
from warehouse.duck import WarehouseMissing, WarehouseUnreadable, read_only
from warehouse.model import Row
from warehouse.parts import RowsRejected
from warehouse.tables import TABLES, term_rows
from warehouse.write import LoadFailed, views, write


def everything(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with read_only(path) as connection:
        return {name: connection.execute(f"FROM {ddl.quoted(name)}").fetchall() for name in TABLES}


def test_all_rows_arrive_with_their_types(tmp_path: Path) -> None:
    counts = write(rows(), tmp_path / "a.duckdb")
    assert counts == {**{name: len(given) for name, given in rows().items()}, "terms": len(term_rows())}
    with read_only(tmp_path / "a.duckdb") as connection:
        found = connection.execute(
            "SELECT start_date::VARCHAR, title, last_seen::VARCHAR FROM projects WHERE project_id = 'iii-duisburg'"
        ).fetchall()
        figures = connection.execute("SELECT value FROM area_stats WHERE indicator_code = 'sgb2_rate' ORDER BY value")
        assert found == [("2015-04-01", "BIWAQ Duisburg", "2026-11-22 01:15:03")]
        assert figures.fetchall() == [(14.6,), (18.6,), (20.2,), (36.2,)]


def test_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    write(rows(), tmp_path / "a.duckdb")
    write({name: given[::-1] for name, given in rows().items()}, tmp_path / "b.duckdb")
    assert everything(tmp_path / "a.duckdb") == everything(tmp_path / "b.duckdb")


@pytest.mark.parametrize(
    "text", ["1;DROP TABLE projects--", "a\x00b", "\u2028\ufeff", "ด้้้้้็็็็็้้้้้", "'\"\\", "null", "2015-01-01", "=1+1", ""]
)
def test_text_arrives_as_it_was(tmp_path: Path, text: str) -> None:
    given = rows()
    given["projects"][0]["title"] = text
    write(given, tmp_path / "a.duckdb")
    with read_only(tmp_path / "a.duckdb") as connection:
        assert connection.execute("SELECT title FROM projects WHERE project_id = 'iii-duisburg'").fetchall() == [
            (text,)
        ]


def test_every_table_view_and_column_has_a_comment(tmp_path: Path) -> None:
    write(rows(), tmp_path / "a.duckdb")
    with read_only(tmp_path / "a.duckdb") as connection:
        bare = connection.execute(
            "SELECT table_name, '' FROM duckdb_tables() WHERE comment IS NULL"
            " UNION ALL SELECT view_name, '' FROM duckdb_views() WHERE comment IS NULL AND NOT internal"
            " UNION ALL SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal"
        ).fetchall()
        said = connection.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'area_stats' AND column_name = 'scope'"
        ).fetchall()
    assert bare == []
    assert said == [("The whole town or the programme area. Words: table terms, set scope. Source: read on the page.",)]


def _drop_column(given: dict[str, list[Row]]) -> None:
    del given["projects"][1]["ags"]


def _add_column(given: dict[str, list[Row]]) -> None:
    given["projects"][1]["mayor"] = "somebody"


def _drop_table(given: dict[str, list[Row]]) -> None:
    del given["changes"]


def _add_table(given: dict[str, list[Row]]) -> None:
    given["mayors"] = []


def _set(table: str, column: str, value: object) -> Callable[[dict[str, list[Row]]], None]:
    def change(given: dict[str, list[Row]]) -> None:
        given[table][0][column] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_drop_column, "table projects, row 2: columns missing: ags"),
        (_add_column, "table projects, row 2: columns unknown: mayor"),
        (_drop_table, "tables missing: changes"),
        (_add_table, "tables unknown: mayors"),
        (_set("area_stats", "value", "68"), "table area_stats, row 1: column value is DOUBLE, not '68'"),
        (_set("area_stats", "value", float("nan")), "column value is DOUBLE, not nan"),
        (_set("area_stats", "value", True), "column value is DOUBLE, not True"),
        (_set("projects", "title", 5), "column title is VARCHAR, not 5"),
        (_set("documents", "url", None), "column url is VARCHAR, not None"),
        (_set("project_lines", "n_projects", 1.0), "column n_projects is BIGINT, not 1.0"),
        (_set("projects", "title", "half \ud83d"), "table projects, row 1"),
    ],
)
def test_rows_that_are_not_the_registrys_stop_the_build(
    tmp_path: Path, change: Callable[[dict[str, list[Row]]], None], message: str
) -> None:
    given = rows()
    change(given)
    with pytest.raises(RowsRejected, match=message):
        write(given, tmp_path / "a.duckdb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            _set("projects", "end_date", "2015-03-31"),  # ends before it starts
            "table projects, row 'iii-duisburg': start_date is '2015-04-01', end_date is '2015-03-31'; "
            f"right is start_date <= end_date; page {DUISBURG}",
        ),
        (
            _set("projects", "document_id", "d-nowhere"),
            "table projects, row 'iii-duisburg': document_id is 'd-nowhere'; right is a document_id of table documents",
        ),
        (
            _set("projects", "project_id", "iii-erfurt"),
            r"table projects, row 'iii-erfurt' \(and 1 more\): project_id is 'iii-erfurt'; right is one row a key",
        ),
        (
            _set("projects", "start_date", "April 2015"),
            "table projects, row 'iii-duisburg': start_date is 'April 2015'; right is a DATE",
        ),
        (
            _set("outcome_claims", "qualifier", "roughly"),
            "table outcome_claims, row 'c-1': qualifier is 'roughly'; right is qualifier IN .*'exact'.*; page https",
        ),
        (
            _set("outcome_claims", "char_end", 10),
            "char_end is '10'; right is char_start >= 0 AND char_start < char_end",
        ),
        (_set("outcomes", "status", "hoped for"), "row 't-827': status is 'hoped for'; right is status IN"),
        (_set("outcomes", "n_independent_sources", 3), "n_documents is '2', n_independent_sources is '3'; right is"),
        (_set("issues", "severity", "fatal"), "severity is 'fatal'; right is severity IN"),
        (
            _set("project_target_groups", "position", 0),
            r"row 'iii-duisburg\|0': position is '0'; right is position >= 1",
        ),
    ],
)
@pytest.mark.parametrize("keyed_up_to", [writing.KEYED_UP_TO, 0])
def test_the_file_refuses_rows_that_can_not_be(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    keyed_up_to: int,
    change: Callable[[dict[str, list[Row]]], None],
    message: str,
) -> None:
    """A large table, which has no index, is held to the same promises."""
    monkeypatch.setattr(writing, "KEYED_UP_TO", keyed_up_to)
    given = rows()
    change(given)
    with pytest.raises(LoadFailed, match=message):
        write(given, tmp_path / "a.duckdb")
    assert list(tmp_path.iterdir()) == []


def test_a_small_table_is_held_to_its_links_to_a_large_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of a site of 60,000 articles and three projects: the documents have no index that a project could point to."""
    given = rows()
    monkeypatch.setattr(writing, "KEYED_UP_TO", len(given["documents"]) - 1)
    assert len(given["projects"]) < len(given["documents"])
    given["projects"][0]["document_id"] = "d-nowhere"
    with pytest.raises(LoadFailed, match="document_id is 'd-nowhere'; right is a document_id of table documents"):
        write(given, tmp_path / "a.duckdb")


@pytest.mark.parametrize(("plausibility", "accepted"), [("implausible", True), ("ok", False), (None, False)])
def test_a_percentage_out_of_range_stays_only_if_marked(
    tmp_path: Path, plausibility: str | None, accepted: bool
) -> None:
    given = rows()
    given["area_stats"][3].update(value=186.0, plausibility=plausibility)  # 18,6 % without its comma
    if accepted:
        assert write(given, tmp_path / "a.duckdb")["area_stats"] == 7
    else:
        with pytest.raises(LoadFailed, match="area_stats"):
            write(given, tmp_path / "a.duckdb")


def test_a_build_never_writes_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_bytes(b"somebody's")
    with pytest.raises(FileExistsError, match=r"a\.duckdb is there already"):
        write(rows(), tmp_path / "a.duckdb")
    assert (tmp_path / "a.duckdb").read_bytes() == b"somebody's"


def test_only_the_file_is_left(tmp_path: Path) -> None:
    write(rows(), tmp_path / "builds" / "a.duckdb.next")
    assert [path.name for path in (tmp_path / "builds").iterdir()] == ["a.duckdb.next"]


def test_a_file_is_read_only_and_named_if_it_can_not_be_read(tmp_path: Path) -> None:
    write(rows(), tmp_path / "a.duckdb")
    with read_only(tmp_path / "a.duckdb") as connection, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("DELETE FROM issues")
    (tmp_path / "b.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(WarehouseUnreadable, match=r"b\.duckdb can not be read"), read_only(tmp_path / "b.duckdb"):
        pass
    with pytest.raises(WarehouseMissing, match=r"no warehouse at .*c\.duckdb"), read_only(tmp_path / "c.duckdb"):
        pass


def test_views_describe_exactly_their_columns(tmp_path: Path) -> None:
    write(rows(), tmp_path / "a.duckdb")
    with read_only(tmp_path / "a.duckdb") as connection:
        for view in views():
            found = connection.execute(f"DESCRIBE {view.name}").fetchall()
            assert [f".{name}" for name, *_ in found] == [key for key in view.head if key.startswith(".")]


def test_opens_in_another_process_while_we_read(tmp_path: Path) -> None:
    write(rows(), tmp_path / "a.duckdb")
    code = (
        "import duckdb, sys; connection = duckdb.connect(sys.argv[1], read_only=True);"
        " print(connection.execute('FROM v_projects').fetchall()[0][0])"
    )
    with read_only(tmp_path / "a.duckdb"):
        command = [sys.executable, "-c", code, os.fspath(tmp_path / "a.duckdb")]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "iii-duisburg"


def test_a_load_that_needs_more_memory_gets_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A first night of 100,000 pages failed with "Out of Memory" in the keys of `projects`."""
    monkeypatch.setattr(writing, "_MEMORY", "2MB")  # not enough to sort a page's rows
    many = rows()
    many["municipalities"] = [
        {**many["municipalities"][0], "code": f"{number:08}", "label_de": "x" * 400} for number in range(4_000)
    ] + many["municipalities"]
    assert write(many, tmp_path / "a.duckdb")["municipalities"] == len(many["municipalities"])


def test_rows_of_very_long_texts_are_not_put_together(tmp_path: Path) -> None:
    """Texts of a megabyte in each of 40 rows: together they are more than the 16 MB that DuckDB reads as one line."""
    many = rows()
    many["project_activities"] = [
        {"project_id": "iii-duisburg", "position": n, "text": f"{n}" * 500_000} for n in range(10, 50)
    ]
    write(many, tmp_path / "a.duckdb")
    with read_only(tmp_path / "a.duckdb") as connection:
        query = "SELECT count(*), min(length(text)), sum(position) FROM project_activities"
        assert connection.execute(query).fetchall() == [(40, 1_000_000, sum(range(10, 50)))]
