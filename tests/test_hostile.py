"""The hostile set: what must become of each page, exactly; no exception, nothing over two seconds."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from parsers import registry
from tests.cli import biwaq, is_blank
from tests.hostile import SOUND, URL, Case, articles, projects, received, towns

CASES = [*received.cases(), *projects.cases(), *towns.cases(), *articles.cases()]
SLOWEST = 2.0  # seconds a page


@pytest.mark.parametrize("page_type", SOUND)
def test_the_sound_pages_are_sound(page_type: str) -> None:
    page, record = SOUND[page_type]
    result = registry.parse(page_type, page.encode(), URL)
    assert result.record == record
    assert result.issues == []


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    assert len(CASES) >= 60
    assert max(Counter((case.page_type, case.name) for case in CASES).values()) == 1


@pytest.mark.parametrize("case", CASES, ids=[f"{case.page_type}-{case.name}" for case in CASES])
def test_a_hostile_page_gives_exactly_what_it_must(case: Case) -> None:
    body = case.body
    begun = time.process_time()
    result = registry.parse(case.page_type, body, case.url, content_type=case.content_type)
    assert time.process_time() - begun < SLOWEST
    assert result.record == case.record
    assert Counter((i["severity"], i["kind"], i["field"]) for i in result.issues) == Counter(case.issues)
    text = registry.evidence_text(case.page_type, body, case.url, content_type=case.content_type)
    assert [entry for entry in result.evidence[:500] if entry["quote"] not in text] == []


# --- the same through the command line ---

BY_NAME = {(case.page_type, case.name): case for case in CASES}


@pytest.mark.parametrize("page_type", SOUND)
@pytest.mark.parametrize(
    "name", ["empty", "PNG", "random bytes", "consent wall", "script only", "JSON that holds HTML"]
)
def test_rubbish_is_an_issue_and_no_failure(
    name: str, page_type: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = BY_NAME[page_type, name]
    (tmp_path / "page.html").write_bytes(case.body)
    ran = biwaq(monkeypatch, capsys, "parse", tmp_path / "page.html", "--type", page_type)
    printed = json.loads(ran.out)
    assert (ran.code, printed["page_type"]) == (0, page_type)
    assert is_blank(printed["record"])
    assert [(i["severity"], i["kind"]) for i in printed["issues"]] == [(s, kind) for s, kind, _ in case.issues]


@pytest.mark.parametrize(
    ("page_type", "name"),
    [
        ("gsb_project", "label with a zero-width space"),
        ("gsb_project", "runtime that ends before it starts"),
        ("gsb_project", "project cut in a tag"),
        ("city_page", "label without value"),
        ("news_article", "false figures in: hidden attribute"),
    ],
)
def test_the_command_prints_what_the_parser_found(
    page_type: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = BY_NAME[page_type, name]
    (tmp_path / "page.html").write_bytes(case.body)
    ran = biwaq(monkeypatch, capsys, "parse", tmp_path / "page.html", "--url", case.url, "--type", page_type)
    printed = json.loads(ran.out)
    assert ran.code == 0
    assert is_blank(printed["record"]) if case.record is None else printed["record"] == case.record
    assert Counter((i["severity"], i["kind"], i["field"]) for i in printed["issues"]) == Counter(case.issues)


def test_a_file_that_is_not_there_is_the_callers_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "parse", tmp_path / "none.html")
    assert ran.code == 2
    assert ran.out == ""
    assert "none.html" in ran.err
    assert ran.err.count("\n") == 1


# --- every page through every parser ---

# Those of many megabytes are read by their own parser only, above.
SMALL = [case for case in CASES if isinstance(case.made, bytes)]


@pytest.mark.parametrize("page_type", SOUND)
@pytest.mark.parametrize("case", SMALL, ids=[f"{case.page_type}-{case.name}" for case in SMALL])
def test_no_parser_fails_on_any_of_these_pages(case: Case, page_type: str) -> None:
    begun = time.process_time()
    result = registry.parse(page_type, case.body, case.url, content_type=case.content_type)
    assert time.process_time() - begun < SLOWEST
    if result.record is None:
        assert [issue["severity"] for issue in result.issues] == ["error"]
        assert result.evidence == []
    assert isinstance(registry.evidence_text(page_type, case.body, case.url, content_type=case.content_type), str)
