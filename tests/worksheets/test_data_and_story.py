from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import manners
import numpy as np
import pytest

from equityguide import data
from equityguide.suppression import require
from equityguide.worksheets import data_and_story as task
from equityguide.worksheets.check import Result

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "warm-up": task.warm_up, "reading": task.reading, "whys": task.whys, "peak": task.peak, "acts": task.acts,
    "pair": task.pair,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "reading": {
        "most": task.payers(), "hidden": list(task.WITHHELD.values()), "missing": list(task.MISSING.values()),
    },
    "whys": {name: list(task.TOLD.values()) for name in ("home", "bill", "money", "rule", "help")},
    "peak": {"reason": list(task.REASONS.values()), "test": list(task.TESTS.values())},
    "acts": {name: list(task.ACTS.values()) for name in ("bill", "fund", "phone", "pact")},
    "pair": {"terms": list(task.TERMS.values())},
}  # fmt: skip


@functools.cache
def medicaid() -> float:
    """Of 100 patients with Medicaid in 2024, added up here from the file."""
    rows = data.load("organization", "measures")
    rows = rows[
        (rows["measure"] == "ed_visits_primary_care_conditions")
        & (rows["dimension"] == "payer")
        & (rows["group"] == "Medicaid")
        & rows["period"].str.startswith("2024")
    ]
    return 100 * float(rows["events"].sum() / rows["denominator"].sum())


@functools.cache
def fall(cut: int) -> float:
    """By how many visits those picked fell, from the people themselves."""
    pairs = np.array(task.people())
    mean = pairs[pairs[:, 0] >= cut].mean(axis=0)
    return round(float(mean[0]), 1) - round(float(mean[1]), 1)


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"trust": "neither"},
        "reading": {"most": "Medicaid", "rate": round(medicaid()), "hidden": "small", "missing": "why"},
        "whys": {
            "home": "told", "bill": "told", "money": "guess", "rule": "guess", "help": "guess",
            "ask": "Who decides whose power is cut?",
        },
        "peak": {"cut": 12, "fall": round(fall(12), 1), "reason": "peak", "test": "compare"},
        "acts": {
            "bill": "favor", "fund": "policy", "phone": "favor", "pact": "policy",
            "ours": "Late clinics on two days a week.", "sign": "Clinic director",
        },
        "pair": {
            "number": "Late visits by language in 2024.", "teller": "yes", "terms": "back",
            "limit": "How many others this is true of.", "owner": "Quality lead",
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
        ("reading", {"most": "Medicare"}, "Close: that one comes second."),
        ("reading", {"most": "Commercial"}, "Look again: look for the dot"),
        ("reading", {"most": "Uninsured"}, "Close: that row has no number, so nobody can rank it."),
        ("reading", {"most": "Unknown"}, "Close: that row has no number, so nobody can rank it."),
        ("reading", {"rate": 86}, "Close: those are the patients who did not come"),
        ("reading", {"rate": 4}, "Close: that is another row."),
        ("reading", {"rate": "few"}, "Look again: write one number, in digits."),
        ("reading", {"hidden": "none"}, "Look again: hidden is neither zero nor unasked."),
        ("whys", {}, "Yes: you see where the story ends and where our guesses begin. Read your question again"),
        ("whys", {"help": "told"}, "Look again: the guide credits all of the help together"),
        ("whys", {"ask": "Why him?"}, "Close: write a question about a rule"),
        ("peak", {"cut": 9}, "Look again: choose from how many visits"),
        ("peak", {"fall": round(-fall(12), 1)}, "Close: the size fits."),
        ("peak", {"fall": 40}, "Look again: take the second bar from the first."),
        ("peak", {"reason": "picked"}, "Look again: nobody did anything"),
        ("peak", {"test": "larger"}, "Look again: luck can do that as well."),
        ("acts", {"bill": "policy"}, "Look again: first act: ask what the next patient gets."),
        ("acts", {"fund": "favor"}, "Look again: second act: it holds for the next patient too"),
        ("acts", {"phone": "policy"}, "Look again: third act: ask what the next patient gets."),
        ("acts", {"pact": "favor"}, "Look again: fourth act: it holds for the next patient too"),
        ("acts", {"sign": "Dr. Chen"}, "Close: that looks like a person's name."),
        ("pair", {"teller": "unasked"}, "Close: ask the person first."),
        ("pair", {"terms": "ours"}, "Look again: a yes can be taken back."),
        ("pair", {}, "Yes: your pair is written down. Read it again"),
        ("pair", {"limit": "Much"}, "Close: write what the two together still cannot show"),
    ],
)
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


