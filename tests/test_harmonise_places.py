"""Places: towns by name and state, what stays open, Bezirke, programme areas."""

from __future__ import annotations

import re

import pytest

from tests.harmonised import article, claim, kinds, one, project_page, rows_of
from warehouse.codelists import load
from warehouse.harmonise.areas import AreaMention, Areas, read_area
from warehouse.harmonise.code_tables import code_tables
from warehouse.harmonise.places import gazetteer


@pytest.mark.parametrize(
    ("name", "state", "ags"),
    [
        ("Duisburg", "NW", "05112000"),
        ("Duisburg", None, "05112000"),
        ("Halle (Saale)", "ST", "15002000"),
        ("Halle (Saale)", None, "15002000"),
        ("Halle/Saale", None, "15002000"),
        ("Halle an der Saale", "ST", "15002000"),
        ("Halle", "ST", "15002000"),
        ("Halle", "NW", "05754012"),
        ("Brandenburg", "BB", "12051000"),
        ("Brandenburg a. d. Havel", None, "12051000"),
        ("Frankfurt a.M.", None, "06412000"),
        ("Frankfurt/Oder", None, "12053000"),
        ("Freiburg i.Br.", None, "08311000"),
        ("Mülheim an der Ruhr", None, "05117000"),
        ("Mülheim", "NW", "05117000"),
        ("Mülheim-Kärlich", None, "07137216"),
        ("Köln-Mülheim", "NW", "05315000"),
        ("Leipzig-Grünau", None, "14713000"),
        ("Cottbus/Chóśebuz", "BB", "12052000"),
        ("Landeshauptstadt Schwerin", "MV", "13004000"),
        ("Universitätsstadt Marburg", None, "06534014"),
        ("Giessen", "HE", "06531005"),
        ("Nuernberg", None, "09564000"),
        ("Oberhausen", "NW", "05119000"),
        ("Neunkirchen", "SL", "10043114"),
        ("Neunkirchen", "NW", "05970036"),
        ("Berlin", "BE", "11000000"),
        ("Hamburg", None, "02000000"),
        ("Bremen", "HB", "04011000"),
    ],
)
def test_a_town_is_found(name: str, state: str | None, ags: str) -> None:
    found = gazetteer().find(name, state)
    assert found.municipality is not None
    assert found.municipality.ags == ags


@pytest.mark.parametrize(
    ("name", "state", "outcome", "candidates"),
    [
        ("Halle", None, "ambiguous", ["05754012", "15002000"]),
        ("Brandenburg", None, "ambiguous", ["12051000"]),
        ("Frankfurt", None, "ambiguous", ["06412000", "12053000"]),
        ("Neunkirchen", None, "ambiguous", ["05970036", "10043114"]),
        ("Oberhausen", None, "ambiguous", ["05119000"]),
        ("Neustadt", "BY", "ambiguous", ["09273152", "09473151", "09575153"]),
        ("(Köln, München)", None, "ambiguous", ["05315000", "09162000"]),
        ("Duisburg und Essen", "NW", "ambiguous", ["05112000", "05113000"]),
        ("Duisburg", "HE", "conflict", ["05112000"]),
        ("Sachsen", None, "state", []),
        ("Wilhelmsruh", None, "unknown", []),
        ("Marburg-Biedenkopf", None, "unknown", []),
        ("Köln-Bonn", None, "unknown", []),
    ],
)
def test_what_stays_open_gets_no_key(name: str, state: str | None, outcome: str, candidates: list[str]) -> None:
    found = gazetteer().find(name, state)
    assert (found.outcome, found.municipality) == (outcome, None)
    assert [town.ags for town in found.candidates] == candidates


def test_every_town_is_found_by_its_official_name_and_state() -> None:
    towns = gazetteer().by_ags.values()
    lost = [
        town.official_name
        for town in towns
        if gazetteer().find(town.official_name, town.state_code).municipality != town
    ]
    assert lost == []


