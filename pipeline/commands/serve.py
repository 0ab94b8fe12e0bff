"""`biwaq serve-sample` and `biwaq ui`: the two servers a person may want, both on loopback.

Belongs here: starting them and stopping them together. Does not: what they serve.
Concept: the UI's own runs need the sample site too, so `biwaq ui` serves it where the sample is the source.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType

import click

from fixtures.server import start
from pipeline.commands.common import data_option, sources_option
from pipeline.errors import UsageFault
from pipeline.instance import open_instance
from pipeline.night import prepare, remembered_sources
from pipeline.settings import ROOT, SAMPLE_SOURCES, from_environment
from pipeline.sources import load_sources


@click.command("serve-sample", epilog="Example: biwaq serve-sample --port 8470 --state 2")
@click.option("--port", type=click.IntRange(0, 65535), default=8470, show_default=True, help="0 takes a free one.")
@click.option("--state", type=click.IntRange(1, 3), default=1, show_default=True, help="Which day of the site.")
def serve_sample(port: int, state: int) -> None:
    """Serve the bundled sample site alone, until Ctrl-C."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "fixtures.server",
            "--port",
            str(port),
            "--state",
            str(state),
            "--parent",
            str(os.getpid()),
        ],
        cwd=ROOT,
    )
    _wait(process)


@click.command(
    short_help="The Dagster UI on 127.0.0.1, nightly schedule on.", epilog="Example: biwaq ui --data data --port 3000"
)
@data_option
@sources_option("The sources of runs started in the UI; without it those of the last run.")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
def ui(data: Path, sources: Path | None, port: int) -> None:
    """Open the Dagster UI on 127.0.0.1 with the nightly schedule running, until Ctrl-C."""
    chosen = sources or remembered_sources(data.absolute()) or SAMPLE_SOURCES
    settings = from_environment(data, chosen)
    load_sources(chosen)
    if not _is_free(port):
        raise UsageFault(f"--port {port}: is in use, perhaps by another `biwaq ui`; choose another, say {port + 1}")
    prepare(settings)
    open_instance(settings.layout.dagster).dispose()
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(settings.layout.dagster),
        "BIWAQ_DATA": str(settings.layout.root),
        "BIWAQ_SOURCES": str(settings.sources),
    }
    sample = None
    if settings.sources == SAMPLE_SOURCES and settings.connect_to is None:
        sample, sample_port = start()
        environment["BIWAQ_CONNECT_TO"] = f"127.0.0.1:{sample_port}"
    click.echo(f"Dagster UI: http://127.0.0.1:{port} (Ctrl-C ends it)")
    command = [sys.executable, "-W", "ignore", "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(
        [*command, "-w", str(ROOT / "workspace.yaml"), "--log-level", "warning"], cwd=ROOT, env=environment
    )
    try:
        _wait(process)
    finally:
        if sample is not None:
            sample.terminate()
            sample.wait()


def _is_free(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) != 0


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Wait for the server. Ctrl-C reaches it by itself; a SIGTERM to us is handed on, or it lives on."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        process.terminate()

    before = signal.signal(signal.SIGTERM, hand_on)
    try:
        process.wait()
    except KeyboardInterrupt:
        process.wait(timeout=30)
    finally:
        signal.signal(signal.SIGTERM, before)
