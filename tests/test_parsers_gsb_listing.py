"""Listing pages: entries, pager, totals, in the markup of several federal sites."""

from __future__ import annotations

import pytest

from parsers.gsb_listing import Listing, parse_listing

URL = "https://www.biwaq.de/DE/Projekte/projekte_node.html"
DUISBURG = "BIWAQ/DE/Projekte/Projekte_BIWAQ3/2390_Duisburg.html;jsessionid=1BEE640E.live21304?nn=1234"
ERFURT = "BIWAQ/DE/Projekte/Projekte_BIWAQ3/2369_Erfurt.html;jsessionid=1BEE640E.live21304?nn=1234"
GTP = "DE/Projekte/projekte_node.html;jsessionid=1BEE640E.live21304?nn=1234&amp;gtp=375174_list%253D"

GSB7 = f"""<html><head><base href="https://www.biwaq.de/"/></head><body>
<ul class="navSkip"><li><a href="DE/Projekte/projekte_node.html?nn=1#content">Inhalt</a></li></ul>
<div id="navPrimary"><ul><li><a href="DE/Programm/programm_node.html">Pro\u00adgramm</a></li></ul></div>
<div id="navBreadcrumbs"><a href="DE/Home/home_node.html">Startseite</a></div>
<div id="main"><div id="content"><h1 class="isFirstInSlot">Projekte</h1><h2>75 Projekte</h2>
<p><a href="DE/Projekte/projekte_node.html?gts=375174_list%253Dtitle_text_sort%252Bdesc">Titel</a></p>
<ul class="result-list">
<li><h3><a href="{DUISBURG}">BIWAQ <abbr>Duisburg</abbr></a></h3><a href="{DUISBURG}">Mehr</a></li>
<li><h3><a href="{ERFURT}">BIWAQ Erfurt</a></h3><a href="mailto:a@b.de">Mail</a></li></ul>
<div class="pagination"><h2 class="aural">BlaetterSuchergebnisseiten</h2>
<ul><li><a class="back button" href="{GTP}1">zurück</a></li>
<li><a href="{GTP}1">1</a></li><li><span class="current">2</span></li><li><a href="{GTP}3">3</a></li>
<li class="next"><a class="forward button" href="{GTP}3">weiter</a></li></ul></div></div>
<div id="supplement"><h3>Förderrunde</h3><ul>
<li><a href="DE/Projekte/projekte_node.html?cl2Categories_Runde=III">2015 - 2018 (16)</a></li>
<li><a href="SiteGlobals/Forms/Suche/Suche_Formular.html?documentType_=news">Nachrichten</a></li></ul></div></div>
<div id="siteInfo"><a href="DE/Service/Impressum/impressum_node.html">Impressum</a></div></body></html>"""


def page(number: int) -> str:
    return f"https://www.biwaq.de/{GTP.replace('&amp;', '&')}{number}"


def test_gsb7_listing() -> None:
    entries = [f"https://www.biwaq.de/{path}" for path in (DUISBURG, ERFURT)]
    assert parse_listing(GSB7.encode(), URL) == Listing(
        entries=entries,
        titles=dict(zip(entries, ("BIWAQ Duisburg", "BIWAQ Erfurt"), strict=True)),
        pages=[page(1), page(3)],
        next=page(3),
        total=75,
        n_pages=None,
    )


def test_last_page_has_no_next() -> None:
    last = GSB7.replace(f'<li class="next"><a class="forward button" href="{GTP}3">weiter</a></li>', "")
    listing = parse_listing(last.encode(), URL)
    assert listing.next is None
    assert listing.pages == [page(1), page(3)]


@pytest.mark.parametrize(
    "gtp",
    [
        "375174_list%253D2",
        "%2526816beae2-00aa_list%253D2",
        "1_Dokumente%253D2",
        "1_liste%253D2",
        "1_list%253D2%2526a_list%253D1",
    ],
)
def test_pager_strings_stay_byte_for_byte(gtp: str) -> None:
    body = f'<div><a href="?gtp={gtp}">2</a></div>'
    assert parse_listing(body.encode(), URL).pages == [f"{URL}?gtp={gtp}"]


@pytest.mark.parametrize(
    "pager",
    [
        '<div class="pagination-index"><p class="next"><a href="?pageNo=1&amp;queryResultId=null">vor</a></p></div>',
        '<div class="pagination"><a class="forward button" href="?pageNo=1&amp;queryResultId=null">weiter</a></div>',
        '<ul><li class="c-nav-index__item--next"><a href="?pageNo=1&amp;queryResultId=null">2</a></li></ul>',
        '<ul><li class="c-navindex__item is-forward"><a href="?pageNo=1&amp;queryResultId=null"> </a></li></ul>',
        '<nav class="pagination"><a rel="next" href="?pageNo=1&amp;queryResultId=null">&gt;</a></nav>',
        '<p class="navIndex"><a href="?pageNo=1&amp;queryResultId=null">n\u00e4chste Seite</a></p>',
    ],
)
def test_pagers_of_other_sites(pager: str) -> None:
    listing = parse_listing(f'<main><a href="/a.html">A</a></main>{pager}'.encode(), URL)
    assert listing.next == f"{URL}?pageNo=1&queryResultId=null"
    assert listing.entries == ["https://www.biwaq.de/a.html"]


