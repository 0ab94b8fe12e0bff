"""Which day a run is for.

Belongs here: reading the partition of a run from its tags. Does not: the partitions themselves (assets/common.py).
Concept: tables are unpartitioned, yet a nightly run carries its day in Dagster's partition tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dagster as dg

from pipeline.settings import Settings


def day_of_run(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, settings: Settings) -> date:
    """The partition of the run, or today where the run has none (a rebuild)."""
    return day_of(context.run.tags, settings)


def day_of(tags: Mapping[str, str], settings: Settings) -> date:
    """The same, of a run's tags."""
    partition = tags.get("dagster/partition")
    return date.fromisoformat(partition) if partition else settings.today()
