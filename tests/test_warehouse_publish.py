"""The flip: atomic, read-only, the last seven kept, old readers undisturbed."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from tests.warehouse_rows import rows
from warehouse.duck import read_only
from warehouse.publish import KEPT_BUILDS, NotABuild, next_build, publish, published, sweep
from warehouse.write import write


@pytest.fixture(scope="module")
def build_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "a.duckdb"
    write(rows(), path)
    return path


def ready(warehouse: Path, run: str, build_file: Path) -> Path:
    """A finished build of a run."""
    target = next_build(warehouse, run)
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(build_file, target))


def test_nothing_is_published_before_the_first(tmp_path: Path) -> None:
    assert published(tmp_path) is None


def test_a_build_is_published_by_a_link(tmp_path: Path, build_file: Path) -> None:
    final = publish(ready(tmp_path, "2026-11-22-0a1b2c3d", build_file), tmp_path)
    assert final == tmp_path / "builds" / "2026-11-22-0a1b2c3d.duckdb"
    assert stat.S_IMODE(final.stat().st_mode) == 0o444
    link = published(tmp_path)
    assert link == tmp_path / "biwaq.duckdb"
    assert link.readlink() == Path("builds/2026-11-22-0a1b2c3d.duckdb")  # the folder can be moved
    assert sorted(path.name for path in tmp_path.iterdir()) == ["biwaq.duckdb", "builds", "published.txt"]


def test_an_old_reader_keeps_its_build_and_a_new_one_sees_the_new(tmp_path: Path, build_file: Path) -> None:
    publish(ready(tmp_path, "1", build_file), tmp_path)
    later = rows()
    later["projects"][0]["title"] = "another title"
    with read_only(tmp_path / "biwaq.duckdb") as old:
        write(later, next_build(tmp_path, "2"))
        publish(next_build(tmp_path, "2"), tmp_path)
        title = "SELECT title FROM projects WHERE project_id = 'iii-duisburg'"
        with read_only(tmp_path / "biwaq.duckdb") as new:
            assert new.execute(title).fetchall() == [("another title",)]
        assert old.execute(title).fetchall() == [("BIWAQ Duisburg",)]


def test_a_log_left_beside_the_old_build_does_not_reach_the_new(tmp_path: Path, build_file: Path) -> None:
    old = publish(ready(tmp_path, "1", build_file), tmp_path)
    (tmp_path / "builds" / f"{old.name}.wal").write_bytes(b"somebody's unfinished writing")
    publish(ready(tmp_path, "2", build_file), tmp_path)
    with read_only(tmp_path / "biwaq.duckdb") as connection:
        assert connection.execute("SELECT count(*) FROM projects").fetchall() == [(3,)]


def test_the_last_seven_are_kept(tmp_path: Path, build_file: Path) -> None:
    for number in range(10):
        path = ready(tmp_path, f"run-{number}", build_file)
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
        publish(path, tmp_path)
    assert sorted(path.name for path in (tmp_path / "builds").iterdir()) == [f"run-{n}.duckdb" for n in range(3, 10)]
    assert KEPT_BUILDS == 7


def test_the_published_build_is_never_removed(tmp_path: Path, build_file: Path) -> None:
    for number in range(8):
        path = ready(tmp_path, f"run-{number}", build_file)
        os.utime(path, (2_000_000 - number, 2_000_000 - number))  # the clock was set back
        publish(path, tmp_path)
    assert (tmp_path / "biwaq.duckdb").resolve().name == "run-7.duckdb"
    assert (tmp_path / "biwaq.duckdb").is_file()
    assert len(list((tmp_path / "builds").iterdir())) == 7


def test_a_link_left_half_made_is_replaced(tmp_path: Path, build_file: Path) -> None:
    (tmp_path / ".biwaq.duckdb.next").symlink_to("builds/nowhere.duckdb")
    publish(ready(tmp_path, "1", build_file), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["biwaq.duckdb", "builds", "published.txt"]


def test_what_is_no_finished_build_is_refused(tmp_path: Path, build_file: Path) -> None:
    path = ready(tmp_path, "1", build_file)
    path.with_name(f"{path.name}.wal").write_bytes(b"x")
    with pytest.raises(NotABuild, match="was not closed"):
        publish(path, tmp_path)
    with pytest.raises(NotABuild, match=r"is not builds/<run>\.duckdb\.next"):
        publish(build_file, tmp_path)
    with pytest.raises(NotABuild, match="is missing"):
        publish(next_build(tmp_path, "2"), tmp_path)
    assert published(tmp_path) is None


def test_sweeping_leaves_finished_builds(tmp_path: Path, build_file: Path) -> None:
    publish(ready(tmp_path, "1", build_file), tmp_path)
    left = ready(tmp_path, "2", build_file)
    assert sweep(tmp_path / "builds") == [left]
    assert [path.name for path in (tmp_path / "builds").iterdir()] == ["1.duckdb"]
    assert sweep(tmp_path / "nowhere") == []
