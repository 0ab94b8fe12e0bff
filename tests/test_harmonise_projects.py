"""Projects and lines: ids, rounds, pages that join, lists with their codes, evidence of every cell."""

from __future__ import annotations

import random

import pytest

from tests.harmonised import (
    DUISBURG_CITY,
    DUISBURG_III,
    III,
    IV,
    SITE,
    article,
    city_page,
    claim,
    document,
    kinds,
    one,
    project_page,
    project_record,
    rows_of,
    source,
    stat,
    version,
)
from warehouse.harmonise import rounds
from warehouse.tables import TABLES, row_key

MARBURG = {"title": "ISA", "state": "Hessen", "municipality": "Marburg", "round_label": "2015 - 2018", "runtime": III}


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2015-04-01", "2018-12-31", "III"),
        ("2019-01-01", "2022-12-31", "IV"),
        ("2023-07-01", "2026-06-30", "V"),
        (None, "2018-12-31", "III"),
        ("2016-01-01", None, "III"),
        ("2015-04-01", None, None),
        ("2030-01-01", "2033-12-31", None),
        (None, None, None),
    ],
)
def test_the_round_of_a_period(start: str | None, end: str | None, code: str | None) -> None:
    assert rounds.of_period(start, end) == code


def test_the_round_of_an_address_and_of_a_text() -> None:
    assert rounds.of_address(f"{SITE}/Projekte_BIWAQ4/30_Duisburg.html") == "IV"
    assert rounds.of_text(["BIWAQ3 – Förderung der lokalen Ökonomie", None]) == "III"
    assert rounds.of_text(["Bildung, Wirtschaft, Arbeit im Quartier (BIWAQ)"]) is None
    assert rounds.of_text(["BIWAQ III und BIWAQ IV"]) is None


def test_a_project_page_and_the_town_s_page_of_the_next_round_are_two_projects_on_one_line() -> None:
    rows = rows_of(
        project_page(2390, "Duisburg", **DUISBURG_III), city_page("https://duisburg.example/b", **DUISBURG_CITY)
    )
    assert [(p["project_id"], p["round_code"], p["start_date"], p["end_date"]) for p in rows["projects"]] == [
        ("iii-duisburg", "III", "2015-04-01", "2018-12-31"),
        ("iv-duisburg", "IV", "2019-01-01", "2022-12-31"),
    ]
    assert {p["project_line_id"] for p in rows["projects"]} == {"line-duisburg"}
    (line,) = rows["project_lines"]
    assert (line["label"], line["first_round_code"], line["last_round_code"], line["n_projects"]) == (
        "Duisburg: Marxloh, Hochfeld",
        "III",
        "IV",
        2,
    )
    assert one(rows["project_documents"], project_id="iv-duisburg")["relation"] == "city_page"
    groups = [(g["target_group_code"]) for g in rows["project_target_groups"] if g["project_id"] == "iv-duisburg"]
    assert groups == ["long_term_unemployed", "migration_background", "women"]


def test_a_town_s_page_of_the_same_time_joins_and_adds_what_the_project_page_lacks() -> None:
    main = project_page(
        30, "Duisburg", wave=4, **{**DUISBURG_III, "round_label": "2019 - 2022", "runtime": IV},
        project_partners=["Duisburger Werkkiste gGmbH"], cooperation_partners=["Jobcenter"],
    )  # fmt: skip
    town = city_page(
        "https://duisburg.example/b", **DUISBURG_CITY, coordination="Stabsstelle Wirtschaft der Stadt Duisburg"
    )
    rows = rows_of(main, town)
    assert [project["project_id"] for project in rows["projects"]] == ["iv-duisburg"]
    assert one(rows["project_documents"], document_id=town.document_id)["relation"] == "city_page"
    entries = [(o["role"], o["position"], o["name_as_written"]) for o in rows["project_organisations"]]
    assert entries == [
        ("cooperation", 1, "Jobcenter"),
        ("coordination", 1, "Stabsstelle Wirtschaft der Stadt Duisburg"),
        ("partner", 1, "Duisburger Werkkiste gGmbH"),
        ("partner", 2, "Gesellschaft für Beschäftigungsförderung"),
    ]
    added = one(rows["provenance"], row_key="iv-duisburg|partner|2", column_name="name_as_written")
    assert added["document_id"] == town.document_id


def test_a_town_s_page_without_period_joins_the_only_project_or_nothing() -> None:
    town = city_page("https://marburg.example/b", title="BIWAQ in Marburg", municipality="Marburg")
    assert kinds(rows_of(project_page(2071, "Marburg", **MARBURG), town)) == []
    alone = rows_of(town)
    assert alone["projects"] == []
    assert kinds(alone) == ["page_without_project"]


