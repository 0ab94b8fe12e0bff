"""The report: a folder of pages made from the published file, in the place of the old one in one step.

Belongs here: reading, writing beside the old folder, the swap. Does not: what the pages say (site.py).
Concept: whole or not at all; a reader of the old folder never meets half of the new one.
"""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path

import vl_convert

from warehouse.checks import run_checks
from warehouse.duck import read_only
from warehouse.model import SourceInfo
from warehouse.report.data import ReportData, read_data
from warehouse.report.model import ReadPage, ReportFacts
from warehouse.report.proofs import read_proofs
from warehouse.report.sections import CheckLine, Health
from warehouse.report.site import VEGA, Site

_ASSETS = Path(__file__).with_name("assets")
_BUNDLED_BY = "vega.txt"


def build_report(warehouse: Path, out: Path, *, read_page: ReadPage) -> ReportFacts:
    """Make the report of the published file at `out`, a folder; an old one there is replaced when the new is whole.

    Raises WarehouseMissing, WarehouseUnreadable, duckdb.Error for a file of another version, OSError.
    """
    with read_only(warehouse) as connection:
        data = read_data(connection)
        proofs = read_proofs(connection, read_page)
    health = Health(data, proofs, _checked(warehouse, data))
    new = out.with_name(f".{out.name}.new")
    _clear(new)
    size = n_pages = 0
    for path, text in Site(data, proofs, health).pages():
        size += _write(new / path, text)
        n_pages += 1
    size += _assets(new / "assets", out / "assets")
    _swap(new, out)
    unreadable = tuple(proof.fault for proof in proofs.pages if proof.fault is not None)
    return ReportFacts(n_pages, len(proofs.pages), health.passages, health.missing, unreadable, size)


def _checked(warehouse: Path, data: ReportData) -> list[CheckLine]:
    """What the checks that need no older file find in this one."""
    sources = [
        SourceInfo(s["source_id"], s["title"], s["publisher"], s["page_type"], s["min_pages"], s["max_pages"])
        for s in data.sources
    ]
    results = run_checks(warehouse, previous=None, sources=sources)
    return [
        CheckLine(r.name, r.check.description, r.check.advice, r.blocking, r.n_rows)
        for r in results
        if not r.check.needs_previous
    ]


def _write(path: Path, text: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(text.encode("utf-8"))


def _assets(new: Path, old: Path) -> int:
    """Style, script and the charts' library; that one is taken over from the old report, as bundling it takes 2 s."""
    shutil.copytree(_ASSETS, new)
    by = json.dumps({"vl-convert-python": version("vl-convert-python")})
    note = old / _BUNDLED_BY
    if note.is_file() and (old / VEGA).is_file() and note.read_text(encoding="utf-8") == by:
        shutil.copyfile(old / VEGA, new / VEGA)
    else:
        _write(new / VEGA, vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;"))
    _write(new / _BUNDLED_BY, by)
    return sum(path.stat().st_size for path in new.iterdir())


def _swap(new: Path, out: Path) -> None:
    """Put the new folder in the old one's place; between the two renames there is no report for an instant."""
    old = out.with_name(f".{out.name}.old")
    _clear(old)
    if out.exists():
        out.rename(old)
    new.rename(out)
    _clear(old)


def _clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
