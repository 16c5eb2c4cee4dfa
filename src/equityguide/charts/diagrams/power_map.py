"""Stakeholders by how much they support a goal and how much influence they have."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import TEXT, WIDE, Responsive, describe
from equityguide.charts.diagrams.boxes import WIDTHS, keys, placed, sheets, text_at
from equityguide.charts.lettering import lines, width
from equityguide.charts.panel import required
from equityguide.charts.scene import px
from equityguide.charts.sheet import LINE, once, text

SUPPORT, INFLUENCE = (-5.0, 5.0), (0.0, 10.0)  # from strong opposition to strong support; from least to most
QUADRANTS = ("Win over first", "Ask to lead with you", "Keep informed", "Build up as allies")
_DOT = 7  # pixels around a point that a label keeps free


def power_map(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    name: str = "name",
    support: str = "support",
    influence: str = "influence",
    noun: str = "stakeholders",
) -> Responsive:
    """Stakeholders as points: to the right the more they support the goal, upward the more influence they have.

    `support` runs from -5 (strong opposition) to 5 (strong support), `influence` from 0 (least) to 10 (most). The four
    quadrants are named. A wide page labels the points; a phone numbers them, with the names below. Raises `ValueError`
    for a missing column, a name that is empty or stands twice, and a value outside its scale.
    """
    names = keys(rows, name)
    required(rows, [support, influence])
    for column, (low, high) in ((support, SUPPORT), (influence, INFLUENCE)):
        values = pd.to_numeric(rows[column], errors="coerce")
        if (bad := ~values.between(low, high)).any():
            row = int(bad.to_numpy().argmax())
            raise ValueError(
                f"Row {row + 1} ({names[row]}), column {column}: {rows[column].iloc[row]} is not a number "
                f"from {low:g} to {high:g}. Correct it."
            )

    tips = [
        alt.Tooltip(column, type="nominal", title=titles.get(column, column)) for column in (name, support, influence)
    ]

    def drawing(total: int) -> Any:
        whole, wide = WIDTHS[total], total == WIDE
        radius = _DOT if wide else 10
        field = (26.0, 24.0 if wide else 40.0, whole - 2, 410.0 if wide else 320.0)
        spots = _spots(names, rows[support], rows[influence], field, radius)
        xs, ys = ({n: spot[axis] for n, spot in spots.items()} for axis in (0, 1))
        layers = _ground(field)
        dots = placed(name, x=xs, y=ys).mark_point(
            filled=True,
            opacity=1,
            size=90 if wide else 330,
            fill=theme.color("mark"),
            stroke=theme.color("ground"),
        )
        layers.append(dots.encode(x=px("eg_x", alt.X), y=px("eg_y", alt.Y), tooltip=tips))
        if wide:
            found = _labels(names, xs, ys, field)
            at_x, at_y = {n: x for n, (x, _, _) in found.items()}, {n: y for n, (_, y, _) in found.items()}
            said = {n: label for n, (_, _, label) in found.items()}
            return [*layers, text_at(name, at_x, at_y, said)], whole, field[3] + 50
        numbers = {n: str(place) for place, n in enumerate(names, start=1)}
        listed = {n: lines(n, whole - 26, TEXT) for n in names}
        steps = [field[3] + 70, *(LINE * len(listed[n]) + 2 for n in names)]
        *tops, end = itertools.accumulate(steps)
        down = dict(zip(names, tops, strict=True))
        bold: dict[str, Any] = {"fontWeight": "bold"}
        layers += [
            text_at(
                name,
                xs,
                {n: y + 0.5 for n, y in ys.items()},
                numbers,
                align="center",
                color=theme.color("ground"),
                **bold,
            ),
            text_at(name, dict.fromkeys(names, 18.0), down, numbers, align="right", **bold),
            text_at(name, dict.fromkeys(names, 26.0), down, {n: "\n".join(said) for n, said in listed.items()}),
        ]
        return layers, whole, end - LINE / 2

    where: dict[str, list[str]] = {quadrant: [] for quadrant in QUADRANTS}
    for n, s, i in zip(names, rows[support], rows[influence], strict=True):
        where[QUADRANTS[(0 if i >= 5 else 2) + (1 if s >= 0 else 0)]].append(n)
    said = " ".join(f"{quadrant}: {', '.join(inside)}." for quadrant, inside in where.items() if inside)
    return describe(sheets(rows, drawing), label=name, value=None, unit="", noun=noun, titles=titles, said=said)


Area = tuple[float, float, float, float]  # left, top, right, bottom in pixels


def _spots(
    names: Sequence[str], support: pd.Series[Any], influence: pd.Series[Any], field: Area, radius: int
) -> dict[str, tuple[float, float]]:
    """Where each point stands; points at one place stand side by side, toward the middle."""
    left, top, right, bottom = (
        field[0] + radius + 2,
        field[1] + radius + 2,
        field[2] - radius - 2,
        field[3] - radius - 2,
    )
    spots: dict[str, tuple[float, float]] = {}
    for n, s, i in zip(names, support, influence, strict=True):
        x = left + (float(s) - SUPPORT[0]) / (SUPPORT[1] - SUPPORT[0]) * (right - left)
        y = bottom - float(i) / INFLUENCE[1] * (bottom - top)
        while (x, y) in spots.values():
            x += (2 * radius + 2) * (-1 if s > 0 else 1)
        spots[n] = x, y
    return spots


def _ground(field: Area) -> list[Any]:
    """The four quadrants, their names outside them, and what the two directions mean."""
    left, top, right, bottom = field
    middle, level = (left + right) / 2, (top + bottom) / 2
    half = middle - left
    marks = []
    for place, said in enumerate(QUADRANTS):
        x, y = (left, middle)[place % 2], (top, level)[place // 2]
        area = {"x": alt.XValue(x), "x2": alt.X2Value(x + half), "y": alt.YValue(y), "y2": alt.Y2Value(y + level - top)}
        fill = theme.color("missing" if place in (1, 2) else "ground")
        style = {"fill": fill, "stroke": theme.color("edge"), "strokeWidth": 0.8, "aria": False}
        words = lines(said, half - 8, TEXT, bold=True)
        above = place < 2
        head = top - 12 - LINE * (len(words) - 1) if above else bottom + 14
        marks += [
            once().mark_rect(**style).encode(**area),
            text(words, x + 2, head, fontWeight="bold", color=theme.color("quiet")),
        ]
    foot = bottom + 14 + LINE * max(len(lines(said, half - 8, TEXT, bold=True)) for said in QUADRANTS[2:])
    upward = "less influence \N{RIGHTWARDS ARROW} more"
    return [
        *marks,
        text("opposition", left, foot + 4),
        text("support", right, foot + 4, align="right"),
        text(upward, 10, level, align="center", angle=270),
    ]


def _labels(
    names: Sequence[str], xs: Mapping[str, float], ys: Mapping[str, float], field: Area
) -> dict[str, tuple[float, float, str]]:
    """Where each name stands (left, first line's middle, its lines): beside, above or below its point, over nothing.

    Each takes the first free place of those nearest; where none is free, the place that covers least.
    """
    dots = [(xs[n] - _DOT, ys[n] - _DOT, xs[n] + _DOT, ys[n] + _DOT) for n in names]
    middle, level = (field[0] + field[2]) / 2, (field[1] + field[3]) / 2
    filled = [*dots, (middle - 2, field[1], middle + 2, field[3]), (field[0], level - 2, field[2], level + 2)]
    spots = {}
    for n in names:
        broken = lines(n, 130, TEXT)
        wide, tall = max(width(line, TEXT) for line in broken), LINE * len(broken)
        x, y = xs[n], ys[n]
        tries = [
            (x + sideways, y + up)
            for far in (0, 10, 22, 36)
            for sideways, up in (
                (_DOT + 3 + far / 2, -tall / 2), (-_DOT - 3 - wide - far / 2, -tall / 2),
                (-wide / 2, -_DOT - 3 - tall - far), (-wide / 2, _DOT + 3 + far),
                (_DOT + 2, -tall - far), (_DOT + 2, far), (-_DOT - 2 - wide, -tall - far), (-_DOT - 2 - wide, far),
            )
        ]  # fmt: skip
        areas = [(a, b, a + wide, b + tall) for a, b in tries]
        best = min(areas, key=lambda area: sum(_shared(area, other) for other in filled) + 100 * _outside(area, field))
        filled.append(best)
        spots[n] = best[0], best[1] + LINE / 2, "\n".join(broken)
    return spots


def _shared(a: Area, b: Area) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _outside(area: Area, field: Area) -> float:
    return sum(
        max(0.0, over) for over in (field[0] - area[0], field[1] - area[1], area[2] - field[2], area[3] - field[3])
    )