@pytest.mark.parametrize(
    "text",
    [
        "A 54-year-old man who came often", "The patient is 54 years old", "A woman aged 54 from the west side",
        "A mother, age 31, from Elm Hill", "The man born on the first of May", "One teacher born in 1962",
        "The visit in room 12 that night", "Seen on 3/14/2024 for asthma", "What Mr. Jones told the night team",
        "Why Dr Chen sent them home",
    ],
)  # fmt: skip
def test_a_detail_that_could_point_to_one_person_is_asked_out(text: str) -> None:
    for name in ("number", "limit"):
        assert said("pair", **{name: text}).sentence.startswith("leave out what could point to one person")


@pytest.mark.parametrize(
    "text",
    [
        "Screening rate for patients aged 50 to 75", "Screening of patients age 50-75, by language",
        "Shots for those aged 65 and over", "Shots for adults aged 65+ in 2024",
        "Visits of adults 18 years old and over", "Visits of children 2 to 17 years old",
        "The group is 18 years old or older", "Infants born here in 2024, by language", "Babies born in 2024 by payer",
        "Hepatitis tests of people born in 1945 through 1965", "Visits in the fiscal year ending 9/30/2025",
        "Visits from 1/1/2024 to 12/31/2024 by payer", "Emergency room 2024 visits by payer",
        "Why so many patients miss visits", "How many never come and never call",
    ],
)  # fmt: skip
def test_a_measure_and_its_span_point_to_nobody(text: str) -> None:
    for name in ("number", "limit"):
        assert said("pair", **{name: text}).state == "right"


@pytest.mark.parametrize("cut", task.CUTS)
def test_the_simulated_people_come_down_by_themselves(cut: int) -> None:
    """Theory: usual visits are gamma of shape 2 and mean 4, so the second year's mean is (2 + first) / 1.5."""
    pairs = np.array(task.people())
    picked = pairs[pairs[:, 0] >= cut]
    assert len(picked) >= 11
    expected = (2 + picked[:, 0].mean()) / 1.5
    assert abs(picked[:, 1].mean() - expected) < 4 * picked[:, 1].std() / len(picked) ** 0.5
    assert picked[:, 0].mean() - picked[:, 1].mean() > 1
    assert abs(pairs[:, 0].mean() - pairs[:, 1].mean()) < 0.15
    assert abs(pairs.mean() - 4) < 0.15
    assert task.peak({**right()["peak"], "cut": cut, "fall": round(fall(cut), 1)}).state == "right"


def test_the_simulated_people_are_the_same_each_time() -> None:
    before = task.people()
    task.people.cache_clear()
    assert task.people() == before


def test_the_simulation_is_drawn_and_called_so() -> None:
    assert task.peak_seen({"cut": None}) == []
    assert task.peak_seen({"cut": "12"}) == []
    (view,) = task.peak_seen({"cut": 12})
    assert view.payload["evidence"].startswith("synthetic")
    assert view.payload["finding"].startswith("Simulated people. ")
    first, second, *_ = (row["mean_visits"] for row in view.payload["datasets"]["rows"])
    assert round(first - second, 1) == round(fall(12), 1)


def test_the_measure_is_suppressed_and_marked_as_synthetic() -> None:
    require(task.measured())
    (view,) = task.measure_seen({})
    assert view.payload["synthetic"]
    rows = {row["group"]: row for row in view.payload["datasets"]["rows"]}
    assert task.hidden() == ["Uninsured", "Unknown"]
    assert all((rows[group]["status"], rows[group]["events"]) == ("suppressed", None) for group in task.hidden())


def test_no_answer_ranks_a_row_without_a_number() -> None:
    """The hidden rows hold the highest share of all: whoever calls the highest shown row the highest is misled."""
    counts = data.load("organization", "measures").query(
        "measure == 'ed_visits_primary_care_conditions' and dimension == 'payer'"
    )
    counts = counts[counts["period"].str.startswith("2024")].groupby("group")[["events", "denominator"]].sum()
    assert (counts["events"] / counts["denominator"]).idxmax() in task.hidden()
    assert "nobody can rank the hidden ones" in said("reading").sentence
    source = (ROOT / "exercises/source/data-and-story.md").read_text("utf-8")
    hidden = {str(counts.loc[group, "events"]) for group in task.hidden()}
    assert not hidden & set(re.findall(r"\d+", source.split("## Task 1")[1].split("## Task 2")[0]))


def test_the_numbers_on_paper_are_those_of_the_chart() -> None:
    source = (ROOT / "exercises/source/data-and-story.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) visits on \| ([\d.]+) \| ([\d.]+) \|$", source, re.MULTILINE)
    assert [[float(cell) for cell in row] for row in rows] == [
        [cut, *task.simulated(cut)["mean_visits"].head(2)] for cut in task.CUTS
    ]
