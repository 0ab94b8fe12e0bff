"""Real servers on loopback for tests: S3, Redis, PostgreSQL. A test is skipped, with the reason, where one is missing.

Each is started for the test, keeps its files in the folder it is given, and is gone afterwards.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

HOST = "127.0.0.1"
POSTGRES_FOLDERS = "usr/lib/postgresql/*/bin"
ENTRY = "import sys; from pipeline.cli import main; main()"
_PATIENCE_S = 60


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as asking:
        asking.bind((HOST, 0))
        return int(asking.getsockname()[1])


def wait_for(done: Callable[[], bool], what: str, patience: float = _PATIENCE_S) -> None:
    """Ask again and again until it is so. Fails after `patience` seconds."""
    until = time.monotonic() + patience
    while not done():
        assert time.monotonic() < until, f"{what}: not within {patience} s"
        time.sleep(0.1)


@contextmanager
def server(
    command: Sequence[str],
    port: int,
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a session of its own, from the moment it listens (None: at once); it ends with the block."""
    with log.open("ab") as told:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            user=user,
        )
    try:
        wait_for(lambda: process.poll() is not None or port is None or _listens(port), f"{command[0]} on {port}")
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """End a server that was started in a session of its own, with its children."""
    if process.poll() is None:
        os.killpg(process.pid, how)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def s3(folder: Path, bucket: str = "biwaq") -> Iterator[dict[str, str]]:
    """The S3 protocol over HTTP with an empty bucket; gives the environment that leads there."""
    for package in ("moto", "s3fs"):
        if find_spec(package) is None:
            pytest.skip(f"the package {package} is not installed: make readers")
    port = free_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [sys.executable, "-W", "ignore", "-c", "from moto.server import main; main()"]
    with server([*command, "-H", HOST, "-p", str(port)], port, folder / "s3.log"):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            import fsspec

            fsspec.filesystem("s3", skip_instance_cache=True).mkdir(bucket)
        yield {**environment, "BIWAQ_REMOTE": f"s3://{bucket}/data"}


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis server; gives its address."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with server([program, *options], port, folder / "redis.log"):
        yield f"redis://{HOST}:{port}/0"


@contextmanager
def worker(folder: Path, environment: Mapping[str, str], *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `biwaq worker` of one process with a data folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-W", "ignore", "-c", ENTRY, "worker", "--processes", "1", *options]
    more = {**environment, "BIWAQ_DATA": str(folder / "data")}
    with server(command, None, folder / "worker.log", environment=more) as process:
        yield process


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL server with an empty data base; gives its address."""
    found = sorted(Path("/").glob(POSTGRES_FOLDERS))
    if not has_postgres():
        pytest.skip("no PostgreSQL server below /usr/lib/postgresql: apt-get install postgresql")
    port, data, user = free_port(), folder / "postgres", _unprivileged()
    data.mkdir()
    if user is not None:  # initdb refuses root, and the user must reach the folder
        os.chown(data, user, -1)
        for parent in data.parents:
            if parent.stat().st_uid == os.getuid() and parent.is_relative_to("/tmp"):
                parent.chmod(parent.stat().st_mode | 0o011)
    made = [str(found[-1] / "initdb"), "-D", str(data), "-U", "biwaq", "--auth=trust", "-E", "UTF8", "--no-sync"]
    done = subprocess.run(made, capture_output=True, text=True, check=False, user=user, cwd="/")
    assert done.returncode == 0, done.stderr
    command = [str(found[-1] / "postgres"), "-D", str(data), "-h", HOST, "-p", str(port), "-k", str(data), "-F"]
    with server(command, port, folder / "postgres.log", user=user):
        yield f"postgresql+psycopg2://biwaq@{HOST}:{port}/postgres"


def has_postgres() -> bool:
    """Whether a PostgreSQL server is installed."""
    return any(Path("/").glob(POSTGRES_FOLDERS))


def _unprivileged() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex((HOST, port)) == 0
