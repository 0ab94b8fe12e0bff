"""The one HTTP client: one request, its retries, its answer as received.

Belongs here: timeouts, size caps, retries, the names of what went wrong. Does not: redirects, robots, the archive.
Concept: httpx's request, answer and exceptions over aiohttp's connections, without httpx's client class: its redirects,
cookies and authentication are not used here and cost 0.09 ms a request (measured; the transport alone takes 0.17).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self, cast

import aiohttp
import httpx
import stamina

from pipeline.fetch import faults
from pipeline.fetch.bodies import Body, coding_of
from pipeline.fetch.connections import BadFraming, Connections, Transport
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.guard import AddressRefused, Guard
from pipeline.fetch.hosts import Gate, Hosts
from pipeline.fetch.urls import origin_of

PRODUCT = "biwaq-data"
RETRY_STATUS = frozenset({429, 500, 502, 503, 504})
Headers = Sequence[tuple[str, str]]
_NO_BODY = httpx.ByteStream(b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: `raw` is the body as on the wire, `body` after its Content-Encoding (empty if not kept)."""

    url: str
    status: int
    reason: str
    headers: httpx.Headers
    raw: bytes
    body: bytes
    fetched_at: datetime
    truncated: bool = False

    def header(self, name: bytes) -> str | None:
        """The first header of that lower-case name; UTF-8 where it is that, else Latin-1."""
        for key, value in self.headers.raw:
            if key.lower() == name:
                try:
                    return value.decode()
                except UnicodeDecodeError:
                    return value.decode("latin-1")
        return None


Sink = Callable[[Answer], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """How much of a body is wanted: kept decoded or not, caps in bytes, cut at the cap or refused beyond it."""

    keep: bool
    wire_bytes: int
    body_bytes: int
    cut: bool = False


def user_agent(contact: str | None) -> str:
    """Who we are, with the version and whom to write to."""
    try:
        number = version("biwaq")
    except PackageNotFoundError:  # run from a folder that was never installed
        number = "0"
    return f"{PRODUCT}/{number}" + (f" (+{contact})" if contact else "")


class Client:
    """Requests for one source. Use as an async context manager.

    `now` gives the moment of an answer in UTC, `certificates` replaces the trusted authorities in tests of TLS.
    """

    def __init__(
        self,
        guard: Guard,
        hosts: Hosts,
        *,
        agent: str,
        now: Callable[[], datetime],
        certificates: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._hosts = hosts
        self._limits = hosts.limits
        self._now = now
        self._certificates = certificates
        self._headers: Headers = (
            ("User-Agent", agent),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            ("Accept-Language", "de,en;q=0.5"),
            ("Accept-Encoding", "gzip, deflate"),
        )
        self._origins: dict[str, httpx.URL] = {}

    async def __aenter__(self) -> Self:
        context = self._certificates or _authorities()
        connector = Connections(
            limit=0,
            limit_per_host=self._limits.per_host,
            resolver=self._guard,
            ssl=context,
            socket_factory=self._guard.open_socket,
        )
        limits = self._limits
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(sock_connect=limits.connect_s, sock_read=limits.read_s),
        )
        self._transport = Transport(verify=context, trust_env=False, client=session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    def check(self, url: str) -> None:
        """Raise FetchFault for an address outside the source's hosts or the public internet; ask before `get`."""
        self._guard.check(url)

    async def get(self, url: str, headers: Headers, wish: Wish, sink: Sink, *, once: bool = False) -> Answer:
        """The answer to one GET, retried where that may help. Every answer goes to `sink`, also those retried after.

        `once`: not retried, and no trouble counts against the host (what it need not have). Raises FetchFault, also for
        a status in RETRY_STATUS that stayed.
        """
        gate = self._hosts.gate(url)
        if once:
            return await self._attempt(gate, url, headers, wish, sink)
        try:
            answer = await self._with_retries(gate, url, headers, wish, sink)
        except FetchFault as fault:
            if fault.blames_host:
                gate.failed(str(fault))
            raise
        gate.succeeded()
        return answer

    async def _with_retries(self, gate: Gate, url: str, headers: Headers, wish: Wish, sink: Sink) -> Answer:
        try:
            return await self._attempt(gate, url, headers, wish, sink)
        except FetchFault as fault:
            if not fault.retryable:
                raise
            failed: list[FetchFault] = [fault]
        # stamina is entered only after a failure (0.08 ms a request), its first attempt stands for the one just made
        async for attempt in stamina.retry_context(
            on=_wait,
            attempts=self._limits.attempts,
            timeout=self._limits.retry_total_s,
            wait_initial=self._limits.retry_wait_s,
            wait_max=self._limits.retry_wait_max_s,
        ):
            with attempt:
                if failed:
                    raise failed.pop()
                return await self._attempt(gate, url, headers, wish, sink)
        raise AssertionError("stamina ends with an answer or an exception")

    async def _attempt(self, gate: Gate, url: str, headers: Headers, wish: Wish, sink: Sink) -> Answer:
        async with gate.turn():
            answer = await self._timed(url, headers, wish)
        sink(answer)
        if answer.status in RETRY_STATUS:
            raise self._busy(gate, answer)
        return answer

    async def _timed(self, url: str, headers: Headers, wish: Wish) -> Answer:
        deadline = asyncio.timeout(self._limits.total_s)
        try:
            async with deadline:
                return await self._exchange(url, headers, wish)
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, UnicodeError) as fault:
            if deadline.expired():
                text = f"the answer was not whole after {self._limits.total_s:g} s"
                raise FetchFault(faults.TIMEOUT_TOTAL, text) from fault
            raise _named(fault) from fault

    async def _exchange(self, url: str, headers: Headers, wish: Wish) -> Answer:
        response = await self._transport.handle_async_request(self._request(url, headers))
        stream = cast(httpx.AsyncByteStream, response.stream)
        try:
            coding = coding_of(response.headers.get("content-encoding"))
            body = Body(coding, wire_cap=wish.wire_bytes, body_cap=wish.body_bytes, keep=wish.keep, cut=wish.cut)
            async for chunk in stream:
                if not body.feed(chunk):
                    break
        finally:
            await stream.aclose()
        raw, decoded = body.finish()
        return Answer(
            url=url,
            status=response.status_code,
            reason=response.extensions.get("reason_phrase", b"").decode(),
            headers=response.headers,
            raw=raw,
            body=decoded,
            fetched_at=self._now(),
            truncated=body.truncated,
        )

    def _request(self, url: str, headers: Headers) -> httpx.Request:
        """The request of a canonical or normal address. Raises httpx.InvalidURL."""
        origin = origin_of(url)
        host = self._origins.get(origin)
        if host is None:
            host = self._origins[origin] = httpx.URL(origin)
        named = {"target": url[len(origin) :]}
        return httpx.Request("GET", host, headers=[*self._headers, *headers], stream=_NO_BODY, extensions=named)

    def _busy(self, gate: Gate, answer: Answer) -> FetchFault:
        detail = f"{answer.status} {answer.reason}".strip()
        wait = retry_after(answer.headers.get("retry-after"), answer.fetched_at)
        if wait is None:
            return FetchFault(faults.STATUS, detail, status=answer.status, retryable=True)
        if wait > self._limits.retry_after_s:
            gate.close(f"answered {detail} and asked to wait {wait:.0f} s")
            return FetchFault(faults.STATUS, f"{detail}, wait {wait:.0f} s", status=answer.status, retry_after=wait)
        gate.hold(wait)
        return FetchFault(faults.STATUS, detail, status=answer.status, retryable=True, retry_after=wait)


@cache
def _authorities() -> ssl.SSLContext:
    """The trusted authorities, read once for all sources."""
    return httpx.create_ssl_context(trust_env=False)


def _wait(fault: Exception) -> bool | float:
    """For stamina: whether to try again, or after how many seconds (RFC 9110, 10.2.3)."""
    if not isinstance(fault, FetchFault) or not fault.retryable:
        return False
    return True if fault.retry_after is None else fault.retry_after


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header: a number of seconds or an HTTP date; None where it is neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):  # no date
        return None
    # asctime's form names no zone; all dates of HTTP are UTC (RFC 9110, 5.6.7)
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())


