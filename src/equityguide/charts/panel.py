"""One panel of a drawing over time: its scales, its points, and what stands between and around them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import TEXT
from equityguide.charts.clock import Clock, clock
from equityguide.charts.compose import ROWS
from equityguide.charts.lettering import lines, width
from equityguide.charts.places import ticks
from equityguide.charts.scene import at, tick_format
from equityguide.charts.sheet import LINE, Symbol, point, text, withheld

FOOT = 26  # pixels kept free under a panel for the labels of its axis
SPACE = 26  # pixels between panels side by side
OWN = alt.Resolve(scale=alt.ScaleResolveMap(x="independent", y="independent"))
EDGE = 4  # pixels kept free at the right of a drawing


@dataclass(frozen=True)
class Frame:
    """What all panels of a drawing share, and the size of one: pixels of its plot, and of the words above it."""

    clock: Clock
    period: str
    ticks: tuple[float, ...]  # in the unit of the rows
    per: int
    width: int
    plot: int
    head: int = 0

    @property
    def height(self) -> int:
        """Pixels of a panel with its words."""
        return self.head + self.plot

    def sized(self, head: int) -> Frame:
        """The same with `head` pixels for words."""
        return replace(self, head=head)

    def written(self, value: float, decimals: int) -> str:
        """A value of the rows as readers see it."""
        return f"{value * self.per:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")

    def x(self, column: str = "eg_at", *, labels: bool = True) -> Any:
        """Time, from a column in the clock's places."""
        shown = self.clock.ticks(self.width, TEXT)
        scale = alt.Scale(domain=[self.clock.first, self.clock.last], range=[0, self.width], nice=False, zero=False)
        axis = alt.Axis(
            title=None,
            values=shown if labels else [],
            labelExpr=self.clock.naming("datum.value"),
            labelFontSize=TEXT,
            labelFlush=False,
            labelOverlap=False,
            grid=False,
            tickSize=4,
        )
        return alt.X(column, type="quantitative", scale=scale, axis=axis)

    def y(self, column: str, *, labels: bool) -> Any:
        """The value, on the scale of all panels."""
        scale = alt.Scale(
            domain=[self.ticks[0], self.ticks[-1]], range=[self.height, self.head], nice=False, zero=False
        )
        numbers = tick_format([tick * self.per for tick in self.ticks])
        axis = alt.Axis(
            title=None,
            values=list(self.ticks),
            labels=labels,
            labelExpr=f"format(datum.value * {self.per}, '{numbers}')",
            labelFontSize=TEXT,
            domain=False,
            ticks=False,
            labelPadding=6,
            zindex=0,
        )
        return alt.Y(column, type="quantitative", scale=scale, axis=axis)

    def pixel(self, value: float) -> float:
        """How far down a value stands."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.head + self.plot * (1 - (value - low) / (high - low))

    def across(self, place: float) -> float:
        """How far right a place in time stands."""
        return (place - self.clock.first) / (self.clock.last - self.clock.first) * self.width


def scaled(values: Any, per: int, most: int = 4) -> tuple[float, ...]:
    """Ticks of values, at steps that are round as readers see them."""
    return tuple(tick / per for tick in ticks(values * per, most))


def gutter(frame: Frame) -> int:
    """Pixels left of a drawing for the labels of its values."""
    numbers = tick_format([tick * frame.per for tick in frame.ticks])
    return int(max(width(format(tick * frame.per, numbers), TEXT) for tick in frame.ticks)) + 10


def base(frame: Frame, column: str | None = None, name: str = "") -> Any:
    """The rows of one panel (those whose `column` is `name`), each with its place in time."""
    chart = alt.Chart(ROWS)
    if column is not None:
        chart = chart.transform_filter(f"{at(column)} === {json.dumps(name)}")
    return chart.transform_calculate(eg_at=frame.clock.place(frame.period))


def connected(chart: Any, frame: Frame, y: Any, **mark: Any) -> Any:
    """A line through the rows that have a value, broken wherever the period before is not shown."""
    return (
        _runs(chart.transform_filter(f"isValid({at(y['shorthand'])})"), frame)
        .mark_line(**({"aria": False, "tooltip": None} | mark))
        .encode(x=frame.x(), y=y, detail=alt.Detail("eg_run:N"))
    )


def hidden(chart: Any, frame: Frame, value: str, *, labels: bool = True) -> Any:
    """A band over each stretch of periods whose rows have no value to show."""
    half = frame.clock.step / 2
    return (
        _runs(chart.transform_filter(f"!isValid({at(value)})"), frame)
        .transform_aggregate(eg_first="min(eg_at)", eg_last="max(eg_at)", groupby=["eg_run"])
        .transform_calculate(eg_from=f"datum.eg_first - {half}", eg_to=f"datum.eg_last + {half}")
        .mark_rect(**withheld())
        .encode(
            x=frame.x("eg_from", labels=labels),
            x2=alt.X2("eg_to"),
            y=alt.YValue(frame.head),
            y2=alt.Y2Value(frame.height),
        )
    )


def _runs(chart: Any, frame: Frame) -> Any:
    """Gives each row the number of its stretch: a new one begins where the period before is not among the rows."""
    by_time = [alt.SortField("eg_at")]
    return (
        chart.transform_window(eg_before="lag(eg_at)", sort=by_time)
        .transform_calculate(eg_new=f"datum.eg_at - datum.eg_before > {frame.clock.step} ? 1 : 0")
        .transform_window(eg_run="sum(eg_new)", sort=by_time, frame=[None, 0])
    )


def points(chart: Any, frame: Frame, y: Any, tips: Mapping[str, Any], **mark: Any) -> Any:
    """A point for each row that has a value."""
    drawn = chart.transform_filter(f"isValid({at(y['shorthand'])})").transform_calculate(
        eg_when=frame.clock.naming("datum.eg_at"), **tips["calculate"]
    )
    style = point() | mark | {"aria": True}
    return drawn.mark_point(**style).encode(
        x=frame.x(), y=y, tooltip=tips["tooltip"], description=alt.Description("eg_sentence", type="nominal")
    )


def heading(title: Sequence[str], said: Sequence[str]) -> list[Any]:
    """A panel's name and the lines below it, in the room above its plot."""
    parts = [text(title, 0, LINE / 2, fontSize=theme.FONT_SIZE, fontWeight="bold")]
    if said:
        parts.append(text(said, 0, LINE * (len(title) + 0.5), color=theme.color("quiet")))
    return parts


