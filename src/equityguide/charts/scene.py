"""What the parts of a place chart share: which column is what, the classes of a value, labels, outlines, tooltips.

Positions of labels are computed in pixels inside the specification, since Vega-Lite has no leaders: a label is pushed
down by the least distance that keeps it clear of the one above, so that it holds for every period and every pick.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from equityguide import theme
from equityguide.charts import TEXT
from equityguide.charts.compose import ROWS

NO_DATA = "no data"
LINE = 15  # pixels from one label to the next
HALO = 4  # pixels of ground drawn beneath a label, half of it outside; all of it counts as the label's extent
PERIOD = "{period}"  # in a title: the period shown
STAND_IN = "\N{FULL BLOCK}" * 4  # as long as a year, while a title is broken into lines


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

    def heading(self, column: str) -> str:
        return self.titles.get(column, column)

    def measured(self) -> str:
        """The value's heading with its unit."""
        heading = self.heading(self.value)
        return heading if self.unit.lower() in heading.lower() else f"{heading} ({self.unit})"


@dataclass(frozen=True)
class Classes:
    """Classes of a value, low to high: the limits between them, each one's label, fill, and ink for text on it.

    `missing` where some row has no value, and a class says so.
    """

    breaks: tuple[float, ...]
    labels: tuple[str, ...]
    fills: tuple[str, ...]
    inks: tuple[str, ...]
    missing: bool


@dataclass(frozen=True)
class Scene:
    """One figure's rows: columns, classes, ticks of the value axis, rows in a period, and the places always named."""

    fields: Fields
    classes: Classes
    ticks: tuple[float, ...]
    count: int
    named: tuple[str, ...]
    character: int  # pixels that a letter of a label takes

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
            **{f"eg_text_{place}": self.written(column) for place, column in enumerate(self._numbers())},
            eg_sentence=self._sentence(),
        )

    def _numbers(self) -> list[str]:
        fields = self.fields
        return [column for column in (fields.value, fields.lower, fields.upper, fields.context) if column]

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
            known = f"isValid({at(fields.lower)}) && isValid({at(fields.upper)})"
            words += f" + ' ({fields.level}% interval ' + ({known} ? {limits} : {json.dumps(NO_DATA)}) + ')'"
        return words + (f" + ', ' + {at(fields.period)}" if fields.period else "")

    def written(self, column: str) -> str:
        """An expression for a column's number as text, or "no data"."""
        number = at(column)
        # Only the value's own column and its limits have the figure's decimals; another measure keeps its own.
        text = f"'' + {number}" if column == self.fields.context else f"format({number}, ',.{self.fields.decimals}f')"
        return f"(isValid({number}) ? {text} : {json.dumps(NO_DATA)})"

    def title(self, text: str, width: int) -> Any:
        """A part's title in as many lines as `width` needs; for `{period}` stands the period shown, and follows it."""
        lines = wrapped(text.replace(PERIOD, STAND_IN), width, theme.FONT_SIZE + 1)
        if PERIOD not in text:
            return alt.Title(lines, frame="group")
        spoken = [json.dumps(line, ensure_ascii=False).replace(STAND_IN, '" + shown_period + "') for line in lines]
        return alt.Title({"expr": spoken[0] if len(spoken) == 1 else f"[{', '.join(spoken)}]"}, frame="group")

    def tips(self) -> list[Any]:
        """The tooltip: what the row says, under the headings of the table."""
        fields = self.fields
        texts = [fields.area, *([fields.period] if fields.period else [])]
        return [
            *(alt.Tooltip(column, type="nominal", title=fields.heading(column)) for column in texts),
            *(
                alt.Tooltip(f"eg_text_{place}", type="nominal", title=fields.heading(column))
                for place, column in enumerate(self._numbers())
            ),
        ]

    def fill(self, legend: Any = None) -> Any:
        """A place's class as its fill."""
        domain, colors = list(self.classes.labels), list(self.classes.fills)
        if self.classes.missing:
            domain, colors = [*domain, NO_DATA], [*colors, theme.color("missing")]
        return alt.Fill("eg_class:O", scale=alt.Scale(domain=domain, range=colors), legend=legend)

    def legend(self) -> Any:
        return alt.Legend(
            title=None,
            orient="bottom",
            direction="horizontal",
            columns=3,
            symbolType="square",
            symbolSize=170,
            symbolStrokeWidth=0.6,
            offset=8,
            columnPadding=14,
        )

    def found(self) -> dict[str, Any]:
        """A test: the place the reader picked from the list, clicked or points at."""
        return {"or": [{"param": "picked", "empty": False}, {"param": "pointed", "empty": False}]}

    def singled(self) -> dict[str, Any]:
        """A test: named, or found by the reader."""
        return {"or": ["datum.eg_named", *self.found()["or"]]}

    def labeled(self, *also: str) -> dict[str, Any]:
        """A test: named, picked, or whatever else a part always labels. Not pointed at: labels would flicker."""
        return {"or": ["datum.eg_named", {"param": "picked", "empty": False}, *also]}

    def border(self) -> dict[str, Any]:
        """Stroke encodings that part places from each other, a place without data from the ground, and show the
        pointed at."""
        pointed = {"param": "pointed", "empty": False}
        return {
            "stroke": alt.StrokeValue(
                theme.color("edge"),
                condition=[
                    {"test": pointed, "value": theme.color("ink")},
                    {"test": f"isValid({at(self.fields.value)})", "value": theme.color("border")},
                ],
            ),
            "strokeWidth": alt.StrokeWidthValue(0.8, condition={"test": pointed, "value": 4}),
        }

    def outline(self) -> dict[str, Any]:
        """Stroke encodings that single out a place without relying on color: thick if named, thicker if found."""
        return {
            "stroke": alt.StrokeValue(
                theme.color("border"),
                condition=[
                    {"test": self.found(), "value": theme.color("ink")},
                    {"test": "datum.eg_named", "value": theme.color("named")},
                ],
            ),
            "strokeWidth": alt.StrokeWidthValue(
                0.8, condition=[{"test": self.found(), "value": 3}, {"test": "datum.eg_named", "value": 2.2}]
            ),
        }


