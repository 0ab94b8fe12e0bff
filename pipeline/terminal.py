"""What the command line may assume of the terminal: width, colours, letters.

Belongs here: consoles of rich, the switch for colours, the encoding of output. Does not: what is printed.
Concept: colours go to a terminal only and stop at NO_COLOR and --no-color; umlauts come out whatever the locale.
"""

from __future__ import annotations

import io
import os
import sys
import textwrap
from typing import TextIO

import click
from rich.console import Console

INDENT = 11
"""Where the text begins behind the word of a summary's line."""


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


def write_utf8() -> None:
    """Print in UTF-8 into files and pipes whatever the locale says; on a terminal of another alphabet print `?`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
