"""The checks between build and publish: SQL that returns the failing rows.

Belongs here: running the files of warehouse/checks and the checks that the registry implies. Does not: the decision
to publish. Concept: a check shows the rows that fail and says what to do; an `error` keeps the old warehouse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from warehouse.ddl import quoted, row_key_sql, text
from warehouse.duck import execute, side_by_side, sparing
from warehouse.model import SourceInfo
from warehouse.sqlfiles import SqlFile, read_folder
from warehouse.tables import TABLES, Column, Table

_IN_MARKDOWN = str.maketrans({sign: f"&#{ord(sign)};" for sign in "|<>[]`*\\!"})
Severity = Literal["error", "warn"]
FOLDER = Path(__file__).with_name("checks")
SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, the table it hangs on, what it promises, what to do where it fails, its SQL.

    The SQL runs in the new warehouse beside the temporary tables `expected_sources` (source_id, min_pages, max_pages,
    is_live), `good_pages` (source_id, document_id) and, if `needs_previous`, `row_counts` (table_name, rows,
    previous_rows), `fill_rates` (table_name, column_name, rows, filled, previous_rows, previous_filled) and the
    published file itself as `previous`; without a published file it passes then.
    """

    name: str
    table: str
    severity: Severity
    description: str
    advice: str
    select: str
    needs_previous: bool = False
    proof: str | None = None
    """SQL of one truth value, cheaper than `select`: where it is true, no row fails."""

    @property
    def blocking(self) -> bool:
        """A failure keeps the old warehouse."""
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found: the number of failing rows and the first of them."""

    check: Check
    n_rows: int
    rows: list[dict[str, Any]]

    @property
    def name(self) -> str:
        """Name of the check."""
        return self.check.name

    @property
    def passed(self) -> bool:
        """No row fails."""
        return self.n_rows == 0

    @property
    def blocking(self) -> bool:
        """A failure of this check keeps the old warehouse."""
        return self.check.blocking

    def markdown(self) -> str:
        """The failing rows as a table in Markdown, at most 20; empty when passed."""
        if not self.rows:
            return ""
        table = markdown_table(self.rows)
        more = self.n_rows - len(self.rows)
        return f"{table}\n\n… and {more} more rows" if more > 0 else table


GOOD_PAGES = """
CREATE TEMP TABLE good_pages AS
SELECT e.source_id, d.document_id
FROM expected_sources e
JOIN documents d ON d.source_id = e.source_id AND d.snapshot_id IS NOT NULL AND d.gone_since IS NULL
WHERE e.is_live
UNION ALL
SELECT DISTINCT e.source_id, s.document_id
FROM expected_sources e
JOIN snapshots s ON s.has_record AND regexp_extract(s.archive_file, '([^/]+)--[^/]*$', 1) = e.source_id
WHERE NOT e.is_live"""
"""Good pages by source: of a live source its own that still stand, of an import every page that it has a capture of.

A capture belongs to the source in whose archive file it lies, whoever owns the document.
"""


def run_checks(
    build_file: Path, *, previous: Path | None, sources: Sequence[SourceInfo], settled: Collection[str] = ()
) -> list[CheckResult]:
    """Run every check on a finished build, compared with the published file and with what the sources promise.

    Checks on the tables `settled` pass unread: their rows are those of the published file, which passed.

    Raises WarehouseMissing, WarehouseUnreadable; a check whose SQL fails raises duckdb.Error.
    """
    files = {"build": build_file} if previous is None else {"build": build_file, "previous": previous}
    with side_by_side(**files) as connection, sparing(connection, build_file):
        _expect(connection, sources)
        if previous is not None:
            _count_rows(connection)
            _count_filled(connection)
        asked = [c for c in CHECKS if c.table not in settled and not (c.needs_previous and previous is None)]
        proven = {sql for sql in {check.proof for check in asked} if sql is not None and _is_true(connection, sql)}
        run = [check for check in asked if check.proof not in proven]
        return [_run(connection, check) if check in run else CheckResult(check, 0, []) for check in CHECKS]


def _is_true(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    return execute(connection, sql).fetchall() == [(True,)]


def _run(connection: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    execute(connection, f"CREATE OR REPLACE TEMP TABLE failing AS {check.select}")
    n_rows = connection.execute("SELECT count(*) FROM failing").fetchall()[0][0]
    found = connection.execute(f"FROM failing LIMIT {SHOWN_ROWS}")
    names = [column[0] for column in found.description or ()]
    return CheckResult(check, n_rows, [dict(zip(names, row, strict=True)) for row in found.fetchall()])


def _expect(connection: duckdb.DuckDBPyConnection, sources: Sequence[SourceInfo]) -> None:
    connection.execute(
        "CREATE TEMP TABLE expected_sources (source_id VARCHAR, min_pages BIGINT, max_pages BIGINT, is_live BOOLEAN)"
    )
    for source in sources:
        # As literals: for parameters DuckDB loads pandas, where that is installed, which takes longer than all checks.
        values = f"{text(source.id)}, {source.min_pages}, {source.max_pages}, {source.is_live}"
        connection.execute(f"INSERT INTO expected_sources VALUES ({values})")
    execute(connection, GOOD_PAGES)


def _count_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows of every table of the data, here and in the published file; tables only one of the two has are left out."""
    connection.execute("CREATE TEMP TABLE row_counts (table_name VARCHAR, rows BIGINT, previous_rows BIGINT)")
    known = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'previous'").fetchall()
    tables = [table.name for table in TABLES.values() if table.group != "operations" and (table.name,) in known]
    _insert(connection, "row_counts", map(_rows, tables))


