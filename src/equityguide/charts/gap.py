"""A gap over time: the difference itself, and what each side of it did."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, TEXT, WIDE, Responsive, describe
from equityguide.charts.compose import layer
from equityguide.charts.lettering import lines
from equityguide.charts.panel import (
    EDGE,
    Frame,
    base,
    connected,
    grid,
    gutter,
    heading,
    hidden,
    points,
    required,
    scaled,
    shading,
    stacked,
    timeline,
    tips_of,
    titled,
)
from equityguide.charts.scene import at
from equityguide.charts.sheet import (
    LINE,
    PAD,
    Symbol,
    center,
    finished,
    headed,
    interval,
    key,
    limits,
    once,
    other,
    point,
    text,
)

LANE = {WIDE: 150, PHONE: 92}  # pixels right of the drawing for the names of its lines


def gap_chart(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    unit: str,
    period: str = "period",
    group: str = "group",
    target: float | None = None,
    level: int = 95,
    noun: str = "periods",
    per: int = 100,
    decimals: int = 0,
) -> Responsive:
    """A gap over time: the difference with its interval beside the line of no gap, and below what each side did.

    `rows` come from `gaps` over several periods for one measure and dimension, of one compared group, with the rows of
    its reference or without them: `group`, `period`, `rate`, `reference`, `reference_rate`, `difference`,
    `difference_lower` and `difference_upper` (fractions). `target` is the gap aimed at, as a difference. The lower part
    has a line for the group and one for the reference, named at their ends. A period without a difference is a shaded
    band. Raises `ValueError` for a missing column, more than one compared group, or nothing to compare.
    """
    needed = ["rate", "reference", "reference_rate", "difference", "difference_lower", "difference_upper"]
    required(rows, [group, period, *needed])
    compared = rows[rows[group] != rows["reference"]]
    names = list(dict.fromkeys(compared[group]))
    if len(names) != 1 or compared["reference"].nunique() != 1:
        raise ValueError(
            f"A chart of a gap takes one group and one reference; the table compares {len(names)} groups "
            f"with {compared['reference'].nunique()} references. Filter the table, and draw one chart for each."
        )
    (name,), reference = names, str(compared["reference"].iloc[0])
    time = timeline(compared, group, period, "difference")
    spread = pd.concat([compared[c].dropna() for c in needed[3:]] + [pd.Series([0.0, target or 0.0])])
    both = pd.concat([compared[column].dropna() for column in ("rate", "reference_rate")])
    gap_ticks, rate_ticks = scaled(spread, per, 5), scaled(both, per)
    signs: list[tuple[Symbol, str]] = [
        ("interval", f"difference and {level}% interval"),
        *shading(compared, "difference"),
    ]
    gap_tips = tips_of(titles, group, dict.fromkeys(needed[3:], decimals), per)
    own_tips = tips_of(titles, group, {"rate": decimals}, per)
    their_tips = tips_of(titles, "reference", {"reference_rate": decimals}, per)
    points_of = "percentage points" if per == 100 else unit
    ordered = compared.dropna(subset=["difference"]).sort_values(period, key=lambda column: column.map(time.order))
    first, last = ordered.iloc[0], ordered.iloc[-1]
    levels = [(0.0, "no gap", center())]
    if target is not None:
        levels.append(
            (target, f"target {Frame(time, period, gap_ticks, per, 0, 0).written(target, decimals)}", limits())
        )

    def did(rate: float) -> str:
        return f"{rate * per:,.{decimals}f}"

    def drawing(total: int) -> Any:
        left = max(gutter(Frame(time, period, t, per, 0, 0)) for t in (gap_ticks, rate_ticks))
        room = total - 2 * PAD - left - LANE[total]
        right = total - 2 * PAD - left - EDGE
        above = titled(f"The gap: {name} minus {reference}, {points_of}", right)
        below = titled("What each did", right)
        top = Frame(time, period, gap_ticks, per, room, 170, LINE * len(above) + 10)
        foot = Frame(time, period, rate_ticks, per, room, 130, LINE * len(below) + 10)
        plotted = base(top, group, name)
        y = top.y("difference", labels=True)
        gap = [
            hidden(plotted, top, "difference"),
            *_levels(top, levels, LANE[total]),
            plotted.transform_filter(f"isValid({at('difference_lower')})")
            .mark_rule(**interval())
            .encode(x=top.x(), y=top.y("difference_lower", labels=True), y2=alt.Y2("difference_upper")),
            connected(plotted, top, y, strokeWidth=1.2),
            points(plotted, top, y, gap_tips),
            *heading(above, []),
        ]
        plotted = base(foot, group, name)
        own, theirs = foot.y("rate", labels=True), foot.y("reference_rate", labels=True)
        sides = [
            hidden(plotted, foot, "difference"),
            connected(plotted, foot, theirs, strokeWidth=1.8, color=theme.color("named"), strokeDash=[6, 3]),
            connected(plotted, foot, own, strokeWidth=1.8),
            points(plotted, foot, theirs, their_tips, **other()),
            points(plotted, foot, own, own_tips),
            *_named(last, foot, {"rate": name, "reference_rate": reference}, decimals, LANE[total]),
            *heading(below, []),
        ]
        return stacked(
            key(headed(titles, "rate", unit), signs, left=-left, right=right),
            grid([layer(*gap, width=room, height=top.height), layer(*sides, width=room, height=foot.height)], 1),
        )

    return describe(
        finished(drawing(WIDE), drawing(PHONE), rows), label=period, value="difference", unit=points_of, noun=noun,
        titles=titles, decimals=decimals, factor=per, lower="difference_lower", upper="difference_upper", level=level,
        said=f"{name}: {did(first.rate)} at first, {did(last.rate)} at last. "
        f"{reference}: {did(first.reference_rate)} at first, {did(last.reference_rate)} at last.",
    )  # fmt: skip


def _levels(frame: Frame, levels: Sequence[tuple[float, str, dict[str, Any]]], lane: int) -> list[Any]:
    """Levels to compare with, from the first period to the last, named at their right ends."""
    words = [lines(said, lane - 8, TEXT) for _, said, _ in levels]
    heights = [frame.pixel(level) for level, _, _ in levels]
    rules = [
        once().mark_rule(**style).encode(x=alt.XValue(0), x2=alt.X2Value(frame.width), y=alt.YValue(y))
        for (_, _, style), y in zip(levels, heights, strict=True)
    ]
    tops = _apart(heights, [len(said) for said in words])
    return rules + [text(said, frame.width + 8, top) for said, top in zip(words, tops, strict=True)]


def _named(last: pd.Series[Any], frame: Frame, sides: Mapping[str, str], decimals: int, lane: int) -> list[Any]:
    """Each line's mark, name and last value beside its end."""
    words = [
        lines(f"{name} {frame.written(last[column], decimals)}", lane - 18, TEXT) for column, name in sides.items()
    ]
    tops = _apart([frame.pixel(last[column]) for column in sides], [len(said) for said in words])
    marks = [
        once().mark_point(**style).encode(x=alt.XValue(frame.width + 8), y=alt.YValue(top))
        for style, top in zip((point(), other()), tops, strict=True)
    ]
    return marks + [text(said, frame.width + 17, top) for said, top in zip(words, tops, strict=True)]


def _apart(wanted: Sequence[float], counts: Sequence[int]) -> list[float]:
    """The middle of each block's first line: blocks of so many lines around the wanted pixels, none over another."""
    tops = [y - LINE * (count - 1) / 2 for y, count in zip(wanted, counts, strict=True)]
    order = sorted(range(len(tops)), key=lambda place: (wanted[place], place))
    for above, below in itertools.pairwise(order):
        overlap = tops[above] + LINE * counts[above] + 2 - tops[below]
        if overlap > 0:
            tops[above] -= overlap / 2
            tops[below] += overlap / 2
    return tops
