"""From records on disk to a whole file: the three steps together, leftovers swept."""

from __future__ import annotations

from pathlib import Path

from tests.warehouse_rows import RUN, SOURCES
from warehouse.build import build
from warehouse.duck import read_only
from warehouse.model import RunInfo


def test_an_empty_data_folder_builds_an_empty_warehouse(tmp_path: Path) -> None:
    out = tmp_path / "builds" / "a.duckdb.next"
    report = build(tmp_path / "records", out, sources=SOURCES, run=RunInfo(RUN, "2026-11-22T01:15:00Z"))
    assert report.row_counts["projects"] == 0
    assert report.row_counts["municipalities"] > 1_600
    assert report.row_counts["issues"] == sum(report.issues.values())
    with read_only(out) as connection:
        assert connection.execute("SELECT count(*) FROM v_projects").fetchall() == [(0,)]


def test_a_build_sweeps_what_killed_builds_left(tmp_path: Path) -> None:
    builds = tmp_path / "builds"
    (builds / "old.duckdb.next.parts").mkdir(parents=True)
    for name in ("old.duckdb.next", "old.duckdb.next.wal", "old.duckdb.next.parts/projects.ndjson", "good.duckdb"):
        (builds / name).write_bytes(b"x")
    build(tmp_path / "records", builds / "a.duckdb.next", sources=[], run=RunInfo(RUN, "2026-11-22T01:15:00Z"))
    assert sorted(path.name for path in builds.iterdir()) == ["a.duckdb.next", "good.duckdb"]
