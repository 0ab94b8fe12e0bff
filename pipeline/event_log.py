"""Dagster's event log in SQLite, as Dagster has it, with connections that stay open.

Belongs here: that one difference. Does not: what is stored, or where.
Concept: a night has some 250 events. For each, Dagster opens files, compiles its statements anew and, as it closes the
last connection, has SQLite move its log into the file: half of Dagster's share of a small night. The files are the
same: either class reads what the other wrote.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

_BUSY_S = 5
"""How long a statement waits for another process, as in Dagster's own class."""
_OPEN = 4
"""Files at once: a run's and the index; the UI looks into a file for each run."""


class EventLog(SqliteEventLogStorage):
    """Named in dagster.yaml; made by Dagster."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: dict[str, str]) -> EventLog:  # type: ignore[override]
        """Made from the settings in dagster.yaml."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table. Dagster asks a hundred times a night, over a new connection each time."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:  # one thread at a time, and no call within another: one connection serves all
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard in self._engines:
            self._engines.move_to_end(shard)
            return self._engines[shard]
        if len(self._engines) == _OPEN:
            self._engines.popitem(last=False)[1].dispose()
        of_any_thread = {"timeout": _BUSY_S, "check_same_thread": False}
        engine = create_engine(self.conn_string_for_shard(shard), poolclass=StaticPool, connect_args=of_any_thread)
        event.listen(engine, "connect", _spare_the_disk)
        self._engines[shard] = engine
        return engine

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


def _spare_the_disk(connection: Any, _: object) -> None:  # noqa: ANN401 - sqlite3's, by SQLAlchemy
    """With its log ahead SQLite need not wait for the disk at each event: a power cut may cost the last ones only."""
    connection.execute("PRAGMA synchronous = NORMAL")
