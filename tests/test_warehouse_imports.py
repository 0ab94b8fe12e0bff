"""Captures that others made, between the pages that were fetched live: one document, one history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.test_warehouse_load import ERFURT, crawl, laid_out, page, store
from tests.warehouse_rows import SOURCES, rows
from warehouse.checks import run_checks
from warehouse.imports import Addresses
from warehouse.load import Loaded, load
from warehouse.model import Document, SourceInfo, stable_id
from warehouse.write import write

LIVE = SourceInfo("biwaq-projects", "BIWAQ project pages", "BMWSB", "gsb_project", 1, 10)
CAPTURES = SourceInfo("captures", "Captures", "BMWSB", "gsb_project", 1, 10, "wayback")
FILES = SourceInfo("files", "Files", "BMWSB", "gsb_project", 1, 10, "warc")
HTTP = ERFURT.replace("https:", "http:")
TODAY = "2026-11-20T01:15:03Z"


def taken(root: Path, at: str, content: str, url: str = ERFURT, source: SourceInfo = CAPTURES, **more: Any) -> None:
    """A capture of `at` that was taken over on 20 November 2026."""
    line = page(at, content, url, source_id=source.id, **more)
    folder = root / "2026-11-20"
    folder.mkdir(exist_ok=True)
    store(root / "staged", line, source=source.id)
    staged = root / "staged" / at[:10] / f"{source.id}.ndjson.gz"
    with (folder / staged.name).open("ab") as out:
        out.write(staged.read_bytes())
    staged.unlink()


def loaded(root: Path, *sources: SourceInfo) -> Loaded:
    return load(root, sources or (LIVE, CAPTURES, FILES))


def only(root: Path) -> Document:
    (document,) = loaded(root).documents
    return document


def versions(document: Document) -> list[tuple[str, str]]:
    return [(version.fetched_at[:10], version.content_hash) for version in document.versions]


def test_captures_fill_the_history_before_the_live_pages(tmp_path: Path) -> None:
    store(tmp_path, page(TODAY, "c3"))
    taken(tmp_path, "2018-06-11T04:02:31Z", "c2")
    taken(tmp_path, "2017-03-12T09:45:07Z", "c1")
    document = only(tmp_path)
    assert versions(document) == [("2017-03-12", "c1"), ("2018-06-11", "c2"), ("2026-11-20", "c3")]
    assert (document.source, document.url, document.document_id) == (LIVE, ERFURT, stable_id("d", ERFURT))
    assert (document.first_seen, document.last_seen) == ("2017-03-12T09:45:07Z", TODAY)
    assert document.current is document.versions[-1]


def test_a_capture_taken_over_later_finds_its_place(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-18T01:15:03Z", "c1"), page("2026-11-20T01:15:03Z", "c3"))
    taken(tmp_path, "2026-11-19T12:00:00Z", "c2")
    assert [content for _, content in versions(only(tmp_path))] == ["c1", "c2", "c3"]


def test_equal_contents_in_a_row_are_one_version_whoever_captured_them(tmp_path: Path) -> None:
    store(tmp_path, page(TODAY, "c1"))
    taken(tmp_path, "2017-03-12T09:45:07Z", "c1")
    taken(tmp_path, "2018-06-11T04:02:31Z", "c1", source=FILES)
    assert versions(only(tmp_path)) == [("2017-03-12", "c1")]


def test_http_and_https_of_a_host_are_one_document_at_the_live_address(tmp_path: Path) -> None:
    store(tmp_path, page(TODAY, "c2"))
    taken(tmp_path, "2017-03-12T09:45:07Z", "c1", HTTP)
    document = only(tmp_path)
    assert (document.url, document.aliases) == (ERFURT, (HTTP,))
    assert versions(document) == [("2017-03-12", "c1"), ("2026-11-20", "c2")]


@pytest.mark.parametrize(
    ("live", "imported", "url", "is_at"),
    [
        ([ERFURT], [HTTP], HTTP, ERFURT),
        ([HTTP], [ERFURT], ERFURT, HTTP),
        ([HTTP, ERFURT], [HTTP], HTTP, HTTP),  # two live pages stay two
        ([], [HTTP, ERFURT], HTTP, ERFURT),
        ([], [HTTP], HTTP, HTTP),
        ([], [ERFURT], ERFURT, ERFURT),
    ],
)
def test_the_address_of_a_capture_s_document(live: list[str], imported: list[str], url: str, is_at: str) -> None:
    assert Addresses([(one, "gsb_project") for one in live], imported).document(url) == is_at


def test_a_page_that_only_captures_have_belongs_to_their_source(tmp_path: Path) -> None:
    taken(tmp_path, "2014-11-20T08:00:09Z", "c1")
    taken(tmp_path, "2015-01-20T08:00:09Z", "c2", source=FILES)
    document = only(tmp_path)
    assert document.source == CAPTURES
    assert (document.first_seen, document.last_seen) == ("2014-11-20T08:00:09Z", "2015-01-20T08:00:09Z")
    assert document.gone_since is None


def test_last_seen_and_gone_come_from_live_sightings(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-18T01:15:03Z"), crawl("2026-11-19T01:00:00Z", gone=[ERFURT]))
    taken(tmp_path, "2026-11-19T12:00:00Z", "c2")
    document = only(tmp_path)
    assert (document.last_seen, document.gone_since) == ("2026-11-18T01:15:03Z", "2026-11-19T01:00:00Z")
    assert document.current is not None
    assert document.current.content_hash == "c2"


def test_an_import_s_crawl_is_no_sighting_and_proves_nothing(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-18T01:15:03Z"))
    store(tmp_path, crawl("2026-11-20T01:00:00Z", seen=[ERFURT], source_id="captures"), source="captures")
    found = loaded(tmp_path)
    assert found.documents[0].last_seen == "2026-11-18T01:15:03Z"
    assert [entry.source_id for entry in found.crawls] == ["captures"]


def test_what_the_site_confirms_as_unchanged_stays_current(tmp_path: Path) -> None:
    """304 on the 20th: the body of the 18th stood all the time, the capture of the 19th is another variant."""
    store(tmp_path, page("2026-11-18T01:15:03Z", "c1"), crawl("2026-11-20T01:00:00Z", seen=[ERFURT]))
    taken(tmp_path, "2017-03-12T09:45:07Z", "c0")
    taken(tmp_path, "2026-11-19T12:00:00Z", "c2")
    found = loaded(tmp_path)
    assert versions(found.documents[0]) == [("2017-03-12", "c0"), ("2026-11-18", "c1")]
    assert found.left_out == {"captures": 1}


def test_a_bad_live_page_does_not_take_a_captured_document_over(tmp_path: Path) -> None:
    """A soft 404 today is no live page: the document stays the captures', so that enough_pages sees the loss."""
    store(tmp_path, page(TODAY, "soft 404", good=False))
    taken(tmp_path, "2017-03-12T09:45:07Z", "c1")
    document = only(tmp_path)
    assert document.source == CAPTURES
    assert document.current is not None
    assert document.current.content_hash == "c1"
    assert document.versions[-1].record is None
    assert document.last_seen == "2017-03-12T09:45:07Z"


