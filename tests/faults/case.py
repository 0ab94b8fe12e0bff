"""A case of the suite: what the server does, what must happen, in how many seconds.

Belongs here: the shapes of a case and the short form of frequent ones. Does not: cases (cases_*.py), judging.
Concept: every case has two good neighbours beside the fault; a fault may cost its own page and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.fetch.limits import MIB, Limits
from tests.faults.pages import page
from tests.faults.play import Answerer, Play, Routes

LIMITS = Limits(
    connect_s=1.0,
    read_s=1.0,
    total_s=2.0,
    wire_bytes=MIB,
    body_bytes=2 * MIB,
    map_bytes=2 * MIB,
    robots_bytes=64 * 1024,
    attempts=3,
    retry_total_s=6.0,
    retry_wait_s=0.02,
    retry_wait_max_s=0.05,
    retry_after_s=3.0,
    crawl_delay_s=2.0,
    host_failures=5,
    per_host=4,
    listing_pages=12,
    maps=8,
)
"""The bounds of a night, small enough to be reached in seconds; a case may change one."""
X = "/x.html"
NEIGHBOURS = ("/good-1.html", "/good-2.html")
WITHIN = 8.0
FINAL = frozenset({"fetched", "unchanged", "gone", "moved", "alias", "forbidden", "stored"})
"""Outcomes that leave no question open: the crawl counts as complete."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case's site stands: its host and the server's ports."""

    host: str
    port: int
    tls_port: int
    deaf_port: int
    dead_port: int

    def url(self, path: str = "", *, host: str = "", port: int | None = None) -> str:
        """An address of the site; `host` is put before its name (`other`), `port` replaces the server's."""
        name = f"{host}.{self.host}" if host else self.host
        return f"http://{name}:{self.port if port is None else port}{path}"

    def tls(self, path: str) -> str:
        """An https address of the site, where a certificate waits that nobody signed."""
        return f"https://{self.host}:{self.tls_port}{path}"

    def urls(self, *paths: str) -> list[str]:
        """Addresses of the site."""
        return [path if "://" in path else self.url(path) for path in paths]


Sites = Callable[[Place], Mapping[str, Routes]]
"""Per host (`""` is the case's own, any other is put before its name) its routes."""
Answered = Play | Sequence[Play] | Callable[[Place], Routes]
"""What the address of a case plays, or all routes of its site."""
Names = Mapping[str, list[str] | Exception] | Callable[[str], Awaitable[list[str]]]
"""What the resolver says of a host (`""`: the case's own); what is not named leads to the door."""


@dataclass(frozen=True, slots=True)
class Must:
    """What must have happened after one night. Paths belong to the case's own host, `other!/path` to another."""

    outcome: Mapping[str, str]
    """Path -> the crawl's word for it, or the kind of its failure; several are joined by `|`; `fine`: no failure."""
    docs: tuple[str, ...] = ()
    """Good pages that are in the archive with their bytes and have exactly their record; no other page has one."""
    complete: bool | None = None
    """The crawl says that it saw all. None: if all the words that came are final ones."""
    says: str = ""
    """Words in the failure's reason."""
    maybe: Mapping[str, bytes] = field(default_factory=dict)
    """Path -> page that may be stored and read, as the outcome leaves it open; if so, it must be this one."""
    free: tuple[str, ...] = ()
    """Paths whose record is not looked at: only that reading them ends in time."""
    issues: Mapping[str, str] = field(default_factory=dict)
    """Path -> kind of an issue of its record line."""
    never: tuple[str, ...] = ()
    """Paths that nobody may ask for."""
    asks: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Path -> least and most requests."""
    requests: int | None = None
    """All requests of the night, at most."""
    kept: tuple[str, ...] = ()
    """Paths whose last good body of an earlier night is still the known one."""
    gone: tuple[str, ...] = ()
    """Paths that are proved to be gone; nothing else may be."""
    spaced: float = 0.0
    """Seconds between request starts, at least; robots.txt, which says so, is not counted."""
    again: float = 0.0
    """Seconds between two requests for the first path, at least."""
    sent: int | None = None
    """Bytes that the server got rid of, at most."""
    longest_header: int = 16_384
    """Bytes of any request header, at most."""
    listed: int | None = None


@dataclass(frozen=True, slots=True)
class Night:
    """One night: the sites as they are then, and what must come of it."""

    sites: Sites
    must: Must
    source: Callable[[Place], dict[str, Any]] | None = None
    """Changes of the source file for this night."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `source` gives the source file's keys, by default the addresses of the fault and its neighbours."""

    name: str
    does: str
    nights: tuple[Night, ...]
    source: Callable[[Place], dict[str, Any]]
    limits: Limits = LIMITS
    names: Callable[[], Names] = dict
    """Gives a resolver that has not been asked yet."""
    within: float = WITHIN
    quick: bool = False
    alone: bool = False
    """Runs beside no other case: it needs the whole processor to be in time."""


