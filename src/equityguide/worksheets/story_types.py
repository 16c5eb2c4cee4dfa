"""The checks of the worksheet "Story types". Its lines and its people are invented."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

from equityguide.worksheets import check, written
from equityguide.worksheets.check import Result

FEWEST_WORDS, MOST_WORDS = 40, 150  # of a counter story that can be told in a minute

HEARD = {
    "Someone who worked here for long": "long",
    "A leader, in a speech": "leader",
    "A patient or a neighbor": "patient",
    "It stands on a wall or on our website": "wall",
}
TYPES = {
    "Stock story": "stock",
    "Concealed story": "concealed",
    "Resistance story": "resistance",
    "Counter story": "counter",
}
# Eight lines about an invented hospital, and the type of each.
LINES = (
    ("On a plaque in the lobby: this hospital has cared for everyone since the day it opened.", "stock"),
    ("Grandmothers tell it at home: until 1964 we had to come in by the back door.", "concealed"),
    ("In 1964 eleven Black aides sat down at the front door each noon, until it was one door for all.", "resistance"),
    ("In a slide for new staff: patients miss visits because they do not take their health seriously.", "stock"),
    ("Housekeepers tell each other which desk sends you away if you have an accent.", "concealed"),
    ("Parents wrote down every wait by language for a year, and read the list to the board.", "resistance"),
    ("A new tour for staff starts with the aides at the door, and asks which doors are closed today.", "counter"),
    ("A new sign, written with the parents: you waited since we had no interpreter. Now we have one.", "counter"),
)
SLIPS: dict[tuple[str, str], str] = {
    ("stock", "concealed"): "this one stands where everyone can read it. Nobody has to hide it.",
    ("concealed", "stock"): "the hospital does not tell this one, and has not written it down.",
    ("concealed", "resistance"): "people tell each other what was done to them. Nobody in it stands up yet.",
    ("resistance", "concealed"): "people do something about it here, in front of others.",
    ("resistance", "counter"): "this one tells what people did. It has not been made into something new yet.",
    ("counter", "resistance"): "this one was made lately, out of what people had done before.",
    ("counter", "stock"): "it is told in public, and it takes on a stock story.",
}
ANSWERED_BY = {"Line 3: the aides": 3, "Line 6: the parents": 6, "Line 2: the grandmothers": 2}
REPLIES = {
    "Yes. People like you are why nothing changes.": "person",
    "No. All of this was long ago.": "long ago",
    "Let us leave race out of it, then.": "leave",
    "Nobody here made these rules. They grew over decades, and we keep them or change them.": "system",
}

STOCK = {
    "It has cared for everyone since the day it opened (line 1)": 1,
    "Patients do not take it seriously (line 4)": 4,
}

ASKED = {
    "Yes, and they know what it is for": "yes",
    "Someone else said it would be fine": "other",
    "Not yet": "no",
}
NAMED = {"As they wish": "wish", "With their full name, always": "full", "Without any name, always": "never"}
BACK = {
    "Yes, at any time, and they know whom to tell": "yes",
    "No: what is printed is printed": "no",
    "We have not talked about it": "open",
}
PAID = {
    "Yes, for their time, as we pay any teacher": "yes",
    "No: it is an honor": "honor",
    "With a cup and our thanks": "cup",
}

_NAMED = re.compile(
    r"racis|racial|white suprem|apartheid|colou?r (?:line|bar)|segregat|discriminat|exclu[ds]|oppress|whites? only|"
    r"jim crow|(?:shuts?|shutting|kept|keeps?|keeping)(?: \w+){0,3} out\b",
    re.IGNORECASE,
)


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["heard"],
        list(HEARD.values()),
        ask="choose who told it",
        right="who tells a story, and where, says much about its kind.",
    )


def sort(answers: dict[str, Any]) -> Result:
    """The type of each of the eight lines."""
    found = []
    for place, (_, expected) in enumerate(LINES, start=1):
        slips: dict[Hashable, str] = {
            picked: f"line {place}: {sentence}" for (right, picked), sentence in SLIPS.items() if right == expected
        }
        found.append(
            check.choice(
                answers[f"line_{place}"],
                expected,
                list(TYPES.values()),
                ask=f"choose the kind of story in line {place}",
                again=f"line {place}: ask who tells it, who may hear it, and what it is for.",
                right="",
                slips=slips,
            )
        )
    return check.first(*found, right="all eight are sorted. The stock stories are those that need no effort to hear.")


def told(answers: dict[str, Any]) -> Result:
    """Which story answers a stock one, which type is hidden, and a reply that speaks of the system."""
    return check.first(
        check.choice(
            answers["answer"],
            6,
            list(ANSWERED_BY.values()),
            ask="choose the line that answers line 4",
            again="choose the line that shows another reason for a missed visit.",
            right="",
            slips={
                3: "that one answers the plaque. Look for what could make people miss a visit.",
                2: "nobody stands up in that one. Look for people who showed another reason for a missed visit.",
            },
        ),
        check.choice(
            answers["unseen"],
            "concealed",
            list(TYPES.values()),
            ask="choose the kind of story that a newsletter hardly ever has",
            again="think of what people tell only those whom they trust.",
            right="",
            slips={"stock": "newsletters are full of those. Think of what people tell only those whom they trust."},
        ),
        check.choice(
            answers["reply"],
            "system",
            list(REPLIES.values()),
            ask="choose what you reply",
            again="choose the reply that speaks of rules, and leaves nobody out of mending them.",
            right="",
            slips={
                "person": "that turns on one person, who then stops listening. Speak of the rule.",
                "long ago": "some of those rules are still in use. Choose a reply that leaves something to do.",
                "leave": "racism was what closed the door. Left out, it stays. Choose a reply that can name it.",
            },
        ),
        right="you have an answer, the hidden kind, and a reply about the system and not about a person.",
    )


def counter(answers: dict[str, Any]) -> Result:
    """The parts of a counter story, and the story itself. What it says is the writer's own."""
    said = check.first(
        check.choice(
            answers["stock"],
            1,
            list(STOCK.values()),
            ask="choose the stock story that you take on",
            again="choose the one that the aides at the door cannot agree with.",
            right="",
            slips={4: "the parents answer that one. Choose the one that the aides cannot agree with."},
        ),
        written.sentence(answers["did"], ask="write what the aides did"),
        written.sentence(answers["today"], ask="write which door is closed today: a rule or a habit, not a person"),
        written.sentence(answers["open"], ask="write who could open it, and how"),
        right="",
    )
    if said.state != "right":
        return said
    count = written.words(answers["story"])
    if count == 0:
        return check.not_yet("write the story, out of the three parts above")
    if count < FEWEST_WORDS:
        return Result("close", f"your story has {count} words. Tell what happened then, what holds now, and who acts.")
    if count > MOST_WORDS:
        return Result("close", f"your story has {count} words. Keep it to {MOST_WORDS}, so that it can be told.")
    if not _NAMED.search(str(answers["story"])):
        return Result("close", "your story has no name yet for what closed the door. Call it by its name, once.")
    return Result("right", "it has a then, a now, and someone who acts. Tell it aloud, and ask whom it surprised.")


