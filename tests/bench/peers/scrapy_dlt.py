"""Scrapy and dlt into DuckDB, merged as slowly changing dimension: `scrapy_dlt.py LISTING FOLDER [--tuned]`.

Belongs here: the item pipeline, the dlt resource. Does not: fields.
Concept: Scrapy runs in the main thread, dlt reads its items from a queue in another (as dlt's own helper does).
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import dlt
from scrapy.crawler import CrawlerProcess
from spider import PLAIN, TUNED, Projects

ITEMS: Queue[Any] = Queue(maxsize=5000)
DONE = object()
SCD2 = {"disposition": "merge", "strategy": "scd2"}


class ToQueue:
    """Gives every item to dlt."""

    def process_item(self, item: Any) -> Any:
        ITEMS.put(item)
        return item


def load(folder: Path, tuned: bool) -> None:
    """Run the dlt pipeline until the queue ends."""

    @dlt.resource(
        name="projects",
        primary_key="url",
        merge_key="url",
        write_disposition=SCD2,
        max_table_nesting=0 if tuned else None,
    )
    def projects() -> Iterator[list[Any]]:
        batch = []
        while (item := ITEMS.get()) is not DONE:
            batch.append(item)
            if len(batch) == (1000 if tuned else 100):
                yield batch
                batch = []
        yield batch

    target = dlt.destinations.duckdb(str(folder / "peer.duckdb"))
    pipeline = dlt.pipeline(
        "bench", destination=target, dataset_name="site", pipelines_dir=str(folder / "dlt"), progress=None
    )
    pipeline.run(projects(), loader_file_format="parquet" if tuned and _has_arrow() else None)


def _has_arrow() -> bool:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return False
    return True


def main() -> None:
    """Crawl and load."""
    parser = argparse.ArgumentParser()
    parser.add_argument("listing")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tuned", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    loader = threading.Thread(target=load, args=(given.folder, given.tuned))
    loader.start()
    crawl = CrawlerProcess({**(TUNED if given.tuned else PLAIN), "ITEM_PIPELINES": {ToQueue: 300}})
    crawl.crawl(Projects, start=given.listing)
    crawl.start()
    ITEMS.put(DONE)
    loader.join()


if __name__ == "__main__":
    main()
