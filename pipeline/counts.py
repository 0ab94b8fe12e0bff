"""The numbers of a night in words that add up.

Belongs here: what became of the pages of one run, the open issues, as lines for people. Does not: printing.
Concept: each word means one thing on every screen, and the parts of a line add up to its sum: fetched (came with a
body), unchanged (said 304), not there (said 404 or 410), forbidden (by robots.txt), failed (anything else); of the
fetched ones parsed (gave a record) and rejected (are no page of their kind).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import orjson

from pipeline.fetch.faults import FORBIDDEN
from pipeline.fetch.model import GONE
from pipeline.logs import plain

RUN = """
SELECT run_id, listed, fetched, unchanged, parsed, failed FROM runs
ORDER BY started_at DESC, run_id DESC LIMIT 1"""
ISSUES = """
SELECT severity, count(*) FROM issues GROUP BY severity
ORDER BY list_position(['error', 'warning', 'info'], severity)"""
ERRORS = "SELECT url, kind, message FROM v_issues WHERE severity = 'error' ORDER BY ALL"
_ADDRESS_FIRST = re.compile(r"(https?://\S+): (.+)", re.DOTALL)


class Night(NamedTuple):
    """What became of the pages of a run."""

    listed: int
    """Addresses that the sources' listings, maps and feeds named."""
    fetched: int
    unchanged: int
    parsed: int
    failed: int
    """As the table `runs` counts them: with the forbidden ones."""
    not_there: int
    forbidden: int


class Error(NamedTuple):
    """A grave issue: the page, as far as it is about one, the kind and the message."""

    page: str | None
    kind: str
    message: str


def night(connection: duckdb.DuckDBPyConnection, records: Path) -> Night | None:
    """What became of the pages of the newest run: its row, and by its crawl logs why pages did not come."""
    row = connection.execute(RUN).fetchone()
    if row is None:
        return None
    run_id, listed, fetched, unchanged, parsed, failed = row
    logs = [log for log in _logs(records, run_id[:10]) if log["run_id"] == run_id]
    not_there = sum(entry["status"] in GONE for log in logs for entry in log["gone"])
    forbidden = sum(entry["reason"].startswith(f"{FORBIDDEN}:") for log in logs for entry in log["failures"])
    return Night(listed, fetched, unchanged, parsed, failed, not_there, forbidden)


def _logs(records: Path, day: str) -> Iterator[dict[str, Any]]:
    for path in sorted((records / day).glob("*.crawl.ndjson")):
        for line in path.read_bytes().splitlines():
            with suppress(orjson.JSONDecodeError):  # a damaged line; the summary comes after the publish
                yield orjson.loads(line)


def night_lines(counts: Night) -> Iterator[str]:
    """What was asked for, and what the fetched pages gave."""
    forbidden = min(counts.forbidden, counts.failed)
    parts = {
        "fetched": counts.fetched,
        "unchanged": counts.unchanged,
        "not there": counts.not_there,
        "forbidden": forbidden,
        "failed": counts.failed - forbidden,
    }
    asked = sum(parts.values())
    if asked == 0 and counts.listed == 0:
        yield "none asked for: only what the archive holds was read"
        return
    yield f"{asked} asked for: {in_words(parts)}{_beside(asked, counts.listed)}"
    rejected = counts.fetched - counts.parsed
    if counts.fetched and rejected >= 0:
        read = {"parsed": counts.parsed, "rejected (no page of its kind)": rejected}
        yield f"{counts.fetched} fetched: {in_words(read)}"


def _beside(asked: int, listed: int) -> str:
    """How the number of pages differs from that of listed addresses, and why."""
    if asked > listed:
        return f" ({listed} are listed today, {asked - listed} known from earlier nights)"
    if asked < listed:
        return f" (of {listed} listed; {listed - asked} lead to the same pages or were left out)"
    return ""


def in_words(parts: dict[str, int]) -> str:
    """`11 fetched, 18 unchanged`; what is nought is left out unless all is."""
    said = [f"{n} {word}" for word, n in parts.items() if n]
    return ", ".join(said) or f"0 {next(iter(parts))}"


def issue_counts(connection: duckdb.DuckDBPyConnection) -> str | None:
    """`17 open: 1 error, 12 warnings, 4 info`, None where there is none."""
    rows = connection.execute(ISSUES).fetchall()
    if not rows:
        return None
    shown = ", ".join(f"{n} {severity}{'s' if n > 1 and severity != 'info' else ''}" for severity, n in rows)
    return f"{sum(n for _, n in rows)} open: {shown}"


def errors(connection: duckdb.DuckDBPyConnection) -> list[Error]:
    """The grave issues with their pages. A page that is no document stands at the head of its message."""
    found = []
    for url, kind, message in connection.execute(ERRORS).fetchall():
        named = _ADDRESS_FIRST.fullmatch(message) if url is None else None
        page, text = (named[1], named[2]) if named else (url, message)
        found.append(Error(page and plain(page), kind, plain(" ".join(text.split()))))
    return found
