"""The code files: every label seen has a home, no label has two, nothing dead goes unseen."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from warehouse.codelists import CODES, CodeFileError, load, load_file, vocabulary
from warehouse.folding import fold, label_key, slug
from warehouse.harmonise.code_tables import LISTS, code_tables
from warehouse.harmonise.decisions import DecisionError, decisions, read_decisions
from warehouse.harmonise.org_words import take_legal_forms
from warehouse.tables import TABLES

ROOT = Path(__file__).parent.parent

# Every label of 28 project pages and of other pages, as they were written, with the code it must have.
SEEN = [
    ("target_groups", "(Langzeit-)Arbeitslose", "long_term_unemployed"),
    ("target_groups", "(langzeit-) arbeitslose", "long_term_unemployed"),
    ("target_groups", "(Langzeit)Arbeitslose", "long_term_unemployed"),
    ("target_groups", "Menschen mit Migrationshintergrund", "migration_background"),
    ("target_groups", "Migrationsbiografie", "migration_background"),
    ("target_groups", "Migrationsbiographie", "migration_background"),
    ("target_groups", "Betriebe der lokalen Ökonomie", "local_businesses"),
    ("target_groups", "Unternehmen der lokalen Ökonomie", "local_businesses"),
    ("target_groups", "Unternehmer/-innen der lokale Ökonomie", "local_businesses"),
    ("target_groups", "KMU", "local_businesses"),
    ("target_groups", "Alleinerziehende", "single_parents"),
    ("target_groups", "Ältere", "older_people"),
    ("target_groups", "Berufsrückkehrerinnen und Berufsrückkehrer", "returners"),
    ("target_groups", "Berufsrück-kehrer:innen", "returners"),
    ("target_groups", "SGB-II-Leistungsbeziehende", "sgb2_recipients"),
    ("target_groups", "Soloselbstständige", "solo_self_employed"),
    ("target_groups", "Solo-Selbständige", "solo_self_employed"),
    ("target_groups", "Erwerbstätige", "employed"),
    ("target_groups", "Frauen", "women"),
    ("target_groups", "Nichterwerbstätige", "not_employed"),
    ("target_groups", "Erziehende", "parents"),
    ("action_fields", "Nachhaltige Integration in Beschäftigung", "integration"),
    ("action_fields", "Integration in nachhaltige Beschäftigung", "integration"),
    ("action_fields", "Förderung der beruflichen Integration", "integration"),
    ("action_fields", "HF 1", "integration"),
    ("action_fields", "Stärkung der lokalen Ökonomie", "local_economy"),
    ("action_fields", "Übergang von der Schule in den Beruf", "school_to_work"),
    ("action_fields", "Übergang von der Schule zum Beruf", "school_to_work"),
    ("action_fields", "Integration langzeitarbeitsloser Frauen und Männer in Arbeit", "long_term_unemployed"),
    ("action_fields", "Integration Langzeitarbeitsloser", "long_term_unemployed"),
    ("action_fields", "Quartiersarbeit", "district_work"),
    ("esf_regions", "Stärker entwickelte Regionen", "more_developed"),
    ("esf_regions", "Übergangsregionen", "transition"),
    ("rounds", "2015 - 2018", "III"),
    ("rounds", "2015\u20132018", "III"),
    ("rounds", "2019-22", "IV"),
    ("rounds", "2019-2022", "IV"),
    ("rounds", "BIWAQ3", "III"),
    ("rounds", "V", "V"),
    ("states", "Nordrhein-Westfalen", "NW"),
    ("states", "NRW", "NW"),
    ("states", "Mecklenburg-Vorpommern", "MV"),
]

CONTRACT = {
    "rounds": "I II III IV V",
    "metrics": "participants employed training improved_prospects companies_supported grant_eur total_cost_eur "
    "placement_rate",
    "subgroups": "all unemployed long_term_unemployed migration_background women single_parents refugees",
    "target_groups": "long_term_unemployed migration_background local_businesses single_parents older_people women "
    "returners sgb2_recipients solo_self_employed employed",
    "indicators": "area_ha inhabitants sgb2_rate unemployment_rate migration_share",
}


@pytest.mark.parametrize(("name", "label", "code"), SEEN)
def test_every_label_seen_has_a_home(name: str, label: str, code: str) -> None:
    assert load(name).lookup(label) == code


@pytest.mark.parametrize("name", CONTRACT)
def test_the_codes_of_the_contract_are_there(name: str) -> None:
    assert set(CONTRACT[name].split()) <= set(load(name).entries)


@pytest.mark.parametrize("label", ["Jugendliche", "2007-2013", "2027 - 2030", "Menschen", ""])
def test_an_unknown_label_finds_nothing(label: str) -> None:
    assert all(load(name).lookup(label) is None for name in LISTS)


def test_umlauts_stay_apart() -> None:
    assert label_key("Müßig") != label_key("Muessig")
    assert load("target_groups").lookup("Aeltere") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bürger*innen", "Bürgerinnen und Bürger"),
        ("Bewohner/-innen", "Bewohner:innen"),
        ("Einwohner/innenzahl", "Einwohner(innen)zahl"),
        ("SeniorInnen", "Senior/innen"),
        ("Mietervertreterinnen und -vertreter", "Mietervertreter*innen"),
        ("Süd\u2010Ost", "Süd\u2212Ost"),
        ("Sozial\u00adamt", "Sozialamt"),
        ("e.\u00a0V.", "e. V."),
    ],
)
def test_spellings_that_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_the_capital_of_innenstadt_is_no_gender_form() -> None:
    assert fold("Köln/Innenstadt") == "köln/innenstadt"


@pytest.mark.parametrize(("name", "wanted"), [("Halle (Saale)", "halle-saale"), ("Gießen", "giessen")])
def test_slugs_are_readable(name: str, wanted: str) -> None:
    assert slug(name) == wanted


@pytest.mark.parametrize("name", [*LISTS, "legal_forms"])
def test_each_file_loads_and_every_variant_leads_to_its_code(name: str) -> None:
    codes = load(name)
    for entry in codes.entries.values():
        assert all(codes.lookup(label) == entry.code for label in (entry.label_de, *entry.variants))


def _file(folder: Path, text: str) -> Path:
    path = folder / "colours.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[codes.a]\nlabel_de="Rot"\nlabel_en="red"\n[codes.b]\nlabel_de="Blau"\nlabel_en="b"\nvariants=["ROT"]',
            "twice",
        ),
        ('[codes.a]\nlabel_de="Rot"\nlabel_en="red"\n[ignored]\nlabels=["rot"]', "both ignored and a label"),
        ('[codes.a]\nlabel_de="Rot"', "needs label_de and label_en"),
        ('[colours.a]\nlabel_de="Rot"', r"needs \[codes"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CodeFileError, match=said):
        load_file(_file(tmp_path, text))


def test_dead_entries_are_reported(tmp_path: Path) -> None:
    text = '[codes.a]\nlabel_de="Rot"\nlabel_en="red"\nvariants=["Röte", "Rötlich"]\n[ignored]\nlabels=["-x"]'
    assert load_file(_file(tmp_path, text)).unused(["RÖTE", "Grün"]) == ["Rötlich", "-x"]


@pytest.mark.parametrize("name", LISTS)
def test_every_attribute_of_a_code_is_a_column(name: str) -> None:
    extras = {key for entry in load(name).entries.values() for key in entry.extra}
    assert extras <= set(TABLES[name].names)


def test_bezirke_stand_beside_their_cities() -> None:
    places = {row["code"]: row for row in code_tables()["municipalities"]}
    assert places["11000000-08"]["label_de"] == "Berlin-Neukölln"
    assert places["11000000-08"]["parent_code"] == "11000000"
    assert places["02000000-1"]["label_de"] == "Hamburg-Mitte"
    assert places["15002000"]["nuts3"] == "DEE02"
    assert len(places) == 1618 + 19


def _kinds_in(path: Path) -> set[str]:
    """The kinds of issues that a module gives: the string after a severity in a call."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        for before, after in zip(node.args, node.args[1:], strict=False):
            if _is_severity(before) and isinstance(after, ast.Constant) and isinstance(after.value, str):
                found.add(after.value)
    return found


