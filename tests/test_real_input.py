"""Five real documents over HTTP: what the house must make of them. Needs --shared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import biwaq
from tests.loopback import serve_folder
from tests.warehouse_file import rows

SOURCE = """
id = "{id}"
title = "{id}"
publisher = "{id}"
page_type = "{type}"
hosts = ["127.0.0.1"]
urls = [{urls}]
min_delay_s = 0
allow_private = true
[expect]
min_pages = {n}
max_pages = 9
"""
PAGES = {
    "gsb_project": ["gsb_2390_Duisburg.html", "gsb_2369_Erfurt.html"],
    "city_page": ["city_duisburg.html"],
    "news_article": ["news_duisburg_827.html", "news_cottbus_duisburg.html"],
}


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after one run on the real pages."""
    folder = tmp_path_factory.mktemp("real")
    sources = folder / "sources"
    sources.mkdir()
    with pytest.MonkeyPatch.context() as patch, serve_folder(shared / "pages") as port:
        for page_type, files in PAGES.items():
            urls = ", ".join(f'"http://127.0.0.1:{port}/{file}"' for file in files)
            name = page_type.replace("_", "-")
            text = SOURCE.format(id=name, type=page_type, urls=urls, n=len(files))
            (sources / f"{name}.toml").write_text(text, encoding="utf-8")
        ran = _run(patch, sources, folder / "data")
    assert ran == 0
    return folder / "data"


