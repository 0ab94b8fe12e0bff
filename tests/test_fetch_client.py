"""What a misbehaving server does to one request: a named fault in bounded time, a retry where that helps."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from pipeline.errors import UsageFault
from pipeline.fetch.archive import Archive
from pipeline.fetch.client import Client, Wish, retry_after, user_agent
from pipeline.fetch.contact import require_contact
from pipeline.fetch.crawl import Outside, crawl
from pipeline.fetch.faults import FetchFault
from pipeline.fetch.guard import Guard
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.limits import Limits
from pipeline.settings import LIVE_SOURCES
from tests.cli import biwaq
from tests.fetch_site import DAY, QUICK, Answerer, Notes, Reply, free_port, night, serve, settings, source

PAGE = Reply(200, b"<h1>Projekt</h1>")


@pytest.fixture
def waits() -> Iterator[list[RetryDetails]]:
    """What stamina would have waited for."""
    seen: list[RetryDetails] = []
    set_on_retry_hooks([seen.append])
    yield seen
    set_on_retry_hooks(None)


def one(tmp_path: Path, answer: Answerer, limits: Limits = QUICK) -> tuple[str, int, list[int]]:
    """Fetch one page: the failure's kind (or ""), the number of requests, the statuses in the archive."""
    with serve({"/p.html": answer}) as site:
        report = night(tmp_path, source(site, urls=["/p.html"]), outside=Outside(limits=limits))
        asked = len(site.paths)
    kinds = [failure["reason"].partition(":")[0] for failure in report.failures]
    stored = [c.http_status for c in Archive(tmp_path / "archive").captures(DAY, "test", {"document"})]
    assert len(kinds) <= 1
    assert report.complete == (not kinds)
    return (kinds or [""])[0], asked, stored


def raw(text: str, body: bytes = b"") -> Reply:
    return Reply(raw=text.replace("\n", "\r\n").encode() + body)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_status_that_recovers(tmp_path: Path, status: int) -> None:
    assert one(tmp_path, [Reply(status), PAGE]) == ("", 2, [status, 200])


def test_a_status_that_stays(tmp_path: Path) -> None:
    assert one(tmp_path, Reply(503)) == ("status", 3, [503, 503, 503])  # three, as the tests' stamina has it


@pytest.mark.parametrize("status", [400, 401, 403, 451, 501, 204, 206])
def test_a_status_that_means_no(tmp_path: Path, status: int) -> None:
    assert one(tmp_path, Reply(status, b"" if status == 204 else b"x")) == ("status", 1, [status])


RESET = Reply(raw=b"")
CUT = raw("HTTP/1.1 200 OK\nContent-Length: 100\n\n", b"short")
CUT_CHUNK = raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", b"a\r\n12345")


@pytest.mark.parametrize(("answer", "kind"), [(RESET, "connect"), (CUT, "truncated"), (CUT_CHUNK, "truncated")])
def test_a_broken_connection_is_tried_again(tmp_path: Path, answer: Reply, kind: str) -> None:
    assert one(tmp_path / "a", answer) == (kind, 3 if answer is not RESET else 6, [])
    assert one(tmp_path / "b", [answer, answer, PAGE])[0::2] == ("", [200])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (raw("SSH-2.0-OpenSSH_9.6\n\n"), "protocol"),
        (raw("HTTP/1.1 200 OK\nContent-Length: nine\n\n"), "protocol"),
        (raw("HTTP/1.1 200 OK\n" + "X: " + "y" * 20000 + "\n\n"), "protocol"),
        (Reply(200, b"x", {"Content-Encoding": "br"}), "bad_encoding"),
        (Reply(200, b"not gzip", {"Content-Encoding": "gzip"}), "bad_encoding"),
        (Reply(200, gzip.compress(bytes(1 << 20)), {"Content-Encoding": "gzip"}), "too_big"),
        (Reply(200, bytes(200_000)), "too_big"),
        (Reply(200, b""), "empty_body"),
        (Reply(304), "status"),
        (Reply(302), "redirect"),
        (Reply(302, b"", {"Location": "/p.html"}), "redirect"),
    ],
)
def test_a_bad_answer_is_asked_for_once(tmp_path: Path, answer: Reply, kind: str) -> None:
    limits = replace(QUICK, wire_bytes=100_000, body_bytes=200_000)
    assert one(tmp_path, answer, limits)[:2] == (kind, 1)


def test_a_gzip_answer_is_archived_as_it_came(tmp_path: Path) -> None:
    packed = gzip.compress(b"<h1>Projekt</h1>")
    assert one(tmp_path, Reply(200, packed, {"Content-Encoding": "gzip"})) == ("", 1, [200])
    archive = Archive(tmp_path / "archive")
    (capture,) = archive.captures(DAY, "test", {"document"})
    assert capture.body == b"<h1>Projekt</h1>"
    (about,) = archive.files()
    assert packed in b"".join(r.block for r in records(tmp_path / "archive" / about.file))


