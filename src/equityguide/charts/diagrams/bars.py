"""Counts as bars that start at zero, and events in the order of their dates."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import TEXT, WIDE, Responsive, describe
from equityguide.charts.diagrams.boxes import WIDTHS, keys, placed, sheets, text_at, words
from equityguide.charts.lettering import lines, width
from equityguide.charts.panel import required
from equityguide.charts.scene import px
from equityguide.charts.sheet import LINE

BAR = 18  # pixels
SPACE = 16  # pixels between rows


def bars(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    label: str,
    value: str,
    unit: str,
    note: str | None = None,
    noun: str = "rows",
    decimals: int = 0,
) -> Responsive:
    """Horizontal bars of counts or amounts, in the order of the rows, from zero, each with its value at its end.

    `note` is a column of words written after the value. A row without a value has no bar and says "no data". Raises
    `ValueError` for a missing column, a label that is empty or stands twice, values below zero, or none above it.
    """
    names = keys(rows, label)
    required(rows, [value, *([note] if note else [])])
    numbers = [None if pd.isna(number) else float(number) for number in rows[value]]
    known = [number for number in numbers if number is not None]
    if any(number < 0 for number in known) or not any(known):
        raise ValueError(f"{value}: a bar needs values of zero or more, one of them above zero. Check the column.")
    most = max(known)
    notes = [words(row, note) if note else "" for _, row in rows.iterrows()]
    ends = ["no data" if number is None else f"{number:,.{decimals}f}" for number in numbers]
    tips = [alt.Tooltip(c, type="nominal", title=titles.get(c, c)) for c in (label, value, *([note] if note else []))]

    def drawing(total: int) -> Any:
        whole = WIDTHS[total]
        lane = min(max(width(name, TEXT) for name in names) + 12, whole * 0.4) if total == WIDE else 0.0
        wide = total == WIDE
        after = max(width(end, theme.FONT_SIZE, bold=True) for end in ends) + 12
        aside = whole * 0.28 if wide and any(notes) else 0.0
        full = whole - lane - after - aside
        said = {n: lines(n, (lane - 12) if wide else whole, TEXT) for n in names}
        more = {n: lines(text, aside - 8 if wide else whole, TEXT) for n, text in zip(names, notes, strict=True)}
        tops, bar_tops, more_tops, y = {}, {}, {}, 0.0
        for name in names:
            if wide:
                tall = max(BAR, LINE * max(len(said[name]), len(more[name])))
                bar_tops[name] = y + (tall - BAR) / 2
                tops[name] = y + tall / 2 - LINE * (len(said[name]) - 1) / 2
                more_tops[name] = y + tall / 2 - LINE * (len(more[name]) - 1) / 2
                y += tall + SPACE
            else:
                tops[name] = y + LINE / 2
                bar_tops[name] = y + LINE * len(said[name]) + 2
                more_tops[name] = bar_tops[name] + BAR + LINE / 2 + 2
                y = bar_tops[name] + BAR + LINE * len(more[name]) + SPACE
        lengths = {n: full * number / most for n, number in zip(names, numbers, strict=True) if number is not None}
        starts = {n: lane + lengths.get(n, 0.0) + 6 for n in names}
        drawn = placed(
            label,
            x=dict.fromkeys(lengths, lane),
            x2={n: lane + length for n, length in lengths.items()},
            y=bar_tops,
            y2={n: top + BAR for n, top in bar_tops.items()},
        )
        layers = [
            drawn.mark_rect(color=theme.color("mark")).encode(
                x=px("eg_x", alt.X), x2=alt.X2("eg_x2"), y=px("eg_y", alt.Y), y2=alt.Y2("eg_y2"), tooltip=tips
            ),
            placed(
                label,
                x=dict.fromkeys(names, lane),
                y={n: t - 4 for n, t in bar_tops.items()},
                y2={n: t + BAR + 4 for n, t in bar_tops.items()},
            )
            .mark_rule(color=theme.color("edge"), aria=False)
            .encode(x=px("eg_x", alt.X), y=px("eg_y", alt.Y), y2=alt.Y2("eg_y2")),
            text_at(
                label,
                dict.fromkeys(names, lane - 10 if wide else 0.0),
                tops,
                {n: "\n".join(t) for n, t in said.items()},
                align="right" if wide else "left",
            ),
            text_at(
                label,
                starts,
                {n: t + BAR / 2 + 0.5 for n, t in bar_tops.items()},
                dict(zip(names, ends, strict=True)),
                fontSize=theme.FONT_SIZE,
                fontWeight="bold",
            ),
        ]
        if any(notes):
            beside = {
                n: starts[n] + width(end, theme.FONT_SIZE, bold=True) + 8 if wide else 0.0
                for n, end in zip(names, ends, strict=True)
            }
            layers.append(
                text_at(
                    label, beside, more_tops, {n: "\n".join(t) for n, t in more.items()}, color=theme.color("quiet")
                )
            )
        return layers, whole, y - SPACE + 2

    return describe(
        sheets(rows, drawing), label=label, value=value, unit=unit, noun=noun, titles=titles, decimals=decimals
    )


def timeline(
    rows: pd.DataFrame, *, titles: Mapping[str, str], date: str = "date", event: str = "event", noun: str = "events"
) -> Responsive:
    """Dated events in the order of the rows, below one another; the distances between them say nothing.

    `date` is what readers see ("April 2017"), `event` what happened, each event once. Raises `ValueError` for a
    missing column and an event that is empty or stands twice.
    """
    names = keys(rows, event)
    required(rows, [date])
    dates = {name: words(row, date) for name, (_, row) in zip(names, rows.iterrows(), strict=True)}

    def drawing(total: int) -> Any:
        whole, wide = WIDTHS[total], total == WIDE
        lane = max(width(said, theme.FONT_SIZE, bold=True) for said in dates.values()) + 14 if wide else 8.0
        left = lane + 18
        said = {n: lines(n, whole - left, TEXT) for n in names}
        date_tops, event_tops, y = {}, {}, 0.0
        for name in names:
            date_tops[name] = y + LINE / 2
            event_tops[name] = date_tops[name] + (0 if wide else LINE + 2)
            y = event_tops[name] + LINE * (len(said[name]) - 0.5) + SPACE
        following = dict(itertools.pairwise(names))
        down = {n: date_tops[after] for n, after in following.items()}
        dots = placed(event, x=dict.fromkeys(names, lane), y=date_tops)
        layers = [
            placed(event, x=dict.fromkeys(down, lane), y=date_tops, y2=down)
            .mark_rule(strokeWidth=3, color=theme.color("rule"), aria=False)
            .encode(x=px("eg_x", alt.X), y=px("eg_y", alt.Y), y2=alt.Y2("eg_y2")),
            dots.mark_point(filled=True, opacity=1, size=80, color=theme.color("mark")).encode(
                x=px("eg_x", alt.X),
                y=px("eg_y", alt.Y),
                tooltip=[alt.Tooltip(c, type="nominal", title=titles.get(c, c)) for c in (date, event)],
            ),
            text_at(
                event,
                dict.fromkeys(names, lane - 14 if wide else left),
                date_tops,
                dates,
                fontSize=theme.FONT_SIZE,
                fontWeight="bold",
                align="right" if wide else "left",
            ),
            text_at(event, dict.fromkeys(names, left), event_tops, {n: "\n".join(t) for n, t in said.items()}),
        ]
        return layers, whole, y - SPACE + 4

    first, last = dates[names[0]], dates[names[-1]]
    return describe(
        sheets(rows, drawing), label=event, value=None, unit="", noun=noun, titles=titles,
        said=f"From {first} ({names[0]}) to {last} ({names[-1]}).",
    )  # fmt: skip
