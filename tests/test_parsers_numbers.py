"""German numbers: exact grouping or none at all, units, words, shares, qualifiers."""

from __future__ import annotations

import time

import pytest

from parsers.numbers import find_numbers, parse_number, parse_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.780", 1780),
        ("10 300", 10300),
        ("140 000", 140000),
        ("140\u00a0000", 140000),
        ("750000", 750000),
        ("353.379,60", 353379.6),
        ("353.379,60 €", 353379.6),
        ("1,2 Million", 1200000),
        ("64,5 Mio. Euro", 64500000),
        ("7,5", 7.5),
        ("0", 0),
        ("-3", -3),
        ("\u22123,5", -3.5),
        ("1780", 1780),
        ("zwölf", 12),
        ("Dreihundertfünfzig", 350),
        ("zweitausendfünfzehn", 2015),
        ("einundzwanzig", 21),
        ("zweieinhalb", 2.5),
        ("eine Million", 1000000),
        ("zwei Dutzend", 24),
    ],
)
def test_parse_number(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["1.5", "12.34", "1.2345", "1,2,3", "05", "1.78", "1 0000", "10 30", "1.000.00", "494.545.", "", "-", "ein", "und",
     "undzwei", "494.545 Einwohner", "12/2018", "1.1.2019", "BIWAQ3", "9" * 16, "1'000", "k. A.", "2020er", "--3"],
)  # fmt: skip
def test_what_is_no_german_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "value", "unit", "qualifier"),
    [
        ("68 ha", 68, "ha", "exact"),
        ("68ha", 68, "ha", "exact"),
        ("36,2 %", 36.2, "percent", "exact"),
        ("50,1%", 50.1, "percent", "exact"),
        (">50%", 50, "percent", "over"),
        ("rund 494.545", 494545, None, "about"),
        ("knapp 40 Prozent", 40, "percent", "under"),
        ("ca. 68 Hektar", 68, "ha", "about"),
        ("mindestens 150", 150, None, "at_least"),
        ("€ 350.000", 350000, "EUR", "exact"),
        ("200 und mehr", 200, None, "at_least"),
        ("ein Drittel", 33.33, "percent", "exact"),
        ("jeder fünfte", 20, "percent", "exact"),
        ("die Hälfte", 50, "percent", "exact"),
    ],
)
def test_parse_quantity(text: str, value: float, unit: str | None, qualifier: str) -> None:
    assert parse_quantity(text) == (value, unit, qualifier)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("seit Januar 2023 827 Menschen", [(2023, "exact"), (827, "exact")]),
        ("bis 2018 1,6 Millionen", [(2018, "exact"), (1600000, "exact")]),
        ("2009 1.600 Arbeitsgelegenheiten", [(2009, "exact"), (1600, "exact")]),
        ("bis zu 350 Personen, mehr als 750000 Euro", [(350, "up_to"), (750000, "over")]),
        ("zirka 78 arbeitsuchende Grünauer", [(78, "about")]),
        ("Von 136 Teilnehmern haben wir 51 vermittelt", [(136, "exact"), (51, "exact")]),
        ("über 30 Teilnehmende, gut 800, fast hundert", [(30, "over"), (800, "over"), (100, "under")]),
        ("etwa einem Drittel der Teilnehmenden", [(33.33, "about")]),
        ("Zwei Teilnehmer konnten, acht Kommunen", [(2, "exact"), (8, "exact")]),
        ("Hinzu kommt eine weitere Million", [(1000000, "exact")]),
        ("ein Viertel in Duisburg, ein Mann, eine Frau", []),
        ("ein Viertel der Befragten", [(25, "exact")]),
        ("10 3000", [(10, "exact"), (3000, "exact")]),
        ("Version 1.5 vom 01.01.2019, 12/2018", []),
    ],
)
def test_find_numbers(text: str, found: list[tuple[float, str]]) -> None:
    hits = find_numbers(text)
    assert [(hit.value, hit.qualifier) for hit in hits] == found
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)


def test_offsets_of_qualifier_and_form() -> None:
    text = "Es sind rund 1.200 Menschen, ein Drittel davon Frauen, zwölf Betriebe."
    digits, share, words = find_numbers(text)
    assert text[digits.qualifier_start : digits.end] == "rund 1.200"
    assert (digits.form, share.form, words.form) == ("digits", "share", "words")
    assert share.unit == "percent"


@pytest.mark.parametrize("piece", ["1 000", "1.000", "ein", "zweiund", "rund ", "9", "1,", "einhundert "])
def test_time_grows_with_the_text_only(piece: str) -> None:
    start = time.process_time()
    find_numbers(piece * 50_000)
    parse_quantity(piece * 50_000)
    assert time.process_time() - start < 5