def terms(answers: dict[str, Any]) -> Result:
    """On which terms a story of someone else's is used, and their consent, which may still be to come."""
    asked = check.pick(answers["asked"], list(ASKED.values()), ask="say whether the teller agreed")
    if asked.state == "right" and answers["asked"] == "other":
        asked = Result("close", "nobody can say yes for someone else. Ask the teller.")
    said = check.first(
        written.sentence(answers["uses"], ask="write for what the story may be used, and for what not", least=3),
        check.choice(
            answers["named"],
            "wish",
            list(NAMED.values()),
            ask="choose how the teller is named",
            again="who should decide about a name?",
            right="",
            slips={
                "full": "a name can put someone at risk. Let them decide.",
                "never": "some are proud to be named, and were left out before. Let them decide.",
            },
        ),
        check.choice(
            answers["back"],
            "yes",
            list(BACK.values()),
            ask="say whether they can take it back",
            again="a yes that cannot be taken back is half a yes. Find a way.",
            right="",
        ),
        check.choice(
            answers["paid"],
            "yes",
            list(PAID.values()),
            ask="say whether the teller is paid",
            again="ask what you would pay a speaker with a degree for the same hour.",
            right="",
        ),
        written.date(answers["again"], ask="write when you ask for the yes again"),
        asked,
        right="the story stays with its teller, and you may use it for what they said.",
    )
    if said.state == "right" and answers["asked"] == "no":
        return Result("right", "your terms are ready. Now ask: until there is a yes, the story stays with its teller.")
    return said
