"""One export from one published file.

Belongs here: the order of the steps and their report. Does not: the steps.
Concept: the folder is made beside the old one and takes its place whole; the same file gives the same exports.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.dictionary import Language, html, markdown
from warehouse.duck import read_only
from warehouse.export.catalogue import CATALOGUE, Facts, facts_of
from warehouse.export.checksums import LIST, write_checksums
from warehouse.export.datapackage import write_package
from warehouse.export.dcat import write_dcat
from warehouse.export.delta import write_delta
from warehouse.export.files import write_csv, write_parquet
from warehouse.export.folder import replaced
from warehouse.export.operations import write_lists
from warehouse.export.shapes import Relation, relations
from warehouse.export.texts import write_texts
from warehouse.export.workbook import write_workbook


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export holds: rows by table and view, rows of the lists of operations, files, bytes.

    `delta` gives (added, changed values, gone) by table against the build before, None without one; `cuts` what the
    workbook could not hold.
    """

    rows: dict[str, int]
    operations: dict[str, int]
    delta: dict[str, tuple[int, int, int]] | None
    files: int
    bytes: int
    cuts: tuple[str, ...]


def export(warehouse: Path, out: Path, *, previous: Path | None = None) -> ExportReport:
    """Write everything of the warehouse file to the folder `out`, which is replaced whole.

    `previous` is the build published before; without it there is no delta. Raises WarehouseMissing,
    WarehouseUnreadable, NotAnExport, OSError.
    """
    with read_only(warehouse) as connection, replaced(out, LIST) as folder:
        facts = facts_of(connection)
        shapes = relations(connection)
        rows = _tables(connection, shapes, folder)
        operations = write_lists(connection, folder / "operations")
        delta = None if previous is None else write_delta(previous, warehouse, folder / "delta")
        cuts = write_workbook(connection, shapes, facts, folder / "biwaq.xlsx")
        _descriptions(folder, shapes, facts)
        write_texts(folder, facts, rows, cuts, None if previous is None else f"against `{previous.resolve().stem}`")
        n_files = write_checksums(folder)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        return ExportReport(rows, operations, delta, n_files + 1, size, tuple(cuts))


def _tables(connection: duckdb.DuckDBPyConnection, shapes: list[Relation], folder: Path) -> dict[str, int]:
    rows = {}
    licence = f"{CATALOGUE['licence']['title']}; {CATALOGUE['attribution']}"
    for shape in shapes:
        rows[shape.name] = write_csv(connection, shape.select, folder / "csv" / f"{shape.path}.csv")
        write_parquet(connection, shape, folder / "parquet" / f"{shape.path}.parquet", licence)
    return rows


def _descriptions(folder: Path, shapes: list[Relation], facts: Facts) -> None:
    dictionary = folder / "dictionary"
    dictionary.mkdir()
    languages: tuple[Language, ...] = ("de", "en")
    for language in languages:
        (dictionary / f"dictionary.{language}.md").write_text(markdown(language), encoding="utf-8")
        (dictionary / f"dictionary.{language}.html").write_text(html(language), encoding="utf-8")
    write_package(folder, shapes, facts)
    write_dcat(folder, facts)
