"""The checks and views of the worksheet "Board review", on the sample organization (synthetic)."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd

from equityguide.charts.people import completeness, rate_and_burden, slope
from equityguide.figure import Figure, figure
from equityguide.measures import gaps, rates
from equityguide.measures.tables import is_unknown
from equityguide.suppression import Suppressed, pick
from equityguide.worksheets import check, forms, menus, sample, written
from equityguide.worksheets.check import Result

MEASURE = "blood_pressure_control"
BEFORE, NOW = "2021", "2024"
FOCUS, OTHER = "Black or African American", "White"
TARGET = 0.75  # the sample organization's own, in measure_definitions.csv
UNIT = "percent of patients"

BEFOREHAND = {
    "One chart by group, and 15 minutes to read it": "chart",
    "A short text about a word that we use, such as racism": "word",
    "A talk with two patients whom the measure is about": "talk",
}
CLOSED = {
    "Care of Black patients got better": "better",
    "Care of White patients got worse": "worse",
    "Both": "both",
}
REPLIES = {
    "Thank the team: the gap is closed": "thank",
    "Ask what has gone wrong in care for everyone, and ask for each group's own number next time": "ask",
    "Wait another year": "wait",
}
NUMBERS = {
    "Give them, in the private part of the meeting": "private",
    "Keep them hidden. Ask for more years together, and hear from these patients": "keep",
    "Leave these groups out of the report": "leave",
}
COMMITMENTS = {
    "meetings": "Five measures by group at each meeting of 2024. Owner: quality director. Minutes: four of four.",
    "target": "Blood pressure controlled in 70 of 100 Hispanic or Latino patients in 2024. Owner: medical chief.",
    "partners": "Stronger ties with the community. Owner: all leaders.",
}
KEPT = {"Kept": "kept", "Not kept": "not kept", "Nobody can tell": "cannot tell"}
OPEN_ONE = {
    "Count it as kept: people meant well": "kept",
    "Write it again with a measure, a date, and one owner": "again",
    "Take it off the list": "off",
}
BIAS_TEST = {
    "We do not use one": "none",
    "Each may choose to, alone. There is another task, and nobody asks for a result": "optional",
    "All take it and we compare our results": "all",
}


@functools.cache
def year_rows(*periods: str) -> pd.DataFrame:
    """The measure by race and ethnicity in these years, with rates; small counts are hidden."""
    return rates(pick(sample.years(MEASURE), dimension=sample.RACE, period=list(periods)))


@functools.cache
def beside_target() -> pd.DataFrame:
    """The groups of `NOW` beside the target, as `gaps` gives them."""
    table = pick(sample.years(MEASURE), dimension=sample.RACE, period=NOW)
    return gaps(table, reference=TARGET, higher_is_better=True)


def recorded() -> Suppressed:
    """How many patients of `NOW` have a known group, declined or are Unknown, by dimension."""
    return pick(sample.years(MEASURE), period=NOW)


def rate_of(group: str, period: str) -> float:
    """How many of 100 patients of the group had the measure met in that year."""
    table = year_rows(period).set_index("group")
    return 100 * float(table["rate"].to_dict()[group])


def shown_groups() -> list[str]:
    """The groups that people named and that have a number in `NOW`, in alphabetical order."""
    table = year_rows(NOW)
    groups = table.loc[table["status"] == "shown", "group"]
    return sorted(str(group) for group in groups if not is_unknown(group) and group != sample.DECLINED)


def short_of_target() -> list[str]:
    """The other groups with patients short of the target, in alphabetical order."""
    short = beside_target().set_index("group")["excess_events"].to_dict()
    return [group for group in shown_groups() if group != FOCUS and float(short[group]) > 0]


def hidden_groups() -> int:
    """How many groups by race and ethnicity have no number in `NOW`."""
    return int((year_rows(NOW)["status"] == "suppressed").sum())


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["beforehand"],
        list(BEFOREHAND.values()),
        ask="choose what you would send out beforehand",
        right="fifteen minutes are enough if each member really has them.",
    )


def change(answers: dict[str, Any]) -> Result:
    """The gap then, why it is gone now, and what to say to the team."""
    then, now = (rate_of(OTHER, year) - rate_of(FOCUS, year) for year in (BEFORE, NOW))
    return check.first(
        check.number(
            answers["gap"],
            then,
            decimals=0,
            ask=f"write how many points lay between the two groups in {BEFORE}",
            again=f"find {FOCUS} and {OTHER} on the left side and take the smaller number from the larger.",
            right="",
            slips=[
                (now, f"that is the right side, {NOW}. Look at {BEFORE}."),
                (rate_of(FOCUS, BEFORE), "that is one of the two numbers. Take the smaller from the larger."),
                (rate_of(OTHER, BEFORE), "that is one of the two numbers. Take the smaller from the larger."),
                (then / 100, "that is for one patient. Write it for 100."),
            ],
        ),
        menus.only(
            answers["why"],
            "worse",
            CLOSED,
            what="why the gap is gone",
            slips={
                "better": f"follow the line of {FOCUS}: how much does it rise?",
                "both": f"follow the line of {FOCUS}: how much does it rise?",
            },
        ),
        menus.only(
            answers["reply"],
            "ask",
            REPLIES,
            what="what you tell the team",
            slips={
                "thank": "whose care is better than it was? Look at both ends of both lines.",
                "wait": "fewer patients have their blood pressure controlled now. What do you want to know today?",
            },
        ),
        right="you saw that a gap can close the wrong way. Each group's own number shows it.",
    )


def burden(answers: dict[str, Any]) -> Result:
    """The lowest rate, the most patients beyond the target, and both on the agenda."""
    table = beside_target().set_index("group").loc[shown_groups()]
    rate, more = str(table["rate"].idxmin()), str(table["excess_events"].idxmax())
    groups = {group: group for group in shown_groups()}
    return check.first(
        menus.only(
            answers["rate"],
            rate,
            groups,
            what="the group with the lowest rate",
            again="compare the dots. The one furthest to the left has the lowest rate.",
            slips={more: "its bar is the longest. The question asks for the lowest dot."},
        ),
        menus.only(
            answers["burden"],
            more,
            groups,
            what="the group with the most patients short of the target",
            again="compare the bars, not the dots.",
            slips={rate: "its dot is the lowest. The question asks for the longest bar."},
        ),
        written.sentence(answers["both"], ask="write why a board should see both"),
        right="the lowest rate and the most patients need not be the same group. Both belong on the page.",
    )


def complete(answers: dict[str, Any]) -> Result:
    """How many groups are hidden, how many of 100 patients are Unknown, and what to do about a hidden number."""
    table = pd.DataFrame(pick(recorded(), dimension=sample.RACE)).set_index("group")["denominator"].astype(float)
    unknown, declined = (100 * table[name] / table.sum() for name in (sample.UNKNOWN, sample.DECLINED))
    return check.first(
        check.number(
            answers["hidden"],
            hidden_groups(),
            decimals=0,
            ask="write how many groups of Task 2 have no number",
            again="count the rows of Task 2 that say that the number is withheld.",
            right="",
            slips=[(hidden_groups() + 2, "Unknown and Declined are shown. Count the rows that say withheld.")],
        ),
        check.number(
            answers["unknown"],
            unknown,
            decimals=0,
            ask="write of how many of 100 patients race and ethnicity are Unknown",
            again="read the part called Unknown in the row Race and ethnicity.",
            right="",
            slips=[
                (unknown + declined, "you may have added those who declined. Count Unknown alone."),
                (100 - unknown - declined, "those are the known ones. The question asks for Unknown."),
            ],
        ),
        menus.only(
            answers["member"],
            "keep",
            NUMBERS,
            what="your reply to the member",
            slips={
                "private": "a number so small can point at a person, in a boardroom too. Keep it out of sight.",
                "leave": "left out of the report, they are out of mind, too. Look for a way to hear of them.",
            },
        ),
        right="your board knows whom the numbers do not show, and why.",
    )


def commitments(answers: dict[str, Any]) -> Result:
    """Which of last year's promises were kept, and what to do with one that nobody can judge."""
    numbers: menus.Slips = {
        "kept": "look at the numbers of Task 2 again.",
        "cannot tell": "it has a number. Compare it with Task 2.",
    }
    return check.first(
        menus.only(
            answers["meetings"],
            "kept",
            KEPT,
            what="how the first promise stands",
            again="first promise: the minutes say how often.",
            slips={},
        ),
        menus.only(answers["target"], "not kept", KEPT, what="how the second promise stands", slips=numbers),
        menus.only(
            answers["partners"],
            "cannot tell",
            KEPT,
            what="how the third promise stands",
            again="third promise: how would anyone know?",
            slips={},
        ),
        menus.only(
            answers["next"],
            "again",
            OPEN_ONE,
            what="what becomes of the third promise",
            slips={
                "kept": "nobody can know that. What would let you know next year?",
                "off": "the need is still there. What would let you know next year?",
            },
        ),
        right="you read promises as strictly as numbers. One owner and one date would have helped.",
    )


