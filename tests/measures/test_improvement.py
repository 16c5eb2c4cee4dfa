"""Run charts, p charts, time between, sample sizes: the rules' own examples, and silence where there is too little."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import counts, json_of, rows_of
from scipy import stats
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from equityguide.measures import detectable, improvement, p_chart, run_chart, run_charts, signals, time_between

RULES = json_of("16_run_and_control_chart_rules.json")


def marked(signal: pd.Series, rule: str) -> list[int]:
    return np.flatnonzero(signal.str.contains(rule)).tolist()


@pytest.mark.parametrize("case", RULES["run_chart"], ids=lambda case: case["name"])
def test_run_chart_rules(case: dict[str, Any]) -> None:
    """The cases draw the line at 10.5, which is not every case's own median, so the rules are given it."""
    values = np.array(case["values"], float)
    found = signals.judge(values, case["median"], "ihi")
    points = pd.Series(found.points)
    assert marked(points, "shift of 6") == case["shift_points_k6"]
    assert marked(points, "trend of 5") == case["trend_points_k5"]
    names = {"runs": "n_runs", "useful": "n_useful", "longest_run": "anhoej_longest_run"}
    names |= {"longest_run_max": "anhoej_longest_max", "crossings": "crossings", "crossings_min": "crossings_min"}
    assert {ours: found.chart[ours] for ours in names} == {ours: case[theirs] for ours, theirs in names.items()}
    anhoej = signals.judge(values, case["median"], "anhoej")
    assert bool(anhoej.chart["chart_signal"]) == (case["crossings"] < case["crossings_min"])
    assert not any(anhoej.points)
    if np.median(values) == case["median"]:
        chart = run_chart(case["values"])
        assert chart["signal"].tolist() == found.points
        assert chart["center"].unique().tolist() == [case["median"]]


def test_anhoejs_long_run() -> None:
    shifted = run_chart([5, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9, *[8] * 9], rules="anhoej", baseline=11)
    assert marked(shifted["signal"], "run longer than 7") == list(range(10, 20))


@pytest.mark.parametrize("case", RULES["shewhart"], ids=lambda case: case["name"])
def test_control_chart_rules(case: dict[str, Any]) -> None:
    z = np.array(case["sigma_units"])
    found = {
        "beyond3": np.abs(z) > 3,
        "shift8": signals.shift(np.sign(z), 8),
        "trend6": signals.trend(z, 6),
        "two_of_three_outer": signals.outer_third(z),
        "hug15": signals.inner_third(z),
    }
    assert {name: np.flatnonzero(hit).tolist() for name, hit in found.items()} == {name: case[name] for name in found}


def test_limits_of_runs_are_anhoejs() -> None:
    for row in rows_of("16_anhoej_limits.csv"):
        expected = (int(row["longest_run_max"]), int(row["crossings_min"]))
        assert signals.anhoej_limits(int(row["n_useful"])) == expected


