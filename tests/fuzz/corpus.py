"""The pages that mutations start from: real-looking ones of every type, each as a site would send it.

Belongs here: pages of the sample site, of the benches and of the test markups; pages of a folder. Does not: mutations.
Concept: a mutated page finds faults only where the page it was made from reaches that far into a parser.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fixtures.content import key_of, last_state, settings, site_in
from fixtures.render import STILL, View, render_feed, render_home, render_listing, render_page, render_sitemap
from tests.bench.news_pages import news_pages
from tests.bench.project_pages import project_pages
from tests.gsb_pages import DUISBURG, URL, Markup, render

_HTML = "text/html;charset=utf-8"
_MARKUPS = (
    Markup(),
    Markup(label="span", lists="div", values="div", abbr=True, shy=True),
    Markup(label="dl", lists="p", activities="br", nbsp=True, colon=True),
    Markup(label="table", leading_br=True, images=True, boxes_first=True),
    Markup(label="div_class", lists="ul", values="ul", headings=("h3", "h4"), trailing_br=True),
    Markup(label="plain", headings=("strong", "strong"), encoding="iso-8859-1", declared="iso-8859-1"),
)
_GROUPS = {"projects": "gsb_project", "cities": "city_page", "press": "news_article"}


class Sample(NamedTuple):
    """A page to start from. `page_type` is that of its source; listings, sitemaps and feeds have none."""

    name: str
    page_type: str | None
    url: str
    body: bytes
    content_type: str | None = _HTML


def samples(shared: Path | None = None) -> list[Sample]:
    """All pages in a fixed order; those of the folder `shared`/pages last."""
    return [*_sample_site(), *_listings(), *_generated(), *(_shared(shared) if shared is not None else ())]


def _view(host: str) -> View:
    return View(host, f"http://{host}/", "/", STILL)


def _sample_site() -> list[Sample]:
    found: dict[bytes, Sample] = {}
    for number in range(1, last_state() + 1):
        state = site_in(number)
        for (host, path), page in sorted(state.pages.items(), key=lambda item: item[0]):
            charset = page.data.get("charset", "utf-8")
            body = render_page(state, page, _view(host)).encode(charset, "xmlcharrefreplace")
            sample = Sample(f"{page.name}-{number}", _GROUPS.get(page.group), f"http://{host}{path}", body)
            found.setdefault(body, sample._replace(content_type=f"text/html;charset={charset}"))
    return list(found.values())


def _listings() -> list[Sample]:
    made = []
    state = site_in(last_state())
    listing, feed = settings()["listing"]["url"], settings()["feed"]["url"]
    for number in (1, 2):
        view = _view(key_of(listing)[0])
        made.append(Sample(f"listing-{number}", None, listing, render_listing(state, view, number, None).encode()))
    made.append(Sample("feed", None, feed, render_feed(state, _view(key_of(feed)[0])).encode(), "application/rss+xml"))
    for host, kind in [(one["name"], one["kind"]) for one in settings()["host"]]:
        if (text := render_sitemap(state, _view(host))) is not None:
            made.append(Sample(f"sitemap-{host}", None, f"http://{host}/sitemap.xml", text.encode(), "application/xml"))
        if kind != "gsb":
            made.append(Sample(f"home-{host}", None, f"http://{host}/", render_home(state, _view(host)).encode()))
    return made


def _generated() -> list[Sample]:
    made = [Sample(f"markup-{at}", "gsb_project", URL, render(DUISBURG, way)) for at, way in enumerate(_MARKUPS)]
    made += [Sample(f"bench-{at}", "gsb_project", one.url, one.body) for at, one in enumerate(project_pages(4))]
    article = next(news_pages(1))
    return [*made, Sample("bench-news", "news_article", article.url, article.body)]


def _shared(folder: Path) -> list[Sample]:
    types = {"gsb": "gsb_project", "city": "city_page", "news": "news_article"}
    files = sorted((folder / "pages").glob("*.html"))
    url = "http://www.biwaq.example/"
    return [
        Sample(one.name, types.get(one.name.partition("_")[0]), f"{url}{one.name}", one.read_bytes()) for one in files
    ]
