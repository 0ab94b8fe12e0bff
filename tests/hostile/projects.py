"""Project pages whose markup or words are hostile.

Belongs here: changes of one sound page, each with the change of its record. Does not: harm on the way (received).
Concept: a reader's eye decides: what a browser shows is on the page, what it hides is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.gsb_pages import DUISBURG, Markup, render
from tests.hostile import ARTICLE_PAGE, PROJECT, PROJECT_PAGE, PROJECT_RECORD, TOWN_PAGE, Case, Said, changed, refused

_FAKE = "<li><strong>Kommune</strong><br/>Essen</li><h2>Projektpartner</h2><p>Falscher Partner GmbH</p>"
_LISTING = """<!doctype html><html lang="de"><head><title>BIWAQ  -  Projekte</title></head><body>
<h1 class="aural">Navigation und Service</h1><div id="main"><div id="content"><h1>Projekte</h1><h2>17 Ergebnisse</h2>
<ul class="result-list"><li><p class="meta">Duisburg · Förderrunde 2015 - 2018</p><h3><a href="2390.html">Menschen und
Quartiere stärken</a></h3></li></ul></div><div id="supplement"><h2>Zusatzinformationen</h2><h3>Suche eingrenzen</h3>
<h4>Förderrunde</h4><ul><li><a href="?r=3">2015 - 2018 (10)</a></li></ul></div></div></body></html>"""
_NO_RUNTIME = {"start": None, "end": None, "precision": None, "as_written": None}


def _case(name: str, *edits: tuple[str, str], issues: tuple[Said, ...] = (), **record: Any) -> Case:
    """The sound page with `edits`, and what is other in its record."""
    return Case(name, PROJECT, changed(PROJECT_PAGE, *edits), {**PROJECT_RECORD, **record}, issues)


def cases() -> Iterator[Case]:
    """All cases of this module."""
    yield from _other_pages()
    yield from _hidden()
    yield from _markup()
    yield from _labels()
    yield from _values()
    yield from _sizes()


def _other_pages() -> Iterator[Case]:
    for name, page in {"article": ARTICLE_PAGE, "page of a town": TOWN_PAGE, "listing": _LISTING}.items():
        yield refused(f"{name} read as project", PROJECT, page.encode(), "not_this_page")
    words = "<h2>Ziele</h2><p>Wir stellen vor, was wir wollen.</p><h2>Kontakt</h2><p>Stadt</p>"
    page = f"<!doctype html><html><body><h1>Über uns</h1>{words}</body></html>"
    yield refused("headings that stand on any site", PROJECT, page.encode(), "not_this_page")
    only = "<!doctype html><html><body><iframe src='p.html'>{}</iframe></body></html>"
    yield refused("project in an iframe", PROJECT, only.format(_FAKE).encode(), "empty_page")
    yield refused(
        "project in a comment", PROJECT, f"<html><body><!--{PROJECT_PAGE}</body></html>".encode(), "empty_page"
    )


def _hidden() -> Iterator[Case]:
    """What no reader sees is not on the page, whatever it looks like."""
    here = ("<h2>Ziele", "{}<h2>Ziele")
    for name, markup in {
        "script": f"<script>var page = '{_FAKE}';</script>",
        "JSON in a script": f'<script type="application/json">{{"html": "{_FAKE}"}}</script>',
        "style": f"<style>/* {_FAKE} */</style>",
        "template": f"<template>{_FAKE}</template>",
        "noscript": f"<noscript>{_FAKE}</noscript>",
        "comment": f"<!-- {_FAKE} -->",
        "conditional comment": f"<!--[if lt IE 9]>{_FAKE}<![endif]-->",
        "hidden attribute": f"<div hidden>{_FAKE}</div>",
        "display: none": f'<div style="color: red; display : none">{_FAKE}</div>',
        "visibility: hidden": f'<div style="visibility:hidden">{_FAKE}</div>',
        "select and textarea": f"<select><option>Essen</option></select><textarea>{_FAKE}</textarea>",
        "alt text": '<img src="a.png" alt="Kommune: Essen"/>',
        "title attribute": '<span title="Kommune: Essen"></span>',
    }.items():
        yield _case(f"a false record in: {name}", (here[0], here[1].format(markup)))
    yield _case("a label hidden from screen readers only", ("<strong>Kommune", '<strong aria-hidden="true">Kommune'))
    yield _case("a label for screen readers only", ("<strong>Kommune", '<strong class="aural visually-hidden">Kommune'))


def _markup() -> Iterator[Case]:
    yield _case("the same ids twice", ("<h2>Ziele", '<div id="content"></div><div id="supplement"></div><h2>Ziele'))
    yield _case("end tags too many", ("<h2>Ziele", "</div></div></p></ul></span><h2>Ziele"))
    yield _case("tags closed in the wrong order", ("<p>Mehr Menschen", "<p><b><i>Mehr</b></i> Menschen"))
    for name, closed, left_open in [
        ("h1", "stärken</h1>", "stärken"),
        ("h2", "<h2>Ziele</h2>", "<h2>Ziele"),
        ("h3", "<h3>Projektpartner</h3>", "<h3>Projektpartner"),
        ("label", "<strong>Kommune</strong>", "<strong>Kommune"),
        ("link", "<h2>Ziele", '<a href="x.html"><h2>Ziele'),
    ]:
        yield _case(f"{name} that nobody closes", (closed, left_open))
    nothing: dict[str, Any] = {
        **{"goals": None, "activities": [], "area_source_note": None, "area_sources": [], "area_stats": []},
        **{"esf_region": None, "state": None, "municipality": None, "programme_areas": [], "action_fields": []},
        **{"runtime": _NO_RUNTIME, "round_label": None},
        "contact": dict.fromkeys(PROJECT_RECORD["contact"]),
    }
    gone: tuple[Said, ...] = (
        *[("warning", "missing_section", name) for name in ("goals", "activities", "info", "area", "contact")],
        *[("warning", "missing_field", name) for name in ("municipality", "runtime")],
    )
    for opening in ("<!--", "<script>", "<style>", "<textarea>"):
        hidden = (f"{opening} that nobody closes hides the rest", ("<h2>Ziele", f"{opening} <h2>Ziele"))
        yield _case(*hidden, ("<!-- Seite generiert am: Mon Apr 03 10:12:05 CEST 2017 -->", ""), issues=gone, **nothing)
    yield _case("form in a form", ("<h2>Ziele", "<form><form><input value='x'></form><h2>Ziele"))
    yield _case(
        "a table around everything", ('<div id="main" class="row">', '<table><tr><td><div id="main" class="row">')
    )
    yield _case("control characters", ("Hochfeld", "Hoch\x01\x07feld"), ("Kommune", "Kom\x08mune"))
    yield _case(
        "5,000 attributes",
        ("<h2>Ziele", "<div " + " ".join(f"a{n}='1'" for n in range(5000)) + "></div><h2>Ziele"),
        issues=(("warning", "attributes_cut", "page"),),
    )
    deep = ('<div id="content">', "<div>" * 5000 + '<div id="content">')
    yield _case("5,000 divs deep", deep)
    yield _case("5,000 spans deep", ("<p>Mehr Menschen", "<p>" + "<span>" * 5000 + "Mehr Menschen"))
    yield _case("5,000 quotes deep, closed", ("<p>Mehr", "<blockquote>" * 5000 + "</blockquote>" * 5000 + "<p>Mehr"))
    bomb = "<!DOCTYPE html [" + '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9)) + "]>"  # fmt: skip
    yield _case("entity bomb", ("<!doctype html>", bomb))
    yield _case(
        "entity that names a file",
        ("<!doctype html>", '<!DOCTYPE html [<!ENTITY town SYSTEM "file:///etc/hostname">]>'),
        ("<br/>\nDuisburg</li>", "<br/>\n&town;</li>"),
        municipality="&town;",
    )
    yield _case(
        "numeric entities that are no characters, as a browser shows them",
        ("Hochfeld", "Hochfeld&#xD800;&#x110000;"),
        issues=(("warning", "broken_characters", "programme_areas/1"),),
        programme_areas=["Marxloh", "Hochfeld\ufffd\ufffd"],
    )
    yield _case("entities without semicolon", ("BAMF)/", "BAMF)&#47"))
    first, second, third = PROJECT_RECORD["project_partners"]
    yield _case(
        "entities twice encoded stay as a reader sees them",
        ("Duisburger Werkkiste", "Duisburger &amp;amp; Werkkiste"),
        project_partners=[first, second.replace(" ", " &amp; ", 1), third],
    )
    yield _case("CDATA is a comment in HTML", ("<h2>Ziele", f"<![CDATA[{_FAKE.replace('>', ' ')}]]><h2>Ziele"))
    yield _case("processing instruction", ("<h2>Ziele", "<?php echo 'Kommune'; ?><h2>Ziele"))
    yield _case(
        "unknown tags", ("<h2>Ziele", "<x-note></x-note><h2>Ziele"), ("Marxloh", "<gsb:name>Marxloh</gsb:name>")
    )
    yield _case(
        "a whole document inside the document", ("<h2>Ziele", "<html><head><title>X</title></head><body><h2>Ziele")
    )
    yield _case("a base that is no address", ('<base href="https://www.biwaq.de/"/>', '<base href="http://["/>'))


def _labels() -> Iterator[Case]:
    kommune = "<strong>Kommune</strong>"
    for name, label in {
        "in capitals": "KOMMUNE",
        "in small letters": "kommune",
        "with a zero-width space": "Kom\u200bmune",
        "with a zero-width joiner": "Kom\u200dmune",
        "with a word joiner": "\u2060Kommune",
        "with a byte order mark inside": "\ufeffKommune",
        "with a right-to-left mark": "\u200fKommune\u200e",
        "with a left-to-right embedding": "\u202aKommune\u202c",
        "decomposed": "Ko\u006dmune",
        "with blanks and line breaks": "  \n Kommune \t ",
        "with a no-break space and a colon": "Kommune\u00a0:",
        "with a colon outside": "Kommune</strong>:<strong>",
        "in letters of three tags": "<i>Kom</i><b>mu</b><u>ne</u>",
    }.items():
        yield _case(f"label {name}", (kommune, f"<strong>{label}</strong>"))
    yield _case("label in letters with combining marks", ("Förderrunde", "Fo\u0308rderrunde"), ("Größe", "Gro\u0308ße"))
    yield _case(
        "label with a Cyrillic letter is another word",
        (kommune, "<strong>K\u043emmune</strong>"),
        issues=(("warning", "unknown_label", "label"), ("warning", "missing_field", "municipality")),
        municipality=None,
    )
    yield _case(
        "unknown label",
        ("<li><strong>Förderrunde", "<li><strong>Fördersumme</strong><br/>1,2 Mio. Euro</li><li><strong>Förderrunde"),
        issues=(("warning", "unknown_label", "label"),),
    )
    yield _case(
        "unknown section",
        ("<h2>Ziele", "<h2>Presseschau</h2><p>Es gab drei Berichte.</p><h2>Ziele"),
        issues=(("warning", "unknown_heading", "heading"),),
    )
    yield _case(
        "label without value",
        (f"{kommune}<br/>\nDuisburg", f"{kommune}<br/>\n"),
        issues=(("warning", "missing_field", "municipality"),),
        municipality=None,
    )
    yield _case(
        "label without value at the end of the box",
        ("<strong>Förderrunde</strong><br/>\n2015 - 2018", "<strong>Förderrunde</strong>"),
        round_label=None,
    )
    yield _case(
        "value without label",
        (f"<li>{kommune}<br/>\nDuisburg</li>", "<li>Duisburg</li>"),
        issues=(("warning", "several_values", "state"), ("warning", "missing_field", "municipality")),
        state="Nordrhein-Westfalen, Duisburg",
        municipality=None,
    )


def _values() -> Iterator[Case]:
    runtime = "<li><strong>Projektlaufzeit</strong><br/>\n04/2015 bis 12/2018</li>"
    again = runtime.replace("04/2015 bis 12/2018", "01/2019 bis 12/2022")
    yield _case("two runtimes", (runtime, runtime + again), issues=(("warning", "several_values", "runtime"),))
    yield _case("the same runtime twice", (runtime, runtime + runtime))
    wrong: tuple[Said, ...] = (("warning", "unreadable_date", "runtime"),)
    for name, text, start, precision in [
        ("runtime that ends before it starts", "12/2018 bis 04/2015", None, None),
        ("runtime in month 13", "13/2015 bis 12/2018", None, "month"),
        ("runtime in words", "drei Jahre und neun Monate", None, None),
        ("runtime of one year with two digits", "04/15 bis 12/18", None, None),
    ]:
        end = "2018-12-31" if precision else None
        found = {"start": start, "end": end, "precision": precision, "as_written": text}
        yield _case(name, ("04/2015 bis 12/2018", text), issues=wrong, runtime=found)
    box = PROJECT_PAGE[
        PROJECT_PAGE.index('<div class="box"><h3>Projektinformationen') : PROJECT_PAGE.index(
            '<div class="box"><h3>Gebiets'
        )
    ]
    yield _case("the same box twice", (box, box + box))
    other = box.replace("\nDuisburg", "\nEssen").replace("Marxloh", "Katernberg").replace("Hochfeld", "Stoppenberg")
    yield _case(
        "two boxes of two projects",
        (box, box + other),
        issues=(("warning", "several_values", "municipality"), ("warning", "several_values", "programme_areas")),
    )
    section = PROJECT_PAGE[PROJECT_PAGE.index("<h3>Projektpartner") : PROJECT_PAGE.index("<h2>Ziele")]
    yield _case("the same section twice", (section, section + section))
    goals = PROJECT_PAGE[PROJECT_PAGE.index("<h2>Ziele") : PROJECT_PAGE.index("<h2>Aktivitäten")]
    yield _case("the same goals twice", (goals, goals + goals))
    yield _case("everything twice", (box, box + box), (section, section + section), (goals, goals + goals))
    for name, text, value in [
        ("narrow no-break space", "37\u202f583", 37583),
        ("thin space", "37\u2009583", 37583),
        ("no-break space", "37\u00a0583", 37583),
        ("blank", "37 583", 37583),
        ("dot", "37.583", 37583),
    ]:
        stats = _stats("37.583", text, value)
        yield _case(f"number grouped by {name}", ("Gebiet: 37.583", f"Gebiet: {text}"), area_stats=stats)
    for text in ("37 .583", "3 7.583", "37.58", "37,583.0", "siebenunddreißig T.", "37.583 - 38.000"):
        yield _case(
            f"number that is none: {text}",
            ("Gebiet: 37.583", f"Gebiet: {text}"),
            issues=(("warning", "unreadable_number", "area_stats/2"),),
            area_stats=_stats("37.583", text, None),
        )
    # Whether a figure can be true is the warehouse's question (implausible_figure); the record says what the page says.
    yield _case("more than 100 per cent", ("36,2 %", "362 %"), area_stats=_stats("36,2 %", "362 %", 362))
    yield _case(
        "per cent without its sign",
        ("36,2 %", "36,2"),
        issues=(("info", "missing_unit", "area_stats/4"),),
        area_stats=_stats("36,2 %", "36,2", 36.2),
    )
    yield _case(
        "square kilometres for hectares",
        ("Gebiet: 68 ha", "Gebiet: 0,68 km²"),
        issues=(("warning", "unreadable_number", "area_stats/0"),),
        area_stats=_stats("68 ha", "0,68 km²", None),
    )
    yield _case(
        "a character that no charset explains",
        ("Hochfeld", "Hochf\ufffdld"),
        issues=(("warning", "broken_characters", "programme_areas/1"),),
        programme_areas=["Marxloh", "Hochf\ufffdld"],
    )


def _stats(old: str, text: str, value: float | None) -> list[dict[str, Any]]:
    """The area figures of the sound page with one of them other."""
    stats: list[dict[str, Any]] = PROJECT_RECORD["area_stats"]
    written = " ".join(text.split())
    return [{**stat, "as_written": written, "value": value} if stat["as_written"] == old else stat for stat in stats]


def _sizes() -> Iterator[Case]:
    record = PROJECT_RECORD
    goals = record["goals"]

    def made(*edits: tuple[str, str]) -> Any:
        return lambda: changed(PROJECT_PAGE, *edits)

    long = "wort " * 2_000_000
    yield Case("text node of 10 MB", PROJECT, made(("<p>Mehr Menschen", f"<p>{long}Mehr Menschen")),
               {**record, "goals": " ".join(long.split()) + " " + goals})  # fmt: skip
    yield Case("word of 10 MB", PROJECT, made(("<p>Mehr Menschen", f"<p>{'w' * 10_000_000} Mehr Menschen")),
               {**record, "goals": "w" * 10_000_000 + " " + goals})  # fmt: skip
    items = [f"Angebot {n}" for n in range(100_000)]
    yield Case("100,000 list items", PROJECT,
               made(("<li>Beratung in zwei", "".join(f"<li>{item}</li>" for item in items) + "<li>Beratung in zwei")),
               {**record, "activities": [*items, *record["activities"]]})  # fmt: skip
    attribute = f'<div class="{"x " * 2_500_000}"></div>'
    yield Case("attribute of 5 MB", PROJECT, made(("<h2>Ziele", f"{attribute}<h2>Ziele")), record)
    partners = [f"Verein {n} e. V." for n in range(10_000)]
    body = render({**DUISBURG, "project_partners": partners}, Markup())
    yield Case("10,000 partners", PROJECT, body, {**record, "project_partners": partners})
    menu = "<ul>" + "<li><a href='x.html'>Thema</a></li>" * 50_000 + "</ul>"
    yield Case("menu of 50,000 links", PROJECT, made(('<div id="navPrimary">', f'<div id="navPrimary">{menu}')), record)
    unknown = "<li><strong>Neu</strong><br/>x</li>" * 10_000
    said: tuple[Said, ...] = (*[("warning", "unknown_label", "label")] * 200, ("warning", "more_issues", "page"))
    yield Case("10,000 unknown labels", PROJECT, made(("<li><strong>Zielgebiet", unknown + "<li><strong>Zielgebiet")),
               record, said)  # fmt: skip
