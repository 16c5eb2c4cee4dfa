"""The checks and views of the worksheet "Data and story". Every expected value is computed when it is asked for."""

from __future__ import annotations

import functools
import math
import random
import re
from typing import Any

import pandas as pd

from equityguide.charts.diagrams import bars
from equityguide.charts.people import equiplot
from equityguide.figure import Figure, figure
from equityguide.measures import rates
from equityguide.suppression import pick
from equityguide.worksheets import check, forms, sample, written
from equityguide.worksheets.check import Result

MEASURE, DIMENSION, YEAR = "ed_visits_primary_care_conditions", "payer", "2024"

# The simulated people: each has an own usual number of visits a year, and luck does the rest.
PEOPLE, USUAL, SEED = 5_000, 4.0, 30
CUTS = [8, 12, 16]  # visits in the first year, from which on someone is picked
PICKED, EVERYONE = "Those picked", "Everyone"
FIRST, SECOND = "first year", "year after"

TRUST = {"A number": "number", "A story": "story", "Both together": "both", "Neither, until I can ask": "neither"}
WITHHELD = {
    "Nobody in them came": "none",
    "A small count is hidden, and a second row with it, so that nobody can work it out": "small",
    "Nobody asked them": "asked",
}
MISSING = {
    "Which of the shown rows is highest": "most",
    "How sure each number is": "sure",
    "What brought them here": "why",
}
TOLD = {"The story says so": "told", "We would be guessing": "guess"}
REASONS = {
    "Being picked helped them": "picked",
    "They were picked in a bad year, and most bad years pass": "peak",
    "The sickest went elsewhere": "left",
}
TESTS = {
    "A larger fall than last time": "larger",
    "The team's own impression": "team",
    "A fair comparison: people as often here, of whom some get the help later": "compare",
}
ACTS = {"A favor": "favor", "A policy": "policy"}
TELLERS = {
    "The person, in their own words": "self",
    "Someone else, after the person said yes": "yes",
    "Someone else, and nobody asked the person": "unasked",
}
TERMS = {
    "They may change it or take it back": "back",
    "Once told, it belongs to us": "ours",
    "We have not talked about that": "silent",
}

# One age or one day may point to a person. A span of ages is that of a measure, and so are the days it begins and ends.
_SPAN = r"(?:\+|[-\u2013]\d| (?:to|through) \d| (?:and|or) (?:above|below|less|more|older|over|under|up|younger)\b)"
_DETAIL = re.compile(
    rf"\b\d{{1,3}}[- ]year[- ]old\b(?!{_SPAN})|\b(?:is|was) \d{{1,3}} years old\b(?!{_SPAN})|"
    rf"\baged? \d{{1,3}}\b(?!(?: years?(?: old)?)?{_SPAN})|\bborn (?:on|in 19\d\d\b(?!{_SPAN}))|"
    r"\b(?:admitted|came|discharged|died|seen) on \d|\broom (?!20\d\d\b)\d|"
    r"(?-i:\b(?:Mr|Mrs|Ms|Miss|Dr)\b\.?\s+[A-Z])",
    re.IGNORECASE,
)


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["trust"],
        list(TRUST.values()),
        ask="choose what moves you more",
        right="colleagues will choose otherwise. That is why the two go side by side.",
    )


@functools.cache
def measured() -> pd.DataFrame:
    """The sample organization's visits for conditions that primary care can treat, by payer; small counts hidden."""
    return rates(pick(sample.years(MEASURE), dimension=DIMENSION, period=YEAR))


def payers() -> list[str]:
    """The groups, in alphabetical order."""
    return sorted(str(group) for group in measured()["group"])


def hidden() -> list[str]:
    """The groups without a number, in alphabetical order."""
    rows = measured()
    return sorted(str(group) for group in rows.loc[rows["status"] != "shown", "group"])


