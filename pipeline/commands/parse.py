"""`biwaq parse`: one saved page to one JSON object.

Belongs here: reading the file, choosing the page type, printing. Does not: parsing (parsers/).
Concept: no network, no state; rubbish is an issue and exit 0, a file that is not there is exit 2.
"""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from parsers.detect import page_type_of
from parsers.registry import PARSERS
from parsers.registry import parse as parse_page
from pipeline.errors import UsageFault


@click.command(
    epilog="Example: biwaq parse page.html --url https://www.biwaq.de/BIWAQ/DE/Projekte/x.html --type gsb_project"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", default="", help="The page's address; needed for links and the round of old pages.")
@click.option("--type", "page_type", type=click.Choice(sorted(PARSERS)), help="Page type; without it the page decides.")
@click.option("--evidence", is_flag=True, help="Also print where each value stands on the page.")
def parse(file: Path, url: str, page_type: str | None, evidence: bool) -> None:
    """Print the record and the issues of one saved page as JSON."""
    try:
        body = file.read_bytes()
    except OSError as fault:
        raise UsageFault(f"{file}: can not be read: {fault.strerror}; a saved page is needed") from None
    result = parse_page(page_type or page_type_of(body, url), body, url)
    printed: dict[str, object] = {
        "page_type": result.page_type,
        "parser_version": result.parser_version,
        "record": result.record,
        "issues": result.issues,
    }
    if evidence:
        printed["evidence"] = result.evidence
    click.echo(orjson.dumps(printed, option=orjson.OPT_INDENT_2).decode())
