"""Harmonising takes any text that a page may hold: nothing raises, every row fits the registry."""

from __future__ import annotations

import pytest

from tests.harmonised import article, city_page, claim, project_page, rows_of

HOSTILE = [
    "",
    " ",
    "-",
    "()",
    "(",
    "((((",
    "–",
    "e.V.",
    "GmbH",
    "Stadt",
    "und",
    "AG",
    "(KIK)",
    "|",
    " - ",
    "\u00ad",
    "\u202eBIWAQ",
    "İstanbul Kültür e.V.",
    "Ⅳ",
    "١٢٣",
    "😀 gGmbH",
    "a" * 5000,
    "(a" * 500,
    "A " * 2000 + "GmbH",
    "<script>alert(1)</script>",
    "'; DROP TABLE projects; --",
    "Duisburg Duisburg Duisburg",
    "Berlin",
    "Köln-Bonn-Köln",
    "null",
    "2015 - 2018",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_in_any_field(text: str) -> None:
    runtime = {"start": "2015-04-01", "end": "2018-12-31", "precision": "month", "as_written": text}
    everywhere = {
        **dict.fromkeys(("title", "summary", "goals", "esf_region", "state", "municipality", "round_label"), text),
        **{name: [text, "x", text] for name in ("target_groups", "project_partners", "cooperation_partners")},
        **{name: [text] for name in ("programme_areas", "action_fields", "subtitles", "activities")},
        "runtime": runtime,
    }
    town = {"title": text, "programme": text, "project_title": text, "coordination": text, "partners": [text]}
    rows = rows_of(
        project_page(1, "X", **everywhere),
        project_page(2, "Y", **{**everywhere, "municipality": "Berlin", "state": "Berlin"}),
        city_page(
            "https://town.example", **town, municipality=text, programme_areas=[text], target_group_phrases=[text]
        ),
        article("https://news.example", claim("employed", 1, place=text), title=text, places=[text]),
    )
    assert len(rows["projects"]) == 2
    assert len(rows["outcome_claims"]) == 1
