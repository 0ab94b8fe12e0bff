"""The closed sets of words in the tables, each word with its German and English label.

Belongs here: words that the programs themselves set (status, qualifier, role …). Does not: codes that pages' labels map
to; those are data files in warehouse/codes. Concept: the check of a column and the labels of its words have one home.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """One closed set: what it says of a value, and word -> (German label, English label)."""

    title: str
    labels: Mapping[str, tuple[str, str]]


TERMS: dict[str, Terms] = {
    "precision": Terms(
        "How exact a date is",
        {"day": ("Tag", "day"), "month": ("Monat", "month"), "year": ("Jahr", "year")},
    ),
    "page_type": Terms(
        "Which kind of page a document is",
        {
            "gsb_project": ("Projektseite des Programms", "project page of the programme"),
            "city_page": ("Seite einer Stadt", "page of a town"),
            "news_article": ("Pressebericht", "news article"),
        },
    ),
    "relation": Terms(
        "How a document speaks of a project",
        {
            "main": ("Projektseite", "the project's own page"),
            "city_page": ("Seite der Stadt", "page of its town"),
            "article": ("Bericht", "article with figures of it"),
        },
    ),
    "role": Terms(
        "What an organisation does in a project",
        {
            "lead": ("Projektträger", "lead organisation"),
            "partner": ("Projektpartner", "project partner"),
            "cooperation": ("Weiterer Kooperationspartner", "further cooperation partner"),
            "coordination": ("Koordinierung", "coordination"),
        },
    ),
    "scope": Terms(
        "Which ground a figure of the area box covers",
        {"city": ("Stadt", "the whole town"), "area": ("Gebiet", "the programme area")},
    ),
    "plausibility": Terms(
        "Whether an area figure can be right",
        {"ok": ("plausibel", "plausible"), "implausible": ("unplausibel", "implausible")},
    ),
    "unit": Terms(
        "Unit of a figure",
        {
            "ha": ("Hektar", "hectares"),
            "persons": ("Personen", "persons"),
            "companies": ("Unternehmen", "companies"),
            "percent": ("Prozent", "percent"),
            "EUR": ("Euro", "euro"),
        },
    ),
    "qualifier": Terms(
        "How exact a text says its figure is",
        {
            "exact": ("genau", "exact"),
            "about": ("rund", "about"),
            "over": ("über", "over"),
            "under": ("unter", "under"),
            "up_to": ("bis zu", "up to"),
            "at_least": ("mindestens", "at least"),
        },
    ),
    "status": Terms(
        "Whether a figure is a result or a plan",
        {"achieved": ("erreicht", "achieved"), "planned": ("geplant", "planned")},
    ),
    "basis": Terms(
        "Whether place and period stand in the figure's own sentence",
        {
            "stated": ("im selben Satz genannt", "stated in the same sentence"),
            "carried": ("aus dem Text davor übernommen", "carried from earlier text"),
        },
    ),
    "agreement": Terms(
        "What independent sources say of a figure",
        {
            "single": ("eine Quelle", "one source"),
            "corroborated": ("von zwei oder mehr Quellen bestätigt", "two independent sources or more give this value"),
            "contradicted": ("eine Quelle widerspricht", "an independent source gives another value"),
        },
    ),
    "severity": Terms(
        "How grave an issue is",
        {
            "error": ("Fehler", "error: something is missing from the data"),
            "warning": ("Warnung", "warning: something is doubtful"),
            "info": ("Hinweis", "note"),
        },
    ),
}
