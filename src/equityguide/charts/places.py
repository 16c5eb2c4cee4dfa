"""Places: a map, the same places ranked with intervals, and one more measure beside them, linked, from one table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, WIDE, Responsive, describe
from equityguide.charts.parts import ROWS, Classes, Fields, Scene, scatter, shapes, strip, tile_map


def place_ranking(
    rows: pd.DataFrame,
    geometry: dict[str, Any],
    tiles: pd.DataFrame,
    *,
    value: str,
    unit: str,
    lower: str,
    upper: str,
    period: str,
    shown: int,
    titles: Mapping[str, str],
    key: str = "community_area_number",
    area: str = "community_area",
    noun: str = "areas",
    level: int = 95,
    context: str | None = None,
    context_note: Sequence[str] = (),
    named: Sequence[str] = (),
    breaks: Sequence[float] | None = None,
    decimals: int = 1,
) -> Responsive:
    """A map of places, the same places ranked with intervals, and (with `context`) set against one more measure.

    `rows` has one row a place and period: `key` (the number that joins to the geometry's property of that name and to
    `tiles`), `area`, `period`, `value` in `unit`, `lower` and `upper` at `level` percent, and `context` (null where it
    was not measured; the scatter then says `context_note`, a list of lines). `geometry` is a TopoJSON topology of one
    object, in degrees; `tiles` holds `key`, `column` and `row` of a tile layout, which a phone shows instead.
    `titles` gives each column's heading. The still drawing shows the period `shown`; live, a control switches periods,
    and a list or a tap finds a place in all parts. Places in `named` are labeled on the map; the highest and the
    lowest always are in the ranking. `breaks` are the inner limits of 2 to 5 classes, the same for all periods.

    Raises `ValueError` for a column, named place, period or tile that is not there, and for a place that stands twice
    in one period.
    """
    _require(rows, [key, area, period, value, lower, upper, *([context] if context else [])])
    _require(tiles, [key, "column", "row"])
    twice = rows[rows.duplicated([area, period])]
    if len(twice):
        raise ValueError(f"{twice[area].iloc[0]} stands twice in {twice[period].iloc[0]}. Give one row a place and period.")
    unknown = sorted(set(named) - set(rows[area]))
    if unknown:
        raise ValueError(f"No row is named {unknown[0]!r}. Name places as the column {area} does.")
    periods = sorted({int(p) for p in rows[period]})
    if shown not in periods:
        raise ValueError(f"No row has {period} {shown}. Show one of {', '.join(map(str, periods))}.")
    unplaced = sorted(set(rows[key]) - set(tiles[key]))
    if unplaced:
        raise ValueError(f"The tile layout lacks {key} {unplaced[0]}.")

    fields = Fields(area=area, value=value, unit=unit, decimals=decimals, titles=titles, key=key, lower=lower,
                    upper=upper, level=level, period=period, context=context)
    scene = _scene(rows, fields, breaks, named)
    place = fields.heading(value)
    order = f"All {scene.count} {noun}, highest first"
    against = f"Against {fields.heading(context).lower()}"

    def scattered(width: int, height: int) -> list[Any]:
        return [scatter(scene, width=width, height=height, title=against, note=context_note)] if context else []

    half = (WIDE - 20) // 2
    atlas = shapes(scene, geometry, width=half, height=400, title=place)
    wide = alt.hconcat(
        alt.vconcat(atlas, *scattered(half - 36, 150), spacing=24).resolve_scale(fill="independent") if context else atlas,
        strip(scene, width=half, row_height=7.6, lane=156, title=order, everyone=False),
        spacing=20,
    )
    phone = alt.concat(
        tile_map(scene, tiles, width=PHONE - 2, title=place),
        strip(scene, width=PHONE - 2, row_height=6.6, lane=150, title=order, everyone=False),
        *scattered(PHONE - 38, 200),
        columns=1, align="none", spacing=24,
    )
    switch = alt.VariableParameter(
        name="shown_period", value=shown, bind=alt.binding_radio(options=periods, name=f"{fields.heading(period)} "))

    def finished(chart: Any, **datasets: Any) -> Any:
        params = [switch, *_finders(rows, fields, named_views(chart))]
        return chart.resolve_scale(fill="independent").properties(params=params, datasets={"rows": records(rows), **datasets})

    return describe(
        Responsive(wide=finished(wide, geometry=geometry),
                   phone=finished(phone, tiles=records(tiles[[key, "column", "row"]]))),
        label=area, value=value, unit=unit, noun=noun, titles=titles, lower=lower, upper=upper, level=level,
        period=period, shown=shown, decimals=decimals, controls=True,
    )


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as a specification holds them: plain values, null for missing."""
    return [
        {str(column): None if pd.isna(cell) else getattr(cell, "item", lambda cell=cell: cell)()
         for column, cell in row.items()}
        for row in rows.astype(object).to_dict("records")
    ]


