"""The checks and views of the worksheet "Strategic plan". The example of a cascade is invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from equityguide.charts.diagrams import tree
from equityguide.figure import Figure, figure
from equityguide.worksheets import check, menus, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.shown import Table

SEEN = {
    "This month": "month",
    "This year": "year",
    "When I was hired": "hired",
    "I have never seen it": "never",
}
PLAN = {
    "Yes, with a goal": "goal",
    "Yes, in words": "words",
    "No": "no",
    "We could not find the plan": "lost",
}
DEPARTMENTS = {"In all": "all", "In some": "some", "In none that we know": "none", "We do not know": "unknown"}
GRASPED = {"Each of them": "each", "Most": "most", "A few": "few", "We cannot tell": "unknown"}
PARTS = {
    "The measure": "measure",
    "The groups": "groups",
    "Whom you compare with": "reference",
    "Today's value": "baseline",
    "The value wanted": "target",
    "The date": "date",
    "The owner": "owner",
}
# Each lacks one part of the seven.
GOALS = {
    "a": (
        "A. Screening for colorectal cancer among Black patients: from 52 to 65 of 100 by December 2027, beside our "
        "target of 75.",
        "owner",
    ),
    "b": (
        "B. Screening for colorectal cancer: from 65 to 70 of 100 by December 2027, beside our target of 75. Owner: "
        "director of primary care.",
        "groups",
    ),
    "c": (
        "C. Early prenatal care among patients who speak Spanish: to 85 of 100 by June 2027, beside all patients. "
        "Owner: head of maternity care.",
        "baseline",
    ),
    "d": (
        "D. Blood pressure controlled among Hispanic or Latino patients: from 61 to 70 of 100 by December 2027. "
        "Owner: medical chief.",
        "reference",
    ),
}
REFERENCES = {
    "A target of our own": "target",
    "All patients together": "all",
    "All the other groups together": "others",
    "One group, named in your reason": "group",
    "The group with the best rate": "best",
}
REPORTS = {
    "The gap is half as wide. Race is Unknown for 15 of 100 patients, up from 4": "unknown",
    "The gap is half as wide. The rate of the other group fell": "fell",
    "The gap is half as wide. New patients are no longer counted": "counted",
    "The group's own rate rose. No other group's fell, and as few as before are Unknown": "rose",
}
MOST = 3  # departments in the form
TITLES = {"goal": "Goal", "part_of": "Part of", "said": "In words"}
EXAMPLE = {
    "goal": "Early prenatal care for patients who speak Spanish",
    "department_1": "Call center",
    "step_1": "Books in Spanish on the first call",
    "measure_1": "Calls booked at once, by language",
    "owner_1": "Supervisor of the call center",
    "department_2": "Maternity clinic",
    "step_2": "Keeps two early visits open each day",
    "measure_2": "Days to the first visit, by language",
    "owner_2": "Nurse manager",
    "department_3": "Finance",
    "step_3": "Pays for interpreters in the evening",
    "measure_3": "Visits with an interpreter, by hour",
    "owner_3": "Finance director",
}


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["seen"],
        list(SEEN.values()),
        ask="choose when you last saw the plan",
        right="have the plan beside you if you can. If nobody can find it, that is your first finding.",
    )


def questions(answers: dict[str, Any]) -> Result:
    """The six questions: where equity stands, why, what it would serve, who grasps it, and who could be drawn in."""
    return check.first(
        check.pick(answers["plan"], list(PLAN.values()), ask="choose whether the plan states equity"),
        check.pick(answers["departments"], list(DEPARTMENTS.values()), ask="choose whether departments' goals do"),
        written.sentence(answers["why"], ask="write why, or why not"),
        written.sentence(answers["serves"], ask="write which of your present aims better equity would serve, and how"),
        check.pick(answers["grasped"], list(GRASPED.values()), ask="choose how many of board and leaders see it"),
        written.sentence(answers["draw_in"], ask="write what could bring someone who does not see it into the talk"),
        right="you have an answer to each of the six. Compare them with your neighbor's before you go on.",
    )


def lacking(answers: dict[str, Any]) -> Result:
    """The one part of seven that each goal lacks."""
    return check.first(
        *(
            menus.only(
                answers[name],
                part,
                PARTS,
                what=f"what goal {name.upper()} lacks",
                again=f"goal {name.upper()} has that part. Go through the seven once more.",
                slips={"baseline": "goal D tells where it starts. With whom does it compare?"} if name == "d" else {},
            )
            for name, (_, part) in GOALS.items()
        ),
        right="you found the one part that each goal lacks. Yours will have all seven.",
    )


def goal(answers: dict[str, Any]) -> Result:
    """Seven parts of a group's own number, a reason for the reference, values and dates that fit, and a guard."""
    return check.first(
        written.measure(answers["measure"], ask="write the measure"),
        written.group(answers["groups"], ask="write whose number this is"),
        check.pick(answers["reference"], list(REFERENCES.values()), ask="choose whom you compare with"),
        written.sentence(answers["why"], ask="write why you compare with this", least=3),
        written.amount(answers["baseline"], ask="write today's value"),
        written.date(answers["since"], ask="write of when that value is"),
        written.amount(answers["target"], ask="write the value you want"),
        written.moved(answers["baseline"], answers["target"]),
        written.date(
            answers["date"],
            ask="write by when",
            after=answers["since"],
            late="your goal ends before its first value. Put the date after it.",
        ),
        written.role(answers["owner"], ask="write which role owns it"),
        written.sentence(answers["guard"], ask="write whose care should not get worse, and how you would see it"),
        right="your goal has all seven parts. Read it aloud, and ask who would do what on Monday.",
    )


