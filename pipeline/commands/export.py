"""`biwaq export`: the published warehouse as a folder of files.

Belongs here: options, which builds are compared, the printing. Does not: the files (warehouse/export).
Concept: the same folder as the asset `outputs/exports` makes every night, wherever it is wanted.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from pipeline.commands.common import data_option
from pipeline.commands.printing import as_table
from pipeline.commands.query import published_or_fault
from pipeline.errors import UsageFault
from pipeline.resources import sole_writer
from pipeline.settings import from_environment
from warehouse.duck import WarehouseMissing, WarehouseUnreadable
from warehouse.export import ExportReport, NotAnExport
from warehouse.export import export as write_export
from warehouse.standing import build_before

GUIDE, BOOK = "README.md", "biwaq.xlsx"


@click.command(
    short_help="All data as Parquet, CSV, workbook, dictionary.", epilog="Example: biwaq export --out exports"
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder to write; an older export is replaced."
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="The build to compare with for delta/; without it the one published before.",
)
@data_option
def export(out: Path, previous: Path | None, data: Path) -> None:
    """Write Parquet, CSV, a workbook, dictionary, data package, lists of operations, delta and checksums to a folder.

    README.md in the folder says what lies where and how CSV keeps texts from running as formulas. The folder is
    replaced as a whole; one that holds anything but an export is refused.
    """
    layout = from_environment(data).layout
    newest = published_or_fault(layout)
    is_nightly = out.resolve() == layout.exports.resolve()  # which a night replaces and tidies
    try:
        with sole_writer(layout.lock) if is_nightly else nullcontext():
            report = write_export(newest, out.absolute(), previous=previous or build_before(layout.warehouse))
    except (NotAnExport, WarehouseMissing, WarehouseUnreadable) as fault:
        raise UsageFault(f"export: {fault}") from None
    for line in _lines(report, out):
        click.echo(line)


def _lines(report: ExportReport, out: Path) -> list[str]:
    delta = report.delta or {}
    rows = [(name, n, *delta.get(name, ("", "", ""))) for name, n in report.rows.items()]
    lists = [(f"operations/{name}", n, "", "", "") for name, n in report.operations.items()]
    table = as_table(["what", "rows", "added", "changed values", "gone"], [*rows, *lists])
    cuts = [f"not in the workbook: {cut}" for cut in report.cuts]
    size = f"{report.files} files, {report.bytes / 1e6:.1f} MB"
    return [
        *table,
        *cuts,
        f"{size} in {out}; open first: {out / GUIDE} says what lies where, {out / BOOK} is for Excel",
    ]
