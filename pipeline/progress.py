"""What a person sees while a night runs.

Belongs here: the progress a crawl reports to, and the stages after it, on a terminal and without one. Does not: them.
Concept: a bar a source where there is a terminal, plain lines in a log; the same calls for both.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

import click
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from pipeline.fetch.report import CrawlReport, Failure
from pipeline.logs import LOG, plain
from pipeline.terminal import console_of, own_stderr

STAGES = ("parsed", "built")
"""The events of the log (pipeline/logs.py) that end a stage."""
SILENCE_S = 60.0
"""In a log a long crawl says how far it is after this time."""
ROOMY = 100
"""Columns of a window that has room for rates and outcomes."""
LOOKING = "looking for pages"
WORDS = {
    "fetched": "fetched",
    "unchanged": "unchanged",
    "stored": "stored by an earlier run",
    "gone": "not there",
    "forbidden": "forbidden",
    "reserved": "reserved",
    "moved": "led elsewhere",
    "alias": "under another address",
    "failed": "failed",
    "unasked": "not asked",
}
"""Outcome of an address -> what people read, in this order. `alias`: its page is counted under another address."""


class _Stages(logging.Handler):
    """Hands the ends of stages on as one line each."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the stage's line; other events are for the log alone."""
        if getattr(record, "event", None) in STAGES:
            self._tell(plain(record.getMessage()))


class PlainProgress:
    """Lines for a log: the plan and the end of each source, once a minute how far it is, the end of each stage."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._outcomes: dict[str, Counter[str]] = {}
        self._planned: dict[str, int] = {}
        self._begun: dict[str, float] = {}
        self._told: dict[str, float] = {}
        self._stages = _Stages(lambda line: click.echo(line, err=True))

    def __enter__(self) -> Self:
        LOG.addHandler(self._stages)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        LOG.removeHandler(self._stages)

    def plan(self, source_id: str, pages: int) -> None:
        """Say how many addresses will be asked for."""
        self._outcomes[source_id] = Counter()
        self._planned[source_id] = pages
        self._begun[source_id] = self._told[source_id] = self._clock()
        click.echo(f"{source_id}: {pages} addresses to ask for", err=True)

    def page(self, source_id: str, url: str, outcome: str) -> None:
        """Count the outcome; after a minute of silence say how far the source is."""
        self._outcomes.setdefault(source_id, Counter())[outcome] += 1
        now = self._clock()
        if source_id in self._told and now - self._told[source_id] >= SILENCE_S:
            self._told[source_id] = now
            done, planned = self._outcomes[source_id].total(), self._planned[source_id]
            click.echo(f"{source_id}: {how_far(done, planned, now - self._begun[source_id])}", err=True)

    def done(self, source_id: str, report: object) -> None:
        """Say what came of them, and what could not be read."""
        planned, outcomes = self._planned.get(source_id, 0), self._outcomes.get(source_id, Counter())
        counts = counted(outcomes + rest(planned - outcomes.total(), report))
        click.echo(f"{source_id}: {f'{planned} addresses: {counts}' if counts else 'nothing to ask for'}", err=True)
        for line in gaps(report):
            click.echo(f"{source_id}: {line}", err=True)


class _Rate(ProgressColumn):
    """Pages a second, of a finished source over its whole time."""

    def render(self, task: Task) -> Text:
        """`12.3 pages/s`, nothing before the first page."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} pages/s", style="progress.data.speed")


class _Left(ProgressColumn):
    """The time a source still needs; of a finished one the time it took."""

    def render(self, task: Task) -> Text:
        """`2 min 20 s left`, `took 3 s`."""
        if task.finished:
            return Text(f"took {duration(task.finished_time or 0)}", style="progress.elapsed")
        left = task.time_remaining
        return Text("" if left is None else f"{duration(left)} left", style="progress.remaining")


def _columns(width: int) -> list[ProgressColumn]:
    """What a bar shows; a narrow window keeps name, bar, count and time."""
    name, count = TextColumn("{task.description}"), MofNCompleteColumn()
    if width < ROOMY:
        return [SpinnerColumn(finished_text="✓"), name, BarColumn(bar_width=None), count, _Left()]
    outcomes = TextColumn("{task.fields[outcomes]}", style="dim")
    return [SpinnerColumn(finished_text="✓"), name, BarColumn(bar_width=None), count, _Rate(), _Left(), outcomes]


