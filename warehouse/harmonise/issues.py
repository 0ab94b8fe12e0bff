"""Issues as data: what parsers and rules could not read or decide.

Belongs here: one row an issue, with a stable id. Does not: finding issues. Concept: the same doubt has the same id
every night, so that a person sees what is new; a kind has its explanation in codes/issue_kinds.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


class Issues:
    """Issues on their way into the table, as they are found: many pages have one, and none is asked for again."""

    def __init__(self, run: RunInfo, put: Callable[[str, Iterable[Row]], None]) -> None:
        self._run_id = run.run_id
        self._put = put
        self._known: set[str] = set()

    def add(self, notes: Iterable[Note]) -> None:
        """The rows of `issues` for notes; of the same issue twice the first counts."""
        rows: list[Row] = []
        for note in notes:
            issue_id = stable_id("i", note.document_id, note.kind, note.field, note.value, note.message)
            if issue_id not in self._known:
                self._known.add(issue_id)
                rows.append(row("issues", issue_id=issue_id, run_id=self._run_id, **note._asdict()))
        self._put("issues", rows)
