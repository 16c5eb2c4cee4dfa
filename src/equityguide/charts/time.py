"""Change over time, group by group: run and p charts side by side, published estimates over years, the gap itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import pandas as pd

from equityguide.charts import PHONE, TEXT, WIDE, Responsive, describe
from equityguide.charts.clock import Clock
from equityguide.charts.compose import layer
from equityguide.charts.gap import gap_chart
from equityguide.charts.lettering import lines
from equityguide.charts.panel import (
    EDGE,
    SPACE,
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
from equityguide.charts.sheet import LINE, PAD, Symbol, center, finished, headed, interval, key, limits, signal

__all__ = ["gap_chart", "panels", "trend"]

STRIP = 22  # pixels of the band of a group that has nothing to show
LAST = ("Unknown", "Declined")  # groups that stand after all others


def panels(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    unit: str,
    value: str = "rate",
    panel: str = "group",
    period: str = "period",
    baseline: Sequence[str] = (),
    noun: str = "groups",
    per: int = 100,
    decimals: int = 0,
) -> Responsive:
    """Run charts or p charts as small multiples: a panel for each `panel`, on one scale and one axis of time.

    `rows` come from `p_chart` or `run_charts` for one measure and dimension: `panel`, `period`, `value`, `center`,
    `signal`, `chart_signal` and `note`, and for a p chart the limits `lower` and `upper`. The center line is solid in
    the periods of `baseline` (all, if none are given) and dashed where it is only carried on. A point that signals is a
    larger diamond, and the rule is named above its panel with the periods; where the chart's `note` says that it can
    say little, that stands there. A row without a value is a shaded band and breaks the line. Values are shown times
    `per`, in `unit`, with `decimals`. Panels are in alphabetical order, Unknown and Declined last; groups without any
    value follow as bands.

    Raises `ValueError` for a column or baseline period that is not there, a panel that has a period twice, and a table
    without a value.
    """
    required(rows, [panel, period, value, "center", "signal", "chart_signal", "note"])
    bounded = "lower" in rows.columns
    drawn = [value, "center", *(["lower", "upper"] if bounded else [])]
    time = timeline(rows, panel, period, value)
    if lacking := [label for label in map(str, baseline) if label not in time.periods]:
        raise ValueError(f"baseline: no row has the {period} {lacking[0]!r}. Name periods that the table has.")
    levels = scaled(pd.concat([rows[column].dropna() for column in drawn]), per)
    frozen = [str(label) for label in baseline]
    named = "center line" if bounded else "median"
    signs: list[tuple[Symbol, str]] = [("point", titles.get(period, period).lower())]
    if (rows["signal"].fillna("") != "").any():
        signs.append(("signal", "signal, its rule named above the panel"))
    signs.append(("line", f"{named}, baseline periods" if frozen else named))
    if frozen:
        signs.append(("dashed", f"{named}, carried on"))
    if bounded:
        signs.append(("limits", "limits (3 sigma)"))
    signs += shading(rows, value)
    words: dict[str, list[str]] = {}
    signaling = []
    for name, own in rows.groupby(panel):
        signals, notes, middle = _signals(own, time, period, value), _notes(own), own["center"].dropna()
        line = f"{named} {middle.iloc[0] * per:,.{decimals}f}" if len(middle) else ""
        quiet = [] if signals or notes else ["no signal"]
        words[str(name)] = [*filter(None, [", ".join(filter(None, [line, *quiet]))]), *signals, *notes]
        signaling += [f"{name} ({'; '.join(signals)})"] if signals else []

    def one(frame: Frame, name: str, first: bool) -> list[Any]:
        plotted, y = base(frame, panel, name), frame.y(value, labels=first)
        line = frame.y("center", labels=first)
        held = f"indexof({json.dumps(frozen)}, '' + {at(period)}) >= 0"
        parts = [hidden(plotted, frame, value)]
        if bounded:
            # Steps: a limit holds for its own period and changes with the number of patients.
            edges = [frame.y(column, labels=first) for column in ("lower", "upper")]
            parts += [connected(plotted, frame, edge, **limits(), interpolate="step") for edge in edges]
        parts.append(connected(plotted.transform_filter(held) if frozen else plotted, frame, line, **center()))
        if frozen:
            parts.append(connected(plotted, frame, line, **center(), strokeDash=[6, 4]))
        parts.append(connected(plotted, frame, y, strokeWidth=1.8))
        tips = tips_of(titles, panel, {value: decimals, "center": decimals}, per)
        tips["tooltip"].append(alt.Tooltip("signal", type="nominal", title=titles.get("signal", "Signal")))
        marked = f"isValid({at('signal')}) && {at('signal')} !== ''"
        parts.append(points(plotted.transform_filter(f"!({marked})"), frame, y, tips))
        parts.append(points(plotted.transform_filter(marked), frame, y, tips, **signal()))
        return parts

    chart = _multiples(rows, panel, value, period, time, levels, per, headed(titles, value, unit), signs, words, one)
    return describe(
        chart, label=panel, value=value, unit=unit, noun=noun, titles=titles, period=period, decimals=decimals,
        factor=per, said=f"Signals: {', '.join(signaling)}." if signaling else f"No signal in any of the {noun}.",
    )  # fmt: skip


def trend(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    value: str,
    lower: str,
    upper: str,
    unit: str,
    level: int = 95,
    panel: str = "group",
    period: str = "year",
    noun: str = "groups",
    per: int = 1,
    decimals: int = 0,
) -> Responsive:
    """Published estimates over time as small multiples: a panel for each `panel`, a dot and its interval each period.

    `rows` has one row for each panel and period, with `value` and its limits at `level` percent. All panels share one
    scale and one axis of time; the first and the last value are written above each. A row without a value is a shaded
    band and breaks the line. Raises `ValueError` as `panels` does.
    """
    required(rows, [panel, period, value, lower, upper])
    time = timeline(rows, panel, period, value)
    levels = scaled(pd.concat([rows[column].dropna() for column in (value, lower, upper)]), per)
    signs: list[tuple[Symbol, str]] = [("interval", f"estimate and {level}% interval"), *shading(rows, value)]

    def one(frame: Frame, name: str, first: bool) -> list[Any]:
        plotted, y = base(frame, panel, name), frame.y(value, labels=first)
        tips = tips_of(titles, panel, dict.fromkeys([value, lower, upper], decimals), per)
        whiskers = (
            plotted.transform_filter(f"isValid({at(lower)}) && isValid({at(upper)})")
            .mark_rule(**interval())
            .encode(x=frame.x(), y=frame.y(lower, labels=first), y2=alt.Y2(upper))
        )
        return [
            hidden(plotted, frame, value),
            whiskers,
            connected(plotted, frame, y, strokeWidth=1.2),
            points(plotted, frame, y, tips),
        ]

    words = {
        str(name): _ends(own.dropna(subset=[value]), time, period, value, per, decimals)
        for name, own in rows.groupby(panel)
    }
    chart = _multiples(rows, panel, value, period, time, levels, per, headed(titles, value, unit), signs, words, one)
    return describe(
        chart, label=panel, value=value, unit=unit, noun=noun, titles=titles, period=period, decimals=decimals,
        factor=per, lower=lower, upper=upper, level=level,
    )  # fmt: skip


def _multiples(
    rows: pd.DataFrame,
    panel: str,
    value: str,
    period: str,
    time: Clock,
    levels: tuple[float, ...],
    per: int,
    caption: str,
    signs: Sequence[tuple[Symbol, str]],
    words: Mapping[str, Sequence[str]],
    one: Callable[[Frame, str, bool], list[Any]],
) -> Responsive:
    """A panel for each group: `words` stand above it, `one` gives its marks."""
    names = sorted(map(str, rows[panel].unique()), key=lambda name: (name in LAST, name))
    seen = set(rows.loc[rows[value].notna(), panel])
    shown, empty = ([name for name in names if (name in seen) == wanted] for wanted in (True, False))

    def drawing(total: int, across: int, plot: int) -> Any:
        sized = Frame(time, period, levels, per, 0, plot)
        left = gutter(sized)
        room = (total - 2 * PAD - left - EDGE - SPACE * (across - 1)) // across
        frame = replace(sized, width=room)
        charts: list[Any] = []
        for lane in _lanes(shown, across):
            heads = [_words(name, words[name], room) for name in lane]
            tall = frame.sized(_head(heads))
            charts += [_one(tall, one(tall, name, place == 0), heads[place]) for place, name in enumerate(lane)]
        parts = [grid(charts, across)]
        if empty:
            heads = [_words(name, ["nothing to show in any period"], room) for name in empty]
            flat = replace(frame, plot=STRIP, head=_head(heads))
            bands = [hidden(base(flat, panel, name), flat, value, labels=False) for name in empty]
            parts.append(grid([_one(flat, [band], head) for band, head in zip(bands, heads, strict=True)], across, 0))
        return stacked(key(caption, signs, left=-left, right=total - 2 * PAD - left - EDGE), *parts)

    single = len(names) == 1
    return finished(drawing(WIDE, 1 if single else 2, 220 if single else 120), drawing(PHONE, 1, 110), rows)


def _lanes(names: Sequence[str], across: int) -> list[Sequence[str]]:
    return [names[start : start + across] for start in range(0, len(names), across)]


def _words(name: str, said: Sequence[str], room: int) -> tuple[list[str], list[str]]:
    """A panel's name, and what is said below it, in lines that fit."""
    return titled(name, room), [line for part in said for line in lines(part, room, TEXT)]


