"""Did the gap change, and who moved: a gap closed by the comparison group getting worse is no success."""

from __future__ import annotations

import pandas as pd
import pytest
from made import counts, estimates, json_of, rows_of

from equityguide.measures import gap_change
from equityguide.measures.change import UNSEEN


def four(f0: float, r0: float, f1: float, r1: float, n: int = 10_000) -> pd.DataFrame:
    rates = [("2023", "F", f0), ("2023", "R", r0), ("2024", "F", f1), ("2024", "R", r1)]
    return counts([(period, group, round(rate * n), n) for period, group, rate in rates])


def change(table: pd.DataFrame, up: bool = True, reference: str | float = "R", **options: object) -> pd.Series:
    options = {"focus": "F", "before": "2023", "after": "2024", **options}
    return gap_change(table, reference=reference, higher_is_better=up, **options).iloc[0]


@pytest.mark.parametrize("row", rows_of("20_gap_change_did_cases.csv"), ids=lambda row: row["expected_label"])
def test_change_is_the_oracles(row: dict[str, str]) -> None:
    table = counts(
        [
            (period, group, float(row[f"x{key}{i}"]), float(row[f"n{key}{i}"]))
            for i, period in enumerate(("2023", "2024"))
            for group, key in (("F", "f"), ("R", "r"))
        ]
    )
    found = change(table)
    assert found["gap_before"] == pytest.approx(float(row["gap0"]))
    assert found["gap_after"] == pytest.approx(float(row["gap1"]))
    assert found["change"] == pytest.approx(float(row["did"]))
    assert found["change_lower"] == pytest.approx(float(row["mover_lo"]), abs=1e-6)
    assert found["change_upper"] == pytest.approx(float(row["mover_hi"]), abs=1e-6)
    told = row["expected_label"]
    assert found["direction"] == ("narrowed" if told.startswith("narrowed") else UNSEEN)
    assert found["success"] == (told == "narrowed_by_improvement")
    if told.endswith("both_improved"):
        assert (found["focus_did"], found["reference_did"]) == ("improved", "improved")


@pytest.mark.parametrize(
    ("rates", "direction", "success", "said"),
    [
        ((0.70, 0.80, 0.78, 0.81), "narrowed", True, "The gap narrowed: F improved; R shows no detectable change."),
        (
            (0.70, 0.80, 0.70, 0.73),
            "narrowed",
            False,
            "The gap narrowed because the comparison group got worse: F shows no detectable change; R got worse.",
        ),
        (
            (0.70, 0.80, 0.66, 0.70),
            "narrowed",
            False,
            "The gap narrowed because the comparison group got worse: F got worse; R got worse.",
        ),
        (
            (0.70, 0.80, 0.74, 0.76),
            "narrowed",
            False,
            "The gap narrowed, in part because the comparison group got worse: F improved; R got worse.",
        ),
        (
            (0.80, 0.70, 0.73, 0.70),
            "narrowed",
            False,
            "The gap narrowed because the group ahead got worse: F got worse; R shows no detectable change.",
        ),
        ((0.70, 0.80, 0.70, 0.86), "widened", False, "The gap widened: F shows no detectable change; R improved."),
        (
            (0.70, 0.80, 0.86, 0.80),
            "reversed",
            False,
            "The gap was reversed: F improved; R shows no detectable change.",
        ),
        (
            (0.70, 0.80, 0.805, 0.803),
            "narrowed",
            True,
            "The gap narrowed: F improved; R shows no detectable change.",
        ),
        (
            (0.70, 0.80, 0.712, 0.79),
            "narrowed",
            False,
            "The gap narrowed: F shows no detectable change; R shows no detectable change.",
        ),
        (
            (0.70, 0.80, 0.72, 0.82),
            UNSEEN,
            False,
            "No change in the gap can be told from chance: F improved; R improved.",
        ),
    ],
)
def test_what_is_said(rates: tuple[float, ...], direction: str, success: bool, said: str) -> None:
    found = change(four(*rates))
    assert (found["direction"], bool(found["success"]), found["finding"]) == (direction, success, said)
    # The same story told of the event that must not happen.
    mirrored = change(four(*(1 - rate for rate in rates)), up=False)
    assert (mirrored["direction"], bool(mirrored["success"]), mirrored["finding"]) == (direction, success, said)


