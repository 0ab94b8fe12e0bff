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
    wire_bytes: int = 4 * MIB
    body_bytes: int = 4 * MIB
    """After decompression. GSB pages have 30 to 100 kB; a parser takes a hundred times a page of empty elements (4 MiB
    took 510 MB, 15 MiB took 1.2 GB)."""
    map_bytes: int = 16 * MIB
    """Sitemaps: 50,000 addresses (sitemaps.org) of 300 bytes. The 50 MiB that the protocol allows would take 1.7 GB
    where they are empty elements."""
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
    host_requests: int = 10_000
    """Requests that a host gets in one run where no source says (`max_requests`, `max_pages`), robots.txt and second
    attempts included. Ten times what a whole first crawl of the programme's site takes."""
    at_once: int = 64
    """Requests in flight over all hosts."""
    listing_pages: int = 500
    maps: int = 500
    """Sitemaps of one source, those named by an index included."""
