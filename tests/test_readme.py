"""What the README tells a new user to type works as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pipeline.cli import COMMANDS
from pipeline.settings import ROOT
from tests.cli import biwaq

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
TYPED = [shlex.split(block)[1:] for block in SHELL if block.startswith(".venv/bin/biwaq ")]


@pytest.mark.parametrize("args", TYPED, ids=lambda args: args[0])
def test_every_question_of_the_readme_has_an_answer(
    args: list[str], published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, *args, "--data", published)
    assert ran.code == 0, ran.err
    assert len(ran.out.splitlines()) > 5


def test_the_readme_shows_three_queries_and_a_proof() -> None:
    assert [args[0] for args in TYPED] == ["query", "query", "query", "why"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"`biwaq {command}" in README
