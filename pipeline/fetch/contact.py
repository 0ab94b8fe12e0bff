"""Whom a site's operator can write to: without it no living site is asked.

Belongs here: which sources need a contact, and what one looks like. Does not: the User-Agent (client.py).
Concept: a crawler that can not be reached can only be blocked; so the first thing a new operator gives is an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.errors import UsageFault
from pipeline.sources import Source

_CONTACT = re.compile(
    r"[^\s@()<>\"\\;,]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|https?://[A-Za-z0-9-]+(?:\.[^\s()<>\"\\]+)+"
)
_EXAMPLE = "for example BIWAQ_CONTACT=redaktion@example.org"


def require_contact(contact: str | None, sources: Iterable[Source]) -> None:
    """Raise UsageFault where a source reaches the public internet and no mail or web address is given for questions."""
    if contact and not (contact.isascii() and contact.isprintable() and _CONTACT.fullmatch(contact)):
        raise UsageFault(f"BIWAQ_CONTACT: {contact!r} is no mail or web address, {_EXAMPLE}")
    live = [source.id for source in sources if source.kind != "warc" and not source.allow_private]
    if live and not contact:
        raise UsageFault(
            f"BIWAQ_CONTACT is not set: {', '.join(live)} would be asked without an address to complain to; {_EXAMPLE}"
        )
