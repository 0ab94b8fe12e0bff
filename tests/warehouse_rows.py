"""A small warehouse by hand: two real projects, a later one, two articles that are one press release.

Belongs here: rows that keep every promise of the registry, for tests to build from and to break. Does not: tests.
Concept: facts of real pages (Duisburg and Erfurt III, Duisburg IV); addresses are those of the pages.
"""

from __future__ import annotations

from typing import Any

from warehouse.model import Row, Rows, SourceInfo
from warehouse.tables import BUILT_HERE, TABLES, row_key

SOURCES = [
    SourceInfo("biwaq-projects", "BIWAQ project pages", "BMWSB", "gsb_project", 2, 400),
    SourceInfo("press", "Articles", "various", "news_article", 1, 50),
]
DUISBURG = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2390_Duisburg.html"
ERFURT = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2369_Erfurt.html"
DUISBURG_IV = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ4/17_Duisburg.html"
FIRST, LAST = "2026-11-20T01:15:00Z", "2026-11-22T01:15:03Z"
RUN = "2026-11-22-0a1b2c3d"
_FLOORS = {"coverage_floor": 0.9, "text_loss_limit": 0.01, "pages_below_limit": 0.2, "reason": "as measured"}


def row(table: str, **values: Any) -> Row:
    """A row with every column of the table; what is not given is null."""
    return {**dict.fromkeys(TABLES[table].names), **values}


def rows() -> Rows:
    """Rows of all tables (but the one that the build fills itself), evidence included."""
    filled = {**_codes(), **_pages(), **_projects(), **_bodies(), **_figures(), **_runs()}
    complete = {name: filled.get(name, []) for name in TABLES if name != BUILT_HERE}
    complete["provenance"] = provenance(complete)
    return complete


def provenance(rows: Rows) -> list[Row]:
    """A row for each cell that promises evidence, with a passage that names the value."""
    pages = {project["project_id"]: project["document_id"] for project in rows["projects"]}
    return [
        row(
            "provenance",
            table_name=name,
            row_key=row_key(name, cell),
            column_name=column.name,
            document_id=(document := cell.get("document_id") or pages[cell["project_id"]]),
            snapshot_id=f"s-{document}",
            locator="Projektinformationen › Kommune",
            quote=f"passage with {cell[column.name]}",
            rule="by hand",
        )
        for name, table in TABLES.items()
        if name != BUILT_HERE
        for cell in rows[name]
        for column in table.columns
        if column.evidence and cell[column.name] is not None
    ]


def _code(table: str, code: str, german: str, english: str, **values: Any) -> Row:
    return row(table, code=code, label_de=german, label_en=english, **values)


def _codes() -> Rows:
    return {
        "rounds": [
            _code(
                "rounds",
                "III",
                "Förderrunde III",
                "Round III",
                position=3,
                start_date="2015-01-01",
                end_date="2018-12-31",
            ),
            _code(
                "rounds", "IV", "Förderrunde IV", "Round IV", position=4, start_date="2019-01-01", end_date="2022-12-31"
            ),
        ],
        "states": [
            _code("states", "NW", "Nordrhein-Westfalen", "North Rhine-Westphalia"),
            _code("states", "TH", "Thüringen", "Thuringia"),
        ],
        "municipalities": [
            _code(
                "municipalities", "05112000", "Duisburg", "Duisburg", ags="05112000", state_code="NW", population=502211
            ),
            _code("municipalities", "16051000", "Erfurt", "Erfurt", ags="16051000", state_code="TH", population=214969),
        ],
        "target_groups": [
            _code("target_groups", "long_term_unemployed", "Langzeitarbeitslose", "Long-term unemployed", position=1)
        ],
        "action_fields": [
            _code("action_fields", "local_economy", "Stärkung der lokalen Ökonomie", "Local economy", position=1)
        ],
        "metrics": [
            _code("metrics", "participants", "Teilnehmende", "Participants", unit="persons", position=1),
            _code("metrics", "placement_rate", "Vermittlungsquote", "Placement rate", unit="percent", position=8),
        ],
        "page_types": [
            _code("page_types", name, name, name, **_FLOORS) for name in ("city_page", "gsb_project", "news_article")
        ],
        "subgroups": [
            _code("subgroups", "all", "alle", "all", position=1),
            _code("subgroups", "women", "Frauen", "women", position=2),
        ],
        "indicators": [
            _code("indicators", "area_ha", "Größe", "Size", unit="ha", position=1),
            _code("indicators", "inhabitants", "Einwohner/innenzahl", "Inhabitants", unit="persons", position=2),
            _code("indicators", "sgb2_rate", "SGB-II-Quote", "SGB II rate", unit="percent", position=3),
        ],
        "organisation_kinds": [_code("organisation_kinds", "job_centre", "Jobcenter", "Job centre")],
        "issue_kinds": [
            _code(
                "issue_kinds",
                "unknown_label",
                "Unbekannte Bezeichnung",
                "Unknown label",
                advice="Add it to the code file",
            )
        ],
    }


