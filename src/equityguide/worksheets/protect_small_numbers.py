"""The checks and views of the worksheet "Protect small numbers".

Its two teaching tables are synthetic: nobody stands behind their small counts.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Hashable
from typing import Any

import pandas as pd

from equityguide.charts.people import equiplot
from equityguide.figure import Figure, figure
from equityguide.measures import rates
from equityguide.suppression import derive, pick
from equityguide.worksheets import check, forms, own, sample, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.shown import Table

THRESHOLD = 11
CLINIC = "A made-up clinic (synthetic): flu shots by language"
# Language: patients with the shot, and all patients.
LESSON = {
    "Arabic": (7, 60),
    "English": (130, 300),
    "Somali": (52, 58),
    "Spanish": (18, 41),
    "Vietnamese": (4, 9),
    "Language not told": (0, 35),
}
PRINTED = {"Arabic": (9, 64), "English": (121, 290), "Somali": (33, 58), "Spanish": (19, 45)}  # another month
SECRET = "Arabic"  # the row that is hidden first, until the reader shows it
UNTOUCHED = {group: "hide" if group == SECRET else "show" for group in PRINTED}
EVERYONE = "All"

MEASURE = "hba1c_testing"
FOCUS, NEIGHBOR = "Native Hawaiian or Pacific Islander", "Asian"
MERGED = f"{NEIGHBOR}; {FOCUS}"

SEEN = {"In the news": "news", "At work": "work", "In a letter or a form": "letter", "I cannot think of one": "none"}
DO = {"Show it": "show", "Hide it": "hide", "Show it, and ask the steward first": "steward"}
HIDE = {"Show": "show", "Hide": "hide"}
SPANS = {"One quarter": "2024-Q4", "One year": "2024", "All four years": sample.ALL_YEARS}
MERGE = {"No: keep the groups apart": "apart", f"Yes: count them with {NEIGHBOR} patients": "merged"}
LOST = {
    "The worst care in the table": "gap",
    "Nothing: everyone is still counted": "nothing",
    "Only some precision": "precision",
}
STEPS = {
    "Combine periods": "periods",
    "Show a step of the process": "process",
    "Have the quality team review cases, inside its protected process": "review",
    "Ask the community": "community",
    "Merge groups, and list who was merged": "merge",
}
ORDER = list(STEPS.values())
PLACES = ("first", "second", "third", "fourth", "last")


def rule(events: int, people: int) -> str:
    """What to do with a row: hide it, show it, or show it once the steward has agreed (0 of n, n of n)."""
    if people < THRESHOLD or 0 < events < THRESHOLD or 0 < people - events < THRESHOLD:
        return "hide"
    return "steward" if events in (0, people) else "show"


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["seen"],
        list(SEEN.values()),
        ask="choose where you met such a number",
        right="small numbers are all around us. Some of them point at a person.",
    )


def cells(answers: dict[str, Any]) -> Result:
    """Each row of the first table by the rule."""
    return check.first(*(_cell(group, answers[group]) for group in LESSON), right="each row stands as the rule asks.")


def _cell(group: str, answer: object) -> Result:
    events, people = LESSON[group]
    slips: dict[Hashable, str] = {}
    if people < THRESHOLD:
        again = f"{group}: look at how many people there are in all."
    elif 0 < people - events < THRESHOLD:
        again = f"{group}: count those who did not get the shot, too."
    elif 0 < events < THRESHOLD:
        again = f"{group}: look at how many got the shot."
    elif events in (0, people):
        again = f"{group}: a zero may be shown, and it still tells something of each person in the row."
        slips["show"] = f"{group}: the rule allows it. It also tells what each of them did. Who should decide?"
    else:
        again = f"{group}: neither those with the shot nor those without are few. The number can stand."
    return check.choice(
        answer,
        rule(events, people),
        list(DO.values()),
        ask=f"choose what to do with the row {group}",
        again=again,
        right="",
        slips=slips,
    )


@functools.cache
def told(hidden: frozenset[str]) -> pd.DataFrame:
    """The groups of the second table whose number anyone can work out, or sees small, when these rows are hidden.

    They are those that `audit` lists: for a single sum the bounds need no integer program, and scipy, on which that
    runs, is neither in a reader's browser nor in the zip that a trainer hands out.
    """
    left = _sums()[0] - sum(events for group, (events, _) in PRINTED.items() if group not in hidden)
    room = sum(PRINTED[group][1] for group in hidden)
    found = []
    for group, (events, people) in PRINTED.items():
        low, high = (max(0, left - room + people), min(people, left)) if group in hidden else (events, events)
        ranges = ((low, high), (people - high, people - low))
        if any((group in hidden and least == most) or 0 < most < THRESHOLD for least, most in ranges):
            found.append(group)
    return pd.DataFrame({"group": found})


@functools.cache
def fewest() -> int:
    """How many rows of the second table have to be hidden before nothing small can be told."""
    choices = (frozenset(rows) for size in range(len(PRINTED) + 1) for rows in itertools.combinations(PRINTED, size))
    return next(len(rows) for rows in choices if told(rows).empty)


def subtraction(answers: dict[str, Any]) -> Result:
    """The hidden number by subtraction, and then rows hidden so that nobody can do that."""
    secret, all_of_them = PRINTED[SECRET][0], _sums()[0]
    picked = [check.pick(answers[group], list(HIDE.values()), ask=f"choose for the row {group}") for group in PRINTED]
    return check.first(
        check.number(
            answers["secret"],
            secret,
            decimals=0,
            ask=f"write the number that was hidden in the row {SECRET}",
            again="add up the three numbers that are shown. Take the sum from the row of everyone.",
            right="",
            slips=[
                (all_of_them - secret, "that is the sum of the three rows. Take it from the row of everyone."),
                (PRINTED[SECRET][0] + PRINTED["Spanish"][0], "one row is still to be taken off."),
            ],
        ),
        *picked,
        _safe(frozenset(group for group in PRINTED if check.plain(answers[group]) == "hide"))
        if all(result.state == "right" for result in picked)
        else Result("right", ""),
        right="nobody can work out the small number now, and all the others still have theirs.",
    )


def _safe(hidden: frozenset[str]) -> Result:
    found = told(hidden)
    if len(found):
        return Result("close", f"someone can still work out the row {found['group'].iloc[0]}. See the list below.")
    if len(hidden) == len(PRINTED):
        return Result("close", "it is safe, and nobody can see anything. Show as much as you can.")
    if len(hidden) > fewest():
        return Result("close", "it is safe. See whether one more row can be shown.")
    return Result("right", "")


def printed(answers: dict[str, Any]) -> list[object]:
    """The second table as the answers would print it, and what it tells."""
    hidden = frozenset(group for group in PRINTED if own.said(answers[group], UNTOUCHED[group]) == "hide")
    body = [
        [group, "hidden" if group in hidden else str(events), str(people)]
        for group, (events, people) in {**PRINTED, EVERYONE: _sums()}.items()
    ]
    table = Table(f"{CLINIC}, another month, as you print it.", ["Language", "With the shot", "Patients"], body)
    rows = list(dict.fromkeys(str(group) for group in told(hidden)["group"]))
    if not rows:
        return [table, Result("noted", "nothing small can be worked out of this table.")]
    return [table, Result("noted", f"anyone can work out what is hidden, or see a small number: {', '.join(rows)}.")]


@forms.once
def lesson(answers: dict[str, Any]) -> list[Table]:
    """The first table, whatever has been answered."""
    body = [[group, str(events), str(people)] for group, (events, people) in LESSON.items()]
    return [Table(f"{CLINIC}, before anything is hidden.", ["Language", "With the shot", "Patients"], body)]


@functools.cache
def seen(span: str, *, merged: bool) -> pd.DataFrame:
    """The sample organization's groups in a span of time, with rates; the small group merged with another if asked."""
    counts = sample.quarters(MEASURE) if "Q" in span else sample.years(MEASURE)
    table = pick(counts, dimension=sample.RACE, period=span)
    return rates(derive(_merge, table) if merged else table)


