"""Bad input: one line, exit 2, no traceback, nothing published."""

from __future__ import annotations

import gc
from pathlib import Path

import orjson
import pytest

from tests.cli import Ran, biwaq, is_blank
from tests.warehouse_file import rows

GOOD = """
id = "a"
title = "A"
publisher = "Stadt A"
page_type = "city_page"
hosts = ["127.0.0.1"]
urls = ["http://127.0.0.1:9/biwaq"]
[expect]
min_pages = 1
max_pages = 2
"""


def assert_one_line(ran: Ran, *words: str) -> None:
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


def test_unknown_key_in_a_source_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.toml"
    file.write_text(GOOD.replace("publisher", "publsher"))
    ran = biwaq(monkeypatch, capsys, "run", "--sources", file, "--data", tmp_path / "data")
    assert_one_line(ran, "a.toml: publsher: unknown key; known are id, title, publisher")
    assert not (tmp_path / "data").exists()


def test_page_type_that_does_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.toml"
    file.write_text(GOOD.replace("city_page", "blog"))
    ran = biwaq(monkeypatch, capsys, "run", "--sources", file, "--data", tmp_path / "data")
    assert_one_line(ran, "page_type: 'blog'", "gsb_project", "city_page", "news_article")


def test_data_folder_that_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("")
    (tmp_path / "a.toml").write_text(GOOD)
    ran = biwaq(monkeypatch, capsys, "run", "--sources", tmp_path / "a.toml", "--data", tmp_path / "data")
    assert_one_line(ran, "is a file; a folder is needed")


