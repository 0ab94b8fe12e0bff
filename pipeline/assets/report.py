"""Output layer: the published warehouse as a report for people.

Belongs here: the asset `outputs/report`. Does not: the pages (warehouse/report), reading the archive (report_pages.py).
Concept: made after the publish and from the published file alone; if it fails, the step is red, the old report stays
with its own date, and the published warehouse stands.
"""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.common import FRESH, OWNERS
from pipeline.assets.publish import biwaq
from pipeline.logs import say, warn
from pipeline.outputs import are_wanted
from pipeline.resources import SoleWriter, Workspace
from pipeline.stages import stage
from warehouse.publish import LINK


@dg.asset(
    key=["outputs", "report"],
    group_name="outputs",
    kinds={"file", "html"},
    owners=OWNERS,
    tags={"layer": "outputs"},
    deps=[biwaq],
    freshness_policy=FRESH,
    output_required=False,
    description="`report/index.html`: map, gap, timeline, partners, the ledger of figures, a page for each project and "
    "place, what changed, data quality; each figure leads to its passage on the archived page. German and English, "
    "works from the folder without network. Replaced as a whole. A night leaves it as it is where the warehouse holds "
    "more than `BIWAQ_OUTPUTS_UP_TO` pages.",
)
def report(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace], writer: dg.ResourceParam[SoleWriter]
) -> Iterator[dg.MaterializeResult[None]]:
    """Write the report of the published build beside the warehouse."""
    if not are_wanted(context, workspace):
        return
    # Here: they load the parsers, which a night without new pages does not need, and Altair, which takes half a second.
    from pipeline.report_pages import page_reader, page_stamp
    from warehouse.report.build import build_report

    layout, archive = workspace.settings.layout, workspace.archive()
    with stage("report"):
        facts = build_report(
            layout.warehouse / LINK, layout.report, read_page=page_reader(archive), stamp=page_stamp(archive)
        )
    for fault in facts.unreadable:
        warn("proof_unreadable", f"a proof shows its passages only: {fault}")
    say("reported", f"{facts.pages} pages of the report written", bytes=facts.bytes, passages=facts.passages)
    yield dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(layout.report / "index.html")),
            "pages": dg.MetadataValue.int(facts.pages),
            "proof_pages": dg.MetadataValue.int(facts.proofs),
            "passages": dg.MetadataValue.int(facts.passages),
            "passages_not_found": dg.MetadataValue.int(facts.missing),
            "unreadable_pages": dg.MetadataValue.int(len(facts.unreadable)),
            "bytes": dg.MetadataValue.int(facts.bytes),
        }
    )
