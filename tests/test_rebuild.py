"""Rebuilding from the archive: twice, and in another order of everything, gives the same tables, row by row."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.fetch.archive import Archive
from pipeline.night import remembered_sources
from pipeline.parse_day import parse_day
from pipeline.resources import Workspace
from pipeline.settings import from_environment
from pipeline.sources import Source
from tests.cli import biwaq
from tests.nights import History
from warehouse.build import build
from warehouse.diff import diff
from warehouse.duck import read_only
from warehouse.model import RunInfo, SourceInfo
from warehouse.publish import LEDGER, LINK
from warehouse.tables import TABLES

RUN = RunInfo("2025-11-24-rebuild", "2025-11-24T01:15:00Z")
Order = Callable[[Sequence[Any]], list[Any]]


def _as_it_is(things: Sequence[Any]) -> list[Any]:
    return list(things)


def _backwards(things: Sequence[Any]) -> list[Any]:
    return list(things)[::-1]


def _workspace(history: History) -> Workspace:
    settings = from_environment(history.data, remembered_sources(history.data))
    return Workspace(lambda: settings)


def _parse(history: History, folder: Path, order: Order = _as_it_is) -> tuple[Path, list[SourceInfo]]:
    """The records of the whole archive below `folder`, days and sources read in an order, and the sources so."""
    workspace = _workspace(history)
    archive = Archive(workspace.settings.layout.archive)
    sources: list[Source] = order(workspace.sources())
    for day in order(archive.days()):
        parse_day(archive, folder / "records", sources, day)
    return folder / "records", order(workspace.source_infos())


def _build(records: Path, sources: Sequence[SourceInfo], run: RunInfo = RUN) -> Path:
    out = records.parent / "built.duckdb"
    build(records, out, sources=sources, run=run)
    return out


def _tables(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table as it lies in the file: its rows in their order, all columns."""
    with read_only(file) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        assert set(names) == set(TABLES)
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in sorted(names)}


