"""History: true changes of values, pages that move or go, runs and crawls from the archive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.harmonised import (
    DUISBURG_CITY,
    DUISBURG_III,
    IV,
    RUN,
    SITE,
    article,
    city_record,
    claim,
    document,
    kinds,
    news_record,
    one,
    project_page,
    project_record,
    rows_of,
    source,
    stat,
    version,
)
from warehouse.model import Crawl, Document, RunInfo

URL = f"{SITE}/Projekte_BIWAQ3/2390_Duisburg.html"
DAYS = ("2025-11-20T01:15:00Z", "2025-11-22T01:15:00Z", "2025-11-23T01:15:00Z")
BASE: dict[str, Any] = {
    **DUISBURG_III,
    "project_partners": ["qualiNETZ GmbH", "Duisburger Werkkiste gGmbH", "Praxis GmbH"],
    "area_stats": [stat("sgb2_rate", "area", 27.4, "percent"), stat("inhabitants", "area", 15206)],
    "area_source_note": "Stadt (2015)",
    "area_sources": [source("Stadt", "2015-01-01", "year")],
    "activities": ["Beratung", "Werkstatt"],
}


def page(*states: dict[str, Any] | None) -> Document:
    """The Duisburg page with a version a day."""
    records = [None if state is None else project_record(**{**BASE, **state}) for state in states]
    return document(URL, "gsb_project", *(version(URL, r, at) for r, at in zip(records, DAYS, strict=False)))


def told(found: Document) -> list[tuple[object, ...]]:
    rows = rows_of(found)["changes"]
    return sorted((c["table_name"], c["row_key"], c["column_name"], c["old_value"], c["new_value"]) for c in rows)


def test_a_changed_figure_is_one_row() -> None:
    new = [stat("sgb2_rate", "area", 26.8, "percent"), stat("inhabitants", "area", 15384)]
    assert told(page({}, {"area_stats": new})) == [
        ("area_stats", "iii-duisburg|inhabitants|area", "value", "15206", "15384"),
        ("area_stats", "iii-duisburg|sgb2_rate|area", "value", "27.4", "26.8"),
    ]


def test_a_changed_partner_is_one_row() -> None:
    names = ["qualiNETZ GmbH", "Duisburger Werkkiste gGmbH", "Praxis GmbH Marburg"]
    assert told(page({}, {"project_partners": names})) == [
        ("project_organisations", "iii-duisburg|partner|3", "name_as_written", "Praxis GmbH", "Praxis GmbH Marburg")
    ]


def test_an_entry_that_comes_or_goes_moves_no_other() -> None:
    assert told(page({}, {"activities": ["Café", "Beratung", "Werkstatt"]})) == [
        ("project_activities", "iii-duisburg|1", "text", None, "Café")
    ]
    assert told(page({}, {"project_partners": ["Duisburger Werkkiste gGmbH", "Praxis GmbH"]})) == [
        ("project_organisations", "iii-duisburg|partner|1", "name_as_written", "qualiNETZ GmbH", None)
    ]


def test_an_entry_behind_one_that_names_several_bodies_has_the_key_of_its_row() -> None:
    houses = "Sozialbürgerhäuser Mitte, Nord und Ost"
    before, after = ([houses, "-", name] for name in ("Praxis GmbH", "Praxis GmbH Marburg"))
    (change,) = told(page({"project_partners": before}, {"project_partners": after}))
    assert change[1] == "iii-duisburg|partner|5"


def test_another_order_is_no_change() -> None:
    assert told(page({}, {"activities": ["Werkstatt", "Beratung"]})) == []


def test_of_a_word_that_is_there_twice_one_goes_and_one_moves() -> None:
    before = ["Beratung", "Café", "Chor", "Garten", "Küche", "Beratung"]
    after = ["Café", "Chor", "Beratung", "Garten", "Küche"]
    assert told(page({"activities": before}, {"activities": after})) == [
        ("project_activities", "iii-duisburg|6", "text", "Beratung", None)
    ]
    assert told(page({"activities": after}, {"activities": before})) == [
        ("project_activities", "iii-duisburg|6", "text", None, "Beratung")
    ]


KISTE, GROWTH = "Duisburger Werkkiste", "EG DU Entwicklungsgesellschaft Duisburg mbH"
JOBS, SCHOOL = "Gesellschaft für Beschäftigungsförderung", "Volkshochschule Duisburg"


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ([JOBS], [JOBS, KISTE], [("partner|1", None, KISTE)]),  # the row of the project's own page
        ([JOBS, SCHOOL], [SCHOOL], [("partner|3", JOBS, None)]),  # the row it had
        ([JOBS], [JOBS, SCHOOL], [("partner|4", None, SCHOOL)]),
        ([JOBS], [KISTE, JOBS], [("partner|1", None, KISTE)]),
        ([JOBS], [SCHOOL], [("partner|3", JOBS, SCHOOL)]),
        ([JOBS], [KISTE], [("partner|1", None, KISTE), ("partner|3", JOBS, None)]),  # no row becomes another body's
        ([JOBS], [JOBS, SCHOOL, SCHOOL], [("partner|4", None, SCHOOL)]),  # a body named twice has one row
        ([JOBS], [JOBS, "-"], []),  # no body, so no row
    ],
)
def test_a_change_of_a_town_s_page_has_the_key_of_the_body_s_row(
    before: list[str], after: list[str], wanted: list[tuple[object, ...]]
) -> None:
    iv = {**DUISBURG_III, "round_label": "2019 - 2022", "runtime": IV}
    main = project_page(30, "Duisburg", wave=4, **iv, project_partners=[f"{KISTE} gGmbH", GROWTH])
    url = "https://duisburg.example/b"
    states = [city_record(**{**DUISBURG_CITY, "partners": names}) for names in (before, after)]
    rows = rows_of(main, document(url, "city_page", *map(version, (url, url), states, DAYS)))
    found = [(c["row_key"], c["old_value"], c["new_value"]) for c in rows["changes"]]
    assert sorted(found, key=str) == [(f"iv-duisburg|{key}", *values) for key, *values in wanted]
    there = {f"iv-duisburg|{o['role']}|{o['position']}": o["name_as_written"] for o in rows["project_organisations"]}
    assert [there[key].removesuffix(" gGmbH") for key, _, new in found if new] == [new for *_, new in found if new]


def test_title_and_runtime() -> None:
    runtime = {"start": "2015-04-01", "end": "2019-06-30", "precision": "month", "as_written": "04/2015 bis 06/2019"}
    assert told(page({}, {"title": "BIWAQ Duisburg", "runtime": runtime})) == [
        ("projects", "iii-duisburg", "end_date", "2018-12-31", "2019-06-30"),
        ("projects", "iii-duisburg", "title", "BIWAQ Duisburg – Menschen und Quartiere stärken", "BIWAQ Duisburg"),
    ]


def test_a_figure_that_comes_is_told_by_its_value() -> None:
    more = [*BASE["area_stats"], stat("migration_share", "city", 36.4, "percent")]
    assert told(page({}, {"area_stats": more})) == [
        ("area_stats", "iii-duisburg|migration_share|city", "value", None, "36.4")
    ]


def test_volatile_bytes_a_first_version_and_an_error_page_are_no_change() -> None:
    assert told(page({})) == []
    assert told(page({}, {})) == []
    assert told(page({}, None)) == []
    assert told(page({}, None, {"title": "Neu"})) == [
        ("projects", "iii-duisburg", "title", "BIWAQ Duisburg – Menschen und Quartiere stärken", "Neu")
    ]


def test_a_change_names_both_snapshots_and_the_time_of_the_new_one() -> None:
    found = page({}, {"title": "Neu"})
    (change,) = rows_of(found)["changes"]
    assert (change["old_snapshot_id"], change["new_snapshot_id"]) == tuple(v.snapshot_id for v in found.versions)
    assert change["seen_at"] == DAYS[1]


def test_what_another_parser_read_is_not_compared() -> None:
    found = page({}, {"title": "Neu"})
    first, again = found.versions
    found.versions = (first, replace(again, parser_version="2"))
    rows = rows_of(found)
    assert rows["changes"] == []
    assert "history_needs_reparse" in kinds(rows)


def test_a_changed_claim_is_one_row_of_the_same_claim() -> None:
    url = "https://presse.example/1"
    states = [news_record([claim("participants", 410, status="planned"), claim("participants", n)]) for n in (29, 34)]
    found = document(url, "news_article", *(version(url, r, at) for r, at in zip(states, DAYS, strict=False)))
    rows = rows_of(found)
    (change,) = rows["changes"]
    assert (change["table_name"], change["column_name"], change["old_value"], change["new_value"]) == (
        "outcome_claims", "value", "29", "34",
    )  # fmt: skip
    assert change["row_key"] == one(rows["outcome_claims"], value=34.0)["claim_id"]


def test_an_article_s_day_of_publication_is_its_document_s() -> None:
    url = "https://presse.example/1"
    states = [news_record([], published_on=day) for day in ("2025-11-01", "2025-11-02")]
    found = document(url, "news_article", *(version(url, r, at) for r, at in zip(states, DAYS, strict=False)))
    assert told(found) == [("documents", found.document_id, "published_on", "2025-11-01", "2025-11-02")]


def moved(*, redirect: bool) -> tuple[Document, Document]:
    old = page({})
    new_url = URL.replace("Duisburg.html", "Duisburg_Quartiere.html")
    new = document(new_url, "gsb_project", version(new_url, project_record(**BASE), DAYS[1]))
    if redirect:
        new.aliases = (URL,)
        new.versions = (version(new_url, project_record(**BASE, summary="neu"), DAYS[1]),)
    return old, new


def test_a_page_that_moves_keeps_its_identity_by_redirect_or_by_content() -> None:
    for redirect in (True, False):
        old, new = moved(redirect=redirect)
        rows = rows_of(new, old)
        (found,) = rows["documents"]
        assert (found["document_id"], found["url"]) == (old.document_id, new.url)
        assert (found["first_seen"], found["last_seen"]) == (DAYS[0], DAYS[1])
        assert [alias["url"] for alias in rows["document_aliases"]] == [URL]
        assert [project["project_id"] for project in rows["projects"]] == ["iii-duisburg"]
        assert [change["column_name"] for change in rows["changes"]] == (["summary"] if redirect else [])


def test_two_pages_that_are_there_at_one_time_stay_two_documents() -> None:
    old, new = moved(redirect=False)
    old.last_seen = DAYS[2]
    assert len(rows_of(old, new)["documents"]) == 2


def test_a_page_that_is_gone_keeps_its_data() -> None:
    found = page({})
    found.gone_since = DAYS[2]
    rows = rows_of(found)
    assert rows["documents"][0]["gone_since"] == DAYS[2]
    assert len(rows["projects"]) == 1
    assert rows["changes"] == []


def test_a_page_that_was_never_of_use_is_no_document_and_an_issue_with_its_address() -> None:
    error: dict[str, Any] = {
        **{"severity": "error", "kind": "not_this_page", "field": None, "value": None},
        "message": "an error page that says 200",
    }
    soft = document(URL, "gsb_project", replace(version(URL, None), issues=[error]))
    soft.first_seen = soft.last_seen = ""
    rows = rows_of(soft)
    assert (rows["documents"], rows["snapshots"], rows["projects"]) == ([], [], [])
    found = one(rows["issues"], kind="not_this_page")
    assert (found["document_id"], found["field"], found["value"]) == (None, "url", URL)
    assert found["message"] == f"{URL}: an error page that says 200"


def test_a_good_page_that_turns_into_an_error_page_stays_a_document() -> None:
    rows = rows_of(page({}, None))
    assert (rows["documents"][0]["title"], len(rows["projects"])) == (DUISBURG_III["title"], 1)
    assert [snapshot["has_record"] for snapshot in sorted(rows["snapshots"], key=lambda s: s["fetched_at"])] == [
        True,
        False,
    ]


def crawl(run_id: str, at: str, **values: Any) -> Crawl:
    base: dict[str, Any] = {
        **{"run_id": run_id, "source_id": "gsb_project", "started_at": at, "finished_at": at.replace(":15:", ":20:")},
        **{"listed": 1, "listing_total": 1, "complete": True, "fetched": 1, "unchanged": 0, "failed": 0},
        **{"seen": (URL,), "gone": (), "failures": ()},
    }
    return Crawl(**{**base, **values})


def test_runs_and_crawls_come_from_the_archive() -> None:
    failure = {"url": f"{SITE}/x.html", "reason": "503"}
    crawls = (
        crawl("run-0", "2025-11-19T01:15:00Z", fetched=0, failed=1, seen=(), failures=(failure,)),
        crawl(RUN.run_id, RUN.started_at, gone=({"url": "x", "status": 404, "proved": True},), parsed=1),
    )
    found = page({})
    found.versions = (replace(found.versions[0], fetched_at="2025-11-20T01:16:00Z"),)
    found.last_seen = "2025-11-20T01:16:00Z"
    rows = rows_of(found, crawls=crawls)
    assert [(r["run_id"], r["parsed"], r["failed"], r["published"], r["data_as_of"]) for r in rows["runs"]] == [
        ("run-0", 0, 1, False, None),
        ("run-1", 1, 0, True, "2025-11-20T01:16:00Z"),
    ]
    assert [(c["run_id"], c["gone"], c["is_complete"]) for c in rows["crawls"]] == [
        ("run-0", 0, True),
        ("run-1", 1, True),
    ]
    assert kinds(rows) == []  # the failure was of an older crawl


def test_a_failure_of_the_newest_crawl_and_an_incomplete_one_are_issues() -> None:
    failure = {"url": f"{SITE}/x.html", "reason": "503"}
    rows = rows_of(page({}), crawls=(crawl("run-1", RUN.started_at, failed=1, failures=(failure,), complete=False),))
    assert kinds(rows) == ["crawl_incomplete", "fetch_failed"]


def test_a_run_that_only_builds_is_there_without_an_end() -> None:
    assert RunInfo("run-1", "2025-11-20T01:15:00Z") == RUN
    (run,) = rows_of(page({}))["runs"]
    assert (run["run_id"], run["finished_at"], run["fetched"], run["published"]) == ("run-1", None, 0, True)


def test_an_issue_keeps_its_id_and_is_told_once() -> None:
    text = article("https://presse.example/1", claim("participants", 29, place="Atlantis"), places=[])
    alone, beside = rows_of(text)["issues"], rows_of(page({}), text)["issues"]
    first, second = (one(issues, kind="claim_without_project") for issues in (alone, beside))
    assert first["issue_id"] == second["issue_id"]


def test_two_entries_gone_and_one_come_at_the_place_of_one_are_three_changes() -> None:
    rows = rows_of(page({"activities": ["Café", "Garten", "Chor"]}, {"activities": ["Chor", "Küche"]}))
    assert len({change["change_id"] for change in rows["changes"]}) == 3
