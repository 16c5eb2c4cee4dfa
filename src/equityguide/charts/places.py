"""Charts of places from one table of rows: map, ranking and context linked; a ranking alone; points on a map."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, WIDE, Responsive, describe
from equityguide.charts.compose import having
from equityguide.charts.geometry import points_extent
from equityguide.charts.maps import points, shapes, tile_map
from equityguide.charts.ranking import LABEL_GAP, scatter, strip
from equityguide.charts.scene import NO_DATA, PERIOD, Classes, Fields, Scene

PAD = 2  # pixels around a drawing
GAP = 20  # pixels between parts side by side
# One legend, the map's own: shared scales would move it below everything.
OWN_SCALES = alt.Resolve(scale=alt.ScaleResolveMap(fill="independent"))
ALL_LABELED = 40  # rows; a ranking of more labels only some
LABELED_POINTS = 12  # places; a point map of more labels only some


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
    `tiles`), `area`, `period` (whole numbers), `value` in `unit`, `lower` and `upper` at `level` percent, and
    `context`, null in periods it was not measured in; the scatter then says `context_note`, a list of lines.
    `geometry` is a TopoJSON topology of one object, in degrees; `tiles` holds `key`, `column` and `row` of a tile
    layout, which a phone shows instead. `titles` gives each column's heading. The still drawing shows the period
    `shown`; live, a control switches periods, and a list or a tap finds a place in all parts. Places in `named` are
    labeled on the map; the highest and the lowest always are in the ranking. `breaks` are the inner limits of 2 to 5
    classes, the same for all periods; without them they are round numbers.

    Raises `ValueError` for a column, named place, period or tile that is not there, for a place that stands twice in
    one period, for an interval that does not hold its value, and for a value column without a number.
    """
    require(rows, [key, area, period, value, lower, upper, *([context] if context else [])])
    require(tiles, [key, "column", "row"])
    periods = sorted({int(p) for p in rows[period]})
    if shown not in periods:
        raise ValueError(f"No row has {period} {shown}. Show one of {', '.join(map(str, periods))}.")
    unplaced = sorted(set(rows[key]) - set(tiles[key]))
    if unplaced:
        raise ValueError(f"The tile layout lacks {key} {unplaced[0]}.")
    fields = Fields(
        area=area,
        value=value,
        unit=unit,
        decimals=decimals,
        titles=titles,
        key=key,
        lower=lower,
        upper=upper,
        level=level,
        period=period,
        context=context,
    )
    scene = scene_of(rows, fields, breaks, named)
    place = f"{fields.measured()}, {PERIOD}"
    order = f"All {scene.count} {noun}, highest first, {PERIOD}"

    def beside(width: int, height: int) -> list[Any]:
        if context is None:
            return []
        title = f"In {PERIOD}, against {_lowered(fields.heading(context))}"
        known = rows.dropna(subset=[context, value])
        spans = ticks(known[context], most=5), ticks(known[value])
        return [scatter(scene, context, spans, width=width, height=height, title=title, note=context_note)]

    half, whole = (WIDE - 2 * PAD - GAP) // 2, PHONE - 2 * PAD
    left = [shapes(scene, geometry, key, width=half, height=400, title=place), *beside(half, 150)]
    wide = alt.hconcat(
        _stacked(left),
        strip(
            scene,
            width=half,
            row_height=7.6,
            lane=_lane(rows, scene, half),
            title=order,
            fill=scene.fill(),
            everyone=False,
        ),
        spacing=GAP,
        resolve=OWN_SCALES,
    )
    phone = _stacked(
        [
            tile_map(scene, tiles, key, width=whole, title=place),
            strip(
                scene,
                width=whole,
                row_height=6.6,
                lane=_lane(rows, scene, whole),
                title=order,
                fill=scene.fill(),
                everyone=False,
            ),
            *beside(whole, 200),
        ]
    )
    switch = alt.VariableParameter(
        name="shown_period", value=shown, bind=alt.binding_radio(options=periods, name=f"{fields.heading(period)} ")
    )
    layout = records(tiles[[key, "column", "row"]])
    return _described(
        Responsive(
            wide=_finished(wide, rows, fields, [switch], geometry=geometry),
            phone=_finished(phone, rows, fields, [switch], tiles=layout),
        ),
        fields,
        noun,
        shown,
    )


