"""`biwaq diff`: what differs between two warehouse files.

Belongs here: the arguments, the printing, the exit code. Does not: the comparison (warehouse/diff.py).
Concept: two builds can be held side by side, yesterday's and today's or two of the same archive.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.errors import UsageFault
from pipeline.logs import plain
from warehouse.diff import diff as difference
from warehouse.diff import diff_lines
from warehouse.duck import WarehouseMissing, WarehouseUnreadable

DIFFERENT = 1


@click.command(epilog="Example: biwaq diff yesterday.duckdb data/warehouse/biwaq.duckdb")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.pass_context
def diff(ctx: click.Context, old: Path, new: Path) -> None:
    """Compare two warehouse files by table, row and column; exit code 0 if their data are the same, 1 if not.

    What only the run makes (run ids, times of runs and sightings) is no difference.
    """
    try:
        found = difference(old, new)
    except (WarehouseMissing, WarehouseUnreadable) as fault:
        raise UsageFault(f"diff: {fault}") from None
    for line in diff_lines(found) or ["no difference"]:
        click.echo(plain(line))
    ctx.exit(DIFFERENT if found else 0)
