"""The checks and views of the worksheet "Ask and record"."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from typing import Any

import pandas as pd

from equityguide.charts.people import completeness
from equityguide.figure import Figure, figure
from equityguide.measures import answered, combine, suppress
from equityguide.measures.tables import is_unknown
from equityguide.suppression import Suppressed
from equityguide.worksheets import check, forms, sample, written
from equityguide.worksheets.check import Result

MEASURE = "first_trimester_prenatal_care"
MANY = "Multiracial or multiethnic"  # how the counts call people who chose several; no category of the form
MOST_WORDS = 30  # of one sentence that can be said in one breath
LONGEST_SCRIPT = 120  # words
SHORTEST = 4  # words, before a text says anything

ASKED = {
    "This month": "month",
    "Within the last year": "year",
    "Longer ago": "longer",
    "Never, as far as I know": "never",
}
REASONS = {
    "The government wants it, so we have to ask": "rule",
    "So that we can see whether everyone gets good care, and mend it where they do not": "care",
    "It is only for our records": "records",
    "So that we know what kind of patient you are": "kind",
}
READERS = {
    "Nobody will ever look at it": "nobody",
    "Your care team, and the staff who check that care is fair": "team",
    "Everyone who works here": "everyone",
}
HOW_MANY = {"One only": "one", "One for each parent": "parents", "All that apply": "all"}
ENTRIES = {"Declined": "declined", "Unknown": "unknown", "White": "white", "Leave it empty": "empty"}
LOOKS = {
    "Hispanic or Latino: the name says so": "name",
    "White: that is how he looks": "looks",
    "Nothing yet: ask him": "ask",
    "Unknown, since he did not say it unasked": "unknown",
}
HELPERS = {
    "Call a trained interpreter, on screen or by phone": "interpreter",
    "Let her ten-year-old son translate": "son",
    "Write English: she understood some of it": "english",
}
WHY_MATTERS = {
    "It is required. I need something for the box.": "required",
    "No worries, I will put down what I see.": "see",
    "We ask everyone, to check that we do treat all fairly. You may choose not to answer.": "why",
}
WHICH_BOX = {
    "There is a box for Middle Eastern or North African. Choose every box that fits you.": "choose",
    "Most people from there put White.": "white",
    "I will put Other.": "other",
}
LANGUAGE = {
    "Great, then I will put English.": "english",
    "Is there someone at home who speaks it better?": "home",
    "Which language do you like best for talking about your health? An interpreter costs you nothing.": "best",
}
PRIVATE = {
    "Just say it quietly. It only takes a second.": "quietly",
    "No. You can answer on this tablet, or later in the room, or not at all.": "tablet",
    "Everybody has to answer it.": "everybody",
}
NEXT_STEP = {
    "Ours, for both: ask everyone again at each visit": "both",
    "Ours for Unknown: ask. Nobody's for Declined: it is an answer": "unknown",
    "The patients': they should tell us": "patients",
}
WHO = ["Registration staff", "Nurses", "Medical assistants", "The patient, on a form or screen", "Not decided"]
WHEN = ["Before the visit, online", "At check-in", "In the exam room", "When leaving", "Not decided"]
MAY_DECLINE = {"Yes, the script says so": "yes", "Not yet": "no"}


@functools.cache
def categories() -> list[str]:
    """The seven categories of the 2024 federal standard, in alphabetical order, as the counts name them."""
    table = sample.counts(MEASURE)
    groups = table.loc[table["dimension"] == sample.RACE, "group"].unique()  # names, no counts: nothing to suppress
    return sorted({str(group) for group in groups if not is_unknown(group) and group != MANY})


MISSING = "Middle Eastern or North African"


def printed() -> list[str]:
    """The old form: one category short."""
    return [name for name in categories() if name != MISSING]


def offered() -> list[str]:
    """What could be missing from the old form: its menu."""
    return sorted([MISSING, MANY, "European", "Other", "Jewish"])


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["asked"],
        list(ASKED.values()),
        ask="choose when you were last asked",
        right="keep that moment in mind. Your patients have such moments with you.",
    )


def why(answers: dict[str, Any]) -> Result:
    """A true and short reason, who sees the answer, and one sentence of the reader's own."""
    return check.first(
        check.choice(
            answers["reason"],
            "care",
            list(REASONS.values()),
            ask="choose the reply that says what the answer is for",
            again="look for the reply that says what is done with the answer.",
            right="",
            slips={
                "rule": "it may be true, and it says nothing about the patient. Say what the answer is for.",
                "records": "records alone help nobody. Say what is done with them.",
                "kind": "this sounds as if people were sorted. Say what the answer is for.",
            },
        ),
        check.choice(
            answers["seen"],
            "team",
            list(READERS.values()),
            ask="choose who sees the answer",
            again="think of who needs the answer to do their work.",
            right="",
            slips={
                "nobody": "someone does look at it, or there would be no use in asking. Promise only what holds.",
                "everyone": "not everyone needs it. Name those who do.",
            },
        ),
        _sentence(answers["own"]),
        right="your replies say what the answer is for, and who sees it. Say your own sentence aloud: does it tell the "
        "patient what the answer is for?",
    )


