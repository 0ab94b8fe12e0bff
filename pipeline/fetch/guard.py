"""Which addresses may be reached at all.

Belongs here: hosts of a source, public and non-public IP addresses, name resolution. Does not: requests.
Concept: the address that was checked is the one connected to; a name is resolved once and its addresses are handed on.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from pipeline.fetch import faults
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.urls import host_name, host_of

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""Host and port to IP addresses as text. Raises OSError."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*", re.IGNORECASE)
"""What inet_aton takes for an address: 2130706433, 0x7f000001, 0177.0.0.1, 127.1."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REFUSED = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments; clouds serve metadata at 192.0.0.192
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible, loopback, unspecified
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: any IPv4 address in disguise
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",
        "fec0::/10",  # site-local, withdrawn but still routed by some
    )
]


class AddressRefused(OSError):
    """A name leads to an address that this source may not reach."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; an IPv4 address inside an IPv6 one counts."""
    try:
        ip: _Address = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    return not any(ip in network for network in _REFUSED if network.version == ip.version)


async def system_lookup(host: str, port: int) -> list[str]:
    """Addresses by the system's resolver. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard(AbstractResolver):
    """Says no to hosts outside the source and to addresses outside the public internet; resolves names for aiohttp.

    With `allow_private` (tests, the sample site) any address may be reached, and `connect_to` replaces host and port.
    """

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        allow_private: bool = False,
        connect_to: tuple[str, int] | None = None,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._hosts = frozenset(host_name(host) for host in hosts)
        self._allow_private = allow_private
        self._connect_to = connect_to if allow_private else None
        self._lookup = lookup
        self._passed: set[str] = set()

    def check(self, url: str) -> None:
        """Raise FetchFault if the host of a canonical address is not the source's or is a non-public address."""
        host = host_of(url)
        if host in self._passed:
            return
        self._check(host)
        self._passed.add(host)

    def _check(self, host: str) -> None:
        if host not in self._hosts:
            raise FetchFault(faults.REFUSED_HOST, f"{host} is not one of the source's hosts")
        if ":" not in host and not _NUMBERS.fullmatch(host):
            return
        if ":" not in host and not _is_dotted(host):
            raise FetchFault(faults.REFUSED_ADDRESS, f"{host} is a number in disguise, not a host name")
        if not self._allow_private and not is_public(host):
            raise FetchFault(faults.REFUSED_ADDRESS, f"{host} is not a public address")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses to connect to, all of them checked. Raises AddressRefused, OSError."""
        target, port = self._connect_to or (host, port)
        addresses = await self._lookup(target, port)
        if not addresses:
            raise OSError(f"{host} has no address")
        if not self._allow_private:
            bad = [address for address in addresses if not is_public(address)]
            if bad:
                raise AddressRefused(f"{host} leads to {bad[0]}, which is not a public address")
        return [_resolved(host, address, port) for address in addresses]

    def open_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """The socket for one address, checked once more at the last moment. Raises AddressRefused."""
        family, kind, protocol, _, address = info
        if not self._allow_private and not is_public(str(address[0])):
            raise AddressRefused(f"{address[0]} is not a public address")
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Nothing is held."""


def _is_dotted(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST
    )
