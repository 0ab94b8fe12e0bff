"""`biwaq status`: the state of the data in one screen.

Belongs here: verdict, age per source, how much was read, last runs, open issues, from the published file and Dagster.
Does not: judging health by anything but the data's own times.
Concept: freshness is the data's, not the run's colour; the verdict stands first, detail behind --all. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import dagster as dg
import duckdb

from pipeline.alerts import alert
from pipeline.commands.common import data_option
from pipeline.commands.printing import as_plain_table
from pipeline.commands.query import published_or_fault
from pipeline.counts import errors, issue_counts
from pipeline.health import Problem, problems
from pipeline.instance import open_instance
from pipeline.logs import plain
from pipeline.night import FailedCheck
from pipeline.settings import Settings, from_environment
from pipeline.terminal import folded
from warehouse.publish import published, read_only

WIDTH = 100
"""Columns that the screen needs."""
SHOWN_ERRORS = 3
SHOWN_RUNS = 3
ALL_RUNS = 20
SOURCES = """
SELECT d.source_id AS source, count(*) AS pages, count(d.gone_since) AS "of them gone",
       strftime(max(d.last_seen), '%Y-%m-%d %H:%M') AS "last seen",
       date_diff('hour', max(d.last_seen)::TIMESTAMP, $now::TIMESTAMP) AS "hours ago"
FROM documents d GROUP BY ALL ORDER BY source"""
READING = """
SELECT d.page_type AS "kind of page", count(*) AS pages, round(100 * median(s.coverage), 1) AS "median %",
       round(100 * min(s.coverage), 1) AS "lowest %", round(100 * any_value(p.coverage_floor), 1) AS "floor %",
       round(100 * max(s.text_loss), 1) AS "lost at most %", round(100 * any_value(p.text_loss_limit), 1) AS "limit %",
       count(*) FILTER (s.coverage < p.coverage_floor OR s.text_loss > p.text_loss_limit) AS "beyond one"
FROM documents d JOIN snapshots s USING (snapshot_id) JOIN page_types p ON p.code = d.page_type
WHERE d.gone_since IS NULL GROUP BY ALL ORDER BY d.page_type"""
"""In percent with one digit, and by the median, as on the report's page of quality."""
RUNS = """
SELECT strftime(started_at, '%Y-%m-%d %H:%M') AS started, fetched, unchanged, parsed, failed,
       CASE WHEN published THEN 'yes' WHEN NOT published THEN 'no' END AS published,
       strftime(data_as_of, '%Y-%m-%d %H:%M') AS "pages as of"
FROM runs ORDER BY started_at DESC, run_id DESC LIMIT $runs"""
WORST = """
SELECT d.page_type AS "kind of page", arg_min(d.url, coalesce(s.coverage, 1) - coalesce(s.text_loss, 0)) AS "worst page"
FROM documents d JOIN snapshots s USING (snapshot_id) WHERE d.gone_since IS NULL GROUP BY ALL ORDER BY d.page_type"""
UNCLAIMED = """
SELECT page_type AS "kind of page", heading, count(*) AS pages, min(url) AS example
FROM (SELECT d.page_type, d.url, unnest(string_split(s.unclaimed, chr(10))) AS heading
      FROM documents d JOIN snapshots s USING (snapshot_id) WHERE d.gone_since IS NULL)
GROUP BY ALL ORDER BY pages DESC, page_type, heading LIMIT 10"""
RUN_IDS = """
SELECT run_id AS "run", strftime(started_at, '%Y-%m-%d %H:%M:%S') AS started, listed
FROM runs ORDER BY started_at DESC, run_id DESC LIMIT $runs"""
KINDS = """
SELECT severity, kind, count(*) AS n FROM issues GROUP BY severity, kind
ORDER BY list_position(['error', 'warning', 'info'], severity), n DESC, kind"""


class Section(NamedTuple):
    """A table of the screen; `empty` is said where it has no row."""

    title: str
    sql: str
    empty: str


SCREEN = (
    Section("sources", SOURCES, "no page yet"),
    Section(
        "reading: share of the text of pages in force that fields claim, and that was lost", READING, "no page yet"
    ),
    Section("last runs; failed counts pages that robots.txt forbids, too", RUNS, "none"),
)
DETAIL = (
    Section("worst pages: least of their text was read", WORST, "no page yet"),
    Section("unclaimed: headings that no field reads", UNCLAIMED, "none"),
    Section("ids of the runs, and how many addresses the sources listed", RUN_IDS, "none"),
    Section("kinds of issues", KINDS, "none"),
)


