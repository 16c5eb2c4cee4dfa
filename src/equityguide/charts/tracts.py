"""A map of many small areas without names of their own: filled by class, with the borders and places that matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, TEXT, WIDE, Responsive, describe
from equityguide.charts.compose import having, layer
from equityguide.charts.geometry import feature_name, fitted, topology_extent
from equityguide.charts.maps import mercator_pixels, ruler
from equityguide.charts.places import PAD, records, require, scene_of
from equityguide.charts.scene import LINE, Fields, Scene, at, haloed, px, wrapped

FOOT = 26  # pixels at the foot of the map for the bar of miles


def tract_map(
    rows: pd.DataFrame,
    geometry: dict[str, Any],
    landmarks: pd.DataFrame,
    *,
    value: str,
    unit: str,
    titles: Mapping[str, str],
    key: str = "tract_geoid",
    area: str = "tract_name",
    region: str | None = None,
    noun: str = "tracts",
    breaks: Sequence[float] | None = None,
    decimals: int = 0,
) -> Responsive:
    """Tracts on a map, filled by classes of a value in `unit`, with landmarks and the borders between regions.

    `rows` has one row a tract: `key` (joins to the geometry's property of that name), `area` (what it is called),
    `value`, and with `region` the county or city it lies in, which is named on the map. `geometry` is a TopoJSON
    topology of one object, in degrees; a geometry of it with the property `line` is drawn as a border. `landmarks`
    has `landmark`, `latitude` and `longitude` (degrees). `titles` gives each column's heading. `breaks` are the inner
    limits of 2 to 5 classes; without them they are round numbers. A tract without a value is dashed, and "no data"
    in the legend.

    Raises `ValueError` for a column that is not there, a tract that stands twice, a row without an outline, and a
    value column without a number.
    """
    fields = Fields(area=area, value=value, unit=unit, decimals=decimals, titles=titles, key=key)
    require(rows, [area, value, key, *([region] if region else [])])
    scene = scene_of(rows, fields, breaks, ())
    shapes = geometry["objects"][feature_name(geometry)]["geometries"]
    lacking = sorted(set(rows[key]) - {shape["properties"].get(key) for shape in shapes})
    if lacking:
        raise ValueError(
            f"The boundary file has no outline of {key} {lacking[0]}. Leave out the rows it does not draw."
        )

    def drawing(width: int, height: int, abreast: int) -> Any:
        layers = _layers(scene, geometry, region, width, height, abreast)
        # Half of the map's width is the most a name has beside its place.
        names = ["\n".join(wrapped(str(name), width / 2 - 20, TEXT + 2)) for name in landmarks["landmark"]]
        places = landmarks[["latitude", "longitude"]].assign(**{area: names})
        drawn = layer(*layers, width=width, height=height, title=scene.title(fields.measured(), width))
        shared = {"rows": records(rows), "geometry": geometry, "landmarks": records(places)}
        return having(drawn, datasets=shared, padding=PAD)

    return describe(
        Responsive(wide=drawing(WIDE - 2 * PAD, 560, 3), phone=drawing(PHONE - 2 * PAD, 330, 2)),
        label=area,
        value=value,
        unit=unit,
        noun=noun,
        titles=titles,
        decimals=decimals,
    )


def _layers(
    scene: Scene, geometry: dict[str, Any], region: str | None, width: int, height: int, abreast: int
) -> list[Any]:
    """The map's layers, from the tracts to the names; the legend has `abreast` classes in a line."""
    extent = topology_extent(geometry)
    scale, across, down = fitted(extent, 0, 4, width, height - 4 - FOOT)
    projection = {"type": "mercator", "scale": scale, "translate": [across, down]}
    features = alt.NamedData(
        name="geometry", format=alt.TopoDataFormat(feature=feature_name(geometry), type="topojson")
    )
    key = str(scene.fields.key)
    drawn = scene.base().transform_lookup(
        lookup=key, from_=alt.LookupData(data=features, key=f"properties.{key}", fields=["type", "geometry"])
    )
    known = f"isValid({at(scene.fields.value)})"
    legend = scene.legend()
    legend.columns = abreast
    tracts = drawn.mark_geoshape(strokeWidth=0.5).encode(
        fill=scene.fill(legend),
        stroke=alt.StrokeValue(theme.color("edge"), condition={"test": known, "value": theme.color("border")}),
        strokeDash=alt.StrokeDashValue([3, 2], condition={"test": known, "value": [1, 0]}),
        tooltip=scene.tips(),
        description=alt.Description("eg_sentence:N"),
    )
    # A band of ground on both sides shows the border on areas of any class.
    borders = [
        alt.Chart(features)
        .transform_filter("isValid(datum.properties.line)")
        .mark_geoshape(filled=False, stroke=theme.color(token), strokeWidth=thick, strokeJoin="round", aria=False)
        for token, thick in (("ground", 5), ("ink", 2))
    ]
    placed = alt.Chart(alt.NamedData(name="landmarks")).transform_calculate(
        **mercator_pixels("datum.longitude", "datum.latitude", scale, across, down)
    )
    # A name ends level with its place, so that a second line stands above the first.
    lifted = placed.transform_calculate(
        eg_top=f"datum.eg_y - {LINE} * (length(split({at(scene.fields.area)}, '\\n')) - 1)"
    )
    spot = placed.mark_point(
        shape="diamond", filled=True, opacity=1, size=140, color=theme.color("named"), stroke=theme.color("ground"),
        strokeWidth=2, aria=False,
    ).encode(x=px("eg_x", alt.X), y=px("eg_y", alt.Y))  # fmt: skip
    names = [
        layer.encode(x=px("eg_x", alt.X), y=px("eg_top", alt.Y), text=alt.Text(f"{scene.fields.area}:N"))
        for layer in haloed(lifted, align="left", dx=10, dy=-4, lineBreak="\n", lineHeight=LINE, fontWeight="bold")
    ]
    if region:
        centers = (
            drawn.transform_calculate(eg_center="geoCentroid(null, datum)")
            .transform_calculate(**mercator_pixels("datum.eg_center[0]", "datum.eg_center[1]", scale, across, down))
            .transform_aggregate(eg_x="mean(eg_x)", eg_y="mean(eg_y)", groupby=[region])
        )
        names = [
            layer.encode(x=px("eg_x", alt.X), y=px("eg_y", alt.Y), text=alt.Text(f"{region}:N"))
            for layer in haloed(centers, fontSize=TEXT + 1)
        ] + names
    shapes = [layer.project(**projection) for layer in (tracts, *borders)]
    return [*shapes, *ruler(scene, extent, scale, height - 8), spot, *names]