def titled(name: str, room: int) -> list[str]:
    """A panel's name in lines of bold text that fit `room` pixels."""
    return lines(name, room, theme.FONT_SIZE, bold=True)


def grid(panels: Sequence[Any], across: int, below: int = FOOT) -> Any:
    """Panels, `across` in a row, aligned by their plots and not by their labels, which take `below` pixels."""
    spaced = {"row": below + 14, "column": SPACE}
    return alt.concat(*panels, columns=across, spacing=spaced, bounds="flush", resolve=OWN)


def stacked(*parts: Any) -> Any:
    """The key above what it explains."""
    return alt.vconcat(*parts, spacing=16, resolve=OWN)


def required(rows: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raises `ValueError` for a column that the rows lack."""
    if lacking := [column for column in columns if column not in rows.columns]:
        raise ValueError(f"The table has no column {lacking[0]!r}. It has {', '.join(map(str, rows.columns))}.")


def timeline(rows: pd.DataFrame, panel: str, period: str, value: str) -> Clock:
    """The clock of the rows. Raises `ValueError` for a panel that has a period twice, and where there is no value."""
    if len(twice := rows[rows.duplicated([panel, period])]):
        name, when = twice.iloc[0][[panel, period]]
        raise ValueError(f"{name} stands twice in {when}. Keep one measure and one dimension, one row for each period.")
    if not rows[value].notna().any():
        raise ValueError(f"The column {value} holds no number, so there is nothing to draw.")
    return clock(rows[period])


def shading(rows: pd.DataFrame, value: str) -> list[tuple[Symbol, str]]:
    """The key's entry for rows without a value, with their own words for why."""
    empty = rows[rows[value].isna()]
    if empty.empty:
        return []
    why = sorted(set(empty["status"].dropna().astype(str)) - {"shown"}) if "status" in rows.columns else []
    return [("withheld", f"not shown: {' or '.join(why)}" if why else "not shown: no data")]


def tips_of(titles: Mapping[str, str], panel: str, decimals: Mapping[str, int], per: int) -> dict[str, Any]:
    """What a point says when pointed at: columns to calculate, and the tooltip that shows them."""
    written = {
        f"eg_text_{place}": f"isValid({at(column)}) ? format({at(column)} * {per}, ',.{digits}f') : 'no data'"
        for place, (column, digits) in enumerate(decimals.items())
    }
    spoken = " + ', ' + ".join([at(panel), "datum.eg_when"]) + " + ': ' + datum.eg_text_0"
    shown = [
        alt.Tooltip(panel, type="nominal", title=titles.get(panel, panel)),
        alt.Tooltip("eg_when", type="nominal", title="When"),
        *(
            alt.Tooltip(f"eg_text_{place}", type="nominal", title=titles.get(column, column))
            for place, column in enumerate(decimals)
        ),
    ]
    return {"calculate": written | {"eg_sentence": spoken}, "tooltip": shown}
