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


def is_blank(record: object) -> bool:
    """Whether a printed record has its keys and nothing in them."""
    if isinstance(record, dict):
        return bool(record) and all(value in (None, []) or is_blank(value) for value in record.values())
    return False
