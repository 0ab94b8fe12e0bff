"""What a person sees while pages are fetched.

Belongs here: the progress a crawl reports to, on a terminal and without one. Does not: the crawl.
Concept: a bar a source where there is a terminal, plain lines in a log; the same calls for both.
"""

from __future__ import annotations

from collections import Counter
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from pipeline.fetch.report import CrawlReport, Failure


class PlainProgress:
    """Lines for a log: the plan and the end of each source."""

    def __init__(self) -> None:
        self._outcomes: dict[str, Counter[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def plan(self, source_id: str, pages: int) -> None:
        """Say how many pages will be asked for."""
        self._outcomes[source_id] = Counter()
        click.echo(f"{source_id}: {pages} pages to ask for", err=True)

    def page(self, source_id: str, url: str, outcome: str) -> None:
        """Count the outcome."""
        self._outcomes.setdefault(source_id, Counter())[outcome] += 1

    def done(self, source_id: str, report: object) -> None:
        """Say what came of them, and what could not be read."""
        counts = ", ".join(f"{n} {word}" for word, n in sorted(self._outcomes.get(source_id, Counter()).items()))
        click.echo(f"{source_id}: {counts or 'nothing to ask for'}", err=True)
        for line in gaps(report):
            click.echo(f"{source_id}: {line}", err=True)


class BarProgress:
    """A bar a source on a terminal."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def plan(self, source_id: str, pages: int) -> None:
        """Open the source's bar."""
        self._tasks[source_id] = self._bars.add_task(source_id, total=pages)

    def page(self, source_id: str, url: str, outcome: str) -> None:
        """Move the source's bar by one."""
        if source_id in self._tasks:
            self._bars.advance(self._tasks[source_id])

    def done(self, source_id: str, report: object) -> None:
        """Fill the source's bar, and say what could not be read."""
        task = self._tasks.get(source_id)
        if task is not None:
            self._bars.update(task, completed=self._bars.tasks[task].total)
        for line in gaps(report):
            self._bars.console.print(f"{source_id}: {line}", markup=False, highlight=False)


def gaps(report: object) -> list[str]:
    """What a crawl could not read: a line for each kind of failure, with the first address that met it."""
    if not isinstance(report, CrawlReport):
        return []
    by_kind: dict[str, list[Failure]] = {}
    for failure in report.failures:
        by_kind.setdefault(failure["reason"].partition(":")[0], []).append(failure)
    return [f"{len(found)} not read, first {found[0]['url']}: {found[0]['reason']}" for found in by_kind.values()]


def for_terminal() -> PlainProgress | BarProgress:
    """Bars where standard error is a terminal, lines otherwise."""
    return BarProgress() if Console(stderr=True).is_terminal else PlainProgress()
