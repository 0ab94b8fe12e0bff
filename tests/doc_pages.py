"""Pages of the docs as scripts: their fenced blocks, and somebody who types them as they stand there.

Commands run in this process, in a folder of their own, from top to bottom of a page. What is not run: servers (`biwaq
ui`, `serve-sample`) and commands on the live sites; the command itself reads their arguments, and their sources load.
`make` is asked what it would do, and the `biwaq` lines of that are run.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.cli import cli
from pipeline.settings import ROOT
from pipeline.sources import load_sources
from tests.cli import biwaq
from tests.warehouse_file import rows

DOCS = ROOT / "docs"
BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>\w+)\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"File `(?P<name>[^`]+)`(?P<ends> now ends with)?:\s*\Z")
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SERVERS = ("ui", "serve-sample", "worker")
LIVE = "pipeline/sources"
MAKE_PASSES_ON = {"ARGS", "DATA", "SOURCES", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL"}
PROGRAMS = ("biwaq", ".venv/bin/biwaq")
SAMPLE_PORT = "127.0.0.1:8470"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, the file it is the content of (and whether only of its end)."""

    kind: str
    body: str
    file: str | None
    is_end: bool


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page in order."""
    for found in BLOCK.finditer(text):
        named = FILE.search(text[: found.start()])
        body = re.sub(f"^{found['indent']}", "", found["body"], flags=re.MULTILINE)
        yield Block(found["kind"], body, named and named["name"], bool(named and named["ends"]))


def statements(script: str) -> list[list[str]]:
    """The words of each command of a shell block; a quoted text may go over lines, comments are left out."""
    found, open_text = [], ""
    for line in script.splitlines():
        open_text += line + "\n"
        try:
            words = shlex.split(open_text, comments=True)
        except ValueError:  # a quote is still open
            continue
        open_text = ""
        if words:
            found.append(words)
    assert not open_text, f"never closed: {open_text}"
    return found


@dataclass
class Reader:
    """Types what a page says, in `folder`; `said` is what the last block of commands printed."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    sample: str | None = None
    said: str = ""
    done: list[str] = field(default_factory=list)

    def follow(self, page: Path) -> None:
        """Do all that the page says. Fails where a command does, or does not say what the page shows."""
        self.monkeypatch.chdir(self.folder)
        for block in blocks(page.read_text(encoding="utf-8")):
            if block.file is not None:
                self._write(block)
            elif block.kind == "sh":
                self.said = "".join(self._type(words) for words in statements(block.body))
            elif block.kind == "text":
                self._compare(block.body)
            elif block.kind == "sql":
                assert rows(self.folder / "data", block.body), block.body
                self.done.append("sql")

    def _write(self, block: Block) -> None:
        assert block.file is not None
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        body = block.body
        if block.is_end:
            body = path.read_text(encoding="utf-8").partition(body.partition("\n")[0])[0] + body
        path.write_text(body, encoding="utf-8")

    def _compare(self, shown: str) -> None:
        said = _squeezed(self.said)
        for line in shown.splitlines():
            assert _squeezed(line) in said, f"{line!r} is not in what was printed:\n{self.said}"

    def _type(self, words: list[str]) -> str:
        self.done.append(" ".join(words[:2]))
        if self.sample is not None:
            words = [word.replace(SAMPLE_PORT, self.sample) for word in words]
        program, *args = words
        if program in PROGRAMS:
            return self._biwaq(args)
        if program == "make":
            return self._make(args)
        if program == "export":
            return self._export(args)
        if program == "curl":
            return self._run(words)
        if program == "eval":
            return self._run(["bash", "-c", f'{program} "{" ".join(args)}"'])
        pytest.fail(f"nobody tests {words}: teach tests/doc_pages.py how")

    def _biwaq(self, args: list[str]) -> str:
        if is_only_read(args):
            read_arguments(args)
            return ""
        ran = biwaq(self.monkeypatch, self.capsys, *args)
        assert ran.code == 0, f"{args}: {ran.err}"
        return ran.out + ran.err

    def _make(self, args: list[str]) -> str:
        target = args[0]
        planned = subprocess.run(
            ["make", "--always-make", "--dry-run", "--directory", str(ROOT), *args],
            capture_output=True,
            text=True,
            check=True,
            # the suite itself may run below `make test ARGS=...`, whose words are not the page's
            env={name: value for name, value in os.environ.items() if name not in MAKE_PASSES_ON},
        ).stdout
        lines = [words for words in statements(planned.replace("\\\n", " ")) if words[0] in PROGRAMS]
        assert lines or target == "test"
        if any(is_only_read(words[1:]) for words in lines):
            for words in lines:
                read_arguments(words[1:])
            return ""
        return "".join(self._biwaq(words[1:]) for words in lines)

    def _export(self, args: list[str]) -> str:
        for name, _, value in (arg.partition("=") for arg in args):
            value = value.replace("$PWD", str(ROOT)).replace("$PATH", os.environ["PATH"])
            self.monkeypatch.setenv(name, value)
        return ""

    def _run(self, words: list[str]) -> str:
        ran = subprocess.run(words, capture_output=True, text=True, check=True, cwd=self.folder)
        return ran.stdout


def is_only_read(args: list[str]) -> bool:
    """Whether a command would not end, or would leave this machine."""
    return args[0] in SERVERS or LIVE in args


def read_arguments(args: list[str]) -> None:
    """Let the command read its arguments, and load the sources they name; nothing is done."""
    command = cli.get_command(cli.make_context("biwaq", [], resilient_parsing=True), args[0])
    assert command is not None, args
    command.make_context(args[0], args[1:])
    if LIVE in args:
        assert load_sources(ROOT / LIVE)


def _squeezed(text: str) -> str:
    return " ".join(text.replace("─", " ").split())


def broken_links(page: Path) -> list[str]:
    """Links of a page to files or headings that are not there; addresses of the web are not asked."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    return [found["target"] for found in LINK.finditer(text) if not _leads_somewhere(page, found["target"])]


def _leads_somewhere(page: Path, target: str) -> bool:
    parts = urlsplit(target)
    if parts.scheme in ("http", "https"):
        return True
    file = (page.parent / parts.path).resolve() if parts.path else page
    if not parts.fragment:
        return file.exists()
    return file.is_file() and parts.fragment in map(_anchor, HEADING.findall(file.read_text(encoding="utf-8")))


def _anchor(heading: str) -> str:
    """As GitHub makes it: small letters, no punctuation but - and _, blanks as -."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
