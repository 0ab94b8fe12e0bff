"""One address with its redirects, into the archive.

Belongs here: the hops of a request: allowed, polite, conditional where possible, archived. Does not: which addresses.
Concept: redirects are followed by us, as each hop has to pass the source's hosts, the guard and robots.txt anew.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urljoin

from pipeline.fetch import faults
from pipeline.fetch.client import Answer, Client, Headers, Sink, Wish
from pipeline.fetch.cookies import Cookies
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.model import Known, Role
from pipeline.fetch.reservations import FILE_PATH, HEADERS, TEXT, By, by_file, reserved_by
from pipeline.fetch.reservations import Rule as MiningRule
from pipeline.fetch.reservations import rules_of as mining_rules_of
from pipeline.fetch.robots import OriginCache, RobotsCache, Rules, rules_of, unreachable
from pipeline.fetch.urls import BadAddress, canonical, normal, origin_of
from pipeline.fetch.writer import ArchiveWriter

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Page(NamedTuple):
    """A page that is read at once (listing, sitemap, feed): its final address and decoded body."""

    url: str
    body: bytes
    content_type: str | None


class Final(NamedTuple):
    """Where a chain ended. `answer` is None if it led to an address that is asked for in its own right."""

    url: str
    answer: Answer | None
    first_status: int
    reserved_by: By | None = None
    """What reserves its text and data mining, as far as it is known before parsing."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a chain is for."""

    role: Role
    wish: Wish
    known: Callable[[str], Known | None]
    """The body that a hop's address may be asked against."""
    covered: Callable[[str], bool]
    """Whether a redirect target is asked for in its own right."""
    role_of: Callable[[str], Role]
    """The role of a final address."""
    is_mined: bool = False
    """Whether reservations of text and data mining matter."""
    once: bool = False
    """Asked once, and its failure is no trouble of the host."""