def test_not_modified_since_a_bad_live_page_is_no_sighting_though_a_capture_is_good(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-18T01:15:03Z", "soft 404", good=False), crawl(TODAY, seen=[ERFURT]))
    taken(tmp_path, "2026-11-19T12:00:00Z", "c1")
    assert only(tmp_path).last_seen == "2026-11-19T12:00:00Z"


def test_a_capture_of_another_page_type_is_left_out(tmp_path: Path) -> None:
    store(tmp_path, page(TODAY, "c2"))
    taken(tmp_path, "2017-03-12T09:45:07Z", "c1", HTTP, page_type="news_article")
    found = loaded(tmp_path)
    assert versions(found.documents[0]) == [("2026-11-20", "c2")]
    assert found.left_out == {"captures": 1}


def test_without_the_live_source_its_captures_still_are_documents(tmp_path: Path) -> None:
    store(tmp_path, page(TODAY, "c2"))
    taken(tmp_path, "2017-03-12T09:45:07Z", "c1", HTTP)
    (document,) = loaded(tmp_path, CAPTURES).documents
    assert (document.url, document.source) == (HTTP, CAPTURES)


def test_order_in_files_does_not_matter(tmp_path: Path) -> None:
    captures = [("2017-03-12T09:45:07Z", "c1"), ("2018-06-11T04:02:31Z", "c2"), ("2019-02-03T11:58:16Z", "c1")]
    for name, order in (("a", captures), ("b", captures[::-1])):
        store(tmp_path / name, page(TODAY, "c1"))
        for at, content in order:
            taken(tmp_path / name, at, content)
    assert laid_out(loaded(tmp_path / "a")) == laid_out(loaded(tmp_path / "b"))


def _results(tmp_path: Path, source: SourceInfo) -> set[str]:
    """The checks that fail on the small warehouse, where one project page's snapshot lies in a file of `captures`."""
    given = rows()
    given["snapshots"][0]["archive_file"] = "2026-11-20/captures--2026-11-20-0a1b2c3d.warc.gz"
    write(given, tmp_path / "new.duckdb")
    results = run_checks(tmp_path / "new.duckdb", previous=None, sources=[*SOURCES, source])
    return {result.name for result in results if not result.passed}


@pytest.mark.parametrize(
    ("least", "most", "failing"),
    [(1, 10, set()), (2, 10, {"enough_pages"}), (0, 0, {"not_too_many_pages"})],
)
def test_an_import_is_expected_to_have_captures_of_pages(
    tmp_path: Path, least: int, most: int, failing: set[str]
) -> None:
    source = SourceInfo("captures", "Captures", "BMWSB", "gsb_project", least, most, "wayback")
    assert _results(tmp_path, source) == failing


def test_only_a_live_source_must_be_fresh_and_have_its_own_pages(tmp_path: Path) -> None:
    source = SourceInfo("captures", "Captures", "BMWSB", "gsb_project", 1, 10)
    assert _results(tmp_path, source) == {"enough_pages", "sources_are_fresh"}
