"""What the docs tell a person to type works as it stands there, in that order; links lead somewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from fixtures.server import SampleSite
from pipeline.cli import COMMANDS
from pipeline.settings import ROOT
from tests.doc_pages import DOCS, SAMPLE_PORT, Reader, blocks, broken_links, read_arguments, statements
from tests.warehouse_file import rows
from warehouse.tables import TABLES
from warehouse.write import views

PAGES = sorted(DOCS.glob("*.md"))
ELSEWHERE = {
    "cookbook.md": "test_cookbook.py",
    "open-it.md": "test_open_it.py",
    "beyond-one-machine.md": "test_workers.py",
}
"""Pages that another test follows."""
OF_ALARMS = "runbook.md"
"""Its commands belong to a night that went wrong: their arguments are read, the commands are not run."""
MEDDLING = re.compile(r"^(mv|cp|rm|kill|systemctl|journalctl|df|ls|chmod|chown|tail|grep|sudo|echo|export)$")
FOLLOWED = [page for page in PAGES if page.name not in (*ELSEWHERE, OF_ALARMS)]
KNOWN = {"sh", "sql", "text", "toml", "mermaid", "python", "r", "json", "ini"}


@pytest.fixture
def reader(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Reader:
    """Somebody with a data folder of one night, on the day after."""
    shutil.copytree(published, tmp_path / "data", symlinks=True)
    for name in ("BIWAQ_DATA", "BIWAQ_SOURCES", "BIWAQ_CONNECT_TO", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BIWAQ_NOW", "2025-11-20T12:00:00Z")
    capsys.readouterr()
    return Reader(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("page", [page for page in FOLLOWED if page.name != "add-a-source.md"], ids=lambda p: p.name)
def test_a_page_can_be_followed(page: Path, reader: Reader) -> None:
    reader.follow(page)


def test_a_source_is_added_in_the_steps_of_the_page(reader: Reader) -> None:
    with SampleSite() as site:
        reader.sample = f"127.0.0.1:{site.port}"
        reader.follow(DOCS / "add-a-source.md")
    assert {"biwaq sources", "biwaq run", "curl --silent", "biwaq parse"} <= set(reader.done)
    good = "SELECT count(*) FROM documents WHERE source_id = 'tagblatt'"
    assert rows(reader.folder / "data-tagblatt", good) == [(3,)]
    assert "min_pages = 3" in (reader.folder / "my-sources" / "tagblatt.toml").read_text(encoding="utf-8")
    assert {asked.path for asked in site.requests if asked.path.startswith("/abo/")} == set()


def test_commands_of_the_runbook_are_understood() -> None:
    for block in blocks((DOCS / OF_ALARMS).read_text(encoding="utf-8")):
        for words in statements(block.body) if block.kind == "sh" else []:
            if words[0] in ("biwaq", ".venv/bin/biwaq"):
                read_arguments(words[1:])
            else:
                assert MEDDLING.match(words[0]) or words[0] == "make", words


@pytest.mark.parametrize(("page", "test"), ELSEWHERE.items())
def test_a_page_that_is_left_to_another_test_is_known_there(page: str, test: str) -> None:
    assert page in (ROOT / "tests" / test).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_its_language(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    kinds = [block.kind for block in blocks(text)]
    assert set(kinds) <= KNOWN
    assert len(re.findall(r"^ *```", text, re.MULTILINE)) == 2 * len(kinds)


@pytest.mark.parametrize("name", [*TABLES, *(view.name for view in views())])
def test_analysts_find_every_table_and_view(name: str) -> None:
    assert f"`{name}`" in (DOCS / "analysts.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=lambda page: page.name)
def test_every_page_is_in_the_table_of_contents(page: Path) -> None:
    assert f"({page.name})" in (DOCS / "README.md").read_text(encoding="utf-8")


def test_the_docs_use_only_commands_that_exist() -> None:
    said = {name for page in PAGES for name in re.findall(r"`biwaq ([a-z][a-z-]*)", page.read_text(encoding="utf-8"))}
    assert said <= set(COMMANDS)


def test_the_citation_file_says_what_is_needed() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["license"] == "Apache-2.0"


def test_the_port_of_the_page_is_the_one_that_is_replaced() -> None:
    assert SAMPLE_PORT in (DOCS / "add-a-source.md").read_text(encoding="utf-8")
