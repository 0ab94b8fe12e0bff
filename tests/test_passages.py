"""Every value is proven from the archive, on the sample site and on the real pages; what is not there is loud."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.fetch.archive import Archive
from pipeline.passages import PAGES_A_RUN, check_passages, page_text, prove
from tests.cli import biwaq
from tests.warehouse_file import rows
from warehouse.evidence import read_back, sample
from warehouse.publish import read_only
from warehouse.tables import TABLES

FIGURE = ("area_stats", "iii-duisburg|sgb2_rate|area", "value")
ALL = 10**6


@pytest.fixture
def connection(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with read_only(published / "warehouse" / "biwaq.duckdb") as opened:
        yield opened


def test_every_cell_of_the_sample_site_is_proven(published: Path, connection: duckdb.DuckDBPyConnection) -> None:
    found = sample(connection, date(2025, 11, 20), ALL)
    cells = {(row.table_name, row.row_key, row.column_name) for row in found}
    assert connection.execute("SELECT count(*) FROM provenance").fetchall() == [(len(cells),)]
    assert len(cells) > 1_000
    assert prove(Archive(published / "archive"), found) == []


@pytest.mark.parametrize("table", ["area_stats", "outcome_claims", "project_organisations"])
def test_every_filled_cell_of_the_fact_tables_has_a_passage(published: Path, table: str) -> None:
    """Ids, the parts of keys and what is worked out over several pages are no facts of one page."""
    worked_out = {
        "area_stats": {"project_id", "indicator_code", "scope", "plausibility_reason"},
        "outcome_claims": {"claim_id", "document_id", "char_start", "char_end", "rule", "origin_id", "outcome_id"},
        "project_organisations": {"project_id", "role", "position"},
    }[table]
    names = [name for name in TABLES[table].names if name not in worked_out]
    key = " || '|' || ".join(TABLES[table].key)
    for name in names:
        without = rows(
            published,
            f"SELECT {key} FROM {table} WHERE {name} IS NOT NULL AND {key} NOT IN "
            f"(SELECT row_key FROM provenance WHERE table_name = '{table}' AND column_name = '{name}')",
        )
        assert without == [], name


def test_dates_of_projects_have_a_passage(published: Path) -> None:
    for name in ("start_date", "end_date", "runtime_precision", "round_code"):
        query = (
            f"SELECT count(*) = (SELECT count(*) FROM provenance WHERE table_name = 'projects' "
            f"AND column_name = '{name}') FROM projects WHERE {name} IS NOT NULL"
        )
        assert rows(published, query) == [(True,)]


def test_the_proof_is_a_blocking_check_of_every_run(published: Path) -> None:
    build = Path(os.path.realpath(published / "warehouse" / "biwaq.duckdb"))
    found = check_passages(build, Archive(published / "archive"), date(2025, 11, 20))
    assert (found.name, found.passed, found.blocking) == ("passages_are_in_the_archive", True, True)


def test_without_news_only_those_are_read_whose_turn_it_is(connection: duckdb.DuckDBPyConnection) -> None:
    """The newest pages of a build that nothing came to were read when they were new."""
    day = date(2025, 11, 20)
    both, turn = (
        {row.snapshot_id for row in sample(connection, day, 3, with_newest=with_newest)}
        for with_newest in (True, False)
    )
    newest = "SELECT snapshot_id FROM snapshots WHERE snapshot_id IN (SELECT snapshot_id FROM provenance)"
    last = connection.execute(f"{newest} ORDER BY fetched_at DESC, snapshot_id LIMIT 3").fetchall()
    assert len(turn) == 3
    assert both == turn | {snapshot_id for (snapshot_id,) in last}


def test_each_day_reads_the_next_pages_until_all_were_read(connection: duckdb.DuckDBPyConnection) -> None:
    ((n,),) = connection.execute("SELECT count(DISTINCT snapshot_id) FROM provenance").fetchall()
    days = [
        {row.snapshot_id for row in sample(connection, date(2025, 11, 20) + timedelta(days=at), 3)}
        for at in range(-(-n // 3))
    ]
    assert len(set.union(*days)) == n > 20
    assert all(3 <= len(day) <= 6 for day in days)
    again = {row.snapshot_id for row in sample(connection, date(2025, 11, 20), 3)}
    assert again == days[0]
    assert n <= PAGES_A_RUN  # all of the sample site, every night


def test_a_passage_that_was_altered_is_found(published: Path, connection: duckdb.DuckDBPyConnection) -> None:
    (row, *_) = sample(connection, date(2025, 11, 20), ALL)
    (fault,) = prove(Archive(published / "archive"), [row._replace(quote="nobody wrote this")])
    assert fault["problem"] == "the passage is not in the page"


def _flip_a_byte(file: Path, offset: int) -> None:
    data = bytearray(file.read_bytes())
    data[offset + 400] ^= 0xFF
    file.write_bytes(data)


def _another_page(file: Path, offset: int) -> None:
    """At the offset stands a whole record, but of another page."""
    data = file.read_bytes()
    last = data.rindex(gzip.compress(b"")[:4], 0, data.rindex(gzip.compress(b"")[:4]))
    assert last > offset
    file.write_bytes(data[:offset] + data[last:])


def _shift(file: Path, offset: int) -> None:
    file.write_bytes(b"x" + file.read_bytes())


def _cut(file: Path, offset: int) -> None:
    file.write_bytes(file.read_bytes()[: offset + 100])


def _delete(file: Path, offset: int) -> None:
    file.unlink()


DAMAGES = [_flip_a_byte, _another_page, _shift, _cut, _delete]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_why_fails_loudly_where_the_archive_is_damaged(
    damage: object, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data, symlinks=True)
    ((file, offset),) = rows(
        data,
        "SELECT archive_file, archive_offset FROM snapshots JOIN provenance USING (snapshot_id) "
        f"WHERE (table_name, row_key, column_name) = {FIGURE!r}",
    )
    assert callable(damage)
    damage(data / "archive" / str(file), offset)
    ran = biwaq(monkeypatch, capsys, "why", *FIGURE, "--data", data)
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert str(file) in ran.err
    build = Path(os.path.realpath(data / "warehouse" / "biwaq.duckdb"))
    result = check_passages(build, Archive(data / "archive"), date(2025, 11, 20))
    assert not result.passed
    assert result.blocking
    assert str(file) in result.markdown()


def test_every_cell_reads_back_as_why_shows_it(published: Path, connection: duckdb.DuckDBPyConnection) -> None:
    archive = Archive(published / "archive")
    texts: dict[str, str] = {}
    for row in sample(connection, date(2025, 11, 20), ALL)[::7]:
        if row.snapshot_id not in texts:
            texts[row.snapshot_id] = page_text(archive, row)
        assert "«" in read_back(row, texts[row.snapshot_id])
