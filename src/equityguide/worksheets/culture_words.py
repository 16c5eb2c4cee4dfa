"""The checks and views of the worksheet "Culture words". The words of a group are unsigned and kept in memory only."""

from __future__ import annotations

import random
import re
from collections.abc import Hashable
from typing import Any

import pandas as pd

from equityguide.worksheets import check, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import Action, Form, select, table, text
from equityguide.worksheets.shown import Table

EACH = 3  # words a person
SHOWN_FROM = 3  # how often a word was given, before its count shows
FEWEST = 9  # words: of fewer than three people, all would know whose is whose
MOST = 600  # words on one wall
LONGEST = 30  # characters of a word
COLUMNS = ["word", "does"]
HELPS, HINDERS, BOTH, UNSAID = "helps", "hinders", "helps and hinders", "not said"
FIELDS = ("one", "two", "three")

PLACES = {"A team at work": "work", "A family": "family", "A school or a class": "school", "A club or a choir": "club"}
DOES = {"It would help": HELPS, "It would hinder": HINDERS, "Both": BOTH}
KINDS = {
    "Rank, degrees, and proof count most": "rank",
    "People want all to agree, and avoid open conflict": "ties",
    "Much is changing, and nobody wants a risk": "change",
}
WAYS = {
    "Tell and hear stories, so that people come to know each other": "stories",
    "Say aloud that fear of risk makes this hard, and build on the feeling for the community": "aloud",
    "Speak in research and in numbers by group": "numbers",
}
FITS: dict[Hashable, str] = {"rank": "numbers", "ties": "stories", "change": "aloud"}
NEAREST = {**KINDS, "None of these": "none"}
POLITE_HELPS = {
    "Nobody complains": "quiet",
    "People hear each other out": "hear",
    "Meetings are short": "short",
}
POLITE_HINDERS = {
    "Nobody says that a rule is unfair": "unsaid",
    "People thank each other": "thanks",
    "It takes longer to greet everyone": "longer",
}
JUDGED = {
    "Good words help, and bad words hinder": "words",
    "It depends on what the trait does to our aims here": "depends",
    "That is a matter of taste": "taste",
}
AGREED = {
    "Not yet": "no",
    "The host alone looks first, to take down what points to a person": "host",
    "Yes, all of us": "yes",
}
MORE = {"More that help": HELPS, "More that hinder": HINDERS, "About as many of each": BOTH}

_WORD = re.compile(r"[^\W\d_][\w'\u2019 -]*")


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["place"],
        list(PLACES.values()),
        ask="choose where that was",
        right="keep your word in mind. A place has a feel that people can name.",
    )


def kinds(answers: dict[str, Any]) -> Result:
    """Three scenes, the kind of culture each shows, and the way in that fits it."""
    found = []
    for number, kind in enumerate(FITS, start=1):
        found += [
            check.choice(
                answers[f"kind_{number}"],
                kind,
                list(KINDS.values()),
                ask=f"choose what counts most in scene {number}",
                again=f"read scene {number} again: what are people there looking at?",
                right="",
            ),
            check.choice(
                answers[f"way_{number}"],
                FITS[kind],
                list(WAYS.values()),
                ask=f"choose a way in for scene {number}",
                again=f"scene {number}: which of these would the people there listen to?",
                right="",
            ),
        ]
    return check.first(*found, right="each kind has its own way in. Most places are a mix of them.")


def polite(answers: dict[str, Any]) -> Result:
    """One word that helps and hinders."""
    return check.first(
        check.choice(
            answers["helps"],
            "hear",
            list(POLITE_HELPS.values()),
            ask="choose how politeness could help",
            again="choose what would help people to speak about a gap in care.",
            right="",
            slips={"quiet": "quiet is not the same as fair. Choose what helps people to speak about a gap."},
        ),
        check.choice(
            answers["hinders"],
            "unsaid",
            list(POLITE_HINDERS.values()),
            ask="choose how politeness could hinder",
            again="choose what would let a gap in care go on.",
            right="",
        ),
        check.choice(
            answers["judged"],
            "depends",
            list(JUDGED.values()),
            ask="choose how to tell whether a word helps or hinders",
            again="one word has just done both. Choose what made the difference.",
            right="",
            slips={"words": "the same word has just done both. Choose what made the difference."},
        ),
        right="the same trait can do both. Ask of each word what it does to our aims.",
    )


