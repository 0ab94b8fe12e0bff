"""The archive: what is written comes back, damage stays local, killed runs are recovered."""

from __future__ import annotations

import gzip
import io
import os
import random
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import httpx
import pytest
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from pipeline.fetch.archive import Archive
from pipeline.fetch.client import Answer
from pipeline.fetch.index import index_path, read_lines
from pipeline.fetch.model import ArchiveFault, Capture, Extent, Known
from pipeline.fetch.warc import payload_digest, plain_record
from pipeline.fetch.writer import TOGETHER, ArchiveWriter
from tests.fetch_site import DAY, NOW

HTML = "<h1>Köln</h1>".encode()


def clock() -> datetime:
    return NOW


def answer(url: str, status: int = 200, body: bytes = HTML, **headers: str) -> Answer:
    pairs = [("Content-Type", "text/html;charset=utf-8"), *((k.replace("_", "-"), v) for k, v in headers.items())]
    return Answer(url, status, "OK", httpx.Headers(pairs, encoding="utf-8"), body, b"", NOW)


def page(number: int) -> str:
    return f"http://www.biwaq.de/p/{number}.html"


def fill(writer: ArchiveWriter, numbers: range) -> None:
    for number in numbers:
        writer.store(
            answer(page(number), ETag=f'"{number}"', body=random.Random(number).randbytes(900)),
            "document",
            page(number),
        )


LOG = {"run_id": "r1", "documents": {}}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def write(archive: Archive, numbers: range, run: str = "r1", day: date = DAY, log: bool = True) -> str:
    with archive.writer("projects", day, run, clock) as writer:
        fill(writer, numbers)
        if log:
            writer.finish(LOG, {})
    return writer.file


def leave_open(archive: Archive, numbers: range, run: str = "killed") -> Path:
    with suppress(KeyboardInterrupt), archive.writer("projects", DAY, run, clock) as writer:
        fill(writer, numbers)
        raise KeyboardInterrupt
    return archive.root / f"{writer.file}.open"


def test_what_is_written_comes_back(archive: Archive) -> None:
    url = "http://www.biwaq.de/K%C3%B6ln.html"
    with archive.writer("projects", DAY, "r1", clock) as writer:
        offset = writer.store(answer(url, ETag='"a"', X_Y="ü"), "document", url)
        writer.finish({"run_id": "r1", "seen": [url]}, {})
    (capture,) = archive.captures(DAY, "projects")
    assert (capture.url, capture.fetched_at, capture.http_status) == (url, "2026-11-22T01:15:03Z", 200)
    assert (capture.body, capture.role, capture.content_type) == (HTML, "document", "text/html;charset=utf-8")
    assert (capture.file, capture.offset) == ("2026-11-22/projects--r1.warc.gz", offset)
    assert archive.read(capture.file, offset) == capture
    assert [log["seen"] for log in archive.crawls(DAY, "projects")] == [[url]]
    assert archive.days() == [DAY]


def test_it_is_warc_1_1_for_others_too(archive: Archive) -> None:
    file = write(archive, range(2))
    records = list(ArchiveIterator(str(archive.root / file), parse_http=False))
    kinds = [WarcRecordType.warcinfo, WarcRecordType.response, WarcRecordType.response, WarcRecordType.metadata]
    assert [int(record.record_type) for record in records] == [int(kind) for kind in kinds]
    assert gzip.decompress((archive.root / file).read_bytes()).startswith(b"WARC/1.1\r\n")
    checked = [r.verify_payload_digest() for r in ArchiveIterator(str(archive.root / file), WarcRecordType.response)]
    assert checked == [True, True]


def test_a_304_points_to_the_body_it_confirmed(archive: Archive) -> None:
    write(archive, range(1))
    known = archive.state("projects")[page(0)]
    with archive.writer("projects", date(2026, 11, 23), "r2", clock) as writer:
        writer.confirm(answer(page(0), 304, b""), "document", page(0), known)
        writer.finish(LOG, {})
    (capture,) = archive.captures(date(2026, 11, 23), "projects")
    assert (capture.http_status, capture.body, capture.revisit_of) == (304, b"", known)
    assert archive.read(known.file, known.offset).body == random.Random(0).randbytes(900)
    assert archive.state("projects") == {page(0): known}
    (record,) = ArchiveIterator(str(archive.root / writer.file), WarcRecordType.revisit, parse_http=False)
    assert record.headers["WARC-Profile"].endswith("/revisit/server-not-modified")
    assert record.headers["WARC-Refers-To-Target-URI"] == page(0)
    assert record.headers["WARC-Refers-To-Date"] == "2026-11-22T01:15:03Z"


