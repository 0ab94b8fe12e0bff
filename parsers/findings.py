"""What a parser collects beside the record: evidence, issues, and which lines of the page a field used.

Belongs here: the notebook of one page. Does not: any reading.
Concept: a line that no field used is counted, so that a change of the site shows as loss and not as silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parsers.records import Evidence, Issue, Severity, issue

_LONGEST = 200
_MOST_ISSUES = 200
BROKEN = "characters that no charset explains; they are kept as U+FFFD"


class Findings:
    """Evidence, issues and used lines of one page."""

    def __init__(self, n_lines: int) -> None:
        self.evidence: list[Evidence] = []
        self.issues: list[Issue] = []
        self.unclaimed: list[str] = []  # headings and labels only: text of unknown sections may name a person
        self.used = bytearray(n_lines)

    def use(self, *numbers: int) -> None:
        """These lines are accounted for: a value, a known label, or something that is left out by rule."""
        for number in numbers:
            self.used[number] = 1

    def use_rows(self, rows: Iterable[tuple[int, str]]) -> None:
        """The lines of these rows are accounted for."""
        for number, _ in rows:
            self.used[number] = 1

    def prove(self, path: str, locator: str, quote: str, rule: str) -> None:
        """The value at `path` of the record stands at `locator`, in these words, found by `rule`."""
        if "\ufffd" in quote:
            self.complain("warning", "broken_characters", BROKEN, field=path, value=quote)
        self.evidence.append({"path": path, "locator": locator, "quote": quote, "rule": rule})

    def complain(self, severity: Severity, kind: str, message: str, *, field: str, value: str | None = None) -> None:
        """An issue about a field; long values are cut, the page is in the archive."""
        if len(self.issues) < _MOST_ISSUES:
            short = None if value is None else shortened(value)
            self.issues.append(issue(severity, kind, message, field=field, value=short))
        elif len(self.issues) == _MOST_ISSUES:
            message = f"more than {_MOST_ISSUES} issues on one page; the rest is left out"
            self.issues.append(issue("warning", "more_issues", message, field="page"))

    def is_used(self, number: int) -> bool:
        """True if some field accounts for this line."""
        return self.used[number] == 1

    def coverage(self, texts: Sequence[str]) -> float:
        """The share of the characters of all lines that stand in used lines, 0 to 1."""
        if 0 not in self.used:
            return 1.0
        total = sum(map(len, texts))
        used = sum([len(text) for text, flag in zip(texts, self.used, strict=True) if flag])
        return round(used / total, 4) if total else 0.0


def shortened(text: str) -> str:
    """At most 200 characters of `text`, for messages."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
