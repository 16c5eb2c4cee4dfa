"""The checks and views of the worksheet "Compare groups". Every expected value is computed when it is asked for."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd

from equityguide.charts import Responsive
from equityguide.charts.people import equiplot, gap_forest
from equityguide.figure import Figure, figure
from equityguide.measures import gaps, rates
from equityguide.suppression import pick
from equityguide.worksheets import check, forms, own, sample
from equityguide.worksheets.check import Result

MEASURE = "colorectal_cancer_screening"
YEAR = "2021"
FOCUS, NAMED = "Black or African American", "White"
TARGET = 0.75  # the sample organization's own, in measure_definitions.csv
BEST_FROM = 100  # patients a group needs before its rate may count as the best
UNIT = "percent of patients"
NO_LINE = "that row has no line, since its number is hidden."

DOORS = {"The front desk": "desk", "A nurse": "nurse", "A letter or a call": "letter", "Nobody did": "nobody"}
WITHHELD = {
    "Nobody in it was screened": "none",
    "The group is so small that a number could point at a person": "small",
    "Nobody asked these patients": "asked",
}
TELLING = {
    "There is no gap": "equal",
    "Too few patients to tell: they may be behind, level, or ahead": "unsure",
    "Leave the group out": "out",
}
BETTER = {"Higher is better": "higher", "Lower is better": "lower"}
SHOWN = {"People it is about have seen it": "seen", "Not yet; a date is set": "date", "Not yet": "no"}


@functools.cache
def rows() -> pd.DataFrame:
    """The measure by race and ethnicity in `YEAR`, with rates; small counts are hidden."""
    return rates(pick(sample.years(MEASURE), dimension=sample.RACE, period=YEAR))


@functools.cache
def compared(reference: str | float) -> pd.DataFrame:
    """The same groups beside a reference, as `gaps` gives them."""
    table = pick(sample.years(MEASURE), dimension=sample.RACE, period=YEAR)
    return gaps(table, reference=reference, higher_is_better=True, minimum_n=BEST_FROM)


def groups() -> list[str]:
    """The groups that people named, in alphabetical order, hidden ones too."""
    return sorted(str(group) for group in rows()["group"] if group not in (sample.UNKNOWN, sample.DECLINED))


def shown_groups() -> list[str]:
    """The groups that have a number."""
    table = rows()
    shown = set(table.loc[table["status"] == "shown", "group"])
    return [group for group in groups() if group in shown]


def references() -> dict[str, str]:
    """What a reader may compare with: each group that is shown, and five more."""
    shown = shown_groups()
    return {
        **{f"One group: {group}": group for group in shown},
        f"The best rate (of groups of {BEST_FROM} or more)": "best",
        "The largest group": "largest",
        "All the others together": "others",
        "Everyone": "overall",
        f"Our target, {sample.of_100(TARGET)}": "target",
    }


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["door"],
        list(DOORS.values()),
        ask="choose who last told you",
        right="whoever it was, some patients never meet that person. Gaps often begin there.",
    )


def reading(answers: dict[str, Any]) -> Result:
    """One rate, the widest interval, and what a withheld number means."""
    table = rows().set_index("group")
    share = 100 * float(table["rate"].to_dict()[FOCUS])
    width = (table["rate_upper"] - table["rate_lower"]).drop([sample.UNKNOWN, sample.DECLINED])
    widest = str(width.idxmax())
    return check.first(
        check.number(
            answers["rate"],
            share,
            decimals=0,
            ask=f"write how many of 100 {FOCUS} patients were up to date",
            again=f"find the row {FOCUS} in the chart and read its number.",
            right="",
            slips=[
                (100 - share, "those are the patients who were not up to date. Write those who were."),
                (share / 100, "that is for one patient. Write it for 100."),
                (100 * float(table["rate"].to_dict()[NAMED]), f"that is the row {NAMED}."),
            ],
        ),
        check.choice(
            answers["widest"],
            widest,
            groups(),
            ask="choose the group with the longest line",
            again="compare the lines beside the dots. The longest one tells the least.",
            right="",
            slips={
                FOCUS: "that line is short: many patients stand behind it. Look for a small group.",
                **dict.fromkeys(set(groups()) - set(shown_groups()), NO_LINE),
            },
        ),
        check.choice(
            answers["withheld"],
            "small",
            list(WITHHELD.values()),
            ask="choose why some groups have no number",
            again="the row says that a number is withheld. It does not say that there is nothing to count.",
            right="",
        ),
        right="you read a rate, how sure it is, and why a number can be missing.",
    )


def reference(answers: dict[str, Any]) -> Result:
    """Any reference is right once a reason stands beside it; some come with a caution."""
    picked = check.pick(answers["reference"], list(references().values()), ask="choose what to compare with")
    if picked.state != "right":
        return picked
    if len(_text(answers["why"]).split()) < 4:
        ask = "write in a few words why you chose this reference"
        return Result("close", f"{ask}.") if _text(answers["why"]) else check.not_yet(ask)
    caution = {
        "best": "a rate picked for being best is partly luck, so gaps from it look larger than they are",
        "largest": "the largest group is chosen for precision, and not as the norm",
        "others": "the others change with each group, so two gaps do not compare with each other",
        "overall": "everyone holds the group itself, so its gap looks smaller than it is",
        "target": "a target shows who is short of it, also where all are",
    }.get(str(check.plain(answers["reference"])), "say the name of the group each time, since it is not the norm")
    return Result("right", f"your reference has a reason. Keep in mind: {caution}.")


def numbers(answers: dict[str, Any]) -> Result:
    """One difference, one ratio in adverse terms, one count of excess events: `FOCUS` beside `NAMED`."""
    table = compared(NAMED).set_index("group")
    focus, named = float(table["rate"].to_dict()[FOCUS]), float(table["rate"].to_dict()[NAMED])
    size = 100 * (named - focus)
    excess = float(table["excess_events"].to_dict()[FOCUS])
    adverse = (1 - focus) / (1 - named)
    return check.first(
        check.number(
            answers["difference"],
            size,
            ask="write the difference in points",
            again=f"take the number of the row {FOCUS} from that of the row {NAMED}.",
            right="",
            slips=[
                (100 * focus, f"that is one row alone. Take it from the row {NAMED}."),
                (100 * named, f"that is one row alone. Take the row {FOCUS} from it."),
                (100 * (named - focus) / named, "that is a share of the larger number. Take one from the other."),
            ],
        ),
        check.number(
            answers["ratio"],
            adverse,
            ask="write the ratio of those who were not screened",
            again="take 100 minus each number first. Then divide the larger rest by the smaller.",
            right="",
            slips=[
                (named / focus, "that compares those who were screened. Compare those who were not."),
                (focus / named, "that compares those who were screened. Compare those who were not."),
                (1 / adverse, "you divided the other way around. Divide the larger rest by the smaller."),
            ],
        ),
        check.number(
            answers["excess"],
            excess,
            decimals=0,
            ask="write how many more patients would have been screened",
            again=f"multiply the number of {FOCUS} patients by the difference, then divide by 100.",
            right="",
            slips=[
                (size, "that is for 100 patients. Work it out for all of them."),
                (excess * 100, "divide by 100: the difference is for 100 patients."),
                (round(excess / size * round(size)), "keep one decimal of the difference when you multiply."),
            ],
        ),
        right="three numbers, one gap: how far apart, how many times as likely to be missed, and how many people.",
    )


def sentences() -> dict[str, str]:
    """What one might say of the gap; the numbers come from the table."""
    table = rows().set_index("group")["rate"].to_dict()
    focus, named = float(table[FOCUS]), float(table[NAMED])
    return {
        f"Black patients were {(named - focus) / named:.0%} less willing to be screened": "blame",
        f"In {YEAR}, the clinics had screened {sample.of_100(focus)} Black patients and {sample.of_100(named)} "
        "White patients": "care",
        f"Being Black lowers screening by {100 * (named - focus):.0f} points": "cause",
        f"The clinics had screened {sample.of_100((focus + named) / 2)} patients": "mean",
    }


def telling(answers: dict[str, Any]) -> Result:
    """A sentence whose subject is care, a group of which nobody can tell, and what to say of it."""
    labels = compared(NAMED).set_index("group")["label"].to_dict()
    picked = check.pick(answers["unsure"], [*labels], ask="choose a group whose line crosses zero")
    found = labels.get(_text(answers["unsure"]))
    if picked.state == "right" and found != "cannot tell":
        said = (
            "that row is what the others are compared with."
            if found == "reference"
            else "its line stays clear of zero."
        )
        if found not in ("reference", "better", "worse"):
            said = "that row has no line to look at."
        picked = Result("close", f"{said} Look for one that crosses it.")
    return check.first(
        check.choice(
            answers["sentence"],
            "care",
            list(sentences().values()),
            ask="choose the sentence for your board",
            again="look for a sentence about what the clinics did, with both numbers.",
            right="",
            slips={
                "blame": "nobody measured how willing people were. Say what the clinics did.",
                "cause": "being Black causes nothing here; how people are treated may. Say what the clinics did.",
                "mean": "one number for all hides the gap. Name both.",
            },
        ),
        picked,
        check.choice(
            answers["say"],
            "unsure",
            list(TELLING.values()),
            ask="choose what to say of that group",
            again="the line holds zero, and it holds a real gap as well.",
            right="",
            slips={
                "equal": "no gap seen is not the same as no gap. The line holds a real one as well.",
                "out": "left out, the group is out of mind, too. Say what is known.",
            },
        ),
        right="your sentence speaks of care, and you say plainly where nobody can tell.",
    )


def own_table(answers: dict[str, Any]) -> Result:
    """The reader's own counts: can they be read and compared, with what, why, and who has seen it."""
    if answers["file"] is None:
        return check.not_yet("choose a file, or skip this one and look at the made-up example below")
    try:
        choice, against = _own(answers)
        if check.pick(answers["better"], list(BETTER.values()), ask="").state != "right":
            return Result("close", "your table can be read. Say whether a higher or a lower number is better.")
        table = _own_gaps(choice, against, answers)
    except ValueError as error:
        return Result("again", str(error))
    if check.is_blank(answers["reference"]):
        return Result("close", f"it is compared with {against}, as no reference is named. Name yours.")
    if table["reference_rate"].isna().all():
        small = f"no group has {BEST_FROM} or more" if against == "best" else "its number is hidden"
        return Result("close", f"nothing can be compared with {against}: {small}. Name another reference.")
    if len(_text(answers["why"]).split()) < 4:
        return Result("close", "your charts are drawn. Write in a few words why you chose this reference.")
    if check.is_blank(answers["source"]):
        return Result("close", "your charts are drawn. Say where the counts come from.")
    if check.pick(answers["shown"], list(SHOWN.values()), ask="").state != "right":
        return Result("close", "your charts are drawn. Say whether the people it is about have seen it.")
    count, less = len(table), int((table["status"] != "shown").sum())
    note = " ".join(
        [f"{less} of them hidden, since they are small." if less else "No count had to be hidden.", *choice.notes]
    )
    return Result("right", f"your table has {count} groups and a reference with a reason. {note}")


