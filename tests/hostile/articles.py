"""Articles whose markup or words are hostile.

Belongs here: changes of one sound article, each with the change of its record. Does not: harm on the way (received),
sentences that look like results and are none (fixtures/claims).
Concept: what stands around the article is not the article; what nobody understood is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.hostile import ARTICLE, ARTICLE_PAGE, ARTICLE_RECORD, PROJECT_PAGE, Case, Said, changed, refused

_FAKE = "<p>In Essen hat das Projekt BIWAQ seit Januar 2020 insgesamt 999 Menschen beraten und 888 vermittelt.</p>"
_DATE = '<meta property="article:published_time" content="2025-05-06T07:00:00+02:00">'


def _case(name: str, *edits: tuple[str, str], issues: tuple[Said, ...] = (), **record: Any) -> Case:
    """The sound article with `edits`, and what is other in its record."""
    return Case(name, ARTICLE, changed(ARTICLE_PAGE, *edits), {**ARTICLE_RECORD, **record}, issues)


def cases() -> Iterator[Case]:
    """All cases of this module."""
    yield refused("project read as article", ARTICLE, PROJECT_PAGE.encode(), "not_this_page")
    head = ARTICLE_PAGE[: ARTICLE_PAGE.index("<p>")] + "</article></main></body></html>"
    yield refused("headline and nothing else", ARTICLE, head.encode(), "not_this_page")
    yield from _around()
    yield from _declared()
    yield from _words()
    yield from _sizes()


def _around() -> Iterator[Case]:
    """What no reader sees, and what a reader sees beside the article."""
    for name, markup in {
        "script": f"<script>var text = '{_FAKE}';</script>",
        "template": f"<template>{_FAKE}</template>",
        "noscript": f"<noscript>{_FAKE}</noscript>",
        "comment": f"<!-- {_FAKE} -->",
        "hidden attribute": f"<div hidden>{_FAKE}</div>",
        "display: none": f"<div style='display:none'>{_FAKE}</div>",
        "hidden twice over": f"<div hidden><div hidden style='display: none'>{_FAKE}</div></div>",
        "alt text": "<img src='a.jpg' alt='Seit 2020 hat das Projekt in Essen 999 Menschen beraten.'>",
        "aside": f"<aside>{_FAKE}</aside>",
        "form": "<form><label>Newsletter für 999 Teilnehmende</label><input value='888 Menschen'></form>",
    }.items():
        yield _case(f"false figures in: {name}", ("<p>Wer", f"{markup}<p>Wer"))
    after = ("</article>", "</article><section id='comments' class='comments'><h2>Kommentare</h2>{}</section>")
    yield _case("false figures in: comments of readers", (after[0], after[1].format(_FAKE)))
    teaser = "<h2>Lesen Sie auch</h2><ul><li><a href='/b'>Essen: BIWAQ hat 999 Menschen beraten</a></li></ul>"
    yield _case("false figures in: teasers", ("</article>", f"</article>{teaser}"))
    yield _case("end tags too many", ("<p>Wer", "</div></span></ul><p>Wer"))
    yield _case("5,000 divs deep", ("<article>", "<div>" * 5000 + "<article>"))
    yield _case("zero-width spaces and soft hyphens", ("214 Menschen", "2\u200b14 Men\u00adschen"))
    yield _case("no-break spaces", ("214 Menschen", "214\u00a0Menschen"))


def _declared() -> Iterator[Case]:
    gap: tuple[Said, ...] = (("warning", "missing_field", "published_on"),)
    yield _case("no date", (_DATE, ""), issues=gap, published_on=None)
    yield _case("a date that is none", ("2025-05-06T07:00:00+02:00", "31.11.2025"), issues=gap, published_on=None)
    yield _case("a date at night in another zone", ("2025-05-06T07:00:00+02:00", "2025-05-05T22:30:00Z"))
    yield _case(
        "JSON-LD that is broken",
        ("</head>", '<script type="application/ld+json">{"@type": "NewsArticle",</script></head>'),
    )
    yield _case(
        "JSON-LD that is a list of numbers",
        ("</head>", '<script type="application/ld+json">[1, null, []]</script></head>'),
    )
    yield _case(
        "JSON-LD of 10,000 levels", ("</head>", f'<script type="application/ld+json">{"[" * 10_000}</script></head>')
    )
    yield _case(
        "an article in English is not read for figures",
        ('lang="de"', 'lang="en"'),
        issues=(("info", "other_language", "language"),),
        language="en",
    )
    yield _case(
        "headline as image",
        ("<h1>Werkhof Bieblach öffnet an vier Vormittagen</h1>", "<h1><img src='t.png' alt='Titel'></h1>"),
    )


def _words() -> Iterator[Case]:
    claims = ARTICLE_RECORD["claims"]
    yield _case(
        "a figure that no rule understands is said",
        ("Die Beratung kostet nichts.", "77 Teilnehmende brachen die Beratung ab."),
        issues=(("warning", "unparsed_figure", "claims"),),
    )
    first = {**claims[0], "value": 2023, "quote": claims[0]["quote"].replace("214", "2023")}
    later = [{**claim, "char_end": claim["char_end"] + 1} for claim in (first, claims[1])]
    later[1]["char_start"] += 1
    yield _case("a number that looks like a year", ("214 Menschen", "2023 Menschen"), claims=later)
    yield _case("a character that no charset explains", ("kostet nichts", "k\ufffdstet nichts"),
                issues=(("warning", "broken_characters", "text"),))  # fmt: skip


def _sizes() -> Iterator[Case]:
    lost: tuple[Said, ...] = (("warning", "text_lost", "text"),)

    def made(*edits: tuple[str, str]) -> Any:
        return lambda: changed(ARTICLE_PAGE, *edits)

    long = "wort " * 2_000_000
    yield Case("text node of 10 MB", ARTICLE, made(("</article>", f"<p>{long}</p></article>")), ARTICLE_RECORD, lost)
    items = "".join(
        f"<li>Ein Angebot für alle, die in der langen Straße im Haus Nummer {n} wohnen</li>" for n in range(100_000)
    )
    yield Case("100,000 list items", ARTICLE, made(("</article>", f"<ul>{items}</ul></article>")), ARTICLE_RECORD, lost)
    menu = "<nav><ul>" + "<li><a href='x.html'>Thema</a></li>" * 50_000 + "</ul></nav>"
    yield Case("menu of 50,000 links", ARTICLE, made(("<main>", f"{menu}<main>")), ARTICLE_RECORD)
    yield Case("attribute of 5 MB", ARTICLE, made(("<p>Wer", f'<p class="{"x " * 2_500_000}">Wer')), ARTICLE_RECORD)