def _sentence(answer: object) -> Result:
    count = written.words(answer)
    if count == 0:
        return check.not_yet("write why you ask, in one sentence of your own")
    if count < SHORTEST:
        return Result("close", "your sentence says little yet. Add what the answer is for.")
    if count > MOST_WORDS:
        return Result("close", f"your sentence has {count} words. Keep it to {MOST_WORDS}, so that it can be said.")
    return Result("right", "")


def choices(answers: dict[str, Any]) -> Result:
    """The categories, all that apply, Declined beside Unknown, no guessing, an interpreter."""
    on_form: dict[Hashable, str] = {
        name: "that one is on the form already. Compare the form with the people you see." for name in printed()
    }
    return check.first(
        check.choice(
            answers["missing"],
            MISSING,
            offered(),
            ask="choose the category that the old form lacks",
            again="it is one of the seven that the 2024 standard names.",
            right="",
            slips={
                **on_form,
                MANY: "who chooses several boxes needs no box for it. Look for a group that was counted as White.",
                "Other": "a box without a name tells nobody who was there. Look for a group with a name.",
            },
        ),
        check.choice(
            answers["many"],
            "all",
            list(HOW_MANY.values()),
            ask="choose how many boxes one person may mark",
            again="many people belong to more than one group. Choose the rule that lets them say so.",
            right="",
        ),
        check.choice(
            answers["rather_not"],
            "declined",
            list(ENTRIES.values()),
            ask="choose what you write for the person who would rather not say",
            again="this person was asked and gave an answer. Choose the word for that.",
            right="",
            slips={
                "unknown": "that word is for people whom nobody asked. This person was asked.",
                "empty": "an empty box looks as if nobody had asked. This person was asked.",
            },
        ),
        check.choice(
            answers["asleep"],
            "unknown",
            list(ENTRIES.values()),
            ask="choose what you write for the person who could not be asked",
            again="nobody knows yet what this person would say. Choose the word for that.",
            right="",
            slips={"declined": "that word is for people who chose not to say. This person had no choice."},
        ),
        check.choice(
            answers["looks"],
            "ask",
            list(LOOKS.values()),
            ask="choose what to write for Mr. Garcia before you have spoken",
            again="a name or a face is a guess. Find the choice that lets him answer.",
            right="",
        ),
        check.choice(
            answers["interpreter"],
            "interpreter",
            list(HELPERS.values()),
            ask="choose how to go on when you share no language",
            again="she should understand the question fully before she answers.",
            right="",
            slips={"son": "a child should not carry this. He may also not know the words, and she may hold back."},
        ),
        right="people can now say who they are, or not say it, in their own language.",
    )


def replies(answers: dict[str, Any]) -> Result:
    """The better reply in four short talks, and why a weaker one costs trust."""
    return check.first(
        check.choice(
            answers["treat"],
            "why",
            list(WHY_MATTERS.values()),
            ask="choose a reply for the first talk",
            again="first talk: choose the reply that gives a reason and leaves a choice.",
            right="",
            slips={"see": "first talk: that would be a guess. Choose the reply that lets the patient decide."},
        ),
        check.choice(
            answers["box"],
            "choose",
            list(WHICH_BOX.values()),
            ask="choose a reply for the second talk",
            again="second talk: choose the reply that leaves the answer to the patient.",
            right="",
        ),
        check.choice(
            answers["language"],
            "best",
            list(LANGUAGE.values()),
            ask="choose a reply for the third talk",
            again="third talk: getting by is not the same as feeling at home. Choose the reply that asks once more.",
            right="",
        ),
        check.choice(
            answers["private"],
            "tablet",
            list(PRIVATE.values()),
            ask="choose a reply for the fourth talk",
            again="fourth talk: others are listening. Choose the reply that gives privacy and a choice.",
            right="",
        ),
        _said(answers["trust"], "write why one of the weaker replies could cost trust"),
        right="each of your replies gives a reason or a choice, and leaves the answer to the patient.",
    )


@functools.cache
def recorded() -> Suppressed:
    """How many patients of four years have a known group, declined or are Unknown, by dimension; suppressed.

    The counts schema, with the groups by name added up as Known: the same table as the chapter shows.
    """
    return suppress(answered(combine(sample.counts(MEASURE), "all")))


