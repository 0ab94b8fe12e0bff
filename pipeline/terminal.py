"""What the command line may assume of the terminal: width, colours, letters.

Belongs here: consoles of rich, the switch for colours, the encoding of output, how times and numbers are written, a
reader that leaves. Does not: what is printed. Concept: colours go to a terminal only and stop at NO_COLOR and
--no-color; umlauts come out whatever the locale; a closed pipe changes neither the work nor its exit code.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import textwrap
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

import click
from rich.console import Console

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

INDENT = 11
"""Where the text begins behind the word of a summary's line."""
EXACT = 2**53
"""Whole numbers up to here are exact in a DOUBLE."""


def console_of(*, stderr: bool = False, file: TextIO | None = None) -> Console:
    """A console for standard output, standard error or a file; NO_COLOR and COLUMNS are obeyed by rich itself."""
    context = click.get_current_context(silent=True)
    switched_off = context is not None and context.color is False
    return Console(stderr=stderr, file=file, no_color=True if switched_off else None)


def own_stderr() -> TextIO:
    """Standard error under a number of its own: while a step runs, Dagster leads the common one into a file."""
    return os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding, errors="replace")


def colour_option() -> click.Option:
    """`--no-color`, understood before and after the name of a command."""
    return click.Option(
        ["--no-color"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_switch_off,
        help="No colours; the environment variable NO_COLOR does the same.",
    )


def _switch_off(context: click.Context, _: click.Parameter, given: bool) -> None:
    if given or Console().no_color:
        context.color = False


def bold(text: str) -> str:
    """Text that stands out on a terminal; click takes the style away elsewhere."""
    return click.style(text, bold=True)


def fitted(line: str) -> str:
    """A line `word      text` for the window: the word bold, the text folded below itself; whole in a pipe."""
    console = console_of()
    if not console.is_terminal:
        return line
    folded = textwrap.wrap(
        line, console.width, subsequent_indent=" " * INDENT, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join([bold(line[:INDENT]) + folded[0][INDENT:], *folded[1:]])


def folded(text: str, width: int, indent: str = "") -> list[str]:
    """The text in lines of at most `width` columns, each behind `indent`; a word that is longer stays whole."""
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def moment(at: datetime) -> str:
    """A time of the warehouse as people read it: `2025-11-21 01:15:00 UTC`. All times printed are UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def number(value: object) -> object:
    """A value for the eye: a whole number held as DOUBLE without `.0`; anything else as it is."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        return int(value)
    return value


def write_utf8() -> None:
    """Print in UTF-8 into files and pipes whatever the locale says; on a terminal of another alphabet print `?`.

    A pipe whose reader leaves (`| head`) takes the rest all the same: the command ends as it would have.
    """
    sys.stdout, sys.stderr = _outlasting(sys.stdout, sys.__stdout__), _outlasting(sys.stderr, sys.__stderr__)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class _Outlasting(io.FileIO):
    """A file descriptor that leads to nothing once nobody reads it any more."""

    def write(self, data: ReadableBuffer, /) -> int:
        """As FileIO writes; the first write that nobody takes turns the descriptor away, for child processes too."""
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.fileno())
            os.close(nothing)
            return memoryview(data).nbytes


def _outlasting(stream: TextIO, own: TextIO | None) -> TextIO:
    """The process's own output, where it is a pipe, with a descriptor that outlasts its reader; any other as it is."""
    if own is None or stream is not own or not _is_pipe(own.fileno()):
        return stream
    stream.flush()
    raw = _Outlasting(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), line_buffering=stream is sys.stderr)


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
