"""The committed federal tables: no small count in them or to be had from them, and what the book quotes."""

from __future__ import annotations

import pytest
from federal_files import COVID, DATASETS, HEART, MATERNAL, SCREENING

from equityguide import data


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_committed_count_of_people_is_small(dataset: str):
    rows = data.load(dataset)
    resource = data.describe(dataset)["resources"][0]
    for field in resource["schema"]["fields"]:
        if field["unit"] in {"people", "deaths"}:
            known = rows[field["name"]].dropna()
            assert not known.between(1, 10).any(), field["name"]
    if {"events", "denominator"} <= set(rows):
        rest = (rows["denominator"] - rows["events"]).dropna()
        assert not rest.between(1, 10).any()
    if {"screened", "respondents"} <= set(rows):
        assert not (rows["respondents"] - rows["screened"]).dropna().between(1, 10).any()
    if "status" in rows:
        withheld = rows[rows["status"] == "suppressed"]
        assert len(withheld) > 0
        kept = {"live_births"}  # of all women, not of those who died
        numbers = withheld.select_dtypes("number").drop(columns=["year", *kept], errors="ignore")
        assert numbers.isna().all().all()
    assert (data.root() / dataset / f"{dataset}.csv").stat().st_size < 150_000


def test_totals_give_no_withheld_count_away():
    """What is left of each total after the groups shown is 11 or more, shared by two groups or with people in none."""
    rows = data.load(HEART)
    for measure, of_measure in rows.groupby("measure"):
        total = of_measure[of_measure["dimension"] == "all"].iloc[0]
        for dimension, part in of_measure.groupby("dimension"):
            away = part[part["status"] == "suppressed"]
            for column in ("events", "denominator"):
                left = total[column] - part[column].sum()
                assert left == 0 if away.empty else (left >= 11 and len(away) > 1), (measure, dimension)
    deaths = data.load(MATERNAL)
    for year, part in deaths.groupby("year"):
        shown = part.set_index("group")["deaths"]
        assert shown["All"] - shown.drop("All").sum() >= 11, year
    people = data.load(COVID).set_index(["date", "group"])[["first_dose_people", "full_course_people"]]
    for date, part in people.groupby(level="date"):
        assert (2 * part.loc[(date, "All")] == part.sum()).all()
    asked = data.load(SCREENING).query("place == 'United States'")
    sums = asked.groupby(["test", "dimension"])[["screened", "respondents"]].sum()
    assert (sums.groupby(level="test").nunique() == 1).all().all()


def test_weighted_and_counted_values_differ():
    rows = data.load(SCREENING)
    black = rows.query("test == 'colorectal' and place == 'United States' and group == 'Black'").iloc[0]
    assert round(black["screened_percent"], 1) == 68.4
    assert round(100 * black["screened"] / black["respondents"], 1) == 71.0
    assert rows.attrs["kind"] == "estimates"


def test_every_endpoint_that_nobody_tried_says_so():
    for dataset in DATASETS:
        note = data.describe(dataset)["sources"][0]["note"]
        assert "endpoint unconfirmed" in note or "confirmed by look-up" in note
        assert note in (data.root() / dataset / "README.md").read_text()