def ranked(
    rows: pd.DataFrame,
    *,
    area: str,
    value: str,
    unit: str,
    titles: Mapping[str, str],
    lower: str | None = None,
    upper: str | None = None,
    level: int | None = None,
    noun: str = "areas",
    named: Sequence[str] = (),
    decimals: int = 1,
) -> Responsive:
    """Places ranked by a value in `unit`, highest first, one row each, with intervals where there are limits.

    Up to forty rows are all labeled; of more, the named, the highest and the lowest, and the one the reader finds.
    Rows without a value come last and say so. Raises `ValueError` as `place_ranking` does.
    """
    limits = [column for column in (lower, upper) if column]
    require(rows, [area, value, *limits])
    fields = Fields(
        area=area, value=value, unit=unit, decimals=decimals, titles=titles, lower=lower, upper=upper, level=level
    )
    scene = scene_of(rows, fields, None, named)
    everyone = scene.count <= ALL_LABELED

    def drawing(width: int, row_height: float) -> Any:
        part = strip(
            scene,
            width=width,
            row_height=row_height,
            lane=_lane(rows, scene, width),
            fill=alt.FillValue(theme.color("mark")),
            everyone=everyone,
            title=f"All {scene.count} {noun}, highest first",
        )
        return _finished(_stacked([part]), rows, fields, [])

    return _described(
        Responsive(
            wide=drawing(WIDE - 2 * PAD, 18 if everyone else 7.6),
            phone=drawing(PHONE - 2 * PAD, 18 if everyone else 6.6),
        ),
        fields,
        noun,
        None,
    )