@pytest.mark.parametrize(("name", "what"), [("a?b", "? in a path"), ("a%20b", "%20 in a path")])
def test_data_folder_that_dagster_would_take_for_another(
    name: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its storage would lie in `a`, or in `a b`."""
    assert_one_line(biwaq(monkeypatch, capsys, "run", "--data", tmp_path / name), name, what, "choose another name")
    assert list(tmp_path.iterdir()) == []


def test_day_in_the_future_and_day_that_nobody_archived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BIWAQ_NOW", "2025-03-10T12:00:00Z")
    ran = biwaq(monkeypatch, capsys, "run", "--data", tmp_path / "data", "--day", "2025-03-11")
    assert_one_line(ran, "2025-03-11", "future")
    ran = biwaq(monkeypatch, capsys, "run", "--data", tmp_path / "data", "--day", "2025-03-09")
    assert_one_line(ran, "2025-03-09", "can not be fetched again")


def test_missing_page_for_parse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_one_line(biwaq(monkeypatch, capsys, "parse", tmp_path / "no.html"), "no.html", "can not be read")
    assert_one_line(biwaq(monkeypatch, capsys, "parse", tmp_path), "can not be read: Is a directory")


@pytest.mark.parametrize("page_type", ["gsb_project", "city_page", "news_article"])
@pytest.mark.parametrize("body", [b"", b"\x00\xff" * 500, b"<html><body><p>Hallo</p>", "Grüße".encode("utf-16")])
def test_rubbish_for_parse_is_an_issue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], page_type: str, body: bytes
) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(body)
    ran = biwaq(monkeypatch, capsys, "parse", file, "--type", page_type)
    assert ran.code == 0
    printed = orjson.loads(ran.out)
    assert set(printed) == {"page_type", "parser_version", "record", "issues"}
    assert printed["issues"]
    assert is_blank(printed["record"]) or body.startswith(b"<html>")


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT * FROM nothing", "CREATE TABLE t(a INT)", ""])
def test_broken_or_writing_sql(
    sql: str, published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_one_line(biwaq(monkeypatch, capsys, "query", sql, "--data", published), "query: ")


def test_query_before_anything_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "query", "SELECT 1", "--data", tmp_path)
    assert_one_line(ran, "nothing is published yet", "biwaq run")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("area_stat", "x", "value"), "area_stats"),
        (("area_stats", "iii-duisburg|sgb2_rate|area", "valu"), "value"),
        (("area_stats", "iii-duisburg|sgb2_rate", "value"), "iii-duisburg|sgb2_rate|area"),
    ],
)
def test_why_names_what_is_near(
    args: tuple[str, ...],
    said: str,
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert_one_line(biwaq(monkeypatch, capsys, "why", *args, "--data", published), said)


@pytest.mark.parametrize(
    ("table", "key", "column", "told"),
    [
        ("projects", "iii-duisburg", "project_line_id", ["= line-duisburg: no page states it", "made by   a rule"]),
        ("projects", "iii-koeln", "start_date", ["is empty (null): no page states it", "2472_K%C3%B6ln.html"]),
        ("projects", "iii-duisburg", "first_seen", ["= 2025-11-20 01:15:00 UTC", "made by   the run"]),
        ("rounds", "III", "label_de", ["made by   a file of warehouse/codes"]),
    ],
)
def test_a_value_that_no_page_states_is_an_answer_and_no_mistake(
    table: str,
    key: str,
    column: str,
    told: list[str],
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = biwaq(monkeypatch, capsys, "why", table, key, column, "--data", published)
    assert (ran.code, ran.err) == (0, "")
    assert [word for word in told if word not in ran.out] == []


def test_why_of_an_outcome_s_own_column_names_its_claims(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ((outcome, claims),) = rows(
        published,
        "SELECT outcome_id, string_agg(claim_id, ', ' ORDER BY claim_id) FROM outcome_claims "
        "JOIN outcomes o USING (outcome_id) WHERE o.value = 827 GROUP BY ALL",
    )
    ran = biwaq(monkeypatch, capsys, "why", "outcomes", outcome, "agreement", "--format", "json", "--data", published)
    assert ran.code == 0
    assert [row["made from"] for row in orjson.loads(ran.out)] == [f"outcome_claims {claims}"]


def test_a_run_refused_for_want_of_a_contact_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BIWAQ_CONTACT", raising=False)
    (tmp_path / "a.toml").write_text(GOOD)
    ran = biwaq(monkeypatch, capsys, "run", "--sources", tmp_path / "a.toml", "--data", tmp_path / "data-live")
    assert_one_line(ran, "BIWAQ_CONTACT is not set")
    assert not (tmp_path / "data-live").exists()


@pytest.mark.parametrize(
    "command", ["run", "parse", "reparse", "query", "why", "status", "purge", "serve-sample", "ui"]
)
def test_every_command_s_help_has_an_example(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, command, "--help")
    assert ran.code == 0
    assert f"Example: biwaq {command}" in ran.out


def test_unknown_command_and_option(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert_one_line(biwaq(monkeypatch, capsys, "rnu"), "rnu")
    assert_one_line(biwaq(monkeypatch, capsys, "run", "--sorces", "x"), "--sorces")


@pytest.mark.parametrize("sql", ["COPY (SELECT 1) TO '{}/out.csv'", "SELECT * FROM read_csv('{}/in.csv')"])
def test_a_query_reaches_no_other_file(
    sql: str, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text("a\n1\n")
    assert_one_line(biwaq(monkeypatch, capsys, "query", sql.format(tmp_path), "--data", published), "query: ")
    assert not (tmp_path / "out.csv").exists()


def test_status_before_anything_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "status", "--data", tmp_path)
    assert ran.code == 0
    assert "nothing yet" in ran.out
    assert "last run   none yet" in ran.out


def test_reading_again_with_the_same_parsers_changes_nothing(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "reparse", "--data", published)
    assert (ran.code, ran.out) == (0, "1 days read again; the data would change so:\nno difference\n")


def test_a_command_leaves_the_hunt_for_cycles_as_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever calls `main` as a library keeps a collector that collects."""
    before = gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()
    assert biwaq(monkeypatch, capsys, "run", "--help").code == 0
    assert (gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()) == before
