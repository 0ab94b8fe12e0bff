"""Politeness: when a host may be asked next, and when not any more.

Belongs here: spacing, concurrency and failure count of each host, over all sources of a run. Does not: requests.
Concept: one gate a host; request starts are spaced by the longest delay that anyone asked for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from pipeline.fetch import faults
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.limits import Limits
from pipeline.fetch.urls import host_of

Sleep = Callable[[float], Awaitable[object]]


class Gate:
    """One host's gate."""

    def __init__(self, host: str, hosts: Hosts) -> None:
        self.host = host
        self.delay = 0.0
        self.requests = 0
        self._closed: tuple[str, str] | None = None
        self._most: int | None = None
        self._hosts = hosts
        self._free = asyncio.Semaphore(hosts.limits.per_host)
        self._start = asyncio.Lock()
        self._next = 0.0
        self._failures = 0

    def slow_down(self, delay: float) -> None:
        """Space request starts by at least `delay` seconds."""
        self.delay = max(self.delay, delay)

    def allow(self, most: int) -> None:
        """No more than `most` requests in this run; the smallest number that anyone names counts."""
        self._most = most if self._most is None else min(self._most, most)

    def hold(self, seconds: float) -> None:
        """No request starts for `seconds` (Retry-After)."""
        self._next = max(self._next, self._hosts.clock() + seconds)

    def failed(self, reason: str) -> None:
        """Count an address that failed; too many in a row close the gate."""
        self._failures += 1
        if self._failures >= self._hosts.limits.host_failures:
            self.close(f"{self._failures} addresses failed in a row, the last with {reason}")

    def succeeded(self) -> None:
        """The host answers."""
        self._failures = 0

    def close(self, reason: str, kind: str = faults.HOST_LEFT_ALONE) -> None:
        """Leave the host alone for the rest of the run."""
        self._closed = self._closed or (kind, f"{self.host}: {reason}")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for this host's next turn and hold it. Raises FetchFault where the gate is closed."""
        async with self._free:
            self._check()
            self._count()
            await self._wait_for_start()
            try:
                yield
            finally:
                self._hosts.at_once.release()

    async def _wait_for_start(self) -> None:
        if self.delay == 0 and self._next == 0:
            await self._hosts.at_once.acquire()
            return
        async with self._start:
            wait = self._next - self._hosts.clock()
            if wait > 0:
                await self._hosts.sleep(wait)
            self._check()
            await self._hosts.at_once.acquire()
            self._next = self._hosts.clock() + self.delay

    def _count(self) -> None:
        most = self._hosts.limits.host_requests if self._most is None else self._most
        if self.requests >= most:
            self.close(f"{self.requests} requests in this run, no more are made", faults.CAPPED)
            self._check()
        self.requests += 1

    def _check(self) -> None:
        if self._closed is not None:
            raise FetchFault(*self._closed)


class Hosts:
    """The gates of a run, shared by its sources. `clock` counts seconds, `sleep` waits them; tests put in their own."""

    def __init__(
        self, limits: Limits, *, sleep: Sleep = asyncio.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits
        self.sleep = sleep
        self.clock = clock
        self.at_once = asyncio.Semaphore(limits.at_once)
        self._gates: dict[str, Gate] = {}

    def gate(self, url: str) -> Gate:
        """The gate of a canonical address's host."""
        return self.gate_of(host_of(url))

    def gate_of(self, host: str) -> Gate:
        """The gate of a host as `host_of` spells it."""
        found = self._gates.get(host)
        if found is None:
            found = self._gates[host] = Gate(host, self)
        return found
