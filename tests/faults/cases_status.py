"""Statuses: which are final, which are asked again, how long we wait, when a host is left alone.

Belongs here: the meaning of status codes and Retry-After. Does not: redirects (cases_redirects.py).
Concept: only 404 and 410 of the page itself say that it is gone; a busy host is asked politely and then left alone.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from tests.faults import pages
from tests.faults.case import NEIGHBOURS, Case, Must, Night, Place, X, case, neighbours, one
from tests.faults.judge import FIRST_NIGHT
from tests.faults.pages import page, project
from tests.faults.play import Answerer, Close, Play, answer, head, raw

MANY = tuple(f"/many-{number}.html" for number in range(30))


def says(status: int, outcome: str = "status", **more: Any) -> Case:
    """A status with a small page."""
    return one(
        f"status-{status}", f"answers {status}", answer(status, pages.ERROR_PAGE), outcome, asks={X: (1, 1)}, **more
    )


def busy(status: int) -> Case:
    """A status that is asked again, and stays."""
    return one(
        f"status-{status}", f"answers {status}, always", answer(status, pages.ERROR_PAGE), "status", asks={X: (3, 3)}
    )


FINAL: tuple[Case, ...] = (
    *(says(status) for status in (201, 202, 203, 205, 300, 305, 400, 401, 402, 403, 405, 406, 407, 409)),
    *(says(status) for status in (411, 415, 418, 421, 422, 425, 426, 428, 431, 451, 501, 505, 507, 511, 520, 599)),
    says(404, "gone", quick=True),
    says(410, "gone"),
    one("status-204", "204 without a body", answer(204), "status", asks={X: (1, 1)}),
    one(
        "status-204-with-body",
        "204 with a body that must not be there",
        raw(head("HTTP/1.1 204 No Content\nContent-Length: 9"), b"<h1>x</h1"),
        "status|protocol",
        limits={"per_host": 1},
    ),
    one(
        "status-206-unasked",
        "206 with a part of the page",
        answer(206, project(0)[:500], ("Content-Range", f"bytes 0-499/{len(project(0))}")),
        "status",
        quick=True,
    ),
    one(
        "status-206-whole",
        "206 with all of the page",
        answer(206, project(0), ("Content-Range", f"bytes 0-{len(project(0)) - 1}/{len(project(0))}")),
        "status",
    ),
    one("status-304-unasked", "304 though nobody asked with a condition", answer(304), "status", quick=True),
    one(
        "status-304-with-body",
        "304 with a page behind it",
        raw(head("HTTP/1.1 304 Not Modified\nContent-Length: 9"), b"<h1>x</h1"),
        "status|protocol",
        limits={"per_host": 1},
    ),
)

AGAIN: tuple[Case, ...] = (
    *(busy(status) for status in (429, 500, 502, 503, 504)),
    one("status-500-once", "500, then the page", [answer(500), page(0)], "fetched", asks={X: (2, 2)}, quick=True),
    one(
        "status-503-twice", "503 twice, then the page", [answer(503), answer(503), page(0)], "fetched", asks={X: (3, 3)}
    ),
    one("status-500-then-404", "500, then 404", [answer(500), answer(404)], "gone"),
    one(
        "status-502-without-end",
        "502 and an endless body",
        raw(head("HTTP/1.1 502 Bad Gateway\nContent-Length: 99"), b"half"),
        "timeout_read|timeout_total",
    ),
)


def wait(name: str, value: str, outcome: str = "fetched", status: int = 503, **more: Any) -> Case:
    """A busy answer with Retry-After, then the page."""
    first = answer(status, b"busy", ("Retry-After", value))
    return one(name, f"{status} with Retry-After: {value[:40]}", [first, page(0)], outcome, **more)


def moment(seconds: float) -> str:
    """An HTTP date so many seconds after the (fixed) moment of the night."""
    return format_datetime(FIRST_NIGHT + timedelta(seconds=seconds), usegmt=True)


WAITS: tuple[Case, ...] = (
    wait("retry-after-0", "0", quick=True),
    wait("retry-after-1", "1", again=1.0),
    wait("retry-after-429-2", "2", status=429, again=2.0),
    wait("retry-after-spaces", "  1  ", again=1.0),
    wait("retry-after-date", moment(1), again=1.0),
    wait("retry-after-past-date", moment(-86400)),
    wait("retry-after-old-date-form", "Sunday, 22-Nov-26 01:15:04 GMT", again=1.0),
    wait("retry-after-asctime", "Sun Nov 22 01:15:04 2026", again=1.0),
    wait("retry-after-garbage", "bald"),
    wait("retry-after-negative", "-5"),
    wait("retry-after-float", "0.5"),
    wait("retry-after-year-1", "Mon, 01 Jan 0001 00:00:00 GMT"),
    wait("retry-after-year-99999", "Mon, 01 Jan 99999 00:00:00 GMT", "fetched|status"),
    wait("retry-after-arabic-digits", "\u0665".encode().decode("latin-1")),
)


def left_alone(name: str, does: str, first: Play, **more: Any) -> Case:
    """One address closes the host for the run."""
    must = Must(
        {X: "status", NEIGHBOURS[0]: "host_left_alone", NEIGHBOURS[1]: "host_left_alone"},
        (),
        never=NEIGHBOURS,
        asks={X: (1, 1)},
        **more,
    )
    return case(
        name,
        does,
        Night(lambda at: {"": {**neighbours(), X: first}}, must),
        limits={"per_host": 1},
        quick=more.get("quick", False),
    )


def all_say(name: str, does: str, play: Answerer, word: str, **more: Any) -> Case:
    """Thirty pages that all answer the same."""

    def sites(at: Place) -> Any:
        return {"": dict.fromkeys(MANY, play)}

    outcome = dict.fromkeys(MANY, f"{word}|host_left_alone")
    return case(name, does, Night(sites, Must(outcome, **more)), source=lambda at: {"urls": at.urls(*MANY)}, within=12)


HOSTS: tuple[Case, ...] = (
    left_alone("retry-after-a-day", "429 with Retry-After: 86400", answer(429, b"", ("Retry-After", "86400"))),
    left_alone(
        "retry-after-endless-digits", "503 with Retry-After of 300 digits", answer(503, b"", ("Retry-After", "9" * 300))
    ),
    left_alone(
        "retry-after-date-next-year", "503 with a date next year", answer(503, b"", ("Retry-After", moment(3e7)))
    ),
    all_say(
        "host-always-500", "thirty pages, all 500: the host is left alone", answer(500), "status", requests=1 + 3 * 9
    ),
    all_say(
        "host-always-resets",
        "thirty pages, all closed without an answer",
        raw(Close()),
        "connect|protocol|truncated",
        requests=1 + 6 * 9,
    ),
    all_say(
        "host-always-404",
        "thirty pages, all 404: an answer is no trouble",
        answer(404),
        "gone",
        requests=31,
        gone=MANY,
        asks={MANY[-1]: (1, 1)},
    ),
)


def two_hosts() -> Case:
    """The trouble of one host is not the other's."""
    docs = tuple(f"other!{path}" for path in NEIGHBOURS)

    def sites(at: Place) -> Any:
        return {"": dict.fromkeys(MANY, answer(503)), "other": neighbours()}

    def source(at: Place) -> dict[str, Any]:
        return {
            "urls": [*at.urls(*MANY), *(at.url(path, host="other") for path in NEIGHBOURS)],
            "hosts": [at.host, f"other.{at.host}"],
        }

    outcome = {MANY[0]: "status|host_left_alone", **dict.fromkeys(docs, "fetched")}
    return case(
        "host-in-trouble-other-not",
        "one host always 503, the source's other host fine",
        Night(sites, Must(outcome, docs, requests=2 + 27 + 2)),
        source=source,
    )


CASES = (*FINAL, *AGAIN, *WAITS, *HOSTS, two_hosts())
