"""The report: whole, linked, inert, in two languages, every figure with its passage and no person in it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pipeline.commands.run import report as say_how_it_ended
from pipeline.fetch.archive import Archive
from pipeline.night import Outcome, run_rebuild
from pipeline.report_pages import page_reader, page_stamp
from pipeline.resources import Workspace
from pipeline.settings import from_environment
from tests.nights import History
from warehouse.duck import read_only
from warehouse.report import build, site, tongue
from warehouse.report.addresses import is_public
from warehouse.report.build import build_report
from warehouse.report.data import ReportData, read_data
from warehouse.report.messages import german_message
from warehouse.report.model import PageText, PageUnreadable, ReportFacts, Snapshot
from warehouse.report.proofs import Proof, read_proofs
from warehouse.report.sections import Health
from warehouse.report.site import Site
from warehouse.report.tongue import BothTongues, Tongue

BY_CODE = {"groups_text", "fields_text", "stayed", "came", "left", "role_changed", "not_told"}
"""Words that are asked for by the name of a chart or by a code of v_line_changes."""
OVERVIEWS = ["index", "projects", "figures", "partners", "changes", "quality"]


@dataclass(frozen=True, slots=True)
class Made:
    """What a test needs of a report that was made in memory."""

    data: ReportData
    proofs: list[Proof]

    def pages(self) -> dict[str, str]:
        site = Site(self.data)
        found = {}
        for proof in self.proofs:
            site.proofs.add(proof)
            path, text = site.proof(proof)
            found[path] = text
        return found | dict(site.pages(Health(self.data, site.proofs, [])))


@pytest.fixture(scope="module")
def folder(published: Path) -> Path:
    return published / "report"


@pytest.fixture
def made(published: Path) -> Made:
    with read_only(published / "warehouse" / "biwaq.duckdb") as connection:
        proofs = list(read_proofs(connection, page_reader(Archive(published / "archive"))))
        return Made(read_data(connection), proofs)


class Read(HTMLParser):
    """Links, ids, what would load, and marked text of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if tag == "a":
            self.links.append(str(found.get("href")))
        elif target := found.get("src") or found.get("href"):
            self.loads.append(target)
        assert not [name for name in found if name.startswith("on")], "a handler in the markup"


def html_pages(folder: Path) -> Iterator[tuple[Path, Read]]:
    for path in sorted(folder.rglob("*.html")):
        yield path, Read(path.read_text(encoding="utf-8"))


# --- the folder ------------------------------------------------------------------------------------------------------


def test_a_run_leaves_a_report_in_both_languages(folder: Path) -> None:
    for name in OVERVIEWS:
        assert '<html lang="de">' in (folder / f"{name}.html").read_text(encoding="utf-8")
        assert '<html lang="en">' in (folder / "en" / f"{name}.html").read_text(encoding="utf-8")
    assert len(list((folder / "project").iterdir())) == 15
    assert (folder / "place" / "05112000.html").is_file()  # Duisburg


def test_every_link_leads_to_a_page_and_a_place_on_it(folder: Path) -> None:
    pages = dict(html_pages(folder))
    n_links = 0
    for path, page in pages.items():
        for link in page.links:
            if link.startswith(("http://", "https://")):
                continue
            parts = urlsplit(link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target in pages, f"{path.name}: {link}"
            assert not parts.fragment or parts.fragment in pages[target].ids, f"{path.name}: {link}"
            n_links += 1
    assert n_links > 1000


def test_nothing_is_loaded_from_anywhere_else_and_proofs_hold_nothing_that_could(folder: Path) -> None:
    for path, page in html_pages(folder):
        for target in page.loads:
            assert target == "data:," or (path.parent / target).is_file(), f"{path.name}: {target}"
    for path in (folder / "proof").iterdir():
        tags = Read(path.read_text(encoding="utf-8")).tags
        assert tags.isdisjoint({"img", "form", "input", "iframe", "svg", "style", "object", "button"}), path.name
        assert "script-src 'self' file:;" in path.read_text(encoding="utf-8")


def test_the_report_is_small(folder: Path) -> None:
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    own = sum(size for path, size in sizes.items() if path.name != site.VEGA)
    assert own < 700_000  # 15 projects; the library of the charts is the same for any number
    assert sum(sizes.values()) < 1_400_000


# --- figures and their proofs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "shown", "passage"),
    [
        ("project/iii-duisburg.html", "36,2 %", "Gebiet: 36,2 %"),
        ("project/iii-duisburg.html", "68 ha", "Gebiet: 68 ha"),
        ("project/iii-duisburg.html", "April 2015", "04/2015 bis 12/2018"),
        ("project/iii-duisburg.html", "Marxloh", "Marxloh"),
        ("place/05112000.html", "827", "827"),
        ("figures.html", "827", "827"),
    ],
)
def test_a_figure_leads_to_its_marked_passage(folder: Path, page: str, shown: str, passage: str) -> None:
    text = (folder / page).read_text(encoding="utf-8")
    links = re.findall(r'<a href="([^"]*proof/[^"]+)">(?:<span[^>]*>)?' + re.escape(shown) + "<", text)
    assert links, f"{shown} has no proof on {page}"
    path, _, mark = links[0].partition("#")
    proof = ((folder / page).parent / path).read_text(encoding="utf-8")
    assert passage in marked(proof, mark)


