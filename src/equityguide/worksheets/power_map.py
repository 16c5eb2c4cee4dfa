"""The checks and views of the worksheet "Power map". Own dots are letters, kept in the open form's memory only."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equityguide.charts import diagrams
from equityguide.charts.diagrams.power_map import QUADRANTS
from equityguide.figure import Figure, figure
from equityguide.worksheets import check, forms, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import Action, Form, select, table
from equityguide.worksheets.shown import Table

LETTERS = list("ABCDEFGHIJKL")
FEWEST = 4  # letters, before a map says anything
SUPPORT = {
    "-5: strongly against": -5, "-4": -4, "-3: against": -3, "-2": -2, "-1: leans against": -1,
    "0: neither, or not known yet": 0,
    "1: leans toward it": 1, "2": 2, "3: for it": 3, "4": 4, "5: strongly for it": 5,
}  # fmt: skip
INFLUENCE = {
    "0: least": 0, "1": 1, "2: little": 2, "3": 3, "4": 4, "5: some": 5, "6": 6, "7": 7, "8: much": 8, "9": 9,
    "10: most": 10,
}  # fmt: skip
TITLES = {
    "letter": "Person",
    "role": "Role",
    "support": "Support, from -5 to 5",
    "influence": "Influence, from 0 to 10",
}
# Invented, and none of them a person.
PEOPLE = pd.DataFrame(
    [
        ("P", "Head of the emergency department", -3, 8),
        ("Q", "Chief nurse", 3, 9),
        ("R", "Resident in training", 5, 2),
        ("S", "Clerk who trains the new staff", 2, 4),
        ("T", "Head of finance", -1, 7),
        ("U", "Charge nurse on nights", -3, 3),
    ],
    columns=list(TITLES),
)
NEW = "V"
INVENTED = "synthetic: invented for practice, no real people"

WHOSE = {
    "Someone at the top": "top",
    "Someone on my own team": "team",
    "A patient or a neighbor": "patient",
    "Someone nobody had thought of": "surprise",
}
FIRST = {
    "Leave them off the map": "leave",
    "Send them more numbers": "numbers",
    "Ask for a talk: what matters to you?": "talk",
    "Have their boss press them": "boss",
}
BASIS = {
    "Her age and her training": "age",
    "What she said and did": "did",
    "What others say about her": "others",
    "Where her family comes from": "family",
}
# What may hold someone back, and the answers that teams in the guide gave to it.
HOLD = {
    "We do not know yet": "unknown",
    "It looks like one more task in a full day": "task",
    "Other things come first": "first",
    "The push comes from junior staff, and leaders wait": "junior",
    "A few people carry it alone": "alone",
}
BRING = {
    "Nothing yet: I ask and listen": "listen",
    "Tie it to the mission they work for": "mission",
    "Say that no care is good or safe unless it is so for all": "quality",
    "Thank in public those who take part": "thanks",
    "Put it in the plan, tied to goals we have": "plan",
    "Bring a champion whom they respect": "champion",
    "Show what other places do, and what they gain by it": "places",
    "Bring numbers and a patient's story": "stories",
    "Bring in leaders from every level": "levels",
}
ANSWERS = {
    "unknown": ("listen",),
    "task": ("listen", "mission", "quality", "thanks"),
    "first": ("listen", "plan"),
    "junior": ("listen", "champion", "places", "stories"),
    "alone": ("listen", "levels"),
}
MIDDLE = "On the line"  # neither for it nor against, or not known: no quadrant says what to do
STEPS = dict(
    zip(
        (*QUADRANTS, MIDDLE),
        (
            "Ask for a talk soon. Listen for what matters to them.",
            "Ask them to speak first, or to lead a part.",
            "Tell them what happens. Ask once what worries them.",
            "Give them a part that others see. They may lead later.",
            "Ask what they think of it, before you plan anything.",
        ),
        strict=True,
    )
)


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["whose"],
        list(WHOSE.values()),
        ask="choose whose yes it was",
        right="a map like this one asks the same of a change that is still to come.",
    )


@forms.once
def practice_map(answers: dict[str, Any]) -> list[Figure]:
    """The invented people on their map, whatever has been answered."""
    return [_invented(PEOPLE, "practice")]


def read(answers: dict[str, Any]) -> Result:
    """Who is against with much influence, who is for it with little, and what comes first."""
    strong = PEOPLE[PEOPLE["influence"] >= 5].sort_values("support")
    weak = PEOPLE[PEOPLE["influence"] < 5].sort_values("support")
    people = PEOPLE["letter"].tolist()
    return check.first(
        check.choice(
            answers["against"],
            strong["letter"].iloc[0],
            people,
            ask="choose who is most against it, among those with much influence",
            again="look up and to the left on the map.",
            right="",
            slips={
                weak["letter"].iloc[0]: "that person is as much against it, and has little influence. Look higher up.",
                strong["letter"].iloc[1]: "that person only leans against it. Look further to the left.",
            },
        ),
        check.choice(
            answers["ally"],
            weak["letter"].iloc[-1],
            people,
            ask="choose who is most for it, among those with little influence",
            again="look down and to the right on the map.",
            right="",
            slips={
                strong["letter"].iloc[-1]: "that person has much influence. Look lower down.",
                weak["letter"].iloc[-2]: "that person is for it, and someone else even more so. Look further right.",
            },
        ),
        check.choice(
            answers["first"],
            "talk",
            list(FIRST.values()),
            ask="choose what you do first",
            again="choose what could tell you why this person is against it.",
            right="",
            slips={
                "leave": "someone who can stop the work belongs on the map. Choose a way to reach them.",
                "numbers": "numbers answer a question. You do not know yet which one this person has.",
                "boss": "pressure may win a yes, and no trust. Choose what could tell you why.",
            },
        ),
        right="one person to hear first, and one who may lead later. Both are easy to miss in a list of names.",
    )


def placed_map(answers: dict[str, Any]) -> list[Figure]:
    """The invented people and the new one, once both places are chosen."""
    support, influence = check.plain(answers["support"]), check.plain(answers["influence"])
    if type(support) is not int or type(influence) is not int:
        return []
    new = pd.DataFrame([(NEW, "Head pharmacist", support, influence)], columns=list(TITLES))
    return [_invented(pd.concat([PEOPLE, new], ignore_index=True), "placed")]


def placed(answers: dict[str, Any]) -> Result:
    """One invented person, placed by what she said and did."""
    for field, options, ask in (
        ("support", SUPPORT, "choose how much she is for it"),
        ("influence", INFLUENCE, "choose how much influence she has"),
    ):
        if (picked := check.pick(answers[field], list(options.values()), ask=ask)).state != "right":
            return picked
    support, influence = int(answers["support"]), int(answers["influence"])
    if abs(support) > 2:
        side = "for it" if support > 0 else "against it"
        return Result("close", f"you have her far {side}. Read her two sentences again: she has not made up her mind.")
    if influence < 6:
        return Result("close", "read who has to see each new form: her influence is larger than that.")
    return check.choice(
        answers["basis"],
        "did",
        list(BASIS.values()),
        ask="choose what you went by",
        again="choose what you could have seen or heard yourself.",
        right="you went by what she said and did. Two people may still place her apart: talk about why.",
        slips={
            "age": "age and training tell you nothing about what she wants. Go by what she said and did.",
            "others": "talk about a person is not the person. Go by what she said and did.",
            "family": "where a family comes from tells nothing about what she wants. Go by what she said and did.",
        },
    )


def placing() -> Form:
    """The form that places the reader's own dots, one at a time. `dots` is their table: letter, support, influence."""
    form = Form(
        "power-map-own",
        "Task 3. Your map",
        [
            select("letter", "Which letter?", LETTERS, hint="The name stands on paper only."),
            select("support", "How much is this person for our aims?", SUPPORT),
            select("influence", "How much influence on them?", INFLUENCE),
            table("dots"),
        ],
        check=own,
        draw=own_map,
        actions=[Action("Place this dot", lambda: place(form)), Action("Take this dot away", lambda: remove(form))],
        private=True,
    )
    return form


