"""Where things stand in a chart of groups: names, numbers and strips, in columns on a page and stacked on a phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, TEXT, WIDE, lettering
from equityguide.charts.compose import having, layer
from equityguide.charts.people.table import Groups
from equityguide.charts.places import records, ticks
from equityguide.charts.scene import HALO, at, haloed, px, tick_format

PAD = 2  # pixels around a drawing
MARGIN = PAD + HALO // 2  # what a drawing cannot use: the ground beneath a label reaches past its letters
GAP = 14  # pixels between columns
HEAD = 18  # pixels from one line of a heading to the next
LEADING = 15  # pixels from one line of text to the next
NAME_LANE = 176  # pixels a name may take beside its strip before it is broken into lines
EDGE = 14  # pixels that half of the first tick's label needs on a phone
TICK = 34  # pixels that a tick's label needs at least
DOT = 80  # square pixels of a dot


@dataclass(frozen=True)
class Head:
    """What stands above a panel: the place of its first row, its name and notes in lines, and where these begin."""

    place: int
    name: list[str]
    notes: list[str]
    y: float
    sides: float  # where the words for the two sides of a zero line stand, below the notes


@dataclass(frozen=True)
class Frame:
    """One drawing's pixels: the plot from `left` to `right`, each row's strip at `ys`, its name at `name_ys`."""

    groups: Groups
    phone: bool
    width: int
    height: float
    left: float
    right: float
    lane: float
    ys: tuple[float, ...]
    names: tuple[list[str], ...]
    name_ys: tuple[float, ...]
    n_x: float
    n_ys: tuple[float, ...]
    heads: tuple[Head, ...]

    def base(self, **calculated: str) -> Any:
        """The rows, each with its place; what a layer of the drawing starts from."""
        return (
            alt.Chart()
            .transform_calculate(eg_at=self.groups.place())
            .transform_calculate(eg_y=self.groups.lookup(self.ys), **calculated)
        )

    def words(self) -> list[Any]:
        """Layers of text: panel headings, group names, and how many people stand behind each."""
        lookup = self.groups.lookup
        base = self.base(eg_name=lookup(self.names), eg_name_y=lookup(self.name_ys))
        name = {"lineHeight": LEADING, "fontSize": theme.FONT_SIZE, "align": "left" if self.phone else "right"}
        name_x = alt.XValue(0 if self.phone else self.lane)
        y = px("eg_name_y", alt.Y)
        layers = [layer.encode(x=name_x, y=y, text=alt.Text("eg_name:N")) for layer in haloed(base, **name)]
        if self.groups.fields.n:
            counted = base.transform_filter(f"isValid({at(self.groups.fields.n)})").transform_calculate(
                eg_n=f"'n = ' + format({at(self.groups.fields.n)}, ',')", eg_n_y=lookup(self.n_ys)
            )
            under, over = haloed(counted, align="right", color=theme.color("quiet"))
            layers += [
                layer.encode(x=alt.XValue(self.n_x), y=px("eg_n_y", alt.Y), text=alt.Text("eg_n:N"))
                for layer in (under, over)
            ]
        for head in self.heads:
            first = self.base().transform_filter(f"datum.eg_at === {head.place}")
            style = {"align": "left", "fontSize": theme.FONT_SIZE, "lineHeight": HEAD}
            below = head.y + HEAD * len(head.name)
            for lines, y_first, weight in ((head.name, head.y, "bold"), (head.notes, below, "normal")):
                texts = haloed(first, text=lines, fontWeight=weight, **style) if lines else []
                layers += [layer.encode(x=alt.XValue(0), y=alt.YValue(y_first)) for layer in texts]
        return layers

    def spans(self) -> list[tuple[float, float]]:
        """For each row, from where to where the rows of its panel reach."""
        found = []
        for row in self.groups.rows:
            ys = [y for y, other in zip(self.ys, self.groups.rows, strict=True) if other.panel == row.panel]
            found.append((min(ys) - 12, max(ys) + 12))
        return found

    def withheld(self) -> list[Any]:
        """Layers with the word that stands where a withheld row's dot would be."""
        base = self.base(eg_word=self.groups.word()).transform_filter("datum.eg_word !== ''")
        style = {"align": "left", "fontStyle": "italic", "color": theme.color("quiet"), "fontSize": theme.FONT_SIZE}
        return [
            layer.encode(x=alt.XValue(self.left + 4), y=px("eg_y", alt.Y), text=alt.Text("eg_word:N"))
            for layer in haloed(base, **style)
        ]

    def below(self, line: str) -> list[Any]:
        """Layers with the numbers below each strip; `line` is an expression for a line of text."""
        base = self.base(eg_below=line).transform_calculate(eg_below_y=f"datum.eg_y + {LEADING + 3}")
        return [
            text.encode(x=alt.XValue(0), y=px("eg_below_y", alt.Y), text=alt.Text("eg_below:N"))
            for text in haloed(base, align="left")
        ]

    def beside(self, lines: str) -> list[Any]:
        """Layers with the numbers at the right of each strip; `lines` is an expression for a list of lines."""
        half = LEADING / 2
        base = self.base(eg_beside=lines).transform_calculate(
            eg_beside_y=f"datum.eg_y - (length(datum.eg_beside) - 1) * {half}"
        )
        text = haloed(base, align="right", lineHeight=LEADING)
        return [
            layer.encode(x=alt.XValue(self.width), y=px("eg_beside_y", alt.Y), text=alt.Text("eg_beside:N"))
            for layer in text
        ]

    def along(
        self, spread: Sequence[float], caption: Sequence[str], most: int = 6, room: float = 0
    ) -> Callable[[str], alt.X]:
        """Columns on the value axis: its ticks are round and around all of `spread`, in the unit of the axis.

        The caption is broken into lines of `room` pixels, else of all there are.
        """
        marks = ticks(pd.Series(list(spread)), most=min(most, int((self.right - self.left) / TICK)))
        scale = alt.Scale(domain=[marks[0], marks[-1]], range=[self.left, self.right], nice=False, zero=False)
        axis = alt.Axis(
            title=[
                line
                for text in caption
                for line in lettering.lines(text, room or self.width - self.left, theme.FONT_SIZE)
            ],
            values=list(marks),
            format=tick_format(marks),
            labelExpr="datum.value === 0 ? '0' : datum.label",
            orient="bottom",
            titleAnchor="start",
            titleAlign="left",
            titleX=self.left,
            labelFlush=False,
            domain=False,
            ticks=False,
            labelPadding=6,
            grid=True,
        )
        return lambda column: alt.X(column, type="quantitative", scale=scale, axis=axis)

    def finished(self, layers: Sequence[Any], rows: pd.DataFrame, *, apart: bool = False) -> Any:
        """The layers as one chart with the rows in it; `apart` where each has a value axis of its own."""
        drawn = layer(*layers, width=self.width, height=self.height)
        chart = having(drawn, datasets={"rows": records(rows)}, padding=PAD)
        return chart.resolve_scale(x="independent") if apart else chart


