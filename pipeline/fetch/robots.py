"""robots.txt (RFC 9309), read by Protego.

Belongs here: rules of one origin, made from its answer, and their cache for a run. Does not: fetching (fetcher.py).
Concept: absent means no rules, unreachable or 5xx means stop for that host; nobody's silence is taken for permission.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from protego import Protego

from pipeline.fetch import faults
from pipeline.fetch.client import PRODUCT
from pipeline.fetch.faults import FetchFault

_AGENT = re.compile(r"\s*user[ -]?agent\s*[:\s]\s*(.*)", re.IGNORECASE)
_RULE = re.compile(r"\s*(?:di|allow|crawl|request|visit|site|host)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin allows. `refusal` is set where nothing may be fetched, and says why; `delay` is in seconds."""

    parser: Protego | None = None
    refusal: str | None = None
    delay: float = 0.0

    def check(self, url: str) -> None:
        """Raise FetchFault where the address must not be asked for."""
        if self.refusal is not None:
            raise FetchFault(faults.ROBOTS, self.refusal)
        # Canonical addresses are ASCII; any other would be matched against the rules in a form that is never sent.
        if not url.isascii() or (self.parser is not None and not self.parser.can_fetch(url, PRODUCT)):
            raise FetchFault(faults.FORBIDDEN, "by robots.txt")


NO_RULES = Rules()


def rules_of(status: int, body: bytes, *, longest_delay: float) -> Rules:
    """Rules from an answer. 4xx: none (RFC 9309, 2.3.1.3); 5xx: nothing may be fetched (2.3.1.4)."""
    if status >= 500:
        return Rules(refusal=f"robots.txt answers {status}, so nothing is fetched from this host")
    if status != 200:
        return NO_RULES
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")  # federal sites were seen to send a byte order mark
    parser = Protego.parse(known_lines(text))
    delay = parser.crawl_delay(PRODUCT) or 0.0
    rate = parser.request_rate(PRODUCT)
    if rate is not None and rate.requests:
        delay = max(delay, rate.seconds / rate.requests)
    if delay > longest_delay:
        return Rules(
            refusal=f"robots.txt asks for {delay:g} s between requests, more than the {longest_delay:g} s we wait"
        )
    return Rules(parser, None, delay)


def known_lines(text: str) -> str:
    """Only the lines that mean something, with each agent cut to its product token (RFC 9309, 2.2.1).

    Protego lets an unknown line end a group of agents and takes `Foo Bar` as one name; Google and the RFC do neither.
    """
    kept = []
    for line in text.splitlines():
        agent = _AGENT.match(line)
        if agent is not None:
            token = _TOKEN.match(agent[1])
            kept.append(f"user-agent: {token[0] if token else agent[1]}")
        elif _RULE.match(line):
            kept.append(line)
    return "\n".join(kept)


def unreachable(fault: FetchFault) -> Rules:
    """Rules where robots.txt could not be had: stop."""
    return Rules(refusal=f"robots.txt could not be read, so nothing is fetched from this host ({fault})")


Found = TypeVar("Found")


class OriginCache(Generic[Found]):
    """What each origin says of itself, asked for once a run and shared by its sources."""

    def __init__(self) -> None:
        self._rules: dict[str, Found] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, origin: str, load: Callable[[str], Awaitable[Found]]) -> Found:
        """What `origin` says, loaded by the first who asks."""
        found = self._rules.get(origin)
        if found is not None:
            return found
        async with self._locks.setdefault(origin, asyncio.Lock()):
            if origin not in self._rules:
                self._rules[origin] = await load(origin)
        return self._rules[origin]


RobotsCache = OriginCache[Rules]
