"""Scrapy's own JSON lines export and DuckDB's read_json: `scrapy_jsonl.py LISTING FOLDER [--tuned]`.

Belongs here: the feed, the load. Does not: fields.
Concept: the shortest way from a spider to a table.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb
from scrapy.crawler import CrawlerProcess
from spider import PLAIN, TUNED, Projects


def main() -> None:
    """Crawl, then load."""
    parser = argparse.ArgumentParser()
    parser.add_argument("listing")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tuned", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    feed = given.folder / "items.jsonl"
    feeds = {str(feed): {"format": "jsonlines", "overwrite": True}}
    crawl = CrawlerProcess({**(TUNED if given.tuned else PLAIN), "FEEDS": feeds})
    crawl.crawl(Projects, start=given.listing)
    crawl.start()
    with duckdb.connect(str(given.folder / "peer.duckdb")) as connection:
        connection.execute("CREATE OR REPLACE TABLE projects AS SELECT * FROM read_json(?)", [str(feed)])


if __name__ == "__main__":
    main()
