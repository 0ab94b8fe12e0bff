"""Pages that no site should send and some site will, each with what must become of it.

Belongs here: the shape of a case, three sound pages with their records. Does not: the cases themselves, checks.
Concept: either no record and one error that says why, or the right record and exactly the issues that are named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.gsb_pages import DUISBURG, EXPECTED, URL, render

PROJECT, TOWN, ARTICLE = "gsb_project", "city_page", "news_article"
Said = tuple[str, str, str | None]
"""Severity, kind and field of an issue."""


@dataclass(frozen=True)
class Case:
    """One page: its bytes (or how they are made, where they are many), the record or None, and all its issues."""

    name: str
    page_type: str
    made: bytes | Callable[[], bytes]
    record: dict[str, Any] | None
    issues: tuple[Said, ...] = ()
    content_type: str | None = None
    url: str = URL

    @property
    def body(self) -> bytes:
        """The page."""
        return self.made if isinstance(self.made, bytes) else self.made()


def refused(
    name: str,
    page_type: str,
    made: bytes | Callable[[], bytes],
    kind: str,
    content_type: str | None = None,
) -> Case:
    """A page that gives no record, for one reason."""
    return Case(name, page_type, made, None, (("error", kind, None),), content_type)


PROJECT_PAGE = render(DUISBURG).decode()
PROJECT_RECORD: dict[str, Any] = EXPECTED

TOWN_PAGE = """<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>BIWAQ | Stadt Gera</title></head><body>
<nav><ul><li><a href="/">Startseite</a></li></ul></nav>
<main><h1>BIWAQ in Gera</h1>
<p>Das Projekt „Werkhof Bieblach“ läuft vom 01.01.2019 bis zum 31.12.2022 in den Stadtteilen Bieblach und Lusan.</p>
<p>Gefördert wird es im Programm „Bildung, Wirtschaft, Arbeit im Quartier“. Das Angebot richtet sich an
Langzeitarbeitslose und Alleinerziehende.</p>
<p>Partner der Stadt sind die Lernwerkstatt Lusan und die Gesellschaft für Ausbildung.</p>
<p>Die Gesamtkoordination liegt beim Amt für Wirtschaft der Stadt Gera.</p>
</main><footer>Impressum</footer></body></html>"""
TOWN_RECORD: dict[str, Any] = {
    "title": "BIWAQ in Gera",
    "programme": "Bildung, Wirtschaft, Arbeit im Quartier",
    "project_title": "Werkhof Bieblach",
    "municipality": "Gera",
    "programme_areas": ["Bieblach", "Lusan"],
    "partners": ["Lernwerkstatt Lusan", "Gesellschaft für Ausbildung"],
    "coordination": "Amt für Wirtschaft der Stadt Gera",
    "target_group_phrases": ["Langzeitarbeitslose", "Alleinerziehende"],
    "runtime": {
        "start": "2019-01-01",
        "end": "2022-12-31",
        "precision": "day",
        "as_written": "vom 01.01.2019 bis zum 31.12.2022",
    },
}

_HEADLINE = "Werkhof Bieblach öffnet an vier Vormittagen"
_FIRST = (
    "In Gera berät der Werkhof Bieblach Menschen, die lange ohne Stelle waren. Das Projekt gehört zum Programm BIWAQ "
    "und hat zwei Standorte, einen in Bieblach und einen in Lusan."
)
_REACHED = "Seit März 2023 hat das Projekt in Gera 214 Menschen beraten."
_AT_WORK = "58 von ihnen haben eine Stelle gefunden."
_LAST = "Wer Fragen hat, kann ohne Termin kommen und sich in Ruhe umsehen. Die Beratung kostet nichts."
ARTICLE_PAGE = f"""<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>{_HEADLINE} | Geraer Bote</title>
<meta property="article:published_time" content="2025-05-06T07:00:00+02:00"></head><body>
<header><a href="/">Geraer Bote</a></header>
<main><article><h1>{_HEADLINE}</h1>
<p>{_FIRST}</p>
<p>{_REACHED} {_AT_WORK}</p>
<p>{_LAST}</p>
</article></main><footer>Impressum</footer></body></html>"""


def _claim(metric: str, value: int, quote: str, start: int, basis: str) -> dict[str, Any]:
    return {
        "metric": metric,
        "subgroup": "all",
        "value": value,
        "unit": "persons",
        "qualifier": "exact",
        "status": "achieved",
        "basis": basis,
        "since": "2023-03-01",
        "since_precision": "month",
        "as_of": None,
        "as_of_precision": None,
        "place": "Gera",
        "quote": quote,
        "char_start": start,
        "char_end": start + len(quote),
        "rule": "predicate_behind",
    }


_AT = len(_HEADLINE) + 1 + len(_FIRST) + 1
ARTICLE_RECORD: dict[str, Any] = {
    "title": _HEADLINE,
    "published_on": "2025-05-06",
    "language": "de",
    "places": ["Gera"],
    "claims": [
        _claim("participants", 214, _REACHED, _AT, "stated"),
        _claim("employed", 58, _AT_WORK, _AT + len(_REACHED) + 1, "carried"),
    ],
}

SOUND = {
    PROJECT: (PROJECT_PAGE, PROJECT_RECORD),
    TOWN: (TOWN_PAGE, TOWN_RECORD),
    ARTICLE: (ARTICLE_PAGE, ARTICLE_RECORD),
}


def changed(page: str, *edits: tuple[str, str]) -> bytes:
    """A page with each `old` replaced by `new` at its first place; an `old` that is not there is a broken test."""
    for old, new in edits:
        assert old in page, old
        page = page.replace(old, new, 1)
    return page.encode()
