"""`biwaq query` and `biwaq why`: questions to the published warehouse.

Belongs here: read-only SQL and its printing; a value's way back to the archived page. Does not: evidence rules.
Concept: an analyst needs no other tool to ask, and can check every cell against the page as it was received.
"""

from __future__ import annotations

from pathlib import Path

import click
import duckdb
import orjson

from pipeline.commands.common import data_option
from pipeline.commands.completion import column_names, table_names
from pipeline.commands.printing import as_csv, as_json, as_table
from pipeline.errors import BiwaqFault, UsageFault
from pipeline.fetch.archive import Archive
from pipeline.logs import plain
from pipeline.passages import page_text
from pipeline.settings import Layout, from_environment
from warehouse.evidence import EvidenceMissing, EvidenceRow, NoEvidence, read_back
from warehouse.evidence import why as evidence_of
from warehouse.publish import published, read_only

FORMATS = {"table": as_table, "csv": as_csv, "json": as_json}


def published_or_fault(layout: Layout) -> Path:
    """The published warehouse. Raises UsageFault where there is none yet."""
    if layout.root.is_file():
        raise UsageFault(f"--data {layout.root}: is a file; a folder is needed")
    link = published(layout.warehouse)
    if link is None:
        raise UsageFault(f"{layout.warehouse}: nothing is published yet; run `biwaq run --data {layout.root}` first")
    return link


@click.command(epilog='Example: biwaq query "SELECT * FROM v_area_gap LIMIT 5" --format csv')
@click.argument("sql")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="table", show_default=True)
@data_option
def query(sql: str, form: str, data: Path) -> None:
    """Run SQL on the published warehouse, read-only."""
    if not sql.strip():
        raise UsageFault("query: is empty; a SELECT is needed")
    layout = from_environment(data).layout
    with read_only(published_or_fault(layout)) as connection:
        connection.execute("SET enable_external_access = false")  # no COPY to and no reading of other files
        connection.execute("SET lock_configuration = true")
        try:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or []]
            rows = cursor.fetchall()
        except duckdb.Error as fault:
            raise UsageFault(f"query: {_advised(fault)}") from None
    for line in FORMATS[form](names, rows):
        click.echo(line)


def _advised(fault: duckdb.Error) -> str:
    """What DuckDB says, its own hint and ours where a name is wrong."""
    lines = [line.strip() for line in str(fault).splitlines()]
    hints = [line for line in lines[1:] if line.startswith(("Did you mean", "Candidate bindings"))]
    said = " ".join([lines[0], *hints])
    if isinstance(fault, duckdb.CatalogException):
        return f'{said}; `biwaq query "SHOW TABLES"` lists tables and views'
    if isinstance(fault, duckdb.BinderException):
        return f'{said}; `biwaq query "DESCRIBE projects"` lists the columns of a table'
    return said


@click.command(epilog="Example: biwaq why area_stats 'iii-duisburg|sgb2_rate|area' value")
@click.argument("table", shell_complete=table_names)
@click.argument("key")
@click.argument("column", shell_complete=column_names)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@data_option
def why(table: str, key: str, column: str, form: str, data: Path) -> None:
    """Where a value comes from: page, fetch time, archived record, passage. KEY is the row's key, parts joined by |."""
    layout = from_environment(data).layout
    archive = Archive(layout.archive)
    with read_only(published_or_fault(layout)) as connection:
        try:
            found = evidence_of(connection, table, key, column)
        except NoEvidence as fault:
            raise UsageFault(str(fault)) from None
    shown = [_proof(archive, row) for row in found]
    if form == "json":
        click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
        return
    for proof in shown:
        for name, value in proof.items():
            click.echo(plain(f"{name:<9} {value}"))
        click.echo()


def _proof(archive: Archive, row: EvidenceRow) -> dict[str, str]:
    """The evidence, its passage read back from the archive. Raises BiwaqFault where it is not there."""
    try:
        passage = read_back(row, page_text(archive, row))
    except EvidenceMissing as fault:
        raise BiwaqFault(str(fault)) from None
    return {
        "value": f"{row.table_name} {row.row_key} {row.column_name} = {row.value}",
        "page": row.url,
        "fetched": str(row.fetched_at),
        "archive": f"{row.archive_file} at byte {row.archive_offset}",
        "where": row.locator,
        "rule": row.rule,
        "passage": passage,
    }
