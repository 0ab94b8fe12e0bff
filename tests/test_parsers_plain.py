"""Reading without a tree: what the reader of plain markup takes, it must read exactly as lxml and `html.lines` do."""

from __future__ import annotations

from collections.abc import Iterator
from html.entities import name2codepoint
from pathlib import Path
from random import Random

import pytest

from parsers import html, tagless
from parsers.gsb_project import parse
from parsers.markup import middle
from parsers.plain import INSIDE, Plain, read
from tests.bench.project_pages import project_pages
from tests.fuzz.corpus import samples
from tests.fuzz.mutate import mutated
from tests.gsb_pages import DUISBURG, URL, render
from tests.test_golden import VARIANT_FILES
from tests.test_hostile import CASES

BEHIND_TITLE = b">Zielgruppen und Partner<"
FRONT = '<base href="https://www.biwaq.example/"/><title>BIWAQ - a</title>'


def by_tree(markup: bytes) -> html.Document:
    doc = html.parse(markup, URL)
    assert doc is not None
    return doc


def assert_same(found: Plain, markup: bytes) -> None:
    """What was read is what the tree of the same bytes says."""
    doc = by_tree(markup)
    assert doc.complete
    assert found.lines == html.lines(doc.root), markup
    assert (found.base, found.title) == (doc.base, html.page_title(doc) or ""), markup
    text = html.tree_text(doc, *tagless.UNSEEN)
    assert tagless.squeezed(found.text.encode()) == tagless.squeezed(text), markup


def parts(bodies: Iterator[bytes]) -> list[bytes]:
    """What is read of each page, where that can be cut out."""
    return [part for body in bodies if (part := middle(body, BEHIND_TITLE)) is not None]


def n_plain(found: list[bytes]) -> int:
    """How many of them are plain; all of those are read as the tree says."""
    count = 0
    for part in found:
        if (plain := read(part, URL)) is not None:
            assert_same(plain, part)
            count += 1
    return count


# --- pages ---


def test_generated_pages_are_plain_and_read_the_same() -> None:
    found = parts(page.body for page in project_pages(60))
    assert n_plain(found) == len(found) == 60


def test_most_pages_of_the_sample_site_are_plain() -> None:
    found = parts(sample.body for sample in samples() if sample.page_type == "gsb_project")
    assert n_plain(found) >= 0.8 * len(found) > 10


def test_variants_of_markup_are_read_the_same() -> None:
    assert n_plain(parts(file.with_suffix(".html").read_bytes() for file in VARIANT_FILES)) > 10


def test_hostile_pages_are_read_the_same() -> None:
    assert n_plain(parts(case.body for case in CASES if len(case.body) < 1_000_000)) > 10


def test_mutated_pages_are_read_the_same() -> None:
    start = [sample for sample in samples() if sample.page_type == "gsb_project"]
    assert n_plain(parts(mutated(start, 11, number).body for number in range(600))) > 30


def test_parts_whose_tags_were_mixed_are_read_the_same() -> None:
    """Mutations that often leave the markup plain: whole tags and texts dropped, doubled, swapped, moved."""
    rng = Random(7)
    found = []
    for part in parts(page.body for page in project_pages(8)):
        tokens = part.decode().replace("<", "\0<").replace(">", ">\0").split("\0")
        for _ in range(120):
            mixed = [*tokens]
            for _ in range(rng.randint(1, 3)):
                at, other = rng.randrange(len(mixed)), rng.randrange(len(mixed))
                act = rng.randrange(4)
                if act == 0:
                    del mixed[at]
                elif act == 1:
                    mixed.insert(at, mixed[other])
                elif act == 2:
                    mixed[at], mixed[other] = mixed[other], mixed[at]
                else:
                    mixed[at : at + 1] = rng.choice(["<b>", "<a href='x'>", "<br>", "<li>", "</div>", "&amp;", "<a>"])
            found.append("".join(mixed).encode())
    assert n_plain(found) > 100


def test_pages_of_federal_sites_are_read_the_same(shared: Path) -> None:
    n_plain(parts(file.read_bytes() for file in sorted((shared / "pages").glob("*.html"))))


def test_the_record_is_the_same_without_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [page.body for page in project_pages(12)]
    short = [parse(body, URL) for body in pages]
    assert all(isinstance(result.document, Plain) for result in short)
    monkeypatch.setattr("parsers.gsb_project.read", lambda markup, url: None)
    long = [parse(body, URL) for body in pages]
    assert all(isinstance(result.document, html.Document) for result in long)
    assert short == long


def test_a_page_without_all_sections_is_read_whole() -> None:
    body = render({**DUISBURG, "cooperation_partners": []}).replace(b">Kontakt<", b">Anfahrt<")
    assert isinstance(parse(body, URL).document, html.Document)


# --- the grammar ---


