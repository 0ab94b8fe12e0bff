"""The registry, part 2: sources, documents, projects, organisations.

Belongs here: the things of the data, their names and the links between them. Does not: figures.
Concept: an entity has a key from stable raw fields; a value that a rule changed keeps its original beside it.
"""

from __future__ import annotations

from warehouse.columns import Column, Table, document_id, listed, position, precision, project_id


def _key(name: str, description: str) -> Column:
    return Column(name, "VARCHAR", description, nullable=False, source="derived")


def _fact(name: str, description: str) -> Column:
    return Column(name, "VARCHAR", description, evidence=True)


def _coded(name: str, description: str, target: str) -> Column:
    return Column(name, "VARCHAR", description, source="derived", references=target, evidence=True)


def _seen(name: str, description: str) -> Column:
    return Column(name, "TIMESTAMP", description, source="run", unit="UTC")


def _link(name: str, description: str, target: str) -> Column:
    return Column(name, "VARCHAR", description, nullable=False, source="derived", references=target)


def _mentions(description: str) -> Column:
    return Column("n_mentions", "BIGINT", description, nullable=False, source="derived", check="n_mentions >= 1")


AGS = "Official municipality key (AGS); null where the place is unknown or ambiguous (then an issue says so)"

SOURCES = Table(
    "sources",
    "Sources",
    "One source file: a site or a part of it, with what is expected of it",
    "operations",
    ("source_id",),
    (
        Column("source_id", "VARCHAR", "Name of the source", nullable=False, source="run"),
        Column("title", "VARCHAR", "What the source is", nullable=False, source="run"),
        Column("publisher", "VARCHAR", "Who publishes the pages", nullable=False, source="run"),
        Column("page_type", "VARCHAR", "Kind of its pages", nullable=False, source="run", terms="page_type"),
        Column("min_pages", "BIGINT", "Fewer good pages than this: nothing is published", nullable=False, source="run"),
        Column("max_pages", "BIGINT", "More good pages than this: a warning", nullable=False, source="run"),
        _seen("data_as_of", "Newest time at which one of its pages was seen; null before the first"),
    ),
)

DOCUMENTS = Table(
    "documents",
    "Documents",
    "One page that gave a record at least once, under its canonical address",
    "entities",
    ("document_id",),
    (
        _key("document_id", "Id made from the canonical address"),
        Column("url", "VARCHAR", "Canonical address: without session ids and navigation parameters", nullable=False),
        Column("page_type", "VARCHAR", "Kind of page", nullable=False, source="run", terms="page_type"),
        Column(
            "source_id", "VARCHAR", "Source it came from", nullable=False, source="run", references="sources.source_id"
        ),
        Column("title", "VARCHAR", "Title of the newest good version"),
        Column("publisher", "VARCHAR", "Who publishes it: by its host, else by the source file", source="derived"),
        Column("published_on", "DATE", "Day of publication that the page states"),
        Column("language", "VARCHAR", "Language, e.g. de; by the text's common words if none is declared"),
        _seen("first_seen", "When a good version was fetched first"),
        _seen("last_seen", "When the page was there last: fetched, or answered as unchanged"),
        _seen("gone_since", "When the site proved (404 or 410) that the page is gone; null while it is there"),
        Column(
            "snapshot_id",
            "VARCHAR",
            "Snapshot that the current data were read from; null if no version was of use",
            source="derived",
            references="snapshots.snapshot_id",
            enforced=False,  # snapshots point back to documents, and rows are only ever inserted
        ),
    ),
)

DOCUMENT_ALIASES = Table(
    "document_aliases",
    "Other addresses of documents",
    "One more address under which a document was found",
    "entities",
    ("document_id", "url"),
    (document_id("The document"), Column("url", "VARCHAR", "Address as it was found", nullable=False)),
)

DOCUMENT_PLACES = Table(
    "document_places",
    "Places in documents",
    "One municipality that a document names",
    "entities",
    ("document_id", "ags"),
    (
        document_id("The document"),
        Column("ags", "VARCHAR", "Official municipality key (AGS), 8 digits", nullable=False, source="derived"),
        Column("municipality_name", "VARCHAR", "Official name of the municipality", nullable=False, source="derived"),
        _mentions("How often the article, or what was read of the page, names it"),
    ),
)

PROJECT_LINES = Table(
    "project_lines",
    "Project lines",
    "The projects of one town and its areas over the rounds, seen as one line",
    "entities",
    ("project_line_id",),
    (
        _key("project_line_id", "Id made from the town, readable"),
        Column("municipality_name", "VARCHAR", "Official name of the municipality", source="derived"),
        Column("ags", "VARCHAR", AGS, source="derived"),
        Column("label", "VARCHAR", "Name of the line to show", nullable=False, source="derived"),
        Column(
            "first_round_code", "VARCHAR", "Its first round in the data", source="derived", references="rounds.code"
        ),
        Column("last_round_code", "VARCHAR", "Its last round in the data", source="derived", references="rounds.code"),
        Column("n_projects", "BIGINT", "Number of its projects", nullable=False, source="derived"),
    ),
)

