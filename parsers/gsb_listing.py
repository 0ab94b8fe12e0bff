"""Listing pages: which documents they name, where their pager leads, how many entries they say there are.

Belongs here: result links, pager, printed totals of GSB sites and their relatives. Does not: walking, fetching.
Concept: only links that the page shows are followed, and their queries stay as they are, byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers import html
from parsers.numbers import parse_number

_SESSION = re.compile(r";jsessionid=[^?#\"&/]*", re.IGNORECASE)
# div.pagination (DWD, FDB), li.c-nav-index__item (GSB 10), li.c-navindex__item, navIndex (GSB 6), ul.pager, blaettern.
_PAGER_PLACE = re.compile(r"pagina|nav-?index|pager|bl(?:ae|ä)tter", re.IGNORECASE)
_NEXT_MARK = re.compile(r"(?:^|[\s_-])(?:next|forward)(?:[\s_-]|$)|is-forward", re.IGNORECASE)
_NEXT_TEXT = re.compile(
    r"(?:weiter|vor|vorw(?:ä|ae)rts|n(?:ä|ae)chste(?: seite)?|zur n(?:ä|ae)chsten seite|next|next page|[>›»→]+)",
    re.IGNORECASE,
)
# `cms_` is the same parameter behind a prefix; `gtp` holds list id and page number, encoded twice.
_PAGE_KEY = re.compile(r"(?:cms_)?(?:gtp|pageNo|page|seite|start|offset)", re.IGNORECASE)
# Sorting, facets and search forms lead to the same documents in other choices and orders.
_CHOICE_KEY = re.compile(
    r"(?:cms_)?(?:gts|cl2\w*|\w+_(?:dt)?|sortOrder\w*|sort|sortierung|resultsPerPage|templateQueryString|input_|submit|"
    r"documentType\w*|dateOfIssue\w*|resourceId|pageLocale|handOverParams|view)",
    re.IGNORECASE,
)
_NO_MATTER = re.compile(r"(?:cms_)?(?:nn|queryResultId|pageLocale|resourceId|input_)", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_FORM_PATH = "/SiteGlobals/"
_NUMBER = r"(\d{1,3}(?:[. ]\d{3})+|\d+)"
_FROM_TO = re.compile(rf"\d+\s*(?:bis|[-–])\s*\d+\s+von\s+(?:insgesamt\s+)?{_NUMBER}\b", re.IGNORECASE)
_THINGS = r"(?:such)?(?:ergebniss?e?|treffer|projekte?|dokumente?|eintr(?:ä|ae)ge?|meldung(?:en)?|artikel|resultate?)"
_COUNT = re.compile(
    rf"(?:(?:insgesamt|gefunden|ihre suche ergab|es wurden|anzahl(?: der {_THINGS}n?)?|{_THINGS}n?)\s*:?\s*)?"
    rf"{_NUMBER}(?:\s+{_THINGS}n?\b.*)?",
    re.IGNORECASE,
)
_SAYS_COUNT = re.compile(rf"\b{_THINGS}", re.IGNORECASE)
_PAGE_OF = re.compile(r"seite\s+(\d+)\s+(?:von|/)\s*(\d+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listing:
    """What one page of a listing shows.

    `entries` are the addresses of the documents in page order, each once, `titles` their link texts. `pages` are all
    pages of the pager that the page links to, `next` the one after this. `total` is the number of entries that the
    site prints, `n_pages` the number of pages; None where it prints none.
    """

    entries: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    next: str | None = None
    total: int | None = None
    n_pages: int | None = None


def parse_listing(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """One page of a listing, from its bytes and address. Links are resolved against `<base href>`; never raises."""
    doc = html.parse(body, url, content_type)
    if doc is None:
        return Listing()
    texts = [line.text for line in html.lines(doc.root) if len(line.text) <= 120]
    page_of = next((found for text in texts if (found := _PAGE_OF.search(text)) is not None), None)
    listing = Listing(n_pages=int(page_of[2]) if page_of and len(page_of[2]) < 7 else None)
    here = _split(url)
    following: str | None = None
    for link in html.placed_links(doc, _PAGER_PLACE):
        path, keys = _split(link.url)
        if _is_pager(link, path, keys, here):
            if link.url not in listing.pages:
                listing.pages.append(link.url)
            if following is None and _is_next(link):
                following = link.url
        elif (
            not link.in_chrome and not link.in_place and _is_entry(path, keys, here) and link.url not in listing.titles
        ):
            listing.entries.append(link.url)
            listing.titles[link.url] = link.text
    titles = frozenset(listing.titles.values())
    total = _total([text for text in texts if text not in titles])  # an entry may be called "Projekt 3"
    return Listing(listing.entries, listing.titles, listing.pages, following, total, listing.n_pages)


def _split(url: str) -> tuple[str, frozenset[str]]:
    """Host and path without session id, and the names of the query's parameters."""
    front, _, query = _SESSION.sub("", url).partition("#")[0].partition("?")
    return front, frozenset(part.partition("=")[0] for part in query.split("&"))


def _is_pager(link: html.PlacedLink, path: str, keys: frozenset[str], here: tuple[str, frozenset[str]]) -> bool:
    """True for a link to another page of this list: a page number in its query and no new choice."""
    new = [key for key in keys - here[1] if not _PAGE_KEY.fullmatch(key) and not _NO_MATTER.fullmatch(key)]
    if not any(_PAGE_KEY.fullmatch(key) for key in keys):
        return _is_other_pager(link, path, new, here)
    if any(_CHOICE_KEY.fullmatch(key) for key in new) and not link.in_place:
        return False
    return path == here[0] or link.in_place or _is_next(link)


def _is_other_pager(link: html.PlacedLink, path: str, new: list[str], here: tuple[str, frozenset[str]]) -> bool:
    """True for the pagers of other systems: "/aktuelles/page/2/" (WordPress), "…[currentPage]=2" (TYPO3)."""
    if not link.in_place or not (_is_next(link) or link.text.isdigit()):
        return False
    if any(_CHOICE_KEY.fullmatch(key) for key in new):
        return False
    same = _NUMBERS.sub("", path) == _NUMBERS.sub("", here[0])
    return same or path.startswith(here[0].rstrip("/")) or here[0].startswith(path.rstrip("/"))


def _is_next(link: html.PlacedLink) -> bool:
    return _NEXT_MARK.search(link.marks) is not None or _NEXT_TEXT.fullmatch(link.text) is not None


def _is_entry(path: str, keys: frozenset[str], here: tuple[str, frozenset[str]]) -> bool:
    """True for a link to a document: another path, no facet, no search form, no skip link."""
    if path == here[0] or _FORM_PATH in path:
        return False
    return not any(_CHOICE_KEY.fullmatch(key) for key in keys)


def _total(texts: list[str]) -> int | None:
    """The number of entries that a short line prints: "75 Projekte", "3212 Ergebnisse", "Treffer 1 bis 10 von 34"."""
    for text in texts:
        if (found := _FROM_TO.search(text)) is not None:
            return _whole(found[1])
    for text in texts:
        found = _COUNT.fullmatch(text)
        if found is not None and _SAYS_COUNT.search(text):
            return _whole(found[1])
    return None


def _whole(digits: str) -> int | None:
    value = parse_number(digits)
    return value if isinstance(value, int) else None
