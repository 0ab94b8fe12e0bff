"""Source files: each fault names file, key and what would be accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SourceFault
from pipeline.settings import LIVE_SOURCES, SAMPLE_SOURCES
from pipeline.sources import load_sources

GOOD = """
id = "a"
title = "A"
publisher = "Stadt A"
page_type = "city_page"
hosts = ["a.example"]
urls = ["https://a.example/biwaq"]
[expect]
min_pages = 1
max_pages = 2
"""


def write(folder: Path, text: str, name: str = "a.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_good_file_has_the_contract_s_defaults(tmp_path: Path) -> None:
    (source,) = load_sources(write(tmp_path, GOOD))
    assert (source.min_delay_s, source.max_pages, source.allow_private) == (1.0, 2000, False)
    assert source.listings == source.sitemaps == source.feeds == source.match == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('id = "a"', 'id = "a"\nfolow = "x"'), "folow: unknown key; known are id, title"),
        (('title = "A"\n', ""), "title: missing"),
        (('"city_page"', '"blog"'), "page_type: 'blog' is not accepted: Input should be 'gsb_project', 'city_page'"),
        (('id = "a"', 'id = "../a"'), "id: '../a' is not accepted"),
        (('hosts = ["a.example"]', 'hosts = ["b.example"]'), "its host a.example must be one of hosts"),
        (('"https://a.example/biwaq"', '"file:///etc/passwd"'), "must be an address that starts with http"),
        (('urls = ["https://a.example/biwaq"]', ""), "one of listings, sitemaps, feeds and urls"),
        (('id = "a"', "id = \"a\"\nfollow = '('"), "follow: '(' is not accepted: must be a regular expression"),
        (("min_pages = 1", "min_pages = 3"), "min_pages 3 must not be above max_pages 2"),
        (
            ("min_pages = 1", 'min_pages = "1"'),
            "expect.min_pages: '1' is not accepted: Input should be a valid integer",
        ),
        (("[expect]", "[expect]\nmean = 1"), "expect.mean: unknown key; known are min_pages, max_pages"),
        (('id = "a"', "id = "), "not readable as TOML"),
    ],
)
def test_a_bad_file_is_one_line_that_names_the_key(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    file = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(SourceFault) as fault:
        load_sources(file)
    assert str(fault.value).startswith(f"{file}: ")
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)
    assert fault.value.exit_code == 2


def test_two_sources_must_not_share_an_id(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, "b.toml")
    with pytest.raises(SourceFault, match=r"b\.toml: id: 'a' is already used by .*a\.toml"):
        load_sources(tmp_path)


@pytest.mark.parametrize("missing", ["nothing.toml", "."])
def test_no_file_is_said(tmp_path: Path, missing: str) -> None:
    with pytest.raises(SourceFault, match=r"--sources takes a \.toml file or a folder"):
        load_sources(tmp_path / missing)


@pytest.mark.parametrize("folder", [LIVE_SOURCES, SAMPLE_SOURCES])
def test_every_shipped_source_loads_and_expects_something(folder: Path) -> None:
    sources = load_sources(folder)
    assert len(sources) == 3
    assert all(source.expect.min_pages >= 1 for source in sources)


def test_live_sources_reach_no_private_address_and_are_polite() -> None:
    assert all(not source.allow_private and source.min_delay_s >= 1 for source in load_sources(LIVE_SOURCES))
