"""The registry, part 3: figures, their evidence, their history, and the runs.

Belongs here: area statistics, outcome figures, snapshots, provenance, changes, issues, runs. Does not: entities.
Concept: evidence is data: a figure has its page, snapshot, place on the page and passage.
"""

from __future__ import annotations

from warehouse.columns import Column, Table, document_id, precision, project_id

SENSIBLE_PERCENT = "unit <> 'percent' OR value BETWEEN 0 AND 100 OR plausibility IS NOT DISTINCT FROM 'implausible'"


def _link(name: str, description: str, target: str, *, nullable: bool = True, evidence: bool = False) -> Column:
    return Column(
        name, "VARCHAR", description, nullable=nullable, source="derived", references=target, evidence=evidence
    )


def _key(name: str, description: str) -> Column:
    return Column(name, "VARCHAR", description, nullable=False, source="derived")


def _needed(name: str, description: str, terms: str | None = None, *, evidence: bool = True) -> Column:
    return Column(name, "VARCHAR", description, nullable=False, terms=terms, evidence=evidence)


def _counted(name: str, description: str) -> Column:
    return Column(name, "BIGINT", description, nullable=False, source="run", check=f"{name} >= 0")


SNAPSHOTS = Table(
    "snapshots",
    "Snapshots",
    "One archived body of a document; a body with unchanged content adds none",
    "evidence",
    ("snapshot_id",),
    (
        _key("snapshot_id", "Id made from address, time and bytes"),
        document_id("The document"),
        Column("fetched_at", "TIMESTAMP", "When it was fetched", nullable=False, source="run", unit="UTC"),
        Column("http_status", "BIGINT", "HTTP status of the answer", nullable=False, source="run"),
        Column(
            "content_hash",
            "VARCHAR",
            "SHA-256 over what was extracted: changes when the content does",
            nullable=False,
            source="derived",
        ),
        Column("byte_hash", "VARCHAR", "SHA-256 over the body as received", nullable=False, source="derived"),
        Column("archive_file", "VARCHAR", "WARC file under archive/", nullable=False, source="run"),
        Column(
            "archive_offset",
            "BIGINT",
            "Where its record begins in that file",
            nullable=False,
            source="run",
            unit="bytes",
        ),
        Column("parser_version", "VARCHAR", "Parser that read it", nullable=False, source="run"),
        Column(
            "has_record", "BOOLEAN", "Whether the parser found a page of its kind", nullable=False, source="derived"
        ),
        Column(
            "coverage",
            "DOUBLE",
            "Share of the content's visible text that a field claims, of an article's prose that was kept, 0 to 1",
            source="derived",
            check="coverage BETWEEN 0 AND 1",
        ),
        Column(
            "text_loss",
            "DOUBLE",
            "Share of the page's text that only a second parser sees, not the one in use, 0 to 1; null if not measured",
            source="derived",
            check="text_loss BETWEEN 0 AND 1",
        ),
        Column(
            "unclaimed",
            "VARCHAR",
            "Headings and labels that no field claims, one a line; null if there are none. Names of persons are '…'",
        ),
        Column(
            "reserved_by",
            "VARCHAR",
            "How the site reserves text and data mining (§ 44b UrhG): tdmrep.json, header, meta, noai header, noai "
            "meta (of an article only the address is kept then); noimageai reserves pictures only; null if nothing "
            "does",
            source="run",
        ),
    ),
)

AREA_STATS = Table(
    "area_stats",
    "Area statistics",
    "One figure of a project page's area box, for the town or for the programme area",
    "facts",
    ("project_id", "indicator_code", "scope"),
    (
        project_id(),
        _link("indicator_code", "What is measured", "indicators.code", nullable=False),
        Column("scope", "VARCHAR", "The whole town or the programme area", nullable=False, terms="scope"),
        Column(
            "value",
            "DOUBLE",
            "The figure; null where the page's words are no number",
            unit="column unit",
            evidence=True,
        ),
        Column("unit", "VARCHAR", "Unit of the figure", nullable=False, terms="unit", evidence=True),
        Column("value_as_written", "VARCHAR", "The figure as the page writes it", evidence=True),
        Column(
            "as_of",
            "DATE",
            "Day the figure is of, from the page's source note; a month or year is its first day",
            evidence=True,
        ),
        precision("as_of_precision", "that day"),
        Column("source_note", "VARCHAR", "Source that the page's note names for the figure", evidence=True),
        Column(
            "plausibility",
            "VARCHAR",
            "Whether the figure can be right; null if no rule could tell",
            source="derived",
            terms="plausibility",
            evidence=True,
        ),
        Column("plausibility_reason", "VARCHAR", "Why it is taken for implausible", source="derived"),
    ),
    (SENSIBLE_PERCENT,),
)