def marked(proof: str, mark: str) -> str:
    """The words of the passage with this id."""
    number = mark.removeprefix("m")
    pieces = re.findall(r'<mark( id="m\d+")?( data-m="[\d ]+")?>(.*?)</mark>', proof)
    own = [
        text
        for ident, marks, text in pieces
        if number in (re.findall(r"\d+", marks) or re.findall(r"\d+", ident.removeprefix(' id="m')))
    ]
    return re.sub(r"<[^>]+>", "", "".join(own))


def test_every_proved_cell_has_its_mark(made: Made) -> None:
    pages = made.pages()
    for proof in made.proofs:
        ids = Read(pages[f"proof/{proof.name}.html"]).ids
        assert {f"m{mark}" for _, mark in proof.cells} <= ids
        assert proof.missing == ()
        assert proof.fault is None


def test_a_page_that_can_not_be_read_still_shows_its_passages(published: Path, tmp_path: Path) -> None:
    def unreadable(snapshot: Snapshot) -> PageText:
        raise PageUnreadable(f"{snapshot.archive_file}: gone")

    facts = build_report(published / "warehouse" / "biwaq.duckdb", tmp_path / "report", read_page=unreadable)
    assert len(facts.unreadable) == facts.proofs > 20
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "report" / "proof").iterdir()]
    assert any("Gebiet: 36,2 %" in text for text in texts)
    assert all("nicht lesbar" in text for text in texts)


# --- persons ---------------------------------------------------------------------------------------------------------


def test_no_phone_and_no_mail_of_a_page_stands_in_the_report(folder: Path) -> None:
    for path, _ in html_pages(folder):
        text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))
        assert "@" not in text, path.name
        assert re.search(r"Telefon:? ?\d|E-Mail:? ?\w", text) is None, path.name


# --- safety ----------------------------------------------------------------------------------------------------------

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def test_what_a_page_says_stays_text(made: Made) -> None:
    for project in made.data.projects:
        project["title"] = project["summary"] = project["contact_homepage"] = HOSTILE
    for step in made.data.timeline:
        step["title"] = step["line_label"] = HOSTILE
    for members in made.data.members.values():
        for member in members:
            member["name"] = HOSTILE
    for document in [one for found in made.data.documents.values() for one in found]:
        document["url"] = "javascript:alert(1)"
    for text in made.pages().values():
        page = Read(text)  # fails where a handler stands in the markup
        assert "img" not in page.tags
        assert "<script>alert" not in text
        assert not [link for link in page.links if link.startswith("javascript")]
    packed = re.search(r'id="rows-timeline">(.*?)</script>', made.pages()["index.html"])
    assert packed
    found = json.loads(packed[1])
    assert found["rows"][0][found["keys"].index("title")] == HOSTILE


def test_an_id_can_not_leave_the_folder(made: Made) -> None:
    made.data.projects[0]["project_id"] = "../../etc"
    with pytest.raises(ValueError, match="file name"):
        made.pages()


