"""What waits for a person: proposals as blocks of a decisions file, edited by hand, read back, gone when decided."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli import biwaq
from tests.harmonised import kinds, one, project_page, rows_of
from tests.warehouse_file import rows as asked
from warehouse.harmonise import assembly
from warehouse.harmonise.decisions import read_decisions, undecided_block

SACHSEN, LEIPZIG = "DAA - Deutsche Angestellten-Akademie Sachsen", "DAA Leipzig Deutsche Angestellten-Akademie"
PAGE = {"title": "MehrWertQuartier", "state": "Sachsen", "municipality": "Leipzig", "round_label": "2015 - 2018"}


def test_a_block_is_toml_that_the_decisions_read(tmp_path: Path) -> None:
    names = ['Seniorenbüro Ost "Inge und Walter"', "Seniorenbüro\\Ost"]
    file = tmp_path / "review.toml"
    file.write_text(undecided_block(["14713000"], names, ["two\nlines"]), encoding="utf-8")
    (decision,) = read_decisions(file)
    assert (decision.kind, decision.places, decision.names) == ("undecided", ("14713000",), tuple(names))


def test_the_proposals_of_the_sample_site_are_printed(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Leipzig III names the academy of Sachsen, Leipzig IV the one of Leipzig."""
    ran = biwaq(monkeypatch, capsys, "review", "--data", published)
    assert ran.code == 0
    blocks = tomllib.loads(ran.out)["undecided"]
    n_proposals = asked(published, "SELECT count(*) FROM organisation_proposals")
    assert [(len(blocks),)] == n_proposals
    academy = next(block for block in blocks if SACHSEN in block["names"])
    assert academy["places"] == ["14713000"]
    assert "partner in iii-leipzig" in ran.out


def test_what_stands_in_the_file_stays_and_only_new_blocks_are_added(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "decisions" / "review.toml"
    first = biwaq(monkeypatch, capsys, "review", "--data", published, "--out", file)
    text = file.read_text(encoding="utf-8")
    assert (first.code, "[[undecided]]" in text) == (0, True)
    edited = text.replace("[[undecided]]", "[[different]]", 1).replace('because = ""', 'because = "two branches"', 1)
    file.write_text(edited, encoding="utf-8")
    again = biwaq(monkeypatch, capsys, "review", "--data", published, "--out", file)
    assert "0 proposals added" in again.out
    assert file.read_text(encoding="utf-8") == edited
    assert read_decisions(file)[0].kind == "different"


def test_a_file_that_is_no_file_of_decisions_is_named(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notes.toml"
    file.write_text("[[maybe]]\nnames = ['A', 'B']\n", encoding="utf-8")
    ran = biwaq(monkeypatch, capsys, "review", "--data", published, "--out", file)
    assert ran.code == 2
    assert "notes.toml" in ran.err
    assert "maybe" in ran.err


def test_entries_of_code_files_that_no_page_uses_are_told(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "review", "--codes", "--data", published)
    told = dict(line.split(": ", 1) for line in ran.out.splitlines())
    assert set(told) == {"target_groups", "action_fields", "esf_regions", "rounds", "states"}
    assert "Konvergenzregionen" in told["esf_regions"]
    rounds = told["rounds"].partition(": ")[2].split(", ")
    assert ("2015 - 2018" in rounds, "2023 - 2026" in rounds) == (False, True)
    assert "Asylsuchende und Flüchtlinge" in told["target_groups"]


@pytest.mark.parametrize(("kind", "n_bodies"), [("same", 1), ("different", 2)])
def test_a_decision_settles_the_proposal(
    kind: str, n_bodies: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = project_page(2120, "Leipzig", **PAGE, project_partners=[SACHSEN, LEIPZIG])
    open_rows = rows_of(page)
    found = one(open_rows["organisation_proposals"])
    assert (found["name"], found["other_name"], found["ags"]) == (SACHSEN, LEIPZIG, "14713000")
    assert 0.7 < found["similarity"] < 1
    assert kinds(open_rows).count("organisation_proposal") == 1
    file = tmp_path / "review.toml"
    block = undecided_block([found["ags"]], [found["name"], found["other_name"]], [found["reason"]])
    file.write_text(block.replace("undecided", kind).replace('""', '"page 2120"'), encoding="utf-8")
    monkeypatch.setattr(assembly, "decisions", lambda: tuple(read_decisions(file)))
    decided = rows_of(page)
    assert decided["organisation_proposals"] == []
    assert len({row["organisation_id"] for row in decided["project_organisations"]}) == n_bodies
    assert [row for row in decided["issues"] if row["kind"] == "decision_unused"] == []


def test_a_decision_keeps_the_id_of_the_body_seen_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The decision names no town: it finds the names as written, though only the page tells which town is in them."""
    page = project_page(2120, "Leipzig", **PAGE, project_partners=[SACHSEN, LEIPZIG])
    before = {row["name_as_written"]: row["organisation_id"] for row in rows_of(page)["project_organisations"]}
    file = tmp_path / "review.toml"
    file.write_text(f'[[same]]\nnames = ["{SACHSEN}", "{LEIPZIG}"]\nbecause = "test"\n', encoding="utf-8")
    monkeypatch.setattr(assembly, "decisions", lambda: tuple(read_decisions(file)))
    after = {row["organisation_id"] for row in rows_of(page)["project_organisations"]}
    assert after == {before[SACHSEN]}


def test_a_decision_that_no_page_needs_is_an_issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = project_page(2120, "Leipzig", **PAGE, project_partners=[SACHSEN])
    file = tmp_path / "review.toml"
    old = '[[different]]\nplaces = ["14713000"]\nnames = ["Arbeitsladen", "Arbeitsladen Plus"]\nbecause = "test"\n'
    file.write_text(old, encoding="utf-8")
    monkeypatch.setattr(assembly, "decisions", lambda: tuple(read_decisions(file)))
    issue = one(rows_of(page)["issues"], kind="decision_unused")
    assert issue["value"] == "Arbeitsladen"
    assert "review.toml" in issue["message"]
