"""Pages that grow in one direction: where time could grow faster than the page.

Belongs here: one line a shape, from a size to a piece of markup; pages of each type around it. Does not: clocks.
Concept: what bytes cost is known from normal pages; a shape asks whether its n-th part costs more than the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.fuzz.corpus import Sample
from tests.gsb_pages import DUISBURG, render

_ARTICLE = (
    '<!doctype html><html lang="de"><head><title>Bilanz</title><meta name="date" content="2018-06-01"></head><body>'
    "<article><h1>BIWAQ in Jena</h1><p>In Jena nahmen seit 2015 genau 136 Menschen an dem Projekt BIWAQ teil, das vom"
    " Bund gefördert wird. Die Beratung fand in zwei Läden statt, und viele kamen aus der Nachbarschaft zu Fuß.</p>"
    "<div>@PIECE@</div></article></body></html>"
)
_TOWN = (
    '<!doctype html><html lang="de"><head><title>Stadt Jena: BIWAQ</title></head><body><main><h1>BIWAQ in Jena</h1>'
    "<p>Das Projekt „Neue Wege“ wird vom 01.01.2019 bis zum 31.12.2022 in den Stadtteilen Lobeda und Winzerla"
    " umgesetzt. Das Programm heißt Bildung, Wirtschaft, Arbeit im Quartier.</p><div>@PIECE@</div></main></body></html>"
)
# Where a piece may stand on a project page: each is read by other rules.
_PLACES = {
    "partners": "Jobcenter Duisburg",
    "goals": "Mehr Menschen sollen Arbeit finden",
    "summary": "In zwei Stadtteilen beraten",
    "area": "37.583",
    "runtime": "04/2015 bis",
    "contact": "Stadt Duisburg<br/>",
    "sources": "Bundesagentur für Arbeit (07/2015)",
    "title": '<h1 class="isFirstInSlot">',
}


class Shape(NamedTuple):
    """A shape: `piece(n)` is the markup of size n, `size` one at which no page may take two seconds."""

    name: str
    size: int
    piece: Callable[[int], str]


def _times(markup: str) -> Callable[[int], str]:
    return lambda n: markup * n


def _nested(opening: str, closing: str, inner: str = "x") -> Callable[[int], str]:
    return lambda n: opening * n + inner + closing * n


def _attributes(value: str) -> Callable[[int], str]:
    return lambda n: "<p " + " ".join(f"a{at}={value}" for at in range(n)) + ">x</p>"


def _counted(form: str, between: str = "") -> Callable[[int], str]:
    return lambda n: between.join(form.format(at) for at in range(n))


SHAPES = (
    # markup
    Shape("attributes", 20_000, _attributes("1")),
    Shape("attributes-in-title-tag", 20_000, lambda n: "<title " + " ".join(f"a{k}" for k in range(n)) + ">x</title>"),
    Shape("attributes-on-many-tags", 200, lambda n: _attributes("1")(100) * n),
    Shape("equal-attributes", 20_000, _times("<p class=a class=b>") and (lambda n: "<p " + "class=a " * n + ">x</p>")),
    Shape("long-attribute", 1_000_000, lambda n: f"<p title='{'x ' * n}' class='{'nav ' * (n // 4)}'>x</p>"),
    Shape("many-classes", 100_000, lambda n: f"<p class='{'label ' * n}'>x</p>"),
    Shape("body-tags", 20_000, _counted("<body a{}=1>")),
    Shape("html-tags", 20_000, _counted("<html a{}=1>")),
    Shape("siblings", 100_000, _times("<p>Hilfe</p>")),
    Shape("breaks", 100_000, _times("<br>")),
    Shape("lines", 100_000, _times("Hilfe<br>")),
    Shape("list-items", 100_000, _times("<li>Hilfe</li>")),
    Shape("open-items", 50_000, _times("<li>Hilfe")),
    Shape("deep-lists", 1_000, _nested("<ul><li>a", "</li></ul>")),
    Shape("deep-div", 100_000, _nested("<div>", "</div>")),
    Shape("deep-inline", 100_000, _nested("<b>", "</b>")),
    Shape("deep-sup", 100_000, _nested("<sup>1", "</sup>")),
    Shape("deep-nav", 100_000, _nested("<nav>", "</nav>")),
    Shape("deep-template", 50_000, _nested("<template>", "</template>")),
    Shape("deep-hidden", 50_000, _nested("<div hidden>", "</div>")),
    Shape("deep-button", 50_000, _nested("<h3><button>a", "</button></h3>")),
    Shape("open-sup", 50_000, _times("<sup>1")),
    Shape("deep-font", 100_000, _nested("<font size=1>", "</font>")),
    Shape("open-bold", 100_000, _times("<b>")),
    Shape("open-bold-text", 100_000, _times("<b>x ")),
    Shape("bold-and-blocks", 50_000, _times("<b><p>x")),
    Shape("misnested", 50_000, _times("<b><i>x</b></i>")),
    Shape("misnested-links", 50_000, _times("<a href=x><b>x<a href=y></b>")),
    Shape("closings", 100_000, _times("</p></div></b>")),
    Shape("unknown-tags", 50_000, _counted("<x{0}>a</x{0}>")),
    Shape("deep-unknown", 100_000, _nested("<x-y>", "</x-y>")),
    Shape("spans", 50_000, _times("<span class=label>Ort:</span> Jena ")),
    Shape("bold-words", 50_000, _times("<b>Ort</b> ")),
    Shape("open-tables", 10_000, _times("<table>")),
    Shape("open-cells", 10_000, _times("<table><tr><td>x")),
    Shape("table-rows", 30_000, _times("<tr><td>a</td><td>b</td></tr>")),
    Shape("forms", 20_000, _times("<form><input><select><option>x")),
    Shape("definition-lists", 50_000, _times("<dt>Ort</dt><dd>Jena</dd>")),
    Shape("comment", 5_000_000, lambda n: f"<!-- {'-' * n} -->"),
    Shape("comments", 100_000, _times("<!-- x -->y")),
    Shape("open-comments", 100_000, _times("<!-- ")),
    Shape("open-h1-comment", 50_000, _times("<h1><!-- ")),
    Shape("scripts", 20_000, _times("<script>x</script>")),
    Shape("open-scripts", 100_000, _times("<script>")),
    Shape("json-ld", 5_000, _times('<script type="application/ld+json">{"@type":"Article","a":[[[]]]}</script>')),
    Shape("json-depth", 100_000, lambda n: f'<script type="application/ld+json">{"[" * n}</script>'),
    Shape("less-thans", 200_000, _times("<")),
    Shape("open-tags", 200_000, _times("<p ")),
    Shape("quotes-in-tag", 200_000, lambda n: "<p a=" + "\"'" * n + ">x"),
    Shape("entities", 1_000_000, _times("&amp;")),
    Shape("broken-entities", 300_000, _times("&x")),
    Shape("long-entity", 500_000, lambda n: "&" + "a" * n + ";"),
    Shape("character-references", 300_000, _times("&#228;")),
    Shape("bases", 20_000, _times('<base href="/a/">')),
    Shape("metas", 20_000, _counted('<meta name="a{}" content="b">')),
    Shape("titles", 20_000, _times("<title>BIWAQ</title>")),
    Shape("images", 20_000, _counted('<img alt="Bild {}">')),
    Shape("times", 20_000, _times("<time datetime='x'>gestern</time>")),
    Shape("links", 20_000, _counted('<a href="/x/{0}.html">Seite {0}</a> ')),
    Shape("mains", 10_000, _times("<main><p>x</p></main>")),
    Shape("articles", 10_000, _times("<article><p>x</p></article>")),
    Shape("deep-articles", 5_000, _nested("<article>", "</article>")),
    # words
    Shape("text", 10_000_000, _times("x")),
    Shape("words", 1_500_000, _times("Hilfe ")),
    Shape("spaces", 5_000_000, _times(" ")),
    Shape("line-ends", 1_000_000, _times("a\n")),
    Shape("no-break-spaces", 500_000, _times("\u00a0")),
    Shape("soft-hyphens", 500_000, _times("a\u00ad")),
    Shape("combining-marks", 300_000, lambda n: "a" + "\u0308\u0323" * n),
    Shape("sentence", 150_000, _times("und wir ")),
    Shape("sentences", 30_000, _times("Das Projekt hilft vielen Menschen in Jena. ")),
    Shape("headings", 20_000, _times("<h2>Ziele</h2><p>x</p>")),
    Shape("open-headings", 20_000, _times("<h2>Ziele")),
    Shape("unknown-headings", 20_000, _counted("<h3>Kapitel {}</h3>")),
    Shape("titles-h1", 20_000, _counted("<h1>BIWAQ in Jena {}</h1>")),
    Shape("labels", 20_000, _times("<li><strong>Kommune</strong><br>Jena</li>")),
    Shape("unknown-labels", 20_000, _counted("<li><strong>Wort {}:</strong> Jena</li>")),
    Shape("boxes", 10_000, _times("<h3>Gebietsbeschreibung</h3><p>Größe<br>Gebiet: 68 ha</p>")),
    Shape("area-figures", 20_000, _counted("<br>Stadt: {0} %<br>Gebiet: 5,{0} %")),
    Shape("contacts", 10_000, _times("<h3>Kontakt</h3><p>Stadt Jena<br>Am Anger 1<br>07743 Jena</p>")),
    Shape("contact-lines", 20_000, _times("<br>Stadt Jena, Am Anger 1, 07743 Jena")),
    Shape("figures", 3_000, _counted("{} Teilnehmende und ")),
    Shape("figures-in-commas", 10_000, _counted("{} Frauen, ")),
    Shape("figures-in-sentences", 10_000, _counted("{} Menschen nahmen teil. ")),
    Shape("figures-in-paragraphs", 10_000, _counted("<p>In Jena nahmen seit 2015 insgesamt {} Menschen teil.</p>")),
    Shape("money", 10_000, _counted("1.{:03}.000 Euro vom Bund, ")),
    Shape("percents", 10_000, _counted("{} Prozent der Teilnehmenden, ")),
    Shape("number-words", 50_000, _times("zweiunddreißig ")),
    Shape("number-word", 100_000, _times("zweiund")),
    Shape("half-numbers", 100_000, _times("1.")),
    Shape("digits", 1_000_000, _times("7")),
    Shape("groups", 250_000, _times(".583")),
    Shape("spaced-groups", 250_000, _times(" 583")),
    Shape("dates", 30_000, _times("01.04.2015 ")),
    Shape("periods", 30_000, _times("vom 01.04.2015 bis 31.12.2018 ")),
    Shape("years", 50_000, _times("2015 - ")),
    Shape("months", 50_000, _times("Ende Juni 2015 und ")),
    Shape("places", 100_000, _times("Jena ")),
    Shape("places-in-sentences", 30_000, _times("In Jena und Erfurt geht es gut. ")),
    Shape("many-places", 30_000, _times("Jena, Erfurt, Köln, Frankfurt am Main und Duisburg. ")),
    Shape("adjectives", 50_000, _times("Jenaer Bürgerinnen ")),
    Shape("persons", 30_000, _times("Frau Dr. Muster ")),
    Shape("offices", 30_000, _times("Bürgermeister Muster sagt, ")),
    Shape("capitals", 100_000, _times("Aa ")),
    Shape("name-chain", 100_000, _times("Aa-")),
    Shape("von", 100_000, _times("von der ")),
    Shape("quoted", 30_000, _times("Projekt „Neue Wege“ ")),
    Shape("open-quotes", 200_000, _times("„")),
    Shape("straight-quotes", 100_000, _times('"a ')),
    Shape("brackets", 200_000, _times("(")),
    Shape("bracket-pairs", 100_000, _times("(a) ")),
    Shape("commas", 300_000, _times(", ")),
    Shape("colons", 200_000, _times("Ort: ")),
    Shape("semicolons", 200_000, _times("a;")),
    Shape("stops", 300_000, _times(". A")),
    Shape("dots", 500_000, _times(".")),
    Shape("dashes", 300_000, _times(" – ")),
    Shape("hyphens", 500_000, _times("-")),
    Shape("slashes", 300_000, _times("A/")),
    Shape("gender", 100_000, _times("Bürger*innen ")),
    Shape("asterisks", 300_000, _times("**a")),
    Shape("areas", 30_000, _times("in den Stadtteilen Lobeda und Winzerla ")),
    Shape("area-list", 50_000, lambda n: "in den Stadtteilen " + "Lobeda, " * n),
    Shape("partner-list", 30_000, lambda n: "In Kooperation mit " + "der Werkkiste GmbH, " * n + "soll"),
    Shape("partner-starts", 30_000, _times("gemeinsam mit ")),
    Shape("coordination", 30_000, _times("Koordination der Koordinierung liegt ")),
    Shape("coordinated", 30_000, _times("koordiniert wird wird von ")),
    Shape("programme", 30_000, _times("BIWAQ Bildung, Wirtschaft, Arbeit im Quartier ")),
    Shape("other-programmes", 30_000, _times("JUSTiQ und Soziale Stadt. ")),
    Shape("stand", 50_000, _times("Stand: 2013, ")),
    Shape("source-notes", 20_000, _times("Amt für Statistik (2013), ")),
    Shape("mails", 50_000, _times("a@b.de ")),
    Shape("phones", 50_000, _times("Tel. 03641 49-0 ")),
    Shape("legal-forms", 100_000, _times("e. V. ")),
    Shape("consent", 50_000, _times("Cookies akzeptieren ")),
    Shape("captions", 50_000, _times("<p>Foto: Amt</p>")),
    Shape("teasers", 20_000, _times("<h3>Lesen Sie auch</h3><p>Mehr</p>")),
    Shape("bullets", 100_000, _times("• a ")),
)


def samples_of(shape: Shape, size: int) -> list[Sample]:
    """Pages with the shape at this size, one for each place in which it is read by other rules."""
    piece = shape.piece(size)
    project = render(DUISBURG).decode()
    made = {("gsb_project", place): project.replace(words, f"{piece}{words}", 1) for place, words in _PLACES.items()}
    made["city_page", "text"] = _TOWN.replace("@PIECE@", piece)
    made["city_page", "sentence"] = _TOWN.replace(" umgesetzt.", f" {piece} umgesetzt.")
    made["news_article", "text"] = _ARTICLE.replace("@PIECE@", f"<p>{piece}</p>")
    made["news_article", "sentence"] = _ARTICLE.replace(" Menschen an dem", f" {piece} Menschen an dem")
    return [
        Sample(f"{shape.name}-{page_type}-{place}", page_type, "https://www.biwaq.example/x.html", text.encode())
        for (page_type, place), text in made.items()
    ]
