"""`biwaq reparse`: every archived page again through today's parsers, without the network.

Belongs here: building a candidate beside the published warehouse and printing the difference. Does not: parsing.
Concept: the blast radius of a parser change is seen before anything is published.
"""

from __future__ import annotations

import os
import shutil
import sys
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pipeline.commands.common import data_option, sources_option
from pipeline.commands.query import published_or_fault
from pipeline.commands.run import report
from pipeline.logs import plain
from pipeline.night import remembered_sources, run_rebuild
from pipeline.parse_day import parse_day
from pipeline.resources import Workspace, sole_writer
from pipeline.settings import SAMPLE_SOURCES, Layout, from_environment
from warehouse.build import build
from warehouse.diff import diff, diff_lines
from warehouse.model import RunInfo


@click.command(epilog="Example: biwaq reparse --since 2026-11-01 --yes")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First archived day to read again; without it all.")
@click.option("--yes", is_flag=True, help="Publish without asking.")
@sources_option("The sources whose pages count; without it those of the last run.")
@data_option
def reparse(since: datetime | None, yes: bool, sources: Path | None, data: Path) -> None:
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
    with sole_writer(layout.lock), TemporaryDirectory(prefix=".reparse-", dir=layout.root) as folder:
        candidate = Path(folder) / "records"
        days = _parse_again(workspace, candidate, since.date() if since else None)
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


def _parse_again(workspace: Workspace, candidate: Path, since: date | None) -> list[date]:
    """Records of the days from `since` made anew below `candidate`, those before it copied. Returns the new days."""
    layout = workspace.settings.layout
    if layout.records.exists():
        # links: records files are replaced as a whole and never changed
        shutil.copytree(layout.records, candidate, copy_function=os.link)
    candidate.mkdir(exist_ok=True)
    archive = workspace.archive()
    days = [day for day in archive.days() if since is None or day >= since]
    for day in days:
        parse_day(archive, candidate, workspace.sources(), day, again=True)
    return days


def _take_over(candidate: Path, layout: Layout, days: list[date]) -> None:
    """Put the new records of `days` in the old ones' place, file by file."""
    for day in days:
        target = layout.records / day.isoformat()
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted((candidate / day.isoformat()).glob("*")):
            file.replace(target / file.name)