def at(column: str) -> str:
    """A column of a row in a Vega expression."""
    return f"datum[{json.dumps(column)}]"


def wrapped(text: str, width: float, size: int) -> list[str]:
    """Lines of `text` that fit `width` pixels at `size` pixels; in this font a character takes about 0.53 of that."""
    return textwrap.wrap(text, max(10, int(width / (0.53 * size))))


def tick_format(ticks: Sequence[float]) -> str:
    """A number format that writes each tick in full: Vega's own rounds a tick that is finer than its own would be."""
    if max(map(abs, ticks)) >= 100_000:
        return "~s"
    return f",.{max(len(f'{tick:.10f}'.rstrip('0').partition('.')[2]) for tick in ticks)}f"


def px(column: str, channel: Any) -> Any:
    """A position that is in pixels already."""
    return channel(column, type="quantitative", scale=None, axis=None)


def pushed(chart: Any, wanted: str, groupby: list[str]) -> Any:
    """Gives each row `eg_line`: its pixel `wanted`, or as far below as keeps it one line clear of the label above.

    With rows sorted by where they want to be, that is order * LINE + the running maximum of (wanted - order * LINE).
    """
    sort = [alt.SortField(wanted)]
    return (
        chart.transform_window(eg_order="row_number()", sort=sort, groupby=groupby)
        .transform_calculate(eg_slack=f"datum.{wanted} - {LINE} * datum.eg_order")
        .transform_window(eg_floor="max(eg_slack)", sort=sort, groupby=groupby, frame=[None, 0])
        .transform_calculate(eg_line=f"datum.eg_floor + {LINE} * datum.eg_order")
    )


def haloed(chart: Any, **mark: Any) -> list[Any]:
    """A label that reads over areas and lines: the same text in the ground's color and broader beneath it."""
    text = {"fontSize": TEXT, "baseline": "middle", "aria": False, "tooltip": None, "color": theme.color("ink")} | mark
    under = chart.mark_text(**text, stroke=theme.color("ground"), strokeWidth=HALO, strokeJoin="round")
    return [under, chart.mark_text(**text)]
