"""A cascade from one aim to what follows from it: side by side on a wide page, indented on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from equityguide.charts import WIDE, Responsive, describe
from equityguide.charts.diagrams.boxes import WIDTHS, Box, Style, box, boxes_drawn, keys, links, lowest, sheets, words
from equityguide.charts.panel import required

SPACE = 12  # pixels between boxes above one another
GUTTER = 34  # pixels between one depth and the next
Ends = dict[str, tuple[float, float, float, float]]
INDENT = 18  # pixels that a depth is indented by on a phone


def tree(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    parent: str = "parent",
    child: str = "child",
    detail: str | None = None,
    noun: str = "goals",
) -> Responsive:
    """A tree of boxes from a table with one row a box: its name `child`, what it belongs to `parent`, more in `detail`.

    A row without a parent is a root; there may be several. Boxes stand in the order of the rows. Raises `ValueError`
    for a missing column, a name that is empty or stands twice, a parent that is no row, and rows that run in a circle.
    """
    names = keys(rows, child)
    required(rows, [parent, *([detail] if detail else [])])
    above = {name: words(row, parent) for name, (_, row) in zip(names, rows.iterrows(), strict=True)}
    details = {n: words(row, detail) if detail else "" for n, (_, row) in zip(names, rows.iterrows(), strict=True)}
    for row, (name, over) in enumerate(above.items(), start=1):
        if over and over not in above:
            raise ValueError(f"Row {row}: {parent} {over!r} is no row of its own. Add one, or correct the name.")
        if _depth(name, above) is None:
            raise ValueError(f"Row {row}: {name!r} belongs to itself by way of {over!r}. Correct the {parent}.")
    depths = {name: _depth(name, above) or 0 for name in names}
    below = {name: [other for other in names if above[other] == name] for name in names}
    order = [name for root in names if not above[root] for name in _walk(root, below)]

    def drawing(total: int) -> Any:
        width = WIDTHS[total]
        style: dict[str, Style] = {name: ("title" if below[name] or not above[name] else "body") for name in names}
        if total == WIDE:
            deep = max(depths.values()) + 1
            each = (width - 2 - GUTTER * (deep - 1)) / deep
            made = {n: box(n, each, _said(n, style[n], details[n])) for n in order}
            boxes = _beside(order, made, above, below, depths, each)
            ends = _elbows(boxes, above)
        else:
            boxes = _indented(order, depths, width, {n: _said(n, style[n], details[n]) for n in order})
            ends = _rails(boxes, above)
        layers = [links(child, end) for end in ends if end]
        shown = {column: title for column, title in titles.items() if column in rows.columns}
        return [*layers, *boxes_drawn(list(boxes.values()), child, shown)], width, lowest(list(boxes.values())) + 2

    said = " ".join(f"{name}: {', '.join(below[name])}." for name in order if below[name])
    return describe(sheets(rows, drawing), label=child, value=None, unit="", noun=noun, titles=titles, said=said)


def _said(name: str, style: Style, detail: str) -> list[tuple[Style, str]]:
    return [(style, name), ("body", detail)]


def _depth(name: str, above: Mapping[str, str]) -> int | None:
    """How many stand over a row; `None` where the rows run in a circle."""
    depth = 0
    while name := above[name]:
        depth += 1
        if depth > len(above):
            return None
    return depth


def _walk(name: str, below: Mapping[str, list[str]]) -> list[str]:
    return [name, *(inner for child in below[name] for inner in _walk(child, below))]


def _beside(
    order: list[str],
    made: Mapping[str, Box],
    above: Mapping[str, str],
    below: Mapping[str, list[str]],
    depths: Mapping[str, int],
    each: float,
) -> dict[str, Box]:
    """Boxes in a column for each depth, a parent level with the middle of what belongs to it."""
    boxes: dict[str, Box] = {}

    def place(name: str, top: float) -> float:
        """Places a box and all below it from `top` down; gives where the next may begin."""
        x, own = depths[name] * (each + GUTTER), made[name]
        bottom = top
        for inner in below[name]:
            bottom = place(inner, bottom)
        span = max(bottom - SPACE - top, own.height)
        if bottom - SPACE - top < own.height:  # a parent higher than all its children: they move to its middle
            shift = (own.height - (bottom - SPACE - top)) / 2
            for inner in [i for child in below[name] for i in _walk(child, below)]:
                boxes[inner] = boxes[inner].moved(boxes[inner].x, boxes[inner].y + shift)
        boxes[name] = own.moved(x + 1, top + (span - own.height) / 2)
        return top + span + SPACE

    top = 1.0
    for root in order:
        if not above[root]:
            top = place(root, top)
    return boxes


def _indented(
    order: list[str], depths: Mapping[str, int], width: float, said: Mapping[str, list[tuple[Style, str]]]
) -> dict[str, Box]:
    """Boxes below one another, each as far to the right as it is deep."""
    boxes: dict[str, Box] = {}
    y = 1.0
    for name in order:
        x = 1 + INDENT * depths[name]
        boxes[name] = box(name, width - x - 1, said[name]).moved(x, y)
        y += boxes[name].height + SPACE
    return boxes


def _elbows(boxes: Mapping[str, Box], above: Mapping[str, str]) -> list[Ends]:
    """Out of a parent's side, up or down, into a child: three straight lines for each row that has a parent."""
    out, along, into = {}, {}, {}
    for name, own in boxes.items():
        if above[name]:
            over = boxes[above[name]]
            x, y, level = over.x + over.width, over.y + over.height / 2, own.y + own.height / 2
            middle = x + GUTTER / 2
            out[name], along[name], into[name] = (
                (x, y, middle, y),
                (middle, y, middle, level),
                (middle, level, own.x, level),
            )
    return [out, along, into]


def _rails(boxes: Mapping[str, Box], above: Mapping[str, str]) -> list[Ends]:
    """Down from a parent and into a child: two straight lines for each row that has a parent."""
    down, into = {}, {}
    for name, own in boxes.items():
        if above[name]:
            over = boxes[above[name]]
            x, level = over.x + INDENT / 2, own.y + own.height / 2
            down[name], into[name] = (x, over.y + over.height, x, level), (x, level, own.x, level)
    return [down, into]
