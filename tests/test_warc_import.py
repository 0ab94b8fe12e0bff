"""Pages from files that other tools captured: what is taken, what is not, what damage costs."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest

from pipeline.fetch.archive import Archive
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.model import Capture
from pipeline.fetch.payloads import dechunked, settled
from pipeline.fetch.report import CrawlReport
from pipeline.fetch.warc_files import capture_files
from pipeline.sources import Source, load_sources
from tests.fetch_site import DAY, NOW, Notes, Reply, night, serve
from tests.fetch_site import source as site_source
from tests.warc_records import DUISBURG, ERFURT, HTML, OTHER, PAGE, http, members, record, response, revisit

TOMORROW = datetime(2026, 11, 23, 1, 15, 3, tzinfo=UTC)
SOURCE = """
id = "import"
title = "Imported pages"
publisher = "Test"
page_type = "gsb_project"
kind = "warc"
hosts = ["www.biwaq.de"]
files = ["imports"]
follow = '/Projekte/Projekte_BIWAQ\\d/[^/]+\\.html$'
[expect]
min_pages = 1
max_pages = 9
"""


def put(root: Path, name: str, data: bytes) -> Path:
    file = root / "imports" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def target(root: Path, text: str = SOURCE) -> Source:
    file = root / "import.toml"
    root.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    (source,) = load_sources(file)
    return source


def imported(root: Path, **more: Any) -> CrawlReport:
    return night(root, target(root), **more)


def pages(root: Path, day: datetime = NOW) -> list[Capture]:
    found = Archive(root / "archive").captures(day.date(), "import", {"document"})
    return sorted(found, key=lambda capture: capture.fetched_at)


def test_a_page_is_copied_with_its_own_address_and_time(tmp_path: Path) -> None:
    put(tmp_path, "heritrix.warc.gz", members(response(f"{DUISBURG};jsessionid=0A1B.live11291?nn=2384288")))
    report = imported(tmp_path)
    (page,) = pages(tmp_path)
    assert (page.url, page.fetched_at, page.body) == (DUISBURG, "2017-03-12T09:45:07Z", PAGE)
    assert (page.http_status, page.content_type) == (200, "text/html; charset=utf-8")
    assert page.taken_from == "imports/heritrix.warc.gz at byte 0"
    assert (report.listed, report.fetched, report.unchanged, report.failed) == (1, 1, 0, 0)
    assert report.complete
    assert report.seen == [DUISBURG]


def test_a_second_run_copies_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a.warc.gz", members(response()))
    imported(tmp_path)
    notes = Notes()
    report = imported(tmp_path, now=TOMORROW, progress=notes)
    assert (report.listed, report.fetched, report.unchanged, report.complete) == (1, 0, 1, True)
    assert report.seen == [DUISBURG]
    assert notes.pages == [(DUISBURG, "held")]
    assert pages(tmp_path, TOMORROW) == []


def test_one_payload_in_a_row_is_copied_once_and_one_that_comes_back_again(tmp_path: Path) -> None:
    days = [("2017-01-01", PAGE), ("2017-02-01", PAGE), ("2017-03-01", OTHER), ("2017-04-01", PAGE)]
    put(tmp_path, "a.warc.gz", members(*(response(at=f"{day}T00:00:00Z", body=body) for day, body in days)))
    report = imported(tmp_path)
    assert [page.fetched_at[:10] for page in pages(tmp_path)] == ["2017-01-01", "2017-03-01", "2017-04-01"]
    assert (report.listed, report.fetched, report.unchanged) == (4, 3, 1)


@pytest.mark.parametrize(
    ("skipped", "data"),
    [
        ("no_html", record("response", DUISBURG, "2017-03-12T09:45:07Z", http(PAGE, "Content-Type: application/pdf"))),
        ("no_html", record("response", DUISBURG, "2017-03-12T09:45:07Z", http(PAGE, "Server: x"))),
        ("no_200", record("response", DUISBURG, "2017-03-12T09:45:07Z", http(PAGE, HTML, status="HTTP/1.1 404 Weg"))),
        ("no_200", record("response", DUISBURG, "2017-03-12T09:45:07Z", b"\x16\x03\x01 no http")),
        ("truncated", response(WARC_Truncated="length")),
        ("no_date", response(at="gestern")),
        ("date_in_the_future", response(at="2126-01-01T00:00:00Z")),
        ("empty", response(body=b"")),
        ("no_document", response(Biwaq_Role="listing")),
        ("revisit", revisit(DUISBURG, "2017-03-12T09:45:07Z", PAGE)),
        ("too_big", record("response", DUISBURG, "2017-03-12T09:45:07Z", http(b"x" * (9 << 20)))),
    ],
)
def test_what_is_not_taken_is_counted_by_its_reason(tmp_path: Path, skipped: str, data: bytes) -> None:
    put(tmp_path, "a.warc.gz", members(data, response(ERFURT)))
    report = imported(tmp_path)
    assert report.skipped == {skipped: 1}
    assert report.to_log()["skipped"] == {skipped: 1}
    assert report.seen == [ERFURT]
    assert report.complete


@pytest.mark.parametrize(
    "data",
    [
        record("warcinfo", "urn:x", "2017-03-12T09:45:07Z", b"software: x\r\n"),
        record("request", DUISBURG, "2017-03-12T09:45:07Z", b"GET / HTTP/1.1\r\n\r\n"),
        record("metadata", DUISBURG, "2017-03-12T09:45:07Z", b"via: x\r\n"),
        record("resource", DUISBURG, "2017-03-12T09:45:07Z", PAGE, Content_Type="text/html"),
        record("conversion", DUISBURG, "2017-03-12T09:45:07Z", PAGE),
        response("https://www.other.example/Projekte/Projekte_BIWAQ3/1_A.html"),
        response("https://www.biwaq.de/BIWAQ/DE/Service/impressum.html"),
        response("dns:www.biwaq.de"),
    ],
)
def test_what_can_be_no_page_of_the_source_is_passed_over(tmp_path: Path, data: bytes) -> None:
    put(tmp_path, "a.warc.gz", members(data, response(ERFURT)))
    report = imported(tmp_path)
    assert (report.skipped, report.seen, report.complete) == ({}, [ERFURT], True)


def test_revisits_are_resolved_where_their_body_is_at_hand(tmp_path: Path) -> None:
    put(
        tmp_path,
        "a.warc.gz",
        members(
            response(at="2017-01-01T00:00:00Z"),
            revisit(DUISBURG, "2017-02-01T00:00:00Z", PAGE),  # nothing new
            response(at="2017-03-01T00:00:00Z", body=OTHER),
            revisit(DUISBURG, "2017-04-01T00:00:00Z", PAGE),  # the old content is back
            revisit(ERFURT, "2017-05-01T00:00:00Z", PAGE),  # another address, the same bytes
            revisit(DUISBURG, "2017-06-01T00:00:00Z", PAGE, "server-not-modified"),
        ),
    )
    report = imported(tmp_path)
    assert [(page.url, page.fetched_at[:10], page.body) for page in pages(tmp_path)] == [
        (DUISBURG, "2017-01-01", PAGE),
        (DUISBURG, "2017-03-01", OTHER),
        (DUISBURG, "2017-04-01", PAGE),
        (ERFURT, "2017-05-01", PAGE),
    ]
    assert (report.unchanged, report.skipped) == (1, {"revisit": 1})


CHUNKED = b"8;x=1\r\n" + PAGE[:8] + b"\r\n" + f"{len(PAGE) - 8:X}".encode() + b"\r\n" + PAGE[8:] + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(CHUNKED, ["Transfer-Encoding: chunked"], id="Heritrix, as on the wire"),
        pytest.param(gzip.compress(PAGE), ["Content-Encoding: gzip"], id="compressed"),
        pytest.param(zlib.compress(PAGE), ["Content-Encoding: deflate"], id="deflate"),
        pytest.param(brotli.compress(PAGE), ["Content-Encoding: br"], id="a browser's brotli"),
        pytest.param(PAGE, ["Content-Encoding: gzip"], id="undone, the header left"),
        pytest.param(PAGE, ["Transfer-Encoding: chunked"], id="chunks undone, the header left"),
        pytest.param(PAGE, ["X-Crawler-Content-Encoding: gzip"], id="Common Crawl"),
        pytest.param(PAGE, ["X-Orig-Content-Encoding: br", "X-Orig-Transfer-Encoding: chunked"], id="Browsertrix"),
    ],
)
def test_codings_are_undone_or_kept_as_they_are(tmp_path: Path, body: bytes, headers: list[str]) -> None:
    put(
        tmp_path, "a.warc.gz", members(record("response", DUISBURG, "2017-03-12T09:45:07Z", http(body, HTML, *headers)))
    )
    report = imported(tmp_path)
    (page,) = pages(tmp_path)
    assert (page.body, page.fault, report.complete) == (PAGE, None, True)


def test_a_body_that_can_not_be_decoded_is_a_failure_with_its_place(tmp_path: Path) -> None:
    first = gzip.compress(response(ERFURT))
    bad = record(
        "response", DUISBURG, "2017-03-12T09:45:07Z", http(gzip.compress(PAGE)[:-9], HTML, "Content-Encoding: gzip")
    )
    put(tmp_path, "a.warc.gz", first + gzip.compress(bad))
    report = imported(tmp_path)
    (failure,) = report.failures
    assert failure["url"] == "imports/a.warc.gz"
    assert failure["reason"].startswith(f"unreadable: at byte {len(first)}: bad_encoding: ")
    assert (report.seen, report.complete) == ([ERFURT], False)


@pytest.mark.parametrize(
    "body", [b"", b"<h1>", b"zz\r\nab\r\n0\r\n\r\n", b"-1\r\nab\r\n", b"999999999\r\nab\r\n"], ids=repr
)
def test_what_is_not_chunked_stays(body: bytes) -> None:
    assert dechunked(body) is None


def test_a_bomb_is_refused() -> None:
    with pytest.raises(FetchFault, match="too_big"):
        settled((("Content-Encoding", "gzip"),), gzip.compress(b"<" * 100_000), 50_000)
    with pytest.raises(FetchFault, match="too_big"):
        settled((("Content-Encoding", "br"),), brotli.compress(b"<" * 100_000), 50_000)


def plain() -> bytes:
    return response() + response(ERFURT)


def wacz(stored: bool = True) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as out:
        out.writestr("datapackage.json", "{}")
        out.writestr("indexes/index.cdx.gz", gzip.compress(b"x"))
        out.writestr("archive/data-1.warc.gz", members(response()))
        out.writestr("archive/data-2.warc", response(ERFURT))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.warc.gz", members(response(), response(ERFURT)), id="a member a record"),
        pytest.param("a.warc.gz", gzip.compress(plain()), id="one member"),
        pytest.param("a.warc", plain(), id="plain"),
        pytest.param("a.wacz", wacz(), id="WACZ"),
        pytest.param("a.wacz", wacz(stored=False), id="WACZ, compressed"),
        pytest.param("deep/er/a.warc.gz", members(response(), response(ERFURT)), id="below a folder"),
    ],
)
def test_every_kind_of_file_is_read(tmp_path: Path, name: str, data: bytes) -> None:
    put(tmp_path, name, data)
    report = imported(tmp_path)
    assert report.seen == [ERFURT, DUISBURG]
    assert (report.failures, report.complete) == ([], True)


def test_a_page_of_a_wacz_names_the_file_within(tmp_path: Path) -> None:
    put(tmp_path, "a.wacz", wacz())
    imported(tmp_path)
    taken = sorted(str(page.taken_from) for page in pages(tmp_path))
    assert taken == ["imports/a.wacz/archive/data-1.warc.gz at byte 0", "imports/a.wacz/archive/data-2.warc at byte 0"]


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


FIRST = gzip.compress(response())
MIDDLE = gzip.compress(response(at="2018-01-01T00:00:00Z", body=OTHER))
LAST = gzip.compress(response(ERFURT))


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        pytest.param("a.warc.gz", FIRST + flipped(MIDDLE, 40) + LAST, len(FIRST), id="a flipped bit"),
        pytest.param("a.warc.gz", FIRST + b"rubbish" + LAST, len(FIRST), id="rubbish between"),
        pytest.param("a.warc.gz", FIRST + LAST + MIDDLE[:-20], len(FIRST + LAST), id="cut off"),
        pytest.param(
            "a.warc", response() + b"rubbish" + response(ERFURT), len(response()), id="plain, rubbish between"
        ),
        pytest.param("a.warc", plain() + response(at="2018-01-01T00:00:00Z")[:-30], len(plain()), id="plain, cut off"),
    ],
)
def test_damage_costs_what_it_hit_and_is_told(tmp_path: Path, name: str, data: bytes, place: int) -> None:
    put(tmp_path, name, data)
    report = imported(tmp_path)
    assert report.seen == [ERFURT, DUISBURG]
    (failure,) = report.failures
    assert failure["url"] == f"imports/{name}"
    assert failure["reason"].startswith(f"unreadable: at byte {place}: ")
    assert not report.complete


@pytest.mark.parametrize("data", [wacz()[:-40], wacz()[:300]])
def test_a_wacz_that_is_cut_off_gives_what_can_be_read(tmp_path: Path, data: bytes) -> None:
    put(tmp_path, "a.wacz", data)
    report = imported(tmp_path)
    assert set(report.seen) <= {DUISBURG, ERFURT}
    assert report.failures[0]["url"] == "imports/a.wacz"
    assert "no whole WACZ" in report.failures[0]["reason"]
    assert not report.complete


def test_of_a_wacz_without_its_directory_the_compressed_records_are_found(tmp_path: Path) -> None:
    put(tmp_path, "a.wacz", wacz()[:-40])
    assert DUISBURG in imported(tmp_path).seen


@pytest.mark.parametrize("data", [b"", b"rubbish", gzip.compress(b"rubbish"), b"PK\x03\x04"])
def test_a_file_without_records_is_a_failure(tmp_path: Path, data: bytes) -> None:
    put(tmp_path, "a.warc.gz", data)
    put(tmp_path, "b.warc.gz", members(response()))
    report = imported(tmp_path)
    assert report.seen == [DUISBURG]
    assert report.failures[0]["url"] == "imports/a.warc.gz"
    assert not report.complete


def test_no_file_is_a_failure_and_no_crash(tmp_path: Path) -> None:
    report = imported(tmp_path)
    assert [failure["url"] for failure in report.failures] == ["imports"]
    assert "no such file" in report.failures[0]["reason"]
    assert not report.complete


def test_files_folders_and_patterns_are_found(tmp_path: Path) -> None:
    for name in ("a.warc.gz", "b.wacz", "deep/c.warc", "deep/d.txt", "e.warc.gz.open"):
        put(tmp_path, name, b"x")

    def found(entry: str, folder: Path = tmp_path) -> list[str]:
        return [path.name for path in capture_files(folder, entry)]

    assert found("imports") == ["a.warc.gz", "b.wacz", "c.warc"]
    assert found("imports/*.warc.gz") == ["a.warc.gz"]
    assert found("imports/**/*.warc") == ["c.warc"]
    assert found("imports/b.wacz") == ["b.wacz"]
    assert found("../imports/*.wacz", tmp_path / "imports") == ["b.wacz"]
    assert found(f"{tmp_path}/imports/*.warc.gz", Path("elsewhere")) == ["a.warc.gz"]
    assert found("imports/nothing.warc") == []


def test_our_own_archive_can_be_imported(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    with serve({"/p/a.html": Reply(200, PAGE, {"ETag": '"1"'}), "/p/b.html": Reply(200, OTHER)}) as site:
        live = site_source(site, urls=["/p/a.html", "/p/b.html"], listings=["/list.html"], follow=r"\.html$")
        site.routes["/list.html"] = Reply(200, b'<ul><li><a href="/p/a.html">A</a></li></ul>')
        night(old, live)
        site.routes["/p/a.html"] = Reply(304)
        night(old, live, now=TOMORROW)
    text = SOURCE.replace("www.biwaq.de", "127.0.0.1").replace("Projekte_BIWAQ\\d/", "").replace("/Projekte/", "/")
    source = target(new, text.replace('["imports"]', '["../old/archive"]'))
    report = night(new, source, now=TOMORROW)
    assert report.seen == [site.url("/p/a.html"), site.url("/p/b.html")]
    assert (report.fetched, report.skipped) == (
        2,
        {"no_document": 2, "revisit": 1},
    )  # b.html of the second night is held
    assert {page.fetched_at for page in pages(new, TOMORROW)} == {"2026-11-22T01:15:03Z"}
    # into the archive it is from, nothing is copied
    again = night(old, source, now=TOMORROW)
    assert again.fetched == 0


def test_max_pages_leaves_the_rest_for_the_next_run(tmp_path: Path) -> None:
    put(tmp_path, "a.warc.gz", members(response(), response(ERFURT)))
    few = target(tmp_path, SOURCE.replace("[expect]", "max_pages = 1\n[expect]"))
    first = night(tmp_path, few)
    second = night(tmp_path, few, now=TOMORROW)
    assert (first.fetched, first.complete) == (1, False)
    assert first.failures[0]["reason"] == "capped: max_pages 1 reached, 1 pages are left for the next runs"
    assert (second.fetched, second.unchanged, second.complete) == (1, 1, True)


def test_what_a_killed_import_copied_is_not_copied_again(tmp_path: Path) -> None:
    class Killer(Notes):
        def page(self, source_id: str, url: str, outcome: str) -> None:
            raise KeyboardInterrupt

    put(tmp_path, "a.warc.gz", members(response(), response(ERFURT)))
    with pytest.raises(KeyboardInterrupt):
        imported(tmp_path, run="killed", progress=Killer())
    report = imported(tmp_path, run="next")
    assert (report.fetched, report.unchanged) == (1, 1)
    assert [page.url for page in Archive(tmp_path / "archive").captures(DAY, "import", {"document"})] == [
        DUISBURG,
        ERFURT,
    ]
