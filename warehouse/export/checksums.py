"""SHA-256 of every file of the folder.

Belongs here: hashing and the list that `sha256sum -c` reads. Does not: what the files are.
Concept: whoever gets the folder by whatever way can prove that it is whole.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

LIST = "SHA256SUMS"


def sha256(path: Path) -> str:
    """The hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksums(folder: Path) -> int:
    """Write the list of all files below `folder`, itself excepted; how many there are."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LIST)
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / LIST).write_text("".join(lines), encoding="utf-8")
    return len(files)
