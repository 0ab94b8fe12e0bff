"""Names, addresses and certificates: DNS that lies, private addresses, TLS that can not be trusted.

Belongs here: what happens before a request is sent. Does not: redirects to such places (cases_redirects.py).
Concept: the address that was checked is the one connected to, and a certificate that nobody signed is none.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tests.faults.case import NEIGHBOURS, Case, Must, Names, Night, Place, X, case, neighbours, one
from tests.faults.pages import page, project, whole
from tests.faults.play import Close, Play, redirect
from tests.faults.server import DOOR, TRAP

ALL = (X, *NEIGHBOURS)


def site(at: Place) -> Any:
    """Three good pages."""
    return {"": {**neighbours(), X: page(0)}}


def resolved(
    name: str, does: str, answer: list[str] | Exception, says: str = "", *, word: str = "robots", **more: Any
) -> Case:
    """A name that leads nowhere good: nothing is asked for."""
    must = Must(dict.fromkeys(ALL, word), (), never=ALL, says=says, requests=0)
    return case(name, does, Night(site, must), names={"": answer}, **more)


NOT_PUBLIC = "not a public address"
NAMES: tuple[Case, ...] = (
    resolved("name-unknown", "the name is not known", OSError("no such name"), "name is not known"),
    resolved("name-without-address", "the name has no address", [], "connect"),
    resolved("name-to-loopback", "the name leads to 127.0.0.2", [TRAP], NOT_PUBLIC, quick=True),
    resolved("name-to-ipv6-loopback", "the name leads to ::1", ["::1"], NOT_PUBLIC),
    resolved("name-to-private-net", "the name leads to 192.168.0.1", ["192.168.0.1"], NOT_PUBLIC),
    resolved("name-to-metadata", "the name leads to 169.254.169.254", ["169.254.169.254"], NOT_PUBLIC),
    resolved("name-to-mapped", "the name leads to ::ffff:127.0.0.2", ["::ffff:127.0.0.2"], NOT_PUBLIC),
    resolved("name-to-unspecified", "the name leads to 0.0.0.0", ["0.0.0.0"], NOT_PUBLIC),
    resolved("name-to-door-and-private", "a good address and 127.0.0.2", [DOOR, TRAP], NOT_PUBLIC, quick=True),
    resolved("name-to-private-and-door", "127.0.0.2 and a good address", [TRAP, DOOR], NOT_PUBLIC),
    resolved("name-to-no-address", "the resolver answers with words", ["not an address"]),
    resolved("name-resolver-breaks", "the resolver raises what nobody expected", UnicodeError("label too long")),
)


def changing(name: str, does: str, later: list[str], first: int) -> Case:
    """The first answers of the resolver are good, all later ones private; each connection ends after one answer."""

    def fresh() -> Names:
        asked: list[str] = []

        async def lookup(host: str) -> list[str]:
            asked.append(host)
            return [DOOR] if len(asked) <= first else later

        return lookup

    def closing(number: int) -> Play:
        return whole(Play((*page(number).steps, Close())), project(number))

    words = dict.fromkeys(ALL, "fetched|refused_address|robots|connect")
    night = Night(lambda at: {"": {path: closing(n) for n, path in enumerate(ALL)}}, Must(words, ()))
    return case(name, does, night, names=fresh, limits={"per_host": 1})


async def _never(host: str) -> list[str]:
    await asyncio.sleep(30)
    return [DOOR]


async def _late(host: str) -> list[str]:
    await asyncio.sleep(0.3)
    return [DOOR]


def looked_up(name: str, does: str, names: Any, word: str, **more: Any) -> Case:
    """Three pages behind a resolver of its own."""
    good = word == "fetched"
    return case(name, does, Night(site, Must(dict.fromkeys(ALL, word), ALL if good else (), **more)), names=names)


REBINDING: tuple[Case, ...] = (
    changing("name-changes-after-robots", "good at first, 127.0.0.2 from the second look-up on", [TRAP], 1),
    changing("name-changes-later", "good three times, then 127.0.0.2", [TRAP], 3),
    changing("name-changes-to-ipv6", "good twice, then ::1", ["::1"], 2),
    changing("name-changes-to-both", "good twice, then good and bad at once", [DOOR, TRAP], 2),
    looked_up("name-slow", "the resolver takes 0.3 s", lambda: _late, "fetched"),
    looked_up("name-never", "the resolver never answers", lambda: _never, "robots", never=ALL),
    looked_up(
        "name-of-dead-and-living",
        "three addresses, two of them dead",
        {"": ["127.77.77.78", "127.77.77.79", DOOR]},
        "fetched",
    ),
)


def to_tls(name: str, does: str, location: Any, says: str) -> Case:
    """A page that leads to an https address."""
    return one(
        name,
        does,
        lambda at: {X: redirect(301, location(at)), "/y.html": page(0)},
        "robots|tls",
        says=says,
        never=("/y.html",),
    )


TLS: tuple[Case, ...] = (
    to_tls("tls-self-signed", "leads to a certificate that nobody signed", lambda at: at.tls("/y.html"), "tls"),
    to_tls(
        "tls-on-plain-port",
        "leads to https where plain HTTP is spoken",
        lambda at: at.url("/y.html").replace("http:", "https:"),
        "tls",
    ),
    to_tls(
        "tls-silent",
        "leads to https on a port that never answers",
        lambda at: at.tls("/y.html").replace(str(at.tls_port), str(at.deaf_port)),
        "timeout",
    ),
    to_tls(
        "tls-refused",
        "leads to https on a port that nobody serves",
        lambda at: at.tls("/y.html").replace(str(at.tls_port), str(at.dead_port)),
        "connect",
    ),
    one(
        "plain-on-tls-port",
        "leads to http on a port that speaks TLS",
        lambda at: {X: redirect(301, at.url("/y.html", port=at.tls_port)), "/y.html": page(0)},
        "robots|protocol|connect",
        never=("/y.html",),
    ),
)

CASES = (*NAMES, *REBINDING, *TLS)
