"""Warehouse layer: all tables of one build, written by one process into one new file.

Belongs here: the multi-asset of all tables. Does not: what a table holds (warehouse/tables.py) or how it is made.
Concept: the warehouse is rebuilt, not updated; the new file lies beside the published one until its checks passed.
"""

from collections.abc import Iterator

import dagster as dg

from pipeline.acceptances import acceptances_of
from pipeline.assets.common import FRESH, OWNERS, links
from pipeline.assets.records import records
from pipeline.heal import with_sound_records
from pipeline.logs import say, warn
from pipeline.resources import SoleWriter, Workspace, run_id_of
from pipeline.rundays import day_of_run
from pipeline.stages import add, stage
from pipeline.table_facts import lineage, lineage_text, looks, purpose, rows_in
from warehouse.acceptances import accepted_before
from warehouse.build import BuildReport, build
from warehouse.ddl import column_comment
from warehouse.model import RunInfo
from warehouse.publish import published, published_builds, published_runs
from warehouse.tables import TABLES, Table


def key_of(table: Table) -> dg.AssetKey:
    """The asset of a table."""
    return dg.AssetKey(["warehouse", table.name])


def _parents(table: Table) -> list[dg.AssetDep]:
    deps = [dg.AssetDep(["warehouse", name]) for name in table.parents]
    if table.group != "codes":
        deps.append(dg.AssetDep(records, partition_mapping=dg.AllPartitionMapping()))
    return deps


def column_schema(table: Table) -> dg.TableSchema:
    """The table's columns for the Dagster UI, from the registry."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.type,
                column_comment(column),
                dg.TableColumnConstraints(nullable=column.nullable, unique=table.key == (column.name,)),
            )
            for column in table.columns
        ]
    )


def _spec(table: Table) -> dg.AssetSpec:
    return dg.AssetSpec(
        key_of(table),
        deps=_parents(table),
        group_name=table.group,
        kinds={"duckdb", "table"},
        owners=OWNERS,
        tags={"layer": "warehouse"},
        description=purpose(table),
        freshness_policy=FRESH,
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": f"main.{table.name}",
            "columns_come_from": dg.MetadataValue.md(lineage_text(table)),
        },
    )


@dg.multi_asset(name="build_warehouse", specs=[_spec(table) for table in TABLES.values()])
def build_warehouse(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace], writer: dg.ResourceParam[SoleWriter]
) -> Iterator[dg.MaterializeResult[None]]:
    """Build the new warehouse file from all records; nothing is published here."""
    settings = workspace.settings
    run = RunInfo(
        run_id=run_id_of(day_of_run(context, settings), context.run.run_id),
        started_at=settings.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        published_before=published_runs(settings.layout.warehouse),
        acceptances=(*accepted_before(settings.layout.warehouse), *acceptances_of(context, settings)),
    )

    def built() -> BuildReport:
        out = workspace.build_file(run.run_id)
        standing = published_builds(settings.layout.warehouse)[:1]
        infos = workspace.source_infos()
        return build(settings.layout.records, out, sources=infos, run=run, standing=next(iter(standing), None))

    with stage("build"):
        report = with_sound_records(workspace, built)
    add("harmonise", report.harmonising, within="build")
    if report.found_damage:
        warn("warehouse_damaged", "the published build is not as it was written: this one is made from all records")
    say("built", f"{sum(report.row_counts.values())} rows built", rows=report.row_counts, issues=report.issues)
    before = rows_in(published(settings.layout.warehouse))
    shown = looks(workspace.build_file(run.run_id))
    for table in TABLES.values():
        rows = report.row_counts[table.name]
        metadata: dict[str, dg.RawMetadataValue] = {
            "dagster/row_count": rows,
            "rows_more_than_before": dg.MetadataValue.int(rows - before.get(table.name, 0)),
            "dagster/column_lineage": lineage(table),
            **shown[table.name],
            **links(settings.layout),
        }
        yield dg.MaterializeResult(asset_key=key_of(table), metadata=metadata)
