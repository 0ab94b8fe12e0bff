"""What changed between the rounds of a line: partners, roles, areas. Expected by hand from the pages' own lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harmonised import DUISBURG_III, III, IV, city_page, project_page, rows_of
from tests.test_harmonise_real import PAGES, real_document
from tests.warehouse_file import rows as asked
from warehouse.duck import read_only
from warehouse.model import Document, Rows
from warehouse.tables import term_rows
from warehouse.write import write

CHANGES = "SELECT change, name, roles_before, roles_after FROM v_line_changes WHERE "
DUISBURG = "project_line_id = 'line-duisburg' AND from_round_code = 'III' AND to_round_code = 'IV'"
OFFICE = "Stabsstelle für Wirtschafts-, Europa- und Fördermittelangelegenheiten"
V = {"start": "2023-01-01", "end": "2026-06-30", "precision": "month", "as_written": "01/2023 bis 06/2026"}


def changes(folder: Path, rows: Rows, where: str = "true") -> set[tuple[object, ...]]:
    """The rows of the view for harmonised rows."""
    write({**rows, "terms": term_rows()}, folder / "w.duckdb")
    with read_only(folder / "w.duckdb") as connection:
        return set(connection.execute(CHANGES + where).fetchall())


def test_partners_of_duisburg_from_iii_to_iv(published: Path) -> None:
    """Page 2390 names 3 partners and 13 others (one of them twice), page 30 names 3 and 4 (and 7 categories)."""
    assert set(asked(published, CHANGES + DUISBURG + " AND subject = 'organisation'")) == {
        ("stayed", "Stadt Duisburg", "lead", "lead"),
        ("stayed", "Duisburger Werkkiste gGmbH", "partner", "partner"),
        ("stayed", "EG DU Entwicklungsgesellschaft Duisburg mbH", "partner", "partner"),
        ("stayed", "Jobcenter Duisburg", "cooperation", "cooperation"),
        ("stayed", "Agentur für Arbeit Duisburg", "cooperation", "cooperation"),
        ("stayed", "Quartiersmanagement Duisburg", "cooperation", "cooperation"),
        ("role_changed", "Gesellschaft für Beschäftigungsförderung mbH", "cooperation", "partner"),
        ("left", "qualiNETZ Beratung und Forschung GmbH", "partner", None),
        ("left", "Marxloh Einzelhandelsbündnis (MEB) e. V.", "cooperation", None),
        ("left", "Migranten-Unternehmen e. V.", "cooperation", None),
        ("left", "Gesellschaft für Wirtschaftsförderung Duisburg mbH", "cooperation", None),
        ("left", "Industrie- und Handelskammer Duisburg", "cooperation", None),
        ("left", "Kreishandwerkerschaft Duisburg", "cooperation", None),
        ("left", "Verein türkischstämmiger Geschäftsleute in Duisburg und Umgebung e. V.", "cooperation", None),
        ("left", "Runder Tisch Marxloh e. V.", "cooperation", None),
        ("left", "Medienbunker Marxloh", "cooperation", None),
        # Only the town's page of round IV says who coordinates; no page of round III does, so it did not "come".
        ("not_told", f"{OFFICE} der Stadt Duisburg", None, "coordination"),
    }


@pytest.mark.parametrize(
    ("line", "areas"),
    [
        ("line-duisburg", {("stayed", "Marxloh"), ("stayed", "Hochfeld")}),
        ("line-leipzig", {("stayed", "Grünau"), ("stayed", "Leipziger Osten"), ("came", "Paunsdorf")}),
        ("line-marburg", {("stayed", "Ockershausen-Stadtwald"), ("stayed", "Waldtal"), ("came", "Richtsberg")}),
    ],
)
def test_areas_from_iii_to_iv(published: Path, line: str, areas: set[tuple[str, str]]) -> None:
    where = f"WHERE project_line_id = '{line}' AND subject = 'area'"
    assert set(asked(published, f"SELECT change, name FROM v_line_changes {where}")) == areas


def test_a_line_of_one_round_has_no_changes(published: Path) -> None:
    assert asked(published, CHANGES + "municipality_name IN ('Köln', 'Erfurt')") == []


def test_every_line_of_several_rounds_is_there(published: Path) -> None:
    wanted = "SELECT project_line_id FROM project_lines WHERE first_round_code <> last_round_code"
    assert asked(published, f"({wanted}) EXCEPT SELECT project_line_id FROM v_line_changes") == []


def test_the_real_pages_of_duisburg(shared: Path, tmp_path: Path) -> None:
    """III from the programme's page, IV from the town's own, which names two partners and the coordinating office."""
    documents = [real_document(shared / "pages" / name, kind) for name, kind in PAGES.items()]
    found = {(change, name) for change, name, *_ in changes(tmp_path, rows_of(*documents))}
    assert {("stayed", "Duisburger Werkkiste gGmbH"), ("stayed", "Marxloh"), ("stayed", "Hochfeld")} <= found
    assert ("role_changed", "Gesellschaft für Beschäftigungsförderung mbH") in found
    assert ("left", "qualiNETZ Beratung und Forschung GmbH") in found
    assert ("left", "EG DU Entwicklungsgesellschaft Duisburg mbH") in found
    assert ("not_told", "Jobcenter Duisburg") in found  # the town's page lists no cooperation partners at all
    assert not {name for change, name in found if change == "came"}


def _koeln(number: int, wave: int, label: str | None, runtime: dict[str, str], **values: object) -> Document:
    given = {"title": "Köln", "state": "Nordrhein-Westfalen", "municipality": "Köln", "round_label": label}
    return project_page(number, "Koeln", wave=wave, runtime=runtime, **{**given, **values})


def test_three_rounds_are_two_steps_and_silence_is_no_leaving(tmp_path: Path) -> None:
    """Duisburg III, IV and V: the press release of V names two partners and no cooperation partners."""
    iii = project_page(2390, "Duisburg", **DUISBURG_III, project_partners=["EG DU"], cooperation_partners=["Jobcenter"])
    iv = project_page(
        30, "Duisburg", wave=4, **{**DUISBURG_III, "round_label": "2019 - 2022", "runtime": IV},
        project_partners=["EG DU", "Duisburger Werkkiste gGmbH"], cooperation_partners=["Jobcenter Duisburg"],
    )  # fmt: skip
    v = city_page(
        "https://duisburg.example/v", title="BIWAQ V", municipality="Duisburg", runtime=V,
        partners=["Duisburger Werkkiste (Marxloh)"],
    )  # fmt: skip
    rows = rows_of(iii, iv, v)
    assert changes(tmp_path, rows, "from_round_code = 'III'") == {
        ("stayed", "EG DU", "partner", "partner"),
        ("stayed", "Jobcenter Duisburg", "cooperation", "cooperation"),
        ("came", "Duisburger Werkkiste gGmbH", None, "partner"),
        ("stayed", "Marxloh", None, None),
        ("stayed", "Hochfeld", None, None),
    }
    with read_only(tmp_path / "w.duckdb") as connection:
        found = set(connection.execute(CHANGES + "to_round_code = 'V'").fetchall())
    assert found == {
        ("left", "EG DU", "partner", None),
        ("stayed", "Duisburger Werkkiste gGmbH", "partner", "partner"),
        ("not_told", "Jobcenter Duisburg", "cooperation", None),
        ("not_told", "Marxloh", None, None),
        ("not_told", "Hochfeld", None, None),
    }


def test_a_round_without_a_project_is_passed_over_and_an_empty_list_is_told(tmp_path: Path) -> None:
    """Köln III, then a made-up V: a dash is a list that names nobody."""
    before = _koeln(2472, 3, "2015 - 2018", III, programme_areas=["MÜLHEIM 2020 (Köln-Mülheim)"],
                    cooperation_partners=["Handwerkskammer Köln"])  # fmt: skip
    after = _koeln(9, 5, None, V, programme_areas=["Köln-Mülheim", "Chorweiler"], cooperation_partners=["-"])
    write({**rows_of(before, after), "terms": term_rows()}, tmp_path / "w.duckdb")
    with read_only(tmp_path / "w.duckdb") as connection:
        found = connection.execute(
            "SELECT from_round_code, to_round_code, change, name FROM v_line_changes ORDER BY change"
        ).fetchall()
    assert found == [
        ("III", "V", "came", "Chorweiler"),
        ("III", "V", "left", "Handwerkskammer Köln"),
        ("III", "V", "stayed", "Köln-Mülheim"),
    ]
