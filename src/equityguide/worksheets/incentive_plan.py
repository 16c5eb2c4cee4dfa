"""The checks and views of the worksheet "Incentive plan". Scenarios are invented; what they pay is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from equityguide.charts.people import slope
from equityguide.figure import Figure, figure
from equityguide.worksheets import check, forms, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.shown import Table

# HealthPartners' plan, as printed in IHI's guide: percent of an executive's yearly incentive.
LEADERS, PROFESSIONALS = 5, 5
INCENTIVE = 20_000  # dollars, invented
BEFORE, AFTER = "This year", "Year after"  # in the order of their letters, which a slope goes by
FOCUS, OTHERS = "Black patients", ("Hispanic patients", "White patients")
NOW = {FOCUS: 52, "Hispanic patients": 62, "White patients": 70}  # screened of 100, invented
UNKNOWN_NOW = 8  # of 100 patients without a recorded race, invented
TARGET = 60  # of 100 in the focus group, for our plan
GAP_TARGET = 10  # points, for a plan that pays on the gap alone
MOST_WEIGHT = 30  # percent of the incentive a reader may put on it

MEMORIES = {
    "People did more of what was counted": "more",
    "People counted differently": "counted",
    "Something that was not counted got worse": "worse",
    "Nothing changed": "nothing",
}
WEIGHTS = {"5%": "five", "10%": "ten", "IHI's guide does not say": "unknown"}
TODAY = {
    "Copy it: it was tried": "copy",
    "Show it as history: the law moved in 2025, so ask counsel first": "ask",
    "It was against the law from the start": "never",
}
BASES = {
    "The gap between two groups": "gap",
    "The rate of the group for whom care falls short": "rate",
    "The average of all patients": "mean",
    "Who was hired": "hired",
}
GUARDS = {
    "The average does not fall": "mean",
    "No group's rate gets worse": "groups",
    "The gap does not grow": "gap",
}
RECORDS = {
    "More patients are counted": "more",
    "Patients with unknown race do not rise": "unknown",
    "Nobody has to look at the records": "none",
}
PAYS = "pays"
RULINGS = {
    "It pays": PAYS,
    "It does not pay: the focus group's rate is below the target": "short",
    "It does not pay: another group's rate got worse": "worse",
    "It does not pay: unknown race rose": "unknown",
}
YES_NO = {"Yes": "yes", "No": "no"}


@dataclass(frozen=True)
class Outcome:
    """One year's end: screened of 100 in each group, and how many of 100 patients have no recorded race."""

    name: str
    told: str
    focus: float
    hispanic: float
    white: float
    unknown: float

    @property
    def gap(self) -> float:
        """Points between White patients and the focus group."""
        return self.white - self.focus


OUTCOMES = {
    "gain": Outcome("A", "Clinics call, and more Black patients are screened.", 63, 63, 70, 8),
    "level": Outcome("B", "Clinics call more Black patients, and close early for others.", 60, 62, 61, 8),
    "rise": Outcome("C", "All groups are screened more, White patients most.", 62, 66, 82, 7),
    "price": Outcome("D", "The callers leave the Spanish line to call elsewhere.", 63, 55, 70, 8),
    "rename": Outcome("E", "Patients who were not screened lose their entry for race.", 62, 62, 70, 15),
}


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["memory"],
        list(MEMORIES.values()),
        ask="choose what happened",
        right="targets do that. Task 4 lets you try it yourself.",
    )


def history(answers: dict[str, Any]) -> Result:
    """What the old plan paid on workforce diversity, what is not known of it, and what it is today."""
    whole = (LEADERS + PROFESSIONALS) / 100 * INCENTIVE
    return check.first(
        check.number(
            check.amount(answers["dollars"]),
            whole,
            decimals=0,
            ask="write how many dollars hung on the two halves together",
            again="add the two halves, and take that part of the incentive.",
            right="",
            slips=[
                (LEADERS / 100 * INCENTIVE, "that is one half. There are two."),
                (LEADERS + PROFESSIONALS, "that is the percent. The question asks for dollars."),
                (INCENTIVE - whole, "that is the rest of the incentive."),
            ],
        ),
        check.choice(
            answers["screening"],
            "unknown",
            list(WEIGHTS.values()),
            ask="choose the weight of the second measure",
            again="that is the weight of the first measure's parts. Read once more what is said about the second.",
            right="",
        ),
        check.choice(
            answers["today"],
            "ask",
            list(TODAY.values()),
            ask="choose what to do with the first measure today",
            again="read the caution above the form once more.",
            right="",
            slips={"copy": "it was tried before the law moved. Who would have to look at it first?"},
        ),
        right="you know what it paid, what the guide leaves out, and why it stands here as history.",
    )


