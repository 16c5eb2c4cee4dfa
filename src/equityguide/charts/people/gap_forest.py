"""Each group's distance from a stated reference, with its interval, a zero line, and what can be said of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import TEXT, Responsive, describe, lettering
from equityguide.charts.people.equiplot import caption, dots, number, number_of, spread
from equityguide.charts.people.frame import LEADING, Frame, frames
from equityguide.charts.people.table import REFERENCE, Fields, Groups, Order, Row, grouped, per_of
from equityguide.charts.scene import at, haloed, px
from equityguide.measures.references import NUMBER_NOTE

LONG = "no meaningful difference"
LABELS = {LONG: ["no meaningful", "difference"]}


def gap_forest(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    higher_is_better: bool,
    unit: str = "percentage points",
    group: str = "group",
    value: str = "difference",
    lower: str = "difference_lower",
    upper: str = "difference_upper",
    n: str | None = "denominator",
    panel: str | None = None,
    order: Order = "alphabetical",
    meaningful: float | None = None,
    noun: str = "groups",
    level: int = 95,
    decimals: int = 1,
    per: float | None = None,
) -> Responsive:
    """Groups' differences from the reference with intervals about a zero line, and each one's `label` in words.

    `rows` are those of `gaps`, one a group (and `panel`): `value` with `lower` and `upper` at `level` percent, `label`,
    `reference`, `reference_rate` and `reference_note`, of which the heading says what the groups are compared with.
    `higher_is_better` says of the measure what the two sides of zero are called. `meaningful`, the smallest difference
    that matters in the unit of the rows as given to `gaps`, is drawn as a band. Numbers are multiplied by `per` to be
    in `unit`: by 100 for the column `difference` of the measures. The reference is a diamond at zero; a group that is
    not compared or not shown says so in its row. The other parameters are those of `equiplot`.

    Raises `ValueError` in one sentence as `equiplot` does, for a panel with more than one reference, and for a
    `meaningful` that is not above 0.
    """
    if meaningful is not None and not meaningful > 0:
        raise ValueError(f"meaningful is {meaningful}. Write a difference above 0 in the unit of the rows.")
    fields = Fields(
        titles, group, value, lower, upper, unit, n, panel, level, decimals, per_of(value, per), True, "label"
    )
    groups = grouped(rows, fields, order, also=["label", "reference", "reference_rate", "reference_note"])
    notes = {panel_: compared_with(groups, panel_) for panel_ in groups.panels}
    beside = [_beside(row, fields) for row in groups.shown]
    sides = ("worse", "better") if higher_is_better else ("better", "worse")
    wide, _ = frames(groups, beside, notes=notes, sides=True)
    _, phone = frames(groups, [], under=[int(row.shown) for row in groups.rows], notes=notes, sides=True)
    drawn = [_drawing(frame, rows, sides, meaningful) for frame in (wide, phone)]
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
        period=panel,
        decimals=decimals,
        factor=fields.per,
        said=" ".join(filter(None, [*notes.values(), _told(groups), groups.withheld()])),
    )


def compared_with(groups: Groups, panel: str) -> str:
    """A sentence naming what the groups of a panel are compared with, and what that is where `gaps` says so."""
    rows = [row.record for row in groups.rows if row.panel == panel]
    names = sorted({str(row["reference"]) for row in rows})
    if len(names) > 1:
        where = f" in {panel}" if panel else ""
        raise ValueError(
            f"There are several references{where}: {', '.join(names)}. Filter to one measure, period and dimension, "
            "or name the column that parts them as panel."
        )
    rates = {float(row["reference_rate"]) for row in rows if not pd.isna(row["reference_rate"])}
    scale = groups.fields.per
    rate = f"{min(rates) * scale:,.{groups.fields.decimals}f}{'%' if scale == 100 else ''}" if len(rates) == 1 else ""
    notes = sorted({str(row["reference_note"]) for row in rows} - {""})
    if notes == [NUMBER_NOTE]:
        return f"Compared with {NUMBER_NOTE}, {rate}."
    return f"Compared with {names[0]}{f' ({rate})' if rate else ''}{': ' + '; '.join(notes) if notes else ''}."


def _beside(row: Row, fields: Fields) -> list[str]:
    label = str(row.record["label"])
    return [*LABELS.get(label, [label]), *([] if label == REFERENCE else [number_of(row, fields)])]


def _told(groups: Groups) -> str:
    """A sentence of which groups are better off, worse off, or cannot be told apart."""
    parts = []
    for label in ("worse", "better", LONG, "cannot tell"):
        names = dict.fromkeys(row.group for row in groups.shown if row.record["label"] == label)
        if names and len(groups.panels) == 1:
            parts.append(f"{label[0].upper()}{label[1:]}: {', '.join(names)}.")
    return " ".join(parts)


def _drawing(frame: Frame, rows: pd.DataFrame, sides: tuple[str, str], meaningful: float | None) -> Any:
    groups, fields = frame.groups, frame.groups.fields
    said = caption(fields, fields.heading(fields.value))
    said.append(f"Diamond at 0: {groups.fields.heading('reference').lower()}")
    if meaningful is not None:
        least = f"{meaningful * fields.per:,g}"
        said.append(f"Band: smaller than {least}, the least difference that matters")
    numbers = [0.0, *spread(groups), *([meaningful * fields.per, -meaningful * fields.per] if meaningful else [])]
    along = frame.along(_room_on_both_sides(numbers, frame, sides), said)
    layers = [*_zero(frame, along, meaningful), *_sides(frame, along, _side_words(sides, phone=frame.phone))]
    tooltip = {
        fields.heading(fields.value): f"({_is_reference()}) ? {json.dumps(REFERENCE)} : {number(fields)}",
        fields.heading("label"): at("label"),
        fields.heading("reference"): at("reference"),
    }
    layers += [*dots(frame, along, _is_reference(), tooltip), *frame.words(), *frame.withheld()]
    unless_reference = f"({_is_reference()}) ? {json.dumps(REFERENCE)} : isValid({at(fields.value)}) ? {{}} : ''"
    if frame.phone:
        line = unless_reference.format(f"{at('label')} + ': ' + {number(fields)}")
        return frame.finished([*layers, *frame.below(line)], rows)
    # An expression cannot join lists, so the lines are joined as text and parted again.
    label = f"replace({at('label')}, {json.dumps(LONG)}, {json.dumps('|'.join(LABELS[LONG]))})"
    lines = unless_reference.format(f"{label} + '|' + {number(fields)}")
    return frame.finished([*layers, *frame.beside(f"split({lines}, '|')")], rows)


def _zero(frame: Frame, along: Callable[[str], alt.X], meaningful: float | None) -> list[Any]:
    """Layers of the zero line and the band about it: through a panel on a page, beside each strip on a phone."""
    per = frame.groups.fields.per
    spans = [(y - 11, y + 11) for y in frame.ys] if frame.phone else frame.spans()
    places = list(range(len(spans))) if frame.phone else [head.place for head in frame.heads]
    base = frame.base(
        eg_zero="0",
        eg_top=frame.groups.lookup([top for top, _ in spans]),
        eg_bottom=frame.groups.lookup([bottom for _, bottom in spans]),
        eg_less=f"{-(meaningful or 0) * per:g}",
        eg_more=f"{(meaningful or 0) * per:g}",
    ).transform_filter(f"indexof({places}, datum.eg_at) >= 0")
    down = {"y": px("eg_top", alt.Y), "y2": alt.Y2("eg_bottom")}
    band = base.mark_rect(fill=theme.color("missing"), stroke=theme.color("rule"), aria=False, tooltip=None)
    zero = base.mark_rule(color=theme.color("ink"), strokeWidth=1.5, aria=False, tooltip=None)
    layers = [band.encode(x=along("eg_less"), x2=alt.X2("eg_more"), **down)] if meaningful else []
    return [*layers, zero.encode(x=along("eg_zero"), **down)]


def _sides(frame: Frame, along: Callable[[str], alt.X], words: tuple[list[str], list[str]]) -> list[Any]:
    """Layers of the words at both sides of zero, above each panel."""
    layers = []
    for head in frame.heads:
        first = frame.base(eg_zero="0").transform_filter(f"datum.eg_at === {head.place}")
        end = head.sides + 8 + LEADING * (len(words[0]) - 1)
        layers.append(
            first.mark_rule(color=theme.color("ink"), strokeWidth=1.5, aria=False, tooltip=None).encode(
                x=along("eg_zero"), y=alt.YValue(head.sides - 8), y2=alt.Y2Value(end)
            )
        )
        for side, align, shift in ((words[0], "right", -8), (words[1], "left", 8)):
            layers += [
                text.encode(x=along("eg_zero"), y=alt.YValue(head.sides))
                for text in haloed(first, text=side, align=align, dx=shift, fontWeight="bold", lineHeight=LEADING)
            ]
    return layers


def _is_reference() -> str:
    return f"{at('label')} === {json.dumps(REFERENCE)}"


def _side_words(sides: tuple[str, str], *, phone: bool) -> tuple[list[str], list[str]]:
    """What stands at the left and the right of zero, with arrows; in two lines on a phone."""
    left, right = f"\N{LEFTWARDS ARROW} {sides[0]}", f"{sides[1]} \N{RIGHTWARDS ARROW}"
    if phone:
        return [left, "care"], [right, "care"]
    return [f"{left} care"], [f"{sides[1]} care \N{RIGHTWARDS ARROW}"]


def _room_on_both_sides(numbers: list[float], frame: Frame, sides: tuple[str, str]) -> list[float]:
    """The numbers with zero far enough from both ends that the words on its sides stand on their sides."""
    need = (
        max(lettering.width(line, TEXT) for lines in _side_words(sides, phone=frame.phone) for line in lines) + LEADING
    )
    share = min(0.5, need / (frame.right - frame.left))
    least = share / (1 - share) * max(max(numbers), -min(numbers))
    return [*numbers, -least, least]
