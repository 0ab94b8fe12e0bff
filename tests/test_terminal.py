"""What a person sees at the terminal: tables that fit, colours that stop, umlauts, completion, progress, summary."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from pipeline.cli import cli
from pipeline.fetch.report import CrawlReport, Failure
from pipeline.night import Outcome
from pipeline.progress import PlainProgress, duration, how_far
from pipeline.settings import ROOT, from_environment
from pipeline.summary import summary_lines
from tests.cli import biwaq
from tests.nights import History
from tests.pseudo_terminal import BIWAQ, COLOUR, in_window, plain_lines

LONG = "SELECT municipality_name, title, summary, goals FROM projects ORDER BY project_id"
WIDE = "SELECT * FROM projects ORDER BY project_id LIMIT 1"


Typed = Callable[..., str]


@pytest.fixture
def in_pipe(published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Standard output of `biwaq ARGS` where it is no terminal."""

    def typed(*args: str) -> str:
        ran = biwaq(monkeypatch, capsys, *args, "--data", published)
        assert ran.code == 0, ran.err
        return ran.out

    return typed


@pytest.mark.parametrize("width", [60, 120])
@pytest.mark.parametrize("sql", [LONG, WIDE], ids=["long cells", "many columns"])
def test_a_table_fits_the_window(published: Path, width: int, sql: str) -> None:
    lines = plain_lines(in_window(width, "query", sql, "--data", published, cwd=ROOT))
    assert max(map(len, lines)) <= width
    assert lines[-1].startswith(("15 rows", "1 row"))


def test_columns_says_how_wide_the_window_is(published: Path) -> None:
    lines = plain_lines(in_window(140, "query", LONG, "--data", published, cwd=ROOT, COLUMNS="70"))
    assert max(map(len, lines)) <= 70
    assert lines[-1] == "15 rows; … was cut, --format csv is whole"


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_in_a_pipe_nothing_is_cut(form: str, in_pipe: Typed) -> None:
    assert "…" not in in_pipe("query", LONG, "--format", form)


def test_in_a_pipe_a_row_is_one_line(in_pipe: Typed) -> None:
    printed = in_pipe("query", LONG)
    assert len(printed.splitlines()) == 15 + 3
    assert "\x1b" not in printed


def test_numbers_stand_on_the_right(in_pipe: Typed) -> None:
    sql = "SELECT value FROM (VALUES (1), (1000)) AS t(value)"
    assert in_pipe("query", sql).splitlines()[2:4] == ["    1", " 1000"]


@pytest.mark.parametrize(
    ("args", "environment"),
    [(["--no-color", "query"], {}), (["query", "--no-color"], {}), (["query"], {"NO_COLOR": "1"})],
    ids=["before", "behind", "environment"],
)
def test_colours_can_be_switched_off(published: Path, args: list[str], environment: dict[str, str]) -> None:
    assert not COLOUR.search(in_window(100, *args, "SELECT 1 AS one", "--data", published, cwd=ROOT, **environment))


def test_a_window_has_colours(published: Path) -> None:
    assert COLOUR.search(in_window(100, "query", "SELECT 1 AS one", "--data", published, cwd=ROOT))


@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}],
    ids=["C", "POSIX", "ascii"],
)
def test_umlauts_come_out_whatever_the_locale(published: Path, environment: dict[str, str]) -> None:
    sql = "SELECT DISTINCT municipality_name FROM projects WHERE municipality_name LIKE 'K%ln' ORDER BY ALL"
    ran = subprocess.run(
        [*BIWAQ, "query", sql, "--data", str(published)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    assert "Köln" in ran.stdout.decode("utf-8")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_completion_script(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "completion", shell)
    assert ran.code == 0
    assert f"_BIWAQ_COMPLETE={shell}_complete" in ran.out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["st"], {"status"}),
        (["why", "area"], {"area_stats"}),
        (["why", "area_stats", "x", "value"], {"value", "value_as_written"}),
        (["query", "--for"], {"--format"}),
        (["query", "--format", "c"], {"csv"}),
        (["status", "--no"], {"--no-color"}),
    ],
)
def test_the_shell_is_offered_what_fits(typed: list[str], offered: set[str]) -> None:
    *before, begun = typed
    completion = BashComplete(cli, {}, "biwaq", "_BIWAQ_COMPLETE")
    assert {item.value for item in completion.get_completions(before, begun)} == offered


