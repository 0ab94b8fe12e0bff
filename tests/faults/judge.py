"""Running one case and judging what came of it.

Belongs here: the crawl into a real archive, the parsing, the comparison. Does not: cases, the table.
Concept: three things are counted apart: good pages lost, wrong rows, and whatever else must have been and was not.
"""

from __future__ import annotations

import gzip
import inspect
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from parsers import registry
from pipeline.fetch.archive import Archive
from pipeline.fetch.crawl import CrawlReport, Outside, crawl
from pipeline.fetch.reservations import FILE_PATH
from pipeline.fetch.urls import canonical
from pipeline.parse_day import parse_day
from pipeline.settings import Layout, Settings
from pipeline.sources import Expect, Source
from tests.faults.case import FINAL, Case, Must, Names, Night, Place
from tests.faults.play import Request, Routes
from tests.faults.server import DOOR, Server

FIRST_NIGHT = datetime(2026, 11, 22, 1, 15, 3, tzinfo=UTC)
PAGE_TYPE = "gsb_project"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST_REASON = 1000
JITTER = 0.06
"""Seconds by which requests that started in time may come nearer on the way: the times are the server's."""


@dataclass(slots=True)
class Verdict:
    """What came of a case."""

    name: str
    does: str
    happened: str = ""
    seconds: float = 0.0
    within: float = 0.0
    lost: list[str] = field(default_factory=list)
    """Good pages that were sent to their last byte and are not in the archive."""
    wrong: list[str] = field(default_factory=list)
    """Records of pages that are none, and records that differ from what the good page says."""
    complaints: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing lost, nothing wrong, in time, and all as it must be."""
        return not (self.lost or self.wrong or self.complaints) and self.seconds <= self.within


class Notes:
    """A progress that remembers the crawl's word for each address."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def plan(self, source_id: str, pages: int) -> None:
        """Not needed here."""

    def page(self, source_id: str, url: str, outcome: str) -> None:
        """Remember."""
        self.words[url] = outcome

    def done(self, source_id: str, report: object) -> None:
        """Not needed here."""


def run(case: Case, server: Server, root: Path) -> Verdict:
    """All nights of a case into `root`."""
    verdict = Verdict(case.name, case.does, within=case.within)
    host = f"{case.name}.faults.example"
    place = Place(host, server.port, server.tls_port, server.deaf_port, server.dead_port)
    bodies: dict[str, bytes] = {}
    for number, night in enumerate(case.nights):
        trial = _Trial(case, night, number, place, server, root, verdict, bodies)
        trial.run()
        if not verdict.ok:
            break
    return verdict


