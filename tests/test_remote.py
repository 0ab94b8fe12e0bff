"""Archive, records and the published file in a bucket, over the S3 protocol: whole or not there, whatever happens."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipeline.definitions import build_defs
from pipeline.errors import BiwaqFault
from pipeline.night import run_rebuild
from pipeline.remote import Entry, Remote, RemoteFault
from pipeline.resources import Workspace
from pipeline.settings import SAMPLE_SOURCES, Layout, Settings
from pipeline.sync import CURRENT, Sync
from tests.cli import biwaq
from tests.servers import s3
from tests.warehouse_file import rows
from warehouse.diff import diff
from warehouse.publish import LINK, published

DAY = "2025-11-20"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with s3(tmp_path_factory.mktemp("s3")) as environment:
        yield environment


@pytest.fixture
def bucket(server: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty place in the bucket; the environment leads there."""
    address = f"{server['BIWAQ_REMOTE']}/{tmp_path.name}"
    for name, value in {**server, "BIWAQ_REMOTE": address, "BIWAQ_NOW": "2025-11-20T12:00:00Z"}.items():
        monkeypatch.setenv(name, value)
    return address


@pytest.fixture
def data(tmp_path: Path, published: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


def push(data: Path, address: str) -> Sync:
    sync = Sync(Layout(data), Remote(address))
    sync.push_pages()
    sync.push_warehouse()
    return sync


def pull(data: Path, address: str) -> Sync:
    sync = Sync(Layout(data), Remote(address))
    sync.pull_pages()
    sync.pull_warehouse()
    return sync


def files(data: Path) -> dict[str, bytes]:
    """Archive and records: names and bytes."""
    found = [path for top in ("archive", "records") for path in (data / top).glob("*/*") if path.suffix != ".json"]
    return {str(path.relative_to(data)): path.read_bytes() for path in found}


def test_a_machine_that_lost_everything_has_it_again(
    data: Path,
    bucket: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    up = biwaq(monkeypatch, capsys, "sync", "--data", data)
    assert (up.code, up.err) == (0, "")
    assert f"copied to {bucket}; the warehouse is now {DAY}-" in up.out
    assert "0 files, 0.0 MB copied" in biwaq(monkeypatch, capsys, "sync", "--data", data).out
    new = tmp_path / "new"
    assert biwaq(monkeypatch, capsys, "sync", "--pull", "--data", new).code == 0
    assert files(new) == files(data)
    assert diff(data / "warehouse" / LINK, new / "warehouse" / LINK) == []
    assert rows(new, "SELECT count(*) FROM projects") == rows(data, "SELECT count(*) FROM projects")
    assert biwaq(monkeypatch, capsys, "status", "--data", new).code == 0
    current = Remote(bucket).read(CURRENT)
    build = (published_file := published(data / "warehouse")) and published_file.resolve()
    assert current is not None
    assert build is not None
    assert (current["build"], current["size"]) == (build.name, build.stat().st_size)


def test_a_bucket_that_can_not_be_reached_stops_no_night(data: Path, bucket: str) -> None:
    """What comes after the flip is red, the warehouse is published."""
    elsewhere = Settings(Layout(data), SAMPLE_SOURCES, remote="s3://no-such-bucket/data")
    before = (data / "warehouse" / LINK).resolve()
    done = run_rebuild(Workspace(lambda: elsewhere))
    assert done.published
    assert (data / "warehouse" / LINK).resolve() != before
    assert done.fault is not None
    assert done.fault.startswith("remote__")
    assert "s3://no-such-bucket/data: not found: The specified bucket does not exist" in done.fault


def test_copies_come_after_what_they_copy() -> None:
    defs = build_defs(Workspace(lambda: Settings(Layout(Path("data")), SAMPLE_SOURCES, remote="s3://bucket")))
    graph = defs.resolve_asset_graph()
    for mine, parent in (("remote/pages", "parsed/records"), ("remote/warehouse", "published/biwaq")):
        found = graph.get(dg.AssetKey.from_user_string(mine)).parent_keys
        assert {key.to_user_string() for key in found} == {parent}


def test_without_a_bucket_nothing_of_it_is_there() -> None:
    keys = {spec.key.to_user_string() for spec in build_defs().resolve_all_asset_specs()}
    assert not any(key.startswith("remote/") for key in keys)


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.night import run_rebuild
from pipeline.remote import Remote
from pipeline.settings import Layout
from pipeline.sync import Sync
put, left = Remote.put, [int(sys.argv[3])]
def dying(self, local, name, entry):
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    put(self, local, name, entry)
Remote.put = dying
sync = Sync(Layout(Path(sys.argv[1])), Remote(sys.argv[2]))
sync.push_pages()
sync.push_warehouse()
"""


def test_a_copy_that_is_killed_goes_on_where_it_stopped(data: Path, bucket: str, tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", KILLED, str(data), bucket, "5"], check=False, env={**os.environ})
    assert ran.returncode == -9
    half = tmp_path / "half"
    pull(half, bucket)
    came = files(half)
    assert 0 < len(came) < len(files(data))
    assert came.items() <= files(data).items()
    assert published(half / "warehouse") is None
    assert push(data, bucket).copied.files == len(files(data)) + 2 - 5  # the build, published.txt
    pull(half, bucket)
    assert files(half) == files(data)
    assert diff(data / "warehouse" / LINK, half / "warehouse" / LINK) == []


def test_half_an_object_is_not_taken(data: Path, tmp_path: Path) -> None:
    """On storage that shows a copy while it is made, as a folder does: no manifest names it, and it is copied again."""
    address = f"file://{tmp_path}/shared"
    name = next(iter(sorted(files(data))))
    torn = tmp_path / "shared" / name
    torn.parent.mkdir(parents=True)
    torn.write_bytes(files(data)[name][:100])
    pull(tmp_path / "new", address)
    assert files(tmp_path / "new") == {}
    push(data, address)
    pull(tmp_path / "new", address)
    assert files(tmp_path / "new") == files(data)


def test_the_bucket_names_a_build_only_after_it_was_read_back(
    data: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Remote, "is_whole", lambda *_: False)
        with pytest.raises(BiwaqFault, match="another one when it is read back"):
            push(data, bucket)
    assert Remote(bucket).read(CURRENT) is None
    push(data, bucket)
    assert Remote(bucket).read(CURRENT) is not None


def test_a_damaged_object_is_refused_found_and_copied_again(
    data: Path, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    push(data, bucket)
    name = f"records/{DAY}/sample-press.ndjson.gz"
    other = tmp_path / "other"
    other.write_bytes(gzip.compress(b"{}"))
    remote = Remote(bucket)
    remote.put(other, name, Entry(other.stat().st_size, ""))
    with pytest.raises(RemoteFault, match=r"sample-press\.ndjson\.gz is not what its manifest says"):
        pull(tmp_path / "new", bucket)
    assert not (tmp_path / "new" / name).exists()
    looked = biwaq(monkeypatch, capsys, "sync", "--verify", "--data", data)
    assert looked.err == f"{name}: missing or damaged in the bucket\n"
    assert looked.out.startswith("1 files, ")
    pull(tmp_path / "new", bucket)
    assert files(tmp_path / "new") == files(data)
    remote.remove(f"archive/{DAY}")
    assert biwaq(monkeypatch, capsys, "sync", "--data", tmp_path / "new").code == 0


def test_a_lost_disk_takes_nothing_with_it(data: Path, bucket: str, tmp_path: Path) -> None:
    push(data, bucket)
    for path in (data / "archive").glob("*/sample-press*"):
        path.unlink()
    push(data, bucket)
    pull(data, bucket)
    pull(tmp_path / "new", bucket)
    assert files(data) == files(tmp_path / "new")
    assert any("sample-press" in name for name in files(data))


def test_what_its_source_keeps_no_longer_goes_there_too(data: Path, bucket: str, tmp_path: Path) -> None:
    push(data, bucket)
    (warc,) = (data / "archive").glob("*/sample-press*.warc.gz")
    for path in (data / "archive").glob("*/sample-press*"):
        path.unlink()
    (data / "retired.txt").write_text(f"\narchive/{DAY}/{warc.name}\n")
    push(data, bucket)
    pull(tmp_path / "new", bucket)
    assert files(tmp_path / "new") == files(data)
    assert not any(name.startswith("sample-press") for name in Remote(bucket).folders(f"archive/{DAY}"))


def test_what_changed_here_is_not_overwritten(data: Path, bucket: str, tmp_path: Path) -> None:
    push(data, bucket)
    other = tmp_path / "other"
    pull(other, bucket)
    name = f"records/{DAY}/sample-press.ndjson.gz"
    (data / name).write_bytes(gzip.compress(b"", mtime=0))
    pull(data, bucket)
    assert (data / name).read_bytes() == gzip.compress(b"", mtime=0)
    push(data, bucket)
    pull(other, bucket)
    assert (other / name).read_bytes() == gzip.compress(b"", mtime=0)


def test_what_is_purged_leaves_the_bucket(
    data: Path, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    push(data, bucket)
    ((url,),) = rows(data, "SELECT min(url) FROM documents WHERE page_type = 'news_article'")
    (before,) = Remote(bucket).folders("warehouse/builds")
    ran = biwaq(monkeypatch, capsys, "purge", url, "--reason", "asked by mail", "--yes", "--data", data)
    assert ran.code == 0, ran.err
    assert before not in Remote(bucket).folders("warehouse/builds")
    assert push(data, bucket).copied.files == 0
    new = tmp_path / "new"
    pull(new, bucket)
    assert files(new) == files(data)
    assert (new / "purged.ndjson").read_bytes() == (data / "purged.ndjson").read_bytes()


def test_a_manifest_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    remote = Remote(f"file://{tmp_path}/shared")
    remote.write(f"archive/{DAY}/manifest.json", {"../../x": {"size": 1, "sha256": ""}})
    with pytest.raises(RemoteFault, match="outside its folder"):
        pull(tmp_path / "new", remote.address)
    remote.write(f"archive/{DAY}/manifest.json", {})
    remote.write(CURRENT, {"build": "../x.duckdb", "size": 1, "sha256": ""})
    with pytest.raises(RemoteFault, match="no build"):
        pull(tmp_path / "new", remote.address)


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        (None, 2, "biwaq: BIWAQ_REMOTE is not set: the bucket, for example s3://bucket/folder"),
        ("bucket/data", 2, "biwaq: BIWAQ_REMOTE: 'bucket/data' is no address, for example s3://bucket/folder"),
        ("nosuch://bucket/data", 2, "biwaq: BIWAQ_REMOTE: nosuch://bucket/data: Protocol not known: nosuch"),
    ],
)
def test_a_wrong_address_is_one_line(
    address: str | None,
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if address is None:
        monkeypatch.delenv("BIWAQ_REMOTE", raising=False)
    else:
        monkeypatch.setenv("BIWAQ_REMOTE", address)
    ran = biwaq(monkeypatch, capsys, "sync", "--data", tmp_path / "data")
    assert ran.code == code
    assert ran.err.startswith(said)
    assert ran.err.count("\n") == 1


def test_duckdb_reads_records_right_from_the_bucket(data: Path, bucket: str) -> None:
    """As docs/beyond-one-machine.md shows it."""
    push(data, bucket)
    import fsspec

    with duckdb.connect() as connection:
        connection.register_filesystem(fsspec.filesystem("s3", skip_instance_cache=True))
        found = connection.execute(f"SELECT count(*) FROM read_json('{bucket}/records/*/*.ndjson.gz')").fetchall()
    written = sum(gzip.decompress(path.read_bytes()).count(b"\n") for path in data.glob("records/*/*.ndjson.gz"))
    assert found == [(written,)]
