"""Reservations of text and data mining: what a site says in a form that machines read.

Belongs here: TDMRep (W3C community group, 10 May 2024) in its three places and `noai`. Does not: asking (fetcher.py).
Concept: mining what is openly on the web is lawful unless its holder reserved that in machine-readable form (§ 44b
UrhG; Art. 4(3) of Directive (EU) 2019/790). The file at the origin speaks first, a header of the answer overrules it,
the page itself overrules both; what says nothing overrules nothing, and anything but 0 and 1 says nothing.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterable
from typing import Literal, NamedTuple
from urllib.parse import quote

import orjson

FILE_PATH = "/.well-known/tdmrep.json"
By = Literal["tdmrep.json", "header", "meta", "noai header", "noai meta", "noimageai"]
"""What reserves: a rule of the file, `tdm-reservation` as header or meta, `noai` in X-Robots-Tag or meta robots."""
TEXT: frozenset[str] = frozenset({"tdmrep.json", "header", "meta", "noai header", "noai meta"})
"""Those that reserve text; `noimageai` is noted, but it speaks of pictures, and none is taken."""
HEADERS: frozenset[bytes] = frozenset({b"tdm-reservation", b"x-robots-tag"})
"""Lower-case names of the headers that may say so."""
_HEAD_BYTES = 1 << 16
_META = re.compile(r"<meta\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_MOST_RULES = 1000
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(f"{string.ascii_letters}{string.digits}-._~")  # RFC 3986, 2.3


class Rule(NamedTuple):
    """One rule of the file: a path pattern and whether what it fits is reserved."""

    fits: re.Pattern[str]
    reserved: bool


def rules_of(body: bytes) -> tuple[Rule, ...]:
    """The rules of a tdmrep.json in their order; a rule that is none is left out, and so is a file that is no list."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    entries = found if isinstance(found, list) else []
    return tuple(rule for entry in entries[:_MOST_RULES] if (rule := _rule(entry)) is not None)


def _rule(entry: object) -> Rule | None:
    if not isinstance(entry, dict):
        return None
    location, reserved = entry.get("location"), _zero_or_one(entry.get("tdm-reservation"))
    if not isinstance(location, str) or reserved is None:
        return None
    return Rule(_pattern(location if location.startswith("/") else f"/{location}"), reserved)


def _pattern(location: str) -> re.Pattern[str]:
    """`*` stands for any characters, `$` at the end for the end; case counts (as in robots.txt, RFC 9309, 2.2.3)."""
    ends = location.endswith("$")
    parts = [_spelled(part) for part in re.split(r"\*+", location.removesuffix("$"))]
    # Each part is taken where it comes first and never again: no pattern can make the match slow.
    *middle, last = parts
    anchored = "".join(f"(?>.*?{re.escape(part)})" if at else re.escape(part) for at, part in enumerate(middle))
    if not ends:
        tail = f".*?{re.escape(last)}" if middle else re.escape(last)
    else:
        tail = f".*{re.escape(last)}\\Z" if middle else f"{re.escape(last)}\\Z"
    return re.compile(anchored + tail, re.DOTALL)


def by_file(rules: Iterable[Rule], path: str) -> bool | None:
    """What the first rule that fits a path (with its query) says; None if none does."""
    plain = _spelled(path)
    return next((rule.reserved for rule in rules if rule.fits.match(plain)), None)


def _spelled(path: str) -> str:
    """One spelling of a path: `%41` is `A`, `ö` is `%C3%B6`, but `%2F` is no `/` (TDMRep; RFC 9309, 2.2.2)."""
    return quote(_ESCAPED.sub(_unescaped, path), safe="%/?#[]@!&'()+,;=:")


def _unescaped(escaped: re.Match[str]) -> str:
    character = chr(int(escaped[1], 16))
    return character if character in _UNRESERVED else escaped[0].upper()


def reserved_by(in_file: bool | None, headers: Iterable[tuple[str, str]], page: bytes) -> By | None:
    """What reserves an answer, or None. `headers` with names in any case, `page` decoded (empty if not at hand)."""
    named = [(name.lower(), value) for name, value in headers]
    metas = _metas(page)
    by: By | None = "tdmrep.json" if in_file else None
    places: tuple[tuple[By, list[tuple[str, str]]], ...] = (("header", named), ("meta", metas))
    for place, pairs in places:
        stated = [_zero_or_one(value.strip()) for name, value in pairs if name == "tdm-reservation"]
        if stated and stated[0] is not None:
            by = place if stated[0] else None
    if by is not None:
        return by
    words_of_header = _words(value for name, value in named if name == "x-robots-tag")
    words_of_page = _words(value for name, value in metas if name == "robots")
    if "noai" in words_of_header:
        return "noai header"
    if "noai" in words_of_page:
        return "noai meta"
    return "noimageai" if "noimageai" in words_of_header | words_of_page else None


def _zero_or_one(value: object) -> bool | None:
    return {0: False, 1: True, "0": False, "1": True}.get(value) if isinstance(value, int | str) else None


def _words(values: Iterable[str]) -> set[str]:
    """The directives of robots headers and tags; a directive for one named agent (`bot: noai`) counts as for all."""
    return {word.rpartition(":")[2].strip() for value in values for word in value.lower().split(",")}


def _metas(page: bytes) -> list[tuple[str, str]]:
    """Name and content of the meta tags of the head that may speak of mining."""
    end = page.find(b"<body", 0, _HEAD_BYTES)
    head = page[: _HEAD_BYTES if end < 0 else end]
    lower = head.lower()
    if b"tdm-reservation" not in lower and b"noai" not in lower and b"noimageai" not in lower:
        return []
    found = []
    for tag in _META.finditer(head.decode("latin-1")):
        given = {a[1].lower(): _resolved(a[2] or a[3] or a[4] or "") for a in _ATTRIBUTE.finditer(tag[1])}
        found.append((given.get("name", "").strip().lower(), given.get("content", "")))
    return [(name, content) for name, content in found if name in ("tdm-reservation", "robots")]


def _resolved(value: str) -> str:
    """`value` with characters in place of references; as it stands if one of them has thousands of digits."""
    try:
        return html.unescape(value)
    except ValueError:
        return value
