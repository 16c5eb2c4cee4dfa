"""What `suppress` hides, what it leaves, and what it refuses."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from attackers import COLUMNS, X, one_period, table

from equityguide.suppression import audit, suppress


def hidden(counts: pd.DataFrame, **options: int) -> list[str]:
    """Each row's events and denominator as printed, · for a hidden one."""
    out = suppress(counts, **options)
    texts = out[["events", "denominator"]].astype("string").fillna("·")
    return (texts["events"] + "/" + texts["denominator"]).tolist()


def test_rows_order_columns_and_types() -> None:
    counts = one_period({"race": [(4, 300), (71, 400), (925, 2000)]}).assign(note="x").sample(frac=1, random_state=1)
    before = counts.copy()
    out = suppress(counts)
    pd.testing.assert_frame_equal(counts, before)
    assert out.index.equals(counts.index)
    assert list(out.columns) == [*COLUMNS, "note", "status", "review"]
    assert str(out["events"].dtype) == str(out["denominator"].dtype) == "Int64"
    assert out["group"].tolist() == counts["group"].tolist()


def test_the_next_smallest_covers_a_small_count() -> None:
    # countmaskr's example: 4, 71, 925 with the total known.
    assert hidden(one_period({"race": [(4, 300), (71, 400), (925, 2000)]})) == ["·/300", "·/400", "925/2000"]


@pytest.mark.parametrize("events", [1, 10, 290, 299])
def test_one_to_ten_with_or_without_the_event_is_hidden(events: int) -> None:
    out = suppress(one_period({"race": [(events, 300), (200, 400), (900, 2000)]}))
    assert out["status"].iloc[0] == "suppressed"
    assert out["denominator"].iloc[0] == 300


@pytest.mark.parametrize("events", [0, 11, 289, 300])
def test_zero_and_eleven_are_shown(events: int) -> None:
    out = suppress(one_period({"race": [(events, 300), (200, 400), (900, 2000)]}))
    assert out["status"].tolist() == ["shown"] * 3
    assert out["review"].iloc[0] == {0: "0 of n", 300: "n of n"}.get(events, "")


@pytest.mark.parametrize(("events", "people"), [(0, 10), (3, 10), (10, 10), (0, 1)])
def test_few_people_hide_the_row(events: int, people: int) -> None:
    counts = one_period({"race": [(events, people), (200, 400), (900, 2000), (800, 1900)]})
    out = suppress(counts)
    assert out[["events", "denominator"]].iloc[0].isna().all()
    assert out["review"].iloc[0] == ""
    assert (out["status"] == "suppressed").sum() == 2


def test_nobody_is_not_few() -> None:
    assert hidden(one_period({"race": [(0, 0), (200, 400)]})) == ["0/0", "200/400"]


def test_two_ones_need_a_third() -> None:
    counts = one_period({"race": [(1, 100), (1, 100), (43, 100), (55, 100)]})
    assert hidden(counts) == ["·/100", "·/100", "·/100", "55/100"]


def test_two_tens_need_a_third() -> None:
    # 20 in two hidden rows: whoever guesses that both are small knows both.
    counts = one_period({"race": [(10, 100), (10, 100), (43, 100), (55, 100)]})
    assert hidden(counts) == ["·/100", "·/100", "·/100", "55/100"]


def test_a_row_that_shows_zero_covers_nobody() -> None:
    counts = one_period({"race": [(4, 100), (0, 40), (60, 120)]})
    assert hidden(counts) == ["·/100", "0/40", "·/120"]


def test_no_more_than_needed() -> None:
    counts = one_period({"race": [(4, 100), (9, 90), (60, 120), (70, 140)], "sex": [(70, 220), (73, 230)]})
    assert hidden(counts) == ["·/100", "·/90", "60/120", "70/140", "70/220", "73/230"]


def test_a_row_that_a_later_one_makes_needless_is_shown_again() -> None:
    # The first count alone would hide 30 people's row; the second, needing the third whole, covers both.
    counts = one_period({"race": [(1, 30), (4, 8), (11, 30)]})
    assert hidden(counts) == ["·/30", "·/·", "·/·"]


