"""The data dictionary: every table, view, macro and column, in German and English, as Markdown and as HTML.

Belongs here: the pages made from the registry and the heads of views and macros. Does not: descriptions of its own.
Concept: one description, in one place; these pages can not drift from the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from warehouse.columns import Column, Table
from warehouse.ddl import ORIGINS
from warehouse.german import german
from warehouse.sqlfiles import SqlFile
from warehouse.tables import TABLES
from warehouse.terms import TERMS
from warehouse.write import macros, views

Language = Literal["de", "en"]

GROUPS = {
    "entities": ("Projekte, Organisationen, Dokumente", "Projects, organisations, documents"),
    "facts": ("Zahlen", "Figures"),
    "evidence": ("Belege und Verlauf", "Evidence and history"),
    "operations": ("Quellen, Läufe, Hinweise", "Sources, runs, issues"),
    "codes": ("Codelisten", "Code lists"),
}
WORDS = {
    "title": ("Datenwörterbuch", "Data dictionary"),
    "views": ("Sichten", "Views"),
    "macros": ("Makros", "Macros"),
    "terms": ("Wörter geschlossener Mengen", "Words of closed sets"),
    "column": ("Spalte", "column"),
    "type": ("Typ", "type"),
    "null": ("leer", "null"),
    "key": ("Schlüssel", "key"),
    "meaning": ("Bedeutung", "meaning"),
    "word": ("Wort", "word"),
    "german": ("Deutsch", "German"),
    "english": ("Englisch", "English"),
    "unit": ("Einheit", "Unit"),
    "words": ("Wörter: Tabelle terms, Menge", "Words: table terms, set"),
    "points": ("Verweist auf", "Points to"),
    "source": ("Herkunft", "Source"),
    "argument": ("Argument", "argument"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with a text and tables below it; `name` is an anchor for links, empty for a group."""

    level: int
    title: str
    name: str = ""
    text: str = ""
    tables: tuple[tuple[Sequence[str], Sequence[Sequence[str]]], ...] = field(default=())
    code: str = ""


def markdown(language: Language = "en") -> str:
    """The whole dictionary as one Markdown page."""
    parts = []
    for section in sections(language):
        lines = [f"{'#' * section.level} {section.title}"]
        lines += [f"\n{section.text}"] if section.text else []
        lines += [f"\n```sql\n{section.code}\n```"] if section.code else []
        for head, rows in section.tables:
            lines += ["", _row(head), _row(["---"] * len(head)), *map(_row, rows)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def html(language: Language = "en") -> str:
    """The whole dictionary as one HTML page, without scripts and without anything from elsewhere."""
    say = _sayer(language)
    title = escape(say("title"))
    body = "\n".join(_html_section(section) for section in sections(language))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>BIWAQ Data: {title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<nav>{_contents(language)}</nav>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def sections(language: Language) -> Iterator[Section]:
    """The parts of the dictionary in order: views, macros, tables by group, words."""
    say = _sayer(language)
    yield Section(1, say("title"))
    yield Section(2, say("views"))
    yield from (_view(view, language) for view in views())
    yield Section(2, say("macros"))
    yield from (_macro(macro, language) for macro in macros())
    for group, titles in GROUPS.items():
        yield Section(2, titles[language == "en"])
        yield from (_table(table, language) for table in TABLES.values() if table.group == group)
    yield Section(2, say("terms"))
    yield from (_terms(name, language) for name in sorted(TERMS))


def meaning(column: Column, language: Language) -> str:
    """What a column means: description, unit, words, where it points to, where its values are from."""
    say, put = _sayer(language), _putter(language)
    parts = [put(column.description)]
    if column.unit is not None:
        parts.append(f"{say('unit')}: {put(column.unit)}")
    if column.terms is not None:
        parts.append(f"{say('words')} {column.terms}")
    if column.references is not None:
        parts.append(f"{say('points')} {column.references}")
    parts.append(f"{say('source')}: {put(ORIGINS[column.source])}")
    return ". ".join(parts) + "."


def _sayer(language: Language) -> Callable[[str], str]:
    return lambda word: WORDS[word][language == "en"]


def _putter(language: Language) -> Callable[[str], str]:
    return german if language == "de" else str


def _table(table: Table, language: Language) -> Section:
    say, put = _sayer(language), _putter(language)
    rows = [(c.name, c.type, _null(table, c, say), meaning(c, language)) for c in table.columns]
    head = (say("column"), say("type"), say("null"), say("meaning"))
    return Section(3, f"{table.name}: {put(table.title)}", table.name, f"{put(table.description)}.", ((head, rows),))


def _null(table: Table, column: Column, say: Callable[[str], str]) -> str:
    if column.name in table.key:
        return say("key")
    return say("null") if column.nullable else ""


def _columns(file: SqlFile, language: Language) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    say, put = _sayer(language), _putter(language)
    rows = [(key[1:], put(text)) for key, text in file.head.items() if key.startswith(".")]
    return (say("column"), say("meaning")), rows


def _view(view: SqlFile, language: Language) -> Section:
    put = _putter(language)
    title = f"{view.name}: {put(view.head['title'])}"
    return Section(3, title, view.name, f"{put(view.head['row'])}.", (_columns(view, language),))


def _macro(macro: SqlFile, language: Language) -> Section:
    say, put = _sayer(language), _putter(language)
    given = [(key[6:], put(text)) for key, text in macro.head.items() if key.startswith("given_")]
    title = f"{macro.name}: {put(macro.head['title'])}"
    tables = (((say("argument"), say("meaning")), given), _columns(macro, language))
    return Section(3, title, macro.name, f"{put(macro.head['row'])}.", tables, macro.head["example"])


def _terms(name: str, language: Language) -> Section:
    say = _sayer(language)
    rows = [(word, german_word, english) for word, (german_word, english) in TERMS[name].labels.items()]
    head = (say("word"), say("german"), say("english"))
    return Section(3, f"{name}: {_putter(language)(TERMS[name].title)}", name, "", ((head, rows),))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1rem;color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{border:1px solid #bbb;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#eee}nav a{margin-right:.8rem}"
    "pre{background:#f4f4f4;padding:.5rem;overflow:auto}@media print{nav{display:none}}"
)


def _contents(language: Language) -> str:
    return " ".join(f'<a href="#{s.name}">{escape(s.name)}</a>' for s in sections(language) if s.name)


def _html_section(section: Section) -> str:
    anchor = f' id="{section.name}"' if section.name else ""
    parts = [f"<h{section.level}{anchor}>{escape(section.title)}</h{section.level}>"]
    parts += [f"<p>{escape(section.text)}</p>"] if section.text else []
    parts += [f"<pre>{escape(section.code)}</pre>"] if section.code else []
    for head, rows in section.tables:
        heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>")
    return "\n".join(parts)
