"""Links to addresses: what a link means on its page.

Belongs here: joining a link to its base as RFC 3986 (5.2) has it. Does not: which links count, a document's identity.
Concept: exactly what `urljoin` gives; most links need none of it, and a listing has two hundred a page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin

_STEP = r"[\w%~-][\w%~.-]*"
_BELOW = re.compile(rf"{_STEP}(?:/{_STEP})*(?:;\w+=[\w.]+)?(?:\?[\w%~.=&-]+)?(?:#[\w%~.-]+)?", re.ASCII)
"""No scheme, no dots to climb, nothing that `urljoin` (eight times slower) would change."""


def joined(base: str, href: str) -> str | None:
    """The address that a link of a page leads to; None for what is none ("http://[")."""
    href = href.strip()
    try:
        return _folder(base) + href if _BELOW.fullmatch(href) else urljoin(base, href)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _folder(base: str) -> str:
    """What every plain link of a page begins with. Raises ValueError."""
    return urljoin(base, "x")[:-1]