def test_each_dimension_is_covered_by_itself() -> None:
    counts = one_period({"race": [(4, 100), (60, 120), (70, 140)], "payer": [(5, 100), (60, 120), (69, 140)]})
    out = suppress(counts)
    assert out.groupby("dimension")["status"].agg(lambda status: (status == "suppressed").sum()).tolist() == [2, 2]


def test_a_small_total_is_no_help_to_anybody() -> None:
    # 7 events of 300 in all: nobody may know the total either, so two rows need no third.
    assert hidden(one_period({"race": [(3, 100), (4, 100), (0, 100)]})) == ["·/100", "·/100", "0/100"]


def test_periods_without_a_common_month_stand_alone() -> None:
    quarters = [one_period({"race": [(4, 100), (60, 120), (70, 140)]}).assign(period=f"2024-Q{n}") for n in (1, 2)]
    calm = one_period({"race": [(40, 100), (60, 120), (70, 140)]}).assign(period="2024-Q3")
    assert hidden(pd.concat([*quarters, calm]))[-3:] == ["40/100", "60/120", "70/140"]


def test_a_year_does_not_give_its_quarter_away() -> None:
    parts = [
        one_period({"race": [(first, 100), (60, 120), (70, 140)]}).assign(period=f"2024-Q{place}")
        for place, first in enumerate([4, 20, 22, 25], 1)
    ]
    year = pd.concat(parts).groupby(["measure", "dimension", "group"], as_index=False)[["events", "denominator"]].sum()
    counts = pd.concat([*parts, year.assign(period="2024")], ignore_index=True)[COLUMNS]
    out = suppress(counts)
    alone = (suppress(pd.concat(parts))["status"] == "suppressed").sum()
    assert (out["status"] == "suppressed").sum() > alone == 2
    assert (out.loc[out["period"] == "2024", "status"] == "shown").all(), "combining periods must still show a group"
    assert audit(out).empty


def test_patients_counted_once_a_year_do_not_link_periods() -> None:
    quarter = one_period({"race": [(4, 100), (60, 120), (70, 140)]}).assign(period="2024-Q1")
    year = one_period({"race": [(40, 190), (150, 200), (170, 300)]}).assign(period="2024")
    others = [one_period({"race": [(30, 99), (61, 120), (70, 140)]}).assign(period=f"2024-Q{n}") for n in (2, 3, 4)]
    out = suppress(pd.concat([quarter, *others, year]))
    assert (out["status"] == "suppressed").sum() == 2
    assert audit(out).empty


def test_the_rest_of_a_year_is_a_count_too() -> None:
    # 45 of the year less 40 of its first half: 5 in the second, which no row prints.
    half = one_period({"race": [(40, 100), (60, 120), (70, 140)]}).assign(period="2024-H1")
    year = one_period({"race": [(45, 200), (150, 240), (170, 280)]}).assign(period="2024")
    out = suppress(pd.concat([half, year], ignore_index=True))
    assert out["status"].iloc[[0, 3]].tolist() != ["shown", "shown"]
    assert audit(out).empty


def test_a_small_total_that_other_periods_give_away() -> None:
    # Everybody's events: 7 in the second half year, and 0 in the first. Printing the year's would tell the 7.
    rows = [
        ("m", "2024-H1", "race", "A", 0, 90),
        ("m", "2024-H1", "race", "B", 0, 80),
        ("m", "2024-H2", "race", "A", 3, 90),
    ]
    rows += [
        ("m", "2024-H2", "race", "B", 4, 80),
        ("m", "2024", "race", "A", 3, 180),
        ("m", "2024", "race", "B", 4, 160),
    ]
    calm = [
        ("m", period, "race", "C", events, 500) for period, events in (("2024-H1", 50), ("2024-H2", 0), ("2024", 50))
    ]
    out = suppress(table([*rows, *calm]))
    assert audit(out).empty
    assert out["denominator"].notna().all(), "not everything need go"


