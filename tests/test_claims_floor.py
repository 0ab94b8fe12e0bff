"""Outcome claims: a floor that may only rise, and the sentences that taught the rules their limits."""

from __future__ import annotations

import pytest

from parsers.claims import read_claims
from tests.score import score

FLOOR = 0.99


def test_the_labelled_sentences_are_read_as_well_as_before() -> None:
    result = score("dev")
    assert result.f1 >= FLOOR, "\n".join(result.wrong)


@pytest.mark.parametrize(
    "text",
    [
        "Darunter sind ein 52-jähriger Maurer und eine 40-jährige Pflegerin mit drei Kindern.",  # ages, children
        "Das Angebot richtet sich an Menschen ab 27 Jahren.",
        "Rund 150 Teilnehmerinnen und Teilnehmer kamen zur BIWAQ-Werkstatt in Köln.",  # attendance of an event
        "Insgesamt beteiligen sich bundesweit 37 Kommunen an BIWAQ.",
        "In Oberhausen gibt es über 6.000 Langzeitarbeitslose.",  # the town's context, not the project's result
        "Alle 75 BIWAQ-Projekte waren nach Berlin eingeladen.",
    ],
)
def test_what_is_no_result_of_a_project_makes_no_claim(text: str) -> None:
    assert read_claims(text).claims == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a year beside a count must not merge with it
        (
            "In Duisburg hat BIWAQ seit Januar 2023 827 Menschen begleitet.",
            [("participants", "all", 827, "exact", "achieved", "2023-01-01")],
        ),
        # a part of a whole told in the sentence before is no second whole
        (
            "Seit Januar 2023 wurden in Duisburg 827 Menschen betreut. 735 der Unterstützten haben einen "
            "Migrationshintergrund.",
            [
                ("participants", "all", 827, "exact", "achieved", "2023-01-01"),
                ("participants", "migration_background", 735, "exact", "achieved", "2023-01-01"),
            ],
        ),
        # a plan is no result
        (
            "Bis 2018 sollen im Projekt BIWAQ 410 Langzeitarbeitslose begleitet werden.",
            [("participants", "long_term_unemployed", 410, "exact", "planned", None)],
        ),
        # money without the word Euro is money still, and never people
        (
            "Rund 1,3 Millionen Euro gibt es für Jugend stärken im Quartier. Hinzu kommt eine weitere Million für "
            "BIWAQ, mit dem in Marburg langzeitarbeitslose Menschen beraten werden.",
            [("grant_eur", "all", 1_000_000, "exact", "achieved", None)],
        ),
        (
            "Von 136 Teilnehmern des Projekts konnten 51 in Arbeit vermittelt werden.",
            [
                ("participants", "all", 136, "exact", "achieved", None),
                ("employed", "all", 51, "exact", "achieved", None),
            ],
        ),
    ],
)
def test_a_figure_is_read_with_all_that_belongs_to_it(text: str, expected: list[tuple[object, ...]]) -> None:
    found = [
        (claim["metric"], claim["subgroup"], claim["value"], claim["qualifier"], claim["status"], claim["since"])
        for claim in read_claims(text).claims
    ]
    assert found == expected


def test_the_quote_is_the_passage_at_its_place() -> None:
    text = "BIWAQ in Schwerin wirkt. Von 136 Teilnehmern des Projekts konnten 51 in Arbeit vermittelt werden."
    for claim in read_claims(text).claims:
        assert text[claim["char_start"] : claim["char_end"]] == claim["quote"]
