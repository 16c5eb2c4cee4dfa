from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import manners
import nbformat
import pandas as pd
import pytest

from equityguide.worksheets import learner
from equityguide.worksheets import one_to_one as task
from equityguide.worksheets.check import Result

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "warm-up": task.warm_up, "steps": task.steps, "questions": task.questions, "prepared": task.prepared,
    "heard": task.heard, "promised": task.promised,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "steps": {place: list(task.STEPS.values()) for place in task.PLACES},
    "questions": {topic: list(menu.values()) for topic, menu in task.QUESTIONS.items()},
}


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"listened": "phone"},
        "steps": dict(
            zip(task.PLACES, ("set up", "purpose", "explore", "exchange", "commit"), strict=True)
        ),
        "questions": dict.fromkeys(task.QUESTIONS, "open"),
        "prepared": {
            "time": "Monday, the small office", "purpose": "I want to hear what you think of our desk.", "end": 30,
            "question": "What would you change first?", "story": "My father waited alone.", "offer": "My help",
        },
        "heard": {"partner": 4, "organizer": 1, "heard": "That people stay here.", "turns": None},
        "promised": {
            "mine": "Send the page.", "mine_by": "May 2027", "theirs": "Read the page.", "theirs_by": "2027-06-01",
            "again": "June 2027",
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.hold(check, answers, MENUS.get(name, {}), optional=("turns",))


TURNS = pd.DataFrame([("partner", 0.0), ("organizer", 60.0)], columns=task.COLUMNS)


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("steps", {"first": "explore"}, "Close: something else has to happen before that. What comes first?"),
        ("steps", {"third": "purpose"}, "Close: that step is done by then. What comes third?"),
        ("steps", {"second": "lunch"}, "Look again: choose the step that comes second, from the menu."),
        ("questions", {"values": "group"}, "Close: question 1: nobody should have to speak for a group."),
        ("questions", {"interests": "leading"}, "Close: question 2: that question has its answer in it."),
        ("questions", {"assets": "closed"}, "Close: question 3: a yes or a no can answer that one."),
        ("questions", {"exchange": "trade"}, "Close: question 4: that turns the talk into a deal."),
        ("questions", {"promise": "vague"}, "Close: question 5: nobody could tell whether that was done."),
        ("prepared", {"purpose": "word " * 31}, "Close: one text has 31 words. Keep it to 30"),
        ("prepared", {"end": "soon"}, "Look again: write how many minutes the meeting lasts, as a number."),
        ("prepared", {"end": 5}, "Close: 5 minutes leave no time to listen."),
        ("prepared", {"end": "90 minutes"}, "Close: 90 minutes are much to ask for."),
        ("prepared", {"end": "45 min"}, "Yes: you have a time"),
        ("prepared", {"question": "Do you like our new desk?"}, "Close: a yes or a no can answer your question."),
        ("prepared", {"question": "Document one day for me, please?"}, "Yes: you have a time"),
        ("prepared", {"offer": 3}, "Look again: write what you could give, in words."),
        ("heard", {"partner": "two"}, "Look again: write the minutes as a number, such as 4 or 2.5."),
        ("heard", {"partner": -1}, "Look again: write the minutes as a number"),
        ("heard", {"partner": 0, "organizer": 0}, "Not yet: start the clock"),
        ("heard", {"partner": 0.5, "organizer": 0.1}, "Close: that was less than a minute."),
        ("heard", {"partner": 1, "organizer": 4}, "Close: the organizer had more of the time than the partner."),
        ("heard", {"partner": 3, "organizer": 2}, "Close: the partner had 60 of 100 minutes."),
        ("heard", {"partner": 10, "organizer": 0}, "Close: the organizer hardly spoke."),
        ("heard", {"partner": "4 minutes", "organizer": "1 min"}, "Yes: the partner had 80 of 100 minutes"),
        ("heard", {"heard": "Staff"}, "Close: write what the partner values, in a few more words."),
        ("heard", {"turns": TURNS}, "Close: the clock still runs."),
        ("promised", {"mine_by": "soon"}, "Close: write by when you will do it: a day, or a month"),
        ("promised", {"theirs": "Think about all this"}, "Close: nobody could see what the other person does."),
        ("promised", {"mine": "I will support the work"}, "Close: nobody could see what you do."),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


@pytest.mark.parametrize(
    "promise",
    [
        "Do my best", "I will do my best to help", "Maybe help us", "She will think about it", "We'll think about it",
        "I\u2019ll be in touch", "Stay in touch with us", "Keep this in mind", "He will try to be supportive",
        "Look into the numbers", "I will be there",
        "Support us with this", "See what I can do", "Perhaps consider the plan", "I will try",
    ],
)  # fmt: skip
def test_a_promise_that_nobody_could_see_is_asked_for_again(promise: str) -> None:
    assert said("promised", mine=promise).sentence.startswith("nobody could see what you do.")


@pytest.mark.parametrize(
    "promise",
    [
        "Try the form on one unit", "Support her at Tuesday's board meeting", "Stay two hours with the night team",
        "Help us count the calls on Monday", "Support this with a letter to the board", "Be there at the huddle on May 3",
        "Keep the list of missed calls", "We will ask three families", "Thinking time: block an hour on Friday",
    ],
)  # fmt: skip
def test_a_promise_that_could_be_seen_is_taken(promise: str) -> None:
    assert said("promised", mine=promise, theirs=promise).state == "right"


@pytest.mark.parametrize(
    "question",
    [
        "You care about this, don't you?", "Wouldn't you agree we need this?", "You see it too, don\u2019t you?",
        "Isn't it time for this?", "Dont you want this as well?", "It is time we did this, isn't it?",
        "Can't we do better than this?", "You would help us, right?", "You will not stop us, will you?",
    ],
)  # fmt: skip
def test_a_question_with_its_answer_in_it_is_asked_for_again(question: str) -> None:
    assert said("prepared", question=question).sentence.startswith("a yes or a no can answer your question.")


@pytest.mark.parametrize(
    "question",
    [
        "What would you change first, if you could?", "When you came here, what did you hope for?",
        "Tell me, what are you proud of?", "How do you know, on a busy night, that all is right?",
    ],
)  # fmt: skip
def test_an_open_question_is_taken(question: str) -> None:
    assert said("prepared", question=question).state == "right"


def test_every_menu_has_one_open_question_and_every_other_has_its_sentence() -> None:
    for menu in task.QUESTIONS.values():
        assert list(menu.values()).count("open") == 1
        assert set(menu.values()) - {"open"} <= set(task.WEAKER)


def test_the_clock_gives_each_the_time_until_the_next_press() -> None:
    now = iter([100.0, 220.0, 250.0, 370.0, 390.0, 1000.0])
    form = task.listening(clock=lambda: next(now))
    press = {one.label: one.run for one in form.buttons}
    assert str(press["The partner speaks"]()) == (
        "Noted: it runs for the partner. So far the partner spoke for 0:00, the organizer for 0:00."
    )
    press["The organizer speaks"]()
    assert task.heard(form.values).state == "close"  # it runs
    press["The partner speaks"]()
    press["The organizer speaks"]()
    assert str(press["Stop the clock"]()) == (
        "Noted: it has stopped. So far the partner spoke for 4:00, the organizer for 0:50."
    )
    assert (form["partner"], form["organizer"]) == (4.0, 0.8)
    form.enter(heard="That people stay here.")
    assert form.result.state == "right"
    press["Stop the clock"]()  # a second press changes nothing
    assert (form["partner"], form["organizer"]) == (4.0, 0.8)
    press["Set the clock to zero"]()
    assert (form["partner"], form["organizer"], form["turns"]) == (None, None, None)


def test_shares_stand_beside_the_aim_and_add_up() -> None:
    (shown,) = task.shares({"partner": 2.0, "organizer": 1.0})
    assert [row[1:] for row in shown.body] == [("67", "80"), ("33", "20")]
    assert task.shares({"partner": None, "organizer": 1.0}) == []
    assert task.shares({"partner": 0, "organizer": 0}) == []


def test_a_notebook_in_which_a_talk_was_prepared_keeps_nothing_of_it() -> None:
    notebook = nbformat.read(ROOT / "exercises" / "one-to-one.ipynb", as_version=4)
    filling = [
        "from equityguide.worksheets import live",
        "for form in (prepare, listen, promise, group):",
        "    view = live.View(form); form.watch(view.refresh); view.display_charts()",
        "    for one in form.questions:",
        "        view.controls[one.name].value = '7' if one.kind == 'number' else 'the heron account'",
        "    for button in view.box.children[-3].children: button.click()",
        "print(prepare['story'][-7:])",
    ]
    again = [nbformat.v4.new_code_cell(cell.source) for cell in notebook.cells if cell.cell_type == "code"][-6:-1]
    notebook.cells += [nbformat.v4.new_code_cell("\n".join(filling)), *again]
    run = learner.execute(notebook, "one-to-one")
    assert run.cells[-len(again) - 1].outputs[0].text == "account\n"
    assert "widgets" not in run.metadata
    assert "heron" not in json.dumps([cell.get("outputs", []) for cell in run.cells])
