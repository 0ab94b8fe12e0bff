"""`biwaq parse` on five real documents: what their README says of them, statement by statement. Needs --shared."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli import biwaq
from tests.gsb_pages import EXPECTED as DUISBURG
from tests.test_real_input import AREA, PAGES

ROOT = Path(__file__).resolve().parents[1]
# Claims: metric, subgroup, value, since, basis. All are of Duisburg, achieved, persons, exact.
CLAIMS = {
    "news_duisburg_827.html": [
        ("employed", "all", 171, "2023-01-01", "carried"),
        ("improved_prospects", "all", 222, "2023-01-01", "carried"),
        ("participants", "all", 827, "2023-01-01", "stated"),
        ("participants", "migration_background", 735, "2023-01-01", "carried"),
        ("participants", "unemployed", 670, "2023-01-01", "carried"),
        ("training", "all", 32, "2023-01-01", "carried"),
    ],
    "news_cottbus_duisburg.html": [
        ("employed", "all", 171, "2023-01-01", "stated"),
        ("improved_prospects", "all", 222, None, "carried"),
        ("participants", "all", 827, "2023-01-01", "stated"),
        ("training", "all", 32, "2023-01-01", "stated"),
    ],
}
ERFURT = {
    "title": "BIWAQ Erfurt",
    "subtitles": [],
    "target_groups": [
        "(Langzeit-)Arbeitslose",
        "Menschen mit Migrationshintergrund",
        "Alleinerziehende",
        "Ältere",
        "Betriebe der lokalen Ökonomie",
    ],
    "project_partners": ["Kontakt in Krisen e.V. (KIK)", "Euratibor e.V."],
    "cooperation_partners": [
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
    "area_source_note": "Stadt Erfurt, Abteilung Statistik und Wahlen (Stand: 2013)",
    "area_sources": [
        {
            "name": "Stadt Erfurt, Abteilung Statistik und Wahlen",
            "as_of": "2013-01-01",
            "as_of_precision": "year",
            "indicators": [],
        }
    ],
    "esf_region": "Übergangsregionen",
    "state": "Thüringen",
    "municipality": "Erfurt",
    "programme_areas": ["Magdeburger Allee", "Süd-Ost"],
    "action_fields": ["Nachhaltige Integration in Beschäftigung", "Stärkung der lokalen Ökonomie"],
    "runtime": {
        "start": "2015-10-01",
        "end": "2018-12-31",
        "precision": "month",
        "as_written": "10/2015 bis 12/2018",
    },
    "round_label": "2015 - 2018",
    "contact": {
        "organisation": "Stadt Erfurt",
        "street": "Juri-Gagarin-Ring 150",
        "postcode": "99084",
        "city": "Erfurt",
        "homepage": "http://www.example.org/",
    },
}
PARTNERS = {
    "cooperation_partners": [
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
    ]
}
PROJECTS = {"gsb_2390_Duisburg.html": {**DUISBURG, **PARTNERS}, "gsb_2369_Erfurt.html": ERFURT}
PROSE = ("summary", "goals", "activities")  # of the pages; it stays out of this repository


@pytest.fixture
def parsed(
    request: pytest.FixtureRequest, shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """What `biwaq parse FILE` prints of the page that a test names, without being told the type."""
    ran = biwaq(monkeypatch, capsys, "parse", shared / "pages" / request.param)
    assert ran.code == 0
    printed: dict[str, Any] = json.loads(ran.out)
    assert printed.keys() >= {"page_type", "parser_version", "record", "issues"}
    (page_type,) = [kind for kind, files in PAGES.items() if request.param in files]
    assert printed["page_type"] == page_type
    return printed


def _pieces(page: str, start: str, end: str, tag: str) -> list[str]:
    """The texts of all `tag` between two runs of a page's source: read with a pattern, not with our parsers."""
    part = page[page.index(start) : page.index(end, page.index(start))]
    found = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", part, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split()) for text in found]


@pytest.mark.parametrize("parsed", PROJECTS, indirect=True)
def test_project_pages_give_every_list_and_date(parsed: dict[str, Any]) -> None:
    (expected,) = [record for record in PROJECTS.values() if record["municipality"] == parsed["record"]["municipality"]]
    left_out = {*PROSE, "area_stats"}
    assert {k: v for k, v in parsed["record"].items() if k not in left_out} == {
        k: v for k, v in expected.items() if k not in left_out
    }
    assert parsed["issues"] == []


@pytest.mark.parametrize("parsed", PROJECTS, indirect=True)
def test_project_pages_give_every_area_figure(parsed: dict[str, Any]) -> None:
    town = parsed["record"]["municipality"].lower()
    figures = [
        (stat["indicator"], stat["scope"], stat["value"], stat["unit"]) for stat in parsed["record"]["area_stats"]
    ]
    assert sorted(figures) == [row[1:5] for row in AREA if row[0] == f"iii-{town}"]