OUTCOMES = Table(
    "outcomes",
    "Outcomes",
    "One outcome figure, however many documents repeat it",
    "facts",
    ("outcome_id",),
    (
        _key("outcome_id", "Id made from place, metric, group, status, period and value"),
        Column("municipality_name", "VARCHAR", "Official name of the municipality", source="derived"),
        Column("ags", "VARCHAR", "Official municipality key (AGS); null if no town is told", source="derived"),
        _link("project_line_id", "Project line it belongs to", "project_lines.project_line_id"),
        _link("round_code", "Round it belongs to", "rounds.code"),
        _link("metric_code", "What is counted", "metrics.code", nullable=False),
        _link("subgroup_code", "Group of people it is about", "subgroups.code", nullable=False),
        _needed("status", "Result or plan", "status", evidence=False),
        Column("value", "DOUBLE", "The figure", nullable=False, unit="column unit", source="derived"),
        _needed("unit", "Unit of the figure", "unit", evidence=False),
        Column("since", "DATE", "Day from which it counts; a month or year is its first day", source="derived"),
        Column("as_of", "DATE", "Day up to which it counts, where a claim says so", source="derived"),
        _link("first_document_id", "Document that gave it first", "documents.document_id"),
        Column(
            "n_documents",
            "BIGINT",
            "Documents that give it",
            nullable=False,
            source="derived",
            check="n_documents >= 1",
        ),
        Column(
            "n_independent_sources",
            "BIGINT",
            "Sources that give it: copies of one release count once, and so do articles of one publisher",
            nullable=False,
            source="derived",
            check="n_independent_sources >= 1",
        ),
        _needed("agreement", "What independent sources say of it", "agreement", evidence=False),
    ),
    ("n_independent_sources <= n_documents",),
)

OUTCOME_CLAIMS = Table(
    "outcome_claims",
    "Outcome claims",
    "One figure in one document: somebody says that something was reached or is planned",
    "facts",
    ("claim_id",),
    (
        _key("claim_id", "Id made from the document and the figure"),
        document_id("The document that says it"),
        _link(
            "project_id", "Project it is about; null if place and period fit none", "projects.project_id", evidence=True
        ),
        _link("project_line_id", "Project line it is about", "project_lines.project_line_id", evidence=True),
        Column("municipality_name", "VARCHAR", "Official name of the town it is about", evidence=True),
        Column(
            "ags",
            "VARCHAR",
            "Official municipality key (AGS); null if no town is told",
            source="derived",
            evidence=True,
        ),
        _link("round_code", "Round it is about", "rounds.code", evidence=True),
        _link("metric_code", "What is counted", "metrics.code", nullable=False, evidence=True),
        _link("subgroup_code", "Group of people it is about", "subgroups.code", nullable=False, evidence=True),
        Column("value", "DOUBLE", "The figure", nullable=False, unit="column unit", evidence=True),
        _needed("unit", "Unit of the figure; a rate has percent, money EUR", "unit"),
        _needed("qualifier", "How exact the text says it is", "qualifier"),
        _needed("status", "Result or plan", "status"),
        _needed("basis", "Whether place and period stand in the same sentence", "basis"),
        Column("since", "DATE", "Day from which it counts; a month or year is its first day", evidence=True),
        precision("since_precision", "that day"),
        Column("as_of", "DATE", "Day up to which it counts; a month or year is its first day", evidence=True),
        precision("as_of_precision", "that day"),
        _needed("quote", "The passage that says it, as it stands in the document's text"),
        Column(
            "char_start", "BIGINT", "Where the passage begins in the document's text", nullable=False, unit="characters"
        ),
        Column("char_end", "BIGINT", "Where it ends", nullable=False, unit="characters"),
        _needed("rule", "Rule that read it", evidence=False),
        Column(
            "origin_id",
            "VARCHAR",
            "Origin of the document's figures for this town: copies of one release share it",
            nullable=False,
            source="derived",
        ),
        _link("outcome_id", "The outcome it counts towards", "outcomes.outcome_id"),
    ),
    ("char_start >= 0 AND char_start < char_end",),
)

PROVENANCE = Table(
    "provenance",
    "Provenance",
    "Where one cell comes from",
    "evidence",
    ("table_name", "row_key", "column_name"),
    (
        _key("table_name", "Table of the cell"),
        _key("row_key", "Key of its row: the key columns in their order, joined by |"),
        _key("column_name", "Column of the cell"),
        document_id("The page it was read from"),
        _link("snapshot_id", "The archived body it was read from", "snapshots.snapshot_id", nullable=False),
        Column("locator", "VARCHAR", "Where on the page: headings and labels, or characters from-to", nullable=False),
        Column("quote", "VARCHAR", "The passage of the page's text", nullable=False),
        Column("rule", "VARCHAR", "Rule that made the value of it", nullable=False, source="derived"),
    ),
    indexed=False,  # see the check provenance_is_sound
)

