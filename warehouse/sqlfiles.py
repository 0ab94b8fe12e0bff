"""SQL files that describe themselves: views and checks with a head of comment lines.

Belongs here: reading such a file. Does not: what a view or a check means.
Concept: a head line is `-- key: value`, a line that begins with two more spaces goes on; below stands one SELECT.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ENTRY = re.compile(r"-- (\.?[a-z][a-z0-9_]*): (.+)")
_MORE = re.compile(r"--   (\S.*)")


class BadSqlFile(ValueError):
    """A head line that can not be read, or a file without a statement."""


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One file: its name without ending, the entries of its head, its SELECT without semicolon."""

    name: str
    head: Mapping[str, str]
    select: str


def read_folder(folder: Path) -> list[SqlFile]:
    """All `*.sql` of a folder by name. Raises BadSqlFile."""
    return [read_file(path) for path in sorted(folder.glob("*.sql"))]


def read_file(path: Path) -> SqlFile:
    """One file. Raises BadSqlFile with file and line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head: dict[str, str] = {}
    key = ""
    for number, line in enumerate(lines):
        if not line.startswith("--"):
            select = "\n".join(lines[number:]).strip().removesuffix(";").rstrip()
            if not select:
                break
            return SqlFile(path.stem, head, select)
        key = _add(head, key, line, f"{path.name}:{number + 1}")
    raise BadSqlFile(f"{path.name}: no SELECT below the head")


def _add(head: dict[str, str], key: str, line: str, where: str) -> str:
    if entry := _ENTRY.fullmatch(line):
        head[entry[1]] = entry[2]
        return entry[1]
    if key and (more := _MORE.fullmatch(line)):
        head[key] += f" {more[1]}"
        return key
    raise BadSqlFile(f"{where}: head lines are `-- key: value` or `--   more`, not {line!r}")
