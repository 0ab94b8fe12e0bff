"""Publishers: who speaks on a page, and which voices are independent of each other.

Belongs here: the publisher of a document, counting independent sources. Does not: which texts are copies (origins.py).
Concept: two sources are independent if neither publisher nor origin is the same; who tells a thing twice is one voice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import urlsplit

from warehouse.codelists import vocabulary
from warehouse.model import Document
from warehouse.remembered import remembered

Voice = tuple[str, str]
"""Publisher and origin of a claim."""


def publisher_of(document: Document) -> str:
    """The publisher of a page: as codes/publishers.toml names its host, else the host.

    The programme's own site has the publisher of its source file, as all its pages are of one house.
    """
    host = _host(document.url.partition("//")[2].partition("/")[0])
    named = _named(host)
    if named is None and (document.page_type == "gsb_project" or not host):
        return document.source.publisher
    return named or host


@remembered(4_096)  # urlsplit remembers whole addresses: of a hundred thousand pages they kept 80 MB from going back
def _host(place: str) -> str:
    return (urlsplit(f"//{place}").hostname or "").removeprefix("www.")


def _named(host: str) -> str | None:
    parts = host.split(".")
    tails = (".".join(parts[place:]) for place in range(len(parts)))
    return next((name for tail in tails if (name := _hosts().get(tail)) is not None), None)


@cache
def _hosts() -> Mapping[str, str]:
    """Host -> name of its publisher."""
    return {host: entry["name"] for entry in vocabulary("publishers")["publisher"] for host in entry["hosts"]}


def n_independent(voices: Iterable[Voice]) -> int:
    """The largest number of voices of which no two share publisher or origin (at least 1 where there is a voice).

    That is a largest matching of publishers and origins: each publisher is given an origin of its own.
    """
    told: dict[str, list[str]] = defaultdict(list)
    for publisher, origin in sorted(set(voices)):
        told[publisher].append(origin)
    given: dict[str, str] = {}
    return sum(_give(publisher, told, given, set()) for publisher in told)


def _give(publisher: str, told: Mapping[str, list[str]], given: dict[str, str], tried: set[str]) -> bool:
    """Find an origin for the publisher, moving others where they have another one (Kuhn)."""
    for origin in told[publisher]:
        if origin not in tried:
            tried.add(origin)
            if origin not in given or _give(given[origin], told, given, tried):
                given[origin] = publisher
                return True
    return False


def independent(ones: Iterable[Voice], others: Iterable[Voice]) -> bool:
    """Whether a voice of the one side shares neither publisher nor origin with a voice of the other."""
    right = set(others)
    return any(one[0] != other[0] and one[1] != other[1] for one in set(ones) for other in right)
