"""Fetch layer: the pages of one day, as received, into the archive.

Belongs here: the asset `raw/pages`. Does not: how a page is fetched (pipeline/fetch).
Concept: a day is a partition; a past day can not be fetched again, its asset says so and keeps what was archived.
"""

from collections.abc import Mapping
from datetime import date

import dagster as dg

from pipeline.assets.common import DAYS, FRESH, OWNERS
from pipeline.fetch.crawl import CrawlReport, crawl
from pipeline.fetch.model import Known
from pipeline.heal import with_sound_records
from pipeline.heal_archive import distrusted, lost_bodies
from pipeline.logs import say
from pipeline.parse_day import rejected
from pipeline.resources import SoleWriter, Workspace, run_id_of
from pipeline.stages import stage
from pipeline.unfinished import note


@dg.asset(
    key=["raw", "pages"],
    group_name="fetch",
    kinds={"python", "http", "warc"},
    owners=OWNERS,
    tags={"layer": "raw"},
    partitions_def=DAYS,
    freshness_policy=FRESH,
    description="The pages of all sources as received on one day, in WARC files (ISO 28500): append-only, the only "
    "source of truth. Polite and conditional; what answered 304 is not stored again.",
)
def pages(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace], writer: dg.ResourceParam[SoleWriter]
) -> dg.MaterializeResult[None]:
    """Fetch every source's pages of the partition's day; a past day keeps what its archive holds."""
    settings = workspace.settings
    day = date.fromisoformat(context.partition_key)
    archive = workspace.archive()
    if day != settings.today():
        return _kept(day, settings.today(), len(list(archive.files(day))))
    run_id = run_id_of(day, context.run.run_id)
    with stage("heal"):
        lost = distrusted(lost_bodies(workspace))

    def distrust(source_id: str, state: Mapping[str, Known]) -> set[str]:
        none = with_sound_records(workspace, lambda: rejected(settings.layout.records, source_id, state))
        return none | lost[source_id]

    with stage("fetch"):
        reports = crawl(
            workspace.sources(),
            settings=settings,
            archive=archive,
            run_id=run_id,
            day=day,
            progress=workspace.progress,
            distrust=distrust,
            resumed=note(settings.layout.unfinished, day, run_id),
        )
    for report in reports:
        say(
            "crawled",
            f"{report.source_id}: {report.fetched} fetched, {report.unchanged} unchanged, {report.failed} failed",
            source_id=report.source_id,
            listed=report.listed,
            fetched=report.fetched,
            unchanged=report.unchanged,
            failed=report.failed,
            complete=report.complete,
        )
    return dg.MaterializeResult(metadata=_metadata(reports))


def _kept(day: date, today: date, n_files: int) -> dg.MaterializeResult[None]:
    if n_files == 0:
        raise dg.Failure(
            f"{day} is not today ({today}) and nothing was archived on it: a past day can not be fetched again",
            allow_retries=False,
        )
    return dg.MaterializeResult(
        metadata={"warc_files": n_files, "note": f"{day} is past: its archived pages are kept, nothing was fetched"}
    )


def _metadata(reports: list[CrawlReport]) -> dict[str, dg.MetadataValue]:
    rows = [
        f"| {r.source_id} | {r.listed} | {r.fetched} | {r.unchanged} | {r.failed} | {'yes' if r.complete else 'no'} |"
        for r in reports
    ]
    head = ["| source | listed | fetched | unchanged | failed | complete |", "|---|---|---|---|---|---|"]
    return {
        "listed": dg.MetadataValue.int(sum(r.listed for r in reports)),
        "fetched": dg.MetadataValue.int(sum(r.fetched for r in reports)),
        "unchanged": dg.MetadataValue.int(sum(r.unchanged for r in reports)),
        "failed": dg.MetadataValue.int(sum(r.failed for r in reports)),
        "sources": dg.MetadataValue.md("\n".join([*head, *rows])),
    }
