"""Joining things into groups: union-find with a stated order.

Belongs here: the data structure. Does not: any rule of what belongs together.
Concept: the same joins give the same groups in any order; a group's root is its first member.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Union(Generic[T]):
    """Groups of members; who was never joined is alone. The root of a group is its member of the lowest `rank`."""

    def __init__(self, rank: Callable[[T], Any]) -> None:
        self._rank = rank
        self._parent: dict[T, T] = {}
        """Without the roots: of a hundred thousand names few are joined."""

    def find(self, member: T) -> T:
        """The root of the member's group."""
        root = member
        while root in self._parent:
            root = self._parent[root]
        while member != root:
            self._parent[member], member = root, self._parent[member]
        return root

    def join(self, one: T, other: T) -> None:
        """Put the groups of both together."""
        first, second = sorted((self.find(one), self.find(other)), key=self._rank)
        if first != second:
            self._parent[second] = first

    def groups(self, members: Iterable[T]) -> dict[T, list[T]]:
        """Root -> members, both in the order that is given."""
        groups: dict[T, list[T]] = {}
        for member in members:
            groups.setdefault(self.find(member), []).append(member)
        return groups