def confirm(writer: ArchiveWriter, numbers: range, known: Known) -> None:
    for number in numbers:
        writer.confirm(answer(page(number), 304, b""), "document", page(number), known)


def test_confirmations_are_written_together_and_stand_each_where_the_index_says(archive: Archive) -> None:
    write(archive, range(1))
    known = archive.state("projects")[page(0)]
    with archive.writer("projects", date(2026, 11, 23), "r2", clock) as writer:
        confirm(writer, range(TOGETHER + 2), known)
        writer.store(answer(page(90)), "document", page(90))
        confirm(writer, range(91, 94), known)
        writer.finish(LOG, {})
    lines = [line for line in read_lines(archive.root / writer.file) if line["role"] == "document"]
    order = [*map(page, range(TOGETHER + 2)), page(90), *map(page, range(91, 94))]
    assert [line["url"] for line in lines] == order
    assert [archive.read(writer.file, line["offset"]).url for line in lines] == order
    ends = [line["offset"] + line["length"] for line in lines]
    assert [line["offset"] for line in lines[1:]] == ends[:-1]


def test_a_kill_costs_only_confirmations_that_waited(archive: Archive) -> None:
    write(archive, range(1))
    known = archive.state("projects")[page(0)]
    with suppress(KeyboardInterrupt), archive.writer("projects", DAY, "killed", clock) as writer:
        confirm(writer, range(3), known)
        writer.store(answer(page(3)), "document", page(3))
        confirm(writer, range(4, 4 + TOGETHER + 5), known)
        raise KeyboardInterrupt
    archive.recover()
    assert list(archive.stored("projects", DAY).documents) == [page(number) for number in range(4 + TOGETHER)]


@pytest.mark.parametrize("value", ["plain", "Köln", "a\r\nWARC-Type: response", ""])
def test_a_record_is_what_the_library_would_write(value: str) -> None:
    theirs = WarcRecord()
    theirs.init_headers(WarcRecordType.resource)
    for name, text in (given := [("WARC-Date", "2026-11-22T01:15:03Z"), ("Biwaq-X", value)]):
        theirs.headers[name] = text
    theirs.set_bytes_content(HTML)
    written = io.BytesIO()
    theirs.write(written)
    heads, blocks = zip(
        *(text.split(b"\r\n\r\n", 1) for text in (written.getvalue(), plain_record("resource", given, HTML))),
        strict=True,
    )
    names = [{line for line in head.split(b"\r\n") if b"WARC-Record-ID" not in line} for head in heads]
    assert names[0] == names[1]
    assert blocks[0] == blocks[1]


def test_nothing_is_ever_overwritten(archive: Archive) -> None:
    names = [write(archive, range(number)) for number in (1, 2, 3)]
    assert names == [f"2026-11-22/projects--r1{number}.warc.gz" for number in ("", ".2", ".3")]
    assert [about.sequence for about in archive.files(DAY, "projects")] == [1, 2, 3]


def test_sources_do_not_mix(archive: Archive) -> None:
    for source_id in ("a", "a--b"):
        with archive.writer(source_id, DAY, "r1", clock) as writer:
            writer.store(answer(page(1)), "document", page(1))
    assert [about.source_id for about in archive.files(DAY, "a")] == ["a"]
    assert len(list(archive.captures(DAY, "a"))) == 1


@pytest.mark.parametrize("name", ["../x", "", "a/b", "a b", ".x"])
def test_file_names_come_from_us(archive: Archive, name: str) -> None:
    with pytest.raises(ArchiveFault):
        archive.writer("projects", DAY, name, clock)
    assert not archive.root.exists()


@pytest.mark.parametrize("file", ["../../etc/passwd", "/etc/passwd", "2026-11-22/none.warc.gz"])
def test_reading_stays_inside(archive: Archive, file: str) -> None:
    with pytest.raises(ArchiveFault):
        archive.read(file, 0)


