"""How much a run may ask of a site and of this machine.

Belongs here: every number that bounds a fetch. Does not: what a source file sets (delay, pages).
Concept: each bound is named once, so that a test can lower it and a person can read what a site has to expect.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run; seconds and bytes."""

    connect_s: float = 10.0
    read_s: float = 30.0
    """The longest silence within an answer."""
    total_s: float = 120.0
    """The whole answer: against a server that drips."""
    wire_bytes: int = 8 * MIB
    body_bytes: int = 16 * MIB
    """After decompression. GSB pages have 30 to 100 kB."""
    map_bytes: int = 52 * MIB
    """Sitemaps: the protocol (sitemaps.org) allows 50 MiB unpacked."""
    robots_bytes: int = 500 * 1024
    """RFC 9309, 2.5: what lies beyond is ignored."""
    redirects: int = 5
    attempts: int = 4
    retry_total_s: float = 180.0
    retry_wait_s: float = 1.0
    retry_wait_max_s: float = 30.0
    retry_after_s: float = 120.0
    """A site that asks for a longer wait is left alone for the run."""
    crawl_delay_s: float = 600.0
    """Likewise for a longer Crawl-delay (180 s was seen at a federal ministry)."""
    host_failures: int = 5
    """So many addresses in a row failed: the host is left alone for the run."""
    per_host: int = 8
    """httpx and others get slower above it, and sites do not like more."""
    at_once: int = 64
    """Requests in flight over all hosts."""
    listing_pages: int = 500
    maps: int = 500
    """Sitemaps of one source, those named by an index included."""