def reading(answers: dict[str, Any]) -> Result:
    """The highest of the shown rows and its rate, why two rows are hidden, and what no row says."""
    rows = measured()
    shown = rows[rows["status"] == "shown"].sort_values("rate")
    top, runner = str(shown["group"].iloc[-1]), str(shown["group"].iloc[-2])
    share = 100 * float(shown["rate"].iloc[-1])
    others = [(100 * float(rate), "that is another row.") for rate in shown["rate"].iloc[:-1]]
    return check.first(
        check.choice(
            answers["most"],
            top,
            payers(),
            ask="choose the row with the largest share, of those with a number",
            again="look for the dot furthest to the right.",
            right="",
            slips={
                runner: "that one comes second.",
                **dict.fromkeys(hidden(), "that row has no number, so nobody can rank it."),
            },
        ),
        check.number(
            answers["rate"],
            share,
            decimals=0,
            ask="write how many of 100 of them came",
            again="read the number in that row.",
            right="",
            slips=[(100 - share, "those are the patients who did not come for this."), *others],
        ),
        check.choice(
            answers["hidden"],
            "small",
            list(WITHHELD.values()),
            ask="choose why two rows have no number",
            again="hidden is neither zero nor unasked. One hidden row could be worked out from the total.",
            right="",
        ),
        check.choice(
            answers["missing"],
            "why",
            list(MISSING.values()),
            ask="choose what the chart cannot say",
            again="the chart does show that one. Look for what no count can say.",
            right="",
        ),
        right="you know the highest shown row, and that nobody can rank the hidden ones. The chart is silent about the "
        "reason. A story can ask.",
    )


def whys(answers: dict[str, Any]) -> Result:
    """What the story says, link by link, and what it leaves open; then a question about a rule."""
    wanted = {
        "home": ("told", "look at what the team took to be the main reason."),
        "bill": ("told", "look at what the leaders did."),
        "money": ("guess", "read it once more: does anyone say why the bill was open?"),
        "rule": ("guess", "the story names no rule and no company."),
        "help": ("guess", "the guide credits all of the help together, and compares him with nobody."),
    }
    return check.first(
        *check.chosen(answers, wanted, list(TOLD.values()), ask="say of each link whether the story has it"),
        written.sentence(answers["ask"], ask="write a question about a rule, not about the man"),
        right="you see where the story ends and where our guesses begin. Read your question again: does it ask about a "
        "rule, and not about the man?",
    )


@functools.cache
def people() -> list[tuple[int, int]]:
    """The simulated people's visits in two years, with nothing done in between. The same people at each call.

    Each has a usual rate, a gamma variable of shape 2 with mean `USUAL`, and each year's visits are a Poisson count
    at that rate. Only `random.random` is used, which gives the same numbers on every machine.
    """
    drawn = random.Random(SEED)
    rates_ = [-USUAL / 2 * math.log((1 - drawn.random()) * (1 - drawn.random())) for _ in range(PEOPLE)]
    return [(_poisson(rate, drawn), _poisson(rate, drawn)) for rate in rates_]


def _poisson(rate: float, drawn: random.Random) -> int:
    """A Poisson count: how many uniform numbers are multiplied before the product falls below exp(-rate)."""
    limit, product, count = math.exp(-rate), drawn.random(), 0
    while product > limit:
        product *= drawn.random()
        count += 1
    return count


def simulated(cut: int) -> pd.DataFrame:
    """Mean visits of those with at least `cut` in the first year, and of everyone, in both years: four rows."""
    everyone = people()
    chosen = [pair for pair in everyone if pair[0] >= cut]
    return pd.DataFrame(
        [
            {"who_and_when": f"{who}, {when}", "mean_visits": round(sum(pair[i] for pair in pairs) / len(pairs), 1),
             "people": len(pairs)}
            for who, pairs in ((PICKED, chosen), (EVERYONE, everyone))
            for i, when in enumerate((FIRST, SECOND))
        ]
    )  # fmt: skip


