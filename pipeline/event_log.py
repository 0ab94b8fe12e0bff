"""Dagster's event log in SQLite, as Dagster has it, with one engine a file instead of one a statement.

Belongs here: that one difference. Does not: what is stored, or where.
Concept: a night has some 250 events, and each made SQLAlchemy compile its statements anew: a third of Dagster's
share of a small night. The files are the same: either class reads what the other wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

_BUSY_S = 5
"""How long a statement waits for another process, as in Dagster's own class."""


class EventLog(SqliteEventLogStorage):
    """Named in dagster.yaml; made by Dagster."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: dict[str, str]) -> EventLog:  # type: ignore[override]
        """Made from the settings in dagster.yaml."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.get(shard)
            if engine is None:
                address = self.conn_string_for_shard(shard)
                engine = create_engine(address, poolclass=NullPool, connect_args={"timeout": _BUSY_S})
                self._engines[shard] = engine
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection
