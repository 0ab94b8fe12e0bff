"""Text that a spreadsheet opens as text, and that comes back exactly.

Belongs here: the apostrophe rule, its way back, and a value as the text of a CSV cell. Does not: files or queries.
Concept: a page may hold =HYPERLINK(...); an apostrophe before it makes it text, and every such apostrophe can be told
from the page's own, because those get one too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import islice

import orjson

# Where a cell may begin: at the start of the text, but also after ; tab and line break, because a German Excel opens a
# comma-separated file with ; as its separator and then does not heed quotes inside a line. Full-width signs (U+FF0B …)
# are read as their ASCII forms by East Asian versions.
_START = r"(\A|[;\t\r\n])"
_UNSAFE = re.compile(_START + r"(?='|[\s\"\u200b\ufeff]*[=+\-@＝＋－＠|%])")
_BETWEEN = "\0"
_UNSAFE_OF_MANY = re.compile(_UNSAFE.pattern.replace(r";\t", r"\0;\t", 1))
_ADDED = re.compile(_START + "'")
_AT_ONCE = 2_000
"""Rows whose cells are made together."""
EMPTY = "'"
"""A text that is empty and not null; null is nothing between two commas."""


def escaped(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet could find a formula, or an apostrophe stands already."""
    return _UNSAFE.sub(r"\1'", text) if text else EMPTY


def escaped_all(texts: Sequence[str]) -> list[str]:
    """Many texts at once, each as by `escaped`: joined by NUL, so that one search goes over all of them."""
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) != len(texts) - 1:  # a text holds one itself
        return [escaped(text) for text in texts]
    return [text or EMPTY for text in _UNSAFE_OF_MANY.sub(r"\1'", joined).split(_BETWEEN)]


def unescaped(cell: str) -> str | None:
    """The text of a cell that `escaped` made; None (null) for an empty one."""
    return _ADDED.sub(r"\1", cell) if cell else None


def cell_of(value: object) -> str:
    """A value as a cell: null empty, true/false, ISO 8601 (times are UTC: Z), shortest exact number, list as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, (date, int, Decimal)):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    return escaped(value if isinstance(value, str) else orjson.dumps(value, default=str).decode())


def lines(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A CSV file line by line: RFC 4180, comma, quotes where needed, CRLF, a header; cells by `cell_of`."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([escaped(name) for name in names])
    waiting = iter(rows)
    while some := list(islice(waiting, _AT_ONCE)):
        writer.writerows(zip(*map(_cells, zip(*some, strict=True)), strict=True))
        yield _taken(buffer)
    yield _taken(buffer)


def _cells(column: Sequence[object]) -> Sequence[str]:
    """The cells of a column, as by `cell_of`; texts all at once."""
    texts = [value for value in column if isinstance(value, str)]
    if len(texts) == len(column):
        return escaped_all(texts)
    found = iter(escaped_all(texts) if texts else ())
    return [next(found) if isinstance(value, str) else cell_of(value) for value in column]


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
