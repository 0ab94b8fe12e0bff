"""Funding rounds: which round a label, an address or a period belongs to.

Belongs here: round codes from what pages say. Does not: projects. Concept: the page's own label decides, then the
address, then the period; two rounds that fit equally well decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from warehouse.codelists import load

_IN_ADDRESS = re.compile(r"/Projekte_BIWAQ(\d)/")
_IN_TEXT = re.compile(r"\bBIWAQ[ -]?(I{1,3}|I?V|[1-5])\b")


class Span(NamedTuple):
    """A round with its first and last day (ISO)."""

    code: str
    start: str
    end: str


@cache
def spans() -> tuple[Span, ...]:
    """All rounds in the order of time."""
    return tuple(
        Span(entry.code, entry.extra["start_date"], entry.extra["end_date"])
        for entry in load("rounds").entries.values()
    )


def position(code: str | None) -> int:
    """The place of a round in time; 0 for none."""
    return load("rounds").entries[code].extra["position"] if code is not None else 0


def of_address(url: str) -> str | None:
    """The round that an address of the programme's site names: "…/Projekte_BIWAQ4/30_Duisburg.html" is IV."""
    hit = _IN_ADDRESS.search(url)
    return load("rounds").lookup(f"BIWAQ {hit[1]}") if hit else None


def of_text(texts: Iterable[str | None]) -> str | None:
    """The one round that titles or programme names mention ("BIWAQ IV", "BIWAQ3"); None if none or several."""
    codes = {load("rounds").lookup(f"BIWAQ {hit}") for text in texts if text for hit in _IN_TEXT.findall(text)}
    return codes.pop() if len(codes) == 1 else None


def of_period(start: str | None, end: str | None) -> str | None:
    """The round that most of a period lies in (ISO dates, either may be missing); None where two fit equally well.

    04/2015 to 12/2018 is III though II ran into 2015; "seit 2015" alone could be both and gives None.
    """
    if start is None and end is None:
        return None
    days = {span.code: _overlap(span, start or end or "", end or start or "") for span in spans()}
    best = max(days.values())
    codes = [code for code, overlap in days.items() if overlap == best]
    return codes[0] if best > 0 and len(codes) == 1 else None


def _overlap(span: Span, start: str, end: str) -> int:
    first, last = max(span.start, start), min(span.end, end)
    return _days(last) - _days(first) + 1 if first <= last else 0


def _days(iso: str) -> int:
    """A day number good enough to compare lengths of years and months."""
    year, month, day = (int(part) for part in iso.split("-"))
    return year * 372 + month * 31 + day
