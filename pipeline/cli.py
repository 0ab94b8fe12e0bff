"""The command line `biwaq`.

Belongs here: the group of commands and the boundary where a fault becomes one line and an exit code. Does not: work.
Concept: 0 published or nothing to say, 2 the caller's mistake, 3 checks refused, 1 anything else (CONTRACT 1).
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from pipeline.errors import BiwaqFault

COMMANDS = {
    "run": "pipeline.commands.run:run",
    "parse": "pipeline.commands.parse:parse",
    "reparse": "pipeline.commands.reparse:reparse",
    "query": "pipeline.commands.query:query",
    "why": "pipeline.commands.query:why",
    "status": "pipeline.commands.status:status",
    "sources": "pipeline.commands.sources:sources",
    "serve-sample": "pipeline.commands.serve:serve_sample",
    "ui": "pipeline.commands.serve:ui",
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
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Example: biwaq run --data data",
)
@click.version_option(package_name="biwaq")
def cli() -> None:
    """BIWAQ Data: pages of a funding programme, fetched every night, as one DuckDB file with its evidence."""


def main() -> None:
    """Entry point: run a command, turn a fault into one line on standard error and its exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as help_text:
        click.echo(help_text.format_message())
        sys.exit(2)
    except click.ClickException as fault:
        sys.exit(_say(fault.format_message(), 2))
    except BiwaqFault as fault:
        sys.exit(_say(str(fault), fault.exit_code))
    except click.Abort:
        sys.exit(_say("stopped", 1))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left (`| head`); nothing to say and nowhere to say it
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str, code: int) -> int:
    click.echo("biwaq: " + " ".join(message.split()), err=True)
    return code
