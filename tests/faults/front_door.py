"""A few loopback addresses count as public, so that sources with `allow_private = false` can be crawled on loopback.

Belongs here: that one exception. Does not: any other change of the product.
Concept: the suite runs in the night's own setting; every other non-public address is refused as always.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipeline.fetch import guard
from tests.faults.server import DOOR


@contextmanager
def front_door() -> Iterator[None]:
    """While it is open, the 256 addresses around `DOOR` (and only they) are taken for the public internet."""
    real = guard.is_public
    street = DOOR.rpartition(".")[0] + "."

    def is_public(address: str) -> bool:
        return address.startswith(street) or real(address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "is_public", is_public)
        yield
