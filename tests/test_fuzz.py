"""The fuzz target in small: some hundred mutated pages, every shape at a fiftieth of its size, and the target itself.

Belongs here: promises without clocks, and that a broken one is noticed. Does not: the million, the two seconds.
Concept: `make fuzz` looks for what is not known yet; this keeps what it found from coming back.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from parsers import html, registry, text
from parsers.links import parse_sitemap
from parsers.markup import MOST_ATTRIBUTES, bounded
from parsers.records import ParseResult
from parsers.registry import ParserVersion
from parsers.sentences import sentences
from tests.fuzz import mutate, work
from tests.fuzz.__main__ import main
from tests.fuzz.corpus import Sample, samples
from tests.fuzz.promises import broken_promises
from tests.fuzz.shapes import SHAPES, Shape, samples_of
from tests.gsb_pages import DUISBURG, render

PAGES = 200
NO_CLOCK = float("inf")
PAGE = Sample("page", "gsb_project", "http://h.de/x.html", b"<html><h2>Ziele</h2><h2>Gebietsbeschreibung</h2></html>")


@pytest.fixture(scope="module")
def start() -> list[Sample]:
    return samples()


@pytest.mark.parametrize("part", range(4))
def test_mutated_pages_break_no_promise(start: list[Sample], part: int) -> None:
    for number in range(part, PAGES, 4):
        sample = mutate.mutated(start, 1, number)
        assert (number, broken_promises(sample, twice=number % 8 == 0, longest_s=NO_CLOCK)[0]) == (number, [])


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_shapes_break_no_promise(shape: Shape) -> None:
    for sample in samples_of(shape, max(2, shape.size // 500)):
        broken, _ = broken_promises(sample, twice=False, longest_s=NO_CLOCK, readers=[str(sample.page_type)])
        assert (sample.name, broken) == (sample.name, [])


def test_pages_to_start_from_keep_every_promise(start: list[Sample]) -> None:
    assert {sample.page_type for sample in start} == {"gsb_project", "city_page", "news_article", None}
    for sample in start[::7]:
        assert (sample.name, broken_promises(sample, twice=True, longest_s=NO_CLOCK)[0]) == (sample.name, [])


@pytest.mark.parametrize("mutation", dict.fromkeys(mutate.MUTATIONS), ids=lambda mutation: mutation.__name__)
def test_every_mutation_changes_pages(start: list[Sample], mutation: mutate.Mutation) -> None:
    bodies = [sample.body for sample in start[::5]]
    rng = mutate.Random(3)
    changed = [mutation(body, rng) != body for body in bodies]
    assert sum(changed) * 2 > len(changed)


def test_a_page_is_its_seed_and_number(start: list[Sample]) -> None:
    assert mutate.mutated(start, 5, 77) == mutate.mutated(samples(), 5, 77)
    assert mutate.mutated(start, 5, 77) != mutate.mutated(start, 6, 77)


# --- a broken promise is noticed -------------------------------------------------------------------------------------


def _parser(monkeypatch: pytest.MonkeyPatch, **changed: object) -> list[str]:
    """What is said of a parser whose result for PAGE differs from the real one's in these fields."""
    real = registry.parse("gsb_project", PAGE.body, PAGE.url)
    fields = {name: getattr(real, name) for name in ParseResult.__slots__}
    text = registry.evidence_text("gsb_project", PAGE.body, PAGE.url)

    def parse(body: bytes, url: str, content_type: str | None) -> ParseResult:
        if "raises" in changed:
            raise KeyError("broken")
        return ParseResult(**{**fields, **changed})

    monkeypatch.setitem(registry.PARSERS, "gsb_project", (ParserVersion(parse, lambda *_: text),))
    return broken_promises(PAGE, twice=False, longest_s=NO_CLOCK)[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"raises": True}, "KeyError"),
        ({"record": {"title": "x"}}, "keys are not those of ProjectRecord"),
        ({"record": None}, "no record, but evidence, or no issue"),
        ({"evidence": []}, "no evidence for"),
        ({"coverage": 1.5}, "coverage 1.5"),
        ({"content_hash": "x"}, "hash 'x'"),
        ({"issues": [{"severity": "error", "kind": "oops", "field": None, "value": None, "message": "m"}]}, "oops"),
        ({"unclaimed": ["\ud800"]}, "TypeError"),
    ],
)
def test_what_a_parser_breaks_is_said(changed: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if changed == {"evidence": []}:
        record = {**(registry.parse("gsb_project", PAGE.body, PAGE.url).record or {}), "title": "x"}
        changed = {"evidence": [], "record": record}
    assert any(said in broken for broken in _parser(monkeypatch, **changed))


def test_a_quote_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    record = {**(registry.parse("gsb_project", PAGE.body, PAGE.url).record or {}), "title": "Ziele"}
    evidence = [{"path": "title", "locator": "Titel", "quote": "Zeile", "rule": "title"}]
    assert any("its quote is not in the text" in one for one in _parser(monkeypatch, record=record, evidence=evidence))
    evidence = [{"path": "goals", "locator": "Titel", "quote": "Ziele", "rule": "title"}]
    assert any("evidence for nothing: goals" in one for one in _parser(monkeypatch, record=record, evidence=evidence))


def test_a_slow_page_is_said() -> None:
    assert [one for one in broken_promises(PAGE, twice=False, longest_s=0.0)[0] if "took" in one]


def _die(sample: Sample, *, twice: bool) -> tuple[list[str], float]:
    os._exit(7)


def test_a_worker_that_dies_leaves_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work.multiprocessing, "get_context", lambda _: work.multiprocessing.context.ForkContext())
    monkeypatch.setattr(work, "broken_promises", _die)
    *_, report = work.run(work.Plan(seed=1, mutations=3, seconds=60), 1)
    ((number, _, broken),) = [(one.number, one.sample, one.broken) for one in report.findings]
    assert (number, broken) == (0, ["kills the process: exit code 7"])


