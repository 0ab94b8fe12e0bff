"""The German of what issues say: their sentences are made where the fault is found, in English, with values in them.

Belongs here: recognising a sentence by its fixed words and saying it in German. Does not: the kinds of issues and the
advice (descriptions_de.toml). Concept: patterns are data; a sentence that none fits stays English and is marked so.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_HOLE = re.compile(r"\{(\w+)\}")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    texts = tomllib.loads(Path(__file__).with_name("messages_de.toml").read_text(encoding="utf-8"))["messages"]
    return tuple((re.compile(_pattern(english), re.DOTALL), german) for english, german in texts.items())


def _pattern(english: str) -> str:
    """The sentence as a pattern: values stand in braces, each is any text."""
    parts = _HOLE.split(english)
    return "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))


_LONGEST = 400
"""Characters; a sentence that quotes more of a page stays English: patterns with several holes get slow on it."""


def german_message(text: str) -> str | None:
    """The German of an issue's sentence, None where there is none or the sentence is very long."""
    if len(text) > _LONGEST:
        return None
    for pattern, german in _patterns():
        hit = pattern.fullmatch(text)
        if hit is not None:
            return german.format(**hit.groupdict())
    return None
