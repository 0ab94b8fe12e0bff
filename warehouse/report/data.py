"""What the report tells, read from the published file in a dozen queries.

Belongs here: the queries and the rows by project, town and organisation. Does not: words, numbers as text, markup.
Concept: everything is read once, before anything is written, so that all pages tell of the same file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import duckdb

from warehouse.report.model import Row

LABELLED = (
    *("rounds", "states", "target_groups", "action_fields", "esf_regions", "metrics", "subgroups", "indicators"),
    *("organisation_kinds", "issue_kinds", "page_types"),
)

_PROJECTS = """
SELECT p.*, d.url, d.gone_since, v.lead
FROM projects p
JOIN documents d USING (document_id)
JOIN v_projects v ON v.project_id = p.project_id
LEFT JOIN rounds r ON r.code = p.round_code
ORDER BY p.municipality_name NULLS LAST, r.position NULLS LAST, p.start_date NULLS LAST, p.project_id
"""
_PLACES = """
SELECT m.code AS ags, m.label_de AS name, m.state_code, m.kreis_name, m.lat, m.lon, m.population, m.territory_as_of
FROM municipalities m
WHERE m.code IN (SELECT ags FROM projects UNION SELECT ags FROM outcomes)
ORDER BY m.label_de, m.code
"""
_OUTCOMES = """
SELECT o.*, v.qualifiers
FROM outcomes o
JOIN v_outcomes v USING (outcome_id)
JOIN metrics m ON m.code = o.metric_code
JOIN subgroups g ON g.code = o.subgroup_code
ORDER BY o.municipality_name NULLS LAST, o.status, m.position, g.position, o.since NULLS FIRST, o.value, o.outcome_id
"""
_CLAIMS = """
SELECT c.*, d.url, d.title, d.publisher, d.published_on, d.page_type
FROM outcome_claims c JOIN documents d USING (document_id)
ORDER BY d.published_on NULLS LAST, d.publisher, c.claim_id
"""
_MEMBERS = """
SELECT m.project_id, m.role, m.position, m.organisation_id, coalesce(o.name, m.name_as_written) AS name, o.kind,
  p.round_code
FROM project_organisations m
JOIN projects p USING (project_id)
LEFT JOIN organisations o USING (organisation_id)
ORDER BY m.project_id, array_position(['lead', 'partner', 'cooperation', 'coordination'], m.role), m.position
"""
_N_PARTNERS = """
SELECT a.organisation_id, count(DISTINCT b.organisation_id) AS n
FROM project_organisations a
JOIN project_organisations b ON b.project_id = a.project_id AND b.organisation_id <> a.organisation_id
JOIN organisations o ON o.organisation_id = b.organisation_id AND o.kind IS DISTINCT FROM 'category'
GROUP BY a.organisation_id
"""
_CHANGES = """
SELECT c.*, d.url, d.title
FROM changes c JOIN documents d USING (document_id)
ORDER BY c.seen_at DESC, d.url, c.table_name, c.row_key, c.column_name
"""
_LAST_RUN = "SELECT * FROM runs WHERE finished_at IS NOT NULL ORDER BY started_at DESC, run_id DESC"
_COVERAGE = """
SELECT d.page_type, count(*) AS pages, median(s.coverage) AS coverage, min(s.coverage) AS least,
  max(s.text_loss) AS loss
FROM documents d JOIN snapshots s USING (snapshot_id)
WHERE d.gone_since IS NULL
GROUP BY d.page_type ORDER BY d.page_type
"""
_SOURCES = """
SELECT s.*, count(d.document_id) AS documents
FROM sources s LEFT JOIN documents d USING (source_id)
GROUP BY ALL ORDER BY s.source_id
"""
_ISSUES = """
SELECT v.*, i.document_id
FROM v_issues v JOIN issues i USING (issue_id)
ORDER BY array_position(['error', 'warning', 'info'], v.severity), v.kind, v.url, v.field, v.issue_id
"""


@dataclass(frozen=True, slots=True)
class ReportData:
    """The rows of the report. `labels` holds table (or set of terms) -> code -> label_de, label_en, position."""

    labels: dict[str, dict[str, Row]]
    projects: list[Row]
    places: list[Row]
    outcomes: list[Row]
    plans: list[Row]
    claims: dict[str, list[Row]]
    areas: dict[str, list[Row]]
    target_groups: dict[str, list[Row]]
    action_fields: dict[str, list[Row]]
    activities: dict[str, list[Row]]
    members: dict[str, list[Row]]
    with_stats: set[str]
    documents: dict[str, list[Row]]
    gaps: list[Row]
    timeline: list[Row]
    n_partners: dict[str, int]
    line_changes: list[Row]
    changes: list[Row]
    pages: list[Row]
    runs: list[Row]
    crawls: list[Row]
    sources: list[Row]
    coverage: list[Row]
    issues: list[Row]
    acceptances: list[Row]

    @property
    def last_run(self) -> Row | None:
        """The last run that fetched, None if there was none."""
        return self.runs[0] if self.runs else None


def read_data(connection: duckdb.DuckDBPyConnection) -> ReportData:
    """All rows of the report. Raises duckdb.Error for a file that is no warehouse of this version."""

    def rows(query: str) -> list[Row]:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def of_project(table: str) -> dict[str, list[Row]]:
        return grouped(rows(f"SELECT * FROM {table} ORDER BY project_id, position"), "project_id")

    return ReportData(
        labels=_labels(rows),
        projects=rows(_PROJECTS),
        places=rows(_PLACES),
        outcomes=rows(_OUTCOMES),
        plans=rows("FROM v_plans_and_results WHERE planned_outcome_id IS NOT NULL"),
        claims=grouped(rows(_CLAIMS), "outcome_id"),
        areas=of_project("project_programme_areas"),
        target_groups=of_project("project_target_groups"),
        action_fields=of_project("project_action_fields"),
        activities=of_project("project_activities"),
        members=grouped(rows(_MEMBERS), "project_id"),
        with_stats={row["project_id"] for row in rows("SELECT DISTINCT project_id FROM area_stats")},
        documents=grouped(
            rows(
                "SELECT x.*, d.url, d.title, d.publisher, d.published_on FROM project_documents x "
                "JOIN documents d USING (document_id) ORDER BY x.project_id, x.relation, d.url"
            ),
            "project_id",
        ),
        gaps=rows("FROM v_area_gap"),
        timeline=rows("FROM v_timeline"),
        n_partners={row["organisation_id"]: row["n"] for row in rows(_N_PARTNERS)},
        line_changes=rows("FROM v_line_changes"),
        changes=rows(_CHANGES),
        pages=rows("FROM documents ORDER BY url"),
        runs=rows(_LAST_RUN),
        crawls=rows("FROM crawls ORDER BY started_at DESC, source_id"),
        sources=rows(_SOURCES),
        coverage=rows(_COVERAGE),
        issues=rows(_ISSUES),
        acceptances=rows("FROM acceptances ORDER BY accepted_at DESC"),
    )


def _labels(rows: Callable[[str], list[Row]]) -> dict[str, dict[str, Row]]:
    labels = {table: {row["code"]: row for row in rows(f"FROM {table}")} for table in LABELLED}
    for row in rows("FROM terms ORDER BY set_name, position"):
        labels.setdefault(row["set_name"], {})[row["code"]] = row
    return labels


def grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    """The rows by the value of a column, in their order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return dict(found)
