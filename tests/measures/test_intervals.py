"""Quantiles and intervals against scipy, statsmodels and the printed values."""

from __future__ import annotations

import numpy as np
import pytest
from made import json_of, rows_of
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from equityguide.measures import distributions, intervals
from equityguide.measures.distributions import Floats
from equityguide.measures.intervals import Limits

TAILS = (0.0005, 0.005, 0.025, 0.1, 0.5, 0.9, 0.975, 0.9995)


@pytest.mark.parametrize("tail", TAILS)
def test_quantiles_are_scipys(tail: float) -> None:
    shapes = np.array([0.5, 1, 2, 9.5, 10, 100, 5000, 1e5])
    assert distributions.gamma_quantile(shapes, tail) == pytest.approx(stats.gamma.ppf(tail, shapes), rel=1e-9)
    a, b = (grid.ravel() for grid in np.meshgrid([0.5, 1, 2, 5, 30, 400, 1e4], [0.5, 1, 3, 50, 1e3, 1e5]))
    assert distributions.beta_quantile(a, b, tail) == pytest.approx(special.betaincinv(a, b, tail), rel=1e-9)
    assert distributions.normal_quantile(tail) == pytest.approx(stats.norm.ppf(tail), rel=1e-12)


def test_probabilities_are_scipys() -> None:
    x = np.array([0, 1e-8, 0.3, 1, 5, 20, 100, 600, np.nan])
    for df in (1, 2, 4, 30, 500):
        assert distributions.chi2_above(x, df) == pytest.approx(stats.chi2.sf(x, df), rel=1e-9, nan_ok=True)
        below = special.gammainc(df / 2, x)
        assert distributions.gamma_below(df / 2, x) == pytest.approx(below, rel=1e-9, nan_ok=True)
    z = np.array([-9, -1.96, 0, 0.5, 4, 30])
    assert distributions.normal_below(z) == pytest.approx(stats.norm.cdf(z), rel=1e-12)
    assert distributions.two_sided_p(z) == pytest.approx(2 * stats.norm.sf(np.abs(z)), rel=1e-12)
    at, below = distributions.normal_table()
    assert np.interp(z, at, below)[2:] == pytest.approx(stats.norm.cdf(z)[2:], abs=1e-6)


@pytest.mark.parametrize("row", rows_of("01_wilson_ohid.csv"), ids=lambda row: row["Area"])
def test_wilson_is_ohids(row: dict[str, str]) -> None:
    x, n = np.array([float(row["Numerator"])]), np.array([float(row["Denominator"])])
    for level, name in ((0.95, "95_0"), (0.998, "99_8")):
        lower, upper = intervals.wilson(x, n, level)
        assert lower[0] == pytest.approx(float(row[f"lower{name}cl"]), abs=1e-9)
        assert upper[0] == pytest.approx(float(row[f"upper{name}cl"]), abs=1e-9)


@pytest.mark.parametrize("row", rows_of("04_rate_byar_exact_ohid.csv"), ids=lambda row: row["Area"] + row["multiplier"])
def test_rate_limits_are_ohids(row: dict[str, str]) -> None:
    x = np.array([float(row["Numerator"])])
    per = float(row["multiplier"]) / float(row["Denominator"])
    for level, name in ((0.95, "95_0"), (0.998, "99_8")):
        lower, upper = intervals.poisson(x, level)
        assert lower[0] * per == pytest.approx(float(row[f"lower{name}cl"]), rel=1e-9)
        assert upper[0] * per == pytest.approx(float(row[f"upper{name}cl"]), rel=1e-9)


def newcombe(events: Floats, n: Floats, other_events: Floats, other_n: Floats) -> Limits:
    """Newcombe's method 10, as the gaps put it together: MOVER on Wilson's limits of both sides."""
    p, other = events / n, other_events / other_n
    return intervals.mover(p, intervals.wilson(events, n), other, intervals.wilson(other_events, other_n))


@pytest.mark.parametrize(
    "row", [row for row in rows_of("02_newcombe1998_table2.csv") if row["method"].startswith("newcombe")], ids=str
)
def test_difference_is_newcombes(row: dict[str, str]) -> None:
    x1, n1, x2, n2 = (np.array([float(row[name])]) for name in ("x1", "n1", "x2", "n2"))
    lower, upper = newcombe(x1, n1, x2, n2)
    # The table prints four decimals, and -0 for a lower limit of exactly 0.
    assert lower[0] == pytest.approx(float(row["lower"]), abs=6e-5)
    assert upper[0] == pytest.approx(float(row["upper"]), abs=6e-5)


def test_fagerland_difference() -> None:
    case = json_of("03_fagerland_perondi.json")
    x1, n1, x2, n2 = (np.array([float(case[name])]) for name in ("x1", "n1", "x2", "n2"))
    lower, upper = newcombe(x1, n1, x2, n2)
    assert (round(lower[0], 4), round(upper[0], 4)) == tuple(case["diff"]["newcombe"])


def test_proportions_are_statsmodels() -> None:
    rng = np.random.default_rng(3)
    n = rng.integers(1, 4000, 300).astype(float)
    x = rng.binomial(n.astype(int), rng.random(300)).astype(float)
    for ours, method in ((intervals.wilson, "wilson"), (intervals.clopper_pearson, "beta")):
        theirs = proportion_confint(x, n, 0.05, method)
        assert ours(x, n)[0] == pytest.approx(theirs[0], abs=1e-9)
        assert ours(x, n)[1] == pytest.approx(theirs[1], abs=1e-9)
    other_n = n[::-1].copy()
    other = np.floor(other_n / 3)
    theirs = confint_proportions_2indep(x, n, other, other_n, method="newcomb", compare="diff")
    assert newcombe(x, n, other, other_n)[0] == pytest.approx(theirs[0], abs=1e-9)
    assert newcombe(x, n, other, other_n)[1] == pytest.approx(theirs[1], abs=1e-9)


def test_holm_is_rs_and_statsmodels() -> None:
    case = json_of("22_p_adjust.json")
    assert intervals.holm(np.array(case["p"])) == pytest.approx(case["holm"])
    p = np.random.default_rng(1).random(40)
    assert intervals.holm(p) == pytest.approx(multipletests(p, method="holm")[1])
    assert intervals.holm(np.array([np.nan, 0.02, 0.01])) == pytest.approx([np.nan, 0.02, 0.02], nan_ok=True)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_a_level_is_between_0_and_1(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        distributions.two_sided(level)
