"""Connections and framing that break: resets, lengths that lie, chunks that are none.

Belongs here: everything below the meaning of an answer. Does not: heads (cases_heads.py), compression, time.
Concept: bytes count as a page only if the framing proves that they are all there (RFC 9112, 6 to 8).
"""

from __future__ import annotations

from tests.faults.case import Case, X, one
from tests.faults.pages import ERROR_PAGE, page, project, whole
from tests.faults.play import Close, Drip, Flood, Play, Reset, Routes, Wait, answer, chunked, head, raw

PAGE = project(0)
LENGTH = f"Content-Length: {len(PAGE)}"
TYPE = "Content-Type: text/html;charset=utf-8"
HEAD = head(f"HTTP/1.1 200 OK\n{TYPE}\n{LENGTH}")
CHUNKED = head(f"HTTP/1.1 200 OK\n{TYPE}\nTransfer-Encoding: chunked")
THRICE = {X: (3, 6)}
ONCE = {X: (1, 1)}
FORGED = bytes(answer(200, ERROR_PAGE).steps[0].data)  # type: ignore[union-attr]


def good(*parts: object) -> Play:
    """Parts over the wire that hold the whole page."""
    return whole(raw(*parts), PAGE)  # type: ignore[arg-type]


def refused(at: object) -> Routes:
    """A page that leads to a port on which nobody listens."""
    return {X: answer(302, b"", ("Location", at.url("/y.html", port=at.dead_port)))}  # type: ignore[attr-defined]


def deaf(at: object) -> Routes:
    """A page that leads to a port whose queue is full."""
    return {X: answer(302, b"", ("Location", at.url("/y.html", port=at.deaf_port)))}  # type: ignore[attr-defined]


BROKEN: tuple[Case, ...] = (
    one("connection-refused", "leads to a port on which nobody listens", refused, "robots|connect", says="connect"),
    one(
        "connection-never-accepted",
        "leads to a port that takes no connection",
        deaf,
        "robots|timeout_connect",
        says="timeout_connect",
        within=10,
    ),
    one("closes-without-answer", "closes the connection after the request", raw(Close()), "connect", quick=True),
    one("resets-without-answer", "resets the connection after the request", raw(Reset()), "connect|truncated"),
    one(
        "resets-in-status-line", "resets in the status line", raw(b"HTTP/1.1 2", Reset()), "connect|truncated|protocol"
    ),
    one(
        "resets-in-headers",
        "resets in the middle of the headers",
        raw(HEAD[:50], Wait(0.05), Reset()),
        "connect|truncated|protocol",
    ),
    one(
        "closes-in-headers",
        "closes in the middle of the headers",
        raw(HEAD[:50], Close()),
        "connect|truncated|protocol",
    ),
    one(
        "resets-in-body",
        "resets in the middle of the body",
        raw(HEAD, PAGE[:4000], Wait(0.05), Reset()),
        "truncated|connect",
        quick=True,
        asks=THRICE,
    ),
    one(
        "resets-in-chunk",
        "resets in the middle of a chunk",
        raw(CHUNKED, chunked(PAGE)[:4000], Wait(0.05), Reset()),
        "truncated|connect",
        asks=THRICE,
    ),
    one(
        "resets-body-without-length",
        "no length, and a reset instead of the end",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nConnection: close"), PAGE[:4000], Wait(0.05), Reset()),
        "truncated|connect",
    ),
    one(
        "resets-once",
        "resets the first answer, gives the second",
        [raw(HEAD, PAGE[:4000], Reset()), page(0)],
        "fetched",
    ),
    one(
        "closes-twice",
        "closes twice without an answer, then gives the page",
        [raw(Close()), raw(Close()), page(0)],
        "fetched",
    ),
    one(
        "resets-after-good-page",
        "resets the connection right behind a good page",
        page(0).then(Wait(0.1), Reset()),
        "fetched",
        limits={"per_host": 1},
    ),
)

