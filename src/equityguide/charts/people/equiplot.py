"""Each group's rate as a dot with its interval, one row a group."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import Responsive, describe
from equityguide.charts.people.frame import DOT, Frame, frames
from equityguide.charts.people.table import Fields, Groups, Order, Row, grouped, per_of
from equityguide.charts.scene import at, px


def equiplot(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    unit: str,
    group: str = "group",
    value: str = "rate",
    lower: str | None = "rate_lower",
    upper: str | None = "rate_upper",
    n: str | None = "denominator",
    panel: str | None = None,
    order: Order = "alphabetical",
    reference: str | None = None,
    noun: str = "groups",
    level: int = 95,
    decimals: int = 0,
    per: float | None = None,
) -> Responsive:
    """Groups' values as dots with intervals, a row each, one strip for each value of `panel`, on one scale.

    `rows` has one row a group (and panel), as `rates` returns them or as a published table of estimates has them:
    `value` with `lower` and `upper` at `level` percent, and `n`, how many people stand behind it (`None` where a
    source gives none). Values are multiplied by `per` to be in `unit`: by 100 for the column `rate` of the measures,
    which is a fraction, by 1 for others. A row without a value keeps its place and says its `status`: suppressed, no
    data or not asked. `order` is "alphabetical", "value" (highest first) or a list of the groups; Unknown and
    Declined come last alphabetically. `reference` names a group that is drawn as a diamond, with a line through all
    rows at its value. `titles` gives each column's heading, `decimals` the digits a value is written with.

    Raises `ValueError` in one sentence for a column that is not there, a group that stands twice, an interval that
    does not hold its value or is not at `level`, a withheld row with a value, an unknown reference or order, and a
    table without a number.
    """
    fields = Fields(titles, group, value, lower, upper, unit, n, panel, level, decimals, per_of(value, per))
    groups = grouped(rows, fields, order)
    if reference is not None and reference not in {row.group for row in groups.rows}:
        raise ValueError(
            f"The reference {reference!r} is not a group of the rows. Name one as the column {group} does."
        )
    beside = [[number_of(row, fields)] for row in groups.shown]
    drawn = [_drawing(frame, rows, reference) for frame in frames(groups, beside)]
    return describe(
        Responsive(wide=drawn[0], phone=drawn[1]),
        label=group,
        value=value,
        unit=unit,
        noun=noun,
        titles=titles,
        lower=lower,
        upper=upper,
        level=level if lower else None,
        period=panel,
        decimals=decimals,
        factor=fields.per,
        said=groups.withheld(),
    )


def number_of(row: Row, fields: Fields) -> str:
    """A row's value with its interval in brackets, as `number` writes it."""
    limits = f" ({fields.said(row.lower)} to {fields.said(row.upper)})" if row.lower == row.lower else ""
    return f"{fields.said(row.value)}{fields.mark}{limits}"


def number(fields: Fields) -> str:
    """An expression for a row's value with its interval in brackets."""
    limits = fields.limits()
    return (
        f"{fields.written(fields.value)} + {json.dumps(fields.mark)} + ({limits} === '' ? '' : ' (' + {limits} + ')')"
    )


def caption(fields: Fields, heading: str) -> list[str]:
    """What an axis says: the measure, its unit, and what the line through a dot is."""
    named = heading if fields.unit.lower() in heading.lower() else f"{heading}, {fields.unit}"
    return [named, *([f"Line: {fields.level}% interval"] if fields.lower else [])]


def spread(groups: Groups) -> list[float]:
    """Every number that the value axis must hold, in the unit of the axis."""
    numbers = [number for row in groups.shown for number in (row.value, row.lower, row.upper)]
    return [number * groups.fields.per for number in numbers if number == number]


def dots(
    frame: Frame, along: Callable[[str], alt.X], is_reference: str | None, tooltip: Mapping[str, str]
) -> list[Any]:
    """Layers of the intervals and dots of all rows that have a value, each telling `tooltip` (title -> expression).

    Rows for which the expression `is_reference` holds are open diamonds. `None` for no such row: a layer without marks
    would be a picture without a name to a screen reader.
    """
    fields = frame.groups.fields
    calculated = {"eg_value": fields.measured()}
    if fields.lower and fields.upper:
        calculated |= {"eg_lower": fields.scaled(fields.lower), "eg_upper": fields.scaled(fields.upper)}
    calculated |= {f"eg_tip_{place}": told for place, told in enumerate(tooltip.values())}
    shown = (
        frame.base(**calculated)
        .transform_filter("isValid(datum.eg_value)")
        .transform_calculate(
            eg_sentence=f"{at(fields.group)} + ': ' + datum.eg_tip_0 + {json.dumps(' ' + fields.unit)}"
        )
    )
    y = px("eg_y", alt.Y)
    layers = []
    if fields.lower and fields.upper:
        layers.append(
            shown.mark_rule(strokeWidth=2, color=theme.color("mark"), aria=False, tooltip=None).encode(
                x=along("eg_lower"), x2=alt.X2("eg_upper"), y=y
            )
        )
    names = [name for name in (fields.panel, fields.group) if name]
    tips = [
        *(alt.Tooltip(name, type="nominal", title=fields.heading(name)) for name in names),
        *(alt.Tooltip(f"eg_tip_{i}", type="nominal", title=title) for i, title in enumerate(tooltip)),
    ]
    shapes = [(f"!({is_reference or 'false'})", "circle", 1.0 * DOT, "mark")]
    if is_reference is not None:
        shapes.append((is_reference, "diamond", 1.5 * DOT, "ground"))
    for test, shape, size, fill in shapes:
        layers.append(
            shown.transform_filter(test)
            .mark_point(
                shape=shape,
                size=size,
                filled=True,
                fill=theme.color(fill),
                stroke=theme.color("mark"),
                strokeWidth=2,
                opacity=1,
            )
            .encode(x=along("eg_value"), y=y, tooltip=tips, description=alt.Description("eg_sentence:N"))
        )
    return layers


def _drawing(frame: Frame, rows: pd.DataFrame, reference: str | None) -> Any:
    groups, fields = frame.groups, frame.groups.fields
    said = caption(fields, fields.heading(fields.value))
    tooltip = {fields.heading(fields.value): number(fields)}
    if fields.n:
        tooltip[fields.heading(fields.n)] = f"isValid({at(fields.n)}) ? format({at(fields.n)}, ',') : 'not given'"
    is_reference = None if reference is None else f"{at(fields.group)} === {json.dumps(reference)}"
    guide = []
    if reference is not None:
        said.append(f"Diamond and dashed line: {reference}")
    along = frame.along(spread(groups), said)
    if reference is not None:
        spans = frame.spans()
        guide.append(
            frame.base(
                eg_value=fields.scaled(fields.value),
                eg_from=groups.lookup([start for start, _ in spans]),
                eg_to=groups.lookup([end for _, end in spans]),
            )
            .transform_filter(f"{is_reference} && isValid({at(fields.value)})")
            .mark_rule(strokeDash=[4, 3], strokeWidth=1.5, color=theme.color("edge"), aria=False, tooltip=None)
            .encode(x=along("eg_value"), y=px("eg_from", alt.Y), y2=alt.Y2("eg_to"))
        )
    beside = f"isValid({at(fields.value)}) ? [{number(fields)}] : ['']"
    layers = [*guide, *dots(frame, along, is_reference, tooltip), *frame.words(), *frame.withheld()]
    return frame.finished([*layers, *frame.beside(beside)], rows)
