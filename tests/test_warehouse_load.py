"""Records into documents and crawls: versions, sightings, proof of being gone, damage."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from warehouse.load import Loaded, RecordsDamaged, load
from warehouse.model import SourceInfo, Version, stable_id

SOURCE = SourceInfo("biwaq-projects", "BIWAQ project pages", "BMWSB", "gsb_project", 1, 10)
PRESS = SourceInfo("press", "Articles", "various", "news_article", 1, 10)
ERFURT = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2369_Erfurt.html"
DUISBURG = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2390_Duisburg.html"


def page(at: str, content: str = "c1", url: str = ERFURT, good: bool = True, **values: Any) -> dict[str, Any]:
    """One line of a records file."""
    day = at[:10]
    line = {
        "source_id": SOURCE.id,
        "page_type": "gsb_project",
        "url": url,
        "aliases": [],
        "fetched_at": at,
        "http_status": 200,
        "archive_file": f"{day}/biwaq-projects--{day}-0a1b2c3d.warc.gz",
        "archive_offset": 400,
        "byte_hash": f"bytes of {at}",
        "content_hash": content,
        "parser_version": "1",
        "coverage": 0.9,
        "record": {"title": content} if good else None,
        "evidence": [],
        "issues": [] if good else [{"severity": "error", "kind": "not_this_page"}],
    }
    return {**line, **values}


def crawl(at: str, seen: list[str] | None = None, gone: list[str] | None = None, **values: Any) -> dict[str, Any]:
    """One line of a crawl file; the crawl lasts until a quarter past."""
    line = {
        "run_id": f"{at[:10]}-0a1b2c3d",
        "source_id": SOURCE.id,
        "started_at": at,
        "finished_at": f"{at[:14]}15:00Z",
        "listed": 2,
        "listing_total": 2,
        "complete": True,
        "fetched": 1,
        "unchanged": 1,
        "failed": 0,
        "seen": seen or [],
        "gone": [{"url": url, "status": 404, "proved": True} for url in gone or []],
        "failures": [],
    }
    return {**line, **values}


def store(records: Path, *lines: dict[str, Any], source: str = SOURCE.id) -> None:
    """Put lines where the pipeline puts them: pages and crawls of a day and source in a file each."""
    for line in lines:
        is_page = "fetched_at" in line
        folder = records / str(line["fetched_at" if is_page else "started_at"])[:10]
        folder.mkdir(parents=True, exist_ok=True)
        data = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
        with (folder / f"{source}{'.ndjson.gz' if is_page else '.crawl.ndjson'}").open("ab") as out:
            out.write(gzip.compress(data) if is_page else data)


def laid_out(loaded: Loaded) -> list[Any]:
    """All that was loaded, the fields that wait on the disk too."""
    documents = [
        (
            replace(document, versions=()),
            [[getattr(v, name) for name in Version.__annotations__] for v in document.versions],
        )
        for document in loaded.documents
    ]
    return [documents, loaded.crawls, loaded.left_out]


def only(records: Path) -> Any:
    """The one document."""
    (document,) = load(records, [SOURCE]).documents
    return document


def test_no_records_are_no_documents(tmp_path: Path) -> None:
    assert load(tmp_path / "records", [SOURCE]) == Loaded([], [], {})


def test_a_page_becomes_a_document_with_a_version(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z", aliases=[f"{ERFURT};jsessionid=1"]))
    document = only(tmp_path)
    assert document.document_id == stable_id("d", ERFURT)
    assert document.source == SOURCE
    assert document.aliases == (f"{ERFURT};jsessionid=1",)
    assert document.versions[0].snapshot_id == stable_id(
        "s", ERFURT, "2026-11-20T01:15:03Z", "bytes of 2026-11-20T01:15:03Z"
    )
    assert (document.first_seen, document.last_seen) == ("2026-11-20T01:15:03Z", "2026-11-20T01:15:03Z")


def test_bytes_that_change_without_the_content_are_one_version(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z"), page("2026-11-21T01:15:03Z"), page("2026-11-22T01:15:03Z", "c2"))
    document = only(tmp_path)
    assert [(v.fetched_at, v.content_hash) for v in document.versions] == [
        ("2026-11-20T01:15:03Z", "c1"),
        ("2026-11-22T01:15:03Z", "c2"),
    ]
    assert document.last_seen == "2026-11-22T01:15:03Z"


def test_a_content_that_comes_back_is_a_version_again(tmp_path: Path) -> None:
    store(tmp_path, *(page(f"2026-11-2{n}T01:15:03Z", content) for n, content in enumerate(["c1", "c2", "c1"])))
    assert [version.content_hash for version in only(tmp_path).versions] == ["c1", "c2", "c1"]


def test_a_page_of_no_use_is_kept_but_not_current(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z"), page("2026-11-21T01:15:03Z", "soft 404", good=False))
    document = only(tmp_path)
    assert document.current.fetched_at == "2026-11-20T01:15:03Z"
    assert document.versions[-1].issues[0]["kind"] == "not_this_page"
    assert document.last_seen == "2026-11-20T01:15:03Z"


def test_a_page_that_was_never_good_has_no_sighting(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z", good=False))
    document = only(tmp_path)
    assert (document.current, document.first_seen, document.last_seen) == (None, "", "")


def test_not_modified_is_a_sighting(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z"), crawl("2026-11-21T01:00:00Z", seen=[ERFURT]))
    assert only(tmp_path).last_seen == "2026-11-21T01:00:00Z"


def test_an_alias_is_a_sighting(tmp_path: Path) -> None:
    old = "https://www.biwaq.de/alt/Erfurt.html"
    store(tmp_path, page("2026-11-20T01:15:03Z", aliases=[old]), crawl("2026-11-21T01:00:00Z", seen=[old]))
    assert only(tmp_path).last_seen == "2026-11-21T01:00:00Z"


def test_not_modified_since_a_page_of_no_use_is_no_sighting(tmp_path: Path) -> None:
    store(
        tmp_path,
        page("2026-11-20T01:15:03Z"),
        page("2026-11-21T01:05:00Z", "soft 404", good=False),
        crawl("2026-11-21T01:00:00Z", seen=[ERFURT]),
        crawl("2026-11-22T01:00:00Z", seen=[ERFURT]),
    )
    assert only(tmp_path).last_seen == "2026-11-20T01:15:03Z"


def test_gone_needs_proof(tmp_path: Path) -> None:
    unproved = [{"url": ERFURT, "status": 404, "proved": False}]
    store(tmp_path, page("2026-11-20T01:15:03Z"), crawl("2026-11-21T01:00:00Z", gone=[]) | {"gone": unproved})
    assert only(tmp_path).gone_since is None


def test_gone_since_the_first_proof_after_the_last_sighting(tmp_path: Path) -> None:
    store(
        tmp_path,
        page("2026-11-20T01:15:03Z"),
        crawl("2026-11-21T01:00:00Z", gone=[ERFURT]),
        crawl("2026-11-22T01:00:00Z", gone=[ERFURT]),
    )
    assert only(tmp_path).gone_since == "2026-11-21T01:00:00Z"


def test_a_page_that_comes_back_is_not_gone(tmp_path: Path) -> None:
    store(
        tmp_path,
        page("2026-11-20T01:15:03Z"),
        crawl("2026-11-21T01:00:00Z", gone=[ERFURT]),
        page("2026-11-22T01:15:03Z"),
    )
    document = only(tmp_path)
    assert (document.gone_since, document.last_seen) == (None, "2026-11-22T01:15:03Z")


def test_two_runs_of_a_day_count_in_order_of_time(tmp_path: Path) -> None:
    store(
        tmp_path,
        crawl("2026-11-20T01:00:00Z", gone=[ERFURT], run_id="morning"),  # gone before we ever saw it: no news
        page("2026-11-20T05:05:00Z"),
        crawl("2026-11-20T05:00:00Z", seen=[ERFURT], run_id="later"),
        crawl("2026-11-20T09:00:00Z", gone=[ERFURT], run_id="evening"),
    )
    document = only(tmp_path)
    assert (document.last_seen, document.gone_since) == ("2026-11-20T05:05:00Z", "2026-11-20T09:00:00Z")


def test_a_crawl_that_was_cut_off_is_read(tmp_path: Path) -> None:
    cut = crawl("2026-11-21T01:00:00Z", seen=[ERFURT], finished_at=None)
    store(tmp_path, page("2026-11-20T01:15:03Z"), cut)
    loaded = load(tmp_path, [SOURCE])
    assert loaded.crawls[0].finished_at is None
    assert loaded.documents[0].last_seen == "2026-11-21T01:00:00Z"


def test_order_in_files_does_not_matter(tmp_path: Path) -> None:
    lines = [
        page("2026-11-20T01:15:03Z", "c1"),
        page("2026-11-20T09:15:03Z", "c2"),
        page("2026-11-20T05:15:03Z", "c1", url=DUISBURG),
        crawl("2026-11-20T01:00:00Z", seen=[ERFURT]),
        crawl("2026-11-20T09:00:00Z", seen=[ERFURT], run_id="second"),
    ]
    store(tmp_path / "a", *lines)
    store(tmp_path / "b", *reversed(lines))
    assert laid_out(load(tmp_path / "a", [SOURCE])) == laid_out(load(tmp_path / "b", [SOURCE]))
    assert [version.content_hash for version in load(tmp_path / "b", [SOURCE]).documents[0].versions] == ["c1", "c2"]


def test_sources_not_asked_for_are_left_out_and_counted(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z"))
    store(tmp_path, page("2026-11-20T01:15:04Z", url="https://news.example/1", source_id="press"), source="press")
    loaded = load(tmp_path, [SOURCE])
    assert [document.url for document in loaded.documents] == [ERFURT]
    assert loaded.left_out == {"press": 1}


def test_a_page_of_two_sources_stays_with_the_first(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z"))
    store(tmp_path, page("2026-11-21T01:15:04Z", "c2", source_id="press"), source="press")
    loaded = load(tmp_path, [PRESS, SOURCE])
    assert [(document.source.id, len(document.versions)) for document in loaded.documents] == [("biwaq-projects", 1)]
    assert loaded.left_out == {"press": 1}


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _rot(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def _no_json(path: Path) -> None:
    path.write_bytes(path.read_bytes() + gzip.compress(b'{"url": "https\n'))


def _no_field(path: Path) -> None:
    path.write_bytes(path.read_bytes() + gzip.compress(b'{"url": "x", "fetched_at": "2026", "archive_file": "x"}\n'))


def _no_aliases(path: Path) -> None:
    path.write_bytes(gzip.compress(line_with(aliases=None)))


def _no_time(path: Path) -> None:
    path.write_bytes(gzip.compress(line_with(fetched_at=5)))


def line_with(**values: Any) -> bytes:
    return orjson.dumps({**page("2026-11-20T01:15:03Z"), **values}, option=orjson.OPT_APPEND_NEWLINE)


def _no_object(path: Path) -> None:
    path.write_bytes(gzip.compress(b"[]\n"))


def _no_gzip(path: Path) -> None:
    path.write_bytes(b"plain")


@pytest.mark.parametrize("damage", [_cut, _rot, _no_json, _no_field, _no_aliases, _no_time, _no_object, _no_gzip])
def test_damage_is_named_with_file_and_line(tmp_path: Path, damage: Any) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z"))
    damage(tmp_path / "2026-11-20" / "biwaq-projects.ndjson.gz")
    with pytest.raises(RecordsDamaged, match=r"2026-11-20/biwaq-projects\.ndjson\.gz, line \d: .*biwaq reparse"):
        load(tmp_path, [SOURCE])


def test_a_damaged_crawl_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "2026-11-20").mkdir()
    (tmp_path / "2026-11-20" / "biwaq-projects.crawl.ndjson").write_bytes(b'{"run_id": "1"}\n')
    with pytest.raises(RecordsDamaged, match=r"biwaq-projects\.crawl\.ndjson, line 1: no 'source_id'"):
        load(tmp_path, [SOURCE])


def test_a_crawl_counts_the_bodies_it_fetched_that_gave_a_record(tmp_path: Path) -> None:
    """A page that is not modified was not parsed again; an error page gave nothing."""
    store(tmp_path, page("2026-11-20T01:02:00Z"), page("2026-11-20T01:03:00Z", "", DUISBURG, good=False))
    store(tmp_path, crawl("2026-11-20T01:00:00Z", [ERFURT]), crawl("2026-11-21T01:00:00Z", [ERFURT]))
    assert [(found.run_id[:10], found.parsed) for found in load(tmp_path, [SOURCE]).crawls] == [
        ("2026-11-20", 1),
        ("2026-11-21", 0),
    ]
