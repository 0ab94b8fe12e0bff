"""The registry, part 1: code and reference tables.

Belongs here: what each code table is and what its columns mean. Does not: the codes themselves (warehouse/codes,
warehouse/reference). Concept: every code in the data has a table with its German and English label.
"""

from __future__ import annotations

from warehouse.columns import Column, Table, code, labels, listed

_ORDER = listed("position", "BIGINT", "Order in which lists of these codes are shown, counted from 1")


def _share(name: str, description: str) -> Column:
    return Column(
        name,
        "DOUBLE",
        description,
        nullable=False,
        source="code list",
        unit="share, 0 to 1",
        check=f"{name} BETWEEN 0 AND 1",
    )


ROUNDS = Table(
    "rounds",
    "Funding rounds",
    "One funding round of the programme",
    "codes",
    ("code",),
    (
        code("Roman number of the round: I, II, III, IV, V"),
        *labels(),
        _ORDER,
        listed("label_on_pages", "VARCHAR", "How project pages write the round, e.g. '2015 - 2018'"),
        listed("start_date", "DATE", "First day of the round's first year"),
        listed("end_date", "DATE", "Last day of the round's last year; a project may be extended beyond it"),
        listed("fund", "VARCHAR", "European fund that pays: ESF or ESF Plus"),
        listed("programming_period", "VARCHAR", "Period of the European programme, e.g. '2014-2020'"),
        listed("op_cci", "VARCHAR", "Number of the operational programme (CCI) at the European Commission"),
    ),
    ("start_date <= end_date",),
)

STATES = Table(
    "states",
    "Federal states",
    "One of the 16 German Länder",
    "codes",
    ("code",),
    (
        code("Two letters of ISO 3166-2:DE, e.g. NW"),
        *labels(),
        listed("ags", "VARCHAR", "First two digits of the official municipality key"),
        listed("nuts1", "VARCHAR", "European statistical region, level 1"),
        listed("lat", "DOUBLE", "Latitude of a point to label the state at", unit="degrees, WGS 84"),
        listed("lon", "DOUBLE", "Longitude of that point", unit="degrees, WGS 84"),
    ),
)

MUNICIPALITIES = Table(
    "municipalities",
    "Municipalities",
    "One German municipality, or one Bezirk of Berlin or Hamburg",
    "codes",
    ("code",),
    (
        code("Official municipality key (AGS), 8 digits; a Bezirk adds a hyphen and its number"),
        *labels(),
        listed("official_name", "VARCHAR", "Full official name with its title, e.g. 'Kiel, Landeshauptstadt'"),
        listed(
            "same_name_count",
            "BIGINT",
            "How many German municipalities bear the short name; above 1 the state is needed to tell them apart",
        ),
        listed("kind", "VARCHAR", "municipality, or district for a Bezirk"),
        listed("parent_code", "VARCHAR", "For a Bezirk the code of its city"),
        listed(
            "ags",
            "VARCHAR",
            "Official municipality key (Amtlicher Gemeindeschlüssel), 8 digits; a Bezirk has its city's",
        ),
        listed("ars", "VARCHAR", "Official regional key (Amtlicher Regionalschlüssel), 12 digits"),
        listed("state_code", "VARCHAR", "The state it lies in", references="states.code"),
        listed("kreis_name", "VARCHAR", "District (Kreis) or independent town"),
        listed("nuts3", "VARCHAR", "European statistical region, level 3, NUTS 2021"),
        listed("nuts3_2024", "VARCHAR", "The same in NUTS 2024"),
        listed("lat", "DOUBLE", "Latitude of a point in the municipality", unit="degrees, WGS 84"),
        listed("lon", "DOUBLE", "Longitude of that point", unit="degrees, WGS 84"),
        listed("population", "BIGINT", "Inhabitants at the end of 2020 or later, official count", unit="persons"),
        listed("area_ha", "DOUBLE", "Area of the municipality", unit="ha"),
        listed("esf_region_code", "VARCHAR", "ESF region of 2014-2020 it lies in", references="esf_regions.code"),
        listed("territory_as_of", "DATE", "Territorial status that keys and borders are of"),
    ),
)