def _merge(table: pd.DataFrame) -> pd.DataFrame:
    """One row for both groups, where both are shown."""
    both = table["group"].isin([FOCUS, NEIGHBOR])
    if (table.loc[both, "status"] != "shown").any():
        return table
    one = table[table["group"] == NEIGHBOR].assign(group=MERGED)
    for column in ("events", "denominator"):
        one[column] = table.loc[both, column].sum()
    return pd.concat([one, table[~both]], ignore_index=True)


def small_group(answers: dict[str, Any]) -> Result:
    """The group seen over all years, and what merging it would hide."""
    apart = seen(sample.ALL_YEARS, merged=False).set_index("group")["rate"].to_dict()
    together = seen(sample.ALL_YEARS, merged=True).set_index("group")["rate"].to_dict()
    return check.first(
        check.choice(
            answers["span"],
            sample.ALL_YEARS,
            list(SPANS.values()),
            ask="choose a span of time",
            again=f"the row {FOCUS} is still withheld. Choose a longer span.",
            right="",
        ),
        check.number(
            answers["rate"],
            100 * float(apart[FOCUS]),
            decimals=0,
            ask=f"write how many of 100 {FOCUS} patients were tested",
            again=f"keep the groups apart, and read the row {FOCUS} in the chart.",
            right="",
            slips=[(100 * float(together[MERGED]), "that is the merged row. Keep the groups apart first.")],
        ),
        check.pick(answers["merge"], list(MERGE.values()), ask="merge the groups and look at the chart once more"),
        check.number(
            answers["merged"],
            100 * float(together[MERGED]),
            decimals=0,
            ask="write how many of 100 were tested in the merged row",
            again="merge the groups, and read the row that names both.",
            right="",
            slips=[(100 * float(apart[FOCUS]), "that is the group by itself. Merge the groups, and read again.")],
        ),
        check.choice(
            answers["lost"],
            "gap",
            list(LOST.values()),
            ask="choose what the merged row hides",
            again="compare your two numbers. What could a reader of the merged row no longer see?",
            right="",
        ),
        right="you kept people safe and still saw their care. Merging them would have hidden it.",
    )


