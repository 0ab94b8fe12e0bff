"""The shapes that leave the parsers: records, evidence, issues.

Belongs here: what a record of each page type holds, as types. Does not: how a page is read.
Concept: one record a page version; missing is None or [], never an invented value.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_origin, get_type_hints, is_typeddict

import orjson

if TYPE_CHECKING:  # whoever only knows shapes needs no lxml
    from parsers.html import Document
    from parsers.plain import Plain

Precision = Literal["day", "month", "year"]
Severity = Literal["error", "warning", "info"]


class Runtime(TypedDict):
    """A period as a page states it. A month-precise start is its first day, an end its last; dates are ISO."""

    start: str | None
    end: str | None
    precision: Precision | None
    as_written: str | None


class AreaStat(TypedDict):
    """One figure of the box `Gebietsbeschreibung`; `unit` is `ha`, `persons` or `percent`."""

    indicator: str
    scope: Literal["city", "area"]
    value: float | None
    unit: str
    as_written: str


class AreaSource(TypedDict):
    """One source of the note `Quellen der Gebietsbeschreibung`, with the date that the note gives it."""

    name: str
    as_of: str | None
    as_of_precision: Precision | None
    indicators: list[str]


class Contact(TypedDict):
    """The organisation to write to. Names, phones and mails of persons are left out by construction."""

    organisation: str | None
    street: str | None
    postcode: str | None
    city: str | None
    homepage: str | None


class ProjectRecord(TypedDict):
    """A project page of the programme's site. Lists keep page order and the words as written."""

    title: str | None
    subtitles: list[str]
    summary: str | None
    target_groups: list[str]
    project_partners: list[str]
    cooperation_partners: list[str]
    goals: str | None
    activities: list[str]
    area_source_note: str | None
    area_sources: list[AreaSource]
    esf_region: str | None
    state: str | None
    municipality: str | None
    programme_areas: list[str]
    action_fields: list[str]
    runtime: Runtime
    round_label: str | None
    area_stats: list[AreaStat]
    contact: Contact


class CityRecord(TypedDict):
    """A page of a town about its project, mostly prose."""

    title: str | None
    programme: str | None
    project_title: str | None
    municipality: str | None
    programme_areas: list[str]
    partners: list[str]
    coordination: str | None
    target_group_phrases: list[str]
    runtime: Runtime


class Claim(TypedDict):
    """One outcome figure of a text. `quote` is text[char_start:char_end] of the page's evidence text."""

    metric: str
    subgroup: str
    value: float
    unit: str
    qualifier: str
    status: str
    basis: str
    since: str | None
    since_precision: Precision | None
    as_of: str | None
    as_of_precision: Precision | None
    place: str | None
    quote: str
    char_start: int
    char_end: int
    rule: str


class NewsRecord(TypedDict):
    """An article. Its text stays in the archive; only places and figures leave it."""

    title: str | None
    published_on: str | None
    language: str | None
    places: list[str]
    claims: list[Claim]


class Evidence(TypedDict):
    """Where a value of the record stands on the page.

    `path` points into the record ("runtime", "area_stats/3", "project_partners/0"); `locator` says where to look
    (headings and labels joined by " › ", or "chars 120-164"); `quote` is a run of the page's evidence text.
    """

    path: str
    locator: str
    quote: str
    rule: str


class Issue(TypedDict):
    """What could not be read, as data: `kind` is a word of the dictionary, `value` what stood there."""

    severity: Severity
    kind: str
    field: str | None
    value: str | None
    message: str


RECORDS: dict[str, type] = {"gsb_project": ProjectRecord, "city_page": CityRecord, "news_article": NewsRecord}


def empty_record(page_type: str) -> dict[str, Any]:
    """The record of a page that gave nothing: every key of its type, each null or []."""
    return _empty(RECORDS[page_type])


def _empty(shape: type) -> dict[str, Any]:
    hints = get_type_hints(shape)
    return {
        name: _empty(kind) if is_typeddict(kind) else [] if get_origin(kind) is list else None
        for name, kind in hints.items()
    }


@dataclass(frozen=True, slots=True)
class ParseResult:
    """What a parser returns: a JSON-ready record, evidence and issues. `record` is None for a page of no use.

    `document` and `text` are for the silent-loss meter (parsers.meter): the tree that was read, if it was left as it
    was, and the main text that an article's extraction kept.
    """

    page_type: str
    parser_version: str
    record: dict[str, Any] | None
    evidence: list[Evidence]
    issues: list[Issue]
    content_hash: str
    coverage: float | None = None
    unclaimed: list[str] = field(default_factory=list)
    document: Document | Plain | None = field(default=None, repr=False, compare=False)
    text: str = field(default="", repr=False, compare=False)


def content_hash(record: object, text: str) -> str:
    """Hex sha256 over the extracted record and the page's evidence text, so that volatile bytes change nothing."""
    digest = hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS))
    digest.update(b"\0")
    digest.update(text.encode())
    return digest.hexdigest()


def issue(severity: Severity, kind: str, message: str, *, field: str | None = None, value: str | None = None) -> Issue:
    """An issue; `message` says what is wrong and what would be right, in one line."""
    return Issue(severity=severity, kind=kind, field=field, value=value, message=message)
