"""Pages of towns: the real one, and our prose on facts of Jena, Leipzig, Marburg, Gießen, Leverkusen, Aachen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parsers import city_page
from parsers.city_prose import coordination, partners, split_areas
from parsers.records import ParseResult

URL = "http://stadt.example/biwaq"


def page(title: str, h1: str, *paragraphs: str, extra: str = "") -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f'<nav><a href="/">Start</a></nav>'
        f"<main><h1>{h1}</h1>{text}{extra}</main><footer>Impressum</footer></body></html>"
    ).encode()


def parse(body: bytes) -> ParseResult:
    result = city_page.parse(body, URL, None)
    text = city_page.evidence_text(body, URL, None)
    assert all(evidence["quote"] in text for evidence in result.evidence)
    return result


def record(body: bytes) -> dict[str, Any]:
    result = parse(body)
    assert result.record is not None
    proved = {evidence["path"] for evidence in result.evidence}
    for name, value in result.record.items():
        if isinstance(value, list):
            assert {f"{name}/{at}" for at in range(len(value))} <= proved
        elif name != "runtime" and value:
            assert name in proved
    return result.record


def test_real_page_of_duisburg(shared: Path) -> None:
    body = (shared / "pages" / "city_duisburg.html").read_bytes()
    found = record(body)
    assert found == {
        "title": "Bildung, Wirtschaft, Arbeit im Quartier - BIWAQ",
        "programme": "Bildung, Wirtschaft, Arbeit im Quartier - BIWAQ",
        "project_title": "BIWAQ-Duisburg, Menschen und Quartiere bewegen – Digitalisierung inklusive",
        "municipality": "Duisburg",
        "programme_areas": ["Hochfeld", "Marxloh"],
        "partners": ["Duisburger Werkkiste", "Gesellschaft für Beschäftigungsförderung"],
        "coordination": (
            "Stabsstelle für Wirtschafts-, Europa- und Fördermittelangelegenheiten des Dezernats für Wirtschaft, "
            "Integration, Sicherheit und Ordnung der Stadt Duisburg"
        ),
        "target_group_phrases": [
            "(langzeit-) arbeitslose Menschen ab 27 Jahren", "Menschen mit Migrationsbiografie", "Frauen",
        ],
        "runtime": {
            "start": "2019-01-01", "end": "2022-12-31", "precision": "day",
            "as_written": "vom 01.01.2019 bis zum 31.12.2022",
        },
    }  # fmt: skip
    assert parse(body).issues == []
    everything = str(parse(body))
    assert "Idik" not in everything  # the page ends with the name of a person


def test_jena_period_by_its_label_and_partners_in_prose() -> None:
    found = record(page(
        "BIWAQ | Stadt Jena", "Bildung, Wirtschaft, Arbeit im Quartier (BIWAQ)",
        "Mit dem Projekt „Teilhabe am Wachstum“ sucht die Stadt neue Wege. In den Jenaer Stadtteilen Lobeda und "
        "Winzerla sind Arbeitsläden entstanden.",
        "Umgesetzt wird das Projekt von JenaWirtschaft, dem AWO-Regionalverband Mitte-West-Thüringen e.V. und dem "
        "Beratungsbüro Behling-Consult.",
        "Projektzeitraum: 01.01.2019 – 31.12.2022",
    ))  # fmt: skip
    assert found["programme"] == "Bildung, Wirtschaft, Arbeit im Quartier (BIWAQ)"
    assert (found["project_title"], found["municipality"]) == ("Teilhabe am Wachstum", "Jena")
    assert found["programme_areas"] == ["Lobeda", "Winzerla"]
    assert found["partners"] == [
        "JenaWirtschaft",
        "AWO-Regionalverband Mitte-West-Thüringen e.V.",
        "Beratungsbüro Behling-Consult",
    ]
    assert (found["runtime"]["start"], found["runtime"]["end"]) == ("2019-01-01", "2022-12-31")


def test_leipzig_guillemets_core_area_and_office() -> None:
    found = record(page(
        "Arbeit im Quartier", "Arbeit im Quartier",
        "Das BIWAQ-Projekt »Arbeit im Quartier« läuft von 2019 – 2022 in den Gebieten Leipzig-Grünau, Leipziger Osten "
        "(Kerngebiet) und Paunsdorf.",
        "Träger ist die DAA Leipzig. Zielgruppen sind Langzeitarbeitslose und Unternehmen der lokalen Ökonomie.",
        "Koordiniert wird das Vorhaben vom Amt für Wirtschaftsförderung der Stadt Leipzig.",
    ))  # fmt: skip
    assert found["project_title"] == "Arbeit im Quartier"
    assert found["programme_areas"] == ["Leipzig-Grünau", "Leipziger Osten (Kerngebiet)", "Paunsdorf"]
    assert found["partners"] == ["DAA Leipzig"]
    assert found["coordination"] == "Amt für Wirtschaftsförderung der Stadt Leipzig"
    assert found["target_group_phrases"] == ["Langzeitarbeitslose", "Unternehmen der lokalen Ökonomie"]
    assert (found["runtime"]["start"], found["runtime"]["precision"]) == ("2019-01-01", "year")


def test_giessen_round_in_the_heading_and_a_period_in_months() -> None:
    found = record(page(
        "Jugendwerkstatt Gießen", "Auftaktveranstaltung BIWAQ V",
        "In Gießen läuft seit Juli 2023 bis Ende Juni 2026 das Projekt „Startklar – Nachhaltige Berufsqualifizierung "
        "im Quartier“.",
        "Es gilt für die Quartiere Nördliche Weststadt, Nordstadt, Flussstraßenviertel und Eulenkopf. In Kooperation "
        "mit der Jugendwerkstatt Gießen und der ZAUG werden Menschen ab 18 Jahren beraten.",
    ))  # fmt: skip
    assert (found["programme"], found["municipality"]) == ("BIWAQ V", "Gießen")
    assert found["project_title"] == "Startklar – Nachhaltige Berufsqualifizierung im Quartier"
    assert found["programme_areas"] == ["Nördliche Weststadt", "Nordstadt", "Flussstraßenviertel", "Eulenkopf"]
    assert found["partners"] == ["Jugendwerkstatt Gießen", "ZAUG"]
    assert (found["runtime"]["start"], found["runtime"]["end"]) == ("2023-07-01", "2026-06-30")


def test_marburg_start_and_end_apart_in_one_sentence() -> None:
    found = record(page(
        "BIWAQ | Universitätsstadt Marburg", "BIWAQ in der Stadt Marburg – ISA (Im Stadtteil Aktiv)",
        "Das Projekt „ISA – Im Stadtteil Aktiv“ begann am 1. April 2015 und dauert bis zum 31. Dezember 2018.",
        "Gefördert wird es im Programm „Bildung, Wirtschaft, Arbeit im Quartier“ in den Stadtteilen "
        "Ockershausen-Stadtwald und Waldtal.",
        "Getragen wird es von der Universitätsstadt Marburg gemeinsam mit dem Arbeitskreis Soziale Brennpunkte Marburg "
        "(AKSB), der Initiative für Kinder- Jugend- und Gemeinwesenarbeit (IKJG) und der Praxis GmbH.",
    ))  # fmt: skip
    assert found["project_title"] == "ISA – Im Stadtteil Aktiv"
    assert found["runtime"] == {
        "start": "2015-04-01", "end": "2018-12-31", "precision": "day",
        "as_written": "1. April 2015 und dauert bis zum 31. Dezember 2018",
    }  # fmt: skip
    assert found["programme_areas"] == ["Ockershausen-Stadtwald", "Waldtal"]
    assert found["partners"] == [
        "Universitätsstadt Marburg", "Arbeitskreis Soziale Brennpunkte Marburg (AKSB)",
        "Initiative für Kinder- Jugend- und Gemeinwesenarbeit (IKJG)", "Praxis GmbH",
    ]  # fmt: skip


def test_leverkusen_period_of_another_programme_is_not_taken() -> None:
    labels = (
        "<h2>Auf einen Blick</h2><table><tr><th>Gebiet</th><td>Rheindorf-Nord</td></tr><tr><th>Laufzeit</th>"
        "<td>bis Dezember 2018</td></tr></table><h2>Projektpartner</h2><ul><li>Stadt Leverkusen</li>"
        "<li>Suchthilfe gGmbH Leverkusen</li></ul><h2>Kontakt</h2><p>Erika Muster<br>Projektkoordination</p>"
    )
    body = page(
        "Stadt Leverkusen - BIWAQ", "BIWAQ - RHEINDORFerLEBEN",
        "Von 2007 bis 2013 lief im Stadtteil Rheindorf-Nord das Programm Soziale Stadt.", extra=labels,
    )  # fmt: skip
    found = record(body)
    assert found["project_title"] == "RHEINDORFerLEBEN"
    assert found["programme_areas"] == ["Rheindorf-Nord"]
    assert found["partners"] == ["Stadt Leverkusen", "Suchthilfe gGmbH Leverkusen"]
    assert (found["runtime"]["start"], found["runtime"]["end"]) == (None, "2018-12-31")
    assert "Muster" not in str(parse(body))


def test_locator_is_the_nearest_heading() -> None:
    body = page(
        "BIWAQ | Stadt Jena",
        "BIWAQ in Jena",
        "Die Stadt berät Menschen, die Arbeit suchen, und hilft den Läden in der Nachbarschaft. " * 2,
        extra="<h2>Wann</h2><p>BIWAQ läuft in Jena vom 01.01.2019 bis zum 31.12.2022.</p>",
    )
    (where,) = [evidence["locator"] for evidence in parse(body).evidence if evidence["path"] == "runtime"]
    assert where == "Wann"


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("Aachen-Nord und -Ost", ["Aachen-Nord", "Aachen-Ost"]),
        ("Hochfeld, Marxloh und Beeck", ["Hochfeld", "Marxloh", "Beeck"]),
        ("Innenstadt / Lirich", ["Innenstadt", "Lirich"]),
        ("Rheindorf-Nord", ["Rheindorf-Nord"]),
    ],
)
def test_lists_of_areas(text: str, areas: list[str]) -> None:
    assert split_areas(text) == areas


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Das Projekt wird in Zusammenarbeit mit lokalen Betrieben umgesetzt.", []),
        ("In Kooperation mit Erika Muster werden Menschen beraten.", []),
        (
            "Partner im Projekt sind NOA, wbg und das Jobcenter Nürnberg.",
            ["NOA", "Jobcenter Nürnberg"],
        ),
        ("Gemeinsam mit dem Jobcenter Jena hat die Stadt ein Büro eröffnet.", ["Jobcenter Jena"]),
    ],
)
def test_partners_of_a_sentence(sentence: str, names: list[str]) -> None:
    assert partners(sentence) == names


def test_a_person_coordinates_nothing() -> None:
    assert coordination("Die Gesamtkoordination liegt bei Erika Muster.") is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty_page"),
        (b"\x89PNG\r\n\x1a\n", "not_html"),
        (page("Fehler", "Seite nicht gefunden", "Die gewünschte Seite ist nicht mehr vorhanden."), "not_this_page"),
        (page("Bibliothek", "Bibliothek", "Die Bibliothek ist von Montag bis Freitag geöffnet. " * 3), "not_this_page"),
        (page("Cookies", "Cookies", "Wir verwenden Cookies und brauchen Ihre Einwilligung. " * 3), "consent_wall"),
    ],
)  # fmt: skip
def test_what_is_no_page_of_a_town_leaves_no_record(body: bytes, kind: str) -> None:
    result = parse(body)
    assert result.record is None
    assert [issue["kind"] for issue in result.issues] == [kind]


def test_gaps_are_said() -> None:
    result = parse(
        page(
            "BIWAQ",
            "BIWAQ",
            "Das Programm BIWAQ fördert Projekte, die Menschen in Arbeit bringen und Läden stärken. " * 2,
        )
    )
    assert {issue["field"] for issue in result.issues} == {"municipality", "programme_areas", "runtime"}


# --- pages in forms not met before ---


def test_labels_in_a_table_and_a_list_in_one_cell() -> None:
    rows = {
        "Projekttitel": "„Offenbach schafft Chancen“",
        "Förderprogramm": "Bildung, Wirtschaft, Arbeit im Quartier (BIWAQ)",
        "Laufzeit": "01.01.2023 – 31.12.2026",
        "Projektgebiet": "Nordend, Mathildenviertel und Lauterborn",
        "Projektpartner": "MainArbeit, Jobcenter Offenbach; GOAB gGmbH; Boxclub Nordend e.V.",
    }
    table = "<table>" + "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in rows.items()) + "</table>"
    found = record(page("BIWAQ | Stadt Offenbach am Main", "Arbeit im Quartier", extra=table))
    assert found["project_title"] == "Offenbach schafft Chancen"
    assert found["programme_areas"] == ["Nordend", "Mathildenviertel", "Lauterborn"]
    assert found["partners"] == ["MainArbeit, Jobcenter Offenbach", "GOAB gGmbH", "Boxclub Nordend e.V."]


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        (
            "Umgesetzt wird es vom DRK Kreisverband Herne und Wanne-Eickel e.V. und der Beschäftigung Herne mbH.",
            ["DRK Kreisverband Herne und Wanne-Eickel e.V.", "Beschäftigung Herne mbH"],
        ),
        (
            "Partner sind der Arbeitskreis Soziale Brennpunkte Marburg e. V. (AKSB), die Praxis GmbH und die "
            "Initiative für Kinder-, Jugend- und Gemeinwesenarbeit e. V. (IKJG).",
            [
                "Arbeitskreis Soziale Brennpunkte Marburg e. V. (AKSB)",
                "Praxis GmbH",
                "Initiative für Kinder-, Jugend- und Gemeinwesenarbeit e. V. (IKJG)",
            ],
        ),
        (
            "Die Stadt setzt das Projekt gemeinsam mit dem BilSE-Institut GmbH (BilSE) und der VSP gGmbH um.",
            ["BilSE-Institut GmbH (BilSE)", "VSP gGmbH"],
        ),
        (
            "Die Stadt berät in Kooperation mit der low-tec Arbeitsmarkt Düren mbH und der WABe e.V. Arbeitsuchende.",
            ["low-tec Arbeitsmarkt Düren mbH", "WABe e.V."],
        ),
        ("Projektträger ist die Praxis GmbH Marburg.", ["Praxis GmbH Marburg"]),
    ],
)
def test_a_partner_s_name_ends_where_it_ends(sentence: str, names: list[str]) -> None:
    assert partners(sentence) == names


def test_a_section_on_another_programme_gives_nothing() -> None:
    found = record(
        page(
            "Dortmund: Arbeit", "Quartiersarbeit Dortmund",
            extra="<h2>Jugend stärken im Quartier</h2><p>Das Projekt „Plan B“ läuft von 2019 bis 2022 im Stadtteil "
            "Hörde.</p><h2>BIWAQ</h2><p>Das BIWAQ-Projekt „nordwärts Arbeit“ wird vom 1. Juli 2023 bis zum 30. Juni "
            "2026 in der Dortmunder Nordstadt umgesetzt.</p>",
        )
    )  # fmt: skip
    assert (found["project_title"], found["programme_areas"]) == ("nordwärts Arbeit", [])
    assert (found["runtime"]["start"], found["runtime"]["end"]) == ("2023-07-01", "2026-06-30")


def test_programme_and_title_in_a_lower_heading() -> None:
    found = record(
        page(
            "Stadt Völklingen", "Stadt Völklingen",
            extra="<h2>BIWAQ-Projekt „ANTEIL“</h2><ul><li>Gebiet: Nördliche Innenstadt</li><li>Laufzeit: April 2015 "
            "bis Dezember 2018</li><li>Partner: Diakonisches Werk an der Saar gGmbH</li></ul>",
        )
    )  # fmt: skip
    assert (found["programme"], found["project_title"]) == ("BIWAQ", "ANTEIL")


def test_begin_and_end_told_by_two_verbs() -> None:
    text = "Das BIWAQ-Vorhaben in Aachen begann im Herbst 2015 und endete Ende 2018; es half vielen Menschen in Arbeit."
    runtime = record(page("Aachen", "Arbeit im Quartier in Aachen", text))["runtime"]
    assert (runtime["start"], runtime["end"], runtime["precision"]) == ("2015-01-01", "2018-12-31", "year")


@pytest.mark.parametrize(
    "sentence",
    [
        "Das Projekt wird getragen von Thi Muster und der Stadt Gera.",
        "Partner sind Nadia Al-Muster und die Stadt Gera.",
        "In Kooperation mit Fatma Muster vom Jobcenter Gera werden Menschen beraten.",
    ],
)
def test_a_person_whose_first_name_no_list_knows_is_no_partner(sentence: str) -> None:
    assert all("Muster" not in name for name in partners(sentence))


def test_persons_behind_labels_never_leave_the_page() -> None:
    body = page(
        "Gera", "BIWAQ in Gera",
        "Das Projekt „Gera packt an“ läuft von 2019 bis 2022 in Gera. Es hilft Menschen im Stadtteil Lusan.",
        "Träger: Nadia Al-Muster, OTEGAU GmbH", "Koordination: Jo Muster",
        "Zielgruppe: Frauen, Ansprechpartnerin Erika Muster",
    )  # fmt: skip
    result = parse(body)
    assert result.record is not None
    assert result.record["partners"] == ["OTEGAU GmbH"]
    assert "Muster" not in str(result.record) + str(result.evidence) + str(result.issues) + str(result.unclaimed)
