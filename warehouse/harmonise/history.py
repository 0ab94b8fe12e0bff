"""History: what a page changed from one archived version to the next.

Belongs here: comparing versions of one document, rows of `changes`. Does not: what came or went as a whole page.
Concept: a row is a true change of a value, from the archive alone; a list is compared by its entries, not by their
places, and a code that follows from a label is not reported twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

from warehouse.harmonise.cells import Note, Page, row
from warehouse.model import Document, Row, Version, stable_id

Value = str | float | int | bool | None
Key = tuple[str, str]
"""Table and row key."""

_FOLLOWS: dict[str, dict[str, tuple[str, ...]]] = {
    "projects": {
        "runtime_as_written": ("start_date", "end_date"),
        "runtime_precision": ("start_date", "end_date"),
        "round_as_written": ("round_code",),
        "municipality_as_written": ("ags", "municipality_name"),
        "municipality_name": ("ags",),
        "state_as_written": ("state_code",),
        "esf_region_as_written": ("esf_region_code",),
    },
    "area_stats": {
        "value_as_written": ("value",),
        "as_of_precision": ("as_of",),
        "source_note": ("as_of",),
    },
    "outcome_claims": {
        "quote": ("value", "qualifier", "as_of"),
        "as_of_precision": ("as_of",),
    },
}
"""Column -> columns that say the same: its change is no change of its own where one of them changed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list of a page: its row key, what tells entries apart, and the cells that are compared."""

    key: str
    value: Value
    cells: Mapping[str, Value]


@dataclass(slots=True)
class Content:
    """What one version says, ready to be compared: rows with a fixed key, and lists."""

    rows: dict[Key, Mapping[str, Value]] = field(default_factory=dict)
    main_column: dict[str, str] = field(default_factory=dict)
    lists: dict[tuple[str, str, str], list[Entry]] = field(default_factory=dict)
    """(table, column, group) -> entries in page order; the column is the one whose value makes the entry."""


Change = tuple[str, str, str, Value, Value]
"""Table, row key, column, old value, new value."""


def changes(
    documents: Iterable[Document], content_of: Callable[[Page], Content | None]
) -> tuple[list[Row], list[Note]]:
    """The rows of `changes` by id, and an issue for each page whose versions were read by different parsers.

    Versions without a record (error pages) are passed over: a first or a gone version is no change. What another
    parser read is not compared, its differences may be the parser's: `biwaq reparse` reads all with one parser. Equal
    bytes that read otherwise are the parser's doing too.
    """
    rows: list[Row] = []
    notes: list[Note] = []
    for document in documents:
        good = [version for version in document.versions if version.has_record]
        for old, new in pairwise(good):
            if old.parser_version != new.parser_version:
                message = f"{old.parser_version} read one version, {new.parser_version} the next: not compared"
                notes.append(Note("info", "history_needs_reparse", document.document_id, None, None, message))
            elif old.content_hash != new.content_hash and old.byte_hash != new.byte_hash:
                rows += _of_pair(document, old, new, content_of)
    return sorted(rows, key=lambda cells: str(cells["change_id"])), notes


def _of_pair(
    document: Document, old: Version, new: Version, content_of: Callable[[Page], Content | None]
) -> Iterable[Row]:
    before, after = content_of(Page(document, old)), content_of(Page(document, new))
    if before is None or after is None:
        return
    for table, key, column, old_value, new_value in compare(before, after):
        yield row(
            "changes",
            change_id=stable_id(
                "h", table, key, column, old_value, new_value, old.snapshot_id, new.snapshot_id, document.document_id
            ),
            document_id=document.document_id,
            table_name=table,
            row_key=key,
            column_name=column,
            old_value=as_text(old_value),
            new_value=as_text(new_value),
            seen_at=new.fetched_at,
            old_snapshot_id=old.snapshot_id,
            new_snapshot_id=new.snapshot_id,
        )


def as_text(value: Value) -> str | None:
    """A value as `changes` writes it: 15206.0 is "15206"."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def compare(before: Content, after: Content) -> list[Change]:
    """What differs between two versions: columns of rows, then entries of lists."""
    found: list[Change] = []
    for table, key in dict.fromkeys((*before.rows, *after.rows)):
        old, new = before.rows.get((table, key)), after.rows.get((table, key))
        if old is not None and new is not None:
            found += _columns(table, key, old, new)
        else:
            column = after.main_column.get(table) or before.main_column[table]
            found.append((table, key, column, (old or {}).get(column), (new or {}).get(column)))
    for name in dict.fromkeys((*before.lists, *after.lists)):
        found += _lists(name, before.lists.get(name, []), after.lists.get(name, []))
    return found


def _columns(table: str, key: str, old: Mapping[str, Value], new: Mapping[str, Value]) -> list[Change]:
    differing = [column for column in new if old.get(column) != new[column]]
    follows = _FOLLOWS.get(table, {})
    return [
        (table, key, column, old.get(column), new[column])
        for column in differing
        if not any(leader in differing for leader in follows.get(column, ()))
    ]


def _lists(name: tuple[str, str, str], old: Sequence[Entry], new: Sequence[Entry]) -> list[Change]:
    """Entries on both sides are compared cell by cell; one that took another's place is one change.

    An entry that only moved within the list is no change.
    """
    table, column, _ = name
    pairs, gone, come = _aligned(old, new)
    found: list[Change] = []
    for one, other in pairs:
        before, after = {column: one.value, **one.cells}, {column: other.value, **other.cells}
        found += _columns(table, other.key, before, after)
    found += [(table, entry.key, column, entry.value, None) for entry in gone]
    found += [(table, entry.key, column, None, entry.value) for entry in come]
    return found


def _aligned(old: Sequence[Entry], new: Sequence[Entry]) -> tuple[list[tuple[Entry, Entry]], list[Entry], list[Entry]]:
    """Pairs of entries that belong together, entries gone, entries come."""
    moved = Counter(entry.value for entry in old) & Counter(entry.value for entry in new)
    steps = SequenceMatcher(None, [e.value for e in old], [e.value for e in new], autojunk=False).get_opcodes()
    pairs: list[tuple[Entry, Entry]] = []
    for tag, a, b, c, d in steps:
        if tag == "equal":
            pairs += zip(old[a:b], new[c:d], strict=True)
    moved -= Counter(one.value for one, _ in pairs)
    gone, come = [], []
    from_old, from_new = moved.copy(), moved.copy()
    for tag, a, b, c, d in steps:
        if tag != "equal":
            left, right = _without(old[a:b], from_old), _without(new[c:d], from_new)
            pairs += zip(left, right, strict=False)
            gone += left[len(right) :]
            come += right[len(left) :]
    return pairs, gone, come


def _without(entries: Sequence[Entry], moved: Counter[Value]) -> list[Entry]:
    """Entries that did not only move; each of `moved` is one entry, and is counted off."""
    kept = []
    for entry in entries:
        if moved[entry.value] > 0:
            moved[entry.value] -= 1
        else:
            kept.append(entry)
    return kept
