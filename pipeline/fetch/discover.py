"""Which documents a source has today.

Belongs here: walking listings, sitemaps and feeds; the proof that all was seen. Does not: reading them (parsers/).
Concept: the pager is walked by the links the pages show, and what was found is compared with the total they print; only
a comparison that holds lets a later 404 count as a document's end.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

from parsers.gsb_listing import Listing, parse_listing
from parsers.html import parse_xml
from parsers.links import FeedItem, parse_feed, parse_sitemap
from pipeline.fetch import faults
from pipeline.fetch.bodies import gunzip
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.fetcher import Fetcher
from pipeline.fetch.limits import Limits
from pipeline.fetch.model import Role
from pipeline.fetch.urls import BadAddress, canonical
from pipeline.sources import Source

GIVEN = "given"


@dataclass(slots=True)
class Found:
    """What discovery brought. `targets`: document -> origin (`given`, or kind and address of what named it)."""

    targets: dict[str, str] = field(default_factory=dict)
    listing_total: int | None = None
    """The sum of the totals that the listings print; None if one prints none, or there is none."""
    complete: bool = True
    failures: list[tuple[str, str]] = field(default_factory=list)

    def fail(self, url: str, reason: str) -> None:
        """Something could not be read: no absence can be proved today."""
        self.failures.append((url, reason))
        self.complete = False


async def discover(source: Source, fetcher: Fetcher, limits: Limits) -> Found:
    """The documents that the source names today, by canonical address, in the order they were found."""
    walk = _Walk(source, fetcher, limits)
    for url in source.listings:
        await walk.listing(canonical(url))
    await walk.sitemaps([canonical(url) for url in source.sitemaps])
    for url in source.feeds:
        await walk.feed(canonical(url))
    for url in source.urls:
        walk.found.targets[canonical(url)] = GIVEN
    walk.found.listing_total = walk.total if source.listings else None
    return walk.found


class _Walk:
    def __init__(self, source: Source, fetcher: Fetcher, limits: Limits) -> None:
        self._source = source
        self._fetcher = fetcher
        self._limits = limits
        self._follow = re.compile(source.follow)
        self._words = [word.casefold() for word in source.match]
        # GSB shows ten entries a page: a source of more documents than that has a longer pager.
        self._most_pages = limits.listing_pages if source.max_pages <= 10_000 else source.max_pages // 10
        self.found = Found()
        self.total: int | None = 0

    async def listing(self, first: str) -> None:
        """Walk a listing's pager to its end and compare what it named with what it prints."""
        queue, known_pages = deque([first]), {first}
        entries: dict[str, None] = {}
        read: list[Listing] = []
        while queue:
            if len(known_pages) - len(queue) >= self._most_pages:
                self.found.fail(first, f"{faults.CAPPED}: the pager has more than {self._most_pages} pages")
                break
            page = await self._listing_page(queue.popleft())
            if page is None:
                continue
            read.append(page)
            fresh = [url for url in map(_canonical, page.entries) if url is not None and url not in entries]
            entries.update(dict.fromkeys(fresh))
            if not fresh:
                continue  # GSB repeats the last page when asked for one more: what it links leads nowhere new
            for url in map(_canonical, page.pages):
                if url is not None and url not in known_pages:
                    known_pages.add(url)
                    queue.append(url)
        matching = [url for url in entries if self._follow.search(url)]
        self._take(matching, f"listing {first}")
        self._compare(first, read, len(matching), whole=len(read) == len(known_pages))

    async def _listing_page(self, url: str) -> Listing | None:
        try:
            page = await self._fetcher.page(url, "listing")
        except FetchFault as fault:
            self.found.fail(url, str(fault))
            return None
        return parse_listing(page.body, page.url, page.content_type)

    def _compare(self, first: str, read: list[Listing], matching: int, *, whole: bool) -> None:
        """Only documents are counted: with links of the page's text among the entries, a wrong sum could look right."""
        totals = list(dict.fromkeys(page.total for page in reversed(read) if page.total is not None))
        total = totals[0] if totals else None
        n_pages = next((page.n_pages for page in reversed(read) if page.n_pages is not None), None)
        self.total = None if total is None or self.total is None else self.total + total
        if not whole:
            return
        fault = None
        if len(totals) > 1:
            fault = f"the listing's pages print different totals: {', '.join(map(str, totals[:5]))}"
        elif total is not None and total != matching:
            fault = f"the listing prints {total} entries and shows {matching} addresses that match `follow`"
        elif total is None and matching == 0:
            fault = "a listing without documents"
        elif total is None and n_pages is not None and n_pages > len(read):
            fault = f"the listing says it has {n_pages} pages and links {len(read)}"
        if fault is not None:
            self.found.fail(first, f"{faults.UNREADABLE}: {fault}")

    async def sitemaps(self, urls: list[str]) -> None:
        """Read sitemaps and the sitemaps that an index names."""
        queue, known = deque(urls), set(urls)
        while queue:
            if len(known) - len(queue) >= self._limits.maps:
                self.found.fail(queue[0], f"{faults.CAPPED}: more than {self._limits.maps} sitemaps")
                return
            url = queue.popleft()
            body = await self._body(url, "sitemap")
            if body is None:
                continue
            sitemap = parse_sitemap(body)
            if not sitemap.urls and not sitemap.sitemaps:
                self.found.fail(url, f"{faults.UNREADABLE}: a sitemap without addresses")
            elif body.lstrip().startswith(b"<") and parse_xml(body, whole=True) is None:
                self.found.fail(url, f"{faults.UNREADABLE}: the sitemap is no whole XML, the rest of it may be missing")
            entries = (entry for entry in map(_canonical, sitemap.urls) if entry is not None)
            self._take([entry for entry in entries if self._follow.search(entry)], f"sitemap {url}")
            for child in map(_canonical, sitemap.sitemaps):
                if child is not None and child not in known:
                    known.add(child)
                    queue.append(child)

    async def feed(self, url: str) -> None:
        """Read a feed; an item counts if its title or text holds one of the source's words."""
        body = await self._body(url, "feed")
        if body is None:
            return
        items = parse_feed(body, url)
        if not items:  # GSB gives an HTML page for a feed's address without `?view=renderXml`
            self.found.fail(url, f"{faults.UNREADABLE}: a feed without items")
        elif parse_xml(body, whole=True) is None:
            self.found.fail(url, f"{faults.UNREADABLE}: the feed is no whole XML, the rest of it may be missing")
        wanted = [_canonical(item.url) for item in items if self._matches(item)]
        self._take([entry for entry in wanted if entry is not None and self._follow.search(entry)], f"feed {url}")

    def _matches(self, item: FeedItem) -> bool:
        text = f"{item.title} {item.text}".casefold()
        return not self._words or any(word in text for word in self._words)

    async def _body(self, url: str, role: Role) -> bytes | None:
        try:
            page = await self._fetcher.page(url, role)
            return gunzip(page.body, self._limits.map_bytes)
        except FetchFault as fault:
            self.found.fail(url, str(fault))
            return None

    def _take(self, urls: list[str], origin: str) -> None:
        for url in urls:
            self.found.targets.setdefault(url, origin)


def _canonical(url: str) -> str | None:
    """The canonical form; None for what no document can have (mailto:, javascript:, a broken address)."""
    try:
        return canonical(url)
    except BadAddress:
        return None
