"""Two periods, one line a group: both ends carry their number, the right one the group's name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, TEXT, WIDE, Responsive, describe, lettering
from equityguide.charts.compose import having, layer
from equityguide.charts.people.frame import HEAD, LEADING, MARGIN, PAD, balanced
from equityguide.charts.people.table import Fields, Groups, Row, grouped, per_of
from equityguide.charts.places import records, ticks
from equityguide.charts.scene import at, haloed, px

BETWEEN = 7  # pixels between two labels
ONE_LINE = 290  # pixels, the longest label of one line
REACH = 26  # pixels from an end of a line to its label
DASHES = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3])
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")


@dataclass(frozen=True)
class Label:
    """One end of a line: its row, the place of the row, its lines of text, and where it stands."""

    row: Row
    name: list[str]
    y: float
    middle: float


def slope(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    unit: str,
    period: str = "period",
    group: str = "group",
    value: str = "rate",
    lower: str | None = "rate_lower",
    upper: str | None = "rate_upper",
    n: str | None = "denominator",
    named: Sequence[str] = (),
    noun: str = "groups",
    level: int = 95,
    decimals: int = 0,
    per: float | None = None,
) -> Responsive:
    """Groups' values in two periods, a line each from the earlier to the later, by text or number of `period`.

    `rows` has one row a group and period, as `rates` returns them. Both ends are labeled with the value, its interval
    at `level` percent in brackets and `n`; labels keep clear of one another, with leaders to their ends. A group
    without a value in a period has no line; below the plot it says which period is suppressed, without data or not
    asked. Lines differ by dash and by the shape of their ends; the groups in `named` are drawn thicker. The other
    parameters are those of `equiplot`.

    Raises `ValueError` in one sentence as `equiplot` does, for other than two periods, and for an unknown `named`.
    """
    fields = Fields(titles, group, value, lower, upper, unit, n, period, level, decimals, per_of(value, per))
    groups = grouped(rows, fields, "alphabetical")
    periods = sorted(groups.panels)
    if len(periods) != 2:
        raise ValueError(f"The column {period} holds {len(periods)} periods ({', '.join(periods)}). Give two.")
    if unknown := sorted(set(named) - {row.group for row in groups.rows}):
        raise ValueError(f"No row is named {unknown[0]!r}. Name groups as the column {group} does.")
    wide = _drawing(groups, periods, rows, named, WIDE - 2 * MARGIN, phone=False)
    phone = _drawing(groups, periods, rows, named, PHONE - 2 * MARGIN, phone=True)
    return describe(
        Responsive(wide=wide, phone=phone),
        label=group,
        value=value,
        unit=unit,
        noun=noun,
        titles=titles,
        lower=lower,
        upper=upper,
        level=level if lower else None,
        period=period,
        decimals=decimals,
        factor=fields.per,
        said=" ".join(_hidden(groups, periods).values()),
    )


def _hidden(groups: Groups, periods: Sequence[str]) -> dict[str, str]:
    """For each group without a value in a period, a sentence that says so."""
    said = {}
    there = {(row.group, row.panel): row.word for row in groups.rows}
    for name in dict.fromkeys(row.group for row in groups.rows):
        words = {period: there.get((name, period), "no data") for period in periods}
        kinds = {word: [p for p in periods if words[p] == word] for word in words.values() if word}
        if kinds:
            said[name] = f"{name}: {', '.join(word + ' in ' + ' and '.join(ps) for word, ps in kinds.items())}."
    return said


def apart(wanted: Sequence[float], heights: Sequence[float], low: float) -> list[float]:
    """Middles of labels of these heights as near to the `wanted` ones (rising) as keeps them from overlapping.

    Labels that would overlap stand together about the mean of where they want to be; none begins above `low`.
    """
    blocks: list[list[float]] = []  # where a block wants to begin, its height, its labels
    for middle, height in zip(wanted, heights, strict=True):
        blocks.append([middle - height / 2, height, 1])
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] > blocks[-1][0]:
            start, tall, count = blocks.pop()
            before = blocks[-1]
            # A label's wish, seen from the beginning of the block it joins.
            before[0] = (before[0] * before[2] + (start - before[1]) * count) / (before[2] + count)
            before[1], before[2] = before[1] + tall, before[2] + count
    middles, down = [], low
    sizes = iter(heights)
    for start, _, count in blocks:
        down = max(down, start)
        for _ in range(int(count)):
            height = next(sizes)
            middles.append(down + height / 2)
            down += height
    return middles


def _text(row: Row, fields: Fields, *, phone: bool, left: bool) -> list[str]:
    """An end's numbers as they will read; `_expression` writes the same from the row."""
    value = f"{fields.said(row.value)}{fields.mark}"
    limits = f"({fields.said(row.lower)} to {fields.said(row.upper)})" if row.lower == row.lower else ""
    count = f"n = {row.n:,.0f}" if row.n == row.n else ""
    if phone:
        parts = [value, limits, count] if left else [f"{value} {limits}", count]
    else:
        parts = [", ".join(filter(None, [f"{value} {limits}".strip(), count]))]
    return [part.strip() for part in parts if part.strip()]