@functools.cache
def complete() -> pd.DataFrame:
    """Shares of known, declined and unknown, one row a dimension: dimension, known, declined, unknown."""
    rows = pd.DataFrame(recorded())
    patients = rows["denominator"].astype(float)
    kind = rows["group"].map({sample.DECLINED: "declined", sample.UNKNOWN: "unknown"}).fillna("known")  # Known itself
    summed = patients.groupby([rows["dimension"], kind]).sum().unstack(fill_value=0)
    return summed.div(summed.sum(axis=1), axis=0).rename_axis(columns=None).reset_index()


def shares_of(part: str) -> dict[str, float]:
    """The share of patients who are "known", "declined" or "unknown", by dimension."""
    table = complete()
    return {str(dimension): float(share) for dimension, share in zip(table["dimension"], table[part], strict=True)}


def questions() -> dict[str, str]:
    """What the records ask of everyone: the name a reader sees, and the dimension."""
    asked = set(complete()["dimension"])
    return {label: dimension for dimension, label in sample.DIMENSIONS.items() if dimension in asked}


@forms.once
def records(answers: dict[str, Any]) -> list[Figure]:
    """The completeness of the records, whatever has been answered."""
    rows = recorded()
    return [
        figure(
            completeness(rows, titles=sample.titles(), unit="percent of patients"),
            rows,
            name="worksheet-ask-completeness",
            finding="Riverbend Health did not ask all of its patients, or lost what they said",
            source=sample.SOURCE,
            evidence=sample.EVIDENCE,
            as_of=sample.ALL_YEARS,
            missing="none",
        )
    ]


def gaps_in_records(answers: dict[str, Any]) -> Result:
    """Which question is answered least often, how often it is unknown, and whose step comes next."""
    known = shares_of("known")
    least = min(known, key=lambda dimension: known[dimension])
    missing, declined = 100 * shares_of("unknown")[least], 100 * shares_of("declined")[least]
    return check.first(
        check.choice(
            answers["least"],
            least,
            list(questions().values()),
            ask="choose the question that is known for the fewest patients",
            again="compare the bars: look for the shortest part called known.",
            right="",
        ),
        check.number(
            answers["unknown"],
            missing,
            decimals=0,
            ask="write how many of 100 patients are Unknown there",
            again="read the part called Unknown in that bar, or open the numbers under the chart.",
            right="",
            slips=[
                (declined, "those are the patients who declined. The question asks for Unknown."),
                (missing + declined, "you have added those who declined. Count Unknown alone."),
                (100 - missing - declined, "those are the known ones. The question asks for Unknown."),
                (missing / 100, "that is for one patient. Write it for 100."),
            ],
        ),
        check.choice(
            answers["next"],
            "unknown",
            list(NEXT_STEP.values()),
            ask="choose whose step comes next",
            again="think of who has not done something yet: the patient, or we?",
            right="",
            slips={"both": "someone who declined has answered. Asking at each visit wears trust down."},
        ),
        right="this clinic knows where to start: the people whom nobody has asked.",
    )


def script(answers: dict[str, Any]) -> Result:
    """The reader's own plan: who asks, when, the words, a way out, an interpreter."""
    words = written.words(answers["script"])
    if words == 0:
        return check.not_yet("write the words your staff will say, or skip this one")
    for field, options, ask in (("who", WHO, "choose who asks"), ("when", WHEN, "choose when")):
        picked = check.pick(answers[field], options, ask=ask)
        if picked.state != "right":
            return Result("close" if picked.state == "not yet" else "again", picked.sentence)
        if check.plain(answers[field]) == "Not decided":
            return Result("close", "your words are there. Agree on who asks and when, and choose it here.")
    if words > LONGEST_SCRIPT:
        return Result("close", f"your script has {words} words. Keep it to {LONGEST_SCRIPT}: people are waiting.")
    if words < SHORTEST:
        return Result("close", "your script is very short. Say why you ask, and that one may choose not to answer.")
    if check.choice(answers["decline"], "yes", list(MAY_DECLINE.values()), ask="", again="", right="").state != "right":
        return Result("close", "add a line that says: you may choose not to answer, and your care stays the same.")
    if check.is_blank(answers["interpreter"]):
        return Result("close", "one thing is left: write how an interpreter is called, and by whom.")
    return Result(
        "right",
        "you have the words, and it is settled who asks and when. Read the words aloud: do they say why you ask, and "
        "that one may choose not to answer?",
    )


def _said(answer: object, ask: str) -> Result:
    count = written.words(answer)
    if count == 0:
        return check.not_yet(ask)
    return Result("right", "") if count >= SHORTEST else Result("close", f"{ask}, in a few more words.")
