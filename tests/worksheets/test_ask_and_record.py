from __future__ import annotations

import functools
from typing import Any

import manners
import pytest

from equityguide import data
from equityguide.worksheets import ask_and_record as task
from equityguide.worksheets.check import Result

CHECKS = {
    "warm-up": task.warm_up, "why": task.why, "choices": task.choices, "talks": task.replies,
    "records": task.gaps_in_records, "script": task.script,
}  # fmt: skip
SENTENCE = "We ask so that we can check that all of you get good care."
MENUS: dict[str, dict[str, list[Any]]] = {
    "why": {"reason": list(task.REASONS.values()), "seen": list(task.READERS.values())},
    "choices": {
        "missing": task.offered(), "many": list(task.HOW_MANY.values()), "rather_not": list(task.ENTRIES.values()),
        "asleep": list(task.ENTRIES.values()), "looks": list(task.LOOKS.values()),
        "interpreter": list(task.HELPERS.values()),
    },
    "talks": {
        "treat": list(task.WHY_MATTERS.values()), "box": list(task.WHICH_BOX.values()),
        "language": list(task.LANGUAGE.values()), "private": list(task.PRIVATE.values()),
    },
    "records": {"least": list(task.questions().values()), "next": list(task.NEXT_STEP.values())},
    "script": {"decline": list(task.MAY_DECLINE.values())},
}  # fmt: skip


@functools.cache
def unknown_of_100() -> float:
    """How many of 100 have an unknown language, counted here from the file and not by the check's own code."""
    counts = data.load("organization", "measures").query("measure == 'first_trimester_prenatal_care'")
    language = counts[counts["dimension"] == "language"]
    return 100 * language.loc[language["group"] == "Unknown", "denominator"].sum() / language["denominator"].sum()


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"asked": "never"},
        "why": {"reason": "care", "seen": "team", "own": SENTENCE},
        "choices": {
            "missing": "Middle Eastern or North African", "many": "all", "rather_not": "declined",
            "asleep": "unknown", "looks": "ask", "interpreter": "interpreter",
        },
        "talks": {"treat": "why", "box": "choose", "language": "best", "private": "tablet", "trust": SENTENCE},
        "records": {"least": "language", "unknown": round(unknown_of_100()), "next": "unknown"},
        "script": {
            "script": SENTENCE, "who": "Nurses", "when": "At check-in", "decline": "yes", "interpreter": "The desk.",
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
        ("warm-up", {"asked": "tomorrow"}, "Look again: choose when you were last asked, from the menu."),
        ("why", {"reason": "rule"}, "Close: it may be true, and it says nothing about the patient."),
        ("why", {"own": "For good care"}, "Close: your sentence says little yet."),
        ("why", {"own": "word " * 31}, "Close: your sentence has 31 words."),
        ("why", {"own": 7}, "Not yet: write why you ask"),
        ("choices", {"missing": "White"}, "Look again: choose the category that the old form lacks, from the menu."),
        ("choices", {"missing": "Other"}, "Close: a box without a name"),
        ("choices", {"rather_not": "unknown"}, "Close: that word is for people whom nobody asked."),
        ("choices", {"asleep": "declined"}, "Close: that word is for people who chose not to say."),
        ("choices", {"interpreter": "son"}, "Close: a child should not carry this."),
        ("talks", {"treat": "see"}, "Close: first talk: that would be a guess."),
        ("talks", {"trust": "It is"}, "Close: write why one of the weaker replies could cost trust, in a few"),
        ("records", {"least": "payer"}, "Look again: compare the bars"),
        ("records", {"unknown": "22"}, "Yes: this clinic knows where to start"),
        ("records", {"unknown": 0.2188}, "Close: that is for one patient. Write it for 100."),
        ("records", {"unknown": 40}, "Look again: read the part called Unknown"),
        ("records", {"unknown": "2,2"}, "Look again: write the number with a point"),
        ("records", {"next": "both"}, "Close: someone who declined has answered."),
        ("script", {"script": "word " * 121}, "Close: your script has 121 words."),
        ("script", {"script": "Hello"}, "Close: your script is very short."),
        ("why", {}, "Yes: your replies say what the answer is for, and who sees it. Say your own sentence aloud"),
        ("script", {}, "Yes: you have the words, and it is settled who asks and when. Read the words aloud"),
        ("script", {"who": "Not decided"}, "Close: your words are there. Agree on who asks and when"),
        ("script", {"who": "Dr. Who"}, "Look again: choose who asks, from the menu."),
        ("script", {"decline": "no"}, "Close: add a line that says"),
        ("script", {"interpreter": ""}, "Close: one thing is left"),
    ],
)
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_declined_is_not_added_to_unknown() -> None:
    shares = task.complete().set_index("dimension").loc["language"]
    both = 100 * (shares["unknown"] + shares["declined"])
    assert "added those who declined" in said("records", unknown=round(both)).sentence
    assert round(both) != round(unknown_of_100())


def test_the_seven_categories_of_2024_and_the_one_that_the_old_form_lacks() -> None:
    assert task.categories() == [
        "American Indian or Alaska Native", "Asian", "Black or African American", "Hispanic or Latino",
        "Middle Eastern or North African", "Native Hawaiian or Pacific Islander", "White",
    ]  # fmt: skip
    assert task.MISSING in task.offered()
    assert task.MISSING not in task.printed()


def test_the_old_form_in_the_worksheet_is_the_one_that_the_check_knows() -> None:
    source = (data.root().parent / "exercises" / "source" / "ask-and-record.md").read_text(encoding="utf-8")
    lines = [line.removeprefix("- ") for line in source.splitlines() if line.startswith("- ") and line[2].isupper()]
    assert lines == task.printed()


def test_completeness_agrees_with_the_file_and_each_dimension_adds_up() -> None:
    shares = task.complete()
    assert shares["unknown"].max() == pytest.approx(unknown_of_100() / 100)
    assert (shares[["known", "declined", "unknown"]].sum(axis=1) - 1).abs().max() < 1e-12
    assert task.recorded()["denominator"].notna().all()  # a hidden one would count as nobody
    (view,) = task.records({})
    assert view.payload["synthetic"]