class Fetcher:
    """Fetches for one source into one archive file.

    `distrust`: documents whose stored body must not be relied on. `mining`: the reservations of each origin.
    `withhold`: of a document whose text is reserved the archive gets the head alone. `blocked`: purged addresses.
    """

    def __init__(
        self,
        client: Client,
        writer: ArchiveWriter,
        hosts: Hosts,
        robots: RobotsCache,
        state: dict[str, Known],
        *,
        has_body: Callable[[Known], bool],
        distrust: Container[str] = (),
        mining: OriginCache[tuple[MiningRule, ...]] | None = None,
        withhold: bool = False,
        blocked: Container[str] = (),
    ) -> None:
        self._client = client
        self._writer = writer
        self._hosts = hosts
        self._robots = robots
        self._state = state
        self._has_body = has_body
        self._distrust = distrust
        self._cookies = Cookies()
        limits = hosts.limits
        self._mining = mining if mining is not None else OriginCache()
        self._withhold = withhold
        self._blocked = blocked
        self._document = Wish(keep=withhold, wire_bytes=limits.wire_bytes, body_bytes=limits.body_bytes)
        self._page = Wish(keep=True, wire_bytes=limits.wire_bytes, body_bytes=limits.body_bytes)
        self._map = Wish(keep=True, wire_bytes=limits.map_bytes, body_bytes=limits.map_bytes)
        size = limits.robots_bytes
        self._rules = Wish(keep=True, wire_bytes=size, body_bytes=size, cut=True)

    async def page(self, url: str, role: Role) -> Page:
        """A listing, sitemap or feed by its canonical address, never conditional. Raises FetchFault if not 200."""
        wish = self._map if role == "sitemap" else self._page
        final = await self._chain(url, _plain(role, wish))
        answer = final.answer
        if answer is None or answer.status != 200:
            raise status_fault(answer)
        if not answer.body:
            raise FetchFault(faults.EMPTY_BODY, "200 without a body")
        return Page(final.url, answer.body, answer.header(b"content-type"))

    async def document(self, url: str, *, covered: Callable[[str], bool], accepts: Callable[[str], bool]) -> Final:
        """The answer of a document by its canonical address, conditional where its body is known. Raises FetchFault.

        `accepts` says whether a redirect's target is a document's address.
        """

        def role_of(address: str) -> Role:
            return "document" if address == url or accepts(address) else "other"

        return await self._chain(url, Errand("document", self._document, self._known, covered, role_of, True))

    async def single(self, url: str, sink: Sink) -> Answer:
        """One answer, its redirects not followed and given to `sink` instead of the archive. Raises FetchFault."""
        await self._allow(url)
        return await self._client.get(url, (), self._document, sink)

    def _known(self, url: str) -> Known | None:
        known = self._state.get(url)
        if known is None or not (known.etag or known.last_modified) or url in self._distrust:
            return None
        return known if self._has_body(known) else None

    async def _chain(self, url: str, errand: Errand) -> Final:
        cookies = Cookies(self._cookies)
        own = {url}
        asked: set[tuple[str, str | None]] = set()
        hop, identity, first_status = url, url, 0
        for _ in range(self._hosts.limits.redirects + 1):
            step = (hop, cookies.header(hop))
            if step in asked:
                raise FetchFault(faults.REDIRECT, f"loop at {hop}")
            asked.add(step)
            if identity in self._blocked:
                raise FetchFault(faults.FORBIDDEN, "purged from the archive, never to be fetched again")
            answer, by = await self._hop(hop, identity, errand, cookies, requested=url if hop != url else None)
            if answer.status not in REDIRECTS:
                if len(asked) > len({address for address, _ in asked}):
                    self._cookies.keep(cookies)  # it came back to an address: the cookies opened the door
                return Final(identity, answer, first_status, by)
            first_status = first_status or answer.status
            cookies.take(hop, answer.headers)
            hop = _target(hop, answer)
            identity = canonical(hop)
            if identity not in own and errand.covered(identity):
                return Final(identity, None, first_status)
            own.add(identity)
        raise FetchFault(faults.REDIRECT, f"more than {self._hosts.limits.redirects} redirects")

    async def _hop(
        self, url: str, identity: str, errand: Errand, cookies: Cookies, *, requested: str | None
    ) -> tuple[Answer, By | None]:
        if errand.role == "robots":
            self._client.check(url)
        else:
            await self._allow(url)
        in_file = await self._reserved_in_file(url) if errand.is_mined else None
        known = errand.known(identity)
        headers = _condition(known)
        cookie = cookies.header(url)
        if cookie is not None:
            headers = [*headers, ("Cookie", cookie)]

        by: By | None = None

        def sink(answer: Answer) -> None:
            nonlocal by
            by = _reserved_by(in_file, answer) if errand.is_mined else None
            self._archive(answer, errand, identity, known, requested, by)

        answer = await self._client.get(url, headers, errand.wish, sink, once=errand.once)
        if answer.status == 304 and known is None:
            raise FetchFault(faults.STATUS, "304 to a request without a condition", status=304)
        return answer, by

    async def _allow(self, url: str) -> None:
        """Raise FetchFault where the source's hosts, the guard or robots.txt forbid the address."""
        self._client.check(url)
        rules = await self._robots.get(origin_of(url), self._load_rules)
        rules.check(url)

    def _archive(
        self,
        answer: Answer,
        errand: Errand,
        identity: str,
        known: Known | None,
        requested: str | None,
        by: By | None,
    ) -> None:
        if self._withhold and by in TEXT and answer.status == 200:
            answer = replace(answer, raw=b"", body=b"")
        if answer.status in REDIRECTS:
            self._writer.store(answer, "redirect", identity, requested=requested)
        elif answer.status == 304 and known is not None:
            self._writer.confirm(answer, errand.role_of(identity), identity, known, requested=requested)
        else:
            self._writer.store(answer, errand.role_of(identity), identity, requested=requested, reserved_by=by)

    async def _reserved_in_file(self, url: str) -> bool | None:
        origin = origin_of(url)
        rules = await self._mining.get(origin, self._load_mining)
        return by_file(rules, url.removeprefix(origin)) if rules else None

    async def _load_mining(self, origin: str) -> tuple[MiningRule, ...]:
        """The rules of an origin's file. One that can not be had reserves nothing: a reservation must be readable."""
        try:
            final = await self._chain(f"{origin}{FILE_PATH}", replace(_plain("rights", self._rules), once=True))
        except FetchFault:
            return ()
        answer = final.answer
        return mining_rules_of(answer.body) if answer is not None and answer.status == 200 else ()

    async def _load_rules(self, origin: str) -> Rules:
        limits = self._hosts.limits
        try:
            final = await self._chain(f"{origin}/robots.txt", _plain("robots", self._rules))
        except FetchFault as fault:
            return unreachable(fault)
        if final.answer is None:
            return unreachable(FetchFault(faults.REDIRECT, "leads nowhere"))
        rules = rules_of(final.answer.status, final.answer.body, longest_delay=limits.crawl_delay_s)
        self._hosts.gate(origin).slow_down(rules.delay)
        return rules


def _plain(role: Role, wish: Wish) -> Errand:
    """An errand without conditions."""
    return Errand(role, wish, known=lambda _: None, covered=lambda _: False, role_of=lambda _: role)


def _reserved_by(in_file: bool | None, answer: Answer) -> By | None:
    own = [(key.decode(), value.decode("latin-1")) for key, value in answer.headers.raw if key.lower() in HEADERS]
    return reserved_by(in_file, own, answer.body) if own or in_file or answer.body else None


def _condition(known: Known | None) -> Headers:
    """The headers that ask for a body only if it changed (RFC 9110, 13.1)."""
    if known is None:
        return ()
    headers = []
    if known.etag:
        headers.append(("If-None-Match", known.etag))
    if known.last_modified:
        headers.append(("If-Modified-Since", known.last_modified))
    return headers


def _target(url: str, answer: Answer) -> str:
    location = answer.header(b"location")
    if not location:
        raise FetchFault(faults.REDIRECT, f"{answer.status} without a Location")
    try:
        return normal(urljoin(url, location))
    except (BadAddress, ValueError) as fault:
        raise FetchFault(faults.REDIRECT, f"to an address that is not fetched: {fault}") from None


def status_fault(answer: Answer | None) -> FetchFault:
    """The fault of an answer whose status is of no use."""
    status = answer.status if answer else 0
    return FetchFault(faults.STATUS, f"{status} {answer.reason if answer else ''}".strip(), status=status)
