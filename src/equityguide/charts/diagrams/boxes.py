"""Boxes with text, laid out in pixels before they are drawn, each bound to its row of the table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, TEXT, WIDE, Responsive
from equityguide.charts.compose import ROWS, layer
from equityguide.charts.lettering import lines
from equityguide.charts.panel import required
from equityguide.charts.scene import at, px
from equityguide.charts.sheet import LINE, PAD, finished

INSET = 10  # pixels between a box and its text
BEFORE = {"title": 0, "label": 8, "body": 0}  # pixels above a part of a box's text
AFTER_TITLE = 4  # pixels below a box's title
WIDTHS = {total: total - 2 * PAD - 2 for total in (WIDE, PHONE)}  # what a drawing may use of a page's two widths

Style = Literal["title", "label", "body"]
_STYLES: dict[Style, dict[str, Any]] = {
    "title": {"fontSize": theme.FONT_SIZE, "fontWeight": "bold", "color": theme.color("ink")},
    "label": {"fontSize": TEXT, "fontWeight": "bold", "color": theme.color("quiet")},
    "body": {"fontSize": TEXT, "color": theme.color("ink")},
}


@dataclass(frozen=True)
class Part:
    """Lines of text in one style."""

    style: Style
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """A row's box: its key, its left upper corner and width in pixels, and its text. Its height follows from these."""

    key: str
    x: float
    y: float
    width: float
    parts: tuple[Part, ...]
    least: float = 0  # pixels the box is high at least, so that boxes side by side can be as high

    @property
    def height(self) -> float:
        """Pixels."""
        return max(self.least, needed(self.parts))

    def moved(self, x: float, y: float) -> Box:
        """The same box with its corner at `x`, `y`."""
        return replace(self, x=x, y=y)

    def raised(self, least: float) -> Box:
        """The same box, at least so high."""
        return replace(self, least=least)


def needed(parts: Sequence[Part]) -> float:
    """Pixels of height that text takes in a box."""
    return _top(parts, len(parts)) + INSET


def _top(parts: Sequence[Part], place: int) -> float:
    """Pixels from a box's upper edge to its part number `place`."""
    above = sum(LINE * len(part.lines) + (AFTER_TITLE if part.style == "title" else 0) for part in parts[:place])
    return (
        INSET
        + above
        + sum(BEFORE[part.style] for part in parts[1 : place + 1])
        - (AFTER_TITLE if place == len(parts) and parts[-1].style == "title" else 0)
    )


def box(key: str, width: float, said: Sequence[tuple[Style, str]]) -> Box:
    """A box of so many pixels' width, its text broken into lines that fit; empty texts are left out."""
    parts = []
    for style, words in said:
        look = _STYLES[style]
        found = lines(words, width - 2 * INSET, look["fontSize"], bold="fontWeight" in look)
        parts += [Part(style, tuple(found))] if found else []
    return Box(key, 0, 0, width, tuple(parts))


def keys(rows: pd.DataFrame, column: str) -> list[str]:
    """The names of the rows. Raises `ValueError` for no rows, an empty name, or a name that stands twice."""
    required(rows, [column])
    names = ["" if pd.isna(name) else str(name).strip() for name in rows[column]]
    if not names:
        raise ValueError("The table has no rows. Give one for each box.")
    for row, name in enumerate(names, start=1):
        if not name:
            raise ValueError(f"Row {row}: {column} is empty. Write what to call the row.")
        if names.index(name) < row - 1:
            raise ValueError(f"Row {row}: {column} {name!r} stands twice. Give each row a name of its own.")
    return names


def words(row: pd.Series[Any], column: str) -> str:
    """A row's text, empty where it has none."""
    return "" if pd.isna(row[column]) else str(row[column]).strip()


def placed(column: str, **places: Mapping[str, object]) -> Any:
    """The rows that the mappings know, each with what they say of it as `eg_…`; `column` holds the rows' names."""
    name = f"trim('' + {at(column)})"
    known = json.dumps(sorted(set.intersection(*(set(place) for place in places.values()))))
    return (
        alt.Chart(ROWS)
        .transform_filter(f"indexof({known}, {name}) >= 0")
        .transform_calculate(**{f"eg_{what}": f"({json.dumps(place)})[{name}]" for what, place in places.items()})
    )


def boxes_drawn(boxes: Sequence[Box], column: str, titles: Mapping[str, str], here: str | None = None) -> list[Any]:
    """The boxes and their text; the one called `here` has a thick outline and says "You are here"."""
    tips = [alt.Tooltip(name, type="nominal", title=title) for name, title in titles.items()]
    frame = placed(
        column,
        x={b.key: b.x for b in boxes},
        x2={b.key: b.x + b.width for b in boxes},
        y={b.key: b.y for b in boxes},
        y2={b.key: b.y + b.height for b in boxes},
    )
    picked = f"{at(column)} === {json.dumps(here)}"
    rects = frame.mark_rect(cornerRadius=6, fill=theme.color("missing"), opacity=1).encode(
        x=px("eg_x", alt.X),
        x2=alt.X2("eg_x2"),
        y=px("eg_y", alt.Y),
        y2=alt.Y2("eg_y2"),
        stroke=alt.StrokeValue(theme.color("edge"), condition={"test": picked, "value": theme.color("named")}),
        strokeWidth=alt.StrokeWidthValue(1, condition={"test": picked, "value": 3}),
        tooltip=tips,
    )
    return [rects, *_texts(boxes, column), *[mark for b in boxes if b.key == here for mark in _here(b, column)]]


def _texts(boxes: Sequence[Box], column: str) -> list[Any]:
    layers = []
    slots = sorted({(place, part.style) for b in boxes for place, part in enumerate(b.parts)})
    for place, style in slots:
        own = [b for b in boxes if len(b.parts) > place and b.parts[place].style == style]
        tops = {b.key: b.y + _top(b.parts, place) + LINE / 2 for b in own}
        said = {b.key: "\n".join(b.parts[place].lines) for b in own}
        layers.append(text_at(column, {b.key: b.x + INSET for b in own}, tops, said, **_STYLES[style]))
    return layers


def text_at(column: str, x: Mapping[str, float], y: Mapping[str, float], said: Mapping[str, str], **mark: Any) -> Any:
    """Each row's text, lines parted by a line break, its first line's middle at (x, y) in pixels."""
    look = {"fontSize": TEXT, "color": theme.color("ink"), "align": "left", "baseline": "middle", "lineHeight": LINE}
    return (
        placed(column, tx=x, ty=y, said=said)
        .mark_text(**(look | {"lineBreak": "\n", "aria": False, "tooltip": None} | mark))
        .encode(x=px("eg_tx", alt.X), y=px("eg_ty", alt.Y), text=alt.Text("eg_said", type="nominal"))
    )


def _here(b: Box, column: str) -> list[Any]:
    """A tag on the upper edge of the box, with a pointer in front of its words."""
    width, middle = 108, b.y - 4
    right = b.x + b.width - INSET
    tag = placed(column, x={b.key: right - width}, x2={b.key: right}, y={b.key: middle - 10}, y2={b.key: middle + 10})
    plate = tag.mark_rect(cornerRadius=10, fill=theme.color("named"), stroke=theme.color("ground"), aria=False).encode(
        x=px("eg_x", alt.X), x2=alt.X2("eg_x2"), y=px("eg_y", alt.Y), y2=alt.Y2("eg_y2")
    )
    pointer = (
        placed(column, x={b.key: right - width + 14}, y={b.key: middle})
        .mark_point(shape="triangle-down", filled=True, opacity=1, size=44, color=theme.color("ground"), aria=False)
        .encode(x=px("eg_x", alt.X), y=px("eg_y", alt.Y))
    )
    said = text_at(
        column, {b.key: right - width + 24}, {b.key: middle + 0.5}, {b.key: "You are here"},
        color=theme.color("ground"), fontWeight="bold",
    )  # fmt: skip
    return [plate, pointer, said]


def links(column: str, ends: Mapping[str, tuple[float, float, float, float]], **mark: Any) -> Any:
    """A straight line for each row: from (x, y) to (x2, y2) in pixels."""
    places = {part: {key: end[at_] for key, end in ends.items()} for at_, part in enumerate(("x", "y", "x2", "y2"))}
    style = {"strokeWidth": 1.5, "color": theme.color("edge"), "aria": False, "tooltip": None} | mark
    return (
        placed(column, **places)
        .mark_rule(**style)
        .encode(x=px("eg_x", alt.X), y=px("eg_y", alt.Y), x2=alt.X2("eg_x2"), y2=alt.Y2("eg_y2"))
    )


def lowest(boxes: Sequence[Box]) -> float:
    """Where the drawing ends, in pixels from its top."""
    return max(b.y + b.height for b in boxes)


def sheets(rows: pd.DataFrame, drawing: Any) -> Responsive:
    """`drawing(total)` in both widths: it gives the layers, the width and the height in pixels."""
    made = {}
    for total in (WIDE, PHONE):
        layers, width, height = drawing(total)
        made[total] = layer(*layers, width=width, height=height)
    return finished(made[WIDE], made[PHONE], rows)