def lines(archive: Archive, file: str) -> list[dict[str, object]]:
    return list(read_lines(archive.root / file))


def test_the_index_is_a_cache(archive: Archive) -> None:
    url, odd = page(1), "http://www.biwaq.de/x.html;jsessionid=AB.live1"
    known = Known("2026-11-01/projects--r0.warc.gz", 7, "2026-11-01T00:00:00Z", '"e"', None)
    with archive.writer("projects", DAY, "r1", clock) as writer:
        writer.store(answer(url, ETag='"ü"', Last_Modified="Sat, 21 Nov 2026 10:00:00 GMT"), "document", url)
        writer.store(answer(odd, 301, b"", Location="/y.html"), "redirect", "http://www.biwaq.de/x.html", requested=url)
        writer.confirm(answer(page(2), 304, b""), "document", page(2), known, requested=url)
        writer.finish(LOG, {page(3): known})
    written, about = lines(archive, writer.file), archive.files()
    for spoil in (
        lambda p: p.unlink(),
        lambda p: p.write_bytes(b"!biwaq {}"),
        lambda p: p.write_bytes(p.read_bytes()[:-9]),
    ):
        spoil(index_path(archive.root / writer.file))
        assert archive.files() == about
        assert lines(archive, writer.file) == written
    assert [line["role"] for line in written] == [
        "warcinfo",
        "document",
        "redirect",
        "document",
        "metadata",
        "document",
    ]
    assert archive.issues == []


def test_a_damaged_index_line_is_noticed(archive: Archive) -> None:
    path = index_path(archive.root / write(archive, range(3)))
    path.write_bytes(path.read_bytes().replace(b'"role":"document"', b'"role":document', 1))
    assert len(archive.state("projects")) == 3


def test_an_archive_that_can_only_be_read(archive: Archive) -> None:
    path = index_path(archive.root / write(archive, range(3)))
    path.unlink()
    path.mkdir()  # stands for a folder that can not be written: not even root can open it as a file
    with pytest.raises(IsADirectoryError):
        path.open("wb")
    open_name = path.with_name(path.name + ".open")
    open_name.mkdir()
    assert [about.records for about in archive.files()] == [5]
    assert len(list(archive.captures(DAY, "projects"))) == 3


DAMAGE = {
    "flipped": lambda data, at: data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :],
    "zeros": lambda data, at: data[:at] + bytes(100) + data[at + 100 :],
    "inserted": lambda data, at: data[:at] + b"\x1f\x8b\x08 rubbish" + data[at:],
    "lost": lambda data, at: data[:at] + data[at + 50 :],
}


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_costs_what_it_hit(archive: Archive, how: str) -> None:
    file = write(archive, range(6))
    offset = [capture.offset for capture in archive.captures(DAY, "projects")][2]
    path = archive.root / file
    path.write_bytes(DAMAGE[how](path.read_bytes(), offset + 400))
    fresh = Archive(archive.root)
    assert [capture.url for capture in fresh.captures(DAY, "projects")] == [page(n) for n in (0, 1, 3, 4, 5)]
    assert len(list(fresh.crawls(DAY, "projects"))) == 1
    assert [issue.offset for issue in fresh.issues] == [offset]
    with pytest.raises(ArchiveFault):
        fresh.read(file, offset)


def documents(archive: Archive) -> list[Capture]:
    """The documents of a day as the parse stage reads them: each by its place."""
    return [page for about in archive.files(DAY) for page in archive.documents(about.file, archive.bodies_of(about))]


@pytest.mark.parametrize("how", ["not", *DAMAGE])
def test_documents_read_one_by_one_are_those_of_the_library(archive: Archive, how: str) -> None:
    with archive.writer("projects", DAY, "r1", clock) as writer:
        fill(writer, range(3))
        writer.store(answer(page(3), X_Y="ü: \r\n z", body=b"\r\n\r\n" * 3), "document", page(9), reserved_by="header")
        writer.store(answer(page(4), body=gzip.compress(HTML), Content_Encoding="gzip"), "document", page(4))
        writer.store(answer(page(5), body=HTML), "listing", page(5))
        writer.store(answer(page(6), body=b"z" * 200_000), "document", page(6))
    path = archive.root / writer.file
    victim = [capture.offset for capture in archive.captures(DAY, "projects")][1]
    path.write_bytes(DAMAGE.get(how, lambda data, at: data)(path.read_bytes(), victim + 400))
    library, ours = Archive(archive.root), Archive(archive.root)
    expected = list(library.captures(DAY, "projects", {"document"}))
    assert documents(ours) == expected
    assert len(expected) == (6 if how == "not" else 5)
    assert ours.issues == library.issues


