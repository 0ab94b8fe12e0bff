"""Options that several commands share.

Belongs here: --data and --sources, and the settings they make. Does not: commands.
Concept: an option wins over the environment, the environment over the default.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.errors import UsageFault
from pipeline.settings import Layout

Command = TypeVar("Command", bound=Callable[..., Any])


def data_option(command: Command) -> Command:
    """`--data DIR`, default ./data or BIWAQ_DATA."""
    return click.option(
        "--data",
        "data",
        type=click.Path(path_type=Path),
        envvar="BIWAQ_DATA",
        default=Path("data"),
        show_default="./data, or BIWAQ_DATA",
        help="Folder with archive, records and warehouse.",
    )(command)


def accept_options(command: Command) -> Command:
    """`--accept CHECK` (more than once if need be) and `--reason TEXT`."""
    reason = click.option("--reason", help="Why --accept is right; stands in the warehouse for ever.")
    accept = click.option(
        "--accept",
        multiple=True,
        metavar="CHECK",
        help="Publish this once although CHECK refuses; needs --reason.",
    )
    return accept(reason(command))


def sources_option(help_text: str) -> Callable[[Command], Command]:
    """`--sources PATH`."""

    def add(command: Command) -> Command:
        return click.option("--sources", type=click.Path(path_type=Path), envvar="BIWAQ_SOURCES", help=help_text)(
            command
        )

    return add


def refuse_file(layout: Layout) -> None:
    """Raise UsageFault where the data folder is a file."""
    if layout.root.is_file():
        raise UsageFault(f"--data {layout.root}: is a file; a folder is needed")
