"""Small project pages for tests: real names, labels and figures, prose of our own, in every markup that is possible.

Belongs here: the page builder and two projects with their expected records, written by hand. Does not: assertions.
Concept: one set of facts, many markups; what a parser reads must not depend on the markup.
"""

from __future__ import annotations

import html as escaping
from dataclasses import dataclass, field
from typing import Any

URL = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2390_Duisburg.html"
SHY, NBSP = "\u00ad", "\u00a0"

DUISBURG: dict[str, Any] = {
    "title": "BIWAQ Duisburg – Menschen und Quartiere stärken",
    "subtitles": [],
    "summary": "In zwei Stadtteilen beraten die Träger Menschen ohne Arbeit und kleine Läden. Beides gehört zusammen.",
    "target_groups": [
        "(Langzeit-)Arbeitslose",
        "Menschen mit Migrationshintergrund",
        "Betriebe der lokalen Ökonomie",
    ],
    "project_partners": [
        "qualiNETZ Beratung und Forschung GmbH",
        "Duisburger Werkkiste gGmbH",
        "EG DU Entwicklungsgesellschaft Duisburg mbH",
    ],
    "cooperation_partners": [
        "Jobcenter Duisburg",
        "MEB Einzelhandelsbündnis e. V.",
        "Industrie- und Handelskammer Duisburg",
        "Deutsch-Russisches Zentrum „Integration, Bildung, Sozial, Kultur“ e. V.",
        "Bundesamt für Migration und Flüchtlinge (BAMF)/Regierungsbezirk Köln",
        "InHa – In Herne angekommen – Beratungsstellen für Bürger*innen aus Südosteuropa",
    ],
    "goals": ["Mehr Menschen sollen Arbeit finden (z. B. in der Pflege).", "Das Ansehen der Stadtteile soll steigen."],
    "activities": [
        "Beratung in zwei Büros; Begleitung im Alltag",
        "Praktika in Klein- und Kleinstbetrieben",
        "Werkstattgespräche und ein Stadtteilmarketing vor Ort ; Hilfe für Läden",
    ],
    "area_source_note": "Stabstelle für Wahlen, Europangelegenheiten und Informationslogistik der Stadt Duisburg"
    " (2015), Bundesagentur für Arbeit (07/2015)",
    "esf_region": "Stärker entwickelte Regionen",
    "state": "Nordrhein-Westfalen",
    "municipality": "Duisburg",
    "programme_areas": ["Marxloh", "Hochfeld"],
    "action_fields": ["Nachhaltige Integration in Beschäftigung", "Stärkung der lokalen Ökonomie"],
    "runtime": "04/2015 bis 12/2018",
    "round_label": "2015 - 2018",
    "area": [
        ("Größe", ["Gebiet: 68 ha"]),
        ("Einwohner/innenzahl", ["Stadt: 494.545", "Gebiet: 37.583"]),
        ("SGB-II-Quote", ["Stadt: 18,6 %", "Gebiet: 36,2 %"]),
        ("Arbeitslosenquote", ["Stadt: 14,6 %", "Gebiet: 19,4 %"]),
        ("Anteil Einwohner/innen mit Migrationshintergrund", ["Stadt: 36,4 %", "Gebiet: 68,7 %"]),
    ],
    "contact": ["Stadt Duisburg", "Bismarckplatz 1", "47198 Duisburg"],
}

EXPECTED: dict[str, Any] = {
    **{key: value for key, value in DUISBURG.items() if key not in ("area", "contact", "goals", "runtime")},
    "goals": "Mehr Menschen sollen Arbeit finden (z. B. in der Pflege).\nDas Ansehen der Stadtteile soll steigen.",
    "area_sources": [
        {
            "name": "Stabstelle für Wahlen, Europangelegenheiten und Informationslogistik der Stadt Duisburg",
            "as_of": "2015-01-01",
            "as_of_precision": "year",
            "indicators": [],
        },
        {"name": "Bundesagentur für Arbeit", "as_of": "2015-07-01", "as_of_precision": "month", "indicators": []},
    ],
    "runtime": {
        "start": "2015-04-01",
        "end": "2018-12-31",
        "precision": "month",
        "as_written": "04/2015 bis 12/2018",
    },
    "area_stats": [
        {"indicator": indicator, "scope": scope, "value": value, "unit": unit, "as_written": written}
        for indicator, scope, value, unit, written in [
            ("area_ha", "area", 68, "ha", "68 ha"),
            ("inhabitants", "city", 494545, "persons", "494.545"),
            ("inhabitants", "area", 37583, "persons", "37.583"),
            ("sgb2_rate", "city", 18.6, "percent", "18,6 %"),
            ("sgb2_rate", "area", 36.2, "percent", "36,2 %"),
            ("unemployment_rate", "city", 14.6, "percent", "14,6 %"),
            ("unemployment_rate", "area", 19.4, "percent", "19,4 %"),
            ("migration_share", "city", 36.4, "percent", "36,4 %"),
            ("migration_share", "area", 68.7, "percent", "68,7 %"),
        ]
    ],
    "contact": {
        "organisation": "Stadt Duisburg",
        "street": "Bismarckplatz 1",
        "postcode": "47198",
        "city": "Duisburg",
        "homepage": None,
    },
}