def _require(table: pd.DataFrame, columns: Sequence[str]) -> None:
    lacking = [column for column in columns if column not in table.columns]
    if lacking:
        raise ValueError(f"The table has no column {lacking[0]!r}. It has {', '.join(map(str, table.columns))}.")


def _scene(rows: pd.DataFrame, fields: Fields, breaks: Sequence[float] | None, named: Sequence[str]) -> Scene:
    values = rows[fields.value].dropna()
    if values.empty:
        raise ValueError(f"The column {fields.value} holds no number, so there is nothing to draw.")
    limits = pd.concat([rows[c].dropna() for c in (fields.value, fields.lower, fields.upper) if c])
    count = int(rows.groupby(fields.period).size().max()) if fields.period else len(rows)
    return Scene(
        fields=fields, classes=_classes(values, breaks, bool(rows[fields.value].isna().any()), fields.decimals),
        axis=nice(float(limits.min()), float(limits.max())), count=count, named=tuple(named),
    )


def nice(low: float, high: float, steps: int = 6) -> tuple[float, float]:
    """The shortest axis of round steps (1, 2 or 5 times a power of ten) around `low` to `high`."""
    step = _round_step((high - low) / steps)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _round_step(rough: float) -> float:
    if rough <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= rough * 0.999)


def _classes(values: pd.Series[float], breaks: Sequence[float] | None, missing: bool, decimals: int) -> Classes:
    """At most five classes. Without `breaks` they are round steps of equal width between the least and the most."""
    if breaks is None:
        step = _round_step((float(values.max()) - float(values.min())) / 4)
        first = math.floor(float(values.min()) / step) + 1
        inner = [round(k * step, 10) for k in range(first, first + 4) if k * step < float(values.max())]
        breaks = inner or [round(first * step, 10)]
    count = len(breaks) + 1
    if sorted(set(breaks)) != list(breaks):
        raise ValueError(f"Class limits must rise: {', '.join(map(str, breaks))} do not.")
    least = 10.0**-decimals
    between = [f"{a:g} to {b - least:.{decimals}f}" for a, b in zip(breaks, breaks[1:], strict=False)]
    return Classes(
        breaks=tuple(breaks), labels=(f"under {breaks[0]:g}", *between, f"{breaks[-1]:g} or more"),
        fills=tuple(theme.classes(count)), inks=tuple(theme.class_inks(count)), missing=missing,
    )


def named_views(chart: Any) -> list[str]:
    """The names of a chart's views, as they are after Altair has numbered them: selections listen in these."""

    def names(node: Any) -> list[str]:
        if isinstance(node, list):
            return [name for part in node for name in names(part)]
        if not isinstance(node, dict):
            return []
        own = [node["name"]] if "mark" in node and "name" in node else []
        return own + [name for part in ("layer", "concat", "hconcat", "vconcat") for name in names(node.get(part))]

    return names(chart.to_dict())


def _finders(rows: pd.DataFrame, fields: Fields, views: list[str]) -> list[Any]:
    """One list of all places, which a click sets too, and what the pointer is on; shared by all `views`."""
    places = sorted(set(rows[fields.area]))
    heading = fields.heading(fields.area)
    return [
        alt.TopLevelSelectionParameter(
            name="picked", views=views,
            select={"type": "point", "fields": [fields.area], "on": "click", "clear": "dblclick"},
            bind=alt.binding_select(options=[None, *places], labels=["none", *places], name=f"{heading} "),
        ),
        alt.TopLevelSelectionParameter(
            name="pointed", views=views,
            select={"type": "point", "fields": [fields.area], "on": "pointerover", "clear": "pointerout"},
        ),
    ]


__all__ = ["ROWS", "place_ranking", "records"]