def case(
    name: str,
    does: str,
    *nights: Night,
    source: Callable[[Place], dict[str, Any]] | None = None,
    limits: Mapping[str, Any] | None = None,
    names: Mapping[str, list[str] | Exception] | Callable[[], Names] | None = None,
    within: float = WITHIN,
    quick: bool = False,
    alone: bool = False,
) -> Case:
    """A case of any form."""
    bounds = replace(LIMITS, **limits) if limits else LIMITS
    resolver = names if callable(names) else lambda: names or {}
    return Case(name, does, nights, source or by_address(), bounds, resolver, within, quick, alone)


def by_address(*paths: str) -> Callable[[Place], dict[str, Any]]:
    """A source that knows its pages by address: the fault and its neighbours, unless paths are given."""
    return lambda at: {"urls": at.urls(*(paths or (X, *NEIGHBOURS)))}


def neighbours() -> dict[str, Answerer]:
    """The good pages beside the fault."""
    return {path: page(number) for number, path in enumerate(NEIGHBOURS, 1)}


def one(
    name: str,
    does: str,
    play: Answered,
    outcome: str,
    *,
    doc: bool | str | None = None,
    maybe: bytes | None = None,
    limits: Mapping[str, Any] | None = None,
    source: Mapping[str, Any] | None = None,
    within: float = WITHIN,
    quick: bool = False,
    alone: bool = False,
    **more: Any,
) -> Case:
    """A case about one address, `/x.html`, beside two good pages.

    `play` answers it (or gives all its routes, from the place). `doc`: its good page must be stored and read; that is
    the default if the outcome is `fetched` and a good page is in the play. `maybe`: it may be, and then as this page.
    `source`: more keys of the source file.
    """
    if maybe is not None:
        more["maybe"] = {X: maybe}
    routes = routes_of(play, X)
    if doc is None:
        doc = outcome == "fetched" and _is_good(play)
    docs = (*NEIGHBOURS, *([X] if doc is True else [doc] if isinstance(doc, str) else []))
    if outcome == "gone":
        more.setdefault("gone", (X,))
    must = Must({X: outcome, **dict.fromkeys(NEIGHBOURS, "fetched")}, docs, **more)
    night = Night(lambda at: {"": {**neighbours(), **routes(at)}}, must)
    keys = source or {}
    return case(
        name,
        does,
        night,
        source=lambda at: {**by_address()(at), **keys},
        limits=limits,
        within=within,
        quick=quick,
        alone=alone,
    )


def routes_of(play: Answered, path: str) -> Callable[[Place], Routes]:
    """All routes: those that `play` gives, or `play` itself at `path`."""
    if isinstance(play, Play | Sequence):
        return lambda _: {path: play}
    return play


def _is_good(play: object) -> bool:
    if isinstance(play, Play):
        return play.good is not None
    return isinstance(play, list | tuple) and _is_good(play[-1])