PROJECTS = Table(
    "projects",
    "Projects",
    "One project: one operation of one round in one town",
    "entities",
    ("project_id",),
    (
        _key("project_id", "Id made from round and town, readable, e.g. iii-duisburg"),
        _fact("title", "Title of the project"),
        _fact("subtitle", "Lines under the title, joined by a space"),
        _fact("summary", "Short description at the top of the page"),
        _fact("goals", "Goals (Ziele) as the page words them"),
        _coded("round_code", "Funding round; null if the page's label is unknown", "rounds.code"),
        _fact("round_as_written", "Funding round (Förderrunde) as the page writes it"),
        Column(
            "start_date",
            "DATE",
            "First day of the runtime; a month or year that the page gives is its first day",
            evidence=True,
        ),
        Column(
            "end_date",
            "DATE",
            "Last day of the runtime; a month or year that the page gives is its last day",
            evidence=True,
        ),
        precision("runtime_precision", "the runtime"),
        _fact("runtime_as_written", "Runtime (Laufzeit) as the page writes it"),
        _fact("municipality_name", "Official name of the municipality; as written where it is not known"),
        _fact("municipality_as_written", "Municipality (Kommune) as the page writes it"),
        Column("ags", "VARCHAR", AGS, source="derived", evidence=True),
        _coded("district_code", "Bezirk of Berlin or Hamburg, where the page names one", "municipalities.code"),
        _coded("state_code", "Federal state", "states.code"),
        _fact("state_as_written", "Federal state (Bundesland) as the page writes it"),
        _coded("esf_region_code", "ESF region (Zielgebiet); null if the label is unknown", "esf_regions.code"),
        _fact("esf_region_as_written", "ESF region as the page writes it"),
        _fact("contact_organisation", "Organisation to write to; persons are left out"),
        _fact("contact_street", "Street and number of that organisation"),
        _fact("contact_postcode", "Its postcode, 5 digits"),
        _fact("contact_city", "Its town"),
        _fact("contact_homepage", "Its or the project's address on the web"),
        Column(
            "project_line_id",
            "VARCHAR",
            "Line of projects of this town; null without a known town",
            source="derived",
            references="project_lines.project_line_id",
        ),
        document_id("The page that the project's facts were read from"),
        _seen("first_seen", "When that page was seen first"),
        _seen("last_seen", "When that page was seen last"),
    ),
    ("start_date <= end_date",),
)

PROJECT_DOCUMENTS = Table(
    "project_documents",
    "Documents of projects",
    "One document that speaks of a project",
    "entities",
    ("project_id", "document_id"),
    (
        project_id(),
        document_id("The document"),
        Column("relation", "VARCHAR", "How it speaks of it", nullable=False, source="derived", terms="relation"),
        Column("rule", "VARCHAR", "Rule that joined the two", nullable=False, source="derived"),
    ),
)

PROGRAMME_AREAS = Table(
    "programme_areas",
    "Programme areas",
    "One programme area (quarter) of a town, whatever its spellings",
    "entities",
    ("programme_area_id",),
    (
        _key("programme_area_id", "Id made from the town and the first spelling"),
        Column("name", "VARCHAR", "The spelling to show", nullable=False, source="derived"),
        Column("municipality_name", "VARCHAR", "Official name of the municipality", source="derived"),
        Column("ags", "VARCHAR", AGS, source="derived"),
        Column("n_projects", "BIGINT", "Number of projects that work in it", nullable=False, source="derived"),
    ),
)

PROGRAMME_AREA_NAMES = Table(
    "programme_area_names",
    "Spellings of programme areas",
    "One spelling of a programme area's name",
    "entities",
    ("programme_area_id", "name_as_written"),
    (
        _link("programme_area_id", "The area", "programme_areas.programme_area_id"),
        Column("name_as_written", "VARCHAR", "The name as a page writes it", nullable=False),
        _mentions("How often pages write it so"),
    ),
)

PROJECT_PROGRAMME_AREAS = Table(
    "project_programme_areas",
    "Programme areas of projects",
    "One programme area (quarter) that a project works in",
    "entities",
    ("project_id", "position"),
    (
        project_id(),
        position(),
        Column("name", "VARCHAR", "Name as written", nullable=False, evidence=True),
        _coded("programme_area_id", "The area whatever its spelling", "programme_areas.programme_area_id"),
    ),
)


