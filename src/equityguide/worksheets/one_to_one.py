"""The checks and views of the worksheet "One-to-one". What is typed stays in the open form's memory only."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from equityguide.worksheets import check, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import Action, Form, number, table, text
from equityguide.worksheets.shown import Table

AIM = 80  # of 100 minutes that belong to the other person, in the guide
ENOUGH, ALL = 70, 95  # what counts as near that in a rehearsal of some minutes (ours)
SHORTEST = 1.0  # minutes, before a share says anything
LONGEST = 240.0  # minutes
SECONDS = 60
MOST_PURPOSE, MOST_STORY = 30, 60  # words
BRIEF, LONG = 15, 60  # minutes of a meeting

PARTNER, ORGANIZER, NOBODY = "partner", "organizer", "nobody"
COLUMNS = ["who", "at"]

LISTENED = {
    "They put their phone away": "phone",
    "They asked one more question": "asked",
    "They waited while I thought": "waited",
    "They did something about it later": "later",
}
# The five steps, listed out of order; `ORDER` is the one that the check knows.
STEPS = {
    "Ask openly, and listen": "explore",
    "Promise who does what, by when": "commit",
    "Agree on a time that is only for this": "set up",
    "Name what each of you can give": "exchange",
    "Say why you meet, and when you will end": "purpose",
}
ORDER = ("set up", "purpose", "explore", "exchange", "commit")
PLACES = ("first", "second", "third", "fourth", "fifth")

VALUES = {
    "You do care about fairness, don't you?": "leading",
    "What are you proud of in how your team treats people?": "open",
    "As a Black nurse, how do you see this?": "group",
}
INTERESTS = {
    "Can I count on you?": "closed",
    "Our plan would save you time, wouldn't it?": "leading",
    "What would you like to change this year, and how could our work help with it?": "open",
}
ASSETS = {
    "What have you built here that others could learn from?": "open",
    "Could your unit pay for it?": "closed",
    "Surely your team has room for one more project?": "leading",
}
EXCHANGE = {
    "What do you want for your yes?": "trade",
    "What could each of us give the other?": "open",
    "Will you do it?": "closed",
}
PROMISE = {
    "Will you support us?": "closed",
    "What could each of us do this month, and when do we speak again?": "open",
    "Let us stay in touch, then?": "vague",
}
QUESTIONS = {"values": VALUES, "interests": INTERESTS, "assets": ASSETS, "exchange": EXCHANGE, "promise": PROMISE}
WEAKER = {
    "leading": "that question has its answer in it. Choose one that you cannot answer for them.",
    "closed": "a yes or a no can answer that one. Choose a question that makes people tell.",
    "group": "nobody should have to speak for a group. Ask this person about their own work.",
    "trade": "that turns the talk into a deal. Choose a question that lets both of you give.",
    "vague": "nobody could tell whether that was done. Choose a question with a date in it.",
}
TOPICS = {
    "values": "what they value",
    "interests": "what they care to see",
    "assets": "what they can do",
    "exchange": "what you could give each other",
    "promise": "what each of you promises",
}

# "Do", "Don't", and so on: at the start of a question, or after its last comma ("..., don't you?").
_VERB = r"(?:do|does|did|are|is|was|were|wo|will|would|ca|can|could|should|may|have|has|had)(?:n['\u2019]?t)?"
_CLOSED = re.compile(
    rf"{_VERB}\b|.*,\s*(?:{_VERB} (?:you|we|they|it|this|that|he|she|i)|right|no)\s*\?$", re.IGNORECASE | re.DOTALL
)
# What nobody could see done; some of it only where nothing follows ("help us", and not "help us count the calls").
_VAGUE = re.compile(
    r"(?:maybe |perhaps )?(?:(?:i|we|you|they|he|she)(?:['\u2019]ll)? )?(?:will )?(?:maybe |perhaps )?(?:try to )?"
    r"(?:think(?:ing)? (?:about|of|it|on)\b|consider\b|look into\b|see what\b|be (?:open|supportive)\b|"
    r"(?:do|try) (?:my|our|their|your|his|her) best\b|(?:be|stay|keep) in touch\b|keep (?:(?:it|this|that) )?in mind\b|"
    r"(?:(?:help(?: out)?|support)(?: (?:it|this|that|us|you|them|the (?:work|team|effort)))?"
    r"(?: with (?:it|this|that))?|be there|try(?: it)?)[.!]?$)",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*(?:min(?:ute)?s?\.?)?", re.IGNORECASE)


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["listened"],
        list(LISTENED.values()),
        ask="choose what that person did",
        right="somebody can say the same of you after your next talk.",
    )


def steps(answers: dict[str, Any]) -> Result:
    """The five steps in their order."""
    found = []
    for place, expected in zip(PLACES, ORDER, strict=True):
        earlier: dict[Hashable, str] = {
            step: f"that step is done by then. What comes {place}?" for step in ORDER[: ORDER.index(expected)]
        }
        later: dict[Hashable, str] = {
            step: f"something else has to happen before that. What comes {place}?"
            for step in ORDER[ORDER.index(expected) + 1 :]
        }
        found.append(
            check.choice(
                answers[place],
                expected,
                list(STEPS.values()),
                ask=f"choose the step that comes {place}",
                again=f"think of a talk that you would like to be asked to. What comes {place}?",
                right="",
                slips={**earlier, **later},
            )
        )
    return check.first(*found, right="the third step takes most of the time. All the others make room for it.")


def questions(answers: dict[str, Any]) -> Result:
    """An open question for each of the five topics."""
    found = [
        check.choice(
            answers[topic],
            "open",
            list(menu.values()),
            ask=f"choose how you ask {TOPICS[topic]}",
            again=f"question {place}: choose one that lets this person tell {TOPICS[topic]}.",
            right="",
            slips={key: f"question {place}: {WEAKER[key]}" for key in menu.values() if key != "open"},
        )
        for place, (topic, menu) in enumerate(QUESTIONS.items(), start=1)
    ]
    return check.first(
        *found, right="five questions that only the other person can answer. Keep them in mind, not on a list."
    )


def prepared(answers: dict[str, Any]) -> Result:
    """The reader's own preparation: a time, a purpose to say aloud, an end, an open question, a story, an offer."""
    asked = check.plain(answers["question"])
    results = [
        written.sentence(answers["time"], ask="write when and where you both have time for this alone", least=3),
        written.sentence(answers["purpose"], ask="write what you say first about why you meet", most=MOST_PURPOSE),
        _end(answers["end"]),
        written.sentence(answers["question"], ask="write your first question"),
        written.sentence(answers["story"], ask="write why this matters to you", most=MOST_STORY),
        written.sentence(answers["offer"], ask="write what you could give", least=2),
    ]
    if (said := check.first(*results, right="")).state != "right":
        return said
    if _CLOSED.match(str(asked)):
        return Result("close", "a yes or a no can answer your question. Begin it with what, how, or when, or: tell me.")
    return Result(
        "right", "you have a time, a purpose, an end, a question, and something to give. Now rehearse it aloud."
    )


