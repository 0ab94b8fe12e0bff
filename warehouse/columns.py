"""What a table and a column are: the two shapes that the registry is written in.

Belongs here: the dataclasses and short ways to write common columns. Does not: any table of ours.
Concept: one registry describes every table and column; DDL, comments, dictionary and checks are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from warehouse.terms import TERMS

ColumnType = Literal["VARCHAR", "DOUBLE", "BIGINT", "DATE", "TIMESTAMP", "BOOLEAN"]
Origin = Literal["page", "derived", "code list", "run"]
Group = Literal["codes", "entities", "facts", "evidence", "operations"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `source` says where its values come from: read on a page, worked out by a rule, a code list, the run.

    `references` is the "table.column" it points to, a foreign key unless `enforced` is False (then a check looks after
    it); `terms` is the closed set of `warehouse.terms` its values are from; `check` is one more SQL condition.
    `evidence` promises that every value that is not null has a row in `provenance`.
    """

    name: str
    type: ColumnType
    description: str
    nullable: bool = True
    source: Origin = "page"
    unit: str | None = None
    references: str | None = None
    enforced: bool = True
    terms: str | None = None
    check: str | None = None
    evidence: bool = False

    @property
    def conditions(self) -> tuple[str, ...]:
        """The SQL conditions that every value must meet (null passes)."""
        codes = () if self.terms is None else (f"{self.name} IN ({', '.join(map(repr, TERMS[self.terms].labels))})",)
        return codes if self.check is None else (*codes, self.check)


class Link(NamedTuple):
    """A column whose values are keys of another table."""

    column: str
    parent: str
    key: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, its key, its columns in order. `conditions` are SQL checks over several columns."""

    name: str
    title: str
    description: str
    group: Group
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    conditions: tuple[str, ...] = ()
    indexed: bool = True
    """Whether DuckDB keeps an index for key and links. Of the largest table it would cost more memory than the whole
    rest of a build; a blocking check looks after its key and links instead."""

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise KeyError(f"table {self.name} has no column {name!r}; it has {', '.join(self.names)}")
        return found

    @property
    def parents(self) -> tuple[str, ...]:
        """The tables that must be filled before this one: those its foreign keys lead to."""
        return tuple(sorted({link.parent for link in self.links}))

    @property
    def links(self) -> tuple[Link, ...]:
        """Its foreign keys."""
        return tuple(Link(c.name, *c.references.split(".")) for c in self.columns if c.references and c.enforced)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)


def code(description: str = "The code, the key of the list") -> Column:
    """The key column of a code table."""
    return Column("code", "VARCHAR", description, nullable=False, source="code list")


def labels() -> tuple[Column, Column]:
    """The German and the English label of a code."""
    return (
        Column("label_de", "VARCHAR", "German label, as the programme writes it", nullable=False, source="code list"),
        Column("label_en", "VARCHAR", "English label, ours", nullable=False, source="code list"),
    )


def listed(name: str, type_: ColumnType, description: str, *, unit: str | None = None, **more: str) -> Column:
    """A column whose values stand in a code or reference file."""
    return Column(name, type_, description, source="code list", unit=unit, **more)  # type: ignore[arg-type]


def project_id() -> Column:
    """The link to a project, part of the key of its lists."""
    return Column(
        "project_id",
        "VARCHAR",
        "The project this row belongs to",
        nullable=False,
        source="derived",
        references="projects.project_id",
    )


def position() -> Column:
    """The place in a list of the page."""
    return Column(
        "position",
        "BIGINT",
        "Place in the page's list, counted from 1; the page's order is kept",
        nullable=False,
        check="position >= 1",
    )


def document_id(description: str = "The page this row was read from", *, nullable: bool = False) -> Column:
    """The link to a page."""
    return Column(
        "document_id", "VARCHAR", description, nullable=nullable, source="derived", references="documents.document_id"
    )


def precision(name: str, of: str) -> Column:
    """How exact a date is."""
    return Column(
        name, "VARCHAR", f"How exact {of} is: day, month or year as the page gives it", terms="precision", evidence=True
    )
