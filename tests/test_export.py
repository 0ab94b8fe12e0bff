"""What the export folder holds, and how it takes the place of an older one."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.exported import POISON, export_of, poisoned
from tests.warehouse_rows import claim, outcome, row, rows
from warehouse.dictionary import html, markdown
from warehouse.export import NotAnExport, export
from warehouse.export.catalogue import CATALOGUE
from warehouse.export.operations import LISTS, heading
from warehouse.german import catalogue, described
from warehouse.tables import TABLES
from warehouse.write import macros, views, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_of(tmp_path_factory.mktemp("export"), poisoned())


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_and_view_is_there_twice(folder: Path) -> None:
    for kind in ("csv", "parquet"):
        assert {path.stem for path in (folder / kind).glob(f"*.{kind}")} == set(TABLES)
        assert {path.stem for path in (folder / kind / "views").glob("*")} == {view.name for view in views()}


def test_every_file_has_its_checksum(folder: Path) -> None:
    listed = dict(reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text().splitlines())
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert set(listed) == set(there) - {"SHA256SUMS"}
    assert all(hashlib.sha256(there[name].read_bytes()).hexdigest() == digest for name, digest in listed.items())


def test_the_same_file_gives_the_same_export(folder: Path, tmp_path: Path) -> None:
    export(folder.with_name("a.duckdb"), tmp_path / "b")
    differs = [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and path.read_bytes() != (tmp_path / "b" / path.relative_to(folder)).read_bytes()
    ]
    assert differs == []


def test_an_older_export_is_replaced_whole(tmp_path: Path) -> None:
    given = export_of(tmp_path, rows())
    (given / "leftover.txt").write_text("of yesterday")
    export(tmp_path / "a.duckdb", given)
    assert not (given / "leftover.txt").exists()
    assert not list(tmp_path.glob(".a.*"))


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    write(rows(), tmp_path / "a.duckdb")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("mine")
    with pytest.raises(NotAnExport, match="is no export"):
        export(tmp_path / "a.duckdb", tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter1.txt").read_text() == "mine"


def test_a_failure_leaves_the_old_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = export_of(tmp_path, rows())
    before = (given / "SHA256SUMS").read_text()
    monkeypatch.setattr("warehouse.export.run.write_dcat", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(tmp_path / "a.duckdb", given)
    assert (given / "SHA256SUMS").read_text() == before
    assert not list(tmp_path.glob(".a.*"))


def test_an_export_killed_between_the_renames_is_put_back(tmp_path: Path) -> None:
    given = export_of(tmp_path, rows())
    given.rename(tmp_path / ".a.old")
    with pytest.raises(FileNotFoundError):
        export(tmp_path / "missing.duckdb", given)
    export(tmp_path / "a.duckdb", given)
    assert (given / "SHA256SUMS").is_file()
    assert not (tmp_path / ".a.old").exists()


def test_the_package_has_types_keys_and_meanings(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert set(resources) == set(TABLES) | {view.name for view in views()} | set(LISTS)
    stats = resources["area_stats"]["schema"]
    assert stats["primaryKey"] == ["project_id", "indicator_code", "scope"]
    assert {"fields": ["project_id"], "reference": {"resource": "projects", "fields": ["project_id"]}} in stats[
        "foreignKeys"
    ]
    fields = {field["name"]: field for field in stats["fields"]}
    assert fields["scope"]["constraints"] == {"required": True, "enum": ["city", "area"]}
    assert (fields["value"]["type"], fields["as_of"]["type"]) == ("number", "date")
    assert all(field["description"] for name in TABLES for field in resources[name]["schema"]["fields"])
    assert package["licenses"][0]["name"] == "DL-DE-BY-2.0"


def test_no_sheet_has_a_formula_a_link_or_a_number_that_was_a_text(folder: Path) -> None:
    with zipfile.ZipFile(folder / "biwaq.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "/sheet" in name and name.endswith(".xml")]
        workbook = book.read("xl/workbook.xml").decode()
    assert not re.search("<f[ >]|<hyperlink", "".join(sheets))
    names = re.findall(r'<sheet name="([^"]+)"', workbook)
    assert names[:2] == ["README", "dictionary"]
    assert set(names[2:]) == set(TABLES) | {view.name for view in views()}
    activities = sheets[names.index("project_activities")]
    assert 't="inlineStr"><is><t>007</t>' in activities
    assert 't="inlineStr"><is><t>=1+1</t>' in activities
    assert activities.count("<row ") == len(POISON) + 1
    assert 'state="frozen"' in activities


def test_nothing_in_the_catalogue_entry_is_made_up(folder: Path) -> None:
    graph = {node["@id"]: node for node in json.loads((folder / "dcat-ap.jsonld").read_bytes())["@graph"]}
    dataset = graph["#dataset"]
    assert "dcatde:contributorID" not in dataset  # GovData gives it to its suppliers; the operator has none yet
    assert dataset["dct:temporal"]["dcat:startDate"] == {"@value": "2015-04-01", "@type": "xsd:date"}
    assert [one["dct:format"]["@id"].rpartition("/")[2] for one in dataset["dcat:distribution"]] == [
        "CSV",
        "PARQUET",
        "XLSX",
    ]
    for one in dataset["dcat:distribution"]:
        assert one["dct:license"] == {"@id": "http://dcat-ap.de/def/licenses/dl-by-de/2.0"}
        assert (folder / one["dcat:accessURL"]["@id"]).exists()
        assert "Destatis" in one["dcatde:licenseAttributionByText"]["@value"]


MANDATORY = {
    "dcat:Catalog": {"dct:title", "dct:description", "dct:publisher", "dcat:dataset"},
    "dcat:Dataset": {"dct:title", "dct:description", "dct:publisher"},
    "dcat:Distribution": {"dcat:accessURL"},
    "foaf:Agent": {"foaf:name"},
    "spdx:Checksum": {"spdx:algorithm", "spdx:checksumValue"},
}
"""What DCAT-AP.de 3.0 makes mandatory, by class."""


def nodes(value: object) -> Iterator[dict[str, object]]:
    """Every node of a JSON-LD document that has a type."""
    if isinstance(value, dict):
        if "@type" in value and "@value" not in value:
            yield value
        for one in value.values():
            yield from nodes(one)
    elif isinstance(value, list):
        for one in value:
            yield from nodes(one)


def test_the_catalogue_entry_has_what_dcat_ap_de_makes_mandatory(folder: Path) -> None:
    found = list(nodes(json.loads((folder / "dcat-ap.jsonld").read_bytes())["@graph"]))
    assert {str(node["@type"]) for node in found} >= set(MANDATORY)
    for node in found:
        missing = {name for name in MANDATORY.get(str(node["@type"]), set()) if not node.get(name)}
        assert not missing, f"{node.get('@id')}: {missing}"


def test_what_the_publisher_has_not_decided_is_said_and_not_made_up(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (folder / "dcat-ap.jsonld").read_text(encoding="utf-8")
    assert "contributorID" not in text
    assert "contactPoint" not in text
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "Not set here: `dcat:contactPoint`" in readme
    assert "`dcatde:contributorID`" in readme
    monkeypatch.setitem(CATALOGUE, "contact_email", "daten@stadt.example")
    monkeypatch.setitem(CATALOGUE, "contributor_id", "http://dcat-ap.de/def/contributors/stadt")
    made = export_of(tmp_path, rows())
    graph = {node["@id"]: node for node in json.loads((made / "dcat-ap.jsonld").read_bytes())["@graph"]}
    assert graph["#dataset"]["dcatde:contributorID"] == {"@id": "http://dcat-ap.de/def/contributors/stadt"}
    assert graph["#contact"]["vcard:hasEmail"] == {"@id": "mailto:daten@stadt.example"}
    assert "All of them are set here." in (made / "README.md").read_text(encoding="utf-8")


def test_lists_of_operations_have_the_fields_of_the_law(folder: Path) -> None:
    assert len(LISTS["annex_xii"]["fields"]) == 11  # point 1 of Annex XII of Regulation 1303/2013
    points = [field["point"] for field in LISTS["article_49"]["fields"] if "point" in field]
    assert points == list("abcdefghijklmn")  # Article 49(3) of Regulation 2021/1060
    listed = table(folder / "operations" / "annex_xii.csv")
    assert list(listed[0]) == [heading(field) for field in LISTS["annex_xii"]["fields"]]
    duisburg = listed[0]
    assert duisburg["Name des Begünstigten / Beneficiary name"] == "Stadt Duisburg"
    assert duisburg["Datum des Beginns des Vorhabens / Operation start date"] == "2015-04-01"
    assert (
        duisburg["Unions-Kofinanzierungssatz pro Prioritätsachse / Union co-financing rate, as per priority axis"] == ""
    )
    note = (folder / "operations" / "CONFORMANCE.md").read_text(encoding="utf-8")
    for field in (field for wanted in LISTS.values() for field in wanted["fields"]):
        assert field["name_de"] in note
        assert field["name_en"] in note
        assert ("sql" in field) != ("why_de" in field and "why_en" in field)


def test_a_project_of_round_v_stands_in_the_list_of_its_period(tmp_path: Path) -> None:
    given = rows()
    given["rounds"].append(
        row(
            "rounds", code="V", label_de="Förderrunde V", label_en="Round V", position=5, fund="ESF Plus",
            programming_period="2021-2027",
        )
    )  # fmt: skip
    later = {
        **given["projects"][-1],
        "project_id": "v-duisburg",
        "round_code": "V",
        "goals": "Menschen in Arbeit bringen",
    }
    given["projects"].append(later)
    given["outcomes"].append(outcome("t-v", round_code="V", value=171, metric_code="participants"))
    given["outcome_claims"].append(claim("c-v", "d-news1", "t-v", project_id="v-duisburg", round_code="V", value=171))
    (listed,) = table(export_of(tmp_path, given) / "operations" / "article_49.csv")
    assert listed["Eindeutiger Code des Vorhabens / Unique code of the operation"] == "v-duisburg"
    assert listed["Betroffener Fonds / Fund concerned"] == "ESF Plus"
    purpose = next(value for name, value in listed.items() if name.startswith("Zweck"))
    assert purpose.startswith("Menschen in Arbeit bringen | Ergebnisse / achievements: ")
    assert "171 persons, unabhängige Quellen / independent sources: 1" in purpose


def test_the_delta_is_what_differs_by_hand(tmp_path: Path) -> None:
    old, new = rows(), rows()
    new["projects"][0] = {**new["projects"][0], "title": "=neu", "last_seen": "2027-01-01T00:00:00Z"}
    gone = new["project_activities"].pop() if new["project_activities"] else None
    new["organisations"].append(row("organisations", organisation_id="o-new", name="Verein Neu e. V."))
    write(old, tmp_path / "old.duckdb")
    write(new, tmp_path / "new.duckdb")
    report = export(tmp_path / "new.duckdb", tmp_path / "out", previous=tmp_path / "old.duckdb")
    delta = tmp_path / "out" / "delta"
    assert report.delta is not None
    assert report.delta["projects"] == (0, 1, 0)  # the last sighting is the run's, no change of the data
    assert report.delta["organisations"] == (1, 0, 0)
    (changed,) = table(delta / "changed" / "projects.csv")
    assert list(changed.values()) == ["iii-duisburg", "title", old["projects"][0]["title"], "'=neu"]
    assert [line["name"] for line in table(delta / "added" / "organisations.csv")] == ["Verein Neu e. V."]
    assert (delta / "gone" / "project_activities.csv").exists() is (gone is not None)
    summary = {line["table_name"]: line for line in table(delta / "summary.csv")}
    assert "runs" not in summary
    assert summary["projects"]["changed_rows"] == "1"


def test_without_an_earlier_build_there_is_no_delta(folder: Path) -> None:
    assert not (folder / "delta").exists()
    assert "no earlier build" in (folder / "README.md").read_text(encoding="utf-8")


def test_every_text_has_a_german_one_and_no_german_is_left_over() -> None:
    assert set(described()) - set(catalogue()) == set()
    assert set(catalogue()) - set(described()) == set()
    assert all(german.strip() for german in catalogue().values())


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_dictionary_is_whole_in_both_languages(language: str) -> None:
    page, site = markdown(language), html(language)  # type: ignore[arg-type]
    for name in [*TABLES, *(view.name for view in views()), *(macro.name for macro in macros())]:
        assert f"### {name}: " in page
        assert f'<h3 id="{name}">' in site
    assert ("Woher ein Wert kommt" in page) is (language == "de")
    assert "<script" not in site
    assert f'<html lang="{language}">' in site


def test_a_file_older_than_the_registry_is_exported_as_it_is(tmp_path: Path) -> None:
    write(rows(), tmp_path / "a.duckdb")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("DROP VIEW v_achievements; DROP MACRO TABLE why; DROP TABLE acceptances")
    report = export(tmp_path / "a.duckdb", tmp_path / "out")
    assert "v_achievements" not in report.rows
    assert not (tmp_path / "out" / "csv" / "acceptances.csv").exists()
    assert report.operations["annex_xii"] + report.operations["article_49"] == 0


def test_a_sheet_that_is_too_long_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.export.workbook.MOST_ROWS", 5)
    folder = export_of(tmp_path, poisoned())
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "Not in the workbook: project_activities: rows beyond 5 are left out." in readme
    assert len(table(folder / "csv" / "project_activities.csv")) == len(POISON)


def test_a_text_too_long_for_a_cell_is_cut_in_the_workbook_alone(tmp_path: Path) -> None:
    folder = export_of(tmp_path, poisoned(["x" * 40_000]))
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "project_activities: 1 texts longer than 32767 characters are cut" in readme
    assert len(table(folder / "csv" / "project_activities.csv")[-1]["text"]) == 40_000


def test_licence_and_publishers_are_named(folder: Path) -> None:
    licence = (folder / "LICENSE.md").read_text(encoding="utf-8")
    assert "https://www.govdata.de/dl-de/by-2-0" in licence
    assert "Destatis" in licence
    assert "BMWSB" in licence