def listening(clock: Callable[[], float] = time.monotonic) -> Form:
    """The form with the listening clock. Its buttons fill in the minutes; a reader may also type them.

    `turns` is the table of who began to speak when, in seconds of `clock`.
    """
    form = Form(
        "one-to-one-listen",
        "Task 4. Who speaks how long?",
        [
            number(PARTNER, "Minutes that the partner spoke", hint="From the clock, or from a watch."),
            number(ORGANIZER, "Minutes that the organizer spoke", hint="From the clock, or from a watch."),
            text("heard", "Organizer: what does the partner value? Say what you heard.", lines=2),
            table("turns"),
        ],
        check=heard,
        draw=shares,
        actions=[
            Action("The partner speaks", lambda: turn(form, PARTNER, clock())),
            Action("The organizer speaks", lambda: turn(form, ORGANIZER, clock())),
            Action("Stop the clock", lambda: turn(form, NOBODY, clock())),
            Action("Set the clock to zero", lambda: reset(form)),
        ],
        private=True,
    )
    return form


def turn(form: Form, who: str, now: float) -> Result:
    """Note that `who` begins to speak at `now`, in seconds, and fill in the minutes so far."""
    before = form["turns"] if isinstance(form["turns"], pd.DataFrame) else pd.DataFrame(columns=COLUMNS)
    turns = pd.DataFrame([*before.itertuples(index=False, name=None), (who, now)], columns=COLUMNS)
    minutes = {one: spoken(turns, one) / SECONDS for one in (PARTNER, ORGANIZER)}
    form.enter(turns=turns, **{one: round(so_far, 1) for one, so_far in minutes.items()})
    runs = "it has stopped" if who == NOBODY else f"it runs for the {who}"
    partner, organizer = (_clocked(so_far) for so_far in minutes.values())
    return Result("noted", f"{runs}. So far the partner spoke for {partner}, the organizer for {organizer}.")


def reset(form: Form) -> Result:
    """Forget the turns and the minutes."""
    form.enter(turns=None, partner=None, organizer=None)
    return Result("noted", "the clock stands at zero. Press a button when someone begins to speak.")


def spoken(turns: pd.DataFrame, who: str) -> float:
    """How many seconds `who` spoke, in turns that have ended: each lasts until the next begins."""
    ends = turns["at"].shift(-1)
    return float((ends - turns["at"])[(turns["who"] == who) & ends.notna()].sum())


