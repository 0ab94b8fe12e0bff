"""Readers while the warehouse is published: one holds it open, eight ask all the time; no error, no torn answer."""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path
from typing import Any

import duckdb

from tests.warehouse_rows import rows
from warehouse.duck import WarehouseMissing, WarehouseUnreadable, read_only
from warehouse.publish import next_build, publish
from warehouse.write import write

PUBLISHES = 20
READERS = 8
QUESTION = """
SELECT (SELECT min(title) FROM projects), (SELECT max(title) FROM projects),
       (SELECT min(quote) FROM outcome_claims), (SELECT max(quote) FROM outcome_claims)"""
"""Each build has its own number in every title and quote: two numbers in one answer would be a torn one."""


def build(path: Path, number: int) -> Path:
    given = rows()
    for table, column in (("projects", "title"), ("outcome_claims", "quote")):
        for cells in given[table]:
            cells[column] = f"build {number:02}"
    write(given, path)
    return path


def ask(link: str, started: Any, ended: Any, answers: Any) -> None:
    """Ask in a process of its own until told to end; sends (questions, builds seen, torn answers, errors)."""
    count, seen, torn, errors = 0, set(), [], []
    started.release()
    while not ended.is_set():
        try:
            with read_only(Path(link)) as connection:
                for _ in range(3):
                    answer = set(connection.execute(QUESTION).fetchall()[0])
                    count += 1
                    seen |= answer
                    if len(answer) != 1:
                        torn.append(sorted(answer))
        except (duckdb.Error, WarehouseMissing, WarehouseUnreadable) as fault:
            errors.append(str(fault))
    answers.put((count, sorted(seen), torn, errors))


def test_readers_notice_nothing(tmp_path: Path) -> None:
    warehouse, made = tmp_path / "warehouse", tmp_path / "made"
    made.mkdir()
    for number in range(PUBLISHES + 1):
        build(made / f"{number}.duckdb", number)

    def flip(number: int) -> None:
        target = next_build(warehouse, f"run-{number:02}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made / f"{number}.duckdb", target)
        publish(target, warehouse)

    flip(0)
    link = warehouse / "biwaq.duckdb"
    spawn = multiprocessing.get_context("spawn")
    started, ended, answers = spawn.Semaphore(0), spawn.Event(), spawn.Queue()
    readers = [spawn.Process(target=ask, args=(str(link), started, ended, answers)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for _ in readers:
        assert started.acquire(timeout=120)
    with read_only(link) as held:
        for number in range(1, PUBLISHES + 1):
            flip(number)
            assert set(held.execute(QUESTION).fetchall()[0]) == {"build 00"}
    ended.set()
    found = [answers.get(timeout=120) for _ in readers]
    for reader in readers:
        reader.join(timeout=120)
    assert [torn for _, _, torn, _ in found if torn] == []
    assert [errors for _, _, _, errors in found if errors] == []
    assert sum(count for count, *_ in found) > READERS * 3
    assert len({build for _, seen, _, _ in found for build in seen}) > 1  # they asked while it changed
    with read_only(link) as new:
        assert set(new.execute(QUESTION).fetchall()[0]) == {f"build {PUBLISHES:02}"}
    assert len(list((warehouse / "builds").glob("*.duckdb"))) == 7