def test_documents_that_moved_are_found(archive: Archive) -> None:
    """Bytes came in before one page and others went in a later one: the size fits, the places do not."""
    path = archive.root / write(archive, range(6))
    (about,) = archive.files()
    places = [extent.offset for extent in archive.bodies_of(about)]
    data = path.read_bytes()
    path.write_bytes(data[: places[1]] + bytes(20) + data[places[1] : places[3] + 300] + data[places[3] + 320 :])
    assert [capture.url for capture in documents(Archive(archive.root))] == [page(n) for n in (0, 1, 2, 4, 5)]


def test_a_crawl_log_without_its_end_is_told(archive: Archive) -> None:
    path = archive.root / write(archive, range(3))
    index = index_path(path).read_bytes()
    data = path.read_bytes()
    (about,) = archive.files()
    assert about.log_offset is not None
    for end in range(about.log_offset + 1, len(data)):
        path.write_bytes(data[:end])
        index_path(path).write_bytes(index)  # it fits another size: made anew
        fresh = Archive(archive.root)
        assert [capture.url for capture in documents(fresh)] == [page(n) for n in range(3)]
        assert fresh.issues


MEMBERS = {
    "as we write it": lambda record: gzip.compress(record),
    "fields in small letters": lambda record: gzip.compress(record.replace(b"WARC-Type", b"warc-type")),
    "role in small letters": lambda record: gzip.compress(record.replace(b"Biwaq-Role", b"biwaq-role")),
    "another version": lambda record: gzip.compress(record.replace(b"WARC/1.1", b"WARC/1.0", 1)),
    "a field in two lines": lambda record: gzip.compress(record.replace(b"WARC-Date: ", b"WARC-Date:\r\n ", 1)),
    "no page": lambda record: gzip.compress(record.replace(b": document", b": listing ", 1)),
    "a revisit": lambda record: gzip.compress(record.replace(b": response", b": revisit ", 1)),
    "rubbish": lambda record: bytes(len(record)),
}


@pytest.mark.parametrize("how", MEMBERS)
def test_a_record_of_another_form_is_read_by_the_library(archive: Archive, how: str) -> None:
    path = archive.root / write(archive, range(3))
    (about,) = archive.files()
    extents = archive.bodies_of(about)
    offset, length = extents[1]
    data = path.read_bytes()
    member = MEMBERS[how](gzip.decompress(data[offset : offset + length]))
    path.write_bytes(data[:offset] + member + data[offset + length :])
    extents[1:] = [Extent(offset, len(member)), Extent(extents[2].offset + len(member) - length, extents[2].length)]
    library, ours = Archive(archive.root), Archive(archive.root)
    expected = list(library.captures(DAY, "projects", {"document"}))
    assert list(ours.documents(about.file, extents)) == expected
    assert [issue.offset for issue in ours.issues] == [issue.offset for issue in library.issues]


@pytest.mark.parametrize("content", [b"", b"no gzip at all", gzip.compress(b"no WARC"), bytes(5000)])
def test_a_file_of_rubbish_ends_nothing(archive: Archive, content: bytes) -> None:
    write(archive, range(2))
    (archive.root / "2026-11-22" / "projects--bad.warc.gz").write_bytes(content)
    assert len(list(archive.captures(DAY, "projects"))) == 2
    assert len(archive.state("projects")) == 2


def cuts(size: int) -> Iterator[int]:
    yield from random.Random(4).sample(range(size), 25)
    yield from (0, 1, size - 1, size - 4, size - 9)


def ends_of_members(data: bytes) -> list[int]:
    """Where each gzip member ends."""
    ends, rest = [], data
    while rest:
        unpacker = zlib.decompressobj(31)
        unpacker.decompress(rest)
        rest = unpacker.unused_data
        ends.append(len(data) - len(rest))
    return ends