def test_the_second_project_of_a_town_and_round_has_its_number() -> None:
    berlin = {"state": "Berlin", "municipality": "Berlin", "round_label": "2015 - 2018", "runtime": III}
    rows = rows_of(
        project_page(2214, "Berlin", title="B", programme_areas=["Wedding"], **berlin),
        project_page(2100, "Berlin", title="A", programme_areas=["Neukölln"], **berlin),
    )
    assert [(p["project_id"], p["project_line_id"], p["district_code"]) for p in rows["projects"]] == [
        ("iii-berlin", "line-berlin", "11000000-08"),
        ("iii-berlin-2214", "line-berlin-wedding", None),
    ]


def test_an_id_stays_when_a_page_with_a_lower_number_comes_later() -> None:
    berlin = {"state": "Berlin", "municipality": "Berlin", "round_label": "2015 - 2018", "runtime": III}
    old = project_page(2214, "Berlin", title="B", programme_areas=["Wedding"], **berlin)
    new = project_page(2100, "Berlin", at="2025-12-01T01:15:00Z", title="A", programme_areas=["Neukölln"], **berlin)
    rows = rows_of(new, old)
    assert one(rows["projects"], title="B")["project_id"] == "iii-berlin"
    assert one(rows["projects"], title="A")["project_id"] == "iii-berlin-2100"


def test_one_page_under_two_addresses_is_one_project() -> None:
    one_address = project_page(2390, "Duisburg", **DUISBURG_III)
    other = project_page(2390, "Duisburg_MenschenUndQuartiere", **DUISBURG_III)
    rows = rows_of(one_address, other)
    assert [project["project_id"] for project in rows["projects"]] == ["iii-duisburg"]
    assert len(rows["project_documents"]) == 2


def test_lines_split_where_areas_differ() -> None:
    base = {"state": "Hessen", "municipality": "Marburg"}
    rows = rows_of(
        project_page(1, "M", title="a", programme_areas=["Waldtal", "Richtsberg"], round_label="2015 - 2018", **base),
        project_page(2, "M", wave=4, title="b", programme_areas=["Richtsberg"], round_label="2019 - 2022", **base),
        project_page(3, "M", wave=4, title="c", programme_areas=["Cappel"], round_label="2019 - 2022", **base),
    )
    lines = {p["title"]: p["project_line_id"] for p in rows["projects"]}
    assert lines == {"a": "line-marburg", "b": "line-marburg", "c": "line-marburg-cappel"}


def test_the_label_decides_the_round_and_a_conflict_is_told() -> None:
    rows = rows_of(project_page(1, "Marburg", wave=4, **MARBURG))
    assert rows["projects"][0]["round_code"] == "III"
    assert kinds(rows) == ["round_conflict"]


def test_without_label_the_address_decides_then_the_runtime() -> None:
    bare = {**MARBURG, "round_label": None}
    assert rows_of(project_page(1, "Marburg", wave=4, **bare))["projects"][0]["round_code"] == "IV"
    url = "http://127.0.0.1:8000/gsb_2071_Marburg.html"
    local = document(url, "gsb_project", version(url, project_record(**bare)))
    assert rows_of(local)["projects"][0]["project_id"] == "iii-marburg"


def test_an_unknown_round_is_null_and_loud() -> None:
    rows = rows_of(project_page(1, "Marburg", **{**MARBURG, "round_label": "2027 - 2030"}))
    (project,) = rows["projects"]
    assert (project["project_id"], project["round_code"]) == ("no-round-marburg", None)
    assert one(rows["issues"], kind="unknown_label")["value"] == "2027 - 2030"


def test_an_unknown_target_group_keeps_its_label_and_is_one_issue() -> None:
    labels = ["Frauen", "Jugendliche", "Jugendliche"]
    rows = rows_of(project_page(1, "Marburg", **MARBURG, target_groups=labels))
    assert [(g["target_group_code"], g["label_as_written"]) for g in rows["project_target_groups"]] == [
        ("women", "Frauen"),
        (None, "Jugendliche"),
        (None, "Jugendliche"),
    ]
    assert one(rows["issues"], kind="unknown_label")["value"] == "Jugendliche"


def test_the_esf_region_is_checked_and_not_overwritten() -> None:
    rows = rows_of(project_page(1, "Marburg", **MARBURG, esf_region="Übergangsregionen"))
    assert rows["projects"][0]["esf_region_code"] == "transition"
    assert kinds(rows) == ["region_mismatch"]


