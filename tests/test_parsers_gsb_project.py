"""Project pages: every markup variant gives the same record; what can not be read says so."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parsers import gsb_project, html
from parsers.gsb_sections import read_page
from parsers.records import ParseResult
from tests.gsb_pages import DUISBURG, EXPECTED, SHY, URL, Markup, render

VARIANTS = {
    "likeliest": Markup(),
    **{f"label {kind}": Markup(label=kind) for kind in
       ("b", "span", "span_class", "div", "div_class", "dl", "table", "h4", "plain")},
    **{f"values {values}, label {label}": Markup(values=values, label=label)
       for values in ("div", "ul") for label in ("strong", "span", "plain", "h4")},
    **{f"lists {kind}": Markup(lists=kind) for kind in ("div", "p", "ul")},
    **{f"activities {kind}": Markup(activities=kind) for kind in ("br", "div", "p")},
    **{f"headings {group} {section}": Markup(headings=(group, section)) for group, section in
       (("h1", "h2"), ("h2", "h2"), ("h3", "h4"), ("h4", "h5"), ("strong", "strong"), ("h2", "strong"), ("h1", "h1"))},
    "abbr": Markup(abbr=True),
    "soft hyphens": Markup(shy=True),
    "no-break spaces": Markup(nbsp=True),
    "leading br": Markup(leading_br=True),
    "trailing br": Markup(trailing_br=True),
    "colons": Markup(colon=True),
    "images with alt": Markup(images=True),
    "boxes first": Markup(boxes_first=True),
    "300-fold nesting": Markup(wrapper_depth=300),
    "ISO-8859-1": Markup(encoding="iso-8859-1", declared="iso-8859-1"),
    "ISO-8859-1 that says UTF-8": Markup(encoding="iso-8859-1", declared="utf-8"),
    "UTF-8 that says ISO-8859-1": Markup(declared="iso-8859-1"),
    "UTF-16": Markup(encoding="utf-16"),
    "title as h2": Markup(title="<h2>{}</h2>"),
    "title as h2, no <title>": Markup(title="<h2>{}</h2>", page_title=""),
    "title as paragraph": Markup(title='<p class="title">{}</p>'),
    "title in span, other <title>": Markup(title="<h1><span>{}</span></h1>", page_title="Projekte"),
    "big menu": Markup(menu_items=300),
    "footer without id": Markup(footer='<div class="z"><h2>Diese Seite</h2><p>Empfehlen</p><p>© GSB</p></div>'),
    "everything at once": Markup(label="dl", abbr=True, shy=True, nbsp=True, leading_br=True, trailing_br=True,
                                 colon=True, images=True, boxes_first=True, headings=("strong", "strong")),
}  # fmt: skip


def parse(facts: dict[str, Any] = DUISBURG, markup: Markup = VARIANTS["likeliest"]) -> ParseResult:
    return gsb_project.parse(render(facts, markup), URL, None)


def record(**facts: Any) -> dict[str, Any]:
    found = parse({**DUISBURG, **facts}).record
    assert found is not None
    return found


def kinds(result: ParseResult) -> list[tuple[str, str | None]]:
    return [(issue["kind"], issue["field"]) for issue in result.issues]


def value_at(found: Any, path: str) -> Any:
    for step in path.split("/"):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def paths(found: dict[str, Any]) -> set[str]:
    """The paths of all values that are not empty: every one needs evidence."""
    expected = set()
    for name, value in found.items():
        if isinstance(value, list):
            expected |= {f"{name}/{position}" for position in range(len(value))}
        elif name == "contact":
            expected |= {f"contact/{part}" for part, text in value.items() if text}
        elif value and (name != "runtime" or value["as_written"]):
            expected.add(name)
    return expected


# --- one record whatever the markup ---


@pytest.mark.parametrize("name", VARIANTS)
def test_every_markup_gives_the_same_record(name: str) -> None:
    result = parse(markup=VARIANTS[name])
    assert result.record == EXPECTED
    assert result.issues == []
    assert (result.coverage, result.unclaimed) == (1.0, [])


@pytest.mark.parametrize("name", VARIANTS)
def test_every_value_has_a_quote_that_stands_on_the_page(name: str) -> None:
    body = render(DUISBURG, VARIANTS[name])
    result, text = gsb_project.parse(body, URL, None), gsb_project.evidence_text(body, URL, None)
    assert result.record is not None
    assert {entry["path"] for entry in result.evidence} == paths(result.record)
    assert [entry for entry in result.evidence if entry["quote"] not in text] == []
    assert "  " not in text
    assert SHY not in text
    for entry in result.evidence:
        value = value_at(result.record, entry["path"])
        if isinstance(value, str) and entry["path"] not in ("contact/postcode", "contact/city"):
            assert " ".join(value.split()) in entry["quote"]


def test_locators_name_headings_and_labels() -> None:
    locators = {entry["path"]: entry["locator"] for entry in parse().evidence}
    assert locators["project_partners/0"] == "Zielgruppen und Partner › Projektpartner"
    assert locators["goals"] == "Ziele"
    assert locators["area_stats/3"] == "Gebietsbeschreibung › SGB-II-Quote"
    assert locators["runtime"] == "Projektinformationen › Projektlaufzeit"
    quotes = {entry["path"]: entry["quote"] for entry in parse().evidence}
    assert quotes["area_stats/4"] == "Gebiet: 36,2 %"


@pytest.mark.parametrize("name", VARIANTS)
def test_skipping_the_menus_changes_nothing(name: str) -> None:
    body = render(DUISBURG, replace(VARIANTS[name], menu_items=20))
    whole = html.parse(body, URL)
    _, page = gsb_project._read(body, URL, None)
    assert whole is not None
    assert page is not None
    in_full = read_page(whole)
    assert in_full is not None
    assert [line.text for line in page.lines] == [line.text for line in in_full.lines]


def test_volatile_bytes_do_not_change_the_content_hash() -> None:
    body = render(DUISBURG)
    later = body.replace(b"Mon Apr 03 10:12:05", b"Tue Apr 04 11:13:06").replace(
        b"thema1_node", b"thema1_node;jsessionid=A.b"
    )
    assert gsb_project.parse(later, URL).content_hash == gsb_project.parse(body, URL).content_hash
    assert parse({**DUISBURG, "round_label": "2019 - 2022"}).content_hash != gsb_project.parse(body, URL).content_hash


# --- title, subtitles, prose ---


def test_up_to_two_subtitles() -> None:
    # Leipzig, round III
    subtitles = ["Potenziale aktivieren – Unternehmen ansiedeln – Arbeit schaffen", "ArbeitsladenPLUS"]
    found = record(title="MehrWertQuartier", subtitles=subtitles)
    assert (found["title"], found["subtitles"], found["summary"]) == (
        "MehrWertQuartier",
        subtitles,
        DUISBURG["summary"],
    )


def test_no_summary_at_all() -> None:
    found = record(summary=None, subtitles=["ArbeitsladenPLUS"])
    assert (found["subtitles"], found["summary"]) == (["ArbeitsladenPLUS"], None)


def test_a_caption_behind_the_summary_is_left_out_and_counted() -> None:
    # Schwerin, round III: "Startbild Video Schwerin" stands between summary and "Zielgruppen und Partner"
    body = render(DUISBURG).replace(b"<h2>Zielgruppen", b"<p>Startbild Video Schwerin</p><h2>Zielgruppen")
    result = gsb_project.parse(body, URL)
    assert result.record is not None
    assert (result.record["subtitles"], result.record["summary"]) == ([], DUISBURG["summary"])
    assert result.coverage is not None
    assert 0.98 < result.coverage < 1
    assert result.unclaimed == ["Kurzbeschreibung › …"]


@pytest.mark.parametrize("title", ["#Hotspot ARBEITsPLATTE", "RHEINDORFerLEBEN", "ISA – Im Stadtteil Aktiv", "LEO"])
def test_titles_stay_as_written(title: str) -> None:
    assert record(title=title)["title"] == title


def test_title_of_two_lines() -> None:
    assert parse(markup=Markup(title="<h1>Jobclub<br/>{}</h1>")).record == {
        **EXPECTED,
        "title": f"Jobclub {EXPECTED['title']}",
    }


def test_the_first_h1_is_not_the_title() -> None:
    body = render(DUISBURG).replace(b'<div id="main"', "<h1>Bundesministerium für Wohnen</h1><div id='main'".encode())
    found = gsb_project.parse(body, URL).record
    assert found is not None
    assert found["title"] == DUISBURG["title"]


def test_an_h1_in_a_comment_is_not_the_title() -> None:
    body = render(DUISBURG).replace(b'<h1 class="isFirstInSlot">', b'<!-- <h1>Alt</h1> --><h1 class="isFirstInSlot">')
    assert gsb_project.parse(body, URL).record == EXPECTED


def test_typos_and_quotes_stay_as_written() -> None:
    partners = ["VSP gGmbH Verbund für Soziale Projekt", "Teresa GmbH & Co.KG", "Seniorenbüro Ost „Inge und Walter“"]
    assert record(cooperation_partners=partners)["cooperation_partners"] == partners


def test_control_characters_never_reach_the_record() -> None:
    found = gsb_project.parse(render(DUISBURG).replace(b"Hochfeld", b"Hoch\x07f\x00eld"), URL).record
    assert found is not None
    assert found["programme_areas"] == ["Marxloh", "Hochfeld"]


# --- lists ---


def test_a_lone_hyphen_is_none() -> None:
    for nothing in ("-", "–", "k. A."):
        assert record(project_partners=[nothing])["project_partners"] == []


@pytest.mark.parametrize("kind", ["br", "div", "ul"])
def test_an_empty_list_directly_followed_by_the_next_heading(kind: str) -> None:
    # Jena, round IV
    result = parse({**DUISBURG, "cooperation_partners": []}, Markup(lists=kind))
    assert result.record == {**EXPECTED, "cooperation_partners": []}
    assert result.issues == []


def test_a_break_inside_a_list_item_ends_no_entry() -> None:
    items = (
        b"<ul><li>Leipziger Wohnungs- und Baugesellschaft (LWB)<br/>Sozialmanagement</li><li>Klub Polski e.V.</li></ul>"
    )
    body = render(DUISBURG, Markup(lists="ul")).replace(
        b"<ul><li>Jobcenter Duisburg", items + b"<ul><li>Jobcenter Duisburg"
    )
    found = gsb_project.parse(body, URL).record
    assert found is not None
    assert found["cooperation_partners"][:2] == [
        "Leipziger Wohnungs- und Baugesellschaft (LWB) Sozialmanagement",
        "Klub Polski e.V.",
    ]


def test_bullets_written_as_text_are_no_part_of_the_entry() -> None:
    body = render(DUISBURG, Markup(activities="br")).replace(b"<p>Beratung", "<p>• Beratung".encode())
    assert gsb_project.parse(body, URL).record == EXPECTED


def test_a_list_in_one_line_is_cut_with_an_issue_but_partners_never() -> None:
    result = parse(
        {**DUISBURG, "programme_areas": ["Marxloh, Hochfeld"], "target_groups": ["Alleinerziehende, Ältere"]}
    )
    assert result.record is not None
    assert result.record["programme_areas"] == ["Marxloh", "Hochfeld"]
    assert result.record["target_groups"] == ["Alleinerziehende", "Ältere"]
    assert kinds(result) == [("list_split", "target_groups"), ("list_split", "programme_areas")]
    assert {entry["path"] for entry in result.evidence} == paths(result.record)
    assert record(project_partners=["NIERS, SO.CON"])["project_partners"] == ["NIERS, SO.CON"]


@pytest.mark.parametrize("area", ["MÜLHEIM 2020 (Köln-Mülheim)", "Rheindorf(-Nord)", "St. Leonhard/Schweinau"])
def test_areas_stay_as_written(area: str) -> None:
    assert record(programme_areas=[area])["programme_areas"] == [area]


# --- box "Projektinformationen" ---


@pytest.mark.parametrize(
    "label", ["2015 - 2018", "2019 - 2022", "2019-22", "I", "II", "III", "V", "BIWAQ3", "2023 – 2026"]
)
def test_round_labels_of_all_rounds(label: str) -> None:
    assert record(round_label=label)["round_label"] == label


def test_a_runtime_that_can_not_be_read_is_kept_as_written() -> None:
    result = parse({**DUISBURG, "runtime": "01.04.2015 bis 31.11.2018"})
    assert result.record is not None
    assert result.record["runtime"] == {
        "start": "2015-04-01",
        "end": None,
        "precision": "day",
        "as_written": "01.04.2015 bis 31.11.2018",
    }
    assert [(i["kind"], i["value"]) for i in result.issues] == [("unreadable_date", "01.04.2015 bis 31.11.2018")]


def test_several_municipalities() -> None:
    body = render(DUISBURG).replace(
        b"Kommune</strong><br/>\nDuisburg", b"Kommunen</strong><br/>\nMannheim<br/>\nLudwigshafen"
    )
    result = gsb_project.parse(body, URL)
    assert result.record is not None
    assert result.record["municipality"] == "Mannheim, Ludwigshafen"
    assert kinds(result) == [("several_values", "municipality")]


@pytest.mark.parametrize("label", ["Strong", "dl", "plain"])
def test_an_unknown_label_is_an_issue_with_its_words(label: str) -> None:
    body = render(DUISBURG, Markup(label=label.lower()))
    new = {
        "strong": b"<li><strong>F\xc3\xb6rdersumme</strong><br/>\n1,2 Million Euro</li>",
        "dl": b"<dt>F\xc3\xb6rdersumme</dt><dd>1,2 Million Euro</dd>",
        "plain": b"<li>F\xc3\xb6rdersumme<br/>\n1,2 Million Euro</li>",
    }[label.lower()]
    at = body.index("Förderrunde".encode())
    at = max(body.rfind(b"<li>", 0, at), body.rfind(b"<dt>", 0, at))
    result = gsb_project.parse(body[:at] + new + body[at:], URL)
    assert result.record == EXPECTED
    assert [(i["kind"], i["value"]) for i in result.issues] == [("unknown_label", "Fördersumme")]
    assert result.unclaimed == ["Projektinformationen › Fördersumme"]
    assert result.coverage is not None
    assert result.coverage < 1


def test_labels_in_the_same_line_as_their_value() -> None:
    for between in (b" ", b": ", b""):
        body = render(DUISBURG).replace(b"Kommune</strong><br/>\n", b"Kommune</strong>" + between)
        assert gsb_project.parse(body, URL).record == EXPECTED


def test_leaked_keys_instead_of_labels() -> None:
    body = render(DUISBURG).replace("Förderrunde".encode(), b"Foerderrunde").replace("Größe".encode(), b"Groesse")
    assert gsb_project.parse(body, URL).record == EXPECTED


def test_boxes_without_their_headings() -> None:
    body = render(DUISBURG).replace(b"<h3>Projektinformationen</h3>", b"").replace(b"<h3>Gebietsbeschreibung</h3>", b"")
    result = gsb_project.parse(body, URL)
    assert result.record == EXPECTED
    assert ("missing_section", "area") in kinds(result)


# --- box "Gebietsbeschreibung" ---


def stats(*rows: tuple[str, list[str]]) -> tuple[list[dict[str, Any]], ParseResult]:
    result = parse({**DUISBURG, "area": list(rows)})
    assert result.record is not None
    return result.record["area_stats"], result


@pytest.mark.parametrize(
    ("label", "line", "value", "unit", "written"),
    [
        ("Größe", "Gebiet: 1.143,5 ha", 1143.5, "ha", "1.143,5 ha"),
        ("Größe", "143 ha", 143, "ha", "143 ha"),
        ("Größe in ha", "Gebiet: ca. 68 ha", 68, "ha", "ca. 68 ha"),
        ("Einwohnerzahl", "Gebiet: 10 300", 10300, "persons", "10 300"),
        ("Einwohner*innenzahl", "Gebiet: 37.583 (2015)", 37583, "persons", "37.583 (2015)"),
        ("Einwohnerinnen und Einwohner", "Gebiet: 37.583 Einwohner", 37583, "persons", "37.583 Einwohner"),
        ("SGB II-Quote", "Programmgebiet: 36,2%", 36.2, "percent", "36,2%"),
        ("Arbeitslosenquote", "Gebiet 7,9 %", 7.9, "percent", "7,9 %"),
        (
            "Anteil Einwohner:innen mit Migrationshintergrund",
            "Gebiet Marxloh: 68,7 Prozent",
            68.7,
            "percent",
            "68,7 Prozent",
        ),
    ],
)
def test_figures(label: str, line: str, value: float, unit: str, written: str) -> None:
    if label == "Größe in ha":
        label = "Größe"
    ((found,), result) = stats((label, [line]))
    assert found["value"] == value
    assert (found["scope"], found["unit"], found["as_written"]) == ("area", unit, written)
    assert result.issues == []


def test_both_scopes_in_one_line_or_in_four() -> None:
    expected = [("city", 18.6), ("area", 36.2)]
    for lines in (
        ["Stadt: 18,6 % Gebiet: 36,2 %"],
        ["Stadt: 18,6 %; Gebiet: 36,2 %"],
        ["Stadt:", "18,6 %", "Gebiet:", "36,2 %"],
    ):
        found, result = stats(("SGB-II-Quote", lines))
        assert [(stat["scope"], stat["value"]) for stat in found] == expected
        assert result.issues == []


@pytest.mark.parametrize(
    ("label", "line", "kind"),
    [
        ("SGB-II-Quote", "Stadt: 12.34 %", "unreadable_number"),
        ("SGB-II-Quote", "Stadt: etwa ein Fünftel aller", "unreadable_number"),
        ("Einwohner/innenzahl", "Stadt: 36,2 %", "unit_mismatch"),
        ("Größe", "Gebiet: 68", "missing_unit"),
    ],
)
def test_figures_that_can_not_be_read(label: str, line: str, kind: str) -> None:
    ((found,), result) = stats((label, [line]))
    assert found["value"] is None
    assert found["as_written"] == line.split(": ")[1]
    assert kinds(result) == [(kind, "area_stats/0")]


def test_a_rate_without_percent_sign_is_read_and_noted() -> None:
    ((found,), result) = stats(("SGB-II-Quote", ["Stadt: 18,6"]))
    assert (found["value"], found["unit"]) == (18.6, "percent")
    assert kinds(result) == [("missing_unit", "area_stats/0")]


def test_no_figure_without_scope_and_none_for_a_hyphen() -> None:
    found, result = stats(("SGB-II-Quote", ["18,6 %"]), ("Arbeitslosenquote", ["Stadt: -", "Gebiet: k. A."]))
    assert found == []
    assert kinds(result) == [("missing_scope", "sgb2_rate")]


def test_figures_of_two_areas_are_both_kept() -> None:
    found, result = stats(("Arbeitslosenquote", ["Gebiet NSt: 9,9 %", "Gebiet WSt: 10,4 %"]))
    assert [(stat["scope"], stat["value"]) for stat in found] == [("area", 9.9), ("area", 10.4)]
    assert kinds(result) == [("duplicate_figure", "area_stats/1")]


# --- note of sources ---


def source(name: str, as_of: str | None, precision: str | None, *indicators: str) -> dict[str, Any]:
    return {"name": name, "as_of": as_of, "as_of_precision": precision, "indicators": list(indicators)}


@pytest.mark.parametrize(
    ("note", "sources"),
    [
        ("Stadt Erfurt, Abteilung Statistik und Wahlen (Stand: 2013)",
         [source("Stadt Erfurt, Abteilung Statistik und Wahlen", "2013-01-01", "year")]),
        ("Stadt Jena (2015), Bundesagentur für Arbeit (07/2015) und Jobcenter (31.12.2016)",
         [source("Stadt Jena", "2015-01-01", "year"), source("Bundesagentur für Arbeit", "2015-07-01", "month"),
          source("Jobcenter", "2016-12-31", "day")]),
        ("Stadt Leipzig, Amt für Statistik, Stand: 31.12.2016",
         [source("Stadt Leipzig, Amt für Statistik", "2016-12-31", "day")]),
        ("Stadt A; Agentur B (Stand: Dezember 2014)", [source("Stadt A", None, None),
                                                       source("Agentur B", "2014-12-01", "month")]),
        ("Zensus 2011", [source("Zensus 2011", None, None)]),
        ("Kontakt in Krisen e.V. (KIK)", [source("Kontakt in Krisen e.V. (KIK)", None, None)]),
        ("Arbeitslosenquote: Bundesagentur für Arbeit (07/2015), Statistikamt (Einwohnerzahl, Größe: 2014)",
         [source("Bundesagentur für Arbeit", "2015-07-01", "month", "unemployment_rate"),
          source("Statistikamt", "2014-01-01", "year", "area_ha", "inhabitants")]),
    ],
)  # fmt: skip
def test_area_sources(note: str, sources: list[dict[str, Any]]) -> None:
    found = record(area_source_note=note)
    assert found["area_source_note"] == note
    assert found["area_sources"] == sources


@pytest.mark.parametrize("note", ["Stadt A (31.11.2018)", "Stadt A (2013/2014)"])
def test_a_date_of_a_source_that_can_not_be_read(note: str) -> None:
    result = parse({**DUISBURG, "area_source_note": note})
    assert result.record is not None
    assert [entry["as_of"] for entry in result.record["area_sources"]] == [None]
    if "11" in note:
        assert kinds(result) == [("unreadable_date", "area_sources")]


def test_source_note_with_a_heading_of_its_own() -> None:
    body = render(DUISBURG, Markup(omit=frozenset({"source_note"})))
    note = "<h3>Quellen der Gebietsbeschreibung</h3><p>Stadt A (2015)<br/>Jobcenter B (07/2015)</p>"
    found = gsb_project.parse(
        body.replace(b'</div><div id="supplement"', f'{note}</div><div id="supplement"'.encode()), URL
    ).record
    assert found is not None
    assert found["area_source_note"] == "Stadt A (2015) Jobcenter B (07/2015)"
    assert [entry["name"] for entry in found["area_sources"]] == ["Stadt A", "Jobcenter B"]
    assert found["activities"] == DUISBURG["activities"]


# --- contact ---


def contact(*lines: str) -> dict[str, Any]:
    found = record(contact=list(lines))["contact"]
    assert isinstance(found, dict)
    return found


ERFURT = {
    "organisation": "Stadt Erfurt",
    "street": "Juri-Gagarin-Ring 150",
    "postcode": "99084",
    "city": "Erfurt",
    "homepage": None,
}
ADDRESS = ("Stadt Erfurt", "Juri-Gagarin-Ring 150", "99084 Erfurt")


@pytest.mark.parametrize(
    "lines",
    [
        ADDRESS,
        ("Stadt Erfurt, Juri-Gagarin-Ring 150, 99084 Erfurt",),
        ("Frau Muster", *ADDRESS, "Telefon: 0361 6550", "Fax: 0361 655-1", "E-Mail:muster@erfurt.example"),
        ("<strong>Erika Beispiel</strong>", *ADDRESS, "Tel. 0361/655 0", "erika.beispiel@erfurt.example"),
        ("Dr. Hans-Peter von Beispiel", *ADDRESS, "+49 361 6550"),
        ("Stadt Erfurt", "Ansprechpartnerin: Erika Beispiel", *ADDRESS[1:], "Mobil 0171 1234567"),
        ("Stadt Erfurt, Herr Beispiel", *ADDRESS[1:], '<a href="mailto:a@b.example">E-Mail schreiben</a>'),
        ("Stadt Erfurt", "z. Hd. Erika Beispiel", "Juri-Gagarin-Ring 150", "D-99084 Erfurt Tel.: 0361 6550"),
        ("Stadt Erfurt", "Juri-Gagarin-Ring 150", "99084 Erfurt Frau Beispiel"),
        (*ADDRESS, "Homepage: Erika Maria Beispiel"),
        ("Stadt Erfurt Frau Erika Beispiel", *ADDRESS),
        ("Beispiel Erika", *ADDRESS, "erika(at)erfurt.example"),
        ("Stadt Erfurt", "Max Mustermann Stadt Erfurt", *ADDRESS[1:]),
        (*ADDRESS, "Telefon:", "0361 6550", "E-Mail:", "a@b.example"),
        ('<a href="SharedDocs/Kontaktformular.html">Kontaktformular</a>', *ADDRESS),
    ],
)
def test_persons_phones_and_mails_never_leave_the_page(lines: tuple[str, ...]) -> None:
    result = parse({**DUISBURG, "contact": list(lines)})
    assert result.record is not None
    assert result.record["contact"] == ERFURT
    said = json.dumps([result.record, result.evidence, result.issues, result.unclaimed], ensure_ascii=False)
    for private in ("Beispiel", "Muster", "6550", "655", "0171", "@", "(at)"):
        assert private not in said
    assert result.coverage == 1.0


@pytest.mark.parametrize(
    ("line", "homepage"),
    [
        (
            '<span class="label">Homepage:</span><a href="http://www.erfurt.example/">Stadt Erfurt</a>',
            "http://www.erfurt.example/",
        ),
        (
            'Homepage: <a href="DE/Erfurt/erfurt.html;jsessionid=AB.live1?x=1">Stadt</a>',
            "https://www.biwaq.de/DE/Erfurt/erfurt.html?x=1",
        ),
        ("Homepage:Stadt Erfurt", "Stadt Erfurt"),  # Erfurt, round III, as text: no address
        ("Internet: www.erfurt.example", "www.erfurt.example"),
        ("www.erfurt.example", "www.erfurt.example"),
        ('<a href="https://www.erfurt.example/biwaq">Zur Projektseite</a>', "https://www.erfurt.example/biwaq"),
        ("Homepage:<br/>www.erfurt.example", "www.erfurt.example"),
    ],
)
def test_homepage(line: str, homepage: str) -> None:
    assert contact(*ADDRESS, line if line.startswith("<") else f"<span>{line}</span>") == {
        **ERFURT,
        "homepage": homepage,
    }


def test_the_words_of_a_link_are_not_quoted_if_they_could_be_a_name() -> None:
    result = parse({**DUISBURG, "contact": [*ADDRESS, '<a href="https://www.erfurt.example/biwaq">Erika Beispiel</a>']})
    assert result.record is not None
    assert result.record["contact"] == {**ERFURT, "homepage": "https://www.erfurt.example/biwaq"}
    assert "Beispiel" not in json.dumps(result.evidence)


@pytest.mark.parametrize(
    ("lines", "organisation", "street"),
    [
        (
            ("Magistrat der Universitätsstadt Marburg", "Am Markt 1"),
            "Magistrat der Universitätsstadt Marburg",
            "Am Markt 1",
        ),
        (
            ("Landeshauptstadt Schwerin", "Amt 61", "Am Packhof 2 - 6"),
            "Landeshauptstadt Schwerin, Amt 61",
            "Am Packhof 2 - 6",
        ),
        (("Behling Consult", "Platz der Republik"), "Behling Consult", "Platz der Republik"),
        (("Stadt Köln", "Postfach 10 35 64"), "Stadt Köln", "Postfach 10 35 64"),
        (("ZAUG gGmbH", "Zimmer 12", "Kiesweg 31a"), "ZAUG gGmbH", "Kiesweg 31a"),
        (
            ("Bezirksamt Neukölln von Berlin", "Karl-Marx-Straße 83/85"),
            "Bezirksamt Neukölln von Berlin",
            "Karl-Marx-Straße 83/85",
        ),
        (("Stadt Halle (Saale)", "Marktplatz 1 (Rathaus)"), "Stadt Halle (Saale)", "Marktplatz 1 (Rathaus)"),
    ],
)
def test_organisation_and_street(lines: tuple[str, ...], organisation: str, street: str) -> None:
    found = contact(*lines, "12345 Ort")
    assert (found["organisation"], found["street"], found["postcode"], found["city"]) == (
        organisation,
        street,
        "12345",
        "Ort",
    )


def test_a_line_that_could_be_a_name_is_left_out_and_said_without_the_name() -> None:
    result = parse({**DUISBURG, "contact": ["Erika Beispiel", "99084 Erfurt"]})
    assert result.record is not None
    assert result.record["contact"]["organisation"] is None
    assert kinds(result) == [("contact_line_left_out", "contact/organisation")]
    assert "Beispiel" not in json.dumps(result.issues)


# --- gaps, other pages, rubbish ---


@pytest.mark.parametrize(
    "section", ["target_groups", "project_partners", "goals", "activities", "info", "area", "contact"]
)
def test_a_missing_section_is_an_issue_and_its_fields_are_empty(section: str) -> None:
    result = parse(markup=Markup(omit=frozenset({section})))
    assert ("missing_section", section) in kinds(result)
    fields = {
        "info": {**dict.fromkeys(("esf_region", "state", "municipality", "round_label")), "programme_areas": [],
                 "action_fields": [], "runtime": {"start": None, "end": None, "precision": None, "as_written": None}},
        "area": {"area_stats": []},
        "contact": {"contact": dict.fromkeys(ERFURT)},
        "goals": {"goals": None},
    }.get(section, {section: []})  # fmt: skip
    assert result.record == {**EXPECTED, **fields}


def test_an_unknown_heading_is_an_issue_and_its_text_is_counted() -> None:
    body = render(DUISBURG).replace(b"<h2>Ziele", "<h2>Förderhöhe</h2><p>Es gab eine Million.</p><h2>Ziele".encode())
    result = gsb_project.parse(body, URL)
    assert result.record == EXPECTED
    assert kinds(result) == [("unknown_heading", "heading")]
    assert result.unclaimed == ["Förderhöhe"]
    assert result.coverage is not None
    assert result.coverage < 1


def test_a_picture_credit_is_no_source_note() -> None:
    body = render(DUISBURG).replace(b"<h2>Zielgruppen", b"<p>Quelle: Stadtarchiv</p><h2>Zielgruppen")
    found = gsb_project.parse(body, URL).record
    assert found is not None
    assert found["area_source_note"] == DUISBURG["area_source_note"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty_page"),
        (b"<html><body><script>app()</script></body></html>", "empty_page"),
        (b"%PDF-1.4", "not_html"),
        (b"\x89PNG\x00\x00", "not_html"),
        (b"Service Unavailable", "not_html"),
        (b"<h1>Seite nicht gefunden</h1><p>Fehler 404</p>", "not_this_page"),
        (b"<h1>Projekte</h1><h2>Kontakt</h2><p>Stadt</p>", "not_this_page"),
        (b"<h1>Fonds</h1><h2>Ziele</h2><p>x</p><h2>Kontakt</h2>", "not_this_page"),
        (b"<p>Wir nutzen Cookies. Alle akzeptieren oder ablehnen.</p>", "consent_wall"),
        (b"<rss><channel/></rss>", "not_html"),
    ],
)
def test_what_is_no_project_page(body: bytes, kind: str) -> None:
    result = gsb_project.parse(body, URL, "text/html")
    assert result.record is None
    assert [(issue["severity"], issue["kind"]) for issue in result.issues] == [("error", kind)]
    assert result.evidence == []
    assert isinstance(gsb_project.evidence_text(body, URL, None), str)


def test_a_page_cut_anywhere_is_read_as_far_as_it_goes() -> None:
    body = render(DUISBURG, Markup(menu_items=0))
    for end in range(0, len(body), 97):
        result = gsb_project.parse(body[:end], URL)
        if result.record is not None:
            assert result.record["title"] in (EXPECTED["title"], None)
            assert (
                result.record["project_partners"][:2]
                == EXPECTED["project_partners"][: len(result.record["project_partners"])][:2]
            )


def test_random_damage_never_raises() -> None:
    rng = random.Random(827)
    bodies = [render(DUISBURG, markup) for markup in (Markup(), VARIANTS["everything at once"], VARIANTS["UTF-16"])]
    scraps = [
        *(b"<", b">", b"</div>", b"<br>", b"<li>", b"<!--", b"<script>", b"\0", b"\xff", b"&#xD800;", b"<h1>", b"<dt>"),
        *(b'<a href="http://[">x</a>', b'<base href="http://[x">', b"Stadt: ", b"31.11.2018", b"<h3>Kontakt</h3>"),
    ]
    for _ in range(400):
        body = bytearray(rng.choice(bodies))
        for _ in range(rng.choice((1, 3, 20))):
            at = rng.randrange(len(body))
            body[at : at + rng.choice((0, 1, 40, 900))] = rng.choice(scraps) * rng.choice((1, 1, 30))
        result = gsb_project.parse(bytes(body), URL, rng.choice((None, "text/html;charset=utf-8")))
        assert result.record is not None or result.issues[0]["severity"] == "error"


HOSTILE = {
    "100,000 list items": ("<li>Beratung in zwei", "<li>x</li>" * 100_000 + "<li>Beratung in zwei"),
    "10 MB text node": ("Mehr Menschen", "wort " * 2_000_000 + "Mehr Menschen"),
    "10 MB word": ("Bismarckplatz", "w" * 10_000_000 + "Bismarckplatz"),
    "10 MB digits": ("18,6 %", "1" * 10_000_000 + "18,6 %"),
    "10 MB list": ("Marxloh", "A, " * 3_000_000 + "Marxloh"),
    "30,000 unknown labels": (
        "<li><strong>Kommune",
        "<li><strong>N</strong><br/>x</li>" * 30_000 + "<li><strong>Kommune",
    ),
    "30,000 figures": ("Stadt: 18,6 %", "Stadt: 18,6 %<br/>" * 30_000),
    "30,000 headings": ("<h2>Ziele", "<h2>Neu</h2><p>x</p>" * 30_000 + "<h2>Ziele"),
    "deep bold": ("<p>Mehr", "<b>" * 1900 + "x<br>" * 30_000 + "</b>" * 1900 + "<p>Mehr"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_page_only(name: str) -> None:
    old, new = HOSTILE[name]
    body = render(DUISBURG).decode().replace(old, new, 1).encode()
    start = time.process_time()
    result = gsb_project.parse(body, URL)
    assert time.process_time() - start < 4
    assert result.record is not None
    assert result.record["cooperation_partners"][0] == "Jobcenter Duisburg"
    assert len(result.issues) <= 201


# --- real pages ---


def test_real_pages(shared: Path) -> None:
    duisburg = gsb_project.parse((shared / "pages" / "gsb_2390_Duisburg.html").read_bytes(), URL)
    erfurt = gsb_project.parse((shared / "pages" / "gsb_2369_Erfurt.html").read_bytes(), URL)
    assert duisburg.record is not None
    assert erfurt.record is not None
    for result in (duisburg, erfurt):
        assert (result.issues, result.coverage, result.unclaimed) == ([], 1.0, [])
    prose = ("summary", "cooperation_partners", "goals", "activities")
    assert {k: v for k, v in duisburg.record.items() if k not in prose} == {
        k: v for k, v in EXPECTED.items() if k not in prose
    }
    assert len(duisburg.record["cooperation_partners"]) == 13
    assert len(duisburg.record["activities"]) == 13
    assert duisburg.record["goals"].count("\n") == 2
    assert erfurt.record["title"] == "BIWAQ Erfurt"
    assert erfurt.record["target_groups"][2:] == ["Alleinerziehende", "Ältere", "Betriebe der lokalen Ökonomie"]
    assert erfurt.record["project_partners"] == ["Kontakt in Krisen e.V. (KIK)", "Euratibor e.V."]
    assert len(erfurt.record["cooperation_partners"]) == 11
    assert len(erfurt.record["activities"]) == 14
    assert (erfurt.record["esf_region"], erfurt.record["state"]) == ("Übergangsregionen", "Thüringen")
    assert erfurt.record["programme_areas"] == ["Magdeburger Allee", "Süd-Ost"]
    assert (erfurt.record["runtime"]["start"], erfurt.record["runtime"]["end"]) == ("2015-10-01", "2018-12-31")
    assert [(stat["scope"], stat["value"]) for stat in erfurt.record["area_stats"]] == [
        ("area", 143), ("city", 205112), ("area", 62408), ("city", 14.6), ("area", 20.2), ("city", 6.3), ("area", 7.9),
        ("city", 7.5), ("area", 8.2)]  # fmt: skip
    assert erfurt.record["contact"] == {**ERFURT, "homepage": "http://www.example.org/"}


FIVE = {
    "strong br": Markup(),
    "span br": Markup(label="span_class", abbr=True, leading_br=True),
    "div": Markup(label="div", lists="div", shy=True),
    "dl": Markup(label="dl", lists="p", headings=("h3", "h4"), colon=True),
    "ul": Markup(label="plain", values="ul", lists="ul", headings=("strong", "strong"), encoding="iso-8859-1"),
}


@pytest.mark.parametrize("name", FIVE)
def test_fifteen_real_projects_in_five_markups(shared: Path, name: str) -> None:
    fields = (
        "title",
        "municipality",
        "state",
        "programme_areas",
        "target_groups",
        "project_partners",
        "cooperation_partners",
    )
    projects = [json.loads(line) for line in (shared / "facts" / "projects.jsonl").read_text("utf-8").splitlines()]
    assert len(projects) == 15
    for project in projects:
        facts = {name: project[name] for name in fields}
        facts["cooperation_partners"] = [name for name in facts["cooperation_partners"] if name != "(cut)"]
        result = parse({**DUISBURG, **facts}, FIVE[name])
        assert result.record == {**EXPECTED, **facts}
        assert (result.issues, result.coverage) == ([], 1.0)