@forms.once
def rates_seen(answers: dict[str, Any]) -> list[Figure]:
    """The groups' rates, whatever has been answered."""
    table = rows()
    chart = equiplot(table, titles=sample.titles(), unit=UNIT, decimals=1)
    finding = (
        f"In {{period.max}}, clinics had screened {{at[{FOCUS}].rate:.0%}} of Black patients and "
        f"{{at[{NAMED}].rate:.0%}} of White patients"
    )
    return [_figure(chart, table, "worksheet-compare-rates", finding)]


def gaps_seen(answers: dict[str, Any]) -> list[Figure]:
    """The gaps from the reference chosen, once there is one."""
    if check.pick(answers["reference"], list(references().values()), ask="").state != "right":
        return []
    chosen = str(answers["reference"])
    table = compared(TARGET if chosen == "target" else chosen)
    said = {"target": "the target", "overall": "everyone", "others": "all the others"}.get(chosen, "{reference.max}")
    finding = f"In {{period.max}}, how far each group's screening was from that of {said}".replace(
        "that of the t", "the t"
    )
    return [_gaps(table, "worksheet-compare-reference", finding)]


@forms.once
def named_seen(answers: dict[str, Any]) -> list[Figure]:
    """The gaps from `NAMED`, whatever has been answered."""
    finding = f"In {{period.max}}, how far each group's screening was from that of {NAMED} patients"
    return [_gaps(compared(NAMED), "worksheet-compare-gaps", finding)]


