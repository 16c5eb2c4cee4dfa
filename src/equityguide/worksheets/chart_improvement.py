"""The checks and views of the worksheet "Chart improvement". Every expected value is computed when it is asked for."""

from __future__ import annotations

import functools
import re
from typing import Any

import pandas as pd

from equityguide import data
from equityguide.charts.gap import gap_chart
from equityguide.charts.time import panels, trend
from equityguide.figure import Figure, figure
from equityguide.measures import gap_change, gaps, p_chart, rates
from equityguide.suppression import pick
from equityguide.worksheets import check, forms, own, sample, written
from equityguide.worksheets.check import Result

SCREENING, PRESSURE = "colorectal_cancer_screening", "blood_pressure_control"
FOCUS, NAMED, OTHER = "Black or African American", "White", "Hispanic or Latino"
BASELINE = ["2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"]
FIRST, LAST = "2021", "2024"
BEYOND = "beyond the limits"
SURVEY, CARE = "meps_diabetes_care", "HbA1c measured"
UNIT = "percent of patients"

CHANGES = {
    "A clock or a calendar": "clock",
    "My own feet": "feet",
    "Somebody who noticed": "person",
    "I did not": "none",
}
GUARDS = {
    "The gap gets smaller, whatever else happens": "gap",
    "No group's own number gets worse": "none worse",
    "The average of all patients rises": "mean",
}
CHANCE = {
    "Nothing: some ups and downs are always there": "nothing",
    "Something new has happened in the work": "new",
    "Patients have changed": "patients",
}
ANSWERS = {
    "Care got better, by as much as the line rises": "care",
    "More people were tested or more people answered, or both": "both",
    "Nothing happened at all": "nothing",
}
WHO_MOVED = {
    "Hispanic patients' care got better": "focus",
    "White patients' care got worse": "named",
    "Both got better": "both",
}
SUCCESS = {"Yes: the gap is smaller": "yes", "No: nobody's care got better": "no", "Yes, in part": "part"}
BALANCE = {
    "The number of calls we made": "calls",
    "The average of all patients": "mean",
    "Side effects and missed visits, for each group by itself": "groups",
}


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["change"],
        list(CHANGES.values()),
        ask="choose what told you",
        right="you compared before with after. A chart does the same, with many befores.",
    )


@functools.cache
def charted() -> pd.DataFrame:
    """The p charts of both groups by quarter, limits from the first year; small counts are hidden."""
    rows = pick(sample.quarters(SCREENING), dimension=sample.RACE, group=[FOCUS, NAMED])
    return p_chart(rows, baseline=BASELINE)


def quarters() -> list[str]:
    """All quarters, in order."""
    return sorted({str(period) for period in charted()["period"]})


def _beyond(group: str) -> list[str]:
    """The quarters in which a group's point lies beyond its limits."""
    rows = charted()
    hit = (rows["group"] == group) & rows["signal"].str.contains(BEYOND)
    return sorted(str(period) for period in rows.loc[hit, "period"])


def aim(answers: dict[str, Any]) -> Result:
    """Who, from what, to what, by when, and a guardrail."""
    rows = pick(sample.years(SCREENING), dimension=sample.RACE, period=FIRST)
    start = 100 * float(rates(rows).set_index("group")["rate"].to_dict()[FOCUS])
    goal = check.number(answers["to"], 0, ask="write the number you aim for", again="", right="")
    wanted = _figure_of(answers["to"])
    if goal.state != "not yet" and wanted is None:
        goal = Result("again", "write the aim as one number, in digits.")
    elif wanted is not None and not start < wanted <= 100:
        goal = Result("close", "the aim lies between where the group stands now and 100.")
    elif wanted is not None:
        goal = Result("right", "")
    return check.first(
        check.number(
            answers["from"],
            start,
            decimals=0,
            ask=f"write where {FOCUS} patients stood in {FIRST}",
            again="read the line through the middle: it is the first year's number.",
            right="",
            slips=[(100 - start, "those are the patients who were not screened.")],
        ),
        goal,
        written.date(
            answers["when"],
            ask="write by when",
            after=f"December {FIRST}",
            late=f"your aim ends before it begins. Put the date after {FIRST}.",
        ),
        check.choice(
            answers["guard"],
            "none worse",
            list(GUARDS.values()),
            ask="choose a guardrail",
            again="choose the one that looks at each group.",
            right="",
            slips={
                "gap": "a gap also shrinks when the better group gets worse. Choose one that no group pays for.",
                "mean": "the average can rise while one group falls. Choose one that looks at each group.",
            },
        ),
        right="your aim has a group, a start, an end, a day, and a guardrail.",
    )


