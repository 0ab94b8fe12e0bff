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
    assert source.kind == "site"
    assert source.is_live


CAPTURES = """
id = "c"
title = "C"
publisher = "Stadt A"
page_type = "gsb_project"
kind = "wayback"
hosts = ["web.archive.org"]
prefixes = ["https://www.biwaq.de/BIWAQ/DE/Projekte/"]
[expect]
min_pages = 1
max_pages = 2
"""
FILES = """
id = "f"
title = "F"
publisher = "Stadt A"
page_type = "gsb_project"
kind = "warc"
hosts = ["www.biwaq.de"]
files = ["imports/*.warc.gz"]
[expect]
min_pages = 1
max_pages = 2
"""


def test_the_other_kinds_have_their_own_keys(tmp_path: Path) -> None:
    (captures,) = load_sources(write(tmp_path, CAPTURES))
    assert captures.asked == {
        "cdx": ["https://web.archive.org/cdx/search/cdx"],
        "replay": ["https://web.archive.org/web/"],
    }
    (files,) = load_sources(write(tmp_path, FILES))
    assert (files.asked, files.files, files.folder) == ({}, ["imports/*.warc.gz"], tmp_path)
    assert not captures.is_live
    assert not files.is_live


@pytest.mark.parametrize(
    ("text", "change", "said"),
    [
        (CAPTURES, ('"wayback"', '"archive"'), "kind: 'archive' is not accepted: Input should be 'site', 'wayback'"),
        (
            CAPTURES,
            ('"wayback"', '"site"'),
            'prefixes: belongs to kind "wayback"; kind "site" takes listings, sitemaps',
        ),
        (CAPTURES, ("prefixes", "urls"), 'urls: belongs to kind "site"; kind "wayback" takes prefixes, cdx, replay'),
        (
            CAPTURES,
            ('prefixes = ["https://www.biwaq.de/BIWAQ/DE/Projekte/"]', ""),
            "prefixes: missing; a source of kind",
        ),
        (CAPTURES, ('["https://www.biwaq.de/BIWAQ/DE/Projekte/"]', "[]"), "prefixes: missing; a source of kind"),
        (CAPTURES, ("web.archive.org", "www.biwaq.de"), "cdx: https://web.archive.org/cdx/search/cdx: its host web."),
        (
            CAPTURES,
            ('kind = "wayback"', 'kind = "wayback"\nreplay = "https://web.archive.org/web"'),
            "replay: https://web.archive.org/web must end with /",
        ),
        (CAPTURES, ("hosts", 'folow = "x"\nhosts'), "folow: unknown key; known are id, title"),
        (FILES, ('files = ["imports/*.warc.gz"]', ""), 'files: missing; a source of kind "warc" needs at least one'),
        (
            FILES,
            ("hosts", "min_delay_s = 1.0\nhosts"),
            'min_delay_s: belongs to kind "site" and "wayback"; kind "warc" takes files',
        ),
        (GOOD, ("hosts", 'files = ["a.warc"]\nhosts'), 'files: belongs to kind "warc"; kind "site" takes listings'),
    ],
)
def test_a_key_of_another_kind_is_named(tmp_path: Path, text: str, change: tuple[str, str], said: str) -> None:
    assert change[0] in text
    file = write(tmp_path, text.replace(*change))
    with pytest.raises(SourceFault) as fault:
        load_sources(file)
    assert str(fault.value).startswith(f"{file}: ")
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_an_unknown_key_is_told_the_keys_of_its_kind(tmp_path: Path) -> None:
    file = write(tmp_path, FILES.replace("hosts", 'folow = "x"\nhosts'))
    with pytest.raises(SourceFault) as fault:
        load_sources(file)
    known = str(fault.value).partition("known are ")[2].split(", ")
    assert "files" in known
    assert "listings" not in known
    assert "prefixes" not in known


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
    assert len(sources) >= 3
    assert all(source.expect.min_pages >= 1 for source in sources if source.is_live)


def test_live_sources_expect_four_in_five_of_what_they_name() -> None:
    for source in load_sources(LIVE_SOURCES):
        if source.is_live:
            assert source.expect.min_pages >= len(source.urls) * 4 // 5


def test_live_sources_reach_no_private_address_and_are_polite() -> None:
    assert all(not source.allow_private and source.min_delay_s >= 1 for source in load_sources(LIVE_SOURCES))