def test_a_pair_does_not_give_its_sides_away() -> None:
    cells = {
        ("A", "public"): (4, 100),
        ("A", "private"): (30, 100),
        ("B", "public"): (50, 120),
        ("B", "private"): (80, 200),
    }
    pair = [("m", "2024", f"race{X}payer", f"{a}{X}{b}", *counts) for (a, b), counts in cells.items()]
    race = [("m", "2024", "race", "A", 34, 200), ("m", "2024", "race", "B", 130, 320)]
    payer = [("m", "2024", "payer", "public", 54, 220), ("m", "2024", "payer", "private", 110, 300)]
    out = suppress(table([*pair, *race, *payer]))
    assert (out["status"] == "suppressed").sum() == 4
    assert (out["status"].iloc[4:] == "shown").all(), "hiding the pair's four cells is enough"


def test_people_without_data_are_not_derivable() -> None:
    # Sex counts 300, the languages with data 295: five people whose language was not asked.
    rows = [("m", "2024", "sex", "F", 60, 150), ("m", "2024", "sex", "M", 60, 150)]
    rows += [("m", "2024", "language", "English", 70, 195), ("m", "2024", "language", "Spanish", 50, 100)]
    counts = table([*rows, ("m", "2024", "language", "Vietnamese", None, None)]).assign(
        status=[None] * 4 + ["not asked"]
    )
    out = suppress(counts)
    assert out["status"].iloc[4] == "not asked"
    assert out["denominator"].iloc[2:4].isna().any()
    assert audit(out).empty


def test_missing_counts_keep_their_status_or_become_no_data() -> None:
    rows = [("m", "2024", "race", name, None, None) for name in "ABC"] + [("m", "2024", "race", "D", 40, 80)]
    out = suppress(table(rows).assign(status=["not asked", "suppressed", None, None]))
    assert out["status"].tolist() == ["not asked", "suppressed", "no data", "shown"]


def test_a_steward_may_hide_zero() -> None:
    counts = one_period({"race": [(0, 40), (60, 120), (70, 140)]})
    assert suppress(counts)["review"].tolist() == ["0 of n", "", ""]
    out = suppress(counts.assign(status=["suppressed", None, None]))
    assert out["events"].isna().tolist() == [True, True, False]
    assert out["review"].tolist() == [""] * 3


def test_patients_behind_repeated_events() -> None:
    counts = one_period({"race": [(40, 100), (60, 120), (70, 140)]}).assign(patients=[3, 44, 51], rate=[0.4, 0.5, 0.5])
    out = suppress(counts)
    assert out["status"].tolist() == ["suppressed", "suppressed", "shown"]
    assert out[["patients", "rate"]].isna().all(axis=1).tolist() == [True, True, False]
    assert out["patients"].iloc[2] == 51


def test_completeness_does_not_tell_how_many_are_unknown() -> None:
    # 0.994 of 700 people: four are unknown, on whichever row it stands.
    counts = one_period({"race": [(60, 300), (71, 396), (2, 4)], "sex": [(60, 350), (73, 350)]})
    counts["completeness"] = [0.9943] * 3 + [1.0] * 2
    counts.attrs["unknown"] = 4
    out = suppress(counts)
    assert out["denominator"].isna().tolist()[2]
    assert out["completeness"].isna().tolist() == [True] * 3 + [False] * 2
    assert out.attrs == {}
    assert counts.attrs == {"unknown": 4}


def test_groups_that_overlap() -> None:
    rows = [("m", "2024", "sex", "F", 400, 1000), ("m", "2024", "sex", "M", 400, 1000)]
    rows += [("m", "2024", "race", "A", 500, 1100), ("m", "2024", "race", "B", 797, 1990)]
    counts = table(rows).assign(overlapping=[False, False, True, True])
    out = suppress(counts)
    # 10 people are not B, and 3 of them had the event: neither may follow from the total.
    assert out["denominator"].isna().tolist() == [False, False, False, True]
    assert audit(out).empty
    planted = audit(counts)
    assert ("not B", "denominator", 10) in zip(planted["group"], planted["cell"], planted["upper"], strict=True)