def own_views(answers: dict[str, Any]) -> list[Figure]:
    """The reader's groups: their rates, and their gaps once it is said which way is better; the example until then.

    Nothing for a table that cannot be read, which the check speaks about.
    """
    example = own.is_example(answers["file"])
    if example:
        answers = {
            **answers,
            "file": own.example(),
            "reference": "others",
            "better": "higher",
            "source": own.EXAMPLE_SAID,
        }
    try:
        choice, against = _own(answers)
        table = rates(choice.rows)
        compared_rows = _own_gaps(choice, against, answers)
    except ValueError:
        return []
    said = {
        "source": own.said(answers["source"], "not named yet"),
        "evidence": sample.EVIDENCE if example else "the reader's own counts, small ones hidden",
        "as_of": choice.period,
    }
    lead = "A made-up example. " if example else ""
    title = {**sample.titles(), "group": "Group", "rate": choice.measure}
    views = [
        figure(
            equiplot(table, titles=title, unit=UNIT, decimals=1),
            table,
            name="worksheet-own-rates",
            finding=f"{lead}{{measure.max}} by {{dimension.max}}, {{period.max}}: {{rate.min:.0%}} to {{rate.max:.0%}}",
            missing="none",
            **said,
        )
    ]
    if (
        compared_rows["difference"].notna().any()
        and check.pick(answers["better"], list(BETTER.values()), ask="").state == "right"
    ):
        chart = gap_forest(compared_rows, titles=title, higher_is_better=_up(answers))
        finding = f"{lead}How far each group was from {{reference.max}}"
        missing = sample.not_compared(compared_rows)
        views.append(figure(chart, compared_rows, name="worksheet-own-gaps", finding=finding, missing=missing, **said))
    return views


