"""The steps of harmonising put together: readings, projects, organisations, figures, evidence, history.

Belongs here: what each step needs from the ones before. Does not: any rule of a step.
Concept: entities are made from all versions of the archive, so that ids are stable; rows only from current ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter

from warehouse.harmonise import contents, runs
from warehouse.harmonise.areas import Areas
from warehouse.harmonise.cells import Fact, Page
from warehouse.harmonise.claims import Towns, article_rows, claim_fact, read_claims
from warehouse.harmonise.code_tables import code_tables
from warehouse.harmonise.decisions import decisions
from warehouse.harmonise.documents import (
    alias_rows,
    article_places,
    document_row,
    mentions,
    place_rows,
    snapshot_rows,
)
from warehouse.harmonise.figure_checks import check_figures
from warehouse.harmonise.history import Content, changes
from warehouse.harmonise.identity import merge_moved
from warehouse.harmonise.issues import Issues, parser_notes
from warehouse.harmonise.lines import line_rows, set_lines
from warehouse.harmonise.organisations import Organisations
from warehouse.harmonise.origins import set_origins
from warehouse.harmonise.outbox import Outbox
from warehouse.harmonise.outcomes import make_outcomes, outcome_rows
from warehouse.harmonise.project_rows import (
    FirstMentions,
    area_mentions,
    area_rows,
    document_rows,
    first_mentions,
    project_facts,
    take_mentions,
)
from warehouse.harmonise.projects import Project, make_projects, town_key
from warehouse.harmonise.proposals import proposal_rows
from warehouse.harmonise.provenance import Missing, notes_of
from warehouse.harmonise.readings import Reading, read_city_page, read_project_page
from warehouse.harmonise.silent_loss import loss_notes
from warehouse.model import Columns, Crawl, Document, Rows, RunInfo, Sink, SourceInfo
from warehouse.parts import by_row
from warehouse.tables import BUILT_HERE, TABLES


class Assembly:
    """One harmonising. Made and used once: `rows()`."""

    def __init__(
        self,
        documents: Sequence[Document],
        crawls: Sequence[Crawl],
        sources: Sequence[SourceInfo],
        run: RunInfo,
        sink: Sink | None = None,
    ) -> None:
        self.documents = merge_moved(document for document in documents if document.current is not None)
        self.useless = sorted((d for d in documents if d.current is None), key=lambda document: document.url)
        self.crawls, self.sources, self.run = crawls, sources, run
        self.tables: Rows = {name: [] for name in TABLES if name != BUILT_HERE}
        self.missing: Missing = {}
        self.outbox = Outbox(sink or self._hold, self.missing)
        self.issues = Issues(run, self.outbox.put)
        self.named: FirstMentions = {}
        self.done: set[str] = set()
        self.readings = self._read_all()

    def _hold(self, table: str, columns: Columns) -> None:
        self.tables[table] += by_row(columns)

    def rows(self) -> Rows:
        """All rows, each table in the order of its key."""
        self.tables |= code_tables()
        projects = self._projects()
        self._facts(projects)
        self.outbox.put_facts(self._figures(projects))
        self.issues.add(notes_of(self.missing))
        self._history(projects)
        self._operations()
        self.outbox.flush()
        for name, rows in self.tables.items():
            if name != "provenance":  # a million rows, made in the order of their sorted facts
                rows.sort(key=itemgetter(*TABLES[name].key))
        return self.tables

    def _read_all(self) -> dict[str, Reading]:
        """Snapshot id -> reading, for every good version of pages of the programme and of towns."""
        readings: dict[str, Reading] = {}
        for page in self._pages("gsb_project", current=False):
            readings[page.version.snapshot_id] = reading = read_project_page(page)
            self._take_note(page, reading)
            reading.slim()
        current = {document.current.snapshot_id for document in self.documents if document.current is not None}
        known = frozenset(r.ags for snapshot_id, r in readings.items() if snapshot_id in current and r.ags is not None)
        for page in self._pages("city_page", current=False):
            readings[page.version.snapshot_id] = reading = read_city_page(page, known)
            self._take_note(page, reading)
            reading.slim()
        self.known = known
        return readings

    @contextmanager
    def _whole(self, *readings: Reading) -> Iterator[None]:
        """Readings with all that their pages say, for as long as it is needed."""
        for reading in readings:
            is_town = reading.page.document.page_type == "city_page"
            reading.fill(read_city_page(reading.page, self.known) if is_town else read_project_page(reading.page))
        try:
            yield
        finally:
            for reading in readings:
                reading.slim()

    def _take_note(self, page: Page, reading: Reading) -> None:
        """Count while the record is at hand."""
        take_mentions(reading, self.named)
        if page.version is page.document.current and reading.municipality is not None:
            count = mentions(page.record, reading.columns["municipality_as_written"] or "")
            places = {reading.municipality.ags: (reading.municipality, count)}
            self.outbox.put("document_places", place_rows(page.document.document_id, places))
            self._operate(page.document)

    def _pages(self, page_type: str, *, current: bool = True) -> list[Page]:
        """The good versions of all documents of a type; only the current one of each, if asked so."""
        return [
            Page(document, version)
            for document in self.documents
            if document.page_type == page_type
            for version in document.versions
            if version.has_record and (not current or version is document.current)
        ]

    def _current(self, page_type: str) -> list[Reading]:
        return [self.readings[page.version.snapshot_id] for page in self._pages(page_type)]

    def _projects(self) -> list[Project]:
        pages, city_pages = self._current("gsb_project"), self._current("city_page")
        projects, notes = make_projects(pages, city_pages)
        self.issues.add(notes)
        for reading in (*pages, *city_pages):
            self.issues.add(reading.notes)
        self.tables["project_lines"] = line_rows(set_lines(projects))
        for project in projects:
            self.tables["project_documents"] += document_rows(project)
        return projects

    def _facts(self, projects: Sequence[Project]) -> None:
        """The rows of projects and their lists; organisations and areas are counted on the way."""
        organisations = Organisations(first_mentions(self.named), decisions())
        areas = Areas(area_mentions(self.readings.values()))
        self.added: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        for project in projects:
            with self._whole(project.main, *(other.reading for other in project.others)):
                facts, notes = project_facts(project, organisations, areas)
                self.outbox.put_facts(facts)
                self._add(project, facts)
            self.issues.add(notes)
        towns = {town_key(project.main): project.main for project in projects}
        self.tables["programme_areas"], self.tables["programme_area_names"] = area_rows(areas, towns)
        self.tables["organisations"] = list(organisations.rows())
        self.tables["organisation_names"] = list(organisations.name_rows())
        self.tables["organisation_proposals"] = list(proposal_rows(organisations.proposals()))
        self.issues.add(organisations.notes())
        self.several = organisations.several()

    def _figures(self, projects: Sequence[Project]) -> list[Fact]:
        towns = Towns(projects)
        articles = self._pages("news_article")
        for page in articles:
            places, notes = article_places(page, towns)
            self.outbox.put("document_places", place_rows(page.document.document_id, places))
            self.issues.add(notes)
        claims, notes = read_claims(articles, towns)
        set_origins(claims)
        outcomes = make_outcomes(claims)
        self.tables["outcomes"] = outcome_rows(outcomes)
        self.tables["project_documents"] += article_rows(claims)
        self.issues.add([*notes, *check_figures(claims)])
        return [claim_fact(claim) for claim in claims]

    def _add(self, project: Project, facts: Sequence[Fact]) -> None:
        """Pages that add organisations to a project: (role, name) -> key of the row they added."""
        joined = {other.reading.page.document.document_id for other in project.others}
        for fact in facts if joined else ():
            document_id, cells = fact.page.document.document_id, fact.row
            if fact.table == "project_organisations" and document_id in joined:
                key = f"{cells['project_id']}|{cells['role']}|{cells['position']}"
                self.added[document_id][cells["role"], cells["name_as_written"]] = key

    def _history(self, projects: Sequence[Project]) -> None:
        mains = {project.main.page.document.document_id: project for project in projects}
        joined = {
            other.reading.page.document.document_id: project.project_id
            for project in projects
            for other in project.others
        }

        def content_of(page: Page) -> Content | None:
            document_id = page.document.document_id
            if page.document.page_type == "news_article":
                return contents.of_article(page)
            reading = self.readings[page.version.snapshot_id]
            with self._whole(reading):
                if document_id in mains:
                    project = mains[document_id]
                    return contents.of_main_page(
                        reading, project.project_id, self.several, has_stats=project.relation == "main"
                    )
                if page.document.page_type == "city_page":
                    return contents.of_joined_page(reading, joined.get(document_id), self.added[document_id])
            return None

        self.tables["changes"], notes = changes(self.documents, content_of)
        self.issues.add(notes)

    def _operate(self, document: Document) -> None:
        """What is known of a page beside its facts; each page once."""
        if document.document_id in self.done:
            return
        self.done.add(document.document_id)
        self.outbox.put("documents", [document_row(document)])
        self.outbox.put("document_aliases", alias_rows(document))
        self.outbox.put("snapshots", snapshot_rows(document))
        self._add_issues(document)

    def _add_issues(self, document: Document) -> None:
        self.issues.add([*parser_notes(document), *loss_notes(document)])

    def _operations(self) -> None:
        for document in self.documents:
            self._operate(document)
        for document in self.useless:
            self._add_issues(document)
        self.tables["sources"] = runs.source_rows(self.sources, self.documents)
        self.tables["crawls"] = runs.crawl_rows(self.crawls)
        self.tables["runs"] = runs.run_rows(self.crawls, self.documents, self.run)
        self.tables["acceptances"] = runs.acceptance_rows(self.run)
        self.issues.add(runs.crawl_notes(self.crawls))
