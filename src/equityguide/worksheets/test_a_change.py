"""The checks and views of the worksheet "Test a change". The clinic and its numbers are invented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from equityguide.worksheets import check, menus, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.shown import Table

TOPICS = {
    "Waiting for a visit": "waiting",
    "Screening for cancer": "screening",
    "Blood pressure": "pressure",
    "Care in pregnancy": "pregnancy",
    "Pain after surgery": "pain",
    "Coming back within 30 days": "return",
    "Something else": "other",
}
AIMS = {
    "Do better on blood pressure for Black patients": "vague",
    "Blood pressure controlled in 75 of 100 patients by June 2027": "all",
    "Half the gap in blood pressure control by June 2027": "gap",
    "Blood pressure controlled in 66 of 100 Black patients, up from 58 in June 2026, by June 2027": "whole",
}
SIDES = {"In our process": "process", "In people": "people"}
CAUSES = {
    "english": ("Our reminders go out in English only", "process"),
    "care": ("They do not care about their health", "people"),
    "lab": ("The lab closes at 4 p.m.", "process"),
    "trust": ("People in this group do not trust doctors", "people"),
    "calls": ("Nobody calls after a missed visit", "process"),
}
SIZES = {
    "One patient, or one morning": "one",
    "One clinic, for a week": "week",
    "All clinics, from now on": "all",
}
REMINDED = {
    "Nobody: everyone has a phone": "nobody",
    "People who do not read English, share a phone, or have a new number": "some",
    "People who do not want to be reminded": "want",
}
READINGS = {
    "It worked: more patients came": "worked",
    "It helped those who read English. For those who read Spanish it got worse": "split",
    "It did not work: end it": "end",
}
NEXT = {
    "Adopt: put it in all clinics": "adopt",
    "Adapt: send it in Spanish too, and test again": "adapt",
    "Abandon: drop it": "abandon",
}
GROUPED = {
    "Disability": "disability",
    "Language": "language",
    "Neighborhood": "neighborhood",
    "Payer": "payer",
    "Race and ethnicity": "race",
    "Sexual orientation and gender identity": "sogi",
}

# What would put the cause into people: who they are, do or do not do. "Patients are not called back" is about us.
_BLAME = re.compile(
    r"\b(?:patients?|they|people|families|parents|mothers?|women|men|clients?|communit(?:y|ies))\s+(?:\w+\s+)?(?:"
    r"(?:do\s+not|don['\u2019]t|does\s+not|doesn['\u2019]t|will\s+not|won['\u2019]t|cannot|can['\u2019]t|never)\s+"
    r"(?:answer|believe|bother|care|come|follow|keep|know|listen|read|show|speak|take|trust|understand|value|want)"
    r"|(?:are\s+not|aren['\u2019]t)\s+(?:adherent|compliant|educated|honest|interested|motivated|reliable|willing)"
    r"|are\s+(?:always\s+|often\s+|too\s+)?(?:lazy|late)\b"
    r"|refuse|fail|forget|lack|misuse)"
    r"|\b(?:non-?complian\w+|non-?adheren\w+|poor\s+adherence|language\s+barriers?|distrust|mistrust)\b"
    r"|\b(?:low|poor|limited)\s+(?:\w+\s+)?literacy\b|^\s*health\s+literacy\b"
    r"|\bno-shows?\b(?!\s+(?:fees?|letters?|lists?|polic\w+|rules?))"
    r"|\btheir\s+(?:attitude|beliefs?|culture|habits?|lifestyle)\b",
    re.IGNORECASE,
)
# A step of ours, whatever it says of people after that: "We never ask why they do not come." An opinion is no step.
_OURS = re.compile(
    r"\s*(?:we\s+(?!(?:believe|feel|find|know|see|think)\b)|nobody\b"
    r"|our\s+(?!clients|communit|families|mothers|neighbors|parents|patients|people|population))",
    re.IGNORECASE,
)


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["topic"],
        list(TOPICS.values()),
        ask="choose what you would like to change",
        right="keep it in mind. In an hour you will have a test that is small enough for next week.",
    )


def aim(answers: dict[str, Any]) -> Result:
    """A whole aim told from three that lack a part, then one's own: measure, group, value and date, now and then."""
    return check.first(
        menus.only(
            answers["whole"],
            "whole",
            AIMS,
            what="the aim that lacks nothing",
            again="look for a group, two numbers, and a date.",
            slips={
                "vague": "better by how much, and by when? Look for numbers and a date.",
                "all": "the number for all can rise while one group stays behind. Look for a group.",
                "gap": "a gap also gets smaller when others get worse care. Look for the group's own number.",
            },
        ),
        written.measure(answers["measure"], ask="write what you measure"),
        written.group(answers["group"], ask="write for which group of people"),
        written.amount(answers["baseline"], ask="write the value now"),
        written.date(answers["since"], ask="write of when that value is"),
        written.amount(answers["target"], ask="write the value you want"),
        written.moved(answers["baseline"], answers["target"]),
        written.date(
            answers["date"],
            ask="write by when",
            after=answers["since"],
            late="your aim ends before its first value. Put the date after it.",
        ),
        right="your aim says for whom, how much, and by when. Read it aloud below.",
    )


