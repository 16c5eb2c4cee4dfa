from __future__ import annotations

import functools
from typing import Any

import manners
import pytest

from equityguide import data
from equityguide.worksheets import board_review as task
from equityguide.worksheets.check import Result

CHECKS = {
    "warm-up": task.warm_up, "change": task.change, "burden": task.burden, "complete": task.complete,
    "commitments": task.commitments, "agenda": task.agenda,
}  # fmt: skip
SENTENCE = "Small groups would be lost among large ones."


@functools.cache
def counted() -> dict[tuple[str, str], tuple[float, float]]:
    """Events and patients by year and group, added up here from the file and not by the checks' own code."""
    table = data.load("organization", "measures")
    own = table[(table["measure"] == task.MEASURE) & (table["dimension"] == "race_and_ethnicity")]
    added = own.assign(year=own["period"].str[:4]).groupby(["year", "group"])[["events", "denominator"]].sum()
    return {
        (str(year), str(group)): (row[0], row[1])
        for (year, group), row in zip(added.index, added.to_numpy(), strict=True)
    }


def of_100(year: str, group: str) -> float:
    events, patients = counted()[year, group]
    return 100 * events / patients


def unknown_of_100() -> float:
    patients = {group: count for (year, group), (_, count) in counted().items() if year == "2024"}
    return 100 * patients["Unknown"] / sum(patients.values())


def right() -> dict[str, dict[str, Any]]:
    gap = of_100("2021", "White") - of_100("2021", "Black or African American")
    return {
        "warm-up": {"beforehand": "talk"},
        "change": {"gap": round(gap), "why": "worse", "reply": "ask"},
        "burden": {"rate": "Hispanic or Latino", "burden": "White", "both": SENTENCE},
        "complete": {"hidden": 2, "unknown": round(unknown_of_100()), "member": "keep"},
        "commitments": {"meetings": "kept", "target": "not kept", "partners": "cannot tell", "next": "again"},
        "agenda": {
            "measure": "Pain treated", "groups": "By language", "test": "optional", "first": "Patient council",
            "decide": "Pay for interpreters at night", "owner": "Quality lead", "date": "May 2027", "again": "May 2028",
        },
    }  # fmt: skip


MENUS: dict[str, dict[str, list[Any]]] = {
    "change": {"why": list(task.CLOSED.values()), "reply": list(task.REPLIES.values())},
    "burden": {"rate": task.shown_groups(), "burden": task.shown_groups()},
    "complete": {"member": list(task.NUMBERS.values())},
    "commitments": {
        **{name: list(task.KEPT.values()) for name in task.COMMITMENTS}, "next": list(task.OPEN_ONE.values()),
    },
}  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.hold(check, answers, MENUS.get(name, {}))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("warm-up", {"beforehand": "test"}, "Look again: choose what you would send out beforehand, from the menu."),
        ("change", {"gap": "0"}, "Close: that is the right side, 2024. Look at 2021."),
        ("change", {"gap": "74"}, "Close: that is one of the two numbers."),
        ("change", {"gap": "-10"}, "Close: the size fits."),
        ("change", {"gap": 40}, "Look again: find Black or African American and White on the left side"),
        ("change", {"gap": "about ten"}, "Look again: write one number, in digits."),
        ("change", {"why": "both"}, "Close: follow the line of Black or African American"),
        ("change", {"reply": "thank"}, "Close: whose care is better than it was?"),
        ("burden", {"rate": "White"}, "Close: its bar is the longest."),
        ("burden", {"burden": "Hispanic or Latino"}, "Close: its dot is the lowest."),
        ("burden", {"rate": "Asian"}, "Look again: compare the dots."),
        ("burden", {"rate": "Unknown"}, "Look again: choose the group with the lowest rate, from the menu."),
        ("burden", {"both": "Fair"}, "Close: write why a board should see both, in a few more words."),
        ("complete", {"hidden": 4}, "Close: Unknown and Declined are shown."),
        ("complete", {"unknown": 5}, "Close: you may have added those who declined."),
        ("complete", {"unknown": 50}, "Look again: read the part called Unknown"),
        ("complete", {"member": "private"}, "Close: a number so small can point at a person, in a boardroom too."),
        ("commitments", {"target": "kept"}, "Close: look at the numbers of Task 2 again."),
        ("commitments", {"meetings": "cannot tell"}, "Look again: first promise"),
        ("commitments", {"next": "off"}, "Close: the need is still there."),
        ("agenda", {"test": "all"}, "Close: its makers ask that it be free to refuse and private"),
        ("agenda", {"test": "none"}, "Yes: your board has one measure"),
        ("agenda", {"owner": "Jane Doe"}, "Close: that looks like a person's name."),
        ("agenda", {"again": "May 2027"}, "Close: the second look comes before the first."),
        ("agenda", {"date": "next year"}, "Close: write when the board sees it: a day"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_the_story_of_the_worksheet_is_in_the_numbers() -> None:
    focus = [of_100(year, task.FOCUS) for year in ("2021", "2024")]
    other = [of_100(year, task.OTHER) for year in ("2021", "2024")]
    assert abs(focus[1] - focus[0]) < 2  # no better
    assert other[1] < other[0] - 10  # worse
    assert abs(other[1] - focus[1]) < 1  # closed
    assert of_100("2024", "Hispanic or Latino") < 70  # the second promise
    assert round(focus[0]) == 64
    assert [round(share) for share in other] == [74, 62]


def test_no_second_number_of_a_hidden_group_is_given_away() -> None:
    shown = {group for group in task.shown_groups()}
    assert {group for year, group in counted() if year == "2024"} - shown == {
        "American Indian or Alaska Native", "Native Hawaiian or Pacific Islander", "Unknown", "Declined",
    }  # fmt: skip
    assert task.hidden_groups() == 2


def test_views_are_marked_synthetic_and_drawn_without_answers() -> None:
    for view in (task.change_seen, task.burden_seen, task.records_seen):
        (drawn,) = view({})
        assert drawn.payload["synthetic"]


def test_the_finding_of_task_2_names_each_group_whose_care_falls_short() -> None:
    short = [group for group in task.shown_groups() if of_100("2024", group) < 75]
    assert short == ["Asian", "Black or African American", "Hispanic or Latino", "White"]
    (view,) = task.burden_seen({})
    assert "care of Black patients, and fell short for Asian, Hispanic or Latino, and White" in view.payload["finding"]
