"""Cases collected elsewhere: Google's robots.txt cases and known attacks by address. Run with --shared DIR."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from pipeline.fetch import robots
from pipeline.fetch.archive import Archive
from pipeline.fetch.crawl import CrawlReport, Outside, crawl
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.guard import Guard
from pipeline.fetch.urls import BadAddress, canonical, host_of
from pipeline.sources import Source
from tests.faults.case import LIMITS
from tests.faults.front_door import front_door
from tests.faults.play import Request, redirect
from tests.faults.server import DOOR, Server
from tests.fetch_site import DAY, Notes, settings, source

ROBOTS_FLOOR = 140
NOT_AS_GOOGLE = {
    "GoogleOnly_AcceptUserAgentUpToFirstSpace": "asks as an agent with a space in its name; our product token has none",
    "ID_Encoding": "RFC 9309, 2.2.2 has escaped ASCII letters compared as letters; Google leaves them escaped",
}
"""Groups of Google's cases in which we may differ, with the reason."""
PUBLIC = ["http://1.1.1.1"]
"""The only address of the collection that is a public one by its number. Names lead where the resolver says."""
HARMLESS_IP = "192.168.0.1"


def suite(shared: Path, name: str) -> list[Any]:
    cases: list[Any] = json.loads((shared / "suites" / name).read_text(encoding="utf-8"))
    return cases


def allowed(text: str, url: str) -> bool:
    try:
        robots.rules_of(200, text.encode(), longest_delay=600).check(url)
    except FetchFault:
        return False
    return True


def test_robots_as_google_reads_it(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = suite(shared, "robots_google_cases.json")
    missed = []
    for group, expected, text, agent, url in cases:
        monkeypatch.setattr(robots, "PRODUCT", agent)
        if allowed(text, url) != expected:
            missed.append((group, text, agent, url))
    assert [miss for miss in missed if miss[0] not in NOT_AS_GOOGLE] == []
    assert len(cases) == 142
    assert len(cases) - len(missed) >= ROBOTS_FLOOR, missed


class Watch:
    """Counts look-ups, and each socket that was made, by the address it was made for."""

    def __init__(self) -> None:
        self.lookups: list[str] = []
        self.sockets: list[str] = []

    async def lookup(self, host: str, port: int) -> list[str]:
        """A hostile resolver: every name leads to a private address; numbers are what they are."""
        self.lookups.append(host)
        return [DOOR] if host.endswith("door.example") else [_as_number(host) or HARMLESS_IP]


def _as_number(host: str) -> str | None:
    """What the system's resolver makes of a number in any spelling (127.1, 0x7f000001, ::1), if it is one."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return host if ":" in host else None


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watching = Watch()
    real: Callable[..., socket.socket] = Guard.open_socket

    def open_socket(self: Guard, info: tuple[Any, ...]) -> socket.socket:
        made = real(self, info)
        watching.sockets.append(str(info[4][0]))
        return made

    monkeypatch.setattr(Guard, "open_socket", open_socket)
    return watching


def night(root: Path, sources: list[Source], watch: Watch) -> list[CrawlReport]:
    return crawl(
        sources,
        settings=settings(root),
        archive=Archive(root / "archive"),
        run_id="r1",
        day=DAY,
        progress=Notes(),
        outside=Outside(limits=LIMITS, lookup=watch.lookup),
    )


def listener(port: int) -> socket.socket:
    """Listens on loopback and never accepts: a connection would wait in its queue."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", port))
    listening.listen(128)
    listening.setblocking(False)
    return listening


@pytest.fixture
def loopback() -> Iterator[socket.socket]:
    with listener(0) as listening:
        yield listening


def was_touched(listening: socket.socket) -> bool:
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def as_source(number: int, address: str) -> Source | None:
    """A source that names the address, and its host as its own; None where the source file itself is refused."""
    try:
        return source(id=f"s{number}", hosts=[urlsplit(address).hostname or ""], urls=[address], allow_private=False)
    except (ValidationError, ValueError):
        return None


def with_port(address: str, port: int) -> list[str]:
    """The address at the listener's port, where it has a plain authority."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return []
    if (
        address in PUBLIC
        or not host
        or parts.scheme not in ("http", "https")
        or "@" in parts.netloc
        or "\\" in parts.netloc
    ):
        return []
    shown = f"[{host}]" if ":" in host else host
    return [f"http://{shown}:{port}{parts.path}"]


def test_no_source_can_name_a_private_address(
    tmp_path: Path, shared: Path, watch: Watch, loopback: socket.socket
) -> None:
    """Written into a source file with its own host: refused by the file's check, the guard, or after the look-up."""
    addresses = [address for address in suite(shared, "ssrf_urls.json") if address not in PUBLIC]
    port = loopback.getsockname()[1]
    spelled = [*addresses, *(other for address in addresses for other in with_port(address, port))]
    sources = [found for number, address in enumerate(spelled) if (found := as_source(number, address)) is not None]
    assert len(sources) > 250
    reports = night(tmp_path, sources, watch)
    assert [report.source_id for report in reports if report.fetched or not report.failures] == []
    assert watch.lookups
    assert watch.sockets == []
    assert not was_touched(loopback)


@pytest.mark.allow_hosts([DOOR])
def test_no_redirect_leads_to_a_private_address(
    tmp_path: Path, shared: Path, watch: Watch, loopback: socket.socket
) -> None:
    """The same addresses as the Location of a page on a public host, with their host among the source's own."""
    addresses = suite(shared, "ssrf_urls.json")
    port = loopback.getsockname()[1]
    spelled = [*addresses, *(other for address in addresses for other in with_port(address, port))]
    with front_door(), Server() as server:
        routes = {f"/{number}": redirect(302, address) for number, address in enumerate(spelled)}
        server.sites["door.example"] = lambda asked: _routed(routes, asked)
        sources = [
            source(
                id=f"s{number}",
                hosts=["door.example", *_own_host(address)],
                urls=[f"http://door.example:{server.port}/{number}"],
                allow_private=False,
            )
            for number, address in enumerate(spelled)
        ]
        reports = night(tmp_path, sources, watch)
        asked = [request.path for request in server.logs["door.example"].asked]
        trapped = server.trapped
    assert set(routes) <= set(asked)  # each redirect was really met
    assert [report.source_id for report in reports if report.fetched or len(report.failures) != 1] == []
    kinds = {report.failures[0]["reason"].partition(":")[0] for report in reports}
    assert kinds == {"redirect", "refused_host", "refused_address", "robots"}
    assert {reason for report in reports for reason in _strange_robots(report)} == set()
    assert set(watch.sockets) == {DOOR}
    assert trapped == []
    assert not was_touched(loopback)


def _routed(routes: dict[str, Any], asked: Request) -> Any:
    return routes.get(asked.path)


def _own_host(address: str) -> list[str]:
    if address in PUBLIC:
        return []
    try:
        return [host_of(canonical(address))]
    except BadAddress:
        return []


def _strange_robots(report: CrawlReport) -> list[str]:
    """A host behind a redirect may be refused when its robots.txt is asked for; then its address must be the reason."""
    reasons = [failure["reason"] for failure in report.failures]
    return [reason for reason in reasons if reason.startswith("robots:") and "not a public address" not in reason]
