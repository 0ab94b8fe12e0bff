"""Compressed bodies, honest and not."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from pipeline.fetch.bodies import Body, Inflater, coding_of, decode, gunzip
from pipeline.fetch.faults import FetchFault

TEXT = "Köln ".encode() * 5000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("packed", "header"),
    [
        (TEXT, None),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), " X-GZIP "),
        (gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]), "gzip"),
        (gzip.compress(TEXT) + b"\0\0\0", "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
    ],
)
def test_what_is_taken(packed: bytes, header: str | None) -> None:
    assert decode(packed, header, len(TEXT)) == TEXT


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_in_pieces_of_any_size(size: int) -> None:
    packed = gzip.compress(TEXT)
    body = Body("gzip", wire_cap=1 << 20, body_cap=1 << 20, keep=True)
    assert all(body.feed(packed[i : i + size]) for i in range(0, len(packed), size))
    assert body.finish() == (packed, TEXT)


@pytest.mark.parametrize(
    ("packed", "header", "kind"),
    [
        (TEXT, "gzip", "bad_encoding"),
        (gzip.compress(TEXT)[:-9], "gzip", "bad_encoding"),
        (gzip.compress(TEXT)[:-8] + bytes(8), "gzip", "bad_encoding"),  # the checksum is wrong
        (b"\xff\xff\xff", "deflate", "bad_encoding"),
        (TEXT, "br", "bad_encoding"),
        (TEXT, "zstd", "bad_encoding"),
        (gzip.compress(gzip.compress(TEXT)), "gzip, gzip", "bad_encoding"),
        (gzip.compress(TEXT + b"x"), "gzip", "too_big"),
        (TEXT + b"x", None, "too_big"),
    ],
)
def test_what_is_refused(packed: bytes, header: str | None, kind: str) -> None:
    with pytest.raises(FetchFault) as fault:
        decode(packed, header, len(TEXT))
    assert fault.value.kind == kind


def test_a_bomb_is_never_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(bytes(200 << 20), 9), 9)
    inner = gzip.decompress(bomb)  # 200 kB that become 200 MB
    tracemalloc.start()
    with pytest.raises(FetchFault, match="too_big"):
        decode(inner, "gzip", 1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_counting_keeps_nothing() -> None:
    inflater = Inflater("gzip", 1 << 20, keep=False)
    inflater.feed(gzip.compress(TEXT))
    inflater.finish()
    assert (inflater.size, inflater.parts) == (len(TEXT), [])


def test_robots_are_cut_not_refused() -> None:
    body = Body("", wire_cap=10, body_cap=10, keep=True, cut=True)
    assert body.feed(b"12345678")
    assert not body.feed(b"90abc")
    assert body.finish() == (b"1234567890", b"1234567890")
    assert body.truncated


def test_gunzip_leaves_xml_alone() -> None:
    assert gunzip(b"<urlset/>", 100) == b"<urlset/>"
    assert gunzip(gzip.compress(b"<urlset/>"), 100) == b"<urlset/>"


def test_coding_names() -> None:
    assert [coding_of(name) for name in (None, "", "identity", "GZIP", "deflate")] == ["", "", "", "gzip", "deflate"]
