"""One night's crawl of all sources.

Belongs here: running the sources side by side, what they share, how faults end it. Does not: one source's steps.
Concept: a source that fails in part is a report; only what nobody expected ends the crawl, after the others finished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Protocol

from pipeline.fetch.archive import Archive
from pipeline.fetch.client import Client, user_agent
from pipeline.fetch.fetcher import Fetcher
from pipeline.fetch.guard import Guard, Lookup, system_lookup
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.limits import Limits
from pipeline.fetch.report import CrawlReport
from pipeline.fetch.robots import RobotsCache
from pipeline.fetch.source_crawl import SourceCrawl
from pipeline.fetch.warc import utc
from pipeline.settings import Settings
from pipeline.sources import Source

DEFAULT_LIMITS = Limits()
__all__ = ["CrawlReport", "Progress", "crawl"]


class Progress(Protocol):
    """Receives a crawl's plan and its pages, one call an event."""

    def plan(self, source_id: str, pages: int) -> None:
        """`pages` documents of `source_id` will be asked for, at most."""

    def page(self, source_id: str, url: str, outcome: str) -> None:
        """One document is done: fetched, unchanged, stored (by a killed run), gone, moved, alias or failed."""

    def done(self, source_id: str, report: object) -> None:
        """The source is finished; `report` is its CrawlReport."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What a crawl needs from outside; tests put in their own."""

    limits: Limits = DEFAULT_LIMITS
    lookup: Lookup = system_lookup
    hosts: Hosts | None = None


def crawl(
    sources: Sequence[Source],
    *,
    settings: Settings,
    archive: Archive,
    run_id: str,
    day: date,
    progress: Progress,
    distrust: Mapping[str, Container[str]] | None = None,
    outside: Outside | None = None,
) -> list[CrawlReport]:
    """Fetch all sources into the archive, side by side; one report a source, in their order.

    What killed runs left open is recovered first. `distrust` names, by source id, documents to be asked for without
    condition, as their stored body turned out to be none. Raises what nobody expected (disk full, a fault of ours),
    after the other sources finished; an interrupt leaves files that the next run recovers.
    """
    archive.recover()
    night = _Night(settings, archive, run_id, day, progress, distrust or {}, outside or Outside())
    return asyncio.run(night.all(sources))


class _Night:
    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        run_id: str,
        day: date,
        progress: Progress,
        distrust: Mapping[str, Container[str]],
        outside: Outside,
    ) -> None:
        self._settings = settings
        self._archive = archive
        self._run_id = run_id
        self._day = day
        self._progress = progress
        self._distrust = distrust
        self._outside = outside

    async def all(self, sources: Sequence[Source]) -> list[CrawlReport]:
        hosts = self._outside.hosts or Hosts(self._outside.limits)
        robots = RobotsCache()
        results = await asyncio.gather(
            *(self._one(source, hosts, robots) for source in sources), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise _innermost(result)
        return [result for result in results if not isinstance(result, BaseException)]

    async def _one(self, source: Source, hosts: Hosts, robots: RobotsCache) -> CrawlReport:
        settings = self._settings
        guard = Guard(
            source.hosts,
            allow_private=source.allow_private,
            connect_to=settings.connect_to,
            lookup=self._outside.lookup,
        )
        agent = user_agent(settings.contact)
        archive, tell = self._archive, self._progress
        state, stored = archive.state(source.id), archive.stored(source.id, self._day)
        with archive.writer(source.id, self._day, self._run_id, settings.now) as writer:
            report = CrawlReport(self._run_id, source.id, self._day.isoformat(), utc(settings.now()))
            async with Client(guard, hosts, agent=agent, now=settings.now) as client:
                fetcher = Fetcher(
                    client,
                    writer,
                    hosts,
                    robots,
                    state,
                    has_body=archive.has,
                    distrust=self._distrust.get(source.id, ()),
                )
                page = partial(tell.page, source.id)
                work = SourceCrawl(source, fetcher, hosts, report, state, stored, page)
                await work.run(writer, settings.now, partial(tell.plan, source.id))
        tell.done(source.id, report)
        return report


def _innermost(fault: BaseException) -> BaseException:
    """The first fault of a group of tasks."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault
