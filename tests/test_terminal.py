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
from pipeline.counts import Night, night_lines
from pipeline.fetch.report import CrawlReport, Failure
from pipeline.night import Outcome
from pipeline.progress import PlainProgress, duration, how_far
from pipeline.settings import ROOT, from_environment
from pipeline.summary import summary_lines
from tests.cli import biwaq
from tests.nights import History
from tests.pseudo_terminal import BIWAQ, COLOUR, in_window, plain_lines
from tests.warehouse_file import rows

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
        (["query", "SELECT valu FROM area_stats"], "columns of area_stats: project_id, indicator_code, scope, value, "),
        (["query", "SELECT titel FROM v_projects"], '`biwaq query "DESCRIBE v_projects"`'),
        (["why", "area_stat", "x", "value"], "did you mean area_stats or"),
        (["why", "v_area_gap", "x", "value"], "`biwaq why area_stats 'project_id|indicator_code|scope' value`"),
        (["why", "v_outcomes", "x", "agreement"], "`biwaq why outcomes 'outcome_id' agreement`"),
        (["why"], "Example: biwaq why area_stats 'iii-duisburg|sgb2_rate|area' value"),
        (
            ["diff", "old.duckdb", "new.duckdb"],
            "OLD old.duckdb and NEW new.duckdb: no such file; give two warehouse files",
        ),
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


