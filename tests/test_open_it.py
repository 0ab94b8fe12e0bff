"""What docs/open-it.md tells an analyst to type works as it stands there, on the sample site's data."""

from __future__ import annotations

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import ROOT
from tests.cli import biwaq

PAGE = (ROOT / "docs" / "open-it.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def beside(published: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which data/ lies, as the working directory."""
    assert published.name == "data"
    monkeypatch.chdir(published.parent)
    return published.parent


@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines()])
@pytest.mark.usefixtures("beside")
def test_commands(line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    program, *args = shlex.split(line)
    assert program == "biwaq"
    ran = biwaq(monkeypatch, capsys, *args)
    assert ran.code == 0, ran.err
    assert ran.out


@pytest.mark.parametrize("block", blocks("sql"))
@pytest.mark.usefixtures("beside")
def test_queries(block: str) -> None:
    is_alone = "ATTACH" in block
    with duckdb.connect() if is_alone else duckdb.connect("data/warehouse/biwaq.duckdb", read_only=True) as connection:
        for statement in filter(str.strip, block.split(";")):
            found = connection.execute(statement).fetchall()
            assert found or statement.strip().startswith(("ATTACH", "USE"))


@pytest.mark.parametrize("block", blocks("python"))
def test_python(block: str, beside: Path) -> None:
    for name, more in (("polars", ()), ("pandas", ("pyarrow",))):
        if f"import {name}" in block:
            for module in (name, *more):
                pytest.importorskip(module, reason=f"{module} is not installed")
    ran = subprocess.run([sys.executable, "-c", block], cwd=beside, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()


def test_r(beside: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed")
    ran = subprocess.run([program, "-e", "\n".join(blocks("r"))], cwd=beside, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()


def test_the_notebook_runs(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("marimo", reason="marimo is not installed")
    monkeypatch.setenv("BIWAQ_WAREHOUSE", str(published / "warehouse" / "biwaq.duckdb"))
    app = runpy.run_path(str(ROOT / "docs" / "notebook.py"))["app"]
    _, found = app.run()
    found["biwaq"].close()
    assert found["gaps"][0]["municipality_name"] == "Schwerin"
    assert found["proof"][0]["quote"] == "Gebiet: 41,3 %"
    assert {row["round_code"] for row in found["lag"]} == {"III", "IV"}
    assert found["achieved"]


def test_the_page_names_every_program_that_is_asked_for() -> None:
    assert len(blocks("python")) == 4
    assert blocks("r")
    for word in ("DBeaver", "Polars", "pandas", "DuckDB on the command line", "Excel", "LibreOffice", "marimo"):
        assert word in PAGE
