"""The command line `biwaq`.

Belongs here: the group of commands and the boundary where a fault becomes one line and an exit code. Does not: work.
Concept: 0 published or nothing to say, 2 the caller's mistake, 3 checks refused, 1 anything else (CONTRACT 1).
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from pipeline.collecting import collecting_rarely
from pipeline.errors import BiwaqFault, UsageFault
from pipeline.logs import plain
from pipeline.storage import explained, storage_faults
from pipeline.terminal import colour_option, write_utf8

COMMANDS = {
    "run": "pipeline.commands.run:run",
    "parse": "pipeline.commands.parse:parse",
    "reparse": "pipeline.commands.reparse:reparse",
    "worker": "pipeline.commands.worker:worker",
    "query": "pipeline.commands.query:query",
    "why": "pipeline.commands.query:why",
    "export": "pipeline.commands.export:export",
    "status": "pipeline.commands.status:status",
    "review": "pipeline.commands.review:review",
    "diff": "pipeline.commands.diff:diff",
    "sync": "pipeline.commands.sync:sync",
    "purge": "pipeline.commands.purge:purge_command",
    "sources": "pipeline.commands.sources:sources",
    "serve-sample": "pipeline.commands.serve:serve_sample",
    "ui": "pipeline.commands.serve:ui",
    "completion": "pipeline.commands.completion:completion",
}


class LazyGroup(click.Group):
    """Loads a command when it is asked for: Dagster's import takes longer than a query."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a user's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        _collect_from_here_on()
        _add_colour_switch(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it; a name that is not known is answered with those that are."""
        if not ctx.resilient_parsing and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(COMMANDS)}"
            raise UsageFault(f"no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so; none is loaded for it, a person waits."""
        names = [CompletionItem(name) for name in COMMANDS if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


def _add_colour_switch(command: click.Command) -> None:
    """`--no-color` behind the command as well as before it."""
    if not any(parameter.name == "no_color" for parameter in command.params):
        command.params.append(colour_option())
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _add_colour_switch(inner)


@click.group(
    cls=LazyGroup,
    params=[colour_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Example: biwaq run --data data",
)
@click.version_option(package_name="biwaq")
def cli() -> None:
    """BIWAQ Data: pages of a funding programme, fetched every night, as one DuckDB file with its evidence."""


def main() -> None:
    """Entry point: run a command, turn a fault into one line on standard error and its exit code."""
    write_utf8()
    with _few_collections():
        sys.exit(_run())


@contextmanager
def _few_collections() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    atexit.register(gc.freeze)  # to take apart at the end what the system frees in one piece takes a quarter second
    try:
        with collecting_rarely():
            yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
        else:
            gc.disable()


def _collect_from_here_on() -> None:
    """What a command imports lives to the end: cycles are hunted for in what comes after it only."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _run() -> int:
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as help_text:
        click.echo(help_text.format_message())
        return 2
    except click.MissingParameter as fault:
        return _say(f"{fault.format_message().rstrip('.')}. {_example(fault.ctx)}", 2)
    except click.ClickException as fault:
        return _say(fault.format_message(), 2)
    except BiwaqFault as fault:
        return _say(str(fault), fault.exit_code)
    except click.Abort:
        return _say("stopped", 1)
    except storage_faults() as fault:
        return _say(explained(fault), 1)
    return code if isinstance(code, int) else 0


def _example(ctx: click.Context | None) -> str:
    """The example of the command's help."""
    return (ctx.command.epilog or "") if ctx is not None else ""


def _say(message: str, code: int) -> int:
    click.echo("biwaq: " + plain(" ".join(message.split())), err=True)
    return code
