"""Generated project pages: GSB 7 markup of 30 to 60 kB around known facts.

Belongs here: which page has which address, menu size, markup and volatile bytes. Does not: facts, templates.
Concept: as on real pages most bytes are menu; the four known ways to print a label take turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

from parsers.records import ProjectRecord
from tests.bench.markup import fill, render
from tests.bench.project_facts import project_facts, project_round
from tests.bench.vocabulary import generator, page_towns, words

BASE = "https://www.biwaq.example"
CONTENT_TYPE = "text/html;charset=utf-8"
MENU_SIZES = 6
"""Menus of this many sizes take turns; they make the difference between 30 and 60 kB."""
_LABELS = ("strong", "span", "div", "dl")
_LISTS = ("br", "br", "div")
_INDICATORS = {
    "area_ha": "Größe",
    "inhabitants": "Einwohner/innenzahl",
    "sgb2_rate": "SGB-II-Quote",
    "unemployment_rate": "Arbeitslosenquote",
    "migration_share": "Anteil Einwohner/innen mit Migrationshintergrund",
}
_SCOPES = {"city": "Stadt", "area": "Gebiet"}
# GSB hides mail addresses by writing every character as an entity.
_MAIL = Markup("".join(f"&#{ord(char)};" for char in "biwaq@stadt.example"))


class ProjectPage(NamedTuple):
    """A page as a server sends it, and the record it must give."""

    url: str
    body: bytes
    facts: ProjectRecord


def project_pages(
    count: int, *, first: int = 0, seed: int = 1, base: str = BASE, visit: int | None = None
) -> Iterator[ProjectPage]:
    """Pages `first` to `first + count - 1`, one at a time.

    With `visit` session ids, tokens and the time of generation are those of that visit: other bytes, same content.
    """
    for index in range(first, first + count):
        facts = project_facts(index, seed=seed)
        yield ProjectPage(project_url(index, facts, base), project_page(index, facts, base=base, visit=visit), facts)


def project_url(index: int, facts: ProjectRecord, base: str = BASE) -> str:
    """The canonical address of a project."""
    town = quote((facts["municipality"] or "").replace(" ", "-").replace("(", "").replace(")", ""))
    return f"{base}/BIWAQ/DE/Projekte/{project_round(index)['folder']}/{index}_{town}.html"


def project_page(index: int, facts: ProjectRecord, *, base: str = BASE, visit: int | None = None) -> bytes:
    """The page of project number `index`; the number decides about menu size and markup."""
    content = render(
        "gsb_content",
        facts=facts,
        labels=_LABELS[index % len(_LABELS)],
        lists=_LISTS[index % len(_LISTS)],
        info_rows=_info_rows(facts),
        area_rows=_area_rows(facts),
        mail=_MAIL,
    )
    url = project_url(index, facts, base).removeprefix(f"{base}/")
    page = fill(frame(index % MENU_SIZES), CONTENT=content, URL=url, TITLE=str(escape(facts["title"])), BASE=base)
    return fill(page, **_volatile(index, visit)).encode()


def _volatile(index: int, visit: int | None) -> dict[str, str]:
    """What differs from answer to answer; without a visit the same for all pages."""
    rng = generator("visit", *(() if visit is None else (visit, index)))
    return {
        "SESSION": f"{rng.getrandbits(128):032X}.live{rng.randint(10_000, 21_999)}",
        "NODE": str(rng.randint(1_000_000, 9_999_999)),
        "TOKEN": f"{rng.getrandbits(80):020x}",
        "TIME": f"Mon Nov {rng.randint(1, 28):02} 01:15:{rng.randint(0, 59):02} CET 2025",
    }


def _info_rows(facts: ProjectRecord) -> list[tuple[str, list[str | None]]]:
    return [
        ("Zielgebiet", [facts["esf_region"]]),
        ("Bundesland", [facts["state"]]),
        ("Kommune", [facts["municipality"]]),
        ("Programmgebiet", [*facts["programme_areas"]]),
        ("Handlungsfeld", [*facts["action_fields"]]),
        ("Projektlaufzeit", [facts["runtime"]["as_written"]]),
        ("Förderrunde", [facts["round_label"]]),
    ]


def _area_rows(facts: ProjectRecord) -> list[tuple[str, list[str]]]:
    rows: dict[str, list[str]] = {}
    for stat in facts["area_stats"]:
        rows.setdefault(_INDICATORS[stat["indicator"]], []).append(f"{_SCOPES[stat['scope']]}: {stat['as_written']}")
    return list(rows.items())


@cache
def frame(size: int) -> str:
    """The page without its content; `size` says how many menu entries are folded out."""
    menu = words()["menu"]
    return render(
        "gsb_frame",
        size=size,
        menu=menu,
        everything=[name for section in menu["sections"] for name in section["pages"]],
        siblings=[f"{town.name} {area}" for town in page_towns() for area in town.areas],
    )