@pytest.mark.parametrize("outer", [tag for tag in INSIDE if tag])
def test_what_may_stand_inside_does_not_end_it(outer: str) -> None:
    for inner in INSIDE[outer]:
        own = f"<{inner}/>" if inner in ("br", "img") else f"<{inner}>x</{inner}>"
        around = {"li": "ul", "dt": "dl", "dd": "dl"}.get(outer, "section")
        markup = f"<h1>a</h1><{around}>b<{outer}>c{own}d</{outer}>e</{around}>f".encode()
        (found,) = [element for element in html.elements(by_tree(markup).root, inner) if element.text in ("x", None)]
        parent = found.getparent()
        assert parent is not None
        assert (parent.tag, parent.text, found.tail) == (outer, "c", "d"), inner
        plain = read(markup, URL)
        assert plain is not None, inner
        assert_same(plain, markup)


def test_references_mean_what_they_mean_to_lxml() -> None:
    numbers = [*range(32, 127), *range(160, 1000), 8211, 8222, 55_295]
    for reference in (*name2codepoint, *(f"#{number}" for number in numbers)):
        markup = f'<title>a &{reference}; b</title><h1>c&{reference};<a href="?d&{reference};">e</a></h1>'.encode()
        plain = read(markup, URL)
        assert plain is not None, reference
        assert_same(plain, markup)


@pytest.mark.parametrize(
    "markup",
    [
        "text before the first tag<h1>a</h1>",
        "<h1>a<p>b</p></h1>",  # p ends the heading
        "<ul><p>a</p></ul>",
        "<p>a<div>b</div></p>",
        "<a>b<a>c</a></a>",
        "<ul><li>a<li>b</ul>",
        "<p>a",
        "<p>a</p></p>",
        "<p>a</div>",
        "<div>a</DIV>",
        "<DIV>a</DIV>",
        "<div/>a",
        "<div a=1>b</div>",
        "<div hidden>b</div>",
        '<div hidden="">b</div>',
        '<div style="display:none">b</div>',
        '<div id="search">b</div>',
        '<div class="a" class="b">c</div>',
        '<div class="n&#97;vSkip">c</div>',
        '<p title="a > b">c</p>',
        "<p>a < b</p>",
        "<p>a>br<b</p>",
        "<p>a & b</p>",
        "<p>a &amp b</p>",
        "<p>&unknown;</p>",
        "<p>&#0;&#13;&#150;&#x41;&#55296;&#1114111;</p>",
        "<p>a\x00b</p>",
        "<p>a\x0cb</p>",
        "<p>68<sup>1</sup></p>",
        "<h2><button>a</button></h2>",
        "<nav>a</nav>",
        "<p>a</p><script>b</script>",
        "<p>a<!-- b > c --></p>",
        "<p>a<!--->b<!----></p>",
        "<table><tr><td>a</td></tr></table>",
        "<h1>a</h1><title>b</title>",
        "<title>a</title><title>b</title><h1>c</h1>",
        "<title>a<b>c</title><h1>c</h1>",
        '<base href="/relative/"/><h1>a</h1>',
        "<div>" * 200 + "a" + "</div>" * 200,
        "",
        "a",
        "<",
        "<>",
        "<title>a</title>",
    ],
)
def test_what_needs_a_parser_is_left_to_it(markup: str) -> None:
    found = read(markup.encode(), URL)
    if markup == "<p>a":  # what is left open ends with the page, as for every parser
        assert found is not None
        assert_same(found, markup.encode())
    else:
        assert found is None


def test_a_bracket_that_closes_nothing_is_text_in_the_title_too() -> None:
    markup = b"<title>a > b</title><h1>c</h1>"
    found = read(markup, URL)
    assert found is not None
    assert found.title == "a > b"
    assert_same(found, markup)


def test_bytes_that_are_no_text_are_left_to_lxml() -> None:
    assert read(b"<h1>\xc3</h1>", URL) is None
    assert read("<h1>ü</h1>".encode()[:-6], URL) is None


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="box"><h3>Kontakt</h3><p><strong></strong><br/>a<br/><span class="label">b</span>c</p></div></div>',
        '<p><a class="x" href="?a=b&amp;c"></a></p><p>b<a href=""> c </a>d</p><div><a href="e"><b>f</b> g</a></div>',
        "<ul><li>a<ul><li>b</li><li><b>c</b> d</li></ul>e</li><li></li><li> </li><li>f</li></ul>",
        "<div><h2>a<br/>b</h2><dl><dt>c</dt><dd>d<br>e</dd></dl></div>f</div></section>g",
        '<div class="label">a</div><div class="label">b <i>c</i></div><span><b><span>d</span> e</b> f</span>',
        "<p>a<!-- b -->c<!----></p>\r\n<p>\r</p>",
        "<p>a > b</p><p>></p>>c>&gt;<b>-->d</b>]]><br/>/>",
        f"<p><b>{'a' * 201}</b> b</p><p><b>{'a' * 200}</b> b</p><p><b>\u00ad</b>c</p><p>\u00ad</p>",
    ],
)
def test_lines_are_those_of_the_tree(markup: str) -> None:
    whole = f"{FRONT}<h1>a</h1>{markup}".encode()
    found = read(whole, URL)
    assert found is not None
    assert_same(found, whole)
