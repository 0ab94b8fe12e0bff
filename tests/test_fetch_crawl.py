"""Nights on a small site: what is asked for, what is not asked for again, what counts as gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.fetch.archive import Archive
from pipeline.fetch.crawl import Outside
from tests.fetch_site import DAY, NOW, QUICK, Asked, Notes, Reply, Site, night, serve, source

TOMORROW = datetime(2026, 11, 23, 1, 15, 3, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 1, 15, 3, tzinfo=UTC)
STAMP = "Sat, 21 Nov 2026 10:00:00 GMT"
PAGE = Reply(200, b"<h1>Projekt</h1>")


def tagged(etag: str | None = '"1"', modified: str | None = None) -> Callable[[Asked], Reply]:
    """A page that answers 304 to the right condition."""
    headers = {name: value for name, value in (("ETag", etag), ("Last-Modified", modified)) if value}

    def answer(asked: Asked) -> Reply:
        matches = etag is not None and asked.headers.get("if-none-match") == etag
        since = modified is not None and asked.headers.get("if-modified-since") == modified
        return Reply(304, b"", headers) if matches or since else Reply(200, b"<h1>Projekt</h1>", headers)

    return answer


def sitemap(site: Site, *paths: str) -> Reply:
    urls = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return Reply(200, text.encode(), {"Content-Type": "application/xml"})


def captures(root: Path, day: datetime = NOW) -> list[tuple[str, int, str]]:
    found = Archive(root / "archive").captures(day.date(), "test")
    return [
        (capture.url.partition("127.0.0.1")[2].partition("/")[2], capture.http_status, capture.role)
        for capture in found
    ]


def test_a_second_night_asks_with_conditions(tmp_path: Path) -> None:
    with serve({"/e.html": tagged(), "/m.html": tagged(None, STAMP), "/n.html": PAGE}) as site:
        target = source(site, urls=["/e.html", "/m.html", "/n.html"])
        first = night(tmp_path, target)
        second = night(tmp_path, target, now=TOMORROW)
        third = night(tmp_path, target, now=LATER)
    assert (first.fetched, first.unchanged, first.failed, first.complete) == (3, 0, 0, True)
    for report in (second, third):
        assert (report.fetched, report.unchanged, report.failed, report.complete) == (1, 2, 0, True)
        assert report.seen == sorted(site.url(path) for path in ("/e.html", "/m.html", "/n.html"))
    archive = Archive(tmp_path / "archive")
    revisits = [c.revisit_of for c in archive.captures(LATER.date(), "test", {"document"}) if c.revisit_of]
    assert {known.file for known in revisits} == {"2026-11-22/test--r1.warc.gz"}
    assert {archive.read(known.file, known.offset).body for known in revisits} == {b"<h1>Projekt</h1>"}


def test_a_distrusted_body_is_asked_for_anew(tmp_path: Path) -> None:
    with serve({"/e.html": tagged()}) as site:
        target = source(site, urls=["/e.html"])
        night(tmp_path, target)
        report = night(tmp_path, target, now=TOMORROW, distrust=lambda _, known: set(known))
    assert (report.fetched, report.unchanged) == (1, 0)


def test_a_body_that_is_no_longer_there_is_asked_for_anew(tmp_path: Path) -> None:
    with serve({"/e.html": tagged()}) as site:
        target = source(site, urls=["/e.html"])
        night(tmp_path, target)
        night(tmp_path, target, now=TOMORROW)
        (tmp_path / "archive" / "2026-11-22" / "test--r1.warc.gz").unlink()
        report = night(tmp_path, target, now=LATER)
    assert (report.fetched, report.unchanged) == (1, 0)


def listed(*, follow: str = r"/p/\w+\.html$") -> dict[str, object]:
    return {"sitemaps": ["/sitemap.xml"], "follow": follow}


def test_a_page_is_gone_when_it_says_so_itself(tmp_path: Path) -> None:
    with serve({"/p/a.html": tagged(), "/p/b.html": tagged(), "/p/c.html": tagged()}) as site:
        site.routes["/sitemap.xml"] = sitemap(site, "/p/a.html", "/p/b.html", "/p/c.html", "/impressum.html")
        target = source(site, **listed())
        first = night(tmp_path, target)
        assert first.listed == 3
        site.routes["/sitemap.xml"] = sitemap(site, "/p/a.html")
        del site.routes["/p/b.html"]
        second = night(tmp_path, target, now=TOMORROW)
        third = night(tmp_path, target, now=LATER)
    assert second.gone == [{"url": site.url("/p/b.html"), "status": 404, "proved": True}]
    assert second.seen == [site.url("/p/a.html"), site.url("/p/c.html")]
    assert (second.listed, second.unchanged, second.complete) == (1, 2, True)
    assert second.origins[site.url("/p/c.html")] == "known"
    assert third.gone == []
    assert site.paths.count("/p/b.html") == 2


def test_nothing_is_proved_gone_by_a_run_that_did_not_see_all(tmp_path: Path) -> None:
    with serve({"/p/a.html": tagged(), "/p/b.html": tagged()}) as site:
        site.routes["/sitemap.xml"] = sitemap(site, "/p/a.html", "/p/b.html")
        target = source(site, **listed())
        night(tmp_path, target)
        del site.routes["/p/b.html"]
        site.routes["/sitemap.xml"] = Reply(403)
        second = night(tmp_path, target, now=TOMORROW)
        site.routes["/sitemap.xml"] = sitemap(site, "/p/a.html")
        third = night(tmp_path, target, now=LATER)
    assert second.gone == [{"url": site.url("/p/b.html"), "status": 404, "proved": False}]
    assert second.seen == [site.url("/p/a.html")]
    assert not second.complete
    assert third.gone == [{"url": site.url("/p/b.html"), "status": 404, "proved": True}]


def test_a_failed_page_keeps_its_last_good_body(tmp_path: Path) -> None:
    with serve({"/a.html": tagged()}) as site:
        target = source(site, urls=["/a.html"])
        night(tmp_path, target)
        good, site.routes["/a.html"] = site.routes["/a.html"], Reply(403)
        second = night(tmp_path, target, now=TOMORROW)
        site.routes["/a.html"] = good
        third = night(tmp_path, target, now=LATER)
    assert (second.failed, second.seen, second.complete) == (1, [], False)
    assert (third.unchanged, third.complete) == (1, True)


def test_a_redirect_gives_one_document_with_an_alias(tmp_path: Path) -> None:
    with serve({"/new.html": tagged(), "/old.html": Reply(301)}) as site:
        site.routes["/old.html"] = Reply(301, b"", {"Location": "new.html;jsessionid=AB.live1?nn=5"})
        site.routes["/new.html;jsessionid=AB.live1?nn=5"] = tagged()
        target = source(site, urls=["/old.html"])
        first = night(tmp_path, target)
        second = night(tmp_path, target, now=TOMORROW)
    assert first.seen == second.seen == [site.url("/new.html")]
    assert first.documents == second.documents == {site.url("/new.html"): [site.url("/old.html")]}
    assert (first.fetched, second.unchanged) == (1, 1)
    assert captures(tmp_path)[1:] == [
        (".well-known/tdmrep.json", 404, "rights"),
        ("old.html", 301, "redirect"),
        ("new.html;jsessionid=AB.live1?nn=5", 200, "document"),
    ]
    (capture,) = Archive(tmp_path / "archive").captures(DAY, "test", {"document"})
    assert capture.requested == site.url("/old.html")


def test_a_redirect_to_a_page_of_the_plan_is_not_fetched_twice(tmp_path: Path) -> None:
    routes = {"/p/a.html": PAGE, "/p/b.html": Reply(302, b"", {"Location": "/p/a.html"})}
    with serve(routes) as site:  # type: ignore[arg-type]
        site.routes["/sitemap.xml"] = sitemap(site, "/p/b.html", "/p/a.html")
        report = night(tmp_path, source(site, **listed()))
        assert site.paths.count("/p/a.html") == 1
    assert report.documents == {site.url("/p/a.html"): [site.url("/p/b.html")]}
    assert (report.fetched, report.complete) == (1, True)


def test_a_page_that_moved_for_good_is_gone_and_its_heir_is_there(tmp_path: Path) -> None:
    with serve({"/p/a.html": tagged()}) as site:
        site.routes["/sitemap.xml"] = sitemap(site, "/p/a.html")
        target = source(site, **listed())
        night(tmp_path, target)
        site.routes["/p/a.html"] = Reply(301, b"", {"Location": "/p/b.html"})
        site.routes["/p/b.html"] = tagged()
        second = night(tmp_path, target, now=TOMORROW)
    assert second.gone == [{"url": site.url("/p/a.html"), "status": 301, "proved": True}]
    assert second.seen == [site.url("/p/b.html")]
    assert list(Archive(tmp_path / "archive").state("test")) == [site.url("/p/b.html")]


def test_a_redirect_to_the_home_page_proves_nothing(tmp_path: Path) -> None:
    with serve({"/p/a.html": PAGE, "/home.html": PAGE}) as site:
        site.routes["/sitemap.xml"] = sitemap(site, "/p/a.html")
        target = source(site, **listed())
        night(tmp_path, target)
        site.routes["/p/a.html"] = Reply(302, b"", {"Location": "/home.html"})
        second = night(tmp_path, target, now=TOMORROW)
    assert second.gone == [{"url": site.url("/p/a.html"), "status": 302, "proved": False}]
    assert second.seen == []
    assert captures(tmp_path, TOMORROW)[-1] == ("home.html", 200, "other")
    assert list(Archive(tmp_path / "archive").state("test")) == [site.url("/p/a.html")]


def test_a_cookie_check_is_passed_and_remembered(tmp_path: Path) -> None:
    """Airlock before bmi.bund.de, 2026: 307 to a check that sets a cookie, 307 back; without it 400."""

    def page(asked: Asked) -> Reply:
        return (
            PAGE if asked.headers.get("cookie") == "AL_CHK-S=x" else Reply(307, b"", {"Location": "/cookie-check-d973"})
        )

    def check(asked: Asked) -> Reply:
        back = asked.headers.get("referer", "/p/a.html")
        return Reply(307, b"", {"Location": back, "Set-Cookie": "AL_CHK-S=x; Path=/; HttpOnly"})

    with serve({"/p/a.html": page, "/p/b.html": page, "/cookie-check-d973": check}) as site:
        site.routes["/sitemap.xml"] = sitemap(site, "/p/a.html", "/p/b.html")
        report = night(tmp_path, source(site, **listed()), outside=Outside(limits=replace(QUICK, per_host=1)))
        assert site.paths[1:] == ["/p/a.html", "/cookie-check-d973", "/p/a.html", "/p/b.html"]
    assert (report.fetched, report.documents, report.complete) == (2, {}, True)


def test_a_cookie_wall_that_never_opens_ends(tmp_path: Path) -> None:
    routes = {
        "/a.html": Reply(307, b"", {"Location": "/check", "Set-Cookie": "a=1"}),
        "/check": Reply(307, b"", {"Location": "/a.html", "Set-Cookie": "a=1"}),
    }
    with serve(routes) as site:  # type: ignore[arg-type]
        report = night(tmp_path, source(site, urls=["/a.html"]))
        assert len(site.paths) <= 6
    assert report.failures[0]["reason"].startswith("redirect: ")


def test_max_pages_is_a_gap_that_is_told(tmp_path: Path) -> None:
    pages = [f"/{number}.html" for number in range(5)]
    with serve(dict.fromkeys(pages, PAGE)) as site:
        report = night(tmp_path, source(site, urls=pages, max_pages=3))
        assert sorted(site.paths) == pages[:3]
    assert [f["reason"] for f in report.failures] == ["capped: max_pages 3 reached, 2 addresses were not asked for"]
    assert not report.complete


class Killer(Notes):
    """A progress that ends the run in the middle, as an interrupt does."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def page(self, source_id: str, url: str, outcome: str) -> None:
        super().page(source_id, url, outcome)
        if len(self.pages) == self.after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [1, 3, 6])
