"""`biwaq parse`: one saved page to one JSON object.

Belongs here: reading the file, choosing the page type, printing. Does not: parsing (parsers/).
Concept: no network, no state; rubbish is an issue and exit 0, a file that is not there is exit 2.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
import orjson

from parsers.detect import page_type_of
from parsers.meter import measure
from parsers.records import empty_record
from parsers.registry import PARSERS
from parsers.registry import parse as parse_page
from pipeline.errors import UsageFault


@click.command(
    short_help="One saved page as JSON: record and issues.",
    epilog="Example: biwaq parse page.html --url https://www.biwaq.de/BIWAQ/DE/Projekte/x.html --type gsb_project",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", default="", help="The page's address; needed for links and the round of old pages.")
@click.option("--type", "page_type", type=click.Choice(sorted(PARSERS)), help="Page type; without it the page decides.")
@click.option(
    "--fetched-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day the page was saved: it is read by the parser of that day. Without it by today's.",
)
@click.option("--reading", is_flag=True, help="Also print how much of the page was read.")
@click.option("--evidence", is_flag=True, help="Also print where each value stands on the page.")
def parse(
    file: Path, url: str, page_type: str | None, fetched_on: datetime | None, reading: bool, evidence: bool
) -> None:
    """Print the record and the issues of one saved page as JSON.

    With --reading also what was left unread: `coverage` is the share of the content's text that fields claim,
    `text_loss` what only a second parser sees (both 0 to 1, null if there is nothing to measure), `unclaimed` the
    headings and labels that no field reads.
    """
    try:
        body = file.read_bytes()
    except OSError as fault:
        raise UsageFault(f"{file}: can not be read: {fault.strerror}; a saved page is needed") from None
    day = fetched_on.date() if fetched_on else None
    result = parse_page(page_type or page_type_of(body, url), body, url, fetched_on=day)
    printed: dict[str, object] = {
        "page_type": result.page_type,
        "parser_version": result.parser_version,
        "record": empty_record(result.page_type) if result.record is None else result.record,
        "issues": result.issues,
    }
    if reading:
        printed["reading"] = asdict(measure(result, body, url))
    if evidence:
        printed["evidence"] = result.evidence
    click.echo(orjson.dumps(printed, option=orjson.OPT_INDENT_2).decode())
