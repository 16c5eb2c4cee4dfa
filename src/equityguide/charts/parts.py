"""The parts a place chart is put together from: each takes one scene and gives one layered view.

Positions of labels are computed in pixels inside the specification, since Vega-Lite has no leaders: a label is pushed
down by the least distance that keeps it clear of the one above, so that it holds for every year and every pick.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from equityguide import theme
from equityguide.charts.geometry import feature_name, fitted, topology_extent

NO_DATA = "no data"
LINE = 15  # pixels from one label's baseline to the next
ROWS = alt.NamedData(name="rows")


@dataclass(frozen=True)
class Fields:
    """Which column of the rows is what, and how it reads."""

    area: str
    value: str
    unit: str
    decimals: int
    titles: Mapping[str, str]
    key: str | None = None
    lower: str | None = None
    upper: str | None = None
    level: int | None = None
    period: str | None = None
    context: str | None = None

    def heading(self, column: str | None) -> str:
        return "" if column is None else self.titles.get(column, column)


@dataclass(frozen=True)
class Classes:
    """Classes of a value, low to high: the inner `breaks`, and each class's label, fill and the ink that reads on it;
    `missing` where some row has no value."""

    breaks: tuple[float, ...]
    labels: tuple[str, ...]
    fills: tuple[str, ...]
    inks: tuple[str, ...]
    missing: bool


@dataclass(frozen=True)
class Scene:
    """What all parts of one figure share: columns, classes, the axis's extent, and who is named."""

    fields: Fields
    classes: Classes
    axis: tuple[float, float]
    count: int
    named: tuple[str, ...]

    def base(self) -> Any:
        """The rows of the period shown, each with its class, its label, and whether it is one of the named."""
        fields = self.fields
        chart = alt.Chart(ROWS)
        if fields.period is not None:
            chart = chart.transform_filter(f"{at(fields.period)} === shown_period")
        return chart.transform_calculate(
            eg_class=self._class(),
            eg_named=f"indexof({json.dumps(list(self.named))}, {at(fields.area)}) >= 0",
            eg_label=f"{at(fields.area)} + ' ' + {self.written(fields.value)}",
            eg_sentence=self._sentence(),
        )

    def _class(self) -> str:
        value, classes = at(self.fields.value), self.classes
        steps = "".join(
            f"{value} < {limit} ? {json.dumps(label)} : "
            for limit, label in zip(classes.breaks, classes.labels[:-1], strict=True)
        )
        return f"!isValid({value}) ? {json.dumps(NO_DATA)} : {steps}{json.dumps(classes.labels[-1])}"

    def _sentence(self) -> str:
        fields = self.fields
        words = f"{at(fields.area)} + ': ' + {self.written(fields.value)} + {json.dumps(' ' + fields.unit)}"
        if fields.lower and fields.upper:
            limits = f"{self.written(fields.lower)} + ' to ' + {self.written(fields.upper)}"
            words += f" + ' ({fields.level}% interval ' + {limits} + ')'"
        return words + (f" + ', ' + {at(fields.period)}" if fields.period else "")

    def written(self, column: str) -> str:
        """An expression for a column's number as text, or "no data"."""
        number = at(column)
        return f"(isValid({number}) ? format({number}, '.{self.fields.decimals}f') : {json.dumps(NO_DATA)})"

    def dated(self, text: str) -> Any:
        """A title with the period shown after it, which follows the control."""
        return alt.Title({"expr": f"{json.dumps(text + ', ')} + shown_period"} if self.fields.period else text,
                         frame="group")

    def tips(self) -> list[Any]:
        fields = self.fields
        numbers = [column for column in (fields.value, fields.lower, fields.upper, fields.context) if column]
        return [
            alt.Tooltip(fields.area, type="nominal", title=fields.heading(fields.area)),
            *(alt.Tooltip(column, type="quantitative", title=fields.heading(column)) for column in numbers),
            *([alt.Tooltip(fields.period, type="ordinal", title=fields.heading(fields.period))]
              if fields.period else []),
        ]

    def fill(self, legend: Any = None) -> Any:
        domain, colors = list(self.classes.labels), list(self.classes.fills)
        if self.classes.missing:
            domain, colors = [*domain, NO_DATA], [*colors, theme.color("missing")]
        return alt.Fill("eg_class:O", scale=alt.Scale(domain=domain, range=colors), legend=legend)

    def legend(self, columns: int) -> Any:
        return alt.Legend(title=None, orient="bottom", direction="horizontal", columns=columns, symbolType="square",
                          symbolSize=170, symbolStrokeWidth=0.6, offset=6, columnPadding=14)

    def found(self) -> Any:
        """The reader's area: picked from the list or by a click, or pointed at."""
        return {"or": [{"param": "picked", "empty": False}, {"param": "pointed", "empty": False}]}

    def stroke(self, plain: str) -> dict[str, Any]:
        """Outlines that single out an area without color: thick where named, thicker where found."""
        found, named = self.found(), "datum.eg_named"
        return {
            "stroke": {"condition": [{"test": found, "value": theme.color("focus")},
                                     {"test": named, "value": theme.color("ink")}], "value": theme.color(plain)},
            "strokeWidth": {"condition": [{"test": found, "value": 3}, {"test": named, "value": 2}], "value": 0.8},
        }

    def labeled(self, *also: str) -> Any:
        """A filter: the named, the picked, and whatever else a part always labels."""
        return {"or": ["datum.eg_named", {"param": "picked", "empty": False}, *also]}


