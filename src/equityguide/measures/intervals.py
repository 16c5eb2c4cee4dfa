"""Intervals and tests for proportions, rates, differences, ratios and changes of a difference, on arrays.

Sources: Wilson 1927; Newcombe 1998 (method 10) for differences; Clopper and Pearson 1934; exact Poisson limits
by Garwood 1936 and Byar's approximation as England's Office for Health Improvement and Disparities uses them;
Katz 1978 for log ratios; Zou and Donner 2008 for MOVER. `level` is two-sided coverage, 0.95 unless told.
"""

from __future__ import annotations

import numpy as np

from equityguide.measures.distributions import Floats, beta_quantile, gamma_quantile, two_sided

Limits = tuple[Floats, Floats]

EXACT_BELOW = 10  # events: from here on Byar's approximation is as good


def wilson(events: Floats, n: Floats, level: float = 0.95) -> Limits:
    """Wilson's score limits of a proportion, inside [0, 1]; exactly 0 for no events and 1 for n of n."""
    z2 = two_sided(level) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p = events / n
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    lower = np.where(events == 0, 0.0, np.clip(middle - half, 0, 1))
    upper = np.where(events == n, 1.0, np.clip(middle + half, 0, 1))
    return lower, upper


def clopper_pearson(events: Floats, n: Floats, level: float = 0.95) -> Limits:
    """Exact limits of a proportion; wider than Wilson's."""
    tail = (1 - level) / 2
    lower, upper = np.zeros(len(events)), np.ones(len(events))
    some, not_all = events > 0, events < n
    lower[some] = beta_quantile(events[some], n[some] - events[some] + 1, tail)
    upper[not_all] = beta_quantile(events[not_all] + 1, n[not_all] - events[not_all], 1 - tail)
    return lower, upper


def poisson(events: Floats, level: float = 0.95) -> Limits:
    """Limits of a count of events: exact below 10, Byar's approximation from 10. Divide by the denominator."""
    z = two_sided(level)
    lower, upper = np.full(len(events), np.nan), np.full(len(events), np.nan)
    few, many = events < EXACT_BELOW, events >= EXACT_BELOW
    lower[few] = 0.0
    some = few & (events > 0)
    lower[some] = gamma_quantile(events[some], (1 - level) / 2)
    upper[few] = gamma_quantile(events[few] + 1, (1 + level) / 2)
    x = events[many]
    lower[many] = x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3
    x = x + 1
    upper[many] = x * (1 - 1 / (9 * x) + z / (3 * np.sqrt(x))) ** 3
    return lower, upper


def mover(a: Floats, a_limits: Limits, b: Floats, b_limits: Limits) -> Limits:
    """Limits of a - b from the limits of independent a and b. On Wilson limits this is Newcombe's method 10."""
    difference = a - b
    lower = difference - np.hypot(a - a_limits[0], b_limits[1] - b)
    upper = difference + np.hypot(a_limits[1] - a, b - b_limits[0])
    return lower, upper


def log_ratio(ratio: Floats, log_error: Floats, level: float = 0.95) -> Limits:
    """Limits of a ratio from the standard error of its logarithm; missing where either is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        factor = np.exp(two_sided(level) * log_error)
        known = np.isfinite(log_error) & np.isfinite(ratio)
        return np.where(known, ratio / factor, np.nan), np.where(known, ratio * factor, np.nan)


def holm(p: Floats) -> Floats:
    """Holm's step-down adjusted p-values; missing ones stay missing and are not counted."""
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