def heard(answers: dict[str, Any]) -> Result:
    """Whether the partner had most of the time, and whether the organizer learned something."""
    if (share := _share(answers)) is None:
        return check.first(
            _minutes_said(answers[PARTNER], "start the clock, or write how many minutes the partner spoke"),
            _minutes_said(answers[ORGANIZER], "write how many minutes the organizer spoke"),
            right="",
        )
    if _runs(answers["turns"]):
        return Result("close", "the clock still runs. Press Stop the clock when the round is over.")
    if share.total < SHORTEST:
        return Result("close", "that was less than a minute. Talk for three, so that both of you get into it.")
    if share.partner < 50:
        return Result("close", "the organizer had more of the time than the partner. Ask one question, and then wait.")
    if share.partner < ENOUGH:
        return Result("close", f"the partner had {share.partner} of 100 minutes. Count to five before you answer.")
    if share.partner > ALL:
        return Result("close", "the organizer hardly spoke. A fifth of the time is for saying why this matters to you.")
    if (learned := written.sentence(answers["heard"], ask="write what the partner values")).state != "right":
        return learned
    return Result("right", f"the partner had {share.partner} of 100 minutes, and the organizer can say what was heard.")


def shares(answers: dict[str, Any]) -> list[object]:
    """Whose time it was, beside the guide's 80 and 20, once there are minutes."""
    if (share := _share(answers)) is None:
        return []
    return [
        Table(
            "Whose time was it? The aim is that of the guide, about 2019.",
            ["Who spoke", "Of 100 minutes", "Aim"],
            [
                ("The partner", str(share.partner), str(AIM)),
                ("The organizer", str(100 - share.partner), str(100 - AIM)),
            ],
        )
    ]


def promised(answers: dict[str, Any]) -> Result:
    """What each of the two does, by when, and when they speak again."""
    said = check.first(
        written.sentence(answers["mine"], ask="write what you will do", least=3),
        written.date(answers["mine_by"], ask="write by when you will do it"),
        written.sentence(answers["theirs"], ask="write what the other person could do", least=3),
        written.date(answers["theirs_by"], ask="write by when the other person could do it"),
        written.date(answers["again"], ask="write when you speak again"),
        right="",
    )
    if said.state != "right":
        return said
    for field, done in (("mine", "you do"), ("theirs", "the other person does")):
        if _VAGUE.match(str(check.plain(answers[field]))):
            return Result("close", f"nobody could see what {done}. Write something of which you can say: it is done.")
    return Result(
        "right", "who, what, and by when, on both sides. A small promise that is kept builds more than a large one."
    )


@dataclass(frozen=True)
class Share:
    """How many minutes two people spoke, and how many of 100 were the partner's."""

    total: float
    partner: int


def _share(answers: dict[str, Any]) -> Share | None:
    partner, organizer = _minutes(answers[PARTNER]), _minutes(answers[ORGANIZER])
    if partner is None or organizer is None or not partner + organizer:
        return None
    return Share(partner + organizer, round(100 * partner / (partner + organizer)))


def _minutes(answer: object) -> float | None:
    """Minutes as a number, where they can be read and are no more than a few hours."""
    value = check.plain(answer)
    if type(value) is str and (match := _MINUTES.fullmatch(value)):
        value = float(match[1])
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST:
        return float(value)
    return None


def _minutes_said(answer: object, ask: str) -> Result:
    if check.is_blank(answer):
        return check.not_yet(ask)
    if (found := _minutes(answer)) is None:
        return Result("again", "write the minutes as a number, such as 4 or 2.5.")
    return Result("right" if found else "not yet", f"{ask}.")


def _end(answer: object) -> Result:
    if check.is_blank(answer):
        return check.not_yet("write how many minutes the meeting lasts")
    if (found := _minutes(answer)) is None:
        return Result("again", "write how many minutes the meeting lasts, as a number.")
    if found < BRIEF:
        return Result("close", f"{found:g} minutes leave no time to listen. Ask for 30 to 45.")
    if found > LONG:
        return Result("close", f"{found:g} minutes are much to ask for. 30 to 45 are enough, and easier to give.")
    return Result("right", "")


def _runs(turns: object) -> bool:
    """Whether the clock is running: its last turn has no end."""
    if type(turns) is not pd.DataFrame or turns.empty or turns.shape[1] != len(COLUMNS):
        return False
    return check.plain(turns.iloc[-1, 0]) in (PARTNER, ORGANIZER)


def _clocked(minutes: float) -> str:
    whole = round(minutes * SECONDS)
    return f"{whole // SECONDS}:{whole % SECONDS:02d}"