def balanced(text: str, width: float) -> list[str]:
    """As few lines of `text` as `width` pixels need, as even as can be: no word alone on the last."""
    lines = lettering.lines(text, width, theme.FONT_SIZE)
    for least in range(int(width * 0.4), int(width), 6):
        if len(even := lettering.lines(text, least, theme.FONT_SIZE)) == len(lines):
            return even
    return lines


def frames(
    groups: Groups,
    beside: Sequence[Sequence[str]],
    *,
    under: Sequence[int] = (),
    notes: Mapping[str, str] | None = None,
    sides: bool = False,
    n_below: bool = False,
) -> tuple[Frame, Frame]:
    """The frames of a page and of a phone.

    `beside` holds the lines that stand at the right of each row's strip, `under` how many stand below it on a phone,
    `notes` what a panel's heading says beside its name. With `sides` room is kept for words beside a zero line, and
    with `n_below` the number of people stands below the name on a page too, which leaves more to the plot.
    """
    room = max((lettering.width(text, TEXT) for lines in beside for text in lines), default=0)
    said = notes or {}
    wide = _wide(groups, room, beside, (said, 24 if sides else 0), n_below)
    return wide, _phone(groups, room, beside, under, (said, 24 + LEADING if sides else 0))


Above = tuple[Mapping[str, str], float]


