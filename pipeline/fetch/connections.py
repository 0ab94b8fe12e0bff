"""Connections: which bytes belong to which answer, and which connection may be used again.

Belongs here: what aiohttp leaves open of RFC 9112 for a client of servers that it can not trust. Does not: requests.
Concept: an answer ends where its framing says; whatever follows was not asked for, is never read as an answer, and ends
the connection (RFC 9112, 6.3 and 9.2). aiohttp 3.14 would hand bytes that came while a connection was idle to the next
request: a forged second answer took the place of the next page.
"""

from __future__ import annotations

import asyncio
import select
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import StreamReader
from httpx_aiohttp.transport import AiohttpResponseStream, AiohttpTransport, map_aiohttp_exceptions
from multidict import CIMultiDict
from yarl import URL

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ConnectionKey
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

_HEAD_END = b"\r\n\r\n"
_INTERIM = range(100, 200)


class BadFraming(aiohttp.ClientError):
    """A body whose framing breaks in its middle (a chunk without a size); asked again it would not be better."""


class Conversation(ResponseHandler):
    """One connection. Takes no byte beyond the answer that was asked for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._answer: StreamReader | None = None
        """The body of the final answer to the request in flight; None before its head is whole."""
        self._due: int | None = None
        """Bytes of it that are still to come; None where only chunks or the connection's end can tell."""
        self._news: select.poll | None = None

    def set_response_params(self, **params: Any) -> None:  # noqa: ANN401 - aiohttp's own, handed on
        """A request is sent: its answer may come now."""
        self._answer, self._due = None, None
        super().set_response_params(**params)

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """A head is whole."""
        message, body = data
        if message.code not in _INTERIM or message.code == 101:
            self._answer = body
            length = message.headers.get("Content-Length", "")
            self._due = int(length) if length.isdecimal() and not message.chunked else None
        super().feed_data((_spelled(message), body), size)

    def data_received(self, data: bytes) -> None:
        """Bytes came. Head and body go to the parser one after the other: rubbish behind a page must not cost it."""
        start = 0
        while self._answer is None and self._exception is None:
            end = data.find(_HEAD_END, start) + len(_HEAD_END)
            if end < len(_HEAD_END):
                break
            super().data_received(data[start:end])
            start = end
        if self._exception is None:
            self._take(data[start:] if start else data, has_news=start < len(data))
        if self._exception is not None and self._answer is not None and not self._answer.is_eof():
            self._answer.set_exception(BadFraming("the body breaks off in its middle"))

    def _take(self, data: bytes, *, has_news: bool) -> None:
        if self._answer is not None and has_news:
            if self._answer.is_eof():
                self.force_close()
                return
            if self._due is not None:
                if len(data) > self._due:
                    self.force_close()
                    data = data[: self._due]
                self._due -= len(data)
        if data or not has_news:
            super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection ended. A body that only its end delimits is whole after an orderly one (RFC 9112, 8)."""
        answer = self._answer
        if answer is not None and answer.is_eof():
            self._payload = None  # what is whole stays whole
        elif answer is not None and exc is not None:
            answer.set_exception(aiohttp.ClientPayloadError("the connection was reset before the body's end"))
        super().connection_lost(exc)

    def has_news(self) -> bool:
        """Whether an idle connection has got anything, an end of it included; then it must not be used again."""
        sock = self.transport.get_extra_info("socket") if self.transport is not None else None
        if sock is None or sock.fileno() < 0:
            return True
        if self._news is None:
            self._news = select.poll()
            self._news.register(sock.fileno(), select.POLLIN)
        return bool(self._news.poll(0))


def _spelled(message: RawResponseMessage) -> RawResponseMessage:
    """The same with a reason that can be encoded: bytes beyond ASCII as Latin-1, as HTTP once had them."""
    if message.reason.isascii():
        return message
    reason = message.reason.encode("utf-8", "surrogateescape").decode("latin-1")
    return RawResponseMessage(
        message.version,
        message.code,
        reason,
        message.headers,
        message.raw_headers,
        message.should_close,
        message.compression,
        message.upgrade,
        message.chunked,
    )


class Connections(aiohttp.TCPConnector):
    """aiohttp's pool of connections, without those that got bytes which nobody asked for."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - aiohttp's own, handed on
        super().__init__(**options)
        self._factory = cast("partial[ResponseHandler]", partial(Conversation, self._loop))

    async def _get(self, key: ConnectionKey, traces: list[Trace]) -> Connection | None:
        for connection, _ in self._conns.get(key, ()):
            if connection.should_close or (isinstance(connection, Conversation) and connection.has_news()):
                connection.close()
        return await super()._get(key, traces)


class Transport(AiohttpTransport):
    """httpx's transport over aiohttp for what this client asks: GET of an origin with a `target`, no body, no proxy.

    A third cheaper than the general one: an origin's address is parsed once (httpx takes 25 µs for one), not each
    page's, headers go to aiohttp as it keeps them, timeouts are the session's.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body unread; httpx names path and query by the extension `target`. Raises httpx's faults."""
        headers = CIMultiDict((name.decode(), value.decode()) for name, value in request.headers.raw)
        with map_aiohttp_exceptions():
            answer = await self.get_client().get(
                URL(f"{request.url}{request.extensions['target']}"), headers=headers, allow_redirects=False
            )
        is_over = answer.content.at_eof()  # nothing follows the head (304), and its connection is free again
        return httpx.Response(
            answer.status,
            headers=answer.raw_headers,
            stream=httpx.ByteStream(b"") if is_over else AiohttpResponseStream(answer),
            request=request,
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": (answer.reason or "").encode()},
        )
