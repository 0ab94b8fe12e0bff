"""Questions to a published warehouse in a test."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb


def rows(data: Path, sql: str) -> list[tuple[object, ...]]:
    """All rows of a query on the data folder's published warehouse."""
    with duckdb.connect(os.path.realpath(data / "warehouse" / "biwaq.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()
