"""Bucket layer: what a night made, copied to object storage; only there where BIWAQ_REMOTE is set.

Belongs here: the assets `remote/pages` and `remote/warehouse`. Does not: copying (sync.py).
Concept: pages are copied even if checks refuse the warehouse, as nothing else brings them back; a copy that fails
leaves the night published, its step red and its alarm sent, and the next night copies what is missing.
"""

from typing import TYPE_CHECKING

import dagster as dg

from pipeline.assets.common import FRESH, OWNERS
from pipeline.assets.publish import biwaq
from pipeline.assets.records import records
from pipeline.logs import say
from pipeline.resources import SoleWriter, Workspace
from pipeline.stages import stage

if TYPE_CHECKING:
    from pipeline.sync import Copied, Sync


@dg.asset(
    key=["remote", "pages"],
    group_name="remote",
    kinds={"file", "s3"},
    owners=OWNERS,
    tags={"layer": "remote"},
    deps=[dg.AssetDep(records, partition_mapping=dg.AllPartitionMapping())],
    freshness_policy=FRESH,
    description="Archive, records and ledgers in the bucket: every finished file as one object, named with size and "
    "SHA-256 by the manifest of its folder. What a machine that lost its disk, or a worker, starts from.",
)
def remote_pages(
    workspace: dg.ResourceParam[Workspace], writer: dg.ResourceParam[SoleWriter]
) -> dg.MaterializeResult[None]:
    """Copy what changed since the last time."""
    sync = _sync(workspace)
    with stage("remote"):
        sync.push_pages()
    return _result(sync.copied)


@dg.asset(
    key=["remote", "warehouse"],
    group_name="remote",
    kinds={"duckdb", "s3"},
    owners=OWNERS,
    tags={"layer": "remote"},
    deps=[biwaq],
    freshness_policy=FRESH,
    description="The published DuckDB file in the bucket. `warehouse/current.json` names it, with its SHA-256, only "
    "after the whole copy was read back.",
)
def remote_warehouse(
    workspace: dg.ResourceParam[Workspace], writer: dg.ResourceParam[SoleWriter]
) -> dg.MaterializeResult[None]:
    """Copy the published build, then let the bucket name it."""
    sync = _sync(workspace)
    with stage("remote"):
        sync.push_warehouse()
    return _result(sync.copied)


def _sync(workspace: Workspace) -> "Sync":
    from pipeline.remote import Remote  # here, as they load fsspec: a night without a bucket needs none
    from pipeline.sync import Sync

    settings = workspace.settings
    return Sync(settings.layout, Remote(settings.remote or ""))


def _result(copied: "Copied") -> dg.MaterializeResult[None]:
    say("copied", f"{copied.files} files copied to the bucket", bytes=copied.bytes, build=copied.build)
    return dg.MaterializeResult(metadata={"files": copied.files, "bytes": copied.bytes, "build": copied.build or ""})
