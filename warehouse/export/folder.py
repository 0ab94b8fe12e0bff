"""A folder that replaces another one as a whole.

Belongs here: the temporary folder beside it and the exchange. Does not: what is in it.
Concept: whoever looks sees the old folder or the new one, whole; a folder that is no export is never thrown away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotAnExport(ValueError):
    """The folder to replace holds something that no export wrote."""


@contextmanager
def replaced(out: Path, mark: str) -> Iterator[Path]:
    """A new empty folder that takes the place of `out` at the end, or leaves it as it was on any failure.

    `mark` is a file that every such folder holds: a folder with other things in it is refused. Between the two renames
    (POSIX has no exchange of folders in Python) a kill leaves the old one beside as `.<name>.old`; the next call puts
    it back. Raises NotAnExport, OSError.
    """
    new, old = out.with_name(f".{out.name}.next"), out.with_name(f".{out.name}.old")
    if old.is_dir() and not out.exists():
        old.rename(out)
    if out.exists() and not (out.is_dir() and ((out / mark).is_file() or not any(out.iterdir()))):
        raise NotAnExport(f"{out} is there and is no export (it has no {mark}); choose a new or an empty folder")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        if out.exists():
            out.rename(old)
        new.rename(out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if old.is_dir():
            if out.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.rename(out)