def rule(answers: dict[str, Any]) -> Result:
    """What our plan pays on, both guardrails, and a weight of the reader's own."""
    return check.first(
        check.choice(
            answers["basis"],
            "rate",
            list(BASES.values()),
            ask="choose what the plan pays on",
            again="choose what rises only when care gets better for the patients it has failed.",
            right="",
            slips={
                "gap": "a gap also shrinks when someone else's care gets worse. Choose what only better care can move.",
                "mean": "the average can rise while one group is left behind. Choose that group's own number.",
                "hired": "that is for counsel since the law moved, and it is no measure of care.",
            },
        ),
        check.choice(
            answers["guard"],
            "groups",
            list(GUARDS.values()),
            ask="choose the guardrail for the other groups",
            again="choose the one that looks at each group by itself.",
            right="",
        ),
        check.choice(
            answers["records"],
            "unknown",
            list(RECORDS.values()),
            ask="choose the guardrail for the records",
            again="patients can drop out of a group on paper. Which line would show it?",
            right="",
        ),
        check.between(
            answers["weight"],
            1,
            MOST_WEIGHT,
            ask="write the percent of the incentive that hangs on it",
            beyond=f"try a weight from 1 to {MOST_WEIGHT} percent: enough to be felt, too little to tempt.",
        ),
        right="your plan pays for better care of one group, and for nothing that another group loses.",
    )


def ruling(outcome: Outcome) -> str:
    """What our plan says to an outcome: it pays, or the first condition that is not met."""
    if outcome.hispanic < NOW["Hispanic patients"] or outcome.white < NOW["White patients"]:
        return "worse"
    if outcome.unknown > UNKNOWN_NOW:
        return "unknown"
    return PAYS if outcome.focus >= TARGET else "short"


def gap_alone_pays(outcome: Outcome) -> bool:
    """What a plan on the gap alone says: has the gap come down to its target?"""
    return abs(outcome.gap) <= GAP_TARGET


def outcomes(answers: dict[str, Any]) -> Result:
    """What our plan does in each of the five invented years."""
    hints = {
        "gain": "look at each number: the target, the other groups, the unknown.",
        "level": "compare White patients with this year.",
        "rise": "our plan does not look at the gap. Look at each group by itself.",
        "price": "look at the Hispanic patients.",
        "rename": "look at the last column.",
    }
    wanted = {name: (ruling(outcome), hints[name]) for name, outcome in OUTCOMES.items()}
    paid = "".join(outcome.name for outcome in OUTCOMES.values() if gap_alone_pays(outcome))
    return check.first(
        *check.chosen(answers, wanted, list(RULINGS.values()), ask="choose what the plan does in each of the years"),
        right=f"a plan on the gap alone would have paid in {' and '.join([', '.join(paid[:-1]), paid[-1]])}, "
        "whoever lost by it.",
    )


def table() -> Table:
    """The five invented years beside this one. The form tells what happens in each, so that a phone holds a row."""
    now = Outcome("", "", NOW[FOCUS], NOW["Hispanic patients"], NOW["White patients"], UNKNOWN_NOW)
    rows = {"Now": now, **{one.name: one for one in OUTCOMES.values()}}
    body = [
        [name, *(f"{value:g}" for value in (one.focus, one.hispanic, one.white, one.gap, one.unknown))]
        for name, one in rows.items()
    ]
    caption = "Synthetic: five invented years. Screened of 100 patients, the gap in points, and unknown race of 100."
    groups = [who.removesuffix(" patients") for who in NOW]
    return Table(caption, ["Year", *groups, "Gap", "Unknown"], body)