def _rows(table: str) -> str:
    name = quoted(table)
    return f"SELECT {text(table)}, (SELECT count(*) FROM build.{name}), (SELECT count(*) FROM previous.{name})"


def _count_filled(connection: duckdb.DuckDBPyConnection) -> None:
    """Filled cells of every column that may be empty, here and in the published file, if both have the column."""
    numbers = "rows BIGINT, filled BIGINT, previous_rows BIGINT, previous_filled BIGINT"
    connection.execute(f"CREATE TEMP TABLE fill_rates (table_name VARCHAR, column_name VARCHAR, {numbers})")
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'previous'"
    known = set(connection.execute(query).fetchall())
    columns = {
        table.name: [c.name for c in table.columns if _should_be_filled(table, c) and (table.name, c.name) in known]
        for table in TABLES.values()
    }
    _insert(connection, "fill_rates", [_filled(table, names) for table, names in columns.items() if names])


def _filled(table: str, names: Sequence[str]) -> str:
    """The fill rates of some columns of a table; each file is read once for all of them."""
    cells = f"count(*) AS rows, [{', '.join(f'count({quoted(name)})' for name in names)}] AS filled"
    return (
        f"SELECT {text(table)}, unnest([{', '.join(map(text, names))}]), n.rows, unnest(n.filled), p.rows,"
        f" unnest(p.filled) FROM (SELECT {cells} FROM build.{quoted(table)}) n,"
        f" (SELECT {cells} FROM previous.{quoted(table)}) p"
    )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, selects: Iterable[str]) -> None:
    """One statement for all: each of its own takes a millisecond."""
    if query := " UNION ALL ".join(selects):
        execute(connection, f"INSERT INTO {table} {query}")


def _should_be_filled(table: Table, column: Column) -> bool:
    """Whether an empty cell of the column is a loss: not where it tells of a run, or of something wrong."""
    is_data = table.group in ("entities", "facts") and column.source != "run"
    return is_data and column.nullable and column.name != "plausibility_reason"


def markdown_table(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as a table in Markdown, null as an empty cell; empty without rows."""
    if not rows:
        return ""
    body = [_line("" if cell is None else cell for cell in row.values()) for row in rows]
    return "\n".join([_line(rows[0]), _line(["---"] * len(rows[0])), *body])


def _line(cells: Iterable[object]) -> str:
    """A row in Markdown; what a page says can be neither a tag nor a link, nor begin a line."""
    return f"| {' | '.join(' '.join(str(cell).translate(_IN_MARKDOWN).split()) for cell in cells)} |"


def _from_file(file: SqlFile) -> Check:
    severity: Severity = "error" if file.head["severity"] == "error" else "warn"
    head = file.head
    needs = head.get("needs") == "previous"
    return Check(file.name, head["table"], severity, head["title"], head["advice"], file.select, needs)


def _proving_cells(table: Table) -> str:
    """The cells of a table that promise evidence, null or not, as (table_name, row_key, column_name, value)."""
    columns = [column.name for column in table.columns if column.evidence]
    names, values = ", ".join(map(text, columns)), ", ".join(f"{quoted(name)}::VARCHAR" for name in columns)
    return (
        f"SELECT {text(table.name)} AS table_name, {row_key_sql(table)} AS row_key,"
        f" unnest([{names}]) AS column_name, unnest([{values}]) AS value FROM {quoted(table.name)}"
    )


_CELL = "hash(table_name, row_key, column_name)"
"""A cell as 8 bytes: a million of them as texts took 300 MB. Two of a million meet by chance once in 10^7 builds."""
_CELLS = " UNION ALL ".join(
    _proving_cells(table) for table in TABLES.values() if any(column.evidence for column in table.columns)
)
"""Every cell that promises evidence, by the registry. A query for each table: one for each column ran out of memory."""
_SUM = f"{{'cells': count(*), 'sum': sum({_CELL})}}"
_PROVEN = f"SELECT (SELECT {_SUM} FROM provenance) = (SELECT {_SUM} FROM ({_CELLS}) WHERE value IS NOT NULL)"
"""Whether the cells with a passage are those with a value, by their number and the sum of their hashes: a walk through
both instead of a look at each cell in the other, which takes a tenth of the time, and no memory."""
_EVIDENCE = (
    Check(
        "evidence_is_complete",
        "provenance",
        "error",
        "Every value that promises evidence has a passage",
        "A rule made a value without saying from which passage: mend the rule in warehouse/harmonise or its parser",
        f"SELECT * FROM ({_CELLS}) AS cells ANTI JOIN (SELECT {_CELL} AS cell FROM provenance) AS proven"
        f" ON {_CELL} = proven.cell WHERE value IS NOT NULL ORDER BY ALL",
        proof=_PROVEN,
    ),
    Check(
        "evidence_leads_to_cells",
        "provenance",
        "error",
        "Every passage belongs to a value that is there and promises evidence",
        "A rule noted a passage for a cell that is not there, null or promises none: mend its row_key or column_name",
        f"SELECT table_name, row_key, column_name, quote FROM provenance ANTI JOIN"
        f" (SELECT {_CELL} AS cell FROM ({_CELLS}) WHERE value IS NOT NULL) AS there"
        f" ON {_CELL} = there.cell ORDER BY ALL",
        proof=_PROVEN,
    ),
)


CHECKS: tuple[Check, ...] = tuple(
    sorted([*map(_from_file, read_folder(FOLDER)), *_EVIDENCE], key=lambda check: check.name)
)
"""All checks by name."""
