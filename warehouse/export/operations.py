"""The lists of operations as EU law shapes them, filled with what pages give.

Belongs here: the two lists and the note on their conformance. Does not: the fields (operations.toml).
Concept: these are no official lists; a field that no page gives stays empty, and the note says which and why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.ddl import quoted, text
from warehouse.export.files import write_csv

LISTS: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("operations.toml").read_text(encoding="utf-8")
)
"""The lists by the name of their file: title, law, programming period, fields."""

# What the fields may name. A lead is named once, bodies that are a mere category ("Schulen") not at all; results are
# those whose claims are of the very project.
_OPERATIONS = """
WITH leads AS (
  SELECT m.project_id, string_agg(DISTINCT o.name, '; ' ORDER BY o.name) AS lead
  FROM project_organisations m JOIN organisations o USING (organisation_id)
  WHERE m.role = 'lead' AND o.kind IS DISTINCT FROM 'category' GROUP BY m.project_id
), found AS (
  SELECT DISTINCT c.project_id, o.* FROM outcome_claims c JOIN outcomes o USING (outcome_id) WHERE o.status = 'achieved'
), results AS (
  SELECT f.project_id, string_agg(
    printf('%s (%s): %s %s, unabhängige Quellen / independent sources: %d',
      m.label_de, g.label_de, format('{:.15g}', f.value), f.unit, f.n_independent_sources),
    '; ' ORDER BY f.metric_code, f.subgroup_code, f.value, f.outcome_id) AS results
  FROM found f JOIN metrics m ON m.code = f.metric_code JOIN subgroups g ON g.code = f.subgroup_code
  GROUP BY f.project_id
)
SELECT p.project_id, p.title, p.summary, p.start_date, p.end_date, leads.lead, r.fund, r.programming_period,
  concat_ws(' | ', p.goals, 'Ergebnisse / achievements: ' || results.results) AS purpose,
  concat_ws(', ', p.municipality_name, 'AGS ' || p.ags, 'NUTS ' || m.nuts3) AS place,
  concat_ws(', ', p.municipality_name, 'AGS ' || p.ags, 'NUTS ' || m.nuts3, m.lat || ' ' || m.lon, 'DE')
    AS place_and_country,
  'DE' AS country,
  (SELECT max(last_seen)::DATE FROM documents) AS data_as_of
FROM projects p
LEFT JOIN rounds r ON r.code = p.round_code
LEFT JOIN municipalities m ON m.code = p.ags
LEFT JOIN leads ON leads.project_id = p.project_id
LEFT JOIN results ON results.project_id = p.project_id
"""


def heading(field: Mapping[str, Any]) -> str:
    """The heading of a field in both languages, as official lists have it."""
    return f"{field['name_de']} / {field['name_en']}"


def select(name: str) -> str:
    """The query of a list."""
    wanted = LISTS[name]
    cells = [f"{field.get('sql', 'NULL::VARCHAR')} AS {quoted(heading(field))}" for field in wanted["fields"]]
    return (
        f"SELECT {', '.join(cells)} FROM ({_OPERATIONS}) WHERE programming_period = {text(wanted['period'])} "
        "ORDER BY project_id"
    )


def write_lists(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    """Both lists as CSV and the note beside them; rows by list."""
    counts = {name: write_csv(connection, select(name), folder / f"{name}.csv") for name in LISTS}
    (n_projects,) = connection.execute("SELECT count(*) FROM projects").fetchall()[0]
    left_out = n_projects - sum(counts.values())
    (folder / "CONFORMANCE.md").write_text(conformance(counts, left_out), encoding="utf-8")
    return counts


def conformance(counts: Mapping[str, int], left_out: int) -> str:
    """What the lists are and are not, in German and English."""
    return "\n".join([*_note("de", counts, left_out), "", *_note("en", counts, left_out), ""])


_WORDS = {
    "de": (
        "Konformität der Vorhabenlisten",
        "Keine amtlichen Listen: Die Verwaltungsbehörde veröffentlicht die amtlichen. Diese hier haben deren Form und "
        "enthalten nur, was öffentliche Seiten nennen; was keine Seite nennt, bleibt leer und wird nicht geschätzt. "
        "CSV nach derselben Regel wie alle anderen Dateien (README.md).",
        "Projekte in keiner der beiden Listen: {n} (Runden I und II, 2007-2013, haben andere Regeln; oder die Runde "
        "ist unbekannt).",
        ("Feld", "gefüllt", "Anmerkung"),
        ("ja", "leer"),
        "Zeilen",
    ),
    "en": (
        "Conformance of the lists of operations",
        "No official lists: the managing authority publishes those. These have their shape and hold only what public "
        "pages say; what no page says stays empty and is not estimated. CSV by the same rule as all other files "
        "(README.md).",
        "Projects in neither list: {n} (rounds I and II, 2007-2013, have other rules; or the round is unknown).",
        ("field", "filled", "note"),
        ("yes", "empty"),
        "rows",
    ),
}


def _note(language: str, counts: Mapping[str, int], left_out: int) -> list[str]:
    title, what, rest, head, (yes, empty), rows = _WORDS[language]
    parts = [f"# {title}", "", what, "", rest.format(n=left_out)]
    for name, wanted in LISTS.items():
        parts += ["", f"## {wanted[f'title_{language}']}", ""]
        parts += [f"`{name}.csv`, {counts[name]} {rows}. {wanted[f'law_{language}']}.", ""]
        parts += [_line(head), _line(["---"] * len(head))]
        for field in wanted["fields"]:
            label = f"({field['point']}) {field[f'name_{language}']}" if "point" in field else field[f"name_{language}"]
            note = field.get(f"note_{language}", "") if "sql" in field else field[f"why_{language}"]
            parts.append(_line([label, yes if "sql" in field else empty, note]))
    return parts


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
