"""What the assets are given: settings, sources, archive, progress, and the one writer's lock.

Belongs here: objects that stand for the outside world. Does not: work on pages or tables.
Concept: read lazily at run time, so that loading the code location needs no environment and tests pass their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import Busy
from pipeline.fetch.archive import Archive
from pipeline.fetch.crawl import Progress
from pipeline.progress import PlainProgress
from pipeline.settings import Settings, from_environment
from pipeline.sources import Source, load_sources
from warehouse.model import SourceInfo
from warehouse.publish import next_build


class Workspace:
    """One data folder with its sources; `settings` is asked for at each use unless fixed."""

    def __init__(self, settings: Callable[[], Settings] = from_environment, progress: Progress | None = None) -> None:
        self._settings = settings
        self.progress: Progress = progress or PlainProgress()

    @property
    def settings(self) -> Settings:
        """Settings of this run. Raises UsageFault."""
        return self._settings()

    def sources(self) -> list[Source]:
        """The sources of this run. Raises SourceFault."""
        return load_sources(self.settings.sources)

    def source_infos(self) -> list[SourceInfo]:
        """The sources as the warehouse knows them."""
        return [
            SourceInfo(s.id, s.title, s.publisher, s.page_type, s.expect.min_pages, s.expect.max_pages, s.kind)
            for s in self.sources()
        ]

    def archive(self) -> Archive:
        """The raw pages."""
        return Archive(self.settings.layout.archive)

    def build_file(self, run_id: str) -> Path:
        """Where the run's new warehouse lies until it is published."""
        return next_build(self.settings.layout.warehouse, run_id)


def run_id_of(day: date, dagster_run_id: str) -> str:
    """Our id of a run: its day and the head of Dagster's id, so that either leads to the other."""
    return f"{day.isoformat()}-{dagster_run_id[:8]}"


class SoleWriter:
    """Stands for the held lock: an asset that asks for it writes the data folder."""


@contextmanager
def sole_writer(path: Path) -> Iterator[SoleWriter]:
    """Hold the data folder for one writer; the system frees it when the process ends. Raises Busy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(f"another run is writing to {path.parent}; wait for it, or choose another --data folder") from None
    try:
        yield SoleWriter()
    finally:
        lock.release()
