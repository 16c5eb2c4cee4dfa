"""Gaps: both framings, every reference, the labels, and where no interval exists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import counts, estimates, json_of, rows_of
from scipy import stats
from statsmodels.stats.proportion import proportions_chisquare, proportions_ztest

from equityguide.measures import gaps
from equityguide.measures.tables import PAIR

THREE = [("Asian", 150, 300), ("Black", 420, 700), ("White", 800, 1000)]


def of(table: pd.DataFrame, group: str) -> pd.Series:
    return table.set_index("group").loc[group]


def test_worked_example() -> None:
    """7 of 34 against 1 of 34: 17.6 points (1.9 to 34.0), ratio 7.0 (0.91 to 54) in the event's own framing."""
    case = json_of("03_fagerland_perondi.json")
    row = of(gaps(counts([("A", 7, 34), ("B", 1, 34)]), reference="B", higher_is_better=False), "A")
    assert (round(row["difference_lower"], 4), round(row["difference_upper"], 4)) == tuple(case["diff"]["newcombe"])
    assert row["ratio_adverse"] == pytest.approx(case["ratio"]["estimate"])
    assert round(row["ratio_adverse_lower"], 2) == case["ratio"]["katz_log"][0]
    assert round(row["ratio_adverse_upper"]) == case["ratio"]["katz_log"][1]
    assert row["ratio_favorable"] == pytest.approx((27 / 34) / (33 / 34))
    assert row["label"] == "worse"
    assert row["excess_events"] == pytest.approx(6)


@pytest.mark.parametrize("row", rows_of("15_ahrq_meaningful_difference_cases.csv"), ids=lambda row: row["id"])
def test_the_2010_rule_is_ahrqs(row: dict[str, str]) -> None:
    table = counts([("A", float(row["x"]), float(row["n"])), ("R", float(row["xr"]), float(row["nr"]))])
    found = of(gaps(table, reference="R", higher_is_better=row["favourable"] == "1"), "A")
    assert found["ahrq_2010"] == row["ahrq"]
    assert found["p_value"] == pytest.approx(float(row["pval_pearson"]), abs=1e-9)


def test_rate_and_burden_differ() -> None:
    case = json_of("25_rate_and_burden.json")
    table = counts([(g["group"], g["events"], g["n"]) for g in case["groups"]])
    found = gaps(table, reference=case["ref"], higher_is_better=False)
    excess = found["excess_events"].fillna(0).tolist()
    assert excess == pytest.approx([g["excess"] for g in case["groups"]])
    assert found["group"][found["rate"].idxmax()] == case["highest_rate"]
    assert found["group"][found["excess_events"].idxmax()] == case["highest_burden"]


def test_p_values_are_statsmodels() -> None:
    found = gaps(counts(THREE), reference="White", higher_is_better=True)
    for group, x, n in THREE[:2]:
        z = proportions_ztest([x, 800], [n, 1000])[1]
        assert of(found, group)["p_value"] == pytest.approx(z, rel=1e-9)
    against_number = gaps(counts(THREE), reference=0.6, higher_is_better=True)
    z = proportions_ztest(150, 300, 0.6, prop_var=0.6)[1]
    assert of(against_number, "Asian")["p_value"] == pytest.approx(z, rel=1e-9)
    assert of(against_number, "Black")["p_value"] == 1


def test_p_of_the_others_is_the_two_by_two_chi_square() -> None:
    for reference in ("others", "overall"):
        found = gaps(counts(THREE), reference=reference, higher_is_better=True)
        assert of(found, "Asian")["p_value"] == pytest.approx(proportions_chisquare([150, 1220], [300, 1700])[1])


def test_holm_is_over_the_groups_of_one_stratum() -> None:
    case = [("a", 40, 100), ("b", 45, 100), ("c", 60, 100)]
    single = gaps(counts(case), reference="c", higher_is_better=True)
    both = pd.concat([counts(case), counts(case, period="2025")])
    twice = gaps(both, reference="c", higher_is_better=True)
    assert twice["p_holm"].tolist()[:2] == pytest.approx(single["p_holm"].tolist()[:2])
    p = single["p_value"].tolist()
    assert single["p_holm"].tolist()[:2] == pytest.approx([2 * p[0], max(2 * p[0], p[1])])


def test_overall_holds_the_group_so_its_gap_is_the_others_times_the_rest() -> None:
    others = of(gaps(counts(THREE), reference="others", higher_is_better=True), "Black")
    overall = of(gaps(counts(THREE), reference="overall", higher_is_better=True), "Black")
    rest = 1 - 700 / 2000
    assert overall["reference_rate"] == pytest.approx(1370 / 2000)
    assert overall["difference"] == pytest.approx(0.6 - 1370 / 2000)
    for name in ("difference", "difference_lower", "difference_upper"):
        assert overall[name] == pytest.approx(rest * others[name])
    assert overall["ratio_favorable"] == pytest.approx(0.6 / (1370 / 2000))
    assert overall["ratio_adverse"] == pytest.approx(0.4 / (630 / 2000))
    assert overall["ratio_adverse_lower"] < overall["ratio_adverse"] < overall["ratio_adverse_upper"]


