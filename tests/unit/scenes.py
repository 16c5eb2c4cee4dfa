"""What a chart draws, mark by mark: vl-convert's scene graph with every position on the whole drawing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import vl_convert

VEGA_LITE = "6.4"
BOLD = 600  # font weights from here on are bold


@dataclass(frozen=True)
class Mark:
    """One mark: its kind (symbol, rect, rule, line, text), its place in pixels of the drawing, and all it says."""

    kind: str
    role: str
    x: float
    y: float
    item: dict[str, Any]
    path: int  # the same for all points of one line

    @property
    def lines(self) -> list[str]:
        """A text's lines."""
        text = self.item.get("text", "")
        return text if isinstance(text, list) else str(text).split(self.item.get("lineBreak", "\n"))

    @property
    def bold(self) -> bool:
        """Whether a text is bold."""
        return self.item.get("fontWeight") in ("bold", *range(BOLD, 1000))


def marks(chart: Any, kind: str) -> list[Mark]:
    """Every mark of a kind in the order drawn, axes included (their role is not "mark")."""
    graph = graph_of(json.dumps(chart.to_dict()))
    x, y = graph["origin"]
    return [mark for mark in _walk(graph["scenegraph"], x, y, "") if mark.kind == kind]


@cache
def graph_of(specification: str) -> dict[str, Any]:
    """The scene graph of a Vega-Lite specification (JSON): width, height, origin and marks."""
    return dict(vl_convert.vegalite_to_scenegraph(specification, vl_version=VEGA_LITE))


def _walk(node: dict[str, Any], x: float, y: float, role: str) -> Iterator[Mark]:
    for item in node.get("items", []):
        here = x + item.get("x", 0), y + item.get("y", 0)
        if node["marktype"] == "group":
            for inner in item.get("items", []):
                yield from _walk(inner, *here, inner.get("role", role))
        else:
            yield Mark(node["marktype"], node.get("role", role), *here, item, id(node))


def box(mark: Mark) -> tuple[float, float, float, float]:
    """A rect's left, top, right and bottom."""
    return mark.x, mark.y, mark.x + mark.item.get("width", 0), mark.y + mark.item.get("height", 0)
