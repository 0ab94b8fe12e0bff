"""One polite request a source: does it answer, and with what it should?

Belongs here: choosing the address, asking as a night would, judging the answer. Does not: printing (commands/).
Concept: the same client, guard and robots.txt as at night, into an archive that is thrown away.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import stamina.instrumentation

from parsers.gsb_listing import parse_listing
from parsers.links import parse_feed, parse_sitemap
from pipeline.fetch.archive import Archive
from pipeline.fetch.bodies import gunzip
from pipeline.fetch.contact import require_contact
from pipeline.fetch.crawl import open_client
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.fetcher import Fetcher, Page
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.limits import Limits
from pipeline.fetch.model import Role
from pipeline.fetch.robots import RobotsCache
from pipeline.fetch.urls import BadAddress, canonical, host_of
from pipeline.fetch.warc import Record
from pipeline.fetch.warc_files import capture_files, name_of, read_capture_file
from pipeline.fetch.wayback import Unreadable, cdx_query, read_cdx
from pipeline.settings import Settings
from pipeline.sources import Source

stamina.instrumentation.set_on_retry_hooks([])  # what came of an address stands in the finding
LIMITS = replace(Limits(), attempts=2, total_s=60.0, retry_total_s=60.0)
"""A person waits: one retry."""
_ROLES: dict[str, Role] = {"listings": "listing", "sitemaps": "sitemap", "feeds": "feed", "urls": "other"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one source said. `verdict` is a sentence; `is_right` is None where nothing answered."""

    source_id: str
    address: str
    verdict: str
    is_right: bool | None = None
    status: int | None = None
    content_type: str | None = None
    size: int | None = None

    @property
    def answered(self) -> bool:
        """Whether the source gave what can be judged."""
        return self.is_right is not None


def probe(sources: Sequence[Source], settings: Settings, limits: Limits = LIMITS) -> list[Finding]:
    """Ask each source once, side by side; nothing is kept. One finding a source, in their order. Raises UsageFault."""
    require_contact(settings.contact, sources)
    return asyncio.run(_probe(sources, settings, Hosts(limits)))


async def _probe(sources: Sequence[Source], settings: Settings, hosts: Hosts) -> list[Finding]:
    robots = RobotsCache()
    return list(await asyncio.gather(*(_one(source, settings, hosts, robots) for source in sources)))


async def _one(source: Source, settings: Settings, hosts: Hosts, robots: RobotsCache) -> Finding:
    if source.kind == "warc":
        return _files(source)
    key, url = _first(source)
    with TemporaryDirectory(prefix="biwaq-probe-") as folder:
        archive = Archive(Path(folder))
        with archive.writer(source.id, settings.today(), "probe", settings.now) as writer:
            async with open_client(source, settings, hosts) as client:
                hosts.gate(url).slow_down(source.min_delay_s)
                fetcher = Fetcher(client, writer, hosts, robots, {}, has_body=archive.has)
                try:
                    page = await fetcher.page(url, _ROLES.get(key, "listing"))
                    right, verdict = _judge(source, key, page, hosts.limits)
                except FetchFault as fault:
                    return Finding(source.id, url, str(fault), status=fault.status)
    return Finding(source.id, url, verdict, right, 200, page.content_type, len(page.body))


def _first(source: Source) -> tuple[str, str]:
    """The key and the address that stand for a source."""
    if source.kind == "wayback":
        return "prefixes", cdx_query(source.cdx, source.prefixes[0], None, limit=5)
    key, urls = next((key, urls) for key, urls in source.asked.items() if urls)
    return key, canonical(urls[0])


def _judge(source: Source, key: str, page: Page, limits: Limits) -> tuple[bool, str]:
    """Whether an answer looks as it should, and a sentence on it. Raises FetchFault."""
    if key == "prefixes":
        return _captures(page.body)
    if key == "urls":
        return _document(source, page)
    body = gunzip(page.body, limits.map_bytes)
    if key == "listings":
        listing = parse_listing(body, page.url, page.content_type)
        n = _matching(source, listing.entries)
        total = "no total" if listing.total is None else f"a total of {listing.total}"
        return n > 0, f"a listing that prints {total}; {n} links of its first page match `follow`"
    if key == "sitemaps":
        found = parse_sitemap(body)
        n, inner = _matching(source, found.urls), len(found.sitemaps)
        return (
            n > 0 or inner > 0,
            f"a sitemap of {len(found.urls)} addresses, {n} match `follow`; {inner} sitemaps in it",
        )
    items = parse_feed(body, page.url)
    return bool(items), f"a feed of {len(items)} items; {_matching(source, [i.url for i in items])} match `follow`"


def _matching(source: Source, urls: Sequence[str]) -> int:
    """How many addresses are documents of the source."""
    found = set()
    for url in urls:
        try:
            address = canonical(url)
        except BadAddress:
            continue
        if host_of(address) in source.hosts and re.search(source.follow, address):
            found.add(address)
    return len(found)


def _captures(body: bytes) -> tuple[bool, str]:
    try:
        rows = read_cdx(body).rows
    except Unreadable as fault:
        return False, f"no listing of captures: {fault}"
    if not rows:
        return False, "a listing without captures"
    return True, f"captures are listed, the first of {rows[0]['timestamp'][:8]}: {rows[0]['original']}"


def _document(source: Source, page: Page) -> tuple[bool, str]:
    from parsers.registry import parse  # here, as it loads every parser

    result = parse(source.page_type, page.body, page.url, content_type=page.content_type)
    if result.record is None:
        return False, f"no {source.page_type}: {', '.join(issue['kind'] for issue in result.issues)}"
    return True, f"reads as {source.page_type}: {result.record['title']}"


def _files(source: Source) -> Finding:
    """An import asks nobody: its files are looked at, up to the first record."""
    address = ", ".join(source.files)
    files = [file for entry in source.files for file in capture_files(source.folder, entry)]
    if not files:
        return Finding(source.id, address, f"no such file in {source.folder}, and no .warc, .warc.gz or .wacz below it")
    size = sum(file.stat().st_size for file in files)
    name = name_of(files[0], source.folder)
    item = next(read_capture_file(files[0], name, lambda record: True), None)
    if item is None or not isinstance(item.found, Record):
        return Finding(source.id, address, f"{len(files)} files; {name} begins with no record", False, size=size)
    return Finding(source.id, address, f"{len(files)} files; {name} can be read", True, size=size)
