"""A change of the code shows its change of the data: today's sample site against the accepted dump."""

from __future__ import annotations

from tempfile import gettempdir

import pytest

from tests.baseline import ACCEPT, FOLDER, committed, difference, dump
from tests.nights import History

AREAS = "project_id,indicator_code,scope,value\niii-duisburg,sgb2_rate,area,36.2\niii-erfurt,sgb2_rate,area,20.2\n"


def test_the_data_of_the_sample_site_are_those_accepted_last(history: History) -> None:
    lines = difference(committed(), dump(history.data / "warehouse" / "biwaq.duckdb"))
    if lines:
        pytest.fail("\n".join(["the data of the sample site changed:", *lines, ACCEPT]), pytrace=False)


def test_the_dump_holds_nothing_of_the_run_or_the_machine() -> None:
    text = "\n".join(committed().values())
    assert "127.0.0.1" not in text
    assert "warc" not in text
    assert gettempdir() not in text


def test_the_dump_is_small_enough_to_review() -> None:
    assert 20_000 < sum(file.stat().st_size for file in FOLDER.glob("*.csv")) < 300_000


def test_a_changed_value_is_named_by_table_row_and_field() -> None:
    lines = difference({"area_stats": AREAS}, {"area_stats": AREAS.replace("36.2", "63.2")})
    assert lines == [
        "area_stats: 0 rows more, 0 rows less",
        "  value: 1",
        "    iii-duisburg | sgb2_rate | area: 36.2 -> 63.2",
    ]


def test_rows_that_come_and_go_are_shown_whole() -> None:
    other = AREAS.replace("iii-erfurt,sgb2_rate,area,20.2", "iii-jena,sgb2_rate,area,21.4")
    assert difference({"area_stats": AREAS}, {"area_stats": other}) == [
        "area_stats: 1 rows more, 1 rows less",
        "  rows less: 1",
        "    iii-erfurt | sgb2_rate | area: iii-erfurt · sgb2_rate · area · 20.2",
        "  rows more: 1",
        "    iii-jena | sgb2_rate | area: iii-jena · sgb2_rate · area · 21.4",
    ]


def test_a_new_column_is_a_difference_of_every_row() -> None:
    wider = AREAS.replace("value\n", "value,unit\n").replace("36.2\n", "36.2,percent\n").replace("20.2\n", "20.2,\n")
    assert difference({"area_stats": AREAS}, {"area_stats": wider})[1:] == [
        "  unit: 1",
        "    iii-duisburg | sgb2_rate | area: nothing -> percent",
    ]


def test_equal_dumps_do_not_differ() -> None:
    assert difference(committed(), committed()) == []
