"""Project pages in forms not met before: footnotes, accordions, lists in one line, labels of other rounds."""

from __future__ import annotations

from typing import Any

import pytest

from parsers import gsb_project
from parsers.records import ParseResult

URL = "http://programm.example/DE/Projekte/Projekte_BIWAQ2/1001_Gera.html"
INFO = (
    "<li><strong>Bundesland</strong><br/>Thüringen</li><li><strong>Kommune</strong><br/>{town}</li>"
    "<li><strong>{areas_label}</strong><br/>{areas}</li><li><strong>{runtime_label}</strong><br/>{runtime}</li>"
)
SIZE = "<li><strong>Größe</strong><br/>Gebiet: 68 ha</li>"
ADDRESS = "<p>Stadt Gera<br/>Kornmarkt 12<br/>07545 Gera</p>"


def page(**parts: str) -> bytes:
    given = {
        **{"groups": "Ältere<br/>Frauen", "partners": "Werkstatt Gera gGmbH", "town": "Gera", "boxes": SIZE},
        **{"areas_label": "Programmgebiet", "areas": "Bieblach<br/>Lusan", "runtime_label": "Projektlaufzeit"},
        **{"runtime": "04/2015 bis 12/2018", "contact": ADDRESS, "between": ""},
    } | parts
    return (
        "<!doctype html><html lang='de'><head><meta charset='utf-8'><title>P - Gera packt an</title></head><body>"
        "<div id='content'><h1>Gera packt an</h1><p>Ein Projekt für Menschen, die lange ohne Arbeit waren.</p>"
        f"<h2>Zielgruppen und Partner</h2><h3>Zielgruppe</h3><p>{given['groups']}</p>"
        f"<h3>Projektpartner</h3><p>{given['partners']}</p><h3>Weitere Kooperationspartner</h3><p>Jobcenter Gera</p>"
        f"{given['between']}<h2>Ziele</h2><p>Arbeit im Stadtteil.</p><h2>Aktivitäten</h2>"
        "<ul><li>Beratung</li></ul></div>"
        f"<div id='supplement'><h3>Projektinformationen</h3><ul>{INFO.format(**given)}</ul>"
        f"<h3>Gebietsbeschreibung</h3><ul>{given['boxes']}</ul><h3>Kontakt</h3>{given['contact']}</div></body></html>"
    ).encode()


def parse(body: bytes) -> ParseResult:
    result = gsb_project.parse(body, URL, None)
    text = gsb_project.evidence_text(body, URL, None)
    assert [entry for entry in result.evidence if entry["quote"] not in text] == []
    return result


def record(**parts: str) -> dict[str, Any]:
    found = parse(page(**parts)).record
    assert found is not None
    return found


def stats(label: str, *values: str, **parts: str) -> list[tuple[str, str, float | None]]:
    boxes = f"<li><strong>{label}</strong><br/>{'<br/>'.join(values)}</li>"
    return [(s["indicator"], s["scope"], s["value"]) for s in record(boxes=boxes, **parts)["area_stats"]]


def kinds(**parts: str) -> list[tuple[str, str | None]]:
    return [(issue["kind"], issue["field"]) for issue in parse(page(**parts)).issues]


# --- figures ---


def test_a_raised_footnote_number_is_no_digit_of_the_figure() -> None:
    assert stats("Größe", "Gebiet: 68<sup>1</sup> ha") != [("area_ha", "area", 681)]
    assert stats("Einwohner/innenzahl<sup>1</sup>", "Stadt: 1204<sup>2</sup>", "Gebiet: 310*") == [
        ("inhabitants", "city", 1204),
        ("inhabitants", "area", 310),
    ]
    assert stats("SGB-II-Quote", "Stadt: 18,6 %<sup>2)</sup>", "Gebiet: 36,2 %*")[1] == ("sgb2_rate", "area", 36.2)


@pytest.mark.parametrize(
    "label", ["Arbeitslosenquote (SGB II und SGB III)", "Arbeitslosenquote in %", "Arbeitslosenquote*"]
)
def test_a_remark_behind_a_label_hides_it_not(label: str) -> None:
    assert stats(label, "Stadt: 9,8 %", "Gebiet: rd. 15 %") == [
        ("unemployment_rate", "city", 9.8),
        ("unemployment_rate", "area", 15),
    ]


def test_figures_below_an_unknown_label_are_no_municipality() -> None:
    boxes = "<li><strong>Leerstandsquote</strong><br/>Stadt: 9,8 %<br/>Gebiet: 15 %</li>"
    found = parse(page(boxes=boxes, town=""))
    assert found.record is not None
    assert found.record["municipality"] is None
    assert ("unknown_label", "label") in [(issue["kind"], issue["field"]) for issue in found.issues]


def test_the_page_s_own_names_of_town_and_areas_say_whose_figure_it_is() -> None:
    assert stats("SGB-II-Quote", "Gera: 14,1 %", "Lusan: 18,4 %", "Winzerla: 20 %") == [
        ("sgb2_rate", "city", 14.1),
        ("sgb2_rate", "area", 18.4),
    ]
    assert stats("Größe", "Bieblach: 61 ha", "Lusan: 44,5 ha") == [("area_ha", "area", 61), ("area_ha", "area", 44.5)]


