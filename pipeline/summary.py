"""What a run says at its end, read from what it published.

Belongs here: the summary's lines. Does not: printing or the run.
Concept: figures come from the published file itself, not from what the run believes it did.
"""

from __future__ import annotations

from pipeline.night import Outcome
from pipeline.settings import Settings
from warehouse.publish import published, read_only

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


def summary_lines(settings: Settings, outcome: Outcome) -> list[str]:
    """The lines a person reads after a good run: pages, rows, changes, where everything lies."""
    layout = settings.layout
    link = published(layout.warehouse)
    if link is None:
        return []
    with read_only(link) as connection:
        pages = connection.execute(
            "SELECT listed, fetched, unchanged, parsed, failed FROM runs ORDER BY started_at DESC, run_id DESC LIMIT 1"
        ).fetchone()
        counts = [connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0] for table in TABLES]
    lines = []
    if pages is not None:
        words = ("listed", "fetched", "unchanged", "parsed", "failed")
        lines.append("pages      " + ", ".join(f"{n} {word}" for n, word in zip(pages, words, strict=True)))
    lines.append("rows       " + ", ".join(f"{n} {table}" for n, table in zip(counts, TABLES, strict=True)))
    lines.append(f"warehouse  {layout.warehouse / 'biwaq.duckdb'}")
    lines.append(f"UI         biwaq ui --data {layout.root}   (run {outcome.run_id})")
    return lines
