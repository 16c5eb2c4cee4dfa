"""Several measures of the same few groups, side by side: one panel a measure, each on its own labeled scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, TEXT, WIDE, Responsive, describe
from equityguide.charts.compose import ROWS, having, layer
from equityguide.charts.places import PAD, records, ticks
from equityguide.charts.scene import at, wrapped

GAP = 20  # pixels between panels
LABEL = 20  # pixels for a group's label of two or three letters at the left of a panel
ROW = 24  # pixels a group
CHARACTER = 6.8  # pixels a digit of the number behind a bar takes


@dataclass(frozen=True)
class Measure:
    """One panel: its column, unit and decimals. `dot` for a value whose zero means nothing: its scale starts above."""

    column: str
    unit: str
    decimals: int = 0
    dot: bool = False


def profile(
    rows: pd.DataFrame,
    measures: Sequence[Measure],
    *,
    group: str,
    value: str,
    titles: Mapping[str, str],
    words: str | None = None,
    noun: str = "groups",
) -> Responsive:
    """A few groups compared on several measures, three panels abreast (two on a phone), groups in the rows' order.

    `rows` has one row a group: `group` (a short label), each measure's column, and with `words` what the label means,
    which is written above the panels. `value` is the measure the figure's sentence is about. `titles` gives each
    column's heading. Bars start at zero; a measure with `dot` is drawn as dots on a scale whose start is written out.

    Raises `ValueError` for a column that is not there, a group that stands twice, a negative value drawn as a bar,
    fewer than two groups or more than twelve, and a `value` that is not among the measures.
    """
    columns = [measure.column for measure in measures]
    lacking = [name for name in [group, *([words] if words else []), *columns] if name not in rows.columns]
    if lacking:
        raise ValueError(f"The table has no column {lacking[0]!r}. It has {', '.join(map(str, rows.columns))}.")
    if value not in columns:
        raise ValueError(f"{value} is not one of the measures: {', '.join(columns)}. Name one of them.")
    if not 2 <= len(rows) <= 12 or rows[group].duplicated().any():
        raise ValueError(f"A profile takes 2 to 12 groups, one row each; {group} has {len(rows)} rows.")
    below = [measure.column for measure in measures if not measure.dot and (rows[measure.column] < 0).any()]
    if below:
        raise ValueError(f"{below[0]} has values below zero, which bars cannot show. Draw it with dot=True.")
    main = measures[columns.index(value)]

    def drawing(width: int, abreast: int) -> Any:
        each = (width - 2 * PAD - (abreast - 1) * GAP) // abreast
        panels = [_panel(rows, measure, group, titles, each - LABEL) for measure in measures]
        lines = [alt.hconcat(*panels[i : i + abreast], spacing=GAP) for i in range(0, len(panels), abreast)]
        chart = having(alt.vconcat(*lines, spacing=18), datasets={"rows": records(rows)}, padding=PAD)
        if words is None:
            return chart
        legend = ", ".join(f"{label}: {word}" for label, word in zip(rows[group], rows[words], strict=True))
        heading = wrapped(f"{titles.get(group, group)}. {legend}", width, theme.FONT_SIZE)
        style = {"fontSize": theme.FONT_SIZE, "fontWeight": "normal", "anchor": "start", "offset": 10}
        return having(chart, title=alt.Title(heading, **style))

    return describe(
        Responsive(wide=drawing(WIDE, 3), phone=drawing(PHONE, 2)),
        label=group,
        value=value,
        unit=main.unit,
        noun=noun,
        titles=titles,
        decimals=main.decimals,
    )


def _panel(rows: pd.DataFrame, measure: Measure, group: str, titles: Mapping[str, str], width: int) -> Any:
    column, values = measure.column, rows[measure.column].dropna()
    low, high = float(values.min()), float(values.max())
    # The lowest dot stands off the left edge, so that it is not read as nothing.
    marks = ticks(pd.Series([low - (high - low) / 8 if measure.dot else 0.0, high]), most=4)
    heading = titles.get(column, column)
    if measure.unit.lower() not in heading.lower():
        heading = f"{heading} ({measure.unit})"
    if measure.dot:
        heading += f", scale from {marks[0]:g}"
    number = f"isValid({at(column)}) ? format({at(column)}, ',.{measure.decimals}f') : 'no data'"
    off = 9 if measure.dot else 5
    longest = max(len(f"{value:,.{measure.decimals}f}") for value in (low, high))
    inner = width - off - CHARACTER * longest
    # A panel has room for two labels: where its scale starts and where it ends.
    ends = f"indexof([{marks[0]}, {marks[-1]}], datum.value) >= 0 ? format(datum.value, ',~f') : ''"
    # A group without a value has its words where the scale starts.
    placed = alt.Chart(ROWS).transform_calculate(
        eg_at=f"isValid({at(column)}) ? {at(column)} : {marks[0]}",
        eg_number=number,
        eg_sentence=f"{at(group)} + ': ' + ({number}) + ' {measure.unit}'",
    )
    base = placed.encode(
        x=alt.X(
            "eg_at:Q",
            scale=alt.Scale(domain=[marks[0], marks[-1]], range=[0, inner], nice=False, zero=False),
            axis=alt.Axis(
                title=None, values=list(marks), labelFontSize=TEXT, labelFlush=False, labelOverlap=False,
                domain=False, tickSize=4, labelExpr=ends,
            ),
        ),
        y=alt.Y(
            f"{group}:N",
            sort=list(rows[group]),
            axis=alt.Axis(title=None, domain=False, ticks=False, labelPadding=6, minExtent=LABEL, maxExtent=LABEL),
        ),
    )  # fmt: skip
    said = base.transform_filter(f"isValid({at(column)})")
    described = alt.Description("eg_sentence:N")
    if measure.dot:
        drawn = said.mark_point(filled=True, size=110, opacity=1, color=theme.color("mark"))
    else:
        drawn = said.mark_bar(height=ROW * 0.62, color=theme.color("mark"))
    text = base.mark_text(align="left", baseline="middle", dx=off, fontSize=TEXT, color=theme.color("ink"), aria=False)
    return layer(
        drawn.encode(description=described, tooltip=alt.Tooltip("eg_sentence:N", title=titles.get(column, column))),
        text.encode(text=alt.Text("eg_number:N")),
        width=width,
        height=ROW * len(rows),
        # No wider than its panel, or it would push the next one aside; bold letters are a little wider.
        title=alt.Title(wrapped(heading, width, theme.FONT_SIZE + 1), fontSize=theme.FONT_SIZE, frame="group"),
    )
