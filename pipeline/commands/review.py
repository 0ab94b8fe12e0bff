"""`biwaq review`: what waits for a person: names that may be one organisation, labels of code files without use.

Belongs here: the proposals of the published warehouse in the form of warehouse/decisions, its labels beside the code
files. Does not: finding proposals.
Concept: rules join what is certain; what is near is decided by a person, once, with the reason, in a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import duckdb

from pipeline.commands.common import data_option
from pipeline.commands.query import published_or_fault
from pipeline.errors import UsageFault
from pipeline.settings import from_environment
from warehouse.codelists import load
from warehouse.harmonise.decisions import Decision, DecisionError, read_decisions, undecided_block
from warehouse.publish import read_only

HEAD = """\
# Names that may be one body. Make a block [[same]] or [[different]] and say in `because` which pages show it.
# A block counts once it stands in a file of warehouse/decisions; `biwaq reparse` then shows what it changes.
"""
LABELS = {
    "target_groups": "SELECT DISTINCT label_as_written FROM project_target_groups",
    "action_fields": "SELECT DISTINCT label_as_written FROM project_action_fields",
    "esf_regions": "SELECT DISTINCT esf_region_as_written FROM projects WHERE esf_region_as_written IS NOT NULL",
    "rounds": "SELECT DISTINCT round_as_written FROM projects WHERE round_as_written IS NOT NULL",
    "states": "SELECT DISTINCT state_as_written FROM projects WHERE state_as_written IS NOT NULL",
}
"""Code list -> the labels of pages that are looked up in it."""
PROPOSALS = """
WITH pages AS (
  SELECT organisation_id, name_as_written, string_agg(DISTINCT role || ' in ' || project_id, ', ') AS projects
  FROM project_organisations GROUP BY ALL
)
SELECT p.name, p.other_name, p.ags, p.other_ags, p.reason, p.similarity, a.projects, b.projects
FROM organisation_proposals p
LEFT JOIN pages a ON a.organisation_id = p.organisation_id AND a.name_as_written = p.name
LEFT JOIN pages b ON b.organisation_id = p.other_organisation_id AND b.name_as_written = p.other_name
ORDER BY p.similarity DESC, p.name, p.other_name
"""


@click.command(
    short_help="Names that may be one organisation, to decide.",
    epilog="Example: biwaq review --out warehouse/decisions/review.toml",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of decisions to add to; what stands there stays, in any form. Without it the blocks are printed.",
)
@click.option("--codes", is_flag=True, help="Instead: entries of warehouse/codes that no current page uses.")
@data_option
def review(out: Path | None, codes: bool, data: Path) -> None:
    """Names of organisations that may be one body, to be decided in a file: same or different, with the reason."""
    if codes:
        for line in _unused(data):
            click.echo(line)
        return
    known = {frozenset(decision.names) for decision in _decided(out)}
    blocks = [text for names, text in _blocks(data) if names not in known]
    if out is None:
        click.echo("\n".join([HEAD, *blocks]) if blocks else "no name waits for a decision")
        return
    if blocks:
        before = out.read_text(encoding="utf-8").rstrip("\n") + "\n" if out.exists() else HEAD
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("\n".join([before, *blocks]), encoding="utf-8")
    click.echo(f"{out}: {len(blocks)} proposals added, {len(known)} entries were there")


def _unused(data: Path) -> Iterator[str]:
    """Variants and ignored labels that none of the labels on current pages needs; they may be older or yet to come."""
    with read_only(published_or_fault(from_environment(data).layout)) as connection:
        for name, query in LABELS.items():
            labels = [label for (label,) in connection.execute(query).fetchall()]
            unused = load(name).unused(labels)
            yield f"{name}: {len(unused)} entries no current page uses{': ' if unused else ''}{', '.join(unused)}"


def _decided(out: Path | None) -> list[Decision]:
    """What stands in the file already. Raises UsageFault where it is no file of decisions."""
    if out is None or not out.exists():
        return []
    try:
        return read_decisions(out)
    except (DecisionError, ValueError, OSError) as fault:
        raise UsageFault(f"review --out {out}: {fault}") from None


def _blocks(data: Path) -> Iterator[tuple[frozenset[str], str]]:
    """The names of each proposal of the published warehouse, and its block."""
    with read_only(published_or_fault(from_environment(data).layout)) as connection:
        try:
            rows = connection.execute(PROPOSALS).fetchall()
        except duckdb.CatalogException:
            raise UsageFault("review: the published warehouse is older than this command; run `biwaq run`") from None
    for name, other, ags, other_ags, reason, similarity, projects, other_projects in rows:
        remarks = [
            f"{reason}; alike {similarity:.2f}",
            f"{name}: {projects or 'an older page'}",
            f"{other}: {other_projects or 'an older page'}",
        ]
        places = sorted({place for place in (ags, other_ags) if place is not None})
        yield frozenset((name, other)), undecided_block(places, [name, other], remarks)