def _n_room(groups: Groups) -> float:
    known = [row.n for row in groups.rows if row.n == row.n]
    return max((lettering.width(f"n = {n:,.0f}", TEXT) for n in known), default=0)


def _wide(groups: Groups, room: float, beside: Sequence[Sequence[str]], above: Above, n_below: bool) -> Frame:
    width = WIDE - 2 * MARGIN
    names = tuple(balanced(row.group, NAME_LANE) for row in groups.rows)
    n_room = _n_room(groups)
    n_below = n_below and n_room > 0
    lane = max(lettering.width(line, theme.FONT_SIZE) for name in names for line in name)
    if n_below:
        lane = max(lane, n_room)
    left = lane + (n_room + GAP if n_room and not n_below else 0) + GAP
    lines = max([*(len(name) + n_below for name in names), *map(len, beside)])
    pitch = max(30, lines * LEADING + 12)
    ys, heads, height = _stacked(groups, [float(pitch)] * len(names), width, above)
    middles = tuple(y - pitch / 2 for y in ys)
    name_ys = tuple(y - (len(name) + n_below - 1) * LEADING / 2 for y, name in zip(middles, names, strict=True))
    n_ys = tuple(y + len(name) * LEADING for y, name in zip(name_ys, names, strict=True)) if n_below else middles
    right = width - (room + GAP if room else 0)
    return Frame(
        groups,
        False,
        width,
        height,
        left,
        right,
        lane,
        middles,
        names,
        name_ys,
        lane if n_below else left - GAP,
        n_ys,
        heads,
    )


def _phone(groups: Groups, room: float, beside: Sequence[Sequence[str]], under: Sequence[int], above: Above) -> Frame:
    width = PHONE - 2 * MARGIN
    n_room = _n_room(groups)
    names = tuple(balanced(row.group, width - (n_room + 8 if n_room else 0)) for row in groups.rows)
    strip = max(20, max((len(lines) for lines in beside), default=1) * LEADING + 4)
    below = [LEADING * count for count in under] or [0] * len(names)
    pitches = [len(name) * LEADING + strip + more + 12.0 for name, more in zip(names, below, strict=True)]
    ends, heads, height = _stacked(groups, pitches, width, above)
    ys = tuple(end - 12 - more - strip / 2 for end, more in zip(ends, below, strict=True))
    name_ys = tuple(end - pitch + LEADING / 2 + 2 for end, pitch in zip(ends, pitches, strict=True))
    right = width - (room + GAP if room else 8)
    return Frame(groups, True, width, height, EDGE, right, width, ys, names, name_ys, width, name_ys, heads)


def _stacked(
    groups: Groups, pitches: Sequence[float], width: float, above: Above
) -> tuple[tuple[float, ...], tuple[Head, ...], float]:
    """Each row's lower edge, each panel's heading, and the height of everything."""
    notes, sides = above
    down, ends, heads = 0.0, [], []
    for place, (row, pitch) in enumerate(zip(groups.rows, pitches, strict=True)):
        if place == 0 or groups.rows[place - 1].panel != row.panel:
            name = lettering.lines(row.panel, width, theme.FONT_SIZE, bold=True) if row.panel else []
            said = lettering.lines(notes.get(row.panel, ""), width, theme.FONT_SIZE)
            down += 16 if place else 0
            start = down + HEAD / 2
            down += HEAD * (len(name) + len(said)) + (6 if name or said else 0)
            heads.append(Head(place, name, said, start, down + 8))
            down += sides
        down += pitch
        ends.append(down)
    return tuple(ends), tuple(heads), down
