"""What a generated project states: the record that its page must give back.

Belongs here: seeded draws from the vocabulary. Does not: markup.
Concept: facts first, page from facts; so the right answer is known without any parser.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from parsers.records import AreaSource, AreaStat, Contact, ProjectRecord, Runtime
from tests.bench.vocabulary import Town, filled, generator, german, page_towns, some, words

_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def project_facts(
    index: int, *, seed: int = 1, towns: Sequence[Town] | None = None, organisations: int | None = None
) -> ProjectRecord:
    """Project number `index`. `organisations` fixes how many partners it names in all (None: 4 to 20)."""
    rng = generator(seed, "project", index)
    town = rng.choice(page_towns() if towns is None else towns)
    areas = some(rng, town.areas, 1, 3)
    texts, current = words()["project"], project_round(index)
    partners, cooperation = _partners(rng, town, areas, organisations or rng.randint(4, 20))
    note, sources = _sources(rng, town, current)
    return ProjectRecord(
        title=filled([rng.choice(texts["titles"])], town, areas[0])[0],
        subtitles=filled(some(rng, texts["subtitles"], 0, 2), town, areas[0]),
        summary=" ".join(filled(some(rng, texts["sentences"], 5, 9), town, areas[0])),
        target_groups=some(rng, words()["labels"]["target_groups"], 2, 4),
        project_partners=partners,
        cooperation_partners=cooperation,
        goals="\n".join(" ".join(filled(some(rng, texts["sentences"], 2, 4), town, area)) for area in areas),
        activities=filled(some(rng, texts["activities"], 5, 14), town, areas[0]),
        area_source_note=note,
        area_sources=sources,
        esf_region=town.esf_region,
        state=town.state,
        municipality=town.name,
        programme_areas=areas,
        action_fields=some(rng, words()["labels"]["action_fields"], 1, 2),
        runtime=_runtime(rng, current),
        round_label=current["label"],
        area_stats=_area_stats(rng),
        contact=_contact(rng, town),
    )


def project_round(index: int) -> dict[str, Any]:
    """The funding round of project number `index`: its label, years, and folder in addresses."""
    rounds = words()["rounds"]
    found: dict[str, Any] = rounds[index % len(rounds)]
    return found


def _partners(rng: random.Random, town: Town, areas: list[str], total: int) -> tuple[list[str], list[str]]:
    bodies = words()["organisations"]
    own = [_own_body(rng, town) for _ in range(6)]
    known = filled(rng.sample(bodies["town"], 14), town, areas[0])
    local = filled(rng.sample(bodies["area"], 6), town, rng.choice(areas))
    partners = list(dict.fromkeys([*own[: rng.randint(1, 2)], *rng.sample(known, 1)]))[:total]
    rest = [*own[2:4], *known, *local, *rng.sample(bodies["generic"], 3)]
    others = [name for name in dict.fromkeys(rest) if name not in partners]
    return partners, rng.sample(others, total - len(partners))


def _own_body(rng: random.Random, town: Town) -> str:
    """A body that few pages name; half of them carry their town in the name."""
    bodies = words()["organisations"]
    name = f"{rng.choice(bodies['first'])}{rng.choice(bodies['second'])}"
    return (
        f"{name} {town.name} {rng.choice(bodies['form'])}"
        if rng.random() < 0.5
        else f"{name} {rng.choice(bodies['form'])}"
    )


def _sources(rng: random.Random, town: Town, current: dict[str, Any]) -> tuple[str, list[AreaSource]]:
    """One source or two, each with the date of its figures."""
    year = current["first_year"] - rng.randint(0, 2)
    month = rng.randint(1, 12)
    office = filled([rng.choice(words()["source_note"]["town"])], town, "")[0]
    sources = [AreaSource(name=office, as_of=f"{year}-01-01", as_of_precision="year", indicators=[])]
    note = f"{office} ({year})"
    if rng.random() < 0.5:
        name = words()["source_note"]["office"]
        as_of = f"{year}-{month:02}-01"
        sources.append(AreaSource(name=name, as_of=as_of, as_of_precision="month", indicators=[]))
        note += f", {name} ({month:02}/{year})"
    return note, sources


def _runtime(rng: random.Random, current: dict[str, Any]) -> Runtime:
    first, last, month, end = current["first_year"], current["last_year"], rng.randint(1, 10), rng.choice((6, 12))
    return Runtime(
        start=f"{first}-{month:02}-01",
        end=f"{last}-{end:02}-{_LAST_DAYS[end - 1]}",
        precision="month",
        as_written=f"{month:02}/{first} bis {end:02}/{last}",
    )


def _area_stats(rng: random.Random) -> list[AreaStat]:
    people, size = rng.randint(40_000, 1_100_000), rng.randint(20, 900)
    inside = rng.randint(3_000, 38_000)
    stats = [
        AreaStat(indicator="area_ha", scope="area", value=size, unit="ha", as_written=f"{size} ha"),
        AreaStat(indicator="inhabitants", scope="city", value=people, unit="persons", as_written=german(people)),
        AreaStat(indicator="inhabitants", scope="area", value=inside, unit="persons", as_written=german(inside)),
    ]
    for indicator, low, high in (("sgb2_rate", 9, 20), ("unemployment_rate", 5, 15), ("migration_share", 8, 40)):
        share = round(rng.uniform(low, high), 1)
        more = round(share * rng.uniform(1.1, 2.2), 1)
        stats.append(_rate(indicator, "city", share))
        stats.append(_rate(indicator, "area", more))
    return stats


def _rate(indicator: str, scope: Any, value: float) -> AreaStat:
    return AreaStat(indicator=indicator, scope=scope, value=value, unit="percent", as_written=f"{german(value, 1)} %")


def _contact(rng: random.Random, town: Town) -> Contact:
    number = rng.randint(1, 180)
    return Contact(
        organisation=f"Stadt {town.name}",
        street=f"{rng.choice(words()['streets']['names'])} {number}",
        postcode=f"{town.postcode}{rng.randint(0, 999):03}",
        city=town.name,
        homepage=f"https://www.{town.slug.lower().replace('_', '-')}.example/biwaq",
    )