# --- what is printed ends well ---


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["status"], 0),
        (["query", "FROM provenance"], 0),
        (["query", "FROM provenance", "--format", "csv"], 0),
        (["why", "area_stats", "iii-duisburg|sgb2_rate|area", "value"], 0),
        (["review", "--codes"], 0),
        (["--help"], 0),
        (["completion", "bash"], 0),
        (["query", "SELEC 1"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_reader_that_leaves_changes_no_exit_code(published: Path, args: list[str], code: int) -> None:
    reads, writes = os.pipe()
    os.close(reads)  # `| head` that is gone before the first line
    environment = {**os.environ, "BIWAQ_DATA": str(published), "BIWAQ_NOW": "2025-11-20T02:15:00Z"}
    ran = subprocess.run([*BIWAQ, *args], stdout=writes, stderr=subprocess.PIPE, check=False, cwd=ROOT, env=environment)
    os.close(writes)
    assert ran.returncode == code, ran.stderr
    assert ran.stderr.count(b"\n") == (1 if code else 0), ran.stderr


def test_nobody_reads_complaints_either(published: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    ran = subprocess.run([*BIWAQ, "query", "SELEC 1", "--data", str(published)], stderr=writes, check=False, cwd=ROOT)
    os.close(writes)
    assert ran.returncode == 2


@pytest.mark.parametrize("group", [[], ["sources"]], ids=["biwaq", "biwaq sources"])
def test_no_help_of_a_command_is_cut_at_80_columns(
    group: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = biwaq(monkeypatch, capsys, *group, "--help").out
    commands = told.partition("Commands:\n")[2]
    assert commands
    assert "..." not in commands
    assert max(map(len, told.splitlines())) <= 80


# --- numbers and times ---


def test_a_whole_number_is_shown_whole_and_kept_exact_for_programs(in_pipe: Typed) -> None:
    sql = "SELECT value FROM outcomes WHERE value = 827"
    assert in_pipe("query", sql).splitlines()[2].strip() == "827"
    assert '"value": 827.0' in in_pipe("query", sql, "--format", "json")
    assert in_pipe("query", sql, "--format", "csv").splitlines()[1] == "827.0"


@pytest.mark.parametrize(("sql", "shown"), [("36.2::DOUBLE", "36.2"), ("1e300", "1e+300"), ("true", "True")])
def test_other_values_are_shown_as_they_are(sql: str, shown: str, in_pipe: Typed) -> None:
    assert in_pipe("query", f"SELECT {sql} AS v").splitlines()[2].strip() == shown


def test_why_says_a_whole_number_and_the_zone_of_its_time(in_pipe: Typed, published: Path) -> None:
    ((claim,),) = rows(published, "SELECT min(claim_id) FROM outcome_claims WHERE value = 827")
    told = in_pipe("why", "outcome_claims", str(claim), "value").splitlines()
    assert told[0].endswith(" value = 827")
    assert told[2] == "fetched   2025-11-20 01:15:00 UTC"


def test_a_table_with_times_names_their_zone(in_pipe: Typed) -> None:
    assert in_pipe("query", "SELECT started_at FROM runs").splitlines()[-1] == "1 row; times of the warehouse are UTC"
    assert in_pipe("query", "SELECT run_id FROM runs").splitlines()[-1] == "1 row"


# --- status ---


@pytest.fixture
def screen(history: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of `biwaq status` after four nights."""
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-23T02:15:00Z")
    ran = biwaq(monkeypatch, capsys, "status", "--data", history.data)
    assert ran.code == 0, ran.err
    return ran.out.splitlines()


def test_status_is_one_screen_and_begins_with_the_verdict(screen: list[str]) -> None:
    assert screen[0] == "health     ok"
    assert len(screen) <= 40
    assert max(map(len, screen)) <= 100
    assert "UTC" in screen[1]


def test_status_shows_each_error_with_its_page_and_where_the_rest_is(screen: list[str]) -> None:
    at = screen.index("  error not_this_page")
    assert screen[at + 1].endswith("/Projekte_BIWAQ4/99_Musterstadt.html")
    assert "the page has none of the headings of its type" in screen[at + 2]
    assert '"FROM v_issues"' in screen[at + 3]


def under(screen: list[str], title: str) -> list[list[str]]:
    """The cells of the rows below a title."""
    at = next(place for place, line in enumerate(screen) if line.startswith(title))
    rows = screen[at + 3 :]
    return [re.split(r" {2,}", line.strip()) for line in rows[: rows.index("")]]


def test_the_numbers_of_the_screen_add_up(screen: list[str]) -> None:
    sources, reading, runs = (under(screen, title) for title in ("sources", "reading", "last runs"))
    pages, gone = (sum(int(row[place]) for row in sources) for place in (1, 2))
    assert (pages, gone) == (29, 1)
    assert sum(int(row[1]) for row in reading) == pages - gone
    _, fetched, unchanged, *_ = runs[0]
    assert int(fetched) + int(unchanged) == pages - gone + 1  # one page that answers is none of its kind
    (issues,) = [line for line in screen if line.startswith("issues")]
    total, *parts = map(int, re.findall(r"\d+", issues))
    assert total == sum(parts)


def test_the_whole_status_shows_what_the_screen_leaves_out(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = biwaq(monkeypatch, capsys, "status", "--all", "--data", published).out
    for title in ("worst pages", "unclaimed", "ids of the runs", "kinds of issues"):
        assert f"\n{title}" in told
    assert "older than this table" not in told


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
        "a: 100 addresses to ask for",
        "a: 30 of 100 pages, 0.5 pages/s, about 2 min 20 s left",
        "a: 60 of 100 pages, 0.5 pages/s, about 1 min 20 s left",
        "a: 100 addresses: 70 fetched, 30 not asked",
    ]


def test_the_outcomes_of_a_source_add_up_to_what_was_planned(capsys: pytest.CaptureFixture[str]) -> None:
    """The second day of the sample site: a page that was known by one address is listed by another that leads there."""
    report = CrawlReport("r", "a", "2026-11-22", "")
    report.origins, report.seen = {"http://a.example/new": "listing"}, ["http://a.example/old"]
    progress = PlainProgress()
    progress.plan("a", 19)
    for outcome in ["unchanged"] * 10 + ["fetched"] * 6 + ["gone"] * 2:
        progress.page("a", "http://a.example/x", outcome)
    progress.done("a", report)
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == "a: 19 addresses: 6 fetched, 10 unchanged, 2 not there, 1 under another address"


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


@pytest.mark.parametrize(
    ("counts", "lines"),
    [
        (
            Night(listed=31, fetched=11, unchanged=18, parsed=10, failed=1, not_there=2, forbidden=1),
            [
                "32 asked for: 11 fetched, 18 unchanged, 2 not there, 1 forbidden"
                " (31 are listed today, 1 known from earlier nights)",
                "11 fetched: 10 parsed, 1 rejected (no page of its kind)",
            ],
        ),
        (
            Night(listed=5, fetched=0, unchanged=3, parsed=0, failed=1, not_there=0, forbidden=0),
            ["4 asked for: 3 unchanged, 1 failed (of 5 listed; 1 lead to the same pages or were left out)"],
        ),
        (Night(0, 0, 0, 0, 0, 0, 0), ["none asked for: only what the archive holds was read"]),
    ],
    ids=["second day", "one twice", "rebuilt"],
)
def test_the_pages_of_a_night_add_up(counts: Night, lines: list[str]) -> None:
    assert list(night_lines(counts)) == lines


def test_the_summary_shows_the_error_with_its_page_and_where_the_warnings_are(history: History) -> None:
    lines = summary_lines(from_environment(history.data), Outcome("r", True))
    (issues,) = [line for line in lines if line.startswith("issues")]
    assert "1 error" in issues
    assert 'biwaq query "FROM v_issues"' in issues
    (error,) = [line for line in lines if line.startswith("errors")]
    assert "99_Musterstadt.html: the page has none of the headings of its type" in error


def test_the_summary_says_what_the_night_changed(history: History) -> None:
    settings = from_environment(history.data)
    lines = summary_lines(settings, Outcome("r", True))
    by_word = {line[:10].strip(): line[11:] for line in reversed(lines) if line[:10].strip()}
    # day 3 of the site: one listed page is not there; the one that moved for good was met at its new address
    assert by_word["pages"] == "31 asked for: 10 fetched, 19 unchanged, 1 not there, 1 forbidden"
    assert "10 fetched: 9 parsed, 1 rejected (no page of its kind)" in [line[11:] for line in lines]
    assert "5 changes (+2)" in by_word["rows"]
    assert "16 projects," in by_word["rows"]
    changed = [line[11:] for line in lines if "→" in line]
    assert len(changed) == 2
    assert by_word["checks"] == "all passed"
