"""The silent-loss meter's figures against the floor of their page type.

Belongs here: issues for pages of which too little was read. Does not: measuring (parsers/meter.py), the gate (checks).
Concept: a page that says less than its kind always did has lost something, even where every field looks right.
"""

from __future__ import annotations

from warehouse.codelists import load
from warehouse.harmonise.cells import Note
from warehouse.model import Document


def loss_notes(document: Document) -> list[Note]:
    """Warnings for the current version: fields claim less of it than the floor, or a second parser sees more text."""
    current = document.current
    if current is None:
        return []
    limits = load("page_types").entries[document.page_type].extra
    coverage, loss = current.coverage, current.text_loss
    notes = []
    if coverage is not None and coverage < limits["coverage_floor"]:
        message = (
            f"fields claim {coverage:.1%} of the page's text; pages of type {document.page_type} have at least "
            f"{limits['coverage_floor']:.0%}"
        )
        notes.append(Note("warning", "low_coverage", document.document_id, "page", f"{coverage:.4f}", message))
    if loss is not None and loss > limits["text_loss_limit"]:
        message = (
            f"a second parser sees {loss:.1%} of the page's text that the one in use does not; "
            f"{limits['text_loss_limit']:.0%} is allowed"
        )
        notes.append(Note("warning", "second_parser_sees_more", document.document_id, "page", f"{loss:.4f}", message))
    return notes
