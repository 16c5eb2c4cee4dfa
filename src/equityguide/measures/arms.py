"""One side of a comparison: a rate with its limits and errors, whether it comes from counts or an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.measures import intervals
from equityguide.measures.distributions import Floats, two_sided_p
from equityguide.measures.intervals import Limits
from equityguide.measures.tables import Kind, Table, limits_of

Scale = Literal["normal", "log"]
Column = Floats | NDArray[np.object_]


@dataclass(frozen=True)
class Arm:
    """Rates and what their comparison needs, one entry a row.

    `log_error` and `log_error_complement` are the standard errors of log(rate) and log(1 - rate); `variance` is
    of the rate. A fixed number has no error, and `events` is missing unless the arm was counted.
    """

    rate: Floats
    lower: Floats
    upper: Floats
    variance: Floats
    log_error: Floats
    log_error_complement: Floats
    events: Floats
    n: Floats

    def take(self, rows: NDArray[np.intp]) -> Arm:
        """These rows' arms; a row of -1 is missing."""
        return Arm(*(np.where(rows < 0, np.nan, value[rows]) for value in vars(self).values()))


def counted(events: Floats, n: Floats, kind: Kind, level: float) -> Arm:
    """Arms of counts. Log errors are missing for none or all of the event, where no log interval exists."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = events / n
        if kind == "rate":
            lower, upper = (limit / n for limit in intervals.poisson(events, level))
            log_error = np.where(events > 0, np.sqrt(1 / events), np.nan)
            return Arm(rate, lower, upper, rate / n, log_error, np.full(len(n), np.nan), events, n)
        lower, upper = intervals.wilson(events, n, level)
        inner = (events > 0) & (events < n)
        log_error = np.where(inner, np.sqrt(1 / events - 1 / n), np.nan)
        complement = np.where(inner, np.sqrt(1 / (n - events) - 1 / n), np.nan)
    return Arm(rate, lower, upper, rate * (1 - rate) / n, log_error, complement, events, n)


def estimated(table: Table, level: float, scale: Scale) -> Arm:
    """Arms of an estimates table."""
    rate = table.estimate
    lower, upper, error = limits_of(table, level, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = error * rate if scale == "log" else error
        log_error = np.where(rate > 0, se / rate, np.nan)
        complement = np.where(rate < 1, se / (1 - rate), np.nan)
    if table.kind == "rate":
        complement = np.full(len(rate), np.nan)
    return Arm(rate, lower, upper, se**2, log_error, complement, np.full(len(rate), np.nan), table.n)


def arms(table: Table, level: float, scale: Scale) -> Arm:
    """The table's rows as arms. Raises `ValueError` for `scale="log"` on counts, whose intervals are fixed."""
    if table.counted:
        if scale != "normal":
            raise ValueError("scale is for published estimates. Leave it out: counts have their own intervals.")
        return counted(table.events, table.n, table.kind, level)
    return estimated(table, level, scale)


def fixed(number: float, size: int) -> Arm:
    """A number with no error, such as a target."""
    value, none = np.full(size, number), np.zeros(size)
    return Arm(value, value, value, none, none, none, np.full(size, np.nan), np.full(size, np.nan))


def difference(arm: Arm, other: Arm) -> tuple[Floats, Limits]:
    """arm - other with MOVER limits: Newcombe's for proportions, the one-sample limits against a fixed number."""
    limits = intervals.mover(arm.rate, (arm.lower, arm.upper), other.rate, (other.lower, other.upper))
    return arm.rate - other.rate, limits


def ratio(arm: Arm, other: Arm, level: float, *, complement: bool = False) -> tuple[Floats, Limits]:
    """arm / other, or (1 - arm) / (1 - other), with log limits; missing where the lower side is 0."""
    top, bottom = (1 - arm.rate, 1 - other.rate) if complement else (arm.rate, other.rate)
    errors = (arm.log_error_complement, other.log_error_complement) if complement else (arm.log_error, other.log_error)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(bottom > 0, top / bottom, np.nan)
    return value, intervals.log_ratio(value, np.hypot(*errors), level)


def ratio_to_number(arm: Arm, other: Arm, *, complement: bool = False) -> tuple[Floats, Limits]:
    """The same against a fixed number: the one-sample limits, divided."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if complement:
            base = np.where(other.rate < 1, 1 - other.rate, np.nan)
            return (1 - arm.rate) / base, ((1 - arm.upper) / base, (1 - arm.lower) / base)
        base = np.where(other.rate > 0, other.rate, np.nan)
        return arm.rate / base, (arm.lower / base, arm.upper / base)


def p_value(arm: Arm, other: Arm, kind: Kind, scale: Scale) -> Floats:
    """Two-sided p of no difference: the score test for counts (Pearson's chi-square), else normal on the scale."""
    gap = arm.rate - other.rate
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale == "log":
            gap = np.log(arm.rate / other.rate)
            variance = arm.log_error**2 + other.log_error**2
        else:
            # Under no difference both sides share one rate: the pooled one, or the fixed number.
            single = np.isnan(other.events)
            pooled = np.where(single, other.rate, (arm.events + other.events) / (arm.n + other.n))
            spread = pooled * (1 - pooled) if kind == "proportion" else pooled
            score = spread * (1 / arm.n + np.where(single, 0, 1 / other.n))
            variance = np.where(np.isnan(arm.events), arm.variance + other.variance, score)
    return _p(gap, variance)


def p_unpooled(arm: Arm, other: Arm) -> Floats:
    """Two-sided normal p with each side's own variance, as the 2010 disparities report tested."""
    return _p(arm.rate - other.rate, arm.variance + other.variance)


def _p(gap: Floats, variance: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        z = gap / np.sqrt(variance)
    # No variance and no gap is no evidence; no variance and a gap cannot come from chance.
    return two_sided_p(np.where(np.isnan(z) & (gap == 0), 0.0, z))


def with_rates(arm: Arm, level: float) -> dict[str, Column]:
    """The columns `rate`, its limits and their level."""
    return {**measured("rate", arm.rate, (arm.lower, arm.upper)), "level": np.full(len(arm.rate), level)}


def measured(name: str, value: Floats, limits: Limits) -> dict[str, Column]:
    """A value and its limits as three columns."""
    return {name: value, f"{name}_lower": limits[0], f"{name}_upper": limits[1]}


def joined(rows: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """The rows with these columns at their end; a column of the same name gives way."""
    kept = rows.drop(columns=[name for name in columns if name in rows])
    return pd.concat([kept, pd.DataFrame(columns, index=rows.index)], axis=1)


def text_where(kept: NDArray[np.bool_], texts: NDArray[np.object_]) -> NDArray[np.object_]:
    """The texts of the rows kept, missing elsewhere."""
    out = np.full(len(texts), None, object)
    out[kept] = texts[kept]
    return out
