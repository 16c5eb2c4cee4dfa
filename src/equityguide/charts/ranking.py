"""Places along a value: ranked with intervals, and set against one more measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from equityguide import theme
from equityguide.charts import TEXT
from equityguide.charts.compose import layer
from equityguide.charts.scene import Scene, at, haloed, pushed, px, tick_format, wrapped

LABEL_GAP = 8  # pixels between a label and its row
EDGE = 11  # pixels kept free at the right for half of the last tick's label


def strip(scene: Scene, *, width: int, row_height: float, lane: int, title: str, fill: Any, everyone: bool) -> Any:
    """All places in the order of their value, highest first: a dot each, its interval, and labels beside them.

    `lane` is the width in pixels kept for labels, `fill` the dots' color; with `everyone` each row is labeled, else
    the named, the picked, the highest and the lowest are, with a leader to their row. The order is a rank computed
    from the value (ties by name, no data last), not a sort of the axis, which Vega-Lite drops where layers differ.
    """
    fields = scene.fields
    low, high = scene.ticks[0], scene.ticks[-1]
    right = width - EDGE
    caption = [
        *wrapped(fields.measured(), right, theme.FONT_SIZE),
        *([f"line: {fields.level}% interval"] if fields.lower else []),
    ]
    by_value = alt.SortField(fields.value, order="descending")
    ranked = (
        scene.base()
        .transform_window(eg_rank="row_number()", sort=[by_value, alt.SortField(fields.area)])
        .transform_joinaggregate([alt.JoinAggregateFieldDef(op="valid", field=fields.value, **{"as": "eg_last"})])
        .transform_calculate(eg_y=f"(datum.eg_rank - 0.5) * {row_height}", eg_number=scene.written(fields.value))
    )
    y = px("eg_y", alt.Y)

    def along(column: str) -> Any:
        scale = alt.Scale(domain=[low, high], range=[lane, right], nice=False, zero=False)
        axis = alt.Axis(
            title=caption,
            values=list(scene.ticks),
            format=tick_format(scene.ticks),
            titleAnchor="end",
            labelFlush=False,
        )
        return alt.X(column, type="quantitative", scale=scale, axis=axis)

    # The whole row answers to the pointer, not only its dot of a few pixels.
    layers = [
        ranked.mark_rule(opacity=0, strokeWidth=row_height, aria=False)
        .encode(x=alt.XValue(0), x2=alt.X2Value(width), y=y, tooltip=scene.tips())
        .properties(name="strip")
    ]
    if fields.lower and fields.upper:
        layers.append(
            ranked.mark_rule(strokeWidth=1.5, color=theme.color("edge"), aria=False).encode(
                x=along(fields.lower), x2=alt.X2(fields.upper), y=y, tooltip=scene.tips()
            )
        )
    least = at(fields.lower or fields.value)
    start = f"(isValid({least}) ? min({least}, {at(fields.value)}) : {at(fields.value)})"
    labels = (
        ranked
        if everyone
        else ranked.transform_filter(scene.labeled("datum.eg_rank === 1", "datum.eg_rank === datum.eg_last"))
    )
    # A long name is cut, never its number.
    room = f"{(lane - LABEL_GAP) // scene.character} - length(datum.eg_number)"
    labels = pushed(labels, "eg_y", []).transform_calculate(
        eg_label=f"truncate({at(fields.area)}, {room} - 1) + ' ' + datum.eg_number",
        eg_start=f"{lane} + ({start} - {low}) / {high - low} * {right - lane} - 3",
        eg_end=str(lane - LABEL_GAP / 2),
    )
    if not everyone:
        layers.append(
            labels.mark_rule(strokeWidth=1, color=theme.color("quiet"), aria=False, tooltip=None).encode(
                x=px("eg_end", alt.X), x2=alt.X2("eg_start"), y=px("eg_line", alt.Y), y2=alt.Y2("eg_y")
            )
        )
    small = min(80.0, row_height**2 * 0.75)
    layers.append(
        ranked.mark_point(filled=True, opacity=1).encode(
            x=along(fields.value),
            y=y,
            fill=fill,
            tooltip=scene.tips(),
            description=alt.Description("eg_sentence:N"),
            size=alt.SizeValue(small, condition={"test": scene.singled(), "value": max(small, 46)}),
            **scene.outline(),
        )
    )
    layers.append(
        labels.mark_text(
            align="right",
            baseline="middle",
            fontSize=TEXT,
            limit=lane - LABEL_GAP,
            aria=False,
            tooltip=None,
            color=theme.color("ink"),
        ).encode(x=alt.XValue(lane - LABEL_GAP), y=px("eg_line", alt.Y), text=alt.Text("eg_label:N"))
    )
    return layer(*layers, width=width, height=row_height * scene.count, title=scene.title(title, width))


def scatter(
    scene: Scene,
    context: str,
    ticks: tuple[Sequence[float], Sequence[float]],
    *,
    width: int,
    height: int,
    title: str,
    note: Sequence[str],
) -> Any:
    """Each place's value against its `context`; in a period that has none, the lines of `note` in their stead.

    `ticks` are those of the context's axis and of the value's.
    """
    fields = scene.fields
    # The value axis stands inside the view, so that parts above one another share a left edge and a width.
    gutter = 30
    known = scene.base().transform_filter(f"isValid({at(context)}) && isValid({at(fields.value)})")
    (left, *_, right), (low, *_, high) = ticks
    end = width - EDGE
    x = alt.X(
        context,
        type="quantitative",
        scale=alt.Scale(domain=[left, right], range=[gutter, end], zero=False, nice=False),
        axis=alt.Axis(
            title=wrapped(fields.heading(context), end - gutter, theme.FONT_SIZE),
            values=list(ticks[0]),
            format=tick_format(ticks[0]),
            labelFlush=False,
        ),
    )
    y = alt.Y(
        fields.value,
        type="quantitative",
        scale=alt.Scale(domain=[low, high], zero=False, nice=False),
        axis=alt.Axis(title=None, values=list(ticks[1]), format=tick_format(ticks[1]), offset=-gutter),
    )
    dots = known.mark_point(filled=True, opacity=1, aria=False).encode(
        x=x,
        y=y,
        fill=scene.fill(),
        tooltip=scene.tips(),
        size=alt.SizeValue(34, condition={"test": scene.singled(), "value": 70}),
        **scene.outline(),
    )
    labels = known.transform_filter(scene.labeled()).transform_calculate(
        eg_x=f"{gutter} + ({at(context)} - {left}) / {right - left} * {end - gutter}",
        eg_y=f"{height} * (1 - ({at(fields.value)} - {low}) / {high - low})",
    )
    middle = (gutter + end) / 2
    texts = [
        layer.encode(x=px("eg_x", alt.X), y=px("eg_line", alt.Y), text=alt.Text("eg_label:N"))
        for side, test, shift in (("left", "<=", 9), ("right", ">", -9))
        for layer in haloed(
            pushed(labels.transform_filter(f"datum.eg_x {test} {middle}"), "eg_y", []), align=side, dx=shift
        )
    ]
    absent = (
        scene.base()
        .transform_aggregate([alt.AggregatedFieldDef(op="valid", field=context, **{"as": "eg_known"})])
        .transform_filter("datum.eg_known === 0")
        .mark_text(fontSize=theme.FONT_SIZE, lineHeight=18, color=theme.color("ink"), aria=False, text=list(note))
        .encode(x=alt.XValue((width + gutter) / 2), y=alt.YValue(height / 2))
    )
    return layer(
        dots.properties(name="scatter"), *texts, absent, width=width, height=height, title=scene.title(title, width)
    )