# By the official list of municipalities and Eurostat's list of NUTS 2021 and 2024: Suhl and Eisenach changed theirs.
KEYS = [
    ("Duisburg", "05112000", "051120000000", "DEA12", "DEA12", "NW", 51.43, 6.77),
    ("Marburg", "06534014", "065340014014", "DE724", "DE724", "HE", 50.81, 8.77),
    ("Köln", "05315000", "053150000000", "DEA23", "DEA23", "NW", 50.94, 6.96),
    ("Suhl", "16054000", "160540000000", "DEG04", "DEG0S", "TH", 50.61, 10.69),
    ("Eisenach", "16063105", "160630105105", "DEG0N", "DEG0R", "TH", 50.98, 10.32),
]


@pytest.mark.parametrize(("name", "ags", "ars", "nuts3", "nuts3_2024", "state", "lat", "lon"), KEYS)
def test_a_town_has_all_its_keys(
    name: str, ags: str, ars: str, nuts3: str, nuts3_2024: str, state: str, lat: float, lon: float
) -> None:
    town = one(code_tables()["municipalities"], code=ags)
    assert (town["label_de"], town["ars"], town["nuts3"], town["nuts3_2024"]) == (name, ars, nuts3, nuts3_2024)
    assert town["state_code"] == state
    assert (town["lat"], town["lon"]) == pytest.approx((lat, lon), abs=0.03)


def test_every_town_has_a_state_keys_and_a_point_in_germany() -> None:
    towns = [town for town in code_tables()["municipalities"] if town["kind"] == "municipality"]
    assert len(towns) == 1618
    for town in towns:
        assert re.fullmatch(r"\d{8}", town["ags"]), town
        assert re.fullmatch(r"\d{12}", town["ars"]), town
        assert (town["ars"][:5], town["ars"][-3:]) == (town["ags"][:5], town["ags"][-3:]), town
        assert re.fullmatch(r"DE[0-9A-G][0-9A-Z]{2}", town["nuts3"]), town
        assert re.fullmatch(r"DE[0-9A-G][0-9A-Z]{2}", town["nuts3_2024"]), town
        assert 47.2 < town["lat"] < 55.1, town
        assert 5.8 < town["lon"] < 15.1, town
        assert town["state_code"] in load("states").entries, town


def test_bezirke_have_their_city_s_keys_and_no_point_of_their_own() -> None:
    places = code_tables()["municipalities"]
    districts = [place for place in places if place["kind"] == "district"]
    assert {place["parent_code"] for place in districts} == {"11000000", "02000000"}
    assert [sum(place["ags"] == ags for place in districts) for ags in ("11000000", "02000000")] == [12, 7]
    for place in districts:
        city = one(places, code=place["parent_code"])
        assert [place[key] for key in ("ars", "nuts3", "state_code")] == [
            city[key] for key in ("ars", "nuts3", "state_code")
        ]
        assert place["lat"] is None


def test_a_name_is_clear_where_only_one_such_town_has_a_project() -> None:
    found = gazetteer().find("Oberhausen", None, {"05119000", "05112000"})
    assert found.municipality is not None
    assert found.municipality.ags == "05119000"


@pytest.mark.parametrize(
    ("name", "state", "district"),
    [
        ("Berlin-Neukölln", "BE", "11000000-08"),
        ("Neukölln", "BE", "11000000-08"),
        ("Berlin Mitte", None, "11000000-01"),
        ("Hamburg-Altona", "HH", "02000000-2"),
        ("Hamburg-Mitte", None, "02000000-1"),
        ("Berlin", "BE", None),
    ],
)
def test_berlin_and_hamburg_by_bezirk(name: str, state: str | None, district: str | None) -> None:
    assert gazetteer().find(name, state).district_code == district


def test_an_ambiguous_town_keeps_its_words_and_is_an_issue_with_its_candidates() -> None:
    rows = rows_of(
        project_page(1, "Neustadt", title="X", municipality="Neustadt", state="Bayern", round_label="2015 - 2018")
    )
    (project,) = rows["projects"]
    assert (project["ags"], project["municipality_name"], project["project_line_id"]) == (None, "Neustadt", None)
    issue = one(rows["issues"], kind="ambiguous_place", field="municipality", document_id=project["document_id"])
    assert "Neustadt b.Coburg (BY, 09473151)" in issue["message"]


