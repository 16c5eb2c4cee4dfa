"""Places where they are: as areas, as equal tiles, as points."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import TEXT
from equityguide.charts.compose import ROWS, layer
from equityguide.charts.geometry import Extent, feature_name, fitted, topology_extent
from equityguide.charts.scene import HALO, LINE, NO_DATA, Scene, at, haloed, pushed, px

TILE = 24.0  # pixels, the height of a tile at most: room for one number
EARTH = 6371008.8 / 1609.344  # miles, mean radius (IUGG)


def shapes(scene: Scene, topology: dict[str, Any], key: str, *, width: int, height: int, title: str) -> Any:
    """The places as areas on a map, filled by class, with labels in the margins.

    `topology` is in degrees (WGS 84) and joins on the property `key`; the map is Mercator, fitted to the box. An area
    without a value is dashed, and "no data" in the legend; one that has no row at all is an empty dashed outline.
    """
    features = alt.NamedData(
        name="geometry", format=alt.TopoDataFormat(feature=feature_name(topology), type="topojson")
    )
    area = scene.fields.area
    scale, across, down = fitted(topology_extent(topology), 0, 4, width, height - 8)
    projection = {"type": "mercator", "scale": scale, "translate": [across, down]}
    drawn = (
        scene.base()
        .transform_lookup(
            lookup=key, from_=alt.LookupData(data=features, key=f"properties.{key}", fields=["type", "geometry"])
        )
        .transform_filter("isValid(datum.geometry)")
    )
    unknown = (
        alt.Chart(features)
        .transform_lookup(lookup=f"properties.{key}", from_=alt.LookupData(data=ROWS, key=key, fields=[area]))
        .transform_filter(f"!isValid({at(area)})")
        .mark_geoshape(filled=False, stroke=theme.color("edge"), strokeDash=[3, 2], strokeWidth=0.8, aria=False)
    )
    known = f"isValid({at(scene.fields.value)})"
    areas = drawn.mark_geoshape().encode(
        fill=scene.fill(scene.legend()),
        tooltip=scene.tips(),
        description=alt.Description("eg_sentence:N"),
        strokeDash=alt.StrokeDashValue([3, 2], condition={"test": known, "value": [1, 0]}),
        **scene.border(),
    )
    # Outlines stand above all areas, or a neighbor would cover half of each; the ground around them shows them on any.
    # Not for the pointed at: an outline that appears under the pointer would take the pointer away from its area.
    singled = drawn.transform_filter(scene.labeled())
    marked = [
        singled.mark_geoshape(fill=None, stroke=theme.color("ground"), strokeWidth=5, strokeJoin="round", aria=False),
        singled.mark_geoshape(fill=None, aria=False).encode(**scene.outline()),
    ]
    placed = drawn.transform_calculate(eg_center="geoCentroid(null, datum)").transform_calculate(
        **mercator_pixels("datum.eg_center[0]", "datum.eg_center[1]", scale, across, down)
    )
    lines, texts = _leaders(_sided(placed), scene.labeled(), HALO, width - HALO)
    layers = [unknown, areas.properties(name="map"), *[ring.encode(tooltip=scene.tips()) for ring in marked]]
    return layer(
        *[layer.project(**projection) for layer in layers],
        *lines,
        *texts,
        width=width,
        height=height,
        title=scene.title(title, width),
    )


def tile_map(scene: Scene, tiles: pd.DataFrame, key: str, *, width: int, title: str) -> Any:
    """The places as equal tiles, each with its number written on it; `tiles` holds `key`, `column` and `row`.

    The named have their name in the margin of their row, two lines if it is long, and a line along the tiles' gap.
    """
    left, top = int(tiles["column"].min()), int(tiles["row"].min())
    size = width / (int(tiles["column"].max()) - left + 1)
    tall = min(size, TILE)
    height = tall * (int(tiles["row"].max()) - top + 1)
    layout = alt.LookupData(data=alt.NamedData(name="tiles"), key=key, fields=["column", "row"])
    drawn = (
        scene.base()
        .transform_lookup(lookup=key, from_=layout)
        .transform_calculate(
            eg_x=f"(datum.column - {left}) * {size} + 1",
            eg_y=f"(datum.row - {top}) * {tall} + 1",
        )
        .transform_calculate(eg_x2=f"datum.eg_x + {size - 2}", eg_y2=f"datum.eg_y + {tall - 2}")
    )
    box = {"x": px("eg_x", alt.X), "x2": alt.X2("eg_x2"), "y": px("eg_y", alt.Y), "y2": alt.Y2("eg_y2")}
    filled = drawn.mark_rect().encode(
        **box,
        fill=scene.fill(scene.legend()),
        tooltip=scene.tips(),
        description=alt.Description("eg_sentence:N"),
        **scene.border(),
    )
    singled = drawn.transform_filter(scene.labeled())
    marked = [
        singled.mark_rect(filled=False, stroke=theme.color("ground"), strokeWidth=5, aria=False, tooltip=None),
        singled.mark_rect(filled=False, aria=False, tooltip=None).encode(**scene.outline()),
    ]
    inks = alt.Scale(domain=[*scene.classes.labels, NO_DATA], range=[*scene.classes.inks, theme.color("ink")])
    numbers = (
        drawn.transform_calculate(
            eg_across="(datum.eg_x + datum.eg_x2) / 2",
            eg_down="(datum.eg_y + datum.eg_y2) / 2",
            eg_number=f"isValid({at(scene.fields.value)}) ? {scene.written(scene.fields.value)} : '\u2013'",
        )
        .mark_text(fontSize=TEXT, baseline="middle", aria=False, tooltip=None)
        .encode(
            x=px("eg_across", alt.X),
            y=px("eg_down", alt.Y),
            text=alt.Text("eg_number:N"),
            color=alt.Color("eg_class:O", legend=None, scale=inks),
        )
    )
    names = []
    for side, edge, corner in (("left", HALO, "eg_x"), ("right", width - HALO, "eg_x2")):
        here = (
            _sided(drawn)
            .transform_filter(f"datum.eg_named && datum.eg_side === '{side}'")
            .transform_calculate(
                eg_edge=str(edge),
                eg_gap="datum.eg_y - 1",
                eg_top="datum.eg_y + 2",
                eg_name=f"length({at(scene.fields.area)}) > 12 ? replace({at(scene.fields.area)}, "
                f"regexp('^(.{{6,}}) '), '$1\\n') : {at(scene.fields.area)}",
            )
        )
        names.append(
            here.mark_rule(strokeWidth=1.2, color=theme.color("named"), aria=False, tooltip=None).encode(
                x=px("eg_edge", alt.X), x2=alt.X2(corner), y=px("eg_gap", alt.Y)
            )
        )
        names += [
            layer.encode(x=px("eg_edge", alt.X), y=px("eg_top", alt.Y), text=alt.Text("eg_name:N"))
            for layer in haloed(here, align=side, baseline="top", lineBreak="\n", lineHeight=LINE)
        ]
    return layer(
        filled.properties(name="map"),
        *names,
        *[ring.encode(**box) for ring in marked],
        numbers,
        width=width,
        height=height,
        title=scene.title(title, width),
    )


def points(
    scene: Scene,
    extent: Extent,
    latitude: str,
    longitude: str,
    *,
    width: int,
    height: int,
    margin: int,
    title: str,
    everyone: bool,
) -> Any:
    """The places as points by `latitude` and `longitude` in degrees, filled by class, with labels in the margins.

    Mercator, fitted to the box less `margin` pixels at each side; a bar gives the scale in miles. Rows without
    coordinates are not drawn. `everyone` labels each place, else the named, the picked, the highest and the lowest.
    """
    pad = 24
    scale, across, down = fitted(extent, margin + pad, pad, width - 2 * (margin + pad), height - 2 * pad)
    value = at(scene.fields.value)
    drawn = (
        scene.base()
        .transform_filter(f"isValid({at(latitude)}) && isValid({at(longitude)})")
        .transform_calculate(**mercator_pixels(at(longitude), at(latitude), scale, across, down))
    )
    at_point = {"x": px("eg_x", alt.X), "y": px("eg_y", alt.Y)}
    dots = drawn.mark_point(filled=True, opacity=1, size=150).encode(
        **at_point,
        fill=scene.fill(scene.legend()),
        tooltip=scene.tips(),
        description=alt.Description("eg_sentence:N"),
        **scene.border(),
    )
    singled = drawn.transform_filter(scene.singled())
    rings = singled.mark_point(filled=False, opacity=1, size=210, aria=False, tooltip=None)
    ranked = drawn.transform_joinaggregate(
        [alt.JoinAggregateFieldDef(op=op, field=scene.fields.value, **{"as": f"eg_{op}"}) for op in ("min", "max")]
    )
    labeled = {"or": ["true"]} if everyone else scene.labeled(f"{value} === datum.eg_min", f"{value} === datum.eg_max")
    west, east = (across + scale * math.radians(longitude) for longitude in (extent[0], extent[2]))
    beside = margin + pad
    lines, texts = _leaders(_sided(ranked), labeled, max(HALO, west - beside), min(width - HALO, east + beside), lift=8)
    return layer(
        *ruler(scene, extent, scale, height - 6),
        *lines,
        dots.properties(name="map"),
        rings.encode(**at_point, **scene.outline()),
        *texts,
        width=width,
        height=height,
        title=scene.title(title, width),
    )


def ruler(scene: Scene, extent: Extent, scale: float, foot: float) -> list[Any]:
    """A bar of a round number of miles at the lower left, and its length, for a Mercator map of this `scale`."""
    per_mile = scale / (EARTH * math.cos(math.radians((extent[1] + extent[3]) / 2)))
    miles = _round_below(90 / per_mile)
    one = scene.base().transform_aggregate(eg_rows="count()")
    bar = one.mark_rule(strokeWidth=2, color=theme.color("ink"), aria=False).encode(
        x=alt.XValue(HALO), x2=alt.X2Value(HALO + miles * per_mile), y=alt.YValue(foot)
    )
    says = one.mark_text(
        align="left",
        dx=6,
        baseline="middle",
        fontSize=TEXT,
        color=theme.color("ink"),
        aria=False,
        text=f"{miles:g} mile" + ("" if miles == 1 else "s"),
    ).encode(x=alt.XValue(HALO + miles * per_mile), y=alt.YValue(foot))
    return [bar, says]


def mercator_pixels(longitude: str, latitude: str, scale: float, across: float, down: float) -> dict[str, str]:
    """Expressions for the pixel of a place, by the projection that `fitted` gave."""
    return {
        "eg_x": f"{across} + {scale} * {longitude} * PI / 180",
        "eg_y": f"{down} - {scale} * log(tan(PI / 4 + {latitude} * PI / 360))",
    }


def _sided(placed: Any) -> Any:
    """Gives each place the margin its label stands in: half of all places at either side."""
    return placed.transform_joinaggregate(eg_middle="median(eg_x)").transform_calculate(
        eg_side="datum.eg_x > datum.eg_middle ? 'right' : 'left'"
    )


def _leaders(placed: Any, labeled: Any, left: float, right: float, lift: float = 0) -> tuple[list[Any], list[Any]]:
    """Lines and labels for the `labeled`: each label starts at pixel `left` or ends at `right`, and its line leads to
    the place at (`eg_x`, `eg_y`), from `lift` pixels above it."""
    foot = LINE / 2 + 1  # a label stands on its line: its middle wants to be that far above the place
    placed = placed.transform_filter(labeled).transform_calculate(eg_wanted=f"datum.eg_y - {foot + lift}")
    lines, texts = [], []
    for side, edge in (("left", left), ("right", right)):
        here = pushed(placed.transform_filter(f"datum.eg_side === '{side}'"), "eg_wanted", [])
        here = here.transform_calculate(eg_edge=str(edge), eg_foot=f"datum.eg_line + {foot}")
        lines += [
            here.mark_rule(strokeWidth=thick, color=theme.color(token), aria=False, tooltip=None).encode(
                x=px("eg_edge", alt.X), x2=alt.X2("eg_x"), y=px("eg_foot", alt.Y), y2=alt.Y2("eg_y")
            )
            for thick, token in ((3.5, "ground"), (1.2, "ink"))
        ]
        texts += [
            layer.encode(x=px("eg_edge", alt.X), y=px("eg_line", alt.Y), text=alt.Text("eg_label:N"))
            for layer in haloed(here, align=side)
        ]
    return lines, texts


def _round_below(number: float) -> float:
    """The greatest 1, 2 or 5 times a power of ten that is not above `number`."""
    power = 10.0 ** math.floor(math.log10(number))
    return next(m * power for m in (5.0, 2.0, 1.0) if m * power <= number)
