from __future__ import annotations

import functools
from typing import Any

import manners
import pytest

from equityguide import data
from equityguide.worksheets import chart_improvement as task
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import File

CHECKS = {
    "warm-up": task.warm_up, "aim": task.aim, "signals": task.signals, "survey": task.answering,
    "leveled": task.leveled, "plan": task.plan,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "aim": {"guard": list(task.GUARDS.values())},
    "signals": {
        "first": task.quarters(), "still": [task.FOCUS, task.NAMED], "inside": list(task.CHANCE.values()),
    },
    "survey": {"says": list(task.ANSWERS.values())},
    "leveled": {
        "who": list(task.WHO_MOVED.values()), "success": list(task.SUCCESS.values()),
        "balance": list(task.BALANCE.values()),
    },
}  # fmt: skip
HEAD = b"measure,period,dimension,group,events,denominator\n"
SERIES = HEAD + b"".join(
    b"shots,2024-0%d,language,English,%d,600\nshots,2024-0%d,language,Spanish,4,30\n" % (month, 300 + month, month)
    + b"shots,2024-0%d,language,French,50,200\n" % month
    for month in range(1, 9)
)


@functools.cache
def survey(year: int, column: str) -> float:
    rows = data.load("meps_diabetes_care")
    one = rows[(rows["measure"] == "HbA1c measured") & (rows["group"] == "Black") & (rows["year"] == year)]
    return float(one[column].iloc[0])


@functools.cache
def share(measure: str, group: str, year: str) -> float:
    """Events of 100 in a year, added up here from the file."""
    rows = data.load("organization", "measures")
    rows = rows[(rows["measure"] == measure) & (rows["group"] == group) & rows["period"].str.startswith(year)]
    rows = rows[rows["dimension"] == "race_and_ethnicity"]
    return 100 * rows["events"].sum() / rows["denominator"].sum()


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"change": "none"},
        "aim": {
            "from": round(share("colorectal_cancer_screening", "Black or African American", "2021")), "to": "75",
            "when": "June 2024", "guard": "none worse",
        },
        "signals": {"first": "2023-Q2", "still": "White", "inside": "nothing"},
        "survey": {
            "rise": round(survey(2022, "percent") - survey(2008, "percent")),
            "silent": round(survey(2008, "no_answer_percent") - survey(2022, "no_answer_percent")), "says": "both",
        },
        "leveled": {"who": "named", "success": "no", "balance": "groups"},
        "plan": {
            "change": "One team calls ten people.", "expect": "Four of them come.", "left": "People without phones.",
            "study": "Visits by language group.", "file": None, "measure": None, "dimension": None,
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    if name != "plan":  # a form keeps a file, or nothing
        manners.blank_is_not_yet(check, answers)
    manners.one_blank_is_never_right(check, answers, optional=("file", "measure", "dimension"))
    manners.hostile_is_answered_calmly(check, answers)
    manners.another_menu_entry_is_not_right(check, answers, MENUS.get(name, {}))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("aim", {"from": 48}, "Close: those are the patients who were not screened."),
        ("aim", {"from": "half"}, "Look again: write one number, in digits."),
        ("aim", {"to": 50}, "Close: the aim lies between"),
        ("aim", {"to": 120}, "Close: the aim lies between"),
        ("aim", {"to": "70 of 100"}, "Yes: your aim has a group"),
        ("aim", {"to": "all"}, "Look again: write the aim as one number"),
        ("aim", {"from": 51}, "Look again: read the line through the middle"),
        ("aim", {"when": "soon"}, "Close: write by when: a day, or a month with its year"),
        ("aim", {"when": "June 2020"}, "Close: your aim ends before it begins. Put the date after 2021."),
        ("aim", {"when": "December 2021"}, "Close: your aim ends before it begins."),
        ("aim", {"guard": "gap"}, "Close: a gap also shrinks when the better group gets worse."),
        ("signals", {"first": "2023-Q4"}, "Close: that point lies outside too."),
        ("signals", {"first": "2022-Q1"}, "Look again: follow the points from the left"),
        ("signals", {"first": 2023}, "Look again: choose the first quarter whose point lies beyond the limits, from"),
        ("signals", {"inside": "new"}, "Look again: points move up and down"),
        ("survey", {"rise": 73}, "Close: that is the last number alone."),
        ("survey", {"rise": 53}, "Close: that is the first number alone."),
        ("survey", {"rise": 20}, "Close: keep the decimals until the end"),
        ("survey", {"silent": 36}, "Close: that is the first year alone."),
        ("survey", {"says": "care"}, "Look again: people who gave no answer count as not tested."),
        ("leveled", {"who": "focus"}, "Look again: look at the two lines"),
        ("leveled", {"success": "yes"}, "Look again: ask one patient of each group"),
        ("leveled", {"balance": "mean"}, "Close: an average hides the group that pays."),
        ("plan", {"change": ""}, "Not yet: write what you will change"),
        ("plan", {"left": "Nobody"}, "Close: write who could be left out of the test, in a few more words."),
        ("plan", {"file": File("m.csv", SERIES)}, "Yes: your test is small"),
        ("plan", {"file": File("gone.csv", None)}, "Look again: gone.csv could not be opened"),
        ("plan", {"file": File("m.csv", HEAD + b"s,2024,l,A,50,99\n")}, "Look again: m.csv has too few periods of s"),
        ("plan", {"file": File("m.csv", SERIES), "measure": "x"}, "Look again: m.csv has no measure 'x' there."),
    ],
)
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_a_gap_that_closed_because_the_comparison_group_got_worse_is_no_success() -> None:
    """By the file: White patients' control fell by many points, Hispanic patients' did not move."""
    (row,) = task.narrowed().itertuples()
    white = [share("blood_pressure_control", "White", year) for year in ("2021", "2024")]
    hispanic = [share("blood_pressure_control", "Hispanic or Latino", year) for year in ("2021", "2024")]
    assert white[0] - white[1] > 10
    assert abs(hispanic[0] - hispanic[1]) < 1
    assert (row.direction, bool(row.success)) == ("narrowed", False)


