"""The server that misbehaves: raw sockets on loopback, many hosts behind one port, a log of all that was asked.

Belongs here: listening, reading requests, playing plays, counting. Does not: which plays (cases_*.py) or judging.
Concept: one thread with its own event loop; what a case may not touch (traps) listens too, so that touching is seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Self

import trustme

from tests.faults.play import Answerer, Close, Drip, Flood, Good, Hang, Play, Request, Reset, Send, Step, Wait

DOOR = "127.77.77.77"
"""The one loopback address that the suite lets count as public; see `front_door.py`."""
TRAP = "127.0.0.2"
"""A loopback address that stays what it is: nobody may connect to it."""
LONGEST_HANG = 60.0
_HEAD_BYTES = 1 << 22
_RST = struct.pack("ii", 1, 0)
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 19\r\n\r\n<h1>nicht da</h1>\r\n"


@dataclass(slots=True)
class HostLog:
    """What one host was asked for and what it sent."""

    asked: list[Request] = field(default_factory=list)
    served: list[tuple[str, Good]] = field(default_factory=list)
    """Path and page of each good page that was sent to its last byte."""
    offered: dict[str, Good] = field(default_factory=dict)
    """Path and page of each good page that was asked for."""
    sent: int = 0


class Server:
    """`with Server() as server: server.sites[host] = routes`; one server carries all cases."""

    def __init__(self) -> None:
        self.sites: dict[str, Callable[[Request], Answerer | None]] = {}
        self.logs: dict[str, HostLog] = defaultdict(HostLog)
        self.trapped: list[str] = []
        """Host (or nothing) of each connection to an address that had to be refused."""
        self.port = self.tls_port = self.deaf_port = self.dead_port = 0
        self._turns: dict[tuple[str, str, int], int] = defaultdict(int)
        self._connections = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="faults", daemon=True)

    def __enter__(self) -> Self:
        self._deaf = _deaf_socket()
        self.deaf_port = self._deaf[0].getsockname()[1]
        self.dead_port = _dead_port()
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the fault server did not start")
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        for one in self._deaf:
            one.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        main = await asyncio.start_server(self._accept, DOOR, 0, limit=_HEAD_BYTES, backlog=256)
        self.port = main.sockets[0].getsockname()[1]
        trap = await asyncio.start_server(self._accept_trapped, TRAP, self.port)
        secure = await asyncio.start_server(self._accept, DOOR, 0, limit=_HEAD_BYTES, ssl=_certificate())
        self.tls_port = secure.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        for server in (main, trap, secure):
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept_trapped(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = ""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            async with asyncio.timeout(5):
                request = _request(await reader.readuntil(b"\r\n\r\n"), 0)
            host = request.host if request else ""
        self.trapped.append(host)
        writer.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._connections += 1
        try:
            await self._converse(reader, writer, self._connections)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            pass  # the client left, as it may
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        while True:
            request = _request(await reader.readuntil(b"\r\n\r\n"), number)
            if request is None:
                return
            log = self.logs[request.host]
            log.asked.append(request)
            play = self._play_for(request)
            if play is None:
                writer.write(_MISSING)
                continue
            if play.good is not None:
                log.offered[request.path] = play.good
            if not await self._perform(play, request, reader, writer):
                return

    def _play_for(self, request: Request) -> Play | None:
        site = self.sites.get(request.host)
        found = site(request) if site is not None else None
        if found is None or isinstance(found, Play):
            return found
        if callable(found):
            return found(request)
        key = (request.host, request.path, id(found))
        turn = self._turns[key]
        self._turns[key] += 1
        return found[min(turn, len(found) - 1)]

    async def _perform(
        self, play: Play, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Play all steps; whether the connection is still good for another request."""
        log = self.logs[request.host]
        last = max((at for at, step in enumerate(play.steps) if isinstance(step, Send | Drip | Flood)), default=-1)
        for at, step in enumerate(play.steps):
            if not await _step(step, reader, writer, log):
                return False
            if at == last and play.good is not None:
                log.served.append((request.path, play.good))
        return True


async def _step(step: Step, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, log: HostLog) -> bool:
    """Play one step; whether there is a connection left."""
    match step:
        case Send(data):
            await _send(writer, data, log)
        case Drip(data, pause, size):
            for at in range(0, len(data), size):
                await asyncio.sleep(pause)
                await _send(writer, data[at : at + size], log)
        case Flood(data, most, pause):
            for _ in range(max(1, most // len(data))):
                await _send(writer, data, log)
                await asyncio.sleep(pause)
        case Wait(seconds):
            await asyncio.sleep(seconds)
        case Hang():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), LONGEST_HANG)
            return False
        case Reset():
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
            writer.transport.abort()
            return False
        case Close():
            writer.close()
            await writer.wait_closed()
            return False
    return True


async def _send(writer: asyncio.StreamWriter, data: bytes, log: HostLog) -> None:
    if writer.is_closing():
        raise ConnectionResetError
    writer.write(data)
    await writer.drain()
    log.sent += len(data)


@cache
def _certificate() -> ssl.SSLContext:
    """A certificate of an authority that nobody trusts, made anew in each process: no key lies in the repository."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(DOOR).configure_cert(context)
    return context


def _request(data: bytes, connection: int) -> Request | None:
    lines = data.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) < 2:
        return None
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    host = headers.get("host", "").rsplit(":", 1)[0].lower()
    return Request(host, words[1], headers, time.monotonic(), connection)


def _deaf_socket() -> list[socket.socket]:
    """A socket that listens and whose queue is full: whoever connects waits for ever."""
    deaf = socket.socket()
    deaf.bind((DOOR, 0))
    deaf.listen(0)
    waiting = []
    for _ in range(4):
        one = socket.socket()
        one.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            one.connect(deaf.getsockname())
        waiting.append(one)
    return [deaf, *waiting]


def _dead_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((DOOR, 0))
        return int(probe.getsockname()[1])
