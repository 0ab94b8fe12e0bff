"""`biwaq sources check`: one polite request a source.

Belongs here: options and printing. Does not: asking and judging (pipeline/fetch/probe.py).
Concept: a person sees in seconds which source answers, before a night is spent on it.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.common import sources_option
from pipeline.fetch.probe import Finding, probe
from pipeline.settings import LIVE_SOURCES, from_environment
from pipeline.sources import load_sources


@click.group(epilog="Example: biwaq sources check --sources pipeline/sources")
def sources() -> None:
    """Look at the sources, without a run."""


@sources.command(
    short_help="One polite request a source: does it answer?",
    epilog="Example: biwaq sources check --sources pipeline/sources",
)
@sources_option("A source file or a folder of them; without it the live ones of pipeline/sources.")
def check(sources: Path | None) -> None:
    """Ask each source's first address once, robots.txt obeyed, and say what came. Nothing is kept.

    Exit code 0 if every source answered, 1 otherwise.
    """
    settings = from_environment(sources=sources or LIVE_SOURCES)
    findings = probe(load_sources(settings.sources), settings)
    for finding in findings:
        for line in _lines(finding):
            click.echo(line)
    silent = [finding.source_id for finding in findings if not finding.answered]
    if silent:
        click.echo(f"{len(silent)} of {len(findings)} sources did not answer: {', '.join(silent)}", err=True)
        raise click.exceptions.Exit(1)


def _lines(finding: Finding) -> list[str]:
    facts = []
    if finding.status is not None:
        facts.append(f"status {finding.status}")
    if finding.content_type is not None:
        facts.append(finding.content_type)
    if finding.size is not None:
        facts.append(f"{finding.size:,} bytes")
    word = {True: "looks right", False: "looks wrong", None: "failed"}[finding.is_right]
    answer = [f"  {', '.join(facts)}"] if facts else []
    return [f"{finding.source_id}: {finding.address}", *answer, f"  {word}: {finding.verdict}"]
