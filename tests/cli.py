"""Run the command line inside the test process."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from pipeline.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


def biwaq(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *args: object) -> Ran:
    """`biwaq ARGS`: its exit code and what it printed."""
    monkeypatch.setattr(sys, "argv", ["biwaq", *map(str, args)])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    return Ran(int(ended.value.code or 0), printed.out, printed.err)
