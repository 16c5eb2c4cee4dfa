from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import manners
import pytest

from equityguide.worksheets import story_types as task
from equityguide.worksheets.check import Result

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "warm-up": task.warm_up, "sort": task.sort, "told": task.told, "counter": task.counter, "terms": task.terms,
}  # fmt: skip
KINDS = ["stock", "concealed", "resistance", "counter"]
MENUS: dict[str, dict[str, list[Any]]] = {
    "sort": {f"line_{place}": KINDS for place in range(1, 9)},
    "told": {"answer": [2, 3, 6], "unseen": KINDS, "reply": list(task.REPLIES.values())},
    "counter": {"stock": [1, 4]},
    "terms": {
        "asked": ["other"], "named": list(task.NAMED.values()), "back": list(task.BACK.values()),
        "paid": list(task.PAID.values()),
    },
}  # fmt: skip
STORY = "It was racism. " + "They sat at the door. " * 9


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"heard": "leader"},
        "sort": dict(
            zip(MENUS["sort"], ["stock", "concealed", "resistance", "stock", "concealed", "resistance", "counter", "counter"],
                strict=True)
        ),
        "told": {"answer": 6, "unseen": "concealed", "reply": "system"},
        "counter": {
            "stock": 1, "did": "They sat at the door.", "today": "The form is in English.",
            "open": "The desk and the parents.", "story": STORY,
        },
        "terms": {
            "asked": "yes", "uses": "Two staff meetings, no film.", "named": "wish", "back": "yes", "paid": "yes",
            "again": "May 2028",
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
        ("sort", {"line_3": "counter"}, "Close: line 3: this one tells what people did."),
        ("sort", {"line_7": "resistance"}, "Close: line 7: this one was made lately"),
        ("sort", {"line_5": "stock"}, "Close: line 5: the hospital does not tell this one"),
        ("sort", {"line_1": "counter"}, "Look again: line 1: ask who tells it"),
        ("sort", {"line_8": "myth"}, "Look again: choose the kind of story in line 8, from the menu."),
        ("told", {"answer": 3}, "Close: that one answers the plaque."),
        ("told", {"answer": "6"}, "Look again: choose the line that answers line 4, from the menu."),
        ("told", {"reply": "person"}, "Close: that turns on one person"),
        ("told", {"reply": "leave"}, "Close: racism was what closed the door."),
        ("counter", {"stock": 4}, "Close: the parents answer that one."),
        ("counter", {"did": "Sat down"}, "Close: write what the aides did, in a few more words."),
        ("counter", {"story": "They sat at the door."}, "Close: your story has 5 words."),
        ("counter", {"story": STORY + "word " * 150}, "Close: your story has 198 words."),
        ("counter", {"story": "They sat at the door. " * 10}, "Close: your story has no name yet for what closed the door."),
        ("counter", {"story": 12}, "Not yet: write the story"),
        ("counter", {"story": "Segregation. " + "They sat at the door. " * 9}, "Yes: it has a then, a now"),
        ("terms", {"asked": "no"}, "Yes: your terms are ready. Now ask: until there is a yes, the story stays"),
        ("terms", {"asked": "no", "paid": "cup"}, "Look again: ask what you would pay a speaker"),
        ("terms", {"asked": "other"}, "Close: nobody can say yes for someone else."),
        ("terms", {"named": "full"}, "Close: a name can put someone at risk."),
        ("terms", {"paid": "honor"}, "Look again: ask what you would pay a speaker"),
        ("terms", {"again": "later"}, "Close: write when you ask for the yes again: a day, or a month"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


@pytest.mark.parametrize(
    "name",
    [
        "racism", "racial injustice", "white supremacy", "apartheid", "the color line", "segregation", "discrimination",
        "They excluded us", "exclusion", "oppression", "Jim Crow", "a whites only door", "It shut Black people out",
        "Black people were kept out",
    ],
)  # fmt: skip
def test_what_closed_the_door_has_many_names(name: str) -> None:
    assert said("counter", story=f"{name}. {'They sat at the door. ' * 9}").state == "right"


def test_no_line_goes_against_the_story_that_it_comes_from() -> None:
    """The aides' rule fell in 1964."""
    source = (ROOT / "exercises/source/story-types.md").read_text("utf-8")
    assert set(re.findall(r"\b19\d\d\b", " ".join(line for line, _ in task.LINES))) == {"1964"}
    assert set(re.findall(r"\b19\d\d\b", source)) == {"1964"}


def test_each_type_stands_twice_and_every_slip_is_about_one_of_them() -> None:
    assert sorted(kind for _, kind in task.LINES) == sorted(KINDS * 2)
    assert {kind for pair in task.SLIPS for kind in pair} <= set(KINDS)
    assert all(right != picked for right, picked in task.SLIPS)


def test_no_sentence_of_a_check_names_the_type_that_is_right() -> None:
    """The check never shows the answer."""
    for (expected, _), sentence in task.SLIPS.items():
        assert expected not in sentence.lower()