def test_a_reversed_runtime_gives_no_dates() -> None:
    wrong = {"start": "2018-12-01", "end": "2015-04-30", "precision": "month", "as_written": "12/2018 bis 04/2015"}
    rows = rows_of(project_page(1, "Marburg", **{**MARBURG, "runtime": wrong}))
    (project,) = rows["projects"]
    assert (project["start_date"], project["end_date"], project["runtime_as_written"]) == (
        None,
        None,
        "12/2018 bis 04/2015",
    )
    assert kinds(rows) == ["runtime_reversed"]


FULL = {
    **DUISBURG_III,
    "subtitles": ["Menschen stärken"],
    "summary": "Kurz.",
    "goals": "Viel.",
    "target_groups": ["Frauen"],
    "project_partners": ["Duisburger Werkkiste gGmbH", "NIERS und SO.CON der Hochschule Niederrhein"],
    "cooperation_partners": ["Jobcenter", "Schulen"],
    "activities": ["Beratung"],
    "action_fields": ["Stärkung der lokalen Ökonomie"],
    "esf_region": "Stärker entwickelte Regionen",
    "area_source_note": "Stadt Duisburg (2015), Bundesagentur für Arbeit (07/2015)",
    "area_sources": [
        source("Stadt Duisburg", "2015-01-01", "year"), source("Bundesagentur für Arbeit", "2015-07-01", "month"),
    ],
    "area_stats": [stat("inhabitants", "city", 494545), stat("sgb2_rate", "area", 36.2, "percent")],
    "contact": {"organisation": "Stadt Duisburg", "street": "Bismarckplatz 1", "postcode": "47198", "city": "Duisburg",
                "homepage": "http://www.duisburg.example/"},
}  # fmt: skip


def test_every_cell_that_promises_evidence_has_it() -> None:
    text = article("https://news.example/1", claim("participants", 827), claim("employed", 222, since=None))
    rows = rows_of(project_page(2390, "Duisburg", **FULL), city_page("https://d.example", **DUISBURG_CITY), text)
    proved = {(p["table_name"], p["row_key"], p["column_name"]) for p in rows["provenance"]}
    promised = {
        (name, row_key(name, row), column.name)
        for name, table in TABLES.items()
        for column in table.columns
        if column.evidence
        for row in rows[name]
        if row[column.name] is not None
    }
    assert len(promised) > 100
    assert proved == promised
    assert all(p["quote"] and p["locator"] and p["rule"] for p in rows["provenance"])


def test_a_value_without_a_passage_is_an_issue_and_no_made_up_quote() -> None:
    page = project_page(1, "Marburg", **MARBURG)
    page.versions[0].evidence.clear()
    rows = rows_of(page)
    assert rows["provenance"] == []
    assert one(rows["issues"], kind="evidence_missing", field="title")["severity"] == "error"


def test_the_order_of_documents_changes_nothing() -> None:
    text = article("https://news.example/1", claim("participants", 827), claim("employed", 171), claim("training", 32))
    copy = article("https://news.example/2", claim("participants", 827), claim("employed", 171), claim("training", 32))
    documents = [
        project_page(2390, "Duisburg", **FULL), project_page(1, "Marburg", **MARBURG),
        city_page("https://d.example", **DUISBURG_CITY), text, copy,
    ]  # fmt: skip
    wanted = rows_of(*documents)
    for seed in range(3):
        random.Random(seed).shuffle(documents)
        assert rows_of(*documents) == wanted


def test_one_body_twice_on_a_page_is_one_organisation_with_two_rows() -> None:
    names = ["MEB Einzelhandelsbündnis e. V.", "Marxloh Einzelhandelsbündnis e. V."]
    rows = rows_of(project_page(2390, "Duisburg", **DUISBURG_III, cooperation_partners=names))
    assert len({o["organisation_id"] for o in rows["project_organisations"]}) == 1
    assert [o["name_as_written"] for o in rows["project_organisations"]] == names
    assert one(rows["organisations"])["name"] == "Marxloh Einzelhandelsbündnis (MEB) e. V."


def test_two_bodies_in_one_entry_have_a_row_each() -> None:
    entry = "NIERS und SO.CON der Hochschule Niederrhein"
    base = {"title": "x", "state": "Nordrhein-Westfalen", "municipality": "Leverkusen", "round_label": "2015 - 2018"}
    rows = rows_of(project_page(2210, "Leverkusen", **base, project_partners=[entry, "Suchthilfe gGmbH"]))
    assert [(o["position"], o["name_as_written"]) for o in rows["project_organisations"]] == [
        (1, entry),
        (2, entry),
        (3, "Suchthilfe gGmbH"),
    ]
    assert len({o["organisation_id"] for o in rows["project_organisations"]}) == 3
