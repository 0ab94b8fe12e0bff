"""The file of mining reservations in all its forms, and the cap of requests.

Belongs here: what may happen at `/.well-known/tdmrep.json`, and a host that is asked too often. Does not: what a
reservation means for an article (test_fetch_reservations.py). Concept: the file costs one request a host and run and,
however broken, no page; it is never a reason to blame the host.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from pipeline.fetch.reservations import FILE_PATH
from tests.faults import pages
from tests.faults.case import NEIGHBOURS, Answered, Case, Must, Night, Place, X, case, neighbours, routes_of
from tests.faults.pages import page
from tests.faults.play import Close, Flood, Hang, Reset, Routes, answer, head, raw, redirect

ALL = (X, *NEIGHBOURS)
JSON = ("Content-Type", "application/json")
RESERVED = b'[{"location": "/", "tdm-reservation": 1}]'


def rights(name: str, does: str, play: Answered, *, quick: bool = False) -> Case:
    """A file of reservations; the project pages beside it are fetched all the same."""

    def sites(at: Place) -> Mapping[str, Routes]:
        return {"": {**neighbours(), X: page(0), **routes_of(play, FILE_PATH)(at)}}

    return case(name, does, Night(sites, Must(dict.fromkeys(ALL, "fetched"), ALL)), quick=quick)


def capped() -> Case:
    """Thirty pages of a host that may be asked twelve times."""
    paths = tuple(f"/p/{number}.html" for number in range(30))
    outcome = {paths[0]: "fetched", **dict.fromkeys(paths[1:], "fetched|capped")}
    must = Must(outcome, (paths[0],), complete=False, free=paths[1:], requests=12)
    return case(
        "host-asked-too-often",
        "thirty pages, twelve requests a run allowed",
        Night(lambda at: {"": {path: page(number) for number, path in enumerate(paths)}}, must),
        source=lambda at: {"urls": at.urls(*paths), "max_requests": 12},
        quick=True,
    )


CASES: tuple[Case, ...] = (
    rights("tdmrep-reserved", "reserves everything: noted for project pages", answer(200, RESERVED, JSON), quick=True),
    rights("tdmrep-500", "tdmrep.json answers 500", answer(500)),
    rights("tdmrep-403", "tdmrep.json answers 403", answer(403)),
    rights("tdmrep-429", "tdmrep.json answers 429 and asks for a second", answer(429, b"", ("Retry-After", "1"))),
    rights("tdmrep-silent", "tdmrep.json is never answered", raw(Hang()), quick=True),
    rights("tdmrep-resets", "tdmrep.json resets the connection", raw(Reset())),
    rights("tdmrep-closes", "tdmrep.json closes without an answer", raw(Close())),
    rights("tdmrep-html", "tdmrep.json is an HTML page", answer(200, pages.HOME)),
    rights("tdmrep-no-list", "tdmrep.json is no list", answer(200, b'{"location": "/"}', JSON)),
    rights("tdmrep-deep", "tdmrep.json is nested a hundred thousand deep", answer(200, b"[" * 100_000, JSON)),
    rights("tdmrep-bad-utf-8", "tdmrep.json is no UTF-8", answer(200, b'[{"location": "\xff"}]', JSON)),
    rights(
        "tdmrep-bomb",
        "tdmrep.json is a gzip bomb",
        answer(200, gzip.compress(b" " * 20_000_000), JSON, ("Content-Encoding", "gzip")),
    ),
    rights(
        "tdmrep-endless",
        "tdmrep.json without end",
        raw(head("HTTP/1.1 200 OK\nContent-Type: application/json"), Flood(b"[" * 4096, 60_000_000)),
    ),
    rights(
        "tdmrep-slow-pattern",
        "a path pattern that makes a naive matcher slow",
        answer(200, b'[{"location": "/' + b"*a" * 5000 + b'$", "tdm-reservation": 1}]', JSON),
    ),
    rights("tdmrep-redirect-to-file", "302 to file:", redirect(302, "file:///etc/passwd")),
    rights("tdmrep-redirect-loop", "302 to itself", redirect(302, FILE_PATH)),
    rights("tdmrep-redirect-to-stranger", "302 to a stranger", redirect(302, "http://stranger.example/t.json")),
    rights(
        "tdmrep-forbidden",
        "robots.txt forbids to ask for it",
        lambda at: {"/robots.txt": answer(200, b"User-agent: *\nDisallow: /.well-known/\n")},
    ),
    capped(),
)
