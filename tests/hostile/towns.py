"""Pages of towns whose markup or words are hostile.

Belongs here: changes of one sound page, each with the change of its record. Does not: harm on the way (received).
Concept: a reader's eye decides: what a browser shows is on the page, what it hides is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.hostile import PROJECT_PAGE, TOWN, TOWN_PAGE, TOWN_RECORD, Case, Said, changed, refused

_FAKE = "<p>Das Projekt „Falsch“ läuft vom 01.01.2030 bis zum 31.12.2033 im Stadtteil Nirgendwo.</p>"
_NO_RUNTIME = {"start": None, "end": None, "precision": None, "as_written": None}
_PERIOD = "vom 01.01.2019 bis zum 31.12.2022"


def _case(name: str, *edits: tuple[str, str], issues: tuple[Said, ...] = (), **record: Any) -> Case:
    """The sound page with `edits`, and what is other in its record."""
    return Case(name, TOWN, changed(TOWN_PAGE, *edits), {**TOWN_RECORD, **record}, issues)


def cases() -> Iterator[Case]:
    """All cases of this module."""
    yield refused("project read as town", TOWN, PROJECT_PAGE.encode(), "not_this_page")
    about = "Die Bibliothek ist von Montag bis Freitag geöffnet. Sie finden dort Bücher, Zeitungen und Spiele. " * 3
    yield refused("page about something else", TOWN, _plain("Bibliothek", about), "not_this_page")
    yield refused(
        "list of links", TOWN, _plain("Themen", "<a href='/a'>Wirtschaft</a> <a href='/b'>Kultur</a>"), "not_this_page"
    )
    yield from _hidden()
    yield from _markup()
    yield from _values()
    yield from _sizes()


def _plain(title: str, text: str) -> bytes:
    return f"<!doctype html><html><body><main><h1>{title}</h1><p>{text}</p></main></body></html>".encode()


def _hidden() -> Iterator[Case]:
    for name, markup in {
        "script": f"<script>var text = '{_FAKE}';</script>",
        "template": f"<template>{_FAKE}</template>",
        "noscript": f"<noscript>{_FAKE}</noscript>",
        "comment": f"<!-- {_FAKE} -->",
        "hidden attribute": f"<div hidden>{_FAKE}</div>",
        "display: none": f"<div style='display:none'>{_FAKE}</div>",
        "textarea": f"<textarea>{_FAKE}</textarea>",
        "menu": f"<nav>{_FAKE}</nav>",
        "cookie banner": f"<div id='cookie-banner'>{_FAKE}</div>",
    }.items():
        yield _case(f"a false record in: {name}", ("<h1>", f"{markup}<h1>"))


def _markup() -> Iterator[Case]:
    yield _case("end tags too many", ("<p>Gefördert", "</div></span></ul><p>Gefördert"))
    yield _case("paragraphs that nobody closes", *[("</p>", "")] * 4)
    yield _case(
        "a table around everything", ("<main>", "<main><table><tr><td>"), ("</main>", "</td></tr></table></main>")
    )
    yield _case("title in capitals and tags", ("<h1>BIWAQ in Gera</h1>", "<H1><b>BIWAQ</b> <i>in</i> Ge&shy;ra</H1>"))
    yield _case("5,000 divs deep", ("<h1>", "<div>" * 5000 + "<h1>"))
    yield _case("soft hyphens", ("Bieblach und Lusan", "Bieb\u00adlach und Lu&shy;san"))
    yield _case("zero-width spaces", ("Bieblach und Lusan", "Bieb\u200blach und \u200eLusan\u200f"))
    yield _case("no-break spaces", ("31.12.2022 in", "31.12.2022\u00a0in"))
    yield _case("line breaks inside a sentence", ("vom 01.01.2019 bis zum", "vom\n  01.01.2019\n bis\tzum"))
    yield _case("form in a form", ("<p>Gefördert", "<form><form><input value='x'></form><p>Gefördert"))


def _values() -> Iterator[Case]:
    gap: tuple[Said, ...] = (("warning", "missing_field", "runtime"),)
    yield _case("no period", (f"läuft {_PERIOD} in", "läuft in"), issues=gap, runtime=_NO_RUNTIME)
    back = "vom 01.01.2022 bis zum 31.12.2019"
    yield _case("period that ends before it starts", (_PERIOD, back), issues=gap, runtime=_NO_RUNTIME)
    yield _case(
        "period of another programme",
        ("<p>Gefördert", "<p>Von 2007 bis 2013 lief im Stadtteil das Programm Soziale Stadt.</p><p>Gefördert"),
    )
    yield _case(
        "label without value",
        ("<p>Gefördert", "<table><tr><th>Laufzeit</th><td></td></tr></table><p>Gefördert"),
    )
    yield _case(
        "a label goes before prose, the first of two is taken",
        (
            "<p>Gefördert",
            "<p><strong>Laufzeit:</strong> 2019 bis 2021</p><p><strong>Laufzeit:</strong> 2030</p><p>Gefördert",
        ),
        runtime={"start": "2019-01-01", "end": "2021-12-31", "precision": "year", "as_written": "2019 bis 2021"},
    )
    yield _case(
        "a person coordinates nothing", ("Amt für Wirtschaft der Stadt Gera", "Frau Erika Beispiel"), coordination=None
    )
    yield _case(
        "names below the contact are not read", ("</main>", "<h2>Kontakt</h2><p>Partner ist Erika Beispiel</p></main>")
    )
    yield _case(
        "a character that no charset explains",
        ("Lernwerkstatt Lusan", "Lernw\ufffdrkstatt Lusan"),
        issues=(("warning", "broken_characters", "partners/0"),),
        partners=["Lernw\ufffdrkstatt Lusan", "Gesellschaft für Ausbildung"],
    )


def _sizes() -> Iterator[Case]:
    lost: tuple[Said, ...] = (("warning", "text_lost", "page"),)
    long = "wort " * 2_000_000
    yield Case(
        "text node of 10 MB", TOWN, lambda: changed(TOWN_PAGE, ("</main>", f"<p>{long}</p></main>")), TOWN_RECORD, lost
    )
    items = "<li>Angebot</li>" * 100_000
    yield Case(
        "100,000 list items",
        TOWN,
        lambda: changed(TOWN_PAGE, ("</main>", f"<ul>{items}</ul></main>")),
        TOWN_RECORD,
        lost,
    )
    menu = "<nav><ul>" + "<li><a href='x.html'>Thema</a></li>" * 50_000 + "</ul></nav>"
    yield Case("menu of 50,000 links", TOWN, lambda: changed(TOWN_PAGE, ("<main>", f"{menu}<main>")), TOWN_RECORD)
    attribute = f'<p class="{"x " * 2_500_000}">'
    yield Case(
        "attribute of 5 MB", TOWN, lambda: changed(TOWN_PAGE, ("<p>Gefördert", f"{attribute}Gefördert")), TOWN_RECORD
    )