def test_what_a_killed_run_stored_is_not_asked_for_again(tmp_path: Path, after: int) -> None:
    pages = [f"/p/{number}.html" for number in range(6)]
    with serve(dict.fromkeys(pages, PAGE)) as site:
        del site.routes["/p/5.html"]
        site.routes["/sitemap.xml"] = sitemap(site, *pages)
        target = source(site, **listed())
        one = Outside(limits=replace(QUICK, per_host=1))
        with pytest.raises(KeyboardInterrupt):
            night(tmp_path, target, run="killed", progress=Killer(after), outside=one)
        before = [path for path in site.paths if path != "/sitemap.xml"]
        assert len(list((tmp_path / "archive").rglob("*.open"))) == 1
        notes = Notes()
        report = night(tmp_path, target, run="next", progress=notes)
        asked = [path for path in site.paths if path != "/sitemap.xml"]
    assert sorted(asked) == sorted(pages)
    assert len(before) == after
    assert report.seen == [site.url(page) for page in pages[:5]]
    assert report.gone == [{"url": site.url("/p/5.html"), "status": 404, "proved": True}]
    assert (report.stored, report.fetched) == (min(after, 5), 5 - min(after, 5))
    assert report.complete
    assert sorted(Archive(tmp_path / "archive").state("test")) == report.seen
    assert [outcome for _, outcome in notes.pages].count("stored") == after