def _source(source: SourceInfo) -> Row:
    return row(
        "sources",
        source_id=source.id,
        title=source.title,
        publisher=source.publisher,
        page_type=source.page_type,
        min_pages=source.min_pages,
        max_pages=source.max_pages,
        data_as_of=LAST,
    )


def _document(name: str, url: str, source: SourceInfo) -> Row:
    return row(
        "documents",
        document_id=name,
        url=url,
        page_type=source.page_type,
        source_id=source.id,
        title=f"Title of {name}",
        publisher=source.publisher,
        first_seen=FIRST,
        last_seen=LAST,
        snapshot_id=f"s-{name}",
    )


def _snapshot(document: Row, offset: int) -> Row:
    return row(
        "snapshots",
        snapshot_id=document["snapshot_id"],
        document_id=document["document_id"],
        fetched_at=FIRST,
        http_status=200,
        content_hash=f"c{offset}",
        byte_hash=f"b{offset}",
        archive_file=f"2026-11-20/{document['source_id']}--{RUN}.warc.gz",
        archive_offset=offset,
        parser_version="1",
        has_record=True,
        coverage=0.9,
    )


def _pages() -> Rows:
    projects, press = SOURCES
    documents = [
        _document("d-duisburg", DUISBURG, projects),
        _document("d-duisburg4", DUISBURG_IV, projects),
        _document("d-erfurt", ERFURT, projects),
        _document("d-news1", "https://news.example/duisburg-827", press),
        _document("d-news2", "https://news.example/cottbus-duisburg", press),
    ]
    return {
        "sources": [_source(source) for source in SOURCES],
        "documents": documents,
        "snapshots": [_snapshot(document, number * 1000) for number, document in enumerate(documents)],
    }


def _project(name: str, document: str, code: str, start: str, end: str, town: str, **values: Any) -> Row:
    return row(
        "projects",
        project_id=name,
        document_id=document,
        round_code=code,
        start_date=start,
        end_date=end,
        runtime_precision="month",
        municipality_name=town,
        municipality_as_written=town,
        first_seen=FIRST,
        last_seen=LAST,
        **values,
    )


def _projects() -> Rows:
    duisburg = {"ags": "05112000", "state_code": "NW", "project_line_id": "duisburg"}
    erfurt = {"ags": "16051000", "state_code": "TH", "project_line_id": "erfurt"}
    return {
        "project_lines": [
            row(
                "project_lines",
                project_line_id="duisburg",
                label="Duisburg",
                municipality_name="Duisburg",
                ags="05112000",
                n_projects=2,
            ),
            row(
                "project_lines",
                project_line_id="erfurt",
                label="Erfurt",
                municipality_name="Erfurt",
                ags="16051000",
                n_projects=1,
            ),
        ],
        "projects": [
            _project(
                "iii-duisburg",
                "d-duisburg",
                "III",
                "2015-04-01",
                "2018-12-31",
                "Duisburg",
                title="BIWAQ Duisburg",
                **duisburg,
            ),
            _project(
                "iii-erfurt", "d-erfurt", "III", "2015-10-01", "2018-12-31", "Erfurt", title="BIWAQ Erfurt", **erfurt
            ),
            _project(
                "iv-duisburg",
                "d-duisburg4",
                "IV",
                "2019-01-01",
                "2022-12-31",
                "Duisburg",
                title="BIWAQ Duisburg IV",
                **duisburg,
            ),
        ],
        "project_programme_areas": [
            row("project_programme_areas", project_id="iii-duisburg", position=1, name="Marxloh"),
            row("project_programme_areas", project_id="iii-duisburg", position=2, name="Hochfeld"),
        ],
        "project_target_groups": [
            row(
                "project_target_groups",
                project_id="iii-duisburg",
                position=1,
                target_group_code="long_term_unemployed",
                label_as_written="(Langzeit-)Arbeitslose",
            ),
            row(
                "project_target_groups",
                project_id="iii-erfurt",
                position=1,
                target_group_code="long_term_unemployed",
                label_as_written="(Langzeit-)Arbeitslose",
            ),
        ],
    }


def _member(project: str, role: str, position: int, body: str, name: str) -> Row:
    return row(
        "project_organisations",
        project_id=project,
        role=role,
        position=position,
        organisation_id=body,
        name_as_written=name,
    )


