"""Golden pairs: every page of the sample site, and every markup that GSB leaves open, with its reviewed record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fixtures.answers import Request, Site
from fixtures.cdx import captures
from fixtures.content import GROUPS, SITE, key_of, last_state, settings, site_in
from parsers import city_page, gsb_project, news_article, registry
from parsers.records import CityRecord, Claim, NewsRecord, ParseResult, ProjectRecord

EXPECTED = Path(__file__).resolve().parents[1] / "fixtures" / "expected"
VARIANTS = EXPECTED / "variants"
KEYS = {"gsb_project": ProjectRecord, "city_page": CityRecord, "news_article": NewsRecord}
PARSERS = {"gsb_project": gsb_project, "city_page": city_page, "news_article": news_article}
PROJECTS = "https://www.biwaq.de/BIWAQ/DE/Projekte/Projekte_BIWAQ3/"


class Page(NamedTuple):
    """What a server sends: bytes, address, Content-Type."""

    body: bytes
    url: str
    content_type: str | None


def _golden(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


SITE_FILES = sorted(file for file in EXPECTED.rglob("*.json") if file.parent != VARIANTS)
CASES = [(file, page) for file in SITE_FILES for page in _golden(file)["pages"]]
VARIANT_FILES = sorted(VARIANTS.glob("*.json"))


@cache
def _pages() -> dict[str, Page]:
    """Every page that the sample site serves on any day, and every capture of one, as the server sends it."""
    return {**dict(_served()), **dict(_captured())}


def _served() -> Iterator[tuple[str, Page]]:
    for day in range(1, last_state() + 1):
        site = Site()
        for page in site_in(day).pages.values():
            request = Request(*page.key, {})
            answer = site.answer(request, day)
            if answer.status == 503:  # Köln answers so once
                answer = site.answer(request, day)
            assert answer.status == 200
            yield f"{page.name} day {day}", Page(answer.body, page.url, answer.headers["Content-Type"])


def _captured() -> Iterator[tuple[str, Page]]:
    files = {file for folder in (*GROUPS, "captured") for file in (SITE / folder).glob("*.toml")}
    names = {key_of(_url(file)): f"{file.parent.name}/{file.stem}" for file in files}
    names[key_of(settings()["listing"]["url"])] = "nodes/programme"  # captures.toml gives this page to the listing
    for capture in captures():
        if capture.status == "200" and capture.mimetype == "text/html":
            url = capture.original.partition(";jsessionid")[0]
            name = f"{names[key_of(url)]} captured {capture.at:%Y-%m-%d}"
            yield name, Page(capture.body, url, "text/html")


def _url(file: Path) -> str:
    return next(line for line in file.read_text("utf-8").splitlines() if line.startswith("url = ")).split('"')[1]


def _issues(result: ParseResult) -> list[dict[str, Any]]:
    """Issues without their message, which is prose."""
    return [{name: issue[name] for name in ("severity", "kind", "field", "value")} for issue in result.issues]


def _check(page_type: str, page: Page, golden: dict[str, Any]) -> None:
    result = registry.parse(page_type, page.body, page.url, content_type=page.content_type)
    assert result.record == golden["record"]
    assert _issues(result) == golden["issues"]
    text = registry.evidence_text(page_type, page.body, page.url, content_type=page.content_type)
    assert [entry for entry in result.evidence if entry["quote"] not in text] == []
    if "text" in golden:
        assert text.split("\n") == golden["text"]


@pytest.mark.parametrize(("file", "page"), CASES, ids=[f"{file.stem}-{page}" for file, page in CASES])
def test_a_page_of_the_sample_site_gives_its_reviewed_record(file: Path, page: str) -> None:
    golden = _golden(file)
    _check(golden["type"], _pages()[page], golden)


def test_no_page_without_a_record_and_no_record_without_a_page() -> None:
    assert Counter(page for _, page in CASES) == Counter(_pages().keys())


def test_a_page_that_changes_has_a_record_for_each_of_its_contents() -> None:
    changed = {
        page.name
        for day in range(2, last_state() + 1)
        for page in site_in(day).pages.values()
        if (before := site_in(day - 1).pages.get(page.key)) is not None and before.data != page.data
    }
    files = Counter(page.partition(" day ")[0] for file, page in CASES for page in _golden(file)["pages"][:1])
    assert changed == {"projects/iii-oberhausen", "projects/iv-marburg", "press/oberhausen-410",
                       "projects/iii-schwerin", "projects/iv-halle"}  # fmt: skip
    assert all(files[name] > 1 for name in changed)


@pytest.mark.parametrize("file", VARIANT_FILES, ids=[file.stem for file in VARIANT_FILES])
def test_a_markup_variant_gives_its_reviewed_record(file: Path) -> None:
    golden = _golden(file)
    url = golden.get("url", PROJECTS + "1_Musterstadt.html")
    page = Page(file.with_suffix(".html").read_bytes(), url, golden.get("content_type"))
    _check(golden["type"], page, golden)


def test_every_variant_is_a_pair() -> None:
    assert {file.stem for file in VARIANTS.glob("*.html")} == {file.stem for file in VARIANT_FILES}
    assert len(VARIANT_FILES) >= 80


@pytest.mark.parametrize("file", [*SITE_FILES, *VARIANT_FILES], ids=lambda file: file.stem)
def test_a_record_names_every_field(file: Path) -> None:
    golden = _golden(file)
    if golden["record"] is not None:
        assert list(golden["record"]) == list(KEYS[golden["type"]].__annotations__)
        for claim in golden["record"].get("claims", []):
            assert sorted(claim) == sorted(Claim.__annotations__)
