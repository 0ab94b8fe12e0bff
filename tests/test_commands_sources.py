"""`biwaq sources check`: one request a source, what it says, what it leaves behind; and a night without network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.cdx import SampleArchive
from pipeline.settings import LIVE_SOURCES, SAMPLE_SOURCES
from tests.cli import Ran, biwaq
from tests.fetch_site import Reply, free_port, serve
from tests.test_warc_import import SOURCE as FILES
from tests.test_warc_import import put
from tests.warc_records import members, response

CAPTURES = """
id = "captures"
title = "Captures"
publisher = "Test"
page_type = "gsb_project"
kind = "wayback"
hosts = ["web.archive.example"]
prefixes = ["http://www.biwaq.example/BIWAQ/DE/Projekte/"]
cdx = "http://web.archive.example/cdx/search/cdx"
replay = "http://web.archive.example/web/"
min_delay_s = 0.0
allow_private = true
[expect]
min_pages = 1
max_pages = 9
"""
PAGE = """
id = "page"
title = "Page"
publisher = "Test"
page_type = "city_page"
hosts = ["127.0.0.1"]
{}
min_delay_s = 0.0
allow_private = true
[expect]
min_pages = 1
max_pages = 9
"""


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleArchive]:
    """The sample site and its web archive, reached whatever the host is called."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIWAQ_DATA", str(tmp_path / "data"))
    with SampleArchive() as server:
        monkeypatch.setenv("BIWAQ_CONNECT_TO", f"127.0.0.1:{server.port}")
        yield server


def checked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sources: Path) -> Ran:
    return biwaq(monkeypatch, capsys, "sources", "check", "--sources", sources)


def test_each_source_is_asked_once_and_said_what_it_is(
    sample: SampleArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    for file in SAMPLE_SOURCES.glob("*.toml"):
        (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "captures.toml").write_text(CAPTURES, encoding="utf-8")
    (folder / "import.toml").write_text(FILES, encoding="utf-8")
    put(folder, "a.warc.gz", members(response()))
    ran = checked(monkeypatch, capsys, folder)
    assert ran.code == 0, ran
    assert ran.err == ""
    for line in (
        "  looks right: captures are listed, the first of 20141120: http://www.biwaq.example/BIWAQ/DE/Projekte/"
        "Projekte_BIWAQ2/1187_Gera.html",
        "  looks right: 1 files; imports/a.warc.gz can be read",
        "  looks right: a sitemap of 4 addresses, 1 match `follow`; 0 sitemaps in it",
        "  looks right: a sitemap of 6 addresses, 4 match `follow`; 0 sitemaps in it",
        "  looks right: a listing that prints a total of 17; 10 links of its first page match `follow`",
        "sample-projects: http://www.biwaq.example/BIWAQ/DE/Projekte/projekte_node.html",
    ):
        assert line in ran.out.splitlines()
    assert sum(line.startswith("  status 200, ") for line in ran.out.splitlines()) == 4
    asked = [(request.host, request.path) for request in sample.requests]
    assert len(asked) == len(set(asked)) == 8  # robots.txt and one more of each of four hosts
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sources"]


@pytest.mark.parametrize(
    ("where", "reply", "code", "said"),
    [
        ('urls = ["http://127.0.0.1:{port}/a"]', Reply(404), 1, "  failed: status: 404 Not Found"),
        (
            'urls = ["http://127.0.0.1:{port}/a"]',
            Reply(200, b"<h1>Seite nicht gefunden</h1>"),
            0,
            "  looks wrong: no city_page: ",
        ),
        (
            'listings = ["http://127.0.0.1:{port}/a"]\nfollow = "/p/"',
            Reply(),
            0,
            "  looks wrong: a listing that prints no total; 0 links of its first page match `follow`",
        ),
        ('sitemaps = ["http://127.0.0.1:{port}/a"]', Reply(), 0, "  looks wrong: a sitemap of 0 addresses, 0 match"),
        ('feeds = ["http://127.0.0.1:{port}/a"]', Reply(), 0, "  looks wrong: a feed of 0 items; 0 match `follow`"),
    ],
)
def test_an_answer_that_is_not_what_it_should_be_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: str,
    reply: Reply,
    code: int,
    said: str,
) -> None:
    file = tmp_path / "page.toml"
    with serve({"/a": reply}) as site:
        file.write_text(PAGE.format(where.replace("{port}", str(site.port))), encoding="utf-8")
        ran = checked(monkeypatch, capsys, file)
    assert ran.code == code
    assert any(line.startswith(said) for line in ran.out.splitlines()), ran.out
    assert ("1 of 1 sources did not answer: page" in ran.err) == (code == 1)


def test_robots_are_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.toml"
    with serve({"/robots.txt": Reply(200, b"User-agent: *\nDisallow: /"), "/a": Reply()}) as site:
        file.write_text(PAGE.format(f'urls = ["{site.url("/a")}"]'), encoding="utf-8")
        ran = checked(monkeypatch, capsys, file)
        assert site.paths == []
    assert ran.code == 1
    assert "  failed: forbidden: by robots.txt" in ran.out.splitlines()


def test_a_source_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.toml"
    file.write_text(PAGE.format(f'urls = ["http://127.0.0.1:{free_port()}/a"]'), encoding="utf-8")
    ran = checked(monkeypatch, capsys, file)
    assert ran.code == 1
    assert "  failed: robots: robots.txt could not be read" in ran.out
    assert ran.err.splitlines() == ["1 of 1 sources did not answer: page"]


def test_an_import_without_files_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "import.toml"
    file.write_text(FILES, encoding="utf-8")
    ran = checked(monkeypatch, capsys, file)
    assert (ran.code, ran.out.splitlines()[0]) == (1, "import: imports")
    assert "  failed: no such file in " in ran.out


def test_a_bad_source_file_is_the_caller_s_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.toml"
    file.write_text(PAGE.format(""), encoding="utf-8")
    ran = checked(monkeypatch, capsys, file)
    assert ran.code == 2
    assert "one of listings, sitemaps, feeds and urls must name an address" in ran.err


def test_the_live_sources_come_with_their_captures() -> None:
    assert sorted(file.stem for file in LIVE_SOURCES.glob("*.toml")) == [
        "biwaq-captures",
        "biwaq-cities",
        "biwaq-press",
        "biwaq-projects",
    ]


def test_a_night_on_sources_that_are_not_there_says_so_and_publishes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "page.toml").write_text(PAGE.format(f'urls = ["http://127.0.0.1:{port}/a"]'), encoding="utf-8")
    (folder / "captures.toml").write_text(CAPTURES, encoding="utf-8")
    (folder / "import.toml").write_text(FILES, encoding="utf-8")
    monkeypatch.setenv("BIWAQ_CONNECT_TO", f"127.0.0.1:{port}")
    ran = biwaq(monkeypatch, capsys, "run", "--sources", folder, "--data", tmp_path / "data")
    assert ran.code == 3
    assert "Traceback" not in ran.out + ran.err
    lines = ran.err.splitlines()
    assert any(line.startswith(f"page: 1 not read, first http://127.0.0.1:{port}/a: robots: ") for line in lines)
    assert any(line.startswith("captures: 1 not read, first http://web.archive.example/cdx/") for line in lines)
    assert any(line.startswith("import: 1 not read, first imports: unreadable: no such file") for line in lines)
    assert lines[-1].startswith("biwaq: not published: check enough_pages, warehouse_not_empty refused")
