"""What one version of a page says, laid out for comparing versions.

Belongs here: from a version to the rows and lists that history compares. Does not: the comparison (history.py).
Concept: only what the page itself says is compared; ids, lines and organisations are worked out and no change of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from warehouse.harmonise.area_stats import area_stats
from warehouse.harmonise.cells import Page
from warehouse.harmonise.claims import claim_ids
from warehouse.harmonise.history import Content, Entry, Value
from warehouse.harmonise.org_names import Home
from warehouse.harmonise.project_rows import Joined
from warehouse.harmonise.readings import Listed, Partner, Reading
from warehouse.tables import row_key

Several = Mapping[tuple[Home, str], int]
"""Entries that name several bodies, each of which has a row: home and entry -> how many."""
_DOCUMENT = ("title", "published_on", "language")
_STATS = ("value", "value_as_written", "as_of", "as_of_precision", "source_note")
_CLAIM_KEY = ("metric", "subgroup", "status", "unit", "place", "since")
_CLAIM_CELLS = ("qualifier", "basis", "as_of", "as_of_precision", "quote")


def of_article(page: Page) -> Content:
    """An article: what the document says of itself, and its figures by what they count."""
    content = Content()
    _document(content, page)
    claims = page.record["claims"]
    groups: dict[str, list[Entry]] = defaultdict(list)
    for claim_id, claim in zip(claim_ids(page.document.document_id, claims), claims, strict=True):
        group = "|".join(str(claim[name]) for name in _CLAIM_KEY)
        cells: dict[str, Value] = {name: claim[name] for name in _CLAIM_CELLS}
        groups[group].append(Entry(claim_id, claim["value"], cells))
    for group, entries in groups.items():
        content.lists["outcome_claims", "value", group] = entries
    return content


def of_joined_page(reading: Reading, joined: Joined | None) -> Content:
    """A town's page that joined a project, or speaks of none: its title and its organisations."""
    content = Content()
    _document(content, reading.page)
    if joined is not None:
        others = frozenset(joined.places.keys.values())
        told: set[str] = set()
        for partner, key in _with_rows(reading.partners, joined):
            if key not in told:  # two spellings of one body have one row
                told.add(key)
                # A row of this page's own never takes the place of one that another page has given.
                _add(content, partner, key, group=f"{partner.role}, of another page" if key in others else partner.role)
    return content


def of_main_page(reading: Reading, project_id: str, several: Several, *, has_stats: bool) -> Content:
    """The page that a project's facts are from: all its columns and lists."""
    content = Content()
    content.main_column = {"area_stats": "value"}
    content.rows["projects", project_id] = reading.columns
    for table, column, entries in (
        ("project_programme_areas", "name", reading.areas),
        ("project_action_fields", "label_as_written", reading.action_fields),
        ("project_target_groups", "label_as_written", reading.target_groups),
        ("project_activities", "text", reading.activities),
    ):
        content.lists[table, column, ""] = _entries(project_id, entries)
    _organisations(content, reading, project_id, several)
    for fact in area_stats(reading.page, project_id, reading.municipality)[0] if has_stats else ():
        key = ("area_stats", row_key("area_stats", fact.row))
        content.rows[key] = {name: fact.row[name] for name in _STATS}
    return content


def _document(content: Content, page: Page) -> None:
    cells = {name: page.record.get(name) for name in _DOCUMENT}
    content.rows["documents", page.document.document_id] = cells


def _entries(project_id: str, entries: Sequence[Listed]) -> list[Entry]:
    return [Entry(f"{project_id}|{place}", entry.written, {}) for place, entry in enumerate(entries, start=1)]


def _organisations(content: Content, reading: Reading, project_id: str, several: Several) -> None:
    positions: dict[str, int] = defaultdict(lambda: 1)
    home = reading.gist().home
    for partner in reading.partners:
        _add(content, partner, f"{project_id}|{partner.role}|{positions[partner.role]}", group=partner.role)
        positions[partner.role] += several.get((home, partner.written), 1)


def _with_rows(partners: Sequence[Partner], joined: Joined) -> Iterator[tuple[Partner, str]]:
    """Entries with the key of their row, the first of several; what names no body ("-") has none.

    As the rows are made: a body that the project has keeps its row, another one gets the next.
    """
    places = joined.places.copy()
    for partner in partners:
        keys = []
        # A version of when the page had another town may name what no page of this town does.
        uses = joined.bodies.get(partner.written)
        for body in [partner.written] if uses is None else [use.organisation_id for use in uses]:
            if places.lacks(partner.role, body):
                keys.append(f"{places.project_id}|{partner.role}|{places.add(partner.role, body)}")
            else:
                keys.append(places.keys[body])
        if keys:
            yield partner, keys[0]


def _add(content: Content, partner: Partner, key: str, *, group: str) -> None:
    name = ("project_organisations", "name_as_written", group)
    content.lists.setdefault(name, []).append(Entry(key, partner.written, {}))
