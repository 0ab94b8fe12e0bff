"""What one version of a page says, laid out for comparing versions.

Belongs here: from a version to the rows and lists that history compares. Does not: the comparison (history.py).
Concept: only what the page itself says is compared; ids, lines and organisations are worked out and no change of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from warehouse.harmonise.area_stats import area_stats
from warehouse.harmonise.cells import Page
from warehouse.harmonise.claims import claim_ids
from warehouse.harmonise.history import Content, Entry, Value
from warehouse.harmonise.org_names import Home
from warehouse.harmonise.readings import Listed, Reading
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


def of_joined_page(reading: Reading, project_id: str | None, row_keys: Mapping[tuple[str, str], str]) -> Content:
    """A town's page that adds to a project, or speaks of none: its title and its organisations.

    `row_keys` has the key of the row of an organisation that it added, by role and name.
    """
    content = Content()
    _document(content, reading.page)
    if project_id is not None:
        _organisations(content, reading, project_id, {}, row_keys)
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
    _organisations(content, reading, project_id, several, {})
    for fact in area_stats(reading.page, project_id, reading.municipality)[0] if has_stats else ():
        key = ("area_stats", row_key("area_stats", fact.row))
        content.rows[key] = {name: fact.row[name] for name in _STATS}
    return content


def _document(content: Content, page: Page) -> None:
    cells = {name: page.record.get(name) for name in _DOCUMENT}
    content.rows["documents", page.document.document_id] = cells


def _entries(project_id: str, entries: Sequence[Listed]) -> list[Entry]:
    return [Entry(f"{project_id}|{place}", entry.written, {}) for place, entry in enumerate(entries, start=1)]


def _organisations(
    content: Content,
    reading: Reading,
    project_id: str,
    several: Several,
    row_keys: Mapping[tuple[str, str], str],
) -> None:
    positions: dict[str, int] = defaultdict(lambda: 1)
    home = reading.gist().home
    for partner in reading.partners:
        place = positions[partner.role]
        key = row_keys.get((partner.role, partner.written), f"{project_id}|{partner.role}|{place}")
        content.lists.setdefault(("project_organisations", "name_as_written", partner.role), []).append(
            Entry(key, partner.written, {})
        )
        positions[partner.role] += several.get((home, partner.written), 1)