@pytest.fixture(scope="module")
def first(history: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of four nights parsed and built once."""
    records, sources = _parse(history, tmp_path_factory.mktemp("first"))
    return _build(records, sources)


def _same(one: Path, other: Path) -> None:
    wanted, found = _tables(one), _tables(other)
    assert {name: rows for name, rows in found.items() if rows != wanted[name]} == {}
    assert diff(one, other) == []


def test_twice_gives_identical_tables(history: History, first: Path, tmp_path: Path) -> None:
    """No column is left out, not even those of the run: the same run built it."""
    records, sources = _parse(history, tmp_path)
    _same(first, _build(records, sources))


def test_another_order_of_days_sources_and_files(
    history: History, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last day is read first, the last source first, and a folder gives its files in another order."""
    for name in ("glob", "iterdir", "rglob"):
        given = getattr(Path, name)

        def another(path: Path, *args: Any, _given: Callable[..., Iterator[Path]] = given) -> list[Path]:
            found = list(_given(path, *args))
            random.Random(7).shuffle(found)
            return found

        monkeypatch.setattr(Path, name, another)
    records, sources = _parse(history, tmp_path, _backwards)
    _same(first, _build(records, sources))


def _shuffle_lines(records: Path) -> int:
    """Every records file with its lines in another order; how many files have another one now."""
    changed = 0
    for path in sorted(records.glob("*/*.ndjson*")):
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = text.splitlines(keepends=True)
        random.Random(path.name).shuffle(lines)
        body = b"".join(lines)
        changed += body != text
        path.write_bytes(gzip.compress(body) if path.suffix == ".gz" else body)
    return changed


def test_another_order_of_records(history: History, first: Path, tmp_path: Path) -> None:
    """All nights in the files of one day, lines shuffled: the order of time is in the records, not in the files."""
    records, sources = _parse(history, tmp_path)
    *earlier, last = sorted(records.iterdir())
    for path in sorted(last.iterdir()):
        bodies = [(day / path.name).read_bytes() for day in (last, *earlier)]
        path.write_bytes(b"".join(bodies))  # parts of gzip after one another are one file
    for day in earlier:
        shutil.rmtree(day)
    assert _shuffle_lines(records) == 6
    _same(first, _build(records, sources))


def test_files_with_other_names(history: History, first: Path, tmp_path: Path) -> None:
    """Records files bear their source's name: with other names, sorted the other way round, only those names differ.

    Tables are compared without their order (a source's name is part of it) and issues without their id, which is made
    from the message, which may name the source.
    """
    records, sources = _parse(history, tmp_path)
    new_names = {s.id: f"{letter}-source" for letter, s in zip("zyx", sorted(sources, key=lambda s: s.id), strict=True)}
    for path in sorted(records.glob("*/*.ndjson*")):
        source_id, _, ending = path.name.partition(".")
        path.rename(path.with_name(f"{new_names[source_id]}.{ending}"))
        if ending == "crawl.ndjson":
            _rename_within(path.with_name(f"{new_names[source_id]}.{ending}"), source_id, new_names[source_id])
    renamed = _build(records, [replace(s, id=new_names[s.id]) for s in sources])
    wanted, found = _tables(first), _tables(renamed)
    for name in sorted(wanted):
        assert _plain(name, found[name], {v: k for k, v in new_names.items()}) == _plain(name, wanted[name], {}), name


def _rename_within(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert f'"source_id":"{old}"' in text
    path.write_text(text.replace(f'"source_id":"{old}"', f'"source_id":"{new}"'), encoding="utf-8")


def _plain(table: str, rows: list[tuple[Any, ...]], names: dict[str, str]) -> list[str]:
    skip = TABLES[table].names.index("issue_id") if table == "issues" else None
    texts = [repr(tuple(cell for place, cell in enumerate(row) if place != skip)) for row in rows]
    for new, old in names.items():
        texts = [text.replace(new, old) for text in texts]
    return sorted(texts)


RUN_COLUMNS = {("issues", "run_id"), ("runs", "run_id"), ("runs", "published")}
"""All that tells two rebuilds of one archive apart: who built it; each adds a row of its own to runs."""


def test_another_run_differs_in_nothing_but_itself(history: History, first: Path, tmp_path: Path) -> None:
    records, sources = _parse(history, tmp_path)
    other = _build(records, sources, RunInfo("2025-11-25-again", "2025-11-25T01:15:00Z"))
    assert diff(first, other) == []
    wanted, found = _tables(first), _tables(other)
    for name, table in TABLES.items():
        own = [place for place, column in enumerate(table.names) if (name, column) in RUN_COLUMNS]
        one, two = (
            [tuple(cell for place, cell in enumerate(row) if place not in own) for row in rows if not _of_rebuild(row)]
            for rows in (wanted[name], found[name])
        )
        assert one == two, name


def _of_rebuild(row: tuple[Any, ...]) -> bool:
    """The row of `runs` of the rebuild itself."""
    return row[0] in (RUN.run_id, "2025-11-25-again")


def test_the_backup_of_the_runbook_is_enough(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its two commands bring back what was published, of all nights."""
    data = tmp_path / "data"
    shutil.copytree(history.data / "archive", data / "archive")
    (data / "warehouse").mkdir()
    shutil.copy(history.data / "warehouse" / LEDGER, data / "warehouse")
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-24T01:15:00Z")
    assert biwaq(monkeypatch, capsys, "run", "--day", "2025-11-20", "--data", data).code == 0
    assert biwaq(monkeypatch, capsys, "reparse", "--yes", "--data", data).code == 0
    assert diff(history.data / "warehouse" / LINK, data / "warehouse" / LINK) == []


# `biwaq diff`


def test_the_command_says_that_two_builds_are_the_same(
    first: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "diff", first, first)
    assert (ran.code, ran.out, ran.err) == (0, "no difference\n", "")


def test_the_command_shows_what_differs(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "changed.duckdb"
    changed.write_bytes(first.read_bytes())
    with duckdb.connect(str(changed)) as connection:
        connection.execute("UPDATE area_stats SET value = 99 WHERE project_id = 'iii-duisburg' AND value = 36.2")
    ran = biwaq(monkeypatch, capsys, "diff", first, changed)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "area_stats: 1 values changed",
        "  value: 1 changed",
        "    iii-duisburg|sgb2_rate|area: 36.2 -> 99.0",
    ]


@pytest.mark.parametrize("name", ["missing.duckdb", "text.duckdb"])
def test_a_file_that_is_no_warehouse_is_the_caller_s_mistake(
    name: str, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.duckdb").write_text("no database")
    ran = biwaq(monkeypatch, capsys, "diff", first, tmp_path / name)
    assert (ran.code, ran.out) == (2, "")
    assert name in ran.err
    assert len(ran.err.splitlines()) == 1