@pytest.mark.parametrize(
    ("args", "next_step"),
    [
        (["qery", "x"], "did you mean 'query'?"),
        (["frobnicate"], "there is run, parse"),
        (["query", "SELECT * FROM projekts"], 'Did you mean "projects'),
        (["query", "SELECT * FROM projekts"], '`biwaq query "SHOW TABLES"`'),
        (["query", "SELECT titel FROM projects"], '`biwaq query "DESCRIBE projects"`'),
        (["why", "area_stat", "x", "value"], "there is: area_stats"),
    ],
)
def test_an_error_names_the_next_step(
    published: Path,
    args: list[str],
    next_step: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BIWAQ_DATA", str(published))
    ran = biwaq(monkeypatch, capsys, *args)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert next_step in ran.err


# --- progress ---


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (140, "2 min 20 s"), (3900, "1 h 5 min"), (3600, "1 h 0 min")]
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_how_far_a_source_is() -> None:
    assert how_far(120, 400, 60) == "120 of 400 pages, 2.0 pages/s, about 2 min 20 s left"
    assert how_far(0, 400, 0) == "0 of 400 pages, 0.0 pages/s"


def test_a_log_hears_of_a_long_crawl_once_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    progress = PlainProgress(clock=lambda: now[0])
    progress.plan("a", 100)
    for _ in range(70):
        now[0] += 2.0  # the politeness of a living site
        progress.page("a", "http://a.example/1", "fetched")
    progress.done("a", None)
    assert capsys.readouterr().err.splitlines() == [
        "a: 100 pages to ask for",
        "a: 30 of 100 pages, 0.5 pages/s, about 2 min 20 s left",
        "a: 60 of 100 pages, 0.5 pages/s, about 1 min 20 s left",
        "a: 70 fetched",
    ]


def test_what_was_not_read_can_do_nothing_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    report = CrawlReport("r", "a", "2026-11-22", "")
    report.failures.append(Failure(url="http://a.example/\x1b[2J", reason="status: 500"))
    PlainProgress().done("a", report)
    assert "\x1b" not in capsys.readouterr().err


def test_a_night_in_a_window_shows_bars_with_rates_and_a_summary_that_fits(tmp_path: Path) -> None:
    written = in_window(120, "run", "--data", tmp_path / "data", cwd=ROOT, BIWAQ_NOW="2025-11-20T01:15:00Z")
    lines = plain_lines(written.replace("\r", "\n"))
    assert any(re.search(r"sample-projects .* (\d+)/\1 .*pages/s", line) for line in lines)
    assert any("✓ sample-press" in line and "took" in line and "1 forbidden" in line for line in lines)
    summary = lines[next(i for i, line in enumerate(lines) if line.startswith("pages  ")) :]
    assert max(map(len, summary)) <= 120
    assert any(line.startswith("checks     all passed") for line in summary)


# --- summary ---


def test_the_summary_says_what_the_night_changed(history: History) -> None:
    settings = from_environment(history.data)
    lines = summary_lines(settings, Outcome("r", True))
    by_word = {line[:10].strip(): line[11:] for line in reversed(lines) if line[:10].strip()}
    assert by_word["pages"] == "31 listed, 10 fetched, 19 unchanged, 9 parsed, 1 failed"
    assert "5 changes (+2)" in by_word["rows"]
    assert "16 projects," in by_word["rows"]
    changed = [line[11:] for line in lines if "→" in line]
    assert len(changed) == 2
    assert by_word["checks"] == "all passed"
