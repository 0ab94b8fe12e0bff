"""WARC records as other tools write them, for tests of the import."""

from __future__ import annotations

import base64
import gzip
import hashlib

DUISBURG = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2390_Duisburg.html"
ERFURT = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2369_Erfurt.html"
PAGE = b"<html><body><h1>BIWAQ Duisburg</h1></body></html>"
OTHER = b"<html><body><h1>BIWAQ Duisburg, neu</h1></body></html>"
HTML = "Content-Type: text/html; charset=utf-8"


def record(kind: str, url: str, at: str, block: bytes, **more: str) -> bytes:
    """One WARC record; names in `more` have an underscore for each dash."""
    lines = [f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", f"WARC-Date: {at}", f"WARC-Record-ID: <urn:test:{at}>"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    head = "\r\n".join(["WARC/1.0", *lines, f"Content-Length: {len(block)}"]).encode()
    return head + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(body: bytes, *headers: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([status, *(headers or (HTML,))]).encode() + b"\r\n\r\n" + body


def response(url: str = DUISBURG, at: str = "2017-03-12T09:45:07Z", body: bytes = PAGE, **more: str) -> bytes:
    declared = base64.b32encode(hashlib.sha1(body).digest()).decode()
    return record("response", url, at, http(body), WARC_Payload_Digest=f"sha1:{declared}", **more)


def revisit(url: str, at: str, body: bytes, profile: str = "identical-payload-digest") -> bytes:
    declared = base64.b32encode(hashlib.sha1(body).digest()).decode()
    more = {
        "WARC_Payload_Digest": f"sha1:{declared}",
        "WARC_Profile": f"http://netpreserve.org/warc/1.0/revisit/{profile}",
    }
    return record("revisit", url, at, http(b""), **more)


def members(*records: bytes) -> bytes:
    return b"".join(map(gzip.compress, records))
