"""A generated site of any size on loopback, in a process of its own: a listing with its pager, and project pages.

Belongs here: the store of rendered pages, the server. Does not: what a page says (project_pages.py), who asks for it.
Concept: pages are rendered once and lie in one file; the server cuts slices out of it, so that it slows nobody down.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import mmap
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import orjson
from markupsafe import escape

from tests.bench.markup import fill
from tests.bench.project_facts import project_facts
from tests.bench.project_pages import CONTENT_TYPE, ProjectPage, frame, project_page, project_url

HERE = Path(__file__).parent
STORE = HERE.parents[1] / "build" / "bench-site"
BASE = "http://www.biwaq.example"
LISTING = "/BIWAQ/DE/Projekte/projekte_node.html"
ENTRIES_A_PAGE = 100
"""Entries of a listing page: what GSB offers at most."""
_CHUNK = 250
_MODIFIED = "Mon, 10 Nov 2025 08:00:00 GMT"
_TURN = b"gtp=375174_list%253D"


class Entry(NamedTuple):
    """Where a page lies in the store."""

    path: str
    title: str
    offset: int
    size: int


# --- the store -------------------------------------------------------------------------------------------------------


def ensure(count: int) -> Path:
    """The folder of a store that holds at least `count` pages; those that are missing are rendered on all cores."""
    folder = STORE / _generation()
    folder.mkdir(parents=True, exist_ok=True)
    have = _whole(folder)
    starts = range(have, count, _CHUNK)
    if not starts:
        return folder
    with (
        ProcessPoolExecutor(mp_context=get_context("spawn")) as pool,
        (folder / "pages").open("r+b" if have else "wb") as pages,
        (folder / "index").open("r+b" if have else "wb") as index,
    ):
        offset = _go_behind(pages, index, folder, have)
        for chunk in pool.map(_rendered, starts):
            for path, title, body in chunk:
                pages.write(body)
                index.write(_line(Entry(path, title, offset, len(body))))
                offset += len(body)
    return folder


def _line(entry: Entry) -> bytes:
    return orjson.dumps(list(entry), option=orjson.OPT_APPEND_NEWLINE)


def _rendered(first: int) -> list[tuple[str, str, bytes]]:
    found = []
    for number in range(first, first + _CHUNK):
        facts = project_facts(number)
        url = project_url(number, facts, BASE)
        found.append((url.removeprefix(BASE), facts["title"] or "", project_page(number, facts, base=BASE)))
    return found


def _generation() -> str:
    """Changes with the generator, so that no page of an older one is served."""
    made_of = [*sorted(HERE.glob("project_*.py")), *sorted(HERE.glob("markup/gsb_*")), HERE / "vocabulary.toml"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()[:12]


def _whole(folder: Path) -> int:
    """How many pages of the store are whole: whole chunks, as a killed rendering leaves half of one."""
    index = folder / "index"
    if not index.exists():
        return 0
    size = (folder / "pages").stat().st_size
    good = [entry for entry in entries(folder) if entry.offset + entry.size <= size]
    return len(good) // _CHUNK * _CHUNK


def _go_behind(pages: object, index: object, folder: Path, have: int) -> int:
    """Cut both files behind page number `have`; returns the offset there."""
    kept = list(entries(folder, have)) if have else []
    end = kept[-1].offset + kept[-1].size if kept else 0
    lines = sum(len(_line(entry)) for entry in kept)
    for file, at in ((pages, end), (index, lines)):
        file.seek(at)  # type: ignore[attr-defined]
        file.truncate()  # type: ignore[attr-defined]
    return end


def entries(folder: Path, count: int | None = None) -> Iterator[Entry]:
    """The first `count` entries of a store."""
    with (folder / "index").open("rb") as lines:
        for number, line in enumerate(lines):
            if number == count:
                return
            if line.endswith(b"\n"):
                yield Entry(*orjson.loads(line))


def bodies(folder: Path, count: int) -> Iterator[bytes]:
    """The first `count` pages as they are served."""
    with (folder / "pages").open("rb") as pages:
        for entry in entries(folder, count):
            yield pages.read(entry.size)


def page(number: int) -> ProjectPage:
    """Page `number` with the facts that it must give."""
    facts = project_facts(number)
    return ProjectPage(project_url(number, facts, BASE), project_page(number, facts, base=BASE), facts)


# --- the server ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Site:
    """What is served: the first `count` pages of a store."""

    pages: memoryview
    by_path: dict[bytes, Entry]
    listed: list[Entry]
    heads: dict[bytes, bytes]

    @classmethod
    def of(cls, folder: Path, count: int) -> Site:
        """The site of a store's first `count` pages."""
        listed = list(entries(folder, count))
        with (folder / "pages").open("rb") as file:
            pages = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        return cls(pages, {entry.path.encode(): entry for entry in listed}, listed, {})

    def answer(self, target: bytes, head: bytes) -> list[bytes | memoryview]:
        """The answer to a request, in pieces."""
        path, _, query = target.partition(b"?")
        entry = self.by_path.get(path)
        if entry is not None:
            return self._document(entry, head)
        if path == LISTING.encode():
            number = int(query.rpartition(_TURN)[2].split(b"&")[0]) if _TURN in query else 1
            body = self._listing(number, _host(head))
            return [_head(b"200 OK", len(body)), body]
        return [_head(b"404 Not Found", 0)]

    def _document(self, entry: Entry, head: bytes) -> list[bytes | memoryview]:
        tag = b'"%x-%x"' % (entry.offset, entry.size)
        proofs = b"ETag: %s\r\nLast-Modified: %s\r\n" % (tag, _MODIFIED.encode())
        if b"\r\nif-none-match: " + tag in head.lower():
            return [b"HTTP/1.1 304 Not Modified\r\n" + proofs + b"\r\n"]
        return [_head(b"200 OK", entry.size, proofs), self.pages[entry.offset : entry.offset + entry.size]]

    def _listing(self, number: int, host: str) -> bytes:
        n_pages = -(-len(self.listed) // ENTRIES_A_PAGE)
        first = (number - 1) * ENTRIES_A_PAGE
        shown = self.listed[first : first + ENTRIES_A_PAGE]
        items = "\n".join(f'<li><h3><a href="{e.path.lstrip("/")}">{escape(e.title)}</a></h3></li>' for e in shown)
        turns = [turn for turn in (1, number - 1, number + 1, n_pages) if 1 <= turn <= n_pages and turn != number]
        path = LISTING.lstrip("/")
        links = "".join(f'<li><a href="{path}?{_TURN.decode()}{turn}">{turn}</a></li>' for turn in dict.fromkeys(turns))
        content = (
            f'<div id="content"><h1>Projekte</h1><p>{len(self.listed)} Projekte</p><ul class="result">{items}</ul>'
            f'<div class="pagination"><ul>{links}</ul></div></div>'
        )
        text = fill(frame(0), CONTENT=content, URL=path, TITLE="Projekte", BASE=f"http://{host}")
        return fill(text, SESSION="0", NODE="1", TOKEN="0", TIME="Mon Nov 10 01:15:00 CET 2025").encode()


def _host(head: bytes) -> str:
    at = head.lower().find(b"\r\nhost:")
    return head[at + 7 :].partition(b"\r\n")[0].strip().decode("latin-1")


def _head(status: bytes, size: int, more: bytes = b"") -> bytes:
    kind = CONTENT_TYPE.encode()
    return b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n" % (status, kind, size, more)


class _Connection(asyncio.Protocol):
    """One client; requests come one behind the other."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head, self._rest = self._rest[: end + 2], self._rest[end + 4 :]
            target = head.split(b" ", 2)[1]
            self._transport.writelines(self._site.answer(target, head))  # type: ignore[attr-defined]


@contextmanager
def served(count: int) -> Iterator[str]:
    """The site of `count` pages in a process of its own; gives `http://127.0.0.1:<port>`."""
    ensure(count)
    command = [sys.executable, "-m", "tests.bench.site", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            if not port:
                raise RuntimeError("the bench's site did not start; what its process wrote stands above")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


async def _serve(count: int, port: int) -> None:
    site = Site.of(ensure(count), count)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(site), "127.0.0.1", port, backlog=64)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)  # until our parent is gone


if __name__ == "__main__":
    parser = argparse.ArgumentParser("tests.bench.site")
    parser.add_argument("count", type=int)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    asyncio.run(_serve(given.count, given.port))
