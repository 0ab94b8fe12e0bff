"""Cleaning, folding and splitting of text."""

from __future__ import annotations

import time

import pytest

from parsers.text import clean, fold, label_key, split_enumeration, split_list


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Pro\u00adgramm", "Programm"),  # soft hyphen, in menus of 11 of 15 GSB pages
        ("e.\u00a0V.", "e. V."),
        (" a \n\t b\u2009c\u202fd ", "a b c d"),
        ("u\u0308ber", "über"),  # NFC
        ("x\u200b\ufeff\u2060y", "xy"),
        ("A\u202eB", "AB"),  # turns the reading order
        ("a\x00b\x07c\x85d", "abc d"),
        ("\ud83d", ""),  # half of a character
        ("👩\u200d🔧", "👩\u200d🔧"),  # this joiner is seen
        ("InHa – In Herne angekommen", "InHa – In Herne angekommen"),
        ("", ""),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    "form", ["Einwohner/innenzahl", "Einwohner*innenzahl", "Einwohner:innenzahl", "EinwohnerInnenzahl",
             "Einwohner/-innenzahl", "Einwohner(innen)zahl", "Einwohner_innenzahl", "einwohnerinnenzahl"]
)  # fmt: skip
def test_gender_forms_fold_to_one(form: str) -> None:
    assert fold(form) == "einwohnerinnenzahl"


def test_fold_keeps_umlauts_and_places_apart() -> None:
    assert fold("Mülheim") != fold("Muelheim")
    assert fold("Köln/Innenstadt") == "köln/innenstadt"
    assert fold("2015 – 2018") == fold("2015 - 2018") == fold("2015 \u2212 2018")


@pytest.mark.parametrize(
    "form", ["SGB-II-Quote", "SGB-II-Quote:", "SGB II-Quote", "sgb‑ii‑quote", " SGB-II-\u00adQuote :"]
)
def test_label_key(form: str) -> None:
    assert label_key(form) == "sgbiiquote"


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("Marxloh, Hochfeld", ["Marxloh", "Hochfeld"]),
        ("a; b ;; c", ["a", "b", "c"]),
        # Gießen, round IV: a partner with commas in its name
        ("Deutsch-Russisches Zentrum „Integration, Bildung, Sozial, Kultur“ e. V., WEVATO GmbH",
         ["Deutsch-Russisches Zentrum „Integration, Bildung, Sozial, Kultur“ e. V.", "WEVATO GmbH"]),
        # Schwerin, round III
        ("Internationaler Bund Freier Träger der Jugend-, Sozial- und Bildungsarbeit e.V.",
         ["Internationaler Bund Freier Träger der Jugend-, Sozial- und Bildungsarbeit e.V."]),
        ("7,5 Stellen, 3", ["7,5 Stellen", "3"]),
        ("A (b, c), d", ["A (b, c)", "d"]),
        ("Arbeitsladen Plus am Torgauer Platz), b", ["Arbeitsladen Plus am Torgauer Platz)", "b"]),
        ("„Nie geschlossen, b", ["„Nie geschlossen", "b"]),
        ("", []),
    ],
)  # fmt: skip
def test_split_list(line: str, items: list[str]) -> None:
    assert split_list(line) == items


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("Marxloh und Hochfeld", ["Marxloh", "Hochfeld"]),
        ("Nordstadt, Eulenkopf sowie Waldtal", ["Nordstadt", "Eulenkopf", "Waldtal"]),
        ("Aachen-Nord und -Ost", ["Aachen-Nord und -Ost"]),
        ("Jugend- und Sozialarbeit", ["Jugend- und Sozialarbeit"]),
        ("(Alt und Neu), c", ["(Alt und Neu)", "c"]),
    ],
)
def test_split_enumeration(line: str, items: list[str]) -> None:
    assert split_enumeration(line) == items


def test_time_grows_with_the_text_only() -> None:
    start = time.process_time()
    split_list("(„" * 100_000 + "“, " * 100_000)
    assert time.process_time() - start < 3
