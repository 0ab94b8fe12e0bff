"""CSV cells: no spreadsheet finds a formula, and every text comes back as it was."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.csvsafe import cell_of, escaped, escaped_all, lines, unescaped

FORMULA = re.compile(r"[\s\"\u200b\ufeff]*[=+\-@＝＋－＠|%]")
"""What a spreadsheet may take for one, at the start of a cell."""


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Stadt Duisburg", "Stadt Duisburg"),
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://evil.example","ok")', '\'=HYPERLINK("http://evil.example","ok")'),
        ("+49 203 1234", "'+49 203 1234"),
        ("- Beratung", "'- Beratung"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("'s Heerenberg", "''s Heerenberg"),
        ("", "'"),
        ("BIWAQ – Arbeit im Quartier", "BIWAQ – Arbeit im Quartier"),
        ("a;=1", "a;'=1"),  # a German Excel splits there, whatever the quotes say
        ("Ziele:\n- Arbeit\n- Bildung", "Ziele:\n'- Arbeit\n'- Bildung"),
        ("a,=1", "a,=1"),  # a comma within quotes begins no cell, and with ; as separator neither
    ],
)
def test_a_text_becomes_a_cell_and_back(text: str, cell: str) -> None:
    assert escaped(text) == cell
    assert unescaped(cell) == text


def test_null_and_empty_differ() -> None:
    assert cell_of(None) == ""
    assert cell_of("") == "'"
    assert unescaped("") is None
    assert unescaped("'") == ""


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (True, "true"),
        (18.6, "18.6"),
        (-3, "-3"),
        (0.1 + 0.2, "0.30000000000000004"),
        (date(2015, 4, 1), "2015-04-01"),
        (datetime(2025, 11, 20, 1, 15), "2025-11-20T01:15:00Z"),
        (["a", "b"], '["a","b"]'),
    ],
)
def test_values_that_are_no_text(value: object, cell: str) -> None:
    assert cell_of(value) == cell


def _read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def _comes_back(texts: list[str]) -> None:
    printed = "".join(lines(["text"], [[text] for text in texts]))
    assert [unescaped(cell) for (cell,) in _read(printed)[1:]] == texts
    for cell in (cell for (cell,) in _read(printed)[1:]):
        starts = [cell, *re.split(r"[;\t\r\n]", cell)[1:]]
        assert not [start for start in starts if FORMULA.match(start)]


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert unescaped(escaped(text)) == text


@given(st.lists(st.text(alphabet="=+-@'\";,\t\r\n a|%＝\0"), min_size=1))
def test_many_texts_are_escaped_as_each_by_itself(texts: list[str]) -> None:
    assert escaped_all(texts) == [escaped(text) for text in texts]


def test_a_column_of_mixed_values_keeps_its_order() -> None:
    rows = [["=1", None, 2], [None, "", "-x"], ["b", True, 1.5]]
    assert "".join(lines(["a", "b", "c"], rows)) == "a,b,c\r\n'=1,,2\r\n,','-x\r\nb,true,1.5\r\n"


@given(st.text(alphabet="=+-@'\";,\t\r\n a|%＝"))
def test_texts_of_dangerous_signs_come_back(text: str) -> None:
    _comes_back([text])


def test_naughty_strings_come_back(shared: Path) -> None:
    _comes_back(json.loads((shared / "suites" / "naughty_strings.json").read_text(encoding="utf-8")))


def test_the_csv_spectrum_comes_back(shared: Path) -> None:
    files = sorted((shared / "suites" / "csv_spectrum").glob("*.csv"))
    assert len(files) == 12
    for file in files:
        with file.open(encoding="utf-8", newline="") as given_file:
            head, *rows = csv.reader(given_file)
        printed = "".join(lines(head, rows))
        assert [[unescaped(cell) for cell in row] for row in _read(printed)] == [head, *rows], file.name


def test_lines_end_as_rfc_4180_says() -> None:
    assert "".join(lines(["a", "b"], [["x", None]])) == "a,b\r\nx,\r\n"
