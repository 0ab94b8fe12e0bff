"""What a page says stays text: in DuckDB and Parquet to the letter, in CSV, HTML, terminal and log harmless."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from pathlib import Path

import duckdb
import orjson
import pytest
from rich.console import Console

from pipeline.commands import printing
from pipeline.commands.printing import as_csv, as_json, as_table
from pipeline.logs import LOG, logging_to, plain, say, warn
from pipeline.logs import as_json as log_line
from tests.warehouse_rows import row, rows
from warehouse.checks import CHECKS, CheckResult
from warehouse.csvsafe import cell_of, unescaped
from warehouse.write import write

OURS = [
    "\x1b]0;title\x07\x1b[2J\x1b[31mred",
    "\x9b31mred\x9b0m",
    'a\n{"at": "2025-11-20", "level": "error", "event": "forged"}',
    "a\r\n2025-11-20 ERROR forged\u2028b\u2029c\x85d",
    "\u202egnp.exe",
    "=1+1",
    'a;=HYPERLINK("http://x.example")',
    "'quoted",
    "<script>alert(1)</script>",
    "| a | [x](javascript:alert(1)) ![y](http://x.example/y.png)",
    "'); DROP TABLE projects; --",
    "../../etc/passwd",
    "\x00nul",
]
"""Our own; the collection comes with --shared."""
FORMULA = re.compile(r"[\s\"\u200b\ufeff]*[=+\-@＝＋－＠|%]")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(params=["ours", "collected"])
def strings(request: pytest.FixtureRequest) -> list[str]:
    if request.param == "ours":
        return OURS
    shared: Path = request.getfixturevalue("shared")
    found: list[str] = json.loads((shared / "suites" / "naughty_strings.json").read_text(encoding="utf-8"))
    assert len(found) == 515
    return found


def built(tmp_path: Path, strings: list[str]) -> Path:
    """A warehouse with each string as the title of a project and as a partner's name."""
    given = rows()
    project = given["projects"][0]
    given["projects"] += [{**project, "project_id": f"p-{n:03}", "title": text} for n, text in enumerate(strings)]
    given["project_organisations"] += [
        row("project_organisations", project_id=f"p-{n:03}", role="partner", position=1, name_as_written=text)
        for n, text in enumerate(strings)
    ]
    given["provenance"] = []
    write(given, tmp_path / "naughty.duckdb")
    return tmp_path / "naughty.duckdb"


SELECT = """
SELECT p.title, o.name_as_written FROM projects p JOIN project_organisations o USING (project_id)
WHERE project_id LIKE 'p-%' ORDER BY project_id"""


def test_identical_from_duckdb_and_parquet(tmp_path: Path, strings: list[str]) -> None:
    wanted = [(text, text) for text in strings]
    with duckdb.connect(str(built(tmp_path, strings)), read_only=True) as connection:
        assert connection.execute(SELECT).fetchall() == wanted
        connection.execute(f"COPY ({SELECT}) TO '{tmp_path / 'naughty.parquet'}' (FORMAT parquet)")
    assert duckdb.sql(f"FROM '{tmp_path / 'naughty.parquet'}'").fetchall() == wanted


def test_harmless_and_exact_in_csv(strings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())  # no terminal
    text = "".join(f"{line}\r\n" for line in as_csv(["n", "title"], [(n, s) for n, s in enumerate(strings)]))
    cells = [cells[1] for cells in csv.reader(io.StringIO(text, newline=""))][1:]
    assert [unescaped(cell) for cell in cells] == strings
    for cell in cells:
        assert not any(FORMULA.match(part) for part in re.split(r"[;\t\r\n]", cell))


def test_harmless_on_a_terminal(strings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "console_of", lambda: Console(force_terminal=True, color_system=None, width=200))
    for lines in (
        as_table(["title"], [(s,) for s in strings]),
        as_table([*"abcdefghijklmnopqrst"], [strings[:1] * 20]),
    ):
        assert [line for line in lines if CONTROL.search(line)] == []
    monkeypatch.undo()
    assert [line for line in as_table(["title"], [(s,) for s in strings]) if CONTROL.search(line)] == []
    (text,) = as_json(["title"], [(s,) for s in strings])
    assert CONTROL.search(text.replace("\n", "")) is None
    assert [found["title"] for found in orjson.loads(text)] == strings


def test_the_rows_of_a_check_are_no_markup(strings: list[str]) -> None:
    result = CheckResult(CHECKS[0], len(strings), [{"title": text} for text in strings])
    table = result.markdown().partition("\n\n…")[0].splitlines()[2:]
    assert len(table) == len(strings)
    for line in table:
        assert line.count("|") == 2
        assert not set("<>[]`") & set(line)


def test_a_log_line_is_one_line_whatever_a_page_says(tmp_path: Path, strings: list[str]) -> None:
    with logging_to(tmp_path, "2025-11-20-0a1b2c3d"):
        for text in strings:
            say("parsed", text, value=text)
    (file,) = tmp_path.glob("*.jsonl")
    lines = file.read_bytes().split(b"\n")
    entries = [orjson.loads(line) for line in lines if line]
    assert [entry["value"] for entry in entries] == strings
    assert {(entry["event"], entry["level"], entry["run_id"]) for entry in entries} == {
        ("parsed", "info", "2025-11-20-0a1b2c3d")
    }
    assert not any(CONTROL.search(entry["message"]) for entry in entries)


def test_a_warning_on_the_terminal_is_one_line(
    tmp_path: Path, strings: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to(tmp_path, "2025-11-20-0a1b2c3d"):
        for text in strings:
            warn("records_rebuilt", text)
    printed = capsys.readouterr().err
    assert printed.count("\n") == len(strings)
    assert CONTROL.search(printed.replace("\n", "")) is None


def test_a_log_that_can_not_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    before = list(LOG.handlers)
    with logging_to(tmp_path / "logs", "2025-11-20-0a1b2c3d"):
        say("parsed", "fine")
    record = logging.LogRecord("biwaq", logging.INFO, "", 0, "%s", ("x",), None)
    assert orjson.loads(log_line(record))["message"] == "x"
    assert LOG.handlers == before


def test_plain_keeps_letters() -> None:
    assert plain("Straße – „Süd-Ost“ 🙂 العربية") == "Straße – „Süd-Ost“ 🙂 العربية"
    assert plain("a\x1b[0m") == "a\\x1b[0m"


def test_csv_spectrum_comes_back(shared: Path) -> None:
    files = sorted((shared / "suites" / "csv_spectrum").glob("*.csv"))
    assert len(files) == 12
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            wanted = list(csv.reader(file))
        out = io.StringIO()
        csv.writer(out).writerows([[cell_of(cell) for cell in cells] for cells in wanted])
        again = [[unescaped(cell) for cell in cells] for cells in csv.reader(io.StringIO(out.getvalue(), newline=""))]
        assert again == wanted, path.name


def test_the_ui_listens_on_loopback_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, published: Path) -> None:
    from pipeline.commands import serve
    from pipeline.settings import LIVE_SOURCES

    started: list[list[str]] = []

    class Process:
        def __init__(self, command: list[str], **_: object) -> None:
            started.append(command)

        def wait(self, timeout: float | None = None) -> int:
            return 0

    monkeypatch.setattr(serve.subprocess, "Popen", Process)
    serve.ui.callback(data=tmp_path / "data", sources=LIVE_SOURCES, port=3111)  # type: ignore[misc]
    (command,) = started
    assert command[command.index("-h") + 1] == "127.0.0.1"
