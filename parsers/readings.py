"""What a figure of a sentence means, as data.

Belongs here: the shapes that the rules hand on. Does not: a rule.
Concept: no claim, a claim, or a figure that somebody should look at; the three never mix.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.figures import Figure


@dataclass(frozen=True, slots=True)
class Reading:
    """What a figure means. Without `metric` it is no claim; `unread` says why somebody should look at it, None that it
    is understood to be something else. `parent` is the reading it is a part of, `follows` says it is of earlier text.
    """

    figure: Figure
    metric: str | None = None
    group: str = "all"
    status: str = "achieved"
    rule: str = ""
    unread: str | None = None
    value: float | None = None
    parent: int | None = None
    follows: bool = False


@dataclass(slots=True)
class Before:
    """The claims of the sentence before: metric, group and value of each."""

    claims: list[tuple[str, str, float]] = field(default_factory=list)
