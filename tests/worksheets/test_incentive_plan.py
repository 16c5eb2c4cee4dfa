from __future__ import annotations

from typing import Any

import manners
import pytest

from equityguide.worksheets import incentive_plan as task
from equityguide.worksheets.check import Result

CHECKS = {
    "warm-up": task.warm_up, "history": task.history, "rule": task.rule, "outcomes": task.outcomes, "game": task.game,
    "plan": task.plan,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "history": {"screening": list(task.WEIGHTS.values()), "today": list(task.TODAY.values())},
    "rule": {
        "basis": list(task.BASES.values()), "guard": list(task.GUARDS.values()),
        "records": list(task.RECORDS.values()),
    },
    "outcomes": {name: list(task.RULINGS.values()) for name in task.OUTCOMES},
    "game": {"ours": list(task.YES_NO.values())},
    "plan": {"counsel": list(task.YES_NO.values())},
}  # fmt: skip


def right() -> dict[str, dict[str, Any]]:
    """Ruled by hand: 60 of 100 Black patients, nobody below 62 and 70, unknown not above 8."""
    return {
        "warm-up": {"memory": "nothing"},
        "history": {"dollars": 2000, "screening": "unknown", "today": "ask"},
        "rule": {"basis": "rate", "guard": "groups", "records": "unknown", "weight": "5%"},
        "outcomes": {"gain": "pays", "level": "worse", "rise": "pays", "price": "worse", "rename": "unknown"},
        "game": {"focus": 50, "white": 60, "unknown": 8, "ours": "no"},
        "plan": {
            "measure": "Blood pressure under control", "focus": "Hispanic patients", "from": 40.0, "to": 55.0,
            "when": "2028-01", "checks": "Internal audit team", "worse": "All other groups' rates each month.",
            "counsel": "yes",
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
        ("history", {"dollars": 1000}, "Close: that is one half."),
        ("history", {"dollars": 10}, "Close: that is the percent."),
        ("history", {"dollars": 18000}, "Close: that is the rest"),
        ("history", {"dollars": "$2,000"}, "Yes: you know what it paid"),
        ("history", {"dollars": "a lot"}, "Look again: write one number, in digits."),
        ("history", {"screening": "ten"}, "Look again: that is the weight of the first"),
        ("history", {"today": "copy"}, "Close: it was tried before the law moved."),
        ("rule", {"basis": "gap"}, "Close: a gap also shrinks"),
        ("rule", {"basis": "hired"}, "Close: that is for counsel"),
        ("rule", {"weight": 0}, "Close: try a weight from 1 to 30 percent"),
        ("rule", {"weight": 80}, "Close: try a weight from 1 to 30 percent"),
        ("rule", {"weight": "some"}, "Look again: write the percent"),
        ("outcomes", {"rise": "worse"}, "Look again: our plan does not look at the gap."),
        ("outcomes", {"rename": "pays"}, "Look again: look at the last column."),
        ("game", {"white": 70}, "Close: the gap is 20 points."),
        ("game", {"focus": 65, "white": 70}, "Close: it pays, but someone gained."),
        ("game", {"focus": 65, "white": 70, "unknown": 20}, "Yes: the gap closed"),
        ("game", {"focus": 80, "white": 70, "unknown": 9}, "Yes: the gap closed, the money was paid, and the numbers"),
        ("game", {"focus": 101}, "Close: write numbers of 100"),
        ("game", {"focus": "half"}, "Look again: write a number for Black patients"),
        ("game", {"ours": "yes"}, "Look again: go through our three conditions"),
        ("plan", {"measure": "The gap in screening"}, "Close: a gap can also close when others get worse care."),
        ("plan", {"focus": "All patients"}, "Close: that is all patients. Name the group"),
        ("plan", {"to": 40}, "Close: the aim is where the group stands now."),
        ("plan", {"to": 140}, "Close: write a number of 100."),
        ("plan", {"when": "soon"}, "Close: write by when: a day"),
        ("plan", {"checks": "Ms. Jones"}, "Close: that looks like a person's name."),
        ("plan", {"counsel": "no"}, "Look again: ask counsel first."),
    ],
)
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_a_plan_on_the_gap_alone_pays_where_patients_lose_and_ours_does_not() -> None:
    by_gap = {name for name, outcome in task.OUTCOMES.items() if task.gap_alone_pays(outcome)}
    ours = {name for name, outcome in task.OUTCOMES.items() if task.ruling(outcome) == task.PAYS}
    assert by_gap == {"gain", "level", "price", "rename"}
    assert ours == {"gain", "rise"}
    assert "A, B, D and E" in said("outcomes").sentence


def test_each_year_breaks_one_condition_at_most() -> None:
    """Else two of the menu's reasons would be true."""
    for outcome in task.OUTCOMES.values():
        worse = outcome.hispanic < 62 or outcome.white < 70
        assert [outcome.focus < 60, worse, outcome.unknown > 8].count(True) <= 1, outcome


@pytest.mark.parametrize(
    ("changed", "ruling"),
    [
        ({}, "pays"), ({"focus": 59.9}, "short"), ({"white": 69.9}, "worse"), ({"hispanic": 61.9}, "worse"),
        ({"unknown": 8.1}, "unknown"),
    ],
)  # fmt: skip
def test_our_plan_pays_only_when_every_condition_holds(changed: dict[str, float], ruling: str) -> None:
    numbers = {"focus": 60.0, "hispanic": 62.0, "white": 70.0, "unknown": 8.0, **changed}
    assert task.ruling(task.Outcome("X", "", **numbers)) == ruling


def test_no_pair_of_numbers_makes_our_plan_pay_for_a_game() -> None:
    for focus in range(0, 101, 4):
        for white in range(0, 101, 5):
            for unknown in (0, 8, 9, 40):
                answers = {"focus": focus, "white": white, "unknown": unknown, "ours": "yes"}
                assert task.game(answers).state != "right", answers


def test_the_made_up_year_is_drawn_and_called_so() -> None:
    (view,) = task.game_seen(right()["game"])
    assert view.payload["evidence"].startswith("synthetic")
    assert [row["of_100"] for row in view.payload["datasets"]["rows"]] == [52, 70, 50, 60]


@pytest.mark.parametrize("answer", [None, "", "x", -1, 300])
def test_nothing_is_drawn_without_two_numbers(answer: object) -> None:
    assert task.game_seen({"focus": answer, "white": 60}) == []


def test_the_table_is_called_synthetic_and_escaped() -> None:
    (table,) = task.outcomes_seen({})
    assert "Synthetic" in repr(table)
    assert len(task.table().body) == 6
