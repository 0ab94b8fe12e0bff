"""Files that are whole or not there, and what to do where a disk says no.

Belongs here: replacing a small file in one step, faults of disks and data bases as one line. Does not: what is stored.
Concept: a full disk, a folder that can not be written and a damaged file are a person's to mend: the line says how.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Literal

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
_WORDS_FULL = ("disk is full", "no space left", "disk quota", "database or disk is full", "file too large")
_WORDS_EITHER = ("disk i/o error", "unable to open database file")
_WORDS_READ_ONLY = ("read-only", "readonly", "permission denied")

_WORDS_DAMAGED = ("not a valid duckdb", "could not read enough bytes", "corrupt")


def write_whole(path: Path, content: str | bytes) -> None:
    """Put `content` in the file's place in one step: a kill leaves the old file or the new. Raises OSError."""
    new = path.with_name(f".{path.name}.new")
    _write(new, "wb", content.encode() if isinstance(content, str) else content)
    new.replace(path)


def append(path: Path, lines: bytes) -> None:
    """Add lines to a ledger; they are on the disk when this returns. Raises OSError."""
    _write(path, "ab", lines)


def _write(path: Path, mode: Literal["ab", "wb"], data: bytes) -> None:
    with path.open(mode) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def storage_faults() -> tuple[type[Exception], ...]:
    """The exceptions that mean a disk or a data base failed; loaded when one is to be caught."""
    import sqlite3

    import duckdb
    from sqlalchemy.exc import SQLAlchemyError

    from warehouse.duck import WarehouseMissing, WarehouseUnreadable

    return OSError, sqlite3.Error, duckdb.Error, SQLAlchemyError, WarehouseMissing, WarehouseUnreadable


def explained(fault: BaseException) -> str:
    """The fault in one line, with what to do where that is known."""
    number = getattr(fault, "errno", None)
    return explained_text(str(fault) or type(fault).__name__, number)


def explained_text(text: str, number: int | None = None) -> str:
    """The same, from a fault's message and the number of its OSError."""
    words = " ".join(text.strip().partition("\n")[0].split())
    folded = words.lower()
    if number in FULL or any(word in folded for word in _WORDS_FULL):
        return f"the disk is full ({words}): free some space and run again; what was fetched is kept"
    if number in READ_ONLY or any(word in folded for word in _WORDS_READ_ONLY):
        return f"the data folder can not be written ({words}): give this user the right to write, and run again"
    if any(word in folded for word in _WORDS_EITHER):
        return f"the disk is full or can not be written ({words}): look with `df`, mend it and run again"
    if "conflicting lock" in folded or "could not set lock" in folded:
        return f"the warehouse is open for writing elsewhere ({words}): close it there and run again"
    if any(word in folded for word in _WORDS_DAMAGED):
        return f"a file is damaged ({words}): the next `biwaq run` publishes a new warehouse beside it"
    return words
