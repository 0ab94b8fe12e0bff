"""What differs between two files: rows by key, values by column, nothing that only the run makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.warehouse_rows import rows
from warehouse.diff import TableDiff, diff, diff_lines
from warehouse.model import Rows
from warehouse.write import write


def compared(tmp_path: Path, change: Callable[[Rows], object]) -> list[TableDiff]:
    """The difference that a change of the rows makes."""
    given = rows()
    change(given)
    write(rows(), tmp_path / "old.duckdb")
    write(given, tmp_path / "new.duckdb")
    return diff(tmp_path / "old.duckdb", tmp_path / "new.duckdb")


def test_equal_files_do_not_differ(tmp_path: Path) -> None:
    found = compared(tmp_path, lambda given: None)
    assert found == []
    assert diff_lines(found) == []


def _another_run(given: Rows) -> None:
    for table in ("runs", "crawls", "issues"):
        for row in given[table]:
            row["run_id"] = "2026-11-23-9f8e7d6c"
    for table in ("projects", "documents"):
        for row in given[table]:
            row["last_seen"] = "2026-11-23T01:15:03Z"


def test_what_only_the_run_makes_is_no_difference(tmp_path: Path) -> None:
    assert compared(tmp_path, _another_run) == []


def test_a_changed_value_is_shown_with_both(tmp_path: Path) -> None:
    found = compared(tmp_path, lambda given: given["area_stats"][4].update(value=36.9, value_as_written="36,9 %"))
    assert [(table.table, [(c.column, c.n_changed) for c in table.columns]) for table in found] == [
        ("area_stats", [("value", 1), ("value_as_written", 1)])
    ]
    assert diff_lines(found) == [
        "area_stats: 2 values changed",
        "  value: 1 changed",
        "    iii-duisburg|sgb2_rate|area: 36.2 -> 36.9",
        "  value_as_written: 1 changed",
        "    iii-duisburg|sgb2_rate|area: 36.2 -> 36,9 %",
    ]


def test_a_value_that_appears_differs_from_null(tmp_path: Path) -> None:
    found = compared(tmp_path, lambda given: given["projects"][1].update(subtitle="Neu"))
    assert diff_lines(found) == ["projects: 1 values changed", "  subtitle: 1 changed", "    iii-erfurt: null -> Neu"]


def _other_areas(given: Rows) -> None:
    given["project_programme_areas"][0]["position"] = 3


def test_ids_and_hashes_are_counted_and_not_listed(tmp_path: Path) -> None:
    """A parser that reads one more word changes the hash of every page: that says nothing which the word does not."""

    def reread(given: Rows) -> None:
        for snapshot in given["snapshots"]:
            snapshot.update(content_hash="new", parser_version="2")
        for claim in given["outcome_claims"]:
            claim["origin_id"] = "origin-9"
        given["snapshots"][0]["coverage"] = 0.95

    assert diff_lines(compared(tmp_path, reread)) == [
        "snapshots: 6 values changed",
        "  ids and hashes changed: content_hash 5",
        "  coverage: 1 changed",
        "    s-d-duisburg: 0.9 -> 0.95",
        "outcome_claims: 2 values changed",
        "  ids and hashes changed: origin_id 2",
    ]


def test_a_row_with_a_bare_id_is_shown_with_its_words(tmp_path: Path) -> None:
    def other_issue(given: Rows) -> None:
        given["issues"][0].update(issue_id="i-new", message="another word")

    lines = diff_lines(compared(tmp_path, other_issue))
    assert lines[0] == "issues: +1 rows, -1 rows"
    assert lines[1].startswith("  + i-new: ")
    assert lines[1].endswith("another word")


def test_rows_are_added_and_removed_by_key(tmp_path: Path) -> None:
    found = compared(tmp_path, _other_areas)
    assert (found[0].added, found[0].removed) == (("iii-duisburg|3",), ("iii-duisburg|1",))
    assert diff_lines(found) == [
        "project_programme_areas: +1 rows, -1 rows",
        "  + iii-duisburg|3",
        "  - iii-duisburg|1",
    ]


def test_examples_are_few_and_counted(tmp_path: Path) -> None:
    found = compared(tmp_path, lambda given: [p.update(rule="another rule") for p in given["provenance"]])
    lines = diff_lines(found)
    number = len(rows()["provenance"])
    assert lines[:2] == [f"provenance: {number} values changed", f"  rule: {number} changed"]
    assert lines[-1] == f"    … and {number - 5} more changed"
    assert len(lines) == 8


def test_an_older_file_without_a_table_or_column(tmp_path: Path) -> None:
    write(rows(), tmp_path / "old.duckdb")
    with duckdb.connect(str(tmp_path / "old.duckdb")) as connection:
        connection.execute("DROP TABLE changes")
        connection.execute("ALTER TABLE issues DROP COLUMN message")
        connection.execute("ALTER TABLE document_aliases RENAME COLUMN url TO address")  # part of the key
        connection.execute("CREATE TABLE mayors (name VARCHAR)")
    write(rows(), tmp_path / "new.duckdb")
    assert diff_lines(diff(tmp_path / "old.duckdb", tmp_path / "new.duckdb")) == [
        "document_aliases: new columns url, lost columns address",
        "changes: only in the new warehouse",
        "issues: new columns message",
        "mayors: only in the old warehouse",
    ]
