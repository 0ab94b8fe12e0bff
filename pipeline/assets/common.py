"""What all assets share: the days, owners and freshness.

Belongs here: constants of the asset graph. Does not: assets.
Concept: the nightly run starts at 02:15 in Berlin; a table older than 26 hours is late, older than 36 failed.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from pipeline.settings import Layout

TIME_ZONE = "Europe/Berlin"
NIGHTLY_JOB = "nightly"
REBUILD_JOB = "rebuild"
REPARSE_JOB = "reparse_on_workers"
NIGHTLY = "15 2 * * *"
DAYS = dg.DailyPartitionsDefinition(start_date="2025-01-01", timezone=TIME_ZONE, end_offset=1)
BY = "biwaq/by"
"""The tag of a run that the command line started: its end is told there."""
PURGE = "biwaq/purge"
"""The tag of a rebuild after a purge: builds that held what was purged go before anything is compared with them."""
OWNERS = ["team:biwaq-data"]
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))


def links(layout: Layout) -> dict[str, dg.MetadataValue]:
    """Where a person reads on; paths, as a browser opens no file from a page of the UI."""
    return {
        "report": dg.MetadataValue.path(str(layout.root / "report" / "index.html")),
        "dictionary": dg.MetadataValue.path(str(layout.root / "exports" / "dictionary" / "dictionary.en.html")),
    }
