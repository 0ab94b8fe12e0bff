"""The three questions of the README, answered right: on the sample site and on the real pages.

The expected rows are written by hand: from the figures and partner lists in fixtures/site, and from the real pages.
"""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from tests.harmonised import rows_of
from tests.test_harmonise_real import PAGES, real_document
from tests.test_readme import TYPED
from tests.warehouse_file import rows
from warehouse.write import write

GAP, PARTNERS, OUTCOMES = (args[1] for args in TYPED[:3])
ALL_PARTNERS = PARTNERS.replace(" LIMIT 10", "")

GAPS = [
    ("Schwerin", "III", 16.9, 41.3, 24.4),
    ("Duisburg", "III", 18.6, 36.2, 17.6),
    ("Duisburg", "IV", 17.9, 35.1, 17.2),
    ("Leverkusen", "III", 13.2, 27.1, 13.9),
    ("Marburg", "III", 6.9, 18.5, 11.6),
    ("Leipzig", "III", 15.1, 25.7, 10.6),
    ("Marburg", "IV", 6.4, 15.8, 9.4),
    ("Oberhausen", "III", 19.8, 27.4, 7.6),
    ("Erfurt", "III", 14.6, 20.2, 5.6),
    ("Herne", "IV", None, 31.2, None),
]
STAYED = {
    "Duisburg": {
        "Stadt Duisburg",
        "Duisburger Werkkiste gGmbH",
        "EG DU Entwicklungsgesellschaft Duisburg mbH",
        "Gesellschaft für Beschäftigungsförderung mbH",
        "Jobcenter Duisburg",
        "Agentur für Arbeit Duisburg",
        "Quartiersmanagement Duisburg",
    },
    "Marburg": {
        "Universitätsstadt Marburg",
        "Arbeitskreis Soziale Brennpunkte Marburg e.V.",
        "Praxis GmbH Marburg",
        "Initiative für Kinder-, Jugend- und Gemeinwesenarbeit in Ockershausen e.V. (IKJG)",
        "KreisJobCenter Marburg-Biedenkopf",
        "Agentur für Arbeit Marburg",
    },
}
"""The bodies that the pages of rounds III and IV both name."""
PEOPLE = [
    ("Duisburg", "participants", "all", 827.0, 3, 1),
    ("Duisburg", "participants", "migration_background", 735.0, 2, 1),
    ("Duisburg", "participants", "unemployed", 670.0, 2, 1),
    ("Duisburg", "participants", "long_term_unemployed", 417.0, 1, 1),
    ("Duisburg", "improved_prospects", "all", 222.0, 3, 1),
    ("Duisburg", "employed", "all", 171.0, 3, 1),
    ("Schwerin", "participants", "all", 136.0, 1, 1),
    ("Schwerin", "employed", "all", 51.0, 1, 1),
    ("Duisburg", "training", "all", 32.0, 3, 1),
    ("Oberhausen", "participants", "all", 29.0, 1, 1),
]
"""Three papers, one release: one source."""


def by_code(sql: str) -> str:
    """The question with codes in place of labels."""
    return sql.replace("_label", "_code")


def test_the_gap_of_quarters_on_the_sample_site(published: Path) -> None:
    assert rows(published, GAP) == GAPS


def test_partners_over_rounds_on_the_sample_site(published: Path) -> None:
    wanted = {(*pair, "III, IV") for names in STAYED.values() for pair in permutations(names, 2)}
    found = rows(published, ALL_PARTNERS)
    assert set(found) == wanted
    assert len(found) == len(wanted) == 7 * 6 + 6 * 5


def test_outcomes_and_their_independent_sources_on_the_sample_site(published: Path) -> None:
    assert rows(published, by_code(OUTCOMES)) == PEOPLE


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The warehouse of the five real pages."""
    path = tmp_path_factory.mktemp("real") / "real.duckdb"
    write(rows_of(*(real_document(shared / "pages" / name, page_type) for name, page_type in PAGES.items())), path)
    return duckdb.connect(str(path), read_only=True)


def test_the_gap_of_quarters_on_the_real_pages(real: duckdb.DuckDBPyConnection) -> None:
    assert real.execute(GAP).fetchall() == [
        ("Duisburg", "III", 18.6, 36.2, 17.6),
        ("Erfurt", "III", 14.6, 20.2, 5.6),
    ]


def test_partners_over_rounds_on_the_real_pages(real: duckdb.DuckDBPyConnection) -> None:
    names = ("Duisburger Werkkiste gGmbH", "Gesellschaft für Beschäftigungsförderung mbH")
    assert set(real.execute(ALL_PARTNERS).fetchall()) == {(*pair, "III, IV") for pair in permutations(names)}


def test_outcomes_and_their_independent_sources_on_the_real_pages(real: duckdb.DuckDBPyConnection) -> None:
    assert real.execute(by_code(OUTCOMES)).fetchall() == [
        ("Duisburg", "participants", "all", 827.0, 2, 1),
        ("Duisburg", "participants", "migration_background", 735.0, 1, 1),
        ("Duisburg", "participants", "unemployed", 670.0, 1, 1),
        ("Duisburg", "improved_prospects", "all", 222.0, 2, 1),
        ("Duisburg", "employed", "all", 171.0, 2, 1),
        ("Duisburg", "training", "all", 32.0, 2, 1),
    ]
