"""`biwaq worker`: a process that parses archived days for `biwaq reparse --workers`, here or on another machine.

Belongs here: options, starting Celery. Does not: the work (pipeline/workers.py).
Concept: as many of them as there are machines; each may be killed at any time.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

import click

from pipeline.errors import UsageFault
from pipeline.half_swapped import settle_workers
from pipeline.parse_pool import cores
from pipeline.settings import from_environment
from pipeline.sources import load_sources


def workers_or_fault() -> ModuleType:
    """pipeline.workers. Raises UsageFault where its packages are not installed: most users need none of them."""
    try:
        return import_module("pipeline.workers")
    except ModuleNotFoundError as fault:
        raise UsageFault(f"{fault.name} is not installed: workers need the extra `cluster`") from None


@click.command(epilog="Example: BIWAQ_BROKER=redis://host:6379/0 BIWAQ_REMOTE=s3://bucket/biwaq biwaq worker")
@click.option(
    "--processes", type=click.IntRange(1, 256), default=None, show_default="one a core", help="Days read at a time."
)
def worker(processes: int | None) -> None:
    """Wait for days to parse at BIWAQ_BROKER, until Ctrl-C.

    A day's pages come from the bucket that BIWAQ_REMOTE names, its records go there; nothing is kept here. Sources are
    those of BIWAQ_SOURCES; they and the program must be those of the run. On another machine Dagster's storage must
    be PostgreSQL (BIWAQ_POSTGRES).
    """
    settings = from_environment()
    load_sources(settings.sources)
    workers = workers_or_fault()
    settle_workers(settings.layout)
    workers.celery_app().worker_main(
        [
            "worker",
            f"--queues={workers.QUEUE}",
            f"--concurrency={processes or cores()}",
            f"--hostname=biwaq-{os.getpid()}@%h",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
        ]
    )