class _Trial:
    """One night of a case."""

    def __init__(
        self,
        case: Case,
        night: Night,
        number: int,
        place: Place,
        server: Server,
        root: Path,
        verdict: Verdict,
        bodies: dict[str, bytes],
    ) -> None:
        self.case, self.night, self.number, self.place = case, night, number, place
        self.server, self.root, self.verdict, self.bodies = server, root, verdict, bodies
        self.must: Must = night.must
        self.archive = Archive(root / "archive")
        self.moment = FIRST_NIGHT + timedelta(days=number)
        self.notes = Notes()
        self.lookups: list[str] = []
        self.names = case.names()

    def run(self) -> None:
        sites = {self._host(key): routes for key, routes in self.night.sites(self.place).items()}
        self.server.sites.update({host: _site(routes) for host, routes in sites.items()})
        for host in sites:
            self.server.logs.pop(host, None)
        self.source = self._source()
        begun = time.monotonic()
        try:
            report = self._crawl()
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is this case's result
            self._say(f"the crawl ended with {type(fault).__name__}: {fault}")
            return
        finally:
            self.verdict.seconds += time.monotonic() - begun
            self.logs = {host: self.server.logs[host] for host in sites}
        begun = time.monotonic()
        records = self._records()
        self.verdict.seconds += time.monotonic() - begun
        self._judge(report, records)

    def _host(self, key: str) -> str:
        return f"{key}.{self.place.host}" if key else self.place.host

    def url(self, path: str) -> str:
        """The canonical address of a path of a case (`other!/x.html`: on another host)."""
        host, mark, rest = path.rpartition("!")
        return canonical(self.place.url(rest, host=host if mark else "") if "://" not in path else path)

    def _source(self) -> Source:
        given: dict[str, Any] = {
            "id": "faults",
            "title": "Faults",
            "publisher": "Nobody",
            "page_type": PAGE_TYPE,
            "hosts": [self.place.host],
            "min_delay_s": 0.0,
            "expect": Expect(min_pages=0, max_pages=10_000),
        }
        more = self.night.source(self.place) if self.night.source else {}
        return Source(**{**given, **self.case.source(self.place), **more})

    def _crawl(self) -> CrawlReport:
        settings = Settings(
            layout=Layout(self.root), sources=self.root, contact="tests@faults.example", fixed_now=self.moment
        )
        reports = crawl(
            [self.source],
            settings=settings,
            archive=self.archive,
            run_id=f"night-{self.number}",
            day=self.moment.date(),
            progress=self.notes,
            outside=Outside(limits=self.case.limits, lookup=self._lookup),
        )
        return reports[0]

    async def _lookup(self, host: str, port: int) -> list[str]:
        self.lookups.append(host)
        names: Names = self.names
        if callable(names):
            found = names(host)
            return await found if inspect.isawaitable(found) else found
        key = host.removesuffix(self.place.host).rstrip(".")
        answer = names.get(host, names.get(key, [DOOR]))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _records(self) -> list[dict[str, Any]]:
        day = self.moment.date()
        parse_day(self.archive, self.root / "records", [self.source], day)
        data = gzip.decompress((self.root / "records" / day.isoformat() / "faults.ndjson.gz").read_bytes())
        return [orjson.loads(line) for line in data.splitlines()]

    def _say(self, text: str) -> None:
        self.verdict.complaints.append(f"night {self.number + 1}: {text}" if len(self.case.nights) > 1 else text)

    def _judge(self, report: CrawlReport, records: list[dict[str, Any]]) -> None:
        failures = {entry["url"]: entry["reason"] for entry in report.failures}
        self._judge_outcomes(report, failures)
        self._judge_pages(records)
        self._judge_requests()
        self._judge_memory_of_earlier_nights(report)
        for reason in failures.values():
            if _CONTROL.search(reason) or len(reason) > _LONGEST_REASON:
                self._say(f"a reason of the log holds control characters or is too long: {reason[:120]!r}")
        for issue in self.archive.issues:
            self._say(f"the archive is damaged: {issue}")

    def _judge_outcomes(self, report: CrawlReport, failures: Mapping[str, str]) -> None:
        happened, final = [], True
        for path, wanted in self.must.outcome.items():
            url = self.url(path)
            reason = failures.get(url)
            word = reason.partition(":")[0] if reason else self.notes.words.get(url, "fine")
            final = final and word in {*FINAL, "fine"}
            if path not in self.must.docs or word != "fetched":
                happened.append(f"{path} {word}")
            if word not in wanted.split("|"):
                self._say(f"{path}: {reason or word}, must be {wanted}")
            elif reason and self.must.says not in reason and path == next(iter(self.must.outcome)):
                self._say(f"{path}: {reason!r} must say {self.must.says!r}")
        complete = final if self.must.complete is None else self.must.complete
        if report.complete != complete:
            self._say(f"complete is {report.complete}, must be {complete}")
        if self.must.listed is not None and report.listed != self.must.listed:
            self._say(f"{report.listed} documents listed, must be {self.must.listed}")
        night = f" night {self.number + 1}:" if len(self.case.nights) > 1 else ""
        self.verdict.happened += night + " " + ", ".join(happened)

    def _judge_pages(self, records: list[dict[str, Any]]) -> None:
        captures = list(self.archive.captures(self.moment.date(), "faults", {"document"}))
        stored: dict[str, list[bytes]] = {}
        for capture in captures:
            if capture.fault is not None:
                self._say(f"{capture.url} can not be read from the archive: {capture.fault}")
            if capture.http_status == 200:
                stored.setdefault(canonical(capture.url), []).append(capture.body)
        means = {
            self._address(host, path): page.means
            for host, log in self.logs.items()
            for path, page in log.offered.items()
        }
        for url, page in self._served():
            if page.body not in stored.get(url, []):
                self.verdict.lost.append(url)
        docs = {self.url(path) for path in self.must.docs}
        for url in docs - set(stored):
            self._say(f"{url} is not in the archive")
        self._judge_records(records, docs, means)
        self.bodies.update({url: bodies[-1] for url, bodies in stored.items() if url in docs})
        count = sum(url in stored for url in docs)
        self.verdict.happened += f"; {count} of {len(docs)} good pages stored"

    def _judge_records(self, records: list[dict[str, Any]], docs: set[str], means: Mapping[str, bytes]) -> None:
        read = set()
        means = {**means, **{self.url(path): page for path, page in self.must.maybe.items()}}
        for line in records:
            url, record = line["url"], line["record"]
            if url in {self.url(path) for path in self.must.free}:
                continue
            if record is not None and (url not in means or record != _reference(means[url], url)):
                self.verdict.wrong.append(url)
            elif record is not None:
                read.add(url)
        for url in docs - read:
            kinds = [issue["kind"] for line in records if line["url"] == url for issue in line["issues"]]
            self._say(f"{url} gave no record: {kinds}")
        for path, kind in self.must.issues.items():
            kinds = [issue["kind"] for line in records if line["url"] == self.url(path) for issue in line["issues"]]
            if not set(kind.split("|")) & set(kinds):
                self._say(f"{path}: issues {kinds}, must hold {kind}")

    def _served(self) -> Iterator[tuple[str, Any]]:
        for host, log in self.logs.items():
            for path, page in log.served:
                yield self._address(host, path), page

    def _address(self, host: str, path: str) -> str:
        return canonical(f"http://{host}:{self.place.port}{path}")

    def _judge_requests(self) -> None:
        asked = [request for log in self.logs.values() for request in log.asked if request.path != FILE_PATH]
        paths = [self._named(request) for request in asked]
        for path in self.must.never:
            if any(name == path or name.startswith(f"{path}?") for name in paths) or path in self.lookups:
                self._say(f"{path} was asked for")
        for path, (least, most) in self.must.asks.items():
            if not least <= paths.count(path) <= most:
                self._say(f"{path} was asked for {paths.count(path)} times, must be {least} to {most}")
        if self.must.requests is not None and len(asked) > self.must.requests:
            self._say(f"{len(asked)} requests, must be {self.must.requests} at most")
        longest = max((len(value) for request in asked for value in request.headers.values()), default=0)
        if longest > self.must.longest_header:
            self._say(f"a request header of {longest} bytes")
        self._judge_traffic(asked)

    def _judge_traffic(self, asked: list[Request]) -> None:
        sent = sum(log.sent for log in self.logs.values())
        if self.must.sent is not None and sent > self.must.sent:
            self._say(f"the server got rid of {sent:,} bytes, must be {self.must.sent:,} at most")
        first = next(iter(self.must.outcome))
        self._judge_gaps([request for request in asked if request.path != "/robots.txt"], self.must.spaced)
        self._judge_gaps([request for request in asked if self._named(request) == first], self.must.again)
        trapped = [host for host in self.server.trapped if self._is_ours(host)]
        if trapped:
            self._say(f"a private address was connected to: {trapped}")
        strange = {host for host, log in list(self.server.logs.items()) if log.asked and self._is_strange(host)}
        if strange:
            self._say(f"requests for hosts that are not the source's: {sorted(strange)}")

    def _judge_gaps(self, asked: list[Request], least: float) -> None:
        times = sorted(request.at for request in asked)
        gap = min((later - earlier for earlier, later in pairwise(times)), default=least)
        if gap < least - JITTER:
            self._say(f"two requests {gap:.2f} s apart, must be {least:g} s")

    def _is_strange(self, host: str) -> bool:
        return self._is_ours(host) and host not in self.source.hosts

    def _is_ours(self, host: str) -> bool:
        return host == self.place.host or host.endswith(f".{self.place.host}")

    def _named(self, request: Request) -> str:
        key = request.host.removesuffix(self.place.host).rstrip(".")
        return f"{key}!{request.path}" if key else request.path

    def _judge_memory_of_earlier_nights(self, report: CrawlReport) -> None:
        proved = {entry["url"] for entry in report.gone if entry["proved"]}
        must = {self.url(path) for path in self.must.gone}
        wrongly = proved & ({self.url(path) for path in self.must.outcome} | set(self.bodies)) - must
        if must - proved or wrongly:
            self._say(f"proved to be gone: {sorted(proved)}, must be {sorted(must)}")
        state = Archive(self.root / "archive").state("faults")
        for path in self.must.kept:
            known = state.get(self.url(path))
            body = self.archive.read(known.file, known.offset).body if known else b""
            if not body or body != self.bodies.get(self.url(path)):
                self._say(f"{path}: the last good page is not the known one any more")


def _site(routes: Routes) -> Any:
    def answer(request: Request) -> Any:
        return routes.get(request.path, routes.get("*"))

    return answer


@lru_cache(maxsize=256)
def _reference(page: bytes, url: str) -> dict[str, Any] | None:
    """What the good page says, read directly and brought through JSON as the records file does."""
    result = registry.parse(PAGE_TYPE, page, url, content_type="text/html;charset=utf-8")
    record: dict[str, Any] | None = orjson.loads(orjson.dumps(result.record))
    return record
