"""One row for a whole attribute: how far apart its groups are, and how far chance alone would put them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.measures.arms import Arm, Column, Scale, arms, joined, text_where
from equityguide.measures.distributions import Floats, chi2_above, normal_table
from equityguide.measures.ordered import gradient
from equityguide.measures.references import pick
from equityguide.measures.tables import SHOWN, Direction, Kind, Table, at_least_two, better, checked, exclusive
from equityguide.suppression import keeps_seal

_REACH, _GRID = 7, 96  # the expected gap's integral goes to 7 standard errors, in 96 steps


@keeps_seal
def summary(
    counts: pd.DataFrame,
    *,
    higher_is_better: Direction,
    ordered: Sequence[str] | bool = False,
    kind: Kind = "proportion",
    scale: Scale = "normal",
    level: float = 0.95,
) -> pd.DataFrame:
    """The groups of each measure, period and dimension in one row; Unknown, Declined and hidden groups left out.

    `best_group`, `worst_group` and their rates; `mrd` and `mrr`, the highest rate minus and over the lowest
    (Healthy People 2030); `srr`, the best rate against the plain mean of the others, always 1 or more; `par`, how
    far everyone's rate stands from the best group's, and `par_events`, the adverse events fewer if all had it;
    `weighted_mean_difference`, the groups' distances from the best weighted by their size (by arithmetic equal
    to `par`); `heterogeneity`, `df` and `p_value`, the chi-square test that all rates are one (Cochran's Q for
    estimates); `expected_mrd`, the largest gap to expect on average if there were no difference at all, to read
    beside `mrd`. The first four and the last need no weights; where estimates bring no `denominator`, the
    weighted ones are missing. No intervals: those of a best-minus-worst statistic mislead, and `p_value` and
    `expected_mrd` say what they would.

    `ordered` lists the groups from least to most advantaged (or is True where `group` is an ordered categorical
    in that order) and adds `sii`, `rii` with limits, `aci` and `rci`; see `ordered.gradient`.

    Raises `ValueError` with one sentence naming the row or group.
    """
    table = checked(counts, kind=kind)
    exclusive(table, "a summary")
    up = better(table.rows, higher_is_better)
    codes, out = table.strata(["measure", "period", "dimension"])
    at_least_two(table, codes, out)
    arm = arms(table, level, scale)
    strata = _Strata(codes, np.flatnonzero(table.compared), len(out))
    names = table.rows["group"].astype(str).to_numpy(str)
    good = np.where(up, arm.rate, -arm.rate)
    best = pick(codes, strata.rows, good, table.n, names)
    worst = pick(codes, strata.rows, -good, table.n, names)
    whole = strata.sizes >= 2

    def of(rows: NDArray[np.intp], values: Floats) -> Floats:
        return np.where(whole, values[rows], np.nan)

    b, w, rising = of(best, arm.rate), of(worst, arm.rate), up[best]
    high, low = np.fmax(b, w), np.fmin(b, w)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = (strata.total(arm.rate) - b) / (strata.sizes - 1)
        top, bottom = np.where(rising, b, others), np.where(rising, others, b)
        people = np.where(whole, strata.total(table.n), np.nan)
        mean = strata.total(table.n * arm.rate) / people
        apart = strata.total(table.n * np.abs(arm.rate - b[codes])) / people
        mrr = np.where(low > 0, high / low, np.nan)
        srr = np.where(bottom > 0, top / bottom, np.nan)
    par = np.where(rising, b - mean, mean - b)
    statistic, df = np.where(whole, _heterogeneity(strata, arm, table, scale), np.nan), strata.sizes - 1
    columns: dict[str, Column] = {
        "groups": strata.sizes.astype(int),
        "groups_hidden": np.bincount(codes, ~table.shown & table.known, len(out)).astype(int),
        "status": np.where(whole, SHOWN, _hidden_status(table, codes, len(out))),
        "best_group": text_where(whole, names[best].astype(object)),
        "best_rate": b,
        "worst_group": text_where(whole, names[worst].astype(object)),
        "worst_rate": w,
        "mrd": high - low,
        "mrr": mrr,
        "srr": srr,
        "par": par,
        "par_events": par * people if table.counted else np.full(len(out), np.nan),
        "weighted_mean_difference": apart,
        "heterogeneity": statistic,
        "df": np.where(whole, df, np.nan),
        "p_value": chi2_above(statistic, df),
        "expected_mrd": np.where(whole, _expected_range(strata, _null_errors(strata, arm, table)), np.nan),
    }
    if ordered is not False:
        columns |= gradient(table, arm, codes, len(out), ordered, level)
    return joined(out, columns)


@dataclass(frozen=True)
class _Strata:
    """The compared rows, and sums over them by stratum."""

    codes: NDArray[np.intp]
    rows: NDArray[np.intp]
    count: int

    @property
    def sizes(self) -> Floats:
        return np.bincount(self.codes[self.rows], minlength=self.count).astype(float)

    def total(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.codes[self.rows], values[self.rows], self.count), float)


def _hidden_status(table: Table, codes: NDArray[np.intp], count: int) -> NDArray[np.object_]:
    status = np.full(count, "no data", object)
    suppressed = (table.rows["status"] == "suppressed").to_numpy() & table.known
    status[np.bincount(codes, suppressed, count) > 0] = "suppressed"
    return status


def _heterogeneity(strata: _Strata, arm: Arm, table: Table, scale: Scale) -> Floats:
    """Pearson's chi-square of counts (Poisson dispersion for rates), Cochran's Q of estimates on their scale."""
    codes = strata.codes
    with np.errstate(divide="ignore", invalid="ignore"):
        if table.counted:
            weight, value = table.n, arm.rate
            mean = strata.total(table.events) / strata.total(table.n)
            spread = mean * (1 - mean) if table.kind == "proportion" else mean
            squares = strata.total(weight * (value - mean[codes]) ** 2)
            return np.where(spread > 0, squares / spread, 0.0)
        value = np.log(arm.rate) if scale == "log" else arm.rate
        weight = 1 / (arm.log_error**2 if scale == "log" else arm.variance)
        mean = strata.total(weight * value) / strata.total(weight)
        return strata.total(weight * (value - mean[codes]) ** 2)


def _null_errors(strata: _Strata, arm: Arm, table: Table) -> Floats:
    """Each group's standard error if all groups had one rate."""
    if not table.counted:
        return np.sqrt(arm.variance)
    mean = strata.total(table.events) / strata.total(table.n)
    spread = mean * (1 - mean) if table.kind == "proportion" else mean
    return np.sqrt(spread[strata.codes] / table.n)


def _expected_range(strata: _Strata, errors: Floats) -> Floats:
    """E[max - min] of independent normal values with mean 0 and these errors.

    The integral over x of 1 - prod F(x) - prod(1 - F(x)); for equal errors it is the d2 of control charts.
    """
    rows = strata.rows[np.argsort(strata.codes[strata.rows], kind="stable")]
    code, sd = strata.codes[rows], errors[rows]
    present, first = np.unique(code, return_index=True)
    widest = np.maximum.reduceat(sd, first) if len(first) else np.zeros(0)
    step = np.zeros(strata.count)
    step[present] = _REACH * widest / _GRID
    # A group far more precise than the widest is a step at 0 to the grid: smoothing it changes nothing to be seen.
    sd = np.maximum(sd, step[code])
    x = np.arange(_GRID + 1) * step[code][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.interp(x / sd[:, None], *normal_table())
    expected = np.zeros(strata.count)
    if len(first):
        # The integrand is even, so half of it twice; its end value at 0 counts once.
        inside = 1 - np.multiply.reduceat(below, first) - np.multiply.reduceat(1 - below, first)
        expected[present] = (2 * inside.sum(axis=1) - inside[:, 0]) * step[present]
    return np.where(step > 0, expected, 0.0)
