"""The report: a folder of pages made from the published file, in the place of the old one in one step.

Belongs here: reading, writing beside the old folder, taking over what still holds, the swap. Does not: what the pages
say (site.py). Concept: whole or not at all; a reader of the old folder never meets half of the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from functools import cache
from importlib.metadata import version
from pathlib import Path

import vl_convert

from warehouse.checks import run_checks
from warehouse.duck import read_only
from warehouse.model import SourceInfo
from warehouse.report.charts import states_script
from warehouse.report.data import ReportData, read_data
from warehouse.report.model import ReadPage, ReportFacts, Snapshot
from warehouse.report.proofs import Stamp, read_proofs
from warehouse.report.sections import CheckLine, Health
from warehouse.report.site import ENGLISH, STATES, VEGA, Site, proof_page

_HERE = Path(__file__).parent
_ASSETS = _HERE / "assets"
_BUNDLED_BY = "vega.txt"
_BUNDLE = "import * as library from '/npm/vega@{version}/+esm'; window.vega=library;"
"""Vega alone, from the package itself; its ready-made bundle holds Vega-Lite and Vega-Embed too, half as much again."""
_KEYS = "proofs.json"


def build_report(warehouse: Path, out: Path, *, read_page: ReadPage, stamp: Stamp | None = None) -> ReportFacts:
    """Make the report of the published file at `out`, a folder; an old one there is replaced when the new is whole.

    `stamp` says what else the proof of an archived page depends on; with it a proof that nothing changed for is taken
    over from the old report. Raises WarehouseMissing, WarehouseUnreadable, duckdb.Error for a file of another version,
    OSError.
    """
    folder = _Folder(out)
    with read_only(warehouse) as connection:
        site = Site(read_data(connection))
        with_code = None if stamp is None else _with_code(stamp)
        for proof in read_proofs(connection, read_page, stamp=with_code, last=folder.last_keys()):
            site.proofs.add(proof)
            if proof.lines is None:
                folder.keep(proof_page(proof))
            else:
                folder.write(*site.proof(proof))
    health = Health(site.data, site.proofs, _checked(warehouse, site.data))
    for path, text in site.pages(health):
        folder.write(path, text)
    folder.write_assets(site)
    folder.swap()
    proofs = site.proofs
    return ReportFacts(
        folder.pages, len(proofs), proofs.passages, proofs.missing, tuple(proofs.faults), folder.size, folder.kept
    )


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


def _with_code(stamp: Stamp) -> Stamp:
    code = _code()

    def both(snapshot: Snapshot) -> str:
        return f"{code} {stamp(snapshot)}"

    return both


@cache
def _code() -> str:
    """Changes with the report's own code, words and templates."""
    files = sorted(path for path in _HERE.rglob("*") if path.suffix in (".py", ".toml", ".j2"))
    return hashlib.blake2b(b"".join(path.read_bytes() for path in files), digest_size=8).hexdigest()


class _Folder:
    """The new report beside the old one."""

    def __init__(self, out: Path) -> None:
        self._out, self._new = out, out.with_name(f".{out.name}.new")
        self.size = self.pages = self.kept = 0
        _clear(self._new)

    def write(self, path: str, text: str) -> None:
        """A page."""
        self.size += _write(self._new / path, text)
        self.pages += 1

    def keep(self, path: str) -> None:
        """A page of the old report, which is the same file then; where the disk knows no links, a copy."""
        old, new = self._out / path, self._new / path
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(old, new)
        except OSError:
            shutil.copyfile(old, new)
        self.size += new.stat().st_size
        self.pages += 1
        self.kept += 1

    def last_keys(self) -> dict[str, str]:
        """What the old report's proofs were made of, of those that are still there."""
        try:
            keys = json.loads((self._out / "assets" / _KEYS).read_bytes())
            there = {path.stem for path in (self._out / "proof").iterdir()}
            return {name: str(key) for name, key in keys.items() if name in there}
        except (OSError, ValueError, AttributeError):
            return {}

    def write_assets(self, site: Site) -> None:
        """Style, scripts, the English of pages that exist once, what the proofs were made of."""
        assets = self._new / "assets"
        shutil.copytree(_ASSETS, assets)
        _write(assets / ENGLISH, site.english_script())
        _write(assets / STATES, states_script())
        if site.proofs.keys:
            _write(assets / _KEYS, json.dumps(site.proofs.keys, separators=(",", ":")))
        _bundle(assets, self._out / "assets")
        self.size += sum(path.stat().st_size for path in assets.iterdir())

    def swap(self) -> None:
        """Put the new folder in the old one's place; between the two renames there is no report for an instant."""
        old = self._out.with_name(f".{self._out.name}.old")
        _clear(old)
        if self._out.exists():
            self._out.rename(old)
        self._new.rename(self._out)
        _clear(old)


def _bundle(new: Path, old: Path) -> None:
    """The charts' library; taken over from the old report, as bundling it takes 2 s."""
    by = json.dumps({"vl-convert-python": version("vl-convert-python"), "bundle": _BUNDLE})
    note = old / _BUNDLED_BY
    if note.is_file() and (old / VEGA).is_file() and note.read_text(encoding="utf-8") == by:
        shutil.copyfile(old / VEGA, new / VEGA)
    else:
        _write(new / VEGA, vl_convert.javascript_bundle(_BUNDLE.format(version=vl_convert.get_vega_version())))
    _write(new / _BUNDLED_BY, by)


def _write(path: Path, text: str) -> int:
    try:
        return path.write_bytes(text.encode("utf-8"))
    except FileNotFoundError:
        path.parent.mkdir(parents=True)
        return path.write_bytes(text.encode("utf-8"))


def _clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