def test_runs_limits_leave_chance_two_and_a_half_percent_each_side() -> None:
    for useful in (10, 12, 16, 21):
        sides = np.array([1] * (useful // 2) + [-1] * (useful - useful // 2))
        rng = np.random.default_rng(useful)
        runs = np.array([1 + np.sum(np.diff(rng.permutation(sides)) != 0) for _ in range(20_000)])
        fewest, most = signals.runs_limits(useful)
        assert np.mean(runs < fewest) <= 0.028
        assert np.mean(runs <= fewest) > 0.022
        assert np.mean(runs > most) <= 0.028
        assert np.mean(runs >= most) > 0.022
    assert signals.runs_limits(10) == (3, 9)


def test_rules_on_the_edge() -> None:
    assert signals.shift(np.array([1.0, 1, 0, 1, 1, 1, 1, -1]), 6).tolist() == [True, True, False, *[True] * 4, False]
    assert signals.trend(np.array([1.0, 2, 2, 3, 4, 5, 1]), 5).tolist() == [True] * 6 + [False]
    assert signals.trend(np.array([5.0, 4, 3, 2, 1]), 5).all()
    assert not signals.trend(np.array([1.0, 1, 1, 1, 1]), 2).any()
    assert signals.outer_third(np.array([2.5, 0, 2.1, -2.5])).tolist() == [True, False, True, False]
    assert not signals.outer_third(np.array([2.5, -2.1, 0])).any()
    assert signals.inner_third(np.full(15, 0.5)).all()
    assert not signals.inner_third(np.full(14, 0.5)).any()


def test_too_few_and_too_many_runs() -> None:
    few = [1, 2, 1, 2, 1, 9, 8, 9, 8, 9, 8, 1, 2, 1]
    assert run_chart([1] * 6 + [9] * 6).iloc[0]["chart_signal"] == "too few runs"
    assert run_chart([1, 9] * 7).iloc[0]["chart_signal"] == "too many runs"
    assert run_chart(few).iloc[0]["runs"] == 3


def test_a_run_chart_passes_over_what_is_missing_and_keeps_its_row() -> None:
    values = [10, 11, None, 12, 11, 12, 13, 12, 9, 10, 8, 9, 10]
    found = run_chart(pd.Series(values, index=range(100, 113)))
    whole = run_chart([value for value in values if value is not None])
    assert found.index.tolist() == list(range(100, 113))
    assert found.drop(102)["signal"].tolist() == whole["signal"].tolist()
    assert (found.loc[102, "signal"], found.iloc[0]["useful"]) == ("", 12)


def test_a_run_chart_that_is_too_short_has_no_signals() -> None:
    found = run_chart([1, 1, 1, 1, 9, 9, 9, 9])
    assert (found["signal"] == "").all()
    assert "fewer than 10 points" in found["note"][0]


def test_a_frozen_median() -> None:
    found = run_chart([1, 2, 3, 2, 1, 9, 9, 9, 9, 9, 9, 9], baseline=5)
    assert found["center"][0] == 2
    assert marked(found["signal"], "shift of 6") == list(range(5, 12))


def montgomery(part: str) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    rows = [row for row in rows_of("12b_montgomery_ex7.1_pchart.csv") if row["part"] == part]
    return counts([(int(row["x"]), "All", float(row["y.sum"]), float(row["n"])) for row in rows]), rows


@pytest.mark.parametrize("part", ["1", "2"])
def test_p_chart_is_montgomerys(part: str) -> None:
    table, rows = montgomery(part)
    found = p_chart(table, baseline=[int(row["x"]) for row in rows if row["include"] == "TRUE"])
    for name, theirs in (("rate", "y"), ("center", "cl"), ("lower", "lcl"), ("upper", "ucl")):
        assert found[name].tolist() == pytest.approx([float(row[theirs]) for row in rows], abs=1e-6)
    if part == "1":
        assert [found["period"][i] for i in marked(found["signal"], "beyond the limits")] == [15, 21, 23]


def test_p_chart_limits_follow_the_denominator_and_its_rows_may_come_in_any_order() -> None:
    rng = np.random.default_rng(2)
    rows = [(f"{2021 + i // 4}-Q{i % 4 + 1}", g, 0, 0) for i in range(16) for g in ("A", "B")]
    table = counts(rows)
    table["denominator"] = rng.integers(80, 400, len(table))
    table["events"] = rng.binomial(table["denominator"], 0.6)
    found = p_chart(table)
    a = found[found["group"] == "A"]
    center = a["events"].sum() / a["denominator"].sum()
    assert a["center"].tolist() == pytest.approx([center] * 16)
    assert a["upper"].tolist() == pytest.approx(
        np.minimum(center + 3 * np.sqrt(center * (1 - center) / a["denominator"]), 1).tolist()
    )
    shuffled = table.sample(frac=1, random_state=4)
    again = p_chart(shuffled).set_index(["period", "group"]).sort_index()
    pd.testing.assert_frame_equal(again, found.set_index(["period", "group"]).sort_index(), check_exact=False)


def test_laneys_limits_hold_what_large_denominators_break() -> None:
    rng = np.random.default_rng(6)
    n = np.full(24, 50_000)
    table = counts([(i, "All", x, 50_000) for i, x in enumerate(rng.binomial(n, 0.3 + rng.normal(0, 0.01, 24)), 1)])
    plain, prime = p_chart(table), p_chart(table, method="laney")
    assert (plain["signal"].str.contains("beyond")).sum() > 3
    assert (prime["signal"].str.contains("beyond")).sum() == 0
    assert "Laney" in plain["note"][0]
    assert prime["note"][0] == ""
    rate = table["events"] / table["denominator"]
    center = rate.mean()
    sigma = np.sqrt(center * (1 - center) / 50_000)
    factor = np.abs(np.diff((rate - center) / sigma)).mean() / 1.128
    assert prime["upper"][0] == pytest.approx(center + 3 * sigma * factor)


def test_rare_events_are_too_few_to_chart() -> None:
    rare = p_chart(counts([(f"2024-{i:02}", "All", int(i % 3 == 0), 200) for i in range(1, 13)]))
    assert rare["note"].str.startswith("too few to chart").all()
    assert rare[["center", "lower", "upper"]].isna().all(axis=None)
    assert rare["rate"].notna().all()


def test_hidden_periods_are_passed_over() -> None:
    rows = [(f"2024-{i:02}", "All", 60, 100) for i in range(1, 13)]
    table = counts(rows).assign(status="shown")
    table.loc[3, ["events", "denominator", "status"]] = [None, None, "suppressed"]
    found = p_chart(table)
    assert found.loc[3, ["rate", "lower", "upper"]].isna().all()
    assert (found.loc[3, "signal"], found["center"][0]) == ("", 0.6)
    assert "baseline" in p_chart(table, baseline=["2024-04"])["note"][0]


@pytest.mark.parametrize(
    ("periods", "said"),
    [(["March", "April"], "'March' has no place in time"), (["2024-Q1", "2024-03"], "'2024-03' has no place in time")],
)
def test_periods_need_an_order(periods: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        p_chart(counts([(period, "All", 5, 10) for period in periods]))


def test_periods_may_be_an_ordered_categorical_or_dates() -> None:
    months = ["March", "April"]
    table = counts([("March", "All", 50, 100), ("April", "All", 60, 100)])
    table["period"] = pd.Categorical(table["period"], months, ordered=True)
    assert p_chart(table)["center"].tolist() == [0.55, 0.55]
    table["period"] = pd.to_datetime(["2024-03-01", "2024-04-01"])
    assert p_chart(table)["center"].tolist() == [0.55, 0.55]


def test_time_between() -> None:
    days = stats.expon.rvs(scale=30, size=40, random_state=9)
    found = time_between(days)
    y = days ** (1 / 3.6)
    sigma = np.abs(np.diff(y)).mean() / 1.128
    assert found["upper"][0] == pytest.approx((y.mean() + 3 * sigma) ** 3.6)
    assert found["center"][0] == pytest.approx(y.mean() ** 3.6)
    long = time_between([*days, 400.0])
    assert "beyond the limits" in long["signal"].iloc[-1]
    few = time_between(days[:9])
    assert "too few to chart" in few["note"][0]
    assert few[["center", "upper"]].isna().all(axis=None)


def test_detectable_is_statsmodels() -> None:
    """From 80 to 70 %, 5 % two-sided, power 80 %: 294 in each group (Fleiss)."""
    row = detectable(reference_rate=0.8, difference=-0.1, per_period=50).iloc[0]
    assert (row["patients"], row["reference_patients"], row["periods"]) == (294, 294, 6)
    theirs = samplesize_proportions_2indep_onetail(-0.1, 0.8, 0.8, ratio=1, alpha=0.05)
    assert row["patients"] == np.ceil(theirs)
    uneven = detectable(reference_rate=0.8, difference=-0.1, ratio=4).iloc[0]
    assert uneven["patients"] == np.ceil(samplesize_proportions_2indep_onetail(-0.1, 0.8, 0.8, ratio=4, alpha=0.05))
    assert uneven["reference_patients"] == 4 * uneven["patients"]
    assert pd.isna(uneven["periods"])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: run_chart([1]), "at least 2 values"),
        (lambda: run_chart([1, 2], rules="western"), "'ihi' or 'anhoej'"),
        (lambda: run_chart([1, 2, 3], baseline=9), "baseline is 9"),
        (lambda: p_chart(counts([("A", 1, 2)]), method="c"), "'p' or 'laney'"),
        (lambda: p_chart(counts([("A", 1, 2)]), baseline=["2020"]), "no period '2020'"),
        (lambda: time_between([1, -2]), "Value 2 is -2"),
        (lambda: detectable(reference_rate=0.9, difference=0.2), "between 0 and 1"),
        (lambda: detectable(reference_rate=0.9, difference=0), "smallest gap that matters"),
        (lambda: detectable(reference_rate=0.9, difference=-0.2, power=2), "power is 2"),
        (lambda: detectable(reference_rate=0.9, difference=-0.2, ratio=0), "ratio is 0"),
        (lambda: detectable(reference_rate=0.9, difference=-0.2, per_period=0), "per_period is 0"),
    ],
)
def test_what_cannot_be_charted(call: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


def test_run_charts_are_the_run_chart_of_each_group() -> None:
    falling, steady = [0.7, 0.71] * 4 + [0.5] * 6, [0.3, 0.32] * 7
    periods = [f"2024-{month:02d}" for month in range(1, 13)] + ["2025-01", "2025-02"]
    both = [
        pd.DataFrame({"measure": "m", "dimension": "d", "group": name, "period": periods, "rate": values})
        for name, values in (("Falling", falling), ("Steady", steady))
    ]
    table = pd.concat(both).sample(frac=1, random_state=3).reset_index(drop=True)
    found = run_charts(table, baseline=periods[:8])
    assert found[["group", "period", "rate"]].equals(table[["group", "period", "rate"]])
    for name, values in (("Falling", falling), ("Steady", steady)):
        own = found[found["group"] == name].sort_values("period")
        alone = run_chart(values, baseline=8)
        for column in ("center", "signal", "runs", "note"):
            assert own[column].tolist() == alone[column].tolist()
    assert marked(found.sort_values(["group", "period"])["signal"], "shift of 6") == list(range(8, 14))


def test_run_charts_pass_over_what_is_hidden_and_say_where_nothing_can_be_charted() -> None:
    rates = pd.DataFrame(
        {
            "measure": "m", "dimension": "d", "group": ["A"] * 4 + ["B"] * 4, "period": [2021, 2022, 2023, 2024] * 2,
            "rate": [0.2, None, 0.4, 0.6, None, None, None, 0.5], "note": ["patients repeat"] + [""] * 7,
        }
    )  # fmt: skip
    found = run_charts(rates)
    assert found["center"].tolist()[:4] == [pytest.approx(0.4)] * 4
    assert found["center"][4:].isna().all()
    assert found["note"][0].startswith("patients repeat; fewer than 10")
    assert found["note"][4] == improvement.NO_BASELINE
    for broken, said in (
        (rates.drop(columns="rate"), "lacks the column 'rate'"),
        (pd.concat([rates, rates]), "Row 9 stands in the table twice"),
    ):
        with pytest.raises(ValueError, match=said):
            run_charts(broken)
    with pytest.raises(ValueError, match="no period '2019'"):
        run_charts(rates, baseline=[2019])