def point_map(
    rows: pd.DataFrame,
    *,
    area: str,
    value: str,
    latitude: str,
    longitude: str,
    unit: str,
    titles: Mapping[str, str],
    noun: str = "areas",
    named: Sequence[str] = (),
    breaks: Sequence[float] | None = None,
    decimals: int = 1,
) -> Responsive:
    """Places as points by `latitude` and `longitude` (degrees), colored by classes of a value in `unit`.

    One row a place. Up to twelve are all labeled; of more, the named, the highest and the lowest.
    Rows without coordinates stay in the table and are not drawn. Raises `ValueError` as `place_ranking` does, and
    where no row has coordinates.
    """
    require(rows, [area, value, latitude, longitude])
    fields = Fields(area=area, value=value, unit=unit, decimals=decimals, titles=titles)
    scene = scene_of(rows, fields, breaks, named)
    located = rows.dropna(subset=[latitude, longitude])
    extent = points_extent(zip(located[longitude].astype(float), located[latitude].astype(float), strict=True))
    everyone = len(located) <= LABELED_POINTS

    def drawing(width: int, height: int, margin: int) -> Any:
        part = points(
            scene,
            extent,
            latitude,
            longitude,
            width=width,
            height=height,
            margin=margin,
            everyone=everyone,
            title=fields.measured(),
        )
        return _finished(_stacked([part]), rows, fields, [])

    return _described(
        Responsive(wide=drawing(WIDE - 2 * PAD, 400, 150), phone=drawing(PHONE - 2 * PAD, 320, 40)),
        fields,
        noun,
        None,
    )


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as a specification holds them: plain values, null where missing."""
    return [
        {str(column): _plain(cell) for column, cell in row.items()} for row in rows.astype(object).to_dict("records")
    ]


def ticks(values: pd.Series[Any], most: int = 7) -> tuple[float, ...]:
    """Ticks at round steps, about `most` of them, the first and the last around all `values`."""
    low, high = float(values.min()), float(values.max())
    step = _round_step((high - low) / most)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(round(k * step, 10) for k in range(first, max(last, first + 1) + 1))


def _plain(cell: Any) -> Any:
    if pd.isna(cell):
        return None
    return cell.item() if hasattr(cell, "item") else cell


def _lowered(text: str) -> str:
    """A heading in the middle of a sentence, unless it opens with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def require(table: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raises `ValueError` naming the first of `columns` that the table lacks."""
    lacking = [column for column in columns if column not in table.columns]
    if lacking:
        raise ValueError(f"The table has no column {lacking[0]!r}. It has {', '.join(map(str, table.columns))}.")


def scene_of(rows: pd.DataFrame, fields: Fields, breaks: Sequence[float] | None, named: Sequence[str]) -> Scene:
    """What the parts of a place chart share, once the rows are found to be sound; raises as `place_ranking` does."""
    once = [column for column in (fields.area, fields.period) if column]
    twice = rows[rows.duplicated(once)]
    if len(twice):
        where = f" in {twice[fields.period].iloc[0]}" if fields.period else ""
        raise ValueError(f"{twice[fields.area].iloc[0]} stands twice{where}. Give each place one row.")
    unknown = sorted(set(named) - set(rows[fields.area]))
    if unknown:
        raise ValueError(f"No row is named {unknown[0]!r}. Name places as the column {fields.area} does.")
    values = rows[fields.value].dropna()
    if values.empty:
        raise ValueError(f"The column {fields.value} holds no number, so there is nothing to draw.")
    drawn = [column for column in (fields.value, fields.lower, fields.upper) if column]
    if fields.lower and fields.upper:
        off = rows[(rows[fields.value] < rows[fields.lower]) | (rows[fields.value] > rows[fields.upper])]
        if len(off):
            value, lower, upper = off.iloc[0][[fields.value, fields.lower, fields.upper]]
            raise ValueError(
                f"The interval of {off.iloc[0][fields.area]}, {lower} to {upper}, does not hold its value, {value}. "
                "Leave such an interval out, and say so."
            )
    return Scene(
        fields=fields,
        classes=_classes(values, breaks, missing=len(values) < len(rows), decimals=fields.decimals),
        ticks=ticks(pd.concat([rows[column] for column in drawn])),
        count=int(rows.groupby(fields.period).size().max()) if fields.period else len(rows),
        named=tuple(named),
        character=9 if rows[fields.area].str.isupper().any() else 6,
    )


def _round_step(rough: float, multiples: tuple[float, ...] = (1.0, 2.0, 5.0), decimals: int = 12) -> float:
    """The least of `multiples` of a power of ten that is not below `rough` and needs no more than `decimals`."""
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    steps = (m * p for p in (power, 10 * power) for m in multiples)
    least = 10.0**-decimals
    return next((s for s in steps if s >= rough * 0.999 and math.isclose(s, round(s, decimals), rel_tol=1e-6)), least)


def _classes(values: pd.Series[Any], breaks: Sequence[float] | None, *, missing: bool, decimals: int) -> Classes:
    """Classes by `breaks`, else at most five of equal, round width between the least and the most."""
    if breaks is None:
        least, most = float(values.min()), float(values.max())
        step = _round_step((most - least) / 4, (1.0, 2.0, 2.5, 5.0), decimals)
        first = math.floor(least / step) + 1
        breaks = [round(k * step, 10) for k in range(first, first + 4) if k == first or k * step < most]
    if sorted(set(breaks)) != list(breaks):
        raise ValueError(f"Class limits must rise: {', '.join(map(str, breaks))} do not.")
    count, last = len(breaks) + 1, 10.0**-decimals
    between = [
        f"{_short(low)} to {high - last:,.{decimals}f}" if high - last > low else _short(low)
        for low, high in itertools.pairwise(breaks)
    ]
    return Classes(
        breaks=tuple(breaks),
        labels=(f"under {_short(breaks[0])}", *between, f"{_short(breaks[-1])} or more"),
        fills=tuple(theme.classes(count)),
        inks=tuple(theme.class_inks(count)),
        missing=missing,
    )


def _short(number: float) -> str:
    return f"{number:,.10g}"


def _lane(rows: pd.DataFrame, scene: Scene, width: int) -> int:
    """Pixels for the labels of a ranking: the longest, as far as it leaves nearly half of `width` to the values."""
    fields = scene.fields
    numbers = [NO_DATA if pd.isna(number) else f"{number:,.{fields.decimals}f}" for number in rows[fields.value]]
    longest = int(rows[fields.area].str.len().max()) + 1 + max(map(len, numbers))
    return min(scene.character * longest + LABEL_GAP, int(0.55 * width))


def _stacked(parts: list[Any]) -> Any:
    return alt.vconcat(*parts, spacing=24, resolve=OWN_SCALES)


def _finished(chart: Any, rows: pd.DataFrame, fields: Fields, params: list[Any], **datasets: Any) -> Any:
    """The chart with its rows and other datasets, and its selections in every part."""
    return having(
        chart,
        params=[*params, *_finders(rows, fields, _views(chart))],
        datasets={"rows": records(rows), **datasets},
        padding=PAD,
    )


def _finders(rows: pd.DataFrame, fields: Fields, views: list[str]) -> list[Any]:
    """What the reader looks for: one list of all places, which a click sets too, and the place under the pointer."""
    places = sorted(set(rows[fields.area]))
    listed = alt.binding_select(
        options=[None, *places], labels=["none", *places], name=f"{fields.heading(fields.area)} "
    )
    click = {"type": "point", "fields": [fields.area], "on": "click", "clear": "dblclick"}
    hover = {"type": "point", "fields": [fields.area], "on": "pointerover", "clear": "pointerout"}
    return [
        alt.TopLevelSelectionParameter(name="picked", views=views, select=click, bind=listed),
        alt.TopLevelSelectionParameter(name="pointed", views=views, select=hover),
    ]


def _views(chart: Any) -> list[str]:
    """The names of a chart's views as Altair has numbered them: the selections must be told where to listen."""
    inner = [part for kind in ("layer", "hconcat", "vconcat") if hasattr(chart, kind) for part in getattr(chart, kind)]
    if inner:
        return [name for part in inner for name in _views(part)]
    return [] if chart.name is alt.Undefined else [str(chart.name)]


def _described(chart: Responsive, fields: Fields, noun: str, shown: int | None) -> Responsive:
    return describe(
        chart,
        label=fields.area,
        value=fields.value,
        unit=fields.unit,
        noun=noun,
        titles=fields.titles,
        lower=fields.lower,
        upper=fields.upper,
        level=fields.level,
        period=fields.period,
        shown=shown,
        decimals=fields.decimals,
        controls=True,
    )