def place(form: Form) -> Result:
    """Put the chosen letter on the map, or move it there, and empty the menus for the next."""
    chosen = []
    for field, options in (("letter", LETTERS), ("support", SUPPORT.values()), ("influence", INFLUENCE.values())):
        if check.pick(form[field], list(options), ask="").state != "right":
            return Result("not yet", "choose a letter, the support, and the influence first.")
        chosen.append(check.plain(form[field]))
    letter, support, influence = chosen
    dots: dict[Any, Any] = {**_dots(form["dots"])}
    moved = letter in dots
    dots[letter] = (support, influence)
    form.enter(dots=_table(dots), letter=None, support=None, influence=None)
    if moved:
        return Result("noted", f"{letter} has moved.")
    return Result("noted", f"{letter} is on the map. Write on paper who it is, and nowhere else.")


def remove(form: Form) -> Result:
    """Take the chosen letter off the map."""
    letter, dots = check.plain(form["letter"]), _dots(form["dots"])
    if type(letter) is not str or letter not in dots:
        return Result("not yet", "choose a letter that is on the map first.")
    del dots[letter]
    form.enter(dots=_table(dots) if dots else None, letter=None)
    return Result("noted", f"{letter} is off the map. Cross it out on the paper, too.")


def own(answers: dict[str, Any]) -> Result:
    """The reader's own map: enough letters, some with little influence, and not all on one side."""
    if check.is_blank(answers["dots"]):
        return check.not_yet("choose a letter, support, and influence, and press Place this dot")
    dots = _dots(answers["dots"])
    if not dots:
        return Result("again", "this map could not be read. Place the dots with the form.")
    if len(dots) < FEWEST:
        return Result("close", f"{len(dots)} on the map so far. Go on: whose yes, and whose hands, does the work need?")
    if all(influence >= 5 for _, influence in dots.values()):
        return Result("close", "all on your map have much influence. Add someone with little, whose work would change.")
    if all(influence < 5 for _, influence in dots.values()):
        return Result("close", "none on your map has much influence. Add someone who can say yes to money or time.")
    if all(support > 0 for support, _ in dots.values()):
        return Result("close", "all on your map are for it. Add someone who is not, or of whom you do not know.")
    return Result("right", f"{len(dots)} letters, with much influence and with little. The names stay on the paper.")


