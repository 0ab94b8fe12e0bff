"""Names, phones and mails of persons stay in the archive: not in records, tables, logs, Dagster's store or output."""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.fetch.archive import Archive
from tests.cli import biwaq
from tests.loopback import serve_folder
from tests.test_real_input import PAGES, SOURCE
from tests.warehouse_file import rows

SECRETS = ("Mustermann", "Erika", "1234567", "2345678", "mustermann@", "@traeger")
PLANTED = {
    "gsb_project": (
        b"<h3>Kontakt</h3>",
        "<h3>Kontakt</h3><p>Ansprechpartnerin: Frau Erika Mustermann<br>Tel.: 0203 / 1234567<br>"
        '<a href="mailto:erika.mustermann@traeger.example">erika.mustermann@traeger.example</a></p>',
    ),
    "city_page": (
        b"</h2>",
        "</h2><p>Projektleitung: Frau Erika Mustermann, Telefon 0203 1234567, "
        "E-Mail erika.mustermann@traeger.example</p>",
    ),
    "news_article": (
        b"<p>",
        "<p>„Das hat mir Mut gemacht“, sagt Teilnehmerin Erika Mustermann. Projektleiterin Erika Mustermann ist unter "
        "0171 2345678 zu erreichen.</p><p>",
    ),
}
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
PHONE = re.compile(r"(?:Tel(?:efon)?\.?:?|Fax:?)\s*([+(0][\d\s/()-]{6,})")
PERSON = re.compile(r"\b(?:Herrn?|Frau)\s+(?:Dr\.\s)?[A-ZÄÖÜ][a-zäöüß]+\s+([A-ZÄÖÜ][a-zäöüß]+)")


@pytest.fixture(scope="module")
def planted(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after a night on pages of the sample site that name a person with phone and mail."""
    folder = tmp_path_factory.mktemp("planted")
    sources = folder / "sources"
    sources.mkdir()
    (folder / "site").mkdir()
    for page_type, (mark, private) in PLANTED.items():
        source = {"gsb_project": "sample-projects", "city_page": "sample-cities", "news_article": "sample-press"}
        bodies = [body for body in _bodies(published, source[page_type]) if mark in body][:3]
        assert bodies
        names = []
        for number, body in enumerate(bodies):
            names.append(f"{page_type}_{number}.html")
            (folder / "site" / names[-1]).write_bytes(body.replace(mark, private.encode(), 1))
        (sources / f"{page_type}.txt").write_text(" ".join(names), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, serve_folder(folder / "site") as port:
        for note in sources.glob("*.txt"):
            urls = ", ".join(f'"http://127.0.0.1:{port}/{name}"' for name in note.read_text().split())
            text = SOURCE.format(id=note.stem.replace("_", "-"), type=note.stem, urls=urls, n=1)
            note.with_name(f"{note.stem}.toml").write_text(text, encoding="utf-8")
            note.unlink()
        patch.setattr(sys, "argv", ["biwaq", "run", "--sources", str(sources), "--data", str(folder / "data")])
        with pytest.raises(SystemExit) as ended:
            main()
    assert not ended.value.code
    return folder / "data"


def _bodies(data: Path, source: str) -> list[bytes]:
    archive = Archive(data / "archive")
    return [
        capture.body
        for day in archive.days()
        for capture in archive.captures(day, source, {"document"})
        if capture.body
    ]


def everything_but_the_archive(data: Path) -> Iterator[tuple[str, str]]:
    """(where, text) of all that is made from pages: records, tables, logs, Dagster's store."""
    for path in sorted(data.rglob("*")):
        if not path.is_file() or path.is_symlink() or path.is_relative_to(data / "archive"):
            continue
        if path == data / "report" / "assets" / "vega.js":  # a library, the same for any page; it holds 0123456789
            continue
        if path.suffix == ".duckdb":
            yield from _tables(path)
        elif path.suffix == ".gz":
            yield str(path), gzip.decompress(path.read_bytes()).decode()
        else:
            yield str(path), path.read_bytes().decode("utf-8", "replace")


def _tables(path: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            found = connection.execute(f'SELECT * FROM "{table}"').fetchall()
            yield table, "\n".join(str(cell) for row in found for cell in row)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_person_on_a_page_is_nowhere_but_in_the_archive(secret: str, planted: Path) -> None:
    archived = [b for name in ("gsb-project", "city-page", "news-article") for b in _bodies(planted, name)]
    assert any(secret.lower().encode() in body.lower() for body in archived)
    found = [where for where, text in everything_but_the_archive(planted) if secret.lower() in text.lower()]
    assert found == []


def test_a_person_is_in_no_output(
    planted: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rows(planted, "SELECT count(*) > 0 FROM projects") == [(True,)]
    said = biwaq(monkeypatch, capsys, "status", "--data", planted).out
    for table in ("projects", "issues", "provenance", "outcome_claims", "documents", "organisations"):
        said += biwaq(monkeypatch, capsys, "query", f"SELECT * FROM {table}", "--format", "csv", "--data", planted).out
    assert [secret for secret in SECRETS if secret.lower() in said.lower()] == []


def test_persons_phones_and_mails_of_real_pages_stay_in_the_archive(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = set()
    for path in sorted((shared / "pages").glob("*.html")):
        text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))
        secrets |= set(MAIL.findall(text)) | {found.strip() for found in PHONE.findall(text)}
        secrets |= set(PERSON.findall(re.sub(r"\s+", " ", text)))
    assert secrets
    sources = tmp_path / "sources"
    sources.mkdir()
    shutil.copytree(shared / "pages", tmp_path / "pages")
    with serve_folder(tmp_path / "pages") as port:
        for page_type, files in PAGES.items():
            urls = ", ".join(f'"http://127.0.0.1:{port}/{file}"' for file in files)
            text = SOURCE.format(id=page_type.replace("_", "-"), type=page_type, urls=urls, n=len(files))
            (sources / f"{page_type}.toml").write_text(text, encoding="utf-8")
        ran = biwaq(monkeypatch, capsys, "run", "--sources", sources, "--data", tmp_path / "data")
    assert ran.code == 0, ran.err
    leaks = [
        (where, len(secret))
        for where, text in everything_but_the_archive(tmp_path / "data")
        for secret in secrets
        if secret in text
    ]
    assert leaks == []