def signals(answers: dict[str, Any]) -> Result:
    """The first point beyond the limits, which group has none, and what a point inside them says."""
    beyond = _beyond(FOCUS)
    (still,) = [group for group in (FOCUS, NAMED) if not _beyond(group)]
    return check.first(
        check.choice(
            answers["first"],
            beyond[0],
            quarters(),
            ask="choose the first quarter whose point lies beyond the limits",
            again="follow the points from the left to the first one outside the two dotted lines.",
            right="",
            slips={quarter: "that point lies outside too. Look for an earlier one." for quarter in beyond[1:]},
        ),
        check.choice(
            answers["still"],
            still,
            [FOCUS, NAMED],
            ask="choose the group without any signal",
            again="in that panel some points lie outside. Look at the other one.",
            right="",
        ),
        check.choice(
            answers["inside"],
            "nothing",
            list(CHANCE.values()),
            ask="choose what one point inside the limits says",
            again="points move up and down when nothing changes at all.",
            right="",
        ),
        right="one group's care changed, the other's did not, and you did not jump at every wiggle.",
    )


@functools.cache
def survey() -> pd.DataFrame:
    """The survey's three largest groups, 2008 to 2022: estimates with 95% limits, in percent."""
    rows = data.load(SURVEY)
    rows = rows[(rows["measure"] == CARE) & rows["group"].isin(["Black", "Hispanic", "White"])]
    rows = rows.sort_values(["group", "year"]).reset_index(drop=True)
    margin = 1.96 * rows["se_points"]
    return rows.assign(lower=rows["percent"] - margin, upper=rows["percent"] + margin)


def answering(answers: dict[str, Any]) -> Result:
    """By how much the line rose, by how much fewer left the question open, and what the two say together."""
    rows = survey()
    black = rows[rows["group"] == "Black"].set_index("year")
    first, last = int(rows["year"].min()), int(rows["year"].max())
    percent, silent = black["percent"].to_dict(), black["no_answer_percent"].to_dict()
    rise, fall = float(percent[last] - percent[first]), float(silent[first] - silent[last])
    return check.first(
        check.number(
            answers["rise"],
            rise,
            decimals=0,
            ask=f"write by how many points the line of Black adults rose from {first} to {last}",
            again="take the first number in the panel from the last one.",
            right="",
            slips=[
                (float(percent[last]), "that is the last number alone. Take the first one from it."),
                (float(percent[first]), "that is the first number alone. Take it from the last one."),
                (round(percent[last]) - round(percent[first]), "keep the decimals until the end, then round."),
            ],
        ),
        check.number(
            answers["silent"],
            fall,
            decimals=0,
            ask="write by how many points the share without an answer fell",
            again="open the numbers under the chart: the share without an answer has a column of its own.",
            right="",
            slips=[
                (float(silent[first]), "that is the first year alone. Take the last year from it."),
                (float(silent[last]), "that is the last year alone. Take it from the first."),
            ],
        ),
        check.choice(
            answers["says"],
            "both",
            list(ANSWERS.values()),
            ask="choose what the line says",
            again="people who gave no answer count as not tested. Fewer of them lift the line by themselves.",
            right="",
        ),
        right="you saw two changes in one line: in care, perhaps, and in answering, for sure.",
    )


@functools.cache
def narrowed() -> pd.DataFrame:
    """What happened to the gap in blood pressure control, one row."""
    rows = pick(sample.years(PRESSURE), dimension=sample.RACE)
    return gap_change(rows, focus=OTHER, reference=NAMED, before=FIRST, after=LAST, higher_is_better=True)


def leveled(answers: dict[str, Any]) -> Result:
    """Who moved, whether that is a success, and a balancing measure for each group."""
    (row,) = narrowed().itertuples()
    moved = {"improved": "focus", "worsened": "named"}
    who = moved.get(str(row.focus_did), "") or moved.get(str(row.reference_did), "")
    return check.first(
        check.choice(
            answers["who"],
            who,
            list(WHO_MOVED.values()),
            ask="choose what made the gap smaller",
            again="look at the two lines in the lower part. Which one moved, and where to?",
            right="",
        ),
        check.choice(
            answers["success"],
            "yes" if row.success else "no",
            list(SUCCESS.values()),
            ask="choose whether to call it a success",
            again="ask one patient of each group: whose care is better now than before?",
            right="",
        ),
        check.choice(
            answers["balance"],
            "groups",
            list(BALANCE.values()),
            ask="choose what else to watch",
            again="choose what could get worse while you work, and see it for each group.",
            right="",
            slips={
                "calls": "that counts our own work. Watch what could happen to patients.",
                "mean": "an average hides the group that pays. Watch each group by itself.",
            },
        ),
        right="a gap can close because someone lost, and you would see it.",
    )


