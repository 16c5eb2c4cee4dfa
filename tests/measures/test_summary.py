"""One row for an attribute: Healthy People's measures, what chance alone would give, and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import counts, estimates, json_of, rows_of
from scipy import stats
from statsmodels.stats.contingency_tables import Table

from equityguide.measures import summary

THREE = [("Asian", 150, 300), ("Black", 420, 700), ("White", 800, 1000)]


def only(table: pd.DataFrame, **options: Any) -> pd.Series:
    found = summary(table, **{"higher_is_better": True, **options})
    assert len(found) == 1
    return found.iloc[0]


def test_worked_example() -> None:
    """Rates 0.5, 0.6, 0.8: difference 0.3, ratio 1.6, best against the others' mean 0.8/0.55."""
    row = only(counts(THREE))
    assert (row["best_group"], row["worst_group"]) == ("White", "Asian")
    assert row["mrd"] == pytest.approx(0.3)
    assert row["mrr"] == pytest.approx(1.6)
    assert row["srr"] == pytest.approx(0.8 / 0.55)
    assert row["par"] == pytest.approx(0.8 - 1370 / 2000)
    assert row["par_events"] == pytest.approx(1600 - 1370)
    assert row["weighted_mean_difference"] == pytest.approx(row["par"])


def test_adverse_measures_turn_round_and_stay_above_1() -> None:
    row = only(counts(THREE), higher_is_better=False)
    assert (row["best_group"], row["worst_group"]) == ("Asian", "White")
    assert row["srr"] == pytest.approx(0.7 / 0.5)
    assert row["par"] == pytest.approx(1370 / 2000 - 0.5)
    assert row["mrd"] == pytest.approx(0.3)


def test_heterogeneity_is_rs_chi_square() -> None:
    case = json_of("21_heterogeneity_chisq.json")
    row = only(counts([(f"g{i}", x, n) for i, (x, n) in enumerate(zip(case["x"], case["n"], strict=True))]))
    assert row["heterogeneity"] == pytest.approx(case["chisq"], abs=1e-9)
    assert (row["df"], row["p_value"]) == (case["df"], pytest.approx(case["p"], abs=1e-9))


def test_heterogeneity_of_rates_and_of_estimates() -> None:
    row = only(counts([("A", 30, 100), ("B", 60, 120)]), kind="rate")
    expected = [90 * 100 / 220, 90 * 120 / 220]
    assert row["p_value"] == pytest.approx(stats.chisquare([30, 60], expected).pvalue)
    q = only(estimates([("A", 0.5, 0.1), ("B", 0.7, 0.05)]))
    assert q["heterogeneity"] == pytest.approx(0.2**2 / (0.1**2 + 0.05**2))
    assert q[["par_events"]].isna().all()
    assert np.isnan(q["par"])


@pytest.mark.parametrize("row", rows_of("19_null_maxmin_range.csv"), ids=lambda row: row["groups"])
def test_the_largest_gap_without_any_difference(row: dict[str, str]) -> None:
    groups = int(row["groups"])
    found = only(estimates([(f"g{i:02}", 0.5, 0.03) for i in range(groups)]))["expected_mrd"] / 0.03
    assert found == pytest.approx(float(row["mean_range_over_se"]), abs=0.006)
    assert found == pytest.approx(float(row["d2_published"]), abs=0.001)


def test_the_largest_gap_of_unequal_groups() -> None:
    """Two groups: the mean of |N(0, a^2 + b^2)|, whatever a and b."""
    found = only(estimates([("A", 0.5, 0.03), ("B", 0.5, 0.0001)]))["expected_mrd"]
    assert found == pytest.approx(0.03 * np.sqrt(2 / np.pi), rel=0.005)
    errors = [0.01, 0.02, 0.05]
    draws = np.random.default_rng(5).normal(size=(400_000, 3)) * errors
    mean = np.ptp(draws, axis=1).mean()
    assert only(estimates([(str(e), 0.5, e) for e in errors]))["expected_mrd"] == pytest.approx(mean, rel=0.005)


