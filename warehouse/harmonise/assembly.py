"""The steps of harmonising put together: readings, projects, organisations, figures, evidence, history.

Belongs here: what each step needs from the ones before. Does not: any rule of a step.
Concept: entities are made from all versions of the archive, so that ids are stable; rows only from current ones.
Pages are read twice: once for what tells entities apart, once for their rows, which leave as they are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from warehouse.harmonise import contents, runs
from warehouse.harmonise.areas import Areas
from warehouse.harmonise.cells import Page
from warehouse.harmonise.claims import Claim, Towns, article_rows, claim_fact, read_claims
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
from warehouse.harmonise.org_names import Home
from warehouse.harmonise.organisations import Organisations
from warehouse.harmonise.origins import set_origins
from warehouse.harmonise.outbox import Outbox
from warehouse.harmonise.outcomes import make_outcomes, outcome_rows
from warehouse.harmonise.project_rows import (
    FirstAreas,
    FirstMentions,
    Joined,
    area_rows,
    document_rows,
    first_mentions,
    project_facts,
    take_areas,
    take_mentions,
)
from warehouse.harmonise.projects import Project, make_projects, town_key
from warehouse.harmonise.proposals import proposal_rows
from warehouse.harmonise.provenance import Missing, notes_of
from warehouse.harmonise.readings import Gist, Reading, read_city_page, read_project_page
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
        self.areas: FirstAreas = {}
        self.joined: dict[str, Joined] = {}
        self.several: dict[tuple[Home, str], int] = {}
        self.known: frozenset[str] = frozenset()
        self.project_pages = self._take_in("gsb_project")
        # A town's page may call its town by a name that is unique only among the towns with a project.
        self.known = frozenset(gist.ags for gist in self.project_pages if gist.ags is not None)
        self.city_pages = self._take_in("city_page")

    def _hold(self, table: str, columns: Columns) -> None:
        self.tables[table] += by_row(columns)

    def rows(self) -> Rows:
        """All rows, each table in the order of its key; those that went to a sink are not among them."""
        for name, rows in code_tables().items():
            self.outbox.put(name, rows)
        projects = self._projects()
        self._facts(projects)
        for _, claims in groupby(self._figures(projects), key=lambda claim: claim.page.document.document_id):
            self.outbox.put_facts([claim_fact(claim) for claim in claims])  # the evidence of one page at a time
        self.issues.add(notes_of(self.missing))
        self._history(projects)
        self._operations()
        self.outbox.flush()
        for name, rows in self.tables.items():
            if name != "provenance":  # a million rows, made in the order of their sorted facts
                rows.sort(key=itemgetter(*TABLES[name].key))
        return self.tables

    def _take_in(self, page_type: str) -> list[Gist]:
        """Read every good version of the pages of the programme or of towns once; returns what their current ones are.

        What can be told while a record is at hand is told.
        """
        current: list[Gist] = []
        for page in self._pages(page_type, current=False):
            reading = self._read(page)
            gist = reading.gist()
            take_mentions(reading, gist.home, self.named)
            take_areas(gist, self.areas)
            if page.version is page.document.current:
                current.append(gist)
                self.issues.add(reading.notes)
                self._place(gist, page)
                self._operate(page.document)
        return current

    def _read(self, page: Page) -> Reading:
        return read_city_page(page, self.known) if page.document.page_type == "city_page" else read_project_page(page)

    def _place(self, gist: Gist, page: Page) -> None:
        if gist.municipality is not None:
            count = mentions(page.record, gist.municipality_as_written or "")
            towns = {gist.municipality.ags: (gist.municipality, count)}
            self.outbox.put("document_places", place_rows(page.document.document_id, towns))

    def _pages(self, page_type: str, *, current: bool = True) -> Iterator[Page]:
        """The good versions of all documents of a type; only the current one of each, if asked so."""
        for document in self.documents:
            if document.page_type == page_type:
                newest = document.current
                for version in document.versions:
                    if version.has_record and (not current or version is newest):
                        yield Page(document, version)

    def _projects(self) -> list[Project]:
        projects, notes = make_projects(self.project_pages, self.city_pages)
        self.issues.add(notes)
        self.outbox.put("project_lines", line_rows(set_lines(projects)))
        for project in projects:
            self.outbox.put("project_documents", document_rows(project))
        return projects

    def _facts(self, projects: Sequence[Project]) -> None:
        """The rows of projects and their lists; organisations and areas are counted on the way."""
        organisations = Organisations(first_mentions(self.named), decisions())
        areas = Areas(self.areas.values())
        for project in projects:
            facts, notes = project_facts(project, lambda gist: self._read(gist.page), organisations, areas, self.joined)
            self.outbox.put_facts(facts)
            self.issues.add(notes)
        towns = {town_key(project.main): project.main for project in projects}
        for name, rows in zip(("programme_areas", "programme_area_names"), area_rows(areas, towns), strict=True):
            self.outbox.put(name, rows)
        self.outbox.put("organisations", organisations.rows())
        self.outbox.put("organisation_names", organisations.name_rows())
        self.outbox.put("organisation_proposals", proposal_rows(organisations.proposals()))
        self.issues.add(organisations.notes())
        self.several = organisations.several()

    def _figures(self, projects: Sequence[Project]) -> list[Claim]:
        towns = Towns(projects)
        articles = list(self._pages("news_article"))
        for page in articles:
            places, notes = article_places(page, towns)
            self.outbox.put("document_places", place_rows(page.document.document_id, places))
            self.issues.add(notes)
        claims, notes = read_claims(articles, towns)
        set_origins(claims)
        outcomes = make_outcomes(claims)
        self.outbox.put("outcomes", outcome_rows(outcomes))
        self.outbox.put("project_documents", article_rows(claims))
        self.issues.add([*notes, *check_figures(claims)])
        return claims

    def _history(self, projects: Sequence[Project]) -> None:
        mains = {project.main.document.document_id: project for project in projects}

        def content_of(page: Page) -> Content | None:
            document_id = page.document.document_id
            if page.document.page_type == "news_article":
                return contents.of_article(page)
            if document_id in mains:
                project = mains[document_id]
                return contents.of_main_page(
                    self._read(page), project.project_id, self.several, has_stats=project.relation == "main"
                )
            if page.document.page_type == "city_page":
                return contents.of_joined_page(self._read(page), self.joined.get(document_id))
            return None

        rows, notes = changes(self.documents, content_of)
        self.outbox.put("changes", rows)
        self.issues.add(notes)

    def _operate(self, document: Document) -> None:
        """What is known of a page beside its facts."""
        self.outbox.put("documents", [document_row(document)])
        self.outbox.put("document_aliases", alias_rows(document))
        self.outbox.put("snapshots", snapshot_rows(document))
        self._add_issues(document)

    def _add_issues(self, document: Document) -> None:
        self.issues.add([*parser_notes(document), *loss_notes(document)])

    def _operations(self) -> None:
        for document in self.documents:
            if document.page_type not in ("gsb_project", "city_page"):
                self._operate(document)
        for document in self.useless:
            self._add_issues(document)
        for name, rows in (
            ("sources", runs.source_rows(self.sources, self.documents)),
            ("crawls", runs.crawl_rows(self.crawls)),
            ("runs", runs.run_rows(self.crawls, self.documents, self.run)),
            ("acceptances", runs.acceptance_rows(self.run)),
        ):
            self.outbox.put(name, rows)
        self.issues.add(runs.crawl_notes(self.crawls))
