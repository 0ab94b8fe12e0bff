"""Organisations: which names are one body. The names are real, from project pages, town pages and press."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from itertools import pairwise

import pytest

from warehouse.harmonise.decisions import Decision, decisions
from warehouse.harmonise.org_joins import OrgMention
from warehouse.harmonise.org_names import Home, read_name
from warehouse.harmonise.org_words import is_abbreviation, is_category
from warehouse.harmonise.organisations import Organisations
from warehouse.remembered import forget

TOWNS = {
    **{"Duisburg": "05112000", "Erfurt": "16051000", "Marburg": "06534014", "Jena": "16053000", "Herne": "05916000"},
    **{"Leipzig": "14713000", "Leverkusen": "05316000", "Oberhausen": "05119000", "Nürnberg": "09564000"},
    **{"Schwerin": "13004000", "Köln": "05315000", "Gießen": "06531005", "Halle": "15002000", "Berlin": "11000000"},
    **{"München": "09162000"},
}


def mention(written: str, town: str, day: int = 1, place: int = 0) -> OrgMention:
    """A name on a page of a town."""
    return OrgMention(written, Home(TOWNS[town]), f"2025-01-{day:02}T01:00:00Z", (town, f"{place:04}"))


def organisations(*mentions: OrgMention, decided: tuple[Decision, ...] = ()) -> Organisations:
    return Organisations(mentions, decided)


def found_id(found: Organisations, m: OrgMention) -> str:
    """The id of the first body that an entry names."""
    return found.uses(m.home)[m.written][0].organisation_id


def ids(*names: tuple[str, str], decided: tuple[Decision, ...] = ()) -> list[str]:
    """The ids of names (name, town), all of them on pages."""
    mentions = [mention(written, town, place=place) for place, (written, town) in enumerate(names)]
    found = Organisations(mentions, decided)
    return [found_id(found, m) for m in mentions]


SAME = [
    [("DAA - Deutsche Angestellten-Akademie Sachsen", "Leipzig"), ("DAA", "Leipzig")],
    [
        ("EG DU Entwicklungsgesellschaft Duisburg mbH", "Duisburg"),
        ("Entwicklungsgesellschaft Duisburg mbH EG DU", "Duisburg"),
    ],
    [
        ("Entwicklungsgesellschaft Duisburg mbH", "Duisburg"),
        ("Entwicklungsgesellschaft Duisburg mbH EG DU", "Duisburg"),
    ],
    [("Kontakt in Krisen e.V. (KIK)", "Erfurt"), ("Kontakt in Krisen", "Erfurt"), ("KIK", "Erfurt")],
    [("Jobcenter", "Jena"), ("Jobcenter Jena", "Jena")],
    [("Jobcenter", "Halle"), ("Jobcenter Halle (Saale)", "Halle"), ("Jobcenter Halle (Saale)", "Leipzig")],
    [("Jobcenter", "Nürnberg"), ("Jobcenter Nürnberg Stadt", "Nürnberg")],
    [("KreisJobCenter Marburg-Biedenkopf", "Marburg"), ("KreisJobCenter", "Marburg"), ("Jobcenter", "Marburg")],
    [("Praxis GmbH Marburg", "Marburg"), ("Praxis GmbH", "Marburg")],
    [
        ("Arbeitskreis Soziale Brennpunkte Marburg e. V.", "Marburg"),
        ("Arbeitskreis Soziale Brennpunkte e.V.", "Marburg"),
    ],
    [("Arbeitskreis Soziale Brennpunkte Marburg (AKSB)", "Marburg"), ("AKSB", "Marburg")],
    [
        ("Initiative für Kinder-, Jugend- und Gemeinwesenarbeit in Ockershausen e. V. (IKJG)", "Marburg"),
        ("Initiative für Kinder- Jugend- und Gemeinwesenarbeit (IKJG)", "Marburg"),
    ],
    [
        ("Suchthilfe gGmbH", "Leverkusen"),
        ("Suchthilfe gGmbH Leverkusen", "Leverkusen"),
        ("Suchthilfe Leverkusen", "Leverkusen"),
    ],
    [
        ("JOB Service Beschäftigungsförderung Leverkusen gGmbH", "Leverkusen"),
        ("JOB Service Beschäftigungsförderung Leverkusen gGmbh (JSL)", "Leverkusen"),
    ],
    [("Noris-Arbeit (NOA) gGmbH", "Nürnberg"), ("Noris-Arbeit gGmbH", "Nürnberg"), ("NOA", "Nürnberg")],
    [("wbg gGmbH – städtische Wohnungsbaugesellschaft", "Nürnberg"), ("wbg", "Nürnberg")],
    [("RUHRWERKSTATT Kultur-Arbeit im Revier e. V.", "Oberhausen"), ("Ruhrwerkstatt", "Oberhausen")],
    [
        ("Zentrum für Ausbildung und berufliche Qualifikation Oberhausen", "Oberhausen"),
        ("Zentrum für Ausbildung und berufliche Qualifikation (Zaq)", "Oberhausen"),
    ],
    [
        ("Gemeinnützige Beschäftigungsgesellschaft Herne mbH", "Herne"),
        ("Gemeinnützigen Beschäftigungsgesellschaft Herne mbH (GBH)", "Herne"),
    ],
    [
        ("Gesellschaft für Beschäftigungsförderung mbH", "Duisburg"),
        ("Gemeinnützige Gesellschaft für Beschäftigungsförderung mbH (GfB)", "Duisburg"),
        ("Gesellschaft für Beschäftigungsförderung", "Duisburg"),
    ],
    [("Duisburger Werkkiste gGmbH", "Duisburg"), ("Duisburger Werkkiste (Marxloh)", "Duisburg")],
    [("Jugendwerkstatt Gießen gGmbH", "Gießen"), ("Jugendwerkstatt", "Gießen")],
    [("ZAUG gGmbH", "Gießen"), ("ZAUG", "Gießen")],
    [("JenaWirtschaft – Wirtschaftsförderungsgesellschaft mbH", "Jena"), ("Jena-Wirtschaft", "Jena")],
    [
        ("AWO Regionalverband Mitte-West-Thüringen e. V.", "Jena"),
        ("AWO-Regionalverband Mitte-West-Thüringen e.V.", "Jena"),
    ],
    [("Quartiersmanagement Süd-Ost", "Erfurt"), ("Quartiersmanagement Südost", "Erfurt")],
    [("Industrie- und Handelskammer Köln", "Leverkusen"), ("IHK Köln", "Köln")],
    [("Migrantenbeirat Stadt Leipzig", "Leipzig"), ("Migrantenbeirat der Stadt Leipzig", "Leipzig")],
    [("Agentur für Arbeit", "Duisburg"), ("Agentur für Arbeit Duisburg", "Duisburg")],
    [("Freiwilligen Agentur Halle-Saalkreis e.V.", "Halle"), ("Freiwilligen-Agentur Halle-Saalkreis e.V.", "Halle")],
    [("Migrantenorganisationen", "Köln"), ("Migrantenorganisationen", "Duisburg")],
    [("Bundesamt für Migration und Flüchtlinge", "Köln"), ("BAMF", "Jena")],
    [("Universitätsstadt Marburg", "Marburg"), ("Stadt Marburg", "Marburg")],
]

DIFFERENT = [
    [("Jobcenter Herne", "Herne"), ("Jobcenter Köln", "Köln")],
    [("Jobcenter", "Jena"), ("Jobcenter", "Erfurt")],
    [("Industrie- und Handelskammer Köln", "Leverkusen"), ("Industrie- und Handelskammer Essen", "Oberhausen")],
    [("Industrie- und Handelskammer Köln", "Köln"), ("Handwerkskammer Köln", "Köln")],
    [("Quartiersmanagement Waldtal (AKSB)", "Marburg"), ("Arbeitskreis Soziale Brennpunkte (AKSB)", "Marburg")],
    [("Migrationsberatung (IKJG)", "Marburg"), ("Quartiersmanagement Ockershausen-Stadtwald (IKJG)", "Marburg")],
    [("Quartiersmanagement Grünau", "Leipzig"), ("Quartiersrat Grünau", "Leipzig")],
    [("Quartiersmanagement", "Duisburg"), ("Quartiersmanagement", "Nürnberg")],
    [
        ("Gesellschaft für Beschäftigungsförderung mbH", "Duisburg"),
        ("Gesellschaft für Wirtschaftsförderung Duisburg mbH", "Duisburg"),
    ],
    [("Beschäftigungsgesellschaft GmbH", "Herne"), ("Beschäftigungsgesellschaft e. V.", "Herne")],
    [("Bürgerbeirat Soziale Stadt", "Erfurt"), ("Bürgerbeirat Ortsteil Ilversgehofen", "Erfurt")],
    [("AWO SPI GmbH", "Halle"), ("AWO Halle", "Halle")],
    [("Noris-Arbeit (NOA) gGmbH", "Nürnberg"), ("noris inklusion", "Nürnberg")],
    [
        ("DAA - Deutsche Angestellten-Akademie Sachsen", "Leipzig"),
        ("DAA Deutsche Angestellten-Akademie Leipzig", "Leipzig"),
    ],
    [("DAA - Deutsche Angestellten-Akademie Sachsen", "Leipzig"), ("DAA Leipzig", "Leipzig")],
    [("Wohnbau Gießen GmbH", "Gießen"), ("Wohnbau Mieterservice", "Gießen")],
    [("Jugendwerkstatt", "Gießen"), ("Jugendwerkstatt", "Marburg")],
    [("Stadt Leverkusen", "Leverkusen"), ("Wirtschaftsförderung Leverkusen", "Leverkusen")],
    [("Schulen", "Duisburg"), ("Unternehmen", "Duisburg")],
    [("Stadtteilbüro (Marxloh)", "Duisburg"), ("Stadtteilbüro (Hochfeld)", "Duisburg")],
    [("Bundesagentur für Arbeit", "Duisburg"), ("Agentur für Arbeit", "Duisburg")],
]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0][0])
def test_one_body(names: list[tuple[str, str]]) -> None:
    found = ids(*names)
    assert all(one == other for one, other in pairwise(found)), found


@pytest.mark.parametrize("names", DIFFERENT, ids=lambda names: f"{names[0][0]} / {names[1][0]}")
def test_two_bodies(names: list[tuple[str, str]]) -> None:
    one, other = ids(*names)
    assert one != other


DECIDED = [
    [("MEB Einzelhandelsbündnis e. V.", "Duisburg"), ("Marxloh Einzelhandelsbündnis e. V.", "Duisburg")],
    [("Behling-Consult", "Leipzig"), ("Behling Consult", "Jena"), ("Behling-Consult Halle", "Leipzig")],
    [("die Kurbel - Katholisches Jugendwerk e. V.", "Oberhausen"), ("die kurbel", "Oberhausen")],
    [
        ("BilSE-Institut für Bildung und Forschung GmbH", "Schwerin"),
        ("Institut für Bildung und Forschung (BilSE)", "Schwerin"),
    ],
]


@pytest.mark.parametrize("names", DECIDED, ids=lambda names: names[0][0])
def test_what_only_a_person_knows_is_decided(names: list[tuple[str, str]]) -> None:
    assert len(set(ids(*names, decided=decisions()))) == 1


def test_a_decision_of_one_town_does_not_reach_another() -> None:
    names = ("MEB Einzelhandelsbündnis e. V.", "Köln"), ("Marxloh Einzelhandelsbündnis e. V.", "Köln")
    assert len(set(ids(*names, decided=decisions()))) == 2


def test_names_can_be_kept_apart() -> None:
    apart = Decision(
        "different", ("05112000",), ("Werkkiste gGmbH", "Duisburger Werkkiste gGmbH"), "", (), "test", "t.toml"
    )
    names = ("Werkkiste gGmbH", "Duisburg"), ("Duisburger Werkkiste gGmbH", "Duisburg")
    assert len(set(ids(*names))) == 1
    assert len(set(ids(*names, decided=(apart,)))) == 2


def test_a_decision_that_fits_nothing_is_reported_where_its_town_is_in_the_data() -> None:
    meb = next(decision for decision in decisions() if "MEB Einzelhandelsbündnis e. V." in decision.names)
    assert organisations(mention("Jobcenter", "Duisburg"), decided=(meb,)).unused == [meb]
    assert organisations(mention("Jobcenter", "Köln"), decided=(meb,)).unused == []
    assert organisations(mention("MEB Einzelhandelsbündnis e.V.", "Duisburg"), decided=(meb,)).unused == []


def test_an_id_survives_a_new_spelling() -> None:
    old = mention("Suchthilfe gGmbH", "Leverkusen", day=5)
    new = mention("Suchthilfe Leverkusen gGmbH", "Leverkusen", day=6)
    assert found_id(organisations(old), old) == found_id(organisations(new, old), new)


def test_the_order_of_pages_does_not_matter() -> None:
    mentions = [
        mention(written, town, place=at) for at, (written, town) in enumerate(name for group in SAME for name in group)
    ]
    forward, back = Organisations(mentions, ()), Organisations(reversed(mentions), ())
    for m in mentions:
        assert found_id(forward, m) == found_id(back, m)


def counted(*names: tuple[str, str], decided: tuple[Decision, ...] = ()) -> Organisations:
    """Names (name, town) as current pages have them."""
    return current([mention(written, town, place=place) for place, (written, town) in enumerate(names)], decided)


def current(mentions: Sequence[OrgMention], decided: tuple[Decision, ...] = ()) -> Organisations:
    """Mentions of which each stands on a current page."""
    found = Organisations(mentions, decided)
    for m in mentions:
        for body in found.uses(m.home)[m.written]:
            body.times += 1
    return found


def shown(*names: tuple[str, str]) -> dict[str, object]:
    (row,) = counted(*names, decided=decisions()).rows()
    return row


def test_a_bare_name_is_shown_with_its_town() -> None:
    assert shown(("Jobcenter", "Jena"))["name"] == "Jobcenter Jena"
    assert shown(("Jobcenter", "Halle"))["name"] == "Jobcenter Halle (Saale)"
    assert (
        shown(("Agentur für Arbeit", "Köln"), ("Agentur für Arbeit Köln", "Köln"))["name"] == "Agentur für Arbeit Köln"
    )
    assert shown(("Schulen", "Jena"))["name"] == "Schulen"


def test_only_names_without_a_place_get_one() -> None:
    assert shown(("Kommunales Integrationszentrum", "Herne"))["name"] == "Kommunales Integrationszentrum Herne"
    assert shown(("Familienbüro Stadt Herne", "Herne"))["name"] == "Familienbüro Stadt Herne"
    assert shown(("Jobcenter Neukölln", "Berlin"))["name"] == "Jobcenter Neukölln"
    assert shown(("Quartiersmanagement Grünau", "Leipzig"))["name"] == "Quartiersmanagement Grünau"


def test_a_chamber_of_a_region_is_not_named_after_the_page_s_town() -> None:
    """Marburg's page says "Industrie- und Handelskammer"; no chamber is called "of Marburg"."""
    assert shown(("Industrie- und Handelskammer", "Marburg"))["name"] == "Industrie- und Handelskammer (Marburg)"