def agenda(answers: dict[str, Any]) -> Result:
    """The reader's own item: measure, groups, a test of bias left private, who is first, decision, owner, two dates."""
    return check.first(
        written.sentence(answers["measure"], ask="write the one measure to show", least=2),
        written.sentence(answers["groups"], ask="write by which groups, and with what you compare", least=2),
        menus.any_but(
            answers["test"],
            BIAS_TEST,
            what="how you handle a test of implicit association",
            slips={"all": "its makers ask that it be free to refuse and private, and that nobody ask for a result."},
        ),
        written.sentence(answers["first"], ask="write who sees it before the board does", least=2),
        written.sentence(answers["decide"], ask="write what the board is asked to decide"),
        written.role(answers["owner"], ask="write which role prepares it"),
        written.date(answers["date"], ask="write when the board sees it"),
        written.date(
            answers["again"],
            ask="write when the board looks at it again",
            after=answers["date"],
            late="the second look comes before the first. Put it after.",
        ),
        right="your board has one measure, a question to decide, an owner, and two dates.",
    )


@forms.once
def change_seen(answers: dict[str, Any]) -> list[Figure]:
    """Each group in two years, whatever has been answered."""
    table = year_rows(BEFORE, NOW)
    return [
        _figure(
            slope(table, titles=sample.titles(), unit=UNIT, named=(FOCUS, OTHER)),
            table,
            "worksheet-board-change",
            f"In {{period.max}}, clinics controlled blood pressure in {{at[{FOCUS}, {NOW}].rate:.0%}} of Black and "
            f"{{at[{OTHER}, {NOW}].rate:.0%}} of White patients",
            f"{BEFORE} and {NOW}",
        )
    ]