def test_a_number_has_the_one_sample_interval() -> None:
    row = of(gaps(counts(THREE), reference=0.7, higher_is_better=True), "Asian")
    assert row["difference_lower"] == pytest.approx(row["rate_lower"] - 0.7)
    assert row["ratio_favorable_upper"] == pytest.approx(row["rate_upper"] / 0.7)
    assert row["ratio_adverse_upper"] == pytest.approx((1 - row["rate_lower"]) / 0.3)
    assert (row["reference"], row["reference_note"]) == ("0.7", "a fixed number")
    target = of(gaps(counts(THREE), reference=1.0, higher_is_better=True), "Asian")
    assert (target["p_value"], target["label"]) == (0, "worse")
    assert np.isnan(target["ratio_adverse"])


def test_largest_says_that_it_is_no_norm() -> None:
    found = gaps(counts(THREE), reference="largest", higher_is_better=True)
    assert set(found["reference"]) == {"White"}
    assert found["reference_note"].str.contains("chosen for precision, not as the norm").all()


def test_best_needs_a_minimum_and_warns_of_selection() -> None:
    table = counts([*THREE, ("Small", 12, 12), ("Unknown", 990, 990)])
    found = gaps(table, reference="best", higher_is_better=True, minimum_n=100)
    assert set(found["reference"]) == {"White"}
    assert found["reference_note"].str.contains("partly luck").all()
    assert of(gaps(table, reference="best", higher_is_better=False, minimum_n=100), "White")["reference"] == "Asian"
    with pytest.raises(ValueError, match="minimum_n"):
        gaps(table, reference="best", higher_is_better=True)


def test_each_dimension_may_have_its_own_reference() -> None:
    table = pd.concat([counts(THREE), counts([("Medicaid", 300, 500), ("Private", 450, 500)], dimension="payer")])
    found = gaps(table, reference={"race": "White", "payer": 0.9}, higher_is_better=True)
    assert of(found, "Medicaid")["difference"] == pytest.approx(-0.3)
    assert of(found, "Asian")["reference"] == "White"
    with pytest.raises(ValueError, match="dimension 'payer'"):
        gaps(table, reference={"race": "White"}, higher_is_better=True)


@pytest.mark.parametrize(
    ("x", "meaningful", "up", "label"),
    [
        (700, None, True, "worse"),
        (700, None, False, "better"),
        (790, None, True, "cannot tell"),
        (8010, 0.05, True, "no meaningful difference"),
        (7800, 0.05, True, "no meaningful difference"),
        (7800, None, True, "worse"),
        (9000, 0.05, True, "better"),
        (60, 0.02, True, "cannot tell"),
    ],
)
def test_labels(x: int, meaningful: float | None, up: bool, label: str) -> None:
    n = 80 if x == 60 else 1000 if x < 1000 else 10_000
    table = counts([("A", x, n), ("R", 8000, 10_000)])
    assert of(gaps(table, reference="R", higher_is_better=up, meaningful=meaningful), "A")["label"] == label


def test_rows_that_are_not_compared_say_so() -> None:
    table = counts(
        [*THREE, ("Unknown", 20, 40), ("Native", None, None), (f"Unknown{PAIR}Medicaid", 20, 40)],
        status=["shown"] * 4 + ["suppressed", "shown"],
    )
    found = gaps(table, reference="White", higher_is_better=True).set_index("group")
    assert found["label"].to_dict() == {
        "Asian": "worse",
        "Black": "worse",
        "White": "reference",
        "Unknown": "not compared",
        "Native": "suppressed",
        f"Unknown{PAIR}Medicaid": "not compared",
    }
    assert found.loc["Unknown", "rate"] == 0.5
    hidden = gaps(table, reference="Native", higher_is_better=True).set_index("group")
    assert hidden["label"]["Asian"] == "reference not shown"
    assert hidden["difference"].isna().all()
    assert hidden["reference_rate"].isna().all()


def test_others_and_everyone_count_the_unknown_in_and_say_who_is_left_out() -> None:
    table = counts([*THREE, ("Unknown", 20, 40)])
    assert of(gaps(table, reference="overall", higher_is_better=True), "Asian")["reference_rate"] == 1390 / 2040
    hidden = pd.concat([table, counts([("Native", None, None)], status="suppressed")]).assign(
        status=["shown"] * 4 + ["suppressed"]
    )
    assert "not shown are left out" in gaps(hidden, reference="others", higher_is_better=True)["reference_note"][0]


