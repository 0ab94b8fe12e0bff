"""The silent-loss meter: what the parser in use does not see and another one does.

Belongs here: comparing the visible text of two HTML parsers. Does not: which part of it a field claims (findings).
Concept: a parser that drops text says nothing; only a second one tells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from parsers import html


@dataclass(frozen=True, slots=True)
class TextLoss:
    """How many characters (spaces aside) the second parser sees on a page, and how many of them the first does not."""

    characters: int
    lost: int

    @property
    def share(self) -> float:
        """Lost characters per character, 0 to 1; 0 for a page without text."""
        return round(self.lost / self.characters, 4) if self.characters else 0.0


def text_loss(body: bytes, url: str, content_type: str | None = None) -> TextLoss:
    """Compare lxml's visible text of a page with BeautifulSoup's (on Python's own parser).

    Characters and not words are counted: the two put spaces around inline elements (SGB-II) in different places.
    """
    second = Counter("".join(html.second_text(body, content_type).split()))
    doc = html.parse(body, url, content_type)
    first = Counter() if doc is None else Counter("".join(html.visible_text(doc).split()))
    return TextLoss(characters=second.total(), lost=(second - first).total())
