"""Parsing on several cores gives what one gives, whatever becomes of the helpers; what was parsed stays."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from parsers.records import ParseResult
from parsers.registry import parse
from pipeline import parse_day as module
from pipeline import parse_pool, parsed_before
from pipeline.collecting import RARELY
from pipeline.fetch.archive import Archive
from pipeline.parse_day import parse_day, rejected
from pipeline.parse_pool import ParsePool
from pipeline.settings import ROOT
from pipeline.sources import Source
from tests.bench.project_pages import project_pages
from tests.fetch_site import DAY, NOW, Reply, night, serve, source

BODIES = [page.body for page in project_pages(9)]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGES_A_SPAN", 1)
    monkeypatch.setattr(parse_pool, "WORTH_A_HELPER", 2)


@pytest.fixture
def target(tmp_path: Path) -> Source:
    """A source of nine pages and one that is none, fetched."""
    with serve({}) as site:
        paths = [f"/{number}_Ort.html" for number in range(10)]
        pages = {path: Reply(200, body) for path, body in zip(paths, [*BODIES, b"<html>nichts</html>"], strict=True)}
        site.routes |= pages
        found = source(site, urls=paths)
        night(tmp_path, found)
    return found


def _parse(root: Path, target: Source, into: str, *, processes: int = 1, again: bool = False) -> bytes:
    report = parse_day(Archive(root / "archive"), root / into, [target], DAY, at_most=processes, again=again)
    assert (report.parsed, report.rejected) == (9, 1)
    return (root / into / DAY.isoformat() / "test.ndjson.gz").read_bytes()


def test_two_processes_give_the_bytes_of_one(tmp_path: Path, target: Source) -> None:
    assert _parse(tmp_path, target, "two", processes=2) == _parse(tmp_path, target, "one")


def test_a_helper_that_dies_loses_nothing(tmp_path: Path, target: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    started = ParsePool._start

    def start_and_kill(self: ParsePool, context: object) -> None:
        started(self, context)  # type: ignore[arg-type]
        for helper in self._helpers:
            helper.process.kill()

    monkeypatch.setattr(ParsePool, "_start", start_and_kill)
    assert _parse(tmp_path, target, "killed", processes=3) == _parse(tmp_path, target, "one")


def test_damage_that_a_helper_meets_is_told(tmp_path: Path, target: Source) -> None:
    archive = Archive(tmp_path / "archive")
    (about,) = archive.files(DAY, "test")
    path = archive.root / about.file
    data = bytearray(path.read_bytes())
    for offset, _ in archive.bodies_of(about):
        data[offset + 60] ^= 255
    path.write_bytes(data)
    report = parse_day(Archive(archive.root), tmp_path / "records", [target], DAY, at_most=2)
    assert {issue.offset for issue in report.archive_issues} == {extent.offset for extent in archive.bodies_of(about)}
    assert report.parsed == 0


def test_what_was_parsed_is_not_parsed_again(tmp_path: Path, target: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _parse(tmp_path, target, "records")
    monkeypatch.setattr(parse_pool, "parse_span", _never)
    assert _parse(tmp_path, target, "records") == first
    with pytest.raises(AssertionError, match="parsed again"):
        _parse(tmp_path, target, "records", again=True)


def test_other_parsers_read_everything_again(tmp_path: Path, target: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    _parse(tmp_path, target, "records")
    monkeypatch.setattr("pipeline.parsed_before._of_code", lambda: "another program")
    monkeypatch.setattr(parse_pool, "parse_span", _never)
    with pytest.raises(AssertionError, match="parsed again"):
        _parse(tmp_path, target, "records")


@pytest.mark.parametrize("name", ["claims.py", "claim_words.toml", "first_names.txt"])
def test_whatever_lies_with_the_parsers_counts_as_theirs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "parsers", tmp_path / "parsers", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(parsed_before, "ROOT", tmp_path)
    found = []
    for more in ("", "\nAdelgunde\n"):
        with (tmp_path / "parsers" / name).open("a", encoding="utf-8") as file:
            file.write(more)
        found.append(parsed_before._of_code.__wrapped__())
    assert found[0] != found[1]


def test_no_file_of_the_parsers_is_left_out() -> None:
    kinds = {path.suffix for path in (ROOT / "parsers").iterdir() if path.is_file()}
    assert {f"parsers/*{kind}" for kind in kinds} <= set(parsed_before._CODE)


def _never(*_: object) -> None:
    raise AssertionError("parsed again")


def test_a_second_run_of_the_day_adds_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The members of the first run's pages stay as they are; all together is what a whole parse gives."""
    with serve({}) as site:
        site.routes |= {"/0_Ort.html": Reply(200, BODIES[0]), "/1_Ort.html": Reply(200, BODIES[1])}
        found = source(site, urls=["/0_Ort.html"])
        night(tmp_path, found)
        path = tmp_path / "records" / DAY.isoformat() / "test.ndjson.gz"
        parse_day(Archive(tmp_path / "archive"), tmp_path / "records", [found], DAY)
        first = path.read_bytes()
        more = source(site, urls=["/0_Ort.html", "/1_Ort.html"])
        night(tmp_path, more, run="r2", now=NOW + timedelta(minutes=5))
        parse_day(Archive(tmp_path / "archive"), tmp_path / "records", [more], DAY)
    second = path.read_bytes()
    assert second.startswith(first)
    assert len(second) > len(first)
    parse_day(Archive(tmp_path / "archive"), tmp_path / "whole", [more], DAY)
    assert (tmp_path / "whole" / DAY.isoformat() / "test.ndjson.gz").read_bytes() == second


def test_rejected_pages_are_known_without_reading_records(tmp_path: Path, target: Source) -> None:
    _parse(tmp_path, target, "records")
    state = Archive(tmp_path / "archive").state("test")
    noted = rejected(tmp_path / "records", "test", state)
    (tmp_path / "records" / DAY.isoformat() / "test.made.json").unlink()
    assert noted == rejected(tmp_path / "records", "test", state) == {target.urls[-1]}


@pytest.fixture
def usual() -> Iterator[tuple[int, int, int]]:
    """How often Python looks for cycles, whatever tests before this one left."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield (700, 10, 10)
    gc.set_threshold(*before)


def test_while_a_day_is_parsed_python_seldom_hunts_for_cycles(
    tmp_path: Path, target: Source, usual: tuple[int, int, int]
) -> None:
    during = set()

    def looked(*arguments: Any, **options: Any) -> ParseResult:
        during.add(gc.get_threshold())
        return parse(*arguments, **options)

    parse_day(Archive(tmp_path / "archive"), tmp_path / "records", [target], DAY, parse=looked)
    assert during == {RARELY}
    assert gc.get_threshold() == usual
