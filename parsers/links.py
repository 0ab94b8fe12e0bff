"""Sitemaps and feeds: lists of addresses that a site gives to machines.

Belongs here: XML sitemaps and their indexes, RSS and Atom. Does not: listings for people (gsb_listing), fetching.
Concept: a document that is not what it should be gives an empty list; entities and DTDs of a stranger are never used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from parsers import html
from parsers.dates import parse_date
from parsers.text import clean

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap names: pages (`urls`), or further sitemaps if it is an index."""

    urls: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An entry of a feed; `text` is its description without markup, `published_on` an ISO date or None."""

    url: str
    title: str
    text: str
    published_on: str | None


def parse_sitemap(body: bytes) -> Sitemap:
    """The addresses of an unpacked XML sitemap or sitemap index (sitemaps.org), or of one address a line as text."""
    found = Sitemap()
    root = html.parse_xml(body)
    if root is None or _local_name(root) not in ("urlset", "sitemapindex"):
        if not body.lstrip().startswith(b"<"):
            lines = body.decode("utf-8", "replace").split()
            found.urls.extend(line for line in lines if line.startswith(("http://", "https://")))
        return found
    for entry in root:
        target = {"url": found.urls, "sitemap": found.sitemaps}.get(_local_name(entry))
        if target is not None:
            target.extend(text for text in (_text(entry, "loc"),) if text)
    return found


def parse_feed(body: bytes, url: str = "") -> list[FeedItem]:
    """The items of an RSS (0.9 to 2.0) or Atom feed in its order; addresses are resolved against `url`."""
    root = html.parse_xml(body)
    if root is None or _local_name(root) not in ("rss", "RDF", "feed"):
        return []
    base = root.get(_XML_BASE) or url
    items = [_item(entry, base) for entry in root.iter() if _local_name(entry) in ("item", "entry")]
    return [item for item in items if item is not None]


def _item(entry: html.Element, base: str) -> FeedItem | None:
    """One item; None if it has no address."""
    href = _text(entry, "link") or _atom_link(entry) or _text(entry, "guid", "id")
    try:
        address = urljoin(base, href)
    except ValueError:
        return None
    if not href or not address.startswith(("http://", "https://")):
        return None
    return FeedItem(
        url=address,
        title=html.text_of_markup(_text(entry, "title")),
        text=html.text_of_markup(_text(entry, "description", "encoded", "summary", "content")),
        published_on=_date(_text(entry, "pubDate", "published", "date", "updated", "issued")),
    )


def _text(entry: html.Element, *names: str) -> str:
    """The text of the first child that has one of these names and a text; earlier names win."""
    texts = {}
    for child in entry:
        name = _local_name(child)
        if name in names and name not in texts and (text := "".join(map(str, child.itertext())).strip()):
            texts[name] = text
    return next((texts[name] for name in names if name in texts), "")


def _atom_link(entry: html.Element) -> str:
    """The address of an Atom entry: the link that is the page itself, not its comments or attachments."""
    links = [child for child in entry if _local_name(child) == "link" and child.get("href")]
    own = [link for link in links if (link.get("rel") or "alternate") == "alternate"]
    return str((own or links)[0].get("href")) if links else ""


def _local_name(element: html.Element) -> str:
    """The name of an XML element without its name space, empty for entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _date(text: str) -> str | None:
    """An ISO date from the forms of RSS ("Tue, 02 Dec 2025 10:00:00 +0100") and Atom (ISO 8601), else None."""
    found = parse_date(clean(text)[:10]) if text[:4].isdigit() else None
    if found is not None:
        return found.value
    try:
        moment: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.date().isoformat()
