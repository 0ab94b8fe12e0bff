"""`biwaq run`: one nightly run, headless, through Dagster.

Belongs here: options, the sample site's start, the summary. Does not: the run (pipeline/night.py).
Concept: without --sources the bundled sample site is served on loopback and read over real HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from html import unescape
from pathlib import Path

import click

from pipeline.acceptances import accept_tags
from pipeline.commands.common import accept_options, data_option, refuse_file, sources_option
from pipeline.errors import BiwaqFault, Refused
from pipeline.fetch.contact import require_contact
from pipeline.logs import plain
from pipeline.night import FailedCheck, Outcome, check_day, prepare, remember_sources, run_nightly
from pipeline.progress import for_terminal
from pipeline.resources import Workspace
from pipeline.settings import SAMPLE_SOURCES, Settings, from_environment
from pipeline.sources import load_sources
from pipeline.summary import summary_lines
from pipeline.terminal import fitted
from warehouse.publish import published


@click.command(epilog="Example: biwaq run --sources pipeline/sources --data live")
@sources_option("A source file or a folder of them; without it the bundled sample site is served and read.")
@data_option
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="The day to run for; a past day is read from the archive."
)
@click.option(
    "--state",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="State of the sample site: 2 and 3 are its next days, so that history can be seen.",
)
@accept_options
def run(
    sources: Path | None, data: Path, day: datetime | None, state: int, accept: tuple[str, ...], reason: str | None
) -> None:
    """One night: fetch, parse, build, check and publish."""
    tags = accept_tags(accept, reason)
    settings = from_environment(data, sources or SAMPLE_SOURCES)
    loaded = load_sources(settings.sources)
    wanted = day.date() if day else settings.today()
    check_day(settings, wanted, any(Workspace(lambda: settings).archive().files(wanted)))
    refuse_file(settings.layout)
    if wanted == settings.today():
        require_contact(settings.contact, loaded)
    prepare(settings)
    with _reachable(settings, sample=sources is None, state=state) as reachable, for_terminal() as progress:
        outcome = run_nightly(Workspace(lambda: reachable, progress), wanted, tags)
    remember_sources(settings.layout.root, settings.sources)
    report(settings, outcome)


@contextmanager
def _reachable(settings: Settings, *, sample: bool, state: int) -> Iterator[Settings]:
    """Settings under which the sources answer: for the sample, its site is started and stopped around the run."""
    if not sample or settings.connect_to is not None:
        yield settings
        return
    from fixtures.server import start  # here: only the sample needs it

    process, port = start(state=state)
    try:
        yield replace(settings, connect_to=("127.0.0.1", port))
    finally:
        process.kill()  # it holds nothing; a signal that may be ignored would be waited for without end
        process.wait()


def report(settings: Settings, outcome: Outcome) -> None:
    """Say how the run ended. Raises Refused or BiwaqFault where nothing was published."""
    for check in outcome.failed_checks:
        click.echo(plain(f"check {check.name} {_word(check)}: {check.description}"), err=True)
        for line in unescape(check.rows).splitlines():
            click.echo(plain(line), err=True)
    if outcome.refused:
        refusing = [check.name for check in outcome.failed_checks if check.blocking]
        accept = " ".join(f"--accept {name}" for name in refusing)
        click.echo(f'to publish it once all the same: biwaq run {accept} --reason "why this is right"', err=True)
        names = ", ".join(refusing)
        standing = (
            "the old one still stands" if published(settings.layout.warehouse) else "nothing was published before"
        )
        raise Refused(f"not published: check {names} refused the new warehouse; {standing}")
    if not outcome.published:
        raise BiwaqFault(f"not published: {outcome.fault}; details: biwaq ui, run {outcome.run_id}")
    if outcome.fault is not None:  # the warehouse stands; what was made from it after the flip did not come off
        click.echo(plain(f"published, but {outcome.fault}; details: biwaq ui, run {outcome.run_id}"), err=True)
    for line in summary_lines(settings, outcome):
        click.echo(fitted(line))


def _word(check: FailedCheck) -> str:
    if check.accepted is not None:
        return f"was accepted for this run ({check.accepted})"
    return "refused" if check.blocking else "warns"
