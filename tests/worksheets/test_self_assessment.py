from __future__ import annotations

from pathlib import Path
from typing import Any

import manners
import nbformat
import pytest

from equityguide.worksheets import learner
from equityguide.worksheets import self_assessment as task
from equityguide.worksheets.check import Result

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "warm-up": task.warm_up, "practice": task.practiced, "alone": task.rated, "spread": task.spread,
    "agreed": task.agreed, "step": task.step,
}  # fmt: skip
NAMES = [item.name for item in task.ITEMS]
SENTENCE = "All main measures are shown by group."


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"area": task.AREAS[0]},
        "practice": {"draft": 0, "clinics": 1, "thanks": 2},
        "alone": dict.fromkeys(NAMES, 1),
        "spread": {**dict.fromkeys(NAMES, "0 1 1"), "voice": "0 2 3"},
        "agreed": {
            **dict.fromkeys(NAMES, 1), "plan": 2, **{f"evidence_{n}": None for n in range(1, 7)},
            "evidence_1": "Page 4 of the plan",
        },
        "step": {
            "item": "plan", "true": SENTENCE, "owner": "Chief nurse", "date": "May 2027", "told": "The patient council",
        },
    }  # fmt: skip


OPTIONAL = {"agreed": tuple(f"evidence_{n}" for n in range(2, 7))}
MENUS: dict[str, dict[str, list[Any]]] = {"practice": {case: [0, 1, 2, 3] for case in ("draft", "clinics", "thanks")}}


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.hold(check, answers, MENUS.get(name, {}), optional=OPTIONAL.get(name, ()))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("warm-up", {"area": "Parking"}, "Look again: choose one of the six areas, from the menu."),
        ("practice", {"draft": 2}, "Close: first case: the goal is in a draft."),
        ("practice", {"draft": 3}, "Look again: first case: read each line"),
        ("practice", {"clinics": 2}, "Close: second case: two clinics do not ask yet."),
        ("practice", {"thanks": 3}, "Close: third case: the board saw the numbers."),
        ("alone", {"voice": 4}, "Look again: choose a line for Seats at the table, from the menu."),
        ("alone", {"voice": 1.5}, "Look again: choose a line for Seats at the table, from the menu."),
        ("alone", {"voice": None}, "Close: 1 of 12 items are open, such as Seats at the table."),
        ("alone", {"voice": task.NOT_KNOWN}, "Yes: all 12 items have a mark. You could not tell for 1"),
        ("spread", {}, "Yes: you are widest apart on Seats at the table."),
        ("spread", {"voice": "0 1 1"}, "Yes: you are widest apart on The plan."),
        ("spread", {"voice": "0 2"}, "Close: Seats at the table has 2 marks and another item 3."),
        ("spread", {"voice": "0 2 4"}, "Look again: Seats at the table: write one mark a person"),
        ("spread", {"voice": "high"}, "Look again: Seats at the table: write one mark a person"),
        ("spread", dict.fromkeys(NAMES, "1 2"), "Close: 2 people are too few to hide who marked what."),
        ("spread", dict.fromkeys(NAMES, "1 " * 16), "Close: 16 people are too many for one talk."),
        ("spread", dict.fromkeys(NAMES, "1,1,1"), "Yes: you all see each item alike."),
        ("spread", {**dict.fromkeys(NAMES, "011"), "voice": "03?"}, "Yes: you are widest apart on Seats at the table."),
        ("spread", {"voice": "0 3 2"}, "Close: Seats at the table: write the lowest mark first, and each ? last. In the"),
        ("spread", {"voice": "0 ? 2"}, "Close: Seats at the table: write the lowest mark first, and each ? last. In the"),
        ("spread", {"voice": "? ? ?"}, "Yes: you are widest apart on The plan."),
        ("spread", dict.fromkeys(NAMES, "? ? ?"), "Yes: none of you can tell."),
        ("spread", {**dict.fromkeys(NAMES, "1 1 1"), "plan": "???"}, "Yes: you all see each item alike."),
        ("agreed", {"evidence_1": ""}, "Close: Equity in strategy is at level 2 or above."),
        ("agreed", {"plan": task.OPEN}, "Yes: your profile stands below. It has no total. Take what is open"),
        ("agreed", {"plan": None}, "Close: 1 of 12 items are open, such as The plan."),
        ("agreed", {"plan": "2"}, "Look again: choose a level for The plan, from the menu."),
        ("step", {"owner": "Maria Lopez"}, "Close: that looks like a person's name."),
        ("step", {"date": "soon"}, "Close: write by when: a day, or a month"),
        ("step", {"true": "Better data"}, "Close: write what will be fully true"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_every_area_has_items_and_every_item_four_anchors_of_its_own() -> None:
    assert len(task.AREAS) == 6  # five components and the leaders' rhythm
    anchors = [anchor for item in task.ITEMS for anchor in item.anchors]
    assert len(set(anchors)) == 4 * len(task.ITEMS)
    assert len({item.title for item in task.ITEMS}) == len(task.ITEMS) == 12
    assert [list(item.menu().values()) for item in task.ITEMS] == [[0, 1, 2, 3]] * 12


def test_the_spread_counts_people_and_never_averages() -> None:
    rows = task.spread_rows(task.EXAMPLE).set_index("title")
    assert rows["apart"].is_monotonic_decreasing
    assert rows.loc["Naming racism", [f"level_{n}" for n in range(4)]].tolist() == [2, 1, 0, 2]
    assert rows.loc["Our wages and our buying", ["level_0", "level_1", "cannot_tell", "apart"]].tolist() == [1, 1, 3, 1]
    counts = rows[[*(f"level_{n}" for n in range(4)), "cannot_tell"]].sum(axis=1)
    assert set(counts) == {5}
    assert set(rows.columns) == {"area", "level_0", "level_1", "level_2", "level_3", "cannot_tell", "apart"}


def test_marks_are_sorted_so_that_they_tell_nobody_who_gave_which() -> None:
    assert task.marks("3 0 ? 1") == [0, 1, 3, None]
    assert task.marks(2) == [2]
    for odd in ("", "4", "0 1 x", "-1", True, None):
        assert task.marks(odd) is None


def test_the_table_of_the_spread_is_the_example_until_there_are_marks() -> None:
    (example,) = task.spread_seen(dict.fromkeys(NAMES))
    assert example.caption.startswith("A made-up example")
    (own,) = task.spread_seen({**dict.fromkeys(NAMES), "voice": "0 3 3"})
    assert own.body == [["Seats at the table", "1", "0", "0", "2", "0", "3"]]
    assert task.spread_seen({**dict.fromkeys(NAMES), "voice": "high"}) == []


def test_an_item_that_nobody_can_judge_stays_in_the_table() -> None:
    (shown,) = task.spread_seen({**dict.fromkeys(NAMES, "0 1 1"), "voice": "? ? ?"})
    assert len(shown.body) == len(NAMES)
    assert ["Seats at the table", "0", "0", "0", "0", "3", "not known"] in shown.body
    assert len(task.spread_seen(dict.fromkeys(NAMES, "???"))[0].body) == len(NAMES)


def test_the_example_is_written_as_the_worksheet_asks() -> None:
    """Sorted, so that no column is one person's marks."""
    assert task.spread(task.EXAMPLE).state == "right"


def test_the_journal_never_has_ones_own_marks() -> None:
    notebook = nbformat.read(ROOT / "exercises" / "self-assessment.ipynb", as_version=4)
    notebook.cells.append(
        nbformat.v4.new_code_cell(
            "alone.enter(plan=3, voice=0); spread.enter(plan='0 1 3')\n"
            "files = [write() for write in (journal.save, journal.markdown, journal.page, journal.document)]\n"
            "kept = [path.read_bytes() for path in files[:3]]; journal.clear()\n"
            "print(*(b'Your own marks' in one or b'self-alone' in one for one in kept), b'0 1 3' in kept[0], alone['plan'])"
        )
    )
    run = learner.execute(notebook, "self-assessment")
    assert run.cells[-1].outputs[0].text == "False False False True None\n"


def test_the_profile_has_one_row_an_item_and_no_total() -> None:
    (example,) = task.profile(dict.fromkeys(NAMES))
    assert example.caption.startswith("A made-up example.")
    (own,) = task.profile({**right()["agreed"], "voice": task.OPEN, "share": 3})
    assert len(own.body) == 12
    rows = {row[0]: row[1:] for row in own.body}
    assert rows["Seats at the table"][1] == "not agreed"
    squares = "\N{BLACK SQUARE}\N{BLACK SQUARE}\N{WHITE SQUARE} 2"
    assert rows["The plan"] == [task.PRIORITY, squares, "It has an equity goal with a measure, an owner, and a date"]
    assert rows["What partners get"][1].endswith("3")
    assert task.profile({**dict.fromkeys(NAMES), "voice": "high"}) == []


def test_all_lines_can_be_read_at_one_look() -> None:
    (table,) = task.lines({})
    assert len(table.body) == 12
    for item, (name, text) in zip(task.ITEMS, table.body, strict=True):
        assert item.title in name
        assert all(f"{level}: {anchor}." in text for level, anchor in enumerate(item.anchors))
