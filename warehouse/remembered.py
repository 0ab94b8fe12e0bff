"""Answers that one harmonising asks for again and again, kept until it is done.

Belongs here: the cache that can be emptied. Does not: what is worth keeping.
Concept: a hundred thousand names read once are of no use to the checks and the night that follow.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
_FORGET: list[Callable[[], None]] = []


def remembered(most: int) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """As `functools.lru_cache`, until `forget` is called."""

    def decorated(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
        cached = lru_cache(most)(function)
        _FORGET.append(cached.cache_clear)
        return cast(Callable[Given, Answer], cached)

    return decorated


def forget() -> None:
    """Let go all that was remembered."""
    for clear in _FORGET:
        clear()