def test_a_name_that_says_its_towns_on_one_page_says_them_on_all() -> None:
    """Only a page of one of its two towns shows that they are its own; in Berlin they are two towns elsewhere."""
    name = "Kreishandwerkerschaft Mülheim an der Ruhr-Oberhausen"
    forward, back = (
        shown(*((name, town) for town in towns)) for towns in (("Berlin", "Oberhausen"), ("Oberhausen", "Berlin"))
    )
    assert forward == back
    assert (forward["name"], forward["ags"]) == (name, "05119000")


def test_bodies_of_one_line_have_names_of_their_own() -> None:
    """Page 2210: one entry, two institutes; the entry stays beside both as it was written."""
    entry = "NIERS und SO.CON der Hochschule Niederrhein"
    found = counted((entry, "Leverkusen"), decided=decisions())
    assert sorted(row["name"] for row in found.rows()) == [
        "NIERS – Niederrhein Institut für Regional- und Strukturforschung",
        "SO.CON Social Concepts – Institut für Forschung und Entwicklung in der Sozialen Arbeit",
    ]
    assert {row["kind"] for row in found.rows()} == {"university"}
    assert [name["name_as_written"] for name in found.name_rows()] == [entry, entry]
    houses = counted(("Sozialbürgerhäuser Mitte, Nord und Ost", "München")).rows()
    assert sorted(row["name"] for row in houses) == [f"Sozialbürgerhaus {part}" for part in ("Mitte", "Nord", "Ost")]


