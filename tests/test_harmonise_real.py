"""The five real documents and the facts of real pages through parsers and harmonising. Needs --shared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parsers import registry
from tests.harmonised import SOURCES, one, rows_of, version
from warehouse.codelists import load
from warehouse.evidence import is_there, squeezed
from warehouse.harmonise.areas import read_area
from warehouse.harmonise.places import gazetteer
from warehouse.harmonise.provenance import evidence_columns
from warehouse.model import Document, Rows, stable_id
from warehouse.tables import row_key

PAGES = {
    "gsb_2390_Duisburg.html": "gsb_project",
    "gsb_2369_Erfurt.html": "gsb_project",
    "city_duisburg.html": "city_page",
    "news_duisburg_827.html": "news_article",
    "news_cottbus_duisburg.html": "news_article",
}


@pytest.fixture(scope="module")
def real(shared: Path) -> Rows:
    """All rows of the five pages."""
    return rows_of(*(real_document(shared / "pages" / name, page_type) for name, page_type in PAGES.items()))


def address(name: str) -> str:
    """Every page stands at a host of its own, as the real ones do: copies must be told by their figures."""
    return f"https://{Path(name).stem.replace('_', '-').lower()}.example/{name}"


def real_document(path: Path, page_type: str) -> Document:
    url = address(path.name)
    read = registry.parse(page_type, path.read_bytes(), url, content_type="text/html; charset=utf-8")
    assert read.record is not None, read.issues
    found = version(url, read.record, content=read.content_hash)
    found.evidence[:] = [dict(entry) for entry in read.evidence]
    at = found.fetched_at
    return Document(stable_id("d", url), url, page_type, SOURCES[page_type], [], [found], at, at)


def test_three_projects_on_two_lines(real: Rows) -> None:
    found = {p["project_id"]: (p["start_date"], p["end_date"], p["project_line_id"]) for p in real["projects"]}
    assert found == {
        "iii-duisburg": ("2015-04-01", "2018-12-31", "line-duisburg"),
        "iii-erfurt": ("2015-10-01", "2018-12-31", "line-erfurt"),
        "iv-duisburg": ("2019-01-01", "2022-12-31", "line-duisburg"),
    }


def test_every_figure_has_its_date_and_two_are_crowded(real: Rows) -> None:
    assert len(real["area_stats"]) == 18
    dates = {(s["project_id"], s["indicator_code"]): s["as_of"] for s in real["area_stats"]}
    assert dates["iii-duisburg", "sgb2_rate"] == "2015-07-01"
    assert dates["iii-duisburg", "migration_share"] == "2015-01-01"
    assert {as_of for (project, _), as_of in dates.items() if project == "iii-erfurt"} == {"2013-01-01"}
    crowded = {(s["project_id"], s["scope"]) for s in real["area_stats"] if s["plausibility"] == "implausible"}
    assert crowded == {("iii-duisburg", "area"), ("iii-erfurt", "area")}


def test_the_partners_of_both_rounds_are_the_same_bodies(real: Rows) -> None:
    bodies = {
        project: {o["organisation_id"] for o in real["project_organisations"] if o["project_id"] == project}
        for project in ("iii-duisburg", "iv-duisburg")
    }
    shared = bodies["iii-duisburg"] & bodies["iv-duisburg"]
    names = {o["name"] for o in real["organisations"] if o["organisation_id"] in shared}
    assert names == {"Duisburger Werkkiste gGmbH", "Gesellschaft für Beschäftigungsförderung mbH"}
    meb = one(real["organisations"], name="Marxloh Einzelhandelsbündnis (MEB) e. V.")["organisation_id"]
    assert sum(o["organisation_id"] == meb for o in real["project_organisations"]) == 2


def test_both_articles_are_one_origin(real: Rows) -> None:
    found = {
        (o["metric_code"], o["subgroup_code"]): (o["value"], o["since"], o["n_documents"], o["n_independent_sources"])
        for o in real["outcomes"]
    }
    assert found == {
        ("participants", "all"): (827, "2023-01-01", 2, 1),
        ("participants", "unemployed"): (670, "2023-01-01", 1, 1),
        ("participants", "migration_background"): (735, "2023-01-01", 1, 1),
        ("employed", "all"): (171, "2023-01-01", 2, 1),
        ("training", "all"): (32, "2023-01-01", 2, 1),
        ("improved_prospects", "all"): (222, "2023-01-01", 2, 1),
    }


def test_every_filled_cell_is_proven_by_a_passage_of_its_page(real: Rows, shared: Path) -> None:
    assert [issue for issue in real["issues"] if issue["kind"] == "evidence_missing"] == []
    texts = {
        stable_id("d", url := address(name)): squeezed(
            registry.evidence_text(page_type, (shared / "pages" / name).read_bytes(), url)
        )
        for name, page_type in PAGES.items()
    }
    proven = {(row["table_name"], row["row_key"], row["column_name"]) for row in real["provenance"]}
    assert [row for row in real["provenance"] if not is_there(row["quote"], texts[row["document_id"]])] == []
    filled = {
        (name, row_key(name, row), column)
        for name in ("projects", "area_stats", "outcome_claims", "project_organisations")
        for row in real[name]
        for column in evidence_columns(name)
        if row[column] is not None
    }
    assert filled <= proven
    assert len(filled) > 300


def _facts(shared: Path) -> list[dict[str, Any]]:
    lines = (shared / "facts" / "projects.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_label_place_and_area_of_the_real_projects_is_known(shared: Path) -> None:
    for fact in _facts(shared):
        assert all(load("target_groups").lookup(label) for label in fact["target_groups"]), fact["title"]
        assert all(load("action_fields").lookup(label) for label in fact.get("action_fields", [])), fact["title"]
        found = gazetteer().find(fact["municipality"], load("states").lookup(fact["state"]))
        assert found.municipality is not None, fact["municipality"]
        assert all(read_area(name, found.municipality.name).key for name in fact["programme_areas"])
