"""README.md and LICENSE.md of the export folder.

Belongs here: what whoever gets the folder must know: what lies where, the CSV rule, licence and attribution.
Does not: the dictionary. Concept: the folder explains itself, without this project's own pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from warehouse.export.catalogue import CATALOGUE, Facts


def write_texts(folder: Path, facts: Facts, counts: Mapping[str, int], cuts: Sequence[str], delta: str | None) -> None:
    """Write both files. `counts` are rows by table and view; `cuts` what the workbook could not hold."""
    n_views = sum(name.startswith("v_") for name in counts)
    readme = _template("readme.md").format(
        title=CATALOGUE["title_en"],
        description=CATALOGUE["description_en"],
        version=facts.version,
        run_id=facts.run_id,
        n_tables=len(counts) - n_views,
        n_views=n_views,
        unset=_unset(),
        delta=delta or "there is none, no earlier build is at hand",
        cuts="".join(f"\n\nNot in the workbook: {cut}." for cut in cuts),
    )
    licence = _template("licence.md").format(
        licence=CATALOGUE["licence"]["title"],
        address=CATALOGUE["licence"]["path"],
        attribution=CATALOGUE["attribution"],
        attributions="\n".join(f"- {line}" for line in CATALOGUE["attributions"]),
        publishers="\n".join(f"- {name}" for name in facts.publishers) or "-",
    )
    (folder / "README.md").write_text(readme, encoding="utf-8")
    (folder / "LICENSE.md").write_text(licence, encoding="utf-8")


def _unset() -> str:
    """What the publisher has not decided and what follows from it, in a sentence or two; empty where all is set."""
    missing = []
    if not (CATALOGUE["contact_url"] or CATALOGUE["contact_email"]):
        missing.append("`dcat:contactPoint` (recommended; set `contact_url` or `contact_email`)")
    if not CATALOGUE["contributor_id"]:
        missing.append("`dcatde:contributorID` (GovData gives it to its suppliers and takes no entry without it)")
    return f"Not set here: {', '.join(missing)}." if missing else "All of them are set here."


def _template(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
