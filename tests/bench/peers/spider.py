"""The spider that both peers share: a listing with its pager, then every project page.

Belongs here: following links, Scrapy's settings. Does not: fields, storage.
Concept: `tuned` takes out what such a crawl does not need; without it Scrapy is as `scrapy startproject` gives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import scrapy
from fields import parse_project

PLAIN: dict[str, Any] = {
    "ROBOTSTXT_OBEY": False,
    "LOG_LEVEL": "ERROR",
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False,
}
_UNNEEDED = (
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware",
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware",
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",
    "scrapy.downloadermiddlewares.stats.DownloaderStats",
)
TUNED: dict[str, Any] = {
    **PLAIN,
    "COOKIES_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "DOWNLOADER_MIDDLEWARES": dict.fromkeys(_UNNEEDED),
    "EXTENSIONS": {
        "scrapy.extensions.memusage.MemoryUsage": None,
        "scrapy.extensions.logstats.LogStats": None,
        "scrapy.extensions.corestats.CoreStats": None,
    },
}


class Projects(scrapy.Spider):
    """Every project of the listing at `start`."""

    name = "projects"

    def __init__(self, start: str, **more: Any) -> None:
        super().__init__(**more)
        self.start_urls = [start]

    def parse(self, response: Any, **_: Any) -> Iterator[Any]:
        """A listing page."""
        yield from response.follow_all(css="ul.result a", callback=self.parse_page)
        yield from response.follow_all(css="div.pagination a", callback=self.parse)

    def parse_page(self, response: Any) -> Iterator[dict[str, Any]]:
        """A project page."""
        yield parse_project(response.selector, response.url)
