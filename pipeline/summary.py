"""What a run says at its end, read from what it published.

Belongs here: the summary's lines. Does not: printing or the run.
Concept: figures come from the published file itself, not from what the run believes it did; beside each count stands
what it was before, so that a person sees at once whether the night was an ordinary one.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from pipeline.logs import plain
from pipeline.night import Outcome
from pipeline.settings import Settings
from pipeline.table_facts import rows_in
from pipeline.terminal import INDENT
from warehouse.publish import published, published_builds, read_only

TABLES = (
    "projects",
    "project_organisations",
    "area_stats",
    "outcome_claims",
    "outcomes",
    "documents",
    "issues",
    "changes",
)
PAGES = ("listed", "fetched", "unchanged", "parsed", "failed")
SHOWN_CHANGES = 5
LONGEST = 40
"""Old and new values of a change are cut here."""
NEWS = """
SELECT c.table_name || ' ' || c.row_key, c.column_name, c.old_value, c.new_value
FROM changes c WHERE c.seen_at >= (SELECT started_at FROM runs ORDER BY started_at DESC, run_id DESC LIMIT 1)
ORDER BY ALL"""
ISSUES = """
SELECT severity, count(*) FROM issues GROUP BY severity
ORDER BY list_position(['error', 'warning', 'info'], severity)"""


def summary_lines(settings: Settings, outcome: Outcome) -> list[str]:
    """The lines a person reads after a good run: pages, rows, changes, where everything lies, what to do next."""
    layout = settings.layout
    link = published(layout.warehouse)
    if link is None:
        return []
    before = rows_in(next(iter(published_builds(layout.warehouse)[1:]), None), TABLES)
    with read_only(link) as connection:
        lines = [*_pages(connection), *_rows(connection, before), *_news(connection), *_state(connection, outcome)]
    lines.append(_line("warehouse", str(layout.warehouse / "biwaq.duckdb")))
    if (report := layout.report / "index.html").is_file() and outcome.fault is None:
        lines.append(_line("report", str(report)))
    lines.append(_line("UI", f"biwaq ui --data {layout.root}   (run {outcome.run_id})"))
    return lines


def _line(word: str, text: str) -> str:
    return f"{word:<{INDENT - 1}} {text}"


def _pages(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    run = connection.execute(
        f"SELECT {', '.join(PAGES)} FROM runs ORDER BY started_at DESC, run_id DESC LIMIT 1"
    ).fetchone()
    if run is not None:
        yield _line("pages", ", ".join(f"{n} {word}" for n, word in zip(run, PAGES, strict=True)))


def _rows(connection: duckdb.DuckDBPyConnection, before: dict[str, int]) -> Iterator[str]:
    counts = {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0] for table in TABLES}
    shown = [f"{n} {table}{_delta(n, before.get(table))}" for table, n in counts.items()]
    yield _line("rows", ", ".join(shown))


def _delta(now: int, before: int | None) -> str:
    return "" if before is None or now == before else f" ({now - before:+d})"


def _news(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What changed on the pages since the run before."""
    found = connection.execute(NEWS).fetchall()
    for word, (row, column, old, new) in zip(["changed", *[""] * len(found)], found[:SHOWN_CHANGES], strict=False):
        yield _line(word, f"{plain(row)} {column}: {_value(old)} → {_value(new)}")
    if len(found) > SHOWN_CHANGES:
        yield _line("", f'… and {len(found) - SHOWN_CHANGES} more: biwaq query "FROM changes ORDER BY seen_at DESC"')


def _value(text: str | None) -> str:
    if text is None:
        return "nothing"
    one_line = plain(" ".join(text.split()))
    return one_line if len(one_line) <= LONGEST else one_line[: LONGEST - 1].rstrip() + "…"


def _state(connection: duckdb.DuckDBPyConnection, outcome: Outcome) -> Iterator[str]:
    counts = connection.execute(ISSUES).fetchall()
    if counts:
        shown = ", ".join(f"{n} {severity}" for severity, n in counts)
        yield _line("issues", f"{shown}; biwaq status says which")
    failed = [check.name for check in outcome.failed_checks]
    yield _line("checks", f"not passed: {', '.join(failed)}" if failed else "all passed")
