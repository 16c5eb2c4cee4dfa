"""Normal, gamma, chi-square and beta probabilities on numpy alone: the browser kernel has no scipy.

All functions take and return arrays (broadcast) and agree with scipy to 1e-9 or better, which the tests hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_erfc = np.frompyfunc(math.erfc, 1, 1)
_lgamma = np.frompyfunc(math.lgamma, 1, 1)
_TINY = 1e-300
_PRECISION = 1e-16
_STEP = 1e-8  # Newton's last step squares the error, so the value itself is right to 1e-14 or so
_CLOSE = 1e-14  # rounding error keeps the fractions from meeting less


def normal_quantile(probability: float) -> float:
    """The standard normal value with this probability below it."""
    return NormalDist().inv_cdf(probability)


def two_sided(level: float) -> float:
    """The normal quantile of a two-sided interval: 1.96 for 0.95. Raises `ValueError` unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}. Write a number between 0 and 1, such as 0.95.")
    return normal_quantile((1 + level) / 2)


def normal_below(x: ArrayLike) -> Floats:
    """P(Z <= x)."""
    return np.asarray(_erfc(-np.asarray(x, float) / math.sqrt(2)), float) / 2


@cache
def normal_table() -> tuple[Floats, Floats]:
    """x from 0 to 8 and P(Z <= x), for `np.interp` where a million values are wanted: right to 1e-6."""
    x = np.arange(0, 8.001, 0.005)
    return x, normal_below(x)


def two_sided_p(z: ArrayLike) -> Floats:
    """P(|Z| >= |z|)."""
    return np.asarray(_erfc(np.abs(np.asarray(z, float)) / math.sqrt(2)), float)


def gamma_below(shape: ArrayLike, x: ArrayLike) -> Floats:
    """The regularized lower incomplete gamma function P(shape, x), shape > 0."""
    a, x = np.broadcast_arrays(np.asarray(shape, float), np.asarray(x, float))
    below = np.where(np.isnan(a) | np.isnan(x), np.nan, 0.0)
    below[x == np.inf] = 1.0
    series = (x > 0) & (x < a + 1)
    below[series] = _gamma_series(a[series], x[series])
    fraction = (x >= a + 1) & np.isfinite(x)
    below[fraction] = 1 - _gamma_fraction(a[fraction], x[fraction])
    return below


def chi2_above(x: ArrayLike, df: ArrayLike) -> Floats:
    """P(chi-square with df degrees of freedom >= x): the p-value of a chi-square statistic."""
    a, x = np.broadcast_arrays(np.asarray(df, float) / 2, np.asarray(x, float) / 2)
    above = np.where(np.isnan(a) | np.isnan(x), np.nan, 1.0)
    series = (x > 0) & (x < a + 1)
    above[series] = 1 - _gamma_series(a[series], x[series])
    fraction = x >= a + 1
    above[fraction] = _gamma_fraction(a[fraction], x[fraction])
    return above


def gamma_quantile(shape: ArrayLike, probability: float) -> Floats:
    """The value with this probability below it under a gamma distribution of scale 1, shape > 0."""
    a = np.asarray(shape, float)
    z = normal_quantile(probability)
    # Wilson and Hilferty's cube root starts the search, and the power law at zero where that falls short.
    start = a * (1 - 1 / (9 * a) + z / (3 * np.sqrt(a))) ** 3
    small = np.exp((np.log(probability) + _log_gamma(a + 1)) / a)
    start = np.where((start > small / 2) & (a > 0.5), start, small)
    high = np.maximum(2 * start, a + 10) + 40 * np.sqrt(a)

    def density(x: Floats) -> Floats:
        return np.asarray(np.exp((a - 1) * np.log(x) - x - _log_gamma(a)))

    return _invert(lambda x: gamma_below(a, x), density, probability, start, high)