_Types = tuple[type[BaseException], ...]
_NAMES: tuple[tuple[_Types, str, str], ...] = (
    ((AddressRefused,), faults.REFUSED_ADDRESS, ""),
    ((ssl.SSLError, aiohttp.ClientSSLError), faults.TLS, ""),
    ((aiohttp.ClientConnectorDNSError, socket.gaierror), faults.CONNECT, "the host's name is not known: "),
    ((aiohttp.ClientPayloadError,), faults.TRUNCATED, ""),
    ((aiohttp.SocketTimeoutError,), faults.TIMEOUT_READ, ""),
    ((aiohttp.ServerTimeoutError, TimeoutError), faults.TIMEOUT_CONNECT, ""),
    ((aiohttp.ClientResponseError, aiohttp.InvalidURL, BadFraming), faults.PROTOCOL, ""),
    ((aiohttp.ClientConnectionError, OSError), faults.CONNECT, ""),
)
"""Exceptions by what they say of the cause, the most telling first; httpx-aiohttp calls a reset a connect timeout."""


def _says_no_such_name(fault: BaseException) -> bool:
    """The resolver answered that there is no such name; that it had no answer (EAI_AGAIN) is worth another attempt."""
    return isinstance(fault, socket.gaierror) and fault.errno == socket.EAI_NONAME


def _named(fault: BaseException) -> FetchFault:
    """What went wrong, by the most telling exception of the chain."""
    chain: list[BaseException] = []
    current: BaseException | None = fault
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    for types, kind, prefix in _NAMES:
        for cause in chain:
            if isinstance(cause, types):
                retryable = False if any(map(_says_no_such_name, chain)) else None
                # What a parser of HTTP says may quote the page, and pages name people: its type must do.
                said = "" if kind == faults.PROTOCOL else str(cause)
                return FetchFault(kind, f"{prefix}{said or type(cause).__name__}", retryable=retryable)
    return FetchFault(faults.PROTOCOL, type(fault).__name__)
