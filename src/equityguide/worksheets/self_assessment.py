"""The checks and views of the worksheet "Self-assessment". Items and anchors are ours."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from equityguide.worksheets import check, forms, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.shown import Table

FEWEST_RATERS, MOST_RATERS = 3, 15
LEVELS = (0, 1, 2, 3)
FULL, EMPTY = "\N{BLACK SQUARE}", "\N{WHITE SQUARE}"
NOT_KNOWN, OPEN = "cannot tell", "not agreed"
NEEDS_EVIDENCE = 2  # from this level on, something can be shown

_MARKS = re.compile(r"[0-3?](?:[ ,;]*[0-3?])*")


@dataclass(frozen=True)
class Item:
    """One thing to rate: `anchors` say what is true at level 0, 1, 2 and 3."""

    name: str
    area: str
    title: str
    anchors: tuple[str, str, str, str]

    def menu(self) -> dict[str, str | int]:
        """The anchors as a menu, each with its level."""
        return {f"{level}: {anchor}": level for level, anchor in zip(LEVELS, self.anchors, strict=True)}


PRIORITY, STRUCTURES = "Equity in strategy", "Structures and data"
DETERMINANTS, RACISM = "Causes outside care", "Racism and other wrongs inside"
COMMUNITY, RHYTHM = "Partners in the community", "Leaders' rhythm"

ITEMS = (
    Item("plan", PRIORITY, "The plan", (
        "The plan in force does not name equity",
        "It names equity, with no measure or owner",
        "It has an equity goal with a measure, an owner, and a date",
        "Departments have goals for it too, and leaders read the results in the past year",
    )),
    Item("means", PRIORITY, "Money and time", (
        "Nobody has paid time or money for it",
        "Some people have paid time for it",
        "Paid hours and a budget line are written down for this year",
        "They are written down for next year too, and this year's were used",
    )),
    Item("data", STRUCTURES, "Data by group", (
        "No measure is shown by group",
        "One measure or more is shown by race, ethnicity, or language",
        "The main measures are, each with how many are unknown",
        "A team changed care in the past year because of them",
    )),
    Item("improve", STRUCTURES, "Closing a gap", (
        "No team works on a gap between groups",
        "A team has tested a change for one gap",
        "The change is in daily use and measured by group",
        "The gap has stayed smaller for a year, and no group does worse",
    )),
    Item("needs", DETERMINANTS, "Food, housing, rides", (
        "We do not ask patients about them",
        "Some of our clinics ask",
        "All clinics ask, and a role follows up on each need",
        "We know how many needs were met, and changed something because of it",
    )),
    Item("employer", DETERMINANTS, "Our wages and our buying", (
        "We have not looked at who gets the lowest wages or where we buy",
        "We have counted one of the two",
        "A wage floor or a goal for local buying is in force",
        "We report on it in public each year",
    )),
    Item("naming", RACISM, "Naming racism", (
        "Leaders have not named racism in words to all staff",
        "They have named it, on one occasion",
        "A policy names it and says how to report it, and staff know",
        "Reports are counted and answered, and leaders tell staff what changed",
    )),
    Item("policies", RACISM, "Looking at our own rules", (
        "No rule was read for who gains and who is left out",
        "One rule was",
        "A standing group does so, with people whom the rule affects",
        "A rule was changed for this in the past year, and someone checked what came of it",
    )),
    Item("voice", COMMUNITY, "Seats at the table", (
        "No one from the community advises us",
        "We ask for views now and then",
        "People from the community hold standing, paid seats",
        "They have a vote, or changed a decision in the past year",
    )),
    Item("share", COMMUNITY, "What partners get", (
        "We have not asked partners what they need",
        "We have asked one partner or more",
        "A written agreement gives a partner money or staff time",
        "Each year both sides look at what each gave and got",
    )),
    Item("board", RHYTHM, "The board's year", (
        "In the past year the board saw no measure by group",
        "It saw one, on one occasion",
        "It has a fixed date each year, and kept the last one",
        "Its last review led to a decision with an owner and a date",
    )),
    Item("meetings", RHYTHM, "Leaders' meetings", (
        "No regular meeting of leaders has it on the agenda",
        "It comes up when someone asks",
        "A role reports on it each month or quarter",
        "Last year's promises are read aloud there, kept or not",
    )),
)  # fmt: skip
AREAS = tuple(dict.fromkeys(item.area for item in ITEMS))
BY_NAME = {item.name: item for item in ITEMS}
TITLES = {item.title: item.name for item in ITEMS}

# Invented marks of five people, for a page on which nobody has rated yet.
EXAMPLE = {
    "plan": "1 1 2 2 2", "means": "0 0 1 1 ?", "data": "0 1 2 2 3", "improve": "1 1 1 1 2", "needs": "1 1 1 2 2",
    "employer": "0 1 ? ? ?", "naming": "0 0 1 3 3", "policies": "0 0 0 1 1", "voice": "1 1 1 1 1", "share": "0 0 1 1 2",
    "board": "2 2 2 2 2", "meetings": "0 1 1 2 2",
}  # fmt: skip
AGREED = {
    "plan": 2, "means": 0, "data": 1, "improve": 1, "needs": 1, "employer": 0, "naming": 0, "policies": 0, "voice": 1,
    "share": 0, "board": 2, "meetings": 1,
}  # fmt: skip


def practice() -> list[forms.Field]:
    """Three invented cases, each with the anchors of one item."""
    return [
        forms.select("draft", "1. The draft of a new plan has an equity goal with a measure, an owner, and a date. "
                     "The plan in force does not speak of equity.", BY_NAME["plan"].menu()),
        forms.select("clinics", "2. Seven of nine clinics ask about food and housing. The other two start in May.",
                     BY_NAME["needs"].menu()),
        forms.select("thanks", "3. Each March the board sees three measures by group. Last March it kept the date, "
                     "thanked the team, and went on.", BY_NAME["board"].menu()),
    ]  # fmt: skip


def own_fields() -> list[forms.Field]:
    """One menu an item: its four anchors, and a way to say that one cannot tell."""
    cannot = {"I cannot tell from where I work": NOT_KNOWN}
    return [forms.select(item.name, f"{item.title} ({item.area})", {**item.menu(), **cannot}) for item in ITEMS]


def marks_fields() -> list[forms.Field]:
    """One line an item, for the marks of all raters."""
    return [forms.text(item.name, item.title) for item in ITEMS]


def agreed_fields() -> list[forms.Field]:
    """By area: one menu an item, then what one could show for it."""
    cannot = {"We did not agree": OPEN}
    fields: list[forms.Field] = []
    for place, area in enumerate(AREAS):
        inside = [item for item in ITEMS if item.area == area]
        fields += [forms.select(item.name, f"{area}: {item.title}", {**item.menu(), **cannot}) for item in inside]
        fields.append(forms.text(_shown_in(place), f"{area}: what could you show a visitor?"))
    return fields


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["area"],
        list(AREAS),
        ask="choose one of the six areas",
        right="you will come to it soon. Your view of it may differ from your neighbor's, and that is the point.",
    )


def practiced(answers: dict[str, Any]) -> Result:
    """Work that has begun counts as the level below."""
    again = "{} case: read each line and ask if it is fully true today."
    return check.first(
        _rated(answers["draft"], 0, "first", again, {
            2: "first case: the goal is in a draft. Rate the plan in force.",
            1: "first case: a draft is work begun, not done. Rate the plan in force.",
        }),
        _rated(answers["clinics"], 1, "second", again, {2: "second case: two clinics do not ask yet. Rate today."}),
        _rated(answers["thanks"], 2, "third", again, {3: "third case: the board saw the numbers. What did it decide?"}),
        right="you rated what is true today. What has only begun waits for the next time.",
    )  # fmt: skip


def rated(answers: dict[str, Any]) -> Result:
    """Every item has a mark, whatever it is."""
    options: Sequence[Hashable] = (*LEVELS, NOT_KNOWN)
    missing = [item for item in ITEMS if check.is_blank(answers[item.name])]
    if len(missing) == len(ITEMS):
        return check.not_yet("choose a line for each item, or skip this one and use paper")
    for item in ITEMS:
        picked = check.pick(answers[item.name], options, ask=f"choose a line for {item.title}")
        if picked.state == "again":
            return picked
    if missing:
        return Result("close", f"{len(missing)} of {len(ITEMS)} items are open, such as {missing[0].title}.")
    unknown = sum(check.plain(answers[item.name]) == NOT_KNOWN for item in ITEMS)
    seen = f"You could not tell for {unknown}: who in the group can?" if unknown else "Keep them to yourself for now."
    return Result("right", f"all {len(ITEMS)} items have a mark. {seen}")


def spread(answers: Mapping[str, Any]) -> Result:
    """Marks of the same number of people for each item, three or more, sorted; says where they lie widest apart."""
    if all(check.is_blank(answers[item.name]) for item in ITEMS):
        return check.not_yet("copy the marks from the slips, or skip this one and look at the made-up example")
    read = {item: marks(answers[item.name]) for item in ITEMS}
    for item, found in read.items():
        if found is None and not check.is_blank(answers[item.name]):
            return Result("again", f"{item.title}: write one mark a person, such as 0 1 2 3 or ? for who cannot tell.")
        if found is not None and not _is_sorted(answers[item.name]):
            said = f"{item.title}: write the lowest mark first, and each ? last."
            return Result("close", f"{said} In the order of the slips, one could follow one person's marks.")
    if missing := [item.title for item, found in read.items() if found is None]:
        return Result("close", f"{len(missing)} of {len(ITEMS)} items have no marks yet, such as {missing[0]}.")
    counts = {item: len(found or []) for item, found in read.items()}
    raters = max(counts.values())
    if short := next((item for item, count in counts.items() if count != raters), None):
        return Result("close", f"{short.title} has {counts[short]} marks and another item {raters}. Count the slips.")
    if raters < FEWEST_RATERS:
        return Result("close", f"{raters} people are too few to hide who marked what. Wait for {FEWEST_RATERS}.")
    if raters > MOST_RATERS:
        return Result("close", f"{raters} people are too many for one talk. Work in groups of {MOST_RATERS} or fewer.")
    rows = spread_rows(answers)
    widest = rows.iloc[0]
    if (rows["cannot_tell"] == raters).all():
        return Result("right", "none of you can tell. That is a finding: ask who could.")
    if widest["apart"] == 0:
        return Result("right", "you all see each item alike. Ask who was not in the room.")
    return Result("right", f"you are widest apart on {widest['title']}. Talk about that one first.")


def marks(answer: object) -> list[int | None] | None:
    """The marks in a line, lowest first, `None` for each who cannot tell; None where the line is no list of marks."""
    if (found := _typed(answer)) is None:
        return None
    return [None if mark == "?" else int(mark) for mark in sorted(found)]  # "?" comes after the digits


def spread_rows(answers: Mapping[str, Any]) -> pd.DataFrame:
    """One row an item that has marks, widest spread first: title, area, level_0 to level_3, cannot_tell, apart.

    Nothing is averaged: the counts of people at each level, and the levels between the lowest and the highest mark, 0
    where nobody can tell.
    """
    found = []
    for item in ITEMS:
        levels = marks(answers[item.name])
        if levels is None:
            continue
        known = [level for level in levels if level is not None]
        counts = {f"level_{level}": known.count(level) for level in LEVELS}
        apart = max(known) - min(known) if known else 0
        found.append(
            {"title": item.title, "area": item.area, **counts, "cannot_tell": levels.count(None), "apart": apart}
        )
    rows = pd.DataFrame(found, columns=["title", "area", *(f"level_{n}" for n in LEVELS), "cannot_tell", "apart"])
    return rows.sort_values("apart", ascending=False, kind="stable").reset_index(drop=True)


def spread_seen(answers: dict[str, Any]) -> list[Table]:
    """How many chose each level, the items with the widest spread first; the made-up example until there are marks."""
    blank = all(check.is_blank(answers[item.name]) for item in ITEMS)
    rows = spread_rows(EXAMPLE if blank else answers)
    if rows.empty:
        return []
    lead = "A made-up example: five people. " if blank else ""
    chosen = [f"level_{level}" for level in LEVELS]
    head = ["Item", *(f"Level {level}" for level in LEVELS), "Cannot tell", "Levels apart"]
    body = []
    for row in rows.to_dict("records"):
        apart = str(row["apart"]) if any(row[name] for name in chosen) else "not known"
        body.append([str(row["title"]), *(str(row[name]) for name in (*chosen, "cannot_tell")), apart])
    return [Table(f"{lead}How many people chose each level, with the widest spread first", head, body)]


def agreed(answers: dict[str, Any]) -> Result:
    """A level or an open question for each item, and something to show wherever the level is 2 or 3."""
    missing = [item for item in ITEMS if check.is_blank(answers[item.name])]
    if len(missing) == len(ITEMS):
        return check.not_yet("choose the level that you agree on for each item")
    for item in ITEMS:
        picked = check.pick(answers[item.name], (*LEVELS, OPEN), ask=f"choose a level for {item.title}")
        if picked.state == "again":
            return picked
    if missing:
        return Result("close", f"{len(missing)} of {len(ITEMS)} items are open, such as {missing[0].title}.")
    for place, area in enumerate(AREAS):
        levels = [check.plain(answers[item.name]) for item in ITEMS if item.area == area]
        high = any(type(level) is int and level >= NEEDS_EVIDENCE for level in levels)
        if high and written.words(answers[_shown_in(place)]) == 0:
            return Result("close", f"{area} is at level {NEEDS_EVIDENCE} or above. Write what you could show for it.")
    left = sum(check.plain(answers[item.name]) == OPEN for item in ITEMS)
    said = "Take what is open to someone who can tell." if left else "Look at the lowest levels first."
    return Result("right", f"your profile stands below. It has no total. {said}")


@forms.once
def lines(answers: Mapping[str, Any]) -> list[Table]:
    """The items with their four lines, to read at one look or to print."""
    body = [[f"{item.title} ({item.area})", " ".join(f"{line}." for line in item.menu())] for item in ITEMS]
    return [Table("The twelve items, each with its lines from 0 to 3", ["Item", "Lines"], body)]


def profile(answers: dict[str, Any]) -> list[Table]:
    """The agreed level of each item and what is true at it: no total, no average; an example until there are levels."""
    blank = all(check.is_blank(answers[item.name]) for item in ITEMS)
    levels = AGREED if blank else {item.name: check.plain(answers[item.name]) for item in ITEMS}
    body = []
    for item in ITEMS:
        level = levels[item.name]
        if type(level) is int and level in LEVELS:
            squares = FULL * level + EMPTY * (LEVELS[-1] - level)
            body.append([item.title, item.area, f"{squares} {level}", item.anchors[level]])
        elif level == OPEN:
            body.append([item.title, item.area, "not agreed", "Ask someone who can tell"])
    lead = "A made-up example. " if blank else ""
    head = ["Item", "Area", "Level, 0 to 3", "What is true today"]
    return [Table(f"{lead}A profile: one level an item, and no total", head, body)] if body else []


def step(answers: dict[str, Any]) -> Result:
    """One item to move, what will then be true, the owner's role, a date, and who will see it."""
    return check.first(
        check.pick(answers["item"], list(TITLES.values()), ask="choose the item to move first"),
        written.sentence(answers["true"], ask="write what will be fully true that is not true today"),
        written.role(answers["owner"], ask="write which role owns it"),
        written.date(answers["date"], ask="write by when"),
        written.sentence(answers["told"], ask="write who will hear of this rating, and how", least=3),
        right="one item has a next level, an owner, and a date. Rate it again after that day.",
    )


def _rated(answer: object, level: int, place: str, again: str, slips: Mapping[Hashable, str]) -> Result:
    return check.choice(
        answer,
        level,
        LEVELS,
        ask=f"choose a line for the {place} case",
        again=again.format(place),
        right="",
        slips=slips,
    )


def _typed(answer: object) -> list[str] | None:
    """The marks in a line as they stand there; None where the line is no list of marks."""
    value = check.plain(answer)
    text = str(int(value)) if type(value) in (int, float) and value in LEVELS else value
    return re.findall(r"[0-3?]", text) if type(text) is str and _MARKS.fullmatch(text) else None


def _is_sorted(answer: object) -> bool:
    found = _typed(answer)
    return found is not None and found == sorted(found)


def _shown_in(place: int) -> str:
    """The name of the field that holds what could be shown for the area at this place."""
    return f"evidence_{place + 1}"