def test_a_redirect_that_a_killed_run_followed_is_not_followed_again(tmp_path: Path) -> None:
    routes = {"/old.html": Reply(301, b"", {"Location": "/new.html"}), "/new.html": PAGE, "/z.html": PAGE}
    with serve(routes) as site:  # type: ignore[arg-type]
        target = source(site, urls=["/old.html", "/z.html"])
        one = Outside(limits=replace(QUICK, per_host=1))
        with pytest.raises(KeyboardInterrupt):
            night(tmp_path, target, run="killed", progress=Killer(1), outside=one)
        report = night(tmp_path, target, run="next")
        assert sorted(site.paths) == ["/new.html", "/old.html", "/z.html"]
    assert report.seen == [site.url("/new.html"), site.url("/z.html")]
    assert report.documents == {site.url("/new.html"): [site.url("/old.html")]}


def test_one_source_s_failure_does_not_touch_the_others(tmp_path: Path) -> None:
    with serve({"/robots.txt": Reply(500), "/a.html": PAGE}) as bad, serve({"/a.html": PAGE}) as good:
        notes = Notes()
        one = source(bad, id="bad", urls=["/a.html"])
        # another name, as politeness counts by host
        two = source(id="good", hosts=["localhost"], urls=[good.url("/a.html").replace("127.0.0.1", "localhost")])
        report = night(tmp_path, [one, two], progress=notes, connect_to=None)
    assert (report.source_id, report.fetched) == ("good", 1)
    assert notes.planned == {"bad": 1, "good": 1}
    assert len(notes.reports) == 2


