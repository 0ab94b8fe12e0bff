"""News articles: what is text and what is not, date and title, places, and the two real articles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from parsers import news_article
from parsers.news_text import article_lines
from parsers.records import ParseResult

URL = "http://bonn-blatt.example/lokales/biwaq-1.html"
TEXT = (
    "<p>In Jena hat das Projekt seit Januar 2019 insgesamt 212 Menschen beraten. Davon fanden 48 eine neue Stelle. "
    "Viele kommen aus Lobeda, wo das Büro mitten im Stadtteil liegt und an fünf Tagen geöffnet ist.</p>"
    "<p>Das Team arbeitet eng mit den Betrieben der Umgebung zusammen und begleitet die Menschen auch nach dem ersten "
    "Arbeitstag, wenn es in der Firma hakt.</p>"
)
LD = {"@type": "NewsArticle", "headline": "Jena zählt 212 Beratungen", "datePublished": "2021-12-03T23:30:00Z"}


def page(
    text: str = TEXT, head: str = "", around: tuple[str, str] = ("", ""), h1: str = "Jena zählt 212 Beratungen"
) -> bytes:
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{h1} - Blatt</title>{head}</head><body>'
        f'<header><nav><a href="/">Start</a></nav></header><main><article><h1>{h1}</h1>{around[0]}{text}{around[1]}'
        "</article></main><footer>Impressum</footer></body></html>"
    ).encode()


def json_ld(**more: Any) -> str:
    return f'<script type="application/ld+json">{orjson.dumps(LD | more).decode()}</script>'


def parse(body: bytes, url: str = URL) -> ParseResult:
    result = news_article.parse(body, url, "text/html; charset=utf-8")
    text = news_article.evidence_text(body, url, "text/html; charset=utf-8")
    assert all(evidence["quote"] in text for evidence in result.evidence)
    for claim in (result.record or {}).get("claims", []):
        assert text[claim["char_start"] : claim["char_end"]] == claim["quote"]
    return result


def record(body: bytes) -> dict[str, Any]:
    found = parse(body).record
    assert found is not None
    return found


def claims(found: dict[str, Any]) -> set[tuple[str, str, float, str | None, str | None]]:
    return {(c["metric"], c["subgroup"], c["value"], c["since"], c["place"]) for c in found["claims"]}


# --- the real articles ---


def test_real_article_of_duisburg(shared: Path) -> None:
    found = record((shared / "pages" / "news_duisburg_827.html").read_bytes())
    assert found["title"] == "BIWAQ-Initiative Duisburg: 827 Menschen auf dem Weg in Arbeit und Ausbildung"
    assert (found["published_on"], found["language"], found["places"]) == ("2025-11-28", "de", ["Duisburg"])
    since = "2023-01-01"
    assert claims(found) == {
        ("participants", "all", 827, since, "Duisburg"),
        ("participants", "unemployed", 670, since, "Duisburg"),
        ("participants", "migration_background", 735, since, "Duisburg"),
        ("employed", "all", 171, since, "Duisburg"),
        ("training", "all", 32, since, "Duisburg"),
        ("improved_prospects", "all", 222, since, "Duisburg"),
    }
    assert {claim["since_precision"] for claim in found["claims"]} == {"month"}
    assert len(found["claims"]) == 6


def test_real_article_of_two_towns(shared: Path) -> None:
    found = record((shared / "pages" / "news_cottbus_duisburg.html").read_bytes())
    assert (found["published_on"], found["places"]) == ("2025-12-02", ["Cottbus", "Duisburg"])
    assert claims(found) == {
        ("participants", "all", 827, "2023-01-01", "Duisburg"),
        ("employed", "all", 171, "2023-01-01", "Duisburg"),
        ("training", "all", 32, "2023-01-01", "Duisburg"),
        ("improved_prospects", "all", 222, None, "Duisburg"),
    }
    basis = {claim["value"]: claim["basis"] for claim in found["claims"]}
    assert basis == {827: "stated", 171: "stated", 32: "stated", 222: "carried"}


def test_real_articles_leave_no_boilerplate(shared: Path) -> None:
    for file in sorted((shared / "pages").glob("news_*.html")):
        text = news_article.evidence_text(file.read_bytes(), URL, None)
        title, *rest = text.split("\n")
        assert title not in rest
        assert not {"Admin User", "2 Min.", "Weitere Nachrichten"} & set(rest)
        assert "Bäumen und einer Skulptur" not in text  # alt text of an image


# --- text and boilerplate ---


def test_headline_is_the_first_line_and_stands_once() -> None:
    body = page(around=("<h2>Jena zählt 212 Beratungen</h2>", ""))
    lines = news_article.evidence_text(body, URL, None).split("\n")
    assert lines[0] == "Jena zählt 212 Beratungen"
    assert lines.count("Jena zählt 212 Beratungen") == 1


@pytest.mark.parametrize(
    "line",
    [
        "3 Min.",
        "Lesezeit: 3 Minuten",
        "Von Erika Muster",
        "Foto: Stadt Jena",
        "03.12.2021, 10:30 Uhr",
        "Artikel teilen",
        "© Blatt",
    ],
)
def test_boilerplate_lines_are_dropped(line: str) -> None:
    text = news_article.evidence_text(page(around=(f"<p>{line}</p>", "")), URL, None)
    assert line not in text.split("\n")
    assert "212 Menschen" in text


@pytest.mark.parametrize(
    "heading", ["Lesen Sie auch", "Kommentare (2)", "Das könnte Sie auch interessieren", "Mehr zum Thema"]
)
def test_nothing_is_read_behind_the_article(heading: str) -> None:
    tail = f"<h3>{heading}</h3><p>Beim Stadtfest in Landshut wurden 900 Menschen beraten und unterstützt.</p>"
    found = record(page(around=("", tail)))
    assert "Landshut" not in found["places"]
    assert 900 not in {claim["value"] for claim in found["claims"]}


def test_an_article_goes_on_behind_a_box_of_teasers() -> None:
    more = (
        f"<p>Bisher haben zudem 32 Teilnehmende eine Berufsausbildung begonnen. {'Das Team freut sich sehr. ' * 8}</p>"
    )
    found = record(page(around=("", f"<h3>Lesen Sie auch</h3><ul><li><a href='/a'>Hallenbad</a></li></ul>{more}")))
    assert 32 in {claim["value"] for claim in found["claims"]}
    assert "Hallenbad" not in news_article.evidence_text(page(around=("", more)), URL, None)


def test_markdown_of_a_press_network_is_no_part_of_the_title() -> None:
    assert record(page(h1="Neue Chancen in **Cottbus** und **Jena**"))["title"] == "Neue Chancen in Cottbus und Jena"


def test_claims_of_an_article() -> None:
    assert claims(record(page())) == {
        ("participants", "all", 212, "2019-01-01", "Jena"),
        ("employed", "all", 48, "2019-01-01", "Jena"),
    }


# --- title, date, language ---


def test_declared_headline_and_date_win() -> None:
    found = record(page(head=json_ld(), h1="Anders"))
    assert found["title"] == "Jena zählt 212 Beratungen"
    assert found["published_on"] == "2021-12-04"  # 23:30 UTC is the next day in Germany


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ('<meta property="article:published_time" content="2021-12-03T06:00:00+01:00">', "2021-12-03"),
        ('<meta name="date" content="2021-12-03">', "2021-12-03"),
        ('<meta name="DC.date.issued" content="03.12.2021">', "2021-12-03"),
        ('<meta name="date" content="31.11.2021">', None),  # there is no such day
    ],
)
def test_date_of_meta_tags(head: str, day: str | None) -> None:
    assert record(page(head=head))["published_on"] == day


def test_time_element_gives_the_date() -> None:
    assert record(page(around=('<time datetime="2021-12-03">3. Dezember</time>', "")))["published_on"] == "2021-12-03"


def test_without_date_an_issue() -> None:
    result = parse(page())
    assert result.record is not None
    assert result.record["published_on"] is None
    assert ("missing_field", "published_on") in [(issue["kind"], issue["field"]) for issue in result.issues]


def test_language_without_declaration_by_common_words() -> None:
    assert record(page().replace(b' lang="de"', b""))["language"] == "de"


# --- places ---


def test_host_names_no_place() -> None:
    assert record(page())["places"] == ["Jena"]  # not Bonn


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("Im Duisburger Hochfeld", ["Duisburg"]),
        ("In Köln-Mülheim", ["Köln"]),
        ("An der Magdeburger Allee in Erfurt", ["Erfurt"]),
        ("Frau Hagen kommt aus Hagen", ["Hagen"]),
        ("Das Essen in der Halle", []),
        ("Die Stelle und die Lehre in der Burg", []),
        ("In Essen und in Halle (Saale)", ["Essen", "Halle (Saale)"]),
        ("Im Stadtteil Neuhof von Schwerin", ["Schwerin"]),
    ],
)
def test_towns_and_what_only_looks_like_one(words: str, places: list[str]) -> None:
    text = f"<p>{words} gibt es neue Wege. {'Das Team ist sehr zufrieden mit der Arbeit. ' * 8}</p>"
    assert record(page(text, h1="Neue Wege"))["places"] == places


# --- no article ---


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty_page"),
        (b"%PDF-1.4 827 Menschen", "not_html"),
        (b"<html><body><script>start()</script></body></html>", "empty_page"),
        (
            "<html><body><h1>Ihre Zustimmung</h1><p>Wir verwenden Cookies. Mit Ihrer Einwilligung zeigen wir Werbung. "
            "Alle akzeptieren oder Einstellungen wählen.</p></body></html>".encode(),
            "consent_wall",
        ),
        (page("<p>Diese Seite ist nicht mehr vorhanden.</p>", h1="Seite nicht gefunden"), "not_this_page"),
        (page(head='<meta name="generator" content="Government Site Builder">'), "not_this_page"),
    ],
)  # fmt: skip
def test_what_is_no_article_leaves_nothing(body: bytes, kind: str) -> None:
    result = parse(body)
    assert result.record is None
    assert [(issue["kind"], issue["severity"]) for issue in result.issues] == [(kind, "error")]
    assert news_article.evidence_text(body, URL, None) == ""


def test_article_with_a_cookie_banner_is_an_article() -> None:
    banner = (
        "<div class='cookie'><p>Wir verwenden Cookies. Mit Ihrer Einwilligung geht es weiter. Akzeptieren</p></div>"
    )
    assert len(record(page().replace(b"<body>", f"<body>{banner}".encode()))["claims"]) == 2


@pytest.mark.parametrize("cut", [400, 700, 1000])
def test_a_page_cut_off_anywhere_is_survived(cut: int) -> None:
    parse(page(head=json_ld())[:cut])


def test_nesting_beyond_what_lxml_html_reads() -> None:
    deep = page().replace(b"<main>", b"<div>" * 300 + b"<main>").replace(b"</main>", b"</main>" + b"</div>" * 300)
    assert len(record(deep)["claims"]) == 2


def test_content_hash_knows_content_only() -> None:
    changed = page().replace(b"</footer>", b"<!-- 17:02 --></footer>")
    assert parse(page()).content_hash == parse(changed).content_hash
    assert parse(page()).content_hash != parse(page(TEXT.replace("212", "213"))).content_hash


# --- pages in forms not met before ---


@pytest.mark.parametrize(
    "line",
    [
        *(
            "Lesedauer: 4 Minuten",
            "2 min read",
            "Vorlesedauer: 5 Minuten",
            "10:32 Uhr",
            "Zuletzt aktualisiert: 07.12.2021",
        ),
        *("Erika Muster, 07.12.2021", "Von unserer Redakteurin Erika Muster", "Text und Foto: Max Muster", "dpa/th"),
        *("Jena (ots)", "Symbolfoto: Pixabay", "Bildunterschrift: Lobeda", "Bild 1 von 5", "Auf Facebook teilen"),
        *("Link kopieren", "Pressemitteilung vom 07.12.2021", "veröffentlicht am 07.12.2021 um 12:00 Uhr"),
        *("Jetzt weiterlesen mit Plus", "Schreibe einen Kommentar", "Schlagworte: BIWAQ, Jena"),
    ],
)
def test_more_lines_that_are_no_article(line: str) -> None:
    assert line not in article_lines("Titel", f"{line}\nDas ist ein Satz der Meldung.", [], [])


@pytest.mark.parametrize(
    "line", ["383 Teilnehmende", "Stand 30. Juni 2020 waren es 120 Teilnehmende.", "Foto-Kurs für 20 Frauen"]
)
def test_short_lines_that_tell_something_stay(line: str) -> None:
    assert line in article_lines("Titel", line, [], [])


def test_the_site_s_name_as_h1_is_no_headline() -> None:
    body = (
        page().replace(b"<header>", b"<header><h1>Blatt</h1>").replace(b"<article><h1>Jena z", b"<article><h2>Jena z")
    )
    body = body.replace(b"Beratungen</h1>", b"Beratungen</h2>")
    assert record(body)["title"] == "Jena zählt 212 Beratungen"


def test_a_table_of_results_is_said_not_to_be_read() -> None:
    table = "<table><tr><td>Teilnehmende</td><td>383</td></tr><tr><td>Vermittelt</td><td>97</td></tr></table>"
    issues = [issue["kind"] for issue in parse(page(around=("", table))).issues]
    assert "unparsed_figure" in issues


def test_a_raised_footnote_number_is_no_digit_of_a_figure() -> None:
    body = page(TEXT.replace("212 Menschen", "212<sup>1</sup> Menschen"))
    assert ("participants", "all", 212, "2019-01-01", "Jena") in claims(record(body))


def test_of_two_towns_each_figure_has_its_own() -> None:
    text = (
        "<p>In Kiel und Lübeck läuft seit 2019 das Programm BIWAQ, das Menschen ohne Arbeit zur Seite steht und "
        "Betriebe berät. Während in Kiel 140 Menschen beraten wurden, waren es in Lübeck 95. Die Lübecker vermittelten "
        "31 Personen in Arbeit, die Kieler 40.</p>"
    )
    found = {(metric, value, place) for metric, _, value, _, place in claims(record(page(text)))}
    assert found == {
        *{("participants", 140, "Kiel"), ("participants", 95, "Lübeck")},
        *{("employed", 31, "Lübeck"), ("employed", 40, "Kiel")},
    }
