"""Names of organisations as they are held while the tables are made: a name in an entry, and names that are one.

Belongs here: what a hundred thousand names must keep. Does not: reading names (org_names.py), joining (org_joins.py).
Concept: what many names share is one object for all of them; what only joining needs is let go when it is done.
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.harmonise.org_names import NO_ALIASES, Keys, Traits

Seen = tuple[str, ...]
"""When and where a name was seen first: day, place among the mentions of that day, the name."""


@dataclass(slots=True, eq=False)
class Use:
    """A body in an entry of a town's pages. `entry` is all that is written there, `written` the body's own name in it,
    on one line; `times` is how often current pages have it. `keys` are there until the names are joined.
    """

    entry: str
    written: str
    traits: Traits
    keys: Keys
    organisation_id: str = ""
    times: int = 0


@dataclass(slots=True, eq=False)
class Node:
    """Names that the rules take for one without further ado: of one place, of the same words, with one `mark`, which is
    a legal form's family or who runs it. `ags` is the town of the page where it was seen first.
    """

    place: str
    words: tuple[str, ...]
    mark: str
    first: Seen
    ags: str | None
    uses: list[Use]
    aliases: frozenset[str] = NO_ALIASES

    @property
    def written(self) -> str:
        """The name that was seen first."""
        return self.first[-1]

    @property
    def organisation_id(self) -> str:
        """The body, as soon as the names are joined."""
        return self.uses[0].organisation_id

    @property
    def region(self) -> str:
        """The Kreis, which is the place of a job centre; else the place itself (Bezirk, country, unknown town)."""
        return self.place[:5] if self.place.isdigit() else self.place

    @property
    def letters(self) -> str:
        """The words without spaces."""
        return "".join(self.words)