def beta_below(a: ArrayLike, b: ArrayLike, x: ArrayLike) -> Floats:
    """The regularized incomplete beta function I_x(a, b), a and b > 0."""
    a, b, x = np.broadcast_arrays(*(np.asarray(value, float) for value in (a, b, x)))
    inside = (x > 0) & (x < 1)
    safe = np.where(inside, x, 0.5)
    front = np.exp(a * np.log(safe) + b * np.log1p(-safe) - _log_beta(a, b))
    # The continued fraction is quick on the near side of the mean, so the far side goes by symmetry.
    near = safe < (a + 1) / (a + b + 2)
    first, second, at = np.where(near, a, b), np.where(near, b, a), np.where(near, safe, 1 - safe)
    part = front * _beta_fraction(first, second, at) / first
    below = np.where(near, part, 1 - part)
    return np.where(inside, below, np.where(np.isnan(x), np.nan, (x >= 1).astype(float)))


def beta_quantile(a: ArrayLike, b: ArrayLike, probability: float) -> Floats:
    """The value with this probability below it under a beta distribution, a and b > 0."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    # The search starts from Wilson's limit, which for whole numbers is nearly there.
    z, n, mean = normal_quantile(probability), np.maximum(a + b - 1, 0.5), a / (a + b)
    p = np.clip((a - 0.5) / n, 0, 1)
    wilson = (p + z * z / (2 * n) + z * np.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2)) / (1 + z * z / n)
    start = np.clip(wilson, mean / 100, 1 - (1 - mean) / 100)
    constant = _log_beta(a, b)

    def density(x: Floats) -> Floats:
        return np.asarray(np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - constant))

    return _invert(lambda x: beta_below(a, b, x), density, probability, start, np.ones_like(mean))


def _log_gamma(x: ArrayLike) -> Floats:
    return np.asarray(_lgamma(x), float)


def _log_beta(a: Floats, b: Floats) -> Floats:
    return _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)


def _gamma_series(a: Floats, x: Floats) -> Floats:
    term = 1 / a
    total = term.copy()
    step = a.copy()
    while term.size and np.any(term > total * _PRECISION):
        step = step + 1
        term = term * x / step
        total = total + term
    return total * np.exp(a * np.log(x) - x - _log_gamma(a))


def _gamma_fraction(a: Floats, x: Floats) -> Floats:
    """The upper tail Q(a, x) by Lentz's continued fraction."""
    b = x + 1 - a
    c = np.full_like(b, 1 / _TINY)
    d = 1 / np.where(b == 0, _TINY, b)
    h = d.copy()
    for i in range(1, 100_000):
        an = -i * (i - a)
        b = b + 2
        d = 1 / _off_zero(an * d + b)
        c = _off_zero(b + an / c)
        h = h * (delta := d * c)
        if np.all(np.abs(delta - 1) < _CLOSE):
            break
    return h * np.exp(a * np.log(x) - x - _log_gamma(a))


def _beta_fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    c = np.ones_like(x)
    d = 1 / _off_zero(1 - (a + b) * x / (a + 1))
    h = d.copy()
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _off_zero(1 + even * d)
        c = _off_zero(1 + even / c)
        h = h * d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _off_zero(1 + odd * d)
        c = _off_zero(1 + odd / c)
        h = h * (delta := d * c)
        if np.all(np.abs(delta - 1) < _CLOSE):
            break
    return h


def _off_zero(x: Floats) -> Floats:
    return np.where(np.abs(x) < _TINY, _TINY, x)


def _invert(
    below: Callable[[Floats], Floats],
    density: Callable[[Floats], Floats],
    probability: float,
    start: Floats,
    high: Floats,
) -> Floats:
    """Newton's method on an increasing function over (0, high), falling back on halving where a step leaves it."""
    low = np.zeros_like(start)
    x = start
    for _ in range(200):
        error = below(x) - probability
        low, high = np.where(error < 0, x, low), np.where(error > 0, x, high)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = x - error / density(x)
        following = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        done = np.abs(following - x) <= _STEP * x
        x = following
        if np.all(done | (error == 0)):
            break
    return x