def test_pager_of_a_search_form_leads_elsewhere() -> None:
    form = "/SiteGlobals/Forms/Suche/Projektsuche_Formular.html?pageNo=1&resultsPerPage=50"
    listing = parse_listing(f'<div class="pagination"><a class="next" href="{form}">weiter</a></div>'.encode(), URL)
    assert listing.pages == [f"https://www.biwaq.de{form}"]
    assert listing.entries == []


@pytest.mark.parametrize(
    ("line", "total", "n_pages"),
    [
        ("75 Projekte", 75, None),
        ("3212 Ergebnisse", 3212, None),  # DWD
        ("3.212 Ergebnisse für Ihre Suche", 3212, None),
        ("Treffer 1 bis 10 von 34", 34, None),
        ("Ergebnisse 11 - 20 von insgesamt 1.234", 1234, None),
        ("Insgesamt 34 Treffer", 34, None),
        ("Suchergebnisse: 12", 12, None),
        ("Seite 2 von 3", None, 3),
        ("2015 - 2018 (16)", None, None),
        ("Alle 75 BIWAQ-Projekte trafen sich in Berlin", None, None),
        ("Projekte", None, None),
        ("34", None, None),
    ],
)
def test_printed_totals(line: str, total: int | None, n_pages: int | None) -> None:
    listing = parse_listing(f"<h2>{line}</h2>".encode(), URL)
    assert (listing.total, listing.n_pages) == (total, n_pages)


@pytest.mark.parametrize("body", [b"", b"%PDF", b"\x00\xff" * 99, b"<a href='http://['>x</a>", b"<html></html>"])
def test_rubbish_names_nothing(body: bytes) -> None:
    assert parse_listing(body, "http://[") == Listing()


def listed(body: str, url: str) -> Listing:
    return parse_listing(f"<html><body><main>{body}</main></body></html>".encode(), url)


def test_pager_of_wordpress_is_part_of_the_path() -> None:
    pager = (
        '<nav class="pagination"><a class="page-numbers" href="/aktuelles/">1</a>'
        '<a class="page-numbers" href="/aktuelles/page/3/">3</a>'
        '<a class="next page-numbers" href="/aktuelles/page/3/">Weiter</a></nav>'
    )
    entry = '<article><h2><a href="/2018/05/biwaq-erfolg/">Erfolg</a></h2></article>'
    found = listed(entry + pager, "https://traeger.example/aktuelles/page/2/")
    assert found.pages == ["https://traeger.example/aktuelles/", "https://traeger.example/aktuelles/page/3/"]
    assert found.next == "https://traeger.example/aktuelles/page/3/"
    assert found.entries == ["https://traeger.example/2018/05/biwaq-erfolg/"]


def test_pager_of_typo3_has_its_own_parameter() -> None:
    query = "tx_news_pi1%5B%40widget_0%5D%5BcurrentPage%5D=2&amp;cHash=9"
    pager = f'<ul class="f3-widget-paginator"><li class="next"><a href="/presse?{query}">Nächste</a></li></ul>'
    entry = '<a href="/presse/detail/bilanz?tx_news_pi1%5Bnews%5D=77&amp;cHash=a">Bilanz</a>'
    found = listed(entry + pager, "https://stadt.example/presse")
    assert found.next == f"https://stadt.example/presse?{query.replace('&amp;', '&')}"
    assert found.entries == ["https://stadt.example/presse/detail/bilanz?tx_news_pi1%5Bnews%5D=77&cHash=a"]


def test_results_per_page_are_no_pages() -> None:
    choice = '<div class="pagination"><a href="/suche?resultsPerPage=50">50</a></div><a href="/d/1.html">A</a>'
    assert listed(choice, "https://amt.example/suche").pages == []


def test_facets_sorting_and_print_are_ignored() -> None:
    body = (
        '<h2>Ergebnisse 1 - 10 von insgesamt 1.234</h2><a href="/liste?cl2Categories_Land=hessen">Hessen (8)</a>'
        '<a href="/liste?gts=9_list%253Dtitle_text_sort%252Bdesc">Titel</a>'
        '<a href="/d/1.html?view=renderPrint">Druck</a>'
        '<a href="tel:0365">Anruf</a><a href="javascript:void(0)">x</a><a href="/d/1.html">A</a>'
    )
    found = listed(body, "https://amt.example/liste")
    assert (found.entries, found.pages, found.total) == (["https://amt.example/d/1.html"], [], 1234)