@dataclass(frozen=True)
class Markup:
    """How a page is written down. The defaults are the likeliest markup of the real site."""

    label: str = "strong"  # strong, b, span, span_class, div, div_class, dl, table, h4, plain
    values: str = "br"  # br, div, ul: several values below one label
    lists: str = "br"  # br, div, p, ul: target groups and partners
    activities: str = "ul"
    headings: tuple[str, str] = ("h2", "h3")  # group and section; "strong" is <p><strong>
    title: str = '<h1 class="isFirstInSlot">{}</h1>'
    page_title: str = "BIWAQ  -  Projekte - {}"
    abbr: bool = False
    shy: bool = False
    nbsp: bool = False
    leading_br: bool = False
    trailing_br: bool = False
    colon: bool = False
    images: bool = False
    boxes_first: bool = False
    wrapper_depth: int = 0
    encoding: str = "utf-8"
    declared: str = "UTF-8"
    menu_items: int = 2
    footer: str = '<div id="siteInfo"><h2>Diese Seite</h2><p>&#169; GSB 7.0 - 2015</p></div>'
    omit: frozenset[str] = field(default_factory=frozenset)


def render(facts: dict[str, Any], markup: Markup = Markup()) -> bytes:
    """The page as bytes."""
    return _Page(facts, markup).page().encode(markup.encoding, "xmlcharrefreplace")