CHANGES = Table(
    "changes",
    "Changes",
    "One value that a page changed between two snapshots",
    "evidence",
    ("change_id",),
    (
        _key("change_id", "Id made from cell and snapshots"),
        document_id("The page that changed"),
        _key("table_name", "Table of the cell"),
        _key("row_key", "Key of its row: the key columns in their order, joined by |"),
        _key("column_name", "Column of the cell"),
        Column("old_value", "VARCHAR", "Value before, as text; null if there was none"),
        Column("new_value", "VARCHAR", "Value after, as text; null if there is none any more"),
        Column(
            "seen_at", "TIMESTAMP", "When the new value was fetched first", nullable=False, source="run", unit="UTC"
        ),
        _link("old_snapshot_id", "Snapshot with the value before", "snapshots.snapshot_id", nullable=False),
        _link("new_snapshot_id", "Snapshot with the value after", "snapshots.snapshot_id", nullable=False),
    ),
)

RUNS = Table(
    "runs",
    "Runs",
    "One run that fetched or built",
    "operations",
    ("run_id",),
    (
        Column("run_id", "VARCHAR", "Id of the run", nullable=False, source="run"),
        Column("started_at", "TIMESTAMP", "When it began", nullable=False, source="run", unit="UTC"),
        Column(
            "finished_at",
            "TIMESTAMP",
            "When its fetching ended; null for a run that only built",
            source="run",
            unit="UTC",
        ),
        _counted("listed", "Addresses that listings, sitemaps and feeds gave"),
        _counted("fetched", "Pages that came with a body"),
        _counted("unchanged", "Pages that answered: not modified"),
        _counted("parsed", "Pages that came with a body and gave a record"),
        _counted("failed", "Pages that could not be fetched"),
        Column(
            "published",
            "BOOLEAN",
            "True for the run that built this file; null where this file can not know",
            source="run",
        ),
        Column(
            "data_as_of", "TIMESTAMP", "Newest time at which a page was seen, up to this run", source="run", unit="UTC"
        ),
    ),
    ("started_at <= finished_at",),
)

CRAWLS = Table(
    "crawls",
    "Crawls",
    "One source in one run: what was listed, fetched and missed",
    "operations",
    ("run_id", "source_id"),
    (
        Column("run_id", "VARCHAR", "The run", nullable=False, source="run", references="runs.run_id"),
        Column("source_id", "VARCHAR", "The source", nullable=False, source="run", references="sources.source_id"),
        Column("started_at", "TIMESTAMP", "When it began", nullable=False, source="run", unit="UTC"),
        Column("finished_at", "TIMESTAMP", "When it ended; null if it was cut off", source="run", unit="UTC"),
        _counted("listed", "Addresses that its listings gave"),
        Column("listing_total", "BIGINT", "Total that the listing prints; null if it prints none", source="run"),
        Column(
            "is_complete",
            "BOOLEAN",
            "Proved to have seen everything: pager walked to its end, count agrees",
            nullable=False,
            source="run",
        ),
        _counted("fetched", "Pages that came with a body"),
        _counted("unchanged", "Pages that answered: not modified"),
        _counted("failed", "Pages that could not be fetched"),
        _counted("gone", "Pages proved gone"),
    ),
)

ACCEPTANCES = Table(
    "acceptances",
    "Accepted checks",
    "One check that a person accepted for one run: the warehouse was published although it failed, or might have",
    "operations",
    ("run_id", "check_name"),
    (
        Column("run_id", "VARCHAR", "The run; runs that only rebuilt are not in runs", nullable=False, source="run"),
        Column("check_name", "VARCHAR", "The check, a name of warehouse/checks", nullable=False, source="run"),
        Column("reason", "VARCHAR", "Why, in the words of the person who accepted it", nullable=False, source="run"),
        Column("accepted_at", "TIMESTAMP", "When", nullable=False, source="run", unit="UTC"),
    ),
)

ISSUES = Table(
    "issues",
    "Issues",
    "One thing that could not be read or decided, or that looks wrong",
    "operations",
    ("issue_id",),
    (
        _key("issue_id", "Id made from page, kind, field and value"),
        Column("run_id", "VARCHAR", "Run that built this file", nullable=False, source="run", references="runs.run_id"),
        Column("severity", "VARCHAR", "How grave it is", nullable=False, source="derived", terms="severity"),
        Column(
            "kind",
            "VARCHAR",
            "What kind of issue: table issue_kinds explains it and says what to do",
            nullable=False,
            source="derived",
            references="issue_kinds.code",
            enforced=False,  # a new kind without explanation is a warning, not a lost night
        ),
        document_id("The page; null if it is about no page", nullable=True),
        Column("field", "VARCHAR", "Field of the record or column it is about", source="derived"),
        Column("value", "VARCHAR", "What stood there"),
        Column(
            "message", "VARCHAR", "What is wrong and what would be right, in one line", nullable=False, source="derived"
        ),
    ),
)

TABLES = (OUTCOMES, SNAPSHOTS, AREA_STATS, OUTCOME_CLAIMS, PROVENANCE, CHANGES, RUNS, CRAWLS, ACCEPTANCES, ISSUES)
