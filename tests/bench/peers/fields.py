"""A project page to its fields with parsel, as a spider of this site would do it.

Belongs here: selectors for the four ways that the site prints a label. Does not: requests, storage.
Concept: no evidence, no issues, no meter: only the fields that our record has too.
"""

from __future__ import annotations

import re
from typing import Any

from parsel import Selector

_INDICATORS = {
    "Größe": ("area_ha", "ha"),
    "Einwohner/innenzahl": ("inhabitants", "persons"),
    "SGB-II-Quote": ("sgb2_rate", "percent"),
    "Arbeitslosenquote": ("unemployment_rate", "percent"),
    "Anteil Einwohner/innen mit Migrationshintergrund": ("migration_share", "percent"),
}
_SCOPES = {"Stadt": "city", "Gebiet": "area"}
_MONTHS = re.compile(r"(\d{2})/(\d{4}) bis (\d{2})/(\d{4})")


def parse_project(page: Selector, url: str) -> dict[str, Any]:
    """The fields of one project page."""
    content = page.css("#content .singleview")
    info = _box(page, "Projektinformationen")
    runtime = (info.get("Projektlaufzeit") or [""])[0]
    found = _MONTHS.search(runtime)
    note = content.xpath(".//p[starts-with(normalize-space(), 'Quellen der Gebietsbeschreibung')]").xpath("string()")
    return {
        "url": url,
        "title": _text(content.css("h1")),
        "subtitles": [_text(line) for line in content.css("p.subheadline")],
        "summary": _text(content.css("div.abstract")),
        "target_groups": _list_below(content, "Zielgruppe"),
        "project_partners": _list_below(content, "Projektpartner"),
        "cooperation_partners": _list_below(content, "Weitere Kooperationspartner"),
        "goals": "\n".join(_text(part) for part in _goals(content)),
        "activities": [_text(item) for item in content.xpath("./h2[.='Aktivitäten']/following-sibling::ul[1]/li")],
        "area_source_note": _clean(note.get() or "").removeprefix("Quellen der Gebietsbeschreibung: "),
        "esf_region": _first(info, "Zielgebiet"),
        "state": _first(info, "Bundesland"),
        "municipality": _first(info, "Kommune"),
        "programme_areas": info.get("Programmgebiet", []),
        "action_fields": info.get("Handlungsfeld", []),
        "runtime": runtime,
        "start": f"{found[2]}-{found[1]}-01" if found else None,
        "end_month": f"{found[4]}-{found[3]}" if found else None,
        "round_label": _first(info, "Förderrunde"),
        "area_stats": _stats(_box(page, "Gebietsbeschreibung")),
        "contact": _contact(page),
    }


def _clean(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())


def _text(nodes: Any) -> str:
    return _clean("".join(nodes.xpath(".//text()").getall()))


def _first(rows: dict[str, list[str]], label: str) -> str | None:
    return (rows.get(label) or [None])[0]


def _goals(content: Any) -> list[Any]:
    here = "./p[preceding-sibling::h2[1][.='Ziele']]"
    return list(content.xpath(here))


def _list_below(content: Any, heading: str) -> list[str]:
    block = content.xpath("./h3[.=$heading]/following-sibling::*[1]", heading=heading)
    if not block:
        return []
    inner = block.xpath("./div")
    lines = [_text(part) for part in inner] if inner else _lines(block[0])
    return [line for line in lines if line and line != "-"]


def _lines(block: Any) -> list[str]:
    """Text between line breaks."""
    parts: list[list[str]] = [[]]
    for node in block.xpath("./node()"):
        if node.xpath("self::br"):
            parts.append([])
        else:
            parts[-1].append((node.xpath("string()").get() or "") if node.xpath("self::*") else node.get())
    return [line for line in (_clean("".join(part)) for part in parts) if line]


def _box(page: Selector, heading: str) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for item in page.xpath("//div[@class='box'][h3=$heading]/ul/li", heading=heading):
        if item.xpath("./dl"):
            label, values = _text(item.xpath("./dl/dt")).rstrip(":"), [_text(dd) for dd in item.xpath("./dl/dd")]
        elif item.xpath("./span[@class='label']"):
            label = _text(item.xpath("./span[@class='label']"))
            values = [_text(span) for span in item.xpath("./span[@class='value']")]
        elif item.xpath("./div"):
            label, values = _text(item.xpath("./strong")), [_text(div) for div in item.xpath("./div")]
        else:
            label, *values = _lines(item)
        rows[label] = values
    return rows


def _stats(rows: dict[str, list[str]]) -> list[dict[str, Any]]:
    found = []
    for label, values in rows.items():
        indicator, unit = _INDICATORS.get(label, (None, None))
        for written in values if indicator else []:
            scope, _, number = written.partition(": ")
            value = float(re.sub(r"[^\d,]", "", number).replace(",", ".") or "nan")
            cells = {"indicator": indicator, "scope": _SCOPES.get(scope), "value": value, "unit": unit}
            found.append({**cells, "as_written": number})
    return found


def _contact(page: Selector) -> dict[str, str | None]:
    block = page.xpath("//div[@class='box'][h3='Kontakt']/p")
    lines = [line for line in _lines(block[0]) if line] if block else []
    postcode, _, city = (lines[2] if len(lines) > 2 else "").partition(" ")
    return {
        "organisation": lines[0] if lines else None,
        "street": lines[1] if len(lines) > 1 else None,
        "postcode": postcode or None,
        "city": city or None,
        "homepage": block.css("a.ExternalLink::attr(href)").get(),
    }
