"""What the README tells a new user to type works as it stands there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.cli import COMMANDS
from pipeline.night import Outcome
from pipeline.settings import ROOT, from_environment
from pipeline.summary import summary_lines
from tests.doc_pages import Reader, blocks, statements

PAGE = ROOT / "README.md"
README = PAGE.read_text(encoding="utf-8")
SCRIPTS = [block.body for block in blocks(README) if block.kind == "sh"]
TYPED = [words[1:] for script in SCRIPTS for words in statements(script) if words[0] == ".venv/bin/biwaq"]


def test_the_readme_can_be_followed(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(published, tmp_path / "data", symlinks=True)
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-20T12:00:00Z")
    reader = Reader(tmp_path, monkeypatch, capsys)
    reader.follow(PAGE)
    assert {"make run", "make test", ".venv/bin/biwaq query", ".venv/bin/biwaq why"} <= set(reader.done)


def test_the_readme_shows_three_queries_and_a_proof() -> None:
    assert [args[0] for args in TYPED[:4]] == ["query", "query", "query", "why"]


def test_the_readme_shows_how_history_is_seen() -> None:
    assert [args[0] for args in TYPED[4:]] == ["query"]
    assert "v_last_night" in TYPED[4][1]
    assert ["make", "run", "ARGS=--state 2"] in [words for script in SCRIPTS for words in statements(script)]


def test_the_summary_that_the_readme_shows_is_that_of_the_first_night(published: Path) -> None:
    (shown,) = [block.body.splitlines() for block in blocks(README) if block.kind == "console"]
    said = summary_lines(from_environment(published), Outcome("r", True))
    assert said[: len(shown)] == shown
    assert [line.split()[0] for line in said[len(shown) :]] == ["warehouse", "report", "UI"]


@pytest.mark.parametrize(
    "word",
    [
        "biwaq status --alert",
        "keep_days",
        "BIWAQ_ALERT_COMMAND",
        "BIWAQ_ALERT_WEBHOOK",
        "logs/",
        "purged.ndjson",
        "acceptances",
        "`health`",
    ],
)
@pytest.mark.parametrize("page", ["README.md", "docs/operators.md"])
def test_an_operator_finds_it(word: str, page: str) -> None:
    assert word in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"`biwaq {command}" in README
