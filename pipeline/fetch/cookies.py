"""Cookies, as few as possible.

Belongs here: what a redirect that checks for cookies needs. Does not: sessions, tracking, anything on disk.
Concept: cookies live for one chain of redirects; a host keeps them for the run only if its pages can not be had without
(Airlock at bmi.bund.de, 2026: 307 to /cookie-check with Set-Cookie, 307 back, 200; without them 400).
"""

from __future__ import annotations

import re

import httpx

from pipeline.fetch.urls import host_of

_PAIR = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*|\"[^\x00-\x20\"]*\")")
_MOST = 4096


class Cookies:
    """Cookies by host, name and value; paths and expiry do not matter within a run."""

    def __init__(self, kept: Cookies | None = None) -> None:
        self._jars: dict[str, dict[str, str]] = {h: dict(jar) for h, jar in kept._jars.items()} if kept else {}

    def take(self, url: str, headers: httpx.Headers) -> None:
        """Take what an answer sets; a Secure cookie only over TLS."""
        for line in headers.get_list("set-cookie"):
            first, *attributes = line.split(";")
            pair = _PAIR.fullmatch(first.strip())
            secure = any(attribute.strip().lower() == "secure" for attribute in attributes)
            if pair and len(first) <= _MOST and (not secure or url.startswith("https:")):
                self._jars.setdefault(host_of(url), {})[pair[1]] = pair[2]

    def header(self, url: str) -> str | None:
        """The Cookie header for an address, if any."""
        jar = self._jars.get(host_of(url))
        return "; ".join(f"{name}={value}" for name, value in jar.items()) if jar else None

    def keep(self, other: Cookies) -> None:
        """Take over all cookies of `other`."""
        for host, jar in other._jars.items():
            self._jars.setdefault(host, {}).update(jar)
