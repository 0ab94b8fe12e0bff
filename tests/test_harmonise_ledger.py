"""The figure ledger and the tables of documents on invented cases: who is independent, what can not be, who says it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harmonised import SITE, article, city_page, claim, document, one, project_page, rows_of, version
from warehouse.codelists import vocabulary
from warehouse.harmonise.documents import language_of, mentions
from warehouse.harmonise.publishers import independent, n_independent, publisher_of
from warehouse.model import Document, Rows

JENA: dict[str, Any] = {"place": "Jena", "since": "2019-01-01"}
THREE = (
    claim("participants", 144, **JENA),
    claim("participants", 61, subgroup="women", **JENA),
    claim("employed", 38, **JENA),
)


def told(*articles: Document, metric: str = "participants", **values: Any) -> tuple[int, int, str]:
    found = one(rows_of(*articles)["outcomes"], metric_code=metric, **values)
    return found["n_documents"], found["n_independent_sources"], found["agreement"]


def issues(rows: Rows, kind: str) -> list[str | None]:
    return sorted(row["value"] for row in rows["issues"] if row["kind"] == kind)


# --- independence ---


def test_two_articles_of_one_publisher_are_one_source() -> None:
    figure = claim("participants", 144, **JENA)
    assert told(article("https://zeitung.example/1", figure), article("https://www.zeitung.example/2", figure)) == (
        2,
        1,
        "single",
    )


def test_two_publishers_with_a_figure_each_are_two() -> None:
    figure = claim("participants", 144, **JENA)
    pages = [article(f"https://{host}.example/1", figure) for host in ("zeitung", "anzeiger", "bote")]
    assert told(*pages[:2]) == (2, 2, "corroborated")
    assert told(*pages) == (3, 3, "corroborated")


def test_a_network_of_portals_is_one_publisher() -> None:
    figure = claim("participants", 144, **JENA)
    pages = [article(f"https://{town}-24stun.de/1", figure) for town in ("bonn", "muenster", "remscheid")]
    assert told(*pages) == (3, 1, "single")


def test_a_release_printed_by_two_and_an_own_report_of_one_of_them_are_two() -> None:
    """A and B print the release, a year on B writes on its own: A's copy and B's report are independent."""
    own = article("https://b.example/2", claim("participants", 144, **JENA), published_on="2026-11-28")
    rows = rows_of(article("https://a.example/1", *THREE), article("https://b.example/1", *THREE), own)
    found = one(rows["outcomes"], metric_code="participants", subgroup_code="all")
    assert (found["n_documents"], found["n_independent_sources"], found["agreement"]) == (3, 2, "corroborated")
    assert one(rows["outcomes"], metric_code="employed")["n_independent_sources"] == 1


def test_three_equal_figures_of_another_town_are_no_copy() -> None:
    other = [{**figure, "place": "Gera"} for figure in THREE]
    rows = rows_of(article("https://a.example/1", *THREE), article("https://b.example/2", *other))
    assert len({row["origin_id"] for row in rows["outcome_claims"]}) == 2
    assert len(rows["outcomes"]) == 6


@pytest.mark.parametrize(
    ("voices", "wanted"),
    [
        ([("a", "1")], 1),
        ([("a", "1"), ("a", "2")], 1),
        ([("a", "1"), ("b", "1")], 1),
        ([("a", "1"), ("b", "2")], 2),
        ([("a", "1"), ("a", "2"), ("b", "1")], 2),  # a speaks for 2, b for 1
        ([("a", "1"), ("b", "1"), ("c", "1"), ("a", "2"), ("a", "3")], 2),
    ],
)
def test_independent_sources_differ_in_publisher_and_origin(voices: list[tuple[str, str]], wanted: int) -> None:
    assert n_independent(voices) == n_independent(reversed(voices)) == wanted


def test_a_publisher_does_not_contradict_itself() -> None:
    one_value, other_value = claim("participants", 144, **JENA), claim("participants", 130, **JENA)
    same = rows_of(article("https://a.example/1", one_value), article("https://a.example/2", other_value))
    assert {row["agreement"] for row in same["outcomes"]} == {"single"}
    two = rows_of(article("https://a.example/1", one_value), article("https://b.example/2", other_value))
    assert {row["agreement"] for row in two["outcomes"]} == {"contradicted"}
    assert independent([("a", "1")], [("a", "2"), ("b", "2")])
    assert not independent([("a", "1")], [("a", "2"), ("b", "1")])


def test_a_plan_stands_beside_the_result_and_contradicts_nothing() -> None:
    plan = claim("participants", 200, status="planned", **JENA)
    rows = rows_of(
        article("https://a.example/1", plan), article("https://b.example/2", claim("participants", 144, **JENA))
    )
    assert {(row["status"], row["value"], row["agreement"]) for row in rows["outcomes"]} == {
        ("planned", 200.0, "single"),
        ("achieved", 144.0, "single"),
    }


# --- arithmetic ---


@pytest.mark.parametrize(
    ("whole", "part", "wanted"),
    [
        (claim("participants", 144, **JENA), claim("participants", 150, subgroup="women", **JENA), ["150"]),
        (claim("participants", 144, **JENA), claim("employed", 150, **JENA), ["150"]),
        (claim("employed", 20, **JENA), claim("employed", 25, subgroup="women", **JENA), ["25"]),
        (claim("participants", 144, **JENA), claim("participants", 144, subgroup="women", **JENA), []),
        (
            claim("participants", 100, qualifier="over", **JENA),
            claim("participants", 120, subgroup="women", **JENA),
            [],
        ),
        (
            claim("participants", 100, qualifier="about", **JENA),
            claim("participants", 103, subgroup="women", **JENA),
            [],
        ),
        (claim("participants", 144, **JENA), claim("employed", 150, **{**JENA, "since": "2015-01-01"}), []),
        (claim("participants", 144, **JENA), claim("employed", 150, **{**JENA, "place": "Gera"}), []),
        (claim("participants", 144, **JENA), claim("employed", 150, status="planned", **JENA), []),
    ],
    ids=["women", "employed", "women in work", "all", "over", "about", "another time", "another town", "a plan"],
)
def test_a_part_is_not_above_its_whole(whole: dict[str, Any], part: dict[str, Any], wanted: list[str]) -> None:
    assert issues(rows_of(article("https://a.example/1", whole, part)), "part_above_whole") == wanted


def test_parts_are_compared_over_the_copies_of_a_release() -> None:
    """The copy tells of more women than the release has participants: one of both is wrong."""
    copy = article("https://b.example/2", *THREE, claim("training", 145, **JENA))
    rows = rows_of(article("https://a.example/1", *THREE), copy)
    assert issues(rows, "part_above_whole") == ["145"]


def test_work_and_training_together_are_not_more_than_all() -> None:
    figures = (claim("participants", 50, **JENA), claim("employed", 40, **JENA))
    assert issues(
        rows_of(article("https://a.example/1", *figures, claim("training", 12, **JENA))), "sum_above_whole"
    ) == ["40"]
    assert (
        issues(rows_of(article("https://a.example/1", *figures, claim("training", 10, **JENA))), "sum_above_whole")
        == []
    )


def test_more_people_than_the_town_has() -> None:
    """Jena has some 110,000 inhabitants."""
    rows = rows_of(article("https://a.example/1", claim("participants", 140_000, **JENA)))
    assert issues(rows, "above_population") == ["140000"]
    assert rows["outcomes"][0]["value"] == 140_000
    money = claim("grant_eur", 1_400_000, unit="EUR", **JENA)
    assert issues(rows_of(article("https://a.example/1", money)), "above_population") == []


def test_a_figure_that_lost_its_town_is_flagged() -> None:
    lost = claim("participants", 144, place=None, since=None)
    rows = rows_of(article("https://a.example/1", *THREE), article("https://b.example/2", lost, places=[]))
    assert issues(rows, "scope_drift") == ["144"]


# --- documents ---


@pytest.mark.parametrize(
    ("url", "page_type", "wanted"),
    [
        (f"{SITE}/Projekte_BIWAQ3/2390_Duisburg.html", "gsb_project", "publisher of gsb_project"),
        ("https://www.marburg.example/node/5", "city_page", "marburg.example"),
        ("https://www.anzeiger.example/1", "news_article", "anzeiger.example"),
        ("https://remscheid-24stun.de/articles/1", "news_article", "24stun"),
        ("https://app-webview.sparknews.funkemedien.de/waz/1", "news_article", "Funke Mediengruppe"),
        ("http://www.derwesten.de/staedte/oberhausen/1", "news_article", "Funke Mediengruppe"),
        ("https://notderwesten.de/1", "news_article", "notderwesten.de"),
    ],
)
def test_the_publisher_is_the_page_s_own(url: str, page_type: str, wanted: str) -> None:
    assert publisher_of(document(url, page_type, version(url, {}))) == wanted


def test_a_page_without_declared_language_has_that_of_its_words() -> None:
    rows = rows_of(
        project_page(1, "Jena", municipality="Jena", summary="Die Beratung für Menschen im Quartier und der Laden"),
        city_page("https://www.jena.example/1", municipality="Jena", title="Arbeit für alle", programme="BIWAQ"),
    )
    assert {row["language"] for row in rows["documents"]} == {"de"}
    assert language_of({"summary": "The project is for people in the quarter and by them"}) == "en"
    assert language_of({"title": "BIWAQ"}) is None


def test_mentions_of_towns_are_counted() -> None:
    assert mentions({"title": "Duisburg: die Duisburger und Duisburgs Norden", "a": ["Duisburgheim"]}, "Duisburg") == 3
    assert mentions({"title": "BIWAQ"}, "Duisburg") == 1
    text = article("https://a.example/1", claim("participants", 144, **JENA), places=["Jena", "Gera"])
    again = {"path": "places/0", "locator": "chars 9-13", "quote": "Jena", "rule": "town_name"}
    text.versions[0].evidence.extend([again, again])
    found = {row["municipality_name"]: row["n_mentions"] for row in rows_of(text)["document_places"]}
    assert found == {"Jena": 3, "Gera": 1}


def test_a_host_has_one_publisher_and_each_entry_says_why() -> None:
    entries = vocabulary("publishers")["publisher"]
    hosts = [host for entry in entries for host in entry["hosts"]]
    assert len(hosts) == len(set(hosts))
    assert all(host == host.lower().removeprefix("www.") for host in hosts)
    assert all(entry["because"] and entry["name"] for entry in entries)
