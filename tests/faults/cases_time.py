"""Servers that take too long, in every part of an answer.

Belongs here: silence, drips, late answers. Does not: broken connections (cases_connection.py).
Concept: silence ends an attempt, slowness ends an answer, and honest slowness within the bounds costs nothing.
"""

from __future__ import annotations

from tests.faults.case import Case, one
from tests.faults.pages import page, project, whole
from tests.faults.play import Close, Drip, Flood, Hang, Play, Send, Wait, answer, chunked, head, raw

PAGE = project(0)
HEAD = head(f"HTTP/1.1 200 OK\nContent-Type: text/html;charset=utf-8\nContent-Length: {len(PAGE)}")
CHUNKED = head("HTTP/1.1 200 OK\nContent-Type: text/html;charset=utf-8\nTransfer-Encoding: chunked")
SLOW = whole(raw(HEAD, Drip(PAGE, 0.05, len(PAGE) // 12)), PAGE)
THRICE = {"/x.html": (3, 6)}

CASES: tuple[Case, ...] = (
    one("never-answers", "reads the request and says nothing", raw(Hang()), "timeout_read", asks=THRICE),
    one(
        "silent-after-status-line",
        "sends the status line and nothing more",
        raw(b"HTTP/1.1 200 OK\r\n", Hang()),
        "timeout_read",
        asks=THRICE,
    ),
    one("silent-in-headers", "stops in the middle of a header", raw(HEAD[:40], Hang()), "timeout_read", asks=THRICE),
    one("silent-after-headers", "sends the headers and no body", raw(HEAD, Hang()), "timeout_read", asks=THRICE),
    one(
        "silent-in-body",
        "stops in the middle of the body",
        raw(HEAD, PAGE[:3000], Hang()),
        "timeout_read",
        quick=True,
        asks=THRICE,
    ),
    one(
        "silent-in-chunk",
        "stops in the middle of a chunk",
        raw(CHUNKED, b"2000\r\n" + PAGE[:500], Hang()),
        "timeout_read",
        asks=THRICE,
    ),
    one(
        "silent-before-last-chunk",
        "sends the whole page but no last chunk",
        raw(CHUNKED, chunked(PAGE, end=b""), Hang()),
        "timeout_read",
        asks=THRICE,
    ),
    one("drips-body", "one byte every 50 ms, for ever", raw(HEAD, Drip(PAGE, 0.05)), "timeout_total", quick=True),
    one(
        "drips-headers",
        "one byte of a header every 50 ms",
        raw(b"HTTP/1.1 200 OK\r\nX-Slow: ", Drip(b"y" * 900, 0.05)),
        "timeout_total|timeout_read",
    ),
    one(
        "drips-chunks",
        "a chunk of one byte every 50 ms",
        raw(CHUNKED, Drip(chunked(b"x")[:6] * 400, 0.05, 6)),
        "timeout_total",
    ),
    one(
        "drips-early-hints",
        "an interim answer every 100 ms, the real one never",
        raw(Flood(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", 4000, 0.1)),
        "timeout_total|timeout_read|protocol",
    ),
    one("slow-but-whole", "a page in twelve parts over half a second", SLOW, "fetched"),
    one(
        "late-but-whole",
        "thinks for half a second, then a page",
        _late := Play((Wait(0.5), *page(0).steps), page(0).good),
        "fetched",
    ),
    one(
        "silent-once",
        "says nothing to the first request, answers the second",
        [raw(Hang()), page(0)],
        "fetched",
        asks={"/x.html": (2, 3)},
    ),
    one(
        "silent-twice-in-body",
        "stops twice in the middle, then sends the page",
        [raw(HEAD, PAGE[:99], Hang()), raw(HEAD, PAGE[:5000], Hang()), page(0)],
        "fetched",
    ),
    one(
        "closes-idle-connection",
        "every answer looks kept alive, but the connection is closed behind it",
        whole(Play((*page(0).steps, Close())), PAGE),
        "fetched",
        limits={"per_host": 1},
    ),
    one(
        "says-408-on-idle-connection",
        "after a good page sends an unasked 408 on the idle connection (as balancers do)",
        whole(
            Play((*page(0).steps, Wait(0.05), *answer(408, b"timeout", ("Connection", "close")).steps, Close())), PAGE
        ),
        "fetched",
        limits={"per_host": 1},
        source={"min_delay_s": 0.2},
    ),
    one(
        "server-slow-to-close",
        "Connection: close without a length, then 0.7 s until the end",
        whole(raw(head("HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close"), PAGE, Wait(0.7), Close()), PAGE),
        "fetched",
    ),
    one(
        "never-closes",
        "no length, Connection: close, and the connection stays open",
        raw(head("HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close"), Send(PAGE), Hang()),
        "timeout_read",
    ),
)