def _head(words: Sequence[tuple[list[str], list[str]]]) -> int:
    """Pixels above the plots of panels side by side."""
    return max(LINE * (len(title) + len(said)) for title, said in words) + 8


def _one(frame: Frame, marks: Sequence[Any], words: tuple[list[str], list[str]]) -> Any:
    return layer(*marks, *heading(*words), width=frame.width, height=frame.height)


def _signals(own: pd.DataFrame, time: Clock, period: str, value: str) -> list[str]:
    """What signals on one group's chart: each rule with its periods, then what holds for the chart as a whole."""
    shown = own.dropna(subset=[value]).sort_values(period, key=lambda column: column.map(time.order))
    found: dict[str, list[int]] = {}
    for place, rules in enumerate(shown["signal"].fillna("")):
        for rule in filter(None, rules.split("; ")):
            found.setdefault(rule, []).append(place)
    labels = [time.label(when) for when in shown[period]]
    said = [f"{rule}: {_spans(places, labels)}" for rule, places in found.items()]
    return said + sorted(set(own["chart_signal"].dropna().astype(str)) - {""})


def _notes(own: pd.DataFrame) -> list[str]:
    """What the chart's notes say, without the reasons that follow a colon: a panel has room for no more."""
    parts = [part for note in own["note"].dropna().unique() for part in str(note).split("; ") if part]
    return list(dict.fromkeys(part.split(":")[0] for part in parts))


def _spans(places: Sequence[int], labels: Sequence[str]) -> str:
    """Points in a row as "first to last"."""
    spans: list[list[int]] = []
    for place in places:
        if spans and place == spans[-1][-1] + 1:
            spans[-1].append(place)
        else:
            spans.append([place])
    return ", ".join(
        labels[span[0]] if len(span) == 1 else f"{labels[span[0]]} to {labels[span[-1]]}" for span in spans
    )


def _ends(own: pd.DataFrame, time: Clock, period: str, value: str, per: int, decimals: int) -> list[str]:
    """The first and the last value of a panel."""
    if own.empty:
        return ["no value shown"]
    ordered = own.sort_values(period, key=lambda column: column.map(time.order))
    ends = [ordered.iloc[0], ordered.iloc[-1]][: len(ordered)]
    said = [f"{row[value] * per:,.{decimals}f} in {time.label(row[period])}" for row in ends]
    return [", ".join(said)]