def _run(patch: pytest.MonkeyPatch, sources: Path, data: Path) -> int:
    import sys

    from pipeline.cli import main

    patch.setattr(sys, "argv", ["biwaq", "run", "--sources", str(sources), "--data", str(data)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_three_projects_on_two_lines(real: Path) -> None:
    assert rows(
        real,
        "SELECT project_id, round_code, start_date::VARCHAR, end_date::VARCHAR, runtime_precision, ags "
        "FROM projects ORDER BY project_id",
    ) == [
        ("iii-duisburg", "III", "2015-04-01", "2018-12-31", "month", "05112000"),
        ("iii-erfurt", "III", "2015-10-01", "2018-12-31", "month", "16051000"),
        ("iv-duisburg", "IV", "2019-01-01", "2022-12-31", "day", "05112000"),
    ]
    lines = dict(rows(real, "SELECT project_id, project_line_id FROM projects"))
    assert lines["iii-duisburg"] == lines["iv-duisburg"] != lines["iii-erfurt"]


@pytest.mark.parametrize(
    ("project", "role", "names"),
    [
        (
            "iii-duisburg",
            "partner",
            [
                "qualiNETZ Beratung und Forschung GmbH",
                "Duisburger Werkkiste gGmbH",
                "EG DU Entwicklungsgesellschaft Duisburg mbH",
            ],
        ),
        (
            "iii-duisburg",
            "cooperation",
            [
                "Jobcenter Duisburg",
                "Agentur für Arbeit Duisburg",
                "MEB Einzelhandelsbündnis e. V.",
                "Migranten-Unternehmen e. V.",
                "Gesellschaft für Wirtschaftsförderung Duisburg mbH",
                "Gesellschaft für Beschäftigungsförderung mbH",
                "Industrie- und Handelskammer Duisburg",
                "Kreishandwerkerschaft Duisburg",
                "Verein türkischstämmiger Geschäftsleute in Duisburg und Umgebung e. V.",
                "Runder Tisch Marxloh e. V.",
                "Quartiersmanagement",
                "Marxloh Einzelhandelsbündnis e. V.",
                "Medienbunker Marxloh",
            ],
        ),
        ("iii-erfurt", "partner", ["Kontakt in Krisen e.V. (KIK)", "Euratibor e.V."]),
        (
            "iii-erfurt",
            "cooperation",
            [
                "Amt für Wirtschaftsförderung der Stadt Erfurt",
                "Jobcenter Erfurt",
                "Quartiersmanagement Magdeburger Allee",
                "Quartiersmanagement Südost",
                "Stadtteilkonferenz Südost",
                "Bürgerbeirat Ortsteil Ilversgehofen",
                "Bürgerbeirat Soziale Stadt",
                "regionale Seniorenclubs",
                "Mietervertreterinnen und -vertreter",
                "regionale Wohnungsunternehmen",
                "Netzwerk Pro Gründen",
            ],
        ),
    ],
)
def test_every_partner_in_page_order(real: Path, project: str, role: str, names: list[str]) -> None:
    found = rows(
        real,
        f"SELECT name_as_written FROM project_organisations WHERE project_id = '{project}' "
        f"AND role = '{role}' ORDER BY position",
    )
    assert [name for (name,) in found] == names


def test_target_groups_areas_fields_and_activities(real: Path) -> None:
    groups = rows(
        real,
        "SELECT project_id, list(target_group_code ORDER BY position) FROM project_target_groups "
        "WHERE project_id LIKE 'iii-%' GROUP BY ALL ORDER BY ALL",
    )
    assert groups == [
        ("iii-duisburg", ["long_term_unemployed", "migration_background", "local_businesses"]),
        (
            "iii-erfurt",
            ["long_term_unemployed", "migration_background", "single_parents", "older_people", "local_businesses"],
        ),
    ]
    areas = rows(
        real, "SELECT project_id, list(name ORDER BY position) FROM project_programme_areas GROUP BY ALL ORDER BY ALL"
    )
    assert areas == [
        ("iii-duisburg", ["Marxloh", "Hochfeld"]),
        ("iii-erfurt", ["Magdeburger Allee", "Süd-Ost"]),
        ("iv-duisburg", ["Hochfeld", "Marxloh"]),
    ]
    activities = rows(real, "SELECT project_id, count(*) FROM project_activities GROUP BY ALL ORDER BY ALL")
    assert activities == [("iii-duisburg", 13), ("iii-erfurt", 14)]


AREA = [
    ("iii-duisburg", "area_ha", "area", 68, "ha", "2015-01-01"),
    ("iii-duisburg", "inhabitants", "area", 37583, "persons", "2015-01-01"),
    ("iii-duisburg", "inhabitants", "city", 494545, "persons", "2015-01-01"),
    ("iii-duisburg", "migration_share", "area", 68.7, "percent", "2015-01-01"),
    ("iii-duisburg", "migration_share", "city", 36.4, "percent", "2015-01-01"),
    ("iii-duisburg", "sgb2_rate", "area", 36.2, "percent", "2015-07-01"),
    ("iii-duisburg", "sgb2_rate", "city", 18.6, "percent", "2015-07-01"),
    ("iii-duisburg", "unemployment_rate", "area", 19.4, "percent", "2015-07-01"),
    ("iii-duisburg", "unemployment_rate", "city", 14.6, "percent", "2015-07-01"),
    ("iii-erfurt", "area_ha", "area", 143, "ha", "2013-01-01"),
    ("iii-erfurt", "inhabitants", "area", 62408, "persons", "2013-01-01"),
    ("iii-erfurt", "inhabitants", "city", 205112, "persons", "2013-01-01"),
    ("iii-erfurt", "migration_share", "area", 8.2, "percent", "2013-01-01"),
    ("iii-erfurt", "migration_share", "city", 7.5, "percent", "2013-01-01"),
    ("iii-erfurt", "sgb2_rate", "area", 20.2, "percent", "2013-01-01"),
    ("iii-erfurt", "sgb2_rate", "city", 14.6, "percent", "2013-01-01"),
    ("iii-erfurt", "unemployment_rate", "area", 7.9, "percent", "2013-01-01"),
    ("iii-erfurt", "unemployment_rate", "city", 6.3, "percent", "2013-01-01"),
]


def test_all_eighteen_area_figures_with_unit_and_date(real: Path) -> None:
    assert (
        rows(real, "SELECT project_id, indicator_code, scope, value, unit, as_of::VARCHAR FROM area_stats ORDER BY ALL")
        == AREA
    )


def test_crowded_areas_are_called_implausible(real: Path) -> None:
    assert rows(real, "SELECT DISTINCT project_id FROM area_stats WHERE plausibility = 'implausible' ORDER BY 1") == [
        ("iii-duisburg",),
        ("iii-erfurt",),
    ]  # 553 and 436 inhabitants a hectare


def test_both_articles_are_one_origin(real: Path) -> None:
    found = rows(
        real,
        "SELECT metric_code, subgroup_code, value, since::VARCHAR, n_documents, n_independent_sources, "
        "agreement FROM outcomes ORDER BY ALL",
    )
    assert found == [
        ("employed", "all", 171, "2023-01-01", 2, 1, "single"),
        ("improved_prospects", "all", 222, "2023-01-01", 2, 1, "single"),
        ("participants", "all", 827, "2023-01-01", 2, 1, "single"),
        ("participants", "migration_background", 735, "2023-01-01", 1, 1, "single"),
        ("participants", "unemployed", 670, "2023-01-01", 1, 1, "single"),
        ("training", "all", 32, "2023-01-01", 2, 1, "single"),
    ]
    carried = rows(
        real,
        "SELECT c.basis, c.since, c.municipality_name FROM outcome_claims c JOIN documents USING "
        "(document_id) WHERE url LIKE '%cottbus%' AND value = 222",
    )
    assert carried == [("carried", None, "Duisburg")]


def test_why_reads_the_passage_back_from_the_archive(
    real: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = biwaq(monkeypatch, capsys, "why", "area_stats", "iii-duisburg|sgb2_rate|area", "value", "--data", real)
    assert ran.code == 0
    assert "36,2 %" in ran.out
    assert "gsb_2390_Duisburg.html" in ran.out
    assert ".warc.gz at byte " in ran.out
    ((claim,),) = rows(
        real,
        "SELECT claim_id FROM outcome_claims JOIN documents USING (document_id) "
        "WHERE url LIKE '%duisburg_827%' AND value = 735",
    )
    ran = biwaq(monkeypatch, capsys, "why", "outcome_claims", claim, "value", "--data", real)
    assert ran.code == 0
    assert "735" in ran.out
    assert "news_duisburg_827.html" in ran.out
