"""A quick selection of the fault suite (`make faults` runs all of it), and that the suite itself can fail."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.faults.__main__ import crawl_cases, table
from tests.faults.all_cases import CASES
from tests.faults.case import LIMITS, Case, X, one
from tests.faults.judge import Verdict
from tests.faults.pages import ERROR_PAGE, page, project, whole
from tests.faults.play import answer
from tests.faults.server import DOOR
from tests.faults.whole_cases import CASES as WHOLE

pytestmark = pytest.mark.allow_hosts([DOOR, "127.0.0.1"])
QUICK = [case for case in CASES if case.quick]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Verdict]:
    """The quick cases, run side by side."""
    found = crawl_cases(QUICK, tmp_path_factory.mktemp("faults"))
    return {verdict.name: verdict for verdict in found}


@pytest.mark.parametrize("name", [case.name for case in QUICK])
def test_fault(verdicts: Mapping[str, Verdict], name: str) -> None:
    verdict = verdicts[name]
    assert verdict.lost == []
    assert verdict.wrong == []
    assert verdict.complaints == []
    assert verdict.seconds <= verdict.within


def test_there_are_enough_cases() -> None:
    names = [*(case.name for case in CASES), *(night.name for night in WHOLE)]
    assert len(names) == len(set(names)) >= 120


def judged(tmp_path: Path, case: Case) -> Verdict:
    (verdict,) = crawl_cases([case], tmp_path)
    return verdict


def test_a_wrong_outcome_is_seen(tmp_path: Path) -> None:
    verdict = judged(tmp_path, one("self-outcome", "answers 403", answer(403), "gone", gone=()))
    (complaint,) = verdict.complaints
    assert complaint.startswith("/x.html: status: 403")
    assert complaint.endswith("must be gone")
    assert not verdict.ok


def test_a_lost_page_is_seen(tmp_path: Path) -> None:
    too_big = project(0) + b" " * LIMITS.wire_bytes
    verdict = judged(tmp_path, one("self-lost", "a good page too big", whole(answer(200, too_big), too_big), "too_big"))
    assert [url.rpartition("/")[2] for url in verdict.lost] == ["x.html"]


def test_a_wrong_record_is_seen(tmp_path: Path) -> None:
    swapped = whole(answer(200, project(3)), project(3), means=project(4))
    verdict = judged(tmp_path, one("self-wrong", "the wrong page", swapped, "fetched"))
    assert [url.rpartition("/")[2] for url in verdict.wrong] == ["x.html"]


def test_a_record_of_no_page_is_seen(tmp_path: Path) -> None:
    verdict = judged(tmp_path, one("self-none", "a page that nobody expects", page(3).bad(), "fetched"))
    assert [url.rpartition("/")[2] for url in verdict.wrong] == ["x.html"]


def test_a_slow_case_is_seen(tmp_path: Path) -> None:
    verdict = judged(tmp_path, one("self-slow", "in no time", page(0), "fetched", within=0.0))
    assert (verdict.lost, verdict.wrong, verdict.complaints) == ([], [], [])
    assert not verdict.ok


def test_the_last_line_says_it_all(tmp_path: Path) -> None:
    good = one("self-good", "an error page", answer(200, ERROR_PAGE), "fetched", issues={X: "not_this_page"})
    bad = one("self-bad", "a page that nobody expects", page(3).bad(), "fetched")
    lines = table(crawl_cases([good, bad], tmp_path), 1.0).splitlines()
    assert lines[-1] == "faults: 2 cases, 1 passed, 0 pages lost, 1 wrong rows"
