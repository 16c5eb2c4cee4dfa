"""What drawings of our own layout share: a view whose marks stand at pixels, text in it, and a key to its marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import TEXT, Responsive
from equityguide.charts.compose import ROWS, having, layer
from equityguide.charts.lettering import lines, width
from equityguide.charts.places import records

LINE = 16  # pixels from one line of text to the next
PAD = 2  # pixels around a drawing
SYMBOL = 26  # pixels a symbol of the key takes, with the space after it

Symbol = Literal["point", "signal", "line", "dashed", "limits", "interval", "withheld", "other"]


def once() -> Any:
    """The rows as a single mark's base: what stands at fixed pixels is drawn once and not once a row."""
    return alt.Chart(ROWS).transform_aggregate(eg_rows="count()")


def text(said: str | Sequence[str], x: float, y: float, **mark: Any) -> Any:
    """One block of text, its first line's middle at pixel `y`, its start at `x`."""
    shown = said if isinstance(said, str) else list(said)
    style = {"fontSize": TEXT, "baseline": "middle", "align": "left", "lineHeight": LINE, "color": theme.color("ink")}
    return (
        once()
        .mark_text(**(style | {"text": shown, "aria": False, "tooltip": None} | mark))
        .encode(x=alt.XValue(x), y=alt.YValue(y))
    )


def key(caption: str, items: Sequence[tuple[Symbol, str]], *, left: float, right: float) -> Any:
    """A view above a drawing, from pixel `left` to `right`: what is measured, then what each kind of mark means."""
    head = lines(caption, right - left, theme.FONT_SIZE)
    parts = [text(head, left, LINE / 2, fontSize=theme.FONT_SIZE)]
    x, y = left, LINE * (len(head) + 0.5) + 4
    for symbol, said in items:
        needed = SYMBOL + width(said, TEXT)
        if x > left and x + needed > right:
            x, y = left, y + LINE + 2
        room = lines(said, right - left - SYMBOL, TEXT)
        parts += [*drawn(symbol, x, y), text(room, x + SYMBOL, y)]
        y += LINE * (len(room) - 1)
        x = x + needed + 14 if len(room) == 1 else right
    return layer(*parts, width=right, height=y + LINE / 2 + 2)


def drawn(symbol: Symbol, x: float, y: float) -> list[Any]:
    """A mark of the key, in the 20 pixels right of `x`, around the height `y`."""
    middle, end = x + 10, x + 20
    bar = {"x": alt.XValue(x), "x2": alt.X2Value(end), "y": alt.YValue(y)}
    if symbol == "withheld":
        box = bar | {"y": alt.YValue(y - 6), "y2": alt.Y2Value(y + 6)}
        return [once().mark_rect(**withheld()).encode(**box)]
    if symbol in ("point", "signal", "other"):
        style = {"point": point(), "signal": signal(), "other": other()}[symbol]
        return [once().mark_point(**style).encode(x=alt.XValue(middle), y=alt.YValue(y))]
    if symbol == "interval":
        whisker = {"x": alt.XValue(middle), "y": alt.YValue(y - 7), "y2": alt.Y2Value(y + 7)}
        return [
            once().mark_rule(**interval()).encode(**whisker),
            once().mark_point(**point()).encode(x=alt.XValue(middle), y=alt.YValue(y)),
        ]
    style = {"line": center(), "dashed": center() | {"strokeDash": [6, 4]}, "limits": limits()}[symbol]
    return [once().mark_rule(**style).encode(**bar)]


def point() -> dict[str, Any]:
    """An ordinary point."""
    return {"shape": "circle", "filled": True, "opacity": 1, "size": 34, "color": theme.color("mark"), "aria": False}


def other() -> dict[str, Any]:
    """A point of the second of two groups: hollow and square."""
    hollow = {"fill": theme.color("ground"), "stroke": theme.color("named"), "strokeWidth": 2}
    return {"shape": "square", "filled": True, "opacity": 1, "size": 46, "aria": False} | hollow


def signal() -> dict[str, Any]:
    """A point that signals: larger, another shape, outlined."""
    outline = {"fill": theme.color("named"), "stroke": theme.color("ground"), "strokeWidth": 1}
    return {"shape": "diamond", "filled": True, "opacity": 1, "size": 120, "aria": False} | outline


def interval() -> dict[str, Any]:
    """A row's interval."""
    return {"strokeWidth": 1.5, "color": theme.color("edge"), "aria": False}


def center() -> dict[str, Any]:
    """A center line, or another line to compare with."""
    return {"strokeWidth": 1.5, "color": theme.color("ink"), "aria": False}


def limits() -> dict[str, Any]:
    """Control limits."""
    return {"strokeWidth": 1.2, "color": theme.color("quiet"), "strokeDash": [2, 3], "aria": False}


def withheld() -> dict[str, Any]:
    """The place of a row whose value is not shown: a band, so that nobody reads it as zero."""
    edge = {"stroke": theme.color("edge"), "strokeWidth": 0.8, "strokeDash": [2, 2]}
    return {"color": theme.color("missing"), "aria": False} | edge


def finished(wide: Any, phone: Any, rows: pd.DataFrame) -> Responsive:
    """Both drawings with the rows they plot."""
    with_rows = {"datasets": {"rows": records(rows)}, "padding": PAD}
    return Responsive(wide=having(wide, **with_rows), phone=having(phone, **with_rows))


def headed(titles: Mapping[str, str], column: str, unit: str) -> str:
    """A column's heading with its unit."""
    heading = titles.get(column, column)
    return heading if unit.lower() in heading.lower() else f"{heading} ({unit})"