def at(column: str) -> str:
    """A column of a row in a Vega expression."""
    return f"datum[{json.dumps(column)}]"


def px(field: str, axis: Any) -> Any:
    """A position that is already in pixels."""
    return axis(field, type="quantitative", scale=None, axis=None)


def pushed(chart: Any, wanted: str, groupby: list[str]) -> Any:
    """Gives each row `eg_line`: its pixel `wanted`, or as far below as keeps it one line clear of the label above.

    With rows sorted by where they want to be, that is order * LINE + the running maximum of (wanted - order * LINE).
    """
    return (
        chart.transform_window(eg_order="row_number()", sort=[alt.SortField(wanted)], groupby=groupby)
        .transform_calculate(eg_slack=f"datum.{wanted} - {LINE} * datum.eg_order")
        .transform_window(eg_floor="max(eg_slack)", sort=[alt.SortField(wanted)], groupby=groupby, frame=[None, 0])
        .transform_calculate(eg_line=f"datum.eg_floor + {LINE} * datum.eg_order")
    )


def haloed(chart: Any, text: str, *, x: Any, y: Any, **mark: Any) -> list[Any]:
    """A label that stays readable over areas and lines: the ground's color beneath it, as wide as a stroke."""
    style = {"fontSize": theme.FONT_SIZE - 1, "baseline": "middle", "aria": False, "tooltip": None} | mark
    under = chart.mark_text(**style, stroke=theme.color("ground"), strokeWidth=4, strokeJoin="round")
    over = chart.mark_text(**style, color=theme.color("ink"))
    return [layer.encode(x=x, y=y, text=alt.Text(text, type="nominal")) for layer in (under, over)]


def strip(scene: Scene, *, width: int, row_height: float, lane: int, title: str, everyone: bool) -> Any:
    """All places in the order of their value, highest first: a dot each, its interval, and labels beside them.

    `lane` is the width in pixels kept for labels; with `everyone` each row is labeled, else the named, the picked, the
    highest and the lowest are, with a leader to their row. Order is a rank computed from the value (ties by name), not
    a sort of the axis, which Vega-Lite drops where layers differ.
    """
    fields = scene.fields
    low, high = scene.axis
    right = width - 8
    ranked = (
        scene.base()
        .transform_window(eg_rank="row_number()", sort=[alt.SortField(fields.value, order="descending"),
                                                        alt.SortField(fields.area)])
        .transform_joinaggregate(eg_last="max(eg_rank)")
        .transform_calculate(eg_y=f"(datum.eg_rank - 0.5) * {row_height}")
    )
    y = px("eg_y", alt.Y)

    def along(column: str) -> Any:
        scale = alt.Scale(domain=[low, high], range=[lane, right], nice=False, zero=False)
        return alt.X(column, type="quantitative", scale=scale,
                     axis=alt.Axis(title=fields.heading(fields.value), tickCount=6, titleAnchor="end"))

    layers = [
        # The whole row answers to the pointer, not only its dot of a few pixels.
        ranked.mark_rule(opacity=0, strokeWidth=row_height, aria=False)
        .encode(x=alt.value(0), x2=alt.value(width), y=y, tooltip=scene.tips()).properties(name="strip"),
    ]
    start = fields.value
    if fields.lower and fields.upper:
        start = fields.lower
        # A published interval that does not hold its own value is drawn as published, and dashed.
        layers.append(
            ranked.mark_rule(strokeWidth=1.5, color=theme.color("edge"), aria=False).encode(
                x=along(fields.lower), x2=fields.upper, y=y, tooltip=scene.tips(),
                strokeDash={"condition": {"test": f"!inrange({at(fields.value)}, [{at(fields.lower)}, {at(fields.upper)}])",
                                          "value": [2, 2]}, "value": [1, 0]},
            )
        )
    dots = ranked.mark_point(filled=True, opacity=1).encode(
        x=along(fields.value), y=y, fill=scene.fill(), tooltip=scene.tips(), description=alt.Description("eg_sentence:N"),
        size={"condition": {"test": {"or": [scene.found(), "datum.eg_named"]}, "value": 80},
              "value": min(60.0, row_height**2 * 0.7)},
        **scene.stroke("border"),
    )
    labels = ranked if everyone else ranked.transform_filter(scene.labeled("datum.eg_rank === 1", "datum.eg_rank === datum.eg_last"))
    labels = pushed(labels, "eg_y", []).transform_calculate(
        eg_start=f"{lane} + (min({at(start)}, {at(fields.value)}) - {low}) / {high - low} * {right - lane} - 3",
        eg_end=str(lane - 4),
    )
    if not everyone:
        layers.append(labels.mark_rule(strokeWidth=1, color=theme.color("quiet"), aria=False, tooltip=None).encode(
            x=px("eg_end", alt.X), x2="eg_start", y=px("eg_line", alt.Y), y2="eg_y"))
    text = labels.mark_text(align="right", baseline="middle", fontSize=theme.FONT_SIZE - 1, limit=lane - 8, aria=False,
                            color=theme.color("ink"), tooltip=None)
    layers += [dots, text.encode(x=alt.value(lane - 8), y=px("eg_line", alt.Y), text=alt.Text("eg_label:N"))]
    return alt.layer(*layers).properties(width=width, height=row_height * scene.count, title=scene.dated(title))