LENGTHS: tuple[Case, ...] = (
    one(
        "body-shorter-than-length",
        "announces more bytes than it sends",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nContent-Length: {len(PAGE) + 500}"), PAGE, Close()),
        "truncated",
        quick=True,
        asks=THRICE,
    ),
    one("body-one-byte-short", "the last byte is missing", raw(HEAD, PAGE[:-1], Close()), "truncated", asks=THRICE),
    one(
        "body-longer-than-length",
        "sends rubbish behind the announced bytes",
        good(HEAD, PAGE + b"\0rubbish" * 50),
        "fetched",
        limits={"per_host": 1},
    ),
    one(
        "forged-second-answer",
        "sends a forged answer for the next request behind the page",
        good(HEAD, PAGE + FORGED),
        "fetched",
        limits={"per_host": 1},
        quick=True,
    ),
    one(
        "forged-second-answer-later",
        "the forged answer comes when the connection is idle",
        good(HEAD, PAGE, Wait(0.05), FORGED),
        "fetched",
        limits={"per_host": 1},
        source={"min_delay_s": 1.0},
        quick=True,
    ),
    one(
        "forged-head-later",
        "half a forged head comes when the connection is idle",
        good(HEAD, PAGE, Wait(0.05), FORGED[:40]),
        "fetched",
        limits={"per_host": 1},
        source={"min_delay_s": 1.0},
    ),
    one(
        "forged-answer-behind-redirect",
        "a forged answer for the next request behind a redirect",
        raw(head("HTTP/1.1 302 Found\nLocation: /good-1.html\nContent-Length: 0") + FORGED),
        "alias|moved",
        limits={"per_host": 1},
    ),
    one(
        "two-different-lengths",
        "two Content-Length headers that differ",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\n{LENGTH}\nContent-Length: 100"), PAGE, Close()),
        "protocol",
        asks=ONCE,
    ),
    one(
        "length-and-chunked",
        "Content-Length and chunked at once (RFC 9112, 6.3: chunked counts, or a fault)",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nContent-Length: 20\nTransfer-Encoding: chunked"), chunked(PAGE), Close()),
        "fetched|protocol",
        maybe=PAGE,
    ),
    one(
        "length-negative",
        "Content-Length: -5",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nContent-Length: -5"), PAGE, Close()),
        "protocol",
    ),
    one(
        "length-no-number",
        "Content-Length: viel",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nContent-Length: viel"), PAGE, Close()),
        "protocol",
    ),
    one(
        "length-with-plus",
        "Content-Length: +10",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nContent-Length: +10"), PAGE, Close()),
        "protocol",
    ),
    one(
        "length-of-forty-digits",
        "announces 10^40 bytes",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nContent-Length: 1{'0' * 40}"), PAGE, Close()),
        "protocol|too_big|truncated",
    ),
    one(
        "length-of-a-terabyte",
        "announces a terabyte and sends without end",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nContent-Length: {10**12}"), Flood(bytes(65536), 30_000_000)),
        "too_big",
        sent=12_000_000,
    ),
    one(
        "http-1-0-without-length",
        "HTTP/1.0, ends with the connection",
        good(head(f"HTTP/1.0 200 OK\n{TYPE}"), PAGE, Close()),
        "fetched",
    ),
    one(
        "http-1-0-cut",
        "HTTP/1.0 without a length, ends in the middle of the page: no `</html>`",
        raw(head(f"HTTP/1.0 200 OK\n{TYPE}"), PAGE[: len(PAGE) // 2], Close()),
        "fetched|truncated",
    ),
    one(
        "connection-close",
        "Connection: close with a length",
        good(HEAD[:-2] + b"Connection: close\r\n\r\n", PAGE, Close()),
        "fetched",
    ),
    one(
        "keep-alive-lie",
        "Connection: keep-alive, but closes",
        good(HEAD[:-2] + b"Connection: keep-alive\r\n\r\n", PAGE, Close()),
        "fetched",
        limits={"per_host": 1},
    ),
)

CHUNKS: tuple[Case, ...] = (
    one(
        "chunks-good",
        "chunks with extensions and trailers",
        good(CHUNKED, f"{len(PAGE):x};name=value\r\n".encode(), PAGE, b"\r\n0\r\nX-Trailer: 1\r\n\r\n"),
        "fetched",
    ),
    one(
        "chunks-of-one-byte",
        "a page in ten thousand chunks",
        good(CHUNKED, chunked(*(PAGE[i : i + 1] for i in range(len(PAGE))))),
        "fetched",
    ),
    one(
        "chunks-dripped-across-reads",
        "chunk heads cut apart on the wire",
        good(CHUNKED, Drip(chunked(PAGE[:60], PAGE[60:]), 0.0005, 97)),
        "fetched",
    ),
    one(
        "chunks-then-rubbish",
        "rubbish behind the last chunk",
        good(CHUNKED + chunked(PAGE) + b"\0rubbish" * 50),
        "fetched",
        limits={"per_host": 1},
    ),
    one(
        "chunks-then-forged-answer",
        "a forged answer for the next request behind the last chunk",
        good(CHUNKED, chunked(PAGE) + FORGED),
        "fetched",
        limits={"per_host": 1},
    ),
    one("chunk-size-no-number", "a chunk of zz bytes", raw(CHUNKED + b"zz\r\n" + PAGE, Close()), "protocol|truncated"),
    one("chunk-size-negative", "a chunk of -1 bytes", raw(CHUNKED + b"-1\r\n" + PAGE, Close()), "protocol|truncated"),
    one(
        "chunk-size-huge",
        "a chunk of 2^64 bytes",
        raw(CHUNKED + b"ffffffffffffffff\r\n" + PAGE, Close()),
        "protocol|truncated",
    ),
    one(
        "chunk-without-line-end",
        "no line end behind a chunk",
        raw(CHUNKED + b"5\r\nhello5\r\nworld0\r\n\r\n", Close()),
        "protocol|truncated",
    ),
    one(
        "chunk-head-endless",
        "a chunk extension of 4 MB",
        raw(CHUNKED, b"5;x=", Flood(b"y" * 4096, 4_000_000)),
        "protocol|too_big|truncated|connect|timeout_total|timeout_read",
        sent=14_000_000,
    ),
    one(
        "last-chunk-missing",
        "closes without the last chunk",
        raw(CHUNKED, chunked(PAGE, end=b""), Close()),
        "truncated",
        asks=THRICE,
    ),
    one(
        "trailers-endless",
        "trailers without end",
        raw(CHUNKED, chunked(PAGE, end=b"0\r\n"), Flood(b"X-T: 1\r\n" * 100, 4_000_000)),
        "protocol|too_big|truncated|connect|timeout_total|timeout_read",
    ),
    one(
        "chunked-announced-not-sent-later",
        "says chunked, sends plain HTML a moment later",
        raw(CHUNKED, Wait(0.1), PAGE, Close()),
        "protocol|truncated",
    ),
    one(
        "chunked-announced-not-sent",
        "says chunked, sends plain HTML",
        raw(CHUNKED + PAGE, Close()),
        "protocol|truncated",
    ),
    one(
        "transfer-encoding-gzip",
        "Transfer-Encoding: gzip, chunked, which nobody asked for",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nTransfer-Encoding: gzip, chunked"), chunked(b"\x1f\x8b" + PAGE), Close()),
        "protocol|bad_encoding|fetched",
    ),
)

CASES = (*BROKEN, *LENGTHS, *CHUNKS)
