"""Capture files that others wrote: WARC, gzipped or not, and WACZ.

Belongs here: finding the files, reading their records past damaged places. Does not: which records are taken.
Concept: whatever is readable is read; each damaged place is told with its file and offset, and costs what it hit.
"""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecord

from pipeline.fetch.warc import Damage, Record, kind_of, read_records

ENDINGS = (".warc", ".warc.gz", ".wacz")
_GZIP = b"\x1f\x8b"
_BEGIN = re.compile(rb"WARC/1\.[01]\r\n")
_PIECE = 1 << 20
Wanted = Callable[[WarcRecord], bool]


class Item(NamedTuple):
    """A record or a damaged place. `file` names the capture file as a person knows it, `path` is where it lies now."""

    file: str
    path: Path
    found: Record | Damage


def capture_files(folder: Path, entry: str) -> list[Path]:
    """The capture files that an entry of `files` names: a file, a folder with all below it, or a pattern."""
    pattern = Path(entry)
    if any(sign in entry for sign in "*?["):
        root = Path(pattern.anchor) if pattern.is_absolute() else folder
        found = sorted(root.glob(str(pattern.relative_to(pattern.anchor))))
    else:
        found = [folder / entry]
    return [file for path in found for file in (_below(path) if path.is_dir() else [path]) if file.is_file()]


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.lower().endswith(ENDINGS))


def name_of(path: Path, folder: Path) -> str:
    """How a capture file is called in logs: relative to the source file's folder where it lies there."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def read_capture_file(path: Path, name: str, wanted: Wanted) -> Iterator[Item]:
    """The wanted records of a file, and its damaged places. Raises OSError where it can not be opened."""
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    if is_zip:
        yield from _read_wacz(path, name, wanted)
    else:
        yield from (Item(name, path, found) for found in _read(path, wanted))


def _read_wacz(path: Path, name: str, wanted: Wanted) -> Iterator[Item]:
    """The WARC files of a WACZ (a zip with `archive/*.warc.gz`), each unpacked beside the others for its time."""
    try:
        with zipfile.ZipFile(path) as packed:
            for member in packed.infolist():
                if member.filename.lower().endswith(ENDINGS[:2]) and not member.is_dir():
                    yield from _read_member(packed, member, name, wanted)
    except zipfile.BadZipFile as fault:
        yield Item(name, path, Damage(0, f"no whole WACZ: {fault}"))
        yield from (Item(name, path, found) for found in read_records(path, wanted=wanted) if isinstance(found, Record))


def _read_member(packed: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, wanted: Wanted) -> Iterator[Item]:
    inner = f"{name}/{member.filename}"
    with TemporaryDirectory(prefix="biwaq-wacz-") as folder:
        path = Path(folder) / "member"
        with path.open("wb") as out:
            try:
                with packed.open(member) as file:
                    shutil.copyfileobj(file, out, _PIECE)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
                # what came before the damage is in `out`; RuntimeError: encrypted
                yield Item(inner, path, Damage(out.tell(), f"unpacking stopped: {fault}"))
        yield from (Item(inner, path, found) for found in _read(path, wanted))


def _read(path: Path, wanted: Wanted) -> Iterator[Record | Damage]:
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP
    return read_records(path, wanted=wanted) if is_packed else _read_plain(path, wanted)


def _read_plain(path: Path, wanted: Wanted) -> Iterator[Record | Damage]:
    """As `read_records`, for a file that is not compressed: reading goes on where the next record seems to begin."""
    at: int | None = 0
    while at is not None and at < path.stat().st_size:
        end, message = at, ""
        with path.open("rb") as file:
            file.seek(at)
            try:
                for found in ArchiveIterator(file, parse_http=False):
                    start, length = found.stream_pos, found.content_length
                    if wanted(found):
                        block = found.reader.read()
                        if len(block) != length:
                            end, message = start, f"record cut short: {len(block)} of {length} bytes"
                            break
                        yield Record(start, kind_of(found.headers), found.headers, block)
                    end = _end(path, start, length)
            except (OSError, ValueError) as fault:
                message = str(fault)
        if end >= path.stat().st_size:
            return
        if message or end == at:
            yield Damage(end, message or "unreadable bytes")
        at = _next_record(path, end + 1) if message or end == at else None


def _end(path: Path, start: int, length: int) -> int:
    """Where the record at `start` ends: head, empty line, block, two line ends."""
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(1 << 16).find(b"\r\n\r\n")
    return start + head + 4 + length + 4


def _next_record(path: Path, after: int) -> int | None:
    """The next place from `after` on that looks like the first line of a record."""
    with path.open("rb") as file:
        file.seek(after)
        base, tail = after, b""
        while piece := file.read(_PIECE):
            window = tail + piece
            found = _BEGIN.search(window)
            if found is not None:
                return base + found.start()
            tail = window[-len("WARC/1.0\r") :]
            base += len(window) - len(tail)
    return None