def _expression(fields: Fields, *, phone: bool, left: bool) -> str:
    value = f"{fields.written(fields.value)} + {json.dumps(fields.mark)}"
    limits = f"({fields.limits()} === '' ? '' : '(' + {fields.limits()} + ')')"
    count = f"(isValid({at(fields.n)}) ? 'n = ' + format({at(fields.n)}, ',') : '')" if fields.n else "''"
    both = f"{value} + ({limits} === '' ? '' : {json.dumps('|' if phone and left else ' ')} + {limits})"
    own = f"{both} + ({count} === '' ? '' : {json.dumps('|' if phone else ', ')} + {count})"
    return own if left else f"datum.eg_name + {own}"


def _name(rows: Sequence[Row], fields: Fields, *, phone: bool) -> str:
    """A group's name with what parts it from its numbers: a space where all fits one line, else a new line."""
    name = rows[0].group
    longest = max(
        (lettering.width(f"{name} {_text(row, fields, phone=False, left=False)[0]}", TEXT) for row in rows), default=0
    )
    if not phone and longest <= ONE_LINE:
        return f"{name}  "
    return "|".join(balanced(name, 118 if phone else 240)) + "|"


def _drawing(
    groups: Groups, periods: Sequence[str], rows: pd.DataFrame, named: Sequence[str], width: int, *, phone: bool
) -> Any:
    fields = groups.fields
    names = {}
    for row in groups.rows:
        own = [other for other in groups.shown if other.group == row.group] or [row]
        names[row.group] = _name(own, fields, phone=phone)

    # A group that ends where it began is named there.
    alone = {row.group for row in groups.shown} - {row.group for row in groups.shown if row.panel == periods[1]}

    def lines(row: Row) -> list[str]:
        left = row.panel == periods[0] and row.group not in alone
        numbers = _text(row, fields, phone=phone, left=left)
        return numbers if left else (names[row.group] + "|".join(numbers)).split("|")

    ends = [[row for row in groups.shown if row.panel == period] for period in periods]
    lanes = [max((lettering.width(line, TEXT) for row in end for line in lines(row)), default=0) for end in ends]
    x = (lanes[0] + REACH, width - lanes[1] - REACH)
    heights = {id(row): len(lines(row)) * LEADING + BETWEEN for end in ends for row in end}
    tall = max(280.0, *(sum(heights[id(row)] for row in end) for end in ends))
    caption = lettering.lines(
        f"{fields.heading(fields.value)}, {fields.unit}"
        + (f". Brackets: {fields.level}% interval" if fields.lower else ""),
        width,
        theme.FONT_SIZE,
    )
    top = HEAD * len(caption) + 34
    numbers = [row.value * fields.per for row in groups.shown]
    marks = ticks(pd.Series(numbers))
    low, high = min(numbers), max(numbers)
    if low == high:
        low, high = marks[0], marks[-1]
    inset = 14

    def down(row: Row) -> float:
        return top + inset + (high - row.value * fields.per) / (high - low) * (tall - 2 * inset)

    middles: dict[int, float] = {}
    for end in ends:
        ranked = sorted(end, key=lambda row: (down(row), row.group))
        stood = apart([down(row) for row in ranked], [heights[id(row)] for row in ranked], top)
        middles |= {id(row): middle for row, middle in zip(ranked, stood, strict=True)}
    lowest = max([top + tall, *(middles[id(row)] + heights[id(row)] / 2 for end in ends for row in end)])

    base = (
        alt.Chart()
        .transform_calculate(eg_at=groups.place())
        .transform_calculate(
            eg_x=f"({at(fields.panel or '')} + '') === {json.dumps(periods[0])} ? {x[0]:g} : {x[1]:g}",
            eg_y=groups.lookup([down(row) if row.shown else None for row in groups.rows]),
            eg_middle=groups.lookup([middles.get(id(row)) for row in groups.rows]),
            eg_first=groups.lookup(
                [middles[id(row)] - (len(lines(row)) - 1) * LEADING / 2 if row.shown else None for row in groups.rows]
            ),
            eg_name=groups.lookup([names[row.group] for row in groups.rows]),
        )
    )
    first = base.transform_filter("datum.eg_at === 0")
    layers = [
        text.encode(x=alt.XValue(0), y=alt.YValue(HEAD / 2))
        for text in haloed(first, text=caption, align="left", fontSize=theme.FONT_SIZE, lineHeight=HEAD)
    ]
    for place, period in zip(x, periods, strict=True):
        layers.append(
            first.mark_rule(color=theme.color("rule"), aria=False, tooltip=None).encode(
                x=alt.XValue(place), y=alt.YValue(top), y2=alt.Y2Value(top + tall)
            )
        )
        layers += [
            text.encode(x=alt.XValue(place), y=alt.YValue(top - 14))
            for text in haloed(first, text=period, align="center", fontWeight="bold", fontSize=theme.FONT_SIZE)
        ]
    shown = base.transform_filter(f"isValid({at(fields.value)})")
    named_numbers = _expression(fields, phone=phone, left=False)
    own_name = (
        f"indexof({json.dumps(sorted(alone), ensure_ascii=False)}, {at(fields.group)} + '') >= 0 ? {named_numbers} : "
        f"{_expression(fields, phone=phone, left=True)}"
    )
    for side, (period, align) in enumerate(zip(periods, ("right", "left"), strict=True)):
        sign = (-1, 1)[side]
        own = shown.transform_filter(f"({at(fields.panel or '')} + '') === {json.dumps(period)}").transform_calculate(
            eg_lines=f"split({own_name if side == 0 else named_numbers}, '|')"
        )
        layers.append(
            own.transform_calculate(eg_near=f"{x[side] + sign * 8:g}", eg_far=f"{x[side] + sign * (REACH - 4):g}")
            .mark_rule(color=theme.color("edge"), strokeWidth=1, aria=False, tooltip=None)
            .encode(x=px("eg_near", alt.X), x2=alt.X2("eg_far"), y=px("eg_y", alt.Y), y2=alt.Y2("eg_middle"))
        )
        layers += [
            text.encode(x=alt.XValue(x[side] + sign * REACH), y=px("eg_first", alt.Y), text=alt.Text("eg_lines:N"))
            for text in haloed(own, align=align, lineHeight=LEADING, fontSize=TEXT)
        ]
    layers += _lines(groups, shown, named)
    hidden = _hidden(groups, periods)
    below = lowest + 16
    for name, said in hidden.items():
        said_lines = lettering.lines(said, width, theme.FONT_SIZE)
        place = next(i for i, row in enumerate(groups.rows) if row.group == name)
        layers += [
            text.encode(x=alt.XValue(0), y=alt.YValue(below))
            for text in haloed(
                base.transform_filter(f"datum.eg_at === {place}"),
                text=said_lines,
                align="left",
                fontSize=theme.FONT_SIZE,
                lineHeight=LEADING,
                fontStyle="italic",
                color=theme.color("quiet"),
            )
        ]
        below += LEADING * len(said_lines) + 5
    height = below if hidden else lowest
    drawn = layer(*layers, width=width, height=height)
    return having(drawn, datasets={"rows": records(rows)}, padding=PAD)