@forms.once
def outcomes_seen(answers: dict[str, Any]) -> list[object]:
    """The five years as a table, whatever has been answered."""
    return [table()]


def game(answers: dict[str, Any]) -> Result:
    """Three numbers with which a plan on the gap alone pays and no patient is better off; then what ours does."""
    read: dict[str, float] = {}
    for name, who in (("focus", FOCUS), ("white", "White patients"), ("unknown", "patients with unknown race")):
        result = check.between(
            answers[name], 0, 100, ask=f"write a number for {who}", beyond="write numbers of 100, from 0 to 100."
        )
        if result.state != "right":
            return result
        read[name] = check.typed(answers[name]) or 0.0
    played = Outcome("", "", read["focus"], NOW["Hispanic patients"], read["white"], read["unknown"])
    if not gap_alone_pays(played):
        return Result("close", f"the gap is {abs(played.gap):g} points. This plan pays at {GAP_TARGET} or less.")
    if played.focus > NOW[FOCUS] and played.unknown <= UNKNOWN_NOW:
        return Result("close", "it pays, but someone gained. Find a way in which no patient gets better care.")
    return check.first(
        check.choice(
            answers["ours"],
            "yes" if ruling(played) == PAYS else "no",
            list(YES_NO.values()),
            ask="choose whether our plan would pay for this",
            again="go through our three conditions, one at a time.",
            right="",
        ),
        right="the gap closed, the money was paid, and the numbers alone prove no better care. "
        "So never pay on a gap alone.",
    )


def game_seen(answers: dict[str, Any]) -> list[Figure]:
    """Both groups before and after, once the reader has typed both numbers."""
    typed = {FOCUS: check.typed(answers["focus"]), "White patients": check.typed(answers["white"])}
    if any(value is None or not 0 <= value <= 100 for value in typed.values()):
        return []
    rows = pd.DataFrame(
        [
            {"year": year, "patients": who, "of_100": float(value), "status": "shown"}
            for year, values in ((BEFORE, NOW), (AFTER, typed))
            for who, value in values.items()
            if who in typed and value is not None
        ]
    )
    chart = slope(
        rows, titles={"year": "Year", "patients": "Patients", "of_100": "Screened", "status": "Shown"},
        unit="of 100 patients", period="year", group="patients", value="of_100", lower=None, upper=None, n=None, per=1,
    )  # fmt: skip
    return [
        figure(
            chart,
            rows,
            name="worksheet-incentive-game",
            finding="Invented numbers. What clinics did in the year that you made up",
            source="Made up by the reader of this worksheet",
            evidence="synthetic: invented",
            as_of="no date: invented",
            missing="none",
        )
    ]


def plan(answers: dict[str, Any]) -> Result:
    """The reader's own plan: measure, group, start, aim, date, who checks, who reads it first, who was asked."""
    read = check.first(
        written.measure(answers["measure"], ask="write the measure of care"),
        written.group(answers["focus"], ask="write the group for whom care falls short"),
        check.between(
            answers["from"], 0, 100, ask="write where the group stands now, of 100", beyond="write a number of 100."
        ),
        check.between(answers["to"], 0, 100, ask="write where it should be, of 100", beyond="write a number of 100."),
        right="",
    )
    if read.state != "right":
        return read
    if check.typed(answers["to"]) == check.typed(answers["from"]):
        return Result("close", "the aim is where the group stands now. Say what should change.")
    return check.first(
        written.date(answers["when"], ask="write by when"),
        written.role(answers["checks"], ask="write who checks the numbers, as a role"),
        written.sentence(answers["worse"], ask="write what you watch so that nobody pays for it"),
        check.choice(
            answers["counsel"],
            "yes",
            list(YES_NO.values()),
            ask="choose whether counsel reads the plan before it starts",
            again="ask counsel first. The law on such plans has moved.",
            right="",
        ),
        right="your plan names a group, a start, an aim, a date, someone who checks, and what it may not cost.",
    )