def test_a_quarter_that_is_a_town_elsewhere_is_no_town() -> None:
    koeln = project_page(
        2472, "Koeln", title="BIWAQ Köln Mülheim", municipality="Köln", state="Nordrhein-Westfalen",
        round_label="2015 - 2018", programme_areas=["MÜLHEIM 2020 (Köln-Mülheim)"],
    )  # fmt: skip
    text = article("https://news.example/1", places=["Köln", "Mülheim", "Essen"])
    rows = rows_of(koeln, text)
    named = [row["ags"] for row in rows["document_places"] if row["document_id"] == text.document_id]
    assert named == ["05315000"]
    assert [row["value"] for row in rows["issues"] if row["kind"] == "ambiguous_place"] == ["Essen"]


def test_the_state_of_an_unknown_label_is_no_guess() -> None:
    rows = rows_of(
        project_page(1, "X", title="X", municipality="Duisburg", state="NRW-Land", round_label="2015 - 2018")
    )
    (project,) = rows["projects"]
    assert (project["state_code"], project["state_as_written"]) == (None, "NRW-Land")
    assert one(rows["issues"], kind="unknown_label")["value"] == "NRW-Land"


@pytest.mark.parametrize(
    ("one_name", "other", "town"),
    [
        ("Süd-Ost", "Südost", "Erfurt"),
        ("Nürnberg-Südstadt", "Südstadt", "Nürnberg"),
        ("Köln-Mülheim", "MÜLHEIM 2020 (Köln-Mülheim)", "Köln"),
        ("Rheindorf(-Nord)", "Rheindorf-Nord", "Leverkusen"),
        ("Leipziger Osten (Kerngebiet)", "Leipziger Osten", "Leipzig"),
        ("Halle-Neustadt", "Neustadt", "Halle (Saale)"),
        ("Neu-Zippendorf", "Neu Zippendorf", "Schwerin"),
        ("Stern/Drewitz", "Drewitz / Stern", "Potsdam"),
    ],
)
def test_spellings_of_one_area(one_name: str, other: str, town: str) -> None:
    assert read_area(one_name, town).key == read_area(other, town).key


@pytest.mark.parametrize(
    ("name", "town", "parts"),
    [
        ("Aachen-Nord und -Ost", "Aachen", {"nord", "ost"}),
        ("Stern/Drewitz", "Potsdam", {"stern", "drewitz"}),
        ("Ockershausen-Stadtwald", "Marburg", {"ockershausenstadtwald"}),
        ("Nordstadt einschließlich Flussstraßenviertel (NSt)", "Gießen", {"nordstadt", "flussstraßenviertel"}),
        ("Halle-Neustadt", "Leipzig", {"halleneustadt"}),
    ],
)
def test_the_quarters_that_a_name_has(name: str, town: str, parts: set[str]) -> None:
    assert read_area(name, town).parts == parts


def test_an_area_keeps_its_id_when_a_new_spelling_comes() -> None:
    first = AreaMention("16051000", "Erfurt", "Süd-Ost", "2025-01-01T00:00:00Z", ("a", 0))
    later = AreaMention("16051000", "Erfurt", "Südost", "2025-01-02T00:00:00Z", ("0", 0))
    alone, both = Areas([first]), Areas([later, first])
    area_id = alone.add("16051000", "Erfurt", "Süd-Ost", "iii-erfurt")
    assert both.add("16051000", "Erfurt", "Südost", "iv-erfurt") == area_id
    assert both.add("14713000", "Leipzig", "Südost", "iv-leipzig") != area_id


def test_a_claim_s_town_has_its_key() -> None:
    rows = rows_of(
        article("https://news.example/1", claim("participants", 827), claim("employed", 5, place="Atlantis"))
    )
    assert one(rows["outcome_claims"], value=827.0)["ags"] == "05112000"
    unknown = one(rows["outcome_claims"], value=5.0)
    assert (unknown["ags"], unknown["municipality_name"]) == (None, "Atlantis")
    assert kinds(rows).count("claim_without_project") == 2
