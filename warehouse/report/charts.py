"""The report's charts: written as Vega-Lite, compiled to Vega, whose library is a third smaller.

Belongs here: map, gap, timeline and heat maps: marks, scales, colours. Does not: words, which rows there are, markup.
Concept: rounds are told apart by colour and by place or size too; the colours are Okabe and Ito's, darkened, which the
colour-blind can tell apart.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from warehouse.report.model import Row

Spec = dict[str, Any]
ROUNDS = ("I", "II", "III", "IV", "V")
COLOURS = ("#0072b2", "#b07d00", "#00755a", "#b5508a", "#c44500")
SCOPES = (("city", "#0072b2", "circle"), ("area", "#c44500", "diamond"))
RINGS = dict(zip(ROUNDS, (25, 100, 225, 400, 625), strict=True))
"""Size of a round's ring on the map, in square pixels."""
_INK, _QUIET = "#1d2733", "#5b6672"
_IN_TWO_LINES = "width > 360 ? datum.label : split(replace(datum.label, /(.{12,}?) /, '$1\\n'), '\\n')"
"""A label of a chart that is narrow, as on a phone."""
_STATES = Path(__file__).parents[1] / "reference" / "states.geojson"


def states_script() -> str:
    """The borders of the states, as a script (a folder opened has no fetch)."""
    features = json.loads(_STATES.read_text(encoding="utf-8"))["features"]
    return f"const STATES={json.dumps(features, ensure_ascii=False, separators=(',', ':'))};\n"


def project_map(words: dict[str, str]) -> Spec:
    """Rings by town and round on the states. Rows: name, lat, lon, round, ring (RINGS), titles, href."""
    chosen = alt.param(name="round", value="")
    land = alt.Chart(alt.NamedData(name="states")).mark_geoshape(
        fill="#e9edf1", stroke="#fff", strokeWidth=1, tooltip=None
    )
    rings = (
        alt.Chart(alt.NamedData(name="rows"))
        .transform_filter("!round || datum.round === round")
        .mark_point(filled=False, strokeWidth=2.5, opacity=1)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            size=alt.Size("ring:Q", scale=None),
            color=_round_colour(),
            href="href:N",
            tooltip=[
                alt.Tooltip("name:N", title=words["place"]),
                alt.Tooltip("round:N", title=words["round"]),
                alt.Tooltip("titles:N", title=words["projects"]),
            ],
        )
    )
    return _finished(alt.layer(land, rings).project("mercator").add_params(chosen), 560)


def area_gap(words: dict[str, str], first: str) -> Spec:
    """City and area joined by a line, the largest difference first.

    Rows: label, indicator, difference, doubtful, and by the names of city and area the value and "href <name>".
    """
    chosen = alt.param(name="indicator", value=first)
    y = alt.Y("label:N", title=None, sort=alt.EncodingSortField("difference", op="max", order="descending"))
    x = alt.X(
        "value:Q", title=None, axis=alt.Axis(format=".0f", labelExpr="datum.label + ' %'", tickCount=6, orient="top")
    )
    base = alt.Chart().encode(y=y, x=x)
    dumbbell = base.mark_line(color="#9aa5b1", strokeWidth=3).encode(detail="label:N")
    names: list[str | alt.FieldName] = [words[scope] for scope, _, _ in SCOPES]
    colours = alt.Scale(domain=names, range=[colour for _, colour, _ in SCOPES])
    shapes = alt.Scale(domain=names, range=[shape for _, _, shape in SCOPES])
    points = base.mark_point(size=120, strokeWidth=2, opacity=1).encode(
        stroke=alt.Stroke("scope:N", scale=colours, legend=None),
        fill=alt.Fill("scope:N", scale=colours, legend=None),
        fillOpacity=alt.condition("datum.doubtful", alt.value(0), alt.value(1)),
        shape=alt.Shape("scope:N", scale=shapes, legend=None),
        href="href:N",
        tooltip=[
            alt.Tooltip("label:N", title=words["place"]),
            alt.Tooltip("scope:N", title=" "),
            alt.Tooltip("value:Q", title=words["value"], format=",.1f"),
            alt.Tooltip("difference:Q", title=words["points"], format="+,.1f"),
        ],
    )
    layered = alt.layer(dumbbell, points, data=alt.NamedData(name="rows")).transform_filter(
        "datum.indicator === indicator"
    )
    layered = layered.transform_fold(names, as_=["scope", "value"]).transform_calculate(
        href="datum['href ' + datum.scope]"
    )
    return _finished(layered.add_params(chosen), alt.Step(24))


