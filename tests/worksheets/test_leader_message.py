from __future__ import annotations

from typing import Any

import hostile
import manners
import pytest

from equityguide.worksheets import leader_message as task
from equityguide.worksheets.check import Result

CHECKS = {
    "warm-up": task.warm_up, "moves": task.moves, "facts": task.facts, "drafted": task.drafted, "marked": task.marked,
    "followed": task.followed,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {"moves": {field: list(task.WHOSE.values()) for field in task.MOVES}}


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"stayed": "nothing"},
        "moves": {
            "racism": "first", "acted": "first", "saw": "second", "daily": "second", "admits": "both", "thanks": "both",
            "date": "neither",
        },
        "facts": {
            "incident": "waits", "name": "Racism", "known": "The chart shows it.", "unknown": "Who decided it then.",
            "acted": "rule",
        },
        "drafted": dict.fromkeys(task.PARTS, "A few words."),
        "marked": {
            **{f"{field}_{who}": "no" for field in task.ASKED for who in ("writer", "partner")}, "changed": "Name a doer.",
        },
        "followed": {"act": "Show the stops.", "who": "Head of security", "when": "May 2027", "told": "On the same page."},
    }  # fmt: skip


def said(name: str, /, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.blank_is_not_yet(check, answers)
    manners.one_blank_is_never_right(check, answers)
    manners.another_menu_entry_is_not_right(check, answers, MENUS.get(name, {}))
    if name != "drafted":  # which takes any words at all
        manners.hostile_is_answered_calmly(check, answers)


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("moves", {"racism": "both"}, "Close: move 1: one of them does. Look at the other one again."),
        ("moves", {"thanks": "second"}, "Close: move 6: that letter does. Look at the other one, too."),
        ("moves", {"date": "first"}, "Close: move 7: look for a day or a month, not a wish."),
        ("moves", {"saw": "first"}, "Look again: move 3: read both lists of moves once more."),
        ("moves", {"saw": "third"}, "Look again: say which letter makes move 3, from the menu."),
        ("facts", {"name": "An unfortunate incident"}, "Close: that could as well stand for a spilled cup."),
        ("facts", {"name": "the recent events."}, "Close: that could as well stand for a spilled cup."),
        ("facts", {"name": "It was an unfortunate incident."}, "Close: that could as well stand for a spilled cup."),
        ("facts", {"name": "Something bad happened"}, "Close: that could as well stand for a spilled cup."),
        ("facts", {"name": "Mistakes were made"}, "Close: that could as well stand for a spilled cup."),
        ("facts", {"name": "Concerns were raised about an event"}, "Close: that could as well stand for a spilled"),
        ("facts", {"name": "The incident: a guard stopped Black visitors"}, "Yes: you have a name for it"),
        ("facts", {"name": "Profiling"}, "Yes: you have a name for it"),
        ("facts", {"acted": "nothing"}, "Close: a message alone can do harm."),
        ("facts", {"known": "Film"}, "Close: write what you know, and how, in a few more words."),
        ("drafted", {"thanks": None}, "Not yet: write the part called Thanks."),
        ("drafted", {"thanks": 4}, "Look again: write the part called Thanks in words."),
        ("drafted", {"thanks": "..."}, "Look again: write the part called Thanks in words."),
        ("drafted", {"facts": "word " * 300}, "Close: your draft has 321 words."),
        ("marked", {"acts_partner": "perhaps"}, "Look again: choose the partner's three marks, from the menu."),
        ("marked", {"acts_partner": "yes", "changed": None}, "Close: your marks differ in 1 of 3."),
        ("marked", {"changed": None}, "Not yet: write what you change in the draft, or why nothing."),
        ("marked", {"acts_partner": "yes"}, "Yes: two people have read it."),
        ("followed", {"who": "Maria Lopez"}, "Close: that looks like a person's name."),
        ("followed", {"when": "soon"}, "Close: write by when: a day, or a month"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


@pytest.mark.parametrize("text", ["I am sorry.", "Mistakes were made.", "This is racism, and it ends today.", "word"])
def test_no_program_grades_a_message(text: str) -> None:
    """Whatever the words are, the check says the same."""
    answers = dict.fromkeys(task.PARTS, text)
    assert task.drafted(answers).state == "right"
    assert "No program can say whether they are good." in task.drafted(answers).sentence


@pytest.mark.parametrize("mark", ["yes", "part", "no"])
def test_no_mark_is_the_right_one(mark: str) -> None:
    fields = [f"{field}_{who}" for field in task.ASKED for who in ("writer", "partner")]
    assert task.marked({**dict.fromkeys(fields, mark), "changed": "Name a doer."}).state == "right"


def test_the_draft_shows_the_parts_that_have_words() -> None:
    assert task.draft(dict.fromkeys(task.PARTS)) == []
    (shown,) = task.draft({**dict.fromkeys(task.PARTS), "name": "That is racism.", "next": "Tell us."})
    assert (shown.caption, shown.body) == ("Your draft: 5 words", [("Name", "That is racism."), ("Next", "Tell us.")])
    long = " ".join(["word"] * 250)
    (shown,) = task.draft({**dict.fromkeys(task.PARTS), "name": long})
    assert shown.body == [("Name", long)]


@pytest.mark.parametrize("kind", hostile.NAMES)
def test_a_hostile_draft_is_no_draft_or_text(kind: str) -> None:
    answer = hostile.answers()[kind]
    for field in task.PARTS:
        manners.calm(task.drafted({**right()["drafted"], field: answer}))
    manners.calm(task.drafted(dict.fromkeys(task.PARTS, answer)))
    for shown in task.draft(dict.fromkeys(task.PARTS, answer)):
        assert all(type(cell) is str for row in shown.body for cell in row)
        assert "<script>" not in shown._repr_html_()
