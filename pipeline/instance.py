"""Dagster's own storage: below the data folder, or in PostgreSQL.

Belongs here: `dagster.yaml`, opening the instance, healing it, closing the books on killed runs. Does not: jobs.
Concept: SQLite, set up once under a lock (two first starts at once corrupt it for ever: dagster issue 27390). It holds
the history of runs and no data: a store that can not be read is put aside and a new one made.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import dagster as dg
import yaml  # type: ignore[import-untyped]
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import BiwaqFault, UsageFault
from pipeline.logs import warn
from pipeline.settings import postgres
from pipeline.storage import explained, write_whole

MARK = "# Written by biwaq at every start. Take this line away to keep settings of your own.\n"
DAGSTER_YAML = (
    MARK
    + """\
telemetry: {enabled: false}
nux: {enabled: false}
concurrency:
  runs: {max_concurrent_runs: 1}
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  cancel_timeout_seconds: 120
  max_runtime_seconds: 14400
  max_resume_run_attempts: 0
  poll_interval_seconds: 60
  free_slots_after_run_end_seconds: 60
run_retries:
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false
retention:
  schedule: {purge_after_days: 30}
  sensor: {purge_after_days: {skipped: 7, failure: 30, success: 30}}
"""
)
SQLITE = """\
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
event_log_storage:
  module: pipeline.event_log
  class: EventLog
  config: {base_dir: @EVENTS@}
"""
"""`@EVENTS@` is the folder of Dagster's own default, `history/runs`.

What a run prints is in our own log too; to catch it for the UI, Dagster starts four processes a run.
"""
POSTGRES = """\
storage:
  postgres:
    postgres_url: {env: BIWAQ_POSTGRES}
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
"""For several machines: no password in the file, and no output of steps in a folder that the others do not see."""
_MISREAD = re.compile(r"\?|%[0-9A-Fa-f]{2}")
"""In a path to SQLite that Dagster gives to SQLAlchemy as an address, unescaped: another file would be opened."""
STORES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


def open_instance(home: Path) -> dg.DagsterInstance:
    """The Dagster instance that lives in `home`, set up at first use and made anew where it is damaged.

    Raises BiwaqFault, in one line, where it can be neither opened nor made.
    """
    require_name(home)
    if postgres() is not None and find_spec("dagster_postgres") is None:
        raise UsageFault("BIWAQ_POSTGRES: dagster-postgres is not installed: it is in the extra `cluster`")
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / ".setup.lock"):
            _configure(home / "dagster.yaml")
            if any(not _is_sound(home / name) for name in STORES):
                _put_aside(home)
            return _opened(home)
    except FileExistsError:
        raise BiwaqFault(f"{home}: is a file; move it away, Dagster keeps its history in a folder there") from None
    except _faults() as fault:
        store = home if postgres() is None else "BIWAQ_POSTGRES"
        raise BiwaqFault(f"Dagster's store {store} can not be used: {explained(fault)}") from fault


def require_name(home: Path) -> None:
    """Raise UsageFault where Dagster can not keep its storage in a folder of such a name."""
    if postgres() is None and (found := _MISREAD.search(str(home))):
        raise UsageFault(f"--data {home.parent}: {found.group()} in a path is misread by Dagster; choose another name")


def _faults() -> tuple[type[Exception], ...]:
    """What a store raises; dagster-postgres, where it is loaded, has one of its own."""
    module = sys.modules.get("dagster_postgres.utils")
    of_postgres = () if module is None else (module.DagsterPostgresException,)
    return OSError, SQLAlchemyError, sqlite3.Error, *of_postgres


def close_dead_runs(instance: dg.DagsterInstance, jobs: list[str]) -> list[str]:
    """Mark runs of `jobs` that a kill left unfinished as failed; call only while holding the writer's lock.

    Returns their ids. Without this they would look alive in the UI for ever.
    """
    unfinished = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]
    dead = [run for run in instance.get_runs(dg.RunsFilter(statuses=unfinished)) if run.job_name in jobs]
    for run in dead:
        instance.report_run_failed(run, "the process of this run ended without finishing it")
    return [run.run_id for run in dead]


def _opened(home: Path) -> dg.DagsterInstance:
    try:
        instance = dg.DagsterInstance.from_config(str(home))
        instance.get_run_records(limit=1)
    except CommandError:  # two version marks at once: set up by two processes that did not use the lock
        _put_aside(home)
        instance = dg.DagsterInstance.from_config(str(home))
        instance.get_run_records(limit=1)
    return instance


def _configure(settings: Path) -> None:
    """Write our settings where there are none, half a file, or older ones of ours; those of a person stay."""
    text = settings.read_text(encoding="utf-8", errors="replace") if settings.exists() else ""
    events = SQLITE.replace("@EVENTS@", json.dumps(str(settings.parent / "history" / "runs")))
    wanted = DAGSTER_YAML + (events if postgres() is None else POSTGRES)
    if text != wanted and (text.startswith(MARK) or not _is_mapping(text)):
        write_whole(settings, wanted)


def _is_mapping(text: str) -> bool:
    try:
        return isinstance(yaml.safe_load(text), dict)
    except yaml.YAMLError:
        return False


def _is_sound(store: Path) -> bool:
    """Whether SQLite can read the whole file; one that is not there yet is sound. Raises sqlite3.Error."""
    if not store.exists():
        return True
    connection = sqlite3.connect(f"{store.absolute().as_uri()}?mode=rw", uri=True, timeout=10)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)])
    except sqlite3.OperationalError:
        raise  # busy, or the disk is full: no damage
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _put_aside(home: Path) -> None:
    """Move a damaged store out of the way; nothing is deleted."""
    aside = home / f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    aside.mkdir()
    for name in ("history", "schedules"):
        if (home / name).exists():
            (home / name).rename(aside / name)
    warn(
        "store_replaced",
        f"Dagster's store could not be read: it lies in {aside} now, and a new one was made; only the history of runs "
        "in the UI begins anew",
        aside=str(aside),
    )
