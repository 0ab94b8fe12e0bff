"""The data of the sample site as text under review: a change of a parser or rule shows here as a change of the data.

Belongs here: the dump of the tables, its comparison by table and field, `make baseline`. Does not: saying what is right
(fixtures/expected does, by hand). Concept: no ids, hashes, offsets or ports, so that only what an analyst sees differs.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

import duckdb

from tests.nights import record_history
from warehouse.diff import RUN_TABLES
from warehouse.tables import TABLES, Column, Table

FOLDER = Path(__file__).parent.parent / "fixtures" / "baseline"
ACCEPT = "If this is what the change of the code is meant to do: `make baseline` accepts it, and the commit shows it."
SHOWN = 20
"""Changes that are printed of one field of one table."""

_NAMES = {  # ids, and what a person calls the thing
    "document_id": "(SELECT url FROM documents x WHERE x.document_id = t.document_id)",
    "organisation_id": "(SELECT name FROM organisations x WHERE x.organisation_id = t.organisation_id)",
    "first_document_id": "(SELECT url FROM documents x WHERE x.document_id = t.first_document_id)",
}
_LEFT_OUT = ("_hash", "snapshot_id", "archive_file", "archive_offset", "parser_version", "run_id")
_BARE_IDS = frozenset({"claim_id", "outcome_id", "origin_id", "issue_id", "change_id"})
_KEYS = {  # of rows whose own key is a bare id
    "changes": ("document_id", "table_name", "row_key", "column_name", "seen_at"),
    "issues": ("document_id", "kind", "field", "value"),
    "organisations": ("organisation_id",),
    "outcome_claims": ("document_id", "char_start", "metric_code", "subgroup_code"),
    "outcomes": ("municipality_name", "metric_code", "subgroup_code", "status", "value"),
    "snapshots": ("document_id", "fetched_at"),
}
_PROVENANCE = """
SELECT table_name, column_name, rule, count(*) AS passages FROM provenance GROUP BY ALL ORDER BY ALL"""


def dump(warehouse: Path) -> dict[str, str]:
    """Table -> its rows as CSV with a header, sorted: everything that was read or derived, nothing of the run."""
    with duckdb.connect(os.path.realpath(warehouse), read_only=True) as connection:
        texts = {"provenance": _csv(connection, _PROVENANCE)}
        for table in TABLES.values():
            if table.group != "codes" and table.name not in RUN_TABLES | {"provenance", "sources"}:
                cells = [f"{_NAMES.get(name, name)} AS {name}" for name in _columns(table)]
                texts[table.name] = _csv(connection, f'SELECT {", ".join(cells)} FROM "{table.name}" t ORDER BY ALL')
    return dict(sorted(texts.items()))


def committed() -> dict[str, str]:
    """The dump that was accepted last."""
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.csv"))}


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What differs, a line a table and field, with the rows below it: `row: old -> new`."""
    lines: list[str] = []
    for name in sorted(before.keys() | after.keys()):
        old, new = _rows(name, before.get(name, "")), _rows(name, after.get(name, ""))
        found = list(_changed(old, new))
        if found:
            lines.append(f"{name}: {len(new.keys() - old.keys())} rows more, {len(old.keys() - new.keys())} rows less")
        for field in dict.fromkeys(field for field, _ in found):
            of_field = [line for other, line in found if other == field]
            lines += [f"  {field}: {len(of_field)}", *(f"    {line}" for line in of_field[:SHOWN])]
    return lines


def accept(texts: Mapping[str, str]) -> None:
    """Write the dump to fixtures/baseline."""
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.csv"):
        file.unlink()
    for name, text in texts.items():
        (FOLDER / f"{name}.csv").write_text(text, encoding="utf-8")


def main(out: TextIO) -> None:
    """`make baseline`: four nights on the sample site, print what differs from the accepted dump, accept it."""
    with TemporaryDirectory(prefix="biwaq-baseline-") as folder, redirect_stdout(io.StringIO()):
        history = record_history(Path(folder) / "data")
        today = dump(history.data / "warehouse" / "biwaq.duckdb")
    lines = difference(committed(), today)
    out.writelines(f"{line}\n" for line in [*lines, f"{FOLDER.name}: {'accepted' if lines else 'no difference'}"])
    accept(today)


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if _is_shown(table, column)]


def _is_shown(table: Table, column: Column) -> bool:
    if column.name in _KEYS.get(table.name, table.key):
        return True
    follows = column.name.endswith(_LEFT_OUT) or column.name in _BARE_IDS
    return column.source != "run" and not follows


def _csv(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    cursor = connection.execute(sql)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column[0] for column in cursor.description or []])
    writer.writerows(["" if cell is None else str(cell) for cell in row] for row in cursor.fetchall())
    return text.getvalue()


def _rows(name: str, text: str) -> dict[str, dict[str, str]]:
    """Rows by key; rows of one key are numbered."""
    keys = ("table_name", "column_name", "rule") if name == "provenance" else _KEYS.get(name)
    keys = keys or (TABLES[name].key if name in TABLES else ())
    seen: Counter[str] = Counter()
    rows = {}
    for row in csv.DictReader(io.StringIO(text)):
        key = " | ".join(row.get(column) or "–" for column in keys)
        seen[key] += 1
        rows[key if seen[key] == 1 else f"{key} ({seen[key]})"] = row
    return rows


def _changed(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Field and line for each difference."""
    for key in sorted(old.keys() - new.keys()):
        yield "rows less", f"{key}: {_short(' · '.join(filter(None, old[key].values())))}"
    for key in sorted(new.keys() - old.keys()):
        yield "rows more", f"{key}: {_short(' · '.join(filter(None, new[key].values())))}"
    for key in sorted(old.keys() & new.keys()):
        for field in dict.fromkeys((*old[key], *new[key])):
            before, after = old[key].get(field, ""), new[key].get(field, "")
            if before != after:
                yield field, f"{key}: {_short(before)} -> {_short(after)}"


def _short(text: str) -> str:
    text = " ".join(text.split()) or "nothing"
    return text if len(text) <= 160 else f"{text[:159]}…"


if __name__ == "__main__":
    main(sys.stdout)
