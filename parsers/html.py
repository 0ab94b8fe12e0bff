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
from urllib.parse import urlsplit

from lxml import etree

from parsers.addresses import joined
from parsers.arrival import is_no_page
from parsers.charset import encoding_of
from parsers.lines import BLOCK, INLINE, KINDS, LINK, UNSEEN, WITH_CHROME, Line, LineCollector, role
from parsers.markup import MOST_ATTRIBUTES, bounded, flat, middle
from parsers.plain import Plain
from parsers.records import Issue, issue
from parsers.text import clean, fewer_marks

Element = etree._Element

_TAG = re.compile(rb"<[a-zA-Z!?/]")
_WEB = re.compile(r"https?://[^/?#\s\[\]]+(?:[/?#]|$)", re.IGNORECASE)  # a host, and no broken one ("http://[")
# Words of a page that lets nobody in without a yes; two of them at least.
_CONSENT = re.compile(r"cookies?\b|einwilligung|zustimm\w+|akzeptieren|consent|datenschutzeinstellungen", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]0{0,9}([0-9a-fA-F]{4})|0{0,9}([0-9]{5}));?")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNSEEN_TAGS = [tag for tag, kind in KINDS.items() if kind == UNSEEN]


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page: its tree, its own address, the address that links are relative to, the charset it was read in.

    `complete` is false where the parser gave up, so that text may be missing; `skipped` is true if menus and footer
    were left out on demand; `markup` is what was parsed, in UTF-8; `cut` is true if some of its attributes are not.
    """

    root: Element
    url: str
    base: str
    encoding: str
    complete: bool = True
    skipped: bool = False
    markup: bytes = b""
    cut: bool = False


# --- bytes to tree ---------------------------------------------------------------------------------------------------


def parse(body: bytes, url: str, content_type: str | None = None, *, skip_to: bytes = b"") -> Document | None:
    """The tree of an HTML page from its bytes, address and Content-Type header; None for anything that is not HTML.

    Never raises. A wrong or missing charset is corrected by looking at the bytes. With `skip_to` only the part from
    the last h1 before these words to the footer is parsed (menus are most of a page); `Document.skipped` then tells the
    caller to look whether all is there, and to parse without it if not.
    """
    if is_no_page(body) or not body.strip():
        return None
    shorter = middle(body, skip_to) if skip_to else None
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
    tame = bounded(markup)
    root, complete = _tree(tame)
    if root is None:
        return None
    if b"<sup" in markup:
        raise_digits(root)
    if b"<button" in markup:
        _show_buttons(root)
    return Document(root, url, _base(root, url), encoding, complete, shorter is not None, tame, tame is not markup)


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of `body`: byte order mark, then the bytes themselves, then the declared charset, then detection."""
    return fewer_marks(body.decode(encoding_of(body, content_type, _detect), "replace").removeprefix("\ufeff"))


def losses(doc: Document) -> list[Issue]:
    """Issues for what the parser could not take in: text too deep, attributes without end."""
    found = []
    if not doc.complete:
        message = "nested too deep: the page could not be read to its end"
        found.append(issue("error", "text_lost", message, field="page"))
    if doc.cut:
        message = f"a tag with more than {MOST_ATTRIBUTES} attributes; the others were left out"
        found.append(issue("warning", "attributes_cut", message, field="page"))
    return found


def _detect(start: bytes) -> Iterator[str]:
    """The charsets that BeautifulSoup's detection proposes for the first bytes of a page, likeliest first."""
    from bs4.dammit import EncodingDetector  # here, as it takes as long to load as 100 pages to parse, and few ask

    return EncodingDetector(start, is_html=True).encodings


def _tree(markup: bytes) -> tuple[Element | None, bool]:
    """The tree of UTF-8 bytes, and whether it holds the whole page.

    huge_tree: without it libxml2 silently loses the text below depth 255 and in text nodes of more than 10 MB. Below
    depth 2048 it stops in any case; then the layout tags are taken out and the page is read again.
    """
    root, complete = _read(markup)
    return (root, True) if complete else _read(flat(markup))


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
            return href if _WEB.match(href) else joined(url, href) or url
    return url


# --- tree to text ----------------------------------------------------------------------------------------------------


def lines(root: Element, *, keep_chrome: bool = False) -> list[Line]:
    """The visible lines below `root` in document order, without scripts, menus, search and footer.

    `alt` texts are no text. With `keep_chrome` menus and footer stay in. One walk; time grows with the tree only.
    """
    collector = LineCollector()
    pieces, end_line, leaf = collector.pieces, collector.end_line, collector.leaf
    kinds = (WITH_CHROME if keep_chrome else KINDS).get
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
                    if len(child):
                        if kind != BLOCK and (kind != INLINE or not pieces):
                            collector.start(child, kind, tag, child.get("href") if kind == LINK else None)
                        if (text := child.text) and (pieces or not text.isspace()):
                            pieces.append(text)
                        open_elements.append((child, kind, iter(child)))
                        break
                    leaf(kind, tag, child.text, child.get("href") if kind == LINK else None)
            if (text := child.tail) and (pieces or not text.isspace()):
                pieces.append(text)
        else:
            open_elements.pop()
            collector.end(parent, parent_kind)
            if open_elements and (text := parent.tail) and (pieces or not text.isspace()):
                pieces.append(text)
    return collector.close()


