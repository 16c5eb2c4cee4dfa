"""Rows are chosen without losing the seal, and every table remembers the counts it was computed from."""

from __future__ import annotations

import pandas as pd
import pytest

from equityguide import data
from equityguide.suppression import Suppressed, derive, origin, pick, published, require, suppress

KEYS = ["measure", "period", "dimension", "group", "events", "denominator"]
RAW = pd.DataFrame(
    [
        ("screening", period, "race", group, events, people)
        for period in ("2024-Q1", "2024-Q2")
        for group, events, people in (("Asian", 4, 300), ("Black", 71, 400), ("White", 925, 2000))
    ],
    columns=KEYS,
)


@pytest.fixture
def safe() -> Suppressed:
    return suppress(RAW)


def test_equality_and_membership(safe: Suppressed) -> None:
    one = pick(safe, period="2024-Q2", group=["White", "Asian"])
    assert require(one) is one
    assert one["group"].tolist() == ["Asian", "White"], "in the table's order"
    assert one.index.tolist() == [0, 1]
    assert one["status"].tolist() == ["suppressed", "shown"], "a hidden row stays as a row"
    assert set(one["period"]) == {"2024-Q2"}
    assert len(pick(safe)) == 6


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"quarter": "2024-Q1"}, r"no column 'quarter'. It has measure, period"),
        ({"period": "2024-Q9"}, r"^period: the table has no '2024-Q9'. It has 2024-Q1, 2024-Q2\.$"),
        ({"group": ["Asian", "Martian"]}, r"^group: the table has no 'Martian'"),
        ({"group": "Asian", "status": "shown"}, r"No row of the table holds group 'Asian', status 'shown' together"),
    ],
)
def test_what_is_not_there(safe: Suppressed, columns: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        pick(safe, **columns)


def test_only_from_suppressed_tables(safe: Suppressed) -> None:
    with pytest.raises(TypeError, match="has not been through suppress"):
        pick(RAW, group="White")
    safe.loc[0, "events"] = 4
    with pytest.raises(TypeError, match="changed after"):
        pick(safe, group="White")


def test_the_origin_of_counts_is_what_was_picked(safe: Suppressed) -> None:
    assert len(origin(safe).counts) == 6
    assert origin(pick(safe, period="2024-Q1")).counts["period"].unique().tolist() == ["2024-Q1"]
    assert list(origin(safe).counts) == [*KEYS, "status"]


def test_the_origin_of_a_result_is_all_it_was_computed_from(safe: Suppressed) -> None:
    """A measure's numbers may rest on rows that a later choice leaves out."""
    first = pick(safe, period="2024-Q1")
    share = derive(lambda rows: rows.assign(share=rows["events"] / rows["events"].sum()), first)
    assert len(origin(pick(share, group="White")).counts) == 3
    both = derive(lambda a, b: pd.concat([a, b]), share, pick(safe, period="2024-Q2", group="White"))
    assert len(origin(both).counts) == 4


def test_datasets_are_remembered() -> None:
    RAW.attrs["dataset"] = "organization"
    try:
        of = pick(suppress(RAW), period="2024-Q1")
    finally:
        RAW.attrs.clear()
    assert origin(of).datasets == {"organization"}
    assert origin(suppress(RAW)).datasets == set()
    assert origin(derive(lambda a, b: a, suppress(RAW), of)).datasets == {"organization"}


def test_published_tables_are_sealed_as_they_are() -> None:
    table = published("medicare_cardiovascular_care_2020")
    pd.testing.assert_frame_equal(pd.DataFrame(table), data.load("medicare_cardiovascular_care_2020"))
    assert origin(table).datasets == {"medicare_cardiovascular_care_2020"}
    assert origin(table).counts.empty
    assert require(derive(lambda rows: rows.assign(period="2020"), table)) is not None


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        ("organization", "an organization's counts. Pass them through suppress"),
        ("covid_vaccination_by_race_us", "it has no column status"),
        ("nowhere", "There is no dataset"),
    ],
)
def test_what_is_not_published(dataset: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        published(dataset)