def test_a_row_for_everybody_is_not_one_more_group() -> None:
    counts = one_period({"race": [(4, 300), (71, 400), (925, 2000)]})
    whole = table([("screening", "2024", "race", "All", 1000, 2700)])
    sex = table([("screening", "2024", "sex", "F", 400, 1300), ("screening", "2024", "sex", "M", 600, 1400)])
    assert hidden(pd.concat([counts, whole, sex]))[:4] == ["·/300", "·/400", "925/2000", "1000/2700"]


def test_threshold() -> None:
    counts = one_period({"race": [(4, 300), (71, 400), (925, 2000)]})
    assert hidden(counts, threshold=4) == ["4/300", "71/400", "925/2000"]
    assert hidden(counts, threshold=72)[:2] == ["·/300", "·/400"]
    for wrong in (1, 0, True, 2.5):
        with pytest.raises(ValueError, match="whole number of 2 or more"):
            suppress(counts, threshold=wrong)


QUARTERS = [("m", f"2024-Q{n}", "race", "A", events, 100) for n, events in enumerate((20, 21, 5, 22), 1)]


@pytest.mark.parametrize(
    "year", ["FY2024", "CY2024", "2024 total", "Year 2024", "Jan-Dec 2024", "YTD 2024", "2024-Q5", "Winter"]
)
def test_a_period_without_dates_beside_quarters_is_refused(year: str) -> None:
    """A year of 68 that nobody knows to be one would tell the third quarter's 5."""
    counts = table([*QUARTERS, ("m", year, "race", "A", 68, 400)])
    said = (
        f"counts, m: the period '{year}' has no dates beside '2024-Q1'. Write it as months, such as 2023-07 to 2024-06."
    )
    for ask in (suppress, audit):
        with pytest.raises(ValueError, match="no dates") as refused:
            ask(counts)
        assert str(refused.value) == said
    assert audit(suppress(counts.assign(period=counts["period"].replace(year, "2024")))).empty
    assert len(suppress(counts.assign(measure=[*["m"] * 4, "n"]))) == 5, "another measure has periods of its own"


@pytest.mark.parametrize("periods", [("FY2024", "FY2024 Q1"), ("FY24", "FY24 Q1"), ("Year", "Q1"), ("2024 total", "x")])
def test_years_without_dates_beside_their_parts_are_refused(periods: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=f"the period '{periods[0]}' has no dates beside '{periods[1]}'"):
        suppress(table([("m", period, "race", "A", 60, 100) for period in periods]))


@pytest.mark.parametrize(
    "periods", [("before", "after", "all"), ("FY2024", "all"), ("Year 1", "Year 2"), ("2024", "total")]
)
def test_periods_that_need_no_dates(periods: tuple[str, ...]) -> None:
    assert len(suppress(table([("m", period, "race", "A", 60, 100) for period in periods]))) == len(periods)


SMALL = one_period({"race": [(4, 300), (71, 400), (925, 2000)]})


@pytest.mark.parametrize(
    "numbers",
    [
        pd.Series([4, 71, 925], dtype=object),
        pd.Categorical([4, 71, 925]),
        pd.Series([4, "none", 925], dtype=object),
        pd.to_timedelta([4, 71, 925], "D"),
    ],
    ids=["objects", "categories", "mixed", "days"],
)
def test_numbers_of_any_type_are_hidden(numbers: object) -> None:
    out = suppress(SMALL.assign(seen=numbers))
    assert out["seen"].isna().tolist() == [True, True, False]
    assert not isinstance(out["seen"].dtype, pd.CategoricalDtype), "the categories would list what is hidden"


@pytest.mark.parametrize("text", ["12.5%", "<11", "4 of 300", " (4)"])
@pytest.mark.parametrize("kind", ["str", "category", "object"])
def test_numbers_as_text_are_refused(text: str, kind: str) -> None:
    counts = SMALL.assign(rate=pd.Series([text, None, "none"], dtype=kind))
    with pytest.raises(ValueError, match="text that holds numbers") as refused:
        suppress(counts)
    assert str(refused.value) == (
        "counts, column rate: text that holds numbers cannot be hidden. Make it a number or drop it."
    )


