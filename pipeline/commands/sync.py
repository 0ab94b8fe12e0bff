"""`biwaq sync`: the data folder and its bucket.

Belongs here: options and what is said. Does not: copying (pipeline/sync.py).
Concept: a night copies by itself; this is for the first copy, for a new machine and for a look whether all is well.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.common import data_option
from pipeline.errors import BiwaqFault, UsageFault
from pipeline.night import prepare
from pipeline.remote import Remote
from pipeline.resources import sole_writer
from pipeline.settings import from_environment
from pipeline.sync import Copied, Sync


@click.command(
    short_help="Copy the data to the bucket of BIWAQ_REMOTE, or back.",
    epilog="Example: BIWAQ_REMOTE=s3://bucket/biwaq biwaq sync --pull --data restored",
)
@click.option("--pull", is_flag=True, help="The other way: what the bucket has and this folder lacks.")
@click.option(
    "--verify",
    is_flag=True,
    help="First read everything in the bucket back; what is wrong is put right, or left out with --pull.",
)
@data_option
def sync(pull: bool, verify: bool, data: Path) -> None:
    """Copy archive, records and the published warehouse to the bucket that BIWAQ_REMOTE names, or back.

    Only what changed is copied, by size and SHA-256. A copy that was cut off goes on where it stopped. What changed in
    the bucket alone is not overwritten; a file that changed on both sides is refused in the end, after all others were
    copied. With --pull a file that changed here since the last copy stays as it is, and nothing in the bucket changes.
    Exit code 1 where --verify found something wrong that was not copied again.
    """
    settings = from_environment(data)
    if settings.remote is None:
        raise UsageFault("BIWAQ_REMOTE is not set: the bucket, for example s3://bucket/folder")
    remote = Remote(settings.remote)
    prepare(settings)
    with sole_writer(settings.layout.lock):
        copies = Sync(settings.layout, remote)
        wrong = copies.wrong() if verify else []
        for name in wrong:
            click.echo(f"{name}: missing or damaged in the bucket", err=True)
        if pull:
            copies.pull_pages()
            copies.pull_warehouse()
        else:
            copies.mend()
            copies.push_pages()
            copies.push_warehouse()
    click.echo(_told(copies.copied, "from" if pull else "to", remote.address))
    lost = [name for name in wrong if pull or not copies.is_right(name)]
    if lost:
        raise BiwaqFault(f"{len(lost)} files of the bucket are lost or damaged and were not copied again: {lost[0]}")


def _told(copied: Copied, way: str, address: str) -> str:
    build = f"; the warehouse is now {copied.build}" if copied.build else ""
    why = "changed here as well and stay" if way == "from" else "changed there alone: `biwaq sync --pull` takes them"
    left = f"; {copied.left} files {why}" if copied.left else ""
    return f"{copied.files} files, {copied.bytes / 1e6:.1f} MB copied {way} {address}{build}{left}"