def own_map(answers: dict[str, Any]) -> list[object]:
    """The reader's own map, and under it a first step for each letter; nothing before the first dot."""
    dots = _dots(answers["dots"])
    if not dots:
        return []
    rows = _table(dots)
    drawn = figure(
        diagrams.power_map(rows, titles=TITLES, name="letter", noun="letters"),
        rows,
        name="worksheet-power-map-own",
        finding="Your map: letters only, and the names on paper",
        source="Placed by those who fill in this worksheet",
        evidence="the readers' own view, not a measurement",
        as_of="while this worksheet is open",
        missing="none",
    )
    body = [(letter, (where := _where(*spot)), STEPS[where]) for letter, spot in dots.items()]
    return [drawn, Table("A first step for each letter. The steps are ours.", ["Letter", "Where", "First step"], body)]


def planned(answers: dict[str, Any]) -> Result:
    """A talk with one person: what may hold them back, what to bring, what matters to them, a part, a date."""
    for field, options, ask in (
        ("letter", LETTERS, "choose a letter from your map"),
        ("hold", list(HOLD.values()), "choose what may hold this person back"),
        ("bring", list(BRING.values()), "choose what you bring to the talk"),
    ):
        if (picked := check.pick(answers[field], options, ask=ask)).state != "right":
            return picked
    hold, bring = str(check.plain(answers["hold"])), check.plain(answers["bring"])
    if hold == "unknown" and bring not in ANSWERS[hold]:
        return Result("close", "you do not know yet what holds them back. Then listening comes first.")
    right = "you have someone to ask, something to bring, and a day. "
    if bring in ANSWERS[hold]:
        right += "The worksheet One-to-one prepares the talk."
    else:
        right += "In the guide, teams brought that to another worry: say aloud why it fits this person."
    return check.first(
        written.sentence(answers["matters"], ask="write what may matter to this person"),
        written.sentence(answers["part"], ask="write what part you could offer"),
        written.date(answers["when"], ask="write by when you ask for the talk"),
        right=right,
    )


def _invented(rows: pd.DataFrame, name: str) -> Figure:
    return figure(
        diagrams.power_map(rows, titles=TITLES, name="letter", noun="invented people"),
        rows,
        name=f"worksheet-power-map-{name}",
        finding="{letter.unique} invented people, by how much they are for our aims and how much influence they have",
        source="Made up by this book",
        evidence=INVENTED,
        as_of="no date: the people are invented",
        missing="none",
    )


def _dots(answer: object) -> dict[str, tuple[int, int]]:
    """The dots of a table, letter by letter in their order; empty where it is not such a table."""
    rows = check.plain(answer)
    if not isinstance(rows, pd.DataFrame) or len(rows) > len(LETTERS):
        return {}
    columns = [check.plain(column) for column in list(rows.columns)]
    wanted = ("letter", "support", "influence")
    if any(sum(type(found) is str and found == one for found in columns) != 1 for one in wanted):
        return {}
    dots = {}
    # Cell by cell and by position: neither labels nor cells run code of their own.
    for cells in zip(*(list(rows.iloc[:, columns.index(one)]) for one in wanted), strict=True):
        letter, support, influence = (check.plain(cell) for cell in cells)
        if type(letter) is not str or letter not in LETTERS or letter in dots:
            return {}
        if type(support) is not int or support not in SUPPORT.values():
            return {}
        if type(influence) is not int or influence not in INFLUENCE.values():
            return {}
        dots[letter] = (support, influence)
    return dict(sorted(dots.items()))


def _table(dots: dict[str, tuple[int, int]]) -> pd.DataFrame:
    rows = [(letter, support, influence) for letter, (support, influence) in sorted(dots.items())]
    return pd.DataFrame(rows, columns=["letter", "support", "influence"])


def _where(support: int, influence: int) -> str:
    return QUADRANTS[(0 if influence >= 5 else 2) + (1 if support > 0 else 0)] if support else MIDDLE