def views(answers: dict[str, Any]) -> list[Figure]:
    """The groups in the span chosen; one quarter until then."""
    span = check.pick(answers["span"], list(SPANS.values()), ask="").state == "right"
    chosen = str(answers["span"]) if span else next(iter(SPANS.values()))
    merged = own.said(answers["merge"], "") == "merged"
    table = seen(chosen, merged=merged)
    withheld = int((table["status"] != "shown").sum())
    said = "not every group can be shown" if withheld else "every group can be shown"
    return [
        figure(
            equiplot(table, titles=sample.titles(), unit="percent of patients"),
            table,
            name="worksheet-protect-groups",
            finding=f"How many patients with diabetes the clinics tested in {{period.max}}: {said}",
            source=sample.SOURCE,
            evidence=sample.EVIDENCE,
            as_of=chosen,
            missing="none",
        )
    ]


def ladder(answers: dict[str, Any]) -> Result:
    """The five ways to still see a small group, from the first to the last."""
    picked = [check.pick(answers[place], ORDER, ask=f"choose what comes {place}") for place in PLACES]
    if any(result.state != "right" for result in picked):
        return check.first(*picked, right="")
    mine = [own.said(answers[place], "") for place in PLACES]
    if len(set(mine)) < len(mine):
        return Result("close", "one step stands there twice. Give each a place of its own.")
    if mine == ORDER:
        return Result("right", "you look longer, then closer, then ask; and names are given up last of all.")
    if mine[-1] != "merge":
        return Result("close", "which step makes a group vanish from view? Leave it until nothing else is left.")
    if mine[0] != "periods":
        return Result("close", "one step needs no new data and no one's time. Begin with it.")
    if mine.index("community") < mine.index("review"):
        return Result("close", "look at your own work before you ask for the community's time.")
    return Result("close", "a step of the process has more patients behind it than a single case. Show it earlier.")


def own_table(answers: dict[str, Any]) -> Result:
    """The reader's own counts, what had to be hidden, who decides, and what comes next."""
    if answers["file"] is None:
        return check.not_yet("choose a file, or skip this one and look at the made-up example below")
    try:
        rows = _own(answers).rows
    except ValueError as error:
        return Result("again", str(error))
    if check.is_blank(answers["steward"]):
        return Result(
            "close", "your table is drawn, small counts hidden. Write which role decides on zeros and doubts."
        )
    if (steward := written.role(answers["steward"], ask="write which role decides in doubt")).state != "right":
        return steward
    step = check.pick(answers["next"], ORDER, ask="choose what you will do to see a hidden group")
    if step.state != "right":
        return Result("close" if step.state == "not yet" else "again", step.sentence)
    less = int((rows["status"] != "shown").sum())
    if less and check.plain(answers["next"]) == "merge":
        return Result("close", "merging comes last. Choose a step that keeps the group in view.")
    said = f"{less} of its {len(rows)} rows are hidden" if less else "no row had to be hidden"
    return Result("right", f"{said}, someone decides in doubt, and you know your next step.")


def own_views(answers: dict[str, Any]) -> list[Figure]:
    """The reader's groups, small counts hidden; the example until there is a file, nothing for a broken one."""
    example = own.is_example(answers["file"])
    try:
        choice = _own({**answers, "file": own.example()} if example else answers)
        table = rates(choice.rows)
    except ValueError:
        return []
    lead = "A made-up example. " if example else ""
    return [
        figure(
            equiplot(table, titles={**sample.titles(), "rate": choice.measure}, unit="percent of patients"),
            table,
            name="worksheet-protect-own",
            finding=f"{lead}{{measure.max}} by {{dimension.max}}, {{period.max}}: what may be shown",
            source=own.EXAMPLE_SAID if example else "the reader's own table",
            evidence=sample.EVIDENCE if example else "the reader's own counts, small ones hidden",
            as_of=choice.period,
            missing="none",
        )
    ]


def _own(answers: dict[str, Any]) -> own.Choice:
    return own.chosen(answers["file"], **{name: answers[name] for name in own.NAMES})


def _sums() -> tuple[int, int]:
    return sum(events for events, _ in PRINTED.values()), sum(people for _, people in PRINTED.values())
