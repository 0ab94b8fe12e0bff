"""`python -m tests.faults.memory`: how much memory a night on 2,000 pages takes, five of them bombs.

Belongs here: that site, the measured run, one line of result. Does not: what becomes of a bomb (cases_codings.py).
Concept: a whole `biwaq run` in a process of its own, over real HTTP; the peak is what the system saw it hold.
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.fetch.limits import Limits
from tests.bench.project_pages import project_pages
from tests.faults.play import Answerer, Flood, Play, Request, answer, head, raw
from tests.faults.server import DOOR, Server

MOST_MB = 700
N_PAGES = 2000
HOST = "memory.faults.example"
NOW = "2026-11-22T01:15:03Z"
SOURCE = """
id = "memory"
title = "A site with bombs"
publisher = "Nobody"
page_type = "gsb_project"
hosts = ["{host}"]
urls = {urls}
min_delay_s = 0.0
max_pages = 5000
allow_private = true
[expect]
min_pages = {least}
max_pages = 5000
"""
TYPE = "Content-Type: text/html;charset=utf-8"


def _gzip(size: int) -> bytes:
    """`size` bytes of spaces as gzip, a thousandth of it long."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * (1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def _packed(body: bytes, coding: str) -> Play:
    return answer(200, body, ("Content-Encoding", coding))


def bombs() -> Mapping[str, Answerer]:
    """Five pages that want to be large: 1 GB as gzip, two codings that nobody asked for, gzip in gzip, no end."""
    bomb = _gzip(1 << 30)
    chunk = b"4000\r\n" + b"<p>" * 5461 + b"x\r\n"
    return {
        "/bomb/gzip.html": _packed(bomb, "gzip"),
        "/bomb/brotli.html": _packed(bytes(range(256)) * 8000, "br"),
        "/bomb/zstd.html": _packed(b"\x28\xb5\x2f\xfd" + bytes(2_000_000), "zstd"),
        "/bomb/nested.html": _packed(gzip.compress(bomb), "gzip, gzip"),
        "/bomb/endless.html": raw(
            head(f"HTTP/1.1 200 OK\n{TYPE}\nTransfer-Encoding: chunked"), Flood(chunk, 400_000_000)
        ),
    }


def largest(page: bytes) -> bytes:
    """A good page with as many empty elements in its middle as are allowed: what a parser likes least."""
    before, mark, after = page.partition(b"Zielgruppen und Partner<")
    room = Limits().body_bytes - len(page) - 64
    return before + mark[:-1] + b"</h2>" + b"<p>x</p>" * (room // 8) + b"<h2>x<" + after


def site(n_pages: int) -> tuple[list[str], Callable[[Request], Answerer | None]]:
    """The addresses of a site of that many pages, and what answers there: bombs between good pages, a huge one last."""
    evil = bombs()
    good = {urlsplit(page.url).path: page.body for page in project_pages(n_pages - len(evil))}
    paths = list(good)
    good[paths[-1]] = largest(good[paths[-1]])
    for at, path in enumerate(evil):
        paths.insert((at + 1) * n_pages // (len(evil) + 1), path)

    def reply(request: Request) -> Answerer | None:
        body = good.get(request.path)
        return _packed(gzip.compress(body, 1), "gzip") if body is not None else evil.get(request.path)

    return paths, reply


def measure(n_pages: int, folder: Path) -> tuple[int, int, str]:
    """Exit code, peak in MB and what was said of one run on that site."""
    paths, reply = site(n_pages)
    urls = [f"http://{HOST}{path}" for path in paths]
    (folder / "memory.toml").write_text(SOURCE.format(host=HOST, urls=urls, least=n_pages - 5), encoding="utf-8")
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "run"]
    with Server() as server:
        server.sites[HOST] = reply
        ended = subprocess.run(
            [*command, "--sources", str(folder / "memory.toml"), "--data", str(folder / "data")],
            env={**os.environ, "BIWAQ_NOW": NOW, "BIWAQ_CONNECT_TO": f"{DOOR}:{server.port}"},
            capture_output=True,
            text=True,
            check=False,
        )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return ended.returncode, peak, ended.stdout + ended.stderr


def main() -> int:
    """Print the result; 0 if the night published and stayed below the bound."""
    parser = argparse.ArgumentParser("tests.faults.memory", description="Peak memory of a night with bombs.")
    parser.add_argument("--pages", type=int, default=N_PAGES)
    parser.add_argument("--keep", type=Path, help="folder for the data; without it they are thrown away")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        code, peak, said = measure(options.pages, options.keep or Path(folder))
    if code != 0:
        sys.stdout.write(said[-3000:] + "\n")
    sys.stdout.write(f"memory: {options.pages} pages, 5 bombs, exit {code}, {peak} MB at most (bound: {MOST_MB})\n")
    return 0 if code == 0 and peak < MOST_MB else 1


if __name__ == "__main__":
    raise SystemExit(main())
