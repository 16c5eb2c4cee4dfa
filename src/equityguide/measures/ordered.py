"""Gradients over groups with an order of their own, such as income or an area's deprivation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.measures.arms import Arm
from equityguide.measures.distributions import Floats, two_sided
from equityguide.measures.tables import Table

ORDERED = ["sii", "sii_lower", "sii_upper", "rii", "rii_lower", "rii_upper", "aci", "rci"]


def gradient(
    table: Table, arm: Arm, codes: NDArray[np.intp], count: int, ordered: Sequence[str] | bool, level: float
) -> dict[str, Floats]:
    """Slope and concentration indices of each stratum, one entry a stratum; missing where any group is hidden.

    Each group sits at the middle X of its share of people, least advantaged first. `sii` and `rii` are the fitted
    rate at X = 1 minus and over that at X = 0: a logistic curve for proportions counted in full, each count
    entering once; a straight line weighted by people for rates and estimates. `aci` is the sum of
    p (2X - 1) rate, `rci` that over the mean rate. Limits are normal (log for `rii`) from the fitted curve.

    Raises `ValueError` for an order that lacks a group, and for estimates without `denominator`.
    """
    order = _order(table.rows, table, ordered)
    if np.isnan(table.n[table.compared]).any():
        raise ValueError("An ordered summary needs each group's number of people. Add the column denominator.")
    found = {name: np.full(count, np.nan) for name in ORDERED}
    z = two_sided(level)
    for code in range(count):
        rows = np.flatnonzero((codes == code) & table.known)
        # Ranks are shares of everyone: with a group hidden nobody's rank is known.
        if len(rows) < 2 or not table.shown[rows].all():
            continue
        rows = rows[np.argsort(order[rows])]
        share = table.n[rows] / table.n[rows].sum()
        middle = np.cumsum(share) - share / 2
        rate = arm.rate[rows]
        ends, errors = (
            _logistic(middle, table.events[rows], table.n[rows])
            if table.counted and table.kind == "proportion"
            else _line(middle, rate, arm.variance[rows], share)
        )
        aci = float(np.sum(share * (2 * middle - 1) * rate))
        mean = float(np.sum(share * rate))
        slope, slope_error, log_error = ends[1] - ends[0], *errors
        values = [slope, slope - z * slope_error, slope + z * slope_error]
        if min(ends) > 0:
            ratio = ends[1] / ends[0]
            values += [ratio, ratio * np.exp(-z * log_error), ratio * np.exp(z * log_error)]
        else:
            values += [np.nan] * 3
        values += [aci, aci / mean if mean > 0 else np.nan]
        for name, value in zip(ORDERED, values, strict=True):
            found[name][code] = value
    return found


def _order(rows: pd.DataFrame, table: Table, ordered: Sequence[str] | bool) -> NDArray[np.intp]:
    if isinstance(ordered, bool):
        if not (isinstance(rows["group"].dtype, pd.CategoricalDtype) and rows["group"].cat.ordered):
            raise ValueError("ordered=True needs groups in a stated order. Pass their list, least advantaged first.")
        return np.asarray(rows["group"].cat.codes, np.intp)
    place = {name: i for i, name in enumerate(ordered)}
    groups = rows["group"].astype(str)
    if lacking := sorted({name for name, known in zip(groups, table.known, strict=True) if known} - set(place)):
        raise ValueError(f"ordered lacks the group {lacking[0]!r}. Add it in its place, least advantaged first.")
    return np.asarray(groups.map(place).fillna(-1), np.intp)


def _line(x: Floats, y: Floats, variance: Floats, weight: Floats) -> tuple[Floats, tuple[float, float]]:
    """Fitted values at 0 and 1 of the weighted line, and the errors of their difference and log ratio."""
    design = np.column_stack([np.ones_like(x), x])
    # The line is linear in the rates, so their published errors carry over exactly.
    hat = np.linalg.solve(design.T @ (weight[:, None] * design), design.T * weight)
    covariance = hat @ (variance[:, None] * hat.T)
    low, slope = hat @ y
    ends = np.array([low, low + slope])
    return ends, _errors(ends, np.array([[1.0, 0.0], [1.0, 1.0]]), np.asarray(covariance, float))


def _logistic(x: Floats, events: Floats, n: Floats) -> tuple[Floats, tuple[float, float]]:
    """The same of a logistic curve, fitted by Newton's method to the counts."""
    design = np.column_stack([np.ones_like(x), x])
    total = events.sum() / n.sum()
    if total in (0.0, 1.0):
        return np.full(2, total), (np.nan, np.nan)
    coefficients = np.array([np.log(total / (1 - total)), 0.0])
    for _ in range(30):
        fitted = 1 / (1 + np.exp(-design @ coefficients))
        information = design.T @ ((n * fitted * (1 - fitted))[:, None] * design)
        step = np.linalg.solve(information, design.T @ (events - n * fitted))
        coefficients = coefficients + step
        if np.all(np.abs(step) < 1e-12):
            break
    else:  # counts that a step function fits perfectly have no finite logistic curve
        return np.full(2, np.nan), (np.nan, np.nan)
    ends = 1 / (1 + np.exp(-np.array([coefficients[0], coefficients.sum()])))
    jacobian = np.asarray((ends * (1 - ends))[:, None] * np.array([[1.0, 0.0], [1.0, 1.0]]), float)
    return ends, _errors(ends, jacobian, np.asarray(np.linalg.inv(information), float))


def _errors(ends: Floats, jacobian: Floats, covariance: Floats) -> tuple[float, float]:
    """Standard errors of end 1 - end 0 and of log(end 1 / end 0), by the delta method."""
    of_ends = jacobian @ covariance @ jacobian.T
    difference = np.array([-1.0, 1.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = difference / ends
    return float(np.sqrt(difference @ of_ends @ difference)), float(np.sqrt(ratio @ of_ends @ ratio))