def test_the_survey_is_drawn_as_estimates_with_the_share_that_did_not_answer() -> None:
    (view,) = task.survey_seen({})
    assert "no_answer_percent" in view.payload["columns"]
    assert not view.payload["synthetic"]
    assert "count as not tested" in view.payload["evidence"]
    rows = task.survey().query("group == 'Black' and year == 2008").iloc[0]
    assert (rows["lower"], rows["upper"]) == pytest.approx((52.56 - 1.96 * 2.89, 52.56 + 1.96 * 2.89))


def test_the_numbers_that_the_worksheet_prints_are_those_of_the_file() -> None:
    assert [round(survey(year, "percent"), 1) for year in (2008, 2022)] == [52.6, 73.2]
    assert [round(survey(year, "no_answer_percent"), 1) for year in (2008, 2022)] == [35.9, 21.5]


def test_the_made_up_charts_are_marked_as_synthetic() -> None:
    for view in (*task.quarters_seen({}), *task.gap_seen({})):
        assert view.payload["synthetic"]


def test_own_counts_over_time_are_hidden_before_they_are_drawn() -> None:
    (view,) = task.own_views({**right()["plan"], "file": File("m.csv", SERIES)})
    rows = [row for row in view.payload["datasets"]["rows"] if row["group"] == "Spanish"]
    assert {row["status"] for row in rows} == {"suppressed"}
    assert {row["events"] for row in rows} == {None}
    assert view.payload["as_of"] == "2024-01 to 2024-08"


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff", HEAD, HEAD + b"a,1,b,c,1,5\n", HEAD + b"a,1,b,c,15,50\n"])
def test_own_views_never_stop(content: bytes | None) -> None:
    assert task.own_views({**right()["plan"], "file": File("m.csv", content)}) == []
    assert task.own_views(right()["plan"]) == []
