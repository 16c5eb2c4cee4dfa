"""A row of 0 of 0: nobody was eligible. `suppress` shows it, and every measure passes it on as "no data"."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made import counts

from equityguide.measures import audit, gap_change, gaps, p_chart, rates, standardize, summary, suppress, unknown_bounds

ROWS = [("Asian", 60, 300), ("Black", 0, 0), ("Unknown", 30, 100), ("White", 700, 1000)]


@pytest.mark.parametrize("status", [False, True])
def test_rates_and_gaps_pass_it_on(status: bool) -> None:
    table = counts(ROWS, **({"status": "shown"} if status else {}))
    for found in (rates(table), gaps(table, reference="White", higher_is_better=True), p_chart(table)):
        row = found.set_index("group").loc["Black"]
        assert row["status"] == "no data"
        assert np.isnan(row["rate"])
        assert (row["events"], row["denominator"]) == (0, 0)
    assert gaps(table, reference="White", higher_is_better=True).set_index("group")["label"]["Black"] == "no data"


def test_nothing_else_changes() -> None:
    with_it, without = counts(ROWS), counts([row for row in ROWS if row[0] != "Black"])
    others = gaps(with_it, reference="others", higher_is_better=True)
    alone = gaps(without, reference="others", higher_is_better=True)
    kept = others[others["group"] != "Black"].reset_index(drop=True)
    numbers = ["rate", "reference_rate", "difference", "difference_lower", "p_holm"]
    pd.testing.assert_frame_equal(kept[numbers], alone[numbers])
    assert summary(with_it, higher_is_better=True)["groups"].item() == 2
    assert summary(with_it, higher_is_better=True)["mrd"].item() == pytest.approx(0.5)
    bounds = unknown_bounds(with_it, reference="White").set_index("group")
    assert bounds["bound_lower"].notna().to_dict() == {"Asian": True, "Black": False, "Unknown": False, "White": False}


def test_suppress_and_measures_agree() -> None:
    safe = suppress(counts(ROWS))
    assert safe.set_index("group")["status"]["Black"] == "shown", "a zero is not hidden"
    assert rates(safe).set_index("group")["status"]["Black"] == "no data"
    again = suppress(counts(ROWS))
    assert audit(pd.concat([again, pd.DataFrame(rates(again))])).empty


def test_an_empty_quarter_does_not_hide_the_year() -> None:
    rows = [("2023", g, x, n) for g, x, n in (("Black", 100, 300), ("White", 700, 1000))]
    for period, black in (("2024-Q1", (0, 0)), ("2024-Q2", (200, 300))):
        rows += [(period, "Black", *black), (period, "White", 350, 500)]
    found = gap_change(
        counts(rows),
        focus="Black",
        reference="White",
        before="2023",
        after=["2024-Q1", "2024-Q2"],
        higher_is_better=True,
    )
    assert found["status"].item() == "shown"
    assert found["gap_after"].item() == pytest.approx(200 / 300 - 0.7)


def test_standardize_has_no_rate_for_it() -> None:
    table = pd.concat([counts(ROWS).assign(age=age) for age in ("45-54", "55-64")])
    found = standardize(table).set_index("group")
    assert found["status"]["Black"] == "no data"
    assert found["rate"].isna()["Black"]
    assert found["rate"].notna()["White"]


@pytest.mark.parametrize("kind", ["proportion", "rate"])
def test_events_of_nobody_are_refused(kind: str) -> None:
    with pytest.raises(ValueError, match=r"Row 2 .*: there are events and the denominator is 0. Check both\."):
        rates(counts([("Asian", 30, 100), ("Black", 3, 0)]), kind=kind)