def aim_seen(answers: Mapping[str, Any]) -> list[Table]:
    """The reader's aim in its parts, once all are written."""
    if aim({**answers, "whole": "whole"}).state != "right":
        return []
    parts = {
        "What": answers["measure"],
        "For whom": answers["group"],
        "Now": f"{answers['baseline']} ({answers['since']})",
        "Wanted": f"{answers['target']} ({answers['date']})",
    }
    return [Table("Your aim", ["Part", "What you wrote"], [[part, str(text)] for part, text in parts.items()])]


def causes(answers: dict[str, Any]) -> Result:
    """Which causes lie in our process, one about people said as a step of ours, and two causes of one's own."""
    slips = {
        "people": "look at who does this, or does not do it: someone who works here.",
        "process": "as it stands, it says how people are. A step of ours would name what we do.",
    }
    return check.first(
        *(
            menus.only(
                answers[name],
                side,
                SIDES,
                what=f"where this puts the cause: {said}",
                slips={other: f"{said}: {slips[other]}" for other in SIDES.values() if other != side},
            )
            for name, (said, side) in CAUSES.items()
        ),
        _step_of_ours(answers["again"], "say one of those about people as a step of ours"),
        _step_of_ours(answers["first"], "write a cause in your own process"),
        _step_of_ours(answers["second"], "write a second cause in your own process"),
        right="each of your causes is a step that someone here can change.",
    )


def plan(answers: dict[str, Any]) -> Result:
    """One small test: the change, its size, a day, who does it, what is written down, and a prediction."""
    return check.first(
        written.sentence(answers["change"], ask="write the change you test"),
        menus.any_but(
            answers["size"],
            SIZES,
            what="how small the first test is",
            slips={
                "all": "a first test should be small enough to go wrong without harm. Choose a smaller one.",
            },
        ),
        written.date(answers["day"], ask="write when it happens"),
        written.role(answers["who"], ask="write which role does it"),
        written.sentence(answers["record"], ask="write what you note down each time", least=3),
        written.amount(answers["prediction"], ask="write what you expect, as a number"),
        right="your test is small, has a day, and can surprise you: you said what you expect.",
    )


def left_out(answers: dict[str, Any]) -> Result:
    """Who a change can miss: a made-up one first, then the reader's; what is watched for harm, by which groups."""
    return check.first(
        menus.only(
            answers["reminded"],
            "some",
            REMINDED,
            what="whom the reminder could miss",
            again="think of who never reads it.",
            slips={
                "nobody": "think of phones that are shared, cut off, or new, and of other languages.",
                "want": "they were reached and chose. Look for people whom it never reaches.",
            },
        ),
        written.sentence(answers["who"], ask="write whom your own change could miss", least=2),
        written.sentence(answers["balance"], ask="write what could get worse, as something you can count", least=3),
        check.pick(answers["grouped"], list(GROUPED.values()), ask="choose by which groups you look at it"),
        written.amount(answers["stop"], ask="write at which number, in any group, you stop"),
        right="you will see it if your change helps some and harms others, and you know when to stop.",
    )


def study(answers: dict[str, Any]) -> Result:
    """A made-up result read by group, the next step from it, and the reader's own rules for three outcomes."""
    return check.first(
        menus.only(
            answers["reading"],
            "split",
            READINGS,
            what="how you read the result",
            again="read the two lower lines again.",
            slips={
                "worked": "for all together it did. Read the two lower lines again.",
                "end": "it helped some. Read the two lower lines again.",
            },
        ),
        menus.only(
            answers["next"],
            "adapt",
            NEXT,
            what="what comes next",
            again="keep what helped, and mend what harmed.",
            slips={
                "adopt": "then it gets worse for one group in every clinic. Mend that first.",
                "abandon": "then nobody has the gain. Look for a way to mend it.",
            },
        ),
        written.sentence(answers["adopt"], ask="write what you would have to see to adopt your change"),
        written.sentence(answers["drop"], ask="write what you would have to see to abandon it"),
        written.sentence(answers["told"], ask="write who hears the result first", least=2),
        right="you said beforehand what would change your mind. Now run the test.",
    )


def _step_of_ours(answer: object, ask: str) -> Result:
    """A sentence that does not put the cause into people."""
    read = written.sentence(answer, ask=ask)
    if read.state != "right" or _OURS.match(str(answer)) or not _BLAME.search(str(answer)):
        return read
    return Result("close", f"{ask}: this one says what people do or lack. What do we do, or not do?")