def peak(answers: dict[str, Any]) -> Result:
    """How far visits fell though nothing was done, why they did, and what would tell help from luck."""
    picked = check.pick(answers["cut"], CUTS, ask="choose from how many visits on people are picked")
    if picked.state != "right":
        return picked
    first, second, *_ = (float(value) for value in simulated(int(answers["cut"]))["mean_visits"])
    return check.first(
        check.number(
            answers["fall"],
            first - second,
            ask="write by how many visits those picked fell",
            again="take the second bar from the first.",
            right="",
            slips=[(second, "that is the year after alone."), (first, "that is the first year alone.")],
        ),
        check.choice(
            answers["reason"],
            "peak",
            list(REASONS.values()),
            ask="choose why visits fell",
            again="nobody did anything for them, and all of them are still counted.",
            right="",
        ),
        check.choice(
            answers["test"],
            "compare",
            list(TESTS.values()),
            ask="choose what would tell help from luck",
            again="luck can do that as well. Ask what the same people would have done without help.",
            right="",
        ),
        right="people picked at a peak come down by themselves. So one patient's better year is no proof, in either "
        "direction.",
    )


def acts(answers: dict[str, Any]) -> Result:
    """Four acts, each a favor or a policy; then a policy of one's own, and who could sign it."""
    favor = "ask what the next patient gets."
    policy = "it holds for the next patient too, whoever is on duty."
    wanted = {
        "bill": ("favor", f"first act: {favor}"),
        "fund": ("policy", f"second act: {policy}"),
        "phone": ("favor", f"third act: {favor}"),
        "pact": ("policy", f"fourth act: {policy}"),
    }
    return check.first(
        *check.chosen(answers, wanted, list(ACTS.values()), ask="say of each act whether it is a favor or a policy"),
        written.sentence(answers["ours"], ask="write a policy that would have helped before the first visit"),
        written.role(answers["sign"], ask="write who could sign it, as a role"),
        right="a favor helps one person this week. A policy is there for the next one, and someone answers for it.",
    )


def pair(answers: dict[str, Any]) -> Result:
    """A number and a story side by side: whose story, on which terms, and what neither can show."""
    asked = "ask the person first. A story that nobody agreed to is not ours to tell."
    told = check.pick(answers["teller"], list(TELLERS.values()), ask="choose who tells the story")
    if told.state == "right" and answers["teller"] == "unasked":
        told = Result("close", asked)
    texts = [answers[name] for name in ("number", "limit")]
    if any(type(text) is str and _DETAIL.search(text) for text in texts):
        return Result("close", "leave out what could point to one person: an age, a date, a room, a name.")
    return check.first(
        written.sentence(
            answers["number"], ask="write which number stands beside the story, for which groups and year"
        ),
        told,
        check.choice(
            answers["terms"],
            "back",
            list(TERMS.values()),
            ask="choose what was agreed about using it again",
            again="a yes can be taken back. Say so before the story is told.",
            right="",
        ),
        written.sentence(answers["limit"], ask="write what the two together still cannot show"),
        written.role(answers["owner"], ask="write who shows them, as a role"),
        right="your pair is written down. Read it again: are the groups named, and is the limit honest?",
    )


@forms.once
def measure_seen(answers: dict[str, Any]) -> list[Figure]:
    """The stratified measure, whatever has been answered."""
    rows = measured()
    chart = equiplot(rows, titles=sample.titles(), unit="percent of patients")
    return [
        figure(
            chart,
            rows,
            name="worksheet-story-measure",
            finding="How many patients found emergency care, and not primary care, for what both can treat, by payer",
            source=sample.SOURCE,
            evidence=sample.EVIDENCE,
            as_of=YEAR,
            missing="none",
        )
    ]


def peak_seen(answers: dict[str, Any]) -> list[Figure]:
    """The simulated people once the reader has said from where on they are picked."""
    if check.pick(answers["cut"], CUTS, ask="").state != "right":
        return []
    rows = simulated(int(answers["cut"]))
    titles = {"who_and_when": "Who and when", "mean_visits": "Visits a person", "people": "People"}
    chart = bars(rows, titles=titles, label="who_and_when", value="mean_visits", unit="visits a person", decimals=1)
    return [
        figure(
            chart,
            rows,
            name="worksheet-story-peak",
            finding="Simulated people. Nothing was done for anyone, and those picked came less often all the same",
            source="Simulated by this book, with a fixed seed",
            evidence="synthetic: simulated, no real people",
            as_of="no date: simulated",
            missing="none",
        )
    ]