def test_a_body_is_shown_with_the_legal_form_of_its_name() -> None:
    names = ("die Kurbel - Katholisches Jugendwerk e. V.", "die Kurbel – Katholisches Jugendwerk Oberhausen gGmbH")
    row = shown(*((name, "Oberhausen") for name in names))
    assert (row["name"], row["legal_form"]) == (names[0], "e. V.")


def test_a_company_is_no_university_whatever_another_spelling_says() -> None:
    """BilSE trains people: a GmbH on page 2347, "Institut für Bildung und Forschung (BilSE)" in the press."""
    full, press = "BilSE-Institut für Bildung und Forschung GmbH", "Institut für Bildung und Forschung (BilSE)"
    assert shown((full, "Schwerin"), (press, "Schwerin"))["kind"] == "carrier"
    research = ("Institut für Regionalforschung", "Leverkusen"), ("Institut für Regionalforschung GmbH", "Leverkusen")
    (row,) = counted(*research).rows()
    assert row["kind"] == "company"
    assert shown(research[0])["kind"] == "university"


def test_the_carriers_of_halle_are_two_until_a_page_shows_that_they_are_one() -> None:
    """Round I names SPI, round IV AWO SPI; that one became the other stands on no page we know."""
    names = ("AWO SPI GmbH", "Halle"), ("SPI Soziale Stadt und Land Entwicklungsgesellschaft", "Halle")
    assert len(set(ids(*names, decided=decisions()))) == 2
    (message,) = proposed(*names, decided=decisions())
    assert "same abbreviation" in message


