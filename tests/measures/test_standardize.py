"""Direct standardization: offered, with the interval that fits, and refused below 10 events."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made import counts, json_of, rows_of

from equityguide.measures import standardize
from equityguide.measures.standardize import US_2000


def by_age(group: str, ages: list[str], events: list[float], people: list[float]) -> pd.DataFrame:
    return pd.concat([counts([(group, x, n)], age=age) for age, x, n in zip(ages, events, people, strict=True)])


def test_adjustment_turns_a_crude_comparison() -> None:
    """Miami 8.92 and Alaska 2.67 deaths per 1,000; with one age structure 6.92 and 6.71."""
    case = json_of("07_schoenbach_miami_alaska.json")
    places = ("Miami", "Alaska")
    table = pd.concat([by_age(p, case["ages"], case[p]["deaths"], case[p]["pop"]) for p in places])
    found = standardize(table, standard=dict(zip(case["ages"], case["standard"], strict=True))).set_index("group")
    for place in places:
        row = found.loc[place]
        assert row["crude_rate"] * 1000 == pytest.approx(case[place]["crude"], rel=1e-8)
        assert row["rate"] * 1000 == pytest.approx(case[place]["adjusted"], rel=1e-8)
        assert [row["rate_lower"] * 1000, row["rate_upper"] * 1000] == pytest.approx(case[place]["gamma95"], rel=1e-8)
    assert found["note"].iloc[0] == "own standard, age 00-14, 15-24, 25-44, 45-64, 65+"


def test_rates_are_ohids_and_few_events_get_none() -> None:
    rows = pd.DataFrame(rows_of("05_dsr_ohid_input.csv"))
    rows["count"] = pd.to_numeric(rows["count"]).fillna(0)
    standard = dict(zip(rows["ageband"], rows["esp2013"].astype(float), strict=True))
    table = pd.concat(
        by_age(area, list(part["ageband"]), list(part["count"]), list(part["pop"].astype(float)))
        for area, part in rows.groupby("area")
    )
    found = standardize(table, standard=standard).set_index("group")
    compared = 0
    for row in rows_of("05_dsr_ohid_expected.csv"):
        if row["area"] not in found.index or row["method"] != "Dobson":
            continue
        ours = found.loc[row["area"]]
        assert ours["events"] == float(row["total_count"])
        if row["value"]:
            per = float(row["statistic"].split()[-1])
            assert ours["rate"] * per == pytest.approx(float(row["value"]), rel=1e-7)
        else:
            assert np.isnan(ours["rate"])
            assert "fewer than 10 events" in ours["note"]
        compared += 1
    assert compared >= 6


def test_the_us_standard_is_the_published_one() -> None:
    rows = rows_of("08_us2000_standard_11ages.csv")
    assert {row["age"]: float(row["population"]) for row in rows} == {age: 1000 * n for age, n in US_2000.items()}
    total = sum(US_2000.values())
    # The printed weights are rounded so that they add up to exactly 1.
    assert [n / total for n in US_2000.values()] == pytest.approx([float(row["weight"]) for row in rows], abs=1e-6)


def test_a_table_of_adults_is_standardized_to_adults() -> None:
    ages = ["45-54", "55-64"]
    found = standardize(by_age("A", ages, [40, 90], [400, 300])).iloc[0]
    weights = np.array([37030, 23961]) / (37030 + 23961)
    assert found["rate"] == pytest.approx(weights @ [0.1, 0.3])
    assert found["rate_lower"] < found["rate"] < found["rate_upper"]
    assert found["note"] == "US population of 2000, age 45-54, 55-64"


def test_a_hidden_age_hides_the_group() -> None:
    table = pd.concat(
        [by_age("A", ["45-54", "55-64"], [40, 90], [400, 300]), by_age("B", ["45-54", "55-64"], [40, 90], [400, 300])]
    ).assign(status=["shown", "suppressed", "shown", "shown"])
    table.iloc[1, [4, 5]] = np.nan
    found = standardize(table).set_index("group")
    assert found.loc["A", "status"] == "suppressed"
    assert found.loc["A", ["events", "denominator", "crude_rate", "rate", "rate_lower", "rate_upper"]].isna().all()
    assert found.loc["B", "rate"] > 0


def test_what_does_not_fit_the_standard() -> None:
    with pytest.raises(ValueError, match="no weight for age '18-24'"):
        standardize(by_age("A", ["18-24", "25-34"], [40, 90], [400, 300]))
    table = pd.concat([by_age("A", ["25-34", "35-44"], [40, 90], [400, 300]), by_age("B", ["25-34"], [40], [400])])
    with pytest.raises(ValueError, match="B: there is no row for age '35-44'"):
        standardize(table)
    with pytest.raises(ValueError, match="lacks the column 'age'"):
        standardize(counts([("A", 40, 400)]))
