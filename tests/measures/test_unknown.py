"""How far unknown groups could move a gap: closed form against brute force."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import counts, json_of

from equityguide.measures import unknown_bounds

CASES = json_of("23_unknown_group_worst_case_bounds.json")


def table_of(case: dict[str, Any]) -> pd.DataFrame:
    return counts(
        [
            ("F", case["focus_events"], case["focus_n"]),
            ("R", case["ref_events"], case["ref_n"]),
            ("Unknown", case["unknown_events"], case["unknown_n"]),
        ]
    )


@pytest.mark.parametrize("case", CASES, ids=["large", "small"])
def test_bounds_are_the_brute_force_ones(case: dict[str, Any]) -> None:
    row = unknown_bounds(table_of(case), reference="R").iloc[0]
    assert row["difference"] == pytest.approx(case["gap_complete_case"], abs=1e-12)
    assert row["bound_lower"] == pytest.approx(case["gap_lower"], abs=1e-12)
    assert row["bound_upper"] == pytest.approx(case["gap_upper"], abs=1e-12)
    assert bool(row["could_change"]) == (case["gap_upper"] >= 0)


def test_every_way_of_sharing_them_out_stays_inside() -> None:
    case = CASES[1]
    row = unknown_bounds(table_of(case), reference="R").iloc[0]
    events, without = case["unknown_events"], case["unknown_n"] - case["unknown_events"]
    for a, b in itertools.product(range(events + 1), range(without + 1)):
        f = (case["focus_events"] + a) / (case["focus_n"] + a + b)
        r = (case["ref_events"] + events - a) / (case["ref_n"] + events - a + without - b)
        assert row["bound_lower"] - 1e-12 <= f - r <= row["bound_upper"] + 1e-12


def test_declined_count_with_the_unknown() -> None:
    table = counts([("F", 30, 100), ("R", 40, 100), ("Unknown", 3, 8), ("Declined", 5, 12)])
    row = unknown_bounds(table, reference="R").iloc[0]
    assert (row["unknown"], row["bound_lower"]) == (20, pytest.approx(CASES[0]["gap_lower"]))


def test_nobody_unknown_nothing_moves() -> None:
    row = unknown_bounds(counts([("F", 30, 100), ("R", 40, 100)]), reference="R").iloc[0]
    assert row["bound_lower"] == row["bound_upper"] == row["difference"]
    assert not row["could_change"]


def test_hidden_unknowns_hide_the_bounds() -> None:
    table = counts([("F", 30, 100), ("R", 40, 100), ("Unknown", None, None)], status=["shown", "shown", "suppressed"])
    row = unknown_bounds(table, reference="R").iloc[0]
    assert row["difference"] == pytest.approx(-0.1)
    assert row[["unknown", "bound_lower", "bound_upper", "could_change"]].isna().all()


def test_each_dimension_has_its_unknown() -> None:
    table = pd.concat([table_of(CASES[0]), table_of(CASES[1]).assign(dimension="payer")])
    found = unknown_bounds(table, reference={"race": "R", "payer": "R"})
    assert found["bound_lower"].tolist() == pytest.approx(
        [CASES[0]["gap_lower"], np.nan, np.nan, CASES[1]["gap_lower"], np.nan, np.nan], nan_ok=True
    )


@pytest.mark.parametrize("reference", ["best", "largest", "others", "overall"])
def test_only_a_named_group_is_a_reference(reference: str) -> None:
    with pytest.raises(ValueError, match="Name a group"):
        unknown_bounds(table_of(CASES[0]), reference=reference)
