"""Which page type a page without a source is.

Belongs here: a guess from marks in the page, for `biwaq parse FILE`. Does not: pages of a source, whose file says it.
Concept: marks of the CMS and of article markup, read from the bytes; what has neither is a town's page.
"""

from __future__ import annotations

import re

GSB_MARKS = re.compile(rb"Government Site Builder|Projektinformationen|Gebietsbeschreibung|/Projekte_BIWAQ\d/")
ARTICLE_MARKS = re.compile(
    rb"""["']@type["']\s*:\s*\[?\s*["'](?:News|Report|Blog)?Article"""
    rb"""|property=["']og:type["'][^>]*content=["']article["']"""
    rb"""|<article\b|["']article:published_time["']""",
    re.IGNORECASE,
)


def page_type_of(body: bytes, url: str) -> str:
    """`gsb_project`, `news_article` or `city_page`, by the marks of the page and its address."""
    if GSB_MARKS.search(body) or GSB_MARKS.search(url.encode()):
        return "gsb_project"
    return "news_article" if ARTICLE_MARKS.search(body) else "city_page"
