"""One version of a project page or of a town's page, read into columns and lists with codes and keys.

Belongs here: what one page says, by itself. Does not: which project a page belongs to, organisations as entities.
Concept: a function of one version, so that two versions of a page can be compared as well as the current one built.
What tells projects and towns apart stays in memory for every page, the rest is read again when its rows are made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from warehouse.codelists import CodeList, load
from warehouse.harmonise import rounds
from warehouse.harmonise.cells import AS_WRITTEN, Note, Page, Severity
from warehouse.harmonise.org_names import Home
from warehouse.harmonise.places import Found, Municipality, gazetteer, town_slug
from warehouse.model import Document, Row, Version
from warehouse.remembered import remembered

T = TypeVar("T")
# "(langzeit-) arbeitslose Menschen ab 27 Jahren": the age is a condition of the round, not a group of its own.
_AGE = re.compile(r"\s*(?:\(?\d+\s?\+\)?|\(?\b(?:ab|über|unter|bis)\s+(?:zu\s+)?\d+\s*(?:Jahren?)?\)?)")
_PAGE_NUMBER = re.compile(r"/(\d+)_[^/]*$")


class Listed(NamedTuple):
    """One entry of a list of the page: its words, its path in the evidence, its code where the list has codes."""

    written: str
    path: str
    code: str | None = None


class Partner(NamedTuple):
    """One organisation as a page names it."""

    role: str
    written: str
    path: str


class Gist(NamedTuple):
    """What of one version tells projects and towns apart."""

    document: Document
    version: Version
    municipality: Municipality | None
    title: str | None
    round_code: str | None
    start: str | None
    end: str | None
    municipality_as_written: str | None
    district_code: str | None
    areas: tuple[str, ...]
    """The words of its areas."""

    @property
    def page(self) -> Page:
        """The version as a page, to be read again."""
        return Page(self.document, self.version)

    @property
    def ags(self) -> str | None:
        """The municipality's key."""
        return self.municipality.ags if self.municipality else None

    @property
    def slug(self) -> str:
        """The town's part of ids."""
        return town_slug(self.municipality, self.municipality_as_written)

    @property
    def home(self) -> Home:
        """Where names of organisations on this page belong."""
        return Home(self.ags, self.district_code, None if self.municipality else self.municipality_as_written)

    @property
    def town_name(self) -> str | None:
        """The town's name for reading its areas."""
        return self.municipality.name if self.municipality else self.municipality_as_written


@dataclass(slots=True)
class Reading:
    """What one version says. `columns` are those of `projects` without ids; `paths` and `rules` are their evidence."""

    page: Page
    municipality: Municipality | None
    columns: Row
    paths: dict[str, str]
    rules: dict[str, str]
    areas: list[Listed] = field(default_factory=list)
    target_groups: list[Listed] = field(default_factory=list)
    action_fields: list[Listed] = field(default_factory=list)
    activities: list[Listed] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def gist(self) -> Gist:
        """What stays in memory; what many pages share is one object."""
        columns = self.columns
        return Gist(
            self.page.document,
            self.page.version,
            self.municipality,
            columns["title"],
            _shared(columns["round_code"]),
            _shared(columns["start_date"]),
            _shared(columns["end_date"]),
            _shared(columns["municipality_as_written"]),
            _shared(columns["district_code"]),
            _shared(tuple([area.written for area in self.areas])),
        )

    def note(self, severity: Severity, kind: str, name: str, value: str | None, message: str) -> None:
        """Add an issue about this page."""
        self.notes.append(Note(severity, kind, self.page.document.document_id, name, value, message))


@remembered(65_536)
def _shared(value: T) -> T:
    """One object for equal ones."""
    return value


def page_number(url: str) -> str | None:
    """The number that the programme's site gives a project page: "2390" of ".../2390_Duisburg.html"."""
    hit = _PAGE_NUMBER.search(url)
    return hit[1] if hit else None


