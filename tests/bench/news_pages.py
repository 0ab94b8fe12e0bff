"""Generated news articles: pages of about 100 kB, of which an article of one or two screens is the text.

Belongs here: what stands where on a page. Does not: facts, templates.
Concept: the text is a few kB; the rest is what a main-text library has to walk through and throw away.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from markupsafe import Markup, escape

from tests.bench.markup import fill, render
from tests.bench.news_facts import NewsFacts, claim_sentences, news_facts
from tests.bench.vocabulary import generator, words

BASE = "https://www.tagblatt.example"
CONTENT_TYPE = "text/html; charset=utf-8"
_N_TEASERS = 59
_N_COMMENTS = 6


class NewsPage(NamedTuple):
    """A page as a server sends it, and what its record must say."""

    url: str
    body: bytes
    facts: NewsFacts


def news_pages(count: int, *, first: int = 0, seed: int = 1, base: str = BASE) -> Iterator[NewsPage]:
    """Articles `first` to `first + count - 1`, one at a time."""
    for index in range(first, first + count):
        facts = news_facts(index, seed=seed)
        url = f"{base}/lokales/{facts.published_on[:4]}/artikel-{index}.html"
        yield NewsPage(url, _page(facts, url, generator(seed, "markup", index)).encode(), facts)


def _page(facts: NewsFacts, url: str, rng: random.Random) -> str:
    news = words()["news"]
    year, month, day = facts.published_on.split("-")
    article = render(
        "news_article",
        facts=facts,
        day=f"{int(day)}. {news['months'][int(month) - 1]} {year}",
        minutes=rng.randint(2, 6),
        name=f"{rng.getrandbits(64):016x}",
        paragraphs=_paragraphs(rng, facts),
        comments=[rng.choice(news["comments"]) for _ in range(_N_COMMENTS)],
        teasers=[
            (f"{rng.getrandbits(64):016x}", rng.choice(news["teasers"]), rng.choice(news["teaser_texts"]))
            for _ in range(_N_TEASERS)
        ],
    )
    known = {"TITLE": str(escape(facts.title)), "DATE": facts.published_on, "LINKED": _linked(facts, url), "URL": url}
    return fill(_frame(), ARTICLE=article, **known)


def _paragraphs(rng: random.Random, facts: NewsFacts) -> list[str]:
    """Paragraphs of three or four sentences; those with figures come early, as press texts put them."""
    filler = [sentence.replace("{area}", facts.area) for sentence in words()["news"]["sentences"]]
    rng.shuffle(filler)
    told = [sentence for _, sentence in claim_sentences(facts)]
    rest = [filler[at : at + 3] for at in range(4, len(filler), 3)]
    return [" ".join(sentences) for sentences in (filler[:3], told[:2], [*told[2:], filler[3]], *rest)]


def _linked(facts: NewsFacts, url: str) -> str:
    """The JSON-LD that search engines ask for."""
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": facts.title,
        "datePublished": f"{facts.published_on}T06:00:00+01:00",
        "mainEntityOfPage": url,
        "author": {"@type": "Organization", "name": "Redaktion"},
        "publisher": {"@type": "Organization", "name": "Tagblatt"},
    }
    return json.dumps(linked, ensure_ascii=False)


@cache
def _frame() -> str:
    piece = 'function m{}(e,t){{if(e.length<t){{return e.map(function(r){{return"<i>"+r+"</i>"}})}}return t}}'
    script = "".join(piece.format(number) for number in range(400))  # as bundlers print it
    return render("news_frame", menu=words()["news"]["menu"], script=Markup(script))