@click.command(
    short_help="Is all well? Age of the data, last runs, issues.", epilog="Example: biwaq status --data data"
)
@click.option("--all", "whole", is_flag=True, help="Also worst pages, unclaimed headings, more runs, every error.")
@click.option("--alert", "calling", is_flag=True, help="Also send what is not well to the alert command or webhook.")
@data_option
def status(data: Path, whole: bool, calling: bool) -> None:
    """Health first, then age of the data per source, how much of the pages was read, last runs and open issues.

    Exit code 1 where something is not well (docs/runbook.md explains each word), for cron and probes. Times are UTC.

    Under "reading": median and lowest share of a page's text that fields claim, and the floor of its kind; lost is what
    only a second parser sees, with its limit; beyond one counts the pages beyond floor or limit.
    """
    settings = from_environment(data)
    if settings.layout.root.is_file() or not settings.layout.root.exists():
        published_or_fault(settings.layout)
    warehouse = published(settings.layout.warehouse)
    unwell = problems(settings)
    _verdict(unwell)
    if calling:
        for problem in unwell:
            alert(settings, problem.kind, problem.message)
    click.echo(f"published  {warehouse.resolve().name if warehouse else 'nothing yet'}; all times are UTC")
    gravest = {problem.kind for problem in unwell}
    if "store_unusable" not in gravest:
        _last_run(settings)
    if warehouse is not None and "warehouse_unreadable" not in gravest:
        _data(warehouse, settings, whole=whole)
    if unwell:
        raise click.exceptions.Exit(1)


def _verdict(unwell: Sequence[Problem]) -> None:
    click.echo(f"health     {'ok' if not unwell else f'not well: {len(unwell)} to look at, see docs/runbook.md'}")
    for problem in unwell:
        click.echo(plain(f"  {problem.kind}: {problem.message}"))


def _data(warehouse: Path, settings: Settings, *, whole: bool) -> None:
    values = {"now": settings.now().replace(tzinfo=None), "runs": ALL_RUNS if whole else SHOWN_RUNS}
    with read_only(warehouse) as connection:
        for section in (*SCREEN, *(DETAIL if whole else ())):
            click.echo(f"\n{section.title}")
            for line in _table(connection, section, values):
                click.echo(line)
        click.echo()
        for line in _issues(connection, whole=whole):
            click.echo(line)


def _table(connection: duckdb.DuckDBPyConnection, section: Section, values: dict[str, object]) -> Iterator[str]:
    try:
        cursor = connection.execute(
            section.sql, {name: value for name, value in values.items() if f"${name}" in section.sql}
        )
    except (duckdb.CatalogException, duckdb.BinderException):
        yield "the published file is older than this table; the next build has it"
        return
    rows = cursor.fetchall()
    yield from as_plain_table([column[0] for column in cursor.description or []], rows) if rows else [section.empty]


def _issues(connection: duckdb.DuckDBPyConnection, *, whole: bool) -> Iterator[str]:
    """How many there are, the errors with page and message, and where the others are."""
    counts = issue_counts(connection)
    yield f"issues     {counts or 'none open'}"
    found = errors(connection) if counts else []
    for error in found if whole else found[:SHOWN_ERRORS]:
        yield f"  error {error.kind}"
        if error.page is not None:
            yield f"    {error.page}"
        yield from folded(error.message, WIDTH, "    ")
    if not whole and len(found) > SHOWN_ERRORS:
        yield f"  … and {len(found) - SHOWN_ERRORS} errors more: biwaq status --all"
    if counts:
        yield '  each with what to do: biwaq query "FROM v_issues", or report/quality.html in the data folder'
    if not whole:
        yield "more       biwaq status --all: worst pages, headings that no field reads, run ids, kinds of issues"


def _last_run(settings: Settings) -> None:
    """How the newest run ended, by Dagster's own store, and the checks that did not pass in it."""
    with open_instance(settings.layout.dagster) as instance:
        runs = instance.get_run_records(limit=1)
        if not runs:
            click.echo("last run   none yet")
            return
        last = runs[0].dagster_run
        failed = _failed_checks(instance, last.run_id)
    is_good = not failed and last.status == dg.DagsterRunStatus.SUCCESS
    end = f"{last.status.value.lower()}{', all checks passed' if is_good else ''}"
    click.echo(f"last run   {last.job_name} {last.run_id}: {end}")
    for check in failed:
        click.echo(f"  check {check.name} {'refused' if check.blocking else 'warns'}: {check.description}")


def _failed_checks(instance: dg.DagsterInstance, run_id: str) -> list[FailedCheck]:
    logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    evaluations = [entry.dagster_event.asset_check_evaluation_data for entry in logs if entry.dagster_event]
    return [FailedCheck(e.check_name, bool(e.blocking), e.description or "", "") for e in evaluations if not e.passed]
