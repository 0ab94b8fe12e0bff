"""The steps of harmonising put together: readings, projects, organisations, figures, evidence, history.

Belongs here: what each step needs from the ones before. Does not: any rule of a step.
Concept: entities are made from all versions of the archive, so that ids are stable; rows only from current ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter

from warehouse.harmonise import contents, runs
from warehouse.harmonise.areas import Areas
from warehouse.harmonise.cells import Fact, Note, Page
from warehouse.harmonise.claims import Towns, article_rows, claim_fact, read_claims
from warehouse.harmonise.code_tables import code_tables
from warehouse.harmonise.decisions import decisions
from warehouse.harmonise.documents import (
    alias_rows,
    article_places,
    document_row,
    merge_moved,
    place_rows,
    snapshot_rows,
)
from warehouse.harmonise.figure_checks import check_figures
from warehouse.harmonise.history import Content, changes
from warehouse.harmonise.issues import issue_rows, parser_notes
from warehouse.harmonise.lines import line_rows, set_lines
from warehouse.harmonise.organisations import Organisations
from warehouse.harmonise.origins import set_origins
from warehouse.harmonise.outcomes import make_outcomes, outcome_rows
from warehouse.harmonise.project_rows import (
    area_mentions,
    area_rows,
    document_rows,
    organisation_mentions,
    project_facts,
)
from warehouse.harmonise.projects import Project, make_projects, town_key
from warehouse.harmonise.provenance import provenance_rows
from warehouse.harmonise.readings import Reading, read_city_page, read_project_page
from warehouse.model import Crawl, Document, Row, Rows, RunInfo, SourceInfo
from warehouse.tables import BUILT_HERE, TABLES


class Assembly:
    """One harmonising. Made and used once: `rows()`."""

    def __init__(
        self, documents: Sequence[Document], crawls: Sequence[Crawl], sources: Sequence[SourceInfo], run: RunInfo
    ) -> None:
        self.documents = merge_moved(documents)
        self.crawls, self.sources, self.run = crawls, sources, run
        self.notes: list[Note] = []
        self.tables: Rows = {name: [] for name in TABLES if name != BUILT_HERE}
        self.readings = self._read_all()

    def rows(self) -> Rows:
        """All rows, each table in the order of its key."""
        self.tables |= code_tables()
        projects = self._projects()
        facts = self._facts(projects)
        facts += self._figures(projects)
        self._evidence(facts)
        self._history(projects, facts)
        self._operations()
        for name, rows in self.tables.items():
            if name != "provenance":  # a million rows, made in the order of their sorted facts
                rows.sort(key=itemgetter(*TABLES[name].key))
        return self.tables

    def _read_all(self) -> dict[str, Reading]:
        """Snapshot id -> reading, for every good version of pages of the programme and of towns."""
        readings = {
            page.version.snapshot_id: read_project_page(page) for page in self._pages("gsb_project", current=False)
        }
        current = {document.current.snapshot_id for document in self.documents if document.current is not None}
        known = frozenset(r.ags for snapshot_id, r in readings.items() if snapshot_id in current and r.ags is not None)
        for page in self._pages("city_page", current=False):
            readings[page.version.snapshot_id] = read_city_page(page, known)
        return readings

    def _pages(self, page_type: str, *, current: bool = True) -> list[Page]:
        """The good versions of all documents of a type; only the current one of each, if asked so."""
        return [
            Page(document, version)
            for document in self.documents
            if document.page_type == page_type
            for version in document.versions
            if version.record is not None and (not current or version is document.current)
        ]

    def _current(self, page_type: str) -> list[Reading]:
        return [self.readings[page.version.snapshot_id] for page in self._pages(page_type)]

    def _projects(self) -> list[Project]:
        pages, city_pages = self._current("gsb_project"), self._current("city_page")
        projects, notes = make_projects(pages, city_pages)
        self.notes += notes
        for reading in (*pages, *city_pages):
            self.notes += reading.notes
            if reading.municipality is not None:
                places = {reading.municipality.ags: (reading.municipality, 1)}
                self.tables["document_places"] += place_rows(reading.page.document.document_id, places)
        self.tables["project_lines"] = line_rows(set_lines(projects))
        for project in projects:
            self.tables["project_documents"] += document_rows(project)
        return projects

    def _facts(self, projects: Sequence[Project]) -> list[Fact]:
        """The rows of projects and their lists; organisations and areas are counted on the way."""
        everything = list(self.readings.values())
        self.organisations = Organisations(organisation_mentions(everything), decisions())
        areas = Areas(area_mentions(everything))
        facts: list[Fact] = []
        for project in projects:
            rows, notes = project_facts(project, self.organisations, areas)
            facts += rows
            self.notes += notes
        towns = {town_key(project.main): project.main for project in projects}
        self.tables["programme_areas"], self.tables["programme_area_names"] = area_rows(areas, towns)
        self.tables["organisations"], self.tables["organisation_names"] = self.organisations.rows()
        self.notes += self.organisations.notes()
        return facts

    def _figures(self, projects: Sequence[Project]) -> list[Fact]:
        towns = Towns(projects)
        articles = self._pages("news_article")
        for page in articles:
            places, notes = article_places(page, towns)
            self.tables["document_places"] += place_rows(page.document.document_id, places)
            self.notes += notes
        claims, notes = read_claims(articles, towns)
        set_origins(claims)
        outcomes = make_outcomes(claims)
        self.tables["outcomes"] = outcome_rows(outcomes)
        self.tables["project_documents"] += article_rows(claims)
        self.notes += [*notes, *check_figures(claims)]
        return [claim_fact(claim) for claim in claims]

    def _evidence(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.tables[fact.table].append(fact.row)
        self.tables["provenance"], notes = provenance_rows(facts)
        self.notes += notes

    def _history(self, projects: Sequence[Project], facts: Sequence[Fact]) -> None:
        mains = {project.main.page.document.document_id: project for project in projects}
        joined = {
            other.reading.page.document.document_id: project.project_id
            for project in projects
            for other in project.others
        }
        added = _added(facts, joined)

        def content_of(page: Page) -> Content | None:
            document_id = page.document.document_id
            if page.document.page_type == "news_article":
                return contents.of_article(page)
            reading = self.readings[page.version.snapshot_id]
            if document_id in mains:
                project = mains[document_id]
                return contents.of_main_page(
                    reading, project.project_id, self.organisations, has_stats=project.relation == "main"
                )
            if page.document.page_type == "city_page":
                return contents.of_joined_page(reading, joined.get(document_id), added[document_id])
            return None

        self.tables["changes"], notes = changes(self.documents, content_of)
        self.notes += notes

    def _operations(self) -> None:
        for document in self.documents:
            self.tables["documents"].append(document_row(document))
            self.tables["document_aliases"] += alias_rows(document)
            self.tables["snapshots"] += snapshot_rows(document)
            self.notes += parser_notes(document)
        self.tables["sources"] = runs.source_rows(self.sources, self.documents)
        self.tables["crawls"] = runs.crawl_rows(self.crawls)
        self.tables["runs"] = runs.run_rows(self.crawls, self.documents, self.run)
        self.notes += runs.crawl_notes(self.crawls)
        self.tables["issues"] = issue_rows(self.notes, self.run)


def _added(facts: Sequence[Fact], joined: dict[str, str]) -> dict[str, dict[tuple[str, str], str]]:
    """For pages that add organisations to a project: (role, name) -> key of the row they added."""
    added: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for fact in facts:
        document_id = fact.page.document.document_id
        if fact.table == "project_organisations" and document_id in joined:
            cells: Row = fact.row
            key = f"{cells['project_id']}|{cells['role']}|{cells['position']}"
            added[document_id][cells["role"], cells["name_as_written"]] = key
    return added