def goal_seen(answers: Mapping[str, Any]) -> list[Table]:
    """The reader's goal, part by part, once all are written."""
    if goal(dict(answers)).state != "right":
        return []
    labels = {value: label for label, value in REFERENCES.items()}
    parts = {
        "Measure": answers["measure"],
        "Groups": answers["groups"],
        "Compared with": f"{labels[answers['reference']]}: {answers['why']}",
        "Today": f"{answers['baseline']} ({answers['since']})",
        "Wanted": answers["target"],
        "Date": answers["date"],
        "Owner": answers["owner"],
        "Not worse": answers["guard"],
    }
    return [Table("Your goal", ["Part", "What you wrote"], [[part, str(text)] for part, text in parts.items()])]


def cascade(answers: dict[str, Any]) -> Result:
    """Two departments or three, each with a step of its own, a measure, and an owner."""
    named = [number for number in range(1, MOST + 1) if number <= 2 or _any(answers, number)]
    found = check.first(
        written.sentence(answers["goal"], ask="name your goal in a few words", least=2, most=15),
        *(
            result
            for number in named
            for result in (
                written.sentence(answers[f"department_{number}"], ask=f"name department {number}", least=1, most=8),
                written.sentence(answers[f"step_{number}"], ask=f"write the step of department {number}", least=3),
                written.sentence(answers[f"measure_{number}"], ask=f"write what department {number} counts", least=2),
                written.role(answers[f"owner_{number}"], ask=f"write which role in department {number} owns it"),
            )
        ),
        right="",
    )
    if found.state != "right":
        return found
    names = [str(answers[name]).strip().casefold() for name in ("goal", *(f"department_{n}" for n in named))]
    if len(set(names)) < len(names):
        return Result("close", "two boxes have the same name. Give each department its own.")
    return Result("right", f"one goal, and {len(named)} departments that each know their step. Let them write it.")


def cascade_seen(answers: Mapping[str, Any]) -> list[Figure]:
    """The goal with its departments as a tree; an invented one until the reader names a goal."""
    blank = check.is_blank(answers["goal"])
    rows = cascade_rows(EXAMPLE if blank else answers)
    if len(rows) < 2:
        return []
    lead = "A made-up example. " if blank else ""
    return [
        figure(
            tree(rows, titles=TITLES, parent="part_of", child="goal", detail="said", noun="boxes"),
            rows,
            name="worksheet-plan-cascade",
            finding=f"{lead}One goal, carried by departments that each have a step of their own",
            source="Made up by this book" if blank else "the group's own plan",
            evidence="invented" if blank else "a plan, not yet tried",
            as_of="no date: invented" if blank else "the day of the talk",
            missing="none",
        )
    ]


def cascade_rows(answers: Mapping[str, Any]) -> pd.DataFrame:
    """One row a box: goal, part_of, said. Departments without a name, or with one that stands already, have none."""
    root = _boxed(answers["goal"])
    found = [{"goal": root, "part_of": "", "said": ""}]  # the name first: it heads the row of the table
    for number in range(1, MOST + 1):
        name = _boxed(answers[f"department_{number}"])
        if not name or name in {row["goal"] for row in found}:
            continue
        step, counts, owner = (_boxed(answers[f"{part}_{number}"]) for part in ("step", "measure", "owner"))
        said = [step, f"Counts: {counts}" if counts else "", f"Owner: {owner}" if owner else ""]
        found.append({"goal": name, "part_of": root, "said": ". ".join(text.rstrip(".") for text in said if text)})
    return pd.DataFrame(found)


def holding(answers: dict[str, Any]) -> Result:
    """Which report would mean better care, what to watch, who answers for it, and when both levels are read."""
    return check.first(
        menus.only(
            answers["report"],
            "rose",
            REPORTS,
            what="the report that you would trust most",
            slips={
                "unknown": "some whose group is Unknown may have been left out of the gap. Look further.",
                "fell": "then care got worse for some and better for nobody. Look further.",
                "counted": "care may be the same, and only the count is smaller. Look further.",
            },
        ),
        written.sentence(answers["watch"], ask="write what else you watch, so that nobody can win on paper"),
        written.role(answers["answers"], ask="write which role answers for it if it is missed"),
        written.sentence(answers["means"], ask="write what that role may decide or spend", least=3),
        written.date(answers["date"], ask="write when both levels are first read side by side"),
        right="your goal is hard to win on paper, and the role that answers for it has the means.",
    )


def _any(answers: Mapping[str, Any], number: int) -> bool:
    parts = ("department", "step", "measure", "owner")
    return any(not check.is_blank(answers[f"{part}_{number}"]) for part in parts)


def _boxed(answer: object) -> str:
    """A text as a box of the chart has room for it."""
    return check.short(_text(answer), check.BOX)


def _text(answer: object) -> str:
    value = check.plain(answer)
    return value if type(value) is str else ""