def wall() -> Form:
    """The form that shows the group's words: `words` is their table, unsigned and shuffled: word, does."""
    form = Form(
        "culture-words-wall",
        "Task 4. Look at the wall",
        [
            select("agreed", "Has the group agreed to see all words?", AGREED),
            text("down", "A word that the host takes down", hint="One that points to a person. Nobody has to say why."),
            select("more", "What do you see?", MORE),
            table("words"),
        ],
        check=looked,
        draw=words_shown,
        actions=[Action("Take this word down", lambda: take_down(form))],
        private=True,
    )
    return form


def entry() -> Form:
    """The form in which one person after another hands in three words."""
    asked = [
        field
        for place, name in enumerate(FIELDS, start=1)
        for field in (
            text(name, f"Word {place}"),
            select(f"{name}_does", f"Word {place}: would it help equity here, or hinder it?", DOES),
        )
    ]
    notes = text("notes", "The words on the notes, one on each line", lines=4)
    form = Form(
        "culture-words-entry",
        "Task 3. Three words each",
        [*asked, notes],
        check=lambda answers: handed(answers, wall()["words"]),
        actions=[
            Action("Hand in my three words", lambda: hand_in(form, wall())),
            Action("Put the notes on the wall", lambda: put_up(form, wall())),
        ],
        private=True,
    )
    return form


def hand_in(form: Form, onto: Form) -> Result:
    """Put one person's three words among the others, shuffled, and empty the form for the next."""
    rows = [(_word(form[name]), check.plain(form[f"{name}_does"])) for name in FIELDS]
    words = [word for word, _ in rows]
    if None in words:
        return Result("not yet", f"write {EACH} words first, each of at most {LONGEST} letters.")
    if len(set(words)) < EACH:
        return Result("not yet", "two of your words are the same. Find another one.")
    if any(does not in DOES.values() for _, does in rows):
        return Result("not yet", "say of each word whether it would help or hinder.")
    if (said := _add(onto, [(str(word), str(does)) for word, does in rows])) is not None:
        return said
    form.enter(**dict.fromkeys([*FIELDS, *(f"{name}_does" for name in FIELDS)]))
    return Result(
        "noted", f"your words are in, unsigned. {_count(onto)} words so far. Give the seat to the next person."
    )


def put_up(form: Form, onto: Form) -> Result:
    """Put the words of a large group's notes on the wall, one from each line."""
    notes = form["notes"]
    lines = [line for line in str(notes).splitlines() if line.strip()] if type(notes) is str else []
    words = [_word(line) for line in lines]
    if not words:
        return Result("not yet", "type the words from the notes first, one on each line.")
    if None in words:
        place = words.index(None) + 1
        return Result("not yet", f"line {place} is no word, or is longer than {LONGEST} letters. Mend that line.")
    if (said := _add(onto, [(str(word), UNSAID) for word in words])) is not None:
        return said
    form.enter(notes=None)
    return Result("noted", f"the notes are on the wall, shuffled. {_count(onto)} words so far.")


def take_down(form: Form) -> Result:
    """Take every copy of a word off the wall."""
    word, words = _word(form["down"]), _words(form["words"])
    left = [row for row in words if row[0] != word]
    if len(left) == len(words):
        return Result("not yet", "write a word that is on the wall first.")
    form.enter(words=pd.DataFrame(left, columns=COLUMNS) if left else None, down=None)
    return Result("noted", "that word is down. Nobody has to say why.")


def handed(answers: dict[str, Any], words: object) -> Result:
    """Whether enough words are in. What stands in the form and was not handed in is not read."""
    count = len(_words(words))
    if any(not check.is_blank(answer) for answer in answers.values()):
        return Result("close", "there are words in this form still. Press the button that hands them in, or empty it.")
    if not count:
        return check.not_yet("write three words, and press Hand in my three words")
    if count < FEWEST:
        return Result("close", f"{count} words so far. With fewer than three people, all know whose is whose.")
    return Result("right", f"{count} words are in, unsigned and shuffled. Nobody sees them until you all agree.")


