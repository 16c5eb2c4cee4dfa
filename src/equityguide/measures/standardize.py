"""Rates as they would be if each group had the same ages: offered, never the default.

A process that everyone should get (a screening, a follow-up call) is usually better left alone, and a rate
adjusted for what racism shapes, such as income, adjusts the inequity away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from equityguide.measures.arms import joined, measured
from equityguide.measures.distributions import Floats, gamma_quantile
from equityguide.measures.tables import KEYS, Kind, checked
from equityguide.suppression import keeps_seal

# The standard million of the projected 2000 population in 11 age groups (National Center for Health Statistics,
# Statistical Notes 20, 2001), in thousands of people.
US_2000 = {
    "0": 3795,
    "1-4": 15192,
    "5-14": 39977,
    "15-24": 38077,
    "25-34": 37233,
    "35-44": 44659,
    "45-54": 37030,
    "55-64": 23961,
    "65-74": 18136,
    "75-84": 12315,
    "85+": 4259,
}
FEWEST_EVENTS = 10
TOO_FEW = f"fewer than {FEWEST_EVENTS} events: not standardized"


@keeps_seal
def standardize(
    counts: pd.DataFrame,
    *,
    by: str = "age",
    standard: Mapping[str, float] | Literal["us_2000"] = "us_2000",
    level: float = 0.95,
    kind: Kind = "rate",
) -> pd.DataFrame:
    """Directly standardized rates: one row for each measure, period, dimension and group.

    `counts` has a row for each value of the column `by` in each group. `standard` gives each value's weight: the
    US population of 2000 (11 age groups, named as "0", "1-4", "5-14" to "85+"), or your own. Weights count over
    the values in the table, so a table of adults is standardized to the adults of the standard; `note` lists them.
    Gives `events`, `denominator`, `crude_rate` and `rate` with the gamma limits of Fay and Feuer (1997). Groups
    with fewer than 10 events get no rate; groups with a hidden row get its `status` and no numbers.

    Raises `ValueError` where the standard lacks a value, or a group lacks one that others have.
    """
    table = checked(counts, kind=kind, estimates=False, within=[by])
    weights = US_2000 if standard == "us_2000" else standard
    bands = table.rows[by].astype(str)
    values = sorted(set(bands), key=lambda band: (list(weights).index(band) if band in weights else -1, band))
    if values[0] not in weights:
        raise ValueError(f"The standard has no weight for {by} {values[0]!r}. It has {', '.join(weights)}.")
    codes, out = table.strata(KEYS)
    if (sizes := np.bincount(codes)).min() < len(values):
        short = int(sizes.argmin())
        lacking = next(value for value in values if value not in set(bands[codes == short]))
        where = ", ".join(str(value) for value in out.iloc[short])
        raise ValueError(f"{where}: there is no row for {by} {lacking!r}, which other groups have. Add it.")
    total = sum(weights[value] for value in values)
    weight = np.array([weights[band] / total for band in bands])

    def per_group(row_values: Floats) -> Floats:
        return np.asarray(np.bincount(codes, row_values), float)

    events, n = per_group(table.events), per_group(table.n)
    rate = per_group(weight * table.events / table.n)
    variance = per_group(weight**2 * table.events / table.n**2)
    widest = np.zeros(len(out))
    np.fmax.at(widest, codes, weight / table.n)
    enough = events >= FEWEST_EVENTS
    lower, upper = _fay_feuer(rate, variance, widest, enough, level)

    status = ["shown"] * len(out)
    for code in np.flatnonzero(np.isnan(events)):
        hidden = set(table.rows["status"][codes == code]) - {"shown"}
        status[code] = "suppressed" if "suppressed" in hidden else min(hidden)
    out["events"], out["denominator"], out["status"] = events, np.where(np.isnan(events), np.nan, n), status
    out["crude_rate"] = events / n
    out = joined(out, measured("rate", np.where(enough, rate, np.nan), (lower, upper)))
    out["level"] = level
    named = f"US population of 2000, {by} " if standard == "us_2000" else f"own standard, {by} "
    out["note"] = np.where(events < FEWEST_EVENTS, TOO_FEW, named + ", ".join(values))
    return out


def _fay_feuer(
    rate: Floats, variance: Floats, widest: Floats, enough: np.ndarray[tuple[int], np.dtype[np.bool_]], level: float
) -> tuple[Floats, Floats]:
    lower, upper = np.full(len(rate), np.nan), np.full(len(rate), np.nan)
    y, v, w = rate[enough], variance[enough], widest[enough]
    tail = (1 - level) / 2
    lower[enough] = v / y * gamma_quantile(y**2 / v, tail)
    lifted = v + w**2
    upper[enough] = lifted / (y + w) * gamma_quantile((y + w) ** 2 / lifted, 1 - tail)
    return lower, upper
