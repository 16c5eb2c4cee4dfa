"""Rates: the right interval for the kind, no numbers where nothing is shown, no survey counts."""

from __future__ import annotations

import pandas as pd
import pytest
from made import counts, estimates, rows_of

from equityguide.measures import rates


def test_worked_example() -> None:
    """65 of 100: 65 %, Wilson 55.3 to 73.6 (OHID's Area 4)."""
    row = rates(counts([("Asian", 65, 100)])).iloc[0]
    assert (row["rate"], round(row["rate_lower"], 4), round(row["rate_upper"], 4)) == (0.65, 0.5525, 0.7364)
    assert row["level"] == 0.95


def test_a_rate_is_exact_below_10_events_and_byars_from_10() -> None:
    found = rates(counts([("A", 5, 100), ("B", 20, 100)]), kind="rate")
    assert found["rate_lower"].tolist() == pytest.approx([0.0162348639011842, 0.12211428834875937])
    assert found["rate_upper"].tolist() == pytest.approx([0.11668332079322669, 0.30889880369197066])


def test_a_rate_may_exceed_1_and_its_denominator_may_be_time() -> None:
    assert rates(counts([("A", 250, 220.5)]), kind="rate")["rate"][0] == pytest.approx(250 / 220.5)


def test_repeated_events_say_that_the_interval_may_be_too_narrow() -> None:
    table = counts([("A", 40, 1000), ("B", None, None)], patients=[25, 4], status=["shown", "suppressed"])
    found = rates(table, kind="rate")
    assert "(25 patients): the interval may be too narrow" in found["note"][0]
    assert pd.isna(found["patients"][1])
    assert found["note"][1] == ""
    assert "count the patients" in rates(counts([("A", 40, 1000)]), kind="rate")["note"][0]


@pytest.mark.parametrize("row", rows_of("13_nchs_presentation_srs_grid.csv"), ids=lambda row: f"{row['x']}of{row['n']}")
def test_the_presentation_standard_is_nchss(row: dict[str, str]) -> None:
    names = {"present_with_review": "review", "present_footnote_complement": "footnote"}
    found = rates(counts([("A", float(row["x"]), float(row["n"]))]))["nchs"][0]
    assert found == names.get(row["decision"], row["decision"])


def test_the_presentation_standard_shows_what_is_precise() -> None:
    assert rates(counts([("A", 700, 1000)]))["nchs"][0] == "present"
    assert rates(counts([("A", 1, 300)]))["nchs"][0] == "present"
    assert rates(counts([("A", 5, 100)]))["nchs"][0] == "suppress"


@pytest.mark.parametrize("marked", ["column", "attrs"])
def test_design_weighted_estimates_are_refused(marked: str) -> None:
    table = estimates([("A", 0.684, 0.01)]) if marked == "column" else counts([("A", 710, 1000)])
    if marked == "attrs":
        table.attrs["kind"] = "estimates"
    with pytest.raises(ValueError, match="design-weighted estimates"):
        rates(table)


def test_rows_keep_their_order_index_and_columns_say_what_they_were() -> None:
    table = counts([("B", 6, 10), ("A", 5, 10)])
    found = rates(table)
    assert found["group"].tolist() == ["B", "A"]
    assert list(table.columns) == list(found.columns[:6])
    assert "status" not in table
