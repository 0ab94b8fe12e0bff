"""Bytes that change every time a page is asked for, spaces and soft hyphens: no version, no row of changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from parsers import registry
from pipeline.fetch.archive import Archive
from pipeline.fetch.model import Capture
from tests.warehouse_file import rows

PAGES = """
    SELECT DISTINCT d.page_type, d.url, s.archive_file, s.archive_offset
    FROM snapshots s JOIN documents d USING (document_id) WHERE s.has_record ORDER BY ALL
"""
_SESSION = re.compile(rb"jsessionid=[0-9A-Fa-f]{32}\.live\d+")
_WORD = re.compile(rb"(>[^<>{}]*?\b[a-z]{4})([a-z]{4})", re.DOTALL)


def _volatile(body: bytes) -> bytes:
    body = _SESSION.sub(b"jsessionid=" + b"A1" * 16 + b".live99999", body)
    body = re.sub(rb"(nn=)\d+", rb"\g<1>999999", body)
    body = re.sub(rb'(nonce|csrf-token|data-time|data-built)="[^"]*"', rb'\1="ffff"', body)
    return body.replace(b"</body>", b"<!-- built in 0.123 s by node 7 --><script>var t=1763601303;</script></body>")


def _spaced(body: bytes) -> bytes:
    return re.sub(rb"(<(?:p|li|dd|h1|h2)\b[^>]*>)", rb"\1\n\t  ", body)


def _hyphenated(body: bytes) -> bytes:
    """A soft hyphen in the first long word of every piece of text below the body tag."""
    head, tag, rest = body.partition(b"<body")
    return head + tag + _WORD.sub(lambda hit: hit[1] + b"&shy;" + hit[2], rest)


@pytest.mark.parametrize("change", [_volatile, _spaced, _hyphenated])
def test_no_page_of_the_sample_site_changes(change: object, published: Path) -> None:
    archive = Archive(published / "archive")
    found = rows(published, PAGES)
    assert len(found) == 28
    assert callable(change)
    changed = 0
    for page_type, url, file, offset in found:
        capture: Capture = archive.read(str(file), int(str(offset)))
        other = change(capture.body)
        changed += other != capture.body
        first, second = (
            registry.parse(str(page_type), body, str(url), content_type=capture.content_type)
            for body in (capture.body, other)
        )
        assert second.record == first.record, url
        assert second.content_hash == first.content_hash, url
    assert changed >= len(found) - 1
