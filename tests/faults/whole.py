"""Whole nights: `biwaq run` on the sample site, good at first, then with faults; what is published is compared.

Belongs here: running the command in a process of its own, copying folders, comparing tables. Does not: the faults.
Concept: a fault may cost a night's news and nothing else: the published rows are those of the good night.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest import mock

from fixtures.answers import Request as SampleRequest
from fixtures.answers import Site
from fixtures.content import settings as sample_settings
from tests.faults.case import LIMITS
from tests.faults.judge import Verdict
from tests.faults.play import Answerer, Play, Request, answer
from tests.faults.server import DOOR, Server

DAYS = tuple(f"2025-11-{20 + number}T01:15:00Z" for number in range(4))
WORKERS = 2
LEFT_OUT = {"runs", "crawls", "snapshots", "issues", "changes"}
"""Tables that tell of the night itself."""
VOLATILE = {"last_seen", "snapshot_id", "data_as_of"}
"""Columns that a good night moves on, or a faulty one must not."""
Faults = Mapping[str, Answerer]
"""`host/path` -> what is played there; `host/*` for all of a host that the sample site has no own answer for."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A case of whole nights after a good one. `aged`: addresses whose age must show, as they were not seen since."""

    name: str
    does: str
    nights: tuple[Faults, ...]
    exits: tuple[int, ...] = (0,)
    aged: tuple[str, ...] = ()
    told: bool = True
    """A night that publishes says that something was wrong: a check warns, or there are more issues of weight."""
    distrusted: tuple[str, str] = ("", "")
    """Address and If-Modified-Since of a body that turned out to be none: nobody may ask against it."""
    within: float = 40.0


def whole_cases(cases: Sequence[Whole], root: Path) -> list[Verdict]:
    """Run the cases in processes of their own, two at a time, each on a copy of the same good night."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        template = root / "good-night"
        first = pool.submit(_good_night, template).result()
        if first:
            return [Verdict(case.name, case.does, "the good night failed", complaints=[first]) for case in cases]
        return list(pool.map(partial(_one, template, root), cases))


def _good_night(data: Path) -> str:
    with Server() as server:
        _serve(server, {})
        code, said = _run(data, DAYS[0], server.port)
    return "" if code == 0 else f"exit {code}: {said[-300:]}"


def _one(template: Path, root: Path, case: Whole) -> Verdict:
    verdict = Verdict(case.name, case.does, within=case.within)
    data = root / case.name
    shutil.copytree(template, data, symlinks=True)
    good, errors = _tables(data), _errors(data)
    codes = []
    for number, faults in enumerate(case.nights, 1):
        with Server() as server:
            _serve(server, faults)
            begun = time.monotonic()
            code, said = _run(data, DAYS[number], server.port)
            verdict.seconds = max(verdict.seconds, time.monotonic() - begun)
            _judge_requests(case, server, verdict)
        codes.append(code)
        if code == 0 and case.told and number == 1 and "check " not in said and _errors(data) <= errors:
            verdict.complaints.append("published, and nothing says that something was wrong")
        if code not in case.exits:
            verdict.complaints.append(f"night {number}: exit {code}, must be {case.exits}: {said[-300:]}")
        _compare(good, _tables(data), verdict)
    _judge_age(case, data, codes, verdict)
    verdict.happened = f" exit {', '.join(map(str, codes))}; {len(verdict.wrong)} rows differ from the good night's"
    return verdict


def _serve(server: Server, faults: Faults) -> None:
    site = Site()

    def reply(asked: Request) -> Answerer | None:
        path = asked.path.partition(";jsessionid")[0].partition("?")[0]
        wanted = faults.get(f"{asked.host}{path}", faults.get(f"{asked.host}/*"))
        if callable(wanted) and not isinstance(wanted, Play):
            wanted = wanted(asked) or None
        return wanted or _sample(site, asked)

    for host in sample_settings()["host"]:
        server.sites[host["name"]] = reply


def _sample(site: Site, asked: Request) -> Play:
    found = site.answer(SampleRequest(asked.host, asked.path, asked.headers), 1)
    return answer(found.status, found.body, *found.headers.items())


def sample_page(url: str) -> bytes:
    """The body of a page of the sample site, uncompressed."""
    host, _, path = url.partition("/")
    return Site().answer(SampleRequest(host, f"/{path}", {}), 1).body


def _run(data: Path, now: str, port: int) -> tuple[int, str]:
    """`biwaq run` in this process, with the suite's short bounds: exit code and all that was said."""
    from pipeline import cli
    from pipeline.assets import pages
    from pipeline.fetch.crawl import Outside, crawl
    from pipeline.settings import SAMPLE_SOURCES

    said = io.StringIO()
    command = ["biwaq", "run", "--data", str(data), "--sources", str(SAMPLE_SOURCES)]
    environment = {"BIWAQ_NOW": now, "BIWAQ_CONNECT_TO": f"{DOOR}:{port}"}
    with (
        mock.patch.object(pages, "crawl", partial(crawl, outside=Outside(limits=LIMITS))),
        mock.patch.object(sys, "argv", command),
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        try:
            cli.main()
        except SystemExit as ended:
            return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


Rows = dict[str, set[tuple[object, ...]]]


def _tables(data: Path) -> Rows:
    """The published rows, without what tells of the night."""
    from warehouse.publish import published, read_only
    from warehouse.tables import TABLES

    link = published(data / "warehouse")
    if link is None:
        return {}
    rows: Rows = {}
    with read_only(link) as connection:
        for table in TABLES.values():
            if table.name not in LEFT_OUT:
                names = [f'"{column.name}"' for column in table.columns if column.name not in VOLATILE]
                found = connection.execute(f'SELECT {", ".join(names)} FROM "{table.name}"').fetchall()
                rows[table.name] = {tuple(map(str, row)) for row in found}
    return rows


def _compare(good: Rows, now: Rows, verdict: Verdict) -> None:
    for table in sorted(good.keys() | now.keys()):
        for row in sorted(good.get(table, set()) ^ now.get(table, set()), key=str):
            word = "missing" if row in good.get(table, set()) else "new"
            verdict.wrong.append(f"{table}, {word}: {str(row)[:200]}")


def _errors(data: Path) -> int:
    """How many issues of weight the published warehouse tells of."""
    from warehouse.publish import published, read_only

    link = published(data / "warehouse")
    if link is None:
        return 0
    with read_only(link) as connection:
        return int(connection.execute("SELECT count(*) FROM issues WHERE severity = 'error'").fetchall()[0][0])


def _judge_requests(case: Whole, server: Server, verdict: Verdict) -> None:
    host, _, path = case.distrusted[0].partition("/")
    for request in server.logs[host].asked:
        if request.path.startswith(f"/{path}") and request.headers.get("if-modified-since") == case.distrusted[1]:
            verdict.complaints.append(f"{case.distrusted[0]}: asked against a body that is no page")


def _judge_age(case: Whole, data: Path, codes: Sequence[int], verdict: Verdict) -> None:
    """What was not seen in the faulty night must not look as if it had been."""
    from warehouse.publish import published, read_only

    link = published(data / "warehouse")
    if link is None or not case.aged or codes[-1] != 0:
        return
    with read_only(link) as connection:
        found = dict(connection.execute("SELECT url, strftime(last_seen, '%Y-%m-%d') FROM documents").fetchall())
    for url in case.aged:
        day = found.get(f"http://{url}")
        if day != DAYS[0][:10]:
            verdict.complaints.append(f"{url}: last seen {day}, must be {DAYS[0][:10]}")
