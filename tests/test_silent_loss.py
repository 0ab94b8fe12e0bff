"""From the meter's figures to what a person sees: issues, columns, `biwaq status`, `biwaq parse`; floors as data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from parsers.registry import PARSERS
from tests.cli import biwaq
from tests.gsb_pages import DUISBURG, render
from tests.harmonised import DAY, SITE, document, one, project_record, rows_of, version
from tests.test_warehouse_load import only, page, store
from warehouse.codelists import load
from warehouse.harmonise.silent_loss import loss_notes
from warehouse.load import RecordsDamaged
from warehouse.model import Document
from warehouse.terms import TERMS

URL = f"{SITE}/Projekte_BIWAQ3/2390_Duisburg.html"


def measured(coverage: float | None, text_loss: float | None, unclaimed: list[str] | None = None) -> Document:
    """A project page of which so much was read."""
    body = version(URL, project_record(title="BIWAQ Duisburg"), DAY)
    return document(
        URL, "gsb_project", replace(body, coverage=coverage, text_loss=text_loss, unclaimed=unclaimed or [])
    )


@pytest.mark.parametrize(
    ("coverage", "text_loss", "kinds"),
    [
        (1.0, 0.0, []),
        (0.9, 0.01, []),
        (0.8999, 0.0, ["low_coverage"]),
        (1.0, 0.0101, ["second_parser_sees_more"]),
        (0.5, 0.5, ["low_coverage", "second_parser_sees_more"]),
        (None, None, []),
    ],
)
def test_a_page_beyond_the_floor_of_its_type_is_an_issue(
    coverage: float | None, text_loss: float | None, kinds: list[str]
) -> None:
    notes = loss_notes(measured(coverage, text_loss))
    assert [note.kind for note in notes] == kinds
    assert {(note.severity, note.field) for note in notes} <= {("warning", "page")}


def test_the_issue_names_value_and_floor() -> None:
    (note,) = loss_notes(measured(0.613, 0.0))
    assert note.value == "0.6130"
    assert note.message == "fields claim 61.3% of the page's text; pages of type gsb_project have at least 90%"


def test_the_figures_are_columns_of_the_snapshot() -> None:
    rows = rows_of(measured(0.95, 0.002, ["Förderhöhe", "Kurzbeschreibung › …"]))
    snapshot = one(rows["snapshots"])
    assert (snapshot["coverage"], snapshot["text_loss"]) == (0.95, 0.002)
    assert snapshot["unclaimed"] == "Förderhöhe\nKurzbeschreibung › …"
    assert one(rows_of(measured(0.95, 0.002))["snapshots"])["unclaimed"] is None


def test_every_page_type_has_its_floors_with_a_reason() -> None:
    entries = load("page_types").entries
    assert set(entries) == set(PARSERS) == set(TERMS["page_type"].labels)
    for entry in entries.values():
        assert 0 < entry.extra["coverage_floor"] < 1
        assert 0 < entry.extra["text_loss_limit"] <= 0.05
        assert len(entry.extra["reason"]) > 60


def test_records_of_earlier_days_have_no_figures(tmp_path: Path) -> None:
    new = page("2026-11-21T01:15:03Z", "c2", text_loss=0.25, unclaimed=["Förderhöhe"])
    store(tmp_path, page("2026-11-20T01:15:03Z"), new)
    assert [(v.text_loss, v.unclaimed) for v in only(tmp_path).versions] == [(None, []), (0.25, ["Förderhöhe"])]


def test_a_figure_of_another_kind_is_damage(tmp_path: Path) -> None:
    store(tmp_path, page("2026-11-20T01:15:03Z", text_loss="viel"))
    with pytest.raises(RecordsDamaged, match="'text_loss' is 'viel'"):
        only(tmp_path)


def test_status_shows_how_much_was_read(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = biwaq(monkeypatch, capsys, "status", "--all", "--data", published).out
    reading = out.partition("\nreading")[2].partition("\nlast runs")[0]
    for word in ("gsb_project", "city_page", "news_article", "median %", "lowest %", "floor %", "lost at most %"):
        assert word in reading
    # the page of the sample site with a caption behind its summary
    assert "75_Giessen" in out.partition("\nworst pages")[2].partition("\nunclaimed")[0]
    assert "Kurzbeschreibung › …" in out.partition("\nunclaimed")[2]


def test_parse_shows_what_was_left_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(render(DUISBURG).replace(b"<h2>Zielgruppen", b"<p>Startbild Video Duisburg</p><h2>Zielgruppen"))
    found = orjson.loads(biwaq(monkeypatch, capsys, "parse", file, "--url", URL, "--reading").out)
    assert 0.98 < found["reading"]["coverage"] < 1
    assert (found["reading"]["text_loss"], found["reading"]["unclaimed"]) == (0.0, ["Kurzbeschreibung › …"])
