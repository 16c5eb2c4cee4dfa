"""From raw counts to a published gap: suppress first, measure after, and nothing hidden comes back."""

from __future__ import annotations

import numpy as np
from made import counts

from equityguide.measures import audit, gaps, rates, suppress

RAW = counts([("Asian", 40, 100), ("Black", 300, 500), ("Native", 4, 40), ("White", 60, 200)])


def test_measures_take_what_suppress_gives() -> None:
    safe = suppress(RAW)
    assert list(safe["status"]) == ["suppressed", "shown", "suppressed", "shown"]
    assert audit(safe).empty
    for measured in (rates(safe), gaps(safe, reference="Black", higher_is_better=True)):
        hidden = (measured["status"] == "suppressed").to_numpy()
        assert measured.loc[hidden, "rate"].isna().all()
        assert measured.loc[hidden, "events"].isna().all()
        assert np.isclose(measured.loc[measured["group"] == "White", "rate"].item(), 0.3)
        assert list(measured.loc[hidden, "denominator"]) == [100, 40]


def test_others_and_overall_do_not_give_a_hidden_count_back() -> None:
    safe = suppress(RAW)
    for reference in ("others", "overall"):
        measured = gaps(safe, reference=reference, higher_is_better=True)
        hidden = measured["status"] == "suppressed"
        assert measured.loc[hidden, ["rate", "difference", "excess_events"]].isna().all(axis=None)
        # What stands as reference is computed from shown rows alone.
        assert measured.loc[~hidden, "reference_rate"].notna().all()
