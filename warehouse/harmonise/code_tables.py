"""Code tables: the rows of every list of codes and of the municipalities.

Belongs here: code files and reference files into rows. Does not: looking anything up.
Concept: every code in the data has a row with its German and English label.
"""

from __future__ import annotations

from warehouse.codelists import load, vocabulary
from warehouse.harmonise.cells import row
from warehouse.harmonise.places import reference_rows
from warehouse.model import Row, Rows
from warehouse.tables import TABLES

LISTS = (
    "rounds",
    "states",
    "esf_regions",
    "target_groups",
    "action_fields",
    "metrics",
    "subgroups",
    "indicators",
    "organisation_kinds",
    "issue_kinds",
    "page_types",
)
"""Code tables with a file of the same name."""


def code_tables() -> Rows:
    """Table name -> rows for all code tables."""
    return {**{name: _code_rows(name) for name in LISTS}, "municipalities": _municipalities()}


def _code_rows(name: str) -> list[Row]:
    columns = TABLES[name].names
    return [
        row(
            name,
            code=entry.code,
            label_de=entry.label_de,
            label_en=entry.label_en,
            **{key: value for key, value in entry.extra.items() if key in columns},
        )
        for entry in load(name).entries.values()
    ]


def _municipalities() -> list[Row]:
    names_en = vocabulary("places")["names_en"]
    cities = {cells["ags"]: cells for cells in reference_rows("municipalities")}
    rows = [_municipality(cells, names_en.get(cells["ags"], cells["name"])) for cells in cities.values()]
    return rows + [_district(cells, cities[cells["ags"]]) for cells in reference_rows("city_districts")]


def _municipality(cells: dict[str, str], name_en: str) -> Row:
    return row(
        "municipalities",
        code=cells["ags"],
        label_de=cells["name"],
        label_en=name_en,
        official_name=cells["official_name"],
        kind="municipality",
        lat=float(cells["lat"]),
        lon=float(cells["lon"]),
        population=int(cells["population"]),
        area_ha=float(cells["area_ha"]),
        same_name_count=int(cells["same_name_count"]),
        **_shared(cells),
    )


def _shared(cells: dict[str, str]) -> dict[str, str | None]:
    """What a Bezirk has in common with its city."""
    return {
        "ags": cells["ags"],
        "ars": cells["ars"],
        "state_code": load("states").lookup(cells["bundesland"]),
        "kreis_name": cells["kreis_name"],
        "nuts3": cells["nuts3_2021"],
        "nuts3_2024": cells["nuts3_2024"],
        "esf_region_code": load("esf_regions").lookup(cells["esf_region_category_2014_2020"]),
        "territory_as_of": cells["gebietsstand"],
    }


def _district(cells: dict[str, str], city: dict[str, str]) -> Row:
    name = f"{cells['city']}-{cells['district_name'].removeprefix(cells['city'] + '-')}"
    return row(
        "municipalities",
        code=f"{cells['ags']}-{cells['district_no']}",
        label_de=name,
        label_en=name,
        official_name=f"{cells['city']}, Bezirk {cells['district_name']}",
        kind="district",
        parent_code=cells["ags"],
        **_shared(city),
    )
