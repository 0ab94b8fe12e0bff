"""Area statistics and the figure ledger: dates, plausibility, outcomes, origins, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.harmonised import (
    DUISBURG_III,
    III,
    article,
    claim,
    kinds,
    one,
    page_of,
    project_page,
    rows_of,
    source,
    stat,
)
from warehouse.harmonise.area_stats import area_stats, source_of
from warehouse.harmonise.cells import Fact
from warehouse.harmonise.outbox import Outbox
from warehouse.harmonise.outcomes import limits
from warehouse.harmonise.places import gazetteer

TOWN_OFFICE = source("Stabstelle für Wahlen und Informationslogistik der Stadt Duisburg", "2015-01-01", "year")
AGENCY = source("Bundesagentur für Arbeit", "2015-07-01", "month")


@pytest.mark.parametrize(
    ("indicator", "as_of"),
    [
        ("area_ha", "2015-01-01"),
        ("inhabitants", "2015-01-01"),
        ("migration_share", "2015-01-01"),
        ("sgb2_rate", "2015-07-01"),
        ("unemployment_rate", "2015-07-01"),
    ],
)
def test_of_two_sources_the_agency_counts_benefits_and_unemployment(indicator: str, as_of: str) -> None:
    found = source_of(indicator, [TOWN_OFFICE, AGENCY])
    assert found is not None
    assert found.as_of == as_of


def test_one_source_is_the_source_of_all() -> None:
    found = source_of("sgb2_rate", [source("Stadt Erfurt, Abteilung Statistik und Wahlen", "2013-01-01", "year")])
    assert found is not None
    assert (found.as_of, found.precision) == ("2013-01-01", "year")


def test_a_source_that_names_the_indicator_goes_before_the_rule() -> None:
    found = source_of("sgb2_rate", [source("Stadt Jena", "2018-01-01", "year", "sgb2_rate"), AGENCY])
    assert found is not None
    assert found.as_of == "2018-01-01"


def test_two_offices_that_both_fit_give_no_date_unless_theirs_is_the_same() -> None:
    two = [source("Stadt X", "2013-01-01", "year"), source("Landesamt für Statistik", "2014-01-01", "year")]
    assert source_of("inhabitants", two) is None
    same = [source("Stadt X", "2013-01-01", "year"), source("Landesamt für Statistik", "2013-01-01", "year")]
    found = source_of("inhabitants", same)
    assert found is not None
    assert (found.name, found.as_of) == (None, "2013-01-01")


def judged(*stats: dict[str, Any], town: str = "Duisburg", **values: Any) -> dict[tuple[str, str], str | None]:
    """Plausibility of each figure of a page."""
    page = page_of(project_page(1, "X", area_stats=list(stats), **values))
    facts, _ = area_stats(page, "p", gazetteer().find(town).municipality)
    return {(fact.row["indicator_code"], fact.row["scope"]): fact.row["plausibility"] for fact in facts}


@pytest.mark.parametrize(
    ("people", "ground", "wanted"), [(37583, 68, "implausible"), (62408, 143, "implausible"), (15206, 143, "ok")]
)
def test_more_than_300_inhabitants_a_hectare_can_not_be(people: float, ground: float, wanted: str) -> None:
    found = judged(stat("inhabitants", "area", people), stat("area_ha", "area", ground, "ha"))
    assert found == {("inhabitants", "area"): wanted, ("area_ha", "area"): wanted}


@pytest.mark.parametrize(
    ("town", "people", "wanted"),
    [
        ("Duisburg", 494545, "ok"),
        ("Erfurt", 205112, "ok"),
        ("Leipzig", 520838, "ok"),
        ("Duisburg", 49454, "implausible"),
    ],
)
def test_a_town_s_figure_against_the_official_one(town: str, people: float, wanted: str) -> None:
    assert judged(stat("inhabitants", "city", people), town=town) == {("inhabitants", "city"): wanted}


def test_an_area_is_not_larger_than_its_town() -> None:
    found = judged(stat("inhabitants", "area", 500000), stat("inhabitants", "city", 494545))
    assert found[("inhabitants", "area")] == "implausible"
    assert judged(stat("area_ha", "area", 99999, "ha"))[("area_ha", "area")] == "implausible"


def test_a_rate_above_100_is_kept_and_marked() -> None:
    assert judged(stat("sgb2_rate", "area", 362, "percent")) == {("sgb2_rate", "area"): "implausible"}
    assert judged(stat("sgb2_rate", "area", 36.2, "percent")) == {("sgb2_rate", "area"): "ok"}


def test_a_figure_without_value_is_not_judged() -> None:
    empty = {**stat("sgb2_rate", "area", 0, "percent"), "value": None, "as_written": "k. A. (hoch)"}
    assert judged(empty) == {("sgb2_rate", "area"): None}


def test_implausible_figures_and_unclear_sources_are_issues() -> None:
    stats = [stat("inhabitants", "area", 37583), stat("area_ha", "area", 68, "ha")]
    two = [source("Stadt X", "2013-01-01", "year"), source("Landesamt", "2014-01-01", "year")]
    rows = rows_of(project_page(1, "X", **DUISBURG_III, area_stats=stats, area_sources=two, area_source_note="x"))
    assert kinds(rows) == ["ambiguous_source"] * 2 + ["implausible_figure"] * 2
    assert one(rows["area_stats"], indicator_code="inhabitants")["source_note"] == "x"


RELEASE = (claim("participants", 827), claim("employed", 171), claim("training", 32), claim("improved_prospects", 222))
REWRITE = (
    *(claim("participants", 827), claim("employed", 171), claim("training", 32)),
    claim("improved_prospects", 222, since=None, since_precision=None, basis="carried"),
)


def outcome(rows: dict[str, Any], **values: Any) -> tuple[Any, ...]:
    found = one(rows["outcomes"], **values)
    return found["since"], found["n_documents"], found["n_independent_sources"], found["agreement"]


def test_rewrites_of_one_release_are_one_source_and_a_lost_since_finds_its_figure() -> None:
    rows = rows_of(article("https://a.example/1", *RELEASE), article("https://b.example/2", *REWRITE))
    assert len(rows["outcomes"]) == 4
    for metric in ("participants", "employed", "training", "improved_prospects"):
        assert outcome(rows, metric_code=metric) == ("2023-01-01", 2, 1, "single")
    assert len({row["origin_id"] for row in rows["outcome_claims"]}) == 1
    carried = one(rows["outcome_claims"], basis="carried")
    assert (carried["since"], carried["round_code"]) == (None, "V")


def test_two_equal_figures_are_not_yet_one_release() -> None:
    rows = rows_of(article("https://a.example/1", *RELEASE[:2]), article("https://b.example/2", *RELEASE[:2]))
    assert outcome(rows, metric_code="employed") == ("2023-01-01", 2, 2, "corroborated")


def test_the_first_publisher_is_named() -> None:
    early = article("https://z.example/1", *RELEASE, published_on="2025-11-24")
    late = article("https://a.example/2", *RELEASE, published_on="2025-12-02")
    rows = rows_of(late, early)
    assert {row["first_document_id"] for row in rows["outcomes"]} == {early.document_id}


def test_another_value_of_an_independent_source_contradicts_and_both_say_so() -> None:
    rows = rows_of(
        article("https://a.example/1", claim("participants", 827)),
        article("https://b.example/2", claim("participants", 790)),
    )
    assert {row["agreement"] for row in rows["outcomes"]} == {"contradicted"}


@pytest.mark.parametrize(
    "other",
    [
        claim("participants", 900, status="planned"),
        claim("participants", 790, place="Köln"),
        claim("participants", 790, since="2019-01-01"),
        claim("participants", 670, subgroup="unemployed"),
        claim("employed", 171),
        claim("participants", 800, qualifier="over"),
        claim("participants", 830, qualifier="about"),
    ],
    ids=["a plan", "another town", "another period", "another group", "another metric", "over", "about"],
)
def test_what_does_not_contradict(other: dict[str, Any]) -> None:
    rows = rows_of(article("https://a.example/1", claim("participants", 827)), article("https://b.example/2", other))
    assert {row["agreement"] for row in rows["outcomes"]} == {"single"}


def test_a_higher_figure_of_a_later_quarter_is_growth() -> None:
    later = article("https://b.example/2", claim("participants", 900), published_on="2026-05-01")
    assert {
        row["agreement"]
        for row in rows_of(article("https://a.example/1", claim("participants", 827)), later)["outcomes"]
    } == {"single"}
    less = article("https://b.example/2", claim("participants", 700), published_on="2026-05-01")
    assert {
        row["agreement"]
        for row in rows_of(article("https://a.example/1", claim("participants", 827)), less)["outcomes"]
    } == {"contradicted"}


def test_a_rounded_headline_is_the_exact_figure_of_its_text() -> None:
    rows = rows_of(article("https://a.example/1", claim("participants", 800, qualifier="over"), *RELEASE))
    assert sorted(row["value"] for row in rows["outcomes"]) == [32, 171, 222, 827]
    exact = one(rows["outcomes"], value=827.0)
    assert one(rows["outcome_claims"], value=800.0)["outcome_id"] == exact["outcome_id"]


@pytest.mark.parametrize(
    ("value", "qualifier", "low", "high"),
    [
        (40, "about", 35, 45),
        (1_640_000, "about", 1_558_000, 1_722_000),
        (800, "exact", 800, 800),
        (25.5, "exact", 25.5, 25.5),
    ],
)
def test_what_a_qualifier_allows(value: float, qualifier: str, low: float, high: float) -> None:
    assert limits(value, qualifier) == (pytest.approx(low), pytest.approx(high))


def test_claims_find_their_project_by_town_and_round() -> None:
    page = project_page(2390, "Duisburg", **DUISBURG_III)
    rows = rows_of(page, article("https://a.example/1", claim("participants", 300, since="2016-01-01"), *RELEASE[:1]))
    old, new = one(rows["outcome_claims"], value=300.0), one(rows["outcome_claims"], value=827.0)
    assert (old["project_id"], old["round_code"], old["project_line_id"]) == ("iii-duisburg", "III", "line-duisburg")
    assert (new["project_id"], new["round_code"], new["project_line_id"]) == (None, "V", "line-duisburg")
    assert "no page of a project of round V in Duisburg" in one(rows["issues"], kind="claim_without_project")["message"]
    joined = [row for row in rows["project_documents"] if row["relation"] == "article"]
    assert [row["project_id"] for row in joined] == ["iii-duisburg"]


def test_a_figure_without_period_takes_the_round_of_the_project_that_ran_when_it_was_told() -> None:
    page = project_page(2390, "Duisburg", **DUISBURG_III)
    text = article("https://a.example/1", claim("grant_eur", 1.64e6, unit="EUR", since=None), published_on="2016-05-01")
    found = one(rows_of(page, text)["outcome_claims"])
    assert (found["project_id"], found["round_code"]) == ("iii-duisburg", "III")
    late = article("https://a.example/1", claim("grant_eur", 1.64e6, unit="EUR", since=None), published_on="2019-05-01")
    assert one(rows_of(page, late)["outcome_claims"])["project_id"] is None


def test_of_two_projects_of_a_round_the_name_in_the_title_decides() -> None:
    base = {"state": "Mecklenburg-Vorpommern", "municipality": "Schwerin", "round_label": "2015 - 2018", "runtime": III}
    laqs = project_page(2347, "Schwerin", title="LaQs – vernetzt senken", programme_areas=["Mueßer Holz"], **base)
    other = project_page(2348, "Schwerin", title="Hafenkante", programme_areas=["Lankow"], **base)
    figure = claim("participants", 136, since="2016-01-01", place="Schwerin")
    rows = rows_of(laqs, other, article("https://a.example/1", figure, title="LaQs-Projekt zeigt Erfolge"))
    assert (
        one(rows["outcome_claims"])["project_id"] == one(rows["projects"], title="LaQs – vernetzt senken")["project_id"]
    )
    vague = rows_of(laqs, other, article("https://a.example/1", figure, title="Projekt zeigt Erfolge"))
    assert one(vague["outcome_claims"])["project_id"] is None


def test_parts_above_the_whole_and_rates_that_do_not_fit() -> None:
    text = article(
        "https://a.example/1", claim("participants", 100), claim("participants", 120, subgroup="women"),
        claim("employed", 20), claim("placement_rate", 60, unit="percent"),
    )  # fmt: skip
    assert [kind for kind in kinds(rows_of(text)) if kind != "claim_without_project"] == [
        "part_above_whole",
        "rate_does_not_fit",
    ]
    fitting = article("https://a.example/1", *RELEASE, claim("placement_rate", 25, unit="percent"))
    assert kinds(rows_of(fitting)) == ["claim_without_project"]


def test_a_town_s_figure_told_as_the_programme_s_is_flagged() -> None:
    drifted = article("https://b.example/2", claim("participants", 827, place=None), places=[])
    rows = rows_of(article("https://a.example/1", *RELEASE), drifted)
    assert one(rows["issues"], kind="scope_drift")["document_id"] == drifted.document_id


def test_the_id_of_a_claim_does_not_depend_on_its_value() -> None:
    before = rows_of(article("https://a.example/1", claim("participants", 29)))["outcome_claims"][0]["claim_id"]
    after = rows_of(article("https://a.example/1", claim("participants", 34)))["outcome_claims"][0]["claim_id"]
    assert before == after


def test_the_evidence_of_one_article_at_a_time_is_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[set[str]] = []

    def put_facts(outbox: Outbox, facts: Sequence[Fact]) -> None:
        given.append({fact.page.version.snapshot_id for fact in facts})
        put(outbox, facts)

    put = Outbox.put_facts
    monkeypatch.setattr(Outbox, "put_facts", put_facts)
    articles = [article(f"https://{n}.example/1", claim("participants", n), claim("employed", 1)) for n in (29, 34)]
    rows = rows_of(*articles)
    assert [len(snapshots) for snapshots in given] == [1, 1]
    in_order = [row["document_id"] for row in rows["provenance"] if row["table_name"] == "outcome_claims"]
    assert in_order == sorted(in_order)
    assert set(in_order) == {found.document_id for found in articles}


@pytest.mark.parametrize(
    "wrong",
    [
        claim("happiness", 1), claim("employed", 1, subgroup="cats"), claim("placement_rate", 120, unit="percent"),
        claim("employed", 1, unit="dozen"), claim("employed", 1, char_end=0),
    ],
    ids=["metric", "subgroup", "percent", "unit", "passage"],
)  # fmt: skip
def test_a_claim_that_the_tables_would_refuse_is_left_out_and_told(wrong: dict[str, Any]) -> None:
    rows = rows_of(article("https://a.example/1", wrong, claim("participants", 827)))
    assert [row["value"] for row in rows["outcome_claims"]] == [827]
    assert one(rows["issues"], kind="claim_rejected")["severity"] == "error"


def test_an_area_figure_of_an_unknown_indicator_is_left_out_and_told() -> None:
    rows = rows_of(project_page(1, "X", **DUISBURG_III, area_stats=[stat("rainfall", "city", 1)]))
    assert rows["area_stats"] == []
    assert kinds(rows) == ["stat_rejected"]