def timeline(words: dict[str, str]) -> Spec:
    """A bar a project, a row a line. Rows: line, title, round, start, end, shown, href."""
    bars = (
        alt.Chart(alt.NamedData(name="rows"))
        .mark_bar(height=14, cornerRadius=2)
        .encode(
            x=alt.X(
                "start:T",
                title=None,
                axis=alt.Axis(format="%Y", tickCount="year", labelOverlap=True, labelSeparation=8, orient="top"),
            ),
            x2="end:T",
            y=alt.Y("line:N", title=None, sort=None),
            color=_round_colour(),
            href="href:N",
            tooltip=[
                alt.Tooltip("title:N", title=words["project"]),
                alt.Tooltip("round:N", title=words["round"]),
                alt.Tooltip("shown:N", title=words["runtime"]),
            ],
        )
    )
    return _finished(bars, alt.Step(24))


def by_round(words: dict[str, str]) -> Spec:
    """How many of a round's projects name a label: "4/7", the darker the larger the share. Rows: label, round, share,
    shown."""
    base = alt.Chart(alt.NamedData(name="rows")).encode(
        x=alt.X("round:N", title=words["round"], sort=list(ROUNDS), axis=alt.Axis(labelAngle=0, orient="top")),
        y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelExpr=_IN_TWO_LINES, labelLineHeight=14)),
    )
    cells = base.mark_rect(stroke="#fff", strokeWidth=2).encode(
        color=alt.Color("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=["#eef3f7", "#08519c"])),
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("round:N", title=words["round"]),
            alt.Tooltip("shown:N", title=words["projects"]),
        ],
    )
    dark = alt.condition("datum.share > 0.55", alt.value("#fff"), alt.value(_INK))
    numbers = base.mark_text(fontSize=13).encode(text="shown:N", color=dark)
    return _finished(alt.layer(cells, numbers), alt.Step(32))


def _round_colour() -> alt.Color:
    """The colour of a round; the legend stands in the page, where it wraps on a phone."""
    return alt.Color("round:N", scale=alt.Scale(domain=ROUNDS, range=COLOURS), legend=None)


def _finished(chart: alt.Chart | alt.LayerChart | alt.FacetChart, height: int | alt.Step) -> Spec:
    """The chart as wide as its place, in the page's font; its description stands beside it in the page.

    The page's script puts the rows in: Altair would copy and check every one of them.
    """
    font = "system-ui, sans-serif"
    fit = alt.AutoSizeParams(type="fit" if isinstance(height, int) else "fit-x", contains="padding")
    styled = chart.properties(width="container", height=height, autosize=fit).configure(
        font=font,
        background="transparent",
        aria=False,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=_INK,
            labelFontSize=13,
            labelLimit=230,
            gridColor="#e3e8ed",
            domain=False,
            ticks=False,
            titleColor=_QUIET,
        ),
    )
    spec: Spec = vl_convert.vegalite_to_vega(styled.to_dict())
    del spec["$schema"]  # an address that nobody needs to ask
    return spec


def packed(rows: list[Row]) -> Spec:
    """Rows as their keys once and a list of values each: a page's script unpacks them."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return {"keys": keys, "rows": [[row.get(key) for key in keys] for row in rows]}
