"""Publish layer: the new warehouse takes the old one's place.

Belongs here: the asset `published/biwaq`. Does not: the flip itself (warehouse/publish.py) or the checks before it.
Concept: one atomic flip of a link; it runs only after every blocking check passed.
"""

import dagster as dg

from pipeline.acceptances import acceptances_of
from pipeline.assets.common import FRESH, OWNERS, PURGE, links
from pipeline.assets.warehouse import key_of
from pipeline.purge import drop_old_builds
from pipeline.resources import SoleWriter, Workspace, run_id_of
from pipeline.retention import tidy
from pipeline.rundays import day_of_run
from pipeline.stages import stage
from warehouse.acceptances import note_accepted
from warehouse.publish import LINK, publish
from warehouse.tables import TABLES


@dg.asset(
    key=["published", "biwaq"],
    group_name="publish",
    kinds={"duckdb", "file"},
    owners=OWNERS,
    tags={"layer": "published"},
    deps=[key_of(table) for table in TABLES.values()],
    freshness_policy=FRESH,
    description="`warehouse/biwaq.duckdb`: a link to the newest build that passed its checks, flipped atomically. "
    "Readers of the old build stay undisturbed; the last seven builds are kept.",
)
def biwaq(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace], writer: dg.ResourceParam[SoleWriter]
) -> dg.MaterializeResult[None]:
    """Flip the link to this run's build."""
    settings = workspace.settings
    run_id = run_id_of(day_of_run(context, settings), context.run.run_id)
    accepted = acceptances_of(context, settings)
    note_accepted(settings.layout.warehouse, accepted)
    with stage("publish"):
        final = publish(workspace.build_file(run_id), settings.layout.warehouse)
    if PURGE in context.run.tags or settings.layout.purging.exists():
        drop_old_builds(settings.layout.warehouse, final)
    if PURGE in context.run.tags:
        settings.layout.purging.unlink(missing_ok=True)
    tidy(workspace, context.instance)
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(settings.layout.warehouse / LINK)),
            "build": final.name,
            "bytes": dg.MetadataValue.int(final.stat().st_size),
            **links(settings.layout),
            "accepted": dg.MetadataValue.json({one.check_name: one.reason for one in accepted}),
        }
    )