def test_eight_equal_groups_of_error_3_points() -> None:
    """8.5 points between highest and lowest with no inequity at all."""
    n = round(0.25 / 0.03**2)
    row = only(counts([(f"g{i}", n // 2, n) for i in range(8)]))
    assert row["expected_mrd"] == pytest.approx(0.0854, abs=3e-4)
    assert (row["mrd"], row["p_value"]) == (0, 1)


def test_unknown_and_hidden_groups_are_left_out_and_counted() -> None:
    table = counts([*THREE, ("Unknown", 10, 10), ("Native", None, None)], status=["shown"] * 4 + ["suppressed"])
    row = only(table)
    assert (row["groups"], row["groups_hidden"], row["best_group"]) == (3, 1, "White")
    unknown = counts([*THREE, ("Unknown", None, None)], status=["shown"] * 3 + ["suppressed"])
    assert only(unknown)["groups_hidden"] == 0
    one = counts([("A", 50, 90), ("B", None, None)], status=["shown", "suppressed"])
    row = only(one)
    assert row["status"] == "suppressed"
    assert row[["best_group", "best_rate", "mrd", "mrr", "srr", "par", "p_value", "expected_mrd"]].isna().all()


def test_logistic_gradient_counts_each_count_once() -> None:
    case = json_of("12_sii_rii_logistic.json")["grouped_counts"]
    groups = list("abcde")
    table = counts(zip(groups, case["events"], case["pop"], strict=True))
    row = only(table, ordered=groups)
    assert row["sii"] == pytest.approx(case["sii"], abs=1e-6)
    assert row["rii"] == pytest.approx(case["rii"], abs=1e-6)
    half = 1.959963984540054 * case["sii_se_model"]
    assert (row["sii_lower"], row["sii_upper"]) == pytest.approx((row["sii"] - half, row["sii"] + half), abs=1e-6)
    factor = np.exp(1.959963984540054 * case["ln_rii_se_model"])
    assert row["rii_upper"] == pytest.approx(row["rii"] * factor, abs=1e-6)
    shuffled = only(table.sample(frac=1, random_state=2), ordered=groups)
    assert shuffled["sii"] == pytest.approx(row["sii"], rel=1e-12)


@pytest.mark.parametrize("block", ["1", "2", "3", "4"])
def test_linear_gradient_is_ohids(block: str) -> None:
    rows = [row for row in rows_of("11_sii_ohid.csv") if row["blk"] == block]
    groups = [row["Quantile"] for row in rows]
    table = estimates(
        [(row["Quantile"], float(row["Value"]), float(row["StandardError"])) for row in rows],
        denominator=[float(row["Population"]) for row in rows],
    )
    level = 0.99 if "99%" in rows[0]["TestDescription"] else 0.95
    found = only(table, kind="rate", ordered=groups, level=level)
    for name in ("sii", "rii"):
        expected = float(rows[0][name])
        assert found[name] == pytest.approx(expected, rel=1e-6)
        limits = [float(rows[0][f"{name}_{side}cl_1"]) for side in ("lower", "upper")]
        assert found[[f"{name}_lower", f"{name}_upper"]].tolist() == pytest.approx(
            limits, abs=0.02 * (limits[1] - limits[0])
        )


def test_concentration_index_is_the_world_banks() -> None:
    case = json_of("17_concentration_index_worldbank.json")
    groups = list("abcde")
    table = estimates([(g, y, 1.0) for g, y in zip(groups, case["u5mr"], strict=True)], denominator=case["births"])
    row = only(table, kind="rate", higher_is_better=False, ordered=groups)
    assert row["rci"] == pytest.approx(case["published_rounded"], abs=1e-3)
    assert row["rci"] == pytest.approx(case["rci"], abs=1e-9)
    assert row["aci"] == pytest.approx(case["rci"] * case["mean"], rel=1e-9)


def test_a_hidden_group_leaves_no_ranks() -> None:
    table = counts([*THREE, ("Native", None, None)], status=["shown"] * 3 + ["suppressed"])
    row = only(table, ordered=["Native", "Asian", "Black", "White"])
    assert row[["sii", "rii", "aci", "rci"]].isna().all()
    assert row["mrd"] == pytest.approx(0.3)


def test_a_step_has_no_logistic_curve() -> None:
    row = only(counts([("low", 0, 50), ("high", 50, 50)]), ordered=["low", "high"])
    assert row[["sii", "rii"]].isna().all()
    flat = only(counts([("low", 0, 50), ("high", 0, 50)]), ordered=["low", "high"])
    assert flat["sii"] == 0


def test_order_comes_from_a_list_or_an_ordered_categorical() -> None:
    levels = ["Asian", "Black", "White"]
    table = counts(THREE)
    listed = only(table, ordered=levels)
    categories = table.assign(group=pd.Categorical(table["group"], levels, ordered=True))
    assert only(categories, ordered=True)["sii"] == pytest.approx(listed["sii"])
    with pytest.raises(ValueError, match="stated order"):
        summary(table, higher_is_better=True, ordered=True)
    with pytest.raises(ValueError, match="lacks the group 'White'"):
        summary(table, higher_is_better=True, ordered=levels[:2])
    with pytest.raises(ValueError, match="number of people"):
        summary(estimates([("A", 0.5, 0.1), ("B", 0.6, 0.1)]), higher_is_better=True, ordered=["A", "B"])


def test_overlapping_groups_have_no_summary() -> None:
    with pytest.raises(ValueError, match="do not overlap"):
        summary(counts(THREE, overlapping=[False, True, False]), higher_is_better=True)


def test_chi_square_is_statsmodels() -> None:
    observed = np.array([[x, n - x] for _, x, n in THREE])
    assert only(counts(THREE))["p_value"] == pytest.approx(Table(observed).test_nominal_association().pvalue, abs=1e-12)
