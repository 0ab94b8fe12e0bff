"""The way out for rows of all tables: collected for a while, then given away by column.

Belongs here: waiting rows and passages. Does not: what is in them, where they go.
Concept: a page's evidence is read while the page is at hand; a thousand rows at once cost half of a page's at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

from warehouse.harmonise.cells import Fact
from warehouse.harmonise.provenance import Cell, Missing, add_cells
from warehouse.model import Row, Sink
from warehouse.parts import by_column
from warehouse.tables import TABLES

_ROWS = 1024


class Outbox:
    """Rows on their way to a sink. `missing` gets what has no passage."""

    def __init__(self, sink: Sink, missing: Missing) -> None:
        self._sink = sink
        self._missing = missing
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._cells: list[Cell] = []

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """Rows without evidence."""
        coming = iter(rows)
        while some := list(islice(coming, _ROWS)):
            waiting = self._rows[table]
            waiting += some
            if len(waiting) >= _ROWS:
                self._give(table)

    def put_facts(self, facts: Sequence[Fact]) -> None:
        """Rows and their evidence."""
        by_table: dict[str, list[Row]] = defaultdict(list)
        for fact in facts:
            by_table[fact.table].append(fact.row)
        for table, rows in by_table.items():
            self.put(table, rows)
        add_cells(self._cells, facts, self._missing)
        if len(self._cells) >= _ROWS:
            self._give_cells()

    def flush(self) -> None:
        """Give away all that waits."""
        for table in list(self._rows):
            self._give(table)
        self._give_cells()

    def _give(self, table: str) -> None:
        self._sink(table, by_column(TABLES[table], self._rows.pop(table)))

    def _give_cells(self) -> None:
        if self._cells:
            columns = zip(*self._cells, strict=True)
            names = TABLES["provenance"].names
            self._sink("provenance", {name: list(cells) for name, cells in zip(names, columns, strict=True)})
            self._cells = []
