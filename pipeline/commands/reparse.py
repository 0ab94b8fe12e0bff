"""`biwaq reparse`: every archived page again through today's parsers, without the network.

Belongs here: building a candidate beside the published warehouse and printing the difference. Does not: parsing.
Concept: the blast radius of a parser change is seen before anything is published.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import click

from pipeline.assets.common import REPARSE_JOB
from pipeline.commands.common import data_option, sources_option
from pipeline.commands.query import published_or_fault
from pipeline.commands.run import report
from pipeline.commands.worker import workers_or_fault
from pipeline.errors import BiwaqFault, UsageFault
from pipeline.half_swapped import OF_REPARSE
from pipeline.instance import close_dead_runs, open_instance
from pipeline.logs import plain
from pipeline.night import remembered_sources, run_rebuild
from pipeline.parse_day import parse_day
from pipeline.resources import Workspace, sole_writer
from pipeline.settings import SAMPLE_SOURCES, Layout, from_environment
from warehouse.build import build
from warehouse.diff import diff, diff_lines
from warehouse.model import RunInfo

Reader = Callable[[Workspace, Path, list[date]], None]
"""Reads archived days again; their records go below a folder."""


@click.command(
    short_help="All archived pages through today's parsers.", epilog="Example: biwaq reparse --since 2026-11-01 --yes"
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First archived day to read again; without it all.")
@click.option("--yes", is_flag=True, help="Publish without asking.")
@click.option("--workers", is_flag=True, help="Have the pages read by the machines where `biwaq worker` runs.")
@sources_option("The sources whose pages count; without it those of the last run.")
@data_option
def reparse(since: datetime | None, yes: bool, workers: bool, sources: Path | None, data: Path) -> None:
    """Read every archived page again, print what would change in the data, then ask before publishing.

    Each page is read by the parser that was in force when it was fetched. What is printed: a line a table with the rows
    that came (+), went (-) and the values that changed; below it rows and fields, up to five examples (old -> new).
    Ids and hashes are counted only; what merely depends on the run (times, parser versions) is left out.

    Exit codes: 0 published, or nothing changed, or not told to publish (then nothing was touched); 2 the caller's
    mistake; 3 checks refused the new warehouse, the old one still stands; 1 anything else.
    """
    chosen = sources or remembered_sources(data.absolute()) or SAMPLE_SOURCES
    settings = from_environment(data, chosen)
    workspace = Workspace(lambda: settings)
    layout = settings.layout
    old = published_or_fault(layout)
    with sole_writer(layout.lock), TemporaryDirectory(prefix=OF_REPARSE, dir=layout.root) as folder:
        candidate = Path(folder) / "records"
        read = _by_workers if workers else _here
        days = _parse_again(workspace, candidate, since.date() if since else None, read)
        new = Path(folder) / "candidate.duckdb"
        run = RunInfo("reparse", settings.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
        build(candidate, new, sources=workspace.source_infos(), run=run)
        changes = diff_lines(diff(old.resolve(), new))
        click.echo(f"{len(days)} days read again; the data would change so:")
        for line in changes or ["no difference"]:
            click.echo(plain(line))
        if not changes:
            return
        if not (yes or (sys.stdin.isatty() and click.confirm("Publish?"))):
            click.echo("nothing published; `biwaq reparse --yes` publishes")
            return
        _take_over(candidate, layout, days)
    report(settings, run_rebuild(workspace))


def _parse_again(workspace: Workspace, candidate: Path, since: date | None, read: Reader) -> list[date]:
    """Records of the days from `since` made anew below `candidate`, those before it copied. Returns the new days."""
    layout = workspace.settings.layout
    if layout.records.exists():
        # links: records files are replaced as a whole and never changed
        shutil.copytree(layout.records, candidate, copy_function=os.link)
    candidate.mkdir(exist_ok=True)
    days = [day for day in workspace.archive().days() if since is None or day >= since]
    read(workspace, candidate, days)
    return days


def _here(workspace: Workspace, candidate: Path, days: list[date]) -> None:
    archive = workspace.archive()
    for day in days:
        parse_day(archive, candidate, workspace.sources(), day, again=True)


def _by_workers(workspace: Workspace, candidate: Path, days: list[date]) -> None:
    """The bucket gets what it lacks, the workers read, and what they read is taken from the bucket."""
    from pipeline.remote import Remote, pull_folder  # here, as few users need them
    from pipeline.sync import RESULTS, Sync

    workers, settings = workers_or_fault(), workspace.settings
    if settings.remote is None:
        raise UsageFault("--workers: BIWAQ_REMOTE is not set: the bucket that pages and records go through")
    remote = Remote(settings.remote)
    Sync(settings.layout, remote).push_pages()  # which removes the results of a run that was killed
    into = f"{RESULTS}/{uuid4().hex}"
    try:
        with open_instance(settings.layout.dagster) as instance:
            close_dead_runs(instance, [REPARSE_JOB])
            workers.parse_elsewhere(instance, settings, days, into)
        for day in days:
            if not pull_folder(remote, f"{into}/{day}", candidate / day.isoformat()):
                raise BiwaqFault(f"{remote.address}/{into}/{day}: no worker left records there")
    finally:
        remote.remove(RESULTS)  # however it ended: a purge does not look there


def _take_over(candidate: Path, layout: Layout, days: list[date]) -> None:
    """Put the new records of `days` in the old ones' place, file by file."""
    for day in days:
        target = layout.records / day.isoformat()
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted((candidate / day.isoformat()).glob("*")):
            file.replace(target / file.name)
