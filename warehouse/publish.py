"""A finished build becomes the published warehouse by one flip of a link.

Belongs here: names of build files, the flip, keeping the last builds, sweeping leftovers. Does not: building, checks.
Concept: readers keep the file they opened; a write-ahead log that someone left beside an old build stays with that
build, because every build has a name of its own (a plain rename would let DuckDB replay the log into the new one).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.duck import read_only

__all__ = [
    "KEPT_BUILDS",
    "LINK",
    "NotABuild",
    "discard",
    "next_build",
    "only_whole",
    "publish",
    "published",
    "published_builds",
    "published_runs",
    "read_only",
    "sweep",
]

LINK = "biwaq.duckdb"
LEDGER = "published.txt"
KEPT_BUILDS = 7
NEXT = ".duckdb.next"


class NotABuild(ValueError):
    """The file to publish is not a finished build of this warehouse folder."""


def next_build(warehouse_dir: Path, run_id: str) -> Path:
    """Where the build of a run is written before it is published: `builds/<run>.duckdb.next`."""
    return warehouse_dir / "builds" / f"{run_id}{NEXT}"


def published(warehouse_dir: Path) -> Path | None:
    """The link to the published file, None before the first."""
    link = warehouse_dir / LINK
    return link if link.is_file() else None


def publish(build_file: Path, warehouse_dir: Path) -> Path:
    """Make `build_file` (from `next_build`) the published warehouse and return its final path.

    The file becomes read-only, the link flips atomically, the last seven builds are kept. A kill at any point leaves
    the link on the old or on the new file, both whole. Raises NotABuild, OSError.
    """
    builds = warehouse_dir / "builds"
    if build_file.parent.resolve() != builds.resolve() or not build_file.name.endswith(NEXT):
        raise NotABuild(f"{build_file} is not builds/<run>{NEXT} under {warehouse_dir}")
    if not build_file.is_file() or build_file.with_name(f"{build_file.name}.wal").exists():
        raise NotABuild(f"{build_file} is missing, or was not closed")
    build_file.chmod(0o444)
    _sync(build_file)
    final = build_file.with_name(build_file.name.removesuffix(".next"))
    build_file.replace(final)
    _sync(builds)
    _flip(warehouse_dir, final)
    with (warehouse_dir / LEDGER).open("a", encoding="utf-8") as ledger:
        ledger.write(f"\n{final.stem}\n")  # begins a line of its own even after half a line of a full disk
    _prune(builds, final)
    return final


def published_runs(warehouse_dir: Path) -> frozenset[str]:
    """The runs whose builds were ever published, from the ledger; the builds themselves are kept for a week only.

    The run that the link leads to is one of them even if it was killed before it wrote the ledger.
    """
    return frozenset(_ledger(warehouse_dir)) | frozenset(path.stem for path in published_builds(warehouse_dir)[:1])


def published_builds(warehouse_dir: Path) -> list[Path]:
    """The builds that were published and are still there, newest first; the one in force, if there is one, leads."""
    link = published(warehouse_dir)
    current = [] if link is None else [link.resolve()]
    files = [warehouse_dir / "builds" / f"{run}.duckdb" for run in reversed(_ledger(warehouse_dir))]
    older = [path.resolve() for path in dict.fromkeys(files) if path.is_file()]
    return list(dict.fromkeys([*current, *older]))


def _ledger(warehouse_dir: Path) -> list[str]:
    """The runs in the ledger, in order of their publishing."""
    ledger = warehouse_dir / LEDGER
    return ledger.read_text(encoding="utf-8", errors="replace").split() if ledger.exists() else []


def sweep(folder: Path) -> list[Path]:
    """Remove what killed builds left in `folder`: files being built, their logs and load files. Returns what went.

    Only for the one process that builds.
    """
    gone = []
    for path in sorted(folder.glob(f"*{NEXT}*")) if folder.is_dir() else []:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        gone.append(path)
    return gone


def discard(build_file: Path) -> None:
    """Remove a build that is not to be, and what lies beside it while it is written."""
    for ending in ("", ".wal", ".seen"):
        build_file.with_name(f"{build_file.name}{ending}").unlink(missing_ok=True)


@contextmanager
def only_whole(build_file: Path) -> Iterator[None]:
    """A new file, which stays only if all went well."""
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            discard(build_file)


def _flip(warehouse_dir: Path, final: Path) -> None:
    temporary = warehouse_dir / f".{LINK}.next"
    temporary.unlink(missing_ok=True)  # of a run killed between the next two lines
    temporary.symlink_to(final.relative_to(warehouse_dir))
    temporary.replace(warehouse_dir / LINK)
    _sync(warehouse_dir)


def _prune(builds: Path, final: Path) -> None:
    """Keep the published build and the newest others, by time of writing, ties by name."""
    others = [path for path in builds.glob("*.duckdb") if path != final]
    others.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    for path in others[KEPT_BUILDS - 1 :]:
        path.unlink()
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Wait until file or folder is on the disk: after a power cut the link never leads to an empty file."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
