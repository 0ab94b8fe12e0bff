"""What can go wrong with one address, as data.

Belongs here: the one exception of fetching and its kinds. Does not: faults that end a command (pipeline/errors.py).
Concept: a page that can not be had is a line in the crawl log with a kind and a reason; it never ends the run.
"""

from __future__ import annotations

from typing import Final

CONNECT: Final = "connect"
"""No connection: name unknown, refused, closed before an answer."""
TLS: Final = "tls"
TIMEOUT_CONNECT: Final = "timeout_connect"
TIMEOUT_READ: Final = "timeout_read"
TIMEOUT_TOTAL: Final = "timeout_total"
TRUNCATED: Final = "truncated"
"""The connection ended before the body did."""
PROTOCOL: Final = "protocol"
"""Not HTTP as RFC 9112 has it."""
TOO_BIG: Final = "too_big"
BAD_ENCODING: Final = "bad_encoding"
BAD_ADDRESS: Final = "bad_address"
REFUSED_HOST: Final = "refused_host"
REFUSED_ADDRESS: Final = "refused_address"
REDIRECT: Final = "redirect"
"""A loop, too many hops, or a redirect that leads nowhere."""
STATUS: Final = "status"
ROBOTS: Final = "robots"
"""robots.txt could not be had, so nothing of the host is."""
FORBIDDEN: Final = "forbidden"
"""robots.txt forbids this address: known and final, no gap in what was seen."""
HOST_LEFT_ALONE: Final = "host_left_alone"
NOT_THE_CAPTURE: Final = "not_the_capture"
"""A web archive answered with another capture than the one asked for, or with a page of its own."""
EMPTY_BODY: Final = "empty_body"
UNREADABLE: Final = "unreadable"
"""A listing, sitemap or feed that could not be read."""
CAPPED: Final = "capped"

TRANSIENT: Final = frozenset({CONNECT, TIMEOUT_CONNECT, TIMEOUT_READ, TRUNCATED})
"""Kinds that are worth another attempt; of the statuses, those in client.RETRY_STATUS."""


_LONGEST = 300


def _one_line(detail: str) -> str:
    """Short and without control characters: a site may have written part of it, and it goes into logs and terminals."""
    printable = "".join(char if char.isprintable() else " " for char in detail[: 4 * _LONGEST])
    line = " ".join(printable.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


class FetchFault(Exception):
    """One address could not be fetched. `str()` is the reason of the crawl log: the kind, then what happened."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        status: int | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{kind}: {_one_line(detail)}")
        self.kind = kind
        self.status = status
        self.retryable = kind in TRANSIENT if retryable is None else retryable
        self.retry_after = retry_after
        """Seconds the site asks us to wait, if it says so."""

    @property
    def blames_host(self) -> bool:
        """Whether the host is in trouble, not only this page."""
        return self.retryable or self.retry_after is not None or self.kind in (TLS, TIMEOUT_TOTAL)
