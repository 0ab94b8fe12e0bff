"""Addresses that nobody can ask: loopback, private networks, names that are reserved for examples.

Belongs here: telling such an address from a public one. Does not: what a page says about it.
Concept: pages from there are a trial's, never the public web's; the published file itself says so by its addresses.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

_RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")
"""Names that lead nowhere: RFC 2606, RFC 6761."""


def is_public(url: str) -> bool:
    """Whether an address could be one of the public web."""
    host = _host(url)
    try:
        return ip_address(host).is_global
    except ValueError:
        return bool(host) and not any(host == name or host.endswith(f".{name}") for name in _RESERVED)


def hosts_of_trial(urls: Iterable[str]) -> tuple[int, list[str]]:
    """How many of the addresses are not public, and their hosts in order."""
    found = [_host(url) for url in urls if not is_public(url)]
    return len(found), sorted(set(found))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
