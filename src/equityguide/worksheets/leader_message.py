"""The checks and views of the worksheet "Leader message". No check grades a message: it says which part is empty."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from equityguide.worksheets import check, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import written_out
from equityguide.worksheets.shown import Table

MOST_WORDS = 300  # of a message that is read on a phone

STAYED = {
    "What the leader felt": "felt",
    "What the leader had done": "done",
    "A word that was missing": "missing",
    "Nothing": "nothing",
}
WHOSE = {"Only the first letter": "first", "Only the second letter": "second", "Both": "both", "Neither": "neither"}
# A move, by the name of its field, and the letters that make it.
MOVES = {
    "racism": ("It calls racism by that word.", "first"),
    "acted": ("It says what was done before it was sent.", "first"),
    "saw": ("It tells what the writer saw with their own eyes.", "second"),
    "daily": ("It asks each reader to do more every day.", "second"),
    "admits": ("It admits that something is not solved yet.", "both"),
    "thanks": ("It gives thanks.", "both"),
    "date": ("It names a day by which something will be different.", "neither"),
}
INCIDENTS = {
    "A guard stopped three Black visitors and nobody else. A film of it is going around.": "guard",
    "A supervisor told aides to speak English only, in the break room, too.": "english",
    "Our chart shows that patients who speak Spanish waited twice as long for pain relief.": "waits",
}
ACTED = {
    "Nothing yet": "nothing",
    "Those who were harmed have been heard": "heard",
    "An inquiry has begun, and has a day to end": "inquiry",
    "A rule has been changed": "rule",
}
# Words that leave open what was done to whom.
VEILED = {
    "incident", "incidents", "event", "events", "situation", "issue", "issues", "concern", "concerns",
    "misunderstanding", "matter", "matters", "mistake", "mistakes", "something", "unfortunate", "inappropriate",
    "insensitive", "regrettable", "bad", "wrong", "serious", "very", "happened", "occurred", "made", "raised", "is",
    "are", "was", "were", "has", "had", "been", "it", "there", "we", "the", "an", "a", "some", "recent", "this", "our",
    "with", "and", "of", "about", "at", "in",
}  # fmt: skip
# The eight parts of the frame, with the question that each answers.
PARTS = {
    "occasion": "Occasion: why do you write today?",
    "name": "Name: what was it, by its name?",
    "facts": "Facts: what is known, and what was done?",
    "setting": "Setting: where does it come from, here and in the country?",
    "limits": "Limits: what do you not know, or have not solved?",
    "promise": "Promise: what carries it? A rule, a person, money?",
    "thanks": "Thanks: to whom, for what?",
    "next": "Next: what can a reader do, and by when?",
}
MARKS = {"Yes: I can point to the words": "yes", "In part": "part", "No": "no"}
ASKED = {
    "racism": "Is racism named, where it was racism?",
    "acts": "Who acts? Is there a doer?",
    "changes": "What changes?",
}


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["stayed"],
        list(STAYED.values()),
        ask="choose what has stayed with you",
        right="ask yourself at the end what would stay of yours.",
    )


def moves(answers: dict[str, Any]) -> Result:
    """Which of the two letters makes each move."""
    found = []
    for place, (field, (_, expected)) in enumerate(MOVES.items(), start=1):
        slips: dict[Hashable, str] = {}
        if expected == "both":
            slips = dict.fromkeys(("first", "second"), f"move {place}: that letter does. Look at the other one, too.")
        if expected in ("first", "second"):
            slips = {"both": f"move {place}: one of them does. Look at the other one again."}
        if expected == "neither":
            slips = dict.fromkeys(("first", "second", "both"), f"move {place}: look for a day or a month, not a wish.")
        found.append(
            check.choice(
                answers[field],
                expected,
                list(WHOSE.values()),
                ask=f"say which letter makes move {place}",
                again=f"move {place}: read both lists of moves once more.",
                right="",
                slips=slips,
            )
        )
    return check.first(
        *found, right="two letters, two occasions. Neither is a model, and each has what the other lacks."
    )


def facts(answers: dict[str, Any]) -> Result:
    """One invented event: a plain name, what is known and what is not, and what was done before writing."""
    said = check.first(
        check.pick(answers["incident"], list(INCIDENTS.values()), ask="choose one of the three"),
        written.sentence(answers["name"], ask="write what it was, in a few plain words", least=1, most=20),
        written.sentence(answers["known"], ask="write what you know, and how"),
        written.sentence(answers["unknown"], ask="write what you do not know yet"),
        check.pick(answers["acted"], list(ACTED.values()), ask="choose what was done before you write"),
        right="",
    )
    if said.state != "right":
        return said
    if _veiled(answers["name"]):
        return Result("close", "that could as well stand for a spilled cup. Say what was done, and to whom.")
    if check.plain(answers["acted"]) == "nothing":
        return Result("close", "a message alone can do harm. Choose something that you could do before you send it.")
    return Result("right", "you have a name for it, what is known, what is not, and an act that comes first.")


def drafted(answers: dict[str, Any]) -> Result:
    """Whether each part has words, and all together not too many. What they say is for people to judge."""
    for field, question in PARTS.items():
        part = question.split(":")[0]
        if check.is_blank(answers[field]):
            return check.not_yet(f"write the part called {part}")
        if not written.words(answers[field]):
            return Result("again", f"write the part called {part} in words.")
    count = _count(answers)
    if count > MOST_WORDS:
        return Result("close", f"your draft has {count} words. Keep it to {MOST_WORDS}: people read it on a phone.")
    return Result("right", f"all eight parts have words, {count} in all. No program can say whether they are good.")


def draft(answers: dict[str, Any]) -> list[object]:
    """The draft part by part, once there is a word."""
    body = [
        (question.split(":")[0], written_out(check.plain(answers[field])))
        for field, question in PARTS.items()
        if written.words(answers[field])
    ]
    return [Table(f"Your draft: {_count(answers)} words", ["Part", "Words"], body)] if body else []


def marked(answers: dict[str, Any]) -> Result:
    """Both have marked, and where they differ have said what changes. No mark is right or otherwise."""
    differ = []
    for field in ASKED:
        marks = []
        for who, said in (("writer", "the writer's"), ("partner", "the partner's")):
            answer = answers[f"{field}_{who}"]
            if (picked := check.pick(answer, list(MARKS.values()), ask=f"choose {said} three marks")).state != "right":
                return picked
            marks.append(check.plain(answer))
        if marks[0] != marks[1]:
            differ.append(field)
    changed = written.sentence(answers["changed"], ask="write what you change in the draft, or why nothing", least=2)
    if changed.state != "right":
        if differ and changed.state == "not yet":
            return Result(
                "close", f"your marks differ in {len(differ)} of 3. Read the words aloud, then write what changes."
            )
        return changed
    return Result("right", "two people have read it. Put your changes into the draft above.")


def followed(answers: dict[str, Any]) -> Result:
    """The act that follows a message: what, who, by when, and how people learn that it was done."""
    return check.first(
        written.sentence(answers["act"], ask="write what will be done", least=3),
        written.role(answers["who"], ask="write who does it"),
        written.date(answers["when"], ask="write by when"),
        written.sentence(answers["told"], ask="write how people learn that it was done", least=3),
        right="your message has an act behind it, with a doer and a day.",
    )


def _count(answers: dict[str, Any]) -> int:
    return sum(written.words(answers[field]) for field in PARTS)


def _veiled(answer: object) -> bool:
    """Whether a name is made of words alone that could stand for anything."""
    return {word.strip(".,;:!?").casefold() for word in str(check.plain(answer)).split()} <= VEILED
