"""The silent-loss meter: what a page loses is told, whatever reader loses it; what is left out by rule is no loss."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from random import Random

import pytest
from bs4 import BeautifulSoup

from parsers import html, meter, tagless
from parsers.meter import article_coverage, measure, quick_loss
from parsers.records import ParseResult
from parsers.registry import parse
from pipeline.fetch.archive import Archive
from pipeline.fetch.model import Capture
from tests.gsb_pages import DUISBURG, render

URL = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2390_Duisburg.html"
ARTICLE = """<html lang="de"><head><title>Quartier</title></head><body><nav><a href="/">Start</a></nav><article>
<h1>Mehr Arbeit im Quartier</h1>
<p>In Duisburg hat das Projekt nach Angaben der Stadt bisher 827 Menschen aus Marxloh und Hochfeld erreicht.</p>
<p>Davon haben 171 eine Arbeit aufgenommen, 32 weitere begannen nach Angaben der Stadt eine Ausbildung.</p>
{}</article></body></html>"""
PROSE = "Über Duisburg hinaus gibt es das Programm auch in Erfurt, Marburg und in vielen anderen Städten des Landes."


def documents(data: Path) -> Iterator[Capture]:
    archive = Archive(data / "archive")
    for day in archive.days():
        for source in ("sample-projects", "sample-cities", "sample-press"):
            yield from (page for page in archive.captures(day, source, {"document"}) if page.http_status == 200)


# --- the second reader ---


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>SGB<b>-II</b>-Quote&nbsp;18,6 %</p>", "SGB-II-Quote18,6%"),
        ("<p>Gr&ouml;&szlig;e &#8211; 7 &lt; 8</p>", "Größe–7<8"),
        ("a<!-- <p>b</p> -->c<!---->d", "acd"),
        ("a<script>if (b < c) { d('</p>') }</script>e<STYLE type='x'>f</STYLE >g", "aeg"),
        ("<title>a</title><button>b</button><select><option>c</select>d<svg><text>e</text></svg>", "d"),
        ("a<script>b", "a"),
        ("a<button>b<p>c</p>", "abc"),  # never closed: only its tag goes
        ("<selection>a</selection><buttons>b</buttons>", "ab"),
        ("3 < 4 und 5 > 4", "3<4und5>4"),
        ("a<b>\n <i>c</i>\t</b> d <br/>\n< e", "acd<e"),
    ],
)
def test_tags_go_and_text_stays(markup: str, text: str) -> None:
    assert tagless.text_of(markup.encode()).decode() == text


def test_it_sees_what_beautifulsoup_sees_on_every_page_of_the_sample_site(published: Path) -> None:
    """BeautifulSoup is thirty times slower than lxml; on these pages the cheap reader stands for it to the letter."""
    pages = list(documents(published))
    assert len(pages) >= 29
    for page in pages:
        text = html.decode(page.body, page.content_type)
        soup = BeautifulSoup(text, "html.parser")
        for element in soup(list(tagless.UNSEEN)):
            element.decompose()
        assert tagless.text_of(text.encode()).decode() == "".join(soup.get_text().split()), page.url


def test_no_page_of_the_sample_site_loses_text(published: Path) -> None:
    for page in documents(published):
        doc = html.parse(page.body, page.url, page.content_type)
        assert doc is not None
        assert quick_loss(doc).lost == 0, page.url


def test_real_pages_lose_no_text(shared: Path) -> None:
    for file in sorted((shared / "pages").glob("*.html")):
        doc = html.parse(file.read_bytes(), URL)
        assert doc is not None
        assert quick_loss(doc).lost == 0, file.name


@pytest.mark.parametrize("piece", ["<a", "<!--", "<script ", "<button>", "&a", "<p title='", "-->", "</button>"])
def test_time_grows_with_the_page_only(piece: str) -> None:
    start = time.process_time()
    tagless.text_of(piece.encode() * 400_000)
    assert time.process_time() - start < 2


# --- text loss ---


def test_text_that_lxml_does_not_see_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    doc = html.parse(b"<p>kept</p>", URL)
    assert doc is not None
    lossy = html.Document(doc.root, URL, URL, "utf-8", markup=b"<p>kept</p><p>lost</p>")
    assert (quick_loss(lossy).characters, quick_loss(lossy).lost, quick_loss(lossy).share) == (8, 4, 0.5)


def test_text_below_2048_elements_is_lost_to_lxml_and_told() -> None:
    body = b"<x>" * 3000 + b"<p>verloren</p>"
    assert measure(parse("city_page", body, URL), body, URL).text_loss == 1.0


def test_beautifulsoup_is_asked_only_where_the_cheap_reader_sees_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def judge(body: bytes, url: str, content_type: str | None = None) -> meter.TextLoss:
        asked.append(body)
        return meter.TextLoss(100, 3)

    monkeypatch.setattr(meter, "text_loss", judge)
    sound = render(DUISBURG)
    assert measure(parse("gsb_project", sound, URL), sound, URL).text_loss == 0
    assert asked == []
    quoted = b'<html><body><a title="a > b, c > d, e > f, g > h, i > j">x</a></body></html>'
    assert measure(parse("city_page", quoted, URL), quoted, URL).text_loss == 0.03
    assert asked == [quoted]


@pytest.mark.parametrize("page_type", ["gsb_project", "city_page", "news_article"])
@pytest.mark.parametrize("reference", [b"&#%s;" % (b"1" * 5000), b"&#x%s" % (b"f" * 5000)])
def test_a_number_of_thousands_of_digits_is_no_character_and_no_fault(page_type: str, reference: bytes) -> None:
    """Python converts no such number and raises instead: a page that held one ended the night."""
    for at in (b"</body", b"</h1", b"</article"):
        for page in (render(DUISBURG), ARTICLE.encode()):
            body = page.replace(at, b"%s%s" % (reference, at), 1)
            measure(parse(page_type, body, URL), body, URL)
    assert html.second_text(b"<p>%s</p>" % reference) in ("", "\ufffd")
    assert tagless.text_of(b"<p>a %s</p>" % reference).decode() == "a\ufffd"


@pytest.mark.parametrize("end", [b"", b"<![foo[bar]]>", b"&#" + b"1" * 5000 + b";"])
def test_what_the_second_parser_can_not_read_hides_no_loss(end: bytes) -> None:
    """Thousands of elements in each other: what stands deeper than lxml goes is lost, whatever the page ends with."""
    body = b"<h1>T</h1>" + b"<p>gut</p>" * 50 + b"<x>" * 3000 + b"<p>verloren und wichtig</p>" * 20 + end
    loss = measure(parse("city_page", body, URL), body, URL).text_loss
    assert loss is not None
    assert loss > 0.5


def test_a_bracket_in_an_attribute_is_no_loss() -> None:
    body = b'<html><body><a title="mehr > weniger > nichts">x</a></body></html>'
    assert measure(parse("city_page", body, URL), body, URL).text_loss == 0


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"\x89PNG" + bytes(100)])
def test_of_what_is_no_page_nothing_is_measured(body: bytes) -> None:
    reading = measure(parse("news_article", body, URL), body, URL)
    assert (reading.coverage, reading.text_loss, reading.unclaimed) == (None, None, ())


def test_the_tree_that_was_read_is_measured() -> None:
    result = parse("gsb_project", render(DUISBURG), URL)
    assert result.document is not None
    assert result.document.markup
    assert measure(result, b"", URL).text_loss == 0  # the bytes are not read again


# --- coverage of articles ---


def coverage(more: str, kept: str | None = None) -> tuple[float | None, list[str]]:
    doc = html.parse(ARTICLE.format(more).encode(), URL)
    assert doc is not None
    return article_coverage(doc, kept if kept is not None else html.text_of(html.elements(doc.root, "article")[0]))


def test_an_article_that_was_kept_whole() -> None:
    assert coverage("") == (1.0, [])


def test_an_article_of_which_a_paragraph_was_dropped() -> None:
    share, headings = coverage(f"<h2>Anderswo</h2><p>{PROSE}</p>", kept=html.text_of_markup(ARTICLE.format("")))
    assert share is not None
    assert 0.6 < share < 0.7  # one paragraph of three
    assert headings == ["Anderswo"]


@pytest.mark.parametrize("heading", ["Lesen Sie auch", "Weitere Meldungen", "Kommentare (2)"])
def test_teasers_and_comments_are_left_out_by_rule(heading: str) -> None:
    more = f"<h2>{heading}</h2><p>{PROSE}</p>"
    assert coverage(more, kept=html.text_of_markup(ARTICLE.format(""))) == (1.0, [])


def test_buttons_bylines_and_links_are_no_prose() -> None:
    more = f'<p>2 Min. Lesezeit</p><p><a href="/x">{PROSE}</a></p>'
    assert coverage(more, kept=html.text_of_markup(ARTICLE.format("")))[0] == 1.0


def test_a_heading_that_names_a_person_is_not_repeated() -> None:
    assert coverage("<h2>Bürgermeisterin Erika Mustermann lobt</h2>", kept="")[1][1:] == ["…"]


def test_a_page_without_prose_has_no_coverage() -> None:
    doc = html.parse(b"<h1>Kurz</h1><p>zu kurz</p>", URL)
    assert doc is not None
    assert article_coverage(doc, "Kurz") == (None, [])


def test_an_article_s_coverage_comes_with_its_record() -> None:
    body = ARTICLE.format("").encode()
    result = parse("news_article", body, "https://presse.example/meldungen/1")
    assert isinstance(result, ParseResult)
    assert result.coverage is None  # the parser does not know, the meter does
    assert measure(result, body, URL).coverage == 1.0


# --- unclaimed headings ---


def test_an_unknown_section_of_a_project_page_is_unclaimed() -> None:
    body = render(DUISBURG).replace(b'<div id="siteInfo"', b"<h2>Erfolge</h2><p>Viele.</p><div id='x' ", 1)
    reading = measure(parse("gsb_project", body, URL), body, URL)
    assert reading.coverage is not None
    assert reading.coverage < 1


def test_a_section_of_a_town_s_page_that_no_field_reads_is_unclaimed() -> None:
    body = f"""<html><body><main><h1>BIWAQ Marburg</h1>
    <p>Das Projekt läuft vom 01.01.2019 bis zum 31.12.2022 im Programm Bildung, Wirtschaft, Arbeit im Quartier.</p>
    <h2>Anfahrt</h2><p>{"Mit dem Bus fährt man bis zum Marktplatz und geht dann links. " * 3}</p>
    </main></body></html>""".encode()
    reading = measure(parse("city_page", body, URL), body, URL)
    assert reading.unclaimed == ("Anfahrt",)
    assert reading.coverage is not None
    assert 0 < reading.coverage < 0.6


def test_references_are_undone_as_by_the_standard_library() -> None:
    rng = Random(3)
    signs = ["&", "#", "x", "1", "9", "0", ";", "amp", "a", "nbsp", "uuml", "notit", " ", "\n", "\f", "<", "&#98;"]
    for _ in range(3_000):
        text = "".join(rng.choices(signs, k=rng.randint(1, 12))).replace("<", "< ")
        assert tagless.text_of(text.encode()) == tagless.squeezed(unescape(text).encode()), text
