"""`biwaq status`: the state of the data in one screen.

Belongs here: age per source, last runs, failed checks, open issues, read from the published file and Dagster's store.
Does not: judging health by anything but the data's own times.
Concept: freshness is the data's, not the run's colour.
"""

from __future__ import annotations

from pathlib import Path

import click
import dagster as dg

from pipeline.commands.common import data_option
from pipeline.commands.printing import as_table
from pipeline.commands.query import published_or_fault
from pipeline.instance import open_instance
from pipeline.night import FailedCheck
from pipeline.settings import Settings, from_environment
from warehouse.publish import published, read_only

SOURCES = """
SELECT d.source_id AS source, count(*) AS pages, count(d.gone_since) AS gone, max(d.last_seen) AS last_seen,
       date_diff('hour', max(d.last_seen)::TIMESTAMP, ?::TIMESTAMP) AS age_hours
FROM documents d GROUP BY ALL ORDER BY source"""
RUNS = """
SELECT run_id, started_at, listed, fetched, unchanged, failed, published, data_as_of
FROM runs ORDER BY started_at DESC, run_id DESC LIMIT 5"""
ISSUES = "SELECT severity, kind, count(*) AS n FROM issues GROUP BY ALL ORDER BY severity, n DESC, kind"


@click.command(epilog="Example: biwaq status --data data")
@data_option
def status(data: Path) -> None:
    """Age of the data per source, last runs, failed checks, open issues."""
    settings = from_environment(data)
    if settings.layout.root.is_file() or not settings.layout.root.exists():
        published_or_fault(settings.layout)
    warehouse = published(settings.layout.warehouse)
    click.echo(f"published  {warehouse.resolve().name if warehouse else 'nothing yet'}")
    if warehouse is not None:
        _data(warehouse, settings)
    _last_run(settings)


def _data(warehouse: Path, settings: Settings) -> None:
    with read_only(warehouse) as connection:
        now = settings.now().replace(tzinfo=None)
        for title, sql, values in (("sources", SOURCES, [now]), ("runs", RUNS, []), ("issues", ISSUES, [])):
            cursor = connection.execute(sql, values)
            names = [column[0] for column in cursor.description or []]
            click.echo(f"\n{title}")
            for line in as_table(names, cursor.fetchall()):
                click.echo(line)


def _last_run(settings: Settings) -> None:
    """How the newest run ended, by Dagster's own store, and the checks that did not pass in it."""
    with open_instance(settings.layout.dagster) as instance:
        runs = instance.get_run_records(limit=1)
        if not runs:
            click.echo("\nlast run: none yet")
            return
        last = runs[0].dagster_run
        click.echo(f"\nlast run   {last.job_name} {last.run_id}: {last.status.value.lower()}")
        failed = _failed_checks(instance, last.run_id)
    for check in failed:
        click.echo(f"check {check.name} {'refused' if check.blocking else 'warns'}: {check.description}")
    if not failed and last.status == dg.DagsterRunStatus.SUCCESS:
        click.echo("all checks passed")


def _failed_checks(instance: dg.DagsterInstance, run_id: str) -> list[FailedCheck]:
    logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    evaluations = [entry.dagster_event.asset_check_evaluation_data for entry in logs if entry.dagster_event]
    return [FailedCheck(e.check_name, bool(e.blocking), e.description or "", "") for e in evaluations if not e.passed]