def looked(answers: dict[str, Any]) -> Result:
    """Whether the group agreed, and what it saw."""
    rows, agreed = _words(answers["words"]), check.plain(answers["agreed"])
    if not rows or agreed is None:
        ask = "hand in your words in Task 3" if not rows else "ask whether all agree to see the words"
        return check.not_yet(ask) if check.is_blank(answers["words"]) or rows else Result("again", f"{ask}.")
    if len(rows) < FEWEST:
        return Result(
            "close", "with so few words all would know whose is whose. Wait until three people have handed in."
        )
    if (picked := check.pick(agreed, list(AGREED.values()), ask="say whether all agree")).state != "right":
        return picked
    if agreed == "no":
        return Result("close", "then the wall stays closed. Ask what would have to change, and accept a no.")
    if agreed == "host":
        return Result(
            "close", "the host looks while the others look away. Then ask all whether they may see the words."
        )
    helps, hinders = (sum(does == one for _, does in rows) for one in (HELPS, HINDERS))
    if not helps and not hinders:  # notes alone, on which nobody said what a word does
        return check.pick(answers["more"], list(MORE.values()), ask="choose what you see", right=SEEN)
    expected = HELPS if helps > hinders else HINDERS if hinders > helps else BOTH
    slips: dict[Hashable, str] = {BOTH: "one of the two stands there more often. Count the words once more."}
    return check.choice(
        answers["more"],
        expected,
        list(MORE.values()),
        ask="choose what you see",
        again="count the words that help, and the words that hinder, once more.",
        right=SEEN,
        slips=slips if expected != BOTH else None,
    )


SEEN = "now go around: each takes one word and says what it does to our aims. Anyone may pass."


def words_shown(answers: dict[str, Any]) -> list[object]:
    """All words, unsigned and in shuffled order, once the group has agreed; a count from three on."""
    rows = _words(answers["words"])
    if check.plain(answers["agreed"]) not in ("yes", "host") or len(rows) < FEWEST:
        return []
    given: dict[str, list[str]] = {}
    for word, does in rows:
        given.setdefault(word, []).append(does)
    body = [
        (word, str(len(does)) if len(does) >= SHOWN_FROM else f"fewer than {SHOWN_FROM}", ", ".join(sorted(set(does))))
        for word, does in given.items()
    ]
    note = "The wall. Unsigned and shuffled: the order says nothing."
    return [Table(note, ["Word", "How often", "What it does to equity here"], body)]


def carried(answers: dict[str, Any]) -> Result:
    """What carries the work, what is to be softened, the kind of culture, a way in, and one step."""
    said = check.first(
        written.sentence(answers["carry"], ask="write which trait carries the work, and how you use it"),
        written.sentence(answers["soften"], ask="write which trait stands in the way, and what could soften it"),
        check.pick(answers["kind"], list(NEAREST.values()), ask="choose the kind that is nearest to yours"),
        check.pick(answers["way"], list(WAYS.values()), ask="choose your way in"),
        written.role(answers["who"], ask="write who takes the first step"),
        written.date(answers["when"], ask="write by when"),
        right="you have a trait to build on, one to soften, a way in, and a first step with a date.",
    )
    kind = check.plain(answers["kind"])
    if said.state == "right" and kind in FITS and check.plain(answers["way"]) != FITS[kind]:
        other = "In the guide, that way in stands with another kind of culture: say why it fits yours."
        return Result("right", f"{said.sentence} {other}")
    return said


def _add(onto: Form, rows: list[tuple[str, str]]) -> Result | None:
    """Put rows among those on the wall, in a new order each time: a place tells nothing about who or when."""
    whole = [*_words(onto["words"]), *rows]
    if len(whole) > MOST:
        return Result("not yet", f"the wall holds {MOST} words. Nothing was added.")
    random.SystemRandom().shuffle(whole)
    onto.enter(words=pd.DataFrame(whole, columns=COLUMNS))
    return None


def _count(form: Form) -> int:
    return len(_words(form["words"]))


def _word(answer: object) -> str | None:
    """A word as it is compared and shown: lower case, one space between parts, no mark at its end."""
    value = check.plain(answer)
    if type(value) is not str:
        return None
    word = " ".join(value.casefold().split()).rstrip(".,;:!?")
    return word if len(word) <= LONGEST and _WORD.fullmatch(word) else None


def _words(answer: object) -> list[tuple[str, str]]:
    """The rows of a wall; none where it is not such a table."""
    rows = check.plain(answer)
    if not isinstance(rows, pd.DataFrame) or len(rows) > MOST:
        return []
    columns = [check.plain(column) for column in list(rows.columns)]
    if len(columns) != len(COLUMNS) or any(type(column) is not str for column in columns) or columns != COLUMNS:
        return []
    found = [
        (_word(word), check.plain(does))
        for word, does in zip(list(rows.iloc[:, 0]), list(rows.iloc[:, 1]), strict=True)
    ]
    known = (HELPS, HINDERS, BOTH, UNSAID)
    if any(word is None or type(does) is not str or does not in known for word, does in found):
        return []
    return [(str(word), str(does)) for word, does in found]
