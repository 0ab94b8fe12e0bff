"""Hosts and addresses that must not be reached."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from pipeline.fetch.crawl import Outside
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.guard import AddressRefused, Guard, is_public
from pipeline.fetch.urls import BadAddress, canonical, host_of
from tests.fetch_site import QUICK, Reply, free_port, night, serve, source

PUBLIC = ["93.184.215.14", "2a00:1450:4001:82a::2003", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.100.100.200",  # metadata service of a cloud, in the carriers' range
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "no address",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://evil.de/", "refused_host"),
        ("http://www.biwaq.de.evil.de/", "refused_host"),
        ("http://127.0.0.1/", "refused_address"),
        ("http://127.1/", "refused_address"),
        ("http://2130706433/", "refused_address"),
        ("http://0x7f000001/", "refused_address"),
        ("http://0177.0.0.1/", "refused_address"),
        ("http://①②⑦.⓪.⓪.①/", "refused_address"),
        ("http://[::ffff:7f00:1]/", "refused_address"),
    ],
)
def test_refused_before_any_lookup(url: str, kind: str) -> None:
    names = ["www.biwaq.de", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "::ffff:7f00:1"]
    with pytest.raises(FetchFault) as fault:
        Guard(names).check(canonical(url))
    assert fault.value.kind == kind


def test_any_port_of_the_source_s_hosts_is_fine() -> None:
    Guard(["WWW.Biwaq.de."]).check("https://www.biwaq.de:8443/x")


def resolved(guard: Guard, host: str, port: int = 80) -> list[tuple[str, int]]:
    return [(str(found["host"]), int(found["port"])) for found in asyncio.run(guard.resolve(host, port))]


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["93.184.215.14", "10.0.0.1"]

    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        resolved(Guard(["a.de"], lookup=lookup), "a.de")


def test_connect_to_holds_only_where_private_addresses_are_allowed() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "127.0.0.1" else ["93.184.215.14"]

    to = ("127.0.0.1", 8470)
    assert resolved(Guard(["a.de"], allow_private=True, connect_to=to, lookup=lookup), "a.de") == [to]
    assert resolved(Guard(["a.de"], connect_to=to, lookup=lookup), "a.de") == [("93.184.215.14", 80)]


def test_the_socket_checks_once_more() -> None:
    with pytest.raises(AddressRefused):
        Guard(["a.de"]).open_socket((2, 1, 6, "", ("127.0.0.1", 80)))


def test_a_name_that_leads_to_loopback_is_never_connected_to(tmp_path: Path) -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    asked = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[-1]

    with serve({"/x.html": Reply()}) as site:
        page = f"http://www.biwaq.example:{site.port}/x.html"
        target = source(hosts=["www.biwaq.example"], urls=[page], allow_private=False)
        report = night(tmp_path, target, outside=Outside(limits=QUICK, lookup=lookup))
        assert site.asked == []
    assert asked == ["www.biwaq.example"]
    (failure,) = report.failures
    assert failure["reason"].startswith("robots: ")
    assert "127.0.0.1, which is not a public address" in failure["reason"]
    assert not report.complete


def test_a_name_is_looked_up_once_for_a_connection(tmp_path: Path) -> None:
    """A name that changes its answer (DNS rebinding) has no second chance: the checked address is connected to."""
    changing = iter([["127.0.0.1"]])

    async def lookup(host: str, port: int) -> list[str]:
        return next(changing, ["10.0.0.1"])

    with serve({"/x.html": Reply()}) as site:
        page = f"http://www.biwaq.example:{site.port}/x.html"
        target = source(hosts=["www.biwaq.example"], urls=[page])
        report = night(tmp_path, target, outside=Outside(limits=QUICK, lookup=lookup))
        assert site.paths == ["/x.html"]
    assert report.fetched == 1


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://127.0.0.2:{port}/x.html", "refused_host"),
        ("http://169.254.169.254/latest/meta-data/", "refused_host"),
        ("//evil.de/x", "refused_host"),
        ("file:///etc/passwd", "redirect"),
        ("gopher://127.0.0.1:25/_x", "redirect"),
        ("http://user@127.0.0.1:{port}/", "redirect"),
    ],
)
def test_redirects_out_of_the_source_are_not_followed(tmp_path: Path, location: str, kind: str) -> None:
    with serve({"/a.html": Reply(302)}) as site:
        site.routes["/a.html"] = Reply(302, b"", {"Location": location.format(port=free_port())})
        report = night(tmp_path, source(site, urls=["/a.html"]))
        assert site.paths == ["/a.html"]
    assert [failure["reason"].partition(":")[0] for failure in report.failures] == [kind]


def test_known_attacks(tmp_path: Path, shared: Path) -> None:
    """Each address of the collection that means a non-public address is refused, whatever hosts a source names."""
    addresses = json.loads((shared / "suites" / "ssrf_urls.json").read_text(encoding="utf-8"))
    lookups: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        lookups.append(host)
        return ["127.0.0.1"]

    passed = []
    for text in addresses:
        try:
            url = canonical(text)
            guard = Guard([host_of(url)], lookup=lookup)
            guard.check(url)
            passed.append((host_of(url), guard))
        except (BadAddress, FetchFault):
            continue
    assert {host for host, _ in passed if host.replace(".", "").isdigit()} == {"1.1.1.1"}
    for host, guard in passed:
        if host != "1.1.1.1":
            with pytest.raises(AddressRefused):
                asyncio.run(guard.resolve(host, 80))
    assert lookups
