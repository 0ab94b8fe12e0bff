"""Harmonising: documents with their versions in, rows of all tables out.

Belongs here: the order of the steps. Does not: any rule of a step.
Concept: a pure function; the same documents in any order give the same rows in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.model import Crawl, Document, Rows, RunInfo, Sink, SourceInfo
from warehouse.remembered import forget

__all__ = ["harmonise"]


def harmonise(
    documents: Sequence[Document],
    crawls: Sequence[Crawl],
    sources: Sequence[SourceInfo],
    run: RunInfo,
    sink: Sink | None = None,
) -> Rows:
    """The rows of every table of the registry but `terms`, which the build fills itself.

    `documents` and `crawls` as `warehouse.load` gives them, in any order; `sources` are the source files in force;
    `run` is the run that builds. With a `sink` all rows go there as they are made, in no order, and none is returned.
    Raises CodeFileError, DecisionError where a rule file contradicts itself.
    """
    from warehouse.harmonise.assembly import Assembly  # here, as a night that brings nothing new needs no rule

    try:
        return Assembly(documents, crawls, sources, run, sink).rows()
    finally:
        forget()
