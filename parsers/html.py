"""From bytes to a tree and from a tree to visible lines: the only module that knows lxml and BeautifulSoup.

Belongs here: charset, parsing, visible text line by line, links, meta tags. Does not: what a heading or label means.
Concept: any bytes are survived (None, never an exception), and nothing that a reader sees is dropped unnoticed.
"""

from __future__ import annotations

import codecs
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, cast
from urllib.parse import urljoin, urlsplit

import orjson
from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from bs4.exceptions import ParserRejectedMarkup
from lxml import etree

from parsers.charset import encoding_of, is_utf8
from parsers.lines import BLOCK, INLINE, KINDS, LINK, UNSEEN, WITH_CHROME, Line, LineCollector, role
from parsers.text import clean

Element = etree._Element

_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"\x7fELF", b"RIFF", b"OggS")
_TAG = re.compile(rb"<[a-zA-Z!?/]")
_LAYOUT_TAG = re.compile(
    rb"</?(?:(div|section|article|blockquote|table|tbody|tr|td|ul|ol|dl)|span|b|i|u|em|font|small|big|center)\b[^<>]*>",
    re.IGNORECASE,
)
_TITLE_AND_BASE = re.compile(rb"<base\b[^>]*>|<title\b[^<]*</title>", re.IGNORECASE)
_FOOTER = b'<div id="siteInfo"'
_WEB = re.compile(r"https?://[^/?#\s\[\]]+(?:[/?#]|$)", re.IGNORECASE)  # a host, and no broken one ("http://[")
# Words of a page that lets nobody in without a yes; two of them at least.
_CONSENT = re.compile(r"cookies?\b|einwilligung|zustimm\w+|akzeptieren|consent|datenschutzeinstellungen", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UNSEEN_TAGS = [tag for tag, kind in KINDS.items() if kind == UNSEEN]


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page: its tree, its own address, the address that links are relative to, the charset it was read in.

    `complete` is false where the parser gave up on the way, so that text may be missing; `skipped` is true if menus
    and footer were left out on demand.
    """

    root: Element
    url: str
    base: str
    encoding: str
    complete: bool = True
    skipped: bool = False


class Link(NamedTuple):
    """A link as a reader sees it: absolute address and visible text."""

    url: str
    text: str


# --- bytes to tree ---------------------------------------------------------------------------------------------------


def parse(body: bytes, url: str, content_type: str | None = None, *, skip_to: bytes = b"") -> Document | None:
    """The tree of an HTML page from its bytes, address and Content-Type header; None for anything that is not HTML.

    Never raises. A wrong or missing charset is corrected by looking at the bytes. With `skip_to` only the part from
    the last h1 before these words to the footer is parsed (menus are most of a page); `Document.skipped` then tells the
    caller to look whether all is there, and to parse without it if not.
    """
    if body.startswith(_BINARY) or not body.strip():
        return None
    shorter = _middle(body, skip_to) if skip_to else None
    encoding = "utf-8" if shorter is not None else encoding_of(body, content_type, _detect)
    markup = shorter or body
    if encoding != "utf-8":
        markup = body.decode(encoding, "replace").encode("utf-8", "replace")
    markup = markup.removeprefix(codecs.BOM_UTF8)
    if b"\0" in markup:
        if markup.count(b"\0") * 10 > len(markup):
            return None
        markup = markup.replace(b"\0", b"")
    if _TAG.search(markup) is None:
        return None
    root, complete = _tree(markup)
    if root is None:
        return None
    return Document(root, url, _base(root, url), encoding, complete, skipped=shorter is not None)


def _middle(body: bytes, words: bytes) -> bytes | None:
    """The page from the last h1 before `words` to the footer, with its title and base; None if that is not safe.

    It is not if the h1 stands inside a comment or script, or if the part is not sound UTF-8.
    """
    at = body.find(words)
    head, start = body.find(b"<body"), body.rfind(b"<h1", 0, at if at >= 0 else len(body))
    if not 0 <= head < start:
        return None
    for begin, end in ((b"<!--", b"-->"), (b"<script", b"</script")):
        closed = body.find(end, start)
        if closed >= 0 and body.find(begin, start, closed) < 0:  # it was opened before the h1
            return None
    footer = body.find(_FOOTER, start)
    part = b"".join(_TITLE_AND_BASE.findall(body, 0, head)) + body[start : footer if footer >= 0 else len(body)]
    return part if is_utf8(part) else None


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of `body`: byte order mark, then the bytes themselves, then the declared charset, then detection."""
    return body.decode(encoding_of(body, content_type, _detect), "replace").removeprefix("\ufeff")


def _detect(start: bytes) -> Iterator[str]:
    """The charsets that BeautifulSoup's detection proposes for the first bytes of a page, likeliest first."""
    return EncodingDetector(start, is_html=True).encodings


def _tree(markup: bytes) -> tuple[Element | None, bool]:
    """The tree of UTF-8 bytes, and whether it holds the whole page.

    huge_tree: without it libxml2 silently loses the text below depth 255 and in text nodes of more than 10 MB. Below
    depth 2048 it stops in any case; then the layout tags are taken out and the page is read again.
    """
    root, complete = _read(markup)
    return (root, True) if complete else _read(_LAYOUT_TAG.sub(lambda tag: b"<br>" if tag[1] else b" ", markup))


def _read(markup: bytes) -> tuple[Element | None, bool]:
    # Comments and processing instructions are dropped while parsing, so that the text around them is one piece.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = etree.fromstring(markup, parser)
    except (etree.LxmlError, AssertionError):
        return None, True
    return root, not (len(parser.error_log) and parser.error_log.filter_from_fatals())


def _base(root: Element, url: str) -> str:
    """What links are relative to: GSB pages set `<base href>`, and all their links need it."""
    for element in root.iter("base"):
        if href := element.get("href"):
            return _join(url, href) or url
    return url


def _join(base: str, href: str) -> str | None:
    try:
        return urljoin(base, href.strip())
    except ValueError:  # "http://[": not an address
        return None


# --- tree to text ----------------------------------------------------------------------------------------------------


def lines(root: Element, *, keep_chrome: bool = False) -> list[Line]:
    """The visible lines below `root` in document order, without scripts, menus, search and footer.

    `alt` texts are no text. With `keep_chrome` menus and footer stay in. One walk; time grows with the tree only.
    """
    collector = LineCollector()
    pieces, end_line, kinds = collector.pieces, collector.end_line, (WITH_CHROME if keep_chrome else KINDS).get
    collector.start(root, kinds(root.tag, INLINE), root.tag, root.get("href"))
    collector.add(root.text)
    open_elements = [(root, kinds(root.tag, INLINE), iter(root))]
    while open_elements:  # no recursion: pages nest a thousandfold
        parent, parent_kind, children = open_elements[-1]
        for child in children:
            tag = child.tag
            if tag == "br":
                if pieces:
                    end_line()
                collector.after_break = True
            elif (kind := kinds(tag, INLINE)) != UNSEEN:
                if kind > LINK:
                    if pieces:
                        end_line()
                    collector.after_break = False
                if (kind == BLOCK or tag == "span") and (attributes := child.items()):
                    kind = role(tag, kind, cast("list[tuple[str, str]]", attributes), keep_chrome)
                if kind != UNSEEN:
                    if kind != BLOCK and (kind != INLINE or not pieces):
                        collector.start(child, kind, tag, child.get("href") if kind == LINK else None)
                    if (text := child.text) and (pieces or not text.isspace()):
                        pieces.append(text)
                    if len(child):
                        open_elements.append((child, kind, iter(child)))
                        break
                    collector.end(child, kind)
            if (text := child.tail) and (pieces or not text.isspace()):
                pieces.append(text)
        else:
            open_elements.pop()
            collector.end(parent, parent_kind)
            if open_elements:
                collector.add(parent.tail)
    return collector.close()


def text_of(root: Element) -> str:
    """The visible text below `root` on one line, single spaces between lines."""
    return " ".join(line.text for line in lines(root))


def text_of_markup(markup: str) -> str:
    """The visible text of a piece of HTML in a string, as feeds carry it; plain text comes back as it is."""
    if "<" not in markup and "&" not in markup:
        return clean(markup)
    root, _ = _tree(markup.encode("utf-8", "replace"))
    return "" if root is None else text_of(root)


def visible_text(doc: Document) -> str:
    """All visible text of a page, menus and footer too."""
    return " ".join(line.text for line in lines(doc.root, keep_chrome=True))


def second_text(body: bytes, content_type: str | None = None) -> str:
    """All visible text by a second parser (BeautifulSoup on html.parser), to find what the first one lost.

    About thirty times slower than `visible_text`: for suspicious pages and for the silent-loss meter.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bs4 warns about markup that looks like XML or like an address
        try:
            soup = BeautifulSoup(decode(body, content_type).replace("\0", ""), "html.parser")
        except ParserRejectedMarkup:
            return ""
    for tag in soup(lambda tag: tag.name in _UNSEEN_TAGS or "hidden" in tag.attrs):
        tag.decompose()
    return clean(soup.get_text(" "))


# --- elements, attributes, links -------------------------------------------------------------------------------------


def elements(root: Element, *tags: str) -> list[Element]:
    """All elements with one of `tags` below `root` (itself included), in document order."""
    return list(root.iter(*tags))


def attribute(element: Element, name: str) -> str:
    """The cleaned value of an attribute, empty if there is none."""
    return clean(element.get(name) or "")


def absolute(doc: Document, href: str) -> str | None:
    """The absolute http(s) address of a link of this page by its `<base href>`; None for mailto and the like.

    The query is left as it is, byte for byte: `gtp` strings are encoded twice and mean nothing else then.
    """
    href = href.strip()
    if _WEB.match(href):
        return href
    url = None if _OTHER_SCHEME.match(href) else _join(doc.base, href)
    return url if url is not None and _WEB.match(url) else None


def host(url: str) -> str:
    """The host of an address in small letters, empty for what is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def links(doc: Document, within: Element | None = None) -> list[Link]:
    """All web links below `within` (default: the page), absolute, with their visible text, in document order."""
    found = []
    for element in (doc.root if within is None else within).iter("a"):
        href = element.get("href")
        url = absolute(doc, href) if href else None
        if url is not None:
            found.append(Link(url, text_of(element)))
    return found


class PlacedLink(NamedTuple):
    """A link with where it stands: in menu, search or footer, or in an element whose id or class a pattern matches.

    `marks` are id, class and rel of the link itself and of its parent.
    """

    url: str
    text: str
    marks: str
    in_chrome: bool
    in_place: bool


def placed_links(doc: Document, place: re.Pattern[str]) -> list[PlacedLink]:
    """All web links of a page in document order, each with its place; one walk."""
    found: list[PlacedLink] = []
    waiting = [(doc.root, False, False, "")]
    while waiting:
        element, in_chrome, in_place, parent_marks = waiting.pop()
        tag, attributes = element.tag, cast("list[tuple[str, str]]", element.items())
        marks = " ".join([value for name, value in attributes if name in ("id", "class", "rel")])
        in_place = in_place or (bool(marks) and place.search(marks) is not None)
        in_chrome = in_chrome or KINDS.get(tag) == UNSEEN or role(tag, BLOCK, attributes, False) == UNSEEN
        if tag == "a" and (href := element.get("href")) and (url := absolute(doc, href)) is not None:
            found.append(PlacedLink(url, text_of(element), f"{marks} {parent_marks}", in_chrome, in_place))
        waiting.extend([(child, in_chrome, in_place, marks) for child in reversed(element)])
    return found


def page_title(doc: Document) -> str | None:
    """The cleaned `<title>`, None if missing or empty."""
    return next((text for element in doc.root.iter("title") if (text := clean(element.text or ""))), None)


def meta(doc: Document, *names: str) -> str | None:
    """The content of the first meta tag whose name, property or itemprop is one of `names`; earlier names win."""
    found: dict[str, str] = {}
    for element in doc.root.iter("meta"):
        content = attribute(element, "content")
        for key in ("name", "property", "itemprop"):
            if content and (name := element.get(key)):
                found.setdefault(name.strip().lower(), content)
    return next((found[name.lower()] for name in names if name.lower() in found), None)


def canonical(doc: Document) -> str | None:
    """The absolute address of `<link rel="canonical">`, None if missing."""
    for element in doc.root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and (href := element.get("href")):
            return absolute(doc, href)
    return None


def language(doc: Document) -> str | None:
    """The language code of the page ("de") from `<html lang>` or `xml:lang`, None if missing."""
    given = doc.root.get("lang") or doc.root.get("xml:lang") or ""
    found = re.match(r"[a-zA-Z]{2,3}", given.strip())
    return found.group().lower() if found else None


def json_ld(doc: Document) -> list[dict[str, object]]:
    """The objects of all JSON-LD scripts, those of lists and `@graph` one by one; unreadable scripts are left out."""
    found: list[dict[str, object]] = []
    for element in doc.root.iter("script"):
        if "ld+json" in (element.get("type") or ""):
            try:
                found.extend(_objects(orjson.loads(element.text or "")))
            except orjson.JSONDecodeError:
                continue
    return found


def _objects(data: object) -> Iterator[dict[str, object]]:
    """The dicts at the top of a JSON-LD document."""
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            graph = item.get("@graph")
            yield from (entry for entry in graph if isinstance(entry, dict)) if isinstance(graph, list) else (item,)


def why_useless(body: bytes, doc: Document | None) -> tuple[str, str]:
    """Issue kind and message for a page that gave no record: nothing there, no HTML, a consent wall, another page."""
    if not body.strip():
        return "empty_page", "the answer has no content"
    if doc is None:
        return "not_html", "the answer is no HTML page"
    text = visible_text(doc)
    if not text:
        return "empty_page", "the page shows no text: scripts only, or nothing"
    if len(text) < 6000 and len(_CONSENT.findall(text)) >= 2:
        return "consent_wall", "the page asks for consent to cookies and shows nothing else"
    return "not_this_page", "the page has none of the headings of its type; an error page or another kind of page"


# --- XML -------------------------------------------------------------------------------------------------------------


def parse_xml(body: bytes, *, whole: bool = False) -> Element | None:
    """The tree of an XML document, None for anything else and, with `whole`, for one that was cut off on the way.

    Entities are not expanded, nothing outside is read.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=not whole,
    )
    try:
        return etree.fromstring(body.strip(), parser)
    except (etree.LxmlError, ValueError):
        return None
