"""The axis of time: where a period stands, what it is called, and which of them are written below the axis."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from equityguide.charts.lettering import width
from equityguide.measures.periods import in_time

_FORMS = {
    re.compile(r"(\d{4})", re.ASCII): 1,
    re.compile(r"(\d{4})[- ]?H([12])", re.ASCII): 2,
    re.compile(r"(\d{4})[- ]?Q([1-4])", re.ASCII): 4,
    re.compile(r"(\d{4})[- ](\d{2})", re.ASCII): 12,
}  # how a period is written, and how many of them a year has
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_TIMES = (1, 2, 5, 10, 20, 50)


@dataclass(frozen=True)
class Clock:
    """Periods in time: as the rows write them, their places (whole units of time), and what readers see."""

    periods: tuple[str, ...]
    places: tuple[int, ...]
    labels: tuple[str, ...]
    step: int  # from one period to the next, in units
    yearly: int  # units in a year; 0 where periods are only in order

    @property
    def first(self) -> float:
        """Half a step before the first period: where the axis begins."""
        return self.places[0] - self.step / 2

    @property
    def last(self) -> float:
        """Half a step after the last period: where the axis ends."""
        return self.places[-1] + self.step / 2

    def place(self, period: str) -> str:
        """A Vega expression for where a row stands; `period` is the column that says when."""
        return f"({json.dumps(dict(zip(self.periods, self.places, strict=True)))})['' + datum[{json.dumps(period)}]]"

    def naming(self, at: str) -> str:
        """A Vega expression for what the period at the place `at` is called."""
        return f"({json.dumps({str(p): text for p, text in zip(self.places, self.labels, strict=True)})})['' + {at}]"

    def label(self, period: object) -> str:
        """What readers see for a period of the rows."""
        return self.labels[self.order(period)]

    def order(self, period: object) -> int:
        """Where a period of the rows stands among the others."""
        return self.periods.index(str(period))

    def ticks(self, room: float, size: int) -> list[int]:
        """The places to write below an axis of `room` pixels: as many as leave a gap between labels.

        The first period is always written; from two years on the steps are whole years.
        """
        widest = max(width(label, size) for label in self.labels) + 12
        units = self.last - self.first
        known = set(self.places)
        for step in self._steps():
            if step / units * room >= widest:
                return [at for at in range(self.places[0], self.places[-1] + 1, step) if at in known]
        return [self.places[0]]

    def _steps(self) -> list[int]:
        if self.yearly <= 1:
            return [self.step * times for times in _TIMES]
        years = (self.places[-1] - self.places[0]) / self.yearly
        within = [n for n in (1, 2, 3, 6) if n < self.yearly and self.yearly % n == 0 and years < 2]
        return [n for n in [*within, *(self.yearly * years for years in _TIMES)] if n % self.step == 0]


def clock(periods: pd.Series[Any]) -> Clock:
    """The clock of a column of periods: years, halves, quarters, months (2024, 2024-H1, 2024-Q1, 2024-01).

    Periods of another kind (weeks, ordered categories) stand in their order, evenly. Raises `ValueError` for periods
    without an order, as the measures do.
    """
    order = in_time(periods)
    texts = periods.astype(str)
    ranked = [text for _, text in sorted(dict(zip(order, texts, strict=True)).items())]
    for form, yearly in _FORMS.items():
        found = [form.fullmatch(text) for text in ranked]
        if all(found):
            pairs = [(int(m[1]), int(m[2]) if yearly > 1 else 1) for m in found if m]
            places = tuple(year * yearly + part - 1 for year, part in pairs)
            return Clock(tuple(ranked), places, tuple(_said(*pair, yearly) for pair in pairs), _step(places), yearly)
    return Clock(tuple(ranked), tuple(range(len(ranked))), tuple(ranked), 1, 0)


def _said(year: int, part: int, yearly: int) -> str:
    if yearly == 1:
        return str(year)
    return f"{_MONTHS[(part - 1) % 12]} {year}" if yearly == 12 else f"{year} {'H' if yearly == 2 else 'Q'}{part}"


def _step(places: Sequence[int]) -> int:
    return math.gcd(*(b - a for a, b in itertools.pairwise(places))) or 1
