"""Selections that state how many they expect.

Belongs here: exactly one, at most one, one or more. Does not: how something is selected.
Concept: where a page holds another number than its reader was written for, that is said and not papered over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Found = TypeVar("Found")


class CountError(ValueError):
    """A page held another number of things than the caller stated."""


def exactly_one(found: Iterable[Found], what: str) -> Found:
    """The only one of `found`. Raises CountError, which names `what`, for none and for several."""
    listed = list(found)
    if len(listed) != 1:
        raise CountError(f"{what}: expected exactly one, found {len(listed)}")
    return listed[0]


def at_most_one(found: Iterable[Found], what: str) -> Found | None:
    """The only one of `found` or None. Raises CountError, which names `what`, for several."""
    listed = list(found)
    if len(listed) > 1:
        raise CountError(f"{what}: expected at most one, found {len(listed)}")
    return listed[0] if listed else None


def at_least_one(found: Iterable[Found], what: str) -> list[Found]:
    """`found` as a list. Raises CountError, which names `what`, for none."""
    listed = list(found)
    if not listed:
        raise CountError(f"{what}: expected at least one, found none")
    return listed