def scatter(scene: Scene, *, width: int, height: int, title: str, note: str) -> Any:
    """Each place's value against its context; where no row of the period has one, `note` says so instead."""
    fields = scene.fields
    if fields.context is None:
        raise ValueError("A scatter needs a context column.")
    context = at(fields.context)
    known = scene.base().transform_filter(f"isValid({context}) && isValid({at(fields.value)})")
    x = alt.X(fields.context, type="quantitative", axis=alt.Axis(title=fields.heading(fields.context), tickCount=5))
    y = alt.Y(fields.value, type="quantitative", scale=alt.Scale(zero=False),
              axis=alt.Axis(title=None, tickCount=5))
    dots = known.mark_point(filled=True, opacity=1, aria=False).encode(
        x=x, y=y, fill=scene.fill(), tooltip=scene.tips(),
        size={"condition": {"test": {"or": [scene.found(), "datum.eg_named"]}, "value": 90}, "value": 34},
        **scene.stroke("border"),
    )
    labels = known.transform_joinaggregate(eg_top=f"max({fields.context})").transform_calculate(
        eg_side=f"{context} > datum.eg_top / 2 ? 'right' : 'left'").transform_filter(scene.labeled())
    texts = [
        layer
        for side, shift in (("left", 9), ("right", -9))
        for layer in haloed(labels.transform_filter(f"datum.eg_side === '{side}'"), "eg_label", align=side, dx=shift,
                            x=alt.X(fields.context, type="quantitative"), y=alt.Y(fields.value, type="quantitative"))
    ]
    absent = (
        scene.base().transform_aggregate(eg_known=f"valid({fields.context})").transform_filter("datum.eg_known === 0")
        .mark_text(fontSize=theme.FONT_SIZE, lineBreak="\n", lineHeight=18, color=theme.color("ink"), aria=False,
                   text=note)
        .encode(x=alt.value(width / 2), y=alt.value(height / 2))
    )
    return alt.layer(dots.properties(name="scatter"), *texts, absent).properties(
        width=width, height=height, title=scene.dated(title))


