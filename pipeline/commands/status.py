"""`biwaq status`: the state of the data in one screen.

Belongs here: age per source, silent loss, last runs, failed checks, open issues, from the published file and Dagster.
Does not: judging health by anything but the data's own times.
Concept: freshness is the data's, not the run's colour.
"""

from __future__ import annotations

from pathlib import Path

import click
import dagster as dg
import duckdb

from pipeline.alerts import alert
from pipeline.commands.common import data_option
from pipeline.commands.printing import as_table
from pipeline.commands.query import published_or_fault
from pipeline.health import problems
from pipeline.instance import open_instance
from pipeline.logs import plain
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
READING = """
SELECT d.page_type, count(*) AS pages, median(s.coverage) AS coverage, min(s.coverage) AS lowest,
       any_value(p.coverage_floor) AS floor, max(s.text_loss) AS text_loss, any_value(p.text_loss_limit) AS "limit",
       count(*) FILTER (s.coverage < p.coverage_floor OR s.text_loss > p.text_loss_limit) AS below,
       arg_min(d.url, coalesce(s.coverage, 1) - coalesce(s.text_loss, 0)) AS worst_page
FROM documents d JOIN snapshots s USING (snapshot_id) JOIN page_types p ON p.code = d.page_type
WHERE d.gone_since IS NULL GROUP BY ALL ORDER BY d.page_type"""
UNCLAIMED = """
SELECT page_type, heading, count(*) AS pages, min(url) AS example
FROM (SELECT d.page_type, d.url, unnest(string_split(s.unclaimed, chr(10))) AS heading
      FROM documents d JOIN snapshots s USING (snapshot_id) WHERE d.gone_since IS NULL)
GROUP BY ALL ORDER BY pages DESC, page_type, heading LIMIT 10"""
ISSUES = "SELECT severity, kind, count(*) AS n FROM issues GROUP BY ALL ORDER BY severity, n DESC, kind"


@click.command(epilog="Example: biwaq status --data data")
@click.option("--alert", "calling", is_flag=True, help="Also send what is not well to the alert command or webhook.")
@data_option
def status(data: Path, calling: bool) -> None:
    """Health, age of the data per source, how much of the pages was read, last runs, failed checks, open issues.

    Exit code 1 where something is not well (docs/runbook.md explains each word), for cron and probes.

    Under "reading": coverage is the share of a page's text that fields claim (median, lowest, floor of the page type),
    text_loss what only a second parser sees (highest, limit), below the number of pages beyond one of the two. Under
    "unclaimed": headings that no field reads.
    """
    settings = from_environment(data)
    if settings.layout.root.is_file() or not settings.layout.root.exists():
        published_or_fault(settings.layout)
    warehouse = published(settings.layout.warehouse)
    unwell = problems(settings)
    click.echo(f"health     {'ok' if not unwell else f'not well: {len(unwell)} to look at, see docs/runbook.md'}")
    for problem in unwell:
        click.echo(plain(f"  {problem.kind}: {problem.message}"))
        if calling:
            alert(settings, problem.kind, problem.message)
    click.echo(f"published  {warehouse.resolve().name if warehouse else 'nothing yet'}")
    gravest = {problem.kind for problem in unwell}
    if warehouse is not None and "warehouse_unreadable" not in gravest:
        _data(warehouse, settings)
    if "store_unusable" not in gravest:
        _last_run(settings)
    if unwell:
        raise click.exceptions.Exit(1)


def _data(warehouse: Path, settings: Settings) -> None:
    with read_only(warehouse) as connection:
        now = settings.now().replace(tzinfo=None)
        for title, sql, values in (
            ("sources", SOURCES, [now]),
            ("reading", READING, []),
            ("unclaimed", UNCLAIMED, []),
            ("runs", RUNS, []),
            ("issues", ISSUES, []),
        ):
            click.echo(f"\n{title}")
            try:
                cursor = connection.execute(sql, values)
            except (duckdb.CatalogException, duckdb.BinderException):
                click.echo("the published file is older than this table; the next build has it")
                continue
            names = [column[0] for column in cursor.description or []]
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