def test_a_ratio_with_none_or_all_of_the_event_has_no_interval() -> None:
    found = gaps(counts([("A", 0, 50), ("B", 50, 50), ("R", 25, 50)]), reference="R", higher_is_better=True)
    assert found["ratio_favorable"].tolist()[:2] == [0, 2]
    assert found[["ratio_favorable_lower", "ratio_adverse_upper"]].isna().all(axis=None)
    assert found["difference_lower"].notna().tolist() == [True, True, False]
    none = gaps(counts([("A", 0, 50), ("R", 0, 70)]), reference="R", higher_is_better=False).iloc[0]
    assert (none["p_value"], none["label"]) == (1, "cannot tell")
    assert np.isnan(none["ratio_adverse"])


def test_a_rate_of_events_has_only_its_own_framing() -> None:
    table = counts([("A", 150, 1000), ("R", 100, 1000)], patients=[120, 90])
    row = of(gaps(table, reference="R", higher_is_better=False, kind="rate"), "A")
    assert row["ratio_adverse"] == pytest.approx(1.5)
    assert np.isnan(row["ratio_favorable"])
    factor = np.exp(1.959963984540054 * np.sqrt(1 / 150 + 1 / 100))
    assert row["ratio_adverse_upper"] == pytest.approx(1.5 * factor)
    assert (row["label"], row["ahrq_2010"]) == ("worse", "worse")


def test_directions_may_differ_by_measure() -> None:
    table = pd.concat([counts([("A", 30, 100), ("R", 60, 100)], measure=name) for name in ("screening", "falls")])
    found = gaps(table, reference="R", higher_is_better={"screening": True, "falls": False})
    assert found["label"].tolist() == ["worse", "reference", "better", "reference"]
    with pytest.raises(ValueError, match="says nothing of 'falls'"):
        gaps(table, reference="R", higher_is_better={"screening": True})


def test_published_estimates_with_errors() -> None:
    """Life expectancy 68.8 and 85.0 years with errors 0.95 and 0.4: 16.2 years, 14.2 to 18.2."""
    table = estimates([("West Garfield Park", 68.8, 0.95), ("Loop", 85.0, 0.4)])
    row = of(gaps(table, reference="Loop", higher_is_better=True, kind="rate"), "West Garfield Park")
    half = 1.959963984540054 * np.hypot(0.95, 0.4)
    assert row["difference"] == pytest.approx(-16.2)
    assert (row["difference_lower"], row["difference_upper"]) == pytest.approx((-16.2 - half, -16.2 + half))
    assert row["ratio_favorable"] == pytest.approx(68.8 / 85)
    assert np.isnan(row["ratio_adverse"])
    assert np.isnan(row["excess_events"])
    assert row["label"] == "worse"


def test_published_limits_move_to_the_level_asked_for_on_either_scale() -> None:
    table = estimates([("A", 0.4, None), ("R", 0.5, None)]).drop(columns="se")
    table = table.assign(lower=[0.3, 0.4], upper=[0.52, 0.6], level=0.90)
    ninety = of(gaps(table, reference="R", higher_is_better=True, level=0.90), "A")
    assert (ninety["rate_lower"], ninety["rate_upper"]) == pytest.approx((0.3, 0.52))
    assert ninety["difference_lower"] == pytest.approx(-0.1 - np.hypot(0.1, 0.1))
    errors = [width / (2 * 1.6448536269514722) for width in (0.22, 0.2)]
    assert ninety["p_value"] == pytest.approx(2 * stats.norm.sf(0.1 / np.hypot(*errors)))
    wider = of(gaps(table, reference="R", higher_is_better=True), "A")
    assert wider["rate_upper"] == pytest.approx(0.4 + 0.12 * 1.959963984540054 / 1.6448536269514722)
    logs = of(gaps(table, reference="R", higher_is_better=True, level=0.90, scale="log"), "A")
    assert (logs["rate_lower"], logs["rate_upper"]) == pytest.approx((0.3, 0.52))
    assert logs["ratio_favorable"] == pytest.approx(0.8)


@pytest.mark.parametrize("reference", ["others", "overall"])
def test_estimates_cannot_be_added_up(reference: str) -> None:
    with pytest.raises(ValueError, match="needs complete counts"):
        gaps(estimates([("A", 0.5, 0.1), ("B", 0.6, 0.1)]), reference=reference, higher_is_better=True)


@pytest.mark.parametrize("reference", ["White", "others", "overall", "best", "largest"])
def test_overlapping_groups_are_refused_where_groups_are_compared(reference: str) -> None:
    table = counts(THREE, overlapping=True)
    with pytest.raises(ValueError, match="do not overlap"):
        gaps(table, reference=reference, higher_is_better=True, minimum_n=10)
    assert gaps(table, reference=0.7, higher_is_better=True)["difference"].notna().all()


def test_reference_has_no_default() -> None:
    arguments: dict[str, Any] = {"higher_is_better": True}
    with pytest.raises(TypeError, match="reference"):
        gaps(counts(THREE), **arguments)
