"""Sitemaps and feeds."""

from __future__ import annotations

import time

import pytest

from parsers.links import FeedItem, Sitemap, parse_feed, parse_sitemap

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def test_urlset() -> None:
    body = f"""\ufeff<?xml version="1.0" encoding="UTF-8"?><urlset {NS} xmlns:image="http://i.example">
    <url><loc> https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2472_K%C3%B6ln.html?a=1&amp;b=2 </loc>
    <lastmod>2017-04-03</lastmod><image:image><image:loc>https://www.biwaq.de/bild.jpg</image:loc></image:image></url>
    <url><lastmod>2017</lastmod></url></urlset>"""
    url = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/2472_K%C3%B6ln.html?a=1&b=2"
    assert parse_sitemap(body.encode()) == Sitemap([url], [])


def test_index() -> None:
    body = f"<sitemapindex {NS}><sitemap><loc>https://www.dnb.de/Sitemap_NavNode.xml.gz</loc></sitemap></sitemapindex>"
    assert parse_sitemap(body.encode()) == Sitemap([], ["https://www.dnb.de/Sitemap_NavNode.xml.gz"])


def test_addresses_one_a_line() -> None:
    assert parse_sitemap(b"https://a.de/1\r\nhttps://a.de/2\n# no\n").urls == ["https://a.de/1", "https://a.de/2"]


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>404</body></html>", b"\x1f\x8b\x08", b"<urlset", b"\xff\xfe\x00", b"<rss/>"]
)
def test_what_is_no_sitemap_names_nothing(body: bytes) -> None:
    assert parse_sitemap(body) == Sitemap([], [])


def test_rss() -> None:
    body = """<rss version="2.0"><channel><title>Presse</title><link>https://a.de/</link><item>
    <title>BIWAQ &amp; Quartier</title><link>/presse/827.html</link><guid isPermaLink="false">x</guid>
    <pubDate>Tue, 02 Dec 2025 23:30:00 +0100</pubDate>
    <description><![CDATA[<p>Gr\u00f6\u00dfe <b>zwei</b></p>]]></description></item>
    <item><title>ohne Adresse</title></item><item><guid>https://a.de/2</guid></item></channel></rss>"""
    assert parse_feed(body.encode(), "https://a.de/feed.xml") == [
        FeedItem("https://a.de/presse/827.html", "BIWAQ & Quartier", "Größe zwei", "2025-12-02"),
        FeedItem("https://a.de/2", "", "", None),
    ]


def test_atom() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.de/x/"><entry>
    <title type="html">&lt;b&gt;T&lt;/b&gt;</title><id>urn:x</id><updated>2025-12-03T10:00:00Z</updated>
    <link rel="replies" href="c.html"/><link rel="alternate" href="p.html"/>
    <published>2025-12-02T10:00:00Z</published><summary>s</summary></entry></feed>"""
    item = FeedItem("https://b.de/x/p.html", "T", "s", "2025-12-02")
    assert parse_feed(body.encode(), "https://a.de/") == [item]


@pytest.mark.parametrize("link", ["javascript:x", "http://[", "", "mailto:a@b.example"])
def test_an_item_without_web_address_is_left_out(link: str) -> None:
    assert parse_feed(f"<rss><channel><item><link>{link}</link></item></channel></rss>".encode(), "https://a.de/") == []


@pytest.mark.parametrize("body", [b"", b"<html/>", b"\xff", b"<rss", b"{}"])
def test_what_is_no_feed_has_no_items(body: bytes) -> None:
    assert parse_feed(body, "https://a.de/") == []


def test_entities_are_never_expanded_nor_files_read() -> None:
    bombs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<!DOCTYPE x [<!ENTITY e0 "lol">{bombs}<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        "<urlset><url><loc>https://a.de/&e11;</loc></url><url><loc>https://a.de/&f;</loc></url></urlset>"
    )
    start = time.process_time()
    urls = parse_sitemap(body.encode()).urls
    assert time.process_time() - start < 1
    assert all(len(url) < 30 for url in urls)
