"""The captures that a web archive holds of a site.

Belongs here: listing captures by the public CDX API, their raw replay. Does not: today's pages (source_crawl.py).
Concept: pages of old rounds may be online only there; a capture is stored under its page's own address and at its own
time, so that it becomes a version of that document. Nothing is asked of the site itself.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote, urlencode, urljoin

import orjson

from pipeline.fetch import faults
from pipeline.fetch.client import Answer
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.fetcher import REDIRECTS, Fetcher, status_fault
from pipeline.fetch.held import Held
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.report import CrawlReport
from pipeline.fetch.urls import BadAddress, canonical, host_name, host_of, normal
from pipeline.fetch.warc import payload_digest, utc
from pipeline.fetch.writer import ArchiveWriter
from pipeline.sources import Source

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
"""As internetarchive/wayback, wayback-cdx-server/README.md, names them."""
LIMIT = 2000
"""Captures a page of the listing: some 300 kB."""
TOO_MANY = 429
PAUSE_S = 60.0
"""After a 429, which comes without Retry-After; asking on would end in a block (edgi-govdata-archiving/wayback)."""
_REPLAY = re.compile(r"(\d{14})id_/(.+)")


class Unreadable(ValueError):
    """An answer that is no CDX listing."""


class Listed(NamedTuple):
    """One capture as the service lists it; `url` is its document's canonical address, `at` its moment in UTC."""

    url: str
    at: datetime
    original: str
    digest: str

    @property
    def stamp(self) -> str:
        """The moment as the replay's address has it: `20170312094507`."""
        return f"{self.at:%Y%m%d%H%M%S}"


class CdxPage(NamedTuple):
    """One page of a listing: rows by field, and the key that leads to the next page (None: this was the last)."""

    rows: list[dict[str, str]]
    resume_key: str | None


def cdx_query(cdx: str, prefix: str, resume_key: str | None, limit: int = LIMIT) -> str:
    """The address of one page of the listing of all captures of HTML pages below `prefix`.

    The key is printed percent-encoded and is sent as the value it is, so encoded once more: the service undoes both.
    """
    wanted = [("url", prefix), ("matchType", "prefix"), ("output", "json"), ("fl", ",".join(FIELDS))]
    wanted += [("filter", "statuscode:200"), ("filter", "mimetype:text/html"), ("collapse", "digest")]
    wanted += [("limit", str(limit)), ("showResumeKey", "true")]
    if resume_key is not None:
        wanted.append(("resumeKey", resume_key))
    return normal(f"{cdx}?{urlencode(wanted, quote_via=quote, safe='')}")


def read_cdx(body: bytes) -> CdxPage:
    """Read a JSON answer: a list of lists with the fields' names first; behind an empty list the resume key.

    Raises Unreadable.
    """
    try:
        lines = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise Unreadable(f"no JSON: {fault}") from None
    if not isinstance(lines, list) or not all(_is_line(line) for line in lines):
        raise Unreadable("no list of lists of text")
    if not lines:
        return CdxPage([], None)
    names, *rest = lines
    if not set(FIELDS) <= set(names):
        raise Unreadable(f"the first line names {', '.join(names)[:100]}; needed are {', '.join(FIELDS)}")
    key = None
    if [] in rest:
        end = rest.index([])
        rest, tail = rest[:end], rest[end + 1 :]
        key = tail[0][0] if tail and tail[0] else None
    if any(len(line) != len(names) for line in rest):
        raise Unreadable("a line with more or fewer fields than the first names")
    return CdxPage([dict(zip(names, line, strict=True)) for line in rest], key)


def _is_line(line: object) -> bool:
    return isinstance(line, list) and all(isinstance(cell, str) for cell in line)