def test_name_form_and_kind_of_a_body() -> None:
    row = shown(("Suchthilfe Leverkusen", "Leverkusen"), ("Suchthilfe gGmbH", "Leverkusen"))
    assert (row["name"], row["legal_form"], row["kind"], row["ags"]) == (
        "Suchthilfe gGmbH",
        "gGmbH",
        "carrier",
        "05316000",
    )


def test_a_body_of_another_town_has_that_town_s_key() -> None:
    assert shown(("Industrie- und Handelskammer Köln", "Leverkusen"))["ags"] == "05315000"


@pytest.mark.parametrize(
    ("name", "town", "kind"),
    [
        ("KreisJobCenter", "Marburg", "jobcenter"),
        ("ARGE", "Halle", "jobcenter"),
        ("Agentur für Arbeit", "Köln", "employment_agency"),
        ("Kreishandwerkerschaft Duisburg", "Duisburg", "chamber"),
        ("Volkshochschule Landeshauptstadt Schwerin", "Schwerin", "school"),
        ("Hochschule Niederrhein", "Leverkusen", "university"),
        ("Bundesamt für Migration und Flüchtlinge (BAMF)/Regierungsbezirk Köln", "Köln", "authority"),
        ("Stadtteilbüro Wanne-Süd", "Herne", "neighbourhood_management"),
        ("WGL Wohnungsgesellschaft Leverkusen GmbH", "Leverkusen", "housing"),
        ("Amt für Wirtschaftsförderung der Stadt Erfurt", "Erfurt", "municipality"),
        ("Gesellschaft für Wirtschaftsförderung Duisburg mbH", "Duisburg", "company"),
        ("Euratibor e.V.", "Erfurt", "association"),
        ("Medienbunker Marxloh", "Duisburg", None),
    ],
)
def test_kinds(name: str, town: str, kind: str | None) -> None:
    assert read_name(name, Home(TOWNS[town])).traits.kind == kind


