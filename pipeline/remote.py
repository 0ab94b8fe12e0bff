"""Object storage: a bucket, or any other place that fsspec reaches, as a second home of finished files.

Belongs here: objects, the manifest of a folder, faults of the network as one line. Does not: what is copied (sync.py).
Concept: an object can be neither appended to nor fsynced, so only finished files go there, each as a whole. A folder's
manifest names what is whole, with size and SHA-256, and is written after it: what no manifest names is not there.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson
from fsspec.core import url_to_fs

from pipeline.errors import BiwaqFault, UsageFault

MANIFEST = "manifest.json"
LOCAL = ("file:", "local:")
_BLOCK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class RemoteFault(BiwaqFault):
    """The bucket can not be used, or does not hold what it says."""


class Damaged(RemoteFault):
    """A manifest can not be read; the next push writes it anew."""


class Torn(RemoteFault):
    """An object is not what its manifest says."""


class Entry(NamedTuple):
    """A file's content: its bytes and their SHA-256."""

    size: int
    sha256: str


class Remote:
    """The objects below an address such as `s3://bucket/folder`; access and endpoint are the protocol's own settings.

    Every method raises RemoteFault. Names are relative to the address.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        known = {"auto_mkdir": True} if address.startswith(LOCAL) else {}
        with self._told():
            try:
                # no cache of listings, as another machine writes, too; none of connections, as keys may be new
                fresh = {"use_listings_cache": False, "skip_instance_cache": True}
                self._files, self._root = url_to_fs(self.address, **fresh, **known)
            except (ImportError, ValueError) as fault:
                raise UsageFault(
                    f"BIWAQ_REMOTE: {address}: {fault}; packages for s3:// are in the extra `cluster`"
                ) from None

    def manifest(self, folder: str) -> dict[str, Entry]:
        """What is whole in a folder, by name; nothing where there is no such folder."""
        return self.manifest_or_none(folder) or {}

    def manifest_or_none(self, folder: str) -> dict[str, Entry] | None:
        """The same; None where there is no such folder."""
        found = self.read(name_in(folder, MANIFEST))
        if found is None:
            return None
        try:
            entries = {str(name): Entry(int(e["size"]), str(e["sha256"])) for name, e in found.items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Damaged(f"{self.address}/{name_in(folder, MANIFEST)} is damaged; `biwaq sync` mends it") from None
        if strange := [name for name in entries if not is_name(name)]:
            raise Damaged(f"{self.address}/{name_in(folder, MANIFEST)} names a file outside its folder: {strange[0]!r}")
        return entries

    def write_manifest(self, folder: str, entries: Mapping[str, Entry]) -> None:
        """Say what is whole in a folder."""
        self.write(name_in(folder, MANIFEST), {name: entries[name]._asdict() for name in sorted(entries)})

    def read(self, name: str) -> dict[str, Any] | None:
        """An object that holds JSON; None where there is none."""
        with self._told():
            try:
                data = self._files.cat_file(self._path(name))
            except FileNotFoundError:
                return None
        try:
            found = orjson.loads(data)
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            raise Damaged(f"{self.address}/{name} is damaged; `biwaq sync` mends it")
        return found

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Replace an object by JSON, in one step where the storage has it so, as S3 does."""
        with self._told():
            self._files.pipe_file(self._path(name), orjson.dumps(content, option=orjson.OPT_INDENT_2))

    def put(self, local: Path, name: str, entry: Entry) -> None:
        """Copy a file there as one object. A copy that is cut off leaves no object, or one that no manifest names."""
        with self._told():
            self._files.put_file(str(local), self._path(name))
            size = self._files.info(self._path(name))["size"]
        if size != entry.size:
            raise RemoteFault(f"{self.address}/{name} has {size} bytes after copying {entry.size}")

    def get(self, name: str, local: Path, entry: Entry) -> None:
        """Copy an object here; the file takes its name only when it is whole and the one that was wanted."""
        local.parent.mkdir(parents=True, exist_ok=True)
        part = local.with_name(f".{local.name}.part")
        try:
            with self._told():
                self._files.get_file(self._path(name), str(part))
            if entry_of(part) != entry:
                raise self._torn(name)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(local)
        finally:
            part.unlink(missing_ok=True)  # whatever went wrong: half a file here would be passed over by a purge

    def content(self, name: str, entry: Entry) -> bytes:
        """What a small object holds, if it is the one that was wanted; Torn where it is not."""
        with self._told():
            try:
                found = bytes(self._files.cat_file(self._path(name)))
            except FileNotFoundError:
                raise self._torn(name) from None
        if Entry(len(found), hashlib.sha256(found).hexdigest()) != entry:
            raise self._torn(name)
        return found

    def entry(self, name: str) -> Entry:
        """What an object holds, read back."""
        with self._told(), self._files.open(self._path(name), "rb") as file:
            return _entry(file)

    def is_whole(self, name: str, entry: Entry) -> bool:
        """Whether an object, read back, is what it should be."""
        with self._told():
            try:
                with self._files.open(self._path(name), "rb") as file:
                    return _entry(file) == entry
            except FileNotFoundError:
                return False

    def folders(self, name: str) -> list[str]:
        """The names of the folders and objects right below a folder."""
        with self._told():
            try:
                found = self._files.ls(self._path(name), detail=False)
            except FileNotFoundError:
                return []
        return sorted({Path(one).name for one in found})

    def remove(self, name: str) -> None:
        """Remove an object, or a folder with all that is in it; nothing where it is not there."""
        with self._told():
            try:
                self._files.rm(self._path(name), recursive=True)
            except FileNotFoundError:
                return

    def _torn(self, name: str) -> Torn:
        return Torn(f"{self.address}/{name} is not what its manifest says: replaced just now, or damaged")

    def _path(self, name: str) -> str:
        return name_in(str(self._root), name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as fault:
            raise RemoteFault(f"{self.address}: not found: {' '.join(str(fault).split())}") from fault
        except _faults() as fault:
            raise RemoteFault(f"{self.address} can not be used: {' '.join(str(fault).split())}") from fault


def entry_of(path: Path) -> Entry:
    """What a file holds. Raises OSError."""
    with path.open("rb") as file:
        return _entry(file)


def is_name(name: str) -> bool:
    """Whether a name is that of a file right in its folder, as this program gives them."""
    return _NAME.fullmatch(name) is not None


def push_files(remote: Remote, files: Iterable[Path], folder: str) -> None:
    """Copy files to a folder of the bucket; the manifest, written last, says that all came."""
    entries = {}
    for path in files:
        entries[path.name] = entry_of(path)
        remote.put(path, name_in(folder, path.name), entries[path.name])
    remote.write_manifest(folder, entries)


def pull_folder(remote: Remote, folder: str, local: Path) -> bool:
    """Copy what a folder of the bucket holds here, which may be nothing. Returns whether there is such a folder."""
    entries = remote.manifest_or_none(folder)
    for name, entry in (entries or {}).items():
        remote.get(name_in(folder, name), local / name, entry)
    return entries is not None


def _entry(file: BinaryIO) -> Entry:
    found, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        found.update(block)
        size += len(block)
    return Entry(size, found.hexdigest())


def name_in(folder: str, name: str) -> str:
    """The name of what lies in a folder; that of the top is empty."""
    return f"{folder}/{name}" if folder else name


def _faults() -> tuple[type[Exception], ...]:
    """What a storage can raise; libraries that are not loaded raise nothing."""
    found: list[type[Exception]] = [OSError]
    if (botocore := sys.modules.get("botocore.exceptions")) is not None:
        found += [botocore.BotoCoreError, botocore.ClientError]
    if (aiohttp := sys.modules.get("aiohttp")) is not None:
        found.append(aiohttp.ClientError)
    return tuple(found)