def text_of(root: Element) -> str:
    """The visible text below `root` on one line, single spaces between lines."""
    return " ".join(line.text for line in lines(root))


_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # lxml gives these, and takes none back


def raise_digits(root: Element) -> None:
    """Write digits in `<sup>` as what a reader sees: "68¹ ha" and "km²", where plain text would say "681 ha"."""
    done: set[Element] = set()  # a footnote mark that is never closed holds all that follow: 6,890 deep on one page
    for element in root.iter("sup"):
        if element in done:
            continue
        for part in element.iter():
            if part.tag == "sup":
                done.add(part)
            if part.text:
                part.text = _NOT_XML.sub("", part.text).translate(_RAISED)


def _show_buttons(root: Element) -> None:
    """A button that is a heading's text opens what stands under it (accordions of GSB 10 and 11): it is seen."""
    for element in root.iter("button"):
        parent = element.getparent()
        if parent is not None and parent.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"):
            element.tag = "span"


def text_of_markup(markup: str) -> str:
    """The visible text of a piece of HTML in a string, as feeds carry it; plain text comes back as it is."""
    if "<" not in markup and "&" not in markup:
        return clean(markup)
    root, _ = _tree(bounded(markup.encode("utf-8", "replace")))
    return "" if root is None else text_of(root)


def tree_text(doc: Document, *unseen: str) -> bytes:
    """All text of a page in UTF-8, hidden or not, in no time; elements named `unseen` are taken out of its tree."""
    etree.strip_elements(doc.root, *unseen, with_tail=False)
    return etree.tostring(doc.root, method="text", encoding="utf-8", with_tail=False)


def visible_text(doc: Document) -> str:
    """All visible text of a page, menus and footer too."""
    return " ".join(line.text for line in lines(doc.root, keep_chrome=True))


def second_text(body: bytes, content_type: str | None = None) -> str:
    """All visible text by a second parser (BeautifulSoup on html.parser), to find what the first one lost.

    About thirty times slower than `visible_text`: for suspicious pages and for the silent-loss meter.
    """
    from bs4 import BeautifulSoup  # here, see `_detect`
    from bs4.exceptions import ParserRejectedMarkup

    with warnings.catch_warnings(action="ignore"):  # bs4 warns about markup that looks like XML or like an address
        try:
            soup = BeautifulSoup(decode(body, content_type).replace("\0", ""), "html.parser")
        except (ParserRejectedMarkup, ValueError):  # the latter: "&#" and thousands of digits
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


def absolute(doc: Document | Plain, href: str) -> str | None:
    """The absolute http(s) address of a link of this page by its `<base href>`; None for mailto and the like.

    The query is left as it is, byte for byte: `gtp` strings are encoded twice and mean nothing else then.
    """
    href = href.strip()
    if _WEB.match(href):
        return href
    url = None if _OTHER_SCHEME.match(href) else joined(doc.base, href)
    return url if url is not None and _WEB.match(url) else None


def host(url: str) -> str:
    """The host of an address in small letters, empty for what is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _link_text(element: Element, in_link: bool) -> str:
    """The visible text of a link; of one in another (nobody closed that) only its start, or time would be square."""
    return clean(element.text or "") if in_link or not len(element) else text_of(element)


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
    waiting = [(doc.root, False, False, False, "")]
    while waiting:
        element, in_chrome, in_place, in_link, parent_marks = waiting.pop()
        tag, attributes = element.tag, cast("list[tuple[str, str]]", element.items())
        marks = " ".join([value for name, value in attributes if name in ("id", "class", "rel")])
        in_place = in_place or (bool(marks) and place.search(marks) is not None)
        in_chrome = in_chrome or KINDS.get(tag) == UNSEEN or role(tag, BLOCK, attributes, False) == UNSEEN
        if tag == "a" and (href := element.get("href")) and (url := absolute(doc, href)) is not None:
            text = _link_text(element, in_link)
            found.append(PlacedLink(url, text, f"{marks} {parent_marks}", in_chrome, in_place))
        in_link = in_link or tag == "a"
        waiting.extend([(child, in_chrome, in_place, in_link, marks) for child in reversed(element)])
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


def language(doc: Document) -> str | None:
    """The language code of the page ("de") from `<html lang>` or `xml:lang`, None if missing."""
    given = doc.root.get("lang") or doc.root.get("xml:lang") or ""
    found = re.match(r"[a-zA-Z]{2,3}", given.strip())
    return found.group().lower() if found else None


def why_useless(body: bytes, doc: Document | None) -> tuple[str, str]:
    """Issue kind and message for a page that gave no record: nothing there, no HTML, a consent wall, another page."""
    if not body.removeprefix(codecs.BOM_UTF8).strip():
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
    if b"&#" in body and not whole:
        body = _REFERENCE.sub(_without_surrogates, body)
    try:
        return etree.fromstring(body.strip(), parser)
    except (etree.LxmlError, ValueError):
        return None


def _without_surrogates(reference: re.Match[bytes]) -> bytes:
    """Nothing for half of a character ("&#xD800;"): libxml2 takes it in, and lxml fails on it when asked for it."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"" if 0xD800 <= code <= 0xDFFF else reference[0]
