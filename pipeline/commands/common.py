"""Options that several commands share.

Belongs here: --data and --sources, and the settings they make. Does not: commands.
Concept: an option wins over the environment, the environment over the default.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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


def sources_option(help_text: str) -> Callable[[Command], Command]:
    """`--sources PATH`."""

    def add(command: Command) -> Command:
        return click.option("--sources", type=click.Path(path_type=Path), envvar="BIWAQ_SOURCES", help=help_text)(
            command
        )

    return add
