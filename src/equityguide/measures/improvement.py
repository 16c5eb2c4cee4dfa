"""Change over time: run charts, p charts, time between rare events, and what a chart could have shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.measures.distributions import normal_quantile, two_sided
from equityguide.measures.periods import in_time
from equityguide.measures.signals import USEFUL, Rules, judge, known
from equityguide.measures.tables import Table, checked
from equityguide.suppression import keeps_seal

Method = Literal["p", "laney"]

MOSTLY_ZERO = 0.25  # share of periods with no event, from which a p chart says nothing (Provost and Murray)
LARGE = 2_000  # mean denominator from which p limits are often too narrow
TOO_FEW = "too few to chart: a quarter or more of the periods have no event, or nothing else. Chart the time between"
TOO_FEW_WAITS = f"too few to chart: fewer than {USEFUL} waiting times"
NO_BASELINE = "too few to chart: fewer than two baseline periods are shown"
LARGE_NOTE = "denominators are large, so p limits may be too narrow: compare Laney's p-prime"
_MOVING_RANGE = 1.128  # d2 of two values: the mean moving range over it is sigma
_WEIBULL = 3.6  # Nelson's power, which makes exponential waiting times nearly normal


def run_chart(
    values: Sequence[float] | pd.Series, *, rules: Rules = "ihi", baseline: int | None = None
) -> pd.DataFrame:
    """A run chart of values in time order: one row a value, in the order and index given.

    Columns: `value`; `center`, the median (of the first `baseline` values, if given); `signal`, the rules a point
    takes part in, joined by "; ", or empty. Then, the same in each row, `chart_signal` (a rule that holds for the
    chart as a whole), `useful` (points off the median), `runs`, `runs_min`, `runs_max`, `longest_run`,
    `longest_run_max`, `crossings`, `crossings_min` and `note`. Missing values (a hidden period) are passed over
    as if not there. Rules: see `signals`. An astronomical point is a matter of judgment and is not marked.
    `attrs` stay, which say where the values are from. For a table with groups, see `run_charts`.

    Raises `ValueError` for unknown rules, fewer than 2 values, or a baseline outside the values.
    """
    known(rules)
    series = pd.Series(values, dtype=float)
    present = np.flatnonzero(series.notna())
    if len(present) < 2:
        raise ValueError("A run chart needs at least 2 values. Give one for each period.")
    if baseline is not None and not 2 <= baseline <= len(present):
        raise ValueError(f"baseline is {baseline}. Write how many of the {len(present)} values it takes, at least 2.")
    chart = pd.DataFrame({"value": series}).join(_run(series, present[:baseline], rules))
    chart.attrs = dict(getattr(values, "attrs", {}))
    return chart


@keeps_seal
def run_charts(
    rates: pd.DataFrame, *, baseline: Sequence[str] | Sequence[int] | None = None, rules: Rules = "ihi"
) -> pd.DataFrame:
    """Run charts of a table of rates, one for each measure, dimension and group: the rows given, in their order.

    `rates` has `measure`, `period`, `dimension`, `group` and `rate`, as `rates` gives it. Adds the columns of
    `run_chart` from `center` on, its `note` after the row's own; `center` is the median of the `baseline` periods (or
    of all). Rows without a rate are passed over. Where fewer than two baseline periods have a rate, `note` says
    *too few to chart* and there is no center or signal. Raises `ValueError` with one sentence for unknown rules, a
    missing column, a row that stands twice, an unknown period, or periods without an order.
    """
    known(rules)
    keys = ["measure", "dimension", "group"]
    if lacking := [name for name in (*keys, "period", "rate") if name not in rates.columns]:
        raise ValueError(f"The table lacks the column {lacking[0]!r}. Pass the counts through `rates` first.")
    rows = pd.DataFrame(rates).reset_index(drop=True)
    if (twice := rows.duplicated([*keys, "period"])).any():
        raise ValueError(f"Row {int(twice.to_numpy().argmax()) + 1} stands in the table twice. Keep one.")
    inside = _inside(rows["period"].astype(str), baseline)
    parts = []
    for _, group in rows.iloc[np.argsort(in_time(rows["period"]), kind="stable")].groupby(keys, sort=False):
        series = group["rate"].astype(float)
        base = np.flatnonzero(series.notna().to_numpy() & inside[group.index])
        if len(base) < 2:
            parts.append(pd.DataFrame({"center": np.nan, "signal": "", "note": NO_BASELINE}, index=group.index))
        else:
            parts.append(_run(series, base, rules))
    charts = pd.concat(parts).sort_index()
    if "note" in rows.columns:  # what `rates` has to say of a row stays before what the chart says of its group
        charts["note"] = ["; ".join(filter(None, texts)) for texts in zip(rows["note"], charts["note"], strict=True)]
        rows = rows.drop(columns="note")
    return rows.join(charts)


@keeps_seal
def p_chart(
    counts: pd.DataFrame,
    *,
    baseline: Sequence[str] | Sequence[int] | None = None,
    rules: Rules = "ihi",
    method: Method = "p",
) -> pd.DataFrame:
    """p charts of a counts table, one for each measure, dimension and group: the rows given, in their order.

    Adds `rate`; `center`, all events over all denominators of the `baseline` periods (or of all); `lower` and
    `upper`, 3 sigma, inside 0 and 1; `signal`, and the chart's own columns as in `run_chart`. A frozen baseline
    may leave out periods known to be special. `method="laney"` is Laney's p-prime (2002): sigma times the
    variation between periods, by moving ranges of the baseline, for large denominators. Where a quarter or more
    of a group's periods have no event, or nothing but events, `note` says *too few to chart* and there is no
    center, limit or signal. Rows that are not shown keep their status, carry no numbers and are passed over.

    Raises `ValueError` with one sentence for a bad row, an unknown period, or periods without an order.
    """
    known(rules)
    if method not in ("p", "laney"):
        raise ValueError(f"method is {method!r}. Write 'p' or 'laney'.")
    table = checked(counts, kind="proportion", estimates=False)
    inside = _inside(table.rows["period"].astype(str), baseline)
    codes, _ = table.strata(["measure", "dimension", "group"])
    order = np.lexsort((in_time(table.rows["period"]), codes))
    parts = [
        _one_chart(table, rows, inside, rules, method)
        for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    ]
    return pd.concat([table.rows, pd.concat(parts).sort_index()], axis=1)


def time_between(days: Sequence[float] | pd.Series, *, rules: Rules = "ihi") -> pd.DataFrame:
    """A chart of the days (or patients) between rare events, in time order: longer is rarer.

    Columns as in `p_chart`, in the unit of the values. Limits are 3 sigma, by moving ranges, of the values to the
    power 1/3.6, which makes waiting times nearly normal (Nelson 1994), turned back. With fewer than 10 values
    there are no limits and `note` says *too few to chart*. `attrs` stay. Raises `ValueError` for a missing or negative
    value.
    """
    known(rules)
    series = pd.Series(days, dtype=float)
    for row, value in enumerate(series, start=1):
        if not value >= 0:
            raise ValueError(f"Value {row} is {value:g}. Write the days since the event before, 0 or more.")
    rows = pd.DataFrame({"value": series, "center": np.nan, "lower": np.nan, "upper": np.nan, "signal": ""})
    rows.attrs = dict(getattr(days, "attrs", {}))
    y = series.to_numpy(float) ** (1 / _WEIBULL)
    if len(y) < USEFUL:
        return rows.assign(note=TOO_FEW_WAITS)
    center, sigma = float(y.mean()), float(np.abs(np.diff(y)).mean()) / _MOVING_RANGE
    rows["center"] = center**_WEIBULL
    rows["lower"], rows["upper"] = max(center - 3 * sigma, 0) ** _WEIBULL, (center + 3 * sigma) ** _WEIBULL
    judgment = judge(y, center, rules, np.full(len(y), sigma))
    rows["signal"] = judgment.points
    return rows.assign(**judgment.chart)


def detectable(
    *,
    reference_rate: float,
    difference: float,
    per_period: float | None = None,
    ratio: float = 1.0,
    level: float = 0.95,
    power: float = 0.8,
) -> pd.DataFrame:
    """How many patients would show a gap of this size, and how many periods that takes; one row.

    `difference` is the group's rate minus the reference's, `ratio` the reference patients for each patient of the
    group, `per_period` the patients of the group in a period. Gives `patients` (of the group),
    `reference_patients` and `periods`, each rounded up: the two-sided test of two proportions at `level`, with
    this `power` (Fleiss 1981). Raises `ValueError` for rates outside 0 and 1 or sizes that are not above 0.
    """
    rate = reference_rate + difference
    if not 0 < reference_rate < 1 or not 0 < rate < 1:
        raise ValueError(f"The rates are {reference_rate:g} and {rate:g}. Both must lie between 0 and 1.")
    if difference == 0:
        raise ValueError("difference is 0. Write the smallest gap that matters, such as -0.05.")
    if not 0 < power < 1:
        raise ValueError(f"power is {power:g}. Write a number between 0 and 1, such as 0.8.")
    for name, size in (("ratio", ratio), ("per_period", per_period)):
        if size is not None and not size > 0:
            raise ValueError(f"{name} is {size:g}. Write a number above 0.")
    pooled = (rate + ratio * reference_rate) / (1 + ratio)
    chance = two_sided(level) * math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    spread = math.sqrt(rate * (1 - rate) + reference_rate * (1 - reference_rate) / ratio)
    patients = math.ceil(((chance + normal_quantile(power) * spread) / difference) ** 2)
    return pd.DataFrame(
        {
            "reference_rate": [reference_rate],
            "difference": [difference],
            "patients": [patients],
            "reference_patients": [math.ceil(patients * ratio)],
            "periods": pd.array([None if per_period is None else math.ceil(patients / per_period)], "Int64"),
            "level": [level],
            "power": [power],
        }
    )


def _run(series: pd.Series, base: NDArray[np.intp], rules: Rules) -> pd.DataFrame:
    """The columns that a run chart adds to values in time order; `base` are the places the median is taken from."""
    y = series.to_numpy(float)
    present = np.flatnonzero(~np.isnan(y))
    center = float(np.median(y[base]))
    judgment = judge(y[present], center, rules)
    added = pd.DataFrame({"center": center, "signal": _spread(judgment.points, present, len(y))}, index=series.index)
    return added.assign(**judgment.chart)


def _inside(periods: pd.Series, baseline: Sequence[str] | Sequence[int] | None) -> NDArray[np.bool_]:
    if baseline is None:
        return np.ones(len(periods), bool)
    wanted = [str(value) for value in baseline]
    if lacking := [label for label in wanted if not (periods == label).any()]:
        raise ValueError(f"baseline: the table has no period {lacking[0]!r}. Name periods that it has.")
    return periods.isin(wanted).to_numpy(bool)


def _one_chart(
    table: Table, rows: NDArray[np.intp], inside: NDArray[np.bool_], rules: Rules, method: Method
) -> pd.DataFrame:
    """The added columns of one group's rows, which come in time order."""
    out = pd.DataFrame(index=rows, columns=["rate", "center", "lower", "upper"], dtype=float)
    present = np.flatnonzero(table.shown[rows])
    at = rows[present]
    events, n = table.events[at], table.n[at]
    rate = events / n
    out.loc[at, "rate"] = rate
    base = inside[at]
    if base.sum() < 2:
        return out.assign(signal="", note=NO_BASELINE)
    if max(np.mean(events == 0), np.mean(events == n)) >= MOSTLY_ZERO:
        return out.assign(signal="", note=TOO_FEW)
    center = float(events[base].sum() / n[base].sum())
    sigma = np.sqrt(center * (1 - center) / n)
    if method == "laney":
        z = (rate[base] - center) / sigma[base]
        sigma = sigma * np.abs(np.diff(z)).mean() / _MOVING_RANGE
    out["center"] = center
    out.loc[at, "lower"], out.loc[at, "upper"] = np.clip(center - 3 * sigma, 0, 1), np.clip(center + 3 * sigma, 0, 1)
    judgment = judge(rate, center, rules, sigma)
    out["signal"] = _spread(judgment.points, present, len(rows))
    out = out.assign(**judgment.chart)
    if method == "p" and n.mean() >= LARGE:
        out["note"] = "; ".join(filter(None, [str(judgment.chart["note"]), LARGE_NOTE]))
    return out


def _spread(points: list[str], present: NDArray[np.intp], size: int) -> list[str]:
    texts = [""] * size
    for row, text in zip(present, points, strict=True):
        texts[row] = text
    return texts