@pytest.mark.parametrize("case", json_of("24_framing_paradox.json"), ids=["widened", "unchanged"])
def test_the_framings_may_disagree(case: dict[str, object]) -> None:
    before, after = case["before"], case["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    found = change(four(before["focus"], before["ref"], after["focus"], after["ref"]))
    assert found["absolute"] == case["absolute"]
    assert found["relative_favorable"] == case["relative_favourable"]
    assert found["relative_adverse"] == case["relative_adverse"]
    assert found["framings_disagree"]
    assert [found["gap_before"], found["gap_after"]] == pytest.approx(
        [-0.1, -0.05] if before["ref"] == 0.8 else [-0.2, -0.1]
    )


def test_the_framings_agree_when_all_narrow() -> None:
    assert not change(four(0.6, 0.8, 0.78, 0.8))["framings_disagree"]


def test_periods_are_added_up_first() -> None:
    quarters = [
        (f"{year}-Q{q}", group, x // 4, n // 4)
        for year, group, x, n in (
            ("2023", "F", 280, 400),
            ("2023", "R", 800, 1000),
            ("2024", "F", 340, 400),
            ("2024", "R", 800, 1000),
        )
        for q in range(1, 5)
    ]
    pooled = change(
        counts(quarters), before=[f"2023-Q{q}" for q in range(1, 5)], after=[f"2024-Q{q}" for q in range(1, 5)]
    )
    years = change(
        counts([("2023", "F", 280, 400), ("2023", "R", 800, 1000), ("2024", "F", 340, 400), ("2024", "R", 800, 1000)])
    )
    assert pooled[["change", "change_lower", "change_upper"]].tolist() == pytest.approx(
        years[["change", "change_lower", "change_upper"]].tolist()
    )
    assert pooled["before"] == "2023-Q1, 2023-Q2, 2023-Q3, 2023-Q4"


def test_others_number_best_worst_and_largest() -> None:
    table = pd.concat(
        [
            four(0.7, 0.8, 0.78, 0.8),
            counts(
                [("2023", "T", 850, 1000), ("2024", "T", 850, 1000), ("2024", "New", 9, 90), ("2023", "Gone", 9, 90)]
            ),
        ]
    )
    others = change(table, reference="others")
    assert others["gap_before"] == pytest.approx(0.7 - 8850 / 11000)
    assert others["gap_after"] == pytest.approx(0.78 - 8850 / 11000)
    assert "everyone else" in others["finding"]
    assert "left out" in others["note"]
    target = change(table, reference=0.9)
    assert target["gap_after"] == pytest.approx(-0.12)
    assert target["finding"] == "The gap narrowed: F improved."
    picked = change(table, reference="best", focus="worst", minimum_n=500)
    assert (picked["focus"], picked["reference"]) == ("F", "T")
    assert picked["note"].count("picked from the period before") == 2
    assert change(table, reference="largest", focus="T")["reference"] == "F"
    assert "not as the norm" in change(table, reference="largest", focus="T")["note"]
    assert change(table)["note"] == ""


def test_a_hidden_period_hides_the_change() -> None:
    table = four(0.7, 0.8, 0.78, 0.8).assign(status=["shown", "shown", "suppressed", "shown"])
    table.loc[2, ["events", "denominator"]] = None
    found = change(table)
    assert (found["status"], found["direction"], bool(found["success"])) == ("suppressed", "suppressed", False)
    numbers = ["gap_before", "gap_after", "change", "change_lower", "focus_did", "finding", "absolute"]
    assert found[numbers].isna().all()


def test_a_group_that_was_not_counted_before() -> None:
    table = counts([("2023", "R", 80, 100), ("2024", "R", 80, 100), ("2024", "F", 50, 100)])
    assert change(table)["status"] == "no data"


def test_estimates_and_rates_of_events() -> None:
    table = pd.concat(
        [estimates([("F", 75, 0.3), ("R", 80, 0.2)], period="2023"), estimates([("F", 78, 0.3), ("R", 80, 0.2)])]
    )
    found = change(table, kind="rate")
    assert found["change"] == pytest.approx(3)
    assert found["change_lower"] == pytest.approx(3 - 1.959963984540054 * (2 * (0.3**2 + 0.2**2)) ** 0.5)
    assert found["relative_adverse"] is None
    visits = counts(
        [("2023", "F", 300, 1000), ("2023", "R", 200, 1000), ("2024", "F", 210, 1000), ("2024", "R", 200, 1000)]
    )
    assert change(visits, up=False, kind="rate")["success"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"before": "2020"}, "no period '2020'"),
        ({"after": "2023"}, "both before and after"),
        ({"before": []}, "names no period"),
        ({"focus": "X"}, "the focus 'X' is not a group there"),
        ({"reference": "X"}, "the reference 'X' is not a group there"),
        ({"reference": "F"}, "both focus and reference"),
        ({"reference": "overall"}, "Use 'others'"),
        ({"focus": "worst"}, "minimum_n"),
        ({"focus": "worst", "minimum_n": 10**6}, "large enough"),
        ({"focus": 3}, "Name a group"),
    ],
)
def test_what_cannot_be_compared(options: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        change(four(0.7, 0.8, 0.78, 0.8), **options)


def test_overlapping_groups_and_pooled_estimates_are_refused() -> None:
    with pytest.raises(ValueError, match="do not overlap"):
        change(four(0.7, 0.8, 0.78, 0.8).assign(overlapping=True))
    table = pd.concat([estimates([("F", 75, 0.3), ("R", 80, 0.2)], period=year) for year in ("2022", "2023", "2024")])
    with pytest.raises(ValueError, match="cannot be added up"):
        change(table, kind="rate", before=["2022", "2023"])
