"""`biwaq completion`: what a shell needs to complete commands, options, tables and columns.

Belongs here: printing the script, and what commands offer. Does not: commands.
Concept: click's own scripts, found by a command instead of an environment variable that nobody remembers.
"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from pipeline.errors import UsageFault
from warehouse.tables import TABLES

PROGRAM = "biwaq"
VARIABLE = "_BIWAQ_COMPLETE"


def table_names(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The tables that begin so."""
    return [name for name in TABLES if name.startswith(begun)]


def column_names(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The columns that begin so, of the table that was typed before."""
    table = TABLES.get(str(ctx.params.get("table")))
    return [name for name in table.names if name.startswith(begun)] if table is not None else []


@click.command(epilog='Example: eval "$(biwaq completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    bash: add `eval "$(biwaq completion bash)"` to ~/.bashrc. zsh: the same with zsh, in ~/.zshrc, below compinit.
    fish: `biwaq completion fish > ~/.config/fish/completions/biwaq.fish`.
    """
    found = get_completion_class(shell)
    if found is None:
        raise UsageFault(f"completion: {shell} is not known; bash, zsh and fish are")
    click.echo(found(ctx.find_root().command, {}, PROGRAM, VARIABLE).source())
