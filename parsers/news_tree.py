"""What the main-text library must not see of a news page: hidden parts, menus, teasers, comments.

Belongs here: taking elements out of its tree. Does not: parsing, lines of the text (news_text), metadata.
Concept: what a reader does not read as the article is gone before; the library walks the rest a dozen times.
"""

from __future__ import annotations

from typing import Any

from parsers import html
from parsers.lines import BLOCK, UNSEEN, role
from parsers.news_text import LONG_PARAGRAPH, rest_of_page

Tree = Any  # an lxml.html tree; only parsers.html imports lxml


def cut_what_is_no_article(tree: Tree) -> None:
    """Take out of the tree what the library would take for text, or would only lose time on."""
    _cut_menus(tree)
    _cut_hidden(tree)
    _cut_rest(tree)


def _cut_menus(tree: Tree) -> None:
    """Take out `<nav>`: half of the library's time. One with headline or paragraphs in it is only not closed."""
    for menu in list(tree.iter("nav")):
        if menu.getparent() is not None and next(menu.iter("h1", "p", "article", "main"), None) is None:
            menu.drop_tree()


def _cut_hidden(tree: Tree) -> None:
    """Take out what no reader sees, as parsers.lines has it: trafilatura takes it for text."""
    hidden = [
        value.getparent()
        for value in tree.xpath("//@hidden | //@style")
        if role(value.getparent().tag, BLOCK, [(value.attrname, value)], True) == UNSEEN
    ]
    for element in (*tree.iter("template"), *hidden):
        if element.getparent() is not None:
            element.drop_tree()


def _cut_rest(tree: Tree) -> None:
    """Take out headings like "Lesen Sie auch" with the teasers behind them, and comments.

    Trafilatura may drop the heading alone. A long paragraph ends the teasers: there the article goes on.
    """
    for heading in list(tree.iter("h2", "h3", "h4")):
        rest = rest_of_page(heading.text or "")
        parent = heading.getparent()
        if rest is None or parent is None:
            continue
        for element in (heading, *heading.itersiblings()):
            is_prose = rest == "teasers" and element.tag == "p" and len(html.text_of(element)) >= LONG_PARAGRAPH
            if is_prose or (element is not heading and element.tag == heading.tag):
                break
            parent.remove(element)