def _labelled(name: str, title: str, row: str, column: str, target: str) -> Table:
    code = Column(
        column,
        "VARCHAR",
        "Code of the label; null if no code covers it",
        source="derived",
        references=target,
        evidence=True,
    )
    label = Column("label_as_written", "VARCHAR", "The label as the page writes it", nullable=False, evidence=True)
    return Table(name, title, row, "entities", ("project_id", "position"), (project_id(), position(), code, label))


PROJECT_ACTION_FIELDS = _labelled(
    "project_action_fields",
    "Action fields of projects",
    "One action field (Handlungsfeld) that a project names",
    "action_field_code",
    "action_fields.code",
)

PROJECT_TARGET_GROUPS = _labelled(
    "project_target_groups",
    "Target groups of projects",
    "One target group (Zielgruppe) that a project names",
    "target_group_code",
    "target_groups.code",
)

PROJECT_ACTIVITIES = Table(
    "project_activities",
    "Activities of projects",
    "One activity (Aktivität) that a project lists",
    "entities",
    ("project_id", "position"),
    (
        project_id(),
        position(),
        Column("text", "VARCHAR", "The activity as the page words it", nullable=False, evidence=True),
    ),
)

ORGANISATIONS = Table(
    "organisations",
    "Organisations",
    "One body, whatever its spellings",
    "entities",
    ("organisation_id",),
    (
        _key("organisation_id", "Id that survives a new spelling"),
        Column("name", "VARCHAR", "The name to show", nullable=False, source="derived"),
        listed(
            "legal_form", "VARCHAR", "Legal form in its usual short form, e.g. gGmbH, e. V.; null if the name has none"
        ),
        Column(
            "kind",
            "VARCHAR",
            "Kind of body; null if no rule knows it",
            source="derived",
            references="organisation_kinds.code",
        ),
        Column("ags", "VARCHAR", "Official key of the municipality that is part of its identity", source="derived"),
        Column(
            "district_code",
            "VARCHAR",
            "Bezirk that is part of its identity, e.g. of a job centre in Berlin",
            source="derived",
            references="municipalities.code",
        ),
    ),
)

ORGANISATION_NAMES = Table(
    "organisation_names",
    "Spellings of organisations",
    "One spelling of an organisation's name",
    "entities",
    ("organisation_id", "name_as_written"),
    (
        _link("organisation_id", "The organisation", "organisations.organisation_id"),
        Column("name_as_written", "VARCHAR", "The name as a page writes it", nullable=False),
        _mentions("How often pages write it so"),
    ),
)

ORGANISATION_PROPOSALS = Table(
    "organisation_proposals",
    "Organisations that may be one",
    "Two names of a town that are near but not surely one body: a person decides in warehouse/decisions; `biwaq review`"
    " writes these rows in the form of a decision",
    "operations",
    ("organisation_id", "other_organisation_id"),
    (
        _link("organisation_id", "The organisation that was seen first", "organisations.organisation_id"),
        _link("other_organisation_id", "The other one", "organisations.organisation_id"),
        Column("name", "VARCHAR", "Its name as a page writes it", nullable=False),
        Column("other_name", "VARCHAR", "The other name as a page writes it", nullable=False),
        Column("ags", "VARCHAR", "Town of the page that the first name stands on", source="derived"),
        Column("other_ags", "VARCHAR", "Town of the page that the other name stands on", source="derived"),
        Column("reason", "VARCHAR", "Why they may be one", nullable=False, source="derived"),
        Column(
            "similarity",
            "DOUBLE",
            "How alike the words of the two names are, in any order: 1 is the same letters",
            nullable=False,
            source="derived",
            check="similarity BETWEEN 0 AND 1",
        ),
    ),
)

PROJECT_ORGANISATIONS = Table(
    "project_organisations",
    "Organisations of projects",
    "One organisation in one role in one project",
    "entities",
    ("project_id", "role", "position"),
    (
        project_id(),
        Column("role", "VARCHAR", "What it does in the project", nullable=False, source="derived", terms="role"),
        position(),
        _coded(
            "organisation_id",
            "The organisation; null where the entry is no body of its own",
            "organisations.organisation_id",
        ),
        Column("name_as_written", "VARCHAR", "The entry as the page writes it", nullable=False, evidence=True),
    ),
)

TABLES = (
    SOURCES,
    DOCUMENTS,
    DOCUMENT_ALIASES,
    DOCUMENT_PLACES,
    PROJECT_LINES,
    PROJECTS,
    PROJECT_DOCUMENTS,
    PROGRAMME_AREAS,
    PROGRAMME_AREA_NAMES,
    PROJECT_PROGRAMME_AREAS,
    PROJECT_ACTION_FIELDS,
    PROJECT_TARGET_GROUPS,
    PROJECT_ACTIVITIES,
    ORGANISATIONS,
    ORGANISATION_NAMES,
    ORGANISATION_PROPOSALS,
    PROJECT_ORGANISATIONS,
)
