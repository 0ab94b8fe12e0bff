"""German dates and periods: every form of the facts, and what must not become one."""

from __future__ import annotations

import time

import pytest

from parsers.dates import find_dates, find_periods, parse_date, parse_runtime, read_runtime


@pytest.mark.parametrize(
    ("text", "value", "precision", "last"),
    [
        ("24.11.2015", "2015-11-24", "day", "2015-11-24"),
        ("1.4.2015", "2015-04-01", "day", "2015-04-01"),
        ("1. April 2015", "2015-04-01", "day", "2015-04-01"),
        ("Freitag, 1. Apr. 2016", "2016-04-01", "day", "2016-04-01"),
        ("04/2015", "2015-04-01", "month", "2015-04-30"),
        ("04.2015", "2015-04-01", "month", "2015-04-30"),
        ("Februar 2016", "2016-02-01", "month", "2016-02-29"),
        ("Ende Juni 2026", "2026-06-01", "month", "2026-06-30"),
        ("2013", "2013-01-01", "year", "2013-12-31"),
        ("Ende des Jahres 2022", "2022-01-01", "year", "2022-12-31"),
        ("Herbst 2015", "2015-01-01", "year", "2015-12-31"),
        ("2025-12-02T10:00:00+01:00", "2025-12-02", "day", "2025-12-02"),
    ],
)
def test_parse_date(text: str, value: str, precision: str, last: str) -> None:
    found = parse_date(text)
    assert found == (value, precision)
    assert found is not None
    assert found.last == last


@pytest.mark.parametrize("text", ["31.11.2018", "30.02.2016", "29.02.2015", "13/2015", "00/2015", "die", "", "1.5",
                                  "vom 24.11.2015", "24.11.15", "1780", "2.019", "50/2015"])  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("04/2015 bis 12/2018", "2015-04-01", "2018-12-31", "month"),  # Duisburg, round III
        ("10/2015 bis 12/2018", "2015-10-01", "2018-12-31", "month"),  # Erfurt, round III
        ("01.01.2019 bis zum 31.12.2022", "2019-01-01", "2022-12-31", "day"),  # duisburg.de
        ("01.01.2019 – 31.12.2022", "2019-01-01", "2022-12-31", "day"),  # jena.de
        ("1. April 2015 bis 31. Dezember 2018", "2015-04-01", "2018-12-31", "day"),
        ("vom 1. Jan. 2019 bis 31. Dez. 2022", "2019-01-01", "2022-12-31", "day"),
        ("April 2015 bis Ende 2018", "2015-04-01", "2018-12-31", "year"),
        ("seit 2015 bis Ende 2018", "2015-01-01", "2018-12-31", "year"),
        ("2019 – 2022", "2019-01-01", "2022-12-31", "year"),
        ("2015-2018", "2015-01-01", "2018-12-31", "year"),
        ("2015 - 2018", "2015-01-01", "2018-12-31", "year"),
        ("2019-22", "2019-01-01", "2022-12-31", "year"),
        ("2007/2013", "2007-01-01", "2013-12-31", "year"),
        ("seit Juli 2023 bis Ende Juni 2026", "2023-07-01", "2026-06-30", "month"),
        ("bis Dezember 2018", None, "2018-12-31", "month"),
        ("bis Ende des Jahres 2022", None, "2022-12-31", "year"),
        ("bis 2018 (vorzeitiger Maßnahmebeginn April 2015)", None, "2018-12-31", "year"),
        ("seit 2019", "2019-01-01", None, "year"),
        ("ab 1. November 2011", "2011-11-01", None, "day"),
        ("11.11.-10.12.2020", "2020-11-11", "2020-12-10", "day"),
        ("25.-26.09.2019", "2019-09-25", "2019-09-26", "day"),
        ("April bis Dezember 2015", "2015-04-01", "2015-12-31", "month"),
        ("1. – 3. Mai 2019", "2019-05-01", "2019-05-03", "day"),
    ],
)
def test_parse_runtime(text: str, start: str | None, end: str | None, precision: str) -> None:
    assert read_runtime(text) == ({"start": start, "end": end, "precision": precision, "as_written": text}, None)


def test_an_impossible_end_is_left_out_with_a_reason() -> None:
    runtime, reason = read_runtime("01.04.2015 bis 31.11.2018")
    assert runtime == {
        "start": "2015-04-01",
        "end": None,
        "precision": "day",
        "as_written": "01.04.2015 bis 31.11.2018",
    }
    assert reason == "'31.11.2018': there is no day 31 in 11/2018"


@pytest.mark.parametrize(
    "text", ["12/2018 bis 04/2015", "2019-18", "vier Jahre", "2019", "13/2015 bis 14/2016", "04/2015 bis"]
)
def test_what_is_no_period_has_a_reason(text: str) -> None:
    runtime, reason = read_runtime(text)
    assert (runtime["start"], runtime["end"], runtime["as_written"]) == (None, None, text)
    assert reason


def test_nothing_is_no_period_and_no_complaint() -> None:
    assert read_runtime(" ") == ({"start": None, "end": None, "precision": None, "as_written": None}, None)
    assert parse_runtime("04/2015 bis 12/2018")["end"] == "2018-12-31"


def test_find_dates_with_offsets() -> None:
    text = "Am 31.12.2018, seit Mai 2019 (2013); 27./28. September 2016, 31.11.2018"
    found = find_dates(text)
    assert [(hit.text, hit.value and hit.value.value) for hit in found] == [
        ("31.12.2018", "2018-12-31"),
        ("Mai 2019", "2019-05-01"),
        ("2013", "2013-01-01"),
        ("28. September 2016", "2016-09-28"),
        ("31.11.2018", None),
    ]
    assert all(text[hit.start : hit.end] == hit.text for hit in found)
    assert found[-1].reason is not None


@pytest.mark.parametrize(
    "text", ["283.2019 Stück", "Aktenzeichen 12.34.2019.5", "BIWAQ2019", "20195", "2.019", "1.2015,5"]
)
def test_no_date_inside_other_figures(text: str) -> None:
    assert find_dates(text) == []


def test_a_year_beside_a_number_stays_a_year() -> None:
    assert [hit.text for hit in find_dates("bis 2018 1,6 Millionen, seit Januar 2023 827 Menschen")] == [
        "2018",
        "Januar 2023",
    ]


def test_find_periods_in_prose() -> None:
    text = "Das Projekt wird vom 01.01.2019 bis zum 31.12.2022 umgesetzt, das Büro besteht seit April 2015."
    found = find_periods(text)
    assert [(hit.runtime["start"], hit.runtime["end"]) for hit in found] == [
        ("2019-01-01", "2022-12-31"),
        ("2015-04-01", None),
    ]
    assert all(text[hit.start : hit.end] == hit.text for hit in found)


@pytest.mark.parametrize("piece", ["01.", "2019 ", "1. April ", "bis ", "("])
def test_time_grows_with_the_text_only(piece: str) -> None:
    start = time.process_time()
    find_dates(piece * 50_000)
    find_periods(piece * 50_000)
    read_runtime(piece * 50_000)
    assert time.process_time() - start < 5
