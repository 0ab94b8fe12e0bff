"""datapackage.json: the CSV files as a Frictionless Data Package.

Belongs here: the description of the package, its resources and their schemas. Does not: the files.
Concept: types, constraints, keys and meanings are the registry's; a validator can check every file against them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from warehouse.columns import Table
from warehouse.csvsafe import escaped
from warehouse.export.catalogue import CATALOGUE, Facts
from warehouse.export.checksums import sha256
from warehouse.export.operations import LISTS, heading
from warehouse.export.shapes import Field, Relation
from warehouse.terms import TERMS

_TYPES = {"DOUBLE": "number", "BIGINT": "integer", "DATE": "date", "TIMESTAMP": "datetime", "BOOLEAN": "boolean"}
_DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
_DATES = ("start_date", "end_date", "data_as_of")


def write_package(folder: Path, shapes: Iterable[Relation], facts: Facts) -> None:
    """Describe the CSV files that lie in `folder` already."""
    shapes = list(shapes)
    names = {shape.name for shape in shapes}
    resources = [_resource(folder, f"csv/{shape.path}.csv", shape.name, _about(shape, names)) for shape in shapes]
    resources += [
        _resource(folder, f"operations/{name}.csv", name, _about_list(wanted)) for name, wanted in LISTS.items()
    ]
    package = {
        "profile": "tabular-data-package",
        "name": CATALOGUE["name"],
        "title": CATALOGUE["title_en"],
        "description": f"{CATALOGUE['description_en']} {CATALOGUE['csv_rule_en']}",
        "version": facts.version,
        "created": facts.created,
        "keywords": CATALOGUE["keywords"],
        "licenses": [CATALOGUE["licence"]],
        "contributors": [{"title": CATALOGUE["publisher"], "role": "publisher"}],
        "sources": [{"title": title} for title in (*facts.publishers, *CATALOGUE["attributions"])],
        "resources": resources,
    }
    (folder / "datapackage.json").write_bytes(orjson.dumps(package, option=orjson.OPT_INDENT_2))


def _resource(folder: Path, path: str, name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    file = folder / path
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path,
        **{key: value for key, value in about.items() if key != "schema"},
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.stat().st_size,
        "hash": f"sha256:{sha256(file)}",
        "dialect": _DIALECT,
        "schema": about["schema"],
    }


def _about(shape: Relation, names: set[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(one, shape.table) for one in shape.fields], "missingValues": [""]}
    if shape.table is not None:
        schema["primaryKey"] = list(shape.table.key)
        if keys := _foreign_keys(shape, names):
            schema["foreignKeys"] = keys
    return {"title": shape.title, "description": shape.description, "schema": schema}


def _foreign_keys(shape: Relation, names: set[str]) -> list[dict[str, Any]]:
    keys = []
    for one in shape.fields:
        if one.column is not None and one.column.references and one.column.enforced:
            parent, column = one.column.references.split(".")
            if parent in names:
                resource = "" if parent == shape.name else parent
                keys.append({"fields": [one.name], "reference": {"resource": resource, "fields": [column]}})
    return keys


def _field(one: Field, table: Table | None) -> dict[str, Any]:
    described = {"name": one.name, "type": _type(one.type), "description": one.description}
    column = one.column
    if column is None or table is None:
        return described
    if column.unit is not None:
        described["unit"] = column.unit
    constraints: dict[str, Any] = {}
    if not column.nullable:
        constraints["required"] = True
    if table.key == (column.name,):
        constraints["unique"] = True
    if column.terms is not None:
        constraints["enum"] = [escaped(word) for word in TERMS[column.terms].labels]
    return {**described, **({"constraints": constraints} if constraints else {})}


def _type(kind: str) -> str:
    """The Frictionless type; lists of a view are JSON text, and text with our apostrophe is no array to a validator."""
    return _TYPES.get(kind, "number" if kind.startswith("DECIMAL") else "integer" if kind == "HUGEINT" else "string")


def _about_list(wanted: Mapping[str, Any]) -> dict[str, Any]:
    fields = [
        {"name": escaped(heading(field)), "type": "date" if field.get("sql") in _DATES else "string"}
        for field in wanted["fields"]
    ]
    schema = {"fields": fields, "missingValues": [""]}
    return {"title": wanted["title_en"], "description": f"{wanted['law_en']}. See CONFORMANCE.md.", "schema": schema}
