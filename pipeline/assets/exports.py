"""Output layer: the published warehouse as files for other programs.

Belongs here: the asset `outputs/exports`. Does not: the files (warehouse/export).
Concept: made from the published file alone, after its checks passed; the folder takes the old one's place whole.
"""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.common import FRESH, OWNERS
from pipeline.assets.publish import biwaq
from pipeline.logs import say
from pipeline.outputs import are_wanted
from pipeline.resources import SoleWriter, Workspace
from pipeline.stages import stage
from warehouse.publish import published_builds
from warehouse.standing import build_before


@dg.asset(
    key=["outputs", "exports"],
    group_name="outputs",
    kinds={"file", "parquet", "csv"},
    owners=OWNERS,
    tags={"layer": "outputs"},
    deps=[biwaq],
    freshness_policy=FRESH,
    output_required=False,
    description="`exports/`: every table and view as Parquet and CSV, a workbook, the data dictionary in German and "
    "English, a data package, the ESF lists of operations, a catalogue entry, what changed since the build before, and "
    "checksums. Replaced as a whole; `biwaq export --out DIR` writes the same anywhere. A night leaves them as they "
    "are where the warehouse holds more than `BIWAQ_OUTPUTS_UP_TO` pages.",
)
def exports(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace], writer: dg.ResourceParam[SoleWriter]
) -> Iterator[dg.MaterializeResult[None]]:
    """Write the exports of the published build beside the warehouse."""
    if not are_wanted(context, workspace):
        return
    from warehouse.export import export  # the workbook's library is a tenth of a second, which nothing else should wait

    layout = workspace.settings.layout
    newest = published_builds(layout.warehouse)[0]
    with stage("export"):
        report = export(newest, layout.exports, previous=build_before(layout.warehouse))
    delta = report.delta or {}
    say("exported", f"{report.files} files exported", bytes=report.bytes)
    yield dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(layout.exports)),
            "files": dg.MetadataValue.int(report.files),
            "bytes": dg.MetadataValue.int(report.bytes),
            "rows": dg.MetadataValue.int(sum(report.rows.values())),
            "added": dg.MetadataValue.int(sum(added for added, _, _ in delta.values())),
            "changed": dg.MetadataValue.int(sum(changed for _, changed, _ in delta.values())),
            "gone": dg.MetadataValue.int(sum(gone for _, _, gone in delta.values())),
        }
    )