def _bodies() -> Rows:
    names = {
        "o-werkkiste": "Duisburger Werkkiste gGmbH",
        "o-jobcenter": "Jobcenter Duisburg",
        "o-stadt": "Stadt Duisburg",
        "o-erfurt": "Stadt Erfurt",
    }
    return {
        "organisations": [row("organisations", organisation_id=key, name=name) for key, name in names.items()],
        "project_organisations": [
            _member("iii-duisburg", "lead", 1, "o-stadt", "Stadt Duisburg"),
            _member("iii-duisburg", "partner", 1, "o-werkkiste", "Duisburger Werkkiste gGmbH"),
            _member("iii-duisburg", "cooperation", 1, "o-jobcenter", "Jobcenter Duisburg"),
            _member("iv-duisburg", "lead", 1, "o-stadt", "Stadt Duisburg"),
            _member("iv-duisburg", "partner", 1, "o-werkkiste", "Duisburger Werkkiste"),
            _member("iii-erfurt", "lead", 1, "o-erfurt", "Stadt Erfurt"),
        ],
    }


def area(project: str, indicator: str, scope: str, value: float, unit: str, **values: Any) -> Row:
    """One area figure, plausible unless told otherwise."""
    given = {"plausibility": "ok", "value_as_written": f"{value:n}", **values}
    return row("area_stats", project_id=project, indicator_code=indicator, scope=scope, value=value, unit=unit, **given)


def claim(name: str, document: str, outcome: str | None, **values: Any) -> Row:
    """827 participants in Duisburg since January 2023, unless told otherwise."""
    given = {
        "ags": "05112000",
        "municipality_name": "Duisburg",
        "project_line_id": "duisburg",
        "metric_code": "participants",
        "subgroup_code": "all",
        "value": 827,
        "unit": "persons",
        "qualifier": "exact",
        "status": "achieved",
        "basis": "stated",
        "quote": "827 Menschen",
        "char_start": 10,
        "char_end": 22,
        "rule": "by hand",
        "origin_id": "origin-1",
    }
    return row("outcome_claims", claim_id=name, document_id=document, outcome_id=outcome, **{**given, **values})


def outcome(name: str, **values: Any) -> Row:
    """The outcome of `claim`, unless told otherwise."""
    given = {
        "municipality_name": "Duisburg",
        "ags": "05112000",
        "project_line_id": "duisburg",
        "metric_code": "participants",
        "subgroup_code": "all",
        "status": "achieved",
        "value": 827,
        "unit": "persons",
        "since": "2023-01-01",
        "n_documents": 1,
        "n_independent_sources": 1,
        "agreement": "single",
    }
    return row("outcomes", outcome_id=name, **{**given, **values})


def _figures() -> Rows:
    return {
        "area_stats": [
            area(
                "iii-duisburg",
                "area_ha",
                "area",
                68,
                "ha",
                plausibility="implausible",
                plausibility_reason="553 people a hectare",
            ),
            area("iii-duisburg", "inhabitants", "city", 494545, "persons"),
            area(
                "iii-duisburg",
                "inhabitants",
                "area",
                37583,
                "persons",
                plausibility="implausible",
                plausibility_reason="553 people a hectare",
            ),
            area("iii-duisburg", "sgb2_rate", "city", 18.6, "percent", as_of="2015-07-01", as_of_precision="month"),
            area("iii-duisburg", "sgb2_rate", "area", 36.2, "percent", as_of="2015-07-01", as_of_precision="month"),
            area("iii-erfurt", "sgb2_rate", "city", 14.6, "percent"),
            area("iii-erfurt", "sgb2_rate", "area", 20.2, "percent", plausibility=None),
        ],
        "outcomes": [outcome("t-827", n_documents=2)],
        "outcome_claims": [
            claim("c-1", "d-news1", "t-827", since="2023-01-01", since_precision="month"),
            claim(
                "c-2",
                "d-news2",
                "t-827",
                quote="827 Menschen begleitet",
                char_end=32,
                basis="carried",
                qualifier="about",
            ),
        ],
    }


def _runs() -> Rows:
    counts = {"listed": 5, "fetched": 5, "unchanged": 0, "failed": 0}
    crawl = {"started_at": LAST, "finished_at": LAST, "is_complete": True, "gone": 0, **counts}
    return {
        "runs": [
            row(
                "runs",
                run_id=RUN,
                started_at=LAST,
                finished_at=LAST,
                parsed=5,
                published=True,
                data_as_of=LAST,
                **counts,
            )
        ],
        "crawls": [row("crawls", run_id=RUN, source_id=source.id, **crawl) for source in SOURCES],
        "issues": [
            row(
                "issues",
                issue_id="i-1",
                run_id=RUN,
                severity="warning",
                kind="unknown_label",
                document_id="d-erfurt",
                field="target_groups",
                value="Nichterwerbstätige",
                message="target group 'Nichterwerbstätige' has no code",
            )
        ],
    }