def test_a_killed_run_is_recovered_up_to_the_cut(tmp_path: Path) -> None:
    whole = leave_open(Archive(tmp_path / "whole"), range(5)).read_bytes()
    for cut in cuts(len(whole)):
        archive = Archive(tmp_path / str(cut))
        leave_open(archive, range(0)).write_bytes(whole[:cut])
        kept = [end for end in ends_of_members(whole) if end <= cut]  # the first is the warcinfo record
        recovered = archive.recover()
        found = [capture.url for capture in archive.captures(DAY, "projects")]
        assert found == [page(number) for number in range(len(kept) - 1)]
        assert [item.dropped_bytes for item in recovered] == ([cut - kept[-1]] if kept else [])
        assert not list(archive.root.rglob("*.open"))
        assert archive.issues == []


def test_a_file_in_use_is_left_alone(archive: Archive) -> None:
    with archive.writer("projects", DAY, "r1", clock) as writer:
        fill(writer, range(2))
        assert Archive(archive.root).recover() == []
        writer.finish(LOG, {})
    assert [about.finished for about in archive.files()] == [True]


def test_a_full_disk_leaves_whole_records(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) > 500:
            real(fd, bytes(data[:300]))
            raise OSError(28, "No space left on device")
        return real(fd, data)

    def fill_the_disk() -> None:
        with archive.writer("projects", DAY, "r1", clock) as writer:
            writer.store(answer(page(0)), "document", page(0))
            monkeypatch.setattr(os, "write", full)
            fill(writer, range(1, 2))

    with pytest.raises(OSError, match="No space"):
        fill_the_disk()
    monkeypatch.undo()
    assert [item.dropped_bytes for item in archive.recover()] == [0]
    assert [capture.url for capture in archive.captures(DAY, "projects")] == [page(0)]


def test_state_is_the_newest_good_body(archive: Archive) -> None:
    first = write(archive, range(4))
    with archive.writer("projects", date(2026, 11, 23), "r2", clock) as writer:
        writer.store(answer(page(0), ETag='"new"'), "document", page(0))
        writer.store(answer(page(1), 503, b"busy"), "document", page(1))
        writer.store(answer(page(2), 404, b"gone"), "document", page(2))
        writer.store(answer(page(3), 200, b""), "document", page(3))
        writer.store(answer(page(9)), "listing", page(9))
        # no log: a killed run
    state = archive.state("projects")
    assert {url: (known.file, known.etag) for url, known in state.items()} == {
        page(0): (writer.file, '"new"'),
        page(1): (first, '"1"'),
        page(3): (first, '"3"'),
    }


def test_state_stops_at_a_finished_run_that_carries_on_the_rest(archive: Archive) -> None:
    first = write(archive, range(3))
    known = archive.state("projects")
    with archive.writer("projects", date(2026, 11, 23), "r2", clock) as writer:
        writer.store(answer(page(0), 404), "document", page(0))
        writer.finish(LOG, {page(1): known[page(1)]})
    (archive.root / first).unlink()
    index_path(archive.root / first).unlink()
    assert archive.state("projects") == {page(1): known[page(1)]}
    assert not archive.has(known[page(1)])
    index_path(archive.root / writer.file).unlink()
    assert archive.state("projects") == {page(1): known[page(1)]}


def test_stored_are_the_pages_of_killed_runs_since_the_last_finished(archive: Archive) -> None:
    write(archive, range(5, 7), run="killed-before", log=False)
    write(archive, range(7, 8), run="finished")
    with archive.writer("projects", DAY, "killed", clock) as writer:
        writer.store(answer(page(1)), "document", page(1), requested=page(0))
        writer.store(answer(page(2), 404), "document", page(2))
        writer.store(answer(page(3), 503), "document", page(3))
    stored = archive.stored("projects", DAY)
    assert stored.documents == {page(1): page(1), page(0): page(1)}
    assert stored.gone == {page(2): 404}
    assert archive.stored("projects", date(2026, 11, 23)).documents == {}


def test_an_empty_archive(archive: Archive) -> None:
    assert (archive.days(), archive.files(), archive.files(DAY), archive.recover(), archive.state("x")) == (
        [],
        [],
        [],
        [],
        {},
    )
    assert list(archive.captures(DAY, "x")) == []


def test_a_digest_names_its_kind() -> None:
    assert payload_digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
