"""A first look at the data, as a marimo notebook: `marimo edit docs/notebook.py`.

Belongs here: questions, their queries, a table each. Does not: rules or figures of its own.
Concept: reads the published file only; BIWAQ_WAREHOUSE names another one.
"""

# ruff: noqa: ANN001, ANN002, ANN202, B018  # cells are functions without types, and a last line alone is shown

import marimo

app = marimo.App(app_title="BIWAQ Data")


@app.cell
def _():
    import os

    import duckdb
    import marimo as mo

    path = os.path.realpath(os.environ.get("BIWAQ_WAREHOUSE", "data/warehouse/biwaq.duckdb"))
    biwaq = duckdb.connect(path, read_only=True)

    def ask(sql, *values):
        """The rows of a query, as dictionaries."""
        cursor = biwaq.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return ask, biwaq, mo


@app.cell
def _(ask, mo):
    (newest,) = ask("SELECT run_id, data_as_of FROM runs ORDER BY started_at DESC LIMIT 1")
    mo.md(f"# BIWAQ Data\n\nData as of **{newest['data_as_of']:%Y-%m-%d}** (run {newest['run_id']}).")
    return


@app.cell
def _(ask, mo):
    lag = ask("FROM v_lag_by_round")
    mo.vstack([mo.md("## How far do quarters lag behind their towns?"), mo.ui.table(lag)])
    return (lag,)


@app.cell
def _(ask, mo):
    codes = ask("SELECT label_de, code FROM indicators ORDER BY position")
    indicator = mo.ui.dropdown({row["label_de"]: row["code"] for row in codes}, value="SGB-II-Quote", label="Indicator")
    indicator
    return (indicator,)


@app.cell
def _(ask, indicator, mo):
    gaps = ask("FROM gap($1)", indicator.value)
    mo.ui.table(gaps)
    return (gaps,)


@app.cell
def _(ask, mo):
    achieved = ask("SELECT * EXCLUDE (outcome_id) FROM v_achievements WHERE status = 'achieved'")
    mo.vstack([mo.md("## What did projects achieve, and who says so?"), mo.ui.table(achieved)])
    return (achieved,)


@app.cell
def _(ask, gaps, mo):
    widest = gaps[0]
    key = f"{widest['project_id']}|sgb2_rate|area"
    proof = ask("FROM why('area_stats', $1, 'value')", key)
    mo.vstack([mo.md(f"## Where does it come from?\n\n`{key}`"), mo.ui.table(proof)])
    return (proof,)


if __name__ == "__main__":
    app.run()
