"""Two data folders and one bucket: which side changed, what was purged stays away, what is damaged is told and mended.

Small files in a folder as the bucket; the S3 protocol is in test_remote.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from pipeline.commands import reparse as command
from pipeline.errors import BiwaqFault
from pipeline.remote import Damaged, Remote, RemoteFault, entry_of
from pipeline.resources import Workspace
from pipeline.settings import SAMPLE_SOURCES, Layout, Settings
from pipeline.sync import Sync
from tests.cli import biwaq
from warehouse.publish import next_build, publish

DAY = "2025-11-20"
WARC, INDEX = f"archive/{DAY}/press--r1.warc.gz", f"archive/{DAY}/press--r1.cdxj"
PAGE = f"records/{DAY}/press.ndjson.gz"
NAME = b"Erika Muster"


def write(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def publish_build(folder: Path, run: str, content: bytes) -> None:
    new = next_build(folder / "warehouse", run)
    write(new.parent, new.name, content)
    publish(new, folder / "warehouse")


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    address = f"file://{tmp_path}/bucket"
    monkeypatch.setenv("BIWAQ_REMOTE", address)
    return Remote(address)


@pytest.fixture
def a(tmp_path: Path, bucket: Remote) -> Path:
    """The folder that writes; all of it is in the bucket."""
    folder = tmp_path / "a"
    for name in (WARC, INDEX, PAGE):
        write(folder, name, NAME + name.encode())
    publish_build(folder, "r1", NAME)
    push(folder, bucket)
    return folder


@pytest.fixture
def b(tmp_path: Path, a: Path, bucket: Remote) -> Path:
    """A folder copied from the bucket."""
    pull(tmp_path / "b", bucket)
    return tmp_path / "b"


def push(folder: Path, bucket: Remote) -> Sync:
    sync = Sync(Layout(folder), bucket)
    sync.push_pages()
    sync.push_warehouse()
    return sync


def pull(folder: Path, bucket: Remote) -> Sync:
    sync = Sync(Layout(folder), bucket)
    sync.pull_pages()
    sync.pull_warehouse()
    return sync


def purge(folder: Path) -> None:
    """As `biwaq purge` leaves a folder."""
    for name in (WARC, INDEX, PAGE):
        write(folder, name, b"[...]")
    write(folder, "purged.ndjson", b'\n{"at": "now"}\n')
    publish_build(folder, "r2", b"[...]")
    for old in (folder / "warehouse/builds").glob("r1.*"):
        old.unlink()


def holders(folder: Path) -> list[str]:
    """The files that hold the name."""
    found = [path for path in folder.rglob("*") if path.is_file() and NAME in path.read_bytes()]
    return sorted(str(path.relative_to(folder)) for path in found)


def root(bucket: Remote) -> Path:
    return Path(bucket.address.removeprefix("file://"))


def test_a_stale_folder_brings_nothing_back(a: Path, b: Path, bucket: Remote) -> None:
    purge(a)
    push(a, bucket)
    assert push(b, bucket).copied.left == 3  # file, records, build; the index goes with its file
    assert holders(root(bucket)) == []
    assert pull(a, bucket).copied.files == 0
    assert holders(a) == []


def test_what_is_newer_there_is_told(
    a: Path, b: Path, bucket: Remote, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even where nothing changed here since the last copy."""
    push(b, bucket)
    write(a, PAGE, b"new")
    push(a, bucket)
    ran = biwaq(monkeypatch, capsys, "sync", "--data", b)
    assert ran.code == 0
    assert "1 files changed there alone: `biwaq sync --pull` takes them" in ran.out
    assert (root(bucket) / PAGE).read_bytes() == b"new"


