"""What is printed in German reads back as itself: numbers, dates, periods, lists, postal and web addresses.

Belongs here: properties over generated values. Does not: single examples from pages (test_parsers_*, test_fetch_urls).
Concept: the printers below are written from German spelling, not from the parsers, so that the two check each other.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from parsers import gsb_project, html
from parsers.dates import DateValue, find_dates, find_periods, parse_date, read_runtime
from parsers.numbers import find_numbers, parse_number, parse_quantity
from parsers.text import clean, split_enumeration, split_list
from pipeline.fetch.urls import BadAddress, canonical
from tests.gsb_pages import DUISBURG, URL, Markup, render

settings.register_profile("properties", derandomize=True, deadline=None, max_examples=150)
PROPERTY = settings(settings.get_profile("properties"))
PAGE = settings(PROPERTY, max_examples=25)  # a whole page is rendered and read for every example

# --- numbers ---------------------------------------------------------------------------------------------------------

COUNTS = st.one_of(st.integers(0, 2_000), st.integers(0, 999_999_999_999))
SPACES = st.sampled_from([" ", "\u00a0", "\u2009", "\u202f"])
GROUPS = st.one_of(st.sampled_from([".", ""]), SPACES)
UNITS = st.sampled_from(
    [("%", "percent"), ("Prozent", "percent"), ("v. H.", "percent"), ("€", "EUR"), ("Euro", "EUR"), ("EUR", "EUR"),
     ("ha", "ha"), ("Hektar", "ha")]
)  # fmt: skip
QUALIFIERS = st.sampled_from(
    [("rund", "about"), ("etwa", "about"), ("ca.", "about"), ("knapp", "under"), ("fast", "under"), ("über", "over"),
     ("mehr als", "over"), ("gut", "over"), ("mindestens", "at_least"), ("bis zu", "up_to"), ("höchstens", "up_to")]
)  # fmt: skip
SCALES = st.sampled_from(
    [("Tausend", 3), ("Tsd.", 3), ("Mio.", 6), ("Million", 6), ("Millionen", 6), ("Mrd.", 9), ("Milliarden", 9)]
)


def grouped(number: int, separator: str = ".") -> str:
    """1234567 as 1.234.567."""
    return f"{number:,}".replace(",", separator)


def in_words(number: int) -> str:
    """A German number word, 0 < number < 1,000,000, by the rules of the language and without a dictionary."""
    ones = ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]
    tens = {2: "zwanzig", 3: "dreißig", 4: "vierzig", 5: "fünfzig", 6: "sechzig", 7: "siebzig", 8: "achtzig",
            9: "neunzig"}  # fmt: skip
    if number >= 1000:
        thousands, rest = in_words(number // 1000), in_words(number % 1000) if number % 1000 else ""
        return (thousands[:-1] if thousands.endswith("eins") else thousands) + "tausend" + rest
    if number >= 100:
        return ones[number // 100 - 1] + "hundert" + (in_words(number % 100) if number % 100 else "")
    if number == 1:
        return "eins"
    if number <= 12:
        return ones[number - 1]
    if number < 20:
        return {16: "sech", 17: "sieb"}.get(number, ones[number - 11]) + "zehn"
    return (f"{ones[number % 10 - 1]}und" if number % 10 else "") + tens[number // 10]


@PROPERTY
@given(COUNTS, GROUPS)
def test_whole_numbers(number: int, separator: str) -> None:
    assert parse_number(grouped(number, separator)) == number
    assert parse_number(f"-{grouped(number, separator)}") == -number


@PROPERTY
@given(st.integers(0, 10_000_000), st.integers(0, 999), GROUPS, UNITS, SPACES)
def test_decimals_with_a_unit(whole: int, part: int, separator: str, unit: tuple[str, str], space: str) -> None:
    printed = f"{grouped(whole, separator)},{part:03}{space}{unit[0]}"
    assert parse_quantity(printed) == (float(f"{whole}.{part:03}"), unit[1], "exact")


@PROPERTY
@given(st.decimals(Decimal("0.1"), 999, places=1), SCALES)
@example(Decimal("1.2"), ("Mio.", 6))
def test_scaled_numbers_are_exact(number: Decimal, scale: tuple[str, int]) -> None:
    printed = f"{number}".replace(".", ",")
    assert parse_number(f"{printed} {scale[0]}") == number.scaleb(scale[1])
    assert parse_quantity(f"{printed} {scale[0]} Euro") == (number.scaleb(scale[1]), "EUR", "exact")


@PROPERTY
@given(st.integers(1, 999_999))
@example(1)
@example(101)
@example(1_001)
@example(21_021)
def test_number_words(number: int) -> None:
    word = in_words(number)
    assert parse_number(word) == number
    assert parse_number(word.capitalize()) == number
    if 100 <= number < 200:
        assert parse_number(word.removeprefix("ein")) == number
    if number >= 2:  # "ein" and "eins" may be the article
        assert [(hit.value, hit.form) for hit in find_numbers(f"Es kamen {word} Menschen.")] == [(number, "words")]


@PROPERTY
@given(st.lists(st.tuples(COUNTS, QUALIFIERS), min_size=1, max_size=5), st.sampled_from([".", ""]))
def test_numbers_in_a_sentence_keep_place_and_qualifier(
    numbers: list[tuple[int, tuple[str, str]]], separator: str
) -> None:
    told = [f"{qualifier} {grouped(number, separator)}" for number, (qualifier, _) in numbers]
    sentence = f"Es waren {' Frauen, '.join(told)} Frauen."
    hits = find_numbers(sentence)
    assert [(hit.value, hit.qualifier) for hit in hits] == [(number, code) for number, (_, code) in numbers]
    assert [sentence[hit.qualifier_start : hit.end] for hit in hits] == told


@PROPERTY
@given(st.integers(1_000, 99_999_999), st.integers(1, 9))
def test_english_and_broken_grouping_is_no_number(number: int, digit: int) -> None:
    for printed in (f"{number:,}.{digit}", grouped(number) + f".{digit}", f"{grouped(number)}{digit}"):
        assert parse_number(printed) is None


# --- dates and periods -----------------------------------------------------------------------------------------------

MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
DAYS = st.dates(date(1990, 1, 1), date(2059, 12, 31))
DAY_FORMS: list[Callable[[date], str]] = [
    lambda day: f"{day:%d.%m.%Y}",
    lambda day: f"{day.day}.{day.month}.{day.year}",
    lambda day: f"{day.day}. {MONTHS[day.month - 1]} {day.year}",
    lambda day: f"{day.day:02}.\u00a0{MONTHS[day.month - 1]}\u00a0{day.year}",
    lambda day: day.isoformat(),
]
MONTH_FORMS: list[Callable[[date], str]] = [
    lambda day: f"{day:%m/%Y}",
    lambda day: f"{day.month}/{day.year}",
    lambda day: f"{day:%m.%Y}",
    lambda day: f"{MONTHS[day.month - 1]} {day.year}",
    lambda day: f"Ende {MONTHS[day.month - 1]} {day.year}",
]
YEAR_FORMS: list[Callable[[date], str]] = [
    lambda day: f"{day.year}",
    lambda day: f"Ende {day.year}",
    lambda day: f"Ende des Jahres {day.year}",
    lambda day: f"Herbst {day.year}",
]
FORMS = st.sampled_from(
    [(form, precision) for precision, forms in (("day", DAY_FORMS), ("month", MONTH_FORMS), ("year", YEAR_FORMS))
     for form in forms]
)  # fmt: skip
BETWEEN = st.sampled_from([" bis ", " bis zum ", " - ", " – "])
Form = tuple[Callable[[date], str], str]


def first_day(day: date, precision: str) -> str:
    """The first day of what a date of this precision means."""
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[precision].isoformat()


def last_day(day: date, precision: str) -> str:
    """The last day of it."""
    of_month = day.replace(day=monthrange(day.year, day.month)[1])
    return {"day": day, "month": of_month, "year": day.replace(month=12, day=31)}[precision].isoformat()


@PROPERTY
@given(DAYS, FORMS)
def test_dates(day: date, form: Form) -> None:
    write, precision = form
    found = parse_date(write(day))
    assert found == DateValue(first_day(day, precision), precision)  # type: ignore[arg-type]
    assert found is not None
    assert found.last == last_day(day, precision)


@PROPERTY
@given(st.lists(st.tuples(DAYS, FORMS), min_size=1, max_size=4))
def test_dates_in_a_sentence_keep_their_place(dates: list[tuple[date, Form]]) -> None:
    told = [write(day) for day, (write, _) in dates]
    sentence = f"Termine sind {' sowie '.join(told)} in Jena."
    hits = find_dates(sentence)
    assert [hit.text for hit in hits] == told
    assert [sentence[hit.start : hit.end] for hit in hits] == told


@PROPERTY
@given(DAYS, DAYS, FORMS, FORMS, BETWEEN, st.sampled_from(["", "vom ", "seit "]))
def test_periods(one: date, other: date, start: Form, end: Form, between: str, before: str) -> None:
    one, other = sorted((one, other))
    assume(first_day(one, start[1]) <= last_day(other, end[1]))
    text = clean(f"{before}{start[0](one)}{between}{end[0](other)}")
    runtime, reason = read_runtime(text)
    coarser = max(start[1], end[1], key=["day", "month", "year"].index)
    assert reason is None
    assert runtime == {
        "start": first_day(one, start[1]), "end": last_day(other, end[1]), "precision": coarser, "as_written": text
    }  # fmt: skip
    (hit,) = find_periods(f"Das Projekt läuft {text} in Jena.")
    assert (hit.runtime["start"], hit.runtime["end"]) == (runtime["start"], runtime["end"])


@PROPERTY
@given(DAYS, DAYS, FORMS)
def test_a_period_that_ends_before_it_begins_is_refused(one: date, other: date, form: Form) -> None:
    write, precision = form
    assume(first_day(one, precision) > last_day(other, precision))
    text = clean(f"{write(one)} bis {write(other)}")
    runtime, reason = read_runtime(text)
    assert (runtime["start"], runtime["end"], runtime["as_written"]) == (None, None, text)
    assert reason is not None
    assert "ends before it begins" in reason


@PROPERTY
@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(29, 99))
def test_days_that_no_month_has_are_refused(year: int, month: int, day: int) -> None:
    assume(day > monthrange(year, month)[1])
    for text in (f"{day}.{month:02}.{year}", f"{day}. {MONTHS[month - 1]} {year}"):
        assert parse_date(text) is None
        (hit,) = find_dates(f"am {text}.")
        assert hit.value is None
        assert hit.reason


def test_a_quarter_of_a_year_is_no_date_that_we_read() -> None:
    assert parse_date("3. Quartal 2016") is None
    assert [hit.text for hit in find_dates("im 3. Quartal 2016")] == ["2016"]


# --- lists -----------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["Werkkiste", "Jobcenter Jena", "Grünbau", "Volkshochschule", "Haus der Familie", "Bildungswerk Süd-West",
     "Träger der Jugend-, Sozial- und Bildungsarbeit", "Kammer für Handwerk und Handel", "IB"]
)  # fmt: skip
TAILS = st.sampled_from(
    ["", " GmbH", " e. V.", " (BAMF)", " (Jena, Gera)", " „Bildung, Arbeit und Kultur“", " (7,5 Stellen)", "/Mitte",
     " – Nord", " [Amt 50; Soziales]"]
)  # fmt: skip
ITEMS = st.builds(str.__add__, NAMES, TAILS)
WORDS = st.text("abcäöüßABC .&/'*|-", min_size=1, max_size=20).map(str.strip).filter(lambda t: t.strip(" -") == t and t)


@PROPERTY
@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@PROPERTY
@given(st.lists(st.one_of(ITEMS, WORDS), min_size=1, max_size=8), st.sampled_from([", ", "; ", ",\u00a0", " ;"]))
def test_a_list_in_one_line_comes_apart_as_it_was_joined(items: list[str], between: str) -> None:
    assert split_list(between.join(items)) == [clean(item) for item in items]


@PROPERTY
@given(
    st.lists(NAMES.filter(lambda name: " und " not in name), min_size=2, max_size=6), st.sampled_from(["und", "sowie"])
)
def test_an_enumeration_comes_apart_at_its_last_and(items: list[str], word: str) -> None:
    assert split_enumeration(f"{', '.join(items[:-1])} {word} {items[-1]}") == items


PARTNERS = st.lists(ITEMS.filter(lambda item: ";" not in item), min_size=2, max_size=6, unique=True)


@pytest.mark.parametrize("lists", ["br", "div", "p", "ul"])
@PAGE
@given(PARTNERS, PARTNERS, st.booleans(), st.booleans())
def test_lists_of_a_page_in_every_markup(
    lists: str, partners: list[str], activities: list[str], leading_br: bool, shy: bool
) -> None:
    facts = {**DUISBURG, "project_partners": partners, "cooperation_partners": partners[::-1], "activities": activities}
    markup = Markup(lists=lists, activities="ul" if lists == "ul" else "br", leading_br=leading_br, shy=shy)
    record = record_of(facts, markup)
    assert record["project_partners"] == partners
    assert record["cooperation_partners"] == partners[::-1]
    assert record["activities"] == activities


def record_of(facts: dict[str, Any], markup: Markup) -> dict[str, Any]:
    record = gsb_project.parse(render(facts, markup), URL).record
    assert record is not None
    return record


# --- postal addresses ------------------------------------------------------------------------------------------------

OFFICES = st.sampled_from(
    ["Stadt Jena", "Jobcenter Gera", "Werkkiste gGmbH", "Landeshauptstadt Schwerin", "Bezirksamt Neukölln"]
)
STREETS = st.sampled_from(
    [
        "Bismarckplatz",
        "Am Anger",
        "Karl-Marx-Straße",
        "Straße des 17. Juni",
        "An der Alten Mühle",
        "Lange Str.",
        "Markt",
    ]
)
HOUSES = st.builds("{}{}".format, st.integers(1, 999), st.sampled_from(["", "a", " b", "-13", "/2", " (Hinterhaus)"]))
TOWNS = st.sampled_from(["Jena", "Halle (Saale)", "Frankfurt am Main", "Bad Schwartau", "Köln"])


@PAGE
@given(OFFICES, STREETS, HOUSES, st.integers(1001, 99998), TOWNS, st.booleans(), st.sampled_from(["", "D-", "D "]))
def test_an_address_block(
    office: str, street: str, house: str, postcode: int, town: str, in_one_line: bool, country: str
) -> None:
    lines = [office, f"{street} {house}", f"{country}{postcode:05} {town}"]
    record = record_of({**DUISBURG, "contact": [", ".join(lines)] if in_one_line else lines}, Markup())
    place = {"street": f"{street} {house}", "postcode": f"{postcode:05}", "city": town}
    assert record["contact"] == {"organisation": office, "homepage": None, **place}


# --- web addresses ---------------------------------------------------------------------------------------------------

NAMES_IN_PATHS = st.text("abcXYZ019-_.~äöüß", min_size=1, max_size=8).filter(lambda name: name.strip("."))
SEGMENTS = st.lists(NAMES_IN_PATHS, min_size=1, max_size=4)
KEYS = st.lists(st.tuples(st.text("abc", min_size=3, max_size=5), st.text("xyz019ü", max_size=5)), max_size=3)
LISTS = st.builds(lambda number, page: f"{number}_list%253D{page}", st.integers(1, 999_999), st.integers(1, 99))
SESSIONS = st.builds(
    lambda token, node: f";jsessionid={token}{node}",
    st.text("0123456789ABCDEF", min_size=32, max_size=32),
    st.sampled_from(["", ".live21064", ".2_cid387", ".internet112", ".delivery1-replication"]),
)
ADDRESSES = st.builds(
    lambda path, keys: ("/".join(path), [f"{key}={value}" for key, value in keys]), SEGMENTS, KEYS
)  # fmt: skip


@PROPERTY
@given(st.text(max_size=60), st.text(alphabet="abgtpn=&%;jsessionid.#?/üÄß+ 0123456789ABCDEF", max_size=60))
def test_canonical_twice_changes_nothing(path: str, query: str) -> None:
    try:
        once = canonical(f"http://h.de/{path}?{query}")
    except BadAddress:
        return
    assert canonical(once) == once
    assert once.isascii()


@PROPERTY
@given(ADDRESSES, SESSIONS, st.integers(1, 9_999_999), st.text("abc", max_size=5), LISTS)
def test_one_document_under_many_addresses(
    address: tuple[str, list[str]], session: str, node: int, fragment: str, turn: str
) -> None:
    path, keys = address

    def url(*more: str, host: str = "http://www.biwaq.de", inside: str = path, behind: str = "") -> str:
        query = "&".join([*more, *keys])
        return f"{host}/{inside}{behind}" + (f"?{query}" if query else "")

    once = canonical(url())
    percent = "".join(f"%{byte:02x}" if byte > 127 else chr(byte) for byte in path.encode())
    every_letter = "".join(f"%{byte:02X}" if byte > 127 or chr(byte).isalnum() else chr(byte) for byte in path.encode())
    for other in (
        url(behind=session),
        url(f"nn={node}"),
        url(f"cms_nn={node}"),
        url() + f"#{fragment}",
        url(host="http://www.biwaq.de:80"),
        url(host="HTTP://WWW.Biwaq.DE"),
        url(host="http://www.biwaq.de."),
        url(inside=percent),
        url(inside=every_letter),
        url(f"nn={node}", behind=session) + f"#{fragment}",
    ):
        assert canonical(other) == once
    paged = canonical(url(f"gtp={turn}"))
    assert paged != once
    assert f"gtp={turn}" in paged
    assert canonical(url(f"gtp={turn}0")) != paged
    assert canonical(url(f"gtp={turn}", f"nn={node}", behind=session)) == paged
    assert canonical(url(host="https://www.biwaq.de")) != once
    assert canonical(url(host="http://www.biwaq.de:8080")) != once


LINK_PARTS = ["a", "b0", "-", "_", "~", "%41", "%2F", ".", "..", "/", "?", "=", "&", ";", ";s=1.x", "#", ":", "ä", " "]
BASES = [
    "http://h/",
    "https://h:1/a/b/",
    "http://h/a/b.html?q=1",
    "http://h/a;p/b;q?x",
    "http://h/a//b/",
    "http://h/a/../b/c",
]


@PROPERTY
@given(st.sampled_from(BASES), st.lists(st.sampled_from(LINK_PARTS), max_size=8).map("".join))
@example("http://h/a/b/", "BIWAQ/DE/x.html;jsessionid=0.live1?gtp=1_list%253D2#top")
def test_a_link_leads_where_the_standard_library_says(base: str, link: str) -> None:
    doc = html.parse(f"<html><head><base href='{base}'></head><p>x".encode(), "http://other/")
    assert doc is not None
    joined = urljoin(base, link.strip())
    assert html.absolute(doc, link) == (joined if joined.startswith("http") and not link.startswith("http") else None)