def _lines(groups: Groups, shown: Any, named: Sequence[str]) -> list[Any]:
    """Each group's line and ends, told apart by dash and shape."""
    fields = groups.fields
    layers = []
    tips = [
        alt.Tooltip(fields.group, type="nominal", title=fields.heading(fields.group)),
        alt.Tooltip(f"{fields.panel}", type="nominal", title=fields.heading(fields.panel or "")),
        alt.Tooltip("eg_text:N", title=fields.heading(fields.value)),
    ]
    told = f"{fields.written(fields.value)} + {json.dumps(fields.mark)} + ' ' + {fields.limits()}"
    for place, name in enumerate(dict.fromkeys(row.group for row in groups.rows)):
        strong = name in named
        own = shown.transform_filter(f"({at(fields.group)} + '') === {json.dumps(name)}").transform_calculate(
            eg_text=told,
            eg_sentence=f"{at(fields.group)} + ', ' + {at(fields.panel or '')} + ': ' + {told}",
        )
        ends = {"x": px("eg_x", alt.X), "y": px("eg_y", alt.Y)}
        layers.append(
            own.mark_line(
                strokeWidth=3.5 if strong else 1.75,
                strokeDash=DASHES[place % len(DASHES)],
                color=theme.color("mark"),
                aria=False,
                tooltip=None,
            ).encode(**ends)
        )
        layers.append(
            own.mark_point(
                shape=SHAPES[place % len(SHAPES)],
                size=110 if strong else 80,
                filled=True,
                opacity=1,
                fill=theme.color("mark"),
                stroke=theme.color("ground"),
                strokeWidth=1,
            ).encode(**ends, tooltip=tips, description=alt.Description("eg_sentence:N"))
        )
    return layers
