"""`biwaq purge`: a page, or a passage about a person, is taken out of the archive and of everything made from it.

Belongs here: options, asking, the rebuild afterwards. Does not: replacing records (pipeline/purge.py).
Concept: done for whoever asks to be forgotten; nothing happens before a person said yes to the list of what goes.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from pipeline.acceptances import accept_tags
from pipeline.assets.common import PURGE
from pipeline.commands.common import data_option, sources_option
from pipeline.commands.query import published_or_fault
from pipeline.commands.run import report
from pipeline.errors import UsageFault
from pipeline.fetch.urls import BadAddress, canonical
from pipeline.half_swapped import forget
from pipeline.logs import plain
from pipeline.night import remembered_sources, run_rebuild
from pipeline.parse_day import parse_day
from pipeline.purge import Hit, begin, find, purge
from pipeline.purged import ledger
from pipeline.resources import Workspace, sole_writer
from pipeline.settings import SAMPLE_SOURCES, from_environment
from pipeline.terminal import moment
from warehouse.checks import CHECKS

SHOWN = 20


@click.command(
    "purge",
    short_help="Take a page or a person's name out for good.",
    epilog='Example: biwaq purge https://www.example.org/a.html --passage "Erika Muster" --reason "asked by mail"',
)
@click.argument("url", required=False)
@click.option("--passage", help="Only this text, wherever it stands; without URL on all pages.")
@click.option("--reason", required=True, help="Why; kept as evidence with time, address and hash.")
@click.option("--yes", is_flag=True, help="Purge without asking.")
@sources_option("The sources whose pages count; without it those of the last run.")
@data_option
def purge_command(
    url: str | None, passage: str | None, reason: str, yes: bool, sources: Path | None, data: Path
) -> None:
    """Take a page, or a passage about a person, out of the archive, the records and the warehouse, for good.

    Documents that held it are never fetched again. What was removed can not be brought back.
    """
    address = _wanted(url, passage, reason)
    settings = from_environment(data, sources or remembered_sources(data.absolute()) or SAMPLE_SOURCES)
    workspace = Workspace(lambda: settings)
    layout = settings.layout
    published_or_fault(layout)
    with sole_writer(layout.lock):
        archive = workspace.archive()
        archive.recover()
        hits = find(archive, address, passage)
        if not hits and not layout.purging.exists():
            raise UsageFault("nothing in the archive fits; addresses are compared whole, a passage word by word")
        _show(hits)
        if not (yes or (sys.stdin.isatty() and click.confirm("Remove this for good?"))):
            click.echo("nothing removed; `--yes` removes")
            return
        at = settings.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        begun = begin(layout, at)
        forget(layout)  # report and exports hold what is purged; the rebuild makes them anew
        purge(layout, hits, passage, reason=reason, at=at)
        files = {entry.file for entry in ledger(layout.purged) if entry.at in begun}
        for day in sorted({date.fromisoformat(file[:10]) for file in files}):
            parse_day(workspace.archive(), layout.records, workspace.sources(), day)
    click.echo(f"{len(hits)} archived bodies replaced; the evidence is in {layout.purged}")
    compared = [check.name for check in CHECKS if check.needs_previous and check.blocking]
    tags = {**accept_tags(compared, f"purge: {reason}"), PURGE: "yes"}
    report(settings, run_rebuild(workspace, tags))
    click.echo("older builds were removed; copies that others made are not reached, see docs/runbook.md")


def _wanted(url: str | None, passage: str | None, reason: str) -> str | None:
    """The canonical address. Raises UsageFault for what can not be meant."""
    if url is None and passage is None:
        raise UsageFault("purge: give the address of a page, --passage TEXT, or both")
    if not reason.strip():
        raise UsageFault("--reason: is empty; say why, it is kept as evidence")
    if passage is not None and len(passage.strip()) < 4:
        raise UsageFault(f"--passage {passage!r}: is too short; it would remove what nobody meant")
    try:
        return canonical(url) if url is not None else None
    except BadAddress:
        raise UsageFault(f"{url}: is no address; it begins with https:// or http://") from None


def _show(hits: list[Hit]) -> None:
    if not hits:
        click.echo("the archive holds it no more, but an earlier purge did not come to its end: it is ended now")
        return
    click.echo(f"{len(hits)} archived bodies of {len({hit.url for hit in hits})} addresses:")
    for hit in hits[:SHOWN]:
        again = "" if hit.is_document else "  (no document: it is fetched again, ask the site to remove it)"
        click.echo(f"  {moment(datetime.fromisoformat(hit.fetched_at))}  {plain(hit.url)}{again}")
    if len(hits) > SHOWN:
        click.echo(f"  … and {len(hits) - SHOWN} more")
