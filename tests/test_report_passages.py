"""Passages of archived pages as the report shows them: the right place, whole words, and no person beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from parsers.shown import private_spans, shown_page
from warehouse.report.model import PageLine, PageText
from warehouse.report.passages import Passage, ShownLine, placed


def test_of_real_pages_nothing_private_is_shown(shared: Path) -> None:
    """A page of a town names the persons to talk to, project pages have phones and mails."""
    kinds = {"gsb": "gsb_project", "city": "city_page", "news": "news_article"}
    n_named = 0
    for path in (shared / "pages").glob("*.html"):
        shown = shown_page(kinds[path.name.split("_")[0]], path.read_bytes(), "https://www.example.org/")
        page = PageText(shown.text, tuple(PageLine(*line) for line in shown.lines))
        persons = re.findall(r"\b(?:Herr|Frau) ([A-ZÄÖÜ]\w+ [A-ZÄÖÜ]\w+)", shown.text)
        n_named += len(persons)
        for at, line in enumerate(page.lines):  # whichever line proves something, what stands around it tells nobody
            if line.private or line.is_contact:
                continue
            text = told(placed(page, [Passage(page.text[line.start : line.end], f"chars {line.start}-{line.end}")])[0])
            assert not [person for person in persons if person in text], f"{path.name} line {at}"
            assert "@" not in text
    assert n_named > 0


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("Telefon: 0203 123456", "Telefon: 0203 123456"),
        ("Rufen Sie an: 0203/12 34 56", "0203/12 34 56"),
        ("Tel. +49 (203) 1234-56", "Tel. +49 (203) 1234-56"),
        ("quartier(at)stadt.example", "quartier(at)stadt.example"),
        ("E-Mail:quartier@stadt.example", "quartier@stadt.example"),
        ("Frau Dr. Musterfrau", "Frau Dr. Musterfrau"),
    ],
)
def test_what_is_private_in_a_line_is_found(text: str, private: str) -> None:
    assert private in [text[start:end] for start, end in private_spans(text)]


@pytest.mark.parametrize("text", ["04/2015 bis 12/2018", "Stadt: 494.545", "01067 Dresden", "01.01.2015 - 31.12.2018"])
def test_figures_and_dates_are_no_phones(text: str) -> None:
    assert private_spans(text) == []


# --- passages --------------------------------------------------------------------------------------------------------


def page_of(*lines: tuple[str, str]) -> PageText:
    at, found = 0, []
    for kind, text in lines:
        private = tuple((at + start, at + end) for start, end in private_spans(text))
        found.append(PageLine(at, at + len(text), kind, private, "Telefon" in text))
        at += len(text) + 1
    return PageText(" ".join(text for _, text in lines), tuple(found))


def told(lines: list[ShownLine]) -> str:
    return "\n".join("".join(piece.text for piece in line.pieces) if line.pieces else line.kind for line in lines)


def test_a_passage_is_found_below_the_headings_that_its_locator_names() -> None:
    page = page_of(("heading", "Kommune"), ("item", "Jena"), ("heading", "Kontakt"), ("text", "Stadt Jena"))
    for locator, words in (("Projekt › Kommune", ["Jena"]), ("Kontakt", ["Stadt ", "Jena"])):
        lines, missing = placed(page, [Passage("Jena", locator)])
        (line,) = [line for line in lines if any(piece.marks for piece in line.pieces)]
        assert [piece.text for piece in line.pieces] == words
        assert missing == []


def test_a_passage_does_not_begin_inside_a_word() -> None:
    lines, _ = placed(page_of(("text", "1827 und 827 Menschen")), [Passage("827", "Text")])
    assert [(piece.text, piece.marks) for piece in lines[0].pieces] == [
        ("1827 und ", ()),
        ("827", (0,)),
        (" Menschen", ()),
    ]


def test_passages_that_overlap_keep_both_marks() -> None:
    passages = [Passage("32 Menschen begannen", "Text"), Passage("Menschen", "Text")]
    lines, _ = placed(page_of(("text", "32 Menschen begannen eine Ausbildung")), passages)
    assert [(piece.text, piece.marks, piece.starts) for piece in lines[0].pieces] == [
        ("32 ", (0,), (0,)),
        ("Menschen", (0, 1), (1,)),
        (" begannen", (0,), ()),
        (" eine Ausbildung", (), ()),
    ]


def test_a_passage_over_two_lines_begins_once() -> None:
    page = page_of(("text", "Zwei Sätze."), ("text", "Auf zwei Zeilen."))
    lines, _ = placed(page, [Passage("Sätze. Auf zwei", "Text")])
    assert [piece.starts for line in lines for piece in line.pieces if piece.marks] == [(0,), ()]


def test_a_passage_that_is_not_there_is_told() -> None:
    assert placed(page_of(("text", "Etwas anderes")), [Passage("827 Menschen", "Text")])[1] == [0]


def test_of_a_contact_line_only_proved_words_are_shown() -> None:
    page = page_of(("heading", "Kontakt"), ("text", "Stadt Jena, Frau Musterfrau, Telefon: 03641 123456"))
    assert told(placed(page, [Passage("Stadt Jena", "Kontakt")])[0]) == "Kontakt\nStadt Jena […] "


def test_lines_that_help_nobody_are_left_out() -> None:
    prose = "Die Stadt blickt mit Herrn Mustermann auf drei Jahre im Quartier zurück, in denen viel geschah."
    page = page_of(
        ("text", "Weiter"), ("text", prose), ("text", "827 Menschen"), ("text", "Drucken"), ("text", "Teilen")
    )
    shown = told(placed(page, [Passage("827 Menschen", "Text")])[0]).split("\n")
    assert shown == ["gap", prose.replace("Herrn Mustermann", "[…]"), "827 Menschen", "gap"]
