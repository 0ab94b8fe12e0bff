"""Exports: the published warehouse as a folder of files that other programs read.

Belongs here: files made from one published DuckDB file. Does not: building, fetching, opinions on the data.
Concept: everything in the folder can be made again from that one file; the folder replaces the old one in one step.
"""

from __future__ import annotations

from warehouse.export.folder import NotAnExport
from warehouse.export.run import ExportReport, export

__all__ = ["ExportReport", "NotAnExport", "export"]
