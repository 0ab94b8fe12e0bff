"""What every parser promises for any bytes, as checks that name what was broken.

Belongs here: time, shape, evidence, sameness of one page's results. Does not: whether a value is right.
Concept: a wrong page gives a poor record and issues, never an exception, a value without proof or a broken shape.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from parsers import html, records, registry
from parsers.gsb_listing import parse_listing
from parsers.links import parse_feed, parse_sitemap
from parsers.meter import Reading, measure
from parsers.plain import Plain
from tests.fuzz.corpus import Sample

LONGEST_S = 2.0
"""CPU seconds for one page of one type, the bound of `make fuzz`."""
_KINDS = Path(__file__).parents[2] / "warehouse" / "codes" / "issue_kinds.toml"
KINDS = frozenset(tomllib.loads(_KINDS.read_text(encoding="utf-8"))["codes"])
_SHAPES: dict[str, Any] = {
    "gsb_project": records.ProjectRecord,
    "city_page": records.CityRecord,
    "news_article": records.NewsRecord,
}
_PARTS: dict[str, Any] = {
    "runtime": records.Runtime,
    "area_stats": records.AreaStat,
    "area_sources": records.AreaSource,
    "contact": records.Contact,
    "claims": records.Claim,
}
ALL_READERS = (*_SHAPES, "others")
"""The parsers of the page types, and those of listings, sitemaps and feeds."""
_DECLARED = ("declared_date", "declared_language")  # rules for what stands in the head of a page, not in its text
_PLACE = re.compile(r"chars (\d+)-(\d+)")


def broken_promises(
    sample: Sample, *, twice: bool, longest_s: float = LONGEST_S, readers: Iterable[str] = ALL_READERS
) -> tuple[list[str], float]:
    """What the parsers break on a page, in words, and the CPU seconds of the slowest of them.

    `twice` parses again and compares; `longest_s` is how long a page of one type may take. Exceptions are caught here
    and nowhere else: they are what is looked for.
    """
    broken: list[str] = []
    slowest = 0.0
    for name in readers:
        start = time.process_time()
        try:
            if name == "others":
                _others(sample)
            else:
                result = registry.parse(name, sample.body, sample.url, content_type=sample.content_type)
                reading = measure(result, sample.body, sample.url, sample.content_type)
        except Exception as fault:  # noqa: BLE001
            broken.append(f"{name}: {type(fault).__name__}: {str(fault)[:200]}")
            continue
        seconds = time.process_time() - start
        slowest = max(slowest, seconds)
        if seconds > longest_s:
            broken.append(f"{name}: took {seconds:.1f} s for {len(sample.body)} bytes")
        if name != "others":
            broken += [f"{name}: {what}" for what in _of_result(sample, name, result, twice=twice)]
            broken += [f"{name}: meter: {what}" for what in _of_reading(reading)]
    return broken, slowest


def too_slow(sample: Sample) -> tuple[list[str], float]:
    """Only the clock, and only the page's own type: what is left to ask of pages of some megabytes."""
    start = time.process_time()
    try:
        result = registry.parse(sample.page_type or "", sample.body, sample.url, content_type=sample.content_type)
        measure(result, sample.body, sample.url, sample.content_type)
    except Exception as fault:  # noqa: BLE001
        return [f"{sample.name}: {type(fault).__name__}: {str(fault)[:200]}"], time.process_time() - start
    seconds = time.process_time() - start
    slow = f"{sample.name}: took {seconds:.1f} s for {len(sample.body)} bytes"
    return [slow] if seconds > LONGEST_S else [], seconds


def _others(sample: Sample) -> None:
    """Everything that is read besides documents."""
    parse_listing(sample.body, sample.url, sample.content_type)
    parse_sitemap(sample.body)
    parse_feed(sample.body, sample.url)


