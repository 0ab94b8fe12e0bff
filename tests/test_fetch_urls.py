"""One spelling for each document's address."""

from __future__ import annotations

import re
from random import Random

import pytest

from pipeline.fetch import urls
from pipeline.fetch.urls import BadAddress, canonical, host_of, normal, origin_of, surt
from tests.fetch_site import Reply, night, serve, source

SAME = [
    # session ids stand before the `?`, with the node names that federal sites were seen to use
    (
        "http://www.biwaq.de/DE/x.html;jsessionid=0123456789ABCDEF0123456789ABCDEF.live21064",
        "http://www.biwaq.de/DE/x.html",
    ),
    (
        "http://www.biwaq.de/DE/x.html;jsessionid=AB.2_cid387?gtp=1_list%253D2",
        "http://www.biwaq.de/DE/x.html?gtp=1_list%253D2",
    ),
    ("http://www.biwaq.de/DE/x.html;jsessionid=AB.delivery1-replication#content", "http://www.biwaq.de/DE/x.html"),
    # the menu context says nothing about the document
    ("http://www.biwaq.de/DE/x.html?nn=375174", "http://www.biwaq.de/DE/x.html"),
    ("http://www.biwaq.de/DE/x.html?nn=1&view=render", "http://www.biwaq.de/DE/x.html?view=render"),
    ("http://www.biwaq.de/DE/x.html?cms_nn=1&cms_handOverParams=a%3D1", "http://www.biwaq.de/DE/x.html"),
    ("http://www.biwaq.de/DE/x.html?nnn=1", "http://www.biwaq.de/DE/x.html?nnn=1"),
    # pager state stays, byte for byte
    ("http://h.de/l.html?gtp=375174_list%253D2", "http://h.de/l.html?gtp=375174_list%253D2"),
    ("http://h.de/l.html?nn=7&gtp=%2526816beae2-1_list%253D2", "http://h.de/l.html?gtp=%2526816beae2-1_list%253D2"),
    ("http://h.de/l.html?cms_gtp=375174_Dokumente%253D3", "http://h.de/l.html?cms_gtp=375174_Dokumente%253D3"),
    ("http://h.de/l.html?gtp=1_list%253d2%2c%7E", "http://h.de/l.html?gtp=1_list%253d2%2c%7E"),
    # host, port, fragment
    ("HTTP://WWW.Biwaq.DE:80/DE/x.html", "http://www.biwaq.de/DE/x.html"),
    ("https://www.biwaq.de.:443", "https://www.biwaq.de/"),
    ("http://www.biwaq.de:8080/#top", "http://www.biwaq.de:8080/"),
    ("http://münchen.de/", "http://xn--mnchen-3ya.de/"),
    # umlauts: raw, encoded, decomposed
    ("http://h.de/2472_Köln.html", "http://h.de/2472_K%C3%B6ln.html"),
    ("http://h.de/2472_K%c3%b6ln.html", "http://h.de/2472_K%C3%B6ln.html"),
    ("http://h.de/2472_Ko\u0308ln.html", "http://h.de/2472_K%C3%B6ln.html"),
    ("http://h.de/2472_K%F6ln.html", "http://h.de/2472_K%F6ln.html"),  # Latin-1: another address for the server
    ("http://h.de/%7Ea/%62%2Fc?q=ü", "http://h.de/~a/b%2Fc?q=%C3%BC"),
    ("http://h.de/a/../b/./c", "http://h.de/b/c"),
    (" \thttp://h.de/a\n/b ", "http://h.de/a/b"),
    ("http://[::1]:80/x", "http://[::1]/x"),
]


@pytest.mark.parametrize(("url", "expected"), SAME)
def test_canonical(url: str, expected: str) -> None:
    assert canonical(url) == expected
    assert canonical(expected) == expected


BAD = [
    "",
    "DE/x.html",
    "mailto:biwaq@example.org",
    "javascript:void(0)",
    "file:///etc/passwd",
    "http:///x",
    "http://user:secret@h.de/",
    "http://h.de\\@evil.de/",
    "http://127.0.0.1!/",
    "http://[fe80::1%25eth0]/",
    "http://h.de:99999/",
    "http://h.de/\ud800?x=\ud800",
]


@pytest.mark.parametrize("url", BAD)
def test_what_can_not_be_a_document(url: str) -> None:
    with pytest.raises(BadAddress):
        canonical(url)


def test_normal_keeps_the_session() -> None:
    url = "http://H.de/x.html;jsessionid=AB.live1?nn=1#a"
    assert normal(url) == "http://h.de/x.html;jsessionid=AB.live1?nn=1"


def test_parts() -> None:
    assert host_of("http://www.biwaq.de:8080/x?y") == "www.biwaq.de"
    assert host_of("http://[::1]:80/") == "::1"
    assert origin_of("https://www.biwaq.de:8443/x") == "https://www.biwaq.de:8443"
    assert surt("http://www.biwaq.de:8080/DE/x.html?a=b") == "de,biwaq,www:8080)/DE/x.html?a=b"


WIRE = [
    "/l.html?gtp=375174_list%253D2",
    "/l.html?gtp=%2526816beae2-1_list%253D2&resultsPerPage=50",
    "/2472_K%C3%B6ln.html",
    "/2472_K%F6ln.html",
    "/a%2Fb?x=a+b%20c%26d",
]


def test_the_address_goes_over_the_wire_as_it_is(tmp_path: object) -> None:
    with serve({path: Reply() for path in WIRE}) as site:
        report = night(tmp_path, source(site, urls=WIRE))  # type: ignore[arg-type]
        assert sorted(site.paths) == sorted(WIRE)
        assert report.failures == []


def test_what_is_passed_through_is_what_spelling_it_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(5)
    signs = ["a", "Z", "0", "-", "_", ".", "~", "/", "%C3%B6", "%F6", "%E2", "..", "%2F", "%41", "%c3", ";", "?", "#"]
    hosts = ["h.de", "a-b.c", "127.0.0.1", "h", "x--1.de", "-", "h..de", "h-.de", "h.de.", "H.de", "1.256"]
    ports = ["", ":80", ":443", ":8080", ":0123", ":10000", ":59999", ":65536", ":99999"]
    made = {
        f"{rng.choice(['http', 'https'])}://{rng.choice(hosts)}{rng.choice(ports)}/"
        + "".join(rng.choices(signs, k=rng.randint(0, 6)))
        for _ in range(20_000)
    }
    passed = {url for url in made if urls._CANONICAL.fullmatch(url)}
    assert len(passed) > 300
    monkeypatch.setattr(urls, "_CANONICAL", re.compile("(?!)"))
    assert [url for url in passed if not canonical(url) == url == normal(url)] == []