def _own(answers: dict[str, Any]) -> tuple[own.Choice, str]:
    """The rows chosen from the reader's file, and what they are compared with. Raises `ValueError`."""
    names = {name: answers[name] for name in own.NAMES}
    choice = own.chosen(answers["file"], **names)
    return choice, "others" if check.is_blank(answers["reference"]) else own.said(answers["reference"], "this")


def _own_gaps(choice: own.Choice, against: str, answers: dict[str, Any]) -> pd.DataFrame:
    """The chosen rows beside their reference. Raises `ValueError`."""
    return gaps(choice.rows, reference=against, higher_is_better=_up(answers), minimum_n=BEST_FROM)


def _up(answers: dict[str, Any]) -> bool:
    return bool(check.plain(answers["better"]) != "lower")


def _gaps(table: pd.DataFrame, name: str, finding: str) -> Figure:
    chart = gap_forest(table, titles=sample.titles(), higher_is_better=True)
    return _figure(chart, table, name, finding, sample.not_compared(table))


def _figure(chart: Responsive, table: pd.DataFrame, name: str, finding: str, missing: str = "none") -> Figure:
    said = {"source": sample.SOURCE, "evidence": sample.EVIDENCE, "as_of": YEAR}
    return figure(chart, table, name=name, finding=finding, missing=missing, **said)


def _text(answer: object) -> str:
    return own.said(answer, "")