def _of_result(sample: Sample, name: str, result: records.ParseResult, *, twice: bool) -> Iterator[str]:
    try:
        text = registry.evidence_text(name, sample.body, sample.url, content_type=sample.content_type)
        first = _as_json(result)
        if twice:
            again = registry.parse(name, sample.body, sample.url, content_type=sample.content_type)
            if _as_json(again) != first:
                yield "a second parse gives another result"
    except Exception as fault:  # noqa: BLE001
        yield f"{type(fault).__name__}: {str(fault)[:200]}"
        return
    yield from _of_frame(name, result)
    yield from _of_short_way(result)
    if result.record is None:
        return
    yield from _of_shape(_SHAPES[name], result.record, "record")
    for key, part in _PARTS.items():
        value = result.record.get(key, [])
        for one in value if isinstance(value, list) else [value]:
            yield from _of_shape(part, one, key)
    yield from _of_evidence(result.record, result.evidence, text)


def _of_short_way(result: records.ParseResult) -> Iterator[str]:
    """What was read without a tree is what the tree of the same bytes says."""
    plain = result.document
    if isinstance(plain, Plain):
        doc = html.parse(plain.markup, plain.url)
        by_tree = None if doc is None else (html.lines(doc.root), html.page_title(doc) or "", doc.base)
        if (plain.lines, plain.title, plain.base) != by_tree:
            yield "read otherwise than by its tree"


def _as_json(result: records.ParseResult) -> bytes:
    """All that is kept of a result; the tree of the page is not."""
    return orjson.dumps(
        (result.record, result.evidence, result.issues, result.content_hash, result.coverage, result.unclaimed)
    )


def _of_reading(reading: Reading) -> Iterator[str]:
    for share in (reading.coverage, reading.text_loss):
        if share is not None and not 0 <= share <= 1:
            yield f"a share of {share}"
    if not all(reading.unclaimed) or re.search("[\ud800-\udfff]", "".join(reading.unclaimed)):
        yield f"unclaimed headings that can not be kept: {reading.unclaimed!r:.200}"


def _of_frame(name: str, result: records.ParseResult) -> Iterator[str]:
    """Type, hash, coverage, issues."""
    if result.page_type != name or not re.fullmatch(r"[0-9a-f]{64}", result.content_hash):
        yield f"page type {result.page_type!r}, hash {result.content_hash!r}"
    if result.coverage is not None and not 0 <= result.coverage <= 1:
        yield f"coverage {result.coverage}"
    if result.record is None and (result.evidence or all(one["severity"] != "error" for one in result.issues)):
        yield "no record, but evidence, or no issue of severity error"
    for one in result.issues:
        yield from _of_shape(records.Issue, one, "issue")
        if one["kind"] not in KINDS or one["severity"] not in ("error", "warning", "info"):
            yield f"issue {one['severity']} {one['kind']} is in no dictionary"
        if "\n" in one["message"] or not one["message"]:
            yield f"issue {one['kind']}: its message is not one line"


def _of_shape(shape: Any, value: Any, name: str) -> Iterator[str]:
    if not isinstance(value, dict) or set(value) != set(shape.__annotations__):
        yield f"{name}: keys are not those of {shape.__name__}"


def _of_evidence(record: dict[str, Any], evidence: list[records.Evidence], text: str) -> Iterator[str]:
    """Every value has a quote, every quote stands in the text, no quote is of nothing."""
    values = dict(_values(record))
    proved = {one["path"] for one in evidence}
    if missing := set(values) - proved:
        yield f"no evidence for {', '.join(sorted(missing))[:200]}"
    if idle := {path for path in proved if path not in values}:
        yield f"evidence for nothing: {', '.join(sorted(idle))[:200]}"
    for one in evidence:
        quote, place = one["quote"], _PLACE.fullmatch(one["locator"])
        if quote not in text:
            yield f"{one['path']}: its quote is not in the text: {quote[:200]!r}"
        elif place and text[int(place[1]) : int(place[2])] != quote:
            yield f"{one['path']}: its quote does not stand at {one['locator']}"
        elif not quote and one["rule"] not in _DECLARED and one["locator"] != "title tag":
            yield f"{one['path']}: its quote is empty"


def _values(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The paths of all values that are there, as evidence names them."""
    for key, value in record.items():
        if key == "runtime":
            if any(value.values()):
                yield key, value
        elif isinstance(value, dict):
            yield from ((f"{key}/{name}", part) for name, part in value.items() if part is not None)
        elif isinstance(value, list):
            yield from ((f"{key}/{at}", part) for at, part in enumerate(value))
        elif value is not None:
            yield key, value
