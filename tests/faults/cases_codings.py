"""Content-Encoding: right, wrong, lying, and bombs.

Belongs here: compression of bodies. Does not: framing (cases_connection.py), charsets (cases_bodies.py).
Concept: we ask for gzip and deflate; anything else is refused, and nothing is unpacked beyond the cap.
"""

from __future__ import annotations

import gzip
import zlib

from tests.faults.case import Case, X, one
from tests.faults.pages import page, project, whole
from tests.faults.play import Flood, Play, answer, head, raw, redirect

PAGE = project(0)
PACKED = gzip.compress(PAGE, mtime=0)
BOMB = gzip.compress(bytes(60_000_000), mtime=0)
GZIP = ("Content-Encoding", "gzip")
DEFLATE = ("Content-Encoding", "deflate")
TINY = 300_000


def packed(body: bytes, coding: str = "gzip") -> Play:
    """The good page behind a coding."""
    return whole(answer(200, body, ("Content-Encoding", coding)), PAGE)


def bad(body: bytes, *codings: str) -> Play:
    """A body behind codings that can not be undone."""
    return answer(200, body, *(("Content-Encoding", coding) for coding in codings))


def raw_deflate(data: bytes) -> bytes:
    """Deflate without the zlib header, as half the world sends it."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def wrong_byte(data: bytes, at: int) -> bytes:
    """One byte changed."""
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at:][1:]


_broken = wrong_byte(PACKED, len(PACKED) - 6)

RIGHT: tuple[Case, ...] = (
    one("gzip", "gzip as it should be", packed(PACKED), "fetched", quick=True),
    one("gzip-upper-case", "Content-Encoding: GZIP", packed(PACKED, "GZIP"), "fetched"),
    one("gzip-x", "Content-Encoding: x-gzip", packed(PACKED, "x-gzip"), "fetched"),
    one(
        "gzip-two-members",
        "gzip in two members",
        packed(gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:])),
        "fetched",
    ),
    one("gzip-rubbish-behind", "rubbish behind the end of the gzip data", packed(PACKED + b"\0" * 64), "fetched"),
    one("gzip-stored", "gzip that does not compress", packed(gzip.compress(PAGE, 0)), "fetched"),
    one("deflate-zlib", "deflate with its zlib header", packed(zlib.compress(PAGE), "deflate"), "fetched"),
    one("deflate-raw", "deflate without its zlib header", packed(raw_deflate(PAGE), "deflate"), "fetched"),
    one("identity", "Content-Encoding: identity", packed(PAGE, "identity"), "fetched"),
    one("coding-empty", "Content-Encoding without a value", packed(PAGE, ""), "fetched"),
    one(
        "gzip-redirect-without-body",
        "a redirect with Content-Encoding: gzip and no body",
        lambda at: {X: redirect(301, "/y.html", GZIP), "/y.html": page(0)},
        "fetched",
        doc="/y.html",
    ),
    one("gzip-404-without-body", "404 with Content-Encoding: gzip and no body", answer(404, b"", GZIP), "gone"),
)

WRONG: tuple[Case, ...] = (
    one("gzip-header-plain-body", "says gzip, sends plain HTML", bad(PAGE, "gzip"), "bad_encoding", quick=True),
    one("deflate-header-plain-body", "says deflate, sends plain HTML", bad(PAGE, "deflate"), "bad_encoding"),
    one("gzip-header-brotli-body", "says gzip, sends brotli", bad(b"\x8b\x03\x80abc\x03" * 9, "gzip"), "bad_encoding"),
    one("plain-header-gzip-body", "sends gzip and does not say so", answer(200, PACKED), "fetched", doc=False),
    one("brotli-unasked", "Content-Encoding: br", bad(b"\x0b\x02\x80" + PAGE[:99], "br"), "bad_encoding", quick=True),
    one("zstd-unasked", "Content-Encoding: zstd", bad(b"\x28\xb5\x2f\xfd" + PAGE[:99], "zstd"), "bad_encoding"),
    one("coding-unknown", "Content-Encoding: utf-8", bad(PAGE, "utf-8"), "bad_encoding"),
    one("coding-compress", "Content-Encoding: compress", bad(PAGE, "compress"), "bad_encoding"),
    one("gzip-nested", "Content-Encoding: gzip, gzip", bad(gzip.compress(PACKED), "gzip, gzip"), "bad_encoding"),
    one(
        "gzip-nested-two-headers",
        "two Content-Encoding headers",
        bad(gzip.compress(PACKED), "gzip", "gzip"),
        "bad_encoding",
    ),
    one("gzip-brotli-nested", "Content-Encoding: br, gzip", bad(gzip.compress(PAGE), "br, gzip"), "bad_encoding"),
    one(
        "gzip-nested-unsaid", "gzip in gzip, only one is said", bad(gzip.compress(PACKED), "gzip"), "fetched", doc=False
    ),
    one(
        "gzip-cut",
        "gzip data that ends too early, length right",
        bad(PACKED[:-900], "gzip"),
        "bad_encoding",
        quick=True,
    ),
    one("gzip-cut-in-trailer", "four bytes of the gzip trailer are missing", bad(PACKED[:-4], "gzip"), "bad_encoding"),
    one("gzip-wrong-checksum", "the checksum does not fit", bad(_broken, "gzip"), "bad_encoding"),
    one("gzip-damaged", "one byte in the middle is wrong", bad(wrong_byte(PACKED, 600), "gzip"), "bad_encoding"),
    one("gzip-only-header", "nothing but the gzip header", bad(PACKED[:10], "gzip"), "bad_encoding"),
    one(
        "gzip-of-nothing", "an empty page, compressed", bad(gzip.compress(b""), "gzip"), "fetched|empty_body", doc=False
    ),
    one(
        "gzip-second-member-broken",
        "the second gzip member is damaged",
        bad(gzip.compress(PAGE[:99]) + wrong_byte(gzip.compress(PAGE[99:]), 700), "gzip"),
        "bad_encoding",
    ),
)


def flooded(coding: str) -> Play:
    """A body without end behind a coding that nobody asked for."""
    return raw(head(f"HTTP/1.1 200 OK\nContent-Encoding: {coding}"), Flood(bytes(65536), 60_000_000))


BOMBS: tuple[Case, ...] = (
    one("brotli-bomb", "brotli without end", flooded("br"), "bad_encoding", sent=8_000_000),
    one("zstd-bomb", "zstd without end", flooded("zstd"), "bad_encoding", sent=8_000_000),
    one("brotli-in-gzip-bomb", "br in gzip without end", flooded("br, gzip"), "bad_encoding", sent=8_000_000),
    one("gzip-bomb", "60 kB of gzip that become 60 MB", bad(BOMB, "gzip"), "too_big", quick=True),
    one("deflate-bomb", "deflate that becomes 60 MB", bad(zlib.compress(bytes(60_000_000), 9), "deflate"), "too_big"),
    one(
        "gzip-bomb-in-members",
        "a thousand gzip members of a megabyte each",
        bad(gzip.compress(bytes(1_000_000)) * 1000, "gzip"),
        "too_big",
    ),
    one(
        "gzip-bomb-nested",
        "a bomb inside gzip, said once: what is unpacked stays small",
        bad(gzip.compress(BOMB), "gzip"),
        "fetched",
        doc=False,
    ),
    one(
        "gzip-bomb-endless",
        "a gzip stream without end",
        raw(
            head("HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Encoding: gzip"),
            gzip.compress(b"", mtime=0)[:10],
            Flood(raw_deflate(bytes(4_000_000))[:-2][:3000], 60_000_000),
        ),
        "too_big|bad_encoding",
        sent=12_000_000,
    ),
    one("gzip-bomb-on-404", "a bomb with status 404", answer(404, BOMB, GZIP), "gone|too_big"),
    one(
        "gzip-bomb-on-redirect",
        "a bomb with status 301",
        lambda at: {X: answer(301, BOMB, GZIP, ("Location", "/y.html")), "/y.html": page(0).bad()},
        "too_big",
    ),
    one(
        "gzip-of-many-spaces",
        "two megabytes of spaces before the page: within the cap",
        whole(answer(200, gzip.compress(b" " * 1_500_000 + PAGE), GZIP), b" " * 1_500_000 + PAGE, PAGE),
        "fetched",
    ),
)

CASES = (*RIGHT, *WRONG, *BOMBS)