class BarProgress:
    """A bar a source on a terminal, then a line a stage."""

    def __init__(self) -> None:
        self._terminal = own_stderr()
        console = console_of(file=self._terminal)
        self._bars = Progress(*_columns(console.width), console=console, expand=True)
        self._tasks: dict[str, TaskID] = {}
        self._planned: dict[str, int] = {}
        self._outcomes: dict[str, Counter[str]] = {}
        self._looking: TaskID | None = None
        self._stages = _Stages(self._say)

    def __enter__(self) -> Self:
        LOG.addHandler(self._stages)
        self._bars.start()
        self._looking = self._bars.add_task(LOOKING, total=None, outcomes="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        LOG.removeHandler(self._stages)
        self._stop_looking()
        self._bars.stop()
        self._terminal.close()

    def plan(self, source_id: str, pages: int) -> None:
        """Open the source's bar."""
        self._stop_looking()
        self._outcomes[source_id] = Counter()
        self._planned[source_id] = pages
        self._tasks[source_id] = self._bars.add_task(source_id, total=pages, outcomes="")

    def page(self, source_id: str, url: str, outcome: str) -> None:
        """Move the source's bar by one."""
        if source_id in self._tasks:
            self._outcomes[source_id][outcome] += 1
            self._bars.update(self._tasks[source_id], advance=1, outcomes=counted(self._outcomes[source_id]))

    def done(self, source_id: str, report: object) -> None:
        """Fill the source's bar, and say what could not be read."""
        task = self._tasks.get(source_id)
        if task is not None:
            outcomes = self._outcomes[source_id]
            outcomes += rest(self._planned[source_id] - outcomes.total(), report)
            self._bars.update(task, completed=self._planned[source_id], outcomes=counted(outcomes))
        for line in gaps(report):
            self._say(f"{source_id}: {line}")

    def _say(self, line: str) -> None:
        self._bars.console.print(line, markup=False, highlight=False)

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._bars.remove_task(self._looking)
            self._looking = None


def counted(outcomes: Counter[str]) -> str:
    """`10 fetched, 1 failed`."""
    order = list(WORDS)
    known = sorted(outcomes, key=lambda outcome: order.index(outcome) if outcome in WORDS else len(order))
    return ", ".join(f"{outcomes[outcome]} {WORDS.get(outcome, outcome)}" for outcome in known)


def rest(n: int, report: object) -> Counter[str]:
    """What became of the `n` planned addresses that no request was made for.

    A page that earlier nights knew by an address of its own, and that today's listing led to by another one, was asked
    for there. What is left then was beyond the source's cap.
    """
    reached = [url for url in report.seen if url not in report.origins] if isinstance(report, CrawlReport) else []
    again = min(max(n, 0), len(reached))
    return +Counter(alias=again, unasked=max(n, 0) - again)


def how_far(done: int, planned: int, seconds: float) -> str:
    """`120 of 400 pages, 2.0 pages/s, about 2 min 20 s left`."""
    rate = done / seconds if seconds > 0 else 0.0
    left = max(planned - done, 0)
    head = f"{done} of {planned} pages, {rate:.1f} pages/s"
    return f"{head}, about {duration(left / rate)} left" if rate else head


def duration(seconds: float) -> str:
    """`1 h 5 min`, `2 min 20 s`, `3 s`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def gaps(report: object) -> list[str]:
    """What a crawl could not read: a line for each kind of failure, with the first address that met it."""
    if not isinstance(report, CrawlReport):
        return []
    by_kind: dict[str, list[Failure]] = {}
    for failure in report.failures:
        by_kind.setdefault(failure["reason"].partition(":")[0], []).append(failure)
    return [
        plain(f"{len(found)} not read, first {found[0]['url']}: {found[0]['reason']}") for found in by_kind.values()
    ]


def for_terminal() -> PlainProgress | BarProgress:
    """Bars where standard error is a terminal, lines otherwise."""
    return BarProgress() if console_of(stderr=True).is_terminal else PlainProgress()
