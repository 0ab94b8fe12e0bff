"""`biwaq query` and `biwaq why`: questions to the published warehouse.

Belongs here: read-only SQL and its printing; a value's way back to the archived page. Does not: evidence rules.
Concept: an analyst needs no other tool to ask, and can check every cell against the page as it was received.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
import duckdb
import orjson

from pipeline.commands.common import data_option, refuse_file
from pipeline.commands.completion import column_names, table_names
from pipeline.commands.printing import as_csv, as_json, as_table
from pipeline.errors import BiwaqFault, UsageFault
from pipeline.fetch.archive import Archive
from pipeline.logs import plain
from pipeline.passages import page_text
from pipeline.settings import Layout, from_environment
from pipeline.terminal import moment, number
from warehouse.evidence import EvidenceMissing, EvidenceRow, NoEvidence, NotStated, read_back
from warehouse.evidence import why as evidence_of
from warehouse.publish import published, read_only

FORMATS = {"table": as_table, "csv": as_csv, "json": as_json}
_READS = re.compile(r'\b(?:from|join)\s+"?(\w+)', re.IGNORECASE)
"""The tables that a question reads, as it names them."""
_NO_COLUMN = re.compile(r"not found in FROM clause|does not have a column")


def published_or_fault(layout: Layout) -> Path:
    """The published warehouse. Raises UsageFault where there is none yet."""
    refuse_file(layout)
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
        connection.execute("RESET threads")  # a person waits: all cores
        connection.execute("SET enable_external_access = false")  # no COPY to and no reading of other files
        connection.execute("SET lock_configuration = true")
        try:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or []]
            rows = cursor.fetchall()
        except duckdb.Error as fault:
            raise UsageFault(f"query: {_advised(connection, fault, sql)}") from None
    for line in FORMATS[form](names, rows):
        click.echo(line)


def _advised(connection: duckdb.DuckDBPyConnection, fault: duckdb.Error, sql: str) -> str:
    """What DuckDB says, its own hint and ours where a name is wrong."""
    lines = [line.strip() for line in str(fault).splitlines()]
    hints = [line for line in lines[1:] if line.startswith(("Did you mean", "Candidate bindings"))]
    said = " ".join([lines[0], *hints])
    if isinstance(fault, duckdb.CatalogException):
        return f'{said}; `biwaq query "SHOW TABLES"` lists tables and views'
    if isinstance(fault, duckdb.BinderException) and _NO_COLUMN.search(said):
        return "; ".join([said, *_columns_of_asked(connection, sql)])
    return said


def _columns_of_asked(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[str]:
    """The columns of each table and view that the question reads."""
    columns = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
    for name in dict.fromkeys(name.lower() for name in _READS.findall(sql)):
        found = [column for (column,) in connection.execute(columns, [name]).fetchall()]
        if found:
            yield f'columns of {name}: {", ".join(found)}; `biwaq query "DESCRIBE {name}"`'


@click.command(
    short_help="Where a value comes from: page, time, passage.",
    epilog="Example: biwaq why area_stats 'iii-duisburg|sgb2_rate|area' value",
)
@click.argument("table", shell_complete=table_names)
@click.argument("key")
@click.argument("column", shell_complete=column_names)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@data_option
def why(table: str, key: str, column: str, form: str, data: Path) -> None:
    """Where a value comes from: page, fetch time, archived record, passage. KEY is the row's key, parts joined by |.

    A value that no page states (one that a rule worked out, the run's own, an empty cell) is answered with what it was
    made from. Exit code 0 for every cell there is; 2 where table, row or column are not there.
    """
    layout = from_environment(data).layout
    archive = Archive(layout.archive)
    with read_only(published_or_fault(layout)) as connection:
        try:
            shown = [_proof(archive, row, exact=form == "json") for row in evidence_of(connection, table, key, column)]
        except NotStated as answer:
            shown = [_unstated(answer, exact=form == "json")]
        except NoEvidence as fault:
            raise UsageFault(str(fault)) from None
    if form == "json":
        click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
        return
    for proof in shown:
        for name, value in proof.items():
            click.echo(plain(f"{name:<9} {value}"))
        click.echo()


def _proof(archive: Archive, row: EvidenceRow, *, exact: bool) -> dict[str, str]:
    """The evidence, its passage read back from the archive. Raises BiwaqFault where it is not there."""
    try:
        passage = read_back(row, page_text(archive, row))
    except EvidenceMissing as fault:
        raise BiwaqFault(str(fault)) from None
    value = row.value if exact else _readable(row.value)
    return {
        "value": f"{row.table_name} {row.row_key} {row.column_name} = {value}",
        "page": row.url,
        "fetched": moment(row.fetched_at),
        "archive": f"{row.archive_file} at byte {row.archive_offset}",
        "where": row.locator,
        "rule": row.rule,
        "passage": passage,
    }


def _unstated(answer: NotStated, *, exact: bool) -> dict[str, str]:
    """What there is to say of a cell without a passage."""
    value = answer.value if exact else _readable(answer.value)
    told = {
        "value": f"{answer.cell} {'is empty (null)' if value is None else f'= {value}'}: no page states it",
        "made by": answer.origin,
        "made from": answer.parts,
        "means": answer.meaning,
        "page": answer.url,
    }
    return {name: text for name, text in told.items() if text is not None}


def _readable(value: object) -> object:
    return moment(value) if isinstance(value, datetime) else number(value)
