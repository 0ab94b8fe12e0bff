"""The registry: the contract's tables and columns, parents first, sets with labels, SQL and dictionary made from it."""

from __future__ import annotations

import re

import pytest

from warehouse import ddl
from warehouse.columns import Column, Table
from warehouse.dictionary import markdown
from warehouse.tables import TABLES, row_key, term_rows
from warehouse.terms import TERMS

CONTRACT = {
    "projects": (
        "project_id",
        "title subtitle summary goals round_code start_date end_date runtime_precision municipality_name ags "
        "state_code esf_region_code contact_organisation contact_street contact_postcode contact_city contact_homepage "
        "project_line_id document_id first_seen last_seen",
    ),
    "project_lines": ("project_line_id", "municipality_name ags label first_round_code last_round_code n_projects"),
    "project_programme_areas": ("project_id position", "name"),
    "project_action_fields": ("project_id position", "action_field_code label_as_written"),
    "project_target_groups": ("project_id position", "target_group_code label_as_written"),
    "project_organisations": ("project_id role position", "organisation_id name_as_written"),
    "project_activities": ("project_id position", "text"),
    "organisations": ("organisation_id", "name legal_form kind ags"),
    "organisation_names": ("organisation_id name_as_written", "n_mentions"),
    "area_stats": (
        "project_id indicator_code scope",
        "value unit value_as_written as_of as_of_precision source_note plausibility",
    ),
    "outcome_claims": (
        "claim_id",
        "document_id project_id project_line_id municipality_name ags round_code metric_code subgroup_code value unit "
        "qualifier status basis since since_precision as_of as_of_precision quote char_start char_end rule outcome_id",
    ),
    "outcomes": (
        "outcome_id",
        "municipality_name ags project_line_id round_code metric_code subgroup_code status value unit since "
        "n_documents n_independent_sources agreement",
    ),
    "documents": (
        "document_id",
        "url page_type source_id title publisher published_on language first_seen last_seen gone_since snapshot_id",
    ),
    "document_places": ("document_id ags", "municipality_name n_mentions"),
    "snapshots": (
        "snapshot_id",
        "document_id fetched_at http_status content_hash byte_hash archive_file archive_offset",
    ),
    "provenance": ("table_name row_key column_name", "document_id snapshot_id locator quote rule"),
    "changes": ("change_id", "document_id table_name row_key column_name old_value new_value seen_at"),
    "issues": ("issue_id", "run_id severity kind document_id field value message"),
    "runs": ("run_id", "started_at finished_at listed fetched unchanged parsed failed published data_as_of"),
    "rounds": ("code", "label_de label_en start_date end_date"),
    "states": ("code", "label_de label_en"),
    "municipalities": ("code", "label_de label_en ags nuts3 lat lon"),
    "target_groups": ("code", "label_de label_en"),
    "action_fields": ("code", "label_de label_en"),
    "esf_regions": ("code", "label_de label_en"),
    "metrics": ("code", "label_de label_en unit"),
    "subgroups": ("code", "label_de label_en"),
    "indicators": ("code", "label_de label_en unit"),
}


@pytest.mark.parametrize("name", CONTRACT)
def test_a_table_of_the_contract_is_there(name: str) -> None:
    key, columns = CONTRACT[name]
    assert TABLES[name].key == tuple(key.split())
    assert set(columns.split()) <= set(TABLES[name].names)


def test_parents_come_first() -> None:
    seen: set[str] = set()
    for table in TABLES.values():
        assert set(table.parents) <= seen
        seen.add(table.name)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_table_is_whole(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert all(not table.column(name).nullable for name in table.key)
    for column in table.columns:
        assert column.description
        assert not column.description.endswith(".")
        if column.references is not None:
            parent, name = column.references.split(".")
            assert TABLES[parent].column(name).type == column.type
            assert TABLES[parent].key == (name,)


@pytest.mark.parametrize("name", ["area_stats", "outcome_claims", "project_organisations"])
def test_facts_promise_evidence(name: str) -> None:
    # what points elsewhere or is the passage's own place needs no passage
    bare = {"document_id", "outcome_id", "origin_id", "char_start", "char_end", "rule", "plausibility_reason"}
    assert {column.name for column in TABLES[name].columns if not column.evidence} <= bare | set(TABLES[name].key)


def test_dates_of_projects_promise_evidence() -> None:
    dated = [column for column in TABLES["projects"].columns if column.type == "DATE"]
    assert [(column.name, column.evidence) for column in dated] == [("start_date", True), ("end_date", True)]


def test_words_of_the_contract() -> None:
    words = {name: set(TERMS[name].labels) for name in TERMS}
    assert words["role"] == {"lead", "partner", "cooperation", "coordination"}
    assert words["qualifier"] == {"exact", "about", "over", "under", "up_to", "at_least"}
    assert words["status"] == {"achieved", "planned"}
    assert words["basis"] == {"stated", "carried"}
    assert words["agreement"] == {"single", "corroborated", "contradicted"}
    assert words["scope"] == {"city", "area"}
    assert words["precision"] == {"day", "month", "year"}


def test_every_set_of_words_is_used() -> None:
    used = {column.terms for table in TABLES.values() for column in table.columns} - {None}
    assert used == set(TERMS)
    assert {
        "set_name": "scope",
        "code": "area",
        "label_de": "Gebiet",
        "label_en": "the programme area",
        "position": 2,
    } in (term_rows())


def test_a_key_of_several_columns_is_joined() -> None:
    row = {"project_id": "iii-duisburg", "role": "partner", "position": 2, "organisation_id": "o-1"}
    assert row_key("project_organisations", row) == "iii-duisburg|partner|2"


def test_an_unknown_column_is_named_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="changes has no column 'value'; it has change_id, document_id"):
        TABLES["changes"].column("value")


def test_sql_is_quoted() -> None:
    column = Column("order", "VARCHAR", "It's the order", nullable=False)
    table = Table("select", "t", "One", "facts", ("order",), (column,))
    assert ddl.create_table(table) == 'CREATE TABLE "select" (\n  "order" VARCHAR NOT NULL,\n  PRIMARY KEY ("order")\n)'
    assert list(ddl.comments(table))[1] == (
        "COMMENT ON COLUMN \"select\".\"order\" IS 'It''s the order. Source: read on the page.'"
    )


def test_the_dictionary_has_every_table_and_column() -> None:
    page = markdown()
    parts = {part.partition(":")[0]: part for part in page.split("### ")}
    assert set(TABLES) | set(TERMS) | {"v_projects", "v_area_gap", "v_partners", "v_timeline", "v_outcomes"} <= set(
        parts
    )
    for table in TABLES.values():
        assert re.findall(r"^\| (\w+) \|", parts[table.name], re.M)[1:] == list(table.names)
    cells = re.search(r"^\| row_key .*", parts["provenance"], re.M)
    assert cells is not None
    assert len(re.split(r"(?<!\\)\|", cells[0])) == 6  # a | in a meaning adds no cell
