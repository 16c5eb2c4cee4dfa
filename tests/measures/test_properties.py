"""What must hold for any table: order and names do not matter, intervals hold their estimate and stay in bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import counts

from equityguide.measures import gap_change, gaps, rates, run_chart, signals, summary, unknown_bounds

NAMES = ["Asian", "Black", "Hispanic", "Native", "White"]
QUICK = settings(max_examples=40, deadline=None, derandomize=True)


@st.composite
def tables(draw: st.DrawFn, low: int = 2, periods: int = 1) -> pd.DataFrame:
    size = draw(st.integers(low, len(NAMES)))
    rows = []
    for period in range(periods):
        for name in NAMES[:size]:
            n = draw(st.integers(1, 3000))
            rows.append((str(2023 + period), name, draw(st.integers(0, n)), n))
    return counts(rows)


def same(found: pd.DataFrame, again: pd.DataFrame) -> None:
    keys = ["period", "group"] if "group" in found else ["measure"]
    pd.testing.assert_frame_equal(
        found.set_index(keys).sort_index(), again.set_index(keys).sort_index(), check_exact=False, rtol=1e-9
    )


CALLS: dict[str, Any] = {
    "rates": rates,
    "gaps": lambda t: gaps(t, reference="Asian", higher_is_better=True),
    "gaps best": lambda t: gaps(t, reference="best", higher_is_better=True, minimum_n=1),
    "gaps overall": lambda t: gaps(t, reference="overall", higher_is_better=False),
    "summary": lambda t: summary(t, higher_is_better=True),
    "unknown": lambda t: unknown_bounds(t, reference="Asian"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@QUICK
@given(table=tables(), seed=st.integers(0, 99))
def test_order_does_not_matter(call: Any, table: pd.DataFrame, seed: int) -> None:
    same(call(table), call(table.sample(frac=1, random_state=seed)))


@QUICK
@given(table=tables())
def test_names_do_not_matter(table: pd.DataFrame) -> None:
    names = dict(zip(NAMES, ["n4", "n2", "n3", "n1", "n0"], strict=True))
    other = table.assign(group=table["group"].map(names))
    for found, again in (
        (gaps(table, reference="Asian", higher_is_better=True), gaps(other, reference="n4", higher_is_better=True)),
        (
            gaps(table, reference="others", higher_is_better=True),
            gaps(other, reference="others", higher_is_better=True),
        ),
        (summary(table, higher_is_better=True), summary(other, higher_is_better=True)),
    ):
        drop = [c for c in found if c in ("group", "reference", "best_group", "worst_group")]
        pd.testing.assert_frame_equal(found.drop(columns=drop), again.drop(columns=drop), check_exact=False, rtol=1e-9)


@QUICK
@given(table=tables(), level=st.sampled_from([0.8, 0.95, 0.998]))
def test_intervals_hold_their_value_and_stay_in_bounds(table: pd.DataFrame, level: float) -> None:
    found = gaps(table, reference="Asian", higher_is_better=True, level=level)
    for name, (low, high) in {"rate": (0, 1), "difference": (-1, 1), "ratio_favorable": (0, np.inf)}.items():
        part = found[[f"{name}_lower", name, f"{name}_upper"]].dropna()
        lower, value, upper = part.to_numpy().T
        assert (lower <= value + 1e-12).all()
        assert (value <= upper + 1e-12).all()
        assert (lower >= low - 1e-12).all()
        assert (upper <= high + 1e-12).all()
    p = found[["p_value", "p_holm"]].dropna()
    assert ((p >= 0) & (p <= 1)).all(axis=None)
    assert (p["p_holm"] >= p["p_value"] - 1e-15).all()


@QUICK
@given(table=tables())
def test_counting_the_other_way_turns_the_signs_and_swaps_the_framings(table: pd.DataFrame) -> None:
    found = gaps(table, reference="Asian", higher_is_better=True)
    other = gaps(table.assign(events=table["denominator"] - table["events"]), reference="Asian", higher_is_better=False)
    assert other["difference_lower"].to_numpy() == pytest.approx(-found["difference_upper"].to_numpy(), nan_ok=True)
    for name in ("ratio_favorable", "ratio_adverse_lower", "p_value", "excess_events"):
        assert other[name].to_numpy() == pytest.approx(found[name].to_numpy(), nan_ok=True, abs=1e-9)
    assert other["label"].tolist() == found["label"].tolist()
    assert other["ahrq_2010"].fillna("").tolist() == found["ahrq_2010"].fillna("").tolist()


@QUICK
@given(table=tables())
def test_a_summary_spans_the_rates(table: pd.DataFrame) -> None:
    row = summary(table, higher_is_better=True).iloc[0]
    rate = table["events"] / table["denominator"]
    assert row["mrd"] == pytest.approx(rate.max() - rate.min())
    assert np.isnan(row["srr"]) or row["srr"] >= 1 - 1e-12
    assert row["par"] >= -1e-12
    assert 0 <= row["p_value"] <= 1
    assert row["expected_mrd"] >= 0


@QUICK
@given(table=tables(periods=2))
def test_a_change_backward_is_the_change_forward_with_its_sign_turned(table: pd.DataFrame) -> None:
    options: dict[str, Any] = {"focus": "Asian", "reference": "Black", "higher_is_better": True}
    there = gap_change(table, before="2023", after="2024", **options).iloc[0]
    back = gap_change(table, before="2024", after="2023", **options).iloc[0]
    assert there["change"] == pytest.approx(-back["change"])
    assert there["change_lower"] == pytest.approx(-back["change_upper"])
    assert (there["direction"] == "no detectable change") == (back["direction"] == "no detectable change")
    assert there["success"] <= (there["direction"] == "narrowed")
    assert not (there["success"] and there["reference_did"] == "worsened" and there["gap_before"] < 0)


@QUICK
@given(table=tables(), unknown=st.tuples(st.integers(0, 50), st.integers(0, 50)))
def test_bounds_hold_the_gap(table: pd.DataFrame, unknown: tuple[int, int]) -> None:
    events, without = unknown
    whole = pd.concat([table, counts([("2023", "Unknown", events, events + without + 1)])])
    found = unknown_bounds(whole, reference="Asian").dropna(subset="difference")
    assert (found["bound_lower"] <= found["difference"] + 1e-12).all()
    assert (found["difference"] <= found["bound_upper"] + 1e-12).all()


@QUICK
@given(values=st.lists(st.integers(0, 12), min_size=2, max_size=60))
def test_a_run_chart_upside_down_or_scaled_signals_alike(values: list[int]) -> None:
    found = run_chart(values)
    for other in (run_chart([-v for v in values]), run_chart([3 * v + 5 for v in values])):
        assert other["signal"].tolist() == found["signal"].tolist()
        assert other["chart_signal"].tolist() == found["chart_signal"].tolist()
    backward = run_chart(values[::-1])
    assert backward["signal"].tolist()[::-1] == found["signal"].tolist()
    first = found.iloc[0]
    assert sum(signals.run_lengths(np.sign(np.array(values) - first["center"]))) == first["useful"]
