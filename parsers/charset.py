"""Which charset the bytes of a page are really in.

Belongs here: byte order marks, declarations, plausibility of the bytes. Does not: markup beyond the charset tag.
Concept: the bytes outrank what header and meta tag say, because sites declare one charset and send another.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Only charsets of real pages: Python also knows codecs that are slow on purpose or no charset at all.
_REAL_CHARSET = re.compile(r"iso8859|cp\d|mac|koi8|gb|big5|shift|euc", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)

_ASCII = bytes(range(128))
# Umlauts, quotes, dashes and the no-break space in Windows-1252: more than half of what is not ASCII in German text.
_GERMAN = "äöüÄÖÜß„“”–’\u00a0".encode("cp1252")


def encoding_of(body: bytes, content_type: str | None, detect: Callable[[bytes], Iterator[str]]) -> str:
    """The charset that `body` really is in, as Python names it; `detect` is asked last, with the first bytes.

    Bytes that are valid UTF-8 are UTF-8 whatever header and meta tag say; a page cut inside a character still is.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return name
    if b"\0" in body[:512]:
        halves = body[0:512:2].count(0), body[1:512:2].count(0)
        if max(halves) * 8 > len(body[:512]):
            return "utf-16-be" if halves[0] > halves[1] else "utf-16-le"
    return "utf-8" if is_utf8(body) else _of_other(body, content_type, detect)


def is_utf8(body: bytes) -> bool:
    """True for sound UTF-8, also if its last character is cut off."""
    try:
        codecs.utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def _of_other(body: bytes, content_type: str | None, detect: Callable[[bytes], Iterator[str]]) -> str:
    """The charset of bytes that are not clean UTF-8: still UTF-8 with a few broken bytes, declared, or detected."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = len(body) - broken - len(text.encode("ascii", "ignore"))
    if sound > 4 * broken:
        return "utf-8"
    declared = _CHARSET.findall((content_type or "").encode("ascii", "ignore")) + _CHARSET.findall(body[:4096])
    for name in declared:
        if (charset := _charset(name.decode())) is not None and _fits(body[:4096], charset):
            return charset
    high = len(body.translate(None, _ASCII))
    if high and (high - len(body.translate(None, _ASCII + _GERMAN))) / high > 0.6:
        return "cp1252"
    for name in detect(body[:4096]):
        if (charset := _charset(name)) is not None and _fits(body[:4096], charset):
            return charset
    return "cp1252"


def _fits(start: bytes, charset: str) -> bool:
    try:
        start.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def _charset(name: str) -> str | None:
    """Python's name of a declared charset, None for unknown ones and for UTF-8 and UTF-16, ruled out before."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if codec in ("iso8859-1", "ascii"):  # as browsers read it: the quotes and dashes of Windows stand in such pages
        return "cp1252"
    return codec if _REAL_CHARSET.match(codec) else None
