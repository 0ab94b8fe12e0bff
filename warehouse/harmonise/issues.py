"""Issues as data: what parsers and rules could not read or decide.

Belongs here: one row an issue, with a stable id. Does not: finding issues. Concept: the same doubt has the same id
every night, so that a person sees what is new; a kind has its explanation in codes/issue_kinds.toml.
"""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.harmonise.cells import Note, row
from warehouse.model import Document, Row, RunInfo, stable_id


def parser_notes(document: Document) -> list[Note]:
    """The issues of a document's newest body, and of the current one where the newest is of no use.

    A page that never gave a record (a soft 404) stands in no table: its issue names the address as the value.
    """
    if not document.versions:
        return []
    newest, current = document.versions[-1], document.current
    if current is None:
        return [
            Note(issue["severity"], issue["kind"], None, "url", document.url, f"{document.url}: {issue['message']}")
            for issue in newest.issues
        ]
    issues = list(newest.issues)
    if current is not None and current is not newest:
        issues += current.issues
    return [
        Note(issue["severity"], issue["kind"], document.document_id, issue["field"], issue["value"], issue["message"])
        for issue in issues
    ]


def issue_rows(notes: Iterable[Note], run: RunInfo) -> list[Row]:
    """The rows of `issues` by id; the same issue twice is one row."""
    rows: dict[str, Row] = {}
    for note in notes:
        issue_id = stable_id("i", note.document_id, note.kind, note.field, note.value, note.message)
        rows[issue_id] = row("issues", issue_id=issue_id, run_id=run.run_id, **note._asdict())
    return [rows[issue_id] for issue_id in sorted(rows)]
