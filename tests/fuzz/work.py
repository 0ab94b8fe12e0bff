"""Workers: all shapes, then mutated pages, on all cores until their number or the time is up.

Belongs here: processes, a page's turn, what is kept of a finding. Does not: mutations, promises, printing.
Concept: a worker that dies or hangs is a finding like any other; its page is made again from seed and number.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.fuzz.corpus import Sample, samples
from tests.fuzz.mutate import mutated
from tests.fuzz.promises import broken_promises, too_slow
from tests.fuzz.shapes import SHAPES, samples_of

HANGS_S = 60.0
"""A worker that is silent for so long is ended: its page never comes to an end."""
_REPORT_S = 1.0
_TWICE_EVERY = 16


class WorkerLost(RuntimeError):
    """A worker ended before its first page: the machine, not a parser."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A page on which a promise was broken; its `number` is below 0 for a shape (-1 is the first of all)."""

    number: int
    sample: Sample
    broken: list[str]


@dataclass(slots=True)
class Report:
    """What came of a run so far."""

    mutations: int = 0
    slowest_s: float = 0.0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: shapes or not, pages 0 to `mutations` of `seed`, real pages of a folder too, where to stop."""

    seed: int
    mutations: int
    seconds: float
    shared: Path | None = None
    shapes: bool = False
    most_findings: int = 200


def run(plan: Plan, workers: int) -> Iterator[Report]:
    """Start the workers and give the state of things about once a second, the last one at the end."""
    report = Report()
    started = shown = time.monotonic()
    running = [_Worker(plan, first, workers) for first in range(workers)]
    while running:
        heard = wait([worker.connection for worker in running], timeout=_REPORT_S)
        for worker in list(running):
            if worker.connection in heard:
                worker.hear(report)
            if not worker.is_done and worker.silent_s > HANGS_S:
                worker.lose(report, f"hangs: no end after {HANGS_S:.0f} s")
            if worker.is_done:
                running.remove(worker)
        if time.monotonic() - started > plan.seconds or len(report.findings) >= plan.most_findings:
            for worker in running:
                worker.stop()
            running = []
        if not running or time.monotonic() - shown > _REPORT_S:
            shown = time.monotonic()
            yield report


def one_page(plan: Plan, number: int) -> Finding:
    """Page `number` of a seed by itself, with what it breaks."""
    sample = _sample(plan, number)
    return Finding(number, sample, broken_promises(sample, twice=True)[0])


def _sample(plan: Plan, number: int, broken: Sequence[str] = ()) -> Sample:
    """A page again; of the pages of a shape the one that `broken` begins with."""
    if number >= 0:
        return mutated(samples(plan.shared), plan.seed, number)
    shape = SHAPES[-number - 1]
    made = samples_of(shape, shape.size)
    return next((one for one in made if broken and broken[0].startswith(f"{one.name}: ")), made[0])


class _Worker:
    """A process and what is known of it: it tells every page's number before it begins with it."""

    def __init__(self, plan: Plan, first: int, step: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe(duplex=False)
        self._plan = plan
        self._process: BaseProcess = context.Process(target=_work, args=(plan, first, step, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._heard = time.monotonic()
        self._number: int | None = None
        self.is_done = False

    @property
    def silent_s(self) -> float:
        """Seconds since the last word."""
        return time.monotonic() - self._heard

    def hear(self, report: Report) -> None:
        """Take what the worker has said; the end of its connection is its own end, or its death."""
        self._heard = time.monotonic()
        try:
            while self.connection.poll():
                self._take(self.connection.recv(), report)
        except EOFError:
            self._process.join()
            if self._process.exitcode:
                self.lose(report, f"kills the process: exit code {self._process.exitcode}")
            self.is_done = True

    def _take(self, said: tuple[int, int, float, list[str]], report: Report) -> None:
        self._number, done, slowest, broken = said
        report.mutations += done
        report.slowest_s = max(report.slowest_s, slowest)
        if broken:
            report.findings.append(Finding(self._number, _sample(self._plan, self._number, broken), broken))

    def lose(self, report: Report, why: str) -> None:
        """The page that the worker was at is a finding; the other workers go on. Raises WorkerLost if it had none."""
        self.stop()
        if self._number is None:
            raise WorkerLost(f"a worker did not begin: {why}")
        report.findings.append(Finding(self._number, _sample(self._plan, self._number), [why]))

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self.is_done = True


def _work(plan: Plan, first: int, step: int, told: Connection) -> None:
    """The life of a worker: every `step`-th shape, then every `step`-th page from `first` on."""
    for number in range(first, len(SHAPES) if plan.shapes else 0, step):
        told.send((-number - 1, 0, 0.0, []))
        took = [too_slow(sample) for sample in samples_of(SHAPES[number], SHAPES[number].size)]
        told.send((-number - 1, 0, max(slowest for _, slowest in took), [one for broken, _ in took for one in broken]))
    start: Sequence[Sample] = samples(plan.shared)
    for number in range(first, plan.mutations, step):
        told.send((number, 0, 0.0, []))
        sample = mutated(start, plan.seed, number)
        broken, slowest = broken_promises(sample, twice=number % _TWICE_EVERY == 0)
        told.send((number, 1, slowest, broken))
    told.close()