def test_a_worker_that_hangs_leaves_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work.multiprocessing, "get_context", lambda _: work.multiprocessing.context.ForkContext())
    monkeypatch.setattr(work, "broken_promises", lambda sample, *, twice: os.read(os.pipe()[0], 1))
    monkeypatch.setattr(work, "HANGS_S", 0.2)
    *_, report = work.run(work.Plan(seed=1, mutations=3, seconds=60), 1)
    assert [one.broken for one in report.findings] == [["hangs: no end after 0 s"]]


def test_the_command_ends_with_its_result(tmp_path: Path) -> None:
    command = ["--no-shapes", "--mutations", "4", "--seed", "1", "--workers", "1", "--out", str(tmp_path)]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.stdout.splitlines()[-1].split(", slowest")[0]) == (
        0,
        "fuzz: 4 mutations, 0 exceptions",
    )
    done = CliRunner().invoke(main, ["--seed", "1", "--page", "2", "--out", str(tmp_path)])
    assert done.exit_code == 0
    assert [file.name.split("-")[:2] for file in tmp_path.iterdir()] == [["1", "2"]]


# --- what it found ---------------------------------------------------------------------------------------------------


def test_attributes_without_end_are_cut_and_said() -> None:
    """libxml2 compares each attribute of a tag with all before it; 20,000 of them took five seconds."""
    many = b"<p id=x " + b" ".join(b"a%d='<1>'" % n for n in range(20_000)) + b">Ziel</p>"
    doc = html.parse(b"<html><body>" + many + b"<p b=1>Ende</p></html>", "http://h.de/")
    assert doc is not None
    assert [issue["kind"] for issue in html.losses(doc)] == ["attributes_cut"]
    assert [len(element.attrib) for element in html.elements(doc.root, "p")] == [MOST_ATTRIBUTES, 1]
    assert html.text_of(doc.root) == "Ziel Ende"