TARGET_GROUPS = Table(
    "target_groups",
    "Target groups",
    "One group of people or businesses that projects work for",
    "codes",
    ("code",),
    (code(), *labels(), _ORDER),
)

ACTION_FIELDS = Table(
    "action_fields",
    "Action fields",
    "One action field (Handlungsfeld) of the programme",
    "codes",
    ("code",),
    (code(), *labels(), _ORDER),
)

ESF_REGIONS = Table(
    "esf_regions",
    "ESF regions",
    "One category of region (Zielgebiet) of the European Social Fund",
    "codes",
    ("code",),
    (
        code(),
        *labels(),
        listed("programming_period", "VARCHAR", "Period of the European programme the category belongs to"),
        listed("abbreviation", "VARCHAR", "Official short form"),
    ),
)

METRICS = Table(
    "metrics",
    "Outcome metrics",
    "One thing that outcome figures count",
    "codes",
    ("code",),
    (
        code(),
        *labels(),
        _ORDER,
        listed("unit", "VARCHAR", "Unit of its figures", terms="unit"),
        listed("description", "VARCHAR", "What counts and what does not"),
    ),
)

SUBGROUPS = Table(
    "subgroups",
    "Subgroups of outcome figures",
    "One group of people an outcome figure is about; groups overlap and are never added",
    "codes",
    ("code",),
    (code(), *labels(), _ORDER),
)

INDICATORS = Table(
    "indicators",
    "Area indicators",
    "One indicator of the box 'Gebietsbeschreibung' of project pages",
    "codes",
    ("code",),
    (
        code(),
        *labels(),
        _ORDER,
        listed("unit", "VARCHAR", "Unit of its figures", terms="unit"),
        listed("description", "VARCHAR", "What it measures"),
    ),
)

ORGANISATION_KINDS = Table(
    "organisation_kinds",
    "Kinds of organisations",
    "One kind of body, e.g. job centre or chamber",
    "codes",
    ("code",),
    (code(), *labels()),
)

ISSUE_KINDS = Table(
    "issue_kinds",
    "Kinds of issues",
    "One kind of issue: what it means and what to do about it",
    "codes",
    ("code",),
    (
        code("Word in snake_case, as parsers and rules give it"),
        *labels(),
        Column("advice", "VARCHAR", "What a person does about it", nullable=False, source="code list"),
    ),
)

PAGE_TYPES = Table(
    "page_types",
    "Page types",
    "One kind of page: how much of it may be left unread before it is noticed, and before nothing is published",
    "codes",
    ("code",),
    (
        code("The page type of documents and sources"),
        *labels(),
        _share("coverage_floor", "A page of which fields claim less has an issue"),
        _share(
            "text_loss_limit", "A page of which the second parser sees more than this beyond the first has an issue"
        ),
        _share("pages_below_limit", "A source with more than this share of such pages is not published"),
        Column("reason", "VARCHAR", "On what the three figures rest", nullable=False, source="code list"),
    ),
)

TERM_ROWS = Table(
    "terms",
    "Words of closed sets",
    "One word of a closed set that columns use (status, qualifier, role …)",
    "codes",
    ("set_name", "code"),
    (
        Column(
            "set_name", "VARCHAR", "Name of the set; comments of columns name it", nullable=False, source="code list"
        ),
        code("The word"),
        *labels(),
        _ORDER,
    ),
)

TABLES = (
    ROUNDS,
    STATES,
    ESF_REGIONS,
    MUNICIPALITIES,
    TARGET_GROUPS,
    ACTION_FIELDS,
    METRICS,
    SUBGROUPS,
    INDICATORS,
    ORGANISATION_KINDS,
    ISSUE_KINDS,
    PAGE_TYPES,
    TERM_ROWS,
)
