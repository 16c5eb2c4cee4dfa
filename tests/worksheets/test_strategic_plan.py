from __future__ import annotations

from typing import Any

import manners
import pytest

from equityguide.worksheets import strategic_plan as task
from equityguide.worksheets.check import Result

CHECKS = {
    "warm-up": task.warm_up, "questions": task.questions, "lacking": task.lacking, "goal": task.goal,
    "cascade": task.cascade, "holding": task.holding,
}  # fmt: skip
SENTENCE = "Nobody looked at groups."
THIRD = tuple(f"{part}_3" for part in ("department", "step", "measure", "owner"))
MENUS: dict[str, dict[str, list[Any]]] = {
    "lacking": {name: list(task.PARTS.values()) for name in task.GOALS},
    "holding": {"report": list(task.REPORTS.values())},
}


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"seen": "never"},
        "questions": {
            "plan": "no", "departments": "none", "why": SENTENCE, "serves": SENTENCE, "grasped": "few",
            "draw_in": "One chart of our care",
        },
        "lacking": {"a": "owner", "b": "groups", "c": "baseline", "d": "reference"},
        "goal": {
            "measure": "Pain treated", "groups": "Children", "reference": "all", "why": "Pain is pain",
            "baseline": "40%", "since": "May 2026", "target": "50 of 100", "date": "May 2027", "owner": "Chief nurse",
            "guard": "Adults, on one chart",
        },
        "cascade": {
            "goal": "Pain treated early", "department_1": "ER", "step_1": "Asks at the door",
            "measure_1": "Minutes to relief", "owner_1": "ER director", "department_2": "Pharmacy",
            "step_2": "Stocks the ward first", "measure_2": "Empty shelves", "owner_2": "Pharmacist",
            **dict.fromkeys(THIRD),
        },
        "holding": {
            "report": "rose", "watch": "How many are Unknown", "answers": "Medical chief", "means": "Hours and money",
            "date": "Q2 2027",
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.hold(check, answers, MENUS.get(name, {}), optional=THIRD)


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("warm-up", {"seen": 1}, "Look again: choose when you last saw the plan, from the menu."),
        ("questions", {"why": "No"}, "Close: write why, or why not, in a few more words."),
        ("questions", {"plan": "maybe"}, "Look again: choose whether the plan states equity, from the menu."),
        ("lacking", {"a": "date"}, "Look again: goal A has that part."),
        ("lacking", {"d": "baseline"}, "Close: goal D tells where it starts."),
        ("goal", {"measure": "The gap in pain care"}, "Close: a gap can also close when others get worse care."),
        ("goal", {"measure": "The gap, in screening"}, "Close: a gap can also close when others get worse care."),
        ("goal", {"groups": "All our patients"}, "Close: that is all patients. Name the group"),
        ("goal", {"baseline": 40}, "Close: write today's value, with its unit"),
        ("goal", {"target": "3 days"}, "Close: your two values have different units."),
        ("goal", {"target": "40 percent"}, "Close: both values are the same."),
        ("goal", {"date": "April 2026"}, "Close: your goal ends before its first value."),
        ("goal", {"owner": "Ana Ruiz"}, "Close: that looks like a person's name."),
        ("goal", {"why": "Fair"}, "Close: write why you compare with this, in a few more words."),
        ("cascade", {"department_2": "er "}, "Close: two boxes have the same name."),
        ("cascade", {"goal": "Pharmacy first", "department_2": "Pharmacy First"}, "Close: two boxes have the same"),
        ("cascade", {"owner_1": "Dr. No"}, "Close: that looks like a person's name."),
        ("cascade", {"step_3": "Pays for it all"}, "Not yet: name department 3."),
        ("cascade", {"goal": "word " * 16}, "Close: one text has 16 words."),
        ("holding", {"report": "fell"}, "Close: then care got worse for some and better for nobody."),
        ("holding", {"report": "unknown"}, "Close: some whose group is Unknown"),
        ("holding", {"date": "soon"}, "Close: write when both levels are first read side by side: a day"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_a_third_department_counts_once_it_is_whole() -> None:
    third = {part: task.EXAMPLE[part] for part in THIRD}
    assert "3 departments" in said("cascade", **third).sentence
    assert "2 departments" in said("cascade").sentence


def test_no_reflective_answer_is_graded() -> None:
    for plan in task.PLAN.values():
        for grasped in task.GRASPED.values():
            assert said("questions", plan=plan, grasped=grasped).state == "right"
    for reference in task.REFERENCES.values():
        assert said("goal", reference=reference).state == "right"


def test_each_goal_of_task_2_lacks_one_part_and_no_two_lack_the_same() -> None:
    parts = [part for _, part in task.GOALS.values()]
    assert len(set(parts)) == 4
    assert set(parts) < set(task.PARTS.values())
    for text, part in task.GOALS.values():
        assert ("Owner:" in text) is (part != "owner")
        assert ("from" in text) is (part != "baseline")
        assert ("beside" in text) is (part != "reference")
        assert ("patients" in text.split("beside")[0]) is (part != "groups")
        assert " by " in text


def test_the_goal_is_shown_once_it_is_whole() -> None:
    assert task.goal_seen(dict.fromkeys(right()["goal"])) == []
    (table,) = task.goal_seen(right()["goal"])
    assert ["Today", "40% (May 2026)"] in table.body
    assert ["Compared with", "All patients together: Pain is pain"] in table.body


def test_the_tree_has_a_box_for_the_goal_and_one_for_each_department() -> None:
    rows = task.cascade_rows(right()["cascade"])
    assert rows["goal"].tolist() == ["Pain treated early", "ER", "Pharmacy"]
    assert rows.iloc[:, 0].all(), "the first column heads the table's rows, and a heading is not empty"
    assert rows["part_of"].tolist() == ["", "Pain treated early", "Pain treated early"]
    assert rows.loc[1, "said"] == "Asks at the door. Counts: Minutes to relief. Owner: ER director"
    blank: dict[str, Any] = dict.fromkeys(right()["cascade"])
    (example,) = task.cascade_seen(blank)
    assert example.payload["finding"].startswith("A made-up example.")
    assert "4 boxes." in example.payload["summary"]
    assert task.cascade_seen({**blank, "goal": "Pain treated early"}) == []
    (long,) = task.cascade_seen({**right()["cascade"], "step_1": "Asks again " * 10_000})
    boxes = [row["said"] for row in long.payload["datasets"]["rows"]]
    assert boxes[1].startswith("Asks again Asks again")
    assert "…. Counts: Minutes to relief. Owner: ER director" in boxes[1]
    assert max(map(len, boxes)) < 300
    (half,) = task.cascade_seen({**blank, "goal": "Pain", "department_1": "ER", "department_2": "ER"})
    assert [row["goal"] for row in half.payload["datasets"]["rows"]] == ["Pain", "ER"]