def test_attributes_of_many_bodies_are_cut() -> None:
    """All of them would become attributes of one element."""
    page = b"".join(b"<body a%d=1>" % n for n in range(20_000)) + b"<p>Ziel</p>"
    doc = html.parse(page, "http://h.de/")
    assert doc is not None
    assert len(html.elements(doc.root, "body")[0].attrib) <= 10
    assert html.text_of(doc.root) == "Ziel"


@pytest.mark.parametrize(
    "page",
    [
        b"<p>" + b"a b c d " * 50_000 + b"</p>",
        b"<p class='" + b"a " * 100_000 + b"'>x</p>",
        b'<p title="' + b"a='1' " * 50_000 + b'">x</p>',
        b"<p a=1>x</p>" * 20_000,
        b"<p " + b"a=1 " * (MOST_ATTRIBUTES - 1) + b">x</p>" + b" " * 100_000,
        b"<p a='" + b"x" * 200_000,
    ],
    ids=["text", "classes", "quoted", "tags", "as-many-as-allowed", "open-quote"],
)
def test_what_is_no_flood_of_attributes_stays_as_it_is(page: bytes) -> None:
    assert bounded(page) is page


def test_marks_without_end_on_one_letter_are_cut() -> None:
    """Putting 600,000 combining marks into order took minutes; what real words have stays."""
    assert len(text.clean("a" + "\u0308\u0323" * 1000)) < 40
    vietnamese = "Tie\u0302\u0301ng Vie\u0323\u0302t " * 50
    assert text.clean(vietnamese) == " ".join(["Tiếng Việt"] * 50)


def test_dots_without_end_are_one_sentence() -> None:
    assert [sentence.text for sentence in sentences("Es geht ... Weiter" + "." * 500_000)] == [
        "Es geht ...",
        "Weiter" + "." * 500_000,
    ]


def test_half_a_character_in_a_sitemap_is_none() -> None:
    """lxml raised UnicodeDecodeError when it was asked for the text of the element."""
    page = b"<urlset><url><loc>http://h.de/a&#xD800;b&#57343;&#228;</loc></url></urlset>"
    assert parse_sitemap(page).urls == ["http://h.de/abä"]


def test_a_page_inside_a_drawing_is_read(start: list[Sample]) -> None:
    """The library that looks for a date took the root out of its tree and failed."""
    sample = next(one for one in start if one.name == "cities/marburg-1")
    page = sample._replace(body=b"<svg>" * 10 + sample.body)
    assert broken_promises(page, twice=False, longest_s=NO_CLOCK)[0] == []


@pytest.mark.parametrize("field", ["goals", "municipality", "runtime"])
def test_a_hyphen_between_two_values_stays_in_the_quote(field: str) -> None:
    page = render({**DUISBURG, "goals": ["Arbeit finden", "-", "Ansehen steigern"]}).decode()
    for words in ("Duisburg", "04/2015 bis 12/2018"):
        page = page.replace(f"<br/>\n{words}</li>", f"<br/>\n{words}<br/>\n-<br/>\n{words}</li>")
    sample = Sample(field, "gsb_project", "http://h.de/x.html", page.encode())
    result = registry.parse("gsb_project", sample.body, sample.url)
    assert " - " in next(one["quote"] for one in result.evidence if one["path"] == field)
    assert broken_promises(sample, twice=False, longest_s=NO_CLOCK)[0] == []


def test_a_menu_that_nobody_closed_does_not_swallow_the_article(start: list[Sample]) -> None:
    sample = next(one for one in start if one.name.startswith("press/duisburg-tagblatt"))
    page = re.sub(rb"</nav>", b"", re.sub(rb"<body[^>]*>", rb"\g<0><nav>", sample.body, count=1))
    record = registry.parse("news_article", page, sample.url).record
    whole = registry.parse("news_article", sample.body, sample.url).record
    assert record is not None
    assert whole is not None
    assert {claim["value"] for claim in record["claims"]} >= {claim["value"] for claim in whole["claims"]}
