"""Pages that go, come back, move, change and swap: what stays one document, and which rows of changes come of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.harmonised import (
    DUISBURG_III,
    IV,
    SITE,
    article,
    city_record,
    claim,
    document,
    kinds,
    news_record,
    project_record,
    rows_of,
    stat,
    version,
)
from warehouse.model import Document, Rows

DAYS = ("2025-11-20T01:15:00Z", "2025-11-21T01:15:00Z", "2025-11-22T01:15:00Z", "2025-11-23T01:15:00Z")
OLD = f"{SITE}/Projekte_BIWAQ3/2390_Duisburg.html"
NEW = f"{SITE}/Projekte_BIWAQ3/2390_Duisburg_Marxloh.html"
ERFURT_URL = f"{SITE}/Projekte_BIWAQ3/2369_Erfurt.html"
DUISBURG: dict[str, Any] = {
    **DUISBURG_III,
    "summary": "Ein Projekt in zwei Quartieren",
    "target_groups": ["(Langzeit-)Arbeitslose", "Alleinerziehende"],
    "project_partners": ["qualiNETZ GmbH", "Duisburger Werkkiste gGmbH", "Jobcenter Duisburg"],
    "activities": ["Beratung", "Werkstatt", "Sprachkurse"],
    "area_stats": [stat("sgb2_rate", "area", 36.2, "percent"), stat("sgb2_rate", "city", 18.6, "percent")],
}
ERFURT: dict[str, Any] = {
    **{"title": "Heimat für Alle", "state": "Thüringen", "municipality": "Erfurt", "round_label": "2015 - 2018"},
    **{"programme_areas": ["Ilversgehofen"], "runtime": DUISBURG_III["runtime"], "activities": ["Tafel"]},
}


def page(url: str, *states: tuple[int, dict[str, Any] | None], gone: int | None = None) -> Document:
    """A project page: (day, record) for each body that came; `gone` is the day of its 404."""
    bodies = [version(url, None if r is None else project_record(**r), DAYS[day]) for day, r in states]
    return document(url, "gsb_project", *bodies, gone_since=None if gone is None else DAYS[gone])


def told(rows: Rows) -> list[tuple[object, ...]]:
    return sorted((c["row_key"], c["column_name"], c["old_value"], c["new_value"]) for c in rows["changes"])


def places(rows: Rows) -> dict[str, str]:
    """Project -> address of its page."""
    urls = {row["document_id"]: row["url"] for row in rows["documents"]}
    return {row["project_id"]: urls[row["document_id"]] for row in rows["projects"]}


def test_a_page_that_moves_and_changes_at_once_is_one_page_with_one_change() -> None:
    changed = {**DUISBURG, "project_partners": ["qualiNETZ GmbH", "Werkkiste Süd gGmbH", "Jobcenter Duisburg"]}
    rows = rows_of(page(OLD, (0, DUISBURG), gone=1), page(NEW, (1, changed)))
    assert places(rows) == {"iii-duisburg": NEW}
    assert rows["documents"][0]["gone_since"] is None
    assert told(rows) == [
        ("iii-duisburg|partner|2", "name_as_written", "Duisburger Werkkiste gGmbH", "Werkkiste Süd gGmbH")
    ]


def test_without_proof_that_the_old_one_is_gone_a_like_page_is_another_one() -> None:
    changed = {**DUISBURG, "summary": "Neu"}
    assert len(rows_of(page(OLD, (0, DUISBURG)), page(NEW, (1, changed)))["documents"]) == 2


def test_the_next_round_of_a_town_is_no_move() -> None:
    fourth = {
        **{"title": "BIWAQ Duisburg – Menschen und Quartiere bewegen", "round_label": "2019 - 2022", "runtime": IV},
        **{"activities": ["Lerncafé"], "area_stats": [stat("sgb2_rate", "area", 31.0, "percent")]},
        **{"project_partners": ["Duisburger Werkkiste gGmbH", "Gesellschaft für Beschäftigungsförderung mbH"]},
    }
    url = f"{SITE}/Projekte_BIWAQ4/30_Duisburg.html"
    rows = rows_of(page(OLD, (0, DUISBURG), gone=1), page(url, (1, {**DUISBURG, **fourth})))
    assert sorted(places(rows)) == ["iii-duisburg", "iv-duisburg"]
    assert told(rows) == []


def test_two_pages_that_swap_addresses_take_their_projects_along() -> None:
    one, other = page(OLD, (0, DUISBURG), (1, ERFURT)), page(ERFURT_URL, (0, ERFURT), (1, DUISBURG))
    before = rows_of(page(OLD, (0, DUISBURG)), page(ERFURT_URL, (0, ERFURT)))
    rows = rows_of(one, other)
    assert places(rows) == {"iii-duisburg": ERFURT_URL, "iii-erfurt": OLD}
    assert told(rows) == []
    ids = [{p["project_id"]: p["document_id"] for p in found["projects"]} for found in (before, rows)]
    assert ids[0] == ids[1]


def test_pages_that_swap_and_swap_back_are_as_before() -> None:
    one = page(OLD, (0, DUISBURG), (1, ERFURT), (2, DUISBURG))
    other = page(ERFURT_URL, (0, ERFURT), (1, DUISBURG), (2, ERFURT))
    rows = rows_of(one, other)
    assert places(rows) == {"iii-duisburg": OLD, "iii-erfurt": ERFURT_URL}
    assert told(rows) == []


def test_a_swap_and_then_a_change_is_the_change() -> None:
    later = {**DUISBURG, "summary": "Neu"}
    rows = rows_of(page(OLD, (0, DUISBURG), (1, ERFURT)), page(ERFURT_URL, (0, ERFURT), (1, DUISBURG), (2, later)))
    assert told(rows) == [("iii-duisburg", "summary", "Ein Projekt in zwei Quartieren", "Neu")]


def test_a_page_that_was_elsewhere_for_a_day_is_one_page() -> None:
    back = page(OLD, (0, DUISBURG))
    back.last_seen = DAYS[2]
    rows = rows_of(back, page(NEW, (1, DUISBURG), gone=2))
    assert (places(rows), told(rows)) == ({"iii-duisburg": OLD}, [])
    assert rows["documents"][0]["gone_since"] is None


def test_a_page_that_moves_twice_is_one_page() -> None:
    third = OLD.replace("2390_", "4711_")
    rows = rows_of(page(OLD, (0, DUISBURG), gone=1), page(NEW, (1, DUISBURG), gone=2), page(third, (2, DUISBURG)))
    assert len(rows["documents"]) == len(rows["projects"]) == 1
    assert {alias["url"] for alias in rows["document_aliases"]} == {OLD, NEW}


def test_a_copy_at_another_paper_is_no_page_that_moved() -> None:
    text = news_record([claim("participants", 827)], title="827 Menschen auf dem Weg")
    first = document("https://a.example/1", "news_article", version("https://a.example/1", text, DAYS[0], content="x"))
    copy = document("https://b.example/2", "news_article", version("https://b.example/2", text, DAYS[1], content="x"))
    first.gone_since = DAYS[1]
    assert len(rows_of(first, copy)["documents"]) == 2
    moved = document("https://a.example/9", "news_article", version("https://a.example/9", text, DAYS[1], content="x"))
    assert len(rows_of(first, moved)["documents"]) == 1


def test_a_value_that_comes_back_is_two_changes() -> None:
    new = {**DUISBURG, "summary": "Neu"}
    rows = rows_of(page(OLD, (0, DUISBURG), (1, new), (2, DUISBURG)))
    assert told(rows) == [
        ("iii-duisburg", "summary", "Ein Projekt in zwei Quartieren", "Neu"),
        ("iii-duisburg", "summary", "Neu", "Ein Projekt in zwei Quartieren"),
    ]
    assert [c["seen_at"] for c in sorted(rows["changes"], key=lambda c: c["seen_at"])] == [DAYS[1], DAYS[2]]


def test_a_day_on_which_the_page_could_not_be_read_is_no_change() -> None:
    assert told(rows_of(page(OLD, (0, DUISBURG), (1, None), (2, DUISBURG)))) == []


@pytest.mark.parametrize(
    ("name", "entries", "wanted"),
    [
        ("activities", ["Sprachkurse", "Beratung", "Werkstatt"], []),
        ("activities", ["Beratung", "Café", "Werkstatt", "Sprachkurse"], [("iii-duisburg|2", "text", None, "Café")]),
        ("activities", ["Sprachkurse", "Café", "Beratung", "Werkstatt"], [("iii-duisburg|2", "text", None, "Café")]),
        ("target_groups", ["Alleinerziehende", "(Langzeit-)Arbeitslose"], []),
        ("area_stats", list(reversed(DUISBURG["area_stats"])), []),
        (
            "project_partners",
            ["qualiNETZ GmbH", "Praxis GmbH", "Duisburger Werkkiste gGmbH", "Jobcenter Duisburg"],
            [("iii-duisburg|partner|2", "name_as_written", None, "Praxis GmbH")],
        ),
    ],
    ids=["reordered", "one in the middle", "both at once", "groups reordered", "figures reordered", "partner"],
)
def test_lists_are_compared_by_entries(name: str, entries: list[Any], wanted: list[Any]) -> None:
    assert told(rows_of(page(OLD, (0, DUISBURG), (1, {**DUISBURG, name: entries})))) == wanted


def test_what_another_parser_reads_in_the_same_page_is_no_change() -> None:
    found = page(OLD, (0, DUISBURG), (1, {**DUISBURG, "summary": "besser gelesen"}))
    first, again = found.versions
    same_bytes = replace(again, byte_hash=first.byte_hash)  # its version was forgotten to be raised
    found.versions = (first, same_bytes)
    assert told(rows_of(found)) == []
    found.versions = (first, replace(again, parser_version="2"))
    rows = rows_of(found)
    assert (told(rows), kinds(rows)) == ([], ["history_needs_reparse"])
    assert rows["projects"][0]["summary"] == "besser gelesen"
    later = version(OLD, project_record(**{**DUISBURG, "summary": "besser gelesen", "goals": "Arbeit"}), DAYS[2])
    found.versions += (replace(later, parser_version="2"),)
    assert told(rows_of(found)) == [("iii-duisburg", "goals", None, "Arbeit")]


def test_documents_in_any_order_give_the_same_history() -> None:
    given = [
        page(OLD, (0, DUISBURG), (1, ERFURT)),
        page(ERFURT_URL, (0, ERFURT), (1, DUISBURG)),
        page(f"{SITE}/Projekte_BIWAQ3/1_Jena.html", (0, {**ERFURT, "municipality": "Jena"}), gone=1),
        page(f"{SITE}/Projekte_BIWAQ3/2_Jena.html", (1, {**ERFURT, "municipality": "Jena", "goals": "x"})),
        article("https://a.example/1", claim("participants", 827)),
    ]
    assert rows_of(*given) == rows_of(*reversed(given))


def test_a_town_s_page_that_changes_its_address_and_a_partner_is_one_page() -> None:
    base: dict[str, Any] = {"title": "BIWAQ in Marburg", "municipality": "Marburg", "programme_areas": ["Waldtal"]}
    urls = ("https://www.marburg.example/node/5", "https://www.marburg.example/biwaq/isa")
    partners = (["Praxis GmbH", "AKSB", "IKJG"], ["Praxis GmbH", "AKSB", "IKJG", "Volkshochschule"])
    old, new = (
        document(url, "city_page", version(url, city_record(**base, partners=names, coordination="Stadt"), at))
        for url, names, at in zip(urls, partners, DAYS, strict=False)
    )
    old.gone_since = DAYS[1]
    assert [row["url"] for row in rows_of(new, old)["documents"]] == [urls[1]]
