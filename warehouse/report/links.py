"""Addresses inside the report.

Belongs here: where the page of a project or a place lies, which outside addresses may be linked. Does not: markup.
Concept: every address is relative, so that the folder can lie anywhere; ids are checked before they become file names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from warehouse.report.tongue import Tongue

_SAFE = re.compile(r"[A-Za-z0-9_-]+")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


def safe(name: str) -> str:
    """An id as a file name. Raises ValueError for one that could leave the folder."""
    if _SAFE.fullmatch(name) is None:
        raise ValueError(f"{name!r} can not be a file name of the report")
    return name


def project_page(project_id: str) -> str:
    """A project's page, from the report's folder."""
    return f"project/{safe(project_id)}.html"


def place_page(ags: str) -> str:
    """A municipality's page, from the report's folder."""
    return f"place/{safe(ags)}.html"


def outside(url: str | None) -> str | None:
    """An address that may be a link: web only, so that no page can smuggle in a script."""
    return url if url and _WEB.match(url) else None


@dataclass(frozen=True, slots=True)
class Links:
    """Links from one page: `root` leads to the report's folder, `query` asks pages that exist once for a language."""

    root: str
    query: str = ""

    @classmethod
    def of(cls, tongue: Tongue) -> Links:
        """Links from the overviews of a language."""
        return cls("") if tongue.code == "de" else cls("../", "?en")

    def project(self, project_id: str) -> str:
        """The way to a project's page."""
        return f"{self.root}{project_page(project_id)}{self.query}"

    def place(self, ags: str) -> str:
        """The way to a municipality's page."""
        return f"{self.root}{place_page(ags)}{self.query}"

    def proof(self, link: str) -> str:
        """The way to a proof, from its address in the report's folder."""
        return self.root + link.replace("#", f"{self.query}#")
