"""One whole command in a process of its own: its CPU, its wall time, the most memory of it and all its children.

Belongs here: starting and measuring commands, the peers' environment. Does not: which commands, ratios.
Concept: what a user pays is the whole process tree; CPU is the system's own count, memory is looked at twenty times a
second, as the system's own peak knows only the largest process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEERS = HERE / "peers"
ENVIRONMENT = ROOT / "build" / "bench-venv"
_LOOK_S = 0.05
_PROC = Path("/proc")


class CommandFailed(AssertionError):
    """A contestant's command ended with a fault: its time means nothing."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A command from start to end: CPU and wall seconds, most memory of its process tree (MB)."""

    cpu: float
    wall: float
    peak_mb: float


def run_whole(command: Sequence[str], folder: Path, more: Mapping[str, str] | None = None) -> Whole:
    """Run a command to its end; what it prints goes to `folder`.log. Raises CommandFailed."""
    log = folder.with_name(f"{folder.name}.log")
    start = time.perf_counter()
    with log.open("ab") as told:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(more or {})}, stdout=told, stderr=told)
        watch = _Watch(process.pid)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        said = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        raise CommandFailed(f"{' '.join(command[:6])} … ended with {process.returncode}:\n{said}")
    largest = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Whole(used.ru_utime + used.ru_stime, wall, max(watch.peak_mb(), largest))


class _Watch:
    """Looks at the memory of a process tree until its root is gone."""

    def __init__(self, pid: int) -> None:
        self._peak = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def _look(self, pid: int) -> None:
        while _PROC.exists() and not self._over.is_set():
            now = sum(_resident_mb(one) for one in _tree(pid))
            self._peak = max(self._peak, now)
            time.sleep(_LOOK_S)

    def peak_mb(self) -> float:
        self._over.set()
        self._thread.join()
        return self._peak


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in _PROC.glob(f"{pid}/task/*/children"):
        try:
            for child in children.read_text().split():
                yield from _tree(int(child))
        except OSError:  # it ended meanwhile
            continue


def _resident_mb(pid: int) -> float:
    try:
        pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def peers_python() -> str:
    """The Python of the peers' own environment, set up where it is not there or not as the requirements say."""
    wanted, stamp = (PEERS / "requirements.txt").read_text(), ENVIRONMENT / "requirements.txt"
    python = ENVIRONMENT / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "-r", str(PEERS / "requirements.txt")], check=True)
        stamp.write_text(wanted)
    return str(python)
