"""What the runs say of themselves: one JSON object a line, each with the id of its run.

Belongs here: the log file, its form, warnings on standard error. Does not: what came of pages (the crawl log).
Concept: a line of the log is always one event of ours; what a page says can stand in it only as an escaped value.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

LOG = logging.getLogger("biwaq")
LOG.propagate = False
LOG.setLevel(logging.INFO)
SUFFIX = ".jsonl"
_runs: list[str] = []
"""The run at work in this process; the lines of its log bear its id."""
_HARMLESS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
_HARMLESS |= {code: f"\\u{code:04x}" for code in (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Control characters, separators of lines, and marks that turn the direction of writing, as a person can read them."""


def plain(text: object) -> str:
    """A text that can do nothing to a terminal: one line, without control characters."""
    return str(text).translate(_HARMLESS)


def say(event: str, message: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log an event: its name, a line for a person, and what a program may want to count."""
    LOG.log(level, "%s", message, extra={"event": event, "fields": fields})


def warn(event: str, message: str, **fields: object) -> None:
    """Log an event that a person should know of; it is printed too."""
    say(event, message, level=logging.WARNING, **fields)


@contextmanager
def logging_to(folder: Path, run_id: str) -> Iterator[None]:
    """Write the events of one run below `folder`, a file a day (UTC); warnings go to standard error as well.

    Within another call it does nothing: the outer one writes already.
    """
    if _runs:
        yield
        return
    handlers = [_ToFile(folder), _ToPerson()]
    _runs.append(run_id)
    for handler in handlers:
        LOG.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            LOG.removeHandler(handler)
            handler.close()
        _runs.clear()


def as_json(record: logging.LogRecord) -> bytes:
    """The line of a record: JSON escapes what would begin a line of its own."""
    entry = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "run_id": _runs[0] if _runs else None,
        "event": getattr(record, "event", record.name),
        "message": plain(record.getMessage()),
        **getattr(record, "fields", {}),
    }
    return orjson.dumps(entry, default=str, option=orjson.OPT_APPEND_NEWLINE)


class _ToFile(logging.Handler):
    """Appends to the day's file. A log that can not be written stops no run: the disk may be full of all things."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        """Append the record's line."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / f"{datetime.now(UTC).date()}{SUFFIX}").open("ab") as file:
                file.write(as_json(record))
        except (OSError, TypeError):
            return


class _ToPerson(logging.Handler):
    """Prints warnings as one line each; how a run failed says its command."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record's message."""
        if record.levelno != logging.WARNING:
            return
        click.echo(f"biwaq: {plain(record.getMessage())}", err=True)