@pytest.mark.parametrize(
    "name",
    [
        *("Schulen", "Unternehmen", "Migrantenorganisationen", "kommunale Verwaltung", "Wohlfahrtsverbände"),
        *("Träger der Beschäftigungsförderung und Jugendhilfe", "berufsständische Kammern", "regionale Seniorenclubs"),
        *("Mietervertreterinnen und -vertreter", "Kirchen- und Moscheegemeinden", "Religionsgemeinschaften"),
        *("Migrantenorganisationen und Stadtteilinitiativen", "regionale Wohnungsunternehmen", "Bürgervereine"),
    ],
)
def test_categories_are_no_bodies(name: str) -> None:
    assert is_category(name)


@pytest.mark.parametrize(
    "name",
    ["Jobtafel Beschäftigungsträger", "Bürgerverein Neustädter Markt e.V.", "Quartiersmanagement", "noris inklusion"],
)
def test_bodies_are_no_categories(name: str) -> None:
    assert not is_category(name)


@pytest.mark.parametrize(
    ("short", "name", "is_one"),
    [
        ("KIK", "kontakt in krisen", True),
        ("EG DU", "entwicklungsgesellschaft duisburg", True),
        ("LWB", "leipziger wohnungs und baugesellschaft", True),
        ("AKSB", "quartiersmanagement waldtal", False),
        ("IKJG", "migrationsberatung", False),
        ("MEB", "einzelhandelsbündnis", False),
    ],
)
def test_abbreviations(short: str, name: str, is_one: bool) -> None:
    assert is_abbreviation(short, name.split()) is is_one