def test_a_failed_report_leaves_the_old_one(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "report"
    warehouse = published / "warehouse" / "biwaq.duckdb"
    reader = page_reader(Archive(published / "archive"))
    build_report(warehouse, out, read_page=reader)
    before = (out / "index.html").read_bytes()
    (out / "index.html").write_bytes(before + b"<!-- the old one -->")
    with monkeypatch.context() as patch:
        patch.setattr(build, "_bundle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build_report(warehouse, out, read_page=reader)
    assert (out / "index.html").read_bytes().endswith(b"<!-- the old one -->")
    build_report(warehouse, out, read_page=reader)  # what the failed one left beside it is no hindrance
    assert (out / "index.html").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_failed_report_does_not_undo_the_publish(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data, symlinks=True)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("BIWAQ_NOW", "2025-11-20T02:15:00Z")
    monkeypatch.setattr(build, "build_report", full)
    before = (data / "warehouse" / "biwaq.duckdb").resolve()
    outcome = run_rebuild(Workspace(lambda: from_environment(data)))
    assert outcome.published
    assert outcome.fault is not None
    assert "outputs__report" in outcome.fault
    assert (data / "warehouse" / "biwaq.duckdb").resolve() != before
    assert (data / "report" / "index.html").is_file()


def test_the_command_line_says_that_the_report_failed(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say_how_it_ended(from_environment(published), Outcome("r", True, fault="outputs__report: the disk is full"))
    told_here = capsys.readouterr()
    assert "published, but outputs__report: the disk is full" in told_here.err
    assert "index.html" not in told_here.out  # the report that lies there is an old one


def test_the_command_line_names_the_report(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say_how_it_ended(from_environment(published), Outcome("r", True))
    assert str(published / "report" / "index.html") in capsys.readouterr().out.replace("\n", "")


# --- what is told ----------------------------------------------------------------------------------------------------


def test_contradictions_stand_first(made: Made) -> None:
    assert "Zurzeit widerspricht keine" in made.pages()["figures.html"]
    for outcome in made.data.outcomes[:2]:
        outcome["agreement"] = "contradicted"
    text = made.pages()["figures.html"]
    section = text[text.index("against-title") : text.index("ledger-title")]
    assert section.count("<tr>") == 3  # the head and both
    assert section.count("eine Quelle widerspricht") == 2


def test_a_night_with_changes_tells_them(history: History) -> None:
    text = (history.data / "report" / "changes.html").read_text(encoding="utf-8")
    assert "Das ist der erste Lauf" not in text
    assert "15.206" in text  # inhabitants of an area of Schwerin, before and after the third night
    assert "15.384" in text


def test_charts_have_a_sentence_and_a_table_of_the_same_rows(made: Made) -> None:
    text = made.pages()["index.html"]
    for name in ("map", "gap", "timeline", "groups", "fields"):
        assert f'id="{name}-text"' in text
        assert f'id="spec-{name}"' in text
    # Facts of the sample: Schwerin III has 41.2 against 16.8 percent
    assert "Der größte Abstand: Schwerin (III) mit 24,4 Prozentpunkten" in text


def test_numbers_and_days_are_told_in_each_language() -> None:
    german, english = Tongue("de", {}), Tongue("en", {})
    assert (german.number(1234567.5), english.number(1234567.5)) == ("1.234.567,5", "1,234,567.5")
    assert (german.number(827.0), german.number(None), german.number(0.0)) == ("827", "–", "0")
    assert (german.measure(36.2, "percent"), english.measure(750000, "EUR")) == ("36,2 %", "750,000 €")
    assert (german.signed(17.6), german.signed(-2.0)) == ("+17,6", "−2")
    day = date(2015, 4, 1)
    assert (german.day(day), german.day(day, "month"), german.day(day, "year")) == (
        "1. April 2015",
        "April 2015",
        "2015",
    )
    assert english.day(day) == "1 April 2015"
    both = BothTongues(german, english, {})
    assert str(both.measure(36.2, "percent")) == "<span data-n>36,2 %</span>"
    assert str(both.day(day)) == "<span data-d>1. April 2015</span>"
    assert str(both.words["place"]) == "<span data-t>Ort</span>"
    assert both.shared["Ort"] == "Place"
    assert both.number(827) == "827"


def test_every_word_is_there_in_both_languages_and_used() -> None:
    here = Path(tongue.__file__).parent
    used = "\n".join(path.read_text(encoding="utf-8") for path in [*here.glob("*.py"), *here.rglob("*.j2")])
    for key, words in tongue._words().items():
        assert set(words) == {"de", "en"}
        assert words["de"], key
        assert words["en"], key
        asked = rf"(?:\bt\.|\bplain\.|words\.){key}\b|[\"']{key}[\"']"
        assert key in BY_CODE or re.search(asked, used), f"{key} is used nowhere"
        assert set(re.findall(r"{(\w+)", words["de"])) == set(re.findall(r"{(\w+)", words["en"])), key


@pytest.mark.parametrize(
    ("key", "values", "german", "english"),
    [
        ("n_projects", {"n": 1}, "Projekt", "project"),
        ("n_projects", {"n": 15}, "Projekte", "projects"),
        ("hours", {"n": 1}, "1 Stunde", "1 hour"),
        ("days", {"n": 1200}, "1.200 Tage", "1,200 days"),
        ("independent", {"n": 1, "k": 1}, "1 Dokument, 1 unabhängig", "1 document, 1 independent"),
        (
            "night_summary",
            {"changes": 1, "new": 1, "gone": 1},
            "1 geänderter Wert, 1 neue Seite, 1 verschwundene Seite.",
            "1 changed value, 1 new page, 1 page gone.",
        ),
        (
            "night_summary",
            {"changes": 2, "new": 0, "gone": 3},
            "2 geänderte Werte, 0 neue Seiten, 3 verschwundene Seiten.",
            "2 changed values, 0 new pages, 3 pages gone.",
        ),
    ],
)
def test_one_is_told_in_the_singular(key: str, values: dict[str, int], german: str, english: str) -> None:
    assert (Tongue("de", {}).say(key, **values), Tongue("en", {}).say(key, **values)) == (german, english)


def test_no_sentence_puts_a_bare_number_before_a_word_in_the_plural() -> None:
    """A number before a noun says it in both forms; where it stands alone ("Fehler: 3") it needs none."""
    plain = re.compile(r"\{(?:n|projects|places|lines|pages|passages|changes|new|gone)\} (\w+)")
    fine = {"von", "of", "davon", "größten", "largest", "with"}
    for key, both in tongue._words().items():
        for text in both.values():
            assert set(plain.findall(text)) <= fine, key


def test_every_moment_names_its_zone(history: History) -> None:
    for path, _ in html_pages(history.data / "report"):
        text = path.read_text(encoding="utf-8")
        for hit in re.finditer(r"\d{4}, \d\d:\d\d(?! (?:MEZ|MESZ|CET|CEST)\b)", text):
            raise AssertionError(f"{path.name}: {text[hit.start() - 40 : hit.end() + 10]}")
    assert re.search(r"\d\d:\d\d MEZ", (history.data / "report" / "quality.html").read_text(encoding="utf-8"))
    summer = datetime(2026, 7, 1, 1, 15)
    assert (Tongue("de", {}).moment(summer), Tongue("en", {}).moment(summer)) == (
        "1. Juli 2026, 03:15 MESZ",
        "1 July 2026, 03:15 CEST",
    )


# --- trial data ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://www.biwaq.de/BIWAQ/DE/Projekte", True),
        ("https://93.184.216.34/", True),
        ("http://www.biwaq.example/BIWAQ", False),
        ("http://127.0.0.1:8080/x", False),
        ("http://[::1]/x", False),
        ("http://localhost/x", False),
        ("http://10.0.0.7/x", False),
        ("https://www.example.org/", False),
        ("https://www.notexample.org/", True),
        ("no address", False),
    ],
)
def test_an_address_is_public_or_not(url: str, public: bool) -> None:
    assert is_public(url) is public


def test_every_page_says_that_its_data_are_a_trial(folder: Path) -> None:
    for path, _ in html_pages(folder):
        assert path.read_text(encoding="utf-8").count('class="trial"') == 1, path.name
    assert "www.biwaq.example" in (folder / "en" / "index.html").read_text(encoding="utf-8")


def test_pages_of_the_public_web_bear_no_such_banner(made: Made) -> None:
    for page in made.data.pages:
        page["url"] = page["url"].replace(".example/", ".de/")
    proofs = [replace(one, snapshot=replace(one.snapshot, url="https://www.biwaq.de/x")) for one in made.proofs]
    assert not [path for path, text in Made(made.data, proofs).pages().items() if 'class="trial"' in text]
    made.data.pages[0]["url"] = "http://127.0.0.1/x"
    text = Made(made.data, proofs).pages()["index.html"]
    assert "Zum Teil Beispieldaten: 1 von 28 Seiten" in text


# --- German ----------------------------------------------------------------------------------------------------------


def test_the_german_pages_of_the_sample_hold_no_english(history: History) -> None:
    """Titles of sources, what checks promise, advice and what issues say."""
    for name in OVERVIEWS:
        text = (history.data / "report" / f"{name}.html").read_text(encoding="utf-8")
        assert 'lang="en"' not in text.replace('lang="en" data-tongue', ""), name
        assert "bundled sample site" not in text


def test_a_plan_has_a_target_date_and_money_is_no_achievement(folder: Path) -> None:
    """ "Bis 2018 sollen in Marburg bis zu 350 Personen erreicht werden", told in 2015, is no figure as of 2018."""
    text = (folder / "figures.html").read_text(encoding="utf-8")
    plans = [row for row in text.split("<tr ")[1:] if 'data-status="planned"' in row]
    assert ("bis 2018" in "".join(plans), "Stand" in "".join(plans)) == (True, False)
    assert "<td>genannt</td>" in text


def test_issues_are_told_in_german_with_their_values() -> None:
    told = german_message("8 figure(s): no page of a project of round V in Duisburg")
    assert told == "8 Zahl(en): keine Seite eines Projekts der Runde V in Duisburg"
    assert german_message("a sentence that nobody wrote") is None
    assert german_message("8 figure(s): no page of a project of round V in " + "Duisburg " * 50) is None  # too long


def test_the_heat_maps_say_what_they_show(made: Made) -> None:
    text = made.pages()["index.html"]
    for name in ("groups", "fields"):
        packed = re.search(rf'id="rows-{name}">(.*?)</script>', text)
        assert packed
        found = json.loads(packed[1])
        shown = [row[found["keys"].index("shown")] for row in found["rows"]]
        assert all(re.fullmatch(r"\d+/\d+", cell) for cell in shown)
        spec = re.search(rf'id="spec-{name}">(.*?)</script>', text)
        assert spec
        (numbers,) = [mark for mark in json.loads(spec[1])["marks"] if mark["type"] == "text"]
        assert "shown" in json.dumps(numbers["encode"]["update"]["text"])
        assert all(f">{cell}<" in text for cell in shown)
        sentence = text[text.index(f'id="{name}-text"') :][:400]
        assert "wie viele der Projekte einer Runde" in sentence
    assert ">9/9<" in text  # all nine projects of round III name the long-term unemployed


def test_coverage_is_the_median_and_says_so(published: Path, folder: Path) -> None:
    with read_only(published / "warehouse" / "biwaq.duckdb") as connection:
        query = (
            "SELECT median(coverage) FROM documents JOIN snapshots USING (snapshot_id) WHERE page_type = 'gsb_project'"
        )
        ((median,),) = connection.execute(query).fetchall()
    text = (folder / "quality.html").read_text(encoding="utf-8")
    section = text[text.index("coverage-title") :][:1500]
    assert "Median" in section
    assert Tongue("de", {}).share(median) in section


# --- taken over from the report before -------------------------------------------------------------------------------


def test_a_proof_that_nothing_changed_for_is_taken_over(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data, symlinks=True)
    archive, out = Archive(data / "archive"), tmp_path / "report"

    def made_again() -> ReportFacts:
        warehouse = data / "warehouse" / "biwaq.duckdb"
        return build_report(warehouse, out, read_page=page_reader(archive), stamp=page_stamp(archive))

    first = made_again()
    before = {path.name: path.read_bytes() for path in (out / "proof").iterdir()}
    again = made_again()
    assert (first.kept, again.kept, again.proofs) == (0, first.proofs, first.proofs)
    assert {path.name: path.read_bytes() for path in (out / "proof").iterdir()} == before
    assert (again.passages, again.bytes) == (first.passages, first.bytes)
    touched = next((data / "archive").rglob("*.warc.gz"))  # a purge writes an archive file anew
    os.utime(touched, (1, 1))
    assert 0 < made_again().kept < first.proofs
    (out / "proof" / next(iter(before))).unlink()
    assert made_again().kept == first.proofs - 1
