"""Joining things into groups: union-find with a stated order.

Belongs here: the data structure. Does not: any rule of what belongs together.
Concept: the same joins give the same groups in any order; a group's root is its first member.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Union(Generic[T]):
    """Groups of members. The order of `members` ranks them: the root of a group is its member of the lowest rank."""

    def __init__(self, members: Iterable[T]) -> None:
        self._parent: dict[T, T] = {member: member for member in members}
        self._rank: dict[T, int] = {member: rank for rank, member in enumerate(self._parent)}

    def find(self, member: T) -> T:
        """The root of the member's group. Raises KeyError for a stranger."""
        root = member
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[member] != root:
            self._parent[member], member = root, self._parent[member]
        return root

    def join(self, one: T, other: T) -> None:
        """Put the groups of both together."""
        first, second = sorted((self.find(one), self.find(other)), key=self._rank.__getitem__)
        self._parent[second] = first

    def groups(self) -> dict[T, list[T]]:
        """Root -> members, both in the order of rank."""
        groups: dict[T, list[T]] = {}
        for member in self._parent:
            groups.setdefault(self.find(member), []).append(member)
        return groups
