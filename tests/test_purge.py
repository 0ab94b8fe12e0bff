"""A purged page is nowhere any more, its evidence is; what stands beside it in the archive is untouched."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.server import SampleSite
from pipeline.fetch.archive import Archive
from pipeline.fetch.tombstone import NoRoom, fitting_member
from pipeline.purge import find, patterns
from pipeline.purged import blocked, ledger
from tests.cli import Ran, biwaq
from tests.warehouse_file import rows

PAGE = "http://www.biwaq.example/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2390_Duisburg.html"
REASON = "asked for by mail on 20 November"


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as served:
        yield served


@pytest.fixture
def data(tmp_path: Path, published: Path, site: SampleSite, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIWAQ_CONNECT_TO", f"127.0.0.1:{site.port}")
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-20T12:00:00Z")
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


def purge(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: Path, *args: str) -> Ran:
    return biwaq(monkeypatch, capsys, "purge", *args, "--reason", REASON, "--yes", "--data", data)


def holds(data: Path, words: bytes) -> list[str]:
    """Files of archive, records and warehouse that hold the words, unpacked where they are packed."""
    found = []
    for path in sorted(
        p for name in ("archive", "records", "warehouse", "exports", "report") for p in (data / name).rglob("*")
    ):
        if path.is_file() and not path.is_symlink():
            body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            if words in body:
                found.append(str(path.relative_to(data)))
    return found


def captures(data: Path) -> dict[str, tuple[str, int, bytes]]:
    archive = Archive(data / "archive")
    return {
        capture.url: (capture.file, capture.offset, capture.body)
        for day in archive.days()
        for source in ("sample-projects", "sample-press", "sample-cities")
        for capture in archive.captures(day, source, {"document"})
    }


def test_a_purged_page_is_gone_and_stays_away(
    data: Path, site: SampleSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = captures(data)
    ((title,),) = rows(data, f"SELECT title FROM documents WHERE url = '{PAGE}'")
    assert rows(data, "SELECT count(*) FROM projects WHERE project_id = 'iii-duisburg'") == [(1,)]
    ran = purge(monkeypatch, capsys, data, PAGE)
    assert ran.code == 0, ran.err
    assert "1 archived bodies of 1 addresses" in ran.out

    after = captures(data)
    assert PAGE not in after
    assert after == {url: capture for url, capture in before.items() if url != PAGE}  # every offset still true
    assert rows(data, f"SELECT count(*) FROM documents WHERE url = '{PAGE}'") == [(0,)]
    assert rows(data, "SELECT count(*) FROM projects WHERE project_id = 'iii-duisburg'") == [(0,)]
    assert [path.name for path in (data / "warehouse" / "builds").glob("*.duckdb")] == [
        Path(os.path.realpath(data / "warehouse" / "biwaq.duckdb")).name
    ]
    (entry,) = ledger(data / "purged.ndjson")
    assert (entry.what, entry.url, entry.reason, len(entry.sha256)) == ("page", PAGE, REASON, 64)
    assert str(title).encode() not in (data / "purged.ndjson").read_bytes()
    assert rows(data, "SELECT DISTINCT reason FROM acceptances") == [(f"purge: {REASON}",)]

    site.requests.clear()
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-21T01:15:00Z")
    again = biwaq(monkeypatch, capsys, "run", "--data", data)
    assert again.code == 0, again.err
    assert [path for _, path, *_ in site.requests if "2390_Duisburg" in path] == []
    assert rows(data, f"SELECT count(*) FROM documents WHERE url = '{PAGE}'") == [(0,)]
    assert rows(data, "SELECT count(*) FROM crawls WHERE NOT is_complete") == [(0,)]


def test_a_purged_passage_leaves_the_rest_of_the_page(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The contact's organisation of a project page, as a stand-in for a name that no page of the sample has."""
    ((passage, url),) = rows(
        data,
        "SELECT summary, url FROM projects JOIN documents USING (document_id) WHERE project_id = 'iii-duisburg'",
    )
    words = str(passage).split()[:6]
    assert holds(data, " ".join(words).encode()) != []
    before = captures(data)
    ran = purge(monkeypatch, capsys, data, "--passage", " ".join(words))
    assert ran.code == 0, ran.err
    assert [file for file in holds(data, " ".join(words).encode()) if not file.startswith("warehouse")] == []
    after = captures(data)
    assert set(after) == set(before)
    assert {key: capture[:2] for key, capture in after.items()} == {key: capture[:2] for key, capture in before.items()}
    assert b"[...]" in after[str(url)][2]
    ((summary,),) = rows(data, "SELECT summary FROM projects WHERE project_id = 'iii-duisburg'")
    assert str(summary).startswith("[...]")
    assert rows(data, "SELECT count(*) FROM area_stats WHERE project_id = 'iii-duisburg'") != [(0,)]
    assert (data / "exports" / "csv" / "projects.csv").is_file()
    assert not (data / "exports" / "delta").exists()  # it would list what went
    assert blocked(data / "purged.ndjson") >= {str(url)}


def test_a_purge_that_was_killed_before_its_rebuild_is_ended_by_the_next(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The archive holds it no more then: "nothing fits" would leave it in builds, report and exports for ever."""
    page = b"Sprechstunden f"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.commands.purge.run_rebuild", killed)
        assert purge(patch, capsys, data, PAGE).code == 1
    assert [file for file in holds(data, page) if not file.startswith("warehouse")] == []
    assert "purge_unfinished" in biwaq(monkeypatch, capsys, "status", "--data", data).out
    ran = purge(monkeypatch, capsys, data, PAGE)
    assert ran.code == 0, ran.err
    assert "did not come to its end" in ran.out
    assert rows(data, "SELECT count(*) FROM projects WHERE project_id = 'iii-duisburg'") == [(0,)]
    assert len(list((data / "warehouse" / "builds").glob("*.duckdb"))) == 1
    assert not (data / ".purging").exists()
    assert purge(monkeypatch, capsys, data, PAGE).code == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "give the address of a page"),
        (("--passage", "ab"), "too short"),
        (("http://www.biwaq.example/nowhere.html",), "nothing in the archive fits"),
        (("www.biwaq.example",), "is no address"),
    ],
)
def test_what_can_not_be_meant_is_a_mistake(
    args: tuple[str, ...],
    said: str,
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = purge(monkeypatch, capsys, published, *args)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_without_yes_nothing_happens(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "purge", PAGE, "--reason", "x", "--data", published)
    assert ran.code == 0
    assert "nothing removed" in ran.out
    assert find(Archive(published / "archive"), PAGE, None) != []


@pytest.mark.parametrize(
    "body",
    [
        b"<p>mit Erika M\xc3\xbcster und",
        b"<p>mit Erika\n   M\xfcster und",
        b"<p>mit <b>Erika</b> M&uuml;ster und",
        b"<p>mit Erika&nbsp;M\xc3\xbcster und",
    ],
)
def test_a_passage_is_found_however_it_is_written(body: bytes) -> None:
    assert any(pattern.search(body) for pattern in patterns("Erika Müster"))


@pytest.mark.parametrize("room", range(60))
def test_a_member_fits_to_the_byte(room: int) -> None:
    plain = b"WARC/1.1\r\nWARC-Type: resource\r\n" * 3
    least = next(size for size in range(1, 500) if _fits(plain, size))
    member = fitting_member(plain, least + room)
    assert len(member) == least + room
    assert gzip.decompress(member) == plain


def _fits(plain: bytes, size: int) -> bool:
    try:
        return len(fitting_member(plain, size)) == size
    except NoRoom:
        return False
