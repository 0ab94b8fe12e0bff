"""What a run says at its end, read from what it published.

Belongs here: the summary's lines. Does not: printing or the run.
Concept: figures come from the published file itself (why a page did not come: from the crawl log), not from what a run
believes it did; beside each count stands what it was before: was the night an ordinary one?
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import duckdb

from pipeline.counts import Error, errors, issue_counts, night, night_lines
from pipeline.logs import plain
from pipeline.night import Outcome
from pipeline.outputs import beyond
from pipeline.settings import Settings
from pipeline.table_facts import count_rows, rows_in
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
SHOWN_CHANGES = 5
SHOWN_ERRORS = 3
LONGEST = 40
"""Old and new values of a change are cut here."""
NEWS = """
SELECT c.table_name || ' ' || c.row_key, c.column_name, c.old_value, c.new_value
FROM changes c WHERE c.seen_at >= (SELECT started_at FROM runs ORDER BY started_at DESC, run_id DESC LIMIT 1)
ORDER BY ALL"""


def summary_lines(settings: Settings, outcome: Outcome) -> list[str]:
    """The lines a person reads after a good run: pages, rows, changes, where everything lies, what to do next."""
    layout = settings.layout
    link = published(layout.warehouse)
    if link is None:
        return []
    before = rows_in(next(iter(published_builds(layout.warehouse)[1:]), None))
    with read_only(link) as connection:
        lines = [*_pages(connection, layout.records), *_rows(connection, before)]
        lines += [*_news(connection), *_state(connection, outcome)]
    lines.append(_line("warehouse", str(layout.warehouse / "biwaq.duckdb")))
    if (too_many := beyond(settings)) is not None:
        lines.append(_line("report", f"not made: {too_many}; `biwaq export` writes the data"))
    elif (report := layout.report / "index.html").is_file() and outcome.fault is None:
        lines.append(_line("report", str(report)))
    lines.append(_line("UI", f"biwaq ui --data {layout.root}   (run {outcome.run_id})"))
    return lines


def _line(word: str, text: str) -> str:
    return f"{word:<{INDENT - 1}} {text}"


def _pages(connection: duckdb.DuckDBPyConnection, records: Path) -> Iterator[str]:
    counts = night(connection, records)
    yield from _lines("pages", night_lines(counts) if counts is not None else ())


def _lines(word: str, texts: Iterable[str]) -> Iterator[str]:
    """A line a text, the word before the first."""
    for text in texts:
        yield _line(word, text)
        word = ""


def _rows(connection: duckdb.DuckDBPyConnection, before: Mapping[str, int]) -> Iterator[str]:
    counts = count_rows(connection)
    shown = [f"{counts[table]} {table}{_delta(counts[table], before.get(table))}" for table in TABLES]
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
    counts = issue_counts(connection)
    if counts is not None:
        yield _line("issues", f'{counts}; each: biwaq query "FROM v_issues", or report/quality.html')
    yield from _lines("errors", _grave(errors(connection)))
    failed = [check.name for check in outcome.failed_checks]
    yield _line("checks", f"not passed: {', '.join(failed)}" if failed else "all passed")


def _grave(found: list[Error]) -> Iterator[str]:
    for error in found[:SHOWN_ERRORS]:
        yield f"{error.page}: {error.message}" if error.page else error.message
    if len(found) > SHOWN_ERRORS:
        yield f"… and {len(found) - SHOWN_ERRORS} more: biwaq status --all"
