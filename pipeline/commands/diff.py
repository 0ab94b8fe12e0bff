"""`biwaq diff`: what differs between two warehouse files.

Belongs here: the arguments, the printing, the exit code. Does not: the comparison (warehouse/diff.py).
Concept: two builds can be held side by side, yesterday's and today's or two of the same archive.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.errors import UsageFault
from pipeline.logs import plain
from pipeline.settings import from_environment
from warehouse.diff import diff as difference
from warehouse.diff import diff_lines
from warehouse.duck import WarehouseMissing, WarehouseUnreadable
from warehouse.publish import published_builds

DIFFERENT = 1


@click.command(
    short_help="What differs between two warehouse files.",
    epilog="Example: biwaq diff yesterday.duckdb data/warehouse/biwaq.duckdb",
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.pass_context
def diff(ctx: click.Context, old: Path, new: Path) -> None:
    """Compare two warehouse files by table, row and column; exit code 0 if their data are the same, 1 if not.

    The last seven builds lie in the data folder, in warehouse/builds, named by day and run. What only the run makes
    (run ids, times of runs and sightings) is no difference.
    """
    missing = [f"{place} {file}" for place, file in (("OLD", old), ("NEW", new)) if not file.is_file()]
    if missing:
        raise UsageFault(f"diff: {' and '.join(missing)}: no such file; give two warehouse files{_for_example()}")
    try:
        found = difference(old, new)
    except (WarehouseMissing, WarehouseUnreadable) as fault:
        raise UsageFault(f"diff: {fault}") from None
    for line in diff_lines(found) or ["no difference"]:
        click.echo(plain(line))
    ctx.exit(DIFFERENT if found else 0)


def _for_example() -> str:
    """Two files that can be compared: the last two builds of the data folder, where there are two."""
    builds = published_builds(from_environment().layout.warehouse)
    if len(builds) < 2:
        return "; a data folder keeps its last seven in warehouse/builds"
    newer, older = (_short(build) for build in builds[:2])
    return f", for example: biwaq diff {older} {newer}"


def _short(path: Path) -> Path:
    """The path as a person in this folder would type it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
