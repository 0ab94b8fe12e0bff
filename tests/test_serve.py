"""The servers of the command line: one line where they can not start, nothing left behind when they are stopped."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import pytest

from pipeline.settings import ROOT
from tests.cli import biwaq
from tests.pseudo_terminal import BIWAQ


def test_a_port_that_is_in_use_is_named(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = biwaq(monkeypatch, capsys, "ui", "--data", published, "--port", port)
    assert ran.code == 2
    assert f"--port {port}: is in use" in ran.err


def test_a_server_goes_with_the_command_that_started_it() -> None:
    command = subprocess.Popen([*BIWAQ, "serve-sample", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert command.stdout is not None
    greeting = command.stdout.readline()
    port = int(greeting.split("127.0.0.1:")[1].split()[0].strip("/"))
    command.send_signal(signal.SIGTERM)
    command.wait(timeout=20)
    command.stdout.close()
    with socket.socket() as asking:
        assert asking.connect_ex(("127.0.0.1", port)) != 0