def test_several_bodies_in_one_line_only_where_that_is_certain() -> None:
    def bodies(entry: str, town: str) -> list[str]:
        found = organisations(mention(entry, town), decided=decisions())
        return [use.written for use in found.uses(Home(TOWNS[town]))[entry]]

    assert bodies("Sozialbürgerhäuser Mitte, Nord und Ost", "München") == [
        "Sozialbürgerhaus Mitte",
        "Sozialbürgerhaus Nord",
        "Sozialbürgerhaus Ost",
    ]
    assert len(bodies("NIERS und SO.CON der Hochschule Niederrhein", "Leverkusen")) == 2
    one_line = "Stadtteilmanagement Neu Zippendorf und Mueßer Holz"
    assert bodies(one_line, "München") == [one_line]
    assert bodies("-", "München") == []


def test_a_bezirk_is_part_of_the_identity() -> None:
    neukoelln = Home(TOWNS["Berlin"], "11000000-08")
    names = [
        OrgMention("Jobcenter", neukoelln, "2025-01-01", ("a",)),
        OrgMention("Jobcenter Neukölln", Home(TOWNS["Berlin"]), "2025-01-01", ("b",)),
        OrgMention("Jobcenter Berlin Mitte", Home(TOWNS["Berlin"]), "2025-01-01", ("c",)),
    ]
    found = Organisations(names, ())
    one, same, other = (found_id(found, name) for name in names)
    assert one == same != other


def proposed(*names: tuple[str, str], decided: tuple[Decision, ...] = ()) -> list[str]:
    found = counted(*names, decided=decided)
    return [note.message for note in found.notes() if note.kind == "organisation_proposal"]


@pytest.mark.parametrize(
    ("one", "other", "town", "reason"),
    [
        (
            "DAA - Deutsche Angestellten-Akademie Sachsen",
            "DAA Leipzig Deutsche Angestellten-Akademie",
            "Leipzig",
            "has all words of the other",
        ),
        ("Stabstelle für Wahlen", "Stabsstelle für Wahlen", "Duisburg", "spelled a little differently"),
        ("Arbeitslosenzentrum", "Arbeitslosenzenturm", "Herne", "spelled a little differently"),
        ("Stabstelle für Europangelegenheiten", "Stabsstelle für Europaangelegenheiten", "Duisburg", "spelled"),
        ("Evangelische Suchthilfe", "Evangelische Suchthlife", "Leverkusen", "spelled a little differently"),
        ("Jobcenter", "Jobcentter", "Herne", "spelled a little differently"),  # the Kreis and the town are one place
        ("qualiNETZ", "qualiNETZ Beratung und Forschung GmbH", "Duisburg", "begins with the other"),
        ("AWO SPI GmbH", "SPI Soziale Stadt und Land Entwicklungsgesellschaft", "Halle", "same abbreviation"),
    ],
)
def test_near_names_are_proposed_and_not_joined(one: str, other: str, town: str, reason: str) -> None:
    (message,) = proposed((one, town), (other, town))
    assert reason in message
    assert len(set(ids((one, town), (other, town)))) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quartiersmanagement Grünau", "Quartiersrat Grünau"),
        ("Seniorenbüro Ost", "Seniorenbüro West"),
        ("Quartiersmanagement Nord", "Quartiersmanagement Nordost"),
        ("Quartiersmanagement", "Quartiersmanagement Grünau"),
        ("Gleichstellungsbeauftragte Stadt Leipzig", "Integrationsbeauftragter Stadt Leipzig"),
        ("Turnverein Leipzig e. V.", "Turnvereine Leipzig GmbH"),
        ("NRW Regionalagentur", "NRW Landesamt"),
        ("Medienwerk", "Medienwerkstatt Grünau"),
        ("Qualifizierungsnetz", "Qualifizierungsbund"),
    ],
)
def test_far_names_are_not_proposed(one: str, other: str) -> None:
    assert proposed((one, "Leipzig"), (other, "Leipzig")) == []


