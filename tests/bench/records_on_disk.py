"""Generated records as the pipeline writes them, many more than the programme ever had pages.

Belongs here: files of a `records/` folder from facts, without any page or parser. Does not: measuring.
Concept: the warehouse is timed alone; evidence and issues are there, because real records are mostly evidence.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from parsers.records import Claim, Evidence, NewsRecord, ProjectRecord
from tests.bench.news_facts import METRICS, NewsFacts, claim_sentences, news_facts
from tests.bench.news_pages import BASE as PRESS
from tests.bench.project_facts import project_facts
from tests.bench.project_pages import project_url
from tests.bench.vocabulary import many_towns
from warehouse.model import SourceInfo

DAY = "2025-11-20"
FETCHED = f"{DAY}T01:15:03Z"
PROJECTS = SourceInfo("bench-projects", "Generated projects", "nobody", "gsb_project", 1, 1_000_000)
ARTICLES = SourceInfo("bench-articles", "Generated articles", "nobody", "news_article", 1, 1_000_000)
SOURCES = (PROJECTS, ARTICLES)
CLAIMS_AN_ARTICLE = len(METRICS)
MENTIONS_A_PROJECT = 12
TOWNS = 400
"""Four times as many towns as the programme has."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many of what. `projects` and `mentions` make the project pages, `claims` the articles."""

    projects: int
    mentions: int
    claims: int

    @classmethod
    def of_mentions(cls, mentions: int) -> Size:
        """As many projects and claims as go with `mentions` in the full set: 5,000 to 60,000 to 50,000."""
        return cls(max(1, mentions // MENTIONS_A_PROJECT), mentions, mentions * 5 // 6)


def write_records(folder: Path, size: Size) -> None:
    """Fill `folder` with one day of records for both sources."""
    day = folder / DAY
    day.mkdir(parents=True)
    _write(day, PROJECTS, _projects(size))
    _write(day, ARTICLES, _articles(size))


def _write(day: Path, source: SourceInfo, lines: Iterator[dict[str, Any]]) -> None:
    seen: list[str] = []
    with gzip.open(day / f"{source.id}.ndjson.gz", "wb", compresslevel=1) as out:
        for line in lines:
            seen.append(line["url"])
            out.write(orjson.dumps(line) + b"\n")
    crawl = {
        **{"run_id": f"{DAY}-bench", "source_id": source.id, "started_at": FETCHED, "finished_at": FETCHED},
        **{"listed": len(seen), "listing_total": len(seen), "complete": True, "fetched": len(seen)},
        **{"unchanged": 0, "failed": 0, "seen": seen, "gone": [], "failures": []},
    }
    (day / f"{source.id}.crawl.ndjson").write_bytes(orjson.dumps(crawl) + b"\n")


def _projects(size: Size) -> Iterator[dict[str, Any]]:
    towns = many_towns(TOWNS)
    for index in range(size.projects):
        # As even as it goes, so that the sum is exactly the number asked for.
        mentions = size.mentions * (index + 1) // size.projects - size.mentions * index // size.projects
        record = project_facts(index, towns=towns, organisations=mentions)
        yield _line(PROJECTS, project_url(index, record), index, record, list(_evidence(record)))


def _articles(size: Size) -> Iterator[dict[str, Any]]:
    towns = many_towns(TOWNS)
    for index in range(-(-size.claims // CLAIMS_AN_ARTICLE)):
        facts = news_facts(index, towns=towns)
        claims = _claims(facts)[: size.claims - index * CLAIMS_AN_ARTICLE]
        record = NewsRecord(
            title=facts.title, published_on=facts.published_on, language="de", places=[facts.town], claims=claims
        )
        evidence = [
            _proof("title", facts.title),
            _proof("published_on", facts.published_on),
            _proof("places/0", facts.town),
            *(_proof(f"claims/{number}", claim["quote"]) for number, claim in enumerate(claims)),
        ]
        yield _line(ARTICLES, f"{PRESS}/artikel-{index}.html", index, record, evidence)


def _claims(facts: NewsFacts) -> list[Claim]:
    claims: list[Claim] = []
    start = len(facts.title) + 1
    for names, sentence in claim_sentences(facts):
        claims += [_claim(facts, name, sentence, start) for name in names]
        start += len(sentence) + 1
    return claims


def _claim(facts: NewsFacts, name: str, sentence: str, start: int) -> Claim:
    metric, subgroup = METRICS[name]
    return Claim(
        metric=metric,
        subgroup=subgroup,
        value=float(facts.figures[name]),
        unit="persons",
        qualifier="exact",
        status="achieved",
        basis="stated" if facts.town in sentence else "carried",
        since=facts.since,
        since_precision="month",
        as_of=None,
        as_of_precision=None,
        place=facts.town,
        quote=sentence,
        char_start=start,
        char_end=start + len(sentence),
        rule="generated",
    )


def _evidence(record: ProjectRecord) -> Iterator[Evidence]:
    """A passage for each value, with the paths that the parser of project pages uses."""
    for path, value in record.items():
        if isinstance(value, str):
            yield _proof(path, value.replace("\n", " "))
        elif isinstance(value, list):
            yield from (_proof(f"{path}/{number}", _words(entry)) for number, entry in enumerate(value))
        elif path == "contact" and isinstance(value, dict):
            yield from (_proof(f"contact/{key}", text) for key, text in value.items() if text)
        elif path == "runtime" and isinstance(value, dict):
            yield _proof(path, value["as_written"])


def _words(entry: object) -> str:
    """How a list entry stands on the page: text as it is, a figure or a source by its words."""
    if isinstance(entry, dict):
        return str(entry.get("as_written") or entry.get("name"))
    return str(entry)


def _proof(path: str, quote: str) -> Evidence:
    return Evidence(path=path, locator=f"Generated › {path}", quote=quote, rule="generated")


def _line(
    source: SourceInfo, url: str, index: int, record: Mapping[str, Any], evidence: list[Evidence]
) -> dict[str, Any]:
    byte_hash = hashlib.sha256(f"{source.id}/{index}".encode()).hexdigest()
    return {
        "source_id": source.id,
        "page_type": source.page_type,
        "url": url,
        "aliases": [],
        "fetched_at": FETCHED,
        "http_status": 200,
        "archive_file": f"{DAY}/{source.id}--bench.warc.gz",
        "archive_offset": index * 12_000,
        "byte_hash": byte_hash,
        "content_hash": byte_hash[::-1],
        "parser_version": "bench",
        "coverage": 0.9,
        "record": record,
        "evidence": evidence,
        "issues": [],
    }