def _is_severity(node: ast.expr) -> bool:
    branch = node.body if isinstance(node, ast.IfExp) else node
    return getattr(branch, "value", None) in ("error", "warning", "info")


def test_every_kind_of_issue_is_explained() -> None:
    modules = [*(ROOT / "parsers").glob("*.py"), *(ROOT / "warehouse" / "harmonise").glob("*.py")]
    given = set().union(*map(_kinds_in, modules))
    assert {"unknown_label", "ambiguous_place", "missing_unit"} <= given
    assert given - set(load("issue_kinds").entries) == set()


def test_every_kind_of_body_has_a_label() -> None:
    used = {entry["kind"] for entry in vocabulary("organisation_words")["kinds"]} | {"category"}
    assert used == set(load("organisation_kinds").entries)


@pytest.mark.parametrize(
    ("name", "bare", "short"),
    [
        ("Lernen aktiv e. V.", "Lernen aktiv", "e. V."),
        ("Klub Polski e.V.", "Klub Polski", "e. V."),
        ("Frauenkultur e.V. Leipzig", "Frauenkultur Leipzig", "e. V."),
        ("JOB Service Leverkusen gGmbh", "JOB Service Leverkusen", "gGmbH"),
        ("Sozialwerk gemeinnützige GmbH", "Sozialwerk", "gGmbH"),
        ("GWH Wohnungsgesellschaft mbH Hessen", "GWH Wohnungsgesellschaft Hessen", "GmbH"),
        ("Pflegeheim Wohnpark Zippendorf GmbH & Co.KG", "Pflegeheim Wohnpark Zippendorf", "GmbH & Co. KG"),
        ("Wohnungsbau eG", "Wohnungsbau", "eG"),
        ("Stadtwerke AöR", "Stadtwerke", "AöR"),
        ("Diakonie K.d.ö.R.", "Diakonie", "KdöR"),
        ("Praxis gmbh", "Praxis", "GmbH"),
        ("Klub Polski E.V.", "Klub Polski", "e. V."),
        ("Lernwerk gUG (haftungsbeschränkt)", "Lernwerk", "gUG"),
        ("Immobilien AG", "Immobilien", "AG"),
    ],
)
def test_legal_forms(name: str, bare: str, short: str) -> None:
    found, form = take_legal_forms(name)
    assert (found, form.short if form else None) == (bare, short)


@pytest.mark.parametrize("name", ["AG Stadtteil", "EG DU Entwicklung", "Stiftung Wittekindshof Diakonie", "Jobcenter"])
def test_names_without_a_legal_form(name: str) -> None:
    assert take_legal_forms(name) == (name, None)


def test_the_decisions_are_complete() -> None:
    assert {"same", "name", "split"} <= {decision.kind for decision in decisions()}
    assert all(decision.because for decision in decisions() if decision.kind != "undecided")


@pytest.mark.parametrize(
    "text",
    [
        '[[same]]\nnames=["A"]\nbecause="x"',
        '[[same]]\nnames=["A","B"]\nbecause=""',
        '[[undecided]]\nnames=["A"]',
        '[[name]]\nname="A"',
        '[[maybe]]\nnames=["A","B"]',
    ],
)
def test_a_decision_that_is_not_complete_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DecisionError):
        read_decisions(_file(tmp_path, text))


def test_no_file_is_left_out() -> None:
    known = {*LISTS, "legal_forms", "places", "publishers", "organisation_words"}
    assert {path.stem for path in CODES.glob("*.toml")} == known
