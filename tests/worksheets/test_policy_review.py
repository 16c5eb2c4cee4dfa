from __future__ import annotations

from typing import Any

import manners
import pytest

from equityguide.worksheets import policy_review as task
from equityguide.worksheets.check import Result

CHECKS = {
    "warm-up": task.warm_up, "questions": task.two_questions, "requests": task.requests, "own": task.own_rule,
    "seat": task.seat, "log": task.log,
}  # fmt: skip
SENTENCE = "Families who work cannot come."
MENUS: dict[str, dict[str, list[Any]]] = {
    "questions": {
        "gains": list(task.GAINS.values()), "left_out": list(task.LEFT_OUT.values()),
        "cause": list(task.CAUSES.values()), "change": list(task.CHANGES.values()),
    },
    "requests": {
        "emergency": list(task.EMERGENCY.values()), "stable": list(task.STABLE.values()),
        "refuses": list(task.REFUSES.values()), "survivor": list(task.SURVIVOR.values()),
        "language": list(task.LANGUAGE.values()), "illness": list(task.ILLNESS.values()),
    },
}  # fmt: skip


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"rule": "other"},
        "questions": {"gains": "on time", "left_out": "interpreter", "cause": "check-in", "change": "call"},
        "requests": {
            "emergency": "treat", "stable": "ask", "refuses": "respect", "survivor": "arrange", "language": "language",
            "illness": "both", "nurse": "What would help you now?",
        },
        "own": {
            "rule": SENTENCE, "purpose": "Rest for patients", "gains": "Day shift", "left_out": "Evening workers",
            "know": "guess", "more": "Ask the families",
        },
        "seat": {
            "who": "Working families", "when": "draft", "say": "decide", "paid": "other", "ease": "In the evening",
        },
        "log": {
            "rule": "Visits", "decision": "keep", "why": SENTENCE, "measure": "Visits a week by hour",
            "owner": "Nurse manager", "start": "May 2027", "review": "June 2027", "told": "Families, by phone",
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
        ("warm-up", {"rule": 3}, "Look again: choose a rule that you live with at work, from the menu."),
        ("questions", {"gains": "nobody"}, "Close: someone does, or it would not be there."),
        ("questions", {"left_out": "nobody"}, "Close: the rule is the same. What it does is not"),
        ("questions", {"cause": "culture"}, "Close: that is a stereotype"),
        ("questions", {"change": "drop"}, "Close: then those who came on time wait."),
        ("requests", {"emergency": "swap"}, "Close: in A, the search costs minutes"),
        ("requests", {"stable": "swap"}, "Close: in B, the nurse would learn that the rule does not hold."),
        ("requests", {"refuses": "force"}, "Close: in C, a person who can decide may say no"),
        ("requests", {"refuses": "swap"}, "Close: in C, the right to refuse care is not a right to choose staff"),
        ("requests", {"survivor": "no"}, "Close: in D, the wish is about feeling safe."),
        ("requests", {"language": "no"}, "Close: in E, he wants to understand"),
        ("requests", {"illness": "nothing"}, "Close: in F, she cannot help it, and the aide heard it"),
        ("requests", {"nurse": "Sorry"}, "Close: write what you say to the nurse afterward, in a few more words."),
        ("own", {"rule": "Visits"}, "Close: write the rule in a sentence, in a few more words."),
        ("own", {"left_out": 5}, "Look again: write who is left out"),
        ("own", {"know": "told"}, "Yes: your rule has two sides"),
        ("own", {"know": "surely"}, "Look again: choose how you know, from the menu."),
        ("seat", {"when": "after"}, "Close: after it is decided there is little left to say."),
        ("seat", {"say": "told"}, "Close: to be told is not a seat."),
        ("seat", {"paid": "open"}, "Close: one thing is open: who can say yes"),
        ("log", {"owner": "Dr. Lee"}, "Close: that looks like a person's name."),
        ("log", {"review": "April 2027"}, "Close: the second look comes before the start."),
        ("log", {"start": "soon"}, "Close: write from when: a day, or a month"),
        ("log", {"why": "word " * 90}, "Close: one text has 90 words."),
        ("log", {"decision": "Keep the rule"}, "Look again: choose what you decided, from the menu."),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_no_reflective_choice_is_graded() -> None:
    for decision in task.DECISIONS.values():
        assert said("log", decision=decision).state == "right"
    for know in task.KNOW.values():
        assert said("own", know=know).state == "right"


def test_the_log_shows_what_is_written_and_says_what_is_open() -> None:
    blank = dict.fromkeys(task.LOG)
    assert task.logged(blank) == []
    (table,) = task.logged({**right()["log"], "told": None})
    rows = {part: text for part, text in table.body}
    assert rows["Decision"] == "Keep the rule"
    assert rows["Owner"] == "Nurse manager"
    assert rows["Who is told"] == "(open)"
    assert list(rows) == list(task.LOG.values())
    (odd,) = task.logged({**blank, "rule": "<b>x</b>", "decision": "burn it"})
    assert "<b>" not in odd._repr_html_()
    assert ["Decision", "(open)"] in odd.body
