"""Published estimates as the measures take them; the teaching point of colorectal screening, adjusted and not."""

from __future__ import annotations

import pandas as pd
import pytest

from equityguide import data
from equityguide.measures import estimates, gap_change, gaps, rates
from equityguide.measures.distributions import two_sided

# Printed in the specification of the chapter, from the agency's estimates: points, 95% limits.
CRUDE = (1.3, -0.05, 2.7)  # White less Black
ADJUSTED = (2.5, -0.6, 5.5)  # Black less White


def colorectal() -> pd.DataFrame:
    rows = data.load("cancer_screening_brfss_2022")
    return rows[(rows["test"] == "colorectal") & (rows["place"] == "United States") & (rows["dimension"] == "race")]


def in_points(rows: pd.DataFrame, group: str) -> list[float]:
    found = rows.set_index("group").loc[group]
    return [100 * found[name] for name in ("difference", "difference_lower", "difference_upper")]


def test_adjustment_flips_the_sign_of_a_difference_too_small_to_call() -> None:
    about = {"measure": "test", "period": "2022", "per": 100}
    crude = estimates(
        colorectal(), estimate="screened_percent", limits=("ci95_lower_percent", "ci95_upper_percent"), **about
    )
    limits = ("adjusted_ci95_lower_percent", "adjusted_ci95_upper_percent")
    adjusted = estimates(colorectal(), estimate="adjusted_percent", limits=limits, **about)
    before = gaps(crude, reference="Black", higher_is_better=True)
    after = gaps(adjusted, reference="White", higher_is_better=True)
    # The agency's table is rounded to 0.01 and the printed limits to 0.1 or 0.05.
    assert in_points(before, "White") == pytest.approx(CRUDE, abs=0.06)
    assert in_points(after, "Black") == pytest.approx(ADJUSTED, abs=0.06)
    assert before.set_index("group")["label"]["White"] == "cannot tell"
    assert after.set_index("group")["label"]["Black"] == "cannot tell"
    assert before["excess_events"].isna().all(), "an estimate's denominator is not people"


def test_limits_by_hand() -> None:
    """Independent normal estimates: the errors of both sides added in squares."""
    rows = colorectal().set_index("group")
    half = (rows["ci95_upper_percent"] - rows["ci95_lower_percent"]) / 2
    gap = rows["screened_percent"]["White"] - rows["screened_percent"]["Black"]
    spread = (half["White"] ** 2 + half["Black"] ** 2) ** 0.5
    assert (gap, gap - spread, gap + spread) == pytest.approx((1.34, -0.047, 2.727), abs=0.001)
    assert (gap, gap - spread, gap + spread) == pytest.approx(CRUDE, abs=0.06)


def test_standard_errors_columns_and_constants() -> None:
    meps = data.load("meps_diabetes_care")
    rows = estimates(meps, estimate="percent", se="se_points", measure="measure", period="year", per=100)
    assert list(rows) == ["measure", "period", "dimension", "group", "estimate", "se", "status"]
    assert rows["estimate"].iloc[0] == pytest.approx(0.6325)
    assert rows["se"].iloc[0] == pytest.approx(0.0137)
    assert rows["measure"].iloc[0] == "HbA1c measured"
    assert str(rows["period"].iloc[0]) == "2008"
    assert (rows["status"] == "shown").equals(rows["estimate"].notna())
    one = rows[(rows["measure"] == "HbA1c measured") & (rows["dimension"] == "race and ethnicity")]
    found = gap_change(
        one, focus="Hispanic", reference="White", before="2008", after="2022", higher_is_better=True
    ).iloc[0]
    was = meps[(meps["year"] == 2008) & (meps["measure"] == "HbA1c measured")].set_index("group")
    gap = (was["percent"]["Hispanic"] - was["percent"]["White"]) / 100
    assert found["gap_before"] == pytest.approx(gap)
    error = (was["se_points"]["Hispanic"] ** 2 + was["se_points"]["White"] ** 2) ** 0.5 / 100
    assert found["gap_before_lower"] == pytest.approx(gap - two_sided(0.95) * error)


def test_a_missing_estimate_is_no_data() -> None:
    table = pd.DataFrame({"dimension": "payer", "group": ["A", "B"], "value": [61.0, None], "error": [1.0, None]})
    rows = estimates(table, estimate="value", se="error", measure="screening", period="2022", per=100)
    assert rows["status"].tolist() == ["shown", "no data"]


def test_raw_counts_do_not_come_along() -> None:
    rows = estimates(colorectal(), estimate="screened_percent", se="screened_percent", measure="test", period="2022")
    assert "respondents" not in rows
    with pytest.raises(ValueError, match="design-weighted estimates"):
        rates(rows)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"estimate": "per_cent"}, "The table has no column 'per_cent'. It has test, place"),
        ({"se": None}, "Estimates need se or limits"),
        ({"limits": ("adjusted_percent", "adjusted_percent")}, "Estimates need se or limits"),
    ],
)
def test_what_cannot_be(changes: dict[str, object], said: str) -> None:
    given = {"estimate": "screened_percent", "se": "screened_percent", "measure": "test", "period": "2022", **changes}
    with pytest.raises(ValueError, match=said):
        estimates(colorectal(), **given)
