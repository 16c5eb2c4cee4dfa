from __future__ import annotations

from typing import Any

import manners
import pytest

from equityguide.worksheets import test_a_change as task
from equityguide.worksheets.check import Result

CHECKS = {
    "warm-up": task.warm_up, "aim": task.aim, "causes": task.causes, "plan": task.plan, "left-out": task.left_out,
    "study": task.study,
}  # fmt: skip
SENTENCE = "We call only in the morning."
MENUS: dict[str, dict[str, list[Any]]] = {
    "aim": {"whole": list(task.AIMS.values())},
    "causes": {name: list(task.SIDES.values()) for name in task.CAUSES},
    "left-out": {"reminded": list(task.REMINDED.values())},
    "study": {"reading": list(task.READINGS.values()), "next": list(task.NEXT.values())},
}


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"topic": "other"},
        "aim": {
            "whole": "whole", "measure": "Pain treated", "group": "Children", "baseline": "40%", "since": "May 2026",
            "target": "50 percent", "date": "May 2027",
        },
        "causes": {
            "english": "process", "care": "people", "lab": "process", "trust": "people", "calls": "process",
            "again": SENTENCE, "first": SENTENCE, "second": "Patients are not called back by us.",
        },
        "plan": {
            "change": SENTENCE, "size": "one", "day": "2027-01-05", "who": "Nurse", "record": "Time, language, reason",
            "prediction": "6 of 10 patients",
        },
        "left-out": {
            "reminded": "some", "who": "Shared phones", "balance": "Calls not answered", "grouped": "payer",
            "stop": "5 of 20",
        },
        "study": {
            "reading": "split", "next": "adapt", "adopt": "Better in each group", "drop": "Worse in any group",
            "told": "The patients",
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
        ("warm-up", {"topic": "rent"}, "Look again: choose what you would like to change, from the menu."),
        ("aim", {"whole": "all"}, "Close: the number for all can rise while one group stays behind."),
        ("aim", {"whole": "gap"}, "Close: a gap also gets smaller when others get worse care."),
        ("aim", {"whole": "vague"}, "Close: better by how much, and by when?"),
        ("aim", {"measure": "Gap in blood pressure control"}, "Close: a gap can also close when others get worse"),
        ("aim", {"group": "Everyone"}, "Close: that is all patients. Name the group"),
        ("aim", {"baseline": 40}, "Close: write the value now, with its unit"),
        ("aim", {"target": "more"}, "Close: write the value you want: a number in digits first"),
        ("aim", {"target": "12 days"}, "Close: your two values have different units."),
        ("aim", {"target": "40 of 100 children"}, "Close: both values are the same."),
        ("aim", {"date": "May 2026"}, "Close: your aim ends before its first value."),
        ("aim", {"date": "2027"}, "Close: write by when: a day, or a month"),
        ("causes", {"care": "process"}, "Close: They do not care about their health: as it stands"),
        ("causes", {"lab": "people"}, "Close: The lab closes at 4 p.m.: look at who does this"),
        ("causes", {"again": "They don't come on time at all."}, "Close: say one of those about people as a step"),
        ("causes", {"first": "Patients often refuse the shot."}, "Close: write a cause in your own process: this one"),
        ("causes", {"second": "Bus"}, "Close: write a second cause in your own process, in a few more words."),
        ("plan", {"size": "all"}, "Close: a first test should be small enough"),
        ("plan", {"size": "week"}, "Yes: your test is small"),
        ("plan", {"who": "Ms. Brown"}, "Close: that looks like a person's name."),
        ("plan", {"prediction": "a lot"}, "Close: write what you expect, as a number: a number in digits first"),
        ("plan", {"day": "tomorrow"}, "Close: write when it happens: a day"),
        ("left-out", {"reminded": "nobody"}, "Close: think of phones that are shared"),
        ("left-out", {"stop": "more than 30 of 100 cuffs"}, "Yes: you will see it"),
        ("left-out", {"stop": "5"}, "Close: write at which number, in any group, you stop, with its unit"),
        ("left-out", {"grouped": "x"}, "Look again: choose by which groups you look at it, from the menu."),
        ("study", {"reading": "worked"}, "Close: for all together it did. Read the two lower lines again."),
        ("study", {"next": "adopt"}, "Close: then it gets worse for one group in every clinic."),
        ("study", {"drop": "Worse"}, "Close: write what you would have to see to abandon it, in a few more words."),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


@pytest.mark.parametrize(
    "cause",
    ["Patients are not told the price.", "They never get a letter back.", "People who work cannot come by day.",
     "Families do not get an interpreter.", "Our letter says that patients may be refused.",
     "We never ask patients why they do not trust us.", "We drop patients who fail to come twice.",
     "Nobody here asks why they do not come.", "We have never asked why they do not trust us.", "The no-show policy ends a visit after ten minutes."],
)  # fmt: skip
def test_what_happens_to_people_is_a_cause_in_our_process(cause: str) -> None:
    assert said("causes", first=cause).state == "right"


@pytest.mark.parametrize(
    "cause",
    ["Patients are noncompliant with their pills.", "Low health literacy in this group of patients",
     "Their culture makes them late for visits.", "They are lazy and late.", "They never come to their visits.",
     "Our patients do not read their letters.", "We think they do not care about it.", "No-shows are the problem."],
)  # fmt: skip
def test_what_people_are_or_do_is_no_cause_in_our_process(cause: str) -> None:
    assert str(said("causes", first=cause)).startswith("Close: write a cause in your own process: this one says")


def test_the_aim_is_shown_once_it_is_whole() -> None:
    blank = dict.fromkeys(right()["aim"])
    assert task.aim_seen(blank) == []
    assert task.aim_seen({**right()["aim"], "target": "many"}) == []
    (table,) = task.aim_seen({**right()["aim"], "whole": None})
    assert ["Now", "40% (May 2026)"] in table.body
    assert ["Wanted", "50 percent (May 2027)"] in table.body