def test_most_slips_of_the_pen_in_real_names_are_proposed() -> None:
    """Each letter left out in turn: a person sees nine of ten names that a reader would take for the same."""
    names = [
        ("Verein türkischstämmiger Geschäftsleute in Duisburg und Umgebung e. V.", "Duisburg"),
        ("Entwicklungsgesellschaft Duisburg mbH", "Duisburg"),
        ("Netzwerk Pro Gründen", "Erfurt"),
        ("Bürgernetzwerk für Soziale Fragen", "Marburg"),
        ("Wohnbau Mieterservice", "Gießen"),
    ]
    total = seen = 0
    for written, town in names:
        for at in range(1, len(written)):
            slip = written[:at] + written[at + 1 :]
            if not (written[at].isalpha() and len(set(ids((written, town), (slip, town)))) == 2):
                continue
            total += 1
            seen += bool(proposed((written, town), (slip, town)))
    assert total > 90
    assert seen / total >= 0.9


def test_only_names_of_current_pages_are_proposed() -> None:
    old = mention("Stabstelle für Wahlen", "Duisburg", day=1)
    new = mention("Stabsstelle für Wahlen", "Duisburg", day=2)
    found = organisations(old, new)
    found.uses(new.home)[new.written][0].times += 1
    assert found.proposals() == []


def test_names_that_a_decision_keeps_apart_are_not_proposed() -> None:
    office = ("Stabstelle für Wahlen", "Duisburg"), ("Stabsstelle für Wahlen", "Duisburg")
    apart = Decision("different", (), (office[0][0], office[1][0]), "", (), "test", "t.toml")
    assert proposed(*office, decided=(apart,)) == []


def test_an_undecided_block_changes_nothing_and_is_reported_when_it_fits_nothing() -> None:
    office = ("Stabstelle für Wahlen", "Duisburg"), ("Stabsstelle für Wahlen", "Duisburg")
    waiting = Decision("undecided", ("05112000",), (office[0][0], office[1][0]), "", (), "", "t.toml")
    assert len(proposed(*office, decided=(waiting,))) == 1
    assert len(set(ids(*office, decided=(waiting,)))) == 2
    assert organisations(mention("Jobcenter", "Duisburg"), decided=(waiting,)).unused == [waiting]


def test_names_of_two_towns_are_not_proposed() -> None:
    assert proposed(("Stabstelle für Wahlen", "Duisburg"), ("Stabsstelle für Wahlen", "Köln")) == []


def test_two_bodies_of_several_towns_are_proposed_once_where_they_were_seen_first() -> None:
    office, other = "Stabstelle für Wahlen", "Stabsstelle für Wahlen"
    one_body = tuple(Decision("same", (), (name, name), "", (), "test", "t.toml") for name in (office, other))
    names = ("Netzwerk", "Duisburg"), (office, "Köln"), (other, "Köln"), (office, "Duisburg"), (other, "Duisburg")
    found = current([mention(*name, day=day) for day, name in enumerate(names, start=1)], one_body)
    assert [proposal.one.ags for proposal in found.proposals()] == [TOWNS["Köln"]]


def test_a_name_takes_little_memory() -> None:
    """A first night of a hundred thousand pages has as many names; what a name took once, all memory was."""
    towns, n = sorted(set(TOWNS) - {"Berlin"}), 1_000
    names = [mention(f"Werkstatt {at} für Beratung e. V.", towns[at % len(towns)], place=at) for at in range(n)]
    before = Organisations(names, ())  # what many names share is there already
    forget()
    tracemalloc.start()
    found = Organisations(names, ())
    forget()
    live, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.uses(names[0].home).keys() == before.uses(names[0].home).keys()
    assert live / n < 900
