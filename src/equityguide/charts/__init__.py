"""Charts as Altair objects: one function per chart form, colored with theme tokens only, drawn in two widths."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import altair as alt
from altair.utils.schemapi import disable_debug_mode

from equityguide.charts.compose import having

WIDE = 664  # pixels a drawing may take on a page; book.css and figure.js switch to the phone drawing below it
PHONE = 288  # pixels a drawing may take: what a screen of 320 px leaves between its margins
TEXT = 12  # pixels, the smallest text in any drawing

if sys.platform == "emscripten":
    # Altair checks each part of a chart as it is made. In a browser's slow Python that takes longer than all else about
    # a chart, and the same charts have been checked where the book was built.
    disable_debug_mode()


@dataclass(frozen=True)
class Responsive:
    """One figure in two drawings of the same rows: `wide` (at most 664 px) and `phone` (at most 288 px)."""

    wide: alt.TopLevelMixin
    phone: alt.TopLevelMixin


AnyChart = TypeVar("AnyChart")


def describe(
    chart: AnyChart,
    *,
    label: str,
    value: str | None,
    unit: str,
    noun: str,
    titles: Mapping[str, str],
    lower: str | None = None,
    upper: str | None = None,
    level: int | None = None,
    period: str | None = None,
    shown: str | int | None = None,
    decimals: int = 1,
    controls: bool = False,
    factor: float = 1,
    said: str = "",
) -> AnyChart:
    """The chart, with what `figure` needs to write its sentence and table about the rows.

    `label`, `value`, `lower`, `upper` and `period` are columns of the plotted rows: what a row is called, its value
    in `unit` (`None` where not single rows but parts of a whole are shown), its interval at `level` percent and its
    date. `shown` is the period the still drawing shows, `noun` the plural for the rows ("areas"), `titles` the heading
    of each column in the table, `decimals` the digits a value is written with, `controls` whether the live chart has
    any. `factor` is what the rows' numbers are multiplied by to be in `unit` (100 for fractions in percent), and `said`
    a sentence of the form's own, which follows the highest and the lowest. A `Responsive` is described in both widths.

    Raises `ValueError` for an interval with one limit or without its level.
    """
    if (lower is None) != (upper is None):
        raise ValueError("An interval needs both of its limits: give lower and upper, or neither.")
    if lower is not None and level is None:
        raise ValueError(f"The interval {lower} to {upper} does not say its level. Give level=95 for a 95% interval.")
    note = {
        "equityguide": {
            "label": label,
            "value": value,
            "unit": unit,
            "noun": noun,
            "titles": dict(titles),
            "lower": lower,
            "upper": upper,
            "level": level,
            "period": period,
            "shown": shown,
            "decimals": decimals,
            "controls": controls,
            "factor": factor,
            "said": said,
        }
    }
    if isinstance(chart, Responsive):
        wide, phone = (having(drawing, usermeta=note) for drawing in (chart.wide, chart.phone))
        return cast("AnyChart", Responsive(wide=wide, phone=phone))
    return cast("AnyChart", having(chart, usermeta=note))


__all__ = ["PHONE", "TEXT", "WIDE", "Responsive", "describe"]