@forms.once
def burden_seen(answers: dict[str, Any]) -> list[Figure]:
    """Rate and burden of each group beside the target, whatever has been answered."""
    table = beside_target()
    *others, last = short_of_target()
    return [
        _figure(
            rate_and_burden(table, titles=sample.titles(), unit=UNIT, higher_is_better=True),
            table,
            "worksheet-board-burden",
            f"In {{period.max}}, clinics were {{at[{FOCUS}].excess_events:.0f}} patients short of their target in the "
            f"care of Black patients, and fell short for {', '.join(others)}, and {last} patients too",
            NOW,
            sample.not_compared(table),
        )
    ]


@forms.once
def records_seen(answers: dict[str, Any]) -> list[Figure]:
    """The completeness of the records of `NOW`, whatever has been answered."""
    table = recorded()
    return [
        _figure(
            completeness(table, titles=sample.titles(), unit=UNIT),
            table,
            "worksheet-board-completeness",
            "Riverbend Health did not ask all of its patients, or lost what they said",
            NOW,
        )
    ]


def _figure(chart: Any, table: pd.DataFrame, name: str, finding: str, as_of: str, missing: str = "none") -> Figure:
    said = {"source": sample.SOURCE, "evidence": sample.EVIDENCE, "as_of": as_of}
    return figure(chart, table, name=name, finding=finding, missing=missing, **said)