def plan(answers: dict[str, Any]) -> Result:
    """One small test: what, what is expected, who could be left out, what to look at; own counts if there are any."""
    if answers["file"] is not None:
        try:
            p_chart(_own(answers).rows)
        except ValueError as error:
            return Result("again", str(error))
    for field, ask in (
        ("change", "write what you will change, on one day, with one team"),
        ("expect", "write what you expect to see"),
        ("left", "write who could be left out of the test"),
        ("study", "write which number you will look at, for each group"),
    ):
        words = own.said(answers[field], "").split()
        if not words:
            return check.not_yet(ask)
        if len(words) < 3:
            return Result("close", f"{ask}, in a few more words.")
    return Result("right", "your test is small, you said what you expect, and you know whom to watch.")


@forms.once
def quarters_seen(answers: dict[str, Any]) -> list[Figure]:
    """Both groups' p charts, whatever has been answered."""
    rows = charted()
    chart = panels(rows, titles=sample.titles(), unit=UNIT, baseline=BASELINE)
    finding = "Colon cancer screening by quarter: in one group, the clinics' work changed"
    return [
        _sample_figure(chart, rows, "worksheet-improvement-quarters", finding, f"{quarters()[0]} to {quarters()[-1]}")
    ]


@forms.once
def survey_seen(answers: dict[str, Any]) -> list[Figure]:
    """The survey's trend, whatever has been answered."""
    rows = survey()
    chart = trend(
        rows,
        titles=data.titles(SURVEY),
        value="percent",
        lower="lower",
        upper="upper",
        unit="percent of adults with diabetes",
    )
    return [
        figure(
            chart,
            rows,
            name="worksheet-improvement-survey",
            finding="From {year.min} to {year.max}, a survey heard of more and more tests of blood sugar in diabetes",
            source="Agency for Healthcare Research and Quality, Medical Expenditure Panel Survey",
            evidence="survey estimates; people without an answer count as not tested",
            as_of=f"{rows['year'].min()} to {rows['year'].max()}",
            missing="none",
        )
    ]


@forms.once
def gap_seen(answers: dict[str, Any]) -> list[Figure]:
    """The gap in blood pressure control by year, whatever has been answered."""
    years = [str(year) for year in range(int(FIRST), int(LAST) + 1)]
    rows = pick(sample.years(PRESSURE), dimension=sample.RACE, group=[OTHER, NAMED], period=years)
    table = gaps(rows, reference=NAMED, higher_is_better=True)
    finding = "The gap in blood pressure control between Hispanic and White patients got smaller"
    chart = gap_chart(table, titles=sample.titles(), unit="percentage points")
    missing = sample.not_compared(table)
    return [_sample_figure(chart, table, "worksheet-improvement-gap", finding, f"{FIRST} to {LAST}", missing)]


def own_views(answers: dict[str, Any]) -> list[Figure]:
    """The reader's own groups over time, small counts hidden; nothing without a file."""
    if answers["file"] is None:
        return []
    try:
        choice = _own(answers)
        rows = p_chart(choice.rows)
    except ValueError:
        return []
    return [
        figure(
            panels(rows, titles={**sample.titles(), "rate": choice.measure}, unit=UNIT),
            rows,
            name="worksheet-improvement-own",
            finding="{measure.max} by {dimension.max}, over time",
            source="the reader's own table",
            evidence="the reader's own counts, small ones hidden",
            as_of=choice.period,
            missing="none",
        )
    ]


def _sample_figure(
    chart: Any, rows: pd.DataFrame, name: str, finding: str, as_of: str, missing: str = "none"
) -> Figure:
    said = {"source": sample.SOURCE, "evidence": sample.EVIDENCE}
    return figure(chart, rows, name=name, finding=finding, as_of=as_of, missing=missing, **said)


def _own(answers: dict[str, Any]) -> own.Choice:
    return own.over_time(answers["file"], measure=answers["measure"], dimension=answers["dimension"])


def _figure_of(answer: object) -> float | None:
    """A typed number, with or without what follows it."""
    value = check.plain(answer)
    if type(value) is str and (match := re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?)\s*(%|of 100)?", value)):
        return float(match[1])
    return float(value) if type(value) is float or (type(value) is int and abs(value) < 1000) else None
