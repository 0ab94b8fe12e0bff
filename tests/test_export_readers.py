"""Other programs read the exports, and get the same tables."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.exported import POISON, export_of, poisoned
from warehouse.csvsafe import unescaped
from warehouse.tables import TABLES, Table

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_of(tmp_path_factory.mktemp("readers"), poisoned())


@pytest.fixture(scope="module")
def naughty(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    strings = json.loads((shared / "suites" / "naughty_strings.json").read_text(encoding="utf-8"))
    return strings, export_of(tmp_path_factory.mktemp("naughty"), poisoned(strings))


def truth(folder: Path, table: Table) -> Rows:
    """The rows in the warehouse itself."""
    with duckdb.connect(str(folder.with_name("a.duckdb")), read_only=True) as connection:
        return connection.execute(f'FROM "{table.name}" ORDER BY {", ".join(table.key)}').fetchall()


def _duckdb_csv(path: Path, table: Table) -> Rows:
    types = {column.name: column.type for column in table.columns}
    back = r"regexp_replace({0}, '(^|[;\t\r\n])''', '\1', 'g') AS {0}"
    cells = [back.format(f'"{name}"') if kind == "VARCHAR" else f'"{name}"' for name, kind in types.items()]
    return duckdb.execute(
        f"SELECT {', '.join(cells)} FROM read_csv(?, columns = {types}, header = true, parallel = false, "
        "delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', auto_detect = false)",
        [str(path)],
    ).fetchall()


def _duckdb_parquet(path: Path, _: Table) -> Rows:
    return duckdb.execute("FROM read_parquet(?)", [str(path)]).fetchall()


def _polars_parquet(path: Path, _: Table) -> Rows:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    rows: Rows = polars.read_parquet(path).rows()
    return rows


def _polars_csv(path: Path, table: Table) -> Rows:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.read_csv(path, infer_schema=False)
    return [tuple(map(_value, row, table.columns)) for row in frame.rows()]


def _pandas_parquet(path: Path, _: Table) -> Rows:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    return [tuple(None if pandas.isna(cell) else _plain(cell) for cell in row) for row in frame.itertuples(index=False)]


def _pandas_csv(path: Path, table: Table) -> Rows:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
    return [tuple(map(_value, row, table.columns)) for row in frame.itertuples(index=False)]


def _plain(cell: Any) -> Any:
    return cell.to_pydatetime() if hasattr(cell, "to_pydatetime") else cell


def _value(cell: str | None, column: Any) -> Any:
    """The value of a cell by the stated rule, the way a reader of README.md would do it."""
    if not cell:
        return None
    readers: dict[str, Callable[[str], Any]] = {
        "VARCHAR": unescaped,
        "DOUBLE": float,
        "BIGINT": int,
        "DATE": dt.date.fromisoformat,
        "TIMESTAMP": lambda text: dt.datetime.fromisoformat(text.removesuffix("Z")),
        "BOOLEAN": lambda text: {"true": True, "false": False}[text],
    }
    return readers[column.type](cell)


READERS = {
    "duckdb csv": _duckdb_csv,
    "duckdb parquet": _duckdb_parquet,
    "polars csv": _polars_csv,
    "polars parquet": _polars_parquet,
    "pandas csv": _pandas_csv,
    "pandas parquet": _pandas_parquet,
}


def _file(folder: Path, reader: str, table: Table) -> Path:
    kind = reader.rpartition(" ")[2]
    return folder / kind / f"{table.name}.{kind}"


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_gets_the_very_tables(folder: Path, reader: str) -> None:
    for table in TABLES.values():
        assert READERS[reader](_file(folder, reader, table), table) == truth(folder, table), table.name


@pytest.mark.parametrize("reader", READERS)
def test_naughty_strings_come_back(naughty: tuple[list[str], Path], reader: str) -> None:
    strings, folder = naughty
    table = TABLES["project_activities"]
    assert [row[2] for row in READERS[reader](_file(folder, reader, table), table)] == [*POISON, *strings]


def test_frictionless_finds_the_package_valid(folder: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])


def test_frictionless_finds_a_wrong_value(folder: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    path = copy / "csv" / "area_stats.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",city,", ",country,"), encoding="utf-8")
    assert not frictionless.validate(str(copy / "datapackage.json")).valid


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str, str], Path]:
    """LibreOffice: opens a file, headless and with a profile of its own, and writes what it sees."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("profile").as_uri()
    out = tmp_path_factory.mktemp("office")

    def converted(path: Path, read: str, to: str) -> Path:
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        command += [f"--infilter={read}"] if read else []
        ran = subprocess.run(
            [*command, "--convert-to", to, "--outdir", str(out), str(path)],
            capture_output=True,
            timeout=180,
            check=False,
        )
        written = out / f"{path.stem}.{to.partition(':')[0]}"
        assert written.is_file(), ran.stderr.decode()
        return written

    return converted


COMMA, SEMICOLON = 44, 59


@pytest.mark.parametrize("separator", [COMMA, SEMICOLON])
def test_libreoffice_opens_the_csv_and_runs_nothing(
    folder: Path, office: Callable[[Path, str, str], Path], separator: int
) -> None:
    """As a comma-separated file, and as a German desktop takes it; formulas are evaluated, as Excel always does."""
    given = folder / "csv" / "project_activities.csv"
    read = f"CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true"
    seen = zipfile.ZipFile(office(given, read, "ods")).read("content.xml").decode()
    assert "Ümläute" in seen
    assert "table:formula" not in seen


def test_libreoffice_would_run_what_is_not_escaped(tmp_path: Path, office: Callable[[Path, str, str], Path]) -> None:
    """The test above can fail: the same texts as they are become formulas."""
    with (tmp_path / "raw.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], *([text] for text in POISON)])
    read = f"CSV:{COMMA},34,76,1,,0,false,true,false,false,false,-1,true"
    seen = zipfile.ZipFile(office(tmp_path / "raw.csv", read, "ods")).read("content.xml").decode()
    assert "table:formula" in seen


def test_libreoffice_opens_the_workbook_and_runs_nothing(
    folder: Path, office: Callable[[Path, str, str], Path]
) -> None:
    seen = zipfile.ZipFile(office(folder / "biwaq.xlsx", "", "ods")).read("content.xml").decode()
    assert set(TABLES) <= set(re.findall(r'table:name="([a-z_]+)"', seen))
    formulas = set(re.findall(r'table:formula="([^"]*)"', seen))
    assert formulas == {"of:=TRUE()", "of:=FALSE()"}  # how LibreOffice itself writes a boolean
    activities = seen.partition('table:name="project_activities"')[2].partition("</table:table>")[0]
    assert "<text:p>=1+1</text:p>" in activities
    assert "<text:p>007</text:p>" in activities