def records(path: Path) -> Iterator[object]:
    from pipeline.fetch.warc import Record, read_records

    return (item for item in read_records(path) if isinstance(item, Record))


def test_a_chunked_answer_is_stored_without_its_chunks(tmp_path: Path) -> None:
    chunked = raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", b"5\r\n<h1>P\r\n5\r\n</h1>\r\n0\r\n\r\n")
    assert one(tmp_path, chunked) == ("", 1, [200])
    (capture,) = Archive(tmp_path / "archive").captures(DAY, "test", {"document"})
    assert capture.body == b"<h1>P</h1>"
    assert capture.header("transfer-encoding") is None
    assert capture.header("x-archive-transfer-encoding") == "chunked"


def test_silence_ends(tmp_path: Path) -> None:
    hold = threading.Event()
    answer = Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", hold=hold)
    assert one(tmp_path, answer, replace(QUICK, read_s=0.05)) == ("timeout_read", 3, [])
    hold.set()


def test_a_dripping_answer_ends(tmp_path: Path) -> None:
    hold = threading.Event()
    answer = Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", hold=hold)
    assert one(tmp_path, answer, replace(QUICK, total_s=0.05)) == ("timeout_total", 1, [])
    hold.set()


def test_nobody_listens(tmp_path: Path) -> None:
    report = night(tmp_path, source(urls=[f"http://127.0.0.1:{free_port()}/p.html"]))
    (failure,) = report.failures
    assert failure["reason"].startswith("robots: robots.txt could not be read")
    assert "connect: " in failure["reason"]


