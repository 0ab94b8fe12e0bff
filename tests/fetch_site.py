"""A loopback site that answers as it is told, and what a crawl of it needs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.fetch.archive import Archive
from pipeline.fetch.crawl import CrawlReport, Outside, crawl
from pipeline.fetch.limits import Limits
from pipeline.settings import Layout, Settings
from pipeline.sources import Expect, Source

DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, 15, 3, tzinfo=UTC)
QUICK = Limits(connect_s=2, read_s=2, total_s=5)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in; header names in lower case."""

    path: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `raw` replaces everything that goes over the wire; `hold` is waited for before the end."""

    status: int = 200
    body: bytes = b"<html><body><h1>Seite</h1></body></html>"
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    hold: threading.Event | None = None


Answerer = Reply | list[Reply] | Callable[[Asked], Reply]


class Site:
    """Routes by path with query; what is not routed answers 404. A list is answered in turn, its last for ever."""

    def __init__(self, routes: dict[str, Answerer]) -> None:
        self.routes = routes
        self.asked: list[Asked] = []
        self.port = 0

    @property
    def paths(self) -> list[str]:
        """All paths that were asked for, robots.txt and the file of reservations left out."""
        return [asked.path for asked in self.asked if asked.path not in ("/robots.txt", "/.well-known/tdmrep.json")]

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, asked: Asked) -> Reply:
        """The reply to a request."""
        self.asked.append(asked)
        route = self.routes.get(asked.path, Reply(404, b"<h1>nicht da</h1>"))
        if isinstance(route, list):
            return route.pop(0) if len(route) > 1 else route[0]
        return route if isinstance(route, Reply) else route(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@contextmanager
def serve(routes: dict[str, Answerer]) -> Iterator[Site]:
    """Serve a site on loopback in threads."""
    site = Site(routes)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            reply = site.answer(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
            if reply.raw is not None:
                self.wfile.write(reply.raw)
                self._end(reply)
                return
            self.send_response(reply.status)
            headers = {"Content-Type": "text/html; charset=utf-8"} | reply.headers
            if reply.status != 304 and "Transfer-Encoding" not in headers:
                headers.setdefault("Content-Length", str(len(reply.body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.status != 304:
                self.wfile.write(reply.body)

        def _end(self, reply: Reply) -> None:
            self.wfile.flush()
            if reply.hold is not None:
                reply.hold.wait(10)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    site.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Notes:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.planned: dict[str, int] = {}
        self.pages: list[tuple[str, str]] = []
        self.reports: list[object] = []

    def plan(self, source_id: str, pages: int) -> None:
        self.planned[source_id] = pages

    def page(self, source_id: str, url: str, outcome: str) -> None:
        self.pages.append((url, outcome))

    def done(self, source_id: str, report: object) -> None:
        self.reports.append(report)


def source(site: Site | None = None, /, **more: Any) -> Source:
    """A source on loopback; lists of paths become addresses of `site`."""
    for name in ("listings", "sitemaps", "feeds", "urls"):
        if site is not None and name in more:
            more[name] = [path if "://" in path else site.url(path) for path in more[name]]
    given: dict[str, Any] = {
        "id": "test",
        "title": "Test",
        "publisher": "Test",
        "page_type": "gsb_project",
        "hosts": ["127.0.0.1"],
        "min_delay_s": 0.0,
        "allow_private": True,
        "expect": Expect(min_pages=0, max_pages=99),
    }
    return Source(**{**given, **more})


def settings(root: Path, now: datetime = NOW, connect_to: tuple[str, int] | None = None) -> Settings:
    """Settings with a clock that stands still."""
    return Settings(
        layout=Layout(root), sources=root, connect_to=connect_to, contact="redaktion@example.org", fixed_now=now
    )


def night(
    root: Path,
    sources: Source | list[Source],
    *,
    run: str = "r1",
    now: datetime = NOW,
    progress: Any = None,
    connect_to: tuple[str, int] | None = None,
    outside: Outside | None = None,
    **more: Any,
) -> CrawlReport:
    """One crawl into `root/archive`; gives the last source's report."""
    return crawl(
        sources if isinstance(sources, list) else [sources],
        settings=settings(root, now, connect_to),
        archive=Archive(root / "archive"),
        run_id=run,
        day=now.date(),
        progress=progress or Notes(),
        outside=outside or Outside(limits=QUICK),
        **more,
    )[-1]
