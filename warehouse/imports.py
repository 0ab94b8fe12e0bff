"""Which document an imported capture belongs to.

Belongs here: addresses of captures that others made. Does not: order of versions (load.py).
Concept: a page that moved from http to https stayed the same page; its captures are one history, at the live address.
"""

from __future__ import annotations

from collections.abc import Iterable


class Addresses:
    """The addresses that live sources and imports name. `page_types` holds the page type of each live one."""

    def __init__(self, live: Iterable[tuple[str, str]] = (), imported: Iterable[str] = ()) -> None:
        self.page_types: dict[str, str] = {}
        for url, page_type in live:
            self.page_types.setdefault(url, page_type)
        self._imported = frozenset(imported)

    def document(self, url: str) -> str:
        """The document's address for a capture of `url`.

        A live address first, the same with the other scheme next; where no live source has the page, https if any
        capture was made there.
        """
        other = _other_scheme(url)
        if url in self.page_types:
            return url
        if other in self.page_types:
            return other
        return other if other in self._imported and other.startswith("https:") else url


def _other_scheme(url: str) -> str:
    scheme, _, rest = url.partition(":")
    return f"{'http' if scheme == 'https' else 'https'}:{rest}"