def shapes(scene: Scene, topology: dict[str, Any], *, width: int, height: int, title: str) -> Any:
    """The places as areas on a map, filled by class, with labels and leaders from the margins.

    `topology` is in degrees (WGS 84); the map is Mercator, fitted to the box. An area without a value is dashed and
    says "no data" in the legend; one without a row is an empty outline.
    """
    fields = scene.fields
    if fields.key is None:
        raise ValueError("A map of areas needs the column that joins rows to the boundaries.")
    feature = feature_name(topology)
    boundaries = alt.NamedData(name="geometry", format=alt.TopoDataFormat(feature=feature, type="topojson"))
    scale, across, down = fitted(topology_extent(topology), 0, 4, width, height - 8)
    projection = {"type": "mercator", "scale": scale, "translate": [across, down]}
    drawn = scene.base().transform_lookup(
        lookup=fields.key,
        from_=alt.LookupData(data=boundaries, key=f"properties.{fields.key}", fields=["type", "geometry"]),
    ).transform_filter("isValid(datum.geometry)")
    empty = alt.Chart(boundaries).mark_geoshape(
        fill=theme.color("missing"), stroke=theme.color("edge"), strokeDash=[3, 3], strokeWidth=0.8, aria=False)
    areas = drawn.mark_geoshape().encode(
        fill=scene.fill(scene.legend(3)), tooltip=scene.tips(), description=alt.Description("eg_sentence:N"),
        stroke={"condition": {"test": f"isValid({at(fields.value)})", "value": theme.color("border")},
                "value": theme.color("edge")},
        strokeWidth=alt.value(0.8),
        strokeDash={"condition": {"test": f"isValid({at(fields.value)})", "value": [1, 0]}, "value": [3, 3]},
    ).properties(name="map")
    # Outlines stand above all areas, or a neighbor would cover half of each.
    marked = drawn.transform_filter({"or": ["datum.eg_named", scene.found()]}).mark_geoshape(
        filled=False, aria=False, tooltip=None).encode(**scene.stroke("border"))
    placed = drawn.transform_calculate(eg_center="geoCentroid(null, datum)").transform_calculate(
        eg_x=f"{across} + {scale} * datum.eg_center[0] * PI / 180",
        eg_y=f"{down} - {scale} * log(tan(PI / 4 + datum.eg_center[1] * PI / 360))",
    ).transform_joinaggregate(eg_middle="median(eg_x)").transform_calculate(
        eg_side="datum.eg_x > datum.eg_middle ? 'right' : 'left'").transform_filter(scene.labeled())
    return alt.layer(
        *[layer.project(**projection) for layer in (empty, areas, marked)],
        *leaders(placed, width),
    ).properties(width=width, height=height, title=scene.dated(title))


def leaders(placed: Any, width: int) -> list[Any]:
    """Labels in the nearer margin, each with a line to its place at (`eg_x`, `eg_y`)."""
    # The label sits on its leader, so its middle wants to be half a line above the place.
    foot = LINE / 2 + 1
    placed = pushed(placed.transform_calculate(eg_wanted=f"datum.eg_y - {foot}"), "eg_wanted", ["eg_side"])
    layers = []
    for side, edge in (("left", 0), ("right", width)):
        here = placed.transform_filter(f"datum.eg_side === '{side}'").transform_calculate(
            eg_edge=str(edge), eg_foot=f"datum.eg_line + {foot}")
        for width_, token in ((3.5, "ground"), (1.2, "ink")):
            layers.append(here.mark_rule(strokeWidth=width_, color=theme.color(token), aria=False, tooltip=None).encode(
                x=px("eg_edge", alt.X), x2="eg_x", y=px("eg_foot", alt.Y), y2="eg_y"))
        layers += haloed(here, "eg_label", x=px("eg_edge", alt.X), y=px("eg_line", alt.Y), align=side)
    return layers


def tile_map(scene: Scene, tiles: Any, *, width: int, title: str) -> Any:
    """The places as equal tiles in a layout of our own, each with its number written on it."""
    fields = scene.fields
    if fields.key is None:
        raise ValueError("A tile map needs the column that joins rows to tiles.")
    across = int(tiles["column"].max()) - int(tiles["column"].min()) + 1
    down = int(tiles["row"].max()) - int(tiles["row"].min()) + 1
    size = width / across
    tall = min(size, 24.0)
    drawn = scene.base().transform_lookup(
        lookup=fields.key, from_=alt.LookupData(data=alt.NamedData(name="tiles"), key=fields.key, fields=["column", "row"])
    ).transform_calculate(
        eg_x=f"(datum.column - {int(tiles['column'].min())}) * {size} + 1",
        eg_x2=f"datum.eg_x + {size - 2}",
        eg_y=f"(datum.row - {int(tiles['row'].min())}) * {tall} + 1",
        eg_y2=f"datum.eg_y + {tall - 2}",
    )
    box = {"x": px("eg_x", alt.X), "x2": "eg_x2", "y": px("eg_y", alt.Y), "y2": "eg_y2"}
    filled = drawn.mark_rect().encode(**box, fill=scene.fill(scene.legend(3)), tooltip=scene.tips(),
                                      description=alt.Description("eg_sentence:N"), **scene.stroke("border"))
    inks = alt.Color("eg_class:O", legend=None, scale=alt.Scale(
        domain=[*scene.classes.labels, NO_DATA], range=[*scene.classes.inks, theme.color("ink")]))
    written = drawn.transform_calculate(
        eg_middle="(datum.eg_x + datum.eg_x2) / 2", eg_center="(datum.eg_y + datum.eg_y2) / 2",
        eg_number=f"isValid({at(fields.value)}) ? {scene.written(fields.value)} : ''",
    ).mark_text(fontSize=12, baseline="middle", aria=False, tooltip=None).encode(
        x=px("eg_middle", alt.X), y=px("eg_center", alt.Y), text=alt.Text("eg_number:N"), color=inks)
    return alt.layer(filled.properties(name="map"), written).properties(
        width=width, height=down * tall, title=scene.dated(title))