class _Page:
    def __init__(self, facts: dict[str, Any], markup: Markup) -> None:
        self.facts, self.markup = facts, markup

    def text(self, words: str) -> str:
        """Words as they stand in the source: escaped, with what the markup asks for put in."""
        words = escaping.escape(words, quote=False)
        if self.markup.shy:
            for whole, parts in (
                ("Projekt", f"Pro{SHY}jekt"),
                ("Gebiet", f"Ge{SHY}biet"),
                ("quartier", "quar&shy;tier"),
            ):
                words = words.replace(whole, parts)
        if self.markup.abbr:
            for short, long in (("SGB", "Sozialgesetzbuch"), ("e. V.", "eingetragener Verein"), (" ha", "Hektar")):
                words = words.replace(short, f'<abbr title="{long}">{short.strip()}</abbr>' if short != " ha" else
                                      f' <abbr title="{long}">ha</abbr>')  # fmt: skip
        return words.replace(" ", NBSP) if self.markup.nbsp and len(words) < 40 else words

    def heading(self, words: str, group: bool = False) -> str:
        tag = self.markup.headings[0 if group else 1]
        words = self.text(words) + (":" if self.markup.colon else "")
        return f"<p><strong>{words}</strong></p>" if tag == "strong" else f"<{tag}>{words}</{tag}>"

    def many(self, values: list[str], kind: str) -> str:
        texts = [self.text(value) for value in values]
        if kind == "ul":
            return "<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>" if texts else "<ul></ul>"
        if kind in ("div", "p"):
            return "".join(f"<{kind}>{text}</{kind}>\n" for text in texts)
        first = "<br/>\n" if self.markup.leading_br else ""
        return f"<p>{first}" + "<br/>\n".join(texts) + ("<br/>" if self.markup.trailing_br else "") + "</p>"

    def labelled(self, label: str, values: list[str]) -> str:
        """A label with its values as one entry of a box."""
        kind, name = self.markup.label, self.text(label) + (":" if self.markup.colon else "")
        if kind == "dl":
            return f"<dt>{name}</dt>" + "".join(f"<dd>{self.text(value)}</dd>" for value in values)
        if kind == "table":
            cells = "<br/>".join(self.text(value) for value in values)
            return f"<tr><th>{name}</th><td>{cells}</td></tr>"
        if kind in ("div", "div_class"):
            css = ' class="label"' if kind == "div_class" else ""
            return f"<div><div{css}>{name}</div>" + "".join(f"<div>{self.text(v)}</div>" for v in values) + "</div>"
        if kind == "h4":
            return f"<h4>{name}</h4>" + self.many(values, self.markup.values)
        if self.markup.values == "br":
            after = "<br/>\n" + "<br/>\n".join(self.text(value) for value in values)
            after += "<br/>" if self.markup.trailing_br else ""
        else:
            after = self.many(values, self.markup.values)
        opening, closing = {
            "strong": ("<strong>", "</strong>"),
            "b": ("<b>", "</b>"),
            "span": ("<span>", "</span>"),
            "span_class": ('<span class="label">', "</span>"),
            "plain": ("", ""),
        }[kind]
        return f"<li>{opening}{name}{closing}{after}</li>"

    def box(self, title: str, entries: list[tuple[str, list[str]]]) -> str:
        inner = "\n".join(self.labelled(label, values) for label, values in entries)
        around = {"dl": "dl", "table": "table", "div": "div", "div_class": "div", "h4": "div"}
        tag = around.get(self.markup.label, "ul")
        return f'<div class="box">{self.heading(title)}<{tag}>{inner}</{tag}></div>'

    def section(self, name: str, words: str, content: str, group: bool = False) -> str:
        return "" if name in self.markup.omit else self.heading(words, group) + content

    def content(self) -> str:
        facts, markup = self.facts, self.markup
        image = '<p><img src="/bild.jpg" alt="Startbild Video Schwerin"/></p>' if markup.images else ""
        goals = "".join(f"<p>{self.text(text)}</p>" for text in facts["goals"])
        activities = self.many(facts["activities"], markup.activities)
        note = f"<p>{self.text('Quellen der Gebietsbeschreibung: ' + facts['area_source_note'])}</p>"
        return "".join(
            [
                markup.title.format(self.text(facts["title"])),
                *(f"<p>{self.text(text)}</p>" for text in facts["subtitles"]),
                "" if facts["summary"] is None else f'<div class="abstract"><p>{self.text(facts["summary"])}</p></div>',
                image,
                self.heading("Zielgruppen und Partner", group=True),
                self.section("target_groups", "Zielgruppe", self.many(facts["target_groups"], markup.lists)),
                self.section("project_partners", "Projektpartner", self.many(facts["project_partners"], markup.lists)),
                self.section("cooperation_partners", "Weitere Kooperationspartner",
                             self.many(facts["cooperation_partners"], markup.lists)),
                image,
                self.section("goals", "Ziele", goals, group=True),
                self.section("activities", "Aktivitäten", activities, group=True),
                "" if "source_note" in markup.omit else note,
            ]
        )  # fmt: skip

    def boxes(self) -> str:
        facts, omit = self.facts, self.markup.omit
        info = [
            ("Zielgebiet", [facts["esf_region"]]),
            ("Bundesland", [facts["state"]]),
            ("Kommune", [facts["municipality"]]),
            ("Programmgebiet", facts["programme_areas"]),
            ("Handlungsfeld", facts["action_fields"]),
            ("Projektlaufzeit", [facts["runtime"]]),
            ("Förderrunde", [facts["round_label"]]),
        ]
        address = "<br/>\n".join(line if line.startswith("<") else self.text(line) for line in facts["contact"])
        first = "<strong></strong><br/>\n" if self.markup.leading_br else ""
        return "".join(
            [
                '<h2 class="aural">Zusatzinformationen</h2>',
                "" if "info" in omit else self.box("Projektinformationen", info),
                "" if "area" in omit else self.box("Gebietsbeschreibung", facts["area"]),
                "" if "contact" in omit else f'<div class="box">{self.heading("Kontakt")}<p>{first}{address}</p></div>',
            ]
        )

    def page(self) -> str:
        markup, deep = self.markup, self.markup.wrapper_depth
        content = "<div>" * deep + f'<div id="content">{self.content()}</div>' + "</div>" * deep
        boxes = f'<div id="supplement"><div id="addContent">{self.boxes()}</div></div>'
        menu = "".join(
            f'<li><div id="n-{n}"><h3><a href="DE/Thema{n}/thema{n}_node.html">The{SHY}ma {n}</a></h3></div></li>'
            for n in range(markup.menu_items)
        )
        title = markup.page_title.format(self.facts["title"])
        return f"""<!doctype html>
<html lang="de"><head><base href="https://www.biwaq.de/"/><meta charset="{markup.declared}"/>
<title>{title}</title></head>
<body class="gsb js-off lang-de fixed"><div id="wrapperOuter"><div id="wrapperInner"><a id="Start"></a>
<h1 class="aural">Navigation und Service</h1><p class="navSkip"><em>Springe direkt zu:</em></p>
<div id="header"><div id="navPrimary"><h2 class="aural">Hauptmenü</h2><ul>{menu}</ul></div>
<div id="search"><h2 class="aural">Suche</h2><form><label for="q">Suchtext</label><input id="q"/></form></div></div>
<div id="navBreadcrumbs"><p class="aural">Sie sind hier:</p>
<ol><li><a href="DE/Home/home_node.html">Startseite</a></li></ol></div>
<div id="main" class="row">{boxes + content if markup.boxes_first else content + boxes}</div></div>
{markup.footer}</div><!-- Seite generiert am: Mon Apr 03 10:12:05 CEST 2017 --></body></html>"""