class WaybackCrawl:
    """The crawl of one source's captures into one archive file. `page` is told of each capture and its outcome."""

    def __init__(
        self,
        source: Source,
        fetcher: Fetcher,
        hosts: Hosts,
        report: CrawlReport,
        held: Held,
        page: Callable[[str, str], None],
    ) -> None:
        self._source = source
        self._fetcher = fetcher
        self._hosts = hosts
        self._report = report
        self._held = held
        self._page = page
        self._follow = re.compile(source.follow)
        self._sites = {_bare(host_of(canonical(prefix))) for prefix in source.prefixes}
        self._seen: set[str] = set()

    async def run(self, writer: ArchiveWriter, now: Callable[[], datetime], plan: Callable[[int], None]) -> CrawlReport:
        """Fetch every capture that is not held and write the log as the file's last record."""
        report = self._report
        for host in self._source.hosts:
            gate = self._hosts.gate_of(host_name(host))
            gate.slow_down(self._source.min_delay_s)
            gate.allow(self._source.requests_allowed)
        report.discovered = True
        groups = [group for prefix in self._source.prefixes for group in await self._listing(prefix)]
        report.listed = len(groups)
        plan(len(groups))
        await self._fetch_all(writer, [group[0] for group in groups if not self._is_held(group)])
        report.conclude(self._seen, utc(now()))
        writer.finish(report.to_log(), {})
        return report

    async def _listing(self, prefix: str) -> list[list[Listed]]:
        """The captures below a prefix, those of one content in a row together, by address and time."""
        by_url: dict[str, set[Listed]] = defaultdict(set)
        async for row in self._rows(prefix):
            capture = self._wanted(row)
            if capture is not None and capture.url not in self._report.origins:
                by_url[capture.url].add(capture)
        self._report.origins.update(dict.fromkeys(by_url, f"captures below {prefix}"))
        return [
            list(group) for url in sorted(by_url) for _, group in groupby(sorted(by_url[url]), lambda one: one.digest)
        ]

    async def _rows(self, prefix: str) -> AsyncIterator[dict[str, str]]:
        key: str | None = None
        used: set[str | None] = set()
        n_rows = 0
        while key not in used:
            used.add(key)
            url = cdx_query(self._source.cdx, prefix, key)
            if len(used) > self._hosts.limits.listing_pages:
                self._miss(url, f"{faults.CAPPED}: more than {self._hosts.limits.listing_pages} pages of captures")
                return
            try:
                page = read_cdx((await self._fetcher.page(url, "listing")).body)
            except FetchFault as fault:
                self._miss(url, str(fault))
                return
            except Unreadable as fault:
                self._miss(url, f"{faults.UNREADABLE}: {fault}")
                return
            for row in page.rows:
                yield row
            n_rows += len(page.rows)
            if page.resume_key is None:
                if n_rows == 0:
                    self._miss(url, f"{faults.UNREADABLE}: a listing without captures")
                return
            key = page.resume_key
        self._miss(url, f"{faults.UNREADABLE}: the listing leads back to a page that was read")

    def _miss(self, url: str, reason: str) -> None:
        self._report.fail(url, reason)
        self._report.discovered = False

    def _wanted(self, row: dict[str, str]) -> Listed | None:
        """The capture of a line, or None where it is none of the source: another site, address, status or type."""
        try:
            at = datetime.strptime(row["timestamp"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            url = canonical(row["original"])
        except (BadAddress, ValueError):
            return None
        if row["statuscode"] != "200" or row["mimetype"] != "text/html" or len(row["timestamp"]) != 14:
            return None
        if _bare(host_of(url)) not in self._sites or self._follow.search(url) is None:
            return None
        return Listed(url, at, row["original"], row["digest"])

    def _is_held(self, group: list[Listed]) -> bool:
        """Whether a capture of this content is in the archive; it is not asked for again then."""
        url = group[0].url
        if not any(self._held.has(url, utc(capture.at)) for capture in group):
            return False
        self._seen.add(url)
        self._report.unchanged += 1
        self._page(url, "held")
        return True

    async def _fetch_all(self, writer: ArchiveWriter, captures: list[Listed]) -> None:
        most = self._source.max_pages
        if len(captures) > most:
            text = f"max_pages {most} reached, {len(captures) - most} captures are left for the next runs"
            self._report.fail(self._replay(captures[most]), f"{faults.CAPPED}: {text}")
        turns = iter(captures[:most])
        async with asyncio.TaskGroup() as group:
            for _ in range(min(len(captures), self._hosts.limits.per_host)):
                group.create_task(self._work(writer, turns))

    async def _work(self, writer: ArchiveWriter, turns: Iterator[Listed]) -> None:
        for capture in turns:
            self._page(capture.url, await self._ask(writer, capture))

    async def _ask(self, writer: ArchiveWriter, capture: Listed) -> str:
        try:
            await self._capture(writer, capture)
        except FetchFault as fault:
            self._report.fail(self._replay(capture), str(fault))
            return "forbidden" if fault.kind == faults.FORBIDDEN else "failed"
        self._report.fetched += 1
        self._seen.add(capture.url)
        return "fetched"

    def _replay(self, capture: Listed) -> str:
        """Where the capture's body is served as it was received."""
        return normal(f"{self._source.replay}{capture.stamp}id_/{capture.original}")

    async def _capture(self, writer: ArchiveWriter, capture: Listed) -> None:
        """Fetch one capture into the archive. Raises FetchFault where what came is not that capture."""
        url = self._replay(capture)
        for _ in range(self._hosts.limits.redirects + 1):
            answer = await self._fetcher.single(url, partial(self._store, writer, capture, url))
            if answer.status not in REDIRECTS:
                reason = _not_the_capture(answer, capture)
                if reason is not None:
                    raise reason
                return
            url = self._next(url, answer, capture)
        raise FetchFault(faults.REDIRECT, f"more than {self._hosts.limits.redirects} redirects")

    def _next(self, url: str, answer: Answer, capture: Listed) -> str:
        """Where a redirect leads, if that is the same capture under another spelling; else raises FetchFault."""
        target = urljoin(url, answer.header(b"location") or "")
        found = _REPLAY.search(target) if target.startswith(self._source.replay) else None
        try:
            if found is not None and found[1] == capture.stamp and canonical(found[2]) == capture.url:
                return normal(target)
        except BadAddress:
            pass
        raise FetchFault(faults.NOT_THE_CAPTURE, f"{answer.status} leads to {target[:200]}")

    def _store(self, writer: ArchiveWriter, capture: Listed, url: str, answer: Answer) -> None:
        """A capture goes under its own address and time; anything else is an answer of the web archive."""
        if answer.status == TOO_MANY:
            self._hosts.gate(url).hold(PAUSE_S)
        if _not_the_capture(answer, capture) is not None:
            writer.store(answer, "redirect" if answer.status in REDIRECTS else "other", canonical(url))
            return
        writer.store(replace(answer, url=capture.url, fetched_at=capture.at), "document", capture.url, taken_from=url)
        self._held.add(capture.url, utc(capture.at), payload_digest(answer.raw))


def _bare(host: str) -> str:
    """The host as the listing sees it: with and without `www.` is one site there."""
    return host.removeprefix("www.")


def _not_the_capture(answer: Answer, capture: Listed) -> FetchFault | None:
    """Why an answer is not the body of the capture: it must say so itself (RFC 7089, 2.1.1)."""
    if answer.status != 200:
        return status_fault(answer)
    if not answer.raw:
        return FetchFault(faults.EMPTY_BODY, "200 without a body")
    stated = answer.header(b"memento-datetime")
    try:
        at = parsedate_to_datetime(stated) if stated else None
    except ValueError:
        at = None
    if at != capture.at:
        return FetchFault(faults.NOT_THE_CAPTURE, f"Memento-Datetime {stated!r}, asked for {capture.stamp}")
    return None
