"""Parsing on several cores: helper processes beside this one.

Belongs here: starting helpers, giving out spans, taking results in order. Does not: parsing a span (parse_span.py).
Concept: this process parses too, so that two cores need one helper. A helper that dies costs nothing but its time: what
it had in hand is parsed here. It ends when its pipe does, however this process ends.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.collecting import collecting_rarely
from pipeline.fetch.archive import Archive
from pipeline.parse_span import Context, Parse, Parsed, Span, parse_span, registered
from pipeline.stages import add_helped

WORTH_A_HELPER = 64
"""Spans of a source, about 2,000 pages: a helper takes a quarter of a second to load the parsers."""
_IN_HAND = 2
"""Spans that a helper has at once: the next one lies ready when it is done with one."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Helper:
    """One helper process, seen from here."""

    def __init__(self, root: Path) -> None:
        spawned = get_context("spawn")  # a fork would take over threads and locks of Dagster and DuckDB
        self.pipe, theirs = spawned.Pipe()
        self.process: BaseProcess = spawned.Process(target=help_out, args=(theirs, root), daemon=True)
        self.process.start()
        theirs.close()
        self.in_hand: deque[int] = deque()


class ParsePool:
    """Parses spans with up to `most` processes, this one included. A context manager."""

    def __init__(self, archive: Archive, most: int) -> None:
        self._archive = archive
        self._most = most
        self._helpers: list[_Helper] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for helper in self._helpers:
            helper.pipe.close()  # its end of file
            helper.process.join(timeout=5)

    def run(self, context: Context, spans: Sequence[Span], parse: Parse | None = None) -> Iterator[Parsed]:
        """The results of all spans in their order. `parse` stands in for the registry's, and is used here alone."""
        if parse is None and len(spans) >= WORTH_A_HELPER:
            self._start(context)
        work = _Work(self._archive, context, spans, parse or registered(), self._helpers)
        return work.results()

    def _start(self, context: Context) -> None:
        while len(self._helpers) < self._most - 1:
            self._helpers.append(_Helper(self._archive.root))
        for helper in [*self._helpers]:
            try:
                helper.pipe.send(context)
            except OSError:
                self._helpers.remove(helper)


class _Work:
    """The spans of one source, given out and taken back."""

    def __init__(
        self, archive: Archive, context: Context, spans: Sequence[Span], parse: Parse, helpers: list[_Helper]
    ) -> None:
        self._archive, self._context, self._spans, self._parse = archive, context, spans, parse
        self._helpers = helpers if len(spans) >= WORTH_A_HELPER else []
        self._waiting = deque(range(len(spans)))
        self._done: dict[int, Parsed] = {}

    def results(self) -> Iterator[Parsed]:
        """All results in the order of the spans; few are held back for an earlier one that is not done."""
        for number in range(len(self._spans)):
            while number not in self._done:
                self._give_out()
                if self._waiting:
                    own = self._waiting.popleft()
                    self._done[own] = parse_span(self._archive, self._context, self._spans[own], self._parse)
                    self._take_back(0)
                else:
                    self._take_back(None)
            yield self._done.pop(number)

    def _give_out(self) -> None:
        for helper in [*self._helpers]:
            while self._waiting and len(helper.in_hand) < _IN_HAND:
                number = self._waiting.popleft()
                helper.in_hand.append(number)
                try:
                    helper.pipe.send(self._spans[number])
                except OSError:
                    self._lost(helper)
                    break

    def _take_back(self, timeout: float | None) -> None:
        busy = {helper.pipe: helper for helper in self._helpers if helper.in_hand}
        for pipe in wait(list(busy), timeout):
            helper = busy[pipe]  # type: ignore[index]
            try:
                result: Parsed = helper.pipe.recv()
            except (EOFError, OSError):
                self._lost(helper)
                continue
            self._done[helper.in_hand.popleft()] = result
            add_helped("parse", result.seconds)
            self._archive.issues += [one for one in result.damage if one not in self._archive.issues]

    def _lost(self, helper: _Helper) -> None:
        """A helper died: what it had in hand comes first now."""
        self._waiting.extendleft(reversed(helper.in_hand))
        self._helpers.remove(helper)
        helper.pipe.close()


def help_out(pipe: Connection, root: Path) -> None:
    """A helper's life: a context, then its spans, then perhaps the next context; the end of the pipe ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person's Ctrl-C is for the run, which closes the pipe
    archive, parse = Archive(root), registered()
    context: Context | None = None
    with collecting_rarely(), suppress(EOFError, OSError):
        while True:
            given: Context | Span = pipe.recv()
            if isinstance(given, Context):
                context = given
            elif context is not None:
                pipe.send(parse_span(archive, context, given, parse))
