"""Every check passes on good rows and fails on rows made wrong for it, showing them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse_rows import DUISBURG, SOURCES, area, claim, outcome, provenance, row, rows
from warehouse.checks import CHECKS, CheckResult, run_checks
from warehouse.model import Rows, SourceInfo
from warehouse.tables import TABLES
from warehouse.write import write

Break = Callable[[Rows], None]


def checked(
    tmp_path: Path, given: Rows, previous: Path | None = None, sources: Any = SOURCES
) -> dict[str, CheckResult]:
    """The results of all checks by name on a build of these rows."""
    write(given, tmp_path / "new.duckdb")
    return {result.name: result for result in run_checks(tmp_path / "new.duckdb", previous=previous, sources=sources)}


def _put(table: str, number: int, **values: object) -> Break:
    return lambda given: given[table][number].update(values)


def _add(table: str, *more: dict[str, Any]) -> Break:
    return lambda given: given[table].extend(more)


def _both(*breaks: Break) -> Break:
    def change(given: Rows) -> None:
        for one in breaks:
            one(given)

    return change


def _empty(given: Rows) -> None:
    for document in given["documents"]:
        document["snapshot_id"] = None


def _forget_passage(given: Rows) -> None:
    wanted = ("area_stats", "iii-erfurt|sgb2_rate|area", "value")
    given["provenance"] = [
        p for p in given["provenance"] if (p["table_name"], p["row_key"], p["column_name"]) != wanted
    ]


def _stray_passage(given: Rows) -> None:
    given["provenance"].append({**given["provenance"][0], "row_key": "nowhere"})


def _two_passages(given: Rows) -> None:
    given["provenance"].append(dict(given["provenance"][0]))


UNKNOWN = [
    row("project_target_groups", project_id="iii-duisburg", position=n, label_as_written=label)
    for n, label in enumerate(["Schutzsuchende", "Nachbarn", "Vereine"], start=2)
]

BROKEN: dict[str, tuple[Break, dict[str, object]]] = {
    "warehouse_not_empty": (_empty, {"problem": "no document has a good version"}),
    "enough_pages": (
        _both(_put("documents", 0, gone_since="2026-11-22T01:00:00Z"), _put("documents", 1, snapshot_id=None)),
        {"source_id": "biwaq-projects", "min_pages": 2, "good_pages": 1},
    ),
    "projects_have_places": (_put("projects", 1, ags=None), {"project_id": "iii-erfurt"}),
    "places_are_known": (
        _put("organisations", 0, ags="05112999"),
        {"table_name": "organisations", "row_key": "o-werkkiste", "ags": "05112999"},
    ),
    "percentages_in_range": (
        _add("outcome_claims", claim("c-9", "d-news1", None, metric_code="placement_rate", value=170, unit="percent")),
        {"table_name": "outcome_claims", "row_key": "c-9", "value": 170.0},
    ),
    "units_fit_codes": (
        _put("outcomes", 0, unit="companies"),
        {"table_name": "outcomes", "row_key": "t-827", "unit": "companies", "unit_of_code": "persons"},
    ),
    "people_fit_towns": (
        _put("outcomes", 0, value=600_000),
        {"outcome_id": "t-827", "value": 600_000.0, "population": 502_211},
    ),
    "pages_are_read_whole": (
        _put("snapshots", 0, coverage=0.4, unclaimed="Förderhöhe"),
        {"url": DUISBURG, "coverage": 0.4, "coverage_floor": 0.9, "unclaimed": "Förderhöhe"},
    ),
    "sources_lose_no_text": (
        # two of three project pages; one alone would be a warning
        _both(_put("snapshots", 0, coverage=0.4), _put("snapshots", 1, text_loss=0.2)),
        {"source_id": "biwaq-projects", "pages": 3, "below": 2, "worst_page": DUISBURG},
    ),
    "areas_within_towns": (
        _add(
            "area_stats",
            area("iii-erfurt", "inhabitants", "city", 6240, "persons"),
            area("iii-erfurt", "inhabitants", "area", 62408, "persons"),
        ),
        {"project_id": "iii-erfurt", "area_value": 62408.0, "city_value": 6240.0},
    ),
    "runtimes_fit_programme": (_put("projects", 1, start_date="2005-10-01"), {"project_id": "iii-erfurt"}),
    "runtimes_fit_rounds": (_put("projects", 1, round_code="IV"), {"project_id": "iii-erfurt", "round_code": "IV"}),
    "labels_are_known": (
        _add("project_target_groups", *UNKNOWN),
        {
            "table_name": "project_target_groups",
            "labels": 5,
            "unknown": 3,
            "unknown_labels": "Nachbarn | Schutzsuchende | Vereine",
        },
    ),
    "unknown_labels_are_loud": (
        _put("projects", 1, esf_region_as_written="Übergang"),
        {"project_id": "iii-erfurt", "label": "Übergang"},
    ),
    "outcomes_count_origins_once": (
        # the two articles are one press release: they are no two independent sources
        _put("outcomes", 0, n_independent_sources=2, agreement="corroborated"),
        {"outcome_id": "t-827", "n_independent_sources": 2, "origins": 1},
    ),
    "outcomes_are_distinct": (
        _both(_add("outcomes", outcome("t-again")), _put("outcome_claims", 1, outcome_id="t-again")),
        {"value": 827.0, "times": 2, "outcome_ids": "t-827, t-again"},
    ),
    "agreement_fits_sources": (_put("outcomes", 0, agreement="contradicted"), {"outcome_id": "t-827"}),
    "current_snapshots_exist": (_put("documents", 2, snapshot_id="s-d-duisburg"), {"document_id": "d-erfurt"}),
    "issue_kinds_are_explained": (_put("issues", 0, kind="new_kind"), {"kind": "new_kind", "issues": 1}),
    "sources_are_fresh": (_put("sources", 1, data_as_of="2026-11-19T01:15:00Z"), {"source_id": "press"}),
    "crawls_are_complete": (_put("crawls", 0, is_complete=False, listing_total=75), {"listed": 5, "listing_total": 75}),
    "evidence_is_complete": (
        _forget_passage,
        {"table_name": "area_stats", "row_key": "iii-erfurt|sgb2_rate|area", "column_name": "value", "value": "20.2"},
    ),
    "evidence_leads_to_cells": (_stray_passage, {"row_key": "nowhere"}),
    "provenance_is_sound": (_two_passages, {"times": 2}),
}
KEEP_EVIDENCE = {"evidence_is_complete", "evidence_leads_to_cells", "provenance_is_sound"}
WARNINGS = {
    "not_too_many_pages",
    "runtimes_fit_rounds",
    "people_fit_towns",
    "pages_are_read_whole",
    "issue_kinds_are_explained",
    "sources_are_fresh",
    "crawls_are_complete",
}


def test_good_rows_pass(tmp_path: Path) -> None:
    results = checked(tmp_path, rows())
    assert [name for name, result in results.items() if not result.passed] == []
    assert set(results) == {check.name for check in CHECKS}  # also those that had nothing to compare with
    assert results["enough_pages"].markdown() == ""


@pytest.mark.parametrize("name", BROKEN)
def test_a_check_fails_and_shows_the_row(tmp_path: Path, name: str) -> None:
    change, expected = BROKEN[name]
    given = rows()
    change(given)
    if name not in KEEP_EVIDENCE:
        given["provenance"] = provenance(given)
    result = checked(tmp_path, given)[name]
    assert not result.passed
    assert expected.items() <= result.rows[0].items()
    assert result.blocking is (name not in WARNINGS)


def test_more_pages_than_expected_are_a_warning(tmp_path: Path) -> None:
    few = [SourceInfo("press", "Articles", "various", "news_article", 1, 1)]
    result = checked(tmp_path, rows(), sources=few)["not_too_many_pages"]
    assert result.rows == [{"source_id": "press", "max_pages": 1, "good_pages": 2}]
    assert not result.blocking


def test_a_source_without_any_page_is_missed(tmp_path: Path) -> None:
    new = [*SOURCES, SourceInfo("city", "City pages", "towns", "city_page", 1, 9)]
    result = checked(tmp_path, rows(), sources=new)["enough_pages"]
    assert result.rows == [{"source_id": "city", "min_pages": 1, "good_pages": 0}]


@pytest.mark.parametrize(("kept", "passed"), [(7, True), (6, True), (5, False)])
def test_a_table_that_shrinks_stops_the_publish(tmp_path: Path, kept: int, passed: bool) -> None:
    """Seven area figures before: six are 14 % less, five are 29 % less."""
    write(rows(), tmp_path / "old.duckdb")
    given = rows()
    del given["area_stats"][kept:]
    result = checked(tmp_path, given, previous=tmp_path / "old.duckdb")["tables_did_not_shrink"]
    assert result.passed is passed
    if not passed:
        assert result.rows == [{"table_name": "area_stats", "previous_rows": 7, "rows": 5, "lost_percent": 28.6}]
        assert result.blocking


def test_one_page_that_lost_text_warns_and_stops_nothing(tmp_path: Path) -> None:
    given = rows()
    given["snapshots"][0]["text_loss"] = 0.3
    results = checked(tmp_path, given)
    assert [row["url"] for row in results["pages_are_read_whole"].rows] == [DUISBURG]
    assert results["sources_lose_no_text"].passed


def test_a_page_that_was_not_measured_is_not_below(tmp_path: Path) -> None:
    given = rows()
    for snapshot in given["snapshots"]:
        snapshot.update(coverage=None, text_loss=None)
    results = checked(tmp_path, given)
    assert results["pages_are_read_whole"].passed
    assert results["sources_lose_no_text"].passed


@pytest.mark.parametrize(("emptied", "passed"), [(2, True), (3, False)])
def test_a_column_that_empties_stops_the_publish(tmp_path: Path, emptied: int, passed: bool) -> None:
    """Seven figures with a source note: two lost notes may be two pages, three are a heading no longer read."""

    def noted(count: int) -> Rows:
        given = rows()
        for stat in given["area_stats"][:count]:
            stat["source_note"] = "Stand: 2013"
        given["provenance"] = provenance(given)
        return given

    write(noted(7), tmp_path / "old.duckdb")
    given = noted(7 - emptied)
    result = checked(tmp_path, given, previous=tmp_path / "old.duckdb")["fill_rates_did_not_drop"]
    assert result.passed is passed
    if not passed:
        assert result.rows == [
            {
                "table_name": "area_stats",
                "column_name": "source_note",
                "previous_percent": 100.0,
                "percent": 57.1,
                "rows": 7,
            }
        ]
        assert result.blocking


def test_a_column_that_tells_of_faults_may_empty(tmp_path: Path) -> None:
    bad = rows()
    for stat in bad["area_stats"]:
        stat["plausibility_reason"] = "more people than the town"
    write(bad, tmp_path / "old.duckdb")
    assert checked(tmp_path, rows(), previous=tmp_path / "old.duckdb")["fill_rates_did_not_drop"].passed


def many_articles(number: int) -> Rows:
    """The hand-made rows, and articles that nothing was read from."""
    given = rows()
    given["documents"] += [
        {**given["documents"][-1], "document_id": f"d-more-{n}", "url": f"https://news.example/{n}"}
        for n in range(number)
    ]
    given["snapshots"] += [
        {**given["snapshots"][-1], "document_id": f"d-more-{n}", "snapshot_id": f"s-d-more-{n}"} for n in range(number)
    ]
    for document in given["documents"][-number:]:
        document["snapshot_id"] = f"s-{document['document_id']}"
    return given


@pytest.mark.parametrize(("lost", "passed"), [(2, True), (3, False)])
def test_pages_that_vanish_stop_the_publish(tmp_path: Path, lost: int, passed: bool) -> None:
    write(many_articles(10), tmp_path / "old.duckdb")
    given = many_articles(10)
    for document in given["documents"][-lost:]:
        document["gone_since"] = "2026-11-22T01:00:00Z"
    result = checked(tmp_path, given, previous=tmp_path / "old.duckdb")["pages_did_not_vanish"]
    assert result.passed is passed
    if not passed:
        assert result.rows == [
            {
                "source_id": "press",
                "previous_pages": 12,
                "lost": 3,
                "lost_percent": 25.0,
                "first_lost": "https://news.example/7",
            }
        ]


def test_pages_that_moved_did_not_vanish(tmp_path: Path) -> None:
    write(many_articles(10), tmp_path / "old.duckdb")
    given = many_articles(10)
    for n, document in enumerate(given["documents"][-5:]):
        old = document["url"]
        document["url"] = f"https://new.example/{n}"
        given["document_aliases"].append(row("document_aliases", document_id=document["document_id"], url=old))
    assert checked(tmp_path, given, previous=tmp_path / "old.duckdb")["pages_did_not_vanish"].passed


def test_a_source_whose_newest_nights_are_missing_stops_the_publish(tmp_path: Path) -> None:
    write(rows(), tmp_path / "old.duckdb")
    given = rows()
    given["sources"][1]["data_as_of"] = "2026-11-21T01:15:00Z"
    result = checked(tmp_path, given, previous=tmp_path / "old.duckdb")["sources_did_not_age"]
    assert [r["source_id"] for r in result.rows] == ["press"]
    assert result.blocking


def test_issues_may_shrink(tmp_path: Path) -> None:
    write(rows(), tmp_path / "old.duckdb")
    given = rows()
    given["issues"] = []
    assert checked(tmp_path, given, previous=tmp_path / "old.duckdb")["tables_did_not_shrink"].passed


def test_two_unknown_labels_are_allowed(tmp_path: Path) -> None:
    given = rows()
    given["project_target_groups"] += UNKNOWN[:2]
    assert checked(tmp_path, given)["labels_are_known"].passed


def test_a_project_without_key_may_say_why(tmp_path: Path) -> None:
    given = rows()
    given["projects"][1]["ags"] = None
    given["issues"][0]["field"] = "municipality"
    assert given["issues"][0]["document_id"] == given["projects"][1]["document_id"]
    assert checked(tmp_path, given)["projects_have_places"].passed


def test_contradicted_figures_have_each_other(tmp_path: Path) -> None:
    given = rows()
    given["outcomes"] = [
        outcome("t-827", agreement="contradicted"),
        outcome("t-800", value=800, agreement="contradicted"),
    ]
    given["outcome_claims"][1].update(outcome_id="t-800", value=800, origin_id="origin-2")
    assert checked(tmp_path, given)["agreement_fits_sources"].passed


def test_a_passage_of_a_cell_that_promises_none_is_refused(tmp_path: Path) -> None:
    given = rows()
    given["provenance"].append(
        {**given["provenance"][0], "table_name": "projects", "row_key": "iii-duisburg", "column_name": "document_id"}
    )
    result = checked(tmp_path, given)["evidence_leads_to_cells"]
    assert [(row["table_name"], row["column_name"]) for row in result.rows] == [("projects", "document_id")]


def test_as_many_passages_as_values_prove_nothing_where_one_leads_elsewhere(tmp_path: Path) -> None:
    given = rows()
    given["provenance"][0] = {**given["provenance"][0], "row_key": "nowhere"}
    found = checked(tmp_path, given)
    assert [row["row_key"] for row in found["evidence_leads_to_cells"].rows] == ["nowhere"]
    assert found["evidence_is_complete"].n_rows == 1


def test_many_failing_rows_are_counted_and_cut(tmp_path: Path) -> None:
    given = rows()
    given["provenance"] = []
    result = checked(tmp_path, given)["evidence_is_complete"]
    assert (len(result.rows), result.n_rows) == (20, len(rows()["provenance"]))
    assert result.markdown().endswith(f"… and {result.n_rows - 20} more rows")


def test_a_cell_can_not_break_the_table_of_rows(tmp_path: Path) -> None:
    given = rows()
    given["issues"][0].update(kind="a|b\nc")
    shown = checked(tmp_path, given)["issue_kinds_are_explained"].markdown()
    assert shown.splitlines()[:2] == ["| kind | issues | example |", "| --- | --- | --- |"]
    assert "| a&#124;b c | 1 |" in shown


def test_every_check_says_what_to_do() -> None:
    names = [check.name for check in CHECKS]
    assert names == sorted(set(names))
    assert {check.severity for check in CHECKS} == {"error", "warn"}
    assert all(check.description and check.advice and check.table in TABLES for check in CHECKS)
    compared = {"tables_did_not_shrink", "fill_rates_did_not_drop", "pages_did_not_vanish", "sources_did_not_age"}
    tested = {*BROKEN, "not_too_many_pages", *compared}
    assert set(names) == tested