def test_both_scopes_with_a_slash_between() -> None:
    assert stats("Arbeitslosenquote", "Stadt: 14,6% / Gebiet: 19,4%") == [
        ("unemployment_rate", "city", 14.6),
        ("unemployment_rate", "area", 19.4),
    ]


def test_a_range_is_no_figure() -> None:
    assert stats("Arbeitslosenquote", "Stadt: k. A.", "Gebiet: 15 - 17 %") == [("unemployment_rate", "area", None)]


# --- lists ---


@pytest.mark.parametrize(
    ("partners", "expected"),
    [
        ("Verein X e.V.; Y GmbH; Z gGmbH", ["Verein X e.V.", "Y GmbH", "Z gGmbH"]),
        ("Sozialbürgerhäuser Nord, Süd, Mitte", ["Sozialbürgerhäuser Nord, Süd, Mitte"]),
        ("1. Verein X e.V.<br/>2. Y GmbH", ["Verein X e.V.", "Y GmbH"]),
        ("1. FC Gera 03 e.V.<br/>Y GmbH", ["1. FC Gera 03 e.V.", "Y GmbH"]),
        ("Bildungswerk der Wirtschaft<br/>(BWTW)<br/>Y GmbH", ["Bildungswerk der Wirtschaft (BWTW)", "Y GmbH"]),
        ("Verein X e.V.,<br/>Y GmbH", ["Verein X e.V.", "Y GmbH"]),
        ("Frau Dr. Erika Muster<br/>Frau und Beruf e.V.<br/>Herr Max Muster, Caritas", ["Frau und Beruf e.V."]),
        ("N.N.", []),
        ("entfällt", []),
        ("<li>Werkhof e. V.</li><li>Telefon 0203 1234567</li>", ["Werkhof e. V."]),
        ("<li>Ansprechpartnerin: Frau Muster</li><li>Caritas</li>", ["Caritas"]),
        ("<li>Werkhof e. V.</li><li>muster@werkhof.example</li><li>Tel.: +49 203 1234</li>", ["Werkhof e. V."]),
        ("<li>Mailänder Hof</li><li>Fonds für Arbeit</li>", ["Mailänder Hof", "Fonds für Arbeit"]),
    ],
)
def test_partner_lists(partners: str, expected: list[str]) -> None:
    assert record(partners=partners)["project_partners"] == expected


def test_the_credit_of_a_picture_is_no_partner() -> None:
    between = "<div class='picture'><p class='caption'>Werkstatt in Lusan Quelle: Stadt Gera</p></div>"
    assert record(between=between)["cooperation_partners"] == ["Jobcenter Gera"]


def test_areas_and_groups_in_one_line() -> None:
    assert record(areas="Bieblach, Lusan und Zwötzen")["programme_areas"] == ["Bieblach", "Lusan", "Zwötzen"]
    assert record(areas="Aachen-Nord und -Ost")["programme_areas"] == ["Aachen-Nord und -Ost"]
    groups = record(groups="Frauen und Männer ohne Arbeit, Ältere sowie Alleinerziehende")["target_groups"]
    assert groups == ["Frauen und Männer ohne Arbeit", "Ältere", "Alleinerziehende"]


def test_several_towns_in_one_line_are_said() -> None:
    assert ("several_values", "municipality") in kinds(town="Gera, Jena und Weimar")
    assert ("several_values", "municipality") not in kinds(town="Rostock, Hansestadt")


# --- labels, runtime, contact, markup ---


@pytest.mark.parametrize("label", ["Laufzeit des Projektes", "Förderdauer", "Laufzeit (geplant)"])
def test_runtime_labels(label: str) -> None:
    assert record(runtime_label=label)["runtime"]["end"] == "2018-12-31"


def test_labels_of_round_v() -> None:
    assert record(areas_label="Programmgebiet(e) Sozialer Zusammenhalt")["programme_areas"] == ["Bieblach", "Lusan"]


def test_an_extension_in_brackets_is_said() -> None:
    runtime = "07/2023 bis 06/2026 (verlängert bis 12/2026)"
    assert record(runtime=runtime)["runtime"]["end"] == "2026-06-30"
    assert ("several_values", "runtime") in kinds(runtime=runtime)


def test_the_heading_of_a_person_does_not_cut_off_the_address() -> None:
    contact = (
        "<dl><dt>Organisation</dt><dd>Stadt Gera</dd><dt>Ansprechpartnerin</dt><dd>Erika Muster</dd>"
        "<dt>Straße</dt><dd>Kornmarkt 12</dd><dt>Ort</dt><dd>07545 Gera</dd></dl>"
    )
    body = page(contact=contact)
    assert record(contact=contact)["contact"] == {
        **{"organisation": "Stadt Gera", "street": "Kornmarkt 12", "postcode": "07545", "city": "Gera"},
        "homepage": None,
    }
    result = parse(body)
    assert "Muster" not in str(result.record) + str(result.issues) + str(result.evidence)


def test_headings_that_are_buttons() -> None:
    body = page()
    for level in (b"2", b"3"):
        body = body.replace(b"<h" + level + b">", b"<h" + level + b"><button type='button'>")
        body = body.replace(b"</h" + level + b">", b"</button></h" + level + b">")
    assert parse(body).record == parse(page()).record
