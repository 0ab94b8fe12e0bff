"""Hand-written records for the tests of harmonising: pages, documents and what becomes of them."""

from __future__ import annotations

from dataclasses import make_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from warehouse.harmonise import harmonise
from warehouse.harmonise.cells import Page
from warehouse.model import Crawl, Document, Row, Rows, RunInfo, SourceInfo, Version, stable_id
from warehouse.parts import Parts, by_column, check_tables
from warehouse.tables import TABLES, term_rows

SOURCES = {
    page_type: SourceInfo(page_type, page_type, f"publisher of {page_type}", page_type, 1, 99)
    for page_type in ("gsb_project", "city_page", "news_article")
}
RUN = RunInfo("run-1", "2025-11-20T01:15:00Z")
DAY = "2025-11-20T01:15:00Z"
NO_RUNTIME = {"start": None, "end": None, "precision": None, "as_written": None}
III = {"start": "2015-04-01", "end": "2018-12-31", "precision": "month", "as_written": "04/2015 bis 12/2018"}
IV = {"start": "2019-01-01", "end": "2022-12-31", "precision": "day", "as_written": "01.01.2019 bis zum 31.12.2022"}
SITE = "https://www.biwaq.example/BIWAQ/DE/Projekte"


def project_record(**values: Any) -> dict[str, Any]:
    """A record of a project page with only `values` filled."""
    lists = ("subtitles", "target_groups", "project_partners", "cooperation_partners", "activities", "area_sources")
    more = ("programme_areas", "action_fields", "area_stats")
    texts = ("title", "summary", "goals", "area_source_note", "esf_region", "state", "municipality", "round_label")
    contact = dict.fromkeys(("organisation", "street", "postcode", "city", "homepage"))
    record: dict[str, Any] = {name: [] for name in (*lists, *more)} | dict.fromkeys(texts)
    return {**record, "runtime": NO_RUNTIME, "contact": contact, **values}


def city_record(**values: Any) -> dict[str, Any]:
    """A record of a town's page with only `values` filled."""
    record: dict[str, Any] = dict.fromkeys(("title", "programme", "project_title", "municipality", "coordination"))
    lists: dict[str, Any] = {"programme_areas": [], "partners": [], "target_group_phrases": []}
    return {**record, **lists, "runtime": NO_RUNTIME, **values}