def read_project_page(page: Page) -> Reading:
    """Read a project page of the programme's site (page type gsb_project)."""
    record = page.record
    reading = _empty(page, record["municipality"], record["state"])
    _copy(reading, {"title": "title", "summary": "summary", "goals": "goals"}, record)
    _set(reading, "subtitle", " ".join(record["subtitles"]) or None, "subtitles/0", "lines joined by a space")
    _contact(reading, record["contact"])
    _runtime(reading, record["runtime"])
    _set(reading, "round_as_written", record["round_label"], "round_label")
    _round(reading, record["round_label"])
    _coded(reading, "esf_region", record["esf_region"], load("esf_regions"))
    _check_region(reading)
    reading.areas = _listed(record["programme_areas"], "programme_areas")
    reading.activities = _listed(record["activities"], "activities")
    reading.target_groups = _labels(reading, record["target_groups"], "target_groups", load("target_groups"))
    reading.action_fields = _labels(reading, record["action_fields"], "action_fields", load("action_fields"))
    _district_of_areas(reading)
    contact = record["contact"]["organisation"]
    reading.partners = [
        *([Partner("lead", contact, "contact/organisation")] if contact else []),
        *(Partner("partner", name, f"project_partners/{i}") for i, name in enumerate(record["project_partners"])),
        *(Partner("cooperation", n, f"cooperation_partners/{i}") for i, n in enumerate(record["cooperation_partners"])),
    ]
    return reading


def read_city_page(page: Page, known: frozenset[str]) -> Reading:
    """Read a town's page (page type city_page); `known` are the towns with a project page (AGS)."""
    record = page.record
    reading = _empty(page, record["municipality"], None, known)
    title = "project_title" if record["project_title"] else "title"
    _set(reading, "title", record[title], title)
    _runtime(reading, record["runtime"])
    stated = rounds.of_text((record["programme"], record["project_title"], record["title"]))
    if stated is not None:
        _set(reading, "round_code", stated, "programme" if record["programme"] else title, "round named in the text")
    else:
        _round(reading, None)
    reading.areas = _listed(record["programme_areas"], "programme_areas")
    phrases = record["target_group_phrases"]
    reading.target_groups = _labels(reading, phrases, "target_group_phrases", load("target_groups"))
    _district_of_areas(reading)
    coordination = record["coordination"]
    reading.partners = [
        *([Partner("coordination", coordination, "coordination")] if coordination else []),
        *(Partner("partner", name, f"partners/{i}") for i, name in enumerate(record["partners"])),
    ]
    return reading


def _empty(page: Page, municipality: str | None, state: str | None, known: frozenset[str] = frozenset()) -> Reading:
    """A reading with its place; what is not found has an issue for the field "municipality"."""
    state_code = load("states").lookup(state) if state else None
    found = _find(municipality, state_code, known) if municipality else Found("unknown")
    names = ("title", "subtitle", "summary", "goals", "round_code", "round_as_written", "start_date", "end_date")
    more = ("runtime_precision", "runtime_as_written", "esf_region_code", "esf_region_as_written", "district_code")
    contact = ("organisation", "street", "postcode", "city", "homepage")
    columns: Row = dict.fromkeys((*names, *more, *(f"contact_{name}" for name in contact)))
    reading = Reading(page, found.municipality, columns, {}, {})
    town = found.municipality
    _set(reading, "municipality_as_written", municipality, "municipality")
    _set(reading, "municipality_name", town.name if town else municipality, "municipality", found.rule or AS_WRITTEN)
    _set(reading, "ags", town.ags if town else None, "municipality", f"municipality by {found.rule}")
    _set(reading, "district_code", found.district_code, "municipality", found.rule)
    if town is None:
        _note_place(reading, municipality, found)
    _state(reading, state, state_code, town)
    return reading


@remembered(4_096)
def _find(municipality: str, state_code: str | None, known: frozenset[str]) -> Found:
    return gazetteer().find(municipality, state_code, known)


def _note_place(reading: Reading, written: str | None, found: Found) -> None:
    names = ", ".join(f"{m.name} ({m.state_code}, {m.ags})" for m in found.candidates)
    if written is None:
        reading.note("warning", "place_missing", "municipality", None, "the page names no municipality")
    elif found.outcome == "ambiguous":
        message = f"{written!r} could be {names} or a smaller town of that name: no key without the right state"
        reading.note("warning", "ambiguous_place", "municipality", written, message)
    elif found.outcome == "conflict":
        message = f"{written!r} is {names}, which is not in the state that the page names"
        reading.note("warning", "place_conflict", "municipality", written, message)
    else:
        message = f"{written!r} is no municipality of the reference file (10,000 inhabitants and more)"
        reading.note("warning", "unknown_place", "municipality", written, message)


def _state(reading: Reading, written: str | None, code: str | None, town: Municipality | None) -> None:
    _set(reading, "state_as_written", written, "state")
    if written is not None and code is None:
        reading.note("warning", "unknown_label", "state", written, f"{written!r} is none of the 16 states")
    if written is None and town is not None:
        _set(reading, "state_code", town.state_code, "municipality", "state of the municipality")
    else:
        _set(reading, "state_code", code, "state", "code list states")


