"""Each group's rate beside how many events it has beyond the reference's rate: the worst rate need not be the most."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import TEXT, Responsive, describe, lettering
from equityguide.charts.compose import layer
from equityguide.charts.people.equiplot import caption, dots, number, spread
from equityguide.charts.people.frame import GAP, LEADING, Frame, frames
from equityguide.charts.people.gap_forest import compared_with
from equityguide.charts.people.table import REFERENCE, Fields, Groups, Order, Row, grouped, per_of
from equityguide.charts.scene import at, haloed, px

BAR = 14  # pixels
WORST, MOST = "worst rate", "most excess"


@dataclass(frozen=True)
class Halves:
    """The two plots of one drawing: where the rates' plot and the bars' plot begin and end, and where numbers stand.

    On a page the rates' numbers end at `rate_text` and the bars' at the right edge; on a phone both stand below.
    """

    frame: Frame
    bars: Frame
    rate_text: float
    bar_text: float
    room: float  # for a caption


def rate_and_burden(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    unit: str,
    higher_is_better: bool,
    group: str = "group",
    value: str = "rate",
    lower: str = "rate_lower",
    upper: str = "rate_upper",
    excess: str = "excess_events",
    n: str | None = "denominator",
    order: Order | None = None,
    noun: str = "groups",
    level: int = 95,
    decimals: int = 0,
    per: float | None = None,
) -> Responsive:
    """Groups' rates as dots with intervals, beside bars of the adverse events beyond the reference's rate.

    `rows` are those of `gaps` on counts, one a group: `value` with `lower` and `upper` at `level` percent, `excess`
    (events, below 0 where the group has fewer than at the reference's rate), `label`, and the reference's columns, of
    which the heading names it. Without `order` the group with the most excess events stands first, then the reference
    and those not compared, then those not shown. The worst rate (by `higher_is_better`) and the most excess events are
    marked in words. The other parameters are those of `equiplot`.

    Raises `ValueError` in one sentence as `equiplot` does, for several references, and where no row has excess events,
    as estimates have none.
    """
    fields = Fields(titles, group, value, lower, upper, unit, n, None, level, decimals, per_of(value, per))
    also = [excess, "label", "reference", "reference_rate", "reference_note"]
    groups = grouped(rows, fields, order or "alphabetical", also=also)
    if not any(_excess(row, excess) == _excess(row, excess) for row in groups.rows):
        raise ValueError(f"The column {excess} holds no number: estimates have none. Pass what gaps makes of counts.")
    if order is None:
        ranked = sorted(groups.rows, key=lambda row: (not row.shown, _falling(_excess(row, excess))))
        groups = replace(groups, rows=tuple(ranked))
    worst, most = _worst(groups, excess, higher_is_better), _most(groups, excess)
    note = compared_with(groups, "")
    marked = [[_rate_of(row, fields), *([WORST] if row is worst else [])] for row in groups.rows]
    under = [max(len(lines), 2 if row is most else 1) if row.shown else 0
             for row, lines in zip(groups.rows, marked, strict=True)]  # fmt: skip
    room = max(
        lettering.width(text, TEXT)
        for row, lines in zip(groups.rows, marked, strict=True)
        if row.shown
        for text in lines
    )
    count = max(lettering.width(_counted(row, excess), TEXT) for row in groups.rows)
    wide, _ = frames(groups, [["", ""]], notes={"": note}, n_below=True)
    _, phone = frames(groups, [], notes={"": note}, under=under)
    drawn = [
        _drawing(_halved(frame, room, max(count, lettering.width(MOST, TEXT))), rows, excess, worst, most)
        for frame in (wide, phone)
    ]
    told = f"Worst rate: {worst.group}. Most excess events: {most.group}, {_excess(most, excess):,.0f}."
    return describe(
        Responsive(wide=drawn[0], phone=drawn[1]),
        label=group,
        value=value,
        unit=unit,
        noun=noun,
        titles=titles,
        lower=lower,
        upper=upper,
        level=level,
        decimals=decimals,
        factor=fields.per,
        said=" ".join([note, told, groups.withheld()]).strip(),
    )


def _rate(fields: Fields) -> str:
    return f"{fields.written(fields.value)} + {json.dumps(fields.mark)}"


def _rate_of(row: Row, fields: Fields) -> str:
    return f"{fields.said(row.value)}{fields.mark}"


def _excess(row: Row, column: str) -> float:
    found = row.record[column]
    return float("nan") if pd.isna(found) else float(found)


def _falling(number: float) -> float:
    return -number if number == number else float("inf")


def _worst(groups: Groups, excess: str, higher_is_better: bool) -> Row:
    known = [row for row in groups.shown if row.record["label"] == REFERENCE or not pd.isna(row.record[excess])]
    return (min if higher_is_better else max)(known, key=lambda row: row.value)


def _most(groups: Groups, excess: str) -> Row:
    return max((row for row in groups.rows if not pd.isna(row.record[excess])), key=lambda row: _excess(row, excess))


def _counted(row: Row, column: str) -> str:
    number = _excess(row, column)
    if number != number:
        return str(row.record["label"])
    return f"{abs(number):,.0f} {'fewer' if number < 0 else 'more'}"


def _halved(frame: Frame, room: float, count: float) -> Halves:
    """The frame's plot parted in two, with `room` pixels for the rates' numbers and `count` for the bars'."""
    if frame.phone:
        middle = frame.width / 2
        bars = replace(frame, left=middle + GAP, right=frame.width - 18)
        return Halves(replace(frame, right=middle - GAP), bars, 0, middle + GAP + 5, middle - GAP)
    each = (frame.width - frame.left - room - count - 4 * GAP) / 2
    split = frame.left + each + GAP + room
    bars = replace(frame, left=split + 2 * GAP, right=split + 2 * GAP + each)
    return Halves(replace(frame, right=frame.left + each), bars, split, frame.width, split - frame.left)


def _drawing(halves: Halves, rows: pd.DataFrame, excess: str, worst: Row, most: Row) -> Any:
    frame, groups, fields = halves.frame, halves.frame.groups, halves.frame.groups.fields
    along = frame.along(spread(groups), caption(fields, fields.heading(fields.value)), most=4, room=halves.room)
    tooltip = {
        fields.heading(fields.value): number(fields),
        fields.heading(excess): f"isValid({at(excess)}) ? format({at(excess)}, ',.0f') : {at('label')}",
        fields.heading("reference"): at("reference"),
    }
    rates = layer(*dots(frame, along, f"{at('label')} === {json.dumps(REFERENCE)}", tooltip))
    texts = [*frame.words(), *frame.withheld(), *_numbers(halves, excess, worst, most)]
    return frame.finished([rates, layer(*_bars(halves, excess)), layer(*texts)], rows, apart=True)


def _bars(halves: Halves, excess: str) -> list[Any]:
    frame, fields = halves.bars, halves.bars.groups.fields
    numbers = [0.0, *(_excess(row, excess) for row in frame.groups.rows if not pd.isna(row.record[excess]))]
    along = frame.along(numbers, [fields.heading(excess)], most=3, room=halves.room)
    top, bottom = frame.spans()[0]
    # On a phone numbers stand between the bars, so zero is marked at each bar and not by one line.
    ends = ("datum.eg_y - 11", "datum.eg_y + 11") if frame.phone else (f"{top:g}", f"{bottom:g}")
    zero = (
        frame.base(eg_zero="0")
        .transform_filter(f"isValid({at(excess)})" if frame.phone else "datum.eg_at === 0")
        .transform_calculate(eg_top=ends[0], eg_bottom=ends[1])
    )
    bars = frame.base(
        eg_excess=at(excess),
        eg_zero="0",
        eg_sentence=f"{at(fields.group)} + ': ' + format({at(excess)}, ',.0f') + {json.dumps(' excess events')}",
    ).transform_filter(f"isValid({at(excess)})")
    return [
        bars.mark_bar(
            height=BAR, fill=theme.color("mark"), stroke=theme.color("mark"), strokeWidth=1.5, tooltip=None
        ).encode(
            x=along("eg_excess"),
            x2=alt.X2("eg_zero"),
            y=px("eg_y", alt.Y),
            description=alt.Description("eg_sentence:N"),
        ),
        zero.mark_rule(color=theme.color("ink"), strokeWidth=1.5, aria=False, tooltip=None).encode(
            x=along("eg_zero"), y=px("eg_top", alt.Y), y2=alt.Y2("eg_bottom")
        ),
    ]


def _numbers(halves: Halves, excess: str, worst: Row, most: Row) -> list[Any]:
    """Layers of the numbers of both plots, with the words for the worst rate and the most excess."""
    frame, groups, fields = halves.frame, halves.frame.groups, halves.frame.groups.fields

    def marked(text: str, row: Row, word: str) -> str:
        return f"datum.eg_at === {groups.rows.index(row)} ? [{text}, {json.dumps(word)}] : [{text}]"

    count = (
        f"isValid({at(excess)}) ? format(abs({at(excess)}), ',.0f') + ({at(excess)} < 0 ? ' fewer' : ' more')"
        f" : {at('label')}"
    )
    layers = []
    for text, row, word, x in (
        (_rate(fields), worst, WORST, halves.rate_text),
        (f"({count})", most, MOST, halves.bar_text),
    ):
        shift = f"+ {LEADING + 6}" if frame.phone else f"- (length(datum.eg_lines) - 1) * {LEADING / 2}"
        base = (
            frame.base(eg_lines=marked(text, row, word))
            .transform_filter(f"isValid({at(fields.value)})")
            .transform_calculate(eg_lines_y=f"datum.eg_y {shift}")
        )
        layers += [
            layer.encode(x=alt.XValue(x), y=px("eg_lines_y", alt.Y), text=alt.Text("eg_lines:N"))
            for layer in haloed(base, align="left" if frame.phone else "right", lineHeight=LEADING)
        ]
    return layers