@pytest.mark.parametrize("parsed", PROJECTS, indirect=True)
def test_project_pages_give_their_prose_as_it_stands_on_the_page(parsed: dict[str, Any], shared: Path) -> None:
    (file,) = [name for name in PROJECTS if parsed["record"]["municipality"] in name]
    page = (shared / "pages" / file).read_text("utf-8")
    record = parsed["record"]
    assert record["summary"].split("\n") == _pieces(page, 'class="abstract"', "<h2>Zielgruppen", "p")
    assert record["goals"].split("\n") == _pieces(page, "<h2>Ziele", "<h2>Aktivit", "p")
    assert record["activities"] == _pieces(page, "<h2>Aktivit", "Quellen der", "li")
    assert len(record["activities"]) == {"Duisburg": 13, "Erfurt": 14}[record["municipality"]]


@pytest.mark.parametrize("parsed", ["city_duisburg.html"], indirect=True)
def test_the_page_of_a_town_gives_round_four(parsed: dict[str, Any]) -> None:
    office = (
        "Stabsstelle für Wirtschafts-, Europa- und Fördermittelangelegenheiten des Dezernats für Wirtschaft, "
        "Integration, Sicherheit und Ordnung der Stadt Duisburg"
    )
    assert parsed["record"] == {
        "title": "Bildung, Wirtschaft, Arbeit im Quartier - BIWAQ",
        "programme": "Bildung, Wirtschaft, Arbeit im Quartier - BIWAQ",
        "project_title": "BIWAQ-Duisburg, Menschen und Quartiere bewegen – Digitalisierung inklusive",
        "municipality": "Duisburg",
        "programme_areas": ["Hochfeld", "Marxloh"],
        "partners": ["Duisburger Werkkiste", "Gesellschaft für Beschäftigungsförderung"],
        "coordination": office,
        "target_group_phrases": [
            "(langzeit-) arbeitslose Menschen ab 27 Jahren",
            "Menschen mit Migrationsbiografie",
            "Frauen",
        ],
        "runtime": {
            "start": "2019-01-01",
            "end": "2022-12-31",
            "precision": "day",
            "as_written": "vom 01.01.2019 bis zum 31.12.2022",
        },
    }
    assert parsed["issues"] == []


@pytest.mark.parametrize(("parsed", "claims"), CLAIMS.items(), indirect=["parsed"])
def test_articles_give_exactly_their_claims(parsed: dict[str, Any], claims: list[tuple[Any, ...]]) -> None:
    found = parsed["record"]["claims"]
    assert sorted((c["metric"], c["subgroup"], c["value"], c["since"], c["basis"]) for c in found) == claims
    same = {(c["place"], c["status"], c["unit"], c["qualifier"], c["as_of"]) for c in found}
    assert same == {("Duisburg", "achieved", "persons", "exact", None)}
    assert {c["since_precision"] for c in found if c["since"]} == {"month"}
    assert parsed["issues"] == []


@pytest.mark.parametrize(
    ("parsed", "title", "day", "places"),
    [
        (
            "news_duisburg_827.html",
            "BIWAQ-Initiative Duisburg: 827 Menschen auf dem Weg in Arbeit und Ausbildung",
            "2025-11-28",
            ["Duisburg"],
        ),
        (
            "news_cottbus_duisburg.html",
            "BIWAQ-Initiative schafft neue Chancen für Migranten in Cottbus und Duisburg",
            "2025-12-02",
            ["Cottbus", "Duisburg"],
        ),
    ],
    indirect=["parsed"],
)
def test_articles_give_title_day_and_towns(parsed: dict[str, Any], title: str, day: str, places: list[str]) -> None:
    record = parsed["record"]
    assert (record["title"], record["published_on"], record["language"]) == (title, day, "de")
    assert record["places"] == places


def test_both_articles_together_say_what_the_release_said() -> None:
    told = {claim[:3] for claims in CLAIMS.values() for claim in claims}
    assert {value for _, _, value in told} == {827, 670, 735, 171, 32, 222}
    assert len(told) == 6


def test_no_page_is_left_out(shared: Path) -> None:
    assert {file.name for file in (shared / "pages").glob("*.html")} == {
        name for names in PAGES.values() for name in names
    }


def test_their_sentences_stay_out_of_our_files(shared: Path) -> None:
    sources = [*(shared / "seeds").glob("*.txt"), *(shared / "pages").glob("*.html")]
    texts = [re.sub(r"<[^>]+>", " ", html.unescape(file.read_text("utf-8"))) for file in sources]
    sentences = {
        " ".join(sentence.split())
        for text in texts
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„“])|\n\s*\n", text)
    }
    sentences = {sentence for sentence in sentences if len(sentence) > 60 and sentence.endswith(".")}
    assert len(sentences) > 50
    kinds = {".py", ".toml", ".html", ".json", ".jsonl", ".md", ".j2", ".txt"}
    folders = ("fixtures", "tests", "parsers", "pipeline", "warehouse", "docs")
    ours = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in kinds]
    text = " ".join(" ".join(file.read_text("utf-8", "replace").split()) for file in ours)
    assert [sentence for sentence in sentences if sentence in text] == []