def test_what_nobody_expected_ends_the_crawl_after_the_others_finished(tmp_path: Path) -> None:
    class Broken(Notes):
        def page(self, source_id: str, url: str, outcome: str) -> None:
            if source_id == "broken":
                raise RuntimeError("a fault of ours")

    with serve({"/a.html": PAGE, "/b.html": PAGE}) as site:
        both = [source(site, id="broken", urls=["/a.html"]), source(site, id="fine", urls=["/b.html"])]
        with pytest.raises(RuntimeError, match="a fault of ours"):
            night(tmp_path, both, progress=Broken())
    archive = Archive(tmp_path / "archive")
    assert [(about.source_id, about.finished) for about in archive.files()] == [("fine", True)]
    assert [item.file for item in archive.recover()] == ["2026-11-22/broken--r1.warc.gz"]


def test_connect_to_stands_in_for_the_real_hosts(tmp_path: Path) -> None:
    with serve({"/a.html": PAGE}) as site:
        target = source(hosts=["www.biwaq.example"], urls=["http://www.biwaq.example/a.html"])
        report = night(tmp_path, target, connect_to=("127.0.0.1", site.port))
        assert site.asked[-1].headers["host"] == "www.biwaq.example"
    assert report.seen == ["http://www.biwaq.example/a.html"]


def test_the_log_is_in_the_archive(tmp_path: Path) -> None:
    with serve({"/a.html": PAGE}) as site:
        report = night(tmp_path, source(site, urls=["/a.html", "/b.html"]))
    (log,) = Archive(tmp_path / "archive").crawls(DAY, "test")
    assert {name: log[name] for name in ("run_id", "source_id", "day", "started_at", "finished_at")} == {
        "run_id": "r1",
        "source_id": "test",
        "day": "2026-11-22",
        "started_at": "2026-11-22T01:15:03Z",
        "finished_at": "2026-11-22T01:15:03Z",
    }
    assert log["seen"] == report.seen == [site.url("/a.html")]
    assert log["gone"] == [{"url": site.url("/b.html"), "status": 404, "proved": True}]
    assert log["origins"] == {"given": [site.url("/a.html"), site.url("/b.html")]}
    assert (log["listed"], log["listing_total"], log["complete"], log["carried"]) == (2, None, True, {})
