"""Periods added up: sums against the records themselves, and every refusal in a sentence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from equityguide import data
from equityguide.measures import answered, combine, suppress
from equityguide.suppression import audit

COLUMNS = ["measure", "period", "dimension", "group", "events", "denominator"]


def quarters(*periods: str) -> pd.DataFrame:
    return pd.DataFrame([("tested", period, "language", "Spanish", 3, 9) for period in periods], columns=COLUMNS)


# Two small groups beside two large ones: hiding the small ones leaves something shown.
PARTLY = pd.concat(
    quarters("2024-Q1").assign(group=group, events=events, denominator=denominator)
    for group, events, denominator in [("Arabic", 3, 20), ("Spanish", 4, 30), ("English", 50, 90), ("Urdu", 40, 80)]
)


def test_years_and_all_of_the_sample_organization() -> None:
    counts = data.load("organization", "measures")
    combined = combine(counts, "year", "all")
    assert list(combined.columns) == COLUMNS
    assert sorted(combined["period"].unique()) == ["2021", "2021 to 2024", "2022", "2023", "2024"]
    records = data.load("organization")
    whole = combined[(combined["period"] == "2021 to 2024") & (combined["dimension"] == "payer")]
    by_measure = records.groupby("measure")["event"].agg(["sum", "size"])
    sums = whole.groupby("measure")[["events", "denominator"]].sum()
    # The records are coded, so measures are matched by their sizes.
    assert sorted(sums.itertuples(index=False, name=None)) == sorted(by_measure.itertuples(index=False, name=None))
    one = counts[
        (counts["measure"] == "hba1c_testing")
        & (counts["group"] == "Native Hawaiian or Pacific Islander")
        & counts["period"].str.startswith("2023")
    ]
    row = combined.set_index(["measure", "period", "group"]).loc["hba1c_testing", "2023", one["group"].iloc[0]]
    assert (row["events"], row["denominator"]) == (one["events"].sum(), one["denominator"].sum())


def test_what_is_combined_keeps_where_it_came_from() -> None:
    counts = data.load("organization", "measures")
    counts.attrs["dataset"] = "organization"
    assert combine(counts, "all").attrs["dataset"] == "organization"


def test_a_small_group_comes_back() -> None:
    counts = data.load("organization", "measures").query("measure == 'hba1c_testing'")
    protected = suppress(combine(counts, "year", "all"))
    group = protected[protected["group"] == "Native Hawaiian or Pacific Islander"].set_index("period")["status"]
    assert group.to_dict() == {**dict.fromkeys(["2021", "2022", "2023", "2024"], "suppressed"), "2021 to 2024": "shown"}
    assert audit(protected).empty


def test_answers_are_known_declined_or_unknown() -> None:
    counts = data.load("organization", "measures").query("measure == 'first_trimester_prenatal_care'")
    answers = answered(combine(counts, "all")).set_index(["dimension", "group"])["denominator"]
    people = counts.query("dimension == 'language'")["denominator"].sum()
    unknown = counts.query("dimension == 'language' and group in ['Unknown', 'Declined']")["denominator"].sum()
    assert set(answers.index.get_level_values("group")) == {"Known", "Unknown", "Declined"}
    assert answers["language", "Known"] == people - unknown
    assert answers.groupby("dimension").sum().unique().tolist() == [people]


def test_answers_of_hidden_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="Combine first, then suppress"):
        answered(suppress(PARTLY))


def test_a_span_that_is_no_whole_year_says_its_ends() -> None:
    assert combine(quarters("2023-Q4", "2024-Q1"), "all")["period"].tolist() == ["2023-Q4 to 2024-Q1"]
    assert combine(quarters("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"), "all")["period"].tolist() == ["2024"]
    assert combine(quarters("2024-H1", "2024-Q3", "2024-10", "2024-11", "2024-12"), "year")["events"].tolist() == [15]


@pytest.mark.parametrize(
    ("table", "lengths", "said"),
    [
        (quarters("2024-Q1"), (), "lengths are missing"),
        (quarters("2024-Q1"), ("month",), "Write 'year', 'all' or both"),
        (quarters("2024-Q1", "2024-Q2", "2024-Q4"), ("year",), "the periods of 2024 hold 9 months of 12"),
        (quarters("2024-Q1", "2024-02"), ("all",), "2024-Q1 and 2024-02 share a month"),
        (quarters("2023-Q4 to 2024-Q1"), ("year",), "crosses the turn of a year"),
        (quarters("before"), ("all",), "'before' has no dates"),
        (suppress(PARTLY), ("all",), "Combine first, then suppress"),
        (quarters("2024-Q1").rename(columns={"events": "estimate"}), ("all",), "design-weighted estimates"),
    ],
)
def test_refusals(table: pd.DataFrame, lengths: tuple[Any, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        combine(table, *lengths)
