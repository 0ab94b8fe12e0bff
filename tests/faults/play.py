"""What the server does on a connection after it has read a request, as data.

Belongs here: the steps and the builders of frequent answers. Does not: sockets (server.py), what must happen (case.py).
Concept: a play is a list of bytes, waits and violent ends; it knows whether a whole, good page was in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in; `path` with its query as sent, header names in lower case, `at` in seconds."""

    host: str
    path: str
    headers: Mapping[str, str]
    at: float
    connection: int


@dataclass(frozen=True, slots=True)
class Send:
    """These bytes at once."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Drip:
    """These bytes one by one (or `size` at a time), `pause` seconds after each."""

    data: bytes
    pause: float
    size: int = 1


@dataclass(frozen=True, slots=True)
class Flood:
    """These bytes again and again, `most` bytes in all or until the client leaves."""

    data: bytes
    most: int
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing until the client leaves."""


@dataclass(frozen=True, slots=True)
class Reset:
    """RST instead of an orderly end."""


@dataclass(frozen=True, slots=True)
class Close:
    """An orderly end of the connection."""


Step = Send | Drip | Flood | Wait | Hang | Reset | Close


@dataclass(frozen=True, slots=True)
class Good:
    """A whole, good page inside a play: its bytes after decoding, and the same page as clean UTF-8 for its record."""

    body: bytes
    means: bytes


@dataclass(frozen=True, slots=True)
class Play:
    """Steps in order; after the last the connection stays open for the next request."""

    steps: tuple[Step, ...]
    good: Good | None = None

    def then(self, *steps: Step) -> Play:
        """The same with more steps."""
        return replace(self, steps=(*self.steps, *steps))

    def bad(self) -> Play:
        """The same, but what it sends is no good page."""
        return replace(self, good=None)


Answerer = Play | Sequence[Play] | Callable[[Request], Play | None]
"""A sequence is played in turn, its last for ever; None is answered by 404."""
Routes = Mapping[str, Answerer]


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers of an answer."""

    status: int = 200
    reason: str = ""
    headers: Sequence[tuple[str, str]] = field(default_factory=tuple)
    version: str = "HTTP/1.1"

    def __bytes__(self) -> bytes:
        lines = [f"{self.version} {self.status} {self.reason}", *(f"{name}: {value}" for name, value in self.headers)]
        return CRLF.join(map(_encoded, lines)) + CRLF + CRLF


def _encoded(line: str) -> bytes:
    """Latin-1 as HTTP has it, UTF-8 (as browsers accept it) for what that can not hold."""
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode()


HTML = ("Content-Type", "text/html;charset=utf-8")


def answer(
    status: int = 200,
    body: bytes = b"",
    *headers: tuple[str, str],
    reason: str = "",
    length: int | None = None,
    plain: bool = False,
) -> Play:
    """An answer with Content-Length (`length` lies about it); `plain` adds no headers of its own."""
    more: list[tuple[str, str]] = []
    names = {name.lower() for name, _ in headers}
    if not plain and "content-type" not in names:
        more.append(HTML)
    if not plain and "content-length" not in names and status not in (204, 304):
        more.append(("Content-Length", str(len(body) if length is None else length)))
    return Play((Send(bytes(Head(status, reason, [*headers, *more])) + body),))


def raw(*parts: bytes | Step) -> Play:
    """Bytes and steps as they stand; a newline in a head is written as `\\n` and sent as CRLF by `head`."""
    return Play(tuple(Send(part) if isinstance(part, bytes) else part for part in parts))


def head(text: str) -> bytes:
    """A head written with plain newlines, as bytes with CRLF; ends with the empty line."""
    return text.strip("\n").replace("\n", "\r\n").encode("latin-1") + CRLF + CRLF


def redirect(status: int, location: str | None, *headers: tuple[str, str]) -> Play:
    """A redirect; None leaves the Location out."""
    where = [] if location is None else [("Location", location)]
    return answer(status, b"", *where, *headers)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Chunks as RFC 9112, 7.1 has them."""
    return b"".join(f"{len(chunk):x}".encode() + CRLF + chunk + CRLF for chunk in chunks) + end
