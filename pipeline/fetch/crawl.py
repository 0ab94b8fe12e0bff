"""One night's crawl of all sources.

Belongs here: running the sources side by side, what they share, how faults end it. Does not: one source's steps.
Concept: a source that fails in part is a report; only what nobody expected ends the crawl, after the others finished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Protocol

from pipeline.fetch.archive import Archive
from pipeline.fetch.client import Client, user_agent
from pipeline.fetch.contact import require_contact
from pipeline.fetch.fetcher import Fetcher
from pipeline.fetch.guard import Guard, Lookup, system_lookup
from pipeline.fetch.held import Held
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.limits import Limits
from pipeline.fetch.model import Known
from pipeline.fetch.report import CrawlReport
from pipeline.fetch.reservations import Rule
from pipeline.fetch.robots import OriginCache, RobotsCache
from pipeline.fetch.source_crawl import SourceCrawl
from pipeline.fetch.warc import utc
from pipeline.fetch.warc_import import WarcImport
from pipeline.fetch.wayback import WaybackCrawl
from pipeline.fetch.writer import ArchiveWriter
from pipeline.purged import blocked
from pipeline.settings import Settings
from pipeline.sources import Source

DEFAULT_LIMITS = Limits()
__all__ = ["CrawlReport", "Progress", "crawl"]


class Progress(Protocol):
    """Receives a crawl's plan and its pages, one call an event."""

    def plan(self, source_id: str, pages: int) -> None:
        """`pages` documents of `source_id` will be asked for, at most."""

    def page(self, source_id: str, url: str, outcome: str) -> None:
        """One document is done: fetched, unchanged, stored (by a killed run), gone, moved, alias, reserved, failed."""

    def done(self, source_id: str, report: object) -> None:
        """The source is finished; `report` is its CrawlReport."""


Distrust = Callable[[str, Mapping[str, Known]], Container[str]]
"""Source id and the newest body of each of its documents -> documents whose body is none."""


def all_trusted(source_id: str, state: Mapping[str, Known]) -> Container[str]:
    """Nothing is asked for without condition."""
    return ()


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
    distrust: Distrust = all_trusted,
    resumed: Collection[str] = (),
    outside: Outside | None = None,
) -> list[CrawlReport]:
    """Fetch all sources into the archive, side by side; one report a source, in their order.

    What killed runs left open is recovered first. `distrust` names, of a source's newest bodies, documents to be asked
    for without condition, as that body turned out to be none. `resumed` are killed runs of the day: what they stored is
    not asked for again, even by a source they had finished. Raises what nobody expected (disk full, a fault of ours),
    after the other sources finished; an interrupt leaves files that the next run recovers. Raises UsageFault before
    anything is asked where living sites would be asked without a contact.
    """
    require_contact(settings.contact, sources)
    archive.recover()
    night = _Night(settings, archive, run_id, day, progress, distrust, resumed, outside or Outside())
    return asyncio.run(night.all(sources))


class _Night:
    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        run_id: str,
        day: date,
        progress: Progress,
        distrust: Distrust,
        resumed: Collection[str],
        outside: Outside,
    ) -> None:
        self._settings = settings
        self._archive = archive
        self._run_id = run_id
        self._day = day
        self._progress = progress
        self._distrust = distrust
        self._resumed = resumed
        self._outside = outside
        self._held: Held | None = None
        self._blocked = blocked(settings.layout.purged)
        self._mining: OriginCache[tuple[Rule, ...]] = OriginCache()

    async def all(self, sources: Sequence[Source]) -> list[CrawlReport]:
        """Fetch all sources side by side; one fault is raised only after the others finished."""
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
        now = self._settings.now
        with self._archive.writer(source.id, self._day, self._run_id, now) as writer:
            report = CrawlReport(self._run_id, source.id, self._day.isoformat(), utc(now()))
            if source.kind == "warc":
                page = partial(self._progress.page, source.id)
                await WarcImport(source, hosts.limits, report, self._all_held(), page).run(writer, now)
            else:
                async with open_client(source, self._settings, hosts, self._outside.lookup) as client:
                    await self._fetch(source, report, client, writer, hosts, robots)
        self._progress.done(source.id, report)
        return report

    async def _fetch(
        self,
        source: Source,
        report: CrawlReport,
        client: Client,
        writer: ArchiveWriter,
        hosts: Hosts,
        robots: RobotsCache,
    ) -> None:
        """Ask a site for its pages, or a web archive for its captures of one."""
        archive, now = self._archive, self._settings.now
        page, plan = partial(self._progress.page, source.id), partial(self._progress.plan, source.id)
        state = archive.state(source.id) if source.is_live else {}
        fetcher = Fetcher(
            client,
            writer,
            hosts,
            robots,
            state,
            has_body=archive.has,
            distrust=self._distrust(source.id, state),
            mining=self._mining,
            withhold=source.is_withheld,
            blocked=self._blocked,
        )
        if source.is_live:
            stored = archive.stored(source.id, self._day, self._resumed)
            await SourceCrawl(source, fetcher, hosts, report, state, stored, page).run(writer, now, plan)
        else:
            await WaybackCrawl(source, fetcher, hosts, report, self._all_held(), page).run(writer, now, plan)

    def _all_held(self) -> Held:
        """What the archive holds, read once a run and kept up by all imports."""
        if self._held is None:
            self._held = Held(self._archive.bodies(), self._blocked)
        return self._held


def open_client(source: Source, settings: Settings, hosts: Hosts, lookup: Lookup = system_lookup) -> Client:
    """The one client of a source: its hosts only, public addresses only, with our name and contact."""
    guard = Guard(source.hosts, allow_private=source.allow_private, connect_to=settings.connect_to, lookup=lookup)
    return Client(guard, hosts, agent=user_agent(settings.contact), now=settings.now)


def _innermost(fault: BaseException) -> BaseException:
    """The first fault of a group of tasks."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault
