"""Bytes to lines: charsets, broken and hostile markup, links, what a reader sees."""

from __future__ import annotations

import re
import time

import pytest

from parsers import html
from parsers.counts import CountError, at_least_one, at_most_one, exactly_one
from parsers.meter import text_loss
from parsers.news_article import json_ld

URL = "https://www.biwaq.de/BIWAQ/DE/Projekte/x.html"


def texts(markup: str | bytes, **more: bool) -> list[str]:
    doc = html.parse(markup if isinstance(markup, bytes) else markup.encode(), URL)
    assert doc is not None
    return [line.text for line in html.lines(doc.root, **more)]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<p>Köln – Größe</p>".encode(), None),
        ("<p>Köln – Größe</p>".encode(), "text/html; charset=iso-8859-1"),  # the header lies
        ('<meta charset="iso-8859-1"><p>Köln – Größe</p>'.encode(), None),  # the meta tag lies
        ("<p>Köln – Größe</p>".encode("cp1252"), "text/html;charset=ISO-8859-1"),  # as browsers read it
        ("<p>Köln – Größe</p>".encode("cp1252"), "text/html;charset=utf-8"),
        ("<p>Köln – Größe</p>".encode("cp1252"), None),
        ("<p>Köln – Größe</p>".encode("cp1252"), "text/html;charset=utf-16"),
        ("<p>Köln – Größe</p>".encode("cp1252"), "text/html;charset=punycode"),
        ("\ufeff<p>Köln – Größe</p>".encode(), None),
        ("<p>Köln – Größe</p>".encode("utf-16"), None),
        ("<p>Köln – Größe</p>".encode("utf-16-le"), None),
        ("<p>Köln – Größe</p>".encode("utf-16-be"), "text/html"),
    ],
)
def test_charset_is_found(body: bytes, content_type: str | None) -> None:
    doc = html.parse(body, URL, content_type)
    assert doc is not None
    assert html.text_of(doc.root) == "Köln – Größe"
    assert html.decode(body, content_type).endswith("<p>Köln – Größe</p>")


def test_one_broken_byte_does_not_turn_all_umlauts() -> None:
    assert texts("<p>Übergangsregionen für Köln, Größe, Müll ".encode() + b"\xff</p>")[0].startswith(
        "Übergangsregionen für Köln"
    )


def test_page_cut_inside_a_character() -> None:
    assert texts("<p>Gebiet: 68 ha</p><p>Gr\u00f6".encode()[:-1])[0] == "Gebiet: 68 ha"


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"\xef\xbb\xbf", b"%PDF-1.4 <p>", b"\x89PNG\r\n<p>", b"\x1f\x8b\x08<p>", b"PK\x03\x04<p>",
     b"plain text", b"{}", b"\x00" * 999, bytes(range(256)) * 9, b"<!-- only a comment -->"],
)  # fmt: skip
def test_what_is_no_html(body: bytes) -> None:
    doc = html.parse(body, URL)
    assert doc is None or html.text_of(doc.root) == "" or b"<" in body[:300]
    assert html.why_useless(body, doc)[0] in ("empty_page", "not_html", "not_this_page")


def test_control_characters_and_nul_are_dropped() -> None:
    assert texts(b"<p>Sta\x00dt K\x07\xc3\xb6ln&#1;&#x200b;</p>") == ["Stadt Köln"]


def test_lines_break_at_blocks_and_br_only() -> None:
    markup = "<p>MEB <abbr title='x'>e. V.</abbr><br/>\nSGB<b>-II</b></p><div>a<p>b</p>c</div><ul><li>d<li>e</ul>"
    assert texts(markup) == ["MEB e. V.", "SGB-II", "a", "b", "c", "d", "e"]


def test_what_no_reader_sees_is_no_text() -> None:
    markup = (
        "<head><title>t</title></head><script>x</script><style>y</style><noscript>n</noscript><p hidden>h</p>"
        "<p style='display: none'>d</p><img alt='Startbild'><nav>m</nav><div id='navPrimary'>m</div><footer>f</footer>"
        "<div id='siteInfo'>s</div><p class='navSkip'>k</p><div id='cookie-banner'>c</div><template>t</template>"
        "<p>seen<!-- not --> text</p><select><option>o</option></select>"
    )
    assert texts(markup) == ["seen text"]
    assert texts(markup, keep_chrome=True) == ["m", "m", "f", "s", "k", "c", "seen text"]


def test_body_and_main_are_never_taken_for_a_menu() -> None:
    assert texts("<body class='cookie-hint-open'><main id='navigation'><p>Inhalt</p></main>") == ["Inhalt"]


def test_what_a_line_knows() -> None:
    doc = html.parse(
        b"<h2>H</h2><ul><li><strong>Kommune</strong><br>Jena<ul><li>x</li></ul></li></ul>"
        b'<dl><dt>T</dt><dd><span class="label">Tel:</span> 1</dd></dl><p><a href="/a">L</a> z</p>',
        URL,
    )
    assert doc is not None
    head, kommune, jena, inner, term, tel, link = html.lines(doc.root)
    assert (head.level, head.label, head.depth) == (2, "", 0)
    assert (kommune.heads, kommune.label, kommune.depth, kommune.goes_on) == (("Kommune",), "Kommune", 1, False)
    assert (jena.label, jena.goes_on, jena.item == kommune.item) == ("", True, True)
    assert (inner.depth, inner.item == kommune.item) == (2, False)
    assert term.label == "T"
    assert (tel.text, tel.label, tel.heads) == ("Tel: 1", "Tel:", ("Tel:",))
    assert link.links == (("/a", "L"),)


def test_depth_of_300_and_of_3000_loses_no_text() -> None:
    for depth in (300, 1000, 3000):
        doc = html.parse(b"<div>" * depth + b"<p>tief unten</p>" + b"</div>" * depth + b"<p>danach</p>", URL)
        assert doc is not None
        assert doc.complete
        assert [line.text for line in html.lines(doc.root)] == ["tief unten", "danach"]


def test_depth_that_nothing_helps_against_is_said() -> None:
    doc = html.parse(b"<x>" * 3000 + b"<p>verloren</p>", URL)
    assert doc is None or not doc.complete


def test_text_node_of_11_mb_is_kept() -> None:
    (line,) = texts(b"<p>" + b"wort " * 2_200_000 + b"ende</p>")
    assert line.endswith("wort ende")


@pytest.mark.parametrize(
    "markup",
    [b"<b>" * 1900 + b"x<br>" * 30_000, b"<i></i>" * 200_000, b"<li>" * 100_000, b"<" * 1_000_000,
     b"<a href=x>" * 1900 + b"y<br>" * 20_000, b"<p a='" + b"x" * 1_000_000],
)  # fmt: skip
def test_time_grows_with_the_page_only(markup: bytes) -> None:
    start = time.process_time()
    doc = html.parse(markup, URL)
    assert doc is None or html.lines(doc.root) is not None
    assert time.process_time() - start < 5


# --- links and tags --------------------------------------------------------------------------------------------------

LINKS = """<html lang="de-DE"><head><base href="https://www.biwaq.de/"/><title> BIWAQ  -  Erfurt </title>
<meta name="description" content="D"/><meta property="og:title" content="O"/>
<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle"}, 3]}</script>
<script type="application/ld+json">{broken</script></head>
<body><a href="DE/Home/home_node.html;jsessionid=AB.live1?gtp=375174_list%253D2&amp;nn=1">Pro\u00adgramm <b>neu</b></a>
<a href="#content">skip</a><a href="mailto:a@b.de">m</a><a href="http://[">broken</a><a>none</a>
<a href=" //other.de/x ">o</a>
</body></html>"""


def test_links_are_relative_to_base_and_stay_as_they_are() -> None:
    doc = html.parse(LINKS.encode(), URL)
    assert doc is not None
    found = html.placed_links(doc, re.compile("nowhere"))
    assert found[0][:2] == (
        "https://www.biwaq.de/DE/Home/home_node.html;jsessionid=AB.live1?gtp=375174_list%253D2&nn=1",
        "Programm neu",
    )
    assert [link.url for link in found[1:]] == ["https://www.biwaq.de/#content", "https://other.de/x"]


def test_title_meta_language_json_ld() -> None:
    doc = html.parse(LINKS.encode(), URL)
    assert doc is not None
    assert html.page_title(doc) == "BIWAQ - Erfurt"
    assert html.meta(doc, "og:title", "description") == "O"
    assert html.meta(doc, "missing") is None
    assert html.language(doc) == "de"
    assert json_ld(doc) == [{"@type": "NewsArticle"}]


def test_a_broken_base_leaves_the_own_address() -> None:
    doc = html.parse(b'<base href="http://["><a href="y.html">y</a>', "https://a.de/b/x.html")
    assert doc is not None
    assert html.placed_links(doc, re.compile("nowhere"))[0].url == "https://a.de/b/y.html"


def test_links_that_nobody_closed_have_their_own_text() -> None:
    doc = html.parse(b"<ul>" + b"<li><h1><a href=/x>Jena " * 2_000, URL)
    assert doc is not None
    found = html.placed_links(doc, re.compile("nowhere"))
    assert {link.text for link in found[1:]} == {"Jena"}
    assert len(found[0].text) == len("Jena ") * len(found) - 1


def test_selections_state_how_many_they_expect() -> None:
    doc = html.parse(b"<h1>a</h1><p>b</p><p>c</p>", URL)
    assert doc is not None
    assert html.text_of(exactly_one(html.elements(doc.root, "h1"), "title")) == "a"
    assert at_most_one(html.elements(doc.root, "h2"), "h2") is None
    assert len(at_least_one(html.elements(doc.root, "p"), "paragraph")) == 2
    for select, tag in ((exactly_one, "p"), (exactly_one, "h2"), (at_most_one, "p"), (at_least_one, "h2")):
        with pytest.raises(CountError, match="what: expected"):
            select(html.elements(doc.root, tag), "what")


def test_skip_to_leaves_the_menu_out_and_says_so() -> None:
    page = b'<head><title>T</title></head><body><ul><li>Menue</ul><h1>T</h1><p>Ziel</p><div id="siteInfo">f</div>'
    doc = html.parse(page, URL, skip_to=b"Ziel")
    assert doc is not None
    assert doc.skipped
    assert html.visible_text(doc) == "T Ziel"
    assert html.page_title(doc) == "T"


@pytest.mark.parametrize(
    "page",
    [
        b"<body><p>x</p><!-- <h1>alt</h1> Ziel --><p>y</p>",
        b"<body><p>x</p><script>'<h1>alt</h1> Ziel'</script><p>y</p>",
        b"<body><p>x</p><p>y</p>",
        b"<body><p>x</p><h1>\xff</h1>Ziel<p>y</p>",
    ],
)
def test_skip_to_is_not_done_where_it_is_not_safe(page: bytes) -> None:
    doc = html.parse(page, URL, skip_to=b"Ziel")
    assert doc is not None
    assert not doc.skipped
    assert html.text_of(doc.root).startswith("x")


def test_useless_pages_are_told_apart() -> None:
    def kind(body: bytes) -> str:
        return html.why_useless(body, html.parse(body, URL))[0]

    assert kind(b"") == "empty_page"
    assert kind(b"<html><body><script>app()</script></body></html>") == "empty_page"
    assert kind(b"%PDF-1.7") == "not_html"
    assert kind(b"<p>Wir verwenden Cookies. Alle akzeptieren</p>") == "consent_wall"
    assert kind(b"<h1>Fehler 404</h1><p>Seite nicht gefunden</p>") == "not_this_page"


def test_the_meter_sees_what_the_first_parser_loses() -> None:
    assert text_loss("<p>SGB<b>-II</b>-Quote Größe</p>".encode(), URL).lost == 0
    assert text_loss(b"<x>" * 3000 + b"<p>verloren</p>", URL) == (
        loss := text_loss(b"<x>" * 3000 + b"<p>verloren</p>", URL)
    )
    assert (loss.characters, loss.lost, loss.share) == (8, 8, 1.0)
    assert text_loss(b"", URL).share == 0


def test_a_raised_control_character_stops_nothing() -> None:
    doc = html.parse(b"<html><body><p>68<sup>\n1&#xFFFF;\x02</sup> ha</p></body></html>", "http://a.example/")
    assert doc is not None
    html.raise_digits(doc.root)
    assert "68\N{SUPERSCRIPT ONE}" in html.text_of(doc.root).replace(" ", "")
