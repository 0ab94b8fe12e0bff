"""Runs: what the crawl logs of the archive say of each run and source.

Belongs here: rows of runs, crawls, sources. Does not: what pages say.
Concept: history of operations comes from the archive too; a run that only rebuilt is told apart from one that fetched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from warehouse.harmonise.cells import Note, row
from warehouse.model import Crawl, Document, Row, RunInfo, SourceInfo


def source_rows(sources: Sequence[SourceInfo], documents: Sequence[Document]) -> list[Row]:
    """The rows of `sources`, by id."""
    newest: dict[str, str] = defaultdict(str)
    for document in documents:
        newest[document.source.id] = max(newest[document.source.id], document.last_seen)
    return [
        row(
            "sources",
            source_id=source.id,
            title=source.title,
            publisher=source.publisher,
            page_type=source.page_type,
            min_pages=source.min_pages,
            max_pages=source.max_pages,
            data_as_of=newest[source.id] or None,
        )
        for source in sorted(sources, key=lambda source: source.id)
    ]


def crawl_rows(crawls: Sequence[Crawl]) -> list[Row]:
    """The rows of `crawls`."""
    return [
        row(
            "crawls",
            run_id=crawl.run_id,
            source_id=crawl.source_id,
            started_at=crawl.started_at,
            finished_at=crawl.finished_at,
            listed=crawl.listed,
            listing_total=crawl.listing_total,
            is_complete=crawl.complete,
            fetched=crawl.fetched,
            unchanged=crawl.unchanged,
            failed=crawl.failed,
            gone=sum(1 for entry in crawl.gone if entry["proved"]),
        )
        for crawl in sorted(crawls, key=lambda crawl: (crawl.run_id, crawl.source_id))
    ]


def run_rows(crawls: Sequence[Crawl], documents: Sequence[Document], run: RunInfo) -> list[Row]:
    """The rows of `runs`: every run that fetched, and the one that builds.

    `parsed` counts the bodies a run fetched that gave a record; `data_as_of` is the newest sighting of a page up to
    the end of the run.
    """
    by_run: dict[str, list[Crawl]] = defaultdict(list)
    for crawl in crawls:
        by_run[crawl.run_id].append(crawl)
    by_run.setdefault(run.run_id, [])
    pages = {url: document for document in documents for url in (*document.aliases, document.url)}
    rows = [_row(run_id, own, pages, run) for run_id, own in by_run.items()]
    rows.sort(key=lambda cells: (cells["started_at"], cells["run_id"]))
    newest = ""
    for cells in rows:
        newest = max(newest, cells["data_as_of"] or "")
        cells["data_as_of"] = newest or None
    return rows


def _row(run_id: str, crawls: Sequence[Crawl], pages: Mapping[str, Document], run: RunInfo) -> Row:
    starts = [crawl.started_at for crawl in crawls] + ([run.started_at] if run_id == run.run_id else [])
    ends = [crawl.finished_at for crawl in crawls if crawl.finished_at is not None]
    seen = {pages[url].document_id: pages[url] for crawl in crawls for url in crawl.seen if url in pages}
    return row(
        "runs",
        run_id=run_id,
        started_at=min(starts),
        finished_at=max(ends, default=None),
        listed=sum(crawl.listed for crawl in crawls),
        fetched=sum(crawl.fetched for crawl in crawls),
        unchanged=sum(crawl.unchanged for crawl in crawls),
        failed=sum(crawl.failed for crawl in crawls),
        parsed=sum(crawl.parsed for crawl in crawls),
        published=run_id == run.run_id or run_id in run.published_before,
        data_as_of=max((_last_sight(document, crawls) for document in seen.values()), default=None) or None,
    )


def _last_sight(document: Document, crawls: Sequence[Crawl]) -> str:
    """When the run saw the page: the time of its body if one came in the run, else the start of its crawl."""
    if not document.source.is_live:
        return document.last_seen
    own = [crawl for crawl in crawls if crawl.source_id == document.source.id]
    begin = max((crawl.started_at for crawl in own), default="")
    until = max((crawl.finished_at or begin for crawl in own), default="")
    fetched = [version.fetched_at for version in document.versions if begin <= version.fetched_at <= until]
    return max(fetched, default=begin)


def acceptance_rows(run: RunInfo) -> list[Row]:
    """The rows of `acceptances`: one a check and run, the later reason where a run was given two."""
    newest = {(one.run_id, one.check_name): one for one in run.acceptances}
    return [row("acceptances", **asdict(one)) for _, one in sorted(newest.items())]


def crawl_notes(crawls: Sequence[Crawl]) -> list[Note]:
    """Issues of the newest crawl of each source: what could not be fetched, and a listing that was not seen whole."""
    newest: dict[str, Crawl] = {}
    for crawl in sorted(crawls, key=lambda crawl: (crawl.started_at, crawl.run_id)):
        newest[crawl.source_id] = crawl
    notes = []
    for source_id, crawl in sorted(newest.items()):
        for failure in crawl.failures:
            message = f"source {source_id}: {failure['url']} could not be fetched: {failure['reason']}"
            notes.append(Note("warning", "fetch_failed", None, "url", failure["url"], message))
        for entry in crawl.gone:
            if not entry["proved"] and 300 <= entry["status"] < 400:
                message = (
                    f"source {source_id}: {entry['url']} answers {entry['status']} and leads to no page of the source"
                )
                notes.append(Note("error", "page_leads_away", None, "url", entry["url"], message))
        if not crawl.complete:
            message = (
                f"source {source_id}: the run did not see everything ({crawl.listed} of {crawl.listing_total or '?'})"
            )
            notes.append(Note("warning", "crawl_incomplete", None, "listings", source_id, message))
    return notes