def news_record(claims: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    """A record of an article."""
    record = {"title": "Bericht", "published_on": "2025-11-28", "language": "de", "places": ["Duisburg"]}
    return {**record, "claims": claims, **values}


def claim(metric: str, value: float, **values: Any) -> dict[str, Any]:
    """One claim: participants of all groups in Duisburg since January 2023, unless `values` say otherwise."""
    text = f"{value:g} Menschen"
    return {
        **{"metric": metric, "subgroup": "all", "value": float(value), "unit": "persons", "qualifier": "exact"},
        **{"status": "achieved", "basis": "stated", "since": "2023-01-01", "since_precision": "month"},
        **{"as_of": None, "as_of_precision": None, "place": "Duisburg", "quote": text},
        **{"char_start": 0, "char_end": len(text), "rule": "count"},
        **values,
    }


def stat(indicator: str, scope: str, value: float, unit: str = "persons") -> dict[str, Any]:
    """One figure of the area box."""
    return {"indicator": indicator, "scope": scope, "value": float(value), "unit": unit, "as_written": f"{value:g}"}


def source(name: str, as_of: str | None, precision: str | None, *indicators: str) -> dict[str, Any]:
    """One source of the note."""
    return {"name": name, "as_of": as_of, "as_of_precision": precision, "indicators": list(indicators)}


WrittenVersion = make_dataclass("WrittenVersion", Version.__annotations__.items(), bases=(Version,))
"""A version whose fields are written by hand, where those of the product wait on the disk."""


def version(url: str, record: dict[str, Any] | None, at: str = DAY, *, content: str = "", parser: str = "1") -> Version:
    """One archived body; its content hash is made from the record unless `content` is given."""
    return WrittenVersion(
        snapshot_id=stable_id("s", url, at),
        fetched_at=at,
        http_status=200,
        archive_file="day/file.warc.gz",
        archive_offset=0,
        byte_hash=stable_id("b", url, at),
        content_hash=content or stable_id("content", repr(record)),
        parser_version=parser,
        coverage=1.0,
        record=record,
        evidence=[] if record is None else evidence(record),
        issues=[],
        text_loss=None,
        unclaimed=[],
        reserved_by=None,
        has_record=record is not None,
    )


def evidence(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A passage for every value, as the parsers promise."""
    found: list[dict[str, Any]] = []

    def walk(path: str, value: Any) -> None:
        if value in (None, [], "") or (path == "runtime" and value["as_written"] is None):
            return
        if isinstance(value, list):
            for place, entry in enumerate(value):
                walk(f"{path}/{place}", entry)
        elif isinstance(value, dict) and path == "contact":
            for name, entry in value.items():
                walk(f"{path}/{name}", entry)
        else:
            quote = value if isinstance(value, str) else str(value.get("as_written") or value.get("quote") or value)
            found.append({"path": path, "locator": f"at {path}", "quote": quote, "rule": "read"})

    for name, value in record.items():
        walk(name, value)
    return found


def document(url: str, page_type: str, *versions: Version, gone_since: str | None = None) -> Document:
    """A document seen first with its first good version and last with its last."""
    seen = [v.fetched_at for v in versions if v.record is not None] or [""]
    return Document(
        stable_id("d", url), url, page_type, SOURCES[page_type], (), versions, seen[0], seen[-1], gone_since
    )


def project_page(number: int, name: str, *, wave: int = 3, at: str = DAY, **values: Any) -> Document:
    """A project page in the site's address form, e.g. …/Projekte_BIWAQ3/2390_Duisburg.html."""
    url = f"{SITE}/Projekte_BIWAQ{wave}/{number}_{name}.html"
    return document(url, "gsb_project", version(url, project_record(**values), at))


def city_page(url: str, **values: Any) -> Document:
    """A town's page."""
    return document(url, "city_page", version(url, city_record(**values)))


def article(url: str, *claims: dict[str, Any], **values: Any) -> Document:
    """An article with its claims."""
    return document(url, "news_article", version(url, news_record(list(claims), **values)))


def page_of(found: Document) -> Page:
    """The current version of a document, as the rules read it."""
    assert found.current is not None
    return Page(found, found.current)


def rows_of(*documents: Document, crawls: tuple[Crawl, ...] = ()) -> Rows:
    """All rows; they have exactly the columns and types of the registry."""
    rows = harmonise(documents, crawls, list(SOURCES.values()), RUN)
    check_tables({**rows, "terms": term_rows()})
    with TemporaryDirectory() as folder, Parts(Path(folder) / "rows") as parts:
        for name, made in rows.items():
            parts.take(name, by_column(TABLES[name], made))
    return rows


def one(rows: list[Row], **values: Any) -> Row:
    """The only row with these values."""
    found = [row for row in rows if all(row[name] == value for name, value in values.items())]
    assert len(found) == 1, (values, found)
    return found[0]


def kinds(rows: Rows) -> list[str]:
    """The kinds of all issues, sorted; decisions that these few pages do not need are no matter here."""
    return sorted(row["kind"] for row in rows["issues"] if row["kind"] != "decision_unused")


DUISBURG_III = {
    "title": "BIWAQ Duisburg – Menschen und Quartiere stärken",
    "state": "Nordrhein-Westfalen",
    "municipality": "Duisburg",
    "programme_areas": ["Marxloh", "Hochfeld"],
    "round_label": "2015 - 2018",
    "runtime": III,
}
DUISBURG_CITY = {
    "title": "Bildung, Wirtschaft, Arbeit im Quartier - BIWAQ",
    "project_title": "BIWAQ-Duisburg, Menschen und Quartiere bewegen – Digitalisierung inklusive",
    "municipality": "Duisburg",
    "programme_areas": ["Hochfeld", "Marxloh"],
    "partners": ["Duisburger Werkkiste", "Gesellschaft für Beschäftigungsförderung"],
    "target_group_phrases": ["(langzeit-) arbeitslose Menschen ab 27 Jahren", "Migrationsbiografie", "Frauen"],
    "runtime": IV,
}
