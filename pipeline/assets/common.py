"""What all assets share: the days, owners and freshness.

Belongs here: constants of the asset graph. Does not: assets.
Concept: the nightly run starts at 02:15 in Berlin; a table older than 26 hours is late, older than 36 failed.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

TIME_ZONE = "Europe/Berlin"
NIGHTLY_JOB = "nightly"
REBUILD_JOB = "rebuild"
NIGHTLY = "15 2 * * *"
DAYS = dg.DailyPartitionsDefinition(start_date="2025-01-01", timezone=TIME_ZONE, end_offset=1)
OWNERS = ["team:biwaq-data"]
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))