def test_words_flags_and_dates_stay() -> None:
    kept = {
        "clinic": ["North", "South", None],
        "urgent": [True, False, True],
        "day": pd.to_datetime(["2024-01-01"] * 3),
    }
    out = suppress(SMALL.assign(**kept, review="0 of n"))  # a review from an earlier run is written anew
    for name, values in kept.items():
        assert out[name].dropna().tolist() == pd.Series(values).dropna().tolist()


def test_an_empty_table_is_an_empty_table() -> None:
    assert suppress(table([])).empty


GOOD = ("m", "2024", "race", "A", 40, 300)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("m", "2024", "race", "A", -1, 300)], "row 1, column events: -1 is below zero"),
        ([("m", "2024", "race", "A", 4.5, 300)], "row 1, column events: 4.5 is not a whole number"),
        ([("m", "2024", "race", "A", "four", 300)], "row 1, column events: 'four' is not a number"),
        ([("m", "2024", "race", "A", True, 300)], "column events: True is not a number"),
        ([("m", "2024", "race", "A", float("inf"), 300)], "column events: inf is not a whole number"),
        ([("m", "2024", "race", "A", 301, 300)], "column events: 301 is more than the denominator, 300"),
        ([GOOD, GOOD], "row 2 repeats row 1, m, 2024, race, A. Keep one."),
        ([("m", "2024", "race", None, 40, 300)], "row 1, column group is empty"),
        ([("m", "2024", "race", "A", None, 300)], "column events is empty beside the denominator"),
        ([("m", "2024", "race", "A", 3, None)], "column denominator is empty beside the events"),
        ([GOOD, ("m", "2024", "sex", "F", 40, 290)], "Count each person once in every dimension"),
        ([GOOD, ("m", "2024", "sex", "F", 39, 300)], "sex counts 300 people and 39 events, race 300 and 40"),
        (
            [GOOD, ("m", "2024", f"race{X}sex", f"A{X}F", 39, 300), ("m", "2024", f"race{X}sex", f"B{X}F", 1, 0)],
            "more than",
        ),
    ],
)
def test_bad_rows_are_refused_in_one_sentence(rows: list[tuple[object, ...]], sentence: str) -> None:
    with pytest.raises(ValueError, match="counts") as refused:
        suppress(pd.DataFrame(rows, columns=COLUMNS, dtype=object))
    assert sentence in str(refused.value)


def test_bad_tables_are_refused_in_one_sentence() -> None:
    counts = table([GOOD])
    with pytest.raises(ValueError, match="no column denominator"):
        suppress(counts.drop(columns="denominator"))
    with pytest.raises(ValueError, match="two columns group"):
        suppress(pd.concat([counts, counts[["group"]]], axis=1))
    with pytest.raises(ValueError, match="'secret' is none of shown"):
        suppress(counts.assign(status="secret"))
    with pytest.raises(ValueError, match="but the row has counts"):
        suppress(counts.assign(status="no data"))
    with pytest.raises(ValueError, match="but the row has no counts"):
        suppress(table([GOOD, ("m", "2024", "race", "B", None, None)]).assign(status="shown"))


def test_pairs_that_do_not_add_up_are_refused() -> None:
    rows = [("m", "2024", "race", "A", 40, 300), ("m", "2024", "race", "B", 60, 200)]
    pair = [("m", "2024", f"race{X}sex", f"A{X}F", 41, 300), ("m", "2024", f"race{X}sex", f"B{X}F", 59, 200)]
    with pytest.raises(ValueError, match=f"race{X}sex, A counts 300 people and 41 events, race, A 300 and 40"):
        suppress(table([*rows, *pair]))


def test_suppress_needs_numpy_and_pandas_alone() -> None:
    program = """
import sys
import equityguide.suppression as s
import pandas as pd
columns = ["measure", "period", "dimension", "group", "events", "denominator"]
s.suppress(pd.DataFrame([("m", "2024", "race", "A", 4, 300), ("m", "2024", "race", "B", 40, 300)], columns=columns))
own = {name.partition(".")[0] for name in sys.modules}
print(sorted(own & {"scipy", "statsmodels", "altair", "pyarrow", "hypothesis"}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['pyarrow']")  # pandas itself takes pyarrow where it finds it
