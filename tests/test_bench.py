"""The benches themselves: pages are the same every time, read back as their facts, and ratios are computed right.

Belongs here: generators, harness, results file. Does not: any speed.
Concept: a bench that measures the wrong thing is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from parsers import news_article
from tests.bench import report
from tests.bench.bench_parsers import MAIN_TEXT, news_differences, project_differences
from tests.bench.bench_warehouse import exponent
from tests.bench.harness import Outcome, Sample, in_child, in_turns, median_cpu, ratio, raw
from tests.bench.news_facts import NewsFacts, news_facts
from tests.bench.news_pages import news_pages
from tests.bench.project_pages import project_pages
from tests.bench.records_on_disk import SOURCES, Size, write_records
from tests.bench.vocabulary import german
from warehouse.load import load

EVERY_MARKUP = 12
"""Four ways of labels, three of lists, six menu sizes: after twelve pages all of them were there."""


@pytest.mark.parametrize("pages", [project_pages, news_pages])
def test_a_page_is_the_same_in_every_run(pages: Callable[..., Iterator[object]]) -> None:
    assert list(pages(3, first=5)) == list(pages(8))[5:]
    assert list(pages(1, seed=2)) != list(pages(1))


def test_pages_have_the_sizes_of_real_ones() -> None:
    projects = [len(page.body) for page in project_pages(60)]
    assert min(projects) >= 30_000
    assert max(projects) <= 62_000
    assert 40_000 <= sum(projects) / len(projects) <= 50_000
    assert all(95_000 <= len(page.body) <= 105_000 for page in news_pages(6))


def test_another_visit_changes_bytes_and_nothing_else() -> None:
    first, second = next(project_pages(1, visit=1)), next(project_pages(1, visit=2))
    assert first.body != second.body
    assert (first.url, first.facts) == (second.url, second.facts)
    volatile = re.compile(
        rb'jsessionid=[^"?]*|nn=\d+|(?:value|data-nn)="[0-9a-f]+"|[0-9a-f]{20}|"node": "\d+"|generiert am.*'
    )
    assert volatile.sub(b"", first.body) == volatile.sub(b"", second.body)


def test_no_placeholder_is_left() -> None:
    bodies = [page.body for page in project_pages(EVERY_MARKUP)] + [page.body for page in news_pages(2)]
    assert re.findall(rb"@[A-Z]+@", b"".join(bodies)) == []


def test_project_pages_are_read_back_as_their_facts() -> None:
    assert [project_differences(page) for page in project_pages(EVERY_MARKUP)] == [{}] * EVERY_MARKUP


def test_a_wrong_record_is_noticed() -> None:
    page, other = project_pages(2)
    assert "municipality" in project_differences(page._replace(facts=other.facts))


def test_articles_are_read_back_as_their_facts() -> None:
    assert [news_differences(page) for page in news_pages(6)] == [{}] * 6


def test_the_main_text_library_is_raced_with_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(news_article, "bare_extraction", lambda _, **settings: asked.append(settings))
    page = next(news_pages(1))
    news_article.parse(page.body, page.url)
    assert asked == [MAIN_TEXT]


def test_every_third_article_retells_the_one_before() -> None:
    facts = [news_facts(index) for index in range(6)]
    told = [sorted(one.claims) for one in facts]
    assert told[1] == told[2]
    assert told[4] == told[5]
    assert len({tuple(claims) for claims in told}) == 4


def test_claims_of_an_article_carry_metric_and_subgroup() -> None:
    facts = NewsFacts(
        "t", "2024-05-01", "Jena", "Lobeda", "2023-01-01", ("Januar", 2023), {"participants": 827, "unemployed": 670}
    )
    assert facts.claims == {("participants", "all", 827.0), ("participants", "unemployed", 670.0)}


def test_numbers_are_printed_in_german() -> None:
    assert [german(494545), german(18.6, 1), german(1234.5, 1)] == ["494.545", "18,6", "1.234,5"]


def test_records_hold_as_many_of_each_as_asked_for(tmp_path: Path) -> None:
    write_records(tmp_path, Size(projects=10, mentions=117, claims=23))
    loaded = load(tmp_path, SOURCES)
    records = [version.record for document in loaded.documents if (version := document.current) and version.record]
    projects = [record for record in records if "project_partners" in record]
    assert len(projects) == 10
    assert sum(len(one["project_partners"]) + len(one["cooperation_partners"]) for one in projects) == 117
    assert sum(len(record["claims"]) for record in records if "claims" in record) == 23
    assert [crawl.complete for crawl in loaded.crawls] == [True, True]


# --- harness ---------------------------------------------------------------------------------------------------------


def test_contestants_take_turns_on_the_same_input() -> None:
    calls: list[tuple[str, int]] = []
    samples = in_turns({"a": lambda n: calls.append(("a", n)), "b": lambda n: calls.append(("b", n))}, lambda n: n, 3)
    assert calls == [("b", 0), ("a", 0), ("a", 1), ("b", 1), ("b", 2), ("a", 2), ("a", 3), ("b", 3)]
    assert [len(taken) for taken in samples.values()] == [3, 3]  # round 0 warmed up


def test_a_ratio_is_of_medians_of_cpu_time() -> None:
    ours = [Sample(3.0, 90.0), Sample(2.0, 90.0), Sample(100.0, 90.0)]
    theirs = [Sample(0.1, 1.0), Sample(2.0, 1.0), Sample(1.5, 1.0)]
    samples = {"ours": ours, "theirs": theirs}
    assert median_cpu(ours) == 3.0
    assert ratio(samples, "ours", "theirs") == 2.0
    assert raw(samples, 1000)["ours"] == {"cpu_ms": [3.0, 2.0, 100.0], "wall_ms": [90.0] * 3, "median_cpu_ms": 3.0}


def test_work_in_a_child_is_measured_there() -> None:
    measured = in_child(_take_memory, 64)
    assert measured.result == 64 * 2**20
    assert measured.peak_mb > 64
    assert measured.wall >= 0
    with pytest.raises(ValueError, match="invalid literal"):
        in_child(int, "x")


def _take_memory(megabytes: int) -> int:
    return len(b"x" * (megabytes * 2**20))


def test_growth_is_an_exponent_without_the_fixed_cost() -> None:
    seconds = {0: 2.0, 10: 2.0 + 10**2, 40: 2.0 + 40**2}
    assert exponent(seconds, 10, 40) == pytest.approx(2.0)


# --- results ---------------------------------------------------------------------------------------------------------


def test_targets_say_met_and_missed() -> None:
    assert report.TARGETS["parse_vs_lxml"].met(1.6) is True
    assert report.TARGETS["parse_vs_lxml"].met(1.61) is False
    assert report.TARGETS["parse_vs_beautifulsoup"].met(9.9) is False
    assert report.TARGETS["parse_vs_beautifulsoup"].met(10.0) is True


def test_results_of_one_bench_leave_the_others_standing(tmp_path: Path) -> None:
    file = tmp_path / "build" / "bench.json"
    report.keep(
        file, {"parse": Outcome({"parse_vs_lxml": 1.5}), "news": Outcome({"news_vs_main_text": 1.2})}, quick=False
    )
    report.keep(file, {"parse": Outcome({"parse_vs_lxml": 1.4})}, quick=True)
    kept = orjson.loads(file.read_bytes())
    assert kept["ratios"] == {"parse_vs_lxml": 1.4, "news_vs_main_text": 1.2}
    assert [(name, bench["quick"]) for name, bench in kept["benches"].items()] == [("parse", True), ("news", False)]
    assert kept["benches"]["parse"]["machine"]["cores"] >= 1


def test_raw_numbers_by_size_are_kept(tmp_path: Path) -> None:
    """A run of nine minutes over 1,000, 10,000 and 100,000 pages was lost: its sizes were no texts."""
    file = tmp_path / "bench.json"
    report.keep(file, {"night-100k": Outcome(raw={"peak_mb": {1_000: 404.5}})}, quick=False)
    assert orjson.loads(file.read_bytes())["benches"]["night-100k"]["raw"] == {"peak_mb": {"1000": 404.5}}
