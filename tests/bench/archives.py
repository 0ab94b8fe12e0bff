"""Archives of many days, written without a network: what is left when nights are over.

Belongs here: days of generated pages as the archive keeps them. Does not: pages (project_pages.py), measuring.
Concept: by the archive's own writer, so that whatever reads an archive can not tell the difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import httpx

from pipeline.fetch.archive import Archive
from pipeline.fetch.client import Answer
from pipeline.fetch.report import CrawlReport
from pipeline.fetch.warc import utc
from tests.bench.project_pages import CONTENT_TYPE

SOURCE = "bench"
FIRST_DAY = date(2026, 11, 1)


def write_days(archive: Path, pages: Iterable[list[tuple[str, bytes]]]) -> list[date]:
    """A night a list of addresses and bodies, day after day. Returns the days."""
    days = []
    for number, night in enumerate(pages):
        days.append(FIRST_DAY + timedelta(days=number))
        _write_day(Archive(archive), days[-1], night)
    return days


def _write_day(archive: Archive, day: date, pages: list[tuple[str, bytes]]) -> None:
    at = datetime.combine(day, time(2, 15), UTC)
    urls = [url for url, _ in pages]
    report = CrawlReport(f"{day}-run", SOURCE, day.isoformat(), utc(at), listed=len(pages), discovered=True)
    report.fetched = len(pages)
    with archive.writer(SOURCE, day, f"{day}-run", lambda: at) as writer:
        for url, body in pages:
            headers = httpx.Headers({"content-type": CONTENT_TYPE})
            writer.store(Answer(url, 200, "OK", headers, body, body, at), "document", url)
        report.conclude(urls, utc(at))
        writer.finish(report.to_log(), {})


def source_file(path: Path) -> Path:
    """The source of these pages, to parse by; nothing is fetched."""
    path.write_text(f"""\
id = "{SOURCE}"
title = "Generated project pages"
publisher = "nobody"
page_type = "gsb_project"
hosts = ["www.biwaq.example"]
listings = ["https://www.biwaq.example/"]
follow = '/Projekte/Projekte_BIWAQ\\d/[^/]+\\.html$'
[expect]
min_pages = 1
max_pages = 1000000
""")
    return path