def _set(reading: Reading, name: str, value: object, path: str, rule: str = AS_WRITTEN) -> None:
    reading.columns[name] = value
    if value is not None:
        reading.paths[name] = path
        reading.rules[name] = rule


def _copy(reading: Reading, names: dict[str, str], record: dict[str, Any]) -> None:
    for name, path in names.items():
        _set(reading, name, record[path], path)


def _contact(reading: Reading, contact: dict[str, str | None]) -> None:
    for name, value in contact.items():
        _set(reading, f"contact_{name}", value, f"contact/{name}")


def _runtime(reading: Reading, runtime: dict[str, str | None]) -> None:
    start, end = runtime["start"], runtime["end"]
    if start is not None and end is not None and start > end:
        message = f"the runtime {runtime['as_written']!r} ends before it starts: no dates are taken from it"
        reading.note("warning", "runtime_reversed", "runtime", runtime["as_written"], message)
        start = end = None
    _set(reading, "start_date", start, "runtime", "first day of the runtime")
    _set(reading, "end_date", end, "runtime", "last day of the runtime")
    _set(
        reading, "runtime_precision", runtime["precision"] if start or end else None, "runtime", "precision as written"
    )
    _set(reading, "runtime_as_written", runtime["as_written"], "runtime")


def _round(reading: Reading, label: str | None) -> None:
    """The page's label, else its address, else its runtime."""
    url, by_label = reading.page.document.url, load("rounds").lookup(label) if label else None
    by_address = rounds.of_address(url)
    if label is not None and by_label is None:
        reading.note("warning", "unknown_label", "round_label", label, f"{label!r} is no known funding round")
    if by_label is not None and by_address is not None and by_label != by_address:
        message = f"the page says {label!r}, its address says round {by_address}: the page's own words are taken"
        reading.note("warning", "round_conflict", "round_label", label, message)
    by_period = rounds.of_period(reading.columns["start_date"], reading.columns["end_date"])
    if by_label is not None:
        _set(reading, "round_code", by_label, "round_label", "code list rounds")
    elif label is None and by_address is not None:
        # No words of the page say it: the passage that is shown is the title, the rule names the address.
        _set(reading, "round_code", by_address, "title", "round in the page's address")
    elif label is None:
        _set(reading, "round_code", by_period, "runtime", "round that the runtime lies in")


def _coded(reading: Reading, name: str, label: str | None, codes: CodeList) -> None:
    code = codes.lookup(label) if label else None
    _set(reading, f"{name}_as_written", label, name)
    _set(reading, f"{name}_code", code, name, f"code list {codes.name}")
    if label is not None and code is None:
        message = f"{label!r} stands in no entry of warehouse/codes/{codes.name}.toml"
        reading.note("warning", "unknown_label", name, label, message)


def _check_region(reading: Reading) -> None:
    """Compare the page's ESF region with the reference of 2014-2020; the page is never overwritten."""
    code, town = reading.columns["esf_region_code"], reading.municipality
    is_comparable = reading.columns["round_code"] in ("III", "IV")
    if code is None or town is None or not is_comparable or town.esf_region_code == code:
        return
    label = reading.columns["esf_region_as_written"]
    message = f"the page says {label!r}, by the reference {town.name} lies in {town.esf_region_code!r}"
    reading.note("info", "region_mismatch", "esf_region", label, message)


def _listed(words: list[str], path: str) -> list[Listed]:
    return [Listed(written, f"{path}/{i}") for i, written in enumerate(words)]


def _labels(reading: Reading, words: list[str], path: str, codes: CodeList) -> list[Listed]:
    """Labels with their codes, ignored ones dropped; an unknown label keeps its words and is an issue, once a page."""
    found: list[Listed] = []
    for i, written in enumerate(words):
        if codes.is_ignored(written):
            continue
        code = codes.lookup(written) or codes.lookup(_AGE.sub("", written))
        if code is None and written not in {entry.written for entry in found}:
            message = f"{written!r} stands in no entry of warehouse/codes/{codes.name}.toml"
            reading.note("warning", "unknown_label", path, written, message)
        found.append(Listed(written, f"{path}/{i}", code))
    return found


def _district_of_areas(reading: Reading) -> None:
    """In Berlin and Hamburg the areas may name the Bezirk; it counts if they name one only."""
    town = reading.municipality
    if town is None or reading.columns["district_code"] is not None:
        return
    named = {entry.path: gazetteer().district_in(town.ags, entry.written) for entry in reading.areas}
    codes = {code for code in named.values() if code}
    if len(codes) == 1:
        path = next(path for path, code in named.items() if code)
        _set(reading, "district_code", codes.pop(), path, "Bezirk named as programme area")
