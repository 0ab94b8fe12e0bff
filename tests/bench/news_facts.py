"""What a generated article states: title, day, town and the figures of its story.

Belongs here: seeded draws; one story told by more than one article. Does not: markup, offsets of a parser.
Concept: every third article retells the story before it, so that joining figures has something to join.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.vocabulary import Town, filled, generator, german, page_towns, words

METRICS = {
    "participants": ("participants", "all"),
    "unemployed": ("participants", "unemployed"),
    "migration": ("participants", "migration_background"),
    "employed": ("employed", "all"),
    "training": ("training", "all"),
}
"""Name in the sentences of the vocabulary -> metric and subgroup of the claim."""


@dataclass(frozen=True, slots=True)
class NewsFacts:
    """One article. `figures` has the names of METRICS; `since` is an ISO day, the first of a month."""

    title: str
    published_on: str
    town: str
    area: str
    since: str
    since_words: tuple[str, int]
    figures: dict[str, int]

    @property
    def claims(self) -> set[tuple[str, str, float]]:
        """(metric, subgroup, value) of every figure."""
        return {(*METRICS[name], float(value)) for name, value in self.figures.items()}


def news_facts(index: int, *, seed: int = 1, towns: Sequence[Town] | None = None) -> NewsFacts:
    """Article number `index`; articles 2, 5, 8 … give the figures of the article before them."""
    story = generator(seed, "story", index // 3 * 2 + min(index % 3, 1))
    town = _town(story.random(), page_towns() if towns is None else towns)
    area, month, year = story.choice(town.areas), story.randint(1, 12), story.randint(2015, 2024)
    people = story.randint(60, 2400)
    figures = {
        "participants": people,
        "unemployed": round(people * story.uniform(0.5, 0.95)),
        "migration": round(people * story.uniform(0.2, 0.9)),
        "employed": round(people * story.uniform(0.1, 0.4)),
        "training": round(people * story.uniform(0.02, 0.1)) + 2,
    }
    own = generator(seed, "article", index)
    return NewsFacts(
        title=filled([own.choice(words()["news"]["titles"])], town, area)[0],
        published_on=f"{year + 1}-{own.randint(1, 12):02}-{own.randint(1, 28):02}",
        town=town.name,
        area=area,
        since=f"{year}-{month:02}-01",
        since_words=(words()["news"]["months"][month - 1], year),
        figures=figures,
    )


def _town(at: float, towns: Sequence[Town]) -> Town:
    """Some towns are in the papers far more often than others."""
    return towns[int(at * at * len(towns))]


def claim_sentences(facts: NewsFacts) -> list[tuple[list[str], str]]:
    """The sentences that tell the figures, each with the names of those it tells; together all of METRICS, in order."""
    month, year = facts.since_words
    figures = {name: german(value) for name, value in facts.figures.items()}
    known = {"town": facts.town, "month": month, "year": year, **figures}
    return [(claim["figures"], claim["text"].format(**known)) for claim in words()["news"]["claims"]]