def test_a_name_that_is_not_known(tmp_path: Path) -> None:
    async def lookup(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    target = source(hosts=["www.biwaq.example"], urls=["http://www.biwaq.example/p.html"])
    report = night(tmp_path, target, outside=Outside(limits=QUICK, lookup=lookup))
    assert "name is not known" in report.failures[0]["reason"]


def test_tls_that_is_none_is_not_ignored(tmp_path: Path) -> None:
    with serve({"/p.html": PAGE}) as site:
        target = source(urls=[site.url("/p.html").replace("http:", "https:")])
        report = night(tmp_path, target)
        assert site.asked == []
    assert "tls: " in report.failures[0]["reason"]


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun Nov 22 12:00:30 2026", 30.0),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOON) == seconds


class Waiting:
    """A clock that the sleeping move on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_retry_after_holds_the_whole_host(tmp_path: Path, waits: list[RetryDetails]) -> None:
    time = Waiting()
    hosts = Hosts(QUICK, sleep=time.sleep, clock=time.clock)
    with serve({"/p.html": [Reply(503, b"", {"Retry-After": "7"}), PAGE]}) as site:
        report = night(tmp_path, source(site, urls=["/p.html"]), outside=Outside(limits=QUICK, hosts=hosts))
    assert report.fetched == 1
    assert time.slept == [7.0]
    assert len(waits) == 1


def test_a_wait_that_is_too_long_is_taken_as_no(tmp_path: Path) -> None:
    with serve({"/p.html": Reply(429, b"", {"Retry-After": "3600"}), "/q.html": PAGE}) as site:
        report = night(
            tmp_path, source(site, urls=["/p.html", "/q.html"]), outside=Outside(limits=replace(QUICK, per_host=1))
        )
        assert site.paths == ["/p.html"]
    reasons = [failure["reason"] for failure in report.failures]
    assert reasons == [
        "status: 429 Too Many Requests, wait 3600 s",
        "host_left_alone: 127.0.0.1: answered 429 Too Many Requests and asked to wait 3600 s",
    ]


def test_a_host_that_keeps_failing_is_left_alone(tmp_path: Path) -> None:
    pages = [f"/{number}.html" for number in range(9)]
    with serve({page: Reply(500) for page in pages}) as site:
        limits = replace(QUICK, per_host=1, host_failures=2)
        report = night(tmp_path, source(site, urls=pages), outside=Outside(limits=limits))
        assert site.paths == ["/0.html"] * 3 + ["/1.html"] * 3
    assert report.failed == 9
    assert sum(failure["reason"].startswith("host_left_alone: ") for failure in report.failures) == 7


def test_request_starts_are_spaced(tmp_path: Path) -> None:
    time = Waiting()
    hosts = Hosts(QUICK, sleep=time.sleep, clock=time.clock)
    pages = [f"/{number}.html" for number in range(3)]
    with serve(dict.fromkeys(pages, PAGE)) as site:
        target = source(site, urls=pages, min_delay_s=2.5)
        night(tmp_path, target, outside=Outside(limits=QUICK, hosts=hosts))
    assert time.slept == [2.5, 2.5, 2.5, 2.5]  # robots.txt and the file of reservations came first


def test_who_we_are() -> None:
    assert user_agent("redaktion@example.org").startswith("biwaq-data/")
    assert user_agent("redaktion@example.org").endswith(" (+redaktion@example.org)")
    assert "(" not in user_agent(None)


def test_what_a_request_says_and_does_not_say(tmp_path: Path) -> None:
    with serve({"/p.html": Reply(200, b"x", {"Set-Cookie": "id=1"}), "/q.html": PAGE}) as site:
        night(tmp_path, source(site, urls=["/p.html", "/q.html"]), outside=Outside(limits=replace(QUICK, per_host=1)))
        headers = site.asked[-1].headers
    assert headers["user-agent"].endswith("(+redaktion@example.org)")
    assert headers["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in headers
    assert "if-none-match" not in headers


def test_a_host_gets_no_more_requests_than_the_source_allows(tmp_path: Path) -> None:
    paths = [f"/{number}.html" for number in range(9)]
    with serve(dict.fromkeys(paths, PAGE)) as site:
        report = night(tmp_path, source(site, urls=paths, max_requests=6))
        assert len(site.asked) == 6
    assert (report.fetched, report.failed, report.complete) == (4, 5, False)
    said = "capped: 127.0.0.1: 6 requests in this run, no more are made"
    assert {failure["reason"] for failure in report.failures} == {said}


def test_sources_share_a_host_s_requests(tmp_path: Path) -> None:
    paths = [f"/{number}.html" for number in range(8)]
    with serve(dict.fromkeys(paths, PAGE)) as site:
        night(
            tmp_path,
            [
                source(site, id="a", urls=paths[:4]),
                source(site, id="b", urls=paths[4:], max_requests=5),
            ],
        )
        assert len(site.asked) == 5


@pytest.mark.parametrize("contact", ["redaktion@example.org", "https://example.org/daten", "http://a.example/x?y=1"])
def test_a_contact_is_a_mail_or_web_address(contact: str) -> None:
    require_contact(contact, [source(urls=["http://127.0.0.1/"], allow_private=False)])


@pytest.mark.parametrize("contact", ["ich", "a@b", "a@b.example\r\nX: y", "a@b.example) x (", "ä@b.example", "http://"])
def test_what_is_no_contact_is_refused_even_where_none_is_needed(contact: str) -> None:
    with pytest.raises(UsageFault, match=r"BIWAQ_CONTACT: .* is no mail or web address"):
        require_contact(contact, [])


@pytest.mark.parametrize("contact", [None, ""])
def test_a_living_site_is_asked_only_by_who_can_be_reached(contact: str | None, tmp_path: Path) -> None:
    with serve({"/p.html": PAGE}) as site:
        live = source(site, urls=["/p.html"], allow_private=False)
        nobody = replace(settings(tmp_path), contact=contact)
        with pytest.raises(UsageFault, match="BIWAQ_CONTACT is not set: test would be asked"):
            crawl(
                [live],
                settings=nobody,
                archive=Archive(tmp_path / "archive"),
                run_id="r1",
                day=DAY,
                progress=Notes(),
            )
        assert site.asked == []
        require_contact(contact, [source(site, urls=["/p.html"])])


@pytest.mark.parametrize("command", [("run", "--data", "data"), ("sources", "check")])
def test_a_command_without_a_contact_is_the_caller_s_mistake(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BIWAQ_CONTACT", raising=False)
    ran = biwaq(monkeypatch, capsys, *command, "--sources", LIVE_SOURCES)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert "BIWAQ_CONTACT is not set: biwaq-captures, biwaq-cities, biwaq-press, biwaq-projects would be" in ran.err
    assert not list(tmp_path.glob("data/*"))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority that a client may trust."""
    return trustme.CA()


def over_tls(certificate: trustme.LeafCert, trusted: trustme.CA | None) -> str:
    """What a client says of a host with that certificate: its page, or the kind of the fault."""

    async def ask() -> str:
        of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(of_server)
        of_client = ssl.create_default_context()
        if trusted is not None:
            trusted.configure_trust(of_client)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhier")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=of_server)
        port = server.sockets[0].getsockname()[1]
        guard = Guard(["tls.example"], allow_private=True, connect_to=("127.0.0.1", port))
        wish = Wish(keep=True, wire_bytes=99, body_bytes=99)
        async with (
            server,
            Client(guard, Hosts(QUICK), agent="test", now=lambda: NOON, certificates=of_client) as client,
        ):
            try:
                return (await client.get("https://tls.example/", (), wish, lambda answer: None)).body.decode()
            except FetchFault as fault:
                return fault.kind

    return asyncio.run(ask())


def test_tls_needs_a_known_authority_the_right_name_and_a_date_that_holds(authority: trustme.CA) -> None:
    good = authority.issue_cert("tls.example")
    assert over_tls(good, authority) == "hier"
    assert over_tls(good, None) == "tls"
    assert over_tls(good, trustme.CA()) == "tls"
    assert over_tls(authority.issue_cert("other.example"), authority) == "tls"
    expired = authority.issue_cert(
        "tls.example", not_before=NOON - timedelta(days=900), not_after=NOON - timedelta(days=500)
    )
    assert over_tls(expired, authority) == "tls"
