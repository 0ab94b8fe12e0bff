"""`biwaq export`, and the folder that every night leaves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.definitions import build_defs
from tests.cli import biwaq
from tests.nights import History


def test_a_night_leaves_the_exports(published: Path) -> None:
    folder = published / "exports"
    assert {"README.md", "LICENSE.md", "SHA256SUMS", "biwaq.xlsx", "csv", "parquet", "datapackage.json"} <= {
        path.name for path in folder.iterdir()
    }
    ran = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=False)
    assert ran.returncode == 0


def test_the_next_night_says_what_changed(history: History) -> None:
    summary = (history.data / "exports" / "delta" / "summary.csv").read_bytes()
    assert summary.startswith(b"table_name,added,changed_rows,changed_values,gone,new_columns,lost_columns\r\n")


def test_the_command_writes_the_folder_and_says_what_it_holds(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "export", "--out", tmp_path / "out", "--data", published)
    assert ran.code == 0, ran.err
    assert "projects" in ran.out
    assert "operations/annex_xii" in ran.out
    last = ran.out.splitlines()[-1]
    assert last.startswith(f"{sum(path.is_file() for path in (tmp_path / 'out').rglob('*'))} files")
    first = tmp_path / "out" / "README.md"
    assert f" in {tmp_path / 'out'}; open first: {first} " in last
    assert first.is_file()


@pytest.mark.parametrize("what", ["no warehouse", "other folder", "a file", "no previous"])
def test_a_mistake_is_one_line_and_exit_code_2(
    what: str, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("mine")
    args = {
        "no warehouse": ["--out", tmp_path / "out", "--data", tmp_path / "empty"],
        "other folder": ["--out", tmp_path / "thesis", "--data", published],
        "a file": ["--out", tmp_path / "thesis" / "chapter1.txt", "--data", published],
        "no previous": ["--out", tmp_path / "out", "--previous", tmp_path / "none.duckdb", "--data", published],
    }[what]
    ran = biwaq(monkeypatch, capsys, "export", *args)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert (tmp_path / "thesis" / "chapter1.txt").read_text() == "mine"
    assert not (tmp_path / "out").exists()


def test_the_asset_follows_the_published_file() -> None:
    specs = {spec.key.to_user_string(): spec for spec in build_defs().resolve_all_asset_specs()}
    exports = specs["outputs/exports"]
    assert [dep.asset_key.to_user_string() for dep in exports.deps] == ["published/biwaq"]
    assert exports.group_name == "outputs"
