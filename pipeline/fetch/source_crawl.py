"""One source's crawl: find, plan, fetch, log.

Belongs here: which documents are asked for, what their answers mean. Does not: requests (fetcher.py), other sources.
Concept: the plan is what the source names today, then what earlier runs knew and today did not answer: a page is gone
when it says so itself, not when a listing forgot it.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice

from pipeline.fetch import faults
from pipeline.fetch.discover import GIVEN, discover
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.fetcher import Fetcher, Final, status_fault
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.model import GONE, Known, Stored
from pipeline.fetch.report import CrawlReport, Gone, Reserved
from pipeline.fetch.reservations import TEXT
from pipeline.fetch.urls import host_name, host_of
from pipeline.fetch.warc import utc
from pipeline.fetch.writer import ArchiveWriter
from pipeline.sources import Source
from pipeline.stages import stage

KNOWN = "known"
"""The origin of a document that only earlier runs named."""
MOVED = frozenset({301, 308})
"""Redirects that say "for good"."""


class SourceCrawl:
    """The crawl of one source into one archive file. `page` is told of each document and its outcome."""

    def __init__(
        self,
        source: Source,
        fetcher: Fetcher,
        hosts: Hosts,
        report: CrawlReport,
        state: dict[str, Known],
        stored: Stored,
        page: Callable[[str, str], None],
    ) -> None:
        self._source = source
        self._names = frozenset(host_name(host) for host in source.hosts)
        self._fetcher = fetcher
        self._hosts = hosts
        self._report = report
        self._state = state
        self._stored = stored
        self._page = page
        self._follow = re.compile(source.follow)
        self._left = source.max_pages
        self._here: set[str] = set()
        """Documents whose body or confirmation is in this run's file."""
        self._before: set[str] = set()
        """Documents that a killed run of the day stored."""
        self._ended: set[str] = set()
        """Documents that are proved to be gone."""

    async def run(self, writer: ArchiveWriter, now: Callable[[], datetime], plan: Callable[[int], None]) -> CrawlReport:
        """Fetch everything and write the log as the file's last record. `plan` is told how many documents at most."""
        report = self._report
        for host in self._names:
            self._hosts.gate_of(host).slow_down(self._source.min_delay_s)
            self._hosts.gate_of(host).allow(self._source.requests_allowed)
        with stage("discover", within="fetch"):
            found = await discover(self._source, self._fetcher, self._hosts.limits)
        report.listed, report.listing_total, report.discovered = len(found.targets), found.listing_total, found.complete
        for url, reason in found.failures:
            report.fail(url, reason)
        report.origins = found.targets
        plan(len(found.targets) + sum(url not in found.targets for url in self._state if self._is_ours(url)))
        await self._ask_all(list(found.targets))
        unasked = [u for u in self._state if u not in report.origins and not self._is_answered(u) and self._is_ours(u)]
        report.origins.update(dict.fromkeys(unasked, KNOWN))
        await self._ask_all(unasked)
        report.conclude(self._here | self._before, utc(now()))
        carried = {u: known for u, known in self._state.items() if u not in self._here and u not in self._ended}
        writer.finish(report.to_log(), carried)
        return report

    def _is_ours(self, url: str) -> bool:
        """Whether a document of earlier runs still is one of the source as its file describes it today."""
        return host_of(url) in self._names and self._follow.search(url) is not None

    def _is_answered(self, url: str) -> bool:
        return url in self._here or url in self._before or url in self._ended

    async def _ask_all(self, urls: list[str]) -> None:
        wanted = [url for url in urls if not self._was_stored(url)]
        asked, rest = wanted[: self._left], wanted[self._left :]
        self._left -= len(asked)
        if rest:
            text = f"max_pages {self._source.max_pages} reached, {len(rest)} addresses were not asked for"
            self._report.fail(rest[0], f"{faults.CAPPED}: {text}")
        by_host: dict[str, list[str]] = defaultdict(list)
        for url in asked:
            by_host[host_of(url)].append(url)
        async with asyncio.TaskGroup() as group:
            for of_host in by_host.values():
                turns = iter(of_host)
                for _ in islice(of_host, self._hosts.limits.per_host):
                    group.create_task(self._work(turns))

    async def _work(self, turns: Iterator[str]) -> None:
        for url in turns:
            self._page(url, await self._ask(url))

    def _was_stored(self, url: str) -> bool:
        """Take over what a killed run of the day has of this document."""
        document = self._stored.documents.get(url)
        status = self._stored.gone.get(url)
        if document is not None:
            self._report.stored += document not in self._before
            self._before.add(document)
            self._report.alias(document, url)
        elif status is not None:
            self._end(url, status, proved=self._report.discovered)
        else:
            return False
        self._page(url, "stored")
        return True

    async def _ask(self, url: str) -> str:
        """Ask for one document; returns the outcome's word."""
        try:
            final = await self._fetcher.document(url, covered=self._is_covered, accepts=partial(self._accepts, url))
            return self._take(url, final)
        except FetchFault as fault:
            self._report.fail(url, str(fault))
            return "forbidden" if fault.kind == faults.FORBIDDEN else "failed"

    def _is_covered(self, url: str) -> bool:
        return url in self._report.origins or self._is_answered(url)

    def _accepts(self, url: str, target: str) -> bool:
        """Whether the address that `url` was redirected to can be a document of this source."""
        origins = self._report.origins
        listed = target in self._state or target in origins or self._follow.search(target) is not None
        return listed or origins.get(url) == GIVEN

    def _take(self, url: str, final: Final) -> str:
        """What an answer means. Raises FetchFault where it means nothing good."""
        if final.url != url:
            self._moved(url, final)
        if final.answer is None:
            return "alias"
        status = final.answer.status
        if final.url != url and not self._accepts(url, final.url):
            self._end(url, final.first_status, proved=False)
            return "moved"
        if status in GONE:
            self._end(final.url, status, proved=self._report.discovered)
            return "gone"
        if status not in (200, 304):
            raise status_fault(final.answer)
        if status == 200 and not final.answer.raw:
            raise FetchFault(faults.EMPTY_BODY, "200 without a body")
        if final.reserved_by is not None:
            self._report.reserved.append(Reserved(url=final.url, by=final.reserved_by))
            if self._source.is_withheld and final.reserved_by in TEXT:
                return "reserved"
        self._here.add(final.url)
        self._report.fetched += status == 200
        self._report.unchanged += status == 304
        return "fetched" if status == 200 else "unchanged"

    def _moved(self, url: str, final: Final) -> None:
        """`url` leads to another document; if it was one itself, it is none any more."""
        if not self._accepts(url, final.url):
            return
        self._report.alias(final.url, url)
        if url in self._state:
            self._end(url, final.first_status, proved=self._report.discovered and final.first_status in MOVED)

    def _end(self, url: str, status: int, *, proved: bool) -> None:
        self._report.gone.append(Gone(url=url, status=status, proved=proved))
        if proved:
            self._ended.add(url)