def test_what_changed_on_both_sides_is_refused_after_all_else_is_copied(
    a: Path, b: Path, bucket: Remote, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(a, PAGE, b"of a")
    push(a, bucket)
    write(b, PAGE, b"of b")
    write(b, "records/2025-11-21/press.ndjson.gz", b"of b")
    ran = biwaq(monkeypatch, capsys, "sync", "--data", b)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert f"{PAGE} changed here and in the bucket" in ran.err
    assert "biwaq sync --pull --data NEW" in ran.err
    assert (root(bucket) / PAGE).read_bytes() == b"of a"
    assert (root(bucket) / "records/2025-11-21/press.ndjson.gz").read_bytes() == b"of b"
    assert pull(b, bucket).copied.left == 1


def test_a_disk_from_an_old_backup_overwrites_nothing(a: Path, b: Path, bucket: Remote) -> None:
    """Its note may be lost; its ledgers are joined with those of the bucket."""
    purge(a)
    write(a, "retired.txt", b"\narchive/2025-01-01/x.warc.gz\n")
    push(a, bucket)
    (b / ".synced.json").unlink()
    write(b, "retired.txt", b"\narchive/2025-01-02/y.warc.gz\n")
    with pytest.raises(RemoteFault, match=rf"{WARC} and 1 more changed here and in the bucket"):
        push(b, bucket)
    with pytest.raises(RemoteFault, match=r"builds/r1\.duckdb changed here and in the bucket"):
        Sync(Layout(b), bucket).push_warehouse()
    assert holders(root(bucket)) == []
    assert (b / "purged.ndjson").read_bytes() == (a / "purged.ndjson").read_bytes()
    retired = "archive/2025-01-01/x.warc.gz archive/2025-01-02/y.warc.gz"
    assert (root(bucket) / "retired.txt").read_text().split() == retired.split()


def test_a_killed_copy_is_no_change_of_the_other_side(a: Path, bucket: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    write(a, PAGE, b"second")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.synced.Note.equal", killed)  # after the manifest was written
        with pytest.raises(KeyboardInterrupt):
            Sync(Layout(a), bucket)._push(f"records/{DAY}")
    assert (root(bucket) / PAGE).read_bytes() == b"second"
    write(a, PAGE, b"third")
    push(a, bucket)
    assert (root(bucket) / PAGE).read_bytes() == b"third"


def test_who_lost_the_note_alone_goes_on(a: Path, bucket: Remote) -> None:
    """The bucket's build is one of those kept here: what is in force here came after it."""
    (a / ".synced.json").unlink()
    publish_build(a, "r2", b"r2")
    assert push(a, bucket).copied.build == "r2.duckdb"


def test_a_stale_folder_mends_nothing_with_what_is_older(a: Path, b: Path, bucket: Remote) -> None:
    purge(a)
    push(a, bucket)
    write(root(bucket), PAGE, b"damaged")
    stale = Sync(Layout(b), bucket)
    assert stale.wrong() == [PAGE]
    stale.mend()
    stale.push_pages()
    assert not stale.is_right(PAGE)
    assert holders(root(bucket)) == []
    writer = Sync(Layout(a), bucket)
    writer.wrong()
    writer.mend()
    assert writer.is_right(PAGE)


def test_a_copy_of_what_was_purged_drops_older_builds_and_reports(a: Path, b: Path, bucket: Remote) -> None:
    write(b, "report/index.html", NAME)
    write(b, "exports/projects.csv", NAME)
    write(b, f"{PAGE}.damaged", NAME)
    assert pull(b, bucket).copied.files == 0
    assert len(holders(b)) == 8  # an ordinary pull takes nothing away
    purge(a)
    Sync(Layout(a), bucket).push_pages()
    Sync(Layout(b), bucket).pull_pages()  # and the copy ends here
    push(a, bucket)
    pull(b, bucket)
    assert holders(b) == []
    write(b, "report/index.html", b"new")
    pull(b, bucket)
    assert (b / "report/index.html").exists()


def test_the_ledger_of_builds_follows_that_of_the_bucket(a: Path, b: Path, bucket: Remote) -> None:
    for run in ("r2", "r3"):
        publish_build(a, run, run.encode())
        push(a, bucket)
        pull(b, bucket)
        assert (b / "warehouse/published.txt").read_bytes() == (a / "warehouse/published.txt").read_bytes()
    assert push(b, bucket).copied.files == 0
    publish_build(b, "r4", b"r4")  # a is lost, b takes over
    assert push(b, bucket).copied.build == "r4.duckdb"


@pytest.mark.parametrize("lost", [KeyboardInterrupt, OSError])
def test_half_a_file_is_not_left_here(
    lost: type[BaseException], a: Path, bucket: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str, part: str) -> None:
        Path(part).write_bytes(NAME[:3])
        raise lost

    monkeypatch.setattr(bucket._files, "get_file", broken)
    with pytest.raises((KeyboardInterrupt, RemoteFault)):
        pull(tmp_path / "new", bucket)
    assert list((tmp_path / "new").rglob("*.part")) == []


def test_workers_results_do_not_outlive_a_push(a: Path, bucket: Remote) -> None:
    write(root(bucket), f"reparse/0f/{DAY}/press.ndjson.gz", NAME)
    push(a, bucket)
    assert not (root(bucket) / "reparse").exists()


def test_workers_results_go_where_the_run_fails(a: Path, bucket: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("dagster_celery", reason="the package dagster-celery is not installed: make readers")
    from pipeline import workers

    def failing(_: object, __: object, days: object, into: str) -> None:
        write(root(bucket), f"{into}/{DAY}/press.ndjson.gz", NAME)
        raise BiwaqFault("a day could not be read")

    monkeypatch.setattr(workers, "parse_elsewhere", failing)
    monkeypatch.setattr(command, "workers_or_fault", lambda: workers)
    workspace = Workspace(lambda: Settings(Layout(a), SAMPLE_SOURCES, remote=bucket.address))
    with pytest.raises(BiwaqFault, match="a day could not be read"):
        command._by_workers(workspace, a / "candidate", [])
    assert not (root(bucket) / "reparse").exists()


def test_a_damaged_manifest_is_found_and_made_anew_from_what_lies_there(
    a: Path, b: Path, bucket: Remote, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = f"archive/{DAY}/manifest.json"
    whole = bucket.read(manifest)
    (b / WARC).unlink()  # only the bucket has it then
    write(root(bucket), manifest, b'{"press')
    ran = biwaq(monkeypatch, capsys, "sync", "--pull", "--verify", "--data", b)
    assert (ran.code, ran.err.splitlines()[0]) == (1, f"{manifest}: missing or damaged in the bucket")
    assert (root(bucket) / manifest).read_bytes() == b'{"press'
    ran = biwaq(monkeypatch, capsys, "sync", "--verify", "--data", b)
    assert (ran.code, ran.err) == (0, f"{manifest}: missing or damaged in the bucket\n")
    assert bucket.read(manifest) == whole


def test_a_look_while_pulling_changes_nothing_there(
    a: Path, bucket: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root(bucket), PAGE, b"damaged")
    write(root(bucket), "warehouse/builds/r1.duckdb", b"damaged")
    before = {path: path.read_bytes() for path in root(bucket).rglob("*") if path.is_file()}
    ran = biwaq(monkeypatch, capsys, "sync", "--pull", "--verify", "--data", tmp_path / "new")
    assert ran.code == 1
    assert "2 files of the bucket are lost or damaged" in ran.err
    assert {path: path.read_bytes() for path in root(bucket).rglob("*") if path.is_file()} == before
    assert (tmp_path / "new" / WARC).read_bytes() == (a / WARC).read_bytes()  # what is whole came
    assert biwaq(monkeypatch, capsys, "sync", "--verify", "--data", a).code == 0
    assert pull(tmp_path / "new", bucket).copied.build == "r1.duckdb"


@pytest.mark.parametrize(
    "content",
    [{}, {"build": "r1.duckdb"}, {"build": "r1.duckdb", "size": None, "sha256": ""}]
    + [{"build": name, "size": 1, "sha256": ""} for name in ("../x.duckdb", "x", "", ".x.duckdb", "a\0.duckdb")],
)
def test_a_current_build_that_is_none_is_damage(content: dict[str, object], a: Path, bucket: Remote) -> None:
    write(root(bucket), "warehouse/current.json", orjson.dumps(content))
    with pytest.raises(Damaged, match=r"current\.json"):
        Sync(Layout(a), bucket).pull_warehouse()
    assert Sync(Layout(a), bucket).wrong() == ["warehouse/current.json"]
    push(a, bucket)
    assert Sync(Layout(a), bucket).wrong() == []


@pytest.mark.parametrize("full", ["sources.txt", "warehouse/x.duckdb", f"archive/{DAY}/x.html", f"records/{DAY}/x.py"])
def test_only_what_this_program_writes_is_taken(full: str, a: Path, bucket: Remote, tmp_path: Path) -> None:
    """A bucket that someone else writes, too, names a file that would mean something here."""
    write(tmp_path, "planted", b"x")
    folder, _, name = full.rpartition("/")
    write(root(bucket), full, b"x")
    bucket.write_manifest(folder, {**bucket.manifest(folder), name: entry_of(tmp_path / "planted")})
    pull(tmp_path / "new", bucket)
    assert not (tmp_path / "new" / full).exists()
    assert (tmp_path / "new" / PAGE).exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../x.warc.gz", ".x.warc.gz", "a/b.warc.gz", "a\0.warc.gz", "a\n"])
def test_a_name_that_is_none_is_refused(name: str, bucket: Remote, tmp_path: Path) -> None:
    bucket.write(f"archive/{DAY}/manifest.json", {name: {"size": 1, "sha256": ""}})
    with pytest.raises(Damaged, match="outside its folder"):
        pull(tmp_path / "new", bucket)


@pytest.mark.parametrize("move", [pull, push])
def test_a_file_that_went_after_its_time_comes_back_without_its_index_too(
    move: Callable[[Path, Remote], Sync], a: Path, b: Path, bucket: Remote
) -> None:
    for name in (WARC, INDEX):
        (a / name).unlink()
    write(a, "retired.txt", f"\n{WARC}\nrecords/{DAY}/press.ndjson.gz\n../../x.warc.gz\n".encode())
    if move is push:
        push(a, bucket)
        push(b, bucket)  # which has both still
        assert not (root(bucket) / WARC).exists()
        assert not (root(bucket) / INDEX).exists()
        assert (root(bucket) / PAGE).exists()
    pull(a, bucket)
    assert not (a / WARC).exists()
    assert not (a / INDEX).exists()
