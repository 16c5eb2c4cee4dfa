"""What a table cannot be: one sentence each, naming the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from made import counts, estimates

from equityguide.measures import gap_change, gaps, p_chart, rates, standardize, summary, unknown_bounds

TWO = [("Asian", 30, 100), ("White", 60, 100)]

FAULTS: dict[str, tuple[pd.DataFrame, str]] = {
    "above": (counts([*TWO, ("Black", 12, 10)]), r"Row 3 \(screening, 2024, race, Black\): events are above"),
    "negative events": (counts([("Black", -1, 10), *TWO]), r"Row 1 .*Black\): events is below 0"),
    "negative denominator": (counts([("Black", 0, -10), *TWO]), r"Row 1 .*: denominator is below 0"),
    "fractional events": (counts([*TWO, ("Black", 1.5, 10)]), r"Row 3 .*: events is not a whole number"),
    "fractional people": (counts([*TWO, ("Black", 1, 10.5)]), r"Row 3 .*: the denominator is not a whole number"),
    "infinite": (counts([*TWO, ("Black", 1, float("inf"))]), r"Row 3 .*: denominator is not a number"),
    "text": (counts([*TWO, ("Black", "many", 10)]), r"Row 3 .*: events is not a number"),
    "half": (counts([*TWO, ("Black", 1, None)]), r"Row 3 .*: events or denominator is empty"),
    "shown and empty": (counts([*TWO, ("Black", None, None)], status="shown"), r"Row 3 .*: the status is shown and"),
    "hidden and given": (
        counts(TWO, status=["shown", "suppressed"]),
        r"Row 2 .*: the status is not shown and .* Pass the table through `suppress`",
    ),
    "unheard status": (counts(TWO, status=["shown", "secret"]), "status is none of shown, suppressed"),
    "all hidden": (counts([("A", None, None), ("B", None, None)], status="suppressed"), "all are suppressed"),
    "twice": (counts([*TWO, TWO[0]]), r"Row 3 .*Asian\): this row stands in the table twice"),
    "no group": (counts([*TWO, (None, 1, 10)]), r"Row 3 .*: group is empty"),
    "no rows": (counts([]), "has no rows"),
    "no column": (counts(TWO).drop(columns="events"), "lacks the column 'events'"),
}
MEASURES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "rates": rates,
    "gaps": lambda table: gaps(table, reference="White", higher_is_better=True),
    "summary": lambda table: summary(table, higher_is_better=True),
    "gap_change": lambda table: gap_change(
        table, focus="Asian", reference="White", before="2023", after="2024", higher_is_better=True
    ),
    "p_chart": p_chart,
    "standardize": lambda table: standardize(table.assign(age="45-54")),
    "unknown_bounds": lambda table: unknown_bounds(table, reference="White"),
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
@pytest.mark.parametrize(("table", "said"), FAULTS.values(), ids=FAULTS)
def test_counts_that_cannot_be(measure: Callable[[pd.DataFrame], Any], table: pd.DataFrame, said: str) -> None:
    # Standardized are rates: their denominator may be time, and events may repeat.
    if measure is MEASURES["standardize"] and ("above" in said or "the denominator is not a whole" in said):
        return
    with pytest.raises(ValueError, match=said) as caught:
        measure(table)
    assert "\n" not in str(caught.value)


ESTIMATES: dict[str, tuple[pd.DataFrame, str]] = {
    "percent": (estimates([("A", 68.4, 1), ("B", 71.0, 1)]), r"Row 1 .*: a proportion is above 1. Divide percentages"),
    "no error": (estimates([("A", 0.6, None), ("B", 0.7, 0.1)]), r"Row 1 .*: se is missing or below 0"),
    "negative error": (estimates([("A", 0.6, 0.1), ("B", 0.7, -0.1)]), r"Row 2 .*: se is missing or below 0"),
    "no limits": (estimates([("A", 0.6, 0.1), ("B", 0.7, 0.1)]).drop(columns="se"), "lacks the column 'lower'"),
    "outside": (
        estimates([("A", 0.6, 0), ("B", 0.7, 0)], lower=0.65, upper=0.8, level=0.95).drop(columns="se"),
        r"Row 1 .*: the limits do not enclose the estimate",
    ),
    "level": (
        estimates([("A", 0.6, 0), ("B", 0.7, 0)], lower=0.5, upper=0.8, level=95).drop(columns="se"),
        r"Row 1 .*: level is not between 0 and 1",
    ),
}


@pytest.mark.parametrize(("table", "said"), ESTIMATES.values(), ids=ESTIMATES)
def test_estimates_that_cannot_be(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        gaps(table, reference="A", higher_is_better=True)


def test_a_log_interval_needs_positive_estimates() -> None:
    with pytest.raises(ValueError, match="needs an estimate above 0"):
        gaps(estimates([("A", 0, 0.1), ("B", 0.7, 0.1)]), reference="B", higher_is_better=True, scale="log")
    with pytest.raises(ValueError, match="scale is for published estimates"):
        gaps(counts(TWO), reference="White", higher_is_better=True, scale="log")
    limits = estimates([("A", 0.5, 0), ("B", 0.7, 0)], lower=0.0, upper=0.8, level=0.95).drop(columns="se")
    with pytest.raises(ValueError, match="needs limits above 0"):
        gaps(limits, reference="B", higher_is_better=True, scale="log")


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (
            counts(TWO),
            {"reference": "Martian"},
            "the reference 'Martian' is not a group there. Choose one of Asian, White",
        ),
        (counts([*TWO, ("Unknown", 3, 9)]), {"reference": "Unknown"}, "the reference 'Unknown' is not a group there"),
        (counts(TWO[:1]), {}, "screening, 2024, race: a gap needs at least two groups"),
        (counts([TWO[0], ("Unknown", 3, 9)]), {}, "at least two groups besides Unknown"),
        (counts(TWO), {"reference": 80}, "The reference 80 is out of range"),
        (counts(TWO), {"reference": float("nan")}, "out of range"),
        (counts(TWO), {"meaningful": -0.05}, "meaningful is -0.05"),
        (counts(TWO), {"level": 95}, "level is 95"),
        (counts(TWO), {"kind": "percent"}, "Write 'proportion' or 'rate'"),
        (counts(TWO).to_dict(), {}, "not a pandas DataFrame"),
        (estimates([("A", 0.5, 0.1), ("B", 0.6, 0.1)]), {"reference": "largest"}, "number of people"),
        (
            estimates([("A", 0.5, 0.1), ("B", 0.6, 0.1)]),
            {"reference": "best", "minimum_n": 50},
            "number of people",
        ),
    ],
)
def test_gaps_that_cannot_be(table: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        gaps(table, **{"reference": "White", "higher_is_better": True, **options})


def test_one_group_has_no_summary_and_no_bounds() -> None:
    with pytest.raises(ValueError, match="at least two groups"):
        summary(counts(TWO[:1]), higher_is_better=True)
    with pytest.raises(ValueError, match="at least two groups"):
        unknown_bounds(counts(TWO[:1]), reference="Asian")
