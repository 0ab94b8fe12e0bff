"""Templates of the generated pages and what they need.

Belongs here: the Jinja environment, its filters. Does not: which facts stand on a page.
Concept: frames (most of the bytes) are rendered once and filled in by text replacement, so that pages stay cheap.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tests.bench.vocabulary import HERE

_ABBREVIATIONS = {
    "e. V.": "eingetragener Verein",
    "e.V.": "eingetragener Verein",
    "z. B.": "zum Beispiel",
    "ggf.": "gegebenenfalls",
    "SGB": "Sozialgesetzbuch",
    "ha": "Hektar",
}
_ABBREVIATION = re.compile(r"e\. ?V\.|z\. B\.|ggf\.|SGB(?=-)|(?<=\d )ha\b")


def render(template: str, **values: Any) -> str:
    """The text of one of our templates. Raises UndefinedError for a value that the template wants and nobody gave."""
    return _environment().get_template(f"{template}.html.j2").render(values)


def fill(text: str, **values: str) -> str:
    """`text` with each @NAME@ replaced by the value of that name."""
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "markup"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"abbr": _abbr, "soft": _soft, "folder": folder}
    return environment


def _abbr(text: str) -> Markup:
    """Escaped, with abbreviations in <abbr> as the editors of real pages set them."""
    return Markup(_ABBREVIATION.sub(_marked, str(escape(text))))


def _marked(found: re.Match[str]) -> str:
    return f'<abbr title="{_ABBREVIATIONS[found[0]]}">{found[0]}</abbr>'


def _soft(name: str) -> str:
    """The menu name with its soft hyphens."""
    return name.replace("|", "\u00ad")


def folder(name: str) -> str:
    """The menu name as a part of an address."""
    return quote(name.replace("|", "").replace(" ", ""))
