"""Dagster's own storage below the data folder.

Belongs here: `dagster.yaml`, opening the instance, closing the books on killed runs. Does not: assets or jobs.
Concept: SQLite, set up once under a lock (two first starts at once corrupt it for ever: dagster issue 27390).
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg
from filelock import FileLock

DAGSTER_YAML = """\
telemetry: {enabled: false}
nux: {enabled: false}
concurrency:
  runs: {max_concurrent_runs: 1}
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  max_runtime_seconds: 14400
  free_slots_after_run_end_seconds: 60
retention:
  schedule: {purge_after_days: 30}
  sensor: {purge_after_days: {skipped: 7, failure: 30, success: 30}}
"""


def open_instance(home: Path) -> dg.DagsterInstance:
    """The Dagster instance that lives in `home`, set up at first use."""
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / ".setup.lock"):
        settings = home / "dagster.yaml"
        if not settings.exists():
            settings.write_text(DAGSTER_YAML, encoding="utf-8")
        instance = dg.DagsterInstance.from_config(str(home))
        instance.get_run_records(limit=1)
    return instance


def close_dead_runs(instance: dg.DagsterInstance, jobs: list[str]) -> list[str]:
    """Mark runs of `jobs` that a kill left unfinished as failed; call only while holding the writer's lock.

    Returns their ids. Without this they would look alive in the UI for ever.
    """
    unfinished = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]
    dead = [run for run in instance.get_runs(dg.RunsFilter(statuses=unfinished)) if run.job_name in jobs]
    for run in dead:
        instance.report_run_failed(run, "the process of this run ended without finishing it")
    return [run.run_id for run in dead]
